"""Least perceived costs by the ring of buckets, against scipy on the explicit graph."""

from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from corridors.flow.layout import Layout
from corridors.flow.sections import road_sections
from corridors.kernels.perceived import DONE, OUT_OF_PATIENCE, RING, search, traced
from corridors.movement import ArcKind, MovementGraph
from tests.worlds import graph_of, grid_of, hours_of, least_costs, terrain_of, varied_world

FloatArray = NDArray[np.float64]
LongArray = NDArray[np.int64]
NONE = np.empty(0, np.float32)


class Beliefs(NamedTuple):
    """What is believed of every node, and of every section of road and the gates."""

    of_nodes: FloatArray
    of_sections: FloatArray


def beliefs(layout: Layout, sigma: float, seed: int = 0) -> Beliefs:
    rng = np.random.default_rng(seed)
    return Beliefs(
        np.exp(sigma * rng.normal(size=layout.graph.node_count)),
        np.append(np.exp(sigma * rng.normal(size=layout.section_count)), 1.0),
    )


def layout_of(graph: MovementGraph) -> Layout:
    return Layout(graph, road_sections(graph.edges))


def perceived(layout: Layout, hours: FloatArray, believed: Beliefs) -> FloatArray:
    """Return what each arc costs, written out: the kernel makes it as it goes."""
    graph = layout.graph
    sections = road_sections(graph.edges)
    factor = (believed.of_nodes[graph.tails] + believed.of_nodes[graph.heads]) / 2
    road = graph.kind == ArcKind.ROAD
    factor[road] = believed.of_sections[sections[graph.road_edge[road]]]
    factor[graph.kind == ArcKind.GATE] = 1.0
    return hours * factor


class Solved(NamedTuple):
    """What a search gave, by nodes of the graph."""

    status: int
    target: int
    cost: FloatArray
    back: NDArray[np.int32]


def solve(
    layout: Layout,
    hours: FloatArray,
    believed: Beliefs,
    starts: LongArray,
    *,
    ends: LongArray = np.empty(0, np.int64),  # noqa: B008 never changed
    start_costs: FloatArray | None = None,
    hazards: FloatArray | None = None,
    kappa: float = 0.0,
    width: float | None = None,
    patience: int = 10**9,
) -> Solved:
    weights = layout.weights(hours)
    hazard = None if hazards is None else layout.weights(hazards, absent=0.0)
    half = np.full(layout.node_count, np.nan, np.float32)
    inner = slice(layout.pad, layout.pad + layout.graph.node_count)
    half[inner] = believed.of_nodes / 2
    half[: layout.pad] = half[inner.stop :] = 1.0
    is_target = np.zeros(layout.node_count, np.uint8)
    is_target[ends + layout.pad] = 1
    cost, back = np.empty(layout.node_count), np.empty(layout.node_count, np.int32)
    usual = np.median(hours[np.isfinite(hours) & (hours > 0)])
    status, target = search(
        weights.slots,
        layout.offsets,
        layout.pad,
        layout.pad + layout.graph.grid.size,
        layout.indptr,
        layout.heads,
        weights.others,
        layout.sections,
        half,
        believed.of_sections.astype(np.float32),
        NONE if hazard is None else hazard.slots,
        NONE if hazard is None else hazard.others,
        kappa,
        starts + layout.pad,
        np.zeros(len(starts)) if start_costs is None else start_costs,
        is_target,
        0.1 * usual if width is None else width,
        max(layout.room, len(starts)),
        patience,
        cost,
        back,
    )
    if status == DONE:
        assert not np.isfinite(cost[: layout.pad]).any()
        assert not np.isfinite(cost[inner.stop :]).any()
    return Solved(status, target, cost[inner], back)


def assert_costs(found: FloatArray, expected: FloatArray) -> None:
    np.testing.assert_array_equal(np.isfinite(found), np.isfinite(expected))
    reached = np.isfinite(expected)
    # Hours and factors are in single precision.
    np.testing.assert_allclose(found[reached], expected[reached], rtol=1e-6, atol=1e-9)


def walkable_nodes(graph: MovementGraph, seed: int, count: int) -> LongArray:
    rng = np.random.default_rng(seed)
    return rng.choice(np.flatnonzero(graph.walkable.ravel()), count, replace=False)


