"""Nodes and pairs that are one: nothing changes but the size."""

import numpy as np
import pytest

from corridors.interdiction import Candidates, Pairs, SensorGraph, interdict_reliability
from corridors.interdiction.joined import joined
from corridors.interdiction.routing import Watch
from tests.interdiction.worlds import best_of, undetected

NO_WATCH = Watch(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))


def arrays(*numbers: list[int]) -> list[np.ndarray]:
    return [np.array(some, np.int64) for some in numbers]


def test_free_ways_both_ways_make_one_node_and_free_ways_one_way_do_not() -> None:
    tails, heads = arrays([0, 1, 1, 2], [1, 0, 2, 3])
    pairs = Pairs.of([0, 1, 1], [3, 3, 2], [1.0, 2.0, 4.0])
    one = joined(4, tails, heads, np.array([0.0, 0.0, 0.0, 1.0]), NO_WATCH, pairs)
    assert one.of[0] == one.of[1]
    assert one.of[2] != one.of[0]
    assert one.weights[one.of].tolist() == [3.0, 3.0, 4.0]
    assert one.routing.costs(np.empty(0))[one.of].tolist() == [1.0, 1.0, 0.0]


def test_a_free_way_that_is_watched_joins_nothing() -> None:
    tails, heads = arrays([0, 1], [1, 0])
    watch = Watch(*arrays([0], [0]), np.array([2.0]))
    one = joined(2, tails, heads, np.zeros(2), watch, Pairs.of([0], [1]))
    assert one.routing.costs(np.array([2.0])).tolist() == [2.0]


def certain_graph(rng: np.random.Generator) -> SensorGraph:
    """Return a graph on which most arcs are passed for certain, both ways."""
    nodes = int(rng.integers(5, 10))
    ends = rng.integers(0, nodes, (2 * nodes, 2))
    tails, heads = np.concatenate([ends, ends[:, ::-1]]).T
    survival = np.where(rng.random(len(tails)) < 0.8, 1.0, rng.uniform(0.2, 1.0, len(tails)))
    arcs = rng.choice(len(tails), 7, replace=False)
    left = rng.choice([0.0, 0.1, 0.5], 7)
    return SensorGraph.of(
        nodes, tails, heads, survival, watched=(arcs, np.arange(7), survival[arcs] * left)
    )


def test_the_best_of_all_plans_is_found_where_most_arcs_are_certain() -> None:
    rng = np.random.default_rng(5)
    for _ in range(60):
        graph = certain_graph(rng)
        count = int(rng.integers(1, 12))
        pairs = Pairs.of(*rng.integers(0, graph.nodes, (2, count)), rng.uniform(0.1, 1, count))
        if undetected(graph, pairs, ()) == 0:
            continue
        candidates = Candidates(7, budget=int(rng.integers(1, 6)))
        plan = interdict_reliability(graph, pairs, candidates)
        assert plan.status == "proven optimal"
        best = best_of(candidates, lambda chosen: undetected(graph, pairs, chosen))  # noqa: B023 called at once
        assert plan.after == pytest.approx(best, rel=2e-6, abs=1e-6 * plan.before)
        assert plan.after == pytest.approx(undetected(graph, pairs, plan.chosen), abs=1e-12)


def test_pairs_that_are_one_are_named_as_they_were_given() -> None:
    graph = SensorGraph.of_arcs(
        4, [0, 1, 1, 2], [1, 0, 2, 1], [1.0, 1.0, 0.9, 0.9], [1, 1, 0.1, 0.9]
    )
    pairs = Pairs.of([0, 1, 0, 1], [2, 2, 3, 3], [1.0, 1.0, 1.0, 1.0])
    plan = interdict_reliability(graph, pairs, Candidates(1, budget=1))
    assert plan.cut_off.tolist() == [2, 3]
    assert (plan.before, plan.after) == pytest.approx((1.8, 0.2))
