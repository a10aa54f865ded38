"""Roads are joined where they meet, and only there."""

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, MultiLineString, Point

from corridors.errors import CRSError, LayerError
from corridors.network import RoadNetwork, build_network

CRS = "EPSG:32637"


def roads_of(*lines: shapely.Geometry, **columns: object) -> gpd.GeoDataFrame:
    ids = [f"r{number}" for number in range(len(lines))]
    given = {"id": ids, "road_class": "track"} | columns
    return gpd.GeoDataFrame(given, geometry=list(lines), crs=CRS)


def build(roads: gpd.GeoDataFrame, *, snap_tolerance_m: float = 30.0) -> RoadNetwork:
    return build_network(
        roads, snap_tolerance_m=snap_tolerance_m, speeds_kmh={"track": 20, "primary": 80}
    )


def places(network: RoadNetwork) -> dict[tuple[float, float], str]:
    nodes = network.nodes_gdf()
    return dict(zip(zip(nodes["x"], nodes["y"], strict=True), nodes["kind"], strict=True))


def test_one_road_is_two_ends_and_an_edge() -> None:
    network = build(roads_of(LineString([(0, 0), (3000, 4000)])))

    assert places(network) == {(0, 0): "end", (3000, 4000): "end"}
    (edge,) = [data for *_, data in network.graph.edges(data=True)]
    assert edge["id"] == "r0/0"
    assert edge["length_m"] == 5000
    assert edge["speed_kmh"] == 20
    assert edge["hours"] == 0.25
    assert (edge["open"], edge["crosses_gate"], edge["oneway"]) == (True, False, False)
    assert network.report.dangling_ends == ((0, 0), (3000, 4000))


def test_the_length_is_that_of_the_geometry() -> None:
    bent = LineString([(0, 0), (300, 400), (600, 0)])
    (length,) = build(roads_of(bent)).edges_gdf()["length_m"]

    assert length == 1000


def test_ends_that_touch_are_one_junction() -> None:
    network = build(roads_of(LineString([(0, 0), (100, 0)]), LineString([(100, 0), (200, 0)])))

    assert places(network) == {(0, 0): "end", (100, 0): "junction", (200, 0): "end"}
    assert network.report.snapped_ends == 0


def test_loose_ends_within_the_tolerance_meet_in_the_middle() -> None:
    network = build(roads_of(LineString([(0, 0), (100, 0)]), LineString([(120, 0), (220, 0)])))

    assert places(network) == {(0, 0): "end", (110, 0): "junction", (220, 0): "end"}
    assert network.report.snapped_ends == 2
    assert network.report.greatest_move_m == 10
    assert network.report.length_km == 0.22


def test_ends_farther_apart_than_the_tolerance_stay_apart() -> None:
    network = build(roads_of(LineString([(0, 0), (100, 0)]), LineString([(131, 0), (220, 0)])))

    assert len(network.components) == 2


def test_a_loose_end_goes_to_a_junction_which_does_not_move() -> None:
    network = build(
        roads_of(
            LineString([(0, 0), (100, 0)]),
            LineString([(100, 0), (200, 0)]),
            LineString([(110, 10), (110, 500)]),
        )
    )

    assert places(network)[100, 0] == "junction"
    assert len(network.components) == 1


def test_gatherings_do_not_grow_in_chains() -> None:
    # Five roads from the north end 20 m apart: none is moved farther than the tolerance.
    network = build(roads_of(*[LineString([(x, 0), (x, 900)]) for x in range(0, 100, 20)]))

    assert network.report.greatest_move_m <= 30
    assert len(network.components) == 3


def test_an_end_on_the_middle_of_a_road_splits_it() -> None:
    network = build(roads_of(LineString([(0, 0), (100, 0)]), LineString([(40, 0), (40, 70)])))

    assert sorted(network.edges_gdf()["length_m"]) == [40, 60, 70]
    assert network.report.snapped_ends == 0


@pytest.mark.parametrize("gap", [10, -10])
def test_an_end_short_of_a_road_or_past_it_is_moved_onto_it(gap: float) -> None:
    network = build(roads_of(LineString([(0, 0), (1000, 0)]), LineString([(400, gap), (400, 700)])))

    assert sorted(network.edges_gdf()["length_m"]) == [400, 600, 700]
    assert network.report.snapped_ends == 1
    assert network.report.greatest_move_m == 10


def test_side_streets_on_both_sides_each_meet_the_road_between_them() -> None:
    # Their ends are nearer than the tolerance to each other, but the road is nearer still.
    network = build(
        roads_of(
            LineString([(0, 0), (1000, 0)]),
            LineString([(400, 4), (400, 700)]),
            LineString([(400, -4), (400, -700)]),
        )
    )

    assert network.graph.degree(list(places(network)).index((400, 0))) == 4
    assert len(network.components) == 1


