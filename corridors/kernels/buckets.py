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
from corridors.kernels.moves import Index, Real, Slopes, reach

__all__ = [
    "BLOCK",
    "FAR",
    "FREE",
    "INNER",
    "INNER_MOST",
    "LIMIT",
    "MOVED",
    "POOL",
    "SETTLED",
    "SLOT",
    "SLOTS",
    "SPARE",
    "STATES",
    "WIDEST",
    "WIDTH",
    "WORK",
    "drop_stale",
    "gather",
    "work_off",
]

IntArray = NDArray[np.int32]
LongArray = NDArray[np.int64]
Floats = NDArray[np.floating]
Nodes = NDArray[np.uint32]

# Entries in a block, a power of two. Block 0 is never used: a tail of 0 is an empty bucket.
SHIFT = 6
BLOCK = 1 << SHIFT
WITHIN = BLOCK - 1
# A window is so many widths long, less one; rounded up to twice that, where a width is less than
# costs so far from 0 are exact to.
SLOTS = 4096
WORDS = 2 * SLOTS // 64 + 1
POOL = 64 * WORDS
# Places in the state that is kept between calls: the bucket at work, the first free block, how many
# are free, how many nodes wait beyond the window, how much work may still be done, targets settled,
# by how much more than half of what is taken was put into its bucket while that was at work, how
# much of that is borne, and how much work could still be done when the window moved.
SLOT, FREE, SPARE, FAR, WORK, SETTLED, INNER, INNER_MOST, MOVED = range(9)
STATES = 9
# Places in the window: its least cost, buckets per unit of cost, its end, not included, the width
# of a bucket, how wide it may get, and the greatest cost that is wanted.
BASE, INVERSE, END, WIDTH, WIDEST, LIMIT = range(6)
# Taking a node costs as much work as going through so many that wait, or so many words of buckets.
SCAN = 16


