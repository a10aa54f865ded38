"""Delays against someone who knows them all and takes the shortest way."""

import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from corridors.interdiction.branch import cut_and_branch
from corridors.interdiction.candidates import Candidates
from corridors.interdiction.graph import DelayGraph, Pairs
from corridors.interdiction.master import Cut
from corridors.interdiction.plan import Plan, note_of, status_of
from corridors.interdiction.pool import PathPool, Ways
from corridors.interdiction.routing import Routing, Watch, known_candidates

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
    reply = _ShortestReply(graph, pairs, candidates.count)
    usable = np.zeros(candidates.count, np.bool_)
    usable[reply.met] = True
    found = cut_and_branch(
        reply,
        candidates,
        usable=usable,
        gap=reply.gap(gap),
        seconds=seconds - (time.monotonic() - start),
    )
    chosen = reply.without_idle(found.chosen)
    before, after = reply.total(np.empty(0, np.int64)), reply.total(chosen)
    bound = max(reply.longest - found.bound * reply.scale, after)
    return Plan(
        chosen,
        before,
        after,
        bound,
        status_of(after, bound, gap=gap, scale=reply.longest),
        float(candidates.cost[chosen].sum()),
        time.monotonic() - start,
        found.iterations,
        limit=found.limit,
        note=note_of(candidates, met=reply.met, gained=after > before, cut_off=reply.cut_off),
        unmet=np.flatnonzero(~usable),
        cut_off=reply.cut_off,
    )


class _ShortestReply:
    """What each pair is short of its length with everything placed, as a part of the greatest."""

    def __init__(self, graph: DelayGraph, pairs: Pairs, count: int) -> None:
        graph.check()
        pairs.check(graph.nodes)
        known_candidates(graph.candidates, count)
        watch = Watch(graph.watched_arc, graph.watched_by, graph.delays)
        self._routing = Routing(graph.nodes, graph.tails, graph.heads, graph.lengths, watch, pairs)
        self._routed = self._routing.routed()
        self.cut_off = np.flatnonzero(~self._routed)
        self._pair_weights: FloatArray = np.where(self._routed, pairs.weights, 0.0)
        least = self._lengths(np.zeros(len(graph.delays)))
        self._most = self._lengths(self._routing.added)
        # A pair that nothing delays has nothing to lose; its part is 0 whatever the unit.
        self._unit: FloatArray = np.where(self._most > least, self._most - least, 1.0)
        raw = np.where(self._most > least, self._pair_weights * self._unit, 0.0)
        self.scale = float(raw.sum())
        self.weights: FloatArray = raw / (self.scale or 1.0)
        self.longest = float(self._pair_weights @ self._most)
        self._shortest = float(self._pair_weights @ least)
        self.lower = np.zeros(len(least))
        self.upper: FloatArray = np.where(self._most > least, 1.0, 0.0)
        self._pool = PathPool(len(least), adds=True)
        self.met = self._routing.met()

    def gap(self, wanted: float) -> float:
        """Return the gap in parts of what is short that is no more than the wanted one."""
        return wanted * float(np.clip(self._shortest / (self.scale or 1.0), 0.1, 1.0))

    def _lengths(self, added: FloatArray) -> FloatArray:
        return np.where(self._routed, self._routing.costs(added), 0.0)

    def _short(self, added: FloatArray) -> FloatArray:
        return np.maximum(self._most - self._lengths(added), 0.0) / self._unit

    def _learn(self, added: FloatArray) -> None:
        pair, length, first, place, more = self._routing.ways(added)
        strength = np.maximum(self._most[pair] - length, 0.0) / self._unit[pair]
        effect = more / np.repeat(self._unit[pair], np.diff(first))
        keep = strength > 0
        some = np.repeat(keep, np.diff(first))
        counts = np.concatenate([[0], np.cumsum(np.diff(first)[keep])])
        self._pool.add(Ways(pair[keep], strength[keep], counts, place[some], effect[some]))

    def value(self, chosen: LongArray) -> float:
        """Return what pairs are short of under a plan; its ways are kept for cuts."""
        added = self._routing.placed(chosen)
        self._learn(added)
        return float(self.weights @ self._short(added))

    def total(self, chosen: LongArray) -> float:
        """Return the value of a plan in the units of the lengths and weights."""
        return float(self._pair_weights @ self._lengths(self._routing.placed(chosen)))

    def cuts(self, x: FloatArray, left: FloatArray, *, search: bool) -> Sequence[Cut]:
        """Return cuts of the ways known, if wished after a search for more."""
        if search:
            part = x[self._routing.place] * self._routing.added
            for times in TRIED:
                self._learn(times * part)
        return self._pool.cuts(x, left)

    def without_idle(self, chosen: LongArray) -> LongArray:
        """Return a plan without the places that change nothing."""
        lengths = self._lengths(self._routing.placed(chosen))
        for place in chosen.tolist():
            fewer = chosen[chosen != place]
            if np.all(self._lengths(self._routing.placed(fewer)) >= lengths):
                chosen = fewer
        return chosen