@given(
    seed=st.integers(0, 19),
    neighbours=st.sampled_from([8, 16]),
    sigma=st.floats(0, 1.5),
    starts=st.integers(1, 4),
    width=st.sampled_from([0.001, 0.1, 1.0, 100.0]),
)
@settings(max_examples=60)
def test_all_costs_equal_scipy(
    seed: int, neighbours: int, sigma: float, starts: int, width: float
) -> None:
    graph = varied_world(seed, neighbours=neighbours)
    hours, layout = hours_of(graph)["on_foot"], layout_of(graph)
    believed = beliefs(layout, sigma, seed)
    sources = walkable_nodes(graph, seed, starts)
    usual = np.median(hours[np.isfinite(hours) & (hours > 0)])
    found = solve(layout, hours, believed, sources, width=width * usual)
    assert (found.status, found.target) == (DONE, -1)
    assert_costs(found.cost, least_costs(graph, perceived(layout, hours, believed), sources))


@given(seed=st.integers(0, 19), sigma=st.floats(0, 1.5), kappa=st.floats(0.01, 50))
@settings(max_examples=40)
def test_hazard_is_weighed_against_hours(seed: int, sigma: float, kappa: float) -> None:
    graph = varied_world(seed)
    hours, layout = hours_of(graph)["on_foot"], layout_of(graph)
    believed = beliefs(layout, sigma, seed)
    sources = walkable_nodes(graph, seed, 2)
    rng = np.random.default_rng(seed)
    hazards = rng.exponential(0.1, graph.arc_count) * (rng.random(graph.arc_count) < 0.3)
    found = solve(layout, hours, believed, sources, hazards=hazards, kappa=kappa)
    weights = perceived(layout, hours, believed) + kappa * hazards
    assert_costs(found.cost, least_costs(graph, weights, sources))


@given(seed=st.integers(0, 19), sigma=st.floats(0, 1.5), ends=st.integers(1, 5))
@settings(max_examples=60)
def test_the_target_is_the_nearest_and_its_path_costs_the_least(
    seed: int, sigma: float, ends: int
) -> None:
    graph = varied_world(seed)
    hours, layout = hours_of(graph)["on_foot"], layout_of(graph)
    believed = beliefs(layout, sigma, seed)
    picked = walkable_nodes(graph, seed, ends + 2)
    starts, targets = picked[:2], picked[2:]
    found = solve(layout, hours, believed, starts, ends=targets)
    weights = perceived(layout, hours, believed)
    expected = least_costs(graph, weights, starts)[targets]
    if not np.isfinite(expected).any():
        assert found.target == -1
        return
    end = found.target - layout.pad
    assert end in targets
    assert found.cost[end] == pytest.approx(expected.min(), rel=1e-6)
    nodes, codes = traced(found.back, layout.offsets, layout.tails, found.target)
    arcs = layout.arcs(nodes, codes)
    assert graph.tails[arcs[0]] in starts
    assert graph.heads[arcs[-1]] == end
    assert (graph.heads[arcs[:-1]] == graph.tails[arcs[1:]]).all()
    assert weights[arcs].sum() == pytest.approx(expected.min(), rel=1e-6)


@given(seed=st.integers(0, 19), first=st.floats(0, 3), second=st.floats(0, 3))
@settings(max_examples=30)
def test_sources_begin_at_their_costs(seed: int, first: float, second: float) -> None:
    graph = varied_world(seed)
    hours, layout = hours_of(graph)["on_foot"], layout_of(graph)
    believed = beliefs(layout, 0.5, seed)
    sources = walkable_nodes(graph, seed, 2)
    found = solve(layout, hours, believed, sources, start_costs=np.array([first, second]))
    weights = perceived(layout, hours, believed)
    expected = np.minimum(
        first + least_costs(graph, weights, sources[:1]),
        second + least_costs(graph, weights, sources[1:]),
    )
    assert_costs(found.cost, expected)


@pytest.mark.parametrize("delay_buckets", [RING - 2, RING - 1, RING, 3 * RING, 50 * RING + 7])
def test_a_delay_beyond_the_ring_of_buckets_is_waited_for(delay_buckets: int) -> None:
    graph = varied_world(4)
    hours, layout = hours_of(graph)["on_foot"].copy(), layout_of(graph)
    believed = beliefs(layout, 0.3)
    usual = float(np.median(hours[np.isfinite(hours) & (hours > 0)]))
    gates = graph.kind == ArcKind.GATE
    assert np.isfinite(hours[gates]).all()
    hours[gates] = delay_buckets * 0.1 * usual
    starts = walkable_nodes(graph, 1, 1)
    found = solve(layout, hours, believed, starts)
    assert found.status == DONE
    expected = least_costs(graph, perceived(layout, hours, believed), starts)
    assert np.isfinite(expected).sum() > graph.grid.size / 2  # both sides of the wall
    assert expected[np.isfinite(expected)].max() >= hours[gates].max()
    assert_costs(found.cost, expected)


