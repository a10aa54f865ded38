"""Instances and theorems that others published, and large ones whose optimum is beyond doubt."""

import networkx as nx
import numpy as np
import pytest

from corridors.interdiction import (
    Candidates,
    DelayGraph,
    Pairs,
    SensorGraph,
    critical_nodes,
    flow_betweenness,
    interdict_reliability,
    interdict_shortest_path,
    knee_of,
    patrol_game,
    patrol_paths,
)


def both_ways(graph: nx.Graph) -> tuple[np.ndarray, np.ndarray]:
    """Return tails and heads of every edge, one way and the other."""
    ends = np.array(graph.edges, np.int64)
    return np.concatenate([ends[:, 0], ends[:, 1]]), np.concatenate([ends[:, 1], ends[:, 0]])


def betweenness(graph: nx.Graph) -> np.ndarray:
    """Return what passes through each node, a pair of nodes counting 1."""
    nodes = len(graph)
    tails, heads = both_ways(graph)
    pairs = Pairs.of(*np.triu_indices(nodes, 1), np.ones(nodes * (nodes - 1) // 2))
    return flow_betweenness(nodes, tails, heads, np.ones(len(tails)), pairs)


def test_the_kite_of_krackhardt_has_the_betweenness_that_he_gives() -> None:
    # Krackhardt 1990, Administrative Science Quarterly 35, 342-369: of 36 pairs that a person can
    # lie between, Heather .389, Fernando and Garth .231, Ike .222, Diane .102, Andre and Beverly
    # .023, Carol, Ed and Jane none.
    found = betweenness(nx.krackhardt_kite_graph()) / 36
    assert found == pytest.approx(
        [0.023, 0.023, 0, 0.102, 0, 0.231, 0.231, 0.389, 0.222, 0], abs=5e-4
    )


def test_the_karate_club_of_zachary_has_its_known_betweenness() -> None:
    # Zachary 1977, doi 10.1086/jar.33.4.3629752; the instructor (0) and the officer (33) lie
    # between most, with .438 and .304 of 528 pairs (rounded; networkx gives the rest).
    club = nx.karate_club_graph()
    found = betweenness(club) / 528
    assert found[[0, 33]] == pytest.approx([0.4376, 0.3041], abs=5e-5)
    other = nx.betweenness_centrality(club)
    assert found == pytest.approx([other[node] for node in range(34)], abs=1e-12)


def test_the_most_critical_person_of_the_kite() -> None:
    # By hand: without Heather 7 stay together, and Ike with Jane: 21 + 1. Without Ike 8 stay
    # together, 28; without any other person all 9 that are left do, 36. Without Heather and one
    # more of the 7: 15 + 1, and no other two break off more.
    kite = nx.krackhardt_kite_graph()
    one = critical_nodes(10, np.array(kite.edges), Candidates(10, budget=1))
    assert (one.chosen.tolist(), one.before, one.after) == ([7], 45.0, 22.0)
    two = critical_nodes(10, np.array(kite.edges), Candidates(10, budget=2))
    assert two.after == min(
        sum(len(part) * (len(part) - 1) // 2 for part in nx.connected_components(rest))
        for a in range(10)
        for b in range(a)
        for rest in [nx.restricted_view(kite, [a, b], [])]
    )


@pytest.mark.parametrize(("removed", "left"), [(1, 20), (2, 9), (3, 4)])
def test_a_path_is_broken_into_equal_parts(removed: int, left: int) -> None:
    # By hand, 11 in a row: parts of 5 and 5; 3, 3 and 3; 2, 2, 2 and 2.
    row = [[n, n + 1] for n in range(10)]
    plan = critical_nodes(11, row, Candidates(11, budget=removed))
    assert (plan.after, plan.status) == (left, "proven optimal")


def test_the_knee_of_the_curve_by_which_kneedle_is_explained() -> None:
    # The curve of Satopaa et al. 2011, figure 2: y = -1 / (x + 0.1) + 5, with ten x from 0 to 1.
    # By hand: scaled to 0 to 1 it has the slope 1 where (x + 0.1)^2 = 0.11, at 0.23; of the ten x
    # the nearest is 0.22.
    x = np.linspace(0, 1, 10)
    at = knee_of(x, 5 - 1 / (x + 0.1))
    assert at is not None
    assert x[at] == pytest.approx(0.22, abs=5e-3)


def test_as_many_sensors_as_the_least_cut_and_no_fewer_close_the_karate_club() -> None:
    # Ford and Fulkerson 1956: of perfect sensors on ties it takes as many as the least cut.
    club = nx.karate_club_graph()
    tails, heads = both_ways(club)
    arcs = len(tails)
    graph = SensorGraph.of_arcs(34, tails, heads, np.ones(arcs), np.zeros(arcs))
    pairs = Pairs.of([0], [33])
    cut = len(nx.minimum_edge_cut(club, 0, 33))
    plan = interdict_reliability(graph, pairs, Candidates(arcs, budget=cut))
    assert (plan.after, len(plan.chosen), plan.status) == (0.0, cut, "proven optimal")
    fewer = interdict_reliability(graph, pairs, Candidates(arcs, budget=cut - 1))
    assert (fewer.after, fewer.bound, fewer.status) == (1.0, 1.0, "proven optimal")
    assert "goes round" in fewer.note


def test_one_team_on_a_network_is_worth_what_washburn_and_wood_say() -> None:
    # Washburn and Wood 1995: with one inspector who sees on arc k with the probability p_k, the
    # value is 1 / (the least cut where arcs have the capacity 1 / p_k).
    rng = np.random.default_rng(1995)
    for _ in range(20):
        grid = nx.convert_node_labels_to_integers(nx.grid_2d_graph(4, 5))
        tails, heads = both_ways(grid)
        seen = rng.uniform(0.1, 0.9, len(tails))
        flow = nx.DiGraph()
        flow.add_weighted_edges_from(zip(tails, heads, 1 / seen, strict=True), weight="capacity")
        value = 1 / nx.maximum_flow_value(flow, 0, 19)
        every = np.arange(len(tails))
        graph = DelayGraph.of(20, tails, heads, np.zeros(len(tails)), watched=(every, every, seen))
        plan = patrol_paths(graph, Pairs.of([0], [19]), count=len(tails), teams=1)
        assert plan.value == pytest.approx(value, rel=1e-6)


@pytest.mark.parametrize(
    ("values", "teams"), [([9, 6, 3, 1], 1), ([5, 5, 5], 2), ([8, 4, 2, 1], 2)]
)
def test_cover_of_a_zero_sum_security_game_follows_its_closed_form(
    values: list[float], teams: int
) -> None:
    # Kiekintveld et al. 2009, ORIGAMI: all targets that are attacked are worth the same to the
    # attacker, v: cover is 1 - v / value where value > v, and sums to the number of teams.
    low, high = 0.0, max(values)
    for _ in range(200):
        middle = (low + high) / 2
        cover = [max(1 - middle / value, 0.0) for value in values]
        low, high = (middle, high) if sum(cover) > teams else (low, middle)
    plan = patrol_game([-value for value in values], np.diag(values), teams=teams)
    assert plan.value == pytest.approx(-high, abs=1e-6)
    assert plan.cover == pytest.approx(cover, abs=1e-6)


def test_longer_ways_round_a_grid() -> None:
    # By hand: from corner to corner of a grid of 3 x 3, lengths 1, going right or down, each arc
    # delayed by 5. With one place some way is left as it is: 4. Two on the arcs out of the first
    # corner delay every way once: 9. Four, with those into the last corner: 14. Three cannot: to
    # delay all ways twice takes two cuts without a common arc, of two arcs at least each.
    nodes = np.arange(9).reshape(3, 3)
    tails = np.concatenate([nodes[:, :-1].ravel(), nodes[:-1].ravel()])
    heads = np.concatenate([nodes[:, 1:].ravel(), nodes[1:].ravel()])
    every = np.arange(12)
    graph = DelayGraph.of(9, tails, heads, np.ones(12), watched=(every, every, np.full(12, 5.0)))
    for budget, length in [(1, 4.0), (2, 9.0), (3, 9.0), (4, 14.0)]:
        plan = interdict_shortest_path(graph, Pairs.of([0], [8]), Candidates(12, budget=budget))
        assert (plan.after, plan.status) == (length, "proven optimal")


def many_rivers(
    rng: np.random.Generator, rivers: int, bridges: int, *, ratio: float
) -> tuple[SensorGraph, Pairs, np.ndarray]:
    """Return rivers that nothing joins, each with bridges, and what k sensors leave of each.

    By hand: sensors on the k best bridges of a river leave the next best one, or the best with its
    sensor, whichever is better; the places are best taken in that order.
    """
    good = -np.sort(-rng.uniform(0.3, 0.9, (rivers, bridges)), axis=1)
    weights = rng.uniform(0.1, 1.0, rivers)
    near = np.repeat(2 * np.arange(rivers), bridges)
    graph = SensorGraph.of_arcs(2 * rivers, near, near + 1, good.ravel(), good.ravel() * ratio)
    pairs = Pairs.of(2 * np.arange(rivers), 2 * np.arange(rivers) + 1, weights)
    unwatched = np.column_stack([good[:, 1:], np.zeros(rivers)])
    left = np.column_stack([good[:, 0], np.maximum(unwatched, good[:, :1] * ratio)])
    return graph, pairs, weights[:, None] * left


@pytest.mark.parametrize(("ratio", "budget"), [(0.0, 90), (0.1, 30), (0.5, 90)])
def test_three_hundred_and_twenty_places_by_dynamic_programming(ratio: float, budget: int) -> None:
    rng = np.random.default_rng([budget, int(10 * ratio)])
    graph, pairs, left = many_rivers(rng, 64, 5, ratio=ratio)
    best = np.zeros(budget + 1)
    for river in left:
        ways = [
            min(best[total - here] + river[here] for here in range(min(total, 5) + 1))
            for total in range(budget + 1)
        ]
        best = np.array(ways)
    plan = interdict_reliability(graph, pairs, Candidates(320, budget=budget))
    assert plan.status == "proven optimal"
    assert plan.after == pytest.approx(best[budget], rel=1e-6)
    assert plan.bound <= best[budget] + 1e-9
