"""Intervals for shares and means that are estimated from sampled travellers."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

__all__ = ["mean_interval", "stratified_wilson", "wilson"]

FloatArray = NDArray[np.float64]

# How many travellers the pooled share counts for in each stratum.
PSEUDO_COUNT = 2.0


def wilson(
    successes: ArrayLike, n: ArrayLike, *, level: float = 0.9
) -> tuple[FloatArray, FloatArray]:
    """Return Wilson's score interval of a share.

    Parameters
    ----------
    successes, n
        How many of how many, of shapes that broadcast; whole numbers or not (an effective n).
    level
        How often the interval is to hold the true share.

    Returns
    -------
    low, high
        Within 0 and 1; 0 and 1 where n is 0.

    Raises
    ------
    ValueError
        When a count is negative or not finite, successes exceed n, or the level is not in (0, 1).

    Notes
    -----
    The interval holds every share that a score test does not reject. Its coverage goes up and down
    with the true share around the level, which it meets on average. Where the expected number of
    successes is far below one it is conservative above (it nearly always covers), but for an
    expected number between about 0.1 and 0.25 the 90 percent interval can cover as little as 80
    percent.

    References
    ----------
    Wilson 1927, doi 10.1080/01621459.1927.10502953; Brown, Cai and DasGupta 2001,
    doi 10.1214/ss/1009213286.

    Examples
    --------
    >>> low, high = wilson([0, 10, 40], 40, level=0.95)
    >>> low.round(3), high.round(3)
    (array([0.   , 0.142, 0.912]), array([0.088, 0.402, 1.   ]))
    """
    z = _normal_quantile(level)
    hits, total = np.broadcast_arrays(
        np.asarray(successes, dtype=float), np.asarray(n, dtype=float)
    )
    _require_counts(hits, total)
    share = np.divide(hits, total, out=np.full(total.shape, 0.5), where=total > 0)
    # All is divided by n / (n + z^2), so that n of 0 needs no case of its own.
    centre = (hits + z**2 / 2) / (total + z**2)
    half = z * np.sqrt(total * share * (1 - share) + z**2 / 4) / (total + z**2)
    # Rounding must not leave a share of 0 or 1 outside of its interval.
    low = np.where(hits > 0, np.maximum(centre - half, 0.0), 0.0)
    high = np.where(hits < total, np.minimum(centre + half, 1.0), 1.0)
    return low, high


def stratified_wilson(
    successes: ArrayLike, trials: ArrayLike, *, level: float = 0.9
) -> tuple[FloatArray, FloatArray]:
    """Return the interval of a share over travellers drawn in proportion to strata.

    The strata are those whose part of all travellers is set and not drawn: origin, destination and
    profile. The estimate is the plain one, all successes over all trials; only what differs within
    strata makes it uncertain.

    Parameters
    ----------
    successes
        Shape (strata, ...): how many travellers of each did it, for any number of questions.
    trials
        Shape (strata,): how many travellers of each there are, in proportion to the strata.
    level
        How often the interval is to hold the true share.

    Returns
    -------
    low, high
        Of the shape of `successes` without its first axis; never wider than `wilson` of the sums.

    Raises
    ------
    ValueError
        As `wilson` does, or when the strata of the two differ in number.

    Notes
    -----
    The variance is the sum over strata of n_h p_h (1 - p_h) / n^2. A stratum with few travellers
    has often 0 or all successes by chance; so its share is shrunk towards the pooled one, p_h =
    (s_h + k p) / (n_h + k) with k = 2, and its variance is divided by 1 - n_h / (n_h + k)^2, which
    makes it right where the strata do not differ. Where they do differ, shrinking makes the
    variance too large, never too small, on average: the interval is conservative, the more so the
    fewer travellers a stratum has. An effective n = p (1 - p) / variance, never below n (drawing in
    proportion does not harm), goes into Wilson's interval. That makes it conservative too where the
    pooled share is 0 or 1: nothing is then gained by the strata.

    References
    ----------
    Cochran 1977, Sampling Techniques, sections 5.5 and 5.10; Korn and Graubard 1998 (effective
    sample size).

    Examples
    --------
    Two strata that surely differ say more about the whole than 40 travellers of one kind.

    >>> low, high = stratified_wilson([20, 0], [20, 20])
    >>> print(f"{low:.2f} {high:.2f}")
    0.45 0.55
    >>> low, high = wilson(20, 40)
    >>> print(f"{low:.2f} {high:.2f}")
    0.37 0.63
    """
    hits = np.asarray(successes, dtype=float)
    counts = np.asarray(trials, dtype=float)
    if counts.ndim != 1 or hits.shape[:1] != counts.shape:
        message = (
            f"successes have shape {hits.shape} and trials {counts.shape}; give trials of shape "
            "(strata,) and successes of shape (strata, ...)"
        )
        raise ValueError(message)
    counts = counts.reshape(-1, *[1] * (hits.ndim - 1))
    _require_counts(hits, np.broadcast_to(counts, hits.shape))
    n = float(counts.sum())
    share = hits.sum(axis=0) / n if n > 0 else np.zeros(hits.shape[1:])
    shrunk = (hits + PSEUDO_COUNT * share) / (counts + PSEUDO_COUNT)
    unbiased = 1 - counts / (counts + PSEUDO_COUNT) ** 2
    spread = (counts * shrunk * (1 - shrunk) / unbiased).sum(axis=0)
    pooled = n * share * (1 - share)
    gain = np.divide(pooled, spread, out=np.ones_like(pooled), where=spread > 0)
    effective = n * np.maximum(gain, 1.0)
    return wilson(np.minimum(share, 1.0) * effective, effective, level=level)


def mean_interval(
    values: ArrayLike, *, level: float = 0.9, strata: ArrayLike | None = None
) -> tuple[FloatArray, FloatArray]:
    """Return Student's t interval of a mean: hours, kilometres, detour.

    Parameters
    ----------
    values
        Shape (travellers, ...).
    level
        How often the interval is to hold the true mean.
    strata
        The stratum of each traveller, numbers or names, where they were drawn in proportion to
        strata: only what differs within them then counts.

    Returns
    -------
    low, high
        Of the shape of `values` without its first axis; infinite for fewer than two travellers.

    Raises
    ------
    ValueError
        When a value is not finite, there is none, the strata are not one for each, or the level is
        not in (0, 1).

    Notes
    -----
    The variance is the sum over strata of n_h s_h^2 / n^2, its degrees of freedom are
    Satterthwaite's. A stratum with one traveller takes the variance of all, which is conservative.
    The t interval was preferred to a bootstrap because it needs no random numbers, costs nothing,
    and holds with dozens of travellers: for lognormal values with a skewness of 2 and 50 travellers
    the 90 percent interval covers 88 percent. It is too narrow, on the high side, where few
    travellers meet rare and far larger values.

    References
    ----------
    Satterthwaite 1946, doi 10.2307/3002019; Cochran 1977, section 5.4.

    Examples
    --------
    >>> low, high = mean_interval([4.0, 5.0, 6.0, 5.0])
    >>> print(f"{low:.2f} {high:.2f}")
    4.04 5.96
    """
    data = np.asarray(values, dtype=float)
    if data.ndim == 0 or not len(data) or not np.isfinite(data).all():
        message = "values are missing or not finite; give a finite number for each traveller"
        raise ValueError(message)
    _normal_quantile(level)
    n = len(data)
    mean = data.mean(axis=0)
    if n == 1:
        return np.full(mean.shape, -np.inf), np.full(mean.shape, np.inf)
    variance, freedom = _variances(data, _stratum_rows(strata, n))
    total = variance.sum(axis=0)
    inverse = (variance**2 / freedom).sum(axis=0)
    degrees = np.divide(total**2, inverse, out=np.full(total.shape, n - 1.0), where=inverse > 0)
    half = special.stdtrit(np.maximum(degrees, 1.0), (1 + level) / 2) * np.sqrt(total)
    return mean - half, mean + half


def _variances(data: FloatArray, rows: NDArray[np.intp]) -> tuple[FloatArray, FloatArray]:
    """Return each stratum's part of the variance of the mean, and its degrees of freedom."""
    n = len(data)
    counts = np.bincount(rows).astype(float).reshape(-1, *[1] * (data.ndim - 1))
    sums = np.zeros((len(counts), *data.shape[1:]))
    np.add.at(sums, rows, data)
    squares = np.zeros_like(sums)
    np.add.at(squares, rows, (data - (sums / counts)[rows]) ** 2)
    alone = counts == 1
    freedom = np.where(alone, n - 1.0, counts - 1.0)
    within = np.where(alone, data.var(axis=0, ddof=1), squares / freedom)
    return counts * within / n**2, freedom


def _stratum_rows(strata: ArrayLike | None, n: int) -> NDArray[np.intp]:
    if strata is None:
        return np.zeros(n, dtype=np.intp)
    labels: NDArray[Any] = np.asarray(strata)
    if labels.shape != (n,):
        message = f"strata have shape {labels.shape}; give one for each of the {n} values"
        raise ValueError(message)
    return np.unique(labels, return_inverse=True)[1]


def _normal_quantile(level: float) -> float:
    if not 0 < level < 1:
        message = f"level is {level}; give a number above 0 and below 1"
        raise ValueError(message)
    return float(special.ndtri((1 + level) / 2))


def _require_counts(successes: FloatArray, n: FloatArray) -> None:
    if not (np.isfinite(n).all() and (successes >= 0).all()):
        message = "counts are negative or not finite; give numbers from 0 up"
        raise ValueError(message)
    # A share times a number, and back, can end a rounding above it.
    if (successes > n * (1 + 1e-12)).any():
        message = "there are more successes than trials; give successes from 0 to n"
        raise ValueError(message)