def test_roads_that_cross_between_their_vertices_are_not_joined() -> None:
    bridge = roads_of(LineString([(0, 0), (100, 0)]), LineString([(50, -50), (50, 50)]))

    assert len(build(bridge).components) == 2


def test_a_bridge_whose_ends_meet_other_roads_is_not_joined_to_the_road_below() -> None:
    network = build(
        roads_of(
            LineString([(0, 0), (1000, 0)]),
            LineString([(500, -900), (500, -15)]),
            LineString([(500, -15), (500, 15)]),
            LineString([(500, 15), (500, 900)]),
        )
    )

    assert len(network.components) == 2


def test_a_shared_vertex_is_a_junction() -> None:
    crossing = roads_of(
        LineString([(0, 0), (50, 0), (100, 0)]), LineString([(50, -50), (50, 0), (50, 50)])
    )
    network = build(crossing)

    assert len(network.graph.edges) == 4
    assert places(network)[50, 0] == "junction"


def test_a_short_spur_is_not_folded_back() -> None:
    network = build(roads_of(LineString([(0, 0), (1000, 0)]), LineString([(400, 0), (410, 12)])))

    assert places(network)[410, 12] == "end"
    assert network.report.snapped_ends == 0


def test_a_ring_with_a_small_gap_is_closed_and_kept_as_a_loop() -> None:
    ring = LineString([(0, 0), (500, 0), (500, 500), (0, 500), (0, 10)])
    network = build(roads_of(ring))

    assert len(network.graph.nodes) == 1
    assert nx.number_of_selfloops(network.graph) == 1
    assert network.edges_gdf()["length_m"][0] > 1900


def test_a_loop_with_a_shared_start_and_end_is_kept() -> None:
    network = build(roads_of(LineString([(0, 0), (100, 0), (100, 100), (0, 0)])))

    assert nx.number_of_selfloops(network.graph) == 1


def test_a_figure_of_eight_is_split_where_it_meets_itself() -> None:
    eight = LineString([(-100, 0), (0, 0), (100, 100), (100, -100), (0, 0), (-100, -100)])

    assert len(build(roads_of(eight)).graph.edges) == 3


def test_duplicates_are_dropped_in_either_direction_and_the_faster_is_kept() -> None:
    line = LineString([(0, 0), (50, 10), (100, 0)])
    network = build(roads_of(line, line, line.reverse(), road_class=["track", "primary", "track"]))

    assert network.report.dropped_duplicates == 2
    assert network.edges_gdf()["road_class"].tolist() == ["primary"]


def test_a_stretch_that_two_roads_share_is_there_once() -> None:
    network = build(
        roads_of(
            LineString([(0, 0), (100, 0), (200, 0), (300, 100)]),
            LineString([(0, 50), (100, 0), (200, 0), (300, -100)]),
        )
    )

    assert network.report.dropped_duplicates == 1
    assert len(network.graph.edges) == 5


def test_one_way_roads_in_opposite_directions_are_two_roads() -> None:
    line = LineString([(0, 0), (100, 0)])

    assert len(build(roads_of(line, line.reverse(), oneway="yes")).graph.edges) == 2
    assert len(build(roads_of(line, line, oneway=["yes", "-1"])).graph.edges) == 2
    assert len(build(roads_of(line, line.reverse(), oneway=["yes", "-1"])).graph.edges) == 1


def test_the_geometry_of_a_one_way_road_runs_the_way_it_is_driven() -> None:
    edges = build(roads_of(LineString([(0, 0), (100, 0)]), oneway="-1")).edges_gdf()

    assert edges.geometry[0].coords[0] == (100, 0)
    assert bool(edges["oneway"][0])


def test_a_line_without_length_is_dropped_and_counted() -> None:
    network = build(roads_of(LineString([(0, 0), (100, 0)]), LineString([(5, 5), (5, 5)])))

    assert network.report.dropped_zero_length == 1
    assert len(network.graph.edges) == 1


def test_multilines_are_taken_apart() -> None:
    network = build(roads_of(MultiLineString([[(0, 0), (100, 0)], [(500, 0), (600, 0)]])))

    assert network.edges_gdf()["id"].tolist() == ["r0/0", "r0/1"]


def test_heights_are_left_out() -> None:
    network = build(roads_of(LineString([(0, 0, 5), (30, 40, 900)])))

    assert network.edges_gdf()["length_m"].tolist() == [50]