@compiled
def work_off(
    cost: Floats,
    tail: Nodes,
    full: NDArray[np.uint64],
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
    slopes: Slopes,
    plain: int,
) -> bool:
    """Work off window after window; return whether all is done.

    When it is not, room or patience is at an end, or a bucket is too wide: the state tells.

    Parameters
    ----------
    cost
        Least cost known of each node; lowered here.
    tail
        For each bucket the place after its last entry, 0 when it is empty.
    full
        A bit for each bucket that is not empty.
    chain
        For each block of the pool, the tail of its bucket before it; of a free one, the next.
    node, key
        The pool: nodes, and the costs at which they were put there.
    far_node, far_key
        What waits beyond the window.
    state, window
        See `SLOT` and `BASE` and their neighbours; brought up to date here.
    targets
        Once all of these are settled, the work ends.
    reached, reached_cost
        Room for the moves of one node.
    half, between, heights, edges, indptr, heads, arc_costs
        See `corridors.kernels.moves.Ground`.
    offsets, ends, weights, slopes, plain
        See there.
    """
    while True:
        if state[SLOT] >= POOL:
            waiting = state[FAR]
            state[FAR], least = drop_stale(cost, far_node, far_key, waiting)
            scanned = (waiting + WORDS) // SCAN
            state[WORK] -= scanned
            if state[FAR] == 0 or least > window[LIMIT]:
                return True
            if state[SPARE] < min(POOL, state[FAR]) + state[FAR] // BLOCK + 1:
                return False
            # Where going through what waits is most of the work, buckets get wider.
            if state[MOVED] - state[WORK] < 3 * scanned and window[WIDTH] < window[WIDEST]:
                window[WIDTH] *= window.dtype.type(2.0)
            state[MOVED] = state[WORK]
            _move_window(window, least)
            _fill_window(tail, full, chain, node, key, far_node, far_key, state, window)
            state[SLOT] = 0
        _spread(
            cost,
            tail,
            full,
            chain,
            node,
            key,
            far_node,
            far_key,
            state,
            window,
            targets,
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
        if state[SETTLED] == targets.shape[0] and state[SETTLED] > 0:
            return True
        if state[SLOT] < POOL or state[WORK] <= 0:
            return False


@compiled
def _move_window(window: Floats, least: Real) -> None:
    infinite = window.dtype.type(np.inf)
    span = window.dtype.type(SLOTS - 1) * window[WIDTH]
    end = max(least + span, np.nextafter(least, infinite))
    window[BASE] = least
    window[INVERSE] = window.dtype.type(1.0) / window[WIDTH]
    window[END] = min(end, np.nextafter(window[LIMIT], infinite))


@compiled
def _spread(
    cost: Floats,
    tail: Nodes,
    full: NDArray[np.uint64],
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
    slopes: Slopes,
    plain: int,
) -> None:
    """Work off the buckets of one window; stop early for want of room or patience."""
    slot, free = np.uint64(state[SLOT]), np.uint32(state[FREE])
    spare, far, work = state[SPARE], np.uint64(state[FAR]), state[WORK]
    inner, inner_most = state[INNER], state[INNER_MOST]
    settled = state[SETTLED]
    base, inverse, end = window[BASE], window[INVERSE], window[END]
    most = reached.shape[0]
    room = np.uint64(far_node.shape[0] - most)
    while slot < np.uint64(POOL):
        at = tail[slot]
        if at == np.uint32(0):
            slot = _next_slot(full, slot)
            settled = _settled(cost, targets, settled, base, inverse, end, slot)
            if settled == targets.shape[0] and settled > 0:
                break
            continue
        if spare < most or far > room or work <= 0 or inner > inner_most:
            break
        place = np.uint64(at) - np.uint64(1)
        i, here = np.uint64(node[place]), key[place]
        if place & np.uint64(WITHIN) == np.uint64(0):
            block = place >> np.uint64(SHIFT)
            tail[slot] = chain[block]
            if chain[block] == np.uint32(0):
                full[slot >> np.uint64(6)] ^= np.uint64(1) << (slot & np.uint64(63))
            chain[block] = free
            free = np.uint32(block)
            spare += 1
        else:
            tail[slot] = np.uint32(place)
        if here != cost[i]:
            continue
        work -= 1
        inner = max(inner - 1, 0)
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
                    if place == np.uint64(0):
                        full[into >> np.uint64(6)] |= np.uint64(1) << (into & np.uint64(63))
                    block = np.uint64(free)
                    free = chain[block]
                    chain[block] = np.uint32(place)
                    place = block << np.uint64(SHIFT)
                    spare -= 1
                node[place] = reached[r]
                key[place] = through
                tail[into] = np.uint32(place + np.uint64(1))
                inner += np.int64(into == slot) << 1
            else:
                far_node[far] = reached[r]
                far_key[far] = through
                far += np.uint64(1)
    state[SLOT], state[FREE], state[SPARE] = np.int64(slot), np.int64(free), spare
    state[FAR], state[WORK], state[SETTLED] = np.int64(far), work, settled
    state[INNER] = inner


@compiled
def _next_slot(full: NDArray[np.uint64], slot: np.uint64) -> np.uint64:
    """Return the bucket after one, or the first of the next word that has a full one."""
    slot = slot + np.uint64(1)
    word = slot >> np.uint64(6)
    if slot & np.uint64(63) != np.uint64(0):
        if full[word] >> (slot & np.uint64(63)) != np.uint64(0):
            return slot
        word += np.uint64(1)
    while word < np.uint64(WORDS) and full[word] == np.uint64(0):
        word += np.uint64(1)
    return word << np.uint64(6)


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
def _fill_window(
    tail: Nodes,
    full: NDArray[np.uint64],
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
        if through >= window[END]:
            far_node[kept], far_key[kept] = far_node[entry], through
            kept += 1
            continue
        into = np.uint64((through - window[BASE]) * window[INVERSE])
        place = np.uint64(tail[into])
        if place & np.uint64(WITHIN) == np.uint64(0):
            full[into >> np.uint64(6)] |= np.uint64(1) << (into & np.uint64(63))
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
