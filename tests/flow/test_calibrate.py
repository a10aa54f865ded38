"""The detour that is found is the detour that was asked for, or it is said that none is."""

import numpy as np
import pytest

from corridors.errors import ScenarioError, UnreachableError
from corridors.flow.calibrate import calibrated_paths, mean_detour
from corridors.flow.finder import PathFinder
from corridors.flow.sampled import SampledPaths
from corridors.flow.sampling import Sampler
from corridors.flow.travellers import Demand, Travellers, draw_travellers
from corridors.movement import MovementGraph
from tests.worlds import graph_of, grid_of, hours_of, terrain_of, walled_world


def asked(
    graph: MovementGraph, start: list[int], end: list[int], count: int
) -> tuple[Sampler, Travellers]:
    demand = Demand([np.array(start)], [np.array(end)], np.ones((1, 1, 1)))
    finder = PathFinder(graph, hours_of(graph), length_m=500.0, road_ratio=0.5)
    return Sampler(finder, demand, ["on_foot"]), draw_travellers(demand, count, seed=2)


@pytest.fixture(scope="module")
def hills() -> MovementGraph:
    y, x = np.mgrid[:24, :24]
    return graph_of(terrain_of(grid_of(24, 24), 40 * np.sin(x / 2) * np.cos(y / 3)))


@pytest.mark.parametrize("count", [100, 350])
@pytest.mark.parametrize("detour", [0.02, 0.05, 0.1, 0.2, 0.35])
def test_the_detour_is_the_one_asked_for(hills: MovementGraph, detour: float, count: int) -> None:
    sampler, travellers = asked(hills, [25, 26, 49], [550], count)
    found = calibrated_paths(sampler, travellers, detour=detour)
    assert found.detour == pytest.approx(detour, rel=0.05)
    assert len(found.paths) == count
    # By hand: the paths are those of this sigma, and their mean is the one that is told.
    again = sampler.solve(travellers, sigma=found.sigma)
    np.testing.assert_array_equal(again.hours, found.paths.hours)
    assert (again.hours / again.least_hours - 1).mean() == pytest.approx(found.detour, rel=1e-9)


def test_more_detour_needs_more_error(hills: MovementGraph) -> None:
    sampler, travellers = asked(hills, [25], [550], 100)
    sigmas = [
        calibrated_paths(sampler, travellers, detour=detour).sigma for detour in (0.02, 0.1, 0.3)
    ]
    assert sigmas == sorted(sigmas)
    assert sigmas[0] < sigmas[2] / 3


@pytest.mark.parametrize("count", [60, 350])
def test_too_great_a_detour_is_refused_with_the_greatest_there_is(
    hills: MovementGraph, count: int
) -> None:
    sampler, travellers = asked(hills, [25], [550], count)
    with pytest.raises(ScenarioError, match=r"mine: flow\.detour = 9 .*at most [0-9]+% longer"):
        calibrated_paths(sampler, travellers, detour=9.0, called="mine")


@pytest.mark.parametrize("detour", [1e-6, 1e-3, 0.1, 10.0])
def test_where_there_is_one_way_no_detour_can_be_had(detour: float) -> None:
    sampler, travellers = asked(graph_of(terrain_of(grid_of(1, 9))), [0], [8], 40)
    with pytest.raises(ScenarioError, match="one way"):
        calibrated_paths(sampler, travellers, detour=detour)


def test_who_all_cannot_arrive_are_told_so() -> None:
    graph, _ = walled_world()
    sampler, travellers = asked(graph, [4], [384], 40)
    with pytest.raises(UnreachableError, match="mine: none of 40 "):
        calibrated_paths(sampler, travellers, detour=0.1, called="mine")


def test_those_without_a_way_and_those_who_are_there_count_for_no_detour() -> None:
    nothing = np.zeros(0, np.int32)
    paths = SampledPaths(
        nothing,
        np.zeros(5, np.int64),
        np.array([0, 0, 0, -1]),
        np.array([12.0, 11.0, 0.0, np.nan]),
        np.array([10.0, 10.0, 0.0, np.nan]),
    )
    assert mean_detour(paths) == pytest.approx(0.15)


def test_where_hardly_anybody_errs_a_small_detour_is_found_all_the_same() -> None:
    # A way round that is a fifth longer: no small error makes anybody take it.
    heights = np.full((9, 15), np.nan)
    heights[4, :] = heights[0, 3:12] = heights[0:5, 3] = heights[0:5, 11] = 0.0
    heights[4, 5:10] = 30.0
    sampler, travellers = asked(graph_of(terrain_of(grid_of(9, 15), heights)), [60], [74], 400)
    found = calibrated_paths(sampler, travellers, detour=0.004)
    assert 0.002 < found.detour < 0.008
