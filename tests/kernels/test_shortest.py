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
