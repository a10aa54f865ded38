"""What members say together: intervals, ranks, which input matters, density in one pass."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats

__all__ = ["Running", "kendall", "member_interval", "rank_correlations", "rank_noise"]

FloatArray = NDArray[np.float64]


@dataclass
class Running:
    """Mean and variance of arrays that come one after the other, of which none is held.

    References
    ----------
    Welford 1962, doi 10.1080/00401706.1962.10490022.

    Examples
    --------
    >>> running = Running()
    >>> for value in (1.0, 2.0, 6.0):
    ...     running.add(np.array([value]))
    >>> running.mean.tolist(), running.variance.tolist()
    ([3.0], [7.0])
    """

    count: int = 0
    mean: FloatArray | None = None
    squares: FloatArray | None = None

    def add(self, values: NDArray[np.floating]) -> None:
        """Take one more in."""
        self.count += 1
        if self.mean is None or self.squares is None:
            self.mean, self.squares = values.astype(np.float64), np.zeros(values.shape)
            return
        away = values - self.mean
        self.mean = self.mean + away / self.count
        self.squares += away * (values - self.mean)

    @property
    def variance(self) -> FloatArray:
        """Variance among those that came, the number less one in the denominator."""
        if self.squares is None or self.count < 2:
            message = "fewer than two came; a variance needs two"
            raise ValueError(message)
        return np.asarray(self.squares / (self.count - 1))


def member_interval(values: ArrayLike, *, level: float = 0.9) -> tuple[FloatArray, FloatArray]:
    """Return the interval that holds one more member with a probability.

    Parameters
    ----------
    values
        Shape (members, ...); NaN where a member says nothing.
    level
        How often the interval is to hold what is true, if that is drawn as members are.

    Returns
    -------
    low, high
        Of the shape of `values` without its first axis; NaN where no member says anything.

    Notes
    -----
    Between the p (n + 1)-th smallest values: a new member falls between the j-th and the k-th of n
    with probability (k - j) / (n + 1), whatever the distribution. With fewer than (1 + level) /
    (1 - level) members (19 for 90 percent) it is the least and the greatest, which hold
    (n - 1) / (n + 1).

    References
    ----------
    Wilks 1941, doi 10.1214/aoms/1177731788; Hyndman and Fan 1996, definition 6.

    Examples
    --------
    >>> low, high = member_interval(np.arange(1.0, 20.0))
    >>> float(low), float(high)
    (1.0, 19.0)
    """
    data = np.asarray(values, float)
    flat = data.reshape(len(data), math.prod(data.shape[1:]))
    bounds = np.full((2, flat.shape[1]), np.nan)
    some = np.isfinite(flat).any(axis=0)
    ends = [(1 - level) / 2, (1 + level) / 2]
    bounds[:, some] = np.nanquantile(flat[:, some], ends, axis=0, method="weibull")
    low, high = bounds.reshape(2, *data.shape[1:])
    return np.asarray(low), np.asarray(high)


def kendall(values: FloatArray) -> float:
    """Return the mean of Kendall's tau between the members' rankings and that of their mean.

    Parameters
    ----------
    values
        Shape (members, things); members that rank nothing are left out.

    Returns
    -------
    float
        1 where all members agree; NaN where there is nothing to rank.

    References
    ----------
    Kendall 1945, doi 10.1093/biomet/33.3.239 (tau-b, for ties).
    """
    if values.shape[1] < 2:
        return float("nan")
    mean = values.mean(axis=0)
    ranked = [one for one in values if np.ptp(one) > 0]
    if not ranked or not np.ptp(mean) > 0:
        return float("nan")
    return float(np.mean([stats.kendalltau(one, mean).statistic for one in ranked]))


def rank_correlations(inputs: FloatArray, outcomes: FloatArray) -> FloatArray:
    """Return Spearman's rank correlation of every input with every outcome.

    Parameters
    ----------
    inputs, outcomes
        Shapes (members, I) and (members, K).

    Returns
    -------
    numpy.ndarray
        Shape (I, K); NaN where an input or an outcome is the same in all members.

    References
    ----------
    Spearman 1904, doi 10.2307/1412159.
    """

    def standardised(values: FloatArray) -> FloatArray:
        ranks = np.asarray(stats.rankdata(values, axis=0)) if values.size else values
        away = ranks - ranks.mean(axis=0)
        size = np.sqrt((away**2).sum(axis=0))
        parts = np.full(away.shape, np.nan)
        np.divide(away, size, out=parts, where=size > 0)
        return parts

    return np.asarray(standardised(inputs).T @ standardised(outcomes))


def rank_noise(members: int, *, level: float = 0.9) -> float:
    """Return the rank correlation that chance alone stays below with a probability.

    z / sqrt(n - 1), about, of inputs that do not matter (Kendall and Gibbons 1990).

    Examples
    --------
    >>> round(rank_noise(50), 2)
    0.23
    """
    z = float(special.ndtri((1 + level) / 2))
    return min(z / math.sqrt(max(members - 1, 1)), 1.0)
