"""Evasion within a detour: every plan tried one by one, every way within the detour listed."""

import networkx as nx
import numpy as np
import pytest

from corridors.errors import InputError, UnreachableError
from corridors.interdiction import Candidates, DelayGraph, Pairs, capture_within_detour
from tests.interdiction.worlds import best_of, random_candidates, random_pairs


def ways_within(graph: DelayGraph, pairs: Pairs, detour: np.ndarray) -> list[list[frozenset[int]]]:
    """Return for each pair the sensors on every simple way within its detour."""
    net = nx.MultiDiGraph()
    net.add_nodes_from(range(graph.nodes))
    for arc, (tail, head) in enumerate(zip(graph.tails, graph.heads, strict=True)):
        net.add_edge(int(tail), int(head), key=arc)
    found = []
    for start, end, more in zip(pairs.origins, pairs.destinations, detour, strict=True):
        ways = [((), 0.0)] if start == end else [
            (tuple(arc for _, _, arc in way), sum(graph.lengths[arc] for _, _, arc in way))
            for way in nx.all_simple_edge_paths(net, int(start), int(end))
        ]  # fmt: skip
        least = min((length for _, length in ways), default=0.0)
        found.append(
            [
                frozenset(graph.watched_by[np.isin(graph.watched_arc, arcs)].tolist())
                for arcs, length in ways
                if length <= least * (1 + more) + 1e-9
            ]
        )
    return found


def test_the_best_of_all_plans_is_found() -> None:
    rng = np.random.default_rng(9)
    solved = 0
    while solved < 120:
        nodes, arcs = int(rng.integers(3, 7)), int(rng.integers(4, 15))
        count = int(rng.integers(1, 8))
        tails, heads = rng.integers(0, nodes, (2, arcs))
        at = np.unique(
            np.column_stack([rng.integers(0, arcs, 2 * count), rng.integers(0, count, 2 * count)]),
            axis=0,
        )
        graph = DelayGraph.of(
            nodes, tails, heads, rng.integers(0, 9, arcs),
            watched=(at[:, 0], at[:, 1], np.zeros(len(at))),
        )  # fmt: skip
        pairs = random_pairs(rng, nodes)
        detour = rng.choice([0.0, 0.2, 1.0, 5.0], len(pairs.origins))
        candidates = random_candidates(rng, count)
        try:
            plan = capture_within_detour(graph, pairs, candidates, detour=detour)
        except UnreachableError:
            continue
        ways = ways_within(graph, pairs, detour)

        def caught(chosen: tuple[int, ...]) -> float:
            return sum(
                weight
                for weight, own in zip(pairs.weights, ways, strict=True)  # noqa: B023 called at once
                if own and all(way & set(chosen) for way in own)
            )

        best = -best_of(candidates, lambda chosen: -caught(chosen))
        assert plan.status == "proven optimal"
        assert candidates.fits(plan.chosen)
        assert plan.after == pytest.approx(caught(tuple(plan.chosen.tolist())))
        assert plan.after == pytest.approx(best)
        solved += 1


def parallel() -> DelayGraph:
    """Return ways of 10, 11 and 20 from 0 to 1, a sensor on each but the last."""
    return DelayGraph.of(2, [0, 0, 0], [1, 1, 1], [10, 11, 20], watched=([0, 1], [0, 1], [0, 0]))


@pytest.mark.parametrize(("detour", "after"), [(0.0, 1), (0.05, 1), (0.1, 0), (0.5, 0)])
def test_one_sensor_is_enough_only_for_those_who_go_no_farther(detour: float, after: int) -> None:
    plan = capture_within_detour(
        parallel(), Pairs.of([0], [1]), Candidates(2, budget=1), detour=detour
    )
    assert plan.after == after
    assert (plan.gain_possible is False) == (after == 0)


def test_ways_that_no_candidate_watches_are_told() -> None:
    plan = capture_within_detour(
        parallel(), Pairs.of([0], [1]), Candidates(2, budget=2), detour=1.0
    )
    assert plan.after == 0
    assert plan.status == "proven optimal"
    assert "1 pairs have a way within the detour that no candidate watches" in plan.note


def test_detours_that_are_none_are_refused() -> None:
    for wrong in (-0.1, np.nan, [0.1, 0.2]):
        with pytest.raises(InputError, match="detour"):
            capture_within_detour(
                parallel(), Pairs.of([0], [1]), Candidates(2, budget=1), detour=wrong
            )
