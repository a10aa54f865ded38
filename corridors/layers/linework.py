"""Lines that lie on one another, of which a study needs one, and the sides of lines."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from corridors.layers.subject import Subject, rows_named

__all__ = ["front_on_the_left", "without_overlaps"]

# All of a line within this of others is a copy of them, rounded or brought from another system.
SAME_M = 0.25
# Places along a line that are looked at; what is shorter than some of them is no copy, but may
# close a gap.
LOOKED_AT_M = 0.5
COPY_MIN_M = 5.0
# A part of a line nearer than this to another lies on it.
SNAP_M = 0.001
METRES_PER_DEGREE = 110_574.0
# What two lines share where they only cross or meet has no length but that of the snapping.
LEAST_SNAPS = 100
# How far along a line to either side its direction is taken.
STEP_M = 0.1


@dataclass(frozen=True)
class _Rest:
    """What a row adds to those before it, and which of them lie on it."""

    geometry: shapely.Geometry
    under: tuple[int, ...] = ()
    itself: bool = False


def without_overlaps(
    frame: gpd.GeoDataFrame, subject: Subject, *, noun: str = "row"
) -> gpd.GeoDataFrame:
    """Return lines of which every part is there once: the first row that holds it keeps it.

    Parameters
    ----------
    frame
        Lines in the CRS of their file, where a line that was copied in part is still straight
        between its vertices; indexed by the rows' numbers, or what else tells them apart.
    subject
        Told which rows were left out or shortened.
    noun
        What a row is called there.

    Returns
    -------
    GeoDataFrame
        The same rows where none overlap, else without what was there before. Lines that only
        cross or touch are not changed.
    """
    unit = 1 / METRES_PER_DEGREE if frame.crs.is_geographic else 1.0
    rests = _rests(np.asarray(frame.geometry.array), unit)
    gone = np.array([bool(shapely.is_empty(rest.geometry)) for rest in rests])
    kept = frame.set_geometry(np.array([rest.geometry for rest in rests]), crs=frame.crs)
    kept = kept[np.logical_not(gone)]
    number = frame.index.to_numpy()
    if gone.any():
        under = sorted({row for rest in np.array(rests)[gone] for row in rest.under})
        subject.note(
            f"{rows_named(number[gone], noun=noun)} left out: the same lines are in "
            f"{rows_named(number[under], noun=noun)}, and count once",
            rows=noun == "row",
        )
    for row in np.flatnonzero(np.logical_not(gone)):
        rest = rests[row]
        if rest.itself or rest.under:
            others = rows_named(number[list(rest.under)], noun=noun) if rest.under else "itself"
            subject.note(
                f"{rows_named([number[row]], noun=noun)} lies in part on {others}; "
                "what they share counts once",
                rows=noun == "row",
            )
    return kept


def _rests(lines: NDArray[np.object_], unit: float) -> list[_Rest]:
    """Return what each line adds to those before it; `unit` is a metre in the lines' system."""
    tree = shapely.STRtree(lines)
    rests: list[_Rest] = []
    for row, line in enumerate(lines):
        near = np.sort(tree.query(line, predicate="dwithin", distance=SAME_M * unit))
        there = [not shapely.is_empty(rests[other].geometry) for other in near[near < row]]
        before = near[near < row][there]
        if len(before) and _runs_along(line, lines[before], unit):
            rests.append(_Rest(shapely.LineString(), tuple(int(other) for other in before)))
        else:
            rests.append(_rest(row, lines, before, SNAP_M * unit))
    return rests


def _runs_along(line: shapely.Geometry, others: NDArray[np.object_], unit: float) -> bool:
    """Tell whether all of a line is so near to others as a copy of them is."""
    if shapely.length(line) < COPY_MIN_M * unit:
        return False
    together = shapely.multilinestrings(shapely.get_parts(others))
    shapely.prepare(together)
    for looked_at in (line, shapely.segmentize(line, LOOKED_AT_M * unit)):
        places = shapely.points(shapely.get_coordinates(looked_at))
        if not shapely.dwithin(together, places, SAME_M * unit).all():
            return False
    return True


def _rest(row: int, lines: NDArray[np.object_], before: NDArray[np.int64], snap: float) -> _Rest:
    line, least = lines[row], LEAST_SNAPS * snap
    # A line that does not meet itself is nowhere twice.
    once = line if shapely.is_simple(line) else shapely.union_all([line], grid_size=snap)
    itself = bool(shapely.length(line) - shapely.length(once) > least)
    rest, under = once if itself else line, []
    for other in before:
        without = shapely.difference(rest, lines[other], grid_size=snap)
        if shapely.length(rest) - shapely.length(without) > least:
            rest = without
            under.append(int(other))
    if itself or under:
        rest = shapely.line_merge(rest, directed=True)
    return _Rest(rest, tuple(under), itself)


def front_on_the_left(lines: NDArray[np.object_], point: shapely.Point) -> NDArray[np.object_]:
    """Turn lines round so that the side where a point is lies on their left.

    Pieces that join are one line, however each was drawn, and are turned together. The side of a
    closed line is its inside or its outside; of another, what its own bends hide is decided where
    it comes nearest to the point.

    Parameters
    ----------
    lines
        LineStrings in a metric CRS, none of which lies on another.
    point
        On the side of the front, in the same CRS.

    Examples
    --------
    >>> pieces = shapely.linestrings([[(0, 0), (0, 5)], [(0, 9), (0, 5)]])
    >>> [line.wkt for line in front_on_the_left(pieces, shapely.Point(3, 4))]
    ['LINESTRING (0 9, 0 5, 0 0)']
    """
    joined = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(lines)))
    turned = [line if _is_left(line, point) else shapely.reverse(line) for line in joined]
    return np.array(turned, dtype=object)


def _is_left(line: shapely.LineString, point: shapely.Point) -> bool:
    if shapely.is_ring(line):
        inside = bool(shapely.contains_properly(shapely.Polygon(line), point))
        return inside == bool(shapely.is_ccw(line))
    # At a corner the tangents of both pieces are averaged: one alone would misjudge points that
    # lie between their normals.
    along = shapely.line_locate_point(line, point)
    length = shapely.length(line)
    step = min(STEP_M, length / 4)
    places = np.array([along - step, along, along + step])
    places = np.mod(places, length) if shapely.is_closed(line) else np.clip(places, 0, length)
    before, at, after = shapely.get_coordinates(shapely.line_interpolate_point(line, places))
    tangent, to_point = after - before, shapely.get_coordinates(point)[0] - at
    return bool(tangent[0] * to_point[1] - tangent[1] * to_point[0] > 0)
