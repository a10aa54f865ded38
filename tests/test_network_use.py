"""A network is asked for distances, turned into vertices, saved, and put into words."""

import json
from pathlib import Path

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Transformer
from shapely import LineString, Point

from corridors.crs import choose_working_crs, project
from corridors.errors import CRSError, LayerError, MissingFileError
from corridors.network import (
    NetworkReport,
    RoadNetwork,
    build_network,
    densify_edges,
    load_network,
    road_distance,
    road_distances,
    save_network,
)

CRS = "EPSG:32637"
SAMPLE = Path(__file__).parents[1] / "data"


def roads_of(*lines: shapely.Geometry, **columns: object) -> gpd.GeoDataFrame:
    ids = [f"r{number}" for number in range(len(lines))]
    return gpd.GeoDataFrame(
        {"id": ids, "road_class": "track"} | columns, geometry=list(lines), crs=CRS
    )


def crossing_at(x: float, y: float, *, is_open: bool) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"id": ["x"], "name": ["X"], "open": [is_open]}, geometry=[Point(x, y)], crs=CRS
    )


BORDER = gpd.GeoDataFrame({"id": ["b"]}, geometry=[LineString([(-9e5, 0), (9e5, 0)])], crs=CRS)
SPEEDS = {"track": 20.0, "primary": 80.0}


def square(*, is_open: bool = True) -> RoadNetwork:
    """Return a road over the border through a gate, one cut off, and a third far away."""
    return build_network(
        roads_of(
            LineString([(0, -3000), (0, 5000)]),
            LineString([(0, 5000), (9000, 5000), (9000, -3000)]),
            LineString([(90_000, 9000), (90_000, 10_000)]),
        ),
        borders=BORDER,
        crossings=crossing_at(0, 100, is_open=is_open),
        speeds_kmh=SPEEDS,
    )


# Distances


def test_a_distance_is_measured_from_the_middles_of_edges() -> None:
    found = road_distance(square(), Point(10, 1000), Point(4000, 5000))

    assert found.km == 8
    assert found.dry_hours == 0.4
    assert (found.from_off_road_m, found.to_off_road_m, found.reason) == (10, 0, "")


def test_two_points_on_one_edge_are_joined_along_it() -> None:
    found = road_distance(square(), Point(0, 4000), Point(0, 1500))

    assert found.km == 2.5


def test_an_open_gate_is_passed_and_a_closed_one_is_not() -> None:
    south, north = Point(0, -1000), Point(0, 1000)

    assert road_distance(square(), south, north).km == 2
    closed = road_distance(square(is_open=False), south, north)
    assert np.isinf(closed.km)
    assert np.isinf(closed.dry_hours)
    assert closed.reason == "only through a closed gate"


def test_a_road_up_to_a_closed_gate_can_be_used() -> None:
    assert road_distance(square(is_open=False), Point(0, 0.5), Point(0, 4000)).km == 3.9995


def test_a_cut_road_does_not_lead_over_the_border() -> None:
    found = road_distance(square(), Point(9000, -2000), Point(9000, 2000))

    assert np.isinf(found.km)
    assert found.reason == "no road joins them"


def test_a_point_far_from_every_road_says_so() -> None:
    found = road_distance(square(), Point(-8000, 3000), Point(0, 3000))

    assert np.isinf(found.km)
    assert found.reason == "no road within 5,000 m of a"
    assert found.from_off_road_m == 8000


def test_a_one_way_road_is_driven_one_way() -> None:
    network = build_network(
        roads_of(LineString([(0, 0), (1000, 0)]), oneway="yes"), speeds_kmh=SPEEDS
    )

    assert road_distance(network, Point(100, 0), Point(900, 0)).km == 0.8
    back = road_distance(network, Point(900, 0), Point(100, 0))
    assert back.reason == "only against one-way traffic"


def test_the_shortest_and_the_quickest_way_may_differ() -> None:
    network = build_network(
        roads_of(
            LineString([(0, 0), (10_000, 0)]),
            LineString([(0, 0), (0, 2000), (10_000, 2000), (10_000, 0)]),
            road_class=["track", "primary"],
        ),
        speeds_kmh=SPEEDS,
    )
    found = road_distance(network, Point(0, 0), Point(10_000, 0))

    assert found.km == 10
    assert found.dry_hours == 14 / 80


