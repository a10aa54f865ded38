"""Alternatives truly differ, are no longer than allowed, and are sensible ways."""

import itertools
from typing import Any

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import ndimage, sparse

from corridors.alternatives import (
    AlternativePath,
    alternative_paths,
    generalised_paths,
    journey_alternatives,
    path_modes,
    path_overlap,
)
from corridors.alternatives import search as search_module
from corridors.errors import CRSError, UnreachableError
from corridors.movement import ArcKind, MovementGraph, arc_hours
from corridors.paths import Journeys, least_cost_paths, solve_journeys
from tests.worlds import CRS, graph_of, grid_of, lines, points, scenario_of, terrain_of

WALL = {"name": "wall", "file": "none", "delay_minutes": {"on_foot": "impassable"}}


def hours_of(graph: MovementGraph) -> NDArray[np.float64]:
    scenario = scenario_of(barriers=[WALL]) if graph.cuts else scenario_of()
    return arc_hours(graph, scenario.profiles[0], scenario)


def alternatives(
    graph: MovementGraph, start: int, end: int, **options: Any
) -> list[AlternativePath]:
    return alternative_paths(graph, hours_of(graph), np.array([start]), np.array([end]), **options)


def line_of(graph: MovementGraph, path: AlternativePath) -> shapely.LineString:
    nodes = [graph.tails[path.arcs[0]], *graph.heads[path.arcs]]
    return shapely.LineString(np.column_stack([graph.x[nodes], graph.y[nodes]]))


def shared_part(a: shapely.LineString, b: shapely.LineString, tolerance_m: float) -> float:
    """Return the greater part of the shorter line that is near, by points along the lines."""
    shared = 0.0
    for line, other in ((a, b), (b, a)):
        marks = shapely.line_interpolate_point(line, np.arange(2.5, line.length, 5.0))
        near = shapely.distance(marks, other) <= tolerance_m
        shared = max(shared, float(near.mean()) * line.length)
    return min(shared / min(a.length, b.length), 1.0)


def gates_of(graph: MovementGraph, path: AlternativePath) -> set[int]:
    return set(graph.crossing[path.arcs[graph.kind[path.arcs] == ArcKind.GATE]].tolist())


def matrix_of(graph: MovementGraph, hours: NDArray[np.float64]) -> sparse.csr_array:
    open_ = np.isfinite(hours)
    shape = (graph.node_count, graph.node_count)
    return sparse.csr_array((hours[open_], (graph.tails[open_], graph.heads[open_])), shape=shape)


def walled() -> MovementGraph:
    border = lines([(-500, 2013), (4500, 2013)], ids="border")
    gates = points((950, 2013), (3050, 2013))
    return graph_of(terrain_of(grid_of(40, 40)), borders=border, crossings=gates)


def rough(seed: int, size: int = 40) -> MovementGraph:
    noise = np.random.default_rng(seed).normal(size=(size, size))
    return graph_of(terrain_of(grid_of(size, size), 900 * ndimage.gaussian_filter(noise, 3)))


