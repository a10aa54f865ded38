"""Accumulated cost on a graph, against scipy and networkx."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from corridors.kernels.shortest import accumulated_cost, trace_back, transposed


def random_graph(seed: int, nodes: int = 60, arcs: int = 300) -> csr_array:
    rng = np.random.default_rng(seed)
    tails, heads = rng.integers(0, nodes, size=(2, arcs))
    _, first = np.unique(tails * nodes + heads, return_index=True)
    weights = rng.exponential(size=len(first)) + 1e-3
    return csr_array((weights, (tails[first], heads[first])), shape=(nodes, nodes))


def solve(graph: csr_array, sources: list[int]) -> tuple[np.ndarray, np.ndarray]:
    return accumulated_cost(
        graph.indptr.astype(np.int64),
        graph.indices.astype(np.int32),
        graph.data,
        np.array(sources, dtype=np.int64),
        np.zeros(len(sources)),
    )


@given(seed=st.integers(0, 10_000), count=st.integers(1, 4))
def test_costs_equal_scipy_from_several_sources(seed: int, count: int) -> None:
    graph = random_graph(seed)
    sources = list(range(count))
    cost, _ = solve(graph, sources)
    expected = dijkstra(graph, indices=sources, min_only=True)
    np.testing.assert_allclose(cost, expected, rtol=1e-12)


def test_the_path_traced_back_has_the_cost_that_was_accumulated() -> None:
    graph = random_graph(3)
    cost, back_arc = solve(graph, [0])
    tails = np.repeat(np.arange(60, dtype=np.int32), np.diff(graph.indptr))
    for node in np.flatnonzero(np.isfinite(cost)):
        arcs = trace_back(back_arc, tails, int(node))
        assert graph.data[arcs].sum() == pytest.approx(cost[node], rel=1e-12, abs=1e-15)
        if len(arcs):
            assert tails[arcs[0]] == 0
            assert graph.indices[arcs[-1]] == node


def test_a_run_on_the_turned_graph_gives_the_cost_to_the_source() -> None:
    graph = random_graph(5)
    indptr, indices, arc = transposed(graph.indptr.astype(np.int64), graph.indices.astype(np.int32))
    cost, _ = accumulated_cost(
        indptr, indices, graph.data[arc], np.array([7], dtype=np.int64), np.zeros(1)
    )
    digraph = nx.from_scipy_sparse_array(graph, create_using=nx.DiGraph)
    expected = nx.single_source_dijkstra_path_length(digraph.reverse(), 7)
    for node in range(60):
        assert cost[node] == pytest.approx(expected.get(node, np.inf), rel=1e-12)


def test_an_infinite_weight_is_never_passed() -> None:
    graph = csr_array(np.array([[0, np.inf, 0], [0, 0, 1.0], [0, 0, 0]]))
    cost, back_arc = solve(graph, [0])
    assert cost.tolist() == [0.0, np.inf, np.inf]
    assert back_arc.tolist() == [-1, -1, -1]


def test_start_costs_decide_which_source_is_nearest() -> None:
    line = csr_array(np.array([[0, 1.0, 0], [1.0, 0, 1.0], [0, 1.0, 0]]))
    cost, _ = accumulated_cost(
        line.indptr.astype(np.int64),
        line.indices.astype(np.int32),
        line.data,
        np.array([0, 2], dtype=np.int64),
        np.array([5.0, 0.0]),
    )
    assert cost.tolist() == [2.0, 1.0, 0.0]


KINDS = ["one range", "a million to one", "mostly free", "all free", "tiny", "far apart", "equal"]


def weights_of(kind: str, count: int, rng: np.random.Generator) -> np.ndarray:
    weights = rng.exponential(size=count) + 1e-3
    return {
        "one range": weights,
        "a million to one": weights * 10.0 ** rng.uniform(0, 6, count),
        "mostly free": np.where(rng.random(count) < 0.9, 0.0, weights),
        "all free": np.zeros(count),
        "tiny": weights * 1e-300,
        "far apart": np.where(rng.random(count) < 0.1, 1e12, weights),
        "equal": np.ones(count),
    }[kind]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("start", [0.0, 7.5, 1e9])
def test_costs_are_the_least_whatever_arcs_cost(kind: str, start: float) -> None:
    nodes, rng = 3000, np.random.default_rng(KINDS.index(kind))
    tails, heads = rng.integers(0, nodes, size=(2, 4 * nodes))
    order = np.argsort(tails, kind="stable")
    tails, heads = tails[order], heads[order].astype(np.int32)
    weights = weights_of(kind, len(heads), rng)
    indptr = np.searchsorted(tails, np.arange(nodes + 1))
    given = (indptr, heads, weights, np.array([11, 11, 500]), np.array([9 + start, start, start]))
    cost, back_arc = accumulated_cost(*given)
    assert cost[11] == cost[500] == start
    # The conditions that only least costs meet: no arc is a shortcut, and each has its arc.
    reached = np.isfinite(cost[tails])
    assert (cost[heads[reached]] <= cost[tails[reached]] + weights[reached]).all()
    held = np.flatnonzero(back_arc >= 0)
    arcs = back_arc[held]
    np.testing.assert_array_equal(cost[held], cost[tails[arcs]] + weights[arcs])
    for node in held[:: len(held) // 50]:
        path = trace_back(back_arc, tails.astype(np.int32), int(node))
        assert tails[path[0]] in (11, 500)
    targets = rng.permutation(np.flatnonzero(np.isfinite(cost)))[:5]
    some, some_arcs = accumulated_cost(*given, targets)
    np.testing.assert_array_equal(some[targets], cost[targets])
    for node in targets:
        path = trace_back(some_arcs, tails.astype(np.int32), int(node))
        assert weights[path].sum() + start == pytest.approx(cost[node], rel=1e-12)


def test_targets_end_the_work_early() -> None:
    count = 20_000
    heads = np.arange(1, count + 1, dtype=np.int32)
    indptr = np.append(np.arange(count), [count, count])
    cost, _ = accumulated_cost(
        indptr, heads, np.ones(count), np.array([0]), np.zeros(1), np.array([50, 100])
    )
    assert cost[100] == 100
    assert np.isinf(cost[200:]).all()


@pytest.mark.parametrize("weight", [0.0, 1.0])
def test_a_node_of_very_many_arcs_has_room(weight: float) -> None:
    count = 50_000
    indptr = np.concatenate([[0, count], np.full(count, count)])
    heads = np.arange(1, count + 1, dtype=np.int32)
    cost, _ = accumulated_cost(indptr, heads, np.full(count, weight), np.array([0]), np.zeros(1))
    assert (cost[1:] == weight).all()