def test_parallel_roads_are_not_added_up() -> None:
    network = build_network(
        roads_of(LineString([(0, 0), (900, 0)]), LineString([(0, 0), (450, 600), (900, 0)])),
        speeds_kmh=SPEEDS,
    )

    assert road_distance(network, Point(0, 0), Point(900, 0)).km == 0.9


def test_points_at_one_place_are_no_distance_apart() -> None:
    assert road_distance(square(), Point(0, 1000), Point(0, 1000)).km == 0


def test_a_network_without_roads_has_no_distances() -> None:
    network = build_network(roads_of(), speeds_kmh=SPEEDS)

    assert road_distance(network, Point(0, 0), Point(1, 1)).reason.startswith("no road within")


def test_points_in_another_system_or_of_another_kind_are_refused() -> None:
    points = gpd.GeoDataFrame({"name": ["a"]}, geometry=[Point(0, 0)], crs=32638)
    with pytest.raises(CRSError, match=r"UTM zone 38N and the network in .*37N"):
        road_distances(square(), points)
    with pytest.raises(LayerError, match="no column 'town'"):
        road_distances(square(), points.set_crs(CRS, allow_override=True), name="town")
    lines = gpd.GeoDataFrame({"name": ["a"]}, geometry=[LineString([(0, 0), (1, 1)])], crs=CRS)
    with pytest.raises(LayerError, match="row 0: the geometry is no point"):
        road_distances(square(), lines)


ways = st.integers(0, 12).map(lambda n: 100.0 * n)
lattice_roads = st.lists(
    st.lists(st.tuples(ways, ways), min_size=2, max_size=4, unique=True).map(LineString),
    min_size=1,
    max_size=8,
)


@settings(max_examples=60, deadline=None)
@given(lattice_roads)
def test_distances_between_nodes_are_those_of_networkx(lines: list[LineString]) -> None:
    network = build_network(roads_of(*lines), speeds_kmh=SPEEDS)
    nodes = network.nodes_gdf().drop_duplicates(["x", "y"])
    # Points at a bridge could be put on either road: ask at the ends of roads only.
    table = road_distances(network, nodes.assign(name=nodes["node"]))
    expected = dict(nx.all_pairs_dijkstra_path_length(network.graph, weight="length_m"))
    over = shapely.STRtree(network.edges_gdf().geometry).query(
        nodes.geometry, predicate="dwithin", distance=0.001
    )[0]
    plain = {
        node
        for row, node in enumerate(nodes["node"])
        if (over == row).sum() == len(set(map(id, network.graph.edges(node, keys=True))))
    }
    for row in table.itertuples():
        one, other = row[1], row[2]
        if one in plain and other in plain:
            assert row.km == pytest.approx(expected[one].get(other, np.inf) / 1000)


# Vertices


def test_segments_are_no_longer_than_the_spacing_and_add_up() -> None:
    network = square()
    vertices = densify_edges(network, max_spacing_m=700)
    edges = network.edges_gdf()

    assert vertices.segment_length_m.max() <= 700
    added = np.bincount(vertices.segment_edge, vertices.segment_length_m)
    assert added == pytest.approx(edges["length_m"].to_numpy())
    assert vertices.edge_id == tuple(edges["id"])
    start, end = (vertices.vertex_xy[v] for v in (vertices.segment_from, vertices.segment_to))
    assert np.hypot(*(end - start).T) == pytest.approx(vertices.segment_length_m)


def test_a_vertex_is_on_a_node_or_in_an_edge() -> None:
    network = square()
    vertices = densify_edges(network, max_spacing_m=700)

    assert ((vertices.vertex_node >= 0) != (vertices.vertex_edge >= 0)).all()
    for node, vertex in vertices.node_vertex.items():
        data = network.graph.nodes[node]
        assert vertices.vertex_xy[vertex].tolist() == [data["x"], data["y"]]
        assert vertices.vertex_node[vertex] == node


