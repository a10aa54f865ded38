"""Known routes: every plan tried one by one, guarantees and bounds of the greedy method."""

import numpy as np
import pytest

from corridors.errors import InputError
from corridors.interdiction import Candidates, GreedyPlan, KnownRoutes, capture_known_routes
from tests.interdiction.worlds import best_of, random_candidates


def random_routes(rng: np.random.Generator, count: int) -> KnownRoutes:
    """Return a few routes past a few candidates each, some of them sure to catch."""
    number = int(rng.integers(1, 12))
    entries = {
        (p, int(k)): float(rng.choice([0.0, 0.3, 0.9, 1.0, rng.random()]))
        for p in range(number)
        for k in rng.choice(count, int(rng.integers(0, count + 1)), replace=False)
    }
    at = np.array(list(entries), np.int64).reshape(-1, 2)
    return KnownRoutes.of(rng.uniform(0.1, 5, number), at[:, 0], at[:, 1], list(entries.values()))


def caught(routes: KnownRoutes, chosen: tuple[int, ...]) -> float:
    """Return the flow caught, route by route."""
    total = 0.0
    for p, flow in enumerate(routes.weights):
        unseen = 1.0
        for route, place, part in zip(routes.route, routes.place, routes.caught, strict=True):
            if route == p and place in chosen:
                unseen *= 1 - part
        total += flow * (1 - unseen)
    return total


def test_the_best_of_all_plans_is_found_and_greedy_keeps_its_word() -> None:
    rng = np.random.default_rng(2)
    for _ in range(150):
        count = int(rng.integers(2, 8))
        routes, candidates = random_routes(rng, count), random_candidates(rng, count)
        best = -best_of(candidates, lambda chosen: -caught(routes, chosen))  # noqa: B023 called at once
        plan = capture_known_routes(routes, candidates)
        assert plan.status == "proven optimal"
        assert candidates.fits(plan.chosen)
        assert plan.after == pytest.approx(best, rel=1e-6, abs=1e-6 * routes.weights.sum())
        assert plan.after == pytest.approx(caught(routes, tuple(plan.chosen.tolist())))
        for seeds in (0, 3):
            quick = capture_known_routes(routes, candidates, method="greedy", seeds=seeds)
            assert isinstance(quick, GreedyPlan)
            assert candidates.fits(quick.chosen)
            assert quick.guarantee * best - 1e-9 <= quick.after <= best + 1e-9
            assert quick.bound >= best - 1e-9
            if quick.status == "proven optimal":
                assert quick.after == pytest.approx(best)


def test_greedy_by_hand_where_it_is_not_the_best() -> None:
    # Place 0 catches 3 + 3; places 1 and 2 catch 5 each, and all 10 between them.
    routes = KnownRoutes.of([3, 2, 3, 2], [0, 2, 0, 1, 2, 3], [0, 0, 1, 1, 2, 2], np.ones(6))
    exact = capture_known_routes(routes, Candidates(3, budget=2))
    assert exact.chosen.tolist() == [1, 2]
    assert exact.after == 10
    quick = capture_known_routes(routes, Candidates(3, budget=2), method="greedy")
    assert quick.after == 8
    assert quick.status == "bound"
    assert 10 <= quick.bound <= 12
    seeded = capture_known_routes(routes, Candidates(3, budget=2), method="greedy", seeds=2)
    assert seeded.after == 10


def test_guarantees_are_stated_where_they_hold() -> None:
    routes = KnownRoutes.of([1.0], [0], [0], [1.0])

    def guarantee(candidates: Candidates, seeds: int = 0) -> float:
        plan = capture_known_routes(routes, candidates, method="greedy", seeds=seeds)
        assert isinstance(plan, GreedyPlan)
        return plan.guarantee

    assert guarantee(Candidates(3, budget=2)) == pytest.approx(1 - np.exp(-1))
    costly = Candidates(3, budget=2, costs=[1, 2, 1])
    assert guarantee(costly) == pytest.approx((1 - np.exp(-1)) / 2)
    assert guarantee(costly, seeds=3) == pytest.approx(1 - np.exp(-1))
    assert guarantee(Candidates(3, budget=2, groups=[[0, 1]])) == 0.5
    assert guarantee(Candidates(3, budget=2, groups=[[0, 1], [1, 2]])) == 0


def test_routes_that_pass_no_candidate_gain_nothing() -> None:
    routes = KnownRoutes.of([1.0, 2.0], [], [], [])
    for method in ("exact", "greedy"):
        plan = capture_known_routes(routes, Candidates(2, budget=1), method=method)  # type: ignore[arg-type]
        assert plan.gain == 0
        assert plan.gain_possible is False
        assert plan.unmet.tolist() == [0, 1]
        assert "no gain is possible" in plan.note


def test_what_is_wrong_is_named() -> None:
    with pytest.raises(InputError, match=r"entry 0 catches with 1.2"):
        KnownRoutes.of([1.0], [0], [0], [1.2])
    with pytest.raises(InputError, match="route 0 has nan"):
        KnownRoutes.of([np.nan], [0], [0], [1.0])
    with pytest.raises(InputError, match="all are 0"):
        KnownRoutes.of([0.0], [0], [0], [1.0])
    with pytest.raises(InputError, match="outside 0 to 0"):
        KnownRoutes.of([1.0], [1], [0], [1.0])
    with pytest.raises(InputError, match="the place -1"):
        KnownRoutes.of([1.0], [0], [-1], [1.0])
    with pytest.raises(InputError, match="same route twice"):
        KnownRoutes.of([1.0], [0, 0], [0, 0], [1.0, 1.0])
    with pytest.raises(InputError, match="2 routes, 1 places"):
        KnownRoutes.of([1.0], [0, 0], [0], [1.0])
    routes = KnownRoutes.of([1.0], [0], [3], [1.0])
    with pytest.raises(InputError, match="know 4 candidates, but only 2"):
        capture_known_routes(routes, Candidates(2, budget=1))
    with pytest.raises(InputError, match="seeds is 4"):
        capture_known_routes(routes, Candidates(4, budget=1), method="greedy", seeds=4)
