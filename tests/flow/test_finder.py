"""Each traveller's path is the least of what it believes, against scipy on the explicit graph."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from corridors.flow.finder import PathFinder
from corridors.kernels.shortest import transposed
from corridors.movement import ArcKind, MovementGraph
from tests.worlds import (
    graph_of,
    grid_of,
    hours_of,
    least_costs,
    lines,
    points,
    terrain_of,
    varied_world,
)

FloatArray = NDArray[np.float64]
LongArray = NDArray[np.int64]
seeds = st.integers(0, 19)


def finder_of(graph: MovementGraph) -> PathFinder:
    return PathFinder(graph, hours_of(graph), length_m=400.0, road_ratio=0.5)


def places(graph: MovementGraph, seed: int, count: int) -> LongArray:
    rng = np.random.default_rng(seed)
    return rng.choice(np.flatnonzero(graph.walkable.ravel()), count, replace=False)


def assert_path(
    graph: MovementGraph, arcs: LongArray, starts: LongArray, ends: LongArray, end: int
) -> None:
    assert graph.tails[arcs[0]] in starts
    assert graph.heads[arcs[-1]] == end
    assert end in ends
    assert (graph.heads[arcs[:-1]] == graph.tails[arcs[1:]]).all()


@given(
    seed=seeds,
    key=st.integers(0, 2**64 - 1),
    sigma=st.floats(0, 1.5),
    neighbours=st.sampled_from([8, 16]),
    starts=st.integers(1, 3),
    ends=st.integers(1, 3),
)
@settings(max_examples=80)
def test_the_path_costs_the_least_of_what_is_believed(
    seed: int, key: int, sigma: float, neighbours: int, starts: int, ends: int
) -> None:
    graph = varied_world(seed, neighbours=neighbours)
    finder = finder_of(graph)
    at = places(graph, seed, starts + ends)
    origin, destination = at[:starts], at[starts:]
    believed = {"sigma": sigma, "key": np.uint64(key)}
    weights = finder.perceived_hours("on_foot", **believed)  # type: ignore[arg-type]
    expected = least_costs(graph, weights, origin)[destination].min()
    for patience in (finder.patience, 0):  # by buckets, and by the heap
        finder.patience = patience
        path = finder.find("on_foot", origin, destination, **believed)  # type: ignore[arg-type]
        if path is None:
            assert np.isinf(expected)
        else:
            assert_path(graph, path.arcs, origin, destination, path.end)
            assert weights[path.arcs].sum() == pytest.approx(expected, rel=1e-6)


@given(seed=seeds, kappa=st.floats(0.01, 20), sigma=st.floats(0, 1))
@settings(max_examples=40)
def test_the_path_weighs_hazard(seed: int, kappa: float, sigma: float) -> None:
    graph = varied_world(seed)
    rng = np.random.default_rng(seed)
    hazard = rng.exponential(0.2, graph.arc_count) * (rng.random(graph.arc_count) < 0.4)
    finder = finder_of(graph)
    known = finder.layout.weights(hazard, absent=0.0)
    at = places(graph, seed, 2)
    believed = {"sigma": sigma, "key": np.uint64(seed)}
    weights = finder.perceived_hours("on_foot", **believed)  # type: ignore[arg-type]
    weights = weights + kappa * hazard
    expected = least_costs(graph, weights, at[:1])[at[1]]
    for patience in (finder.patience, 0):
        finder.patience = patience
        path = finder.find("on_foot", at[:1], at[1:], kappa=kappa, hazard=known, **believed)  # type: ignore[arg-type]
        if path is None:
            assert np.isinf(expected)
        else:
            assert weights[path.arcs].sum() == pytest.approx(expected, rel=1e-6)


@given(seed=seeds)
@settings(max_examples=15)
def test_without_error_the_path_is_the_least_in_true_hours(seed: int) -> None:
    graph = varied_world(seed)
    finder = finder_of(graph)
    at = places(graph, seed, 2)
    hours = finder.hours["on_foot"]
    expected = least_costs(graph, hours, at[:1])[at[1]]
    path = finder.find("on_foot", at[:1], at[1:], sigma=0.0, key=np.uint64(7))
    if path is not None:
        assert hours[path.arcs].sum() == pytest.approx(expected, rel=1e-6)
    assert (path is None) == np.isinf(expected)


def test_a_factor_is_the_mean_of_the_two_ends_on_the_ground_and_one_along_a_section() -> None:
    graph = varied_world(4)
    finder = finder_of(graph)
    hours = finder.hours["on_foot"]
    weights = finder.perceived_hours("on_foot", sigma=0.6, key=np.uint64(5))
    passable = np.isfinite(hours) & (hours > 0)
    factor = np.full(graph.arc_count, np.nan)
    factor[passable] = weights[passable] / hours[passable]
    there_and_back = {
        (int(t), int(h)): f
        for t, h, f in zip(graph.tails, graph.heads, factor, strict=True)
        if np.isfinite(f)
    }
    for (tail, head), value in there_and_back.items():
        if (head, tail) in there_and_back:
            assert there_and_back[head, tail] == pytest.approx(value, rel=1e-6)
    for edge in np.unique(graph.road_edge[graph.road_edge >= 0]):
        of_edge = factor[(graph.road_edge == edge) & passable]
        assert len(of_edge) == 0 or np.ptp(of_edge) < 1e-6
    gates = (graph.kind == ArcKind.GATE) & np.isfinite(hours)
    np.testing.assert_array_equal(weights[gates], hours[gates].astype(np.float32))


@given(seed=seeds, sigma=st.floats(0, 1.5))
@settings(max_examples=25)
def test_with_all_arcs_turned_the_way_back_costs_the_same(seed: int, sigma: float) -> None:
    graph = varied_world(seed)
    indptr, heads, arc = transposed(graph.indptr, graph.heads)
    turned = replace(
        graph,
        indptr=indptr,
        heads=heads,
        tails=graph.heads[arc],
        kind=graph.kind[arc],
        road_edge=graph.road_edge[arc],
        crossing=graph.crossing[arc],
        length_m=graph.length_m[arc],
        rise_m=-graph.rise_m[arc],
        delay_share=graph.delay_share[arc],
        cuts=(),
    )
    hours = hours_of(graph)["on_foot"]
    one = PathFinder(graph, {"p": hours}, length_m=400.0, road_ratio=0.5)
    other = PathFinder(turned, {"p": hours[arc]}, length_m=400.0, road_ratio=0.5)
    start, end = places(graph, seed, 2)[:, None]
    key = np.uint64(seed)
    forth = one.find("p", start, end, sigma=sigma, key=key)
    back = other.find("p", end, start, sigma=sigma, key=key)
    assert (forth is None) == (back is None)
    if forth is not None and back is not None:
        believed = one.perceived_hours("p", sigma=sigma, key=key)
        assert believed[arc[back.arcs]].sum() == pytest.approx(believed[forth.arcs].sum(), rel=1e-6)


ROADS = [
    [(150.0, 150.0), (950.0, 350.0), (1850.0, 250.0)],
    [(150.0, 150.0), (450.0, 1250.0), (1850.0, 1750.0)],
    [(450.0, 1250.0), (1250.0, 950.0), (1850.0, 250.0)],
]


def hours_of_path(roads: list[list[tuple[float, float]]], key: int) -> tuple[float, float]:
    """Return believed and true hours of a path over a world with these roads."""
    graph = graph_of(terrain_of(grid_of()), roads=lines(*roads))
    finder = finder_of(graph)
    path = finder.find(
        "on_foot", np.array([17 * 20 + 2]), np.array([18]), sigma=0.8, key=np.uint64(key)
    )
    assert path is not None
    believed = finder.perceived_hours("on_foot", sigma=0.8, key=np.uint64(key))
    return believed[path.arcs].sum(), finder.hours["on_foot"][path.arcs].sum()


@pytest.mark.parametrize("key", range(6))
def test_how_roads_are_numbered_drawn_and_cut_changes_nothing(key: int) -> None:
    as_drawn = hours_of_path(ROADS, key)
    shuffled = [ROADS[2], ROADS[0], ROADS[1]]
    flipped = [ROADS[0][::-1], ROADS[1], ROADS[2][::-1]]
    cut = [ROADS[0][:2], ROADS[0][1:], *ROADS[1:]]
    for other in (shuffled, flipped, cut):
        np.testing.assert_allclose(hours_of_path(other, key), as_drawn, rtol=1e-9)


def test_a_closed_gate_is_never_passed() -> None:
    wall = lines([(0.0, 1003.0), (2000.0, 1003.0)])
    gates = points((400.0, 1003.0), (1600.0, 1003.0), open=[False, True])
    graph = graph_of(terrain_of(grid_of()), borders=wall, crossings=gates)
    finder = finder_of(graph)
    for key in range(20):
        path = finder.find(
            "on_foot", np.array([4]), np.array([19 * 20 + 4]), sigma=1.0, key=np.uint64(key)
        )
        assert path is not None
        passed = graph.crossing[path.arcs]
        assert set(passed[passed >= 0]) == {1}


def test_no_way_is_none() -> None:
    wall = lines([(0.0, 1003.0), (2000.0, 1003.0)])
    graph = graph_of(terrain_of(grid_of()), borders=wall)
    finder = finder_of(graph)
    for patience in (finder.patience, 0):
        finder.patience = patience
        assert finder.find("on_foot", np.array([4]), np.array([384, 385])) is None


def test_a_world_of_roads_only() -> None:
    heights = np.full((20, 20), np.nan)
    graph = graph_of(terrain_of(grid_of(), heights), roads=lines(*ROADS))
    finder = PathFinder(
        graph,
        {"p": np.where(graph.kind == ArcKind.ROAD, 1.0, np.inf)},
        length_m=400.0,
        road_ratio=0.5,
    )
    nodes = np.unique(graph.tails[graph.kind == ArcKind.ROAD]).astype(np.int64)
    path = finder.find("p", nodes[:1], nodes[-1:], sigma=0.5, key=np.uint64(1))
    assert path is not None
    assert_path(graph, path.arcs, nodes[:1], nodes[-1:], int(nodes[-1]))


def test_those_who_err_greatly_are_found_by_buckets_too(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = graph_of(terrain_of(grid_of(150, 150)))
    finder = PathFinder(graph, hours_of(graph), length_m=1000.0, road_ratio=0.5)
    monkeypatch.delattr(PathFinder, "_on_arcs")
    start, end = np.array([30 * 150 + 30]), np.array([120 * 150 + 120])
    for key in range(3):
        for sigma in (0.0, 0.5, 1.5, 3.0):
            assert finder.find("on_foot", start, end, sigma=sigma, key=np.uint64(key)) is not None
