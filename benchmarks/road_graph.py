"""Hours from one place to all others on a large road graph, beside the graph libraries.

The graph is a made-up network of the size of a country's: a lattice of junctions with a third of
its streets taken away, numbered along space; a size is the side of the lattice.
"""

from collections.abc import Callable
from dataclasses import dataclass

import networkx as nx
import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from benchmarks.side_by_side import OURS, Case
from corridors.kernels.order import grouped
from corridors.kernels.shortest import accumulated_cost

Answer = Callable[[], np.ndarray]


@dataclass
class Roads:
    """Arcs by the junction that they leave, and hours."""

    indptr: np.ndarray
    heads: np.ndarray
    tails: np.ndarray
    hours: np.ndarray

    @property
    def count(self) -> int:
        """Number of junctions."""
        return len(self.indptr) - 1


def roads(side: int) -> Roads:
    """Return a network of side times side junctions, the same for every engine."""
    rng = np.random.default_rng(1)
    number = np.arange(side * side).reshape(side, side)
    pairs = np.concatenate(
        [
            np.column_stack([number[:, :-1].ravel(), number[:, 1:].ravel()]),
            np.column_stack([number[:-1].ravel(), number[1:].ravel()]),
        ]
    )
    pairs = pairs[rng.random(len(pairs)) < 2 / 3]
    hours = rng.lognormal(-4.0, 0.7, len(pairs))
    tails, heads = np.concatenate([pairs, pairs[:, ::-1]]).T
    indptr, order = grouped(np.ascontiguousarray(tails), side * side)
    return Roads(indptr, heads[order].astype(np.int32), tails[order], np.tile(hours, 2)[order])


def ours(given: Roads) -> Answer:
    """Return the answer of the kernel that journeys are solved with."""
    start = np.array([given.count // 2])

    def call() -> np.ndarray:
        return accumulated_cost(given.indptr, given.heads, given.hours, start, np.zeros(1))[0]

    return call


def scipy_one(given: Roads) -> Answer:
    """Scipy's Dijkstra on a graph that is at hand."""
    graph = csr_array((given.hours, given.heads, given.indptr), shape=(given.count, given.count))
    return lambda: np.asarray(dijkstra(graph, indices=given.count // 2))


def rustworkx_one(given: Roads) -> Answer:
    """Return rustworkx's answer on a graph that is at hand."""
    import rustworkx as rx  # noqa: PLC0415 it may not be installed

    graph = rx.PyDiGraph()
    graph.add_nodes_from(range(given.count))
    graph.add_edges_from(
        list(zip(given.tails.tolist(), given.heads.tolist(), given.hours.tolist(), strict=True))
    )

    def call() -> np.ndarray:
        found = rx.dijkstra_shortest_path_lengths(graph, given.count // 2, float)
        hours = np.full(given.count, np.inf)
        hours[given.count // 2] = 0.0
        hours[list(found.keys())] = list(found.values())
        return hours

    return call


def networkx_one(given: Roads) -> Answer:
    """Return networkx's answer on a graph that is at hand."""
    graph = nx.DiGraph()
    graph.add_weighted_edges_from(
        zip(given.tails.tolist(), given.heads.tolist(), given.hours.tolist(), strict=True)
    )

    def call() -> np.ndarray:
        found = nx.single_source_dijkstra_path_length(graph, given.count // 2)
        hours = np.full(given.count, np.inf)
        hours[list(found.keys())] = list(found.values())
        return hours

    return call


CASES = [
    Case(
        "one to all on roads",
        (1072,),
        roads,
        {
            OURS: ours,
            "scipy dijkstra": scipy_one,
            "rustworkx": rustworkx_one,
            "networkx": networkx_one,
        },
        rounds_of=lambda _: 3,
    )
]
