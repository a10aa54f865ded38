"""The search for plans of small worlds, against every plan."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from corridors.errors import InputError
from corridors.reinforcement.options import Options, Plan, options_of
from corridors.reinforcement.search import EVERY_PLAN, Search

FloatArray = NDArray[np.float64]


class Coverage:
    """What is left of flows on routes that places stand on: supermodular, as for the unaware."""

    def __init__(self, seed: int, places: int, routes: int = 12) -> None:
        rng = np.random.default_rng(seed)
        self.left = 1 - rng.uniform(0, 0.9, (routes, places)) * (rng.random((routes, places)) < 0.4)
        self.flow = rng.dirichlet(np.ones(routes))
        self.asked = 0

    def __call__(self, plans: Sequence[Plan]) -> FloatArray:
        """Return the flow that no place catches."""
        self.asked += len(plans)
        return np.array([self.flow @ self.left[:, list(plan)].prod(axis=1) for plan in plans])


def spread(count: int, seed: int) -> FloatArray:
    return np.random.default_rng(seed).uniform(0, 1000, (count, 2))


def drawn_options(seed: int, count: int = 9) -> Options:
    rng = np.random.default_rng(seed + 1000)
    limits: dict[str, float | int] = {"number": 3} if seed % 2 else {"budget": 4.0}
    return options_of(
        spread(count, seed),
        rng.integers(0, 4, count).astype(float),
        groups=[None if rng.random() < 0.6 else int(rng.integers(2)) for _ in range(count)],
        min_distance_m=150.0,
        **limits,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("seed", range(60))
def test_every_plan_is_tried_where_there_are_few(seed: int) -> None:
    options, value = drawn_options(seed), Coverage(seed, 9)
    found = Search(options, value, seconds=60.0).best()
    assert found.status == "optimal (every plan tried)"
    assert found.value == pytest.approx(value(options.plans()).min(), abs=1e-12)
    assert options.fits(found.plan)
    greedy = Search(options, value, seconds=60.0)
    swapped = greedy.improved(greedy.greedy())
    assert swapped.value >= found.value - 1e-12
    assert options.fits(swapped.plan)


def test_greedy_with_a_number_only_is_within_its_guarantee_and_swaps_never_harm() -> None:
    best = 0
    for seed in range(60):
        options, value = options_of(spread(9, seed), np.ones(9), number=3), Coverage(seed, 9)
        whole, least = value([()])[0], value(options.plans()).min()
        search = Search(options, value, seconds=60.0)
        greedy = search.greedy()
        assert whole - search.value(greedy) >= (1 - 1 / np.e) * (whole - least)
        found = search.improved(greedy)
        assert found.value <= search.value(greedy) + 1e-12
        best += bool(found.value <= least + 1e-12)
    assert best >= 54


def test_plans_that_fit_are_all_there_are() -> None:
    for seed in range(10):
        options = drawn_options(seed, count=6)
        every = [tuple(n for n in range(6) if mask >> n & 1) for mask in range(64)]
        assert sorted(options.plans()) == sorted(plan for plan in every if options.fits(plan))
        for plan in options.plans():
            more = [n for n in range(6) if n not in plan and options.fits((*plan, n))]
            assert options.addable(plan).tolist() == more


def test_a_limit_of_time_is_told() -> None:
    count = 30
    options = options_of(spread(count, 1), np.ones(count), number=4)
    assert options.count_plans() > EVERY_PLAN
    found = Search(options, Coverage(1, count), seconds=0.0).best()
    assert found.limit == "time"
    assert found.status == "heuristic"


def test_no_plan_is_weighed_twice() -> None:
    count = 30
    options, value = options_of(spread(count, 1), np.ones(count), number=3), Coverage(2, count)
    found = Search(options, value, promise=Coverage(2, count), seconds=60.0).best()
    assert value.asked == found.tried
    assert found.limit == ""


@pytest.mark.parametrize(
    ("limits", "told"),
    [
        ({"number": 0}, "0 places"),
        ({"number": 4}, "only 3 candidates"),
        ({"budget": 0.0}, "the budget is 0"),
        ({"budget": 0.5}, "no gain is possible: the cheapest of 3 candidates costs 1"),
    ],
)
def test_limits_that_cannot_be(limits: dict[str, float], told: str) -> None:
    with pytest.raises(InputError, match=told):
        options_of(np.zeros((3, 2)), np.ones(3), **limits)  # type: ignore[arg-type]


def test_costs_below_nothing() -> None:
    with pytest.raises(InputError, match="candidate 1 costs -1"):
        options_of(np.zeros((2, 2)), np.array([1.0, -1.0]), number=1)
