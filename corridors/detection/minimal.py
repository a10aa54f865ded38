"""The way that sensors see least of, and what they see of it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corridors.detection.hazard import Detection
from corridors.kernels.shortest import accumulated_cost, trace_back
from corridors.movement import MovementGraph

__all__ = ["MinimalExposure", "minimal_exposure_path"]

FloatArray = NDArray[np.float64]
LongArray = NDArray[np.int64]

# How much more than the least hazard is given for a quicker way: less than a chance in a thousand
# million of being caught.
TOLERANCE = 1e-9


@dataclass(frozen=True)
class MinimalExposure:
    """A way through the movement graph that sensors see least of.

    Attributes
    ----------
    arcs
        First to last.
    exposure
        Sum of its hazards: it is caught with a chance of 1 - exp(-exposure).
    hours
        That it takes.
    """

    arcs: LongArray
    exposure: float
    hours: float


def minimal_exposure_path(
    graph: MovementGraph,
    hours: FloatArray,
    detection: Detection,
    starts: LongArray,
    ends: LongArray,
) -> MinimalExposure | None:
    """Return the way of least hazard from any start to any end, and among equals the quickest.

    Parameters
    ----------
    graph
        The movement graph.
    hours
        That each arc takes, of the length of its arcs; infinite where it cannot be passed.
    detection
        What sensors see of the arcs.
    starts, ends
        Nodes of the graph.

    Returns
    -------
    MinimalExposure
        None where no way leads to an end.

    Notes
    -----
    Two runs. The first finds a way of least hazard E, and the hours T that it takes. The second
    minimises hazard + w hours with w = tolerance / T: whatever it finds has at most E + w T, so its
    hazard is at most 1e-9 above the least, it is no slower than the first, and no way with as
    little hazard is quicker. Rounding tells ways apart that differ by about E T / 10^6 hours.

    References
    ----------
    Meguerdichian, Koushanfar, Qu and Potkonjak 2001, doi 10.1145/381677.381691.
    """
    hazard = np.where(np.isfinite(hours), detection.hazard(hours), np.inf)
    first = _least(graph, hazard, starts, ends)
    if first is None:
        return None
    taken = float(hours[first].sum())
    best = first
    if taken > 0:
        quicker = _least(graph, hazard + TOLERANCE / taken * hours, starts, ends)
        best = first if quicker is None else quicker
    return MinimalExposure(best, float(hazard[best].sum()), float(hours[best].sum()))


def _least(
    graph: MovementGraph, weights: FloatArray, starts: LongArray, ends: LongArray
) -> LongArray | None:
    cost, back_arc = accumulated_cost(
        graph.indptr, graph.heads, weights, starts, np.zeros(len(starts)), ends
    )
    end = int(ends[np.argmin(cost[ends])])
    return trace_back(back_arc, graph.tails, end) if np.isfinite(cost[end]) else None
