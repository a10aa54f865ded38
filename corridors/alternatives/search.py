"""Alternatives to the least-cost path of one journey."""

from functools import cached_property
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import KDTree

from corridors.alternatives.overlap import line_of, nodes_of, path_overlap
from corridors.alternatives.via import SearchTree, ViaNodes, tree_from, tree_to, turned
from corridors.kernels.shortest import accumulated_cost, trace_back
from corridors.movement import MovementGraph

__all__ = ["AlternativePath", "alternative_paths"]

FloatArray = NDArray[np.float64]
LongArray = NDArray[np.int64]
MaskArray = NDArray[np.bool_]

# What lies beside a path, in cells, is the path: a copy one or two cells away is no alternative.
TOLERANCE_CELLS = 2.0
# How long a path found by via-node must be the best way on, as a part of the least hours.
PLATEAU_MIN = 0.1
# How many candidates are traced before the search by via-node gives up.
CANDIDATES_MAX = 100
# How often the search by penalty solves the graph anew, and by how much what was used gets slower.
PENALTY_ROUNDS = 6
PENALTY = 0.5


class AlternativePath(NamedTuple):
    """One of the paths that truly differ.

    Attributes
    ----------
    arcs
        In the movement graph, first to last.
    hours
        That it takes.
    overlap
        The greatest `path_overlap` with a better one; 0 for the least-cost path.
    """

    arcs: LongArray
    hours: float
    overlap: float


def alternative_paths(  # noqa: PLR0913 one question and its options, by name
    graph: MovementGraph,
    arc_hours: FloatArray,
    start_nodes: LongArray,
    end_nodes: LongArray,
    *,
    count: int = 3,
    max_overlap: float = 0.5,
    max_extra: float = 0.5,
    tolerance_m: float | None = None,
    trees: tuple[SearchTree, SearchTree] | None = None,
) -> list[AlternativePath]:
    """Return the least-cost path and paths that differ from it and from each other.

    Parameters
    ----------
    graph
        The movement graph.
    arc_hours
        Of every arc, from `corridors.movement.arc_hours`.
    start_nodes, end_nodes
        Nodes of the origin and of the destination.
    count
        How many paths are wanted, the least-cost path among them; there can be fewer.
    max_overlap
        The greatest `path_overlap` of any two of them.
    max_extra
        How much longer than the least-cost path one may take, as a part of its hours.
    tolerance_m
        How far beside a path is still the path, metres; two cells by default.
    trees
        The least-cost paths out from `start_nodes` and on to `end_nodes`, where they are known
        already, as for several journeys with the same origin.

    Returns
    -------
    list of AlternativePath
        By rising hours.

    Raises
    ------
    UnreachableError
        When no way leads from the origin to the destination.
    ValueError
        When a number is out of its range.

    Notes
    -----
    By via-node: hours out from the origin plus hours on to the destination say for each node how
    long the best path through it takes. Along a plateau, a stretch of nodes through which that is
    equally long, the path is the best way on from the origin and to the destination; so no short
    cut passes by a part of the path that is not longer than the plateau. Of the nodes on plateaus
    of at least a tenth of the least hours, whose paths are short enough and differ from those
    found, the quickest is taken, again and again. Then by penalty: everything beside the paths
    found so far is made slower by half, again and again, and the least-cost path of those hours is
    taken when its true hours and its overlap allow it; it can have short cuts.

    References
    ----------
    Abraham, Delling, Goldberg and Werneck 2013, Alternative routes in road networks, doi
    10.1145/2444016.2444019; de la Barra, Perez and Anez 1993, Multidimensional path search and
    assignment (penalty).
    """
    reach = TOLERANCE_CELLS * graph.grid.cell_m if tolerance_m is None else tolerance_m
    _require_ranges(count, max_overlap, max_extra, reach)
    chosen = Chosen(graph, arc_hours, max_overlap, reach)
    if trees is None:
        back = turned(graph)
        trees = (
            tree_from(graph, arc_hours, start_nodes),
            tree_to(back, arc_hours[back.arc], end_nodes),
        )
    outward, homeward = trees
    via = ViaNodes(graph, outward, homeward, end_nodes, max_extra)
    best = chosen.add(via.path(via.best))
    if not len(chosen.arcs[0]):
        return [AlternativePath(chosen.arcs[0], 0.0, 0.0)]
    _add_by_via_node(chosen, via, count, PLATEAU_MIN * best)
    _add_by_penalty(
        chosen,
        start_nodes,
        end_nodes,
        count=count,
        limit_hours=best * (1 + max_extra),
    )
    return chosen.ranked()