def test_a_gate_has_a_vertex_on_each_side_and_nothing_else_joins_them() -> None:
    network = square(is_open=False)
    vertices = densify_edges(network, max_spacing_m=700)
    (gate,) = network.report.gates

    assert vertices.gate_node.tolist() == [gate.node]
    assert gate.node not in vertices.node_vertex
    assert vertices.gate_crossing_id == ("x",)
    assert vertices.gate_open.tolist() == [False]
    assert vertices.gate_share.tolist() == [1.0]
    sides = set()
    for vertex in (vertices.gate_from[0], vertices.gate_to[0]):
        assert vertices.vertex_xy[vertex].tolist() == [0, 0]
        assert vertices.vertex_on_border[vertex]
        at = (vertices.segment_from == vertex) | (vertices.segment_to == vertex)
        assert at.sum() == 1
        sides.add(
            float(
                np.sign(
                    vertices.vertex_xy[vertices.segment_from[at], 1]
                    + vertices.vertex_xy[vertices.segment_to[at], 1]
                )[0]
            )
        )
    assert sides == {-1.0, 1.0}


def test_segments_of_a_one_way_road_run_the_way_it_is_driven() -> None:
    network = build_network(
        roads_of(LineString([(0, 0), (1000, 0)]), oneway="-1"), speeds_kmh=SPEEDS
    )
    vertices = densify_edges(network, max_spacing_m=300)
    x = vertices.vertex_xy[:, 0]

    assert (x[vertices.segment_to] < x[vertices.segment_from]).all()
    assert vertices.edge_oneway.tolist() == [True]


def test_a_crossing_without_a_road_has_no_vertex() -> None:
    network = build_network(
        roads_of(LineString([(0, 500), (0, 900)])),
        borders=BORDER,
        crossings=crossing_at(70_000, 0, is_open=True),
        speeds_kmh=SPEEDS,
    )
    vertices = densify_edges(network, max_spacing_m=1000)

    assert len(vertices.vertex_xy) == 2
    assert len(vertices.gate_from) == 0


def test_a_network_without_roads_has_no_vertices() -> None:
    vertices = densify_edges(build_network(roads_of(), speeds_kmh=SPEEDS), max_spacing_m=100)

    assert vertices.vertex_xy.shape == (0, 2)
    assert vertices.segment_from.shape == (0,)


@pytest.mark.parametrize("spacing", [0, -1, np.nan])
def test_a_spacing_that_is_not_above_0_is_refused(spacing: float) -> None:
    with pytest.raises(ValueError, match="max_spacing_m is"):
        densify_edges(square(), max_spacing_m=spacing)


# Files


def assert_same(one: RoadNetwork, other: RoadNetwork) -> None:
    assert one.crs == other.crs
    assert one.report == other.report
    assert nx.utils.graphs_equal(one.graph, other.graph)
    pd.testing.assert_frame_equal(one.edges_gdf(), other.edges_gdf())
    pd.testing.assert_frame_equal(one.nodes_gdf(), other.nodes_gdf())


def test_a_saved_network_comes_back_the_same(tmp_path: Path) -> None:
    network = square(is_open=False)
    path = save_network(network, tmp_path / "roads.gpkg")

    assert_same(load_network(path), network)
    assert [file.name for file in tmp_path.iterdir()] == ["roads.gpkg"]


def test_coordinates_come_back_to_the_last_bit(tmp_path: Path) -> None:
    line = LineString([(1 / 3, np.pi * 1e6), (np.e * 1e5, 2**0.5)])
    network = build_network(roads_of(line), speeds_kmh=SPEEDS)
    again = load_network(save_network(network, tmp_path / "roads.gpkg"))

    assert again.edges_gdf().geometry[0].coords[:] == network.edges_gdf().geometry[0].coords[:]


def test_saving_replaces_a_file_and_an_empty_network_can_be_saved(tmp_path: Path) -> None:
    path = save_network(square(), tmp_path / "roads.gpkg")
    empty = build_network(roads_of(), speeds_kmh=SPEEDS)

    assert_same(load_network(save_network(empty, path)), empty)


