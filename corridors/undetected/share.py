"""The share of transits that nobody catches, and who catches the others first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from corridors.detection import Catches, Detection, catches_along
from corridors.errors import UnreachableError
from corridors.flow import SampledPaths, Travellers
from corridors.intervals import mean_interval, stratified_wilson

__all__ = ["Undetected", "step_hours", "undetected_share"]

FloatArray = NDArray[np.float64]
Estimate = tuple[float, float, float]


@dataclass(frozen=True)
class Undetected:
    """What becomes of the transits; estimates are (estimate, low, high).

    Attributes
    ----------
    share
        Of the transits that nobody catches.
    posts
        A row for each sensor: ``id, name, first_catch, first_catch_low, first_catch_high`` (share
        of the transits that it catches first; with the undetected share they sum to 1), ``loss``
        with its bounds (how much the undetected share grows when this post alone falls, ways being
        kept), and ``met`` (share of the transits that it may be the first to
        catch: within its sight, or passing what it controls).
    survived
        Chance of each traveller that arrived, in their order.
    first, lost
        Of each of them and each sensor: the chance that it is the first to catch, and what the
        chance of passing gains when it falls; shape (travellers, sensors).
    stratum
        Of each of them.
    """

    share: Estimate
    posts: pd.DataFrame
    survived: FloatArray
    first: FloatArray
    lost: FloatArray
    stratum: NDArray[np.int64]


def step_hours(
    paths: SampledPaths,
    travellers: Travellers,
    hours: Mapping[str, FloatArray],
) -> FloatArray:
    """Return the true hours of every step of sampled paths.

    Parameters
    ----------
    paths, travellers
        Who goes where.
    hours
        Of every arc, by profile, in the order of the travellers' profile numbers.
    """
    profile = np.repeat(travellers.profile[: len(paths)], np.diff(paths.starts))
    steps = np.empty(len(paths.arcs))
    for number, values in enumerate(hours.values()):
        some = profile == number
        steps[some] = values[paths.arcs[some]]
    return steps


def arrived_or_refused(paths: SampledPaths) -> NDArray[np.bool_]:
    """Return which travellers arrived; refuse paths of which none did."""
    if not paths.arrived.any():
        raise UnreachableError(
            f"none of {len(paths):,} travellers arrived, so that there is no share of the transits "
            "to tell; look at the barriers' delay_minutes ('impassable'), at closed crossings, and "
            "at gaps in the elevation"
        )
    return paths.arrived


def undetected_share(
    paths: SampledPaths,
    travellers: Travellers,
    hours: Mapping[str, FloatArray],
    detection: Detection,
    *,
    level: float = 0.9,
) -> Undetected:
    """Return what sensors catch of the transits, and what nobody does.

    Parameters
    ----------
    paths, travellers
        From the flow.
    hours
        Of every arc, by profile, in the order of the travellers' profile numbers.
    detection
        What sensors see of the arcs.
    level
        Of the intervals, which hold the chance of the draw of travellers.

    Raises
    ------
    UnreachableError
        When nobody arrived, so that there is nothing to take a share of.
    """
    arrived = arrived_or_refused(paths)
    stratum = travellers.stratum[: len(paths)][arrived]
    steps = step_hours(paths, travellers, hours)

    def caught(present: NDArray[np.bool_] | None = None) -> Catches:
        found = catches_along(paths.arcs, paths.starts, steps, detection, present=present)
        return Catches(found.survived[arrived], found.first[arrived])

    now = caught()
    count = len(detection.sensors)
    lost = np.zeros_like(now.first)
    rows = []
    for number in range(count):
        without = np.ones(count, bool)
        without[number] = False
        first = now.first[:, number]
        if first.any():
            lost[:, number] = caught(without).survived - now.survived
        rows.append(
            {
                "id": detection.sensors.id[number],
                "name": detection.sensors.name[number],
                "met": float((first > 0).mean()),
                **_told("first_catch", first, stratum, level),
                **_told("loss", lost[:, number], stratum, level),
            }
        )
    columns = ["id", "name", "met", *_names("first_catch"), *_names("loss")]
    return Undetected(
        # Where nothing is watched, that nobody is caught is certain, not an estimate.
        estimate(now.survived, stratum, level) if _watches(detection) else (1.0, 1.0, 1.0),
        pd.DataFrame(rows, columns=columns),
        now.survived,
        now.first,
        lost,
        stratum,
    )


def _watches(detection: Detection) -> bool:
    return bool(detection.rate.any() or detection.once.any())


def estimate(values: FloatArray, stratum: NDArray[np.int64], level: float) -> Estimate:
    """Return the mean of chances, and an interval that stays between 0 and 1.

    Where few meet a sensor, or nobody does, what they tell of the spread is too little: the
    interval is never narrower than that of the share that meets one, times what those meet.
    """
    low, high = mean_interval(values, level=level, strata=stratum)
    least, most = _by_meeting(values, stratum, level)
    fewest, greatest = _by_meeting(1.0 - values, stratum, level)
    lower = min(float(low), least, 1.0 - greatest)
    upper = max(float(high), most, 1.0 - fewest)
    return float(values.mean()), max(lower, 0.0), min(upper, 1.0)


def _by_meeting(
    values: FloatArray, stratum: NDArray[np.int64], level: float
) -> tuple[float, float]:
    """Return the interval of the share above 0, times the mean of those; 1 where there are none."""
    met = values > 0
    _, group = np.unique(stratum, return_inverse=True)
    trials = np.bincount(group)
    low, high = stratified_wilson(
        np.bincount(group[met], minlength=len(trials)), trials, level=level
    )
    each = float(values[met].mean()) if met.any() else 1.0
    return float(low) * each, float(high) * each


def _told(
    name: str, values: FloatArray, stratum: NDArray[np.int64], level: float
) -> dict[str, float]:
    return dict(zip(_names(name), estimate(values, stratum, level), strict=True))


def _names(name: str) -> Sequence[str]:
    return name, f"{name}_low", f"{name}_high"
