"""Roads at the border: gates, cuts, and nothing that leaks."""

import itertools
from random import Random

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from shapely import LineString, MultiLineString, Point

from corridors.network import RoadNetwork, build_network, densify_edges

CRS = "EPSG:32637"
FAR = 100_000

XY = tuple[float, float]
World = tuple[list[XY], list[list[XY]], list[XY]]


def roads_of(*lines: shapely.Geometry) -> gpd.GeoDataFrame:
    ids = [f"r{number}" for number in range(len(lines))]
    return gpd.GeoDataFrame({"id": ids, "road_class": "track"}, geometry=list(lines), crs=CRS)


def borders_of(*lines: shapely.Geometry) -> gpd.GeoDataFrame:
    ids = [f"b{number}" for number in range(len(lines))]
    return gpd.GeoDataFrame({"id": ids, "name": ids}, geometry=list(lines), crs=CRS)


def crossings_of(*points: XY, is_open: bool = True) -> gpd.GeoDataFrame:
    ids = [f"x{number}" for number in range(len(points))]
    return gpd.GeoDataFrame(
        {"id": ids, "name": ids, "open": is_open}, geometry=[Point(p) for p in points], crs=CRS
    )


# A border from west to east along y = 0.
EQUATOR = borders_of(LineString([(-FAR, 0), (FAR, 0)]))


def build(
    roads: gpd.GeoDataFrame,
    *,
    borders: gpd.GeoDataFrame = EQUATOR,
    crossings: gpd.GeoDataFrame | None = None,
    **options: float,
) -> RoadNetwork:
    return build_network(
        roads, borders=borders, crossings=crossings, speeds_kmh={"track": 10}, **options
    )


def kinds(network: RoadNetwork) -> list[str]:
    return sorted(nx.get_node_attributes(network.graph, "kind").values())


def without_gates(network: RoadNetwork) -> "nx.MultiGraph[int]":
    graph = network.graph.copy()
    gates = [node for node, kind in graph.nodes(data="kind") if kind == "crossing"]
    graph.remove_nodes_from(gates)
    return graph


def test_a_road_far_from_every_crossing_is_cut_and_reported() -> None:
    network = build(
        roads_of(LineString([(0, -1000), (0, 1000)])), crossings=crossings_of((5000, 0))
    )

    assert kinds(network) == ["border_cut", "border_cut", "crossing", "end", "end"]
    assert nx.number_connected_components(network.graph) == 3
    (cut,) = network.report.border_cuts
    assert (cut.x, cut.y, cut.road_ids, cut.border_id) == (0, 0, ("r0",), "b0")
    assert (cut.nearest_crossing_id, cut.distance_m) == ("x0", 5000)
    assert network.report.gates == ()
    assert network.report.crossings_without_road == ("x0",)


def test_a_cut_where_there_is_no_crossing_at_all_names_none() -> None:
    (cut,) = build(roads_of(LineString([(0, -1000), (0, 1000)]))).report.border_cuts

    assert cut.nearest_crossing_id is None
    assert cut.distance_m is None


def test_a_road_near_a_crossing_goes_through_its_gate() -> None:
    network = build(
        roads_of(LineString([(0, -1000), (0, 2000)])), crossings=crossings_of((300, 400))
    )

    (gate,) = network.report.gates
    assert (gate.x, gate.y, gate.crossing_id, gate.distance_m) == (0, 0, "x0", 500)
    node = network.graph.nodes[gate.node]
    assert node["kind"] == "crossing"
    assert node["crossing_id"] == "x0"
    assert sorted(length for *_, length in network.graph.edges(data="length_m")) == [1000, 2000]
    assert all(crosses for *_, crosses in network.graph.edges(data="crosses_gate"))
    assert nx.is_connected(network.graph)
    assert len(network.components) == 1


