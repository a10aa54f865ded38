"""Does a move cut a line? Exact, and consistent at every corner, so that nothing leaks.

Coordinates are taken to the millimetre and held as whole numbers, so that every orientation is
computed without rounding. A move's end that lies exactly on a line is thought to be shifted by an
infinitely small step (e, e^2), the same for all points (simulation of simplicity, Edelsbrunner and
Muecke 1990): every answer is then that of one real configuration without special cases, in which a
way from one side of an unbroken line to the other must cut it.
"""

import numpy as np
import shapely
from numpy.typing import NDArray

__all__ = ["count_cuts", "count_cuts_each_way", "segments_of"]

FloatArray = NDArray[np.float64]
LongArray = NDArray[np.int64]
MM = 1000.0
# Up to this extent the difference of two products of differences stays below 2^63.
EXTENT_MAX_M = 1_000_000.0


def segments_of(lines: NDArray[np.object_]) -> FloatArray:
    """Return the straight pieces of lines as an array (n, 4) of x0, y0, x1, y1."""
    # A copy, because shapely 2.1.0 refuses arrays that may not be written to.
    parts = shapely.get_parts(np.array(lines, dtype=object))
    xy, owner = shapely.get_coordinates(parts, return_index=True)
    same = owner[1:] == owner[:-1]
    return np.column_stack([xy[:-1][same], xy[1:][same]])


def count_cuts(start: FloatArray, end: FloatArray, segments: FloatArray) -> LongArray:
    """Count how often each straight move cuts a set of segments.

    Parameters
    ----------
    start, end
        Ends of the moves, shape (n, 2), metres.
    segments
        The pieces of the line, shape (m, 4), metres.

    Returns
    -------
    numpy.ndarray
        Of length n: the number of pieces that each move cuts.

    Raises
    ------
    ValueError
        When coordinates spread over more than 1,000 km, where whole numbers would overflow.

    Examples
    --------
    >>> wall = segments_of(shapely.linestrings([[(0, -5), (0, 0), (0, 5)]]))
    >>> count_cuts(np.array([[-1.0, 0.0]]), np.array([[1.0, 0.0]]), wall)
    array([1])
    """
    return np.asarray(count_cuts_each_way(start, end, segments).sum(axis=1))


def count_cuts_each_way(start: FloatArray, end: FloatArray, segments: FloatArray) -> LongArray:
    """Count how often each straight move cuts a set of segments, by the way it passes them.

    Parameters
    ----------
    start, end, segments
        As for `count_cuts`.

    Returns
    -------
    numpy.ndarray
        Shape (n, 2): how often each move passes from the left of a piece to its right, and from
        its right to its left.

    Raises
    ------
    ValueError
        As for `count_cuts`.

    Examples
    --------
    >>> northward = segments_of(shapely.linestrings([[(0, -5), (0, 5)]]))
    >>> count_cuts_each_way(np.array([[-1.0, 0.0]]), np.array([[1.0, 0.0]]), northward)
    array([[1, 0]])
    """
    cuts = np.zeros((len(start), 2), dtype=np.int64)
    if not len(start) or not len(segments):
        return cuts
    origin = segments[:, :2].mean(axis=0).round()
    p, q = _whole(start - origin), _whole(end - origin)
    ends = _whole(segments - np.tile(origin, 2))
    move, piece = _candidates(start, end, segments)
    a, b = ends[piece, :2], ends[piece, 2:]
    from_left = _side_of_point(a, b, p[move])
    between = from_left != _side_of_point(a, b, q[move])
    across = _side_of_corner(p[move], q[move], a) != _side_of_corner(p[move], q[move], b)
    cut = between & across
    np.add.at(cuts, (move[cut], np.where(from_left[cut], 0, 1)), 1)
    return cuts


def _candidates(
    start: FloatArray, end: FloatArray, segments: FloatArray
) -> tuple[LongArray, LongArray]:
    """Return the pairs of move and piece whose boxes come within a centimetre of each other."""
    pieces = np.asarray(shapely.linestrings(segments.reshape(-1, 2, 2)))
    tree = shapely.STRtree(pieces)
    low, high = np.minimum(start, end) - 0.01, np.maximum(start, end) + 0.01
    boxes = shapely.box(low[:, 0], low[:, 1], high[:, 0], high[:, 1])
    move, piece = tree.query(boxes)
    return move.astype(np.int64), piece.astype(np.int64)


def _whole(metres: FloatArray) -> LongArray:
    if np.abs(metres).max() > EXTENT_MAX_M:
        message = "lines and moves spread over more than 1,000 km; cut the study area"
        raise ValueError(message)
    return np.rint(metres * MM).astype(np.int64)


def _cross(ux: LongArray, uy: LongArray, vx: LongArray, vy: LongArray) -> LongArray:
    return ux * vy - uy * vx


def _side_of_point(a: LongArray, b: LongArray, p: LongArray) -> NDArray[np.bool_]:
    """Tell on which side of the line a-b a shifted point lies; never on it."""
    dx, dy = b[:, 0] - a[:, 0], b[:, 1] - a[:, 1]
    area = _cross(dx, dy, p[:, 0] - a[:, 0], p[:, 1] - a[:, 1])
    # The shift (e, e^2) adds -dy e + dx e^2.
    return np.where(area != 0, area > 0, np.where(dy != 0, dy < 0, dx > 0))


def _side_of_corner(p: LongArray, q: LongArray, a: LongArray) -> NDArray[np.bool_]:
    """Tell on which side of a shifted move p-q a corner lies; never on it."""
    dx, dy = q[:, 0] - p[:, 0], q[:, 1] - p[:, 1]
    area = _cross(dx, dy, a[:, 0] - p[:, 0], a[:, 1] - p[:, 1])
    # Shifting the move by (e, e^2) is shifting the corner by the opposite.
    return np.where(area != 0, area > 0, np.where(dy != 0, dy > 0, dx < 0))
