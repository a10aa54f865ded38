"""What travellers pass, by hand: two roads, a wall with two gates, one of them closed."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from numpy.typing import NDArray
from scipy import stats

from corridors.border import border_stretches
from corridors.flow.finder import PathFinder
from corridors.flow.passages import Passages, Shares
from corridors.flow.sampling import Sampler
from corridors.flow.travellers import Demand, Travellers, draw_travellers
from corridors.movement import MovementGraph, arc_hours
from tests.worlds import (
    graph_of,
    grid_of,
    hours_of,
    lines,
    posts,
    scenario_of,
    seen_by,
    terrain_of,
    walled_world,
)

LongArray = NDArray[np.int64]


def one_way(start: list[int], end: list[int]) -> Demand:
    return Demand([np.array(start)], [np.array(end)], np.ones((1, 1, 1)))


def passages_of(
    graph: MovementGraph,
    demand: Demand,
    count: int,
    *,
    sigma: float,
    seed: int = 1,
    length_m: float = 400.0,
    finder: PathFinder | None = None,
) -> tuple[Passages, Travellers]:
    finder = finder or PathFinder(graph, hours_of(graph), length_m=length_m, road_ratio=0.5)
    travellers = draw_travellers(demand, count, seed=seed)
    paths = Sampler(finder, demand, list(finder.hours)).solve(travellers, sigma=sigma)
    return Passages(graph, travellers, paths, level=0.9), travellers


def border_shares(passages: Passages, wall: gpd.GeoDataFrame, stretch_m: float) -> Shares:
    last = passages.last_crossings(wall)
    stretches = border_stretches(wall, length_m=stretch_m)
    at = last.stretch(stretches)
    return passages.only(last.traveller).shares(np.arange(len(at)), at, len(stretches))


@pytest.mark.parametrize(("sigma", "southern_m"), [(0.4, 500.0), (0.2, 450.0), (0.8, 700.0)])
def test_two_roads_with_errors_of_their_own_share_as_the_probit_says(
    sigma: float, southern_m: float
) -> None:
    west, east = (150.0, 850.0), (2850.0, 850.0)
    north, south = (1500.0, 850.0 + 300.0), (1500.0, 850.0 - southern_m)
    # Short stubs, so that the two roads meet at junctions and are sections of their own.
    roads = lines([west, north, east], [west, south, east], [(50, 850), west], [east, (2950, 850)])
    graph = graph_of(terrain_of(grid_of(13, 30)), roads=roads)
    vehicle = {"name": "car", "share": 1, "mode": "vehicle", "off_road_kmh": 0.02}
    scenario = scenario_of(profiles=[{**vehicle, "road_kmh": {"other": 60}}])
    hours = {"car": arc_hours(graph, scenario.profiles[0], scenario)}
    finder = PathFinder(graph, hours, length_m=1000.0, road_ratio=0.5)
    passages, _ = passages_of(
        graph, one_way([4 * 30], [4 * 30 + 29]), 3000, sigma=sigma, finder=finder
    )
    lengths = [2 * np.hypot(1350, aside) for aside in (300.0, southern_m)]
    expected = stats.norm.cdf(np.log(lengths[1] / lengths[0]) / (np.sqrt(2) * sigma * 0.5))
    sites = np.array([shapely.Point(north), shapely.Point(south)])
    found = passages.shares_met(passages.met(sites, np.array([20.0, 20.0])))
    assert found.share.sum() == 1
    # The interval of 90 percent, twice as wide: the seed is fixed, and a wrong sigma is far off.
    centre, half = found.share[0], found.high[0] - found.low[0]
    assert centre - half < expected < centre + half
    assert half < 0.04
    edges = passages.edges()
    assert np.isclose(edges.share, found.share[0]).any()
    assert (edges.share == 1).sum() == 2  # the stubs
    assert found.travellers.sum() == 3000


def test_two_gates_that_are_alike_share_alike() -> None:
    graph, wall = walled_world(500.0, 1500.0)
    passages, _ = passages_of(graph, one_way([9, 10], [389, 390]), 3000, sigma=0.6)
    gates = passages.gates()
    assert gates.share.sum() == pytest.approx(1)
    assert gates.low[0] < 0.5 < gates.high[0]
    # So do the western and the eastern half of the wall, and of the ground.
    border = border_shares(passages, wall, 1000.0)
    np.testing.assert_array_equal(border.share, gates.share)
    metres = passages.cells().metres
    assert metres[:, :10].sum() == pytest.approx(metres[:, 10:].sum(), rel=0.05)


def test_with_one_gate_closed_all_pass_the_other() -> None:
    graph, wall = walled_world(500.0, 1500.0, open=[False, True])
    passages, _ = passages_of(graph, one_way([4, 5], [384]), 300, sigma=0.6)
    gates = passages.gates()
    assert gates.share.tolist() == [0, 1]
    assert border_shares(passages, wall, 400.0).share.tolist() == [0, 0, 0, 1, 0]
    assert gates.low[0] == 0
    assert gates.high[1] == 1
    assert gates.low[1] > 0.98


def test_over_open_ground_the_border_is_crossed_where_the_way_goes() -> None:
    border = lines([(0.0, 1003.0), (2000.0, 1003.0)])
    graph = graph_of(terrain_of(grid_of()), borders=border, barriers={})
    passages, _ = passages_of(graph, one_way([2, 17], [382, 397]), 200, sigma=0.3)
    last = passages.last_crossings(border)
    assert (last.gate == -1).all()
    assert len(last.traveller) == 200
    crossed = shapely.intersection(passages.lines()[last.traveller], border.geometry.iloc[0])
    for points, point in zip(crossed, last.point, strict=True):
        assert shapely.distance(points, point) < 1e-6
    assert border_shares(passages, border, 300.0).share.sum() == pytest.approx(1)


def test_of_several_crossings_the_last_counts() -> None:
    # A border like a hook: whoever goes straight crosses it three times.
    hook = lines([(-50.0, 1463.0), (1013.0, 1463.0), (1013.0, 963.0), (533.0, 963.0)])
    far = lines([(-50.0, 463.0), (2050.0, 463.0)])
    border = gpd.GeoDataFrame(
        {"id": ["a", "b"], "name": ["a", "b"]},
        geometry=[*hook.geometry, *far.geometry],
        crs=hook.crs,
    )
    graph = graph_of(terrain_of(grid_of()), borders=border, barriers={})
    passages, _ = passages_of(graph, one_way([7], [387]), 50, sigma=0.1)
    last = passages.last_crossings(border)
    assert len(last.point) == 50
    np.testing.assert_allclose(shapely.get_y(last.point), 463.0)


def test_cells_hold_the_length_of_all_paths_and_each_traveller_once() -> None:
    graph, _ = walled_world(550.0, 1450.0)
    passages, _ = passages_of(graph, one_way([9], [390]), 150, sigma=0.6)
    cells = passages.cells()
    expected = shapely.length(passages.lines())
    assert cells.metres.sum() == pytest.approx(expected.mean(), rel=1e-9)
    np.testing.assert_allclose(passages.km() * 1000, expected, rtol=1e-9)
    assert cells.share[0, 9] == cells.share[19, 10] == 1
    assert ((cells.low <= cells.share) & (cells.share <= cells.high)).all()
    x, y = graph.grid.centres()
    of_cells = shapely.box(x - 50, y - 50, x + 50, y + 50).reshape(20, 20)
    for cell in [(8, 5), (4, 9), (12, 14), (9, 4), (10, 4)]:
        inside = shapely.length(shapely.intersection(passages.lines(), of_cells[cell]))
        assert cells.metres[cell] == pytest.approx(inside.mean(), abs=1e-6)
        assert cells.share[cell] == pytest.approx((inside > 1e-3).mean())


def test_those_who_do_not_arrive_are_in_no_share() -> None:
    graph, wall = walled_world(open=[])
    demand = Demand([np.array([4])], [np.array([44]), np.array([384])], np.full((1, 2, 1), 0.5))
    passages, travellers = passages_of(graph, demand, 60, sigma=0.3)
    near = int((travellers.destination == 0).sum())
    assert passages.count == len(passages.lines()) == len(passages.km()) == near < 40
    assert passages.cells().share[0, 4] == 1
    assert len(passages.last_crossings(wall).traveller) == 0


def two_kinds(graph: MovementGraph) -> Demand:
    """Return travellers from west and from east, whose shares at the wall differ."""
    ends = [np.array([graph.grid.size - 7, graph.grid.size - 6])]
    return Demand([np.array([2, 3]), np.array([8])], ends, np.array([[[0.7]], [[0.3]]]))


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    border = lines([(0.0, 603.0), (1200.0, 603.0)])
    graph = graph_of(terrain_of(grid_of(12, 12)), borders=border, barriers={}, neighbours=8)
    demand = two_kinds(graph)
    finder = PathFinder(graph, hours_of(graph), length_m=300.0, road_ratio=0.5)
    whole, _ = passages_of(graph, demand, 12_000, sigma=0.8, seed=10_000, finder=finder)
    truth = border_shares(whole, border, 200.0).share
    assert (truth > 0.02).sum() >= 4
    covered, off = [], []
    for seed in range(64):
        passages, _ = passages_of(graph, demand, 100, sigma=0.8, seed=seed, finder=finder)
        found = border_shares(passages, border, 200.0)
        assert found.share.sum() == pytest.approx(1)
        covered.append((found.low <= truth) & (truth <= found.high))
        off.append(found.share - truth)
    likely = truth > 0.02
    assert np.mean(covered) >= 0.85
    assert np.mean(np.array(covered)[:, likely]) >= 0.85
    # Nor are they right by being far too wide, nor the shares wrong on the whole.
    assert np.mean(np.array(covered)[:, likely]) <= 0.98
    assert np.abs(np.mean(off, axis=0)).max() < 0.02


def test_who_comes_within_reach_is_met() -> None:
    graph, _ = walled_world(500.0, 1500.0)
    passages, _ = passages_of(graph, one_way([9, 10], [389, 390]), 200, sigma=0.6)
    places = shapely.points([(500.0, 900.0), (300.0, 1500.0), (1000.0, 1000.0), (500.0, 1000.0)])
    reach = np.array([60.0, 250.0, 400.0, 0.0])
    found = passages.met(places, reach)
    away = shapely.distance(np.asarray(passages.lines())[:, None], places[None, :])
    np.testing.assert_array_equal(found[:, :3], (away <= reach)[:, :3])
    assert 0 < found[:, 0].mean() < 1
    # Those who pass through a place that sees nothing are not met there.
    assert (away[:, 3] == 0).any()
    assert not found[:, 3].any()


def test_a_gate_post_that_sees_nothing_meets_who_passes_its_gate() -> None:
    graph, _ = walled_world(500.0, 1500.0)
    passages, _ = passages_of(graph, one_way([9, 10], [389, 390]), 200, sigma=0.6)
    layer = posts((450.0, 1100.0), (1500.0, 900.0), (1500.0, 900.0), kind="manned_gate")
    layer["kind"] = ["manned_gate", "manned_gate", "watch_post"]
    seen = seen_by(graph, layer, visibility_km=0)
    places, reach = np.asarray(layer.geometry.array), seen.sensors.range_m
    assert not passages.met(places, reach).any()
    met = passages.shares_met(passages.met(places, reach, controlled=seen.controlled))
    np.testing.assert_array_equal(met.share[:2], passages.gates().share)
    assert met.share[2] == 0
    # Of sensors beyond the places nothing is told.
    first = passages.met(places[:1], reach[:1], controlled=seen.controlled)
    assert first.mean() == met.share[0]
