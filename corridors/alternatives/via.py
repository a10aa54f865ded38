"""The best path through each node, for all nodes at once."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from corridors.errors import UnreachableError
from corridors.kernels.shortest import accumulated_cost, trace_back, transposed
from corridors.movement import MovementGraph

__all__ = ["SearchTree", "TurnedGraph", "ViaNodes", "tree_from", "tree_to", "turned"]

FloatArray = NDArray[np.float64]
LongArray = NDArray[np.int64]
MaskArray = NDArray[np.bool_]

# Two sums of the same hours in another order are one.
SAME_HOURS = 1e-9


class TurnedGraph(NamedTuple):
    """A movement graph with every arc turned round.

    Attributes
    ----------
    indptr, heads
        In compressed sparse row form.
    arc
        For each arc its number in the graph that was turned.
    """

    indptr: LongArray
    heads: NDArray[np.int32]
    arc: LongArray


class SearchTree(NamedTuple):
    """The least-cost paths from some nodes to all, or from all to some.

    Attributes
    ----------
    hours
        Of each node, infinite where no way leads.
    arc
        The last arc of its path, or the first where the tree leads home; -1 at the root.
    """

    hours: FloatArray
    arc: LongArray


def turned(graph: MovementGraph) -> TurnedGraph:
    """Return the graph turned round, to be used for many journeys."""
    return TurnedGraph(*transposed(graph.indptr, graph.heads))


def tree_from(graph: MovementGraph, arc_hours: FloatArray, nodes: LongArray) -> SearchTree:
    """Return the least-cost paths from the nearest of some nodes to every node."""
    return SearchTree(
        *accumulated_cost(graph.indptr, graph.heads, arc_hours, nodes, np.zeros(len(nodes)))
    )


def tree_to(back: TurnedGraph, back_hours: FloatArray, nodes: LongArray) -> SearchTree:
    """Return the least-cost paths from every node to the nearest of some nodes.

    Hours are those of the turned graph's arcs, ``arc_hours[back.arc]``.
    """
    hours, arc = accumulated_cost(back.indptr, back.heads, back_hours, nodes, np.zeros(len(nodes)))
    return SearchTree(hours, np.where(arc >= 0, back.arc[arc], -1))


class ViaNodes:
    """The best path through each node, for all nodes at once.

    Arrays are over the nodes that a path of the allowed hours can pass; with a node, all that come
    before and after it on its best path are among them.
    """

    def __init__(
        self,
        graph: MovementGraph,
        outward: SearchTree,
        homeward: SearchTree,
        end_nodes: LongArray,
        max_extra: float,
    ) -> None:
        self.graph = graph
        out, self.back_arc = outward
        home, self.next_arc = homeward
        # Traced from its end, the best path is the one of `corridors.solve_journeys`, ties too.
        self.best = int(end_nodes[np.argmin(out[end_nodes])])
        least = float(out[self.best])
        if not np.isfinite(least):
            raise UnreachableError(
                "no way leads from the origin to the destination; look at barriers, closed "
                "crossings, and gaps in the elevation"
            )
        through = out + home
        # Rounding must not cut a path off from its own first node.
        self.nodes = np.flatnonzero(through <= least * (1 + max_extra) * (1 + SAME_HOURS))
        self.through = through[self.nodes]
        self.same = least * SAME_HOURS
        self.parent = self._neighbours(self.back_arc, graph.tails)
        self.child = self._neighbours(self.next_arc, graph.heads)
        self.plateau = self._along(self.parent, out[self.nodes]) + self._along(
            self.child, home[self.nodes]
        )
        self.length_m = self.shared_m(np.ones(len(self.nodes), dtype=bool))

    def _neighbours(self, arcs: LongArray, ends: NDArray[np.int32]) -> LongArray:
        """Return for each node the place of the one that its arc leads to, its own without one."""
        place = np.full(self.graph.node_count, -1, dtype=np.int64)
        place[self.nodes] = np.arange(len(self.nodes))
        arc = arcs[self.nodes]
        there = np.where(arc >= 0, place[ends[arc]], -1)
        return np.where(there >= 0, there, np.arange(len(self.nodes)))

    def _along(self, ahead: LongArray, hours: FloatArray) -> FloatArray:
        """Return the hours from each node along a tree while the best path stays as good."""
        on = self.through[ahead] >= self.through - self.same
        return _summed_along(np.where(on, ahead, np.arange(len(ahead))), hours - hours[ahead])

    def as_good_as(self, place: int) -> MaskArray:
        """Say through which nodes the best path takes as long as through one of them."""
        return np.asarray(np.abs(self.through - self.through[place]) <= self.same)

    def shared_m(self, beside: MaskArray) -> FloatArray:
        """Return how many metres of the best path through each node run between such nodes."""
        length = self.graph.length_m
        before = np.where(beside & beside[self.parent], length[self.back_arc[self.nodes]], 0.0)
        after = np.where(beside & beside[self.child], length[self.next_arc[self.nodes]], 0.0)
        return _summed_along(self.parent, before) + _summed_along(self.child, after)

    def path(self, node: int) -> LongArray:
        """Return the arcs of the best path through a node."""
        before = trace_back(self.back_arc, self.graph.tails, node)
        after = trace_back(self.next_arc, self.graph.heads, node)
        return np.concatenate([before, after[::-1]])


def _summed_along(ahead: LongArray, values: FloatArray) -> FloatArray:
    """Sum values from each node to its root, which leads to itself and counts nothing."""
    root = ahead == np.arange(len(ahead))
    total = np.where(root, 0.0, values)
    # What lies twice as far ahead is known after each round.
    while not root[ahead].all():
        total = total + total[ahead]
        ahead = ahead[ahead]
    return total
