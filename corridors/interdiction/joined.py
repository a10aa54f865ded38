"""Nodes that are one place to whoever passes, and pairs that are then one pair."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from corridors.interdiction.graph import Pairs
from corridors.interdiction.routing import Routing, Watch

__all__ = ["Joined", "joined"]

FloatArray = NDArray[np.float64]
LongArray = NDArray[np.int64]


@dataclass(frozen=True)
class Joined:
    """A graph with fewer nodes and pairs, on which every plan has the same value.

    Attributes
    ----------
    routing
        The searches on it.
    weights
        Shape (P',): of its pairs.
    of
        Shape (P,): its pair that each pair given is.
    """

    routing: Routing
    weights: FloatArray
    of: LongArray


def joined(
    nodes: int, tails: LongArray, heads: LongArray, cost: FloatArray, watch: Watch, pairs: Pairs
) -> Joined:
    """Make nodes between which one passes both ways at no cost, watched by nobody, one node.

    Parameters
    ----------
    nodes, tails, heads, cost
        The graph.
    watch
        What candidates add.
    pairs
        Who wants from where to where; those with the same ends become one, their weights added.
    """
    watched = np.zeros(len(cost), np.bool_)
    watched[watch.arc] = True
    free = np.flatnonzero((cost == 0) & ~watched)
    links = coo_array((np.ones(len(free), np.int8), (tails[free], heads[free])), (nodes, nodes))
    count, place = connected_components(links, directed=True, connection="strong")
    of_node = place.astype(np.int64)
    tails, heads = of_node[tails], of_node[heads]
    kept = np.flatnonzero((tails != heads) | watched)
    number = np.full(len(cost), -1, np.int64)
    number[kept] = np.arange(len(kept))
    ends = np.column_stack([of_node[pairs.origins], of_node[pairs.destinations]])
    own, of = np.unique(ends, axis=0, return_inverse=True)
    of = of.reshape(-1).astype(np.int64)
    weights: FloatArray = np.bincount(of, pairs.weights, len(own)).astype(np.float64)
    few = Pairs(own[:, 0], own[:, 1], weights)
    moved = Watch(number[watch.arc], watch.place, watch.cost)
    routing = Routing(int(count), tails[kept], heads[kept], cost[kept], moved, few)
    return Joined(routing, weights, of)