def test_a_delay_of_ages_runs_out_of_patience_and_not_of_time() -> None:
    graph = varied_world(4)
    hours, layout = hours_of(graph)["on_foot"].copy(), layout_of(graph)
    hours[graph.kind == ArcKind.GATE] = 1e15
    found = solve(layout, hours, beliefs(layout, 0.0), walkable_nodes(graph, 1, 1), patience=10**6)
    assert found.status == OUT_OF_PATIENCE


def test_delays_of_all_sizes_on_the_ground() -> None:
    graph = graph_of(terrain_of(grid_of(8, 9)))
    rng = np.random.default_rng(2)
    hours = 10.0 ** rng.uniform(-3, 3, graph.arc_count)
    layout = layout_of(graph)
    believed = beliefs(layout, 1.0)
    starts = np.array([0])
    found = solve(layout, hours, believed, starts, width=0.01)
    assert found.status == DONE
    assert_costs(found.cost, least_costs(graph, perceived(layout, hours, believed), starts))


def test_constant_costs() -> None:
    graph = graph_of(terrain_of(grid_of(12, 9)))
    layout = layout_of(graph)
    hours = np.ones(graph.arc_count)
    found = solve(layout, hours, beliefs(layout, 0.0), np.array([0]))
    assert_costs(found.cost, least_costs(graph, hours, np.array([0])))
    assert found.cost[-1] == 7.0  # 11 rows and 8 columns, at most three in all a move


def test_gates_that_cost_nothing_are_passed() -> None:
    graph = varied_world(4)
    hours, layout = hours_of(graph)["on_foot"].copy(), layout_of(graph)
    gates = graph.kind == ArcKind.GATE
    assert gates.any()
    hours[gates] = 0.0
    believed = beliefs(layout, 0.5)
    starts = walkable_nodes(graph, 1, 1)
    found = solve(layout, hours, believed, starts)
    assert_costs(found.cost, least_costs(graph, perceived(layout, hours, believed), starts))
    tails, heads = graph.tails[gates], graph.heads[gates]
    met = np.isfinite(found.cost[tails])
    assert met.any()
    assert (found.cost[heads[met]] <= found.cost[tails[met]]).all()


@pytest.mark.parametrize("shape", [(1, 15), (15, 1), (2, 9), (9, 2), (1, 2), (3, 3)])
@pytest.mark.parametrize("neighbours", [8, 16])
def test_narrow_grids(shape: tuple[int, int], neighbours: int) -> None:
    graph = graph_of(terrain_of(grid_of(*shape)), neighbours=neighbours)
    layout = layout_of(graph)
    hours = hours_of(graph)["on_foot"]
    believed = beliefs(layout, 1.0)
    starts = np.array([0])
    found = solve(layout, hours, believed, starts)
    assert_costs(found.cost, least_costs(graph, perceived(layout, hours, believed), starts))
    assert np.isfinite(found.cost).all()


def test_a_start_that_leads_nowhere() -> None:
    heights = np.zeros((5, 5))
    heights[1:4, 1:4] = np.nan
    heights[2, 2] = 0.0
    graph = graph_of(terrain_of(grid_of(5, 5), heights))
    layout = layout_of(graph)
    found = solve(
        layout, hours_of(graph)["on_foot"], beliefs(layout, 0.0), np.array([12]), ends=np.array([0])
    )
    assert (found.status, found.target) == (DONE, -1)
    assert np.flatnonzero(np.isfinite(found.cost)).tolist() == [12]


def test_who_is_there_already_stays() -> None:
    graph = graph_of(terrain_of(grid_of(5, 5)))
    layout = layout_of(graph)
    found = solve(
        layout,
        hours_of(graph)["on_foot"],
        beliefs(layout, 0.0),
        np.array([12]),
        ends=np.array([3, 12]),
    )
    assert found.target == 12 + layout.pad
    nodes, codes = traced(found.back, layout.offsets, layout.tails, found.target)
    assert (nodes.tolist(), codes.tolist()) == ([12 + layout.pad], [])


def test_patience_ends() -> None:
    graph = varied_world(1)
    layout = layout_of(graph)
    found = solve(
        layout,
        hours_of(graph)["on_foot"],
        beliefs(layout, 0.5),
        walkable_nodes(graph, 1, 1),
        patience=5,
    )
    assert found.status == OUT_OF_PATIENCE
