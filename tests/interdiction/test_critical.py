"""Critical nodes and flow betweenness, beside every removal tried and networkx."""

import itertools

import networkx as nx
import numpy as np
import pytest

from corridors.errors import InputError
from corridors.interdiction import (
    Candidates,
    Pairs,
    connected_pairs,
    critical_nodes,
    flow_betweenness,
)


def pairs_left(net: nx.Graph, removed: tuple[int, ...]) -> int:
    left = net.subgraph(set(net) - set(removed))
    return sum(len(part) * (len(part) - 1) // 2 for part in nx.connected_components(left))


@pytest.mark.parametrize("seed", range(30))
def test_the_best_removal_is_found(seed: int) -> None:
    rng = np.random.default_rng(seed)
    nodes = int(rng.integers(4, 13))
    net = nx.gnm_random_graph(nodes, int(rng.integers(nodes - 1, 2 * nodes)), seed=seed)
    k = int(rng.integers(1, 4))
    edges = np.array(net.edges)
    best = min(pairs_left(net, some) for some in itertools.combinations(range(nodes), k))
    plan = critical_nodes(nodes, edges, Candidates(nodes, budget=k))
    assert plan.status == "proven optimal"
    assert plan.after == pytest.approx(best, abs=1e-9)
    assert connected_pairs(nodes, edges, plan.chosen) == best
    quick = critical_nodes(nodes, edges, Candidates(nodes, budget=k), method="greedy")
    assert quick.after >= best
    assert np.isnan(quick.bound) or quick.bound <= best
    if quick.status == "proven optimal":
        assert quick.after == best


def test_the_centre_of_a_star_and_the_middle_of_a_line() -> None:
    star = [[0, n] for n in range(1, 8)]
    assert critical_nodes(8, star, Candidates(8, budget=1), method="greedy").after == 0
    line = [[n, n + 1] for n in range(6)]
    plan = critical_nodes(7, line, Candidates(7, budget=1))
    assert plan.chosen.tolist() == [3]
    assert plan.after == 6


def test_networks_with_nothing_to_break_are_refused() -> None:
    with pytest.raises(InputError, match="nothing to break"):
        critical_nodes(3, [], Candidates(3, budget=1))
    with pytest.raises(InputError, match="outside 0 to 2"):
        critical_nodes(3, [[0, 3]], Candidates(3, budget=1))
    with pytest.raises(InputError, match="2 candidates for 3 nodes"):
        critical_nodes(3, [[0, 1]], Candidates(2, budget=1))


@pytest.mark.parametrize("seed", range(8))
def test_betweenness_of_all_pairs_is_that_of_networkx(seed: int) -> None:
    rng = np.random.default_rng(seed)
    net = nx.gnp_random_graph(12, 0.25, seed=seed, directed=True)
    for _, _, data in net.edges(data=True):
        data["length"] = int(rng.integers(1, 4))
    tails, heads = np.array(net.edges).T
    lengths = [data["length"] for _, _, data in net.edges(data=True)]
    every = np.array(list(itertools.permutations(range(12), 2)))
    found = flow_betweenness(
        12, tails, heads, lengths, Pairs.of(every[:, 0], every[:, 1], np.ones(len(every)))
    )
    truth = nx.betweenness_centrality(net, normalized=False, weight="length")
    assert found == pytest.approx([truth[n] for n in range(12)])


def test_flow_weighs_and_ties_share() -> None:
    # Two equal ways from 0 to 3, over 1 and over 2; nothing leads to 4.
    found = flow_betweenness(
        5, [0, 0, 1, 2], [1, 2, 3, 3], np.ones(4), Pairs.of([0, 0], [3, 4], [6.0, 9.0])
    )
    assert found.tolist() == [0, 3, 3, 0, 0]
    with pytest.raises(InputError, match="not above 0"):
        flow_betweenness(2, [0], [1], [0.0], Pairs.of([0], [1]))


@pytest.mark.parametrize("head", [5, -1])
def test_betweenness_takes_no_node_that_is_not_there(head: int) -> None:
    with pytest.raises(InputError, match="outside 0 to 1"):
        flow_betweenness(2, [0, 0], [1, head], [1.0, 1.0], Pairs.of([0], [1]))


@pytest.mark.parametrize("gone", [9, -1])
def test_no_node_is_removed_that_is_not_there(gone: int) -> None:
    with pytest.raises(InputError, match="outside 0 to 2"):
        connected_pairs(3, [[0, 1]], removed=[gone])
