"""Sensors against someone who knows them all and takes the least watched way."""

import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from corridors.interdiction.candidates import Candidates
from corridors.interdiction.graph import Pairs, SensorGraph
from corridors.interdiction.plan import Plan
from corridors.interdiction.pool import PathPool, Ways
from corridors.interdiction.reply import Reply, best_plan
from corridors.interdiction.routing import BestWays

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
    reply = _BestReply(graph, pairs, candidates.count, until=start + seconds)
    return best_plan(reply, candidates, gap=gap, wanted=gap, start=start, seconds=seconds)


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
    reply = _BestReply(graph, pairs, graph.candidates)
    return reply.total(reply.costs(np.asarray(chosen, np.int64)))


class _BestReply(Reply):
    """The problem in logarithms, every pair as a part of what it has with nothing placed."""

    def __init__(
        self, graph: SensorGraph, pairs: Pairs, count: int, *, until: float = np.inf
    ) -> None:
        graph.check()
        with np.errstate(divide="ignore"):
            cost = -np.log(graph.survival) + 0.0
            added = -np.log(graph.ratio) + 0.0
        super().__init__(graph, pairs, count, cost=cost, added=added, until=until)
        # Weights count as parts of the whole, so that the solver sees numbers near 1.
        shift = self.least[self.routed].min()
        raw = np.where(self.routed, self.pair_weights * np.exp(shift - self.least), 0.0)
        self.scale = float(raw.sum() * np.exp(-shift))
        self.weights = raw / (raw.sum() or 1.0)
        self._least: FloatArray = np.where(self.routed, self.least, 0.0)
        self.lower = self.left(self.routing.costs(self.routing.added))
        self.upper = np.ones(len(self.least))
        self.pool = PathPool(len(self.least))

    def left(self, costs: FloatArray) -> FloatArray:
        """Return what pairs are left with, as parts, when their best ways cost so much."""
        return np.where(self.routed, np.minimum(np.exp(self._least - costs), 1.0), 0.0)

    def total(self, costs: FloatArray) -> float:
        """Return the value in the units of the weights when best ways cost so much."""
        return float(self.pair_weights @ np.exp(-costs))

    def bound(self, part: float) -> float:
        """Return what is left at least where no plan leaves less than such a part."""
        return part * self.scale

    def keep(self, ways: BestWays) -> None:
        """Take ways into the pool."""
        strength = np.minimum(np.exp(self._least[ways.pair] - ways.total), 1.0)
        self.pool.add(Ways(ways.pair, strength, ways.first, ways.place, np.exp(-ways.added)))

    def tries(self, x: FloatArray) -> Sequence[FloatArray]:
        """Return what entries may be taken to add where ways are sought that x leaves open."""
        part, added = x[self.routing.place], self.routing.added
        some = [times * part * np.minimum(added, MOST_ADDED) for times in TRIED]
        with np.errstate(divide="ignore"):
            return [*some, -np.log1p(part * np.expm1(-added))]