def test_the_gate_tolerance_is_the_distance_from_cut_to_crossing() -> None:
    roads = roads_of(LineString([(0, -1000), (0, 1000)]))

    assert build(roads, crossings=crossings_of((2000, 0))).report.gates
    assert build(roads, crossings=crossings_of((2001, 0))).report.border_cuts
    assert build(roads, crossings=crossings_of((2001, 0)), gate_tolerance_m=2001).report.gates


def test_a_closed_gate_stays_visible_and_does_not_connect() -> None:
    network = build(
        roads_of(LineString([(0, -1000), (0, 1000)])), crossings=crossings_of((0, 0), is_open=False)
    )

    edges = network.edges_gdf()
    assert len(edges) == 2
    assert not edges["open"].any()
    assert edges["crosses_gate"].all()
    assert [sorted(part) for part in network.components] == [[0, 1], [1, 2]]
    assert len(network.report.components) == 2


def test_the_nearest_of_two_crossings_has_the_gate() -> None:
    network = build(
        roads_of(LineString([(0, -1000), (0, 1000)])), crossings=crossings_of((900, 0), (-800, 0))
    )

    assert [gate.crossing_id for gate in network.report.gates] == ["x1"]
    assert network.report.crossings_without_road == ("x0",)


def test_one_road_with_several_cuts_is_cut_at_each() -> None:
    zigzag = LineString([(0, -1000), (0, 1000), (9000, 1000), (9000, -1000)])
    network = build(roads_of(zigzag), crossings=crossings_of((0, 0)))

    assert [(gate.x, gate.y) for gate in network.report.gates] == [(0, 0)]
    assert [(cut.x, cut.y) for cut in network.report.border_cuts] == [(9000, 0)]
    assert len(network.report.components) == 2


def test_cuts_of_one_road_at_one_gate_share_its_delay() -> None:
    # Over, back and over again within 200 m of the crossing: one passage in three thirds.
    road = LineString([(0, -1000), (0, 50), (100, 50), (100, -50), (200, -50), (200, 1000)])
    network = build(roads_of(road), crossings=crossings_of((100, 0)))

    assert len(network.report.gates) == 3
    shares = [network.graph.nodes[gate.node]["gate_share"] for gate in network.report.gates]
    assert shares == [1 / 3] * 3


def test_two_roads_through_one_crossing_each_pay_all_of_it() -> None:
    network = build(
        roads_of(LineString([(0, -500), (0, 500)]), LineString([(100, -500), (100, 500)])),
        crossings=crossings_of((50, 0)),
    )

    assert [gate.crossing_id for gate in network.report.gates] == ["x0", "x0"]
    assert {network.graph.nodes[gate.node]["gate_share"] for gate in network.report.gates} == {1.0}


def test_a_road_that_touches_the_border_is_not_cut() -> None:
    network = build(roads_of(LineString([(-1000, 500), (0, 0), (1000, 500)])))

    assert network.report.border_cuts == ()
    assert nx.is_connected(network.graph)
    on_border = [data["x"] for _, data in network.graph.nodes(data=True) if data["on_border"]]
    assert on_border == [0]


def test_a_road_that_ends_on_the_border_is_a_loose_end() -> None:
    network = build(roads_of(LineString([(0, 1000), (0, 0)])))

    assert network.report.border_cuts == ()
    assert kinds(network) == ["end", "end"]


def test_two_roads_that_meet_on_the_border_from_both_sides_are_parted() -> None:
    roads = roads_of(LineString([(0, 1000), (0, 0)]), LineString([(0, 0), (0, -1000)]))

    network = build(roads)
    assert [cut.road_ids for cut in network.report.border_cuts] == [("r0", "r1")]
    assert nx.number_connected_components(network.graph) == 2

    gated = build(roads, crossings=crossings_of((0, 0)))
    assert [gate.road_ids for gate in gated.report.gates] == [("r0", "r1")]
    assert nx.is_connected(gated.graph)


