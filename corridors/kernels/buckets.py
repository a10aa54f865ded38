"""A queue of buckets: costs taken in order but for what lies within one narrow bucket.

A window of costs is divided into buckets of one width. A node that is reached at some cost waits in
the bucket of that cost, and one beyond the window waits apart until the window moves on. Within a
bucket nodes are taken last in, first out; one that is reached more cheaply afterwards is taken
again. The least costs that come out do not depend on that order: they are the same to the last bit.

Buckets are chains of blocks of one pool, so none is ever copied to grow. Entries hold the cost at
which the node was put, so that a stale one is seen. Dial 1969; Denardo and Fox 1979.
"""

import numpy as np
from numpy.typing import NDArray

from corridors.kernels.jit import compiled
from corridors.kernels.moves import Index, Real, reach

__all__ = [
    "BLOCK",
    "FAR",
    "FREE",
    "SETTLED",
    "SLOT",
    "SPARE",
    "WORK",
    "drop_stale",
    "fill_window",
    "gather",
    "spread",
]

IntArray = NDArray[np.int32]
LongArray = NDArray[np.int64]
Floats = NDArray[np.floating]
Nodes = NDArray[np.uint32]

# Entries in a block, a power of two. Block 0 is never used: a tail of 0 is an empty bucket.
SHIFT = 9
BLOCK = 1 << SHIFT
WITHIN = BLOCK - 1
# Places in the state that is kept between calls: the bucket at work, the first free block, how many
# are free, how many nodes wait beyond the window, how many may still be taken, targets settled.
SLOT, FREE, SPARE, FAR, WORK, SETTLED = range(6)


@compiled
def spread(
    cost: Floats,
    tail: Nodes,
    chain: Nodes,
    node: Nodes,
    key: Floats,
    far_node: Nodes,
    far_key: Floats,
    state: LongArray,
    window: Floats,
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
    slopes: Floats,
    plain: int,
) -> None:
    """Work off the buckets of a window until they are empty, or room or patience is at an end.

    Parameters
    ----------
    cost
        Least cost known of each node; lowered here.
    tail
        For each bucket the place after its last entry, 0 when it is empty.
    chain
        For each block of the pool, the tail of its bucket before it; of a free one, the next.
    node, key
        The pool: nodes, and the costs at which they were put there.
    far_node, far_key
        What waits beyond the window.
    state
        See `SLOT` and its neighbours; brought up to date here.
    window
        Its least cost, buckets per unit of cost, and its end, not included.
    targets
        Once all of these are settled, the work ends.
    reached, reached_cost
        Room for the moves of one node.
    half, between, heights, edges, indptr, heads, arc_costs
        See `corridors.kernels.moves.Ground`.
    offsets, ends, weights, slopes, plain
        See there.
    """
    slot, free = np.uint64(state[SLOT]), np.uint32(state[FREE])
    spare, far, work = state[SPARE], np.uint64(state[FAR]), state[WORK]
    settled = state[SETTLED]
    base, inverse, end = window[0], window[1], window[2]
    slots, most = np.uint64(tail.shape[0]), reached.shape[0]
    room = np.uint64(far_node.shape[0] - most)
    while slot < slots:
        at = tail[slot]
        if at == np.uint32(0):
            slot += np.uint64(1)
            settled = _settled(cost, targets, settled, base, inverse, end, slot)
            if settled == targets.shape[0] and settled > 0:
                break
            continue
        if spare < most or far > room or work <= 0:
            break
        place = np.uint64(at) - np.uint64(1)
        i, here = np.uint64(node[place]), key[place]
        if place & np.uint64(WITHIN) == np.uint64(0):
            block = place >> np.uint64(SHIFT)
            tail[slot] = chain[block]
            chain[block] = free
            free = np.uint32(block)
            spare += 1
        else:
            tail[slot] = np.uint32(place)
        if here != cost[i]:
            continue
        work -= 1
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
            through = reached_cost[r]
            if through < end:
                into = np.uint64((through - base) * inverse)
                place = np.uint64(tail[into])
                if place & np.uint64(WITHIN) == np.uint64(0):
                    block = np.uint64(free)
                    free = chain[block]
                    chain[block] = np.uint32(place)
                    place = block << np.uint64(SHIFT)
                    spare -= 1
                node[place] = reached[r]
                key[place] = through
                tail[into] = np.uint32(place + np.uint64(1))
            else:
                far_node[far] = reached[r]
                far_key[far] = through
                far += np.uint64(1)
    state[SLOT], state[FREE], state[SPARE] = np.int64(slot), np.int64(free), spare
    state[FAR], state[WORK], state[SETTLED] = np.int64(far), work, settled


@compiled
def _settled(
    cost: Floats,
    targets: LongArray,
    settled: int,
    base: Real,
    inverse: Real,
    end: Real,
    slot: Index,
) -> int:
    """Return how many targets, from the first on, cost less than what is in a bucket."""
    while settled < targets.shape[0]:
        least = cost[targets[settled]]
        if least >= end or (least >= base and np.uint64((least - base) * inverse) >= slot):
            break
        settled += 1
    return settled


@compiled
def drop_stale(cost: Floats, nodes: Nodes, keys: Floats, count: int) -> tuple[int, Real]:
    """Keep the entries that still hold; return how many do and the least of their costs."""
    kept = 0
    least = keys.dtype.type(np.inf)
    for entry in range(count):
        if keys[entry] == cost[nodes[entry]]:
            nodes[kept], keys[kept] = nodes[entry], keys[entry]
            least = min(least, keys[entry])
            kept += 1
    return kept, least


@compiled
def fill_window(
    tail: Nodes,
    chain: Nodes,
    node: Nodes,
    key: Floats,
    far_node: Nodes,
    far_key: Floats,
    state: LongArray,
    window: Floats,
) -> None:
    """Put into buckets what waited and lies in the window; there must be a free block for each."""
    kept = 0
    for entry in range(state[FAR]):
        through = far_key[entry]
        if through >= window[2]:
            far_node[kept], far_key[kept] = far_node[entry], through
            kept += 1
            continue
        into = np.uint64((through - window[0]) * window[1])
        place = np.uint64(tail[into])
        if place & np.uint64(WITHIN) == np.uint64(0):
            block = np.uint64(state[FREE])
            state[FREE] = chain[block]
            state[SPARE] -= 1
            chain[block] = np.uint32(place)
            place = block << np.uint64(SHIFT)
        node[place] = far_node[entry]
        key[place] = through
        tail[into] = np.uint32(place + np.uint64(1))
    state[FAR] = kept


@compiled
def gather(
    cost: Floats,
    tail: Nodes,
    chain: Nodes,
    node: Nodes,
    key: Floats,
    nodes: Nodes,
    keys: Floats,
) -> int:
    """Take all entries that still hold out of the buckets; return how many there are.

    With empty `nodes` they are only counted.
    """
    count = 0
    for slot in range(tail.shape[0]):
        at = tail[slot]
        while at > 0:
            place = np.uint64(at) - np.uint64(1)
            if key[place] == cost[node[place]]:
                if nodes.shape[0] > 0:
                    nodes[count], keys[count] = node[place], key[place]
                count += 1
            inner = place & np.uint64(WITHIN)
            at = chain[place >> np.uint64(SHIFT)] if inner == 0 else np.uint32(place)
    return count
