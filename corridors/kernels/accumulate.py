"""Accumulated cost on a grid or a graph: buckets where they are fast, a heap where they are not."""

import numpy as np
from numpy.typing import NDArray

from corridors.kernels import buckets
from corridors.kernels.buckets import (
    BLOCK,
    FAR,
    FREE,
    INNER,
    INNER_MOST,
    LIMIT,
    MOVED,
    POOL,
    SLOT,
    SLOTS,
    SPARE,
    STATES,
    WIDEST,
    WIDTH,
    WORK,
)
from corridors.kernels.heap import heapify, spread_by_heap
from corridors.kernels.moves import Ground

__all__ = ["accumulate"]

LongArray = NDArray[np.int64]
Floats = NDArray[np.floating]
Nodes = NDArray[np.uint32]

FIRST_BLOCKS = 1024
FIRST_FAR = 4096
# A node is taken once or little more where buckets are narrow beside the moves. Where so many are
# taken for each node of the graph, a heap is faster.
PATIENCE = 4
# Once so many more nodes than usual were put into the bucket at work, buckets get narrower, and
# twice as many are borne the next time: free moves stay in the bucket however narrow it is.
INNER_FIRST = 1 << 13
NARROWER = 8


def accumulate(
    cost: Floats,
    sources: LongArray,
    start_costs: Floats,
    ground: Ground,
    *,
    width: float,
    limit: float = np.inf,
    targets: LongArray | None = None,
) -> bool:
    """Fill `cost` with the least cost from any source to every node.

    Parameters
    ----------
    cost
        Of length n, infinite; filled here. Its type is that of all sums.
    sources, start_costs
        Nodes to start from, and the cost at which each does; a node may be named more than once.
    ground
        What moves cost, in the type of `cost`.
    width
        Of a bucket, above 0; a fifth of a usual move is good.
    limit
        What costs more is left infinite.
    targets
        When given, the work ends as soon as their costs are known; what costs more than the dearest
        of them is left infinite.

    Returns
    -------
    bool
        Whether the buckets did it all; else a heap did the rest. The costs are the same.
    """
    if len(cost) >= np.iinfo(np.uint32).max:
        message = f"{len(cost)} nodes are more than the queue can number"
        raise ValueError(message)
    goals = np.empty(0, np.int64) if targets is None else targets
    queue = _Queue(cost, ground, width, limit)
    queue.start(sources, start_costs)
    done = queue.run(goals)
    if not done:
        queue.run_by_heap(limit, goals)
    if len(goals):
        limit = min(limit, float(cost[goals].max()))
    if np.isfinite(limit):
        cost[cost > limit] = np.inf
    return done