@pytest.fixture(params=["via", "penalty"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Search by via-node only, or by penalty only."""
    name = "PENALTY_ROUNDS" if request.param == "via" else "CANDIDATES_MAX"
    monkeypatch.setattr(search_module, name, 0)
    return str(request.param)


def test_two_gates_in_a_wall_are_two_ways_and_the_second_is_the_best_with_the_first_closed(
    way: str,
) -> None:
    graph = walled()
    first, second = alternatives(graph, 39 * 40 + 16, 20, count=2)
    assert (gates_of(graph, first), gates_of(graph, second)) == ({0}, {1})
    assert first.overlap == 0
    assert second.overlap == pytest.approx(
        shared_part(line_of(graph, first), line_of(graph, second), 200), abs=0.01
    )
    closed = np.where(graph.crossing == 0, np.inf, hours_of(graph))
    least = sparse.csgraph.dijkstra(matrix_of(graph, closed), indices=39 * 40 + 16)[20]
    # By penalty it keeps off the first way longer than it would have to.
    assert second.hours == pytest.approx(least, rel=0.005 if way == "via" else 0.03)
    assert second.hours > first.hours


def test_three_valleys_are_three_ways() -> None:
    y, x = np.mgrid[0:60, 0:60]
    ridges = 400 * np.abs(np.sin((y - 10) / 20 * np.pi))
    # Level at both ends, so that one can get from valley to valley there.
    heights = ridges * (1 - np.exp(-((x / 6) ** 2))) * (1 - np.exp(-(((59 - x) / 6) ** 2)))
    graph = graph_of(terrain_of(grid_of(60, 60), heights))
    ways = alternatives(graph, 30 * 60, 30 * 60 + 59, max_extra=0.8)
    rows = [round(float(np.median(graph.heads[way.arcs] // 60))) for way in ways]
    assert rows[0] == 30
    # They cut the corners where the valleys open.
    assert sorted(rows) == pytest.approx([10, 30, 50], abs=3)


def test_copies_that_yen_would_give_are_not_alternatives() -> None:
    graph = rough(2, 15)
    hours = hours_of(graph)
    roads = nx.DiGraph()
    roads.add_weighted_edges_from(zip(graph.tails, graph.heads, hours, strict=True))
    yen = [
        shapely.LineString(np.column_stack([graph.x[nodes], graph.y[nodes]]))
        for nodes in itertools.islice(nx.shortest_simple_paths(roads, 7, 217, "weight"), 8)
    ]
    assert all(path_overlap(yen[0], copy, tolerance_m=200) > 0.9 for copy in yen[1:])
    found = [line_of(graph, path) for path in alternatives(graph, 7, 217, tolerance_m=200)]
    assert found[0].equals(yen[0])
    assert len(found) > 1
    assert all(path_overlap(found[0], other, tolerance_m=200) <= 0.5 for other in found[1:])


@settings(max_examples=25)
@given(
    seed=st.integers(0, 1000),
    max_overlap=st.sampled_from([0.0, 0.2, 0.5, 0.8]),
    max_extra=st.sampled_from([0.0, 0.1, 0.6]),
    count=st.integers(1, 5),
)
def test_what_was_asked_for_holds(
    seed: int, max_overlap: float, max_extra: float, count: int
) -> None:
    graph = rough(seed)
    start, end = 3 * 40 + 4, 35 * 40 + 33
    hours = hours_of(graph)
    paths = alternatives(
        graph, start, end, count=count, max_overlap=max_overlap, max_extra=max_extra
    )
    least = sparse.csgraph.dijkstra(matrix_of(graph, hours), indices=start)[end]
    assert paths[0].hours == pytest.approx(least, rel=1e-12)
    assert 1 <= len(paths) <= count
    for path in paths:
        assert graph.tails[path.arcs[0]] == start
        assert graph.heads[path.arcs[-1]] == end
        assert (graph.heads[path.arcs[:-1]] == graph.tails[path.arcs[1:]]).all()
        assert path.hours == pytest.approx(hours[path.arcs].sum())
        assert path.hours <= least * (1 + max_extra) * (1 + 1e-9)
    assert [path.hours for path in paths] == sorted(path.hours for path in paths)
    for worse, path in enumerate(paths):
        overlaps = [
            shared_part(line_of(graph, other), line_of(graph, path), 200) for other in paths[:worse]
        ]
        assert max(overlaps, default=0.0) <= max_overlap + 0.01
        assert path.overlap == pytest.approx(max(overlaps, default=0.0), abs=0.01)


@pytest.mark.parametrize("seed", range(5))
def test_ways_by_via_node_have_no_short_cut(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_module, "PENALTY_ROUNDS", 0)
    graph = rough(seed)
    hours = hours_of(graph)
    paths = alternatives(graph, 3 * 40 + 4, 35 * 40 + 33, count=4)
    assert len(paths) > 1
    for path in paths:
        nodes = np.array([graph.tails[path.arcs[0]], *graph.heads[path.arcs]])
        at = np.concatenate([[0], np.cumsum(hours[path.arcs])])
        direct = sparse.csgraph.dijkstra(matrix_of(graph, hours), indices=nodes)[:, nodes]
        taken = at[None, :] - at[:, None]
        parts = (taken > 0) & (taken <= 0.1 * paths[0].hours)
        np.testing.assert_allclose(taken[parts], direct[parts], rtol=1e-6)


def test_one_way_is_the_least_cost_path_and_no_way_is_an_error() -> None:
    graph = walled()
    (only,) = alternatives(graph, 39 * 40 + 16, 20, count=1)
    assert only.overlap == 0
    (nowhere,) = alternatives(graph, 20, 20)
    assert (len(nowhere.arcs), nowhere.hours) == (0, 0)
    border = lines([(-500, 1013), (2500, 1013)], ids="border")
    with pytest.raises(UnreachableError, match="no way leads"):
        alternatives(graph_of(terrain_of(grid_of()), borders=border), 0, 399)


def test_no_path_is_given_twice_even_where_all_may_be_shared() -> None:
    graph = walled()
    paths = alternatives(graph, 39 * 40 + 16, 20, count=8, max_overlap=1.0)
    assert len(paths) > 2
    assert len({tuple(path.arcs.tolist()) for path in paths}) == len(paths)


def test_many_starts_and_ends_take_the_quickest_pair() -> None:
    graph = graph_of(terrain_of(grid_of(40, 40)))
    paths = alternative_paths(
        graph, hours_of(graph), np.array([0, 39]), np.array([39 * 40 + 20, 20 * 40 + 39])
    )
    assert graph.tails[paths[0].arcs[0]] == 39
    assert graph.heads[paths[0].arcs[-1]] == 20 * 40 + 39


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"count": 0}, "count is 0; give 1 or more"),
        ({"max_overlap": 50}, "max_overlap is 50; give a part"),
        ({"max_extra": -0.1}, "max_extra is -0.1; give 0 or more"),
        ({"tolerance_m": 0}, "tolerance_m is 0; give metres above 0"),
    ],
)
def test_numbers_out_of_range_are_refused(options: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        alternatives(walled(), 39 * 40 + 16, 20, **options)


def test_journeys_have_the_ways_that_each_would_have_alone_and_the_least_is_that_of_the_paths() -> (
    None
):
    border = lines([(-500, 2013), (4500, 2013)], ids="border")
    gates = points((950, 2013), (3050, 2013))
    graph = graph_of(terrain_of(grid_of(40, 40)), borders=border, crossings=gates)
    scenario = scenario_of(barriers=[WALL])
    hours = {"on_foot": arc_hours(graph, scenario.profiles[0], scenario)}
    origins, destinations = points((1650, 50), (3050, 50)), points((2050, 3950))
    journeys = solve_journeys(
        graph,
        hours,
        shares={"on_foot": 1.0},
        origins=origins,
        destinations=destinations,
        borders=border,
    )
    starts = {journey.origin: journey.nodes[:1] for journey in journeys.items}
    ends = {"p-0": journeys.items[0].nodes[-1:]}
    ways = journey_alternatives(
        journeys, hours, starts=starts, ends=ends, borders=border, crossings=gates, count=2
    )
    assert ways["rank"].tolist() == [1, 2, 1, 2]
    assert ways["id"].iloc[1] == "p-0 to p-0, on_foot, way 2"
    assert ways["gate"].tolist() == ["p-0", "p-1", "p-1", "p-0"]
    paths = least_cost_paths(journeys, borders=border, crossings=gates)
    best = ways[ways["rank"] == 1].reset_index(drop=True)
    assert best.geometry.geom_equals(paths.geometry).all()
    assert (best["extra_share"] == 0).all()
    for name, found in ways.groupby("origin"):
        alone = alternative_paths(graph, hours["on_foot"], starts[name], ends["p-0"], count=2)
        assert found["hours"].tolist() == [path.hours for path in alone]
        assert found["overlap"].tolist() == [path.overlap for path in alone]
    np.testing.assert_allclose(
        ways["extra_share"], ways["hours"] / np.repeat(best["hours"], 2).to_numpy() - 1, atol=1e-12
    )
    assert ways["last_crossing_y"].between(1900, 2100).all()


def test_no_journeys_have_no_ways_but_all_columns() -> None:
    graph = graph_of(terrain_of(grid_of()))
    none = Journeys(graph, (), (), {})
    ways = journey_alternatives(none, {}, starts={}, ends={}, borders=lines(), crossings=points())
    assert len(ways) == 0
    assert {"rank", "extra_share", "overlap", "geometry"} <= set(ways.columns)


def rows_of(*ys: float) -> gpd.GeoSeries:
    return gpd.GeoSeries(
        [shapely.LineString([(0, 0), (1000, y), (9000, y), (10_000, 0)]) for y in ys],
        index=[f"path {n}" for n in range(len(ys))],
        crs=CRS,
    )


def test_modes_gather_what_is_side_by_side() -> None:
    paths = rows_of(0, 2250, 150, 1750, 2000, -4000)
    modes, mode = path_modes(paths, [0.2, 0.1, 0.1, 0.1, 0.2, 0.3], tolerance_m=300)
    assert mode.tolist() == [1, 0, 1, 0, 0, 2]
    assert mode.index.equals(paths.index)
    assert modes["share"].tolist() == pytest.approx([0.4, 0.3, 0.3])
    assert modes["paths"].tolist() == [3, 2, 1]
    assert modes["representative"].tolist() == ["path 4", "path 0", "path 5"]
    assert modes.geometry.iloc[0].equals(paths["path 4"])
    assert modes.crs == CRS


def test_the_quickest_path_stands_for_its_mode_when_hours_are_given() -> None:
    paths = rows_of(2100, 1900, 2000, 0)
    hours = [3.0, 2.0, 2.5, 4.0]
    modes, _ = path_modes(paths, [0.25] * 4, tolerance_m=300, hours=hours)
    assert modes["representative"].tolist() == ["path 1", "path 3"]


def test_all_of_one_path_are_one_mode() -> None:
    paths = rows_of(*[700.0] * 600)
    modes, mode = path_modes(paths, np.full(600, 1 / 600), tolerance_m=100)
    assert modes["share"].tolist() == pytest.approx([1.0])
    assert (mode == 0).all()


@given(st.lists(st.floats(-3000, 3000), min_size=1, max_size=12))
def test_those_that_stand_for_modes_differ_and_each_path_is_like_its_own(ys: list[float]) -> None:
    paths = rows_of(*ys)
    modes, mode = path_modes(paths, np.full(len(ys), 1 / len(ys)), tolerance_m=200)
    assert modes["share"].sum() == pytest.approx(1)
    # The raster is true to a third of the tolerance.
    for a, b in itertools.combinations(modes.geometry, 2):
        assert path_overlap(a, b, tolerance_m=130) <= 0.5
    for path, number in zip(paths, mode, strict=True):
        assert path_overlap(path, modes.geometry[number], tolerance_m=270) > 0.5


def test_overlap_is_of_the_shorter_line_and_the_same_either_way() -> None:
    long = shapely.LineString([(0, 0), (1000, 0)])
    bent = shapely.LineString([(0, 50), (250, 50), (250, 500), (500, 500)])
    # 250 m beside it, and 50 m more up to a tolerance of 100; of 950.
    assert path_overlap(long, bent, tolerance_m=100) == pytest.approx(
        (250 + np.sqrt(100**2 - 50**2)) / 950, rel=0.02
    )
    assert path_overlap(bent, long, tolerance_m=100) == path_overlap(long, bent, tolerance_m=100)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda p: path_modes(p.set_crs(4326, allow_override=True), [1], tolerance_m=1),
            CRSError,
            "in degrees",
        ),
        (lambda p: path_modes(p, [1, 2], tolerance_m=1), ValueError, r"shares have shape \(2,\)"),
        (lambda p: path_modes(p, [1], hours=[np.nan], tolerance_m=1), ValueError, "hours have"),
        (lambda p: path_modes(p, [-1], tolerance_m=1), ValueError, "shares hold -1"),
        (
            lambda p: path_overlap(p.iloc[0], shapely.LineString([(0, 0), (0, 0)]), tolerance_m=1),
            ValueError,
            "and 0 m long",
        ),
        (lambda p: path_modes(p, [1], tolerance_m=0), ValueError, "tolerance_m 0"),
        (
            lambda p: path_modes(p, [1], max_overlap=1, tolerance_m=9),
            ValueError,
            "max_overlap is 1",
        ),
        (
            lambda p: path_modes(
                gpd.GeoSeries([shapely.LineString()], crs=p.crs), [1], tolerance_m=9
            ),
            ValueError,
            "no length",
        ),
    ],
)
def test_what_are_no_paths_is_refused(call: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call(rows_of(100))


def test_no_paths_have_no_modes() -> None:
    modes, mode = path_modes(rows_of(), [], tolerance_m=100)
    assert len(modes) == len(mode) == 0
    assert isinstance(mode, pd.Series)


def test_a_generalised_path_keeps_its_course_and_no_place_finer_than_a_cell() -> None:
    grid = grid_of(20, 20)
    line = shapely.LineString([(37, 12), (420, 180), (433, 171), (905, 95), (950, 1750)])
    tiny = shapely.LineString([(310, 310), (340, 390)])
    general, none = generalised_paths(np.array([line, tiny]), grid)
    xy = shapely.get_coordinates(general)
    np.testing.assert_array_equal((xy - 50) % 100, 0)
    assert xy[0].tolist() == [50, 50]
    assert xy[-1].tolist() == [950, 1750]
    assert len(xy) < 5
    # At most a cell by simplifying, and half a cell's diagonal by snapping.
    assert shapely.hausdorff_distance(general, line, densify=0.01) < 100 * (1 + np.sqrt(0.5))
    assert none.is_empty