class Chosen:
    """The paths that were taken so far, as arcs and as lines."""

    def __init__(
        self, graph: MovementGraph, arc_hours: FloatArray, max_overlap: float, reach_m: float
    ) -> None:
        self.graph = graph
        self.arc_hours = arc_hours
        self.max_overlap = max_overlap
        self.reach_m = reach_m
        self.arcs: list[LongArray] = []
        self.lines: list[shapely.LineString] = []

    def add(self, arcs: LongArray) -> float:
        """Take a path, and return its hours."""
        self.arcs.append(arcs)
        if len(arcs):
            self.lines.append(line_of(self.graph, arcs))
        return self.hours(arcs)

    def hours(self, arcs: LongArray) -> float:
        return float(self.arc_hours[arcs].sum())

    def differs(self, arcs: LongArray) -> bool:
        """Say whether a path is new, meets no node twice and overlaps none taken too much."""
        nodes = nodes_of(self.graph, arcs)
        if len(np.unique(nodes)) < len(nodes):
            return False
        if any(np.array_equal(arcs, taken) for taken in self.arcs):
            return False
        line = line_of(self.graph, arcs)
        return all(
            path_overlap(line, other, tolerance_m=self.reach_m) <= self.max_overlap
            for other in self.lines
        )

    def beside(self, arcs: LongArray, nodes: LongArray) -> MaskArray:
        """Say which nodes are beside a path, or on it."""
        line = shapely.segmentize(line_of(self.graph, arcs), self.reach_m / 4)
        marks = shapely.get_coordinates(line)
        # Only nodes in the squares around the line's own can be near.
        around = np.zeros(self.squares_wide, bool)
        around[tuple(self._squares_of(marks).T)] = True
        around = ndimage.maximum_filter(around, 3)
        here = np.flatnonzero(around[tuple(self.squares[nodes].T)])
        xy = np.column_stack([self.graph.x[nodes[here]], self.graph.y[nodes[here]]])
        away, _ = KDTree(marks).query(xy, distance_upper_bound=self.reach_m)
        near = np.zeros(len(nodes), bool)
        near[here[np.isfinite(away)]] = True
        return near

    def _squares_of(self, xy: FloatArray) -> LongArray:
        corner = (self.graph.x.min(), self.graph.y.min())
        return np.asarray(np.floor((xy - corner) / self.reach_m), np.int64)

    @cached_property
    def squares_wide(self) -> tuple[int, int]:
        """How many columns and rows of squares there are."""
        column, row = self.squares.max(axis=0) + 1
        return int(column), int(row)

    @cached_property
    def squares(self) -> LongArray:
        """Column and row of the square, as wide as what counts as near, that each node is in."""
        return self._squares_of(np.column_stack([self.graph.x, self.graph.y]))

    def ranked(self) -> list[AlternativePath]:
        order = np.argsort([self.hours(arcs) for arcs in self.arcs], kind="stable")
        paths = []
        for place, n in enumerate(order):
            overlap = max(
                (
                    path_overlap(self.lines[n], self.lines[m], tolerance_m=self.reach_m)
                    for m in order[:place]
                ),
                default=0.0,
            )
            paths.append(AlternativePath(self.arcs[n], self.hours(self.arcs[n]), overlap))
        return paths


def _add_by_via_node(chosen: Chosen, via: ViaNodes, count: int, plateau_hours: float) -> None:
    left = via.plateau >= plateau_hours
    compared = 0
    for _ in range(CANDIDATES_MAX):
        for arcs in chosen.arcs[compared:]:
            shared = via.shared_m(chosen.beside(arcs, via.nodes))
            shorter = np.minimum(via.length_m, chosen.graph.length_m[arcs].sum())
            left &= shared <= chosen.max_overlap * shorter
        compared = len(chosen.arcs)
        if compared == count or not left.any():
            return
        place = int(np.argmin(np.where(left, via.through, np.inf)))
        arcs = via.path(int(via.nodes[place]))
        if chosen.differs(arcs):
            chosen.add(arcs)
        else:
            # The other nodes of its plateau have the same path.
            left[np.isin(via.nodes, nodes_of(via.graph, arcs)) & via.as_good_as(place)] = False


def _add_by_penalty(
    chosen: Chosen,
    start_nodes: LongArray,
    end_nodes: LongArray,
    *,
    count: int,
    limit_hours: float,
) -> None:
    graph = chosen.graph
    everywhere = np.arange(graph.node_count)
    felt = np.array(chosen.arc_hours)
    slower = list(chosen.arcs)
    for _ in range(PENALTY_ROUNDS):
        if len(chosen.arcs) == count:
            return
        for arcs in slower:
            beside = chosen.beside(arcs, everywhere)
            felt[beside[graph.tails] & beside[graph.heads]] *= 1 + PENALTY
        cost, back_arc = accumulated_cost(
            graph.indptr, graph.heads, felt, start_nodes, np.zeros(len(start_nodes)), end_nodes
        )
        arcs = trace_back(back_arc, graph.tails, int(end_nodes[np.argmin(cost[end_nodes])]))
        if chosen.hours(arcs) <= limit_hours and chosen.differs(arcs):
            chosen.add(arcs)
        slower = [arcs]


def _require_ranges(count: int, max_overlap: float, max_extra: float, tolerance_m: float) -> None:
    for name, value, good, wanted in (
        ("count", count, count >= 1, "1 or more"),
        ("max_overlap", max_overlap, 0 <= max_overlap <= 1, "a part from 0 to 1"),
        ("max_extra", max_extra, max_extra >= 0, "0 or more"),
        ("tolerance_m", tolerance_m, tolerance_m > 0, "metres above 0"),
    ):
        if not good:
            message = f"{name} is {value}; give {wanted}"
            raise ValueError(message)
