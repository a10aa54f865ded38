"""Which nodes of a support network, removed, break it most."""

import time
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from corridors.errors import InputError
from corridors.interdiction.candidates import Candidates
from corridors.interdiction.graph import Pairs, SensorGraph
from corridors.interdiction.plan import BOUNDED, HEURISTIC, PROVEN, Plan
from corridors.interdiction.reliability import interdict_reliability

__all__ = ["connected_pairs", "critical_nodes"]

LongArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

# Pairs beyond which no proof is tried: the program would have a variable for each.
MOST_PAIRS = 20_000
# Rounds of exchanges after the greedy method.
ROUNDS = 20


def connected_pairs(nodes: int, edges: ArrayLike, removed: ArrayLike = ()) -> int:
    """Return how many pairs of nodes that are left can still reach each other.

    Parameters
    ----------
    nodes
        How many nodes there are, numbered from 0.
    edges
        Shape (M, 2), both ways.
    removed
        Nodes that are gone; a pair that loses an end counts no more.

    Examples
    --------
    >>> connected_pairs(4, [[0, 1], [1, 2], [2, 3]], removed=[1])
    1
    """
    links = _links(nodes, edges)
    gone = np.zeros(nodes, np.bool_)
    away = np.asarray(removed, np.int64)
    if away.size and (away.min() < 0 or away.max() >= nodes):
        raise InputError(f"a node outside 0 to {nodes - 1} is to be removed")
    gone[away] = True
    return _left(nodes, links, gone)


def critical_nodes(
    nodes: int,
    edges: ArrayLike,
    candidates: Candidates,
    *,
    method: Literal["auto", "exact", "greedy"] = "auto",
    gap: float = 1e-6,
    seconds: float = 600.0,
) -> Plan:
    """Return the nodes whose removal leaves the fewest pairs connected.

    Parameters
    ----------
    nodes, edges
        Of the network; edges of shape (M, 2) go both ways.
    candidates
        One for each node: which may be removed, and at what cost.
    method
        ``"exact"`` proves the best; ``"greedy"`` removes one after the other and then exchanges
        while that helps, with a bound from degrees; ``"auto"`` takes the first up to 20,000 pairs.
    gap, seconds
        Of the exact method: relative distance that counts as proof, and limit of time.

    Returns
    -------
    Plan
        Values are numbers of connected pairs.

    Notes
    -----
    The critical node problem. A pair stays connected unless a node of each of its ways is gone,
    its ends counting: best reply with nodes for candidates that let nobody pass. The bound beside
    the greedy method: with k nodes gone at least E - (the k greatest degrees) links remain, each a
    pair; and at most C + (the k greatest of degree - 1) parts, over which pairs are fewest where
    they are of equal size.

    References
    ----------
    Arulselvan et al. 2009, doi 10.1016/j.cor.2008.08.016.

    Examples
    --------
    >>> star = [[0, 1], [0, 2], [0, 3]]
    >>> plan = critical_nodes(4, star, Candidates(4, budget=1))
    >>> plan.chosen.tolist(), plan.before, plan.after
    ([0], 6.0, 0.0)
    """
    links = _links(nodes, edges)
    if candidates.count != nodes:
        raise InputError(f"{candidates.count} candidates for {nodes} nodes; give one for each")
    start = time.monotonic()
    before = _left(nodes, links, np.zeros(nodes, np.bool_))
    if not before:
        raise InputError("the network has no edge between two nodes; there is nothing to break")
    if method == "exact" or (method == "auto" and before <= MOST_PAIRS):
        return _proven(nodes, links, candidates, gap, seconds)
    exchange = _Exchange(nodes, links, candidates, start + seconds)
    chosen = exchange.run()
    gone = np.zeros(nodes, np.bool_)
    gone[chosen] = True
    after = float(_left(nodes, links, gone))
    bound = float(_fewest(nodes, links, candidates))
    status = PROVEN if after <= bound else (BOUNDED if bound > 0 else HEURISTIC)
    return Plan(
        chosen,
        float(before),
        after,
        min(bound, after) if status != HEURISTIC else float("nan"),
        status,
        float(candidates.cost[chosen].sum()),
        time.monotonic() - start,
        exchange.steps,
        limit="" if time.monotonic() < start + seconds else "time",
        note="" if after < before else candidates.why_none() or "no removal that was tried helps",
    )


