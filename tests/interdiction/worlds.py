"""Small random problems, and every plan of them tried one by one."""

import itertools
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from corridors.interdiction import Candidates, Pairs, SensorGraph

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def most_reliable(
    nodes: int, tails: Ints, heads: Ints, survival: Floats, origin: int, destination: int
) -> float:
    """Return the best product of probabilities over walks, by rounds over all arcs."""
    best = np.zeros(nodes)
    best[origin] = 1.0
    for _ in range(nodes):
        for tail, head, kept in zip(tails, heads, survival, strict=True):
            best[head] = max(best[head], best[tail] * kept)
    return float(best[destination])


def shortest(
    nodes: int, tails: Ints, heads: Ints, lengths: Floats, origin: int, destination: int
) -> float:
    """Return the least sum of lengths over walks, by rounds over all arcs."""
    best = np.full(nodes, np.inf)
    best[origin] = 0.0
    for _ in range(nodes):
        for tail, head, length in zip(tails, heads, lengths, strict=True):
            best[head] = min(best[head], best[tail] + length)
    return float(best[destination])


def survival_with(graph: SensorGraph, chosen: Sequence[int]) -> np.ndarray:
    """Return what each arc leaves, sensor by sensor."""
    kept = np.array(graph.survival)
    for arc, candidate, seen in zip(
        graph.watched_arc, graph.watched_by, graph.watched_survival, strict=True
    ):
        if candidate in chosen and graph.survival[arc] > 0:
            kept[arc] *= seen / graph.survival[arc]
    return kept


def undetected(graph: SensorGraph, pairs: Pairs, chosen: Sequence[int]) -> float:
    """Return the value of a plan."""
    kept = survival_with(graph, chosen)
    return sum(
        weight * most_reliable(graph.nodes, graph.tails, graph.heads, kept, origin, destination)
        for origin, destination, weight in zip(
            pairs.origins, pairs.destinations, pairs.weights, strict=True
        )
    )


def plans(candidates: Candidates) -> Iterator[tuple[int, ...]]:
    """Yield every plan that keeps to costs, budget, groups and exclusions."""
    for size in range(candidates.count + 1):
        for chosen in itertools.combinations(range(candidates.count), size):
            cost = sum(float(candidates.cost[k]) for k in chosen)
            single = all(len(set(group) & set(chosen)) <= 1 for group in candidates.groups)
            barred = bool(set(chosen) & set(candidates.excluded))
            if cost <= candidates.budget + 1e-9 and single and not barred:
                yield chosen


def best_of(candidates: Candidates, value: Callable[[tuple[int, ...]], float]) -> float:
    """Return the least value over all plans."""
    return min(value(chosen) for chosen in plans(candidates))


def random_graph(rng: np.random.Generator, *, shared: bool, ratio: float | None) -> SensorGraph:
    """Return a small graph; sensors watch one arc each, or several, and some arcs twice."""
    nodes = int(rng.integers(4, 9))
    arcs = int(rng.integers(nodes, 4 * nodes))
    tails, heads = rng.integers(0, nodes, (2, arcs))
    survival = np.where(rng.random(arcs) < 0.1, 1.0, rng.uniform(0.2, 1.0, arcs))
    count = int(rng.integers(1, 9))
    entries = {}
    for candidate in range(count):
        for _ in range(int(rng.integers(1, 5)) if shared else 1):
            left = rng.choice([0.0, 0.1, 0.5, 1.0, rng.random()]) if ratio is None else ratio
            entries[int(rng.integers(0, arcs)), candidate] = left
    at = np.array(list(entries))
    left = np.array(list(entries.values()))
    return SensorGraph.of(
        nodes,
        tails,
        heads,
        survival,
        watched=(at[:, 0], at[:, 1], survival[at[:, 0]] * left),
    )


def random_candidates(rng: np.random.Generator, count: int) -> Candidates:
    """Return candidates with or without costs, a group, an exclusion."""
    excluded = [int(rng.integers(0, count))] if count > 2 and rng.random() < 0.3 else []
    groups = [[0, count - 1]] if count > 2 and rng.random() < 0.3 else []
    if rng.random() < 0.5:
        costs = rng.choice([0.0, 1.0, 2.0, 2.5, 4.0], count)
        return Candidates(
            count, float(rng.uniform(0.5, 8)), costs=costs, groups=groups, excluded=excluded
        )
    budget = int(rng.integers(1, count - len(excluded) + 1))
    return Candidates(count, budget, groups=groups, excluded=excluded)


def random_pairs(rng: np.random.Generator, nodes: int) -> Pairs:
    """Return one to five pairs, some from a node to itself."""
    count = int(rng.integers(1, 6))
    origins, destinations = rng.integers(0, nodes, (2, count))
    return Pairs.of(origins, destinations, rng.uniform(0.1, 2.0, count))