def test_a_junction_on_the_border_keeps_the_roads_of_each_side_together() -> None:
    roads = roads_of(
        LineString([(-500, 500), (0, 0)]),
        LineString([(500, 500), (0, 0)]),
        LineString([(-500, -500), (0, 0)]),
        LineString([(500, -500), (0, 0)]),
    )
    network = build(roads)

    assert sorted(component.length_km for component in network.report.components) == pytest.approx(
        [2 * 0.5**0.5] * 2
    )
    assert len(network.report.border_cuts) == 1


def test_a_road_along_the_border_belongs_to_the_side_it_comes_from() -> None:
    # From the north, a kilometre along the line, back to the north.
    north = LineString([(0, 500), (0, 0), (1000, 0), (1000, 500)])
    south = LineString([(0, -500), (0, 0), (1000, 0), (1000, -500)])
    for road in (north, south):
        network = build(roads_of(road))
        assert network.report.border_cuts == ()
        assert nx.is_connected(network.graph)
        assert network.edges_gdf().set_index("length_m")["on_border"].to_dict() == {
            500.0: False,
            1000.0: True,
        }


def test_a_road_that_changes_sides_along_the_border_is_cut_once() -> None:
    # The border runs west to east, so its left is the north: the stretch stays with the north.
    network = build(roads_of(LineString([(0, 500), (0, 0), (1000, 0), (1000, -500)])))

    assert [(cut.x, cut.y) for cut in network.report.border_cuts] == [(1000, 0)]
    assert sorted(part.length_km for part in network.report.components) == [0.5, 1.5]


def test_where_three_countries_meet_each_keeps_its_own_roads() -> None:
    borders = borders_of(
        LineString([(0, 0), (FAR, 0)]),
        LineString([(0, 0), (-FAR, FAR)]),
        LineString([(0, 0), (-FAR, -FAR)]),
    )
    roads = roads_of(*[LineString([end, (0, 0)]) for end in [(500, 500), (-500, 0), (500, -500)]])

    assert nx.number_connected_components(build(roads, borders=borders).graph) == 3
    gated = build(roads, borders=borders, crossings=crossings_of((0, 0)))
    assert nx.is_connected(gated.graph)
    vertices = densify_edges(gated, max_spacing_m=1000)
    assert len(vertices.gate_from) == 3
    assert set(vertices.gate_crossing_id) == {"x0"}


def test_a_border_drawn_once_for_each_country_is_one_border() -> None:
    twice = borders_of(LineString([(-FAR, 0), (FAR, 0)]), LineString([(FAR, 0), (-FAR, 0)]))
    network = build(roads_of(LineString([(0, -1000), (0, 1000)])), borders=twice)

    assert len(network.report.border_cuts) == 1
    assert nx.number_of_nodes(network.graph) == 4


def test_a_road_around_the_tip_of_a_border_is_not_cut() -> None:
    stub = borders_of(LineString([(0, 0), (1000, 0)]))
    around = LineString([(500, -100), (-100, -100), (-100, 100), (500, 100)])

    assert nx.is_connected(build(roads_of(around), borders=stub).graph)


def test_ends_joined_over_the_border_are_cut_at_it() -> None:
    roads = roads_of(LineString([(0, 1000), (0, 10)]), LineString([(0, -1000), (0, -10)]))

    network = build(roads)
    assert network.report.snapped_ends == 2
    assert len(network.report.border_cuts) == 1
    assert nx.number_connected_components(network.graph) == 2


def test_a_border_may_be_a_multiline() -> None:
    parts = MultiLineString([[(-FAR, 0), (0, 0)], [(0, 0), (FAR, 0)]])
    network = build(roads_of(LineString([(0, -1000), (0, 1000)])), borders=borders_of(parts))

    assert len(network.report.border_cuts) == 1


# Hypothesis: a border across the whole world, roads on a lattice that also use border vertices.

