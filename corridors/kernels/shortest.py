"""Accumulated cost on a graph in compressed sparse row form."""

import numpy as np
from numpy.typing import NDArray

from corridors.kernels.jit import compiled
from corridors.kernels.order import grouped

__all__ = ["accumulated_cost", "trace_back", "transposed"]

IntArray = NDArray[np.int32]
LongArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]

NO_TARGETS = np.empty(0, np.int64)
# A bucket is so great a part of the usual cost of an arc, of so many arcs looked at.
PART = 0.25
SAMPLE = 4096
# Buckets in the ring, and entries in a block: powers of two.
RING = 4096
SHIFT = 6
BLOCK = 1 << SHIFT
# Entries taken, and empty buckets passed, for each node and bucket of the ring, before a heap is
# faster.
PATIENCE = 8


def accumulated_cost(
    indptr: LongArray,
    indices: IntArray,
    weights: FloatArray,
    sources: LongArray,
    start_costs: FloatArray,
    targets: LongArray | None = None,
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
    targets
        When given, the work ends as soon as these are known: other costs may be too high then.

    Returns
    -------
    cost
        Of length n; infinite where nothing leads.
    back_arc
        The last arc of a least path to each node, -1 at sources and where nothing leads.

    Raises
    ------
    ValueError
        When sources or targets are no nodes of the graph, or weights not one for each arc.

    Notes
    -----
    Buckets of equal width in a ring (Dial 1969; Denardo and Fox 1979), and where costs are too
    unlike for them, a binary heap (Dijkstra 1959).
    """
    n = len(indptr) - 1
    # Loops that are compiled look at no bounds.
    for name, nodes in (("sources", sources), ("targets", targets)):
        if nodes is not None and len(nodes) and not 0 <= np.min(nodes) <= np.max(nodes) < n:
            message = f"{name} go from {np.min(nodes)} to {np.max(nodes)}; nodes are 0 to {n - 1}"
            raise ValueError(message)
    if len(weights) != len(indices):
        message = f"there are {len(weights)} weights for {len(indices)} arcs; give one for each"
        raise ValueError(message)
    goals = NO_TARGETS if targets is None else np.asarray(targets, dtype=np.int64)
    cost, back_arc = np.full(n, np.inf), np.full(n, -1, np.int64)
    found = (cost, back_arc)
    given = (indptr, indices, weights, sources, start_costs, goals)
    width = _width(weights)
    if width == 0 or not _spread_by_buckets(*given, width, PATIENCE * (n + RING), *found):
        cost[:], back_arc[:] = np.inf, -1
        _spread_by_heap(*given, *found)
    return found


def _width(weights: FloatArray) -> float:
    """Return how wide a bucket should be: a part of a usual cost, 0 where there is none."""
    some = weights[:: len(weights) // SAMPLE + 1]
    usual = some[(some > 0) & np.isfinite(some)]
    # Below this its inverse would not be a number.
    width = PART * float(np.median(usual)) if len(usual) else 0.0
    return width if width > float(np.finfo(float).tiny) * RING else 0.0


@compiled
def _spread_by_buckets(
    indptr: LongArray,
    indices: IntArray,
    weights: FloatArray,
    sources: LongArray,
    start_costs: FloatArray,
    targets: LongArray,
    width: float,
    patience: int,
    cost: FloatArray,
    back_arc: LongArray,
) -> bool:
    """Fill costs and arcs; return False where patience or room is at an end.

    A bucket is a chain of blocks of one pool, whose tail is the place after its last entry; block 0
    is never used, so that a tail of 0 is an empty bucket. What is due beyond the ring waits in the
    ring's last bucket, and is put again from there.
    """
    inverse = 1.0 / width
    within = np.uint64(BLOCK - 1)
    blocks = 2 * RING + 2 * (cost.shape[0] // BLOCK)
    nodes = np.empty(blocks * BLOCK, np.uint32)
    keys = np.empty(blocks * BLOCK, np.float64)
    chain = np.arange(1, blocks + 1)
    tail = np.zeros(RING, np.int64)
    free, spare = np.int64(1), np.int64(blocks - 1)
    current, count = np.int64(0), np.int64(0)
    settled = 0
    if spare <= sources.shape[0]:
        return False
    for s in range(sources.shape[0]):
        if start_costs[s] < cost[sources[s]]:
            cost[sources[s]] = start_costs[s]
            slot = _slot(start_costs[s] * inverse, current)
            place, free, taken = _place(chain, tail, slot, free)
            nodes[place], keys[place] = sources[s], start_costs[s]
            spare -= taken
            count += 1
    while count > 0 and patience > 0:
        patience -= 1
        slot = np.uint64(current & np.int64(RING - 1))
        if tail[slot] == 0:
            current += 1
            while settled < targets.shape[0] and cost[targets[settled]] * inverse < current:
                settled += 1
            if settled == targets.shape[0] and settled > 0:
                return True
            continue
        place = np.uint64(tail[slot] - 1)
        node, at = np.uint64(nodes[place]), keys[place]
        count -= 1
        if place & within == np.uint64(0):
            block = place >> np.uint64(SHIFT)
            tail[slot] = chain[block]
            chain[block] = free
            free = np.int64(block)
            spare += 1
        else:
            tail[slot] = np.int64(place)
        if at != cost[node]:
            continue
        arc, last = np.uint64(indptr[node]), np.uint64(indptr[node + np.uint64(1)])
        if spare <= np.int64(last - arc):
            return False
        due = _slot(at * inverse, current)
        if due != slot:
            place, free, taken = _place(chain, tail, due, free)
            nodes[place], keys[place] = np.uint32(node), at
            spare -= taken
            count += 1
            continue
        while arc < last:
            through = at + weights[arc]
            head = np.uint64(indices[arc])
            if through < cost[head]:
                cost[head] = through
                back_arc[head] = np.int64(arc)
                slot = _slot(through * inverse, current)
                place, free, taken = _place(chain, tail, slot, free)
                nodes[place], keys[place] = np.uint32(head), through
                spare -= taken
                count += 1
            arc += np.uint64(1)
    return bool(count == 0)


@compiled
def _slot(buckets: float, current: np.int64) -> np.uint64:
    """Return the place in the ring of what is so many buckets from 0."""
    last = current + np.int64(RING - 1)
    return np.uint64(np.int64(min(buckets, np.float64(last))) & np.int64(RING - 1))


@compiled
def _place(
    chain: LongArray, tail: LongArray, slot: np.uint64, free: np.int64
) -> tuple[np.uint64, np.int64, int]:
    """Return a new place in a bucket, the first free block after that, and blocks taken."""
    place = np.uint64(tail[slot])
    taken = 0
    if place & np.uint64(BLOCK - 1) == np.uint64(0):
        block = np.uint64(free)
        free = chain[block]
        chain[block] = np.int64(place)
        place = block << np.uint64(SHIFT)
        taken = 1
    tail[slot] = np.int64(place) + 1
    return place, free, taken


@compiled
def _spread_by_heap(
    indptr: LongArray,
    indices: IntArray,
    weights: FloatArray,
    sources: LongArray,
    start_costs: FloatArray,
    targets: LongArray,
    cost: FloatArray,
    back_arc: LongArray,
) -> None:
    """Fill costs and arcs; stale entries stay in the heap and are passed over."""
    settled = 0
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
        while settled < targets.shape[0] and cost[targets[settled]] <= key:
            settled += 1
        if settled == targets.shape[0] and settled > 0:
            return
        while size + (indptr[node + 1] - indptr[node]) >= heap_key.shape[0]:
            heap_key = np.concatenate((heap_key, np.empty_like(heap_key)))
            heap_node = np.concatenate((heap_node, np.empty_like(heap_node)))
        for arc in range(indptr[node], indptr[node + 1]):
            through = key + weights[arc]
            head = indices[arc]
            if through < cost[head]:
                cost[head] = through
                back_arc[head] = arc
                size = push(heap_key, heap_node, size, through, head)


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
