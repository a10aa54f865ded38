"""A binary heap of costs and nodes, and least costs by it: what no costs can make slow."""

import numpy as np
from numpy.typing import NDArray

from corridors.kernels.jit import compiled
from corridors.kernels.moves import Index, Real, Slopes, reach

__all__ = ["heapify", "pop", "push", "spread_by_heap"]

IntArray = NDArray[np.int32]
LongArray = NDArray[np.int64]
Floats = NDArray[np.floating]
Nodes = NDArray[np.uint32]


@compiled
def push(keys: Floats, nodes: Nodes, size: int, key: Real, node: Index) -> int:
    """Put a node; return the new size."""
    place = size
    while place > 0:
        parent = (place - 1) >> 1
        if keys[parent] <= key:
            break
        keys[place], nodes[place] = keys[parent], nodes[parent]
        place = parent
    keys[place], nodes[place] = key, node
    return size + 1


@compiled
def pop(keys: Floats, nodes: Nodes, size: int) -> int:
    """Take off the least, which the caller has read at place 0; return the new size."""
    size -= 1
    key, node = keys[size], nodes[size]
    place = 0
    child = 1
    while child < size:
        if child + 1 < size and keys[child + 1] < keys[child]:
            child += 1
        if keys[child] >= key:
            break
        keys[place], nodes[place] = keys[child], nodes[child]
        place = child
        child = 2 * place + 1
    keys[place], nodes[place] = key, node
    return size


@compiled
def heapify(keys: Floats, nodes: Nodes, count: int) -> None:
    """Make a heap of the first entries."""
    for size in range(count):
        push(keys, nodes, size, keys[size], nodes[size])


@compiled
def spread_by_heap(
    cost: Floats,
    keys: Floats,
    nodes: Nodes,
    size: int,
    limit: Real,
    targets: LongArray,
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
) -> int:
    """Work off a heap (Dijkstra 1959); return its size, above 0 when it wants more room.

    Entries that are stale stay in the heap and are passed over. Nothing above `limit` is taken, and
    once all `targets` are settled, the work ends. The other arguments are those of
    `corridors.kernels.buckets.spread`.
    """
    settled = 0
    while size > 0 and keys[0] <= limit:
        if size + reached.shape[0] > keys.shape[0]:
            return size
        i, here = np.uint64(nodes[0]), keys[0]
        size = pop(keys, nodes, size)
        if here != cost[i]:
            continue
        while settled < targets.shape[0] and cost[targets[settled]] <= here:
            settled += 1
        if settled == targets.shape[0] and settled > 0:
            return 0
        count = reach(
            i,
            here,
            cost,
            reached,
            reached_cost,
            half,
            between,
            heights,
            edges,
            indptr,
            heads,
            arc_costs,
            offsets,
            ends,
            weights,
            slopes,
            plain,
        )
        for r in range(count):
            size = push(keys, nodes, size, reached_cost[r], reached[r])
    return 0
