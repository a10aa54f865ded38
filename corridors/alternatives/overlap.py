"""How much of their way two paths share."""

import numpy as np
import shapely
from numpy.typing import NDArray

from corridors.movement import MovementGraph

__all__ = ["line_of", "nodes_of", "path_overlap"]

LongArray = NDArray[np.int64]


def path_overlap(a: shapely.LineString, b: shapely.LineString, *, tolerance_m: float) -> float:
    """Return the length that two lines share, over that of the shorter one.

    Parameters
    ----------
    a, b
        Lines in one metric CRS.
    tolerance_m
        What lies within this distance of the other line is shared. The two lines can differ in
        how long they are beside one another (one winds more); the longer counts.

    Returns
    -------
    float
        0 to 1; the same either way round.

    Raises
    ------
    ValueError
        When a line has no length.

    Examples
    --------
    >>> a, b = shapely.LineString([(0, 0), (100, 0)]), shapely.LineString([(0, 9), (20, 9)])
    >>> path_overlap(a, b, tolerance_m=9.5), path_overlap(a, b, tolerance_m=8)
    (1.0, 0.0)
    """
    lengths = [float(shapely.length(line)) for line in (a, b)]
    if not min(lengths) > 0:
        message = f"the lines are {lengths[0]:g} and {lengths[1]:g} m long; give two with length"
        raise ValueError(message)
    shared = [
        shapely.length(shapely.intersection(line, shapely.buffer(other, tolerance_m)))
        for line, other in ((a, b), (b, a))
    ]
    return min(float(max(shared)) / min(lengths), 1.0)


def nodes_of(graph: MovementGraph, arcs: LongArray) -> LongArray:
    """Return the nodes of a path, first to last."""
    return np.concatenate([graph.tails[arcs[:1]], graph.heads[arcs]]).astype(np.int64)


def line_of(graph: MovementGraph, arcs: LongArray) -> shapely.LineString:
    """Return a path as a line."""
    nodes = nodes_of(graph, arcs)
    return shapely.LineString(np.column_stack([graph.x[nodes], graph.y[nodes]]))
