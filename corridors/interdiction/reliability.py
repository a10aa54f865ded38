"""Sensors against someone who knows them all and takes the least watched way."""

import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from corridors.errors import InputError, UnreachableError
from corridors.interdiction.candidates import Candidates
from corridors.interdiction.graph import Pairs, SensorGraph
from corridors.interdiction.kernels import places_on_paths
from corridors.interdiction.master import Cut, cut_and_branch
from corridors.interdiction.plan import Plan, status_of
from corridors.interdiction.pool import PathPool, Ways
from corridors.kernels.order import grouped
from corridors.kernels.shortest import accumulated_cost

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
        note=_note(reply, candidates, before, after),
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


def _note(reply: "_BestReply", candidates: Candidates, before: float, after: float) -> str:
    told = []
    if after >= before:
        why = candidates.why_none()
        if not why and not len(reply.met):
            why = "no gain is possible: no route of any pair meets a candidate"
        told.append(why or "no gain was found: every plan leaves routes as good as before")
    if len(reply.cut_off):
        told.append(f"{len(reply.cut_off)} pairs have no route and count as 0")
    return "; ".join(told)


class _BestReply:
    """The problem in logarithms, every pair as a part of what it has with nothing placed."""

    def __init__(self, graph: SensorGraph, pairs: Pairs, count: int) -> None:
        graph.check()
        pairs.check(graph.nodes)
        if graph.candidates > count:
            raise InputError(
                f"the graph knows {graph.candidates} candidates, but only {count} are given"
            )
        self._count = count
        self._lay_out(graph, pairs)
        self._least = self._costs(np.zeros(len(self._entry_place)))
        routed = np.isfinite(self._least)
        if not routed.any():
            raise UnreachableError(
                "no pair has a route; check the nodes of the pairs and the directions of the arcs"
            )
        self.cut_off = np.flatnonzero(~routed)
        # Weights count as parts of the whole, so that the solver sees numbers near 1.
        shift = self._least[routed].min()
        raw = np.where(routed, pairs.weights * np.exp(shift - self._least), 0.0)
        self._raw_total = float(raw.sum())
        self.scale = self._raw_total * float(np.exp(-shift))
        self.weights = raw / self._raw_total if self._raw_total else raw
        self._least = np.where(routed, self._least, 0.0)
        self._routed = routed
        every = self._costs(self._entry_cost)
        self.lower = np.where(routed, np.exp(self._least - np.where(routed, every, 0.0)), 0.0)
        self.lower = np.minimum(self.lower, 1.0)
        self.upper = np.ones(len(routed))
        self._pair_weights = np.where(routed, pairs.weights, 0.0)
        self._pool = PathPool(self._least)
        self.met = self._can_be_met()

    def _lay_out(self, graph: SensorGraph, pairs: Pairs) -> None:
        """Order arcs by the node they leave; search from whichever ends are fewer."""
        backward = len(np.unique(pairs.destinations)) < len(np.unique(pairs.origins))
        tails, heads = (graph.heads, graph.tails) if backward else (graph.tails, graph.heads)
        starts, ends = (
            (pairs.destinations, pairs.origins) if backward else (pairs.origins, pairs.destinations)
        )
        self._first, order = grouped(tails, graph.nodes)
        self._tails, self._heads = tails[order].astype(np.int32), heads[order].astype(np.int32)
        with np.errstate(divide="ignore"):
            self._cost = -np.log(graph.survival[order]) + 0.0
            entry_cost = -np.log(graph.ratio) + 0.0
        place = np.empty(len(order), np.int64)
        place[order] = np.arange(len(order))
        self._entry_first, entries = grouped(place[graph.watched_arc], len(order))
        self._entry_arc = place[graph.watched_arc][entries]
        self._entry_place, self._entry_cost = graph.watched_by[entries], entry_cost[entries]
        self._ends = ends
        self._starts = [(start, np.flatnonzero(starts == start)) for start in np.unique(starts)]

    def _with(self, added: FloatArray) -> FloatArray:
        cost: FloatArray = self._cost.copy()
        np.add.at(cost, self._entry_arc, added)
        return cost

    def _costs(self, added: FloatArray) -> FloatArray:
        """Return the cost of each pair's best way when entries add so much."""
        cost = self._with(added)
        found = np.empty(len(self._ends))
        for start, some in self._starts:
            away, _ = self._away(start, cost)
            found[some] = away[self._ends[some]]
        return found

    def _away(self, start: int, cost: FloatArray) -> tuple[FloatArray, LongArray]:
        return accumulated_cost(
            self._first, self._heads, cost, np.array([start], np.int64), np.zeros(1)
        )

    def _learn(self, added: FloatArray) -> None:
        """Take the best ways when entries add so much into the pool."""
        cost = self._with(added)
        for start, some in self._starts:
            away, back = self._away(start, cost)
            pair = some[np.isfinite(away[self._ends[some]])]
            if len(pair):
                ways = places_on_paths(
                    back,
                    self._tails,
                    self._cost,
                    self._entry_first,
                    self._entry_place,
                    self._entry_cost,
                    self._ends[pair],
                )
                self._pool.add(Ways(pair, *ways))

    def _can_be_met(self) -> LongArray:
        """Return candidates on some walk of some pair; the others change nothing."""
        passable = np.where(np.isfinite(self._cost), 0.0, np.inf)
        turned_first, order = grouped(self._heads, len(self._first) - 1)
        turned = self._tails[order]
        met = np.zeros(len(self._cost), np.bool_)
        for start, some in self._starts:
            ends = np.unique(self._ends[some])
            out, _ = self._away(start, passable)
            home, _ = accumulated_cost(
                turned_first, turned, passable[order], ends, np.zeros(len(ends))
            )
            met |= np.isfinite(out[self._tails]) & np.isfinite(home[self._heads])
        met &= np.isfinite(self._cost)
        matters = met[self._entry_arc] & (self._entry_cost > 0)
        return np.unique(self._entry_place[matters])

    def _added(self, chosen: LongArray) -> FloatArray:
        placed = np.zeros(self._count, np.bool_)
        placed[chosen] = True
        return np.where(placed[self._entry_place], self._entry_cost, 0.0)

    def value(self, chosen: LongArray) -> float:
        """Return the value of a plan as a part of that before; its ways are kept for cuts."""
        added = self._added(chosen)
        self._learn(added)
        return float(self.weights @ self._kept(added))

    def total(self, chosen: LongArray) -> float:
        """Return the value of a plan in the units of the weights."""
        found = self._costs(self._added(chosen))
        return float(self._pair_weights @ np.exp(-np.where(self._routed, found, np.inf)))

    def _kept(self, added: FloatArray) -> FloatArray:
        found = self._costs(added)
        return np.where(self._routed, np.exp(self._least - found), 0.0)

    def cuts(self, x: FloatArray, left: FloatArray) -> Sequence[Cut]:
        """Return cuts of the ways known, after a search for better ones."""
        part = x[self._entry_place]
        whole = np.minimum(self._entry_cost, MOST_ADDED)
        if np.all((x == 0) | (x == 1)):
            self._learn(self._added(np.flatnonzero(x > 0.5)))
        for times in TRIED:
            self._learn(times * part * whole)
        with np.errstate(divide="ignore"):
            self._learn(-np.log1p(-part * -np.expm1(-self._entry_cost)))
        return self._pool.cuts(x, left)

    def without_idle(self, chosen: LongArray) -> LongArray:
        """Return a plan without the sensors that change nothing."""
        value = self._kept(self._added(chosen))
        for place in chosen.tolist():
            fewer = chosen[chosen != place]
            if np.all(self._kept(self._added(fewer)) <= value):
                chosen = fewer
        return chosen
