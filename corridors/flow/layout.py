"""The movement graph laid out for being solved many times."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from corridors.movement import ArcKind, MovementGraph

__all__ = ["Layout", "Weights"]

SingleArray = NDArray[np.float32]
IntArray = NDArray[np.int32]
LongArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Weights:
    """One number for every arc, in the order of a `Layout`.

    Attributes
    ----------
    slots
        Of the ground moves, cell by cell; infinite where a cell has no such move.
    others
        Of all other arcs.
    """

    slots: SingleArray
    others: SingleArray


class Layout:
    """Ground moves in slots, all other arcs in compressed sparse rows, nodes with room around.

    Attributes
    ----------
    graph
        The movement graph.
    offsets
        How far each ground move leads, in node numbers.
    pad
        Number of the first cell; a node of the graph has its number plus this.
    indptr, heads, tails
        The other arcs, by padded nodes.
    sections
        Of the other arcs: the row of the perception of its section of road, the last row for
        gates, -1 where the ground's perception counts.
    section_count
        How many sections there are, without the row of the gates.
    """

    def __init__(self, graph: MovementGraph, edge_section: IntArray) -> None:
        """Lay out a graph.

        Parameters
        ----------
        graph
            The movement graph.
        edge_section
            The section of road that each edge of the network belongs to.
        """
        self.graph = graph
        ground = graph.kind == ArcKind.GROUND
        steps = (graph.heads - graph.tails)[ground]
        self.offsets = np.unique(steps).astype(np.int64)
        self.pad = int(np.abs(self.offsets).max(initial=0)) + 1
        self.node_count = graph.node_count + 2 * self.pad
        self._ground = np.flatnonzero(ground).astype(np.int32)
        self._slot = graph.tails[ground].astype(np.int64) * len(self.offsets) + np.searchsorted(
            self.offsets, steps
        )
        self._other = np.flatnonzero(~ground)
        self.heads = (graph.heads[self._other] + self.pad).astype(np.int32)
        self.tails = (graph.tails[self._other] + self.pad).astype(np.int32)
        degree = np.bincount(self.tails, minlength=self.node_count)
        self.indptr = np.concatenate([[0], np.cumsum(degree)]).astype(np.int64)
        self.room = int(degree.max(initial=0)) + len(self.offsets)
        self.section_count = int(edge_section.max(initial=-1)) + 1
        self.sections = self._sections(edge_section)

    def _sections(self, edge_section: IntArray) -> IntArray:
        kind = self.graph.kind[self._other]
        sections = np.full(len(kind), -1, np.int32)
        road = kind == ArcKind.ROAD
        sections[road] = edge_section[self.graph.road_edge[self._other[road]]]
        sections[kind == ArcKind.GATE] = self.section_count
        return sections

    @cached_property
    def turned(self) -> tuple[LongArray, IntArray, IntArray]:
        """The other arcs turned round: indptr, heads, and the number of each in its own order."""
        order = np.argsort(self.heads, kind="stable").astype(np.int32)
        degree = np.bincount(self.heads, minlength=self.node_count)
        indptr = np.concatenate([[0], np.cumsum(degree)]).astype(np.int64)
        return indptr, self.tails[order], order

    def turned_weights(self, weights: Weights) -> Weights:
        """Return weights of the arcs turned round: what a move into a cell costs, by its way back.

        A move by an offset, turned, is one by the opposite offset, which stands as far from the end
        of the offsets as the first from their beginning.
        """
        moves = len(self.offsets)
        slots = weights.slots.reshape(-1, moves)
        turned = np.full_like(slots, np.inf)
        for move, offset in enumerate(self.offsets):
            there, back = turned[:, moves - 1 - move], slots[:, move]
            if offset > 0:
                there[offset:] = back[:-offset]
            else:
                there[:offset] = back[-offset:]
        return Weights(turned.ravel(), weights.others[self.turned[2]])

    @cached_property
    def section_of_arc(self) -> IntArray:
        """Of every arc of the graph, the row of its section, -1 where the ground counts."""
        sections = np.full(self.graph.arc_count, -1, np.int32)
        sections[self._other] = self.sections
        return sections

    @cached_property
    def xy(self) -> tuple[FloatArray, FloatArray]:
        """Coordinates of the padded nodes, metres; those of the first node where there is none."""
        around = (self.pad, self.pad)
        return (
            np.pad(self.graph.x, around, constant_values=self.graph.x[0]),
            np.pad(self.graph.y, around, constant_values=self.graph.y[0]),
        )

    @cached_property
    def _arc_of_slot(self) -> IntArray:
        arcs = np.full(self.graph.grid.size * len(self.offsets), -1, np.int32)
        arcs[self._slot] = self._ground
        return arcs

    @cached_property
    def _place_of_arc(self) -> IntArray:
        places = np.empty(self.graph.arc_count, np.int32)
        places[self._ground] = self._slot
        places[self._other] = np.arange(len(self._other))
        return places

    def places(self, arcs: LongArray) -> tuple[NDArray[np.bool_], LongArray]:
        """Return for arcs whether each is a ground move, and its place among slots or others."""
        ground = self.graph.kind[arcs] == ArcKind.GROUND
        return ground, self._place_of_arc[arcs].astype(np.int64)

    def turned_places(self, on_ground: NDArray[np.bool_], places: LongArray) -> LongArray:
        """Return where arcs stand once all are turned round, from where they stand now."""
        moves = len(self.offsets)
        cell, move = np.divmod(places, moves)
        ground = (cell + self.offsets[move]) * moves + moves - 1 - move
        others = (
            self._turned_place_of_other[np.where(on_ground, 0, places)]
            if len(self.heads)
            else places
        )
        return np.where(on_ground, ground, others)

    @cached_property
    def _turned_place_of_other(self) -> LongArray:
        places = np.empty(len(self.heads), np.int64)
        places[self.turned[2]] = np.arange(len(places))
        return places

    def weights(self, of_arcs: FloatArray, *, absent: float = np.inf) -> Weights:
        """Return numbers of the graph's arcs in the order of the layout.

        Parameters
        ----------
        of_arcs
            One for each arc of the graph.
        absent
            For moves that a cell does not have.
        """
        slots = np.full(self.graph.grid.size * len(self.offsets), absent, np.float32)
        slots[self._slot] = of_arcs[self._ground]
        return Weights(slots, of_arcs[self._other].astype(np.float32))

    def of_arcs(self, weights: Weights) -> FloatArray:
        """Return weights in the order of the graph's arcs again."""
        values = np.empty(self.graph.arc_count)
        values[self._ground] = weights.slots[self._slot]
        values[self._other] = weights.others
        return values

    def arcs(self, nodes: LongArray, codes: IntArray) -> LongArray:
        """Return the graph's arcs of a path.

        Parameters
        ----------
        nodes
            Padded nodes, first to last.
        codes
            How each but the first was reached, as `corridors.kernels.perceived.traced` tells.
        """
        moves = len(self.offsets)
        ground = codes < moves
        arcs = np.empty(len(codes), np.int64)
        slot = (nodes[:-1][ground] - self.pad) * moves + codes[ground]
        arcs[ground] = self._arc_of_slot[slot]
        arcs[~ground] = self._other[codes[~ground] - moves]
        return arcs
