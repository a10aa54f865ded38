"""Accumulated cost on a graph in compressed sparse row form."""

import numpy as np
from numpy.typing import NDArray

from corridors.kernels.jit import compiled
from corridors.kernels.order import grouped

__all__ = ["accumulated_cost", "trace_back", "transposed"]

IntArray = NDArray[np.int32]
LongArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]


@compiled
def accumulated_cost(
    indptr: LongArray,
    indices: IntArray,
    weights: FloatArray,
    sources: LongArray,
    start_costs: FloatArray,
) -> tuple[FloatArray, LongArray]:
    """Return the least cost from any source to every node, and the arc it was reached by.

    Parameters
    ----------
    indptr, indices
        The graph: arcs ``indptr[i]:indptr[i + 1]`` leave node i for nodes `indices`.
    weights
        Cost of each arc, not negative; infinite where it cannot be passed.
    sources, start_costs
        Nodes to start from, and the cost at which each does.

    Returns
    -------
    cost
        Of length n; infinite where nothing leads.
    back_arc
        The last arc of a least path to each node, -1 at sources and where nothing leads.

    Notes
    -----
    Dijkstra 1959 with a binary heap that keeps stale entries and passes over them.
    """
    n = indptr.shape[0] - 1
    cost = np.full(n, np.inf)
    back_arc = np.full(n, -1, np.int64)
    heap_key = np.empty(1024 + sources.shape[0], np.float64)
    heap_node = np.empty(1024 + sources.shape[0], np.int32)
    size = 0
    for s in range(sources.shape[0]):
        node, key = sources[s], start_costs[s]
        if key < cost[node]:
            cost[node] = key
            size = push(heap_key, heap_node, size, key, node)
    while size > 0:
        key = heap_key[0]
        node = heap_node[0]
        size = pop(heap_key, heap_node, size)
        if key > cost[node]:
            continue
        if size + (indptr[node + 1] - indptr[node]) >= heap_key.shape[0]:
            heap_key = np.concatenate((heap_key, np.empty_like(heap_key)))
            heap_node = np.concatenate((heap_node, np.empty_like(heap_node)))
        for arc in range(indptr[node], indptr[node + 1]):
            through = key + weights[arc]
            head = indices[arc]
            if through < cost[head]:
                cost[head] = through
                back_arc[head] = arc
                size = push(heap_key, heap_node, size, through, head)
    return cost, back_arc


@compiled
def push(heap_key: FloatArray, heap_node: IntArray, size: int, key: float, node: int) -> int:
    place = size
    while place > 0:
        parent = (place - 1) >> 1
        if heap_key[parent] <= key:
            break
        heap_key[place] = heap_key[parent]
        heap_node[place] = heap_node[parent]
        place = parent
    heap_key[place] = key
    heap_node[place] = node
    return size + 1


@compiled
def pop(heap_key: FloatArray, heap_node: IntArray, size: int) -> int:
    size -= 1
    key, node = heap_key[size], heap_node[size]
    place = 0
    child = 1
    while child < size:
        if child + 1 < size and heap_key[child + 1] < heap_key[child]:
            child += 1
        if heap_key[child] >= key:
            break
        heap_key[place] = heap_key[child]
        heap_node[place] = heap_node[child]
        place = child
        child = 2 * place + 1
    heap_key[place] = key
    heap_node[place] = node
    return size


@compiled
def trace_back(back_arc: LongArray, tails: IntArray, node: int) -> LongArray:
    """Return the arcs of the least path that ends in a node, first to last.

    Parameters
    ----------
    back_arc
        From `accumulated_cost`.
    tails
        The node that each arc leaves.
    node
        Where the path ends.
    """
    length = 0
    at = node
    while back_arc[at] >= 0:
        length += 1
        at = tails[back_arc[at]]
    arcs = np.empty(length, np.int64)
    at = node
    for place in range(length - 1, -1, -1):
        arcs[place] = back_arc[at]
        at = tails[back_arc[at]]
    return arcs


def transposed(indptr: LongArray, indices: IntArray) -> tuple[LongArray, IntArray, LongArray]:
    """Return the graph with every arc turned round.

    Returns
    -------
    indptr, indices
        The turned graph.
    arc
        For each arc of it, its number in the graph that was given.
    """
    n = len(indptr) - 1
    tails = np.repeat(np.arange(n, dtype=np.int32), np.diff(indptr))
    turned, arc = grouped(indices, n)
    return turned, tails[arc], arc