class _Queue:
    """The arrays of the queue, made larger between calls of the loops, never within them."""

    def __init__(self, cost: Floats, ground: Ground, width: float, limit: float) -> None:
        self.cost, self.ground = cost, ground
        most = len(ground.offsets)
        if ground.indptr is not None:
            most = int(np.diff(ground.indptr).max(initial=1))
        kind = cost.dtype.type
        self.reached, self.reached_cost = np.empty(most + 1, np.uint32), np.empty(most + 1, kind)
        self.window = np.zeros(6, kind)
        self.window[LIMIT], self.window[WIDEST] = limit, np.sqrt(np.finfo(kind).max)
        self._set_width(width)
        self.far_node, self.far_key = np.empty(0, np.uint32), np.empty(0, kind)
        self._grow_far(FIRST_FAR)
        self.state = np.zeros(STATES, np.int64)
        self.state[WORK] = PATIENCE * len(cost) + FIRST_FAR
        self.state[MOVED] = 2 * self.state[WORK]
        self.state[INNER_MOST] = INNER_FIRST
        self._new_pool(max(FIRST_BLOCKS, 2 * most))

    def start(self, sources: LongArray, start_costs: Floats) -> None:
        np.minimum.at(self.cost, sources, start_costs.astype(self.cost.dtype))
        first = np.unique(sources)
        self._grow_far(len(first))
        self.far_node[: len(first)], self.far_key[: len(first)] = first, self.cost[first]
        self.state[FAR] = len(first)

    def run(self, targets: LongArray) -> bool:
        """Work by buckets; return False when patience is at an end."""
        while not buckets.work_off(
            self.cost,
            self.tail,
            self.full,
            self.chain,
            self.node,
            self.key,
            self.far_node,
            self.far_key,
            self.state,
            self.window,
            targets,
            self.reached,
            self.reached_cost,
            *self.ground,
        ):
            if self.state[WORK] <= 0 or self._crowded():
                return False
            self._make_room()
        return True

    def _make_room(self) -> None:
        state = self.state
        if state[INNER] > state[INNER_MOST]:
            self._narrow()
        if state[SLOT] >= POOL:
            waiting = int(state[FAR])
            self._grow_pool(min(POOL, waiting) + waiting // BLOCK + 1)
        self._grow_pool(2 * len(self.reached))
        if state[FAR] > len(self.far_node) - len(self.reached):
            state[WORK] -= state[FAR] // buckets.SCAN
            kept, _ = buckets.drop_stale(self.cost, self.far_node, self.far_key, int(state[FAR]))
            state[FAR] = kept
            self._grow_far(2 * kept)

    def _narrow(self) -> None:
        """Take all out of the buckets and go on with narrower ones."""
        nodes, keys = self._all_waiting()
        self._set_width(float(self.window[WIDTH]) / NARROWER)
        self._grow_far(len(nodes))
        self.far_node[: len(nodes)], self.far_key[: len(nodes)] = nodes, keys
        self.state[FAR] = len(nodes)
        self.state[INNER] = 0
        self.state[INNER_MOST] *= 2
        self._new_pool(len(self.chain))

    def _set_width(self, width: float) -> None:
        # Below this its inverse would not be a number.
        self.window[WIDTH] = max(width, float(np.finfo(self.cost.dtype).tiny) * 2 * SLOTS)

    def _crowded(self) -> bool:
        """Tell whether more waits than a sound queue would hold: one entry a node."""
        return len(self.node) > len(self.cost) + 2 * POOL * BLOCK

    def _grow_far(self, count: int) -> None:
        more = count + len(self.reached) - len(self.far_node)
        if more > 0:
            self.far_node = np.concatenate([self.far_node, np.empty(more, np.uint32)])
            self.far_key = np.concatenate([self.far_key, np.empty(more, self.cost.dtype)])

    def _new_pool(self, blocks: int) -> None:
        self.tail = np.zeros(POOL, np.uint32)
        self.full = np.zeros(POOL // 64, np.uint64)
        self.chain = np.arange(1, blocks + 1, dtype=np.uint32)
        self.node = np.empty(blocks * BLOCK, np.uint32)
        self.key = np.empty(blocks * BLOCK, self.cost.dtype)
        self.state[SLOT], self.state[FREE], self.state[SPARE] = POOL, 1, blocks - 1

    def _grow_pool(self, blocks: int) -> None:
        """Make sure that so many blocks are free."""
        if self.state[SPARE] >= blocks:
            return
        old = len(self.chain)
        more = max(blocks, old)
        self.node = np.concatenate([self.node, np.empty(more * BLOCK, np.uint32)])
        self.key = np.concatenate([self.key, np.empty(more * BLOCK, self.cost.dtype)])
        fresh = np.arange(old + 1, old + more + 1, dtype=np.uint32)
        fresh[-1] = self.state[FREE]
        self.chain = np.concatenate([self.chain, fresh])
        self.state[FREE] = old
        self.state[SPARE] += more

    def run_by_heap(self, limit: float, targets: LongArray) -> None:
        """Go on from where the buckets stand, by a heap."""
        nodes, keys = self._all_waiting()
        size = len(nodes)
        heapify(keys, nodes, size)
        while True:
            # What is stale goes first; then there is room for as much again.
            size, _ = buckets.drop_stale(self.cost, nodes, keys, size)
            room = max(0, 2 * size + 1024 + len(self.reached) - len(nodes))
            nodes = np.concatenate([nodes, np.empty(room, np.uint32)])
            keys = np.concatenate([keys, np.empty(room, keys.dtype)])
            heapify(keys, nodes, size)
            size = spread_by_heap(
                self.cost,
                keys,
                nodes,
                size,
                self.cost.dtype.type(limit),
                targets,
                self.reached,
                self.reached_cost,
                *self.ground,
            )
            if size == 0:
                return

    def _all_waiting(self) -> tuple[Nodes, Floats]:
        empty: tuple[Nodes, Floats] = (np.empty(0, np.uint32), np.empty(0, self.cost.dtype))
        pool = (self.cost, self.tail, self.chain, self.node, self.key)
        count = buckets.gather(*pool, *empty)
        far = int(self.state[FAR])
        nodes, keys = np.empty(count + far, np.uint32), np.empty(count + far, self.cost.dtype)
        if count:
            buckets.gather(*pool, nodes, keys)
        nodes[count:], keys[count:] = self.far_node[:far], self.far_key[:far]
        self.node, self.key = empty
        return nodes, keys
