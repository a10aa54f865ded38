"""Cutting a road in the data changes nothing for those who travel."""

import random
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.ops import substring

from corridors.layers import BarrierLines
from corridors.movement import ArcKind, MovementGraph, arc_hours, build_movement
from corridors.network import build_network, densify_edges
from tests.worlds import CRS, graph_of, grid_of, least_costs, lines, points, scenario_of, terrain_of

WALL = {"name": "wall", "file": "none", "delay_minutes": {"on_foot": "impassable"}}
Road = list[tuple[float, float]]
Worked = list[tuple[Road, list[int]]]

RING = [(300.0, 300.0), (1700.0, 350.0), (1650.0, 1600.0), (400.0, 1500.0), (300.0, 300.0)]


def rough(seed: int = 3) -> np.ndarray:
    """Return heights with slopes that change along a road."""
    return np.random.default_rng(seed).normal(0, 5, (20, 20)).cumsum(0)


def pieces_of(road: Road, thousandths: list[int]) -> list[Road]:
    """Return a road cut at thousandths of its length."""
    line = shapely.LineString(road)
    at = [0.0, *sorted({one / 1000 for one in thousandths}), 1.0]
    return [list(substring(line, a, b, normalized=True).coords) for a, b in pairwise(at)]


def joined(roads: gpd.GeoDataFrame, *, walled: bool = False) -> MovementGraph:
    """Return rough ground with roads that meet only where they touch, and perhaps a wall."""
    # A loose end moved to a road near it may not be moved to its own: there a cut does count.
    borders = lines([(-100.0, 1003.3), (2100.0, 996.1)], ids="border") if walled else lines()
    gates = points((730.0, 1000.9)) if walled else points()
    network = build_network(
        roads,
        borders=borders,
        crossings=gates,
        snap_tolerance_m=0.0,
        gate_tolerance_m=300.0,
        speeds_kmh={"primary": 60.0},
    )
    return build_movement(
        terrain_of(grid_of(), rough()),
        network,
        crossings=gates,
        borders=borders,
        barriers=[BarrierLines("wall", np.asarray(borders.geometry.array), stops_roads=True)],
    )


def least(graph: MovementGraph, starts: list[int]) -> np.ndarray:
    scenario = scenario_of(barriers=[WALL])
    hours = arc_hours(graph, scenario.profiles[0], scenario)
    return np.array([least_costs(graph, hours, np.array([start])) for start in starts])


def places(graph: MovementGraph) -> dict[tuple[float, float], list[int]]:
    """Return the nodes off the grid by their place, to a millimetre."""
    found: dict[tuple[float, float], list[int]] = {}
    for node in range(graph.grid.size, graph.node_count):
        found.setdefault((round(graph.x[node], 3), round(graph.y[node], 3)), []).append(node)
    return found


def assert_same_hours(whole: MovementGraph, cut: MovementGraph) -> None:
    """All cells, and all road nodes of the one graph that the other has too, are as far apart."""
    cells = list(range(whole.grid.size))
    there = places(cut)
    pairs = [
        (nodes[0], there[place][0])
        for place, nodes in places(whole).items()
        if len(nodes) == 1 and len(there.get(place, [])) == 1
    ]
    ours = cells + [one for one, _ in pairs]
    theirs = cells + [other for _, other in pairs]
    # Every vertex of the whole road is there still; a gate has two at one place.
    assert places(whole).keys() <= there.keys()
    picked = np.linspace(0, len(ours) - 1, 6).astype(int).tolist()
    expected = least(whole, [ours[at] for at in picked])[:, ours]
    found = least(cut, [theirs[at] for at in picked])[:, theirs]
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)


places_on_map = st.tuples(st.integers(20, 1980), st.integers(20, 1980)).map(
    lambda xy: (float(xy[0]), float(xy[1]))
)
cuts = st.lists(st.integers(1, 999), max_size=5)
roads = st.lists(
    st.tuples(st.lists(places_on_map, min_size=2, max_size=5, unique=True), cuts),
    min_size=1,
    max_size=3,
)


@settings(max_examples=30, deadline=None)
@given(worked=roads, order=st.randoms(use_true_random=False), walled=st.booleans())
def test_a_road_that_is_cut_anywhere_takes_as_long(
    worked: Worked, order: random.Random, *, walled: bool
) -> None:
    pieces = [piece for road, at in worked for piece in pieces_of(road, at)]
    pieces = [piece[::-1] if order.random() < 0.5 else piece for piece in pieces]
    order.shuffle(pieces)
    whole = joined(lines(*[road for road, _ in worked]), walled=walled)
    cut = joined(lines(*pieces), walled=walled)

    assert_same_hours(whole, cut)


