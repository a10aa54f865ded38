"""How likely an arc of the movement graph is to be seen, sensor by sensor."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import KDTree

from corridors.detection.sensors import Sensors
from corridors.kernels.catches import mean_tapers
from corridors.movement import ArcKind, MovementGraph

__all__ = ["Detection", "Sight", "detection_of"]

FloatArray = NDArray[np.float64]
LongArray = NDArray[np.int64]

# Tells for one sensor which of some points it sees, shape (n, 2) in, of length n out.
Sight = Callable[[int, FloatArray], NDArray[np.bool_]]

# A sensor that controls a gate or a road stands at most so far from it.
CONTROL_REACH_M = 1000.0
# What stops passages at one kind of place, in order: the first that is near enough.
CONTROLLED: Mapping[str, tuple[ArcKind, ...]] = {
    "": (),
    "gate": (ArcKind.GATE, ArcKind.ROAD),
    "road": (ArcKind.ROAD,),
}
# Places along a step (of a part 0 to 1) and weights of Gauss and Legendre's rule, for lines.
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(5)
ALONG, WEIGHTS = (_NODES + 1) / 2, _WEIGHTS / 2
# Length of such a step in ranges, and how many are taken of one piece at most; the strip is a
# little wider than the range, for its round ends have corners.
STEP, STEPS_MAX, STRIP = 0.5, 64, 1.01


@dataclass(frozen=True)
class Detection:
    """What sensors see of the arcs of one movement graph.

    Attributes
    ----------
    sensors
        The sensors, S of them.
    indptr, which
        Sensors ``which[indptr[a]:indptr[a + 1]]`` see something of arc a.
    rate
        In that order: hazard per hour that the arc takes.
    once
        In that order: hazard of passing the arc, however long it takes: of a gate or a road that
        the sensor controls.
    """

    sensors: Sensors
    indptr: LongArray
    which: NDArray[np.int32]
    rate: FloatArray
    once: FloatArray

    @property
    def controlled(self) -> tuple[LongArray, LongArray]:
        """The arcs whose passage sensors control, and the row of the sensor that controls each."""
        entry = np.flatnonzero(self.once > 0)
        arc = np.searchsorted(self.indptr, entry, side="right") - 1
        return arc.astype(np.int64), self.which[entry].astype(np.int64)

    def hazard(self, hours: FloatArray, *, only: NDArray[np.bool_] | None = None) -> FloatArray:
        """Return the hazard of every arc.

        Parameters
        ----------
        hours
            That each arc takes; infinite where it cannot be passed, which then has no hazard.
        only
            Which sensors count; all of them unless given.
        """
        arc = np.repeat(np.arange(len(hours)), np.diff(self.indptr))
        passable = np.isfinite(hours)
        finite = np.where(passable, hours, 0.0)[arc]
        values = (self.rate * finite + self.once) * passable[arc]
        if only is not None:
            values = values * only[self.which]
        return np.bincount(arc, values, minlength=len(hours)).astype(np.float64)


def detection_of(
    graph: MovementGraph, sensors: Sensors, *, sight: Sight | None = None
) -> Detection:
    """Return what sensors see of every arc.

    Parameters
    ----------
    graph
        The movement graph.
    sensors
        In the graph's CRS.
    sight
        What cuts the view; open ground unless given. Of an arc's two ends and its middle, those
        within range are looked at, and the part of them that is seen counts; where none is, the
        place at which the arc comes nearest.

    Notes
    -----
    The hazard of sensor k at distance d is rate (1 - (d / R)^2)^2 within its range R. Along an arc
    at constant speed its mean is the integral of a polynomial, taken exactly over the part of the
    arc within range; for lines, by Gauss and Legendre's rule with five places in each half range.

    A manned gate adds its probability to each passage of the crossing nearest to it within 1 km;
    a road post, and a manned gate without a crossing, to each passage of the nearest segment of
    road within 1 km. A road post beside a gate stops who comes by road, not who goes through the
    gate over the ground.
    """
    rates, once = [], []
    tree = KDTree(np.column_stack([graph.x, graph.y]))
    longest = float(graph.length_m.max(initial=0.0))
    for number in range(len(sensors)):
        arcs = _arcs_near(graph, tree, sensors, number, longest)
        share = _mean_taper(graph, arcs, sensors, number)
        arcs, share = arcs[share > 0], share[share > 0]
        if sight is not None and len(arcs):
            share = share * _seen(graph, arcs, sensors, sight, number)
            arcs, share = arcs[share > 0], share[share > 0]
        rates.append((arcs, share * sensors.rate_per_hour[number]))
        once.append(_controlled(graph, sensors, number))
    return _joined(graph, sensors, rates, once)


def _joined(
    graph: MovementGraph,
    sensors: Sensors,
    rates: list[tuple[LongArray, FloatArray]],
    once: list[tuple[LongArray, FloatArray]],
) -> Detection:
    """Sort what each sensor sees by arcs; what it sees and controls at once is one entry."""
    parts = [*rates, *once]
    arc = np.concatenate([np.empty(0, np.int64), *(arcs for arcs, _ in parts)])
    value = np.concatenate([np.empty(0), *(values for _, values in parts)])
    sizes = [len(arcs) for arcs, _ in parts]
    which = np.repeat(np.tile(np.arange(len(sensors)), 2), sizes)
    is_rate = np.repeat(np.arange(len(parts)) < len(sensors), sizes)
    keys, entry = np.unique(arc * max(len(sensors), 1) + which, return_inverse=True)
    arc_of, which_of = np.divmod(keys, max(len(sensors), 1))
    return Detection(
        sensors,
        np.searchsorted(arc_of, np.arange(graph.arc_count + 1)).astype(np.int64),
        which_of.astype(np.int32),
        np.bincount(entry[is_rate], value[is_rate], minlength=len(keys)).astype(np.float64),
        np.bincount(entry[~is_rate], value[~is_rate], minlength=len(keys)).astype(np.float64),
    )


def _arcs_near(
    graph: MovementGraph, tree: KDTree, sensors: Sensors, number: int, longest: float
) -> LongArray:
    """Return the arcs one of whose ends is near enough that some of it may be within range."""
    reach = sensors.range_m[number]
    if reach <= 0 or sensors.probability[number] <= 0:
        return np.empty(0, np.int64)
    place = sensors.place[number]
    if shapely.get_dimensions(place) == 0:
        nodes = np.array(tree.query_ball_point([place.x, place.y], reach + longest), np.int64)
    else:
        west, south, east, north = shapely.buffer(place, reach + longest).bounds
        box = (graph.x >= west) & (graph.x <= east) & (graph.y >= south) & (graph.y <= north)
        nodes = np.flatnonzero(box)
    counts = graph.indptr[nodes + 1] - graph.indptr[nodes]
    first = np.repeat(graph.indptr[nodes], counts)
    step = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.sort(first + step)


def _ends(graph: MovementGraph, arcs: LongArray) -> tuple[FloatArray, FloatArray]:
    tail, head = graph.tails[arcs], graph.heads[arcs]
    return (
        np.column_stack([graph.x[tail], graph.y[tail]]),
        np.column_stack([graph.x[head], graph.y[head]]),
    )


def _mean_taper(graph: MovementGraph, arcs: LongArray, sensors: Sensors, number: int) -> FloatArray:
    """Return the mean over each arc of (1 - (d / R)^2)^2 within range, 0 beyond."""
    if not len(arcs):
        return np.empty(0)
    start, end = _ends(graph, arcs)
    reach, place = sensors.range_m[number], sensors.place[number]
    if shapely.get_dimensions(place) == 0:
        return point_taper(start - [place.x, place.y], end - [place.x, place.y], reach)
    return line_taper(start, end, reach, place)


def line_taper(
    start: FloatArray, end: FloatArray, reach: float, place: shapely.Geometry
) -> FloatArray:
    """Return the mean of (1 - (d / R)^2)^2 along pieces, d the distance to a line.

    Only what is within range is looked at, in steps that are short beside it: a piece may be many
    ranges long, and its few places on the whole of it would then miss the line.

    Parameters
    ----------
    start, end
        Ends of the pieces, shape (n, 2), metres.
    reach
        R, metres; beyond it the value is 0.
    place
        The line.
    """
    length = np.hypot(*(end - start).T)
    pieces = np.asarray(shapely.linestrings(np.stack([start, end], axis=1)))
    strip = shapely.buffer(place, reach * STRIP)
    shapely.prepare(strip)
    # Along what has no length the value is the same.
    total = np.where(length > 0, 0.0, _taper(start, place, reach))
    near = np.flatnonzero(shapely.intersects(strip, pieces) & (length > 0))
    parts, of = shapely.get_parts(shapely.intersection(pieces[near], strip), return_index=True)
    is_line = shapely.get_dimensions(parts) == 1
    parts, of = parts[is_line], near[of[is_line]]
    step = np.maximum(reach * STEP, shapely.length(parts) / STEPS_MAX)
    xy, part = shapely.get_coordinates(shapely.segmentize(parts, step), return_index=True)
    same = part[1:] == part[:-1]
    first, then, own = xy[:-1][same], xy[1:][same], of[part[1:][same]]
    long = np.hypot(*(then - first).T) / length[own]
    for at, weight in zip(ALONG, WEIGHTS, strict=True):
        value = _taper(first + at * (then - first), place, reach)
        total += np.bincount(own, weight * long * value, minlength=len(total))
    return total


def _taper(xy: FloatArray, place: shapely.Geometry, reach: float) -> FloatArray:
    near = np.maximum(1 - (shapely.distance(shapely.points(xy), place) / reach) ** 2, 0.0)
    return np.asarray(near**2)


def point_taper(start: FloatArray, end: FloatArray, reach: float) -> FloatArray:
    """Return the mean of (1 - (d / R)^2)^2 along straight pieces, d the distance to the origin.

    Parameters
    ----------
    start, end
        Ends of the pieces, shape (n, 2), metres.
    reach
        R, metres; beyond it the value is 0.

    Examples
    --------
    A pass through the origin, 1.5 ranges to either side: 16 R / 15 over 3 R.

    >>> point_taper(np.array([[-15.0, 0.0]]), np.array([[15.0, 0.0]]), 10.0).round(4).tolist()
    [0.3556]
    """
    # Columns, each side by side in memory.
    (x0, y0), (x1, y1) = np.ascontiguousarray(start.T), np.ascontiguousarray(end.T)
    return mean_tapers(x0, y0, x1, y1, float(reach))


def _seen(
    graph: MovementGraph, arcs: LongArray, sensors: Sensors, sight: Sight, number: int
) -> FloatArray:
    """Return the part of each arc's two ends and middle, of those within range, that is seen."""
    nodes, ends = np.unique([graph.tails[arcs], graph.heads[arcs]], return_inverse=True)
    at_nodes = np.column_stack([graph.x[nodes], graph.y[nodes]])
    start, end = _ends(graph, arcs)
    # Both ways along one piece have one middle.
    middle = np.round((start + end) / 2, 3)
    places, which = np.unique(middle, axis=0, return_inverse=True)
    place, reach = sensors.place[number], sensors.range_m[number]
    seen, within = np.zeros(len(arcs)), np.zeros(len(arcs))
    for points, rows in ((at_nodes, ends.reshape(2, -1)), (places, which.reshape(1, -1))):
        near = shapely.distance(shapely.points(points), place) <= reach
        visible = np.zeros(len(points), bool)
        visible[near] = sight(number, points[near])
        seen += visible[rows].sum(axis=0)
        within += near[rows].sum(axis=0)
    between = np.flatnonzero(within == 0)
    if len(between):
        # Only something between them is within range: where the arc comes nearest.
        pieces = shapely.linestrings(np.stack([start[between], end[between]], axis=1))
        nearest = shapely.get_coordinates(shapely.shortest_line(pieces, place))[::2]
        seen[between], within[between] = sight(number, nearest), 1.0
    return np.asarray(seen / within)


