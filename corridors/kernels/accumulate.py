"""Accumulated cost on a grid or a graph: buckets where they are fast, a heap where they are not."""

import numpy as np
from numpy.typing import NDArray

from corridors.kernels import buckets
from corridors.kernels.buckets import BLOCK, FAR, FREE, SETTLED, SLOT, SPARE, WORK
from corridors.kernels.heap import heapify, spread_by_heap
from corridors.kernels.moves import Ground, Real

__all__ = ["accumulate"]

LongArray = NDArray[np.int64]
Floats = NDArray[np.floating]
Nodes = NDArray[np.uint32]

# A window is so many widths long. It can be rounded up to twice that, where one width is less than
# costs so far from 0 are exact to.
SLOTS = 4096
FIRST_BLOCKS = 1024
FIRST_FAR = 4096
# A node is taken once or little more where buckets are narrow beside the moves. Where so many are
# taken for each node of the graph, a heap is faster.
PATIENCE = 4
# Going through the buckets of a window, most of them empty, costs as much as taking so many nodes.
WINDOW_WORK = 256


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
    queue = _Queue(cost, ground, width)
    queue.start(sources, start_costs)
    done = queue.run(limit, goals)
    if not done:
        queue.run_by_heap(limit, goals)
    if len(goals):
        limit = min(limit, float(cost[goals].max()))
    if np.isfinite(limit):
        cost[cost > limit] = np.inf
    return done


class _Queue:
    """The arrays of the queue, made larger between calls of the loops, never within them."""

    def __init__(self, cost: Floats, ground: Ground, width: float) -> None:
        self.cost, self.ground = cost, ground
        kind = cost.dtype.type
        # Below this its inverse would not be a number.
        self.width = kind(max(width, float(np.finfo(kind).tiny) * 2 * SLOTS))
        most = len(ground.offsets)
        if ground.indptr is not None:
            most = int(np.diff(ground.indptr).max(initial=1))
        self.reached, self.reached_cost = np.empty(most + 1, np.uint32), np.empty(most + 1, kind)
        blocks = max(FIRST_BLOCKS, 2 * most)
        self.tail = np.zeros(2 * SLOTS + 2, np.uint32)
        self.chain = np.arange(1, blocks + 1, dtype=np.uint32)
        self.node, self.key = np.empty(blocks * BLOCK, np.uint32), np.empty(blocks * BLOCK, kind)
        self.far_node = np.empty(FIRST_FAR + most, np.uint32)
        self.far_key = np.empty(FIRST_FAR + most, kind)
        self.state = np.zeros(6, np.int64)
        self.state[FREE], self.state[SPARE] = 1, blocks - 1
        self.state[WORK] = PATIENCE * len(cost) + 100 * WINDOW_WORK

    def start(self, sources: LongArray, start_costs: Floats) -> None:
        np.minimum.at(self.cost, sources, start_costs.astype(self.cost.dtype))
        first = np.unique(sources)
        self._grow_far(len(first))
        self.far_node[: len(first)], self.far_key[: len(first)] = first, self.cost[first]
        self.state[FAR] = len(first)

    def run(self, limit: float, targets: LongArray) -> bool:
        """Work by buckets; return False when patience is at an end."""
        state = self.state
        while state[WORK] > 0:
            state[FAR], least = buckets.drop_stale(
                self.cost, self.far_node, self.far_key, int(state[FAR])
            )
            if state[FAR] == 0 or least > limit:
                return True
            state[WORK] -= WINDOW_WORK + state[FAR]
            window = self._window(least, limit)
            self._grow_pool(min(len(self.tail), int(state[FAR])) + int(state[FAR]) // BLOCK + 1)
            buckets.fill_window(
                self.tail,
                self.chain,
                self.node,
                self.key,
                self.far_node,
                self.far_key,
                state,
                window,
            )
            state[SLOT] = 0
            if not self._run_window(window, targets):
                return False
            if len(targets) and state[SETTLED] == len(targets):
                return True
        return False

    def _window(self, least: Real, limit: float) -> Floats:
        kind = self.cost.dtype.type
        base = kind(least)
        end = max(kind(base + kind(SLOTS - 1) * self.width), np.nextafter(base, kind(np.inf)))
        end = min(end, np.nextafter(kind(limit), kind(np.inf)))
        return np.array([base, kind(1) / self.width, end], kind)

    def _run_window(self, window: Floats, targets: LongArray) -> bool:
        state = self.state
        while True:
            buckets.spread(
                self.cost,
                self.tail,
                self.chain,
                self.node,
                self.key,
                self.far_node,
                self.far_key,
                state,
                window,
                targets,
                self.reached,
                self.reached_cost,
                *self.ground,
            )
            if state[SLOT] >= len(self.tail) or (len(targets) and state[SETTLED] == len(targets)):
                return True
            if state[WORK] <= 0 or self._crowded():
                return False
            self._grow_pool(2 * len(self.reached))
            if state[FAR] > len(self.far_node) - len(self.reached):
                self._make_far_room()

    def _crowded(self) -> bool:
        """Tell whether more waits than a sound queue would hold: one entry a node."""
        return len(self.node) > len(self.cost) + 2 * len(self.tail) * BLOCK

    def _make_far_room(self) -> None:
        kept, _ = buckets.drop_stale(self.cost, self.far_node, self.far_key, int(self.state[FAR]))
        self.state[WORK] -= self.state[FAR]
        self.state[FAR] = kept
        if 2 * kept > len(self.far_node):
            self._grow_far(2 * kept)

    def _grow_far(self, count: int) -> None:
        more = count + len(self.reached) - len(self.far_node)
        if more > 0:
            self.far_node = np.concatenate([self.far_node, np.empty(more, np.uint32)])
            self.far_key = np.concatenate([self.far_key, np.empty(more, self.cost.dtype)])

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
