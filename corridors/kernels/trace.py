"""From least costs back to the ways: which source each node belongs to, and by which move."""

import numpy as np
from numpy.typing import NDArray

from corridors.kernels.jit import compiled
from corridors.kernels.moves import Slopes, arcs_of, cost_of_move

__all__ = ["follow", "link_back"]

IntArray = NDArray[np.int32]
LongArray = NDArray[np.int64]
Floats = NDArray[np.floating]


@compiled
def link_back(
    cost: Floats,
    sources: LongArray,
    start_costs: Floats,
    ids: LongArray,
    back: NDArray[np.signedinteger],
    allocation: LongArray,
    half: Floats | None,
    between: LongArray | None,
    heights: Floats | None,
    edges: Floats | None,
    indptr: LongArray | None,
    heads: IntArray | None,
    arc_costs: Floats | None,
    offsets: LongArray,
    ends: Floats,
    weights: Floats,
    slopes: Slopes,
    plain: int,
) -> None:
    """Fill back-links and allocation from the least costs that were found.

    A move is tight when it makes the cost of its end to the last bit. Each source in turn takes all
    that tight moves lead to and that no source before it took. So ties go to the source that comes
    first, and links never run in a circle, even where moves are free.

    Parameters
    ----------
    cost
        Least cost of each node, from `corridors.kernels.accumulate.accumulate`.
    sources, start_costs, ids
        Sources in the order in which they take; ids are above 0.
    back
        Filled with the move or arc by which each node is reached, -1 at sources and where nothing
        leads.
    allocation
        Filled with the id of each node's source, 0 where nothing leads.
    half, between, heights, edges, indptr, heads, arc_costs
        See `corridors.kernels.moves.Ground`.
    offsets, ends, weights, slopes, plain
        See there.
    """
    back[:] = -1
    allocation[:] = 0
    zero = cost.dtype.type(0.0)
    line = np.empty(cost.shape[0], np.uint32)
    for s in range(sources.shape[0]):
        source = np.uint64(sources[s])
        if allocation[source] != 0 or cost[source] != start_costs[s]:
            continue
        allocation[source] = ids[s]
        line[0] = source
        taken, waiting = 0, 1
        while taken < waiting:
            i = np.uint64(line[taken])
            taken += 1
            here = cost[i]
            first, last = arcs_of(i, offsets.shape[0], indptr)
            for k in range(first, last):
                j = i + np.uint64(offsets[k]) if heads is None else np.uint64(heads[k])
                if allocation[j] != 0:
                    continue
                step = cost_of_move(
                    i,
                    j,
                    k,
                    half,
                    between,
                    heights,
                    edges,
                    arc_costs,
                    zero,
                    ends,
                    weights,
                    slopes,
                    plain,
                )
                if np.isfinite(step) and here + step == cost[j]:
                    allocation[j] = ids[s]
                    back[j] = k
                    line[waiting] = j
                    waiting += 1


@compiled
def follow(back: NDArray[np.signedinteger], offsets: LongArray, node: int) -> LongArray:
    """Return the nodes of the least path to a node of a grid, from its source on."""
    length = 1
    at = node
    while back[at] >= 0:
        at -= offsets[back[at]]
        length += 1
    path = np.empty(length, np.int64)
    at = node
    for place in range(length - 1, 0, -1):
        path[place] = at
        at -= offsets[back[at]]
    path[0] = at
    return path