@pytest.mark.parametrize("cut_at", [[1], [137, 512, 513, 874], [250, 999], []])
@pytest.mark.parametrize("begins", [0, 333, 700])
def test_a_ring_takes_as_long_wherever_it_begins(cut_at: list[int], begins: int) -> None:
    head, *tail = pieces_of(RING, [begins]) if begins else [RING]
    turned = [*tail[0], *head[1:]] if tail else head
    whole = joined(lines(RING))
    cut = joined(lines(*pieces_of(turned, cut_at)))

    assert_same_hours(whole, cut)


def one_way(*roads: Road) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"id": [f"r{at}" for at in range(len(roads))], "road_class": "primary", "oneway": "yes"},
        geometry=[shapely.LineString(road) for road in roads],
        crs=CRS,
    )


def test_a_one_way_road_that_is_cut_is_joined_again_only_where_both_parts_go_on() -> None:
    here, middle, there = (0.0, 50.0), (430.0, 50.0), (1000.0, 50.0)
    speeds = {"primary": 60.0}
    on = densify_edges(
        build_network(one_way([here, middle], [middle, there]), speeds_kmh=speeds),
        max_spacing_m=300,
    )
    against = densify_edges(
        build_network(one_way([here, middle], [there, middle]), speeds_kmh=speeds),
        max_spacing_m=300,
    )

    assert sorted(on.vertex_xy[:, 0]) == pytest.approx([0, 250, 430, 500, 750, 1000])
    assert on.vertex_xy[on.between_vertex].tolist() == [[430.0, 50.0]]
    assert on.between_share == pytest.approx([180 / 250])
    assert sorted(on.vertex_xy[:, 0]) != sorted(against.vertex_xy[:, 0])
    assert len(against.between_vertex) == 0


def test_roads_of_two_kinds_meet_at_a_vertex_that_the_ground_reaches() -> None:
    here, middle, there = (50.0, 1050.0), (433.0, 1050.0), (1050.0, 1050.0)
    roads = lines([here, middle], [middle, there])
    same = graph_of(terrain_of(grid_of()), roads=roads)
    other = graph_of(terrain_of(grid_of()), roads=roads.assign(speed_kmh=[60.0, 30.0]))

    for graph, reached in ((same, False), (other, True)):
        (node,) = places(graph)[middle]
        left = graph.kind[graph.indptr[node] : graph.indptr[node + 1]]
        assert (left == ArcKind.ACCESS).any() == reached
        assert (left == ArcKind.ROAD).sum() == 2


def test_a_bend_of_many_small_turns_keeps_its_corners() -> None:
    angle = np.linspace(0, np.pi / 2, 20_000)
    bend = np.column_stack([1000 * np.cos(angle), 1000 * np.sin(angle)])
    vertices = densify_edges(
        build_network(lines([tuple(xy) for xy in bend.tolist()]), speeds_kmh={"primary": 60.0}),
        max_spacing_m=100,
    )

    assert len(vertices.vertex_xy) == len(bend)
    assert vertices.segment_length_m.sum() == pytest.approx(500 * np.pi, rel=1e-6)


def test_a_barrier_beside_the_end_of_a_road_counts_the_same_where_the_road_is_cut() -> None:
    border = lines([(-100.0, 1000.0), (2100.0, 1000.0)], ids="border")
    river = {"river": np.asarray(lines([(-100.0, 960.0), (2100.0, 960.0)]).geometry.array)}
    terrain = terrain_of(grid_of(), rough())
    cuts = []
    for roads in (
        lines([(730.0, 310.0), (730.0, 1500.0)]),
        lines([(730.0, 310.0), (730.0, 980.0)], [(730.0, 980.0), (730.0, 1500.0)]),
        lines([(730.0, 310.0), (730.0, 940.0)], [(730.0, 940.0), (730.0, 1500.0)]),
    ):
        graph = graph_of(terrain, roads=roads, borders=border, barriers=river)
        arcs = graph.cuts[0].arcs
        cuts.append(int((graph.kind[arcs] == ArcKind.ROAD).sum()))
    assert cuts == [cuts[0]] * 3
