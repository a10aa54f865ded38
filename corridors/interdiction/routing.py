"""The best ways of many pairs, searched from whichever ends are fewer."""

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corridors.errors import InputError, UnreachableError
from corridors.interdiction.graph import Pairs
from corridors.interdiction.kernels import places_on_paths
from corridors.kernels.order import grouped
from corridors.kernels.shortest import accumulated_cost

__all__ = ["BestWays", "Routing", "Watch", "known_candidates"]

FloatArray = NDArray[np.float64]
LongArray = NDArray[np.int64]
IntArray = NDArray[np.int32]
BoolArray = NDArray[np.bool_]

_NO_ARCS = np.empty(0, np.int64)


@dataclass(frozen=True)
class Watch:
    """Entries: candidate `place` adds `cost` to arc `arc`."""

    arc: LongArray
    place: LongArray
    cost: FloatArray


@dataclass(frozen=True)
class BestWays:
    """The best way of each pair that has one.

    Attributes
    ----------
    pair, total
        Shape (N,): the pair, and the cost of its way with nothing placed.
    first, place, added
        Entries ``first[i]:first[i + 1]``: places on way i and what each adds to it.
    costs
        Shape (pairs,): of all best ways, with what was added; infinite where there is none, NaN
        where none was sought.
    """

    pair: LongArray
    total: FloatArray
    first: LongArray
    place: LongArray
    added: FloatArray
    costs: FloatArray


class Routing:
    """Arcs in the order of the search, with what candidates add to them.

    Parameters
    ----------
    nodes, tails, heads
        The graph.
    cost
        Of each arc with nothing placed; infinite where it cannot be passed.
    watch
        What candidates add.
    pairs
        Who wants from where to where.
    """

    def __init__(
        self,
        nodes: int,
        tails: LongArray,
        heads: LongArray,
        cost: FloatArray,
        watch: Watch,
        pairs: Pairs,
    ) -> None:
        backward = len(np.unique(pairs.destinations)) < len(np.unique(pairs.origins))
        if backward:
            tails, heads = heads, tails
        starts = pairs.destinations if backward else pairs.origins
        self._ends = pairs.origins if backward else pairs.destinations
        self._first, order = grouped(tails, nodes)
        self._tails, self._heads = tails[order].astype(np.int32), heads[order].astype(np.int32)
        self.cost: FloatArray = cost[order]
        rank = np.empty(len(order), np.int64)
        rank[order] = np.arange(len(order))
        arc = rank[watch.arc]
        self._entry_first, entries = grouped(arc, len(order))
        self._entry_arc = arc[entries]
        self.place, self.added = watch.place[entries], watch.cost[entries]
        self._starts = [(start, np.flatnonzero(starts == start)) for start in np.unique(starts)]

    def costs(self, added: FloatArray, *, until: float = np.inf) -> FloatArray:
        """Return the cost of each pair's best way, as `ways` does."""
        cost = self._with(added)
        found = np.full(len(self._ends), np.nan)
        for start, some in self._starts:
            if time.monotonic() > until:
                break
            found[some] = self._away(start, cost, some)[0][self._ends[some]]
        return found

    def ways(self, added: FloatArray, *, until: float = np.inf) -> BestWays:
        """Return the best ways when entries add so much.

        Parameters
        ----------
        added
            By each entry.
        until
            Time of the monotonic clock after which pairs that are left get none.
        """
        cost = self._with(added)
        costs = np.full(len(self._ends), np.nan)
        entries = (self._entry_first, self.place, self.added)
        found = [places_on_paths(_NO_ARCS, self._tails, self.cost, *entries, _NO_ARCS)]
        pairs = [_NO_ARCS]
        for start, some in self._starts:
            if time.monotonic() > until:
                break
            away, back = self._away(start, cost, some)
            costs[some] = away[self._ends[some]]
            pair = some[np.isfinite(costs[some])]
            pairs.append(pair)
            ends = self._ends[pair]
            found.append(places_on_paths(back, self._tails, self.cost, *entries, ends))
        counts = np.concatenate([np.diff(first) for _, first, _, _ in found])
        total, place, more = (np.concatenate([way[n] for way in found]) for n in (0, 2, 3))
        first = np.concatenate([[0], np.cumsum(counts)])
        return BestWays(np.concatenate(pairs), total, first, place, more, costs)

    def met(self) -> LongArray:
        """Return candidates on some walk of some pair that they hinder; others change nothing."""
        passable = np.where(np.isfinite(self.cost), 0.0, np.inf)
        turned_first, order = grouped(self._heads, len(self._first) - 1)
        turned = self._tails[order]
        on_walk = np.zeros(len(self.cost), np.bool_)
        for start, some in self._starts:
            ends = np.unique(self._ends[some])
            out, _ = self._away(start, passable)
            home, _ = accumulated_cost(
                turned_first, turned, passable[order], ends, np.zeros(len(ends))
            )
            on_walk |= np.isfinite(out[self._tails]) & np.isfinite(home[self._heads])
        on_walk &= np.isfinite(self.cost)
        return np.unique(self.place[on_walk[self._entry_arc] & (self.added > 0)])

    def placed(self, chosen: LongArray) -> FloatArray:
        """Return what entries add under a plan."""
        return np.where(np.isin(self.place, chosen), self.added, 0.0)

    def _with(self, added: FloatArray) -> FloatArray:
        cost: FloatArray = self.cost.copy()
        np.add.at(cost, self._entry_arc, added)
        return cost

    def _away(
        self, start: int, cost: FloatArray, pairs: LongArray | None = None
    ) -> tuple[FloatArray, LongArray]:
        """Return costs from a node, those to the ends of some pairs, or to all nodes."""
        origin = np.array([start], np.int64)
        ends = None if pairs is None else self._ends[pairs]
        return accumulated_cost(self._first, self._heads, cost, origin, np.zeros(1), ends)

    def routed(self, costs: FloatArray) -> BoolArray:
        """Return which pairs have a route with nothing placed.

        Parameters
        ----------
        costs
            Of their best ways with nothing placed.

        Raises
        ------
        UnreachableError
            If none has.
        """
        found = np.isfinite(costs)
        if not found.any():
            raise UnreachableError(
                "no pair has a route; check the nodes of the pairs and the directions of the arcs"
            )
        return found


def known_candidates(known: int, given: int) -> None:
    """Refuse a graph whose sensors have numbers beyond the candidates."""
    if known > given:
        raise InputError(f"the graph knows {known} candidates, but only {given} are given")
