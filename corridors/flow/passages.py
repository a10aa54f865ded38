"""What the sampled paths pass: cells, roads, gates and stretches of border, with intervals."""

from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from corridors.flow.sampled import SampledPaths
from corridors.flow.travellers import Travellers
from corridors.intervals import stratified_wilson, wilson
from corridors.kernels.crossing import count_cuts, segments_of
from corridors.kernels.traverse import add_passages
from corridors.movement import ArcKind, MovementGraph

__all__ = ["CellPassages", "Counter", "LastCrossings", "Passages", "Shares"]

FloatArray = NDArray[np.float64]
LongArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

# Greatest number of strata times groups that are counted at once: 32 MB.
TABLE = 1 << 22
NOBODY = np.empty(0, np.int64)


@dataclass(frozen=True)
class Shares:
    """Shares of the transits, one for each of some things, with an interval.

    Attributes
    ----------
    share, low, high
        Estimates and bounds.
    travellers
        How many of the sampled travellers.
    """

    share: FloatArray
    low: FloatArray
    high: FloatArray
    travellers: LongArray

    def frame(self, prefix: str = "share") -> pd.DataFrame:
        """Return them as columns: the share, and its bounds under ``_low`` and ``_high``."""
        return pd.DataFrame(
            {prefix: self.share, f"{prefix}_low": self.low, f"{prefix}_high": self.high}
        )


@dataclass(frozen=True)
class CellPassages:
    """What passes each cell of the working grid; arrays of shape (rows, columns).

    Attributes
    ----------
    metres
        Expected metres that one transit travels in the cell.
    share, low, high
        Share of the transits that pass it, with an interval.
    """

    metres: FloatArray
    share: FloatArray
    low: FloatArray
    high: FloatArray


