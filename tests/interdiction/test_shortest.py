"""Delays on shortest ways: every plan tried one by one, and by hand."""

import numpy as np
import pytest

from corridors.errors import InputError, UnreachableError
from corridors.interdiction import Candidates, DelayGraph, Pairs, interdict_shortest_path
from tests.interdiction.worlds import best_of, random_candidates, random_pairs, shortest


def lengths_of(graph: DelayGraph, pairs: Pairs, chosen: tuple[int, ...]) -> float:
    """Return the weighted lengths of the shortest ways; pairs without one count nothing."""
    lengths = graph.lengths.copy()
    for arc, place, delay in zip(graph.watched_arc, graph.watched_by, graph.delays, strict=True):
        lengths[arc] += delay * (place in chosen)
    total = 0.0
    for start, end, weight in zip(pairs.origins, pairs.destinations, pairs.weights, strict=True):
        found = shortest(graph.nodes, graph.tails, graph.heads, lengths, start, end)
        total += weight * found if np.isfinite(found) else 0.0
    return total


def random_delays(rng: np.random.Generator) -> DelayGraph:
    """Return a small graph with whole lengths, so that ways tie."""
    nodes = int(rng.integers(4, 9))
    arcs = int(rng.integers(nodes, 4 * nodes))
    tails, heads = rng.integers(0, nodes, (2, arcs))
    count = int(rng.integers(1, 9))
    entries = {
        (int(rng.integers(0, arcs)), k): float(rng.choice([0.0, 1.0, 3.0, 20.0]))
        for k in range(count)
        for _ in range(int(rng.integers(1, 4)))
    }
    at = np.array(list(entries))
    watched = at[:, 0], at[:, 1], list(entries.values())
    return DelayGraph.of(nodes, tails, heads, rng.integers(0, 8, arcs), watched=watched)


def test_the_best_of_all_plans_is_found() -> None:
    rng = np.random.default_rng(5)
    solved = 0
    while solved < 150:
        graph = random_delays(rng)
        pairs = random_pairs(rng, graph.nodes)
        candidates = random_candidates(rng, graph.candidates)
        try:
            plan = interdict_shortest_path(graph, pairs, candidates)
        except UnreachableError:
            continue
        best = -best_of(candidates, lambda chosen: -lengths_of(graph, pairs, chosen))  # noqa: B023 called at once
        assert plan.status == "proven optimal"
        assert candidates.fits(plan.chosen)
        assert plan.after == pytest.approx(lengths_of(graph, pairs, tuple(plan.chosen.tolist())))
        assert plan.after == pytest.approx(best, rel=2e-6)
        assert plan.bound >= best - 1e-9
        solved += 1


def test_arcs_that_are_all_delayed_by_one_place() -> None:
    graph = DelayGraph.of(
        3, [0, 1, 0], [1, 2, 2], [1, 1, 5], watched=([0, 1, 2], [0, 0, 1], [2, 2, 9])
    )
    plan = interdict_shortest_path(graph, Pairs.of([0], [2]), Candidates(2, budget=1))
    assert plan.chosen.tolist() == [0]
    assert (plan.before, plan.after) == (2, 5)


def test_delays_that_nobody_meets_gain_nothing() -> None:
    graph = DelayGraph.of(3, [0, 1], [1, 2], [1, 1], watched=([1], [0], [9]))
    plan = interdict_shortest_path(graph, Pairs.of([0], [1]), Candidates(1, budget=1))
    assert plan.gain_possible is False
    assert plan.unmet.tolist() == [0]
    assert "no gain is possible" in plan.note


@pytest.mark.parametrize("wrong", [-1.0, np.nan, np.inf])
def test_lengths_and_delays_that_are_none_are_refused(wrong: float) -> None:
    with pytest.raises(InputError, match=r"lengths: .* at 1; give finite ones"):
        DelayGraph.of(2, [0, 0], [1, 1], [1, wrong], watched=([0], [0], [1]))
    with pytest.raises(InputError, match=r"delays: .* at 0; give finite ones"):
        DelayGraph.of(2, [0, 0], [1, 1], [1, 1], watched=([0], [0], [wrong]))


def test_arrays_that_do_not_fit_together_are_refused() -> None:
    with pytest.raises(InputError, match="2 tails, 2 heads and 1 lengths"):
        DelayGraph.of(2, [0, 0], [1, 1], [1], watched=([0], [0], [1]))
    with pytest.raises(InputError, match="watches the same arc twice"):
        DelayGraph.of(2, [0], [1], [1], watched=([0, 0], [0, 0], [1, 2]))
    with pytest.raises(InputError, match="watched arcs: 3 at 0; numbers run from 0 to 0"):
        DelayGraph.of(2, [0], [1], [1], watched=([3], [0], [1]))