def _controlled(
    graph: MovementGraph, sensors: Sensors, number: int
) -> tuple[LongArray, FloatArray]:
    """Return the arcs whose passage a sensor controls, and the hazard of each."""
    nothing = np.empty(0, np.int64), np.empty(0)
    if not sensors.controls[number] or sensors.probability[number] <= 0:
        return nothing
    place = sensors.place[number]
    hazard = -np.log1p(-sensors.probability[number])
    for kind in CONTROLLED[sensors.controls[number]]:
        arcs = np.flatnonzero(graph.kind == kind)
        if not len(arcs):
            continue
        away = _distance(graph, arcs, place)
        nearest = int(np.argmin(away))
        if away[nearest] > CONTROL_REACH_M:
            continue
        if kind == ArcKind.GATE:
            same = arcs[graph.crossing[arcs] == graph.crossing[arcs[nearest]]]
            return same, hazard * graph.delay_share[same]
        tail, head = graph.tails[arcs[nearest]], graph.heads[arcs[nearest]]
        back = arcs[(graph.tails[arcs] == head) & (graph.heads[arcs] == tail)]
        both = np.unique(np.append(back, arcs[nearest]))
        return both, np.full(len(both), hazard)
    return nothing


def _distance(graph: MovementGraph, arcs: LongArray, place: shapely.Geometry) -> FloatArray:
    start, end = _ends(graph, arcs)
    pieces = shapely.linestrings(np.stack([start, end], axis=1))
    return np.asarray(shapely.distance(pieces, place))