def _links(nodes: int, edges: ArrayLike) -> LongArray:
    links = np.asarray(edges, np.int64).reshape(-1, 2)
    if len(links) and (links.min() < 0 or links.max() >= nodes):
        raise InputError(f"an edge names a node outside 0 to {nodes - 1}")
    links = np.unique(np.sort(links, axis=1), axis=0)
    return links[links[:, 0] < links[:, 1]]


def _parts(nodes: int, links: LongArray, gone: BoolArray) -> tuple[LongArray, LongArray]:
    """Return each node's part, and the sizes of the parts; who is gone is a part of size 0."""
    stays = ~gone[links].any(axis=1)
    ends = links[stays]
    graph = coo_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(nodes, nodes))
    count, part = connected_components(graph, directed=False)
    return part.astype(np.int64), np.bincount(part, weights=~gone, minlength=count).astype(np.int64)


def _left(nodes: int, links: LongArray, gone: BoolArray) -> int:
    sizes = _parts(nodes, links, gone)[1]
    return int((sizes * (sizes - 1) // 2).sum())


def _proven(
    nodes: int, links: LongArray, candidates: Candidates, gap: float, seconds: float
) -> Plan:
    part, _ = _parts(nodes, links, np.zeros(nodes, np.bool_))
    first, second = np.triu_indices(nodes, 1)
    together = part[first] == part[second]
    node = np.arange(nodes)
    # Arc n goes through node n, from its entry n to its exit nodes + n.
    graph = SensorGraph.of(
        2 * nodes,
        np.concatenate([node, nodes + links[:, 0], nodes + links[:, 1]]),
        np.concatenate([nodes + node, links[:, 1], links[:, 0]]),
        np.ones(nodes + 2 * len(links)),
        watched=(node, node, np.zeros(nodes)),
    )
    pairs = Pairs.of(first[together], nodes + second[together], np.ones(int(together.sum())))
    return interdict_reliability(graph, pairs, candidates, gap=gap, seconds=seconds)


class _Exchange:
    """Removes the best node again and again; then exchanges one while that helps."""

    def __init__(self, nodes: int, links: LongArray, candidates: Candidates, end: float) -> None:
        self._nodes, self._links, self._candidates = nodes, links, candidates
        self._end = end
        self.steps = 0

    def run(self) -> LongArray:
        chosen: list[int] = []
        while (more := self._best_more(chosen)) is not None:
            chosen.append(more)
        for _ in range(ROUNDS):
            before = chosen
            for old in chosen:
                chosen = self._exchanged(chosen, old)
            if chosen == before:
                break
        return np.array(sorted(chosen), np.int64)

    def _exchanged(self, chosen: list[int], old: int) -> list[int]:
        kept = [k for k in chosen if k != old]
        new = self._best_more(kept)
        if new is None or self._value([*kept, new]) >= self._value(chosen):
            return chosen
        return [*kept, new]

    def _best_more(self, kept: list[int]) -> int | None:
        best, value = None, self._value(kept)
        open_ = self._candidates.affordable
        for k in np.flatnonzero(open_).tolist():
            if time.monotonic() > self._end:
                break
            if k in kept or not self._candidates.fits(np.array([*kept, k])):
                continue
            left = self._value([*kept, k])
            if left < value:
                best, value = k, left
        return best

    def _value(self, chosen: list[int]) -> int:
        self.steps += 1
        gone = np.zeros(self._nodes, np.bool_)
        gone[chosen] = True
        return _left(self._nodes, self._links, gone)


def _fewest(nodes: int, links: LongArray, candidates: Candidates) -> int:
    """Return a number of pairs that stay connected whatever is removed within the budget."""
    cost = np.sort(candidates.cost[candidates.allowed])
    most = int((np.cumsum(cost) <= candidates.budget + 1e-9).sum())
    degree = np.sort(np.bincount(links.ravel(), minlength=nodes)[candidates.allowed])[::-1][:most]
    kept = len(links) - int(degree.sum())
    parts = len(_parts(nodes, links, np.zeros(nodes, np.bool_))[1])
    parts = max(parts + int(np.clip(degree - 1, 0, None).sum()), 1)
    size, over = divmod(nodes - most, parts)
    even = over * (size + 1) * size // 2 + (parts - over) * size * (size - 1) // 2
    return max(kept, even, 0)
