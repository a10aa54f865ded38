"""What one more sensor would be worth, everywhere: to those who know of it and those who do not.

The worth at a place is how much of the undetected share a sensor there takes away. Those who do not
know of it keep their ways. Those who do may take another: hazard only raises costs, so whoever does
not meet the sensor keeps the way it has, and only the others are solved again. Their new way may be
less watched than the old, and the worth negative.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corridors.detection import Detection, catches_along
from corridors.flow import SampledPaths, Travellers
from corridors.flow.finder import PathFinder
from corridors.flow.knowledge import Entries
from corridors.flow.sampling import Sampler
from corridors.intervals import mean_interval
from corridors.kernels.catches import add_worth
from corridors.undetected.share import arrived_or_refused, step_hours

__all__ = ["Worth", "worth_aware", "worth_unaware"]

FloatArray = NDArray[np.float64]
LongArray = NDArray[np.int64]

# Places are looked up by squares, at most so many along either side of the area.
SQUARES = 1000


@dataclass(frozen=True)
class Worth:
    """What a sensor is worth at each of C places.

    Attributes
    ----------
    estimate, low, high
        Shape (C,): how much of the undetected share it takes away; below 0 where it makes matters
        worse. The interval is of the difference, over the same travellers with and without.
    met
        Shape (C,): share of the transits that come within its sight.
    change
        Shape (travellers, C): of each that arrived, what it takes away from the chance of passing.
    """

    estimate: FloatArray
    low: FloatArray
    high: FloatArray
    met: FloatArray
    change: FloatArray


def worth_unaware(
    paths: SampledPaths,
    travellers: Travellers,
    hours: Mapping[str, FloatArray],
    detection: Detection,
    places: FloatArray,
    *,
    xy: tuple[FloatArray, FloatArray, FloatArray, FloatArray],
    range_m: float,
    rate_per_hour: float,
) -> FloatArray:
    """Return the worth of a sensor at every place for those who do not know of it.

    Parameters
    ----------
    paths, travellers, hours
        Who goes where, and the true hours of every arc by profile.
    detection
        What the sensors that are there already see.
    places
        Coordinates, shape (C, 2), metres; as many as there are cells, if wished.
    xy
        Ends of every arc's straight piece, metres: x0, y0, x1, y1, of the arcs' length.
    range_m, rate_per_hour
        Of the new sensor, on open ground.

    Returns
    -------
    numpy.ndarray
        Shape (C,).

    Notes
    -----
    mean of exp(-H) (1 - exp(-dH)): H what the traveller meets now, dH what it would meet besides.
    Exact along each arc; what cuts the view is not taken into account.
    """
    worth = np.zeros(len(places))
    if not len(places) or range_m <= 0:
        return worth
    arrived = paths.arrived
    steps = step_hours(paths, travellers, hours)
    now = catches_along(paths.arcs, paths.starts, steps, detection)
    corner = places.min(axis=0)
    # Of a short range there would be more squares than there is room for.
    side = max(range_m, float(np.ptp(places, axis=0).max()) / SQUARES)
    square = np.floor((places - corner) / side).astype(np.int64)
    columns, rows = (square.max(axis=0) + 1).tolist()
    number = square[:, 1] * columns + square[:, 0]
    order = np.argsort(number, kind="stable").astype(np.int32)
    first = np.concatenate([[0], np.cumsum(np.bincount(number, minlength=rows * columns))])
    x0, y0, x1, y1 = (values[paths.arcs] for values in xy)
    add_worth(
        x0,
        y0,
        x1,
        y1,
        steps,
        paths.starts,
        np.where(arrived, now.survived, 0.0),
        np.ascontiguousarray(places[:, 0]),
        np.ascontiguousarray(places[:, 1]),
        first.astype(np.int64),
        order,
        (rows, columns),
        (float(corner[0]), float(corner[1])),
        side,
        float(range_m),
        float(rate_per_hour),
        worth,
    )
    return worth / max(int(arrived.sum()), 1)


def worth_aware(
    sampler: Sampler,
    travellers: Travellers,
    paths: SampledPaths,
    detection: Detection,
    new: Detection,
    *,
    sigma: float,
    level: float = 0.9,
    on_traveller: Callable[[int], None] | None = None,
) -> Worth:
    """Return the worth of each candidate sensor when informed travellers know of it too.

    Parameters
    ----------
    sampler
        That solved the paths, with its knowledge.
    travellers, paths
        Who goes where now, those who know of posts keeping away from them.
    detection
        What the sensors that are there already see.
    new
        What candidate sensors would see, of which one is added at a time.
    sigma
        How far travellers err.
    level
        Of the intervals.
    on_traveller
        Told how many travellers are done.

    Raises
    ------
    UnreachableError
        When nobody arrived.

    Notes
    -----
    A traveller that is informed knows of a new sensor in the same part of cases as of any post.
    """
    finder, knowledge = sampler.finder, sampler.knowledge
    candidates, seen = new.sensors, _BySensor(finder, new)
    now = {name: detection.hazard(hours) for name, hours in finder.hours.items()}
    arrived = np.flatnonzero(arrived_or_refused(paths))
    change = np.zeros((len(arrived), len(candidates)))
    met = np.zeros((len(arrived), len(candidates)), bool)
    informed = (
        np.zeros(len(travellers), bool)
        if knowledge is None or knowledge.kappa <= 0
        else knowledge.is_informed(travellers.key)
    )

    def of_traveller(row: int) -> None:
        m = int(arrived[row])
        name = sampler.profiles[int(travellers.profile[m])]
        arcs = paths.arcs[paths.starts[m] : paths.starts[m + 1]].astype(np.int64)
        kept = np.exp(-now[name][arcs].sum())
        here = seen.met_by(arcs)
        met[row, here] = True
        knows = np.zeros(len(candidates), bool)
        if informed[m] and knowledge is not None:
            knows = knowledge.knows(travellers.key[m], candidates.id)
        known, unknown = here[knows[here]], here[~knows[here]]
        ways = dict.fromkeys(unknown.tolist(), arcs)
        if len(known):
            more = [seen.known(candidate, name) for candidate in known.tolist()]
            found = sampler.paths_with(travellers, m, sigma=sigma, more=more)
            for candidate, path in zip(known.tolist(), found, strict=True):
                ways[candidate] = arcs if path is None else path.arcs
        for candidate, way in ways.items():
            hazard = now[name][way].sum() + seen.hazard_along(candidate, name, way)
            change[row, candidate] = kept - np.exp(-hazard)

    with ThreadPoolExecutor(sampler.workers) as pool:
        for done, _ in enumerate(pool.map(of_traveller, range(len(arrived))), start=1):
            if on_traveller is not None:
                on_traveller(done)
    low, high = mean_interval(change, level=level, strata=travellers.stratum[arrived])
    return Worth(change.mean(axis=0), low, high, met.mean(axis=0), change)


class _BySensor:
    """What each of many sensors sees, sensor by sensor."""

    def __init__(self, finder: PathFinder, detection: Detection) -> None:
        self._finder = finder
        self._detection = detection
        arc = np.repeat(np.arange(len(detection.indptr) - 1), np.diff(detection.indptr))
        order = np.argsort(detection.which, kind="stable")  # arcs stay sorted for each sensor
        self._arc, self._order = arc[order], order
        bounds = np.arange(len(detection.sensors) + 1)
        self._first = np.searchsorted(detection.which[order], bounds)

    def met_by(self, arcs: LongArray) -> LongArray:
        """Return the sensors that see any of some arcs."""
        seen = self._detection
        found = [seen.which[seen.indptr[arc] : seen.indptr[arc + 1]] for arc in arcs]
        return np.unique(np.concatenate([np.empty(0, np.int32), *found])).astype(np.int64)

    def known(self, sensor: int, profile: str) -> tuple[Entries, FloatArray]:
        """Return what a sensor sees, in the order of the finder's layout, and the hazards."""
        arcs, hazards = self._of(sensor, profile)
        which = np.zeros(len(arcs), np.int32)
        return Entries.of(self._finder.layout, arcs, which), hazards

    def hazard_along(self, sensor: int, profile: str, arcs: LongArray) -> float:
        """Return the hazard of a path from one sensor."""
        own, hazards = self._of(sensor, profile)
        if not len(own):
            return 0.0
        at = np.minimum(np.searchsorted(own, arcs), len(own) - 1)
        return float(hazards[at][own[at] == arcs].sum())

    def _of(self, sensor: int, profile: str) -> tuple[LongArray, FloatArray]:
        some = slice(self._first[sensor], self._first[sensor + 1])
        arcs, entry = self._arc[some], self._order[some]
        hours = self._finder.hours[profile][arcs]
        rate = self._detection.rate[entry] * np.where(np.isfinite(hours), hours, 0.0)
        return arcs, rate + self._detection.once[entry]
