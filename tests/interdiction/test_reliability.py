"""Best reply: every plan tried one by one, identities, and plain words where nothing helps."""

import numpy as np
import pytest

from corridors.errors import InputError, UnreachableError
from corridors.interdiction import (
    Candidates,
    Pairs,
    SensorGraph,
    best_reply_value,
    interdict_reliability,
)
from tests.interdiction.worlds import (
    best_of,
    random_candidates,
    random_graph,
    random_pairs,
    undetected,
)


@pytest.mark.parametrize("ratio", [None, 0.0, 0.1, 0.5])
@pytest.mark.parametrize("shared", [False, True])
def test_the_best_of_all_plans_is_found(ratio: float | None, shared: bool) -> None:
    rng = np.random.default_rng([7, int(10 * (ratio or 0.7)), shared])
    solved = 0
    while solved < 60:
        graph = random_graph(rng, shared=shared, ratio=ratio)
        pairs = random_pairs(rng, graph.nodes)
        if undetected(graph, pairs, ()) == 0:
            continue
        candidates = random_candidates(rng, graph.candidates)
        plan = interdict_reliability(graph, pairs, candidates)
        assert plan.status == "proven optimal"
        assert candidates.fits(plan.chosen)
        best = best_of(candidates, lambda chosen: undetected(graph, pairs, chosen))  # noqa: B023 called at once
        assert plan.after == pytest.approx(undetected(graph, pairs, plan.chosen), abs=1e-12)
        assert plan.after == pytest.approx(best, rel=2e-6, abs=1e-6 * plan.before)
        assert plan.bound <= best + 1e-9
        solved += 1


def two_ways(q: float = 0.1) -> SensorGraph:
    """Return ways from 0 to 3 over node 1 (0.9) and node 2 (0.8), a sensor on each."""
    return SensorGraph.of_arcs(
        4, [0, 1, 0, 2], [1, 3, 2, 3], [0.9, 1, 0.8, 1], [0.9 * q, 1, 0.8 * q, 1]
    )


ONE = Pairs.of([0], [3], [1.0])


def test_by_hand() -> None:
    plan = interdict_reliability(two_ways(), ONE, Candidates(2, budget=1))
    assert plan.chosen.tolist() == [0]
    assert (plan.before, plan.after) == pytest.approx((0.9, 0.8))
    assert plan.gain == pytest.approx(0.1)
    assert plan.cost == 1
    both = interdict_reliability(two_ways(), ONE, Candidates(2, budget=2))
    assert both.after == pytest.approx(0.09)


def test_enough_sensors_that_see_all_leave_nothing() -> None:
    plan = interdict_reliability(two_ways(q=0.0), ONE, Candidates(2, budget=2))
    assert plan.after == 0
    assert plan.bound == 0
    assert plan.status == "proven optimal"


def test_a_sensor_that_sees_nothing_changes_nothing_and_is_not_chosen() -> None:
    plan = interdict_reliability(
        SensorGraph.of(2, [0], [1], [0.5], watched=([0], [0], [0.5])),
        Pairs.of([0], [1]),
        Candidates(1, budget=1),
    )
    assert plan.chosen.tolist() == []
    assert plan.gain == 0
    assert plan.gain_possible is False
    assert "no gain is possible" in plan.note
    assert plan.unmet.tolist() == [0]


def test_more_budget_never_leaves_more() -> None:
    rng = np.random.default_rng(3)
    for _ in range(10):
        graph = random_graph(rng, shared=True, ratio=None)
        pairs = Pairs.of([0], [graph.nodes - 1])
        if undetected(graph, pairs, ()) == 0:
            continue
        values = [
            interdict_reliability(graph, pairs, Candidates(graph.candidates, budget=k)).after
            for k in range(1, graph.candidates + 1)
        ]
        assert np.all(np.diff(values) <= 1e-12)


def test_idle_places_are_left_out_and_the_budget_is_not_used_up() -> None:
    graph = SensorGraph.of_arcs(3, [0, 1], [1, 2], [0.9, 0.9], [0.0, 0.0])
    plan = interdict_reliability(graph, Pairs.of([0], [2]), Candidates(2, budget=2))
    assert len(plan.chosen) == 1
    assert plan.after == 0


def test_a_budget_below_the_cheapest_candidate_is_told() -> None:
    plan = interdict_reliability(two_ways(), ONE, Candidates(2, budget=1, costs=[3, 4]))
    assert plan.chosen.tolist() == []
    assert plan.gain_possible is False
    assert "the cheapest candidate costs 3, more than the budget of 1" in plan.note


def test_candidates_that_no_route_meets_are_named() -> None:
    graph = SensorGraph.of_arcs(4, [0, 2], [1, 3], [0.9, 0.9], [0.1, 0.1])
    plan = interdict_reliability(graph, Pairs.of([0], [1]), Candidates(2, budget=1))
    assert plan.unmet.tolist() == [1]
    none = interdict_reliability(graph, Pairs.of([0], [1]), Candidates(2, budget=1, excluded=[0]))
    assert none.gain_possible is False