heights = st.integers(-20, 20).map(lambda n: 10 * n)
COLUMNS = range(0, 1001, 100)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    bends = [(x, draw(heights)) for x in COLUMNS]
    border = [(-FAR, bends[0][1]), *bends, (FAR, bends[-1][1])]
    lattice = st.tuples(st.integers(0, 100).map(lambda n: 10 * n), heights)
    corner = st.one_of(lattice, st.sampled_from(bends))
    lines = draw(
        st.lists(st.lists(corner, min_size=2, max_size=6, unique=True), min_size=1, max_size=8)
    )
    gates = draw(st.lists(st.sampled_from(bends), max_size=2, unique=True))
    return border, lines, gates


def sides_of(xy: NDArray[np.float64], border: list[XY]) -> NDArray[np.int64]:
    """Return +1 above the border, -1 below it, 0 within 2 mm of it: by polygon, not by angle."""
    above = shapely.Polygon([*border, (FAR, FAR), (-FAR, FAR)])
    points = shapely.points(xy)
    side = np.where(shapely.contains(above, points), 1, -1)
    return np.where(shapely.distance(LineString(border), points) < 0.002, 0, side)


@settings(max_examples=300, deadline=None)
@given(worlds(), st.sampled_from([0.0, 30.0]))
def test_without_the_gates_the_two_sides_are_apart(world: World, snap_tolerance_m: float) -> None:
    border, lines, gates = world
    network = build(
        roads_of(*[LineString(line) for line in lines]),
        borders=borders_of(LineString(border)),
        crossings=crossings_of(*gates) if gates else None,
        snap_tolerance_m=snap_tolerance_m,
        gate_tolerance_m=150,
    )
    graph = without_gates(network)
    for part in nx.connected_components(graph):
        found = set()
        for _, _, line in graph.subgraph(part).edges(data="geometry"):
            xy = shapely.get_coordinates(shapely.segmentize(line, 7.0))
            found |= set(sides_of((xy[1:] + xy[:-1]) / 2, border).tolist())
        assert not {1, -1} <= found


@settings(max_examples=150, deadline=None)
@given(worlds())
def test_the_vertices_leak_no_more_than_the_graph(world: World) -> None:
    border, lines, gates = world
    network = build(
        roads_of(*[LineString(line) for line in lines]),
        borders=borders_of(LineString(border)),
        crossings=crossings_of(*gates) if gates else None,
        gate_tolerance_m=150,
    )
    vertices = densify_edges(network, max_spacing_m=25)
    count = len(vertices.vertex_xy)
    ones = np.ones(len(vertices.segment_from))
    joined = coo_array((ones, (vertices.segment_from, vertices.segment_to)), shape=(count, count))
    part = connected_components(joined, directed=False)[1]
    side = sides_of(vertices.vertex_xy, border)

    assert (side[~vertices.vertex_on_border] != 0).all()
    for number in range(part.max() + 1):
        assert not {1, -1} <= set(side[part == number].tolist())
    for one, other in zip(vertices.gate_from, vertices.gate_to, strict=True):
        assert (vertices.vertex_xy[one] == vertices.vertex_xy[other]).all()


@settings(max_examples=60, deadline=None)
@given(worlds(), st.randoms(use_true_random=False))
def test_the_result_does_not_depend_on_the_order_of_rows(world: World, random: Random) -> None:
    border, lines, gates = world
    roads = roads_of(*[LineString(line) for line in lines])
    borders = borders_of(*[LineString(pair) for pair in itertools.pairwise(border)])
    crossings = crossings_of(*gates) if gates else None
    first = build(roads, borders=borders, crossings=crossings, gate_tolerance_m=150)
    shuffled = [
        None if frame is None else frame.iloc[random.sample(range(len(frame)), len(frame))]
        for frame in (roads, borders, crossings)
    ]
    second = build(shuffled[0], borders=shuffled[1], crossings=shuffled[2], gate_tolerance_m=150)

    assert first.report == second.report
    assert first.edges_gdf().equals(second.edges_gdf())
    assert first.nodes_gdf().equals(second.nodes_gdf())
