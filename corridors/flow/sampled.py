"""The paths that travellers took."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["SampledPaths"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int32]
LongArray = NDArray[np.int64]


@dataclass(frozen=True)
class SampledPaths:
    """The paths of some travellers, the first of all.

    Attributes
    ----------
    arcs, starts
        Arcs of the movement graph: traveller m takes ``arcs[starts[m]:starts[m + 1]]``, none where
        no way leads to its destination.
    destination
        Row of the destination that each reached, -1 without a path.
    hours
        True hours of each path, NaN without one.
    least_hours
        True hours of the least path between the same places.
    """

    arcs: IntArray
    starts: LongArray
    destination: LongArray
    hours: FloatArray
    least_hours: FloatArray

    def __len__(self) -> int:
        return len(self.hours)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the arrays by their names."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @property
    def arrived(self) -> NDArray[np.bool_]:
        """Which travellers have a path that leads anywhere: not those who are there already."""
        return np.isfinite(self.hours) & (self.hours > 0)

    @property
    def detour(self) -> FloatArray:
        """How much longer than the least each path is, in true hours; NaN without one."""
        here = self.arrived
        times = np.full(len(self), np.nan)
        np.divide(self.hours, self.least_hours, out=times, where=here)
        return times - 1.0

    @classmethod
    def joined(cls, parts: Sequence["SampledPaths"]) -> "SampledPaths":
        """Return the paths of several groups as one, in their order."""
        lengths = np.concatenate([np.diff(part.starts) for part in parts])
        return cls(
            np.concatenate([part.arcs for part in parts]),
            np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
            np.concatenate([part.destination for part in parts]),
            np.concatenate([part.hours for part in parts]),
            np.concatenate([part.least_hours for part in parts]),
        )
