"""Who knows what is placed and answers with the best way left: what all such games share."""

import time
from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from corridors.interdiction.branch import cut_and_branch
from corridors.interdiction.candidates import Candidates
from corridors.interdiction.graph import DelayGraph, Pairs, SensorGraph
from corridors.interdiction.joined import joined
from corridors.interdiction.master import Cut
from corridors.interdiction.plan import PROVEN, Plan, note_of, status_of
from corridors.interdiction.pool import PathPool
from corridors.interdiction.routing import BestWays, Watch, known_candidates

__all__ = ["NOTHING", "Reply", "best_plan"]

FloatArray = NDArray[np.float64]
LongArray = NDArray[np.int64]

NOTHING = np.empty(0, np.int64)


class Reply(ABC):
    """The best ways of pairs, and what each is left with as a part of a unit of its own.

    Parameters
    ----------
    graph, pairs
        The problem; the graph is checked.
    count
        How many candidates there are.
    cost, added
        Of each arc, and what each of its entries adds, as ways add them up.
    until
        Time of the monotonic clock after which no more ways are sought.
    """

    # Whether sensors make the value grow, as that of lengths, or fall.
    grows = False
    weights: FloatArray
    lower: FloatArray
    upper: FloatArray
    scale: float
    pool: PathPool

    def __init__(
        self,
        graph: SensorGraph | DelayGraph,
        pairs: Pairs,
        count: int,
        *,
        cost: FloatArray,
        added: FloatArray,
        until: float = np.inf,
    ) -> None:
        pairs.check(graph.nodes)
        known_candidates(graph.candidates, count)
        watch = Watch(graph.watched_arc, graph.watched_by, added)
        one = joined(graph.nodes, graph.tails, graph.heads, cost, watch, pairs)
        self.routing, self.pair_weights, self._until = one.routing, one.weights, until
        self.least = self.routing.costs(np.zeros(len(added)))
        self.routed = self.routing.routed(self.least)
        self.cut_off = np.flatnonzero(~self.routed[one.of])
        self.met = self.routing.met()
        self._costs = {NOTHING.tobytes(): self.least}

    @abstractmethod
    def left(self, costs: FloatArray) -> FloatArray:
        """Return what pairs are left with, as parts, when their best ways cost so much."""

    @abstractmethod
    def total(self, costs: FloatArray) -> float:
        """Return the value in the units asked for when best ways cost so much."""

    @abstractmethod
    def bound(self, part: float) -> float:
        """Return the value that no plan passes where none leaves less than such a part."""

    @abstractmethod
    def keep(self, ways: BestWays) -> None:
        """Take ways into the pool."""

    @abstractmethod
    def tries(self, x: FloatArray) -> Sequence[FloatArray]:
        """Return what entries may be taken to add where ways are sought that x leaves open."""

    def value(self, chosen: LongArray) -> float:
        """Return the value of a plan as a part of the greatest; its ways are kept for cuts.

        It is infinite where time was up before the value was known.
        """
        ways = self.routing.ways(self.routing.placed(chosen), until=self._until)
        self.keep(ways)
        if not np.isnan(ways.costs).any():
            self._costs[chosen.tobytes()] = ways.costs
        known = self._costs.get(chosen.tobytes())
        return np.inf if known is None else float(self.weights @ self.left(known))

    def costs(self, chosen: LongArray) -> FloatArray:
        """Return what best ways cost under a plan."""
        known = self._costs.get(chosen.tobytes())
        return self.routing.costs(self.routing.placed(chosen)) if known is None else known

    def cuts(self, x: FloatArray, left: FloatArray, *, search: bool) -> Sequence[Cut]:
        """Return cuts of the ways known, if wished after a search for more."""
        if search:
            for added in self.tries(x):
                self.keep(self.routing.ways(added, until=self._until))
        return self.pool.cuts(x, left)

    def without_idle(self, chosen: LongArray) -> LongArray:
        """Return a plan without the places that change nothing, as far as there is time."""
        whole = self.left(self.costs(chosen))
        for place in chosen.tolist():
            if time.monotonic() > self._until:
                break
            fewer = chosen[chosen != place]
            costs = self.routing.costs(self.routing.placed(fewer), until=self._until)
            if np.all(self.left(costs) <= whole):  # never where a cost is not known
                chosen, self._costs[fewer.tobytes()] = fewer, costs
        return chosen


def best_plan(
    reply: Reply, candidates: Candidates, *, gap: float, wanted: float, start: float, seconds: float
) -> Plan:
    """Return the plan that leaves least, with its proof.

    Parameters
    ----------
    reply
        The game.
    candidates
        What may be placed.
    gap, wanted
        Relative distance that counts as proof, and the same in parts of the greatest value.
    start, seconds
        When the work began, and limit of time.
    """
    usable = np.zeros(candidates.count, np.bool_)
    usable[reply.met] = True
    left = seconds - (time.monotonic() - start)
    found = cut_and_branch(reply, candidates, usable=usable, gap=wanted, seconds=left)
    chosen = reply.without_idle(found.chosen)
    before, after = reply.total(reply.least), reply.total(reply.costs(chosen))
    bound = reply.bound(found.bound)
    bound = max(bound, after) if reply.grows else min(bound, after)
    gained = after > before if reply.grows else after < before
    status = status_of(after, bound, gap=gap, scale=max(before, reply.bound(0.0)))
    return Plan(
        chosen,
        before,
        after,
        bound,
        status,
        float(candidates.cost[chosen].sum()),
        time.monotonic() - start,
        found.iterations,
        limit=found.limit,
        note=note_of(
            candidates,
            met=reply.met,
            gained=gained,
            cut_off=reply.cut_off,
            proven=status == PROVEN,
        ),
        unmet=np.flatnonzero(~usable),
        cut_off=reply.cut_off,
    )