class Counter:
    """Counts travellers by strata.

    Parameters
    ----------
    stratum
        Of each traveller, from 0.
    level
        How often intervals are to hold the true share.
    """

    def __init__(self, stratum: LongArray, *, level: float) -> None:
        self._stratum = stratum
        self._trials = np.bincount(stratum)
        self.level = level
        self.count = len(stratum)

    def shares(self, traveller: LongArray, group: LongArray, groups: int) -> Shares:
        """Return the share of travellers in each group, from pairs that may be there twice."""
        pairs = np.unique(traveller * groups + group)
        who, which = np.divmod(pairs, max(groups, 1))
        total = np.bincount(which, minlength=groups)
        met, place = np.unique(which, return_inverse=True)
        # Most groups are often met by nobody: their interval is one for all.
        low, high = (np.full(groups, bound) for (bound,) in self._interval(NOBODY, NOBODY, 1))
        # A part at a time, for strata times groups may be more than memory holds.
        part = max(1, TABLE // max(len(self._trials), 1))
        for first in range(0, len(met), part):
            some = (place >= first) & (place < first + part)
            groups_here = met[first : first + part]
            low[groups_here], high[groups_here] = self._interval(
                self._stratum[who[some]], place[some] - first, len(groups_here)
            )
        return Shares(total / max(self.count, 1), low, high, total)

    def _interval(
        self, stratum: LongArray, group: LongArray, groups: int
    ) -> tuple[FloatArray, FloatArray]:
        at = stratum * groups + group
        successes = np.bincount(at, minlength=len(self._trials) * groups)
        by_stratum = successes.reshape(len(self._trials), groups)
        return stratified_wilson(by_stratum, self._trials, level=self.level)

    def only(self, rows: LongArray) -> "Counter":
        """Return a counter of some of the travellers, by their rows."""
        _, stratum = np.unique(self._stratum[rows], return_inverse=True)
        return Counter(stratum, level=self.level)


class Passages(Counter):
    """Counts what sampled travellers pass.

    Parameters
    ----------
    graph
        The movement graph.
    travellers, paths
        Who, and which way; those without a path are left out of every share.
    level
        How often intervals are to hold the true share.
    """

    def __init__(
        self,
        graph: MovementGraph,
        travellers: Travellers,
        paths: SampledPaths,
        *,
        level: float,
    ) -> None:
        arrived = paths.arrived
        _, stratum = np.unique(travellers.stratum[: len(paths)][arrived], return_inverse=True)
        super().__init__(stratum, level=level)
        self.graph = graph
        self.paths = paths
        # Travellers by the row they have among those that arrived, and the step's arc.
        row = np.cumsum(arrived) - 1
        steps = np.diff(paths.starts)
        self._of_step = np.repeat(row, steps)
        self._arc = paths.arcs.astype(np.int64)

    @cached_property
    def used(self) -> tuple[LongArray, LongArray]:
        """The arcs that anybody takes, and which of them each step is."""
        arcs, step = np.unique(self._arc, return_inverse=True)
        return arcs, step.astype(np.int64)

    def among(self, group_of_used: LongArray, groups: int) -> Shares:
        """Return the share of travellers that take any arc of each group.

        Parameters
        ----------
        group_of_used
            For each of the used arcs the group that it belongs to, -1 for none.
        groups
            How many there are.
        """
        group = group_of_used[self.used[1]]
        some = group >= 0
        return self.shares(self._of_step[some], group[some], groups)

    def edges(self) -> Shares:
        """Return the share of the transits that use each edge of the road network."""
        edge = self.graph.road_edge[self.used[0]].astype(np.int64)
        return self.among(edge, len(self.graph.edges))

    def gates(self) -> Shares:
        """Return the share of the transits that pass each crossing."""
        row = self.graph.crossing[self.used[0]].astype(np.int64)
        return self.among(row, len(self.graph.crossings_open))

    def met(
        self,
        places: NDArray[np.object_],
        reach_m: FloatArray,
        *,
        controlled: tuple[LongArray, LongArray] | None = None,
    ) -> BoolArray:
        """Return which travellers come within reach of which places, or pass what one controls.

        Parameters
        ----------
        places
            Points or lines, in the grid's CRS.
        reach_m
            Of each; nobody comes within a reach of 0.
        controlled
            Arcs whose passage counts too, and the row of the place that each counts for; rows
            beyond the places are left aside.

        Returns
        -------
        numpy.ndarray
            Shape (travellers, places), of those who arrived.
        """
        arcs, step = self.used
        start, end = self.graph.tails[arcs], self.graph.heads[arcs]
        ends = np.stack([self._xy(start), self._xy(end)], axis=1)
        tree = shapely.STRtree(np.asarray(shapely.linestrings(ends)))
        place, arc = tree.query(places, predicate="dwithin", distance=reach_m)
        some = reach_m[place] > 0
        near = np.zeros((len(places), len(arcs)), bool)
        near[place[some], arc[some]] = True
        if controlled is not None and len(arcs):
            passed, row = controlled
            at = np.minimum(np.searchsorted(arcs, passed), len(arcs) - 1)
            some = (arcs[at] == passed) & (row < len(places))
            near[row[some], at[some]] = True
        found = np.zeros((self.count, len(places)), bool)
        for number, taken in enumerate(near):
            found[self._of_step[taken[step]], number] = True
        return found

    def shares_met(self, met: BoolArray) -> Shares:
        """Return the share of the transits that each place meets, from `met`."""
        traveller, place = np.nonzero(met)
        return self.shares(traveller, place, met.shape[1])

    def _xy(self, nodes: NDArray[np.int32]) -> FloatArray:
        return np.column_stack([self.graph.x[nodes], self.graph.y[nodes]])

    def cells(self) -> CellPassages:
        """Return what passes each cell of the working grid."""
        grid = self.graph.grid
        x, y, starts = self.corners()
        shape = (grid.rows, grid.columns)
        length, passed = np.zeros(shape), np.zeros(shape)
        add_passages(
            (x - grid.west) / grid.cell_m,
            (grid.north - y) / grid.cell_m,
            starts,
            np.ones(self.count),
            length,
            passed,
            np.full(shape, -1, np.int32),
        )
        # Strata are left aside here: a count for each cell and stratum would take much memory, and
        # without them an interval is a little wider, never too narrow.
        low, high = wilson(passed, np.full(shape, self.count), level=self.level)
        count = max(self.count, 1)
        return CellPassages(length * grid.cell_m / count, passed / count, low, high)

    def corners(self) -> tuple[FloatArray, FloatArray, LongArray]:
        """Return the corners of all paths, metres, and where each path's begin."""
        steps = np.diff(self.paths.starts)[self.paths.arrived]
        starts = np.concatenate([[0], np.cumsum(steps + 1)]).astype(np.int64)
        nodes = np.empty(starts[-1], np.int64)
        begins = np.zeros(len(nodes), bool)
        begins[starts[:-1]] = True
        nodes[~begins] = self.graph.heads[self._arc]
        first = self.paths.starts[:-1][self.paths.arrived]
        nodes[begins] = self.graph.tails[self._arc[first]]
        return self.graph.x[nodes], self.graph.y[nodes], starts

    def lines(self) -> NDArray[np.object_]:
        """Return each path as a line, in the order of those who arrived."""
        x, y, starts = self.corners()
        owner = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
        return np.asarray(shapely.linestrings(np.column_stack([x, y]), indices=owner))

    def km(self) -> FloatArray:
        """Return the length of each path, in the order of those who arrived."""
        return (
            np.bincount(self._of_step, self.graph.length_m[self._arc], minlength=self.count) / 1e3
        )

    def last_crossings(self, borders: gpd.GeoDataFrame) -> "LastCrossings":
        """Return where each traveller crosses a border for the last time.

        Parameters
        ----------
        borders
            Lines, in the grid's CRS.
        """
        arcs, step = self.used
        changes, points = _sides_changed(self.graph, arcs, borders)
        over = np.flatnonzero(changes[step])
        last = np.full(self.count, -1, np.int64)
        last[self._of_step[over]] = over  # steps are in order: the last one stays
        crossed = np.flatnonzero(last >= 0)
        arc = step[last[crossed]]
        gate = self.graph.crossing[arcs[arc]].astype(np.int64)
        return LastCrossings(crossed, points[arc], gate)


@dataclass(frozen=True)
class LastCrossings:
    """Where travellers cross a border for the last time.

    Attributes
    ----------
    traveller
        Rows of those who cross one, among those who arrived.
    point
        Where.
    gate
        Row of the crossing that is passed, -1 over open ground.
    """

    traveller: LongArray
    point: NDArray[np.object_]
    gate: LongArray

    def stretch(self, stretches: gpd.GeoDataFrame) -> LongArray:
        """Return the row of the stretch of border that each point is on."""
        if not len(stretches) or not len(self.point):
            return np.empty(0, np.int64)
        tree = shapely.STRtree(np.asarray(stretches.geometry.array))
        found = tree.query_nearest(self.point, all_matches=False)
        return np.asarray(found[1], np.int64)


def _sides_changed(
    graph: MovementGraph, arcs: LongArray, borders: gpd.GeoDataFrame
) -> tuple[BoolArray, NDArray[np.object_]]:
    """Return which arcs change sides of a border, and where."""
    start = np.column_stack([graph.x[graph.tails[arcs]], graph.y[graph.tails[arcs]]])
    end = np.column_stack([graph.x[graph.heads[arcs]], graph.y[graph.heads[arcs]]])
    kind = graph.kind[arcs]
    lines = np.asarray(borders.geometry.array)
    changes = kind == ArcKind.GATE
    free = (kind == ArcKind.GROUND) | (kind == ArcKind.ACCESS)
    # Roads are cut at the border: their last stretch ends on it, and does not pass it.
    if len(lines):
        changes |= free & (count_cuts(start, end, segments_of(lines)) % 2 == 1)
    points = np.full(len(arcs), None, dtype=object)
    middle = (start + end) / 2
    points[changes] = shapely.points(middle[changes])
    cut = np.flatnonzero(changes & free)
    if len(cut):
        moves = shapely.linestrings(np.stack([start[cut], end[cut]], axis=1))
        shared = np.asarray(shapely.intersection(moves, shapely.union_all(lines)))
        # Of several cuts the last; where a move only touches to the last bit, its middle.
        for row, found in zip(cut, shared, strict=True):
            parts = shapely.get_coordinates(found)
            if len(parts):
                along = np.argmax(np.hypot(*(parts - start[row]).T))
                points[row] = shapely.Point(parts[along])
    return changes, points