def test_a_speed_of_its_own_goes_before_that_of_the_class() -> None:
    lines = LineString([(0, 0), (100, 0)]), LineString([(0, 500), (100, 500)])
    network = build(roads_of(*lines, speed_kmh=[50.0, np.nan]))

    assert network.edges_gdf()["speed_kmh"].tolist() == [50, 20]


def test_a_class_without_a_speed_is_refused_unless_there_is_a_default() -> None:
    roads = roads_of(LineString([(0, 0), (100, 0)]), road_class="goat")

    with pytest.raises(LayerError, match="row 0: there is no speed for class goat"):
        build(roads)
    network = build_network(roads, speeds_kmh={}, default_speed_kmh=4)
    assert network.edges_gdf()["speed_kmh"].tolist() == [4]


def test_a_network_without_roads_holds_the_crossings() -> None:
    crossing = gpd.GeoDataFrame({"id": ["x"]}, geometry=[Point(1, 2)], crs=CRS)
    network = build_network(roads_of(), crossings=crossing, speeds_kmh={})

    assert places(network) == {(1, 2): "crossing"}
    assert network.report.crossings_without_road == ("x",)
    assert network.components == ()


def test_the_input_is_not_changed() -> None:
    roads = roads_of(LineString([(0, 0), (100, 0)]), LineString([(120, 0), (220, 0)]))
    before = roads.copy()
    build(roads)

    assert roads.equals(before)


LINE = LineString([(0, 0), (100, 0)])


@pytest.mark.parametrize(
    ("roads", "message"),
    [
        (roads_of(LINE).drop(columns="id"), "no column 'id'"),
        (roads_of(LINE).drop(columns="road_class"), "no column 'road_class'"),
        (roads_of(LINE, LINE, id=["a", "a"]), "rows 0 and 1: the id 'a' is there twice"),
        (roads_of(LINE, LINE, id=["a", None]), "row 1: the id is missing"),
        (roads_of(LINE, Point(0, 0)), "row 1: the geometry is no line"),
        (roads_of(LINE, LineString()), "row 1: there is no geometry"),
        (roads_of(LINE, None), "row 1: there is no geometry"),
        (roads_of(LINE, LineString([(0, 0), (np.inf, 1)])), "row 1: a coordinate is not a number"),
        (roads_of(LINE, oneway="perhaps"), "row 0: oneway is 'perhaps'"),
        (roads_of(LINE, speed_kmh=-3.0), "row 0: the speed is not above 0"),
        (roads_of(LINE, joined="no"), "row 0: joined is neither true nor false"),
    ],
)
def test_a_layer_that_cannot_be_used_is_refused_by_row(
    roads: gpd.GeoDataFrame, message: str
) -> None:
    with pytest.raises(LayerError, match=message):
        build(roads)


def test_degrees_and_mixed_systems_are_refused() -> None:
    roads = roads_of(LINE)
    with pytest.raises(CRSError, match="in degrees"):
        build(roads.to_crs(4326))
    with pytest.raises(CRSError, match="no coordinate reference system"):
        build(roads.set_crs(None, allow_override=True))
    with pytest.raises(CRSError, match="borders layer is in WGS 84 / UTM zone 38N"):
        build_network(roads, borders=roads.to_crs(32638), speeds_kmh={"track": 20})


def test_a_negative_tolerance_is_refused() -> None:
    with pytest.raises(ValueError, match="snap_tolerance_m is -1"):
        build(roads_of(LINE), snap_tolerance_m=-1)


steps = st.integers(0, 30).map(lambda n: 10.0 * n)
paths = st.lists(st.tuples(steps, steps), min_size=2, max_size=5, unique=True).map(LineString)


@settings(max_examples=200, deadline=None)
@given(st.lists(paths, min_size=1, max_size=10), st.sampled_from([0.0, 15.0, 40.0]))
def test_no_end_is_moved_farther_than_the_tolerance_and_the_graph_is_sound(
    lines: list[LineString], tolerance_m: float
) -> None:
    network = build(roads_of(*lines), snap_tolerance_m=tolerance_m)

    assert network.report.greatest_move_m <= tolerance_m
    for one, other, data in network.graph.edges(data=True):
        assert {one, other} == {data["from_node"], data["to_node"]}
        start, end = (network.graph.nodes[data[key]] for key in ("from_node", "to_node"))
        assert data["geometry"].coords[0] == (start["x"], start["y"])
        assert data["geometry"].coords[-1] == (end["x"], end["y"])
        assert data["length_m"] == data["geometry"].length > 0
    assert len({data["id"] for *_, data in network.graph.edges(data=True)}) == len(
        network.graph.edges
    )
    if tolerance_m == 0:
        whole = shapely.union_all(lines)
        assert shapely.union_all(network.edges_gdf().geometry).hausdorff_distance(whole) < 0.002
