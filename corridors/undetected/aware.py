"""What one more sensor would be worth to those who know of it.

The worth of a sensor is how much of the undetected share it takes away. Those who know of it may
take another way: hazard only raises costs, so whoever does not meet the sensor keeps the way it
has, and only the others are solved again. Their new way may be less watched than the old, and the
worth negative.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corridors.detection import Detection
from corridors.flow import SampledPaths, Travellers
from corridors.flow.finder import PathFinder
from corridors.flow.knowledge import Entries
from corridors.flow.sampling import Sampler
from corridors.intervals import mean_interval
from corridors.undetected.share import arrived_or_refused

__all__ = ["Worth", "worth_aware"]

FloatArray = NDArray[np.float64]
LongArray = NDArray[np.int64]


@dataclass(frozen=True)
class Worth:
    """What a sensor is worth at each of C places.

    Attributes
    ----------
    estimate, low, high
        Shape (C,): how much of the undetected share it takes away; below 0 where it makes matters
        worse. The interval is of the difference, over the same travellers with and without.
    met
        Shape (C,): share of the transits that come within its sight, or pass what it controls.
    change
        Shape (travellers, C): of each that arrived, what it takes away from the chance of passing.
    """

    estimate: FloatArray
    low: FloatArray
    high: FloatArray
    met: FloatArray
    change: FloatArray


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
