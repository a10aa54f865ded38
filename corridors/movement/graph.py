"""The movement graph: ground, roads and gates in one, as arrays."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from corridors.terrain import Grid

__all__ = ["ArcKind", "BarrierCuts", "MovementGraph"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int32]
LongArray = NDArray[np.int64]


# Below this, rounding of the heights of nodes that lie on one another would be a slope.
NO_LENGTH_M = 1e-4


class ArcKind(IntEnum):
    """What an arc of the movement graph is."""

    GROUND = 0
    ROAD = 1
    ACCESS = 2
    GATE = 3


@dataclass(frozen=True)
class BarrierCuts:
    """Which arcs cut one barrier, and how often each does, either way.

    Attributes
    ----------
    name
        The barrier's name in the scenario.
    arcs
        Numbers of the arcs.
    forth, back
        How often each cuts it from its front, the left of its lines, and from behind; of the same
        length.
    """

    name: str
    arcs: LongArray
    forth: LongArray
    back: LongArray


@dataclass(frozen=True)
class MovementGraph:
    """Nodes on the ground, on roads and at gates, and the arcs between them.

    Nodes 0 to ``grid.size - 1`` are the cells of the grid, row by row; road vertices follow, then
    two nodes for each crossing, one on either side of the border. Arcs are in compressed sparse
    row form, sorted by the node that they leave.

    Attributes
    ----------
    grid
        The working grid.
    x, y, height_m
        Of every node, metres; a cell's height is NaN where it cannot be walked.
    indptr, heads, tails
        Arcs ``indptr[i]:indptr[i + 1]`` leave node i (their `tails`) for nodes `heads`.
    kind
        `ArcKind` of every arc.
    length_m, rise_m
        Horizontal length, and height gained, of every arc.
    road_edge
        For an arc along a road the row of its edge in the network's edges, else -1.
    crossing
        For a gate's arc the row of its crossing in the crossings layer, else -1.
    delay_share
        For a gate's arc the part of the crossing's delay that it takes (a road that cuts a crude
        border line n times at one crossing waits 1/n at each), else 1.
    cuts
        The arcs that cut each barrier.
    edges
        The network's edges by row: ``road_class``, and ``speed_kmh`` where the data give one.
    crossings_open
        Whether each crossing of the layer is open.
    walkable
        Which cells can be entered at all.
    """

    grid: Grid
    x: FloatArray
    y: FloatArray
    height_m: FloatArray
    indptr: LongArray
    heads: IntArray
    tails: IntArray
    kind: NDArray[np.uint8]
    length_m: FloatArray
    rise_m: FloatArray
    road_edge: IntArray
    crossing: IntArray
    delay_share: FloatArray
    cuts: tuple[BarrierCuts, ...]
    edges: pd.DataFrame
    crossings_open: NDArray[np.bool_]
    walkable: NDArray[np.bool_]

    @property
    def node_count(self) -> int:
        """Number of nodes."""
        return len(self.x)

    @property
    def arc_count(self) -> int:
        """Number of arcs; each way of a two-way street is one."""
        return len(self.heads)

    @property
    def slope(self) -> FloatArray:
        """Rise over length of every arc; 0 where an arc has no length to speak of."""
        return np.divide(
            self.rise_m,
            self.length_m,
            out=np.zeros_like(self.rise_m),
            where=self.length_m > NO_LENGTH_M,
        )
