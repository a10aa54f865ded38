"""Opponents who know every sensor: the least watched way, and ways round within a detour."""

import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from corridors.interdiction import (
    DelayGraph,
    Pairs,
    SensorGraph,
    capture_within_detour,
    interdict_reliability,
)
from corridors.interdiction.plan import PROVEN
from corridors.reinforcement.opponents import Solved, candidates_of
from corridors.reinforcement.options import Options, Plan
from corridors.reinforcement.problem import Problem
from corridors.reinforcement.reduced import Reduced, entries_of, reduced_graph

__all__ = ["BestReply", "Evasion"]

FloatArray = NDArray[np.float64]


class BestReply:
    """Who knows every post and sensor, and takes the way on which it is least likely seen.

    Parameters
    ----------
    problem
        The problem; hazard anywhere else is the scenario's ``hazard_per_hour``.
    """

    name = "best"

    def __init__(self, problem: Problem) -> None:
        candidates_of(problem.options)  # refuses what cannot be asked of it, before the work
        self._options = problem.options
        ground, demand = problem.ground, problem.flow.sampler.demand
        anywhere = ground.scenario.reinforcement.hazard_per_hour
        costs = {
            name: np.where(
                np.isfinite(hours),
                ground.detection.hazard(hours) + anywhere * np.where(np.isfinite(hours), hours, 0),
                np.inf,
            )
            for name, hours in ground.hours.items()
        }
        self.graph: Reduced = reduced_graph(
            ground.graph,
            demand,
            costs,
            lambda name: entries_of(problem.universe, ground.hours[name], problem.options.adds),
            limit=(lambda _, worst: worst) if anywhere > 0 else None,
        )

    def values(self, plans: Sequence[Plan]) -> FloatArray:
        """Return the undetected share that each plan leaves."""
        graph = self.graph
        return np.array(
            [graph.weights @ np.exp(-graph.costs(self._options.sensors(plan))) for plan in plans]
        )

    def solve(self, options: Options, *, seconds: float) -> Solved:
        """Return the best plan, proven by cuts of ways."""
        begun, graph = time.monotonic(), self.graph
        plain = np.exp(-graph.cost)
        seen = plain[graph.watched_arc] * np.exp(-graph.added)
        if not len(graph.watched_arc):
            return _nothing(float(self.values([()])[0]))
        sensors = SensorGraph.of(
            graph.nodes,
            graph.tails,
            graph.heads,
            plain,
            watched=(graph.watched_arc, graph.watched_by, seen),
        )
        pairs = Pairs.of(graph.origins, graph.destinations, graph.weights)
        left = max(seconds - (time.monotonic() - begun), 1.0)
        found = interdict_reliability(sensors, pairs, candidates_of(options), seconds=left)
        plan = tuple(found.chosen.tolist())
        return Solved(
            plan,
            float(self.values([plan])[0]),
            found.bound,
            found.status,
            found.iterations,
            time.monotonic() - begun,
            found.limit,
            found.note,
        )


class Evasion:
    """Who goes round every sensor, but no farther than so much longer than the quickest way.

    A journey is caught when each way of at most 1 + tolerance times its least hours comes within
    sight of a post or a sensor.

    Parameters
    ----------
    problem
        The problem, with the scenario's ``tolerance``.
    """

    name = "evasion"

    def __init__(self, problem: Problem) -> None:
        candidates_of(problem.options)
        self._options = problem.options
        ground, demand = problem.ground, problem.flow.sampler.demand
        tolerance = ground.scenario.reinforcement.tolerance
        # A way that a post sees that stands already is caught; how long it may be is told by all.
        posts = {name: ground.detection.hazard(hours) > 0 for name, hours in ground.hours.items()}
        standing = len(problem.universe.sensors)
        universe, hours = problem.universe, ground.hours

        def entries(name: str) -> tuple[NDArray[np.int64], NDArray[np.int64], FloatArray]:
            arc, by, value = entries_of(universe, hours[name], problem.options.adds)
            seen = np.flatnonzero(posts[name])
            return (
                np.concatenate([arc[value > 0], seen]),
                np.concatenate([by[value > 0], np.full(len(seen), standing)]),
                np.full(int((value > 0).sum()) + len(seen), 1.0),
            )

        self.graph = reduced_graph(
            ground.graph, demand, hours, entries, limit=lambda least, _: least * (1 + tolerance)
        )
        self._standing = frozenset([standing])
        self._limit = self.graph.least * (1 + tolerance) * (1 + 1e-9)

    def values(self, plans: Sequence[Plan]) -> FloatArray:
        """Return the share of the journeys that can go round what each plan puts in place."""
        return np.array(
            [
                self.graph.weights @ (self._round(self._options.sensors(plan)) <= self._limit)
                for plan in plans
            ]
        )

    def _round(self, sensors: frozenset[int]) -> FloatArray:
        return self.graph.costs(sensors | self._standing, most=1.0)

    def solve(self, options: Options, *, seconds: float) -> Solved:
        """Return the best plan, proven by cuts of ways."""
        begun, graph = time.monotonic(), self.graph
        clear = self._round(frozenset())
        open_ = np.flatnonzero(clear <= self._limit)
        now = float(self.values([()])[0])
        if not len(open_):
            return _nothing(0.0, "no gain is possible: every journey meets a post as it is")
        barred = np.zeros(len(graph.cost), bool)
        barred[graph.watched_arc[graph.watched_by == max(self._standing)]] = True
        arcs = np.flatnonzero(~barred)
        place = np.full(len(barred), -1, np.int64)
        place[arcs] = np.arange(len(arcs))
        kept = place[graph.watched_arc] >= 0
        if not kept.any():
            return _nothing(now)
        delays = DelayGraph.of(
            graph.nodes,
            graph.tails[arcs],
            graph.heads[arcs],
            graph.cost[arcs],
            watched=(
                place[graph.watched_arc[kept]],
                graph.watched_by[kept],
                graph.added[kept],
            ),
        )
        pairs = Pairs.of(graph.origins[open_], graph.destinations[open_], graph.weights[open_])
        # Who is there already goes nowhere: no detour is longer than none.
        part = np.divide(
            self._limit[open_], clear[open_], out=np.ones(len(open_)), where=clear[open_] > 0
        )
        found = capture_within_detour(
            delays,
            pairs,
            candidates_of(options),
            detour=np.maximum(part - 1, 0.0),
            seconds=max(seconds - (time.monotonic() - begun), 1.0),
        )
        plan = tuple(found.chosen.tolist())
        return Solved(
            plan,
            float(self.values([plan])[0]),
            now - found.bound,
            found.status,
            found.iterations,
            time.monotonic() - begun,
            found.limit,
            found.note,
        )


def _nothing(value: float, note: str = "") -> Solved:
    told = note or "no gain is possible: no way that counts comes within sight of any place"
    return Solved((), value, value, PROVEN, 0, 0.0, note=told)
