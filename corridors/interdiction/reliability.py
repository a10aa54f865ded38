"""Sensors against someone who knows them all and takes the least watched way."""

import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from corridors.interdiction.branch import cut_and_branch
from corridors.interdiction.candidates import Candidates
from corridors.interdiction.graph import Pairs, SensorGraph
from corridors.interdiction.master import Cut
from corridors.interdiction.plan import Plan, note_of, status_of
from corridors.interdiction.pool import PathPool, Ways
from corridors.interdiction.routing import Routing, Watch, known_candidates

__all__ = ["best_reply_value", "interdict_reliability"]

FloatArray = NDArray[np.float64]
LongArray = NDArray[np.int64]

# Ways are sought where a place that is taken in part adds so many times that part of what it
# would add whole, at most MOST_ADDED.
TRIED, MOST_ADDED = (1.0, 0.5, 2.0), 3.0


def interdict_reliability(
    graph: SensorGraph,
    pairs: Pairs,
    candidates: Candidates,
    *,
    gap: float = 1e-6,
    seconds: float = 600.0,
) -> Plan:
    """Return where sensors leave the least chance to pass unseen, when the other side knows them.

    Parameters
    ----------
    graph
        With the sensors that may be placed.
    pairs
        Who wants from where to where. Each takes the way on which it is most probably not seen.
    candidates
        What may be placed.
    gap
        Relative distance of plan and bound that counts as proof.
    seconds
        Limit of time.

    Returns
    -------
    Plan
        Values are sums over pairs of weight times the probability to pass unseen.

    Raises
    ------
    InputError
        If the arrays do not fit together.
    UnreachableError
        If no pair has a route.

    Notes
    -----
    Maximum-reliability interdiction: min over x of sum_w p_w max over ways of the product of the
    arcs' probabilities. Solved over ways instead of arcs: each pair's probability is bounded from
    below by cuts of its known ways, steps of reliability over the hull of one way (`path_cut`); new
    ways are found by Dijkstra's method, with what is taken in part weighing in part.

    References
    ----------
    Washburn and Wood 1995, doi 10.1287/opre.43.2.243; Morton, Pan and Saeger 2007,
    doi 10.1080/07408170500488956; Pan and Morton 2008, doi 10.1002/net.20237; Towle and Luedtke
    2018, doi 10.1007/s10287-018-0321-1.

    Examples
    --------
    Two ways from 0 to 3, over 1 and over 2; a sensor on the first leaves the second:

    >>> graph = SensorGraph.of_arcs(4, [0, 1, 0, 2], [1, 3, 2, 3], [0.9, 1, 0.8, 1],
    ...                             [0.1, 1, 0.2, 1])
    >>> plan = interdict_reliability(graph, Pairs.of([0], [3]), Candidates(2, budget=1))
    >>> plan.chosen.tolist(), round(plan.before, 9), round(plan.after, 9), plan.status
    ([0], 0.9, 0.8, 'proven optimal')
    """
    start = time.monotonic()
    reply = _BestReply(graph, pairs, candidates.count)
    usable = np.zeros(candidates.count, np.bool_)
    usable[reply.met] = True
    found = cut_and_branch(
        reply, candidates, usable=usable, gap=gap, seconds=seconds - (time.monotonic() - start)
    )
    chosen = reply.without_idle(found.chosen)
    before, after = reply.total(np.empty(0, np.int64)), reply.total(chosen)
    bound = min(found.bound * reply.scale, after)
    return Plan(
        chosen,
        before,
        after,
        bound,
        status_of(after, bound, gap=gap, scale=before),
        float(candidates.cost[chosen].sum()),
        time.monotonic() - start,
        found.iterations,
        limit=found.limit,
        note=note_of(candidates, met=reply.met, gained=after < before, cut_off=reply.cut_off),
        unmet=np.flatnonzero(~usable),
        cut_off=reply.cut_off,
    )


