"""What sensors see of paths and arcs, sensor by sensor."""

import numpy as np
from numpy.typing import NDArray

from corridors.detection import Detection
from corridors.flow.finder import PathFinder
from corridors.flow.knowledge import Entries

__all__ = ["SeenBySensor"]

FloatArray = NDArray[np.float64]
LongArray = NDArray[np.int64]


class SeenBySensor:
    """What each sensor sees, sensor by sensor and arc by arc.

    Parameters
    ----------
    finder
        Of paths: hours and layout.
    detection
        What the sensors see.
    """

    def __init__(self, finder: PathFinder, detection: Detection) -> None:
        self._finder, self._detection = finder, detection
        arc = np.repeat(np.arange(len(detection.indptr) - 1), np.diff(detection.indptr))
        order = np.argsort(detection.which, kind="stable")
        self._arc, self._order = arc[order], order
        bounds = np.arange(len(detection.sensors) + 1)
        self._first = np.searchsorted(detection.which[order], bounds)
        self._kept: dict[tuple[int, str], tuple[Entries, FloatArray]] = {}

    def along(self, arcs: LongArray, profile: str) -> tuple[LongArray, FloatArray]:
        """Return the sensors that see a path, and the hazard of each."""
        seen = self._detection
        first, count = seen.indptr[arcs], seen.indptr[arcs + 1] - seen.indptr[arcs]
        step = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        entry = np.repeat(first, count) + step
        hours = np.repeat(self._finder.hours[profile][arcs], count)
        values = seen.rate[entry] * hours + seen.once[entry]
        total = np.bincount(seen.which[entry], values, minlength=len(seen.sensors))
        sensors = np.flatnonzero(total > 0)
        return sensors, np.asarray(total[sensors], np.float64)

    def known(self, sensor: int, profile: str) -> tuple[Entries, FloatArray]:
        """Return what a sensor sees, in the order of the finder's layout, and the hazards."""
        if (sensor, profile) not in self._kept:
            some = slice(self._first[sensor], self._first[sensor + 1])
            arcs, entry = self._arc[some], self._order[some]
            hours = self._finder.hours[profile][arcs]
            finite = np.where(np.isfinite(hours), hours, 0.0)
            values = self._detection.rate[entry] * finite + self._detection.once[entry]
            which = np.zeros(len(arcs), np.int32)
            self._kept[sensor, profile] = Entries.of(self._finder.layout, arcs, which), values
        return self._kept[sensor, profile]
