"""Whether a post stands alone: the chance that support comes later than it can hold."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from corridors.errors import InputError

__all__ = ["Isolation", "isolation"]

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Isolation:
    """The chance that support comes too late, and when it comes; each of shape (posts,).

    Attributes
    ----------
    chance, low, high
        That support comes later than the post can hold; the interval is over how well its time is
        known.
    hours_low, hours_high
        Between which support comes.
    """

    chance: FloatArray
    low: FloatArray
    high: FloatArray
    hours_low: FloatArray
    hours_high: FloatArray


def isolation(
    support_hours: ArrayLike,
    hold_hours: ArrayLike,
    *,
    support_spread: float = 0.3,
    hold_spread: float = 0.5,
    level: float = 0.9,
) -> Isolation:
    """Return the chance that support comes later than a post can hold.

    Parameters
    ----------
    support_hours
        After which the first support comes, as it is reckoned: the median of what it may be.
        Infinite where none can come, NaN where it is not known.
    hold_hours
        How long a post holds on average, one or one each.
    support_spread
        Relative deviation of the support's time: how well it is known.
    hold_spread
        Relative deviation of the holding time: how much attacks and posts differ.
    level
        Of the intervals.

    Returns
    -------
    Isolation
        NaN where the support's time is.

    Raises
    ------
    InputError
        When a holding time is not above 0, or a spread is below 0.

    Notes
    -----
    Both times are lognormal. With support at median s and log deviation u, holding at mean h, log
    deviation v and so median h exp(-v^2 / 2), the chance is
    Phi((ln s - ln h + v^2 / 2) / sqrt(u^2 + v^2)); a relative deviation c has the log deviation
    sqrt(ln(1 + c^2)). The interval takes the support's time at its quantiles and leaves the
    holding time to chance. Bases are not taken as independent: what holds up one holds up the
    others, so that the nearest one counts.

    References
    ----------
    Kapur and Lamberson 1977, Reliability in Engineering Design, chapter 6 (the chance that a
    lognormal stress is beyond a lognormal strength).

    Examples
    --------
    >>> found = isolation([1.0, 4.0, float("inf")], 2.0)
    >>> found.chance.round(2).tolist()
    [0.15, 0.93, 1.0]
    """
    hours, hold = np.broadcast_arrays(
        np.asarray(support_hours, dtype=float), np.asarray(hold_hours, dtype=float)
    )
    if not (np.isfinite(hold).all() and (hold > 0).all()):
        raise InputError("a holding time is not above 0 hours; give how long posts hold on average")
    if not (support_spread >= 0 and hold_spread >= 0):
        raise InputError("a spread is below 0; give relative deviations, 0 for what is certain")
    own, theirs = (np.sqrt(np.log1p(one**2)) for one in (hold_spread, support_spread))
    with np.errstate(divide="ignore"):
        later = np.log(hours) - np.log(hold) + own**2 / 2
    away = special.ndtri((1 + level) / 2) * theirs
    return Isolation(
        chance=_beyond(later, float(np.hypot(own, theirs))),
        low=_beyond(later - away, float(own)),
        high=_beyond(later + away, float(own)),
        hours_low=np.asarray(hours * np.exp(-away)),
        hours_high=np.asarray(hours * np.exp(away)),
    )


def _beyond(later: FloatArray, deviation: float) -> FloatArray:
    """Return the chance that a normal number is above 0; what is certain is 0, a half or 1."""
    if deviation > 0:
        return np.asarray(special.ndtr(later / deviation))
    return np.asarray(np.where(np.isnan(later), np.nan, np.heaviside(later, 0.5)))