def best_reply_value(graph: SensorGraph, pairs: Pairs, chosen: Sequence[int] | LongArray) -> float:
    """Return what a plan leaves: sum over pairs of weight times the best chance to pass unseen.

    Parameters
    ----------
    graph, pairs
        As for `interdict_reliability`.
    chosen
        Candidates placed.

    Examples
    --------
    >>> graph = SensorGraph.of_arcs(2, [0], [1], [0.5], [0.1])
    >>> round(best_reply_value(graph, Pairs.of([0], [1]), [0]), 12)
    0.1
    """
    numbers = np.asarray(chosen, np.int64)
    return _BestReply(graph, pairs, graph.candidates).total(numbers)


class _BestReply:
    """The problem in logarithms, every pair as a part of what it has with nothing placed."""

    def __init__(self, graph: SensorGraph, pairs: Pairs, count: int) -> None:
        graph.check()
        pairs.check(graph.nodes)
        known_candidates(graph.candidates, count)
        with np.errstate(divide="ignore"):
            cost = -np.log(graph.survival) + 0.0
            added = -np.log(graph.ratio) + 0.0
        watch = Watch(graph.watched_arc, graph.watched_by, added)
        self._routing = Routing(graph.nodes, graph.tails, graph.heads, cost, watch, pairs)
        self._routed = self._routing.routed()
        self.cut_off = np.flatnonzero(~self._routed)
        least = self._routing.costs(np.zeros(len(added)))
        # Weights count as parts of the whole, so that the solver sees numbers near 1.
        shift = least[self._routed].min()
        raw = np.where(self._routed, pairs.weights * np.exp(shift - least), 0.0)
        self.scale = float(raw.sum() * np.exp(-shift))
        self.weights: FloatArray = raw / (raw.sum() or 1.0)
        self._least: FloatArray = np.where(self._routed, least, 0.0)
        self._pair_weights = pairs.weights
        self.lower = self._left(self._routing.added)
        self.upper = np.ones(len(least))
        self._pool = PathPool(len(least))
        self.met = self._routing.met()

    def _left(self, added: FloatArray) -> FloatArray:
        """Return what pairs are left with, as parts, when entries add so much."""
        left = np.exp(self._least - self._routing.costs(added))
        return np.where(self._routed, np.minimum(left, 1.0), 0.0)

    def _learn(self, added: FloatArray) -> None:
        """Take the best ways when entries add so much into the pool."""
        pair, cost, first, place, more = self._routing.ways(added)
        strength = np.minimum(np.exp(self._least[pair] - cost), 1.0)
        self._pool.add(Ways(pair, strength, first, place, np.exp(-more)))

    def value(self, chosen: LongArray) -> float:
        """Return the value of a plan as a part of that before; its ways are kept for cuts."""
        added = self._routing.placed(chosen)
        self._learn(added)
        return float(self.weights @ self._left(added))

    def total(self, chosen: LongArray) -> float:
        """Return the value of a plan in the units of the weights."""
        costs = self._routing.costs(self._routing.placed(chosen))
        return float(self._pair_weights @ np.exp(-costs))

    def cuts(self, x: FloatArray, left: FloatArray, *, search: bool) -> Sequence[Cut]:
        """Return cuts of the ways known, if wished after a search for more."""
        if search:
            part, added = x[self._routing.place], self._routing.added
            for times in TRIED:
                self._learn(times * part * np.minimum(added, MOST_ADDED))
            with np.errstate(divide="ignore"):
                self._learn(-np.log1p(part * np.expm1(-added)))
        return self._pool.cuts(x, left)

    def without_idle(self, chosen: LongArray) -> LongArray:
        """Return a plan without the sensors that change nothing."""
        left = self._left(self._routing.placed(chosen))
        for place in chosen.tolist():
            fewer = chosen[chosen != place]
            if np.all(self._left(self._routing.placed(fewer)) <= left):
                chosen = fewer
        return chosen
