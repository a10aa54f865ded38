"""Least-cost paths on tiny worlds."""

import geopandas as gpd
import numpy as np
import pytest
import shapely

from corridors.errors import UnreachableError
from corridors.movement import MovementGraph, arc_hours
from corridors.paths import (
    Journeys,
    endpoint_nodes,
    hours_from,
    hours_to,
    least_cost_paths,
    solve_journeys,
)
from tests.worlds import CRS, graph_of, grid_of, lines, points, scenario_of, terrain_of

KMH = 6 * np.exp(-3.5 * 0.05) * 0.6
WALL = {"name": "wall", "file": "none", "delay_minutes": {"on_foot": "impassable"}}


def journeys_of(
    graph: MovementGraph,
    origins: gpd.GeoDataFrame,
    destinations: gpd.GeoDataFrame,
    borders: gpd.GeoDataFrame | None = None,
    **tables: object,
) -> Journeys:
    scenario = scenario_of(**tables)
    hours = {p.name: arc_hours(graph, p, scenario) for p in scenario.profiles}
    return solve_journeys(
        graph,
        hours,
        shares={p.name: p.share for p in scenario.profiles},
        origins=origins,
        destinations=destinations,
        borders=lines() if borders is None else borders,
    )


def test_a_straight_path_on_level_ground_has_its_length_and_hours() -> None:
    graph = graph_of(terrain_of(grid_of()))
    journeys = journeys_of(graph, points((50, 1050)), points((1950, 1050)))
    path = least_cost_paths(journeys, borders=lines(), crossings=points()).iloc[0]
    assert path["km"] == pytest.approx(1.9)
    assert path["hours"] == pytest.approx(1.9 / KMH)
    assert path.geometry.length == pytest.approx(1900)
    assert (path["road_share"], path["climb_m"], path["border_crossings"]) == (0, 0, 0)
    assert path["gate"] is None


def test_the_path_goes_round_a_ridge_that_is_slower_to_climb() -> None:
    grid = grid_of()
    y, x = np.mgrid[0:20, 0:20]
    # A steep ridge across the straight way, open in the north.
    ridge = 600.0 * np.exp(-(((x - 10) / 1.2) ** 2)) * (y > 4)
    graph = graph_of(terrain_of(grid, ridge))
    journeys = journeys_of(graph, points((50, 650)), points((1950, 650)))
    path = least_cost_paths(journeys, borders=lines(), crossings=points()).iloc[0]
    assert path.geometry.bounds[3] > 1500
    assert path["climb_m"] < 150


def test_a_path_says_which_gate_it_took_and_where_it_crossed() -> None:
    border = lines([(-500, 1013), (2500, 1013)], ids="border")
    gates = points((450, 1013), (1850, 1013))
    graph = graph_of(terrain_of(grid_of()), borders=border, crossings=gates)
    journeys = journeys_of(graph, points((1950, 50)), points((1950, 1950)), border, barriers=[WALL])
    path = least_cost_paths(journeys, borders=border, crossings=gates).iloc[0]
    assert path["gate"] == "p-1"
    assert path["border_crossings"] == 1
    assert path["last_crossing_x"] == pytest.approx(1850, abs=1)
    assert path["last_crossing_y"] == pytest.approx(1013, abs=1)
    assert path["last_crossing_by"] == "gate"


def test_a_path_over_the_ground_says_where_it_crossed() -> None:
    border = lines([(-500, 1013), (2500, 1013)], ids="border")
    graph = graph_of(terrain_of(grid_of()), borders=border, barriers={})
    journeys = journeys_of(graph, points((1050, 50)), points((1050, 1950)), border)
    path = least_cost_paths(journeys, borders=border, crossings=points()).iloc[0]
    assert path["gate"] is None
    assert path["border_crossings"] == 1
    assert path["last_crossing_x"] == pytest.approx(1050)
    assert abs(path["last_crossing_y"] - 1013) <= 100
    assert path["last_crossing_by"] == "ground"


def test_hours_to_are_hours_from_on_the_reversed_slope() -> None:
    rng = np.random.default_rng(1)
    graph = graph_of(terrain_of(grid_of(), rng.normal(0, 30, (20, 20)).cumsum(axis=1)))
    scenario = scenario_of()
    hours = arc_hours(graph, scenario.profiles[0], scenario)
    home = hours_to(graph, hours, np.array([205]))
    for start in (0, 17, 399):
        out, _ = hours_from(graph, hours, np.array([start]))
        assert home[start] == pytest.approx(out[205], rel=1e-12)
    # And it is not the same as going out from there: the slope has a direction.
    assert not np.allclose(home, hours_from(graph, hours, np.array([205]))[0])


