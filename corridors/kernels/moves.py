"""What it costs to move from a node: on a grid by its cells, or along the arcs of a graph."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from corridors.kernels.jit import compiled

__all__ = ["Ground", "Index", "Real", "Slopes", "arcs_of", "cost_of_move", "reach"]

IntArray = NDArray[np.int32]
LongArray = NDArray[np.int64]
Floats = NDArray[np.floating]
Nodes = NDArray[np.uint32]
# Unsigned in the loops: a signed index would be checked for counting from the end.
Index = int | np.unsignedinteger
Real = float | np.floating
# Cost of each move on the level; greatest rise of each that is steep descent; cost of a unit of
# rise when level or up, in gentle descent and in steep: scalars, for the loops to keep at hand.
Slopes = tuple[Floats, Floats, Real, Real, Real]


class Ground(NamedTuple):
    """What moves cost, as the loops take it.

    Nodes are the cells of a grid, row by row, with a rim of barred cells as wide as the longest
    move, or the nodes of a graph. Either `half`, `edges` or `indptr` says what moves cost; what is
    not used is None, and the loops are compiled without it. All floating arrays have one type.

    Attributes
    ----------
    half
        Half the cost per unit of length of each cell; infinite bars it.
    between
        Shape (moves, most): cells passed by each move, as offsets from where it starts.
    heights
        Of each cell, finite, when rise and fall cost too.
    edges
        The cost of each move from each cell, flat, moves of one cell together; infinite bars it.
    indptr, heads, arc_costs
        A graph in compressed sparse row form.
    offsets
        Move k from i goes to ``i + offsets[k]``. Moves that pass no cell between come first.
    ends
        Move k costs ``ends[k]`` times the sum of `half` over its two ends,
    weights
        plus ``weights[k, q]`` times `half` of each cell that it passes,
    slopes
        plus the level cost, and the rise times its rate, with `heights`: see `Slopes`.
    plain
        How many moves pass no cell.
    """

    half: Floats | None
    between: LongArray | None
    heights: Floats | None
    edges: Floats | None
    indptr: LongArray | None
    heads: IntArray | None
    arc_costs: Floats | None
    offsets: LongArray
    ends: Floats
    weights: Floats
    slopes: Slopes
    plain: int


@compiled
def arcs_of(node: Index, moves: int, indptr: LongArray | None) -> tuple[Index, Index]:
    """Return the first move or arc of a node and the one after its last."""
    first, last = np.uint64(0), np.uint64(moves)
    if indptr is not None:
        first, last = np.uint64(indptr[node]), np.uint64(indptr[np.uint64(node + np.uint64(1))])
    return first, last


@compiled
def cost_of_move(
    i: Index,
    j: Index,
    k: Index,
    half: Floats | None,
    between: LongArray | None,
    heights: Floats | None,
    edges: Floats | None,
    arc_costs: Floats | None,
    zero: Real,
    ends: Floats,
    weights: Floats,
    slopes: Slopes,
    plain: int,
) -> Real:
    """Return the cost of move k, or arc k, from node i to node j."""
    step = zero
    if half is not None:
        step = (half[i] + half[j]) * ends[k]
        if between is not None and k >= plain:
            for q in range(between.shape[1]):
                step += half[i + np.uint64(between[k, q])] * weights[k, q]
    if heights is not None:
        rise = heights[j] - heights[i]
        level, bound, up, gentle, steep = slopes
        down = gentle if rise > bound[k] else steep
        step += level[k] + rise * (up if rise >= zero else down)
    if edges is not None:
        step = edges[i * np.uint64(ends.shape[0]) + k]
    if arc_costs is not None:
        step = arc_costs[k]
    return step


@compiled
def reach(
    i: Index,
    here: Real,
    cost: Floats,
    reached: Nodes,
    reached_cost: Floats,
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
) -> Index:
    """Lower the cost of all that can be reached more cheaply from a node.

    Their numbers and costs go to the front of `reached` and `reached_cost`; how many is returned.
    Nothing branches on the outcome: which neighbours get cheaper cannot be predicted.
    """
    zero = here - here
    count = np.uint64(0)
    first, last = arcs_of(i, offsets.shape[0], indptr)
    for k in range(first, last):
        j = i + np.uint64(offsets[k]) if heads is None else np.uint64(heads[k])
        through = here + cost_of_move(
            i, j, k, half, between, heights, edges, arc_costs, zero, ends, weights, slopes, plain
        )
        before = cost[j]
        better = through < before
        cost[j] = through if better else before
        reached[count] = j
        reached_cost[count] = through
        count += np.uint64(better)
    return count
