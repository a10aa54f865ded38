"""Ground, roads and gates in one graph, and nothing leaks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from corridors.movement import ArcKind, MovementGraph, arc_hours
from tests.worlds import graph_of, grid_of, lines, points, scenario_of, terrain_of

WALL = {"name": "wall", "file": "none", "delay_minutes": {"on_foot": "impassable"}}
NO_WAY = {"barriers": [WALL]}
KMH = 6 * np.exp(-3.5 * 0.05)


def hours_from(graph: MovementGraph, node: int, **tables: object) -> np.ndarray:
    """Hours to every node by scipy, on the arcs as they stand."""
    scenario = scenario_of(**tables)
    hours = arc_hours(graph, scenario.profiles[0], scenario)
    keep = np.isfinite(hours)
    # scipy takes a stored 0 for no arc; a gate without delay is one.
    weights = np.maximum(hours[keep], 1e-12)
    shape = (graph.node_count, graph.node_count)
    matrix = csr_array((weights, (graph.tails[keep], graph.heads[keep])), shape=shape)
    return np.asarray(dijkstra(matrix, indices=node))


def cell(graph: MovementGraph, x: float, y: float) -> int:
    return int(graph.grid.cell_of(np.array([x]), np.array([y]))[0])


def test_a_cell_in_the_middle_has_16_neighbours_and_a_corner_has_5() -> None:
    graph = graph_of(terrain_of(grid_of()))
    degree = np.diff(graph.indptr)
    assert degree[cell(graph, 1050, 1050)] == 16
    assert degree[0] == 5
    assert (np.diff(graph_of(terrain_of(grid_of()), neighbours=8).indptr) <= 8).all()


def test_the_arcs_are_those_of_their_cells_and_their_lengths_are_metres() -> None:
    graph = graph_of(terrain_of(grid_of()))
    away = np.hypot(
        graph.x[graph.heads] - graph.x[graph.tails], graph.y[graph.heads] - graph.y[graph.tails]
    )
    np.testing.assert_allclose(graph.length_m, away)
    assert sorted(set(graph.length_m.round(3))) == [100.0, 141.421, 223.607]


def test_level_ground_takes_the_time_that_tobler_says() -> None:
    graph = graph_of(terrain_of(grid_of()))
    hours = hours_from(graph, cell(graph, 50, 50))
    assert hours[cell(graph, 1050, 50)] == pytest.approx(1.0 / (KMH * 0.6))


def test_up_is_slower_than_down() -> None:
    grid = grid_of()
    heights = np.tile(np.arange(20) * 20.0, (20, 1))
    graph = graph_of(terrain_of(grid, heights))
    west, east = cell(graph, 50, 1050), cell(graph, 1950, 1050)
    up, down = hours_from(graph, west)[east], hours_from(graph, east)[west]
    assert up == pytest.approx(1.9 / (6 * np.exp(-3.5 * 0.25) * 0.6))
    assert down == pytest.approx(1.9 / (6 * np.exp(-3.5 * 0.15) * 0.6))


def test_a_gap_in_the_elevation_cannot_be_entered_nor_jumped_by_a_knight() -> None:
    grid = grid_of()
    heights = np.zeros((20, 20))
    heights[:, 10] = np.nan
    graph = graph_of(terrain_of(grid, heights))
    hours = hours_from(graph, cell(graph, 50, 50))
    assert np.isinf(hours[cell(graph, 1950, 50)])


@settings(max_examples=40)
@given(
    ys=st.lists(st.integers(4, 16), min_size=3, max_size=8),
    snapped=st.booleans(),
    road_x=st.integers(1, 18),
)
def test_an_unbroken_border_without_gates_is_never_passed(
    ys: list[int], *, snapped: bool, road_x: int
) -> None:
    # Corners on cell centres, or anywhere; a road that runs over the border is cut there.
    offset = 50.0 if snapped else 13.7
    xs = np.linspace(-500, 2500, len(ys)).round(-2) + (50.0 if snapped else 0.0)
    border = lines(
        [(float(x), y * 100.0 + offset) for x, y in zip(xs, ys, strict=True)], ids="border"
    )
    road = lines([(road_x * 100.0 + offset, 20.0), (road_x * 100.0 + 40, 1990.0)], ids="road")
    graph = graph_of(terrain_of(grid_of()), roads=road, borders=border)
    hours = hours_from(graph, cell(graph, 50, 50), **NO_WAY)
    north = graph.y[: graph.grid.size] > max(ys) * 100.0 + offset + 1
    assert north.any()
    assert np.isinf(hours[: graph.grid.size][north]).all()


def test_the_only_way_over_a_wall_is_its_open_gate() -> None:
    border = lines([(-500, 1013), (2500, 1013)], ids="border")
    here, there = (50.0, 50.0), (50.0, 1950.0)
    for is_open, reached in ((True, True), (False, False)):
        graph = graph_of(
            terrain_of(grid_of()), borders=border, crossings=points((1500, 1020), open=is_open)
        )
        hours = hours_from(graph, cell(graph, *here), **NO_WAY)
        assert np.isfinite(hours[cell(graph, *there)]) == reached


def test_a_gate_takes_its_delay_once() -> None:
    border = lines([(-500, 1013), (2500, 1013)], ids="border")
    graph = graph_of(terrain_of(grid_of()), borders=border, crossings=points((1050, 1013)))
    start, end = cell(graph, 1050, 50), cell(graph, 1050, 1950)
    free = hours_from(graph, start, **NO_WAY)[end]
    slow = hours_from(graph, start, **NO_WAY, crossings={"delay_minutes": {"on_foot": 90}})[end]
    assert slow - free == pytest.approx(1.5)
    assert free == pytest.approx(1.9 / (KMH * 0.6), rel=0.02)


def test_a_barrier_takes_its_delay_for_each_time_it_is_cut() -> None:
    grid = grid_of()
    wall = lines([(-500, 1013), (2500, 1013)], ids="border")
    graph = graph_of(terrain_of(grid), borders=wall)
    slow = {"name": "wall", "file": "none", "delay_minutes": {"on_foot": 30}}
    start, end = cell(graph, 1050, 50), cell(graph, 1050, 1950)
    open_hours = hours_from(graph_of(terrain_of(grid)), start)[end]
    assert hours_from(graph, start, barriers=[slow])[end] == pytest.approx(open_hours + 0.5)


def test_a_barrier_can_be_slower_one_way_than_the_other() -> None:
    grid = grid_of()
    ditch = {"ditch": np.asarray(lines([(-500, 1013), (2500, 1013)]).geometry.array)}
    graph = graph_of(terrain_of(grid), barriers=ditch)
    slow = {
        "name": "ditch",
        "file": "none",
        "delay_minutes": {"on_foot": 30},  # from the left of an eastward line: the north
        "back_delay_minutes": {"on_foot": 6},
        "front": [45, 36],
    }
    south, north = cell(graph, 1050, 50), cell(graph, 1050, 1950)
    open_hours = hours_from(graph_of(terrain_of(grid)), south)[north]
    southward = hours_from(graph, north, barriers=[slow])[south]
    northward = hours_from(graph, south, barriers=[slow])[north]
    assert southward == pytest.approx(open_hours + 0.5)
    assert northward == pytest.approx(open_hours + 0.1)


@pytest.mark.parametrize("bridged", [True, False])
def test_a_road_goes_through_a_barrier_only_where_it_is_bridged(bridged: bool) -> None:
    river = {"wall": np.asarray(lines([(-500, 1013), (2500, 1013)]).geometry.array)}
    graph = graph_of(
        terrain_of(grid_of()),
        roads=lines([(1050, 50), (1050, 1950)], ids="road"),
        barriers=river,
        bridged=["wall"] if bridged else [],
    )
    start, end = cell(graph, 1050, 50), cell(graph, 1050, 1950)
    hours = hours_from(graph, start, **NO_WAY)
    assert np.isfinite(hours[end]) == bridged
    across = (graph.y[graph.tails] < 1013) != (graph.y[graph.heads] < 1013)
    cut = np.concatenate([cuts.arcs for cuts in graph.cuts])
    assert set(np.flatnonzero(across & (graph.kind != ArcKind.ROAD))) <= set(cut)


def test_a_road_is_used_where_it_is_faster_and_can_be_left_anywhere() -> None:
    road = lines([(0, 1013), (2000, 1013)], ids="road")
    graph = graph_of(terrain_of(grid_of()), roads=road)
    scenario = scenario_of(
        profiles=[
            {
                "name": "vehicle",
                "share": 1.0,
                "mode": "vehicle",
                "off_road_kmh": 10,
                "road_kmh": {"primary": 60},
            }
        ]
    )
    hours = arc_hours(graph, scenario.profiles[0], scenario)
    on_road = graph.kind == ArcKind.ROAD
    np.testing.assert_allclose(hours[on_road], graph.length_m[on_road] / 60_000)
    off = (graph.kind == ArcKind.GROUND) | (graph.kind == ArcKind.ACCESS)
    np.testing.assert_allclose(hours[off], graph.length_m[off] / 10_000)


def test_a_road_is_not_burned_into_the_ground() -> None:
    road = lines([(0, 1013), (2000, 1013)], ids="road")
    with_road = graph_of(terrain_of(grid_of()), roads=road)
    without = graph_of(terrain_of(grid_of()))
    ground = with_road.kind == ArcKind.GROUND
    assert ground.sum() == without.arc_count
    np.testing.assert_array_equal(with_road.heads[ground], without.heads)


def test_a_road_passes_a_gate_and_pays_its_delay_once() -> None:
    border = lines([(-500, 1013), (2500, 1013)], ids="border")
    road = lines([(1050, 50), (1050, 1950)], ids="road")
    graph = graph_of(
        terrain_of(grid_of()), roads=road, borders=border, crossings=points((1060, 1013))
    )
    start, end = cell(graph, 1050, 50), cell(graph, 1050, 1950)
    hours = hours_from(graph, start, **NO_WAY, crossings={"delay_minutes": {"on_foot": 60}})
    assert hours[end] == pytest.approx(1.0 + 1.9 / KMH, rel=1e-6)


def test_rain_slows_the_vehicle_on_the_road_by_the_published_share() -> None:
    road = lines([(0, 1013), (2000, 1013)], ids="road")
    graph = graph_of(terrain_of(grid_of()), roads=road)
    profile = {
        "name": "vehicle",
        "share": 1.0,
        "mode": "vehicle",
        "off_road_kmh": 10,
        "road_kmh": {"other": 60},
        "rain_factor": 0.5,
    }
    wet = scenario_of(profiles=[profile], weather={"rain": "moderate"})
    hours = arc_hours(graph, wet.profiles[0], wet)
    on_road = graph.kind == ArcKind.ROAD
    np.testing.assert_allclose(hours[on_road], graph.length_m[on_road] / 1000 / (60 * (1 - 0.068)))
    ground = graph.kind == ArcKind.GROUND
    np.testing.assert_allclose(hours[ground], graph.length_m[ground] / 1000 / 5)


def _speeds(kind: ArcKind, weather: str, **keys: object) -> set[float]:
    """Return the speeds, km/h, on level ground or on a road over it."""
    road = lines([(50, 1050), (1950, 1050)], ids="road")
    graph = graph_of(terrain_of(grid_of()), roads=road, neighbours=8)
    profile = {"name": "p", "share": 1.0, **keys}
    scenario = scenario_of(profiles=[profile], weather={"rain": weather})
    hours = arc_hours(graph, scenario.profiles[0], scenario)
    arcs = graph.kind == kind
    return set(np.unique(np.round(graph.length_m[arcs] / 1000 / hours[arcs], 6)).tolist())


VEHICLE = {"mode": "vehicle", "off_road_kmh": 20, "slope_max_deg": 45, "road_kmh": {"other": 60}}
BY_RAIN = {"light": 0.9, "moderate": 0.5, "heavy": 0.25}


@pytest.mark.parametrize(("rain", "left"), [("none", 1.0), *BY_RAIN.items()])
def test_harder_rain_slows_more_where_the_profile_says_so(rain: str, left: float) -> None:
    off_road = _speeds(ArcKind.GROUND, rain, **VEHICLE, rain_factor=BY_RAIN)
    on_road = _speeds(ArcKind.ROAD, rain, **VEHICLE, road_rain_factor=BY_RAIN)

    assert off_road == {20 * left}
    assert on_road == {60 * left}


def test_rain_slows_a_walker_on_a_road_only_if_the_profile_says_so() -> None:
    dry = _speeds(ArcKind.ROAD, "none", mode="foot")
    wet = _speeds(ArcKind.ROAD, "heavy", mode="foot", rain_factor=0.5)
    said = _speeds(ArcKind.ROAD, "heavy", mode="foot", road_rain_factor=0.5)

    assert wet == dry
    assert said.pop() == pytest.approx(dry.pop() / 2)


def test_steep_ground_cannot_be_driven() -> None:
    heights = np.tile(np.arange(20) * 30.0, (20, 1))
    graph = graph_of(terrain_of(grid_of(), heights))
    profile = {
        "name": "vehicle",
        "share": 1.0,
        "mode": "vehicle",
        "off_road_kmh": 10,
        "slope_max_deg": 12,
        "road_kmh": {"other": 60},
    }
    scenario = scenario_of(profiles=[profile])
    hours = arc_hours(graph, scenario.profiles[0], scenario)
    steep = np.degrees(np.arctan(np.abs(graph.slope))) > 12
    assert steep.any()
    np.testing.assert_array_equal(np.isinf(hours), steep)


def test_a_vehicle_off_the_road_is_slower_up_than_down_and_stops_where_it_is_too_steep() -> None:
    grid = grid_of()
    vehicle = {
        "name": "car",
        "share": 1.0,
        "mode": "vehicle",
        "off_road_kmh": 20,
        "slope_max_deg": 12,
        "road_kmh": {"other": 50},
    }
    for rise_m, uphill, downhill in ((10.0, 20 * 0.1 / 0.2, 20.0), (25.0, np.inf, np.inf)):
        heights = np.tile(np.arange(20) * rise_m, (20, 1))
        graph = graph_of(terrain_of(grid, heights))
        scenario = scenario_of(profiles=[vehicle])
        hours = arc_hours(graph, scenario.profiles[0], scenario)
        east = np.isclose(graph.length_m, 100) & (graph.rise_m > 0)
        west = np.isclose(graph.length_m, 100) & (graph.rise_m < 0)
        expected = [0.0 if np.isinf(kmh) else 0.1 / kmh for kmh in (uphill, downhill)]
        for chosen, value in zip((east, west), expected, strict=True):
            np.testing.assert_allclose(hours[chosen], value or np.inf)


def test_other_neighbourhoods_are_refused() -> None:
    with pytest.raises(ValueError, match="neighbours is 32; take 8 or 16"):
        graph_of(terrain_of(grid_of()), neighbours=32)
