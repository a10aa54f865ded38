"""Opponents who know every sensor, against every plan and scipy's shortest ways."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray

from corridors.reinforcement.reduced import Reduced, entries_of, reduced_graph
from tests.reinforcement.test_reply import places
from tests.undetected.worlds import World, small_world
from tests.worlds import least_costs, seen_by

FloatArray = NDArray[np.float64]


def pairs_of(world: World, costs: dict[str, FloatArray]) -> dict[tuple[int, int, int], float]:
    """Return the least cost of each journey, by scipy, from the best cell to the best cell."""
    demand, graph = world.demand, world.graph
    found = {}
    for p, cost in enumerate(costs.values()):
        for o, cells in enumerate(demand.origin_cells):
            away = least_costs(graph, cost, np.asarray(cells))
            for d, ends in enumerate(demand.destination_cells):
                found[o, d, p] = float(away[ends].min())
    return found


def hazards(world: World, anywhere: float) -> dict[str, FloatArray]:
    told = {}
    for name, hours in world.hours.items():
        finite = np.where(np.isfinite(hours), hours, 0.0)
        cost = world.detection.hazard(hours) + anywhere * finite
        told[name] = np.where(np.isfinite(hours), cost, np.inf)
    return told


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("anywhere", [0.0, 2.0])
def test_the_least_watched_way_is_that_of_the_whole_graph(seed: int, anywhere: float) -> None:
    world, layer = small_world(seed), places(seed, 5)
    universe = seen_by(world.graph, layer)
    base = hazards(world, anywhere)
    found = reduced_graph(
        world.graph,
        world.demand,
        base,
        lambda name: entries_of(universe, world.hours[name], range(5)),
        limit=(lambda _, worst: worst) if seed % 2 else None,
    )
    assert found.weights.sum() == pytest.approx(1.0)
    for plan in [(), *combinations(range(5), 2), (0, 1, 2, 3, 4)]:
        chosen = np.isin(np.arange(5), plan)
        costs = {
            name: base[name] + universe.hazard(hours, only=chosen)
            for name, hours in world.hours.items()
        }
        expected = pairs_of(world, costs)
        shares = np.array([world.demand.shares[key] for key in expected])
        values = np.array(list(expected.values()))
        some = np.isfinite(values) & (shares > 0)
        left = (shares[some] * np.exp(-values[some])).sum() / shares[some].sum()
        assert found.weights @ np.exp(-found.costs(plan)) == pytest.approx(left, abs=1e-9)


def test_what_cannot_matter_is_cut_away() -> None:
    world, layer = small_world(3), places(3, 4)
    universe = seen_by(world.graph, layer)

    def cut(anywhere: float) -> Reduced:
        return reduced_graph(
            world.graph,
            world.demand,
            hazards(world, anywhere),
            lambda name: entries_of(universe, world.hours[name], range(4)),
            limit=lambda _, worst: worst,
        )

    both = 2 * world.graph.node_count
    assert cut(0.0).nodes < both / 2
    assert cut(20.0).nodes < both / 2


@pytest.mark.parametrize("seed", range(6))
def test_ways_within_a_detour_are_those_of_the_whole_graph(seed: int) -> None:
    world, layer, tolerance = small_world(seed), places(seed + 20, 5), 0.15
    universe = seen_by(world.graph, layer)

    def entries(name: str) -> tuple[NDArray[np.int64], NDArray[np.int64], FloatArray]:
        arc, by, value = entries_of(universe, world.hours[name], range(5))
        return arc[value > 0], by[value > 0], np.ones(int((value > 0).sum()))

    found = reduced_graph(
        world.graph,
        world.demand,
        world.hours,
        entries,
        limit=lambda least, _: least * (1 + tolerance),
    )
    least = pairs_of(world, world.hours)
    for plan in [(0,), (1, 2), (0, 3, 4), (0, 1, 2, 3, 4)]:
        barred = {
            name: np.where(
                universe.hazard(hours, only=np.isin(np.arange(5), plan)) > 0, np.inf, hours
            )
            for name, hours in world.hours.items()
        }
        left = sum(
            world.demand.shares[key]
            for key, cost in pairs_of(world, barred).items()
            if np.isfinite(least[key]) and cost <= least[key] * (1 + tolerance) * (1 + 1e-9)
        )
        total = sum(world.demand.shares[key] for key in least if np.isfinite(least[key]))
        round_it = found.costs(plan, most=1.0) <= found.least * (1 + tolerance) * (1 + 1e-9)
        assert found.weights @ round_it == pytest.approx(left / total, abs=1e-9)


def test_a_free_choice_goes_where_it_is_least_seen() -> None:
    world, layer = small_world(2), places(2, 3)
    universe = seen_by(world.graph, layer)
    free = replace(world.demand, free_choice=True)
    base = hazards(world, 1.0)
    every: dict[str, object] = {"limit": lambda _, worst: worst}
    seen = {name: entries_of(universe, hours, range(3)) for name, hours in world.hours.items()}
    by_weight, chosen = (
        reduced_graph(world.graph, demand, base, seen.__getitem__, **every)  # type: ignore[arg-type]
        for demand in (world.demand, free)
    )
    assert (chosen.least <= by_weight.least.max()).all()
    assert chosen.weights @ np.exp(-chosen.costs(())) >= by_weight.weights @ np.exp(
        -by_weight.costs(())
    )
