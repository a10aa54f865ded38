"""The least path at perceived cost, on ground and roads together, many times over.

Ground moves of a cell are slots side by side, so that one line of the processor's cache holds all
sixteen; all other arcs are in compressed sparse row form. Weights are made as they are met: times
are the same for all travellers, perception is one number a node.
"""

import numpy as np
from numpy.typing import NDArray

from corridors.kernels.jit import compiled
from corridors.kernels.shortest import pop, push

__all__ = ["DONE", "search", "search_again", "traced"]

DoubleArray = NDArray[np.float64]
FloatArray = NDArray[np.float32]
IntArray = NDArray[np.int32]
LongArray = NDArray[np.int64]
ByteArray = NDArray[np.uint8]

DONE = 0
OUT_OF_PATIENCE = 1
BLOCK = 256
RING = 4096


@compiled
def search(
    slots: FloatArray,
    offsets: LongArray,
    first_cell: int,
    last_cell: int,
    indptr: LongArray,
    heads: IntArray,
    times: FloatArray,
    sections: IntArray,
    half_factor: FloatArray,
    section_factor: FloatArray,
    hazard_slots: FloatArray,
    hazards: FloatArray,
    kappa: float,
    sources: LongArray,
    start_costs: DoubleArray,
    is_target: ByteArray,
    width: float,
    room: int,
    patience: int,
    cost: DoubleArray,
    back: IntArray,
) -> tuple[int, int]:
    """Find the least perceived costs from sources until a target is settled.

    Nodes are numbered with room before the first and after the last, so that a move off the rim
    is a place in the arrays too; its slot is infinite.

    Parameters
    ----------
    slots
        Hours of ground moves: cell i has ``slots[(i - first_cell) * k:][:k]`` for the k moves.
    offsets
        How far each move leads in node numbers, of length k.
    first_cell, last_cell
        Cells are nodes ``first_cell:last_cell``.
    indptr, heads, times, sections
        All other arcs; `sections` is the row in `section_factor` of a road's or a gate's arc, and
        -1 where the ground's perception counts.
    half_factor
        Half of the perception at every node.
    section_factor
        Perception of each section of road.
    hazard_slots, hazards, kappa
        Hazard of the arcs and how much it weighs; with kappa 0 both may be empty.
    sources, start_costs
        Nodes to start from, and the cost at which each does.
    is_target
        1 where a search may end.
    width
        Of a bucket: about a tenth of the median cost of an arc.
    room
        At least the greatest number of arcs that leave a node, and of sources.
    patience
        How many entries may be taken from the queue, and empty buckets be passed.
    cost, back
        Written: least cost of each node, and how it was reached: the number of the move, or that
        of the other arc plus the number of moves, -1 at sources and where nothing leads.

    Returns
    -------
    status
        `DONE`, or `OUT_OF_PATIENCE` where very unlike costs make buckets of little use.
    target
        The target that is nearest, -1 where none is reached.

    Notes
    -----
    Buckets of equal width in a ring (Dial 1969; Denardo and Fox 1979), as chains of blocks; within
    a bucket the last entry is taken first, and a node whose cost falls is entered again. What is
    due beyond the ring waits in its last bucket and is entered again from there. The search ends
    when the bucket of the nearest target is empty: costs below it are final.
    """
    moves = offsets.shape[0]
    cost[:] = np.inf
    back[:] = -1
    mask = np.int64(RING - 1)
    inverse = 1.0 / width
    n_blocks = 2 * RING + 2 * (cost.shape[0] // BLOCK)
    node_of = np.empty(n_blocks * BLOCK, np.uint32)
    cost_of = np.empty(n_blocks * BLOCK, np.float64)
    next_block = np.arange(1, n_blocks + 1)
    free = np.int64(0)
    end = np.zeros(RING, np.int64)
    start = np.full(RING, -1, np.int64)
    count = np.int64(0)
    target = np.int64(-1)
    current = np.int64(-1)
    for s in range(sources.shape[0]):
        current_of = np.int64(start_costs[s] * inverse)
        current = current_of if current < 0 else min(current, current_of)
    entered_nodes = np.empty(room, np.uint32)
    entered_costs = np.empty(room, np.float64)
    entered = 0
    for s in range(sources.shape[0]):
        if start_costs[s] < cost[sources[s]]:
            cost[sources[s]] = start_costs[s]
            entered_nodes[entered] = sources[s]
            entered_costs[entered] = start_costs[s]
            entered += 1
    node = np.uint64(0)
    while True:
        # What the last node gave, or the sources, enters the queue.
        for e in range(entered):
            bucket = min(np.int64(entered_costs[e] * inverse), current + mask)
            slot = np.uint64(bucket & mask)
            place = end[slot]
            if start[slot] < 0 or place == start[slot] + BLOCK:
                if free >= n_blocks:
                    return OUT_OF_PATIENCE, -1
                block = free
                free = next_block[np.uint64(block)]
                next_block[np.uint64(block)] = start[slot] // BLOCK if start[slot] >= 0 else -1
                start[slot] = block * BLOCK
                place = start[slot]
            node_of[np.uint64(place)] = entered_nodes[e]
            cost_of[np.uint64(place)] = entered_costs[e]
            end[slot] = place + 1
        count += entered
        entered = 0
        if count == 0:
            break
        slot = np.uint64(current & mask)
        if start[slot] < 0:
            if target >= 0 and np.int64(cost[target] * inverse) <= current:
                break
            current += 1
            patience -= 1
            if patience < 0:
                return OUT_OF_PATIENCE, -1
            continue
        place = end[slot] - 1
        node = np.uint64(node_of[np.uint64(place)])
        at = cost_of[np.uint64(place)]
        count -= 1
        if place == start[slot]:
            block = place // BLOCK
            after = next_block[np.uint64(block)]
            next_block[np.uint64(block)] = free
            free = block
            if after >= 0:
                start[slot] = after * BLOCK
                end[slot] = after * BLOCK + BLOCK
            else:
                start[slot] = -1
        else:
            end[slot] = place
        if at != cost[node]:
            continue
        patience -= 1
        if patience < 0:
            return OUT_OF_PATIENCE, -1
        if np.int64(at * inverse) > current:
            entered_nodes[0] = node
            entered_costs[0] = at
            entered = 1
            continue
        if is_target[node] and (target < 0 or at < cost[target]):
            target = np.int64(node)
        half = half_factor[node]
        signed = np.int64(node)
        if first_cell <= signed < last_cell:
            base = np.uint64((signed - first_cell) * moves)
            for k in range(moves):
                head = np.uint64(signed + offsets[k])
                through = at + np.float64(slots[base + np.uint64(k)]) * np.float64(
                    half + half_factor[head]
                )
                if kappa > 0.0:
                    through += kappa * hazard_slots[base + np.uint64(k)]
                if through < cost[head]:
                    cost[head] = through
                    back[head] = k
                    entered_nodes[entered] = head
                    entered_costs[entered] = through
                    entered += 1
        for arc in range(indptr[node], indptr[node + np.uint64(1)]):
            a = np.uint64(arc)
            head = np.uint64(heads[a])
            section = sections[a]
            if section >= 0:
                through = at + np.float64(times[a]) * np.float64(section_factor[section])
            else:
                through = at + np.float64(times[a]) * np.float64(half + half_factor[head])
            if kappa > 0.0:
                through += kappa * hazards[a]
            if through < cost[head]:
                cost[head] = through
                back[head] = moves + arc
                entered_nodes[entered] = head
                entered_costs[entered] = through
                entered += 1
    return DONE, int(target)


@compiled
def search_again(
    slots: FloatArray,
    offsets: LongArray,
    first_cell: int,
    last_cell: int,
    indptr: LongArray,
    heads: IntArray,
    times: FloatArray,
    sections: IntArray,
    half_factor: FloatArray,
    section_factor: FloatArray,
    hazard_slots: FloatArray,
    hazards: FloatArray,
    kappa: float,
    source: int,
    is_target: ByteArray,
    to_target: DoubleArray,
    cost: DoubleArray,
    back: IntArray,
) -> int:
    """Find the least path again after some costs have risen; for all else as `search`.

    Parameters
    ----------
    source
        Where to start.
    to_target
        Least cost from every node to the nearest target before the rise: it is never more than
        after it, so a search ordered by it looks only at nodes that could be on a better path.
    cost, back
        Infinite and -1 everywhere; left so again but for `back` along the path, which is to be
        cleared by the caller.

    Returns
    -------
    target
        The target that is nearest, -1 where none is reached.

    Notes
    -----
    A* (Hart, Nilsson and Raphael 1968), its lower bounds exact where nothing rose.
    """
    moves = offsets.shape[0]
    keys = np.empty(1024, np.float64)
    nodes = np.empty(1024, np.int32)
    touched = np.empty(1024, np.int64)
    count = 1
    touched[0] = source
    cost[source] = 0.0
    size = push(keys, nodes, 0, to_target[source], source)
    target = -1
    while size > 0:
        node = int(nodes[0])
        key = keys[0]
        size = pop(keys, nodes, size)
        at = cost[node]
        if key > at + to_target[node]:
            continue
        if is_target[node]:
            target = node
            break
        degree = indptr[node + 1] - indptr[node]
        while size + moves + degree >= keys.shape[0]:
            keys = np.concatenate((keys, np.empty_like(keys)))
            nodes = np.concatenate((nodes, np.empty_like(nodes)))
        while count + moves + degree >= touched.shape[0]:
            touched = np.concatenate((touched, np.empty_like(touched)))
        half = half_factor[node]
        ground = moves if first_cell <= node < last_cell else 0
        base = (node - first_cell) * moves
        for n in range(ground + degree):
            if n < ground:
                head = node + offsets[n]
                through = at + np.float64(slots[base + n]) * np.float64(half + half_factor[head])
                risk = hazard_slots[base + n] if kappa > 0.0 else np.float32(0.0)
                code = n
            else:
                arc = indptr[node] + n - ground
                head = np.int64(heads[arc])
                section = sections[arc]
                factor = section_factor[section] if section >= 0 else half + half_factor[head]
                through = at + np.float64(times[arc]) * np.float64(factor)
                risk = hazards[arc] if kappa > 0.0 else np.float32(0.0)
                code = moves + arc
            through += kappa * risk
            if through < cost[head] and to_target[head] < np.inf:
                if cost[head] == np.inf:
                    touched[count] = head
                    count += 1
                cost[head] = through
                back[head] = code
                size = push(keys, nodes, size, through + to_target[head], head)
    # Only the path keeps its marks.
    keep = target
    while keep >= 0 and back[keep] >= 0:
        cost[keep] = -1.0
        step = back[keep]
        if step < moves:
            keep -= offsets[step]
        else:
            # The tail of an arc is found by where its row begins.
            keep = np.searchsorted(indptr, step - moves, side="right") - 1
    for n in range(count):
        if cost[touched[n]] != -1.0:
            back[touched[n]] = -1
        cost[touched[n]] = np.inf
    return target


@compiled
def traced(
    back: IntArray, offsets: LongArray, tails: IntArray, target: int
) -> tuple[LongArray, IntArray]:
    """Return the nodes of the path that ends in a target, and how each but the first was reached.

    Parameters
    ----------
    back, offsets
        As `search` has them.
    tails
        The node that each of the other arcs leaves.
    target
        Where the path ends.
    """
    moves = offsets.shape[0]
    length = 0
    at = target
    while back[at] >= 0:
        length += 1
        at = at - offsets[back[at]] if back[at] < moves else tails[back[at] - moves]
    nodes = np.empty(length + 1, np.int64)
    codes = np.empty(length, np.int32)
    at = target
    for place in range(length, 0, -1):
        nodes[place] = at
        codes[place - 1] = back[at]
        at = at - offsets[back[at]] if back[at] < moves else tails[back[at] - moves]
    nodes[0] = at
    return nodes, codes
