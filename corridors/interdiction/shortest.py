"""Delays against someone who knows them all and takes the shortest way."""

import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from corridors.interdiction.candidates import Candidates
from corridors.interdiction.graph import DelayGraph, Pairs
from corridors.interdiction.plan import Plan
from corridors.interdiction.pool import PathPool, Ways
from corridors.interdiction.reply import Reply, best_plan
from corridors.interdiction.routing import BestWays

__all__ = ["interdict_shortest_path"]

FloatArray = NDArray[np.float64]
LongArray = NDArray[np.int64]

# Ways are sought where a place that is taken in part delays so many times that part.
TRIED = (1.0, 0.5, 2.0)


def interdict_shortest_path(
    graph: DelayGraph,
    pairs: Pairs,
    candidates: Candidates,
    *,
    gap: float = 1e-6,
    seconds: float = 600.0,
) -> Plan:
    """Return where delays make shortest ways longest, when the other side knows them.

    Parameters
    ----------
    graph
        With the delays that may be placed.
    pairs
        Who wants from where to where; pairs that have no route are left out and named.
    candidates
        What may be placed.
    gap
        Relative distance of plan and bound that counts as proof.
    seconds
        Limit of time.

    Returns
    -------
    Plan
        Values are sums over pairs of weight times the length of the shortest way; `bound` is what
        no plan exceeds.

    Raises
    ------
    InputError
        If the arrays do not fit together.
    UnreachableError
        If no pair has a route.

    Notes
    -----
    Solved like `interdict_reliability`: what a pair is short of its length with everything placed
    is bounded from below by cuts of the ways that are known, each place counting at most what the
    way is short of (the strengthened cuts of Israel and Wood), with steps between ways above them.

    References
    ----------
    Israel and Wood 2002, doi 10.1002/net.10039; Fulkerson and Harding 1977,
    doi 10.1007/BF01584329.

    Examples
    --------
    >>> graph = DelayGraph.of(2, [0, 0], [1, 1], [1, 3], watched=([0, 1], [0, 1], [5, 5]))
    >>> plan = interdict_shortest_path(graph, Pairs.of([0], [1]), Candidates(2, budget=1))
    >>> plan.chosen.tolist(), plan.before, plan.after
    ([0], 1.0, 3.0)
    """
    start = time.monotonic()
    reply = _ShortestReply(graph, pairs, candidates.count, until=start + seconds)
    wanted = reply.gap(gap)
    return best_plan(reply, candidates, gap=gap, wanted=wanted, start=start, seconds=seconds)


class _ShortestReply(Reply):
    """What each pair is short of its length with everything placed, as a part of the greatest."""

    grows = True

    def __init__(self, graph: DelayGraph, pairs: Pairs, count: int, *, until: float) -> None:
        graph.check()
        lengths, delays = graph.lengths, graph.delays
        super().__init__(graph, pairs, count, cost=lengths, added=delays, until=until)
        least = self._length(self.least)
        self._most = self._length(self.routing.costs(self.routing.added))
        longer = self._most > least
        # A pair that nothing delays has nothing to lose; its part is 0 whatever the unit.
        self._unit: FloatArray = np.where(longer, self._most - least, 1.0)
        raw = np.where(longer, self.pair_weights * self._unit, 0.0)
        self.scale = float(raw.sum())
        self.weights = raw / (self.scale or 1.0)
        self._longest = float(self.pair_weights @ self._most)
        self.lower = np.zeros(len(least))
        self.upper = np.where(longer, 1.0, 0.0)
        self.pool = PathPool(len(least), adds=True)

    def gap(self, wanted: float) -> float:
        """Return the gap in parts of what is short that is no more than the wanted one."""
        return wanted * float(np.clip(self.total(self.least) / (self.scale or 1.0), 0.1, 1.0))

    def _length(self, costs: FloatArray) -> FloatArray:
        return np.where(self.routed, costs, 0.0)

    def left(self, costs: FloatArray) -> FloatArray:
        """Return what pairs are short of, as parts, when their shortest ways are so long."""
        return np.maximum(self._most - self._length(costs), 0.0) / self._unit

    def total(self, costs: FloatArray) -> float:
        """Return the value in the units of the lengths and weights."""
        return float(self.pair_weights @ self._length(costs))

    def bound(self, part: float) -> float:
        """Return what no value exceeds where pairs are always short of such a part."""
        return self._longest - part * self.scale

    def keep(self, ways: BestWays) -> None:
        """Take ways that are short of the greatest length into the pool."""
        unit = self._unit[ways.pair]
        strength = np.maximum(self._most[ways.pair] - ways.total, 0.0) / unit
        size = np.diff(ways.first)
        kept = strength > 0
        some = np.repeat(kept, size)
        first = np.concatenate([[0], np.cumsum(size[kept])])
        effect = (ways.added / np.repeat(unit, size))[some]
        self.pool.add(Ways(ways.pair[kept], strength[kept], first, ways.place[some], effect))

    def tries(self, x: FloatArray) -> Sequence[FloatArray]:
        """Return what entries may be taken to add where ways are sought that x leaves open."""
        part = x[self.routing.place] * self.routing.added
        return [times * part for times in TRIED]
