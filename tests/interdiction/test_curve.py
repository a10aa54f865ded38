"""Value against budget: never worse with more, knees by hand, plans compared."""

import numpy as np
import pytest

from corridors.errors import InputError, UnreachableError
from corridors.interdiction import (
    Candidates,
    KnownRoutes,
    Plan,
    best_reply_value,
    capture_known_routes,
    interdict_reliability,
    knee_of,
    nested_curve,
    plan_curve,
)
from tests.interdiction.worlds import random_graph, random_pairs


def test_more_never_leaves_more_and_nested_plans_are_no_better() -> None:
    rng = np.random.default_rng(12)
    solved = 0
    while solved < 15:
        graph = random_graph(rng, shared=True, ratio=None)
        pairs, candidates = (
            random_pairs(rng, graph.nodes),
            Candidates(graph.candidates, budget=graph.candidates),
        )
        try:
            curve = plan_curve(
                lambda some: interdict_reliability(graph, pairs, some),  # noqa: B023 called at once
                candidates,
            )
        except UnreachableError:
            continue
        assert np.all(np.diff(curve.values) <= 1e-12)
        assert curve.gains.sum() == pytest.approx(curve.values[0] - curve.values[-1])
        steps = nested_curve(lambda chosen: best_reply_value(graph, pairs, chosen), candidates)  # noqa: B023
        assert steps.nested
        assert len(steps.values) == len(curve.values)
        assert np.all(steps.values >= curve.values * (1 - 1e-6) - 1e-12)
        assert steps.values[-1] == pytest.approx(curve.values[-1])
        solved += 1


def test_plans_that_are_not_nested_are_compared() -> None:
    # One place catches 3 + 3; two others catch 5 each, and together all.
    routes = KnownRoutes.of([3, 2, 3, 2], [0, 2, 0, 1, 2, 3], [0, 0, 1, 1, 2, 2], np.ones(6))
    curve = plan_curve(lambda some: capture_known_routes(routes, some), Candidates(3, budget=2))
    assert [plan.chosen.tolist() for plan in curve.plans] == [[0], [1, 2]]
    assert curve.added[1].tolist() == [1, 2]
    assert curve.dropped[1].tolist() == [0]
    assert not curve.nested


def test_knees_by_hand() -> None:
    budgets = np.arange(5.0)
    assert knee_of(budgets, np.array([1.0, 0.5, 0.2, 0.15, 0.1])) == 2
    assert knee_of(budgets, np.array([0.0, 5, 6, 7, 8])) == 1
    assert knee_of(budgets, np.array([4.0, 3, 2, 1, 0])) is None
    assert knee_of(budgets, np.ones(5)) is None
    assert knee_of(budgets[:2], np.array([1.0, 0.0])) is None


def test_a_worse_plan_never_stands_where_a_better_one_was_known() -> None:
    def tired(some: Candidates) -> Plan:
        after = 0.5 if some.budget == 1 else 0.7
        chosen = np.array([0]) if some.budget == 1 else np.array([1, 2])
        return Plan(chosen, 1.0, after, 0.4, "bound", some.budget, 0.0, 1, limit="time")

    curve = plan_curve(tired, Candidates(3, budget=2))
    assert curve.values.tolist() == [1.0, 0.5, 0.5]
    assert curve.plans[1].chosen.tolist() == [0]
    assert curve.plans[1].limit == "time"


def test_places_of_a_plan_get_an_order() -> None:
    worth = np.array([9.0, 1.0, 4.0, 2.0])
    curve = nested_curve(
        lambda chosen: 20 - float(worth[chosen].sum()), Candidates(4, budget=4), among=[1, 2, 3]
    )
    assert [some.tolist() for some in curve.added] == [[2], [3], [1]]
    assert curve.plans[0].status == "heuristic"
    assert np.isnan(curve.bounds[1])


def test_budgets_that_do_not_grow_are_refused() -> None:
    with pytest.raises(InputError, match="do not grow from above 0"):
        plan_curve(lambda _: pytest.fail("not asked"), Candidates(3, budget=2), budgets=[2, 1])
    with pytest.raises(InputError, match="the cheapest candidate costs 5"):
        nested_curve(lambda _: 0.0, Candidates(1, budget=1, costs=[5]))