def test_nobody_is_put_on_a_cell_across_the_border() -> None:
    border = lines([(-500, 1040), (2500, 1040)], ids="border")
    graph = graph_of(terrain_of(grid_of()), borders=border)
    # The nearest centre to (50, 1045) is that of the row at 1050, north of the border; from
    # (50, 1035) it is across, so the row at 950 is taken.
    north, south = endpoint_nodes(
        graph, points((50, 1045), (50, 1035)), borders=border, role="origins"
    )
    assert graph.y[north[0]] == 1050
    assert graph.y[south[0]] == 950


def test_a_polygon_starts_from_all_its_cells() -> None:
    graph = graph_of(terrain_of(grid_of()))
    camp = gpd.GeoDataFrame(
        {"name": ["camp"], "weight": [1.0]}, geometry=[shapely.box(0, 0, 400, 300)], crs=CRS
    )
    (cells,) = endpoint_nodes(graph, camp, borders=lines(), role="origins")
    assert len(cells) == 12


def test_several_points_start_from_the_cell_of_each_and_not_from_between() -> None:
    graph = graph_of(terrain_of(grid_of()))
    towns = gpd.GeoDataFrame(
        {"name": ["towns"]}, geometry=[shapely.MultiPoint([(50, 50), (1950, 1950)])], crs=CRS
    )
    (cells,) = endpoint_nodes(graph, towns, borders=lines(), role="origins")
    assert sorted(zip(graph.x[cells], graph.y[cells], strict=True)) == [(50, 50), (1950, 1950)]


def test_a_small_crooked_polygon_starts_inside_itself() -> None:
    graph = graph_of(terrain_of(grid_of()))
    hook = shapely.Polygon(
        [
            (910, 910),
            (1190, 910),
            (1190, 920),
            (920, 920),
            (920, 1180),
            (1190, 1180),
            (1190, 1190),
            (910, 1190),
        ]
    )
    layer = gpd.GeoDataFrame({"name": ["hook"]}, geometry=[hook], crs=CRS)
    (cells,) = endpoint_nodes(graph, layer, borders=lines(), role="origins")
    assert shapely.distance(hook, shapely.Point(graph.x[cells[0]], graph.y[cells[0]])) < 71


def test_an_endpoint_off_the_graph_is_named() -> None:
    heights = np.zeros((20, 20))
    heights[:10, :10] = np.nan
    graph = graph_of(terrain_of(grid_of(), heights))
    with pytest.raises(UnreachableError, match=r"origins\[0\] 'p-0' is off the movement graph"):
        journeys_of(graph, points((350, 1650)), points((1950, 50)))


def test_an_origin_that_is_cut_off_is_named() -> None:
    border = lines([(-500, 1013), (2500, 1013)], ids="border")
    graph = graph_of(terrain_of(grid_of()), borders=border)
    with pytest.raises(UnreachableError, match=r"origins\[0\] 'p-0' is cut off"):
        journeys_of(graph, points((50, 50)), points((50, 1950)), border, barriers=[WALL])


def test_an_origin_in_the_cell_of_its_only_destination_is_not_called_cut_off() -> None:
    graph = graph_of(terrain_of(grid_of()))
    with pytest.raises(UnreachableError, match="'p-0' and the destination 'p-0' are in one cell"):
        journeys_of(graph, points((1910, 10)), points((1950, 50)))


def test_an_origin_in_the_cell_of_one_of_its_destinations_is_told() -> None:
    graph = graph_of(terrain_of(grid_of()))

    starts, ends = points((1910, 10), (1010, 1010)), points((1950, 50), (50, 50))
    journeys = journeys_of(graph, starts, ends)

    assert len(journeys.items) == 3
    assert [str(one) for one in journeys.left_out] == [
        "p-0 to p-0, on_foot: starts and ends in one cell (25.0% of the transits)"
    ]


def test_a_journey_that_nobody_can_make_is_told_and_the_others_are_solved() -> None:
    border = lines([(-500, 1013), (2500, 1013)], ids="border")
    graph = graph_of(terrain_of(grid_of()), borders=border)
    journeys = journeys_of(
        graph,
        points((50, 50), (50, 1950)),
        points((1950, 50), (1950, 1950)),
        border,
        barriers=[WALL],
    )
    assert [journey.id for journey in journeys.items] == [
        "p-0 to p-0, on_foot",
        "p-1 to p-1, on_foot",
    ]
    assert tuple(map(str, journeys.left_out)) == (
        "p-0 to p-1, on_foot: no way leads there (25.0% of the transits)",
        "p-1 to p-0, on_foot: no way leads there (25.0% of the transits)",
    )
