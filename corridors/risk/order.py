"""Posts in order, and how stable that order is when what is not known is drawn again."""

import numpy as np
from numpy.typing import NDArray
from scipy import stats

__all__ = ["TOP", "placed", "ranking", "ranks"]

FloatArray = NDArray[np.float64]

# How many are at the top of a ranking.
TOP = 3


def ranks(values: FloatArray) -> FloatArray:
    """Return the rank of each of some things, 1 for the greatest; equal ones share the best.

    Parameters
    ----------
    values
        Shape (..., things). What is 0, or not known, has no rank: NaN.

    Examples
    --------
    >>> ranks(np.array([0.5, 0.2, 0.5, 0.0])).tolist()
    [1.0, 3.0, 1.0, nan]
    """
    given = _known(values)
    if not given.size:
        return np.zeros(given.shape)
    order = np.asarray(stats.rankdata(-given, method="min", axis=-1), dtype=float)
    return np.where(given > 0, order, np.nan)


def placed(values: FloatArray, *, places: int) -> FloatArray:
    """Return how often each of some things is among the first of a ranking, the greatest first.

    Parameters
    ----------
    values
        Shape (draws, things). What is 0, or not known, has no place.
    places
        How many are first.

    Returns
    -------
    numpy.ndarray
        Shape (things,). Things that are equal share the places that they take.

    Examples
    --------
    >>> placed(np.array([[0.5, 0.2, 0.0], [0.3, 0.3, 0.1]]), places=1).tolist()
    [0.75, 0.25, 0.0]
    """
    given = _known(values)
    if not given.size:
        return np.zeros(given.shape[1])
    first = stats.rankdata(-given, method="min", axis=1)
    last = stats.rankdata(-given, method="max", axis=1)
    chance = np.clip((places - first + 1) / (last - first + 1), 0.0, 1.0) * (given > 0)
    return np.asarray(chance.mean(axis=0))


def ranking(
    name: str, estimate: FloatArray, draws: FloatArray, *, level: float = 0.9
) -> dict[str, FloatArray]:
    """Return a ranking with its stability, as columns.

    Parameters
    ----------
    name
        What is ranked by; columns start with it.
    estimate
        Shape (things,).
    draws
        The same with what is not known drawn, shape (draws, things).
    level
        Of the interval of ranks.

    Returns
    -------
    dict
        ``_rank`` by the estimate; ``_rank_low`` and ``_rank_high``, between which the rank lies in
        so many of the draws (one that has none is last); ``_often_first`` and ``_often_top``, the
        share of the draws in which it is first, and among the first three.

    References
    ----------
    Goldstein and Spiegelhalter 1996, doi 10.2307/2983325 (intervals of ranks).

    Examples
    --------
    >>> told = ranking("loss", np.array([0.3, 0.2]), np.array([[0.3, 0.1], [0.2, 0.25]]))
    >>> [told["loss_rank"].tolist(), told["loss_rank_high"].tolist()]
    [[1.0, 2.0], [2.0, 2.0]]
    """
    own, drawn = ranks(estimate), ranks(draws)
    some = np.isfinite(own)
    drawn = np.where(np.isfinite(drawn), drawn, float(draws.shape[1]))
    low, high = np.full((2, len(own)), np.nan)
    if drawn.size:
        ends = [(1 - level) / 2, (1 + level) / 2]
        # Ranks are whole, and an interval of them holds no less than it is said to.
        bounds = np.quantile(drawn, ends, axis=0, method="inverted_cdf")
        low, high = np.where(some, bounds, np.nan)
    return {
        f"{name}_rank": own,
        f"{name}_rank_low": low,
        f"{name}_rank_high": high,
        f"{name}_often_first": placed(draws, places=1),
        f"{name}_often_top": placed(draws, places=TOP),
    }


def _known(values: FloatArray) -> FloatArray:
    return np.asarray(np.nan_to_num(np.asarray(values, dtype=float), nan=0.0))