def test_pairs_without_a_route_are_told_and_all_of_them_refused() -> None:
    graph = SensorGraph.of_arcs(4, [0, 2], [1, 3], [0.9, 0.9], [0.1, 0.1])
    plan = interdict_reliability(graph, Pairs.of([0, 1], [1, 0]), Candidates(2, budget=1))
    assert plan.cut_off.tolist() == [1]
    assert "1 pairs have no route and do not count" in plan.note
    with pytest.raises(UnreachableError, match="no pair has a route"):
        interdict_reliability(graph, Pairs.of([1], [0]), Candidates(2, budget=1))


def test_values_far_below_what_numbers_hold_are_still_told_apart() -> None:
    # 200 arcs of 1e-3 each: a way is passed with 1e-600, which is 0 in floating point; the other
    # pair counts as it should.
    line = np.arange(200)
    graph = SensorGraph.of_arcs(
        202,
        [*line, 0],
        [*(line + 1), 201],
        [*np.full(200, 1e-3), 0.5],
        [*np.full(200, 1e-4), 0.25],
    )
    plan = interdict_reliability(graph, Pairs.of([0, 0], [200, 201]), Candidates(201, budget=1))
    assert plan.chosen.tolist() == [200]
    assert plan.after == pytest.approx(0.125)


def test_the_same_question_has_the_same_answer() -> None:
    graph = random_graph(np.random.default_rng(11), shared=True, ratio=0.5)
    pairs = Pairs.of(graph.tails[:3], graph.heads[:3])
    plans = [
        interdict_reliability(graph, pairs, Candidates(graph.candidates, budget=2))
        for _ in range(2)
    ]
    assert plans[0].chosen.tolist() == plans[1].chosen.tolist()
    assert plans[0].iterations == plans[1].iterations


def test_no_time_is_told_and_the_bound_still_holds() -> None:
    plan = interdict_reliability(two_ways(), ONE, Candidates(2, budget=1), seconds=0.0)
    assert plan.status != "proven optimal"
    assert plan.limit == "time"
    assert plan.bound <= 0.8
    assert plan.gain_possible is None


@pytest.mark.parametrize(
    ("survival", "watched", "told"),
    [
        ([0.5, 1.5], [0.1, 0.1], "survival: 1.5 at 1; probabilities lie between 0 and 1"),
        ([0.5, np.nan], [0.1, 0.1], "survival: nan at 1"),
        ([0.5, 0.5], [0.1, 0.6], "candidate 1 makes arc 1 easier to pass"),
        ([0.5, 0.5], [0.1, -0.1], "survival with a sensor: -0.1 at 1"),
        ([0.5, 0.5], [0.1], "2 probabilities without a sensor and 1 with one"),
    ],
)
def test_probabilities_that_are_none_are_refused(
    survival: list[float], watched: list[float], told: str
) -> None:
    with pytest.raises(InputError, match=told):
        SensorGraph.of_arcs(2, [0, 0], [1, 1], survival, watched)


@pytest.mark.parametrize(
    ("origins", "destinations", "weights", "told"),
    [
        ([], [], None, "there are no pairs"),
        ([9], [1], None, "pair 0 has the origin 9"),
        ([0], [1], [-1.0], "pair 0 has the weight -1.0"),
        ([0], [1], [np.nan], "pair 0 has the weight nan"),
        ([0], [1], [0.0], "all weights are 0"),
        ([0, 0], [1], None, "2 origins, 1 destinations"),
        ([0.5], [1], None, "give whole numbers"),
    ],
)
def test_pairs_that_are_none_are_refused(
    origins: list[int], destinations: list[int], weights: list[float] | None, told: str
) -> None:
    with pytest.raises(InputError, match=told):
        interdict_reliability(
            two_ways(), Pairs.of(origins, destinations, weights), Candidates(2, budget=1)
        )


def test_the_value_of_a_plan_needs_no_search() -> None:
    assert best_reply_value(two_ways(), ONE, [1]) == pytest.approx(0.9)
    assert best_reply_value(two_ways(), ONE, [0, 1]) == pytest.approx(0.09)


def test_a_graph_that_knows_more_candidates_than_are_given_is_refused() -> None:
    with pytest.raises(InputError, match="knows 2 candidates, but only 1"):
        interdict_reliability(two_ways(), ONE, Candidates(1, budget=1))


def test_where_time_ends_the_search_no_reason_is_made_up() -> None:
    graph = SensorGraph.of_arcs(
        4, [0, 1, 0, 2], [1, 3, 2, 3], [0.9, 1.0, 0.9, 1.0], [0.1, 1.0, 0.1, 1.0]
    )
    pairs, one = Pairs.of([0], [3]), Candidates(2, budget=1)
    stopped = interdict_reliability(graph, pairs, one, seconds=0.0)
    ended = interdict_reliability(graph, pairs, one)
    assert (stopped.limit, stopped.note) == ("time", "no plan was found that gains")
    assert ended.note == "no gain is possible: the other side goes round every plan"
