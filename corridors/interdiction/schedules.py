"""Schedules of patrols, drawn so that every place has just the cover that was asked for."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from corridors.errors import InputError

__all__ = ["draw_schedules", "schedule_mixture"]

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


def schedule_mixture(cover: ArrayLike) -> tuple[FloatArray, BoolArray]:
    """Return schedules and how often to keep to each, so that every place has just its cover.

    Parameters
    ----------
    cover
        Shape (J,): probabilities, 0 to 1.

    Returns
    -------
    share
        Shape (S,): how often each schedule is kept to; they sum to 1. S is at most J + 1.
    schedules
        Shape (S, J): where teams are; none needs more teams than the sum of the cover, rounded up.

    Notes
    -----
    A comb with teeth 1 apart is laid on the probabilities laid end to end (systematic sampling,
    Madow 1949): a place has a team when a tooth falls on it. Shares are the stretches of offsets
    at which the teeth touch the same places.

    References
    ----------
    Madow 1949, doi 10.1214/aoms/1177729988; Tsai et al. 2010, Proc. AAAI, 881-886.

    Examples
    --------
    >>> share, schedules = schedule_mixture([0.5, 0.75, 0.75])
    >>> (share @ schedules).tolist(), schedules.sum(axis=1).tolist()
    ([0.5, 0.75, 0.75], [2, 2, 2])
    """
    given = np.atleast_1d(np.asarray(cover, np.float64))
    if not np.all((given >= 0) & (given <= 1)):
        raise InputError("cover probabilities lie between 0 and 1")
    ends = np.concatenate([[0.0], np.cumsum(given)])
    # The last tooth stands on the end itself where the sum is whole but for rounding.
    near = np.round(ends)
    ends = np.where(np.abs(ends - near) < 1e-12, near, ends)
    cuts = np.unique(np.concatenate([[0.0], ends % 1.0, [1.0]]))
    share = np.diff(cuts)
    middle = (cuts[:-1] + cuts[1:]) / 2
    teeth = np.floor(ends[None, :] - middle[:, None])
    return share, np.diff(teeth, axis=1) > 0


def draw_schedules(cover: ArrayLike, *, days: int, seed: int) -> BoolArray:
    """Return a schedule for each day, drawn so that every place has its cover on every day.

    Parameters
    ----------
    cover
        Shape (J,): probabilities, 0 to 1.
    days
        How many schedules to draw, independently of each other.
    seed
        The same seed draws the same schedules.

    Returns
    -------
    numpy.ndarray
        Shape (days, J): where teams are.

    Notes
    -----
    Places are laid under the comb of `schedule_mixture` in another random order each day, so that
    no two are always, or never, watched together for where they stand in the list.

    Examples
    --------
    >>> draw_schedules([0.5, 0.5, 1.0], days=3, seed=1).sum(axis=1).tolist()
    [2, 2, 2]
    """
    given = np.atleast_1d(np.asarray(cover, np.float64))
    if days < 1:
        raise InputError(f"{days} days; give at least 1")
    rng = np.random.default_rng(seed)
    drawn = np.zeros((days, len(given)), np.bool_)
    for day in range(days):
        order = rng.permutation(len(given))
        share, schedules = schedule_mixture(given[order])
        drawn[day, order] = schedules[rng.choice(len(share), p=share / share.sum())]
    return drawn
