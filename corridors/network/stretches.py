"""Straight stretches of road, and the places along them, however the data cut the road.

A stretch runs from corner to corner. A node where a road is only cut in two, straight on and with
nothing else there, is no corner: the places lie as if it were not.
"""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from corridors.network.noding import TOUCH_M
from corridors.network.parts import EndStates

__all__ = ["Pieces", "straight_pieces"]

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
Flags = NDArray[np.bool_]

# A line that turns by less, and strays by less from the straight, has no corner there.
STRAIGHT_RAD = 1e-4
STRAIGHT_M = 0.01


@dataclass(frozen=True)
class Pieces:
    """The parts of the edges, in order of edge and along it, and the stretches they are part of.

    P pieces, R stretches. A stretch of n steps has places 0 to n, its ends among them.

    Attributes
    ----------
    edge
        (P,) the edge.
    start_state, end_state
        (P,) the state where the piece starts and ends, or -1 at a corner in the middle of an edge.
    stretch
        (P,) the stretch.
    start, end
        (P,) where on the stretch it starts and ends, in steps: whole numbers are places.
    steps, length_m
        (R,) number of steps, and the length of all of them.
    from_xy, to_xy
        (R, 2) ends, in order of x, then y.
    """

    edge: Indices
    start_state: Indices
    end_state: Indices
    stretch: Indices
    start: Floats
    end: Floats
    steps: Indices
    length_m: Floats
    from_xy: Floats
    to_xy: Floats

    def xy(self, stretch: Indices, steps: Floats) -> Floats:
        """Return coordinates (n, 2) of places so many steps along stretches."""
        share = (steps / self.steps[stretch])[:, None]
        near, far = self.from_xy[stretch], self.to_xy[stretch]
        return np.where(share < 1, near + share * (far - near), far)


@dataclass(frozen=True)
class _Course:
    """All coordinates of the edges; `state` is that of an end, -1 in the middle."""

    xy: Floats
    edge: Indices
    state: Indices
    # The coordinates on either side; for a node that only cuts a road, one on each edge.
    before: Indices
    after: Indices
    # The two ends that meet at each such node, (n, 2).
    meeting: Indices


def straight_pieces(
    edges: gpd.GeoDataFrame, states: EndStates, may_pass: Flags, *, max_spacing_m: float
) -> Pieces:
    """Return the pieces of edges on straight stretches of road, in even steps.

    Parameters
    ----------
    edges
        As `RoadNetwork.edges_gdf` gives them.
    states
        Where they start and end.
    may_pass
        (N,) states that are no place of their own: neither gates nor on a border.
    max_spacing_m
        The greatest length of a step.
    """
    course = _course(edges, states, may_pass)
    smooth = _goes_straight(course)
    pieces, strayed = _pieces(course, smooth, max_spacing_m)
    if strayed.any():
        # Many small turns make a bend: all of its corners count.
        pieces, _ = _pieces(course, smooth & ~strayed, max_spacing_m)
    return pieces


def _course(edges: gpd.GeoDataFrame, states: EndStates, may_pass: Flags) -> _Course:
    xy, edge = shapely.get_coordinates(np.asarray(edges.geometry.array), return_index=True)
    edge = edge.astype(np.int64)
    number = np.arange(len(edges))
    ends = np.column_stack(
        [np.searchsorted(edge, number), np.searchsorted(edge, number, side="right") - 1]
    ).astype(np.int64)
    state = np.full(len(xy), -1, dtype=np.int64)
    state[ends] = np.column_stack([states.from_state, states.to_state])
    before, after = np.arange(len(xy)) - 1, np.arange(len(xy)) + 1
    before[ends], after[ends] = -1, -1
    meeting = _meeting(edges, ends, state, may_pass)
    inward = np.where(np.isin(meeting, ends[:, 0]), meeting + 1, meeting - 1)
    for side in (0, 1):
        before[meeting[:, side]], after[meeting[:, side]] = inward[:, 0], inward[:, 1]
    return _Course(xy, edge, state, before, after, meeting)


def _meeting(edges: gpd.GeoDataFrame, ends: Indices, state: Indices, may_pass: Flags) -> Indices:
    """Return the pairs of ends that meet where two like edges do, and nothing else."""
    at = ends.ravel()
    at = at[np.argsort(state[at], kind="stable")]
    degree = np.bincount(state[at], minlength=len(may_pass))
    first = np.searchsorted(state[at], np.flatnonzero(may_pass & (degree == 2)))
    pairs = np.column_stack([at[first], at[first + 1]])
    row = np.searchsorted(ends[:, 0], pairs, side="right") - 1
    like = np.ones(len(pairs), dtype=bool)
    for name in ("road_class", "speed_kmh", "oneway", "on_border"):
        values = edges[name].to_numpy()
        like &= values[row[:, 0]] == values[row[:, 1]]
    begins = pairs == ends[row, 0]
    against = edges["oneway"].to_numpy(bool)[row[:, 0]] & (begins[:, 0] == begins[:, 1])
    return np.asarray(pairs[like & ~against])