def test_a_file_that_is_no_network_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match="there is no file"):
        load_network(tmp_path / "none.gpkg")
    other = tmp_path / "other.gpkg"
    roads_of(LineString([(0, 0), (1, 1)])).to_file(other, layer="edges")
    with pytest.raises(LayerError, match="has no layer 'nodes'"):
        load_network(other)
    crossing_at(0, 0, is_open=True).to_file(other, layer="nodes")
    with pytest.raises(LayerError, match="layer 'nodes': has no column 'node'"):
        load_network(other)


# Words


def test_the_report_is_json_and_comes_back() -> None:
    report = square().report

    assert NetworkReport.from_dict(json.loads(json.dumps(report.to_dict()))) == report


def test_the_report_says_what_was_found() -> None:
    said = square(is_open=False).report.sentences()

    assert said[0] == "5 road stretches and 8 nodes, 26.0 km in all."
    assert "It falls into 4 parts that no open road joins; " in said[1]
    assert "Road r0 through crossing x (closed), 100 m from its point." in said
    [cut] = [sentence for sentence in said if "Road r1 cut at border b, lon " in sentence]
    assert "(x 9000, y 0), 9,001 m from the nearest" in cut


def test_places_are_told_in_degrees_too() -> None:
    report = square().report
    to_lonlat = Transformer.from_crs(CRS, "EPSG:4326", always_xy=True).transform

    assert report.border_cuts
    assert report.gates
    for place in (*report.border_cuts, *report.gates):
        assert (place.lon, place.lat) == pytest.approx(to_lonlat(place.x, place.y), abs=1e-6)
    for (x, y), lonlat in zip(report.dangling_ends, report.dangling_ends_lonlat, strict=True):
        assert lonlat == pytest.approx(to_lonlat(x, y), abs=1e-6)


# The sample


@pytest.fixture(scope="module")
def sinjar() -> RoadNetwork:
    crs = choose_working_crs((40.5, 35.3, 43.5, 37.4)).crs
    roads, borders, crossings = (
        project(gpd.read_file(SAMPLE / file), to_crs=crs)
        for file in (
            "roads/roads.geojson",
            "boundaries/borders.geojson",
            "crossings/crossings.geojson",
        )
    )
    return build_network(
        roads,
        borders=borders,
        crossings=crossings,
        speeds_kmh={"primary": 80, "secondary": 60, "track": 25},
    )


def test_sinjar_to_mosul_is_about_123_km_by_road(sinjar: RoadNetwork) -> None:
    places = project(gpd.read_file(SAMPLE / "places/places.geojson"), to_crs=sinjar.crs)
    two = places[places["name"].isin(["Sinjar", "Mosul"])]
    table = road_distances(sinjar, two)

    assert table["km"].to_list() == pytest.approx([123, 123], abs=2)
    assert (table["reason"] == "").all()


def test_the_sample_has_a_gate_at_each_crossing_and_the_known_false_chords_are_cut(
    sinjar: RoadNetwork,
) -> None:
    assert {gate.crossing_id for gate in sinjar.report.gates} == {
        "rabia",
        "semalka",
        "tal-sufuq",
        "tawsin",
        "umm-al-jaris",
    }
    iraq_syria = {
        (cut.nearest_crossing_id, round(cut.distance_m or 0, -3))
        for cut in sinjar.report.border_cuts
        if cut.border_id.startswith("IRQ-SYR")
    }
    assert iraq_syria == {("rabia", 8000), ("semalka", 2000)}


def test_in_the_sample_the_gates_are_the_only_way_between_iraq_and_syria(
    sinjar: RoadNetwork,
) -> None:
    countries = project(
        gpd.read_file(SAMPLE / "boundaries/countries.geojson"), to_crs=sinjar.crs
    ).set_index("id")
    graph = sinjar.graph.copy()
    graph.remove_nodes_from([n for n, kind in graph.nodes(data="kind") if kind == "crossing"])
    iraq, syria = (countries.geometry[one].buffer(-200) for one in ("IRQ", "SYR"))
    for part in nx.connected_components(graph):
        points = [Point(graph.nodes[n]["x"], graph.nodes[n]["y"]) for n in part]
        assert not (any(map(iraq.contains, points)) and any(map(syria.contains, points)))