def _goes_straight(course: _Course) -> Flags:
    """Return at which coordinates a line goes on as if they were not there."""
    smooth = course.before >= 0
    at = np.flatnonzero(smooth)
    come = course.xy[at] - course.xy[course.before[at]]
    go = course.xy[course.after[at]] - course.xy[at]
    turn = np.abs(come[:, 0] * go[:, 1] - come[:, 1] * go[:, 0])
    came, goes = np.hypot(*come.T), np.hypot(*go.T)
    # So near to a corner, rounding would decide which of the two is the corner.
    far = (came > TOUCH_M) & (goes > TOUCH_M)
    on = (come * go).sum(axis=1) > 0
    smooth[at] = far & on & (turn <= STRAIGHT_RAD * came * goes)
    return smooth


def _pieces(course: _Course, smooth: Flags, max_spacing_m: float) -> tuple[Pieces, Flags]:
    """Return the pieces, and the coordinates on stretches that are not straight after all."""
    meeting = course.meeting[smooth[course.meeting[:, 0]]]
    cut = np.zeros(len(smooth), dtype=bool)
    cut[meeting] = True
    kept = np.flatnonzero(~smooth | (course.state >= 0))
    joined = course.edge[kept[1:]] == course.edge[kept[:-1]]
    start, end = kept[:-1][joined], kept[1:][joined]
    stretch, count = _joined(start, end, meeting)
    low, high, whole = _corners(course.xy, cut, (start, end), stretch, count)
    length = np.hypot(*(course.xy[high] - course.xy[low]).T)
    steps = np.maximum(np.ceil(length / max_spacing_m), 1).astype(np.int64)

    dropped = np.flatnonzero(smooth & (course.state < 0))
    at = np.concatenate([start, end, dropped])
    on = np.concatenate([stretch, stretch, stretch[np.searchsorted(end, dropped)]])
    share, stray_m = _along(course.xy[at], course.xy[low[on]], course.xy[high[on]])
    bent = ~whole | (length == 0)
    bent[on[stray_m > STRAIGHT_M]] = True
    strayed = np.zeros(len(smooth), dtype=bool)
    strayed[at[bent[on]]] = True

    along = share * steps[on]
    nearest = np.rint(along)
    # A cut that falls on a place is that place.
    between = cut[at] & (np.abs(along - nearest) * length[on] > TOUCH_M / 2 * steps[on])
    along = np.where(between, along, nearest)
    pieces = Pieces(
        edge=course.edge[start],
        start_state=course.state[start],
        end_state=course.state[end],
        stretch=stretch,
        start=along[: len(start)],
        end=along[len(start) : 2 * len(start)],
        steps=steps,
        length_m=length,
        from_xy=course.xy[low],
        to_xy=course.xy[high],
    )
    return pieces, strayed & smooth


def _joined(start: Indices, end: Indices, meeting: Indices) -> tuple[Indices, int]:
    """Return the stretch of each piece, and how many there are."""
    # An end of an edge is the start or the end of one piece.
    begins = start[np.minimum(np.searchsorted(start, meeting), len(start) - 1)] == meeting
    piece = np.where(begins, np.searchsorted(start, meeting), np.searchsorted(end, meeting))
    joins = coo_array((np.ones(len(piece)), (piece[:, 0], piece[:, 1])), shape=(len(start),) * 2)
    count, stretch = connected_components(joins, directed=False)
    return np.asarray(stretch, dtype=np.int64), int(count)


def _corners(
    xy: Floats, cut: Flags, pieces: tuple[Indices, Indices], stretch: Indices, count: int
) -> tuple[Indices, Indices, Flags]:
    """Return the first and last corner of each stretch by x, then y, and whether these are all."""
    at, on = np.concatenate(pieces), np.concatenate([stretch, stretch])
    corner = ~cut[at]
    at, on = at[corner], on[corner]
    order = np.lexsort((xy[at, 1], xy[at, 0], on))
    number = np.bincount(on, minlength=count)
    last = np.cumsum(number)
    low, high = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    some = number > 0
    low[some] = at[order[(last - number)[some]]]
    high[some] = at[order[(last - 1)[some]]]
    return low, high, number == 2


def _along(xy: Floats, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Return how far along a straight line places are, from 0 to 1, and how far off it."""
    line, off = high - low, xy - low
    square = np.maximum((line**2).sum(axis=1), np.finfo(float).tiny)
    share = np.clip((off * line).sum(axis=1) / square, 0.0, 1.0)
    return share, np.hypot(*(off - share[:, None] * line).T)
