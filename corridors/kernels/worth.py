"""What one sensor more would catch at each of many places, where the ground cuts its sight."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from corridors.kernels.catches import mean_taper
from corridors.kernels.jit import compiled
from corridors.kernels.sight import is_free, known_height

__all__ = ["Pieces", "Squares", "Surface", "add_worth"]

FloatArray = NDArray[np.float64]
LongArray = NDArray[np.int64]
IntArray = NDArray[np.int32]


class Pieces(NamedTuple):
    """Straight pieces of ways, and who takes them for how long.

    Attributes
    ----------
    x, y
        Of points, metres: the ends of the pieces, and behind them the middle of each.
    top_m
        How high somebody stands there, NaN where the ground is unknown.
    tail, head
        The points at the ends of each piece.
    first_step, path, hours
        Steps ``first_step[piece]:first_step[piece + 1]`` take it: of which path, for how long.
    """

    x: FloatArray
    y: FloatArray
    top_m: FloatArray
    tail: IntArray
    head: IntArray
    first_step: LongArray
    path: IntArray
    hours: FloatArray


class Squares(NamedTuple):
    """Pieces by the squares that the boxes around them touch.

    Attributes
    ----------
    first, piece
        Square (row, column), counted from the corner up and to the right, holds
        ``piece[first[s]:first[s + 1]]`` with s = row * columns + column.
    rows, columns, west, south, side
        How many, and where, metres.
    """

    first: LongArray
    piece: IntArray
    rows: int
    columns: int
    west: float
    south: float
    side: float


class Surface(NamedTuple):
    """Heights that cut sight.

    Attributes
    ----------
    heights
        Of square cells, metres, with the outermost cells once more on each side.
    west, north, cell_m
        The corner of the first cell that is not there twice, and a cell's side, metres.
    bend
        Metres by which the ground falls away in a cell's length squared.
    person_m
        How high somebody stands above the ground.
    """

    heights: FloatArray
    west: float
    north: float
    cell_m: float
    bend: float
    person_m: float


@compiled
def add_worth(
    place_x: FloatArray,
    place_y: FloatArray,
    eye_m: FloatArray,
    reach: float,
    rate: float,
    pieces: Pieces,
    squares: Squares,
    surface: Surface,
    survived: FloatArray,
    worth: FloatArray,
) -> None:
    """Add what a sensor at each of many places would catch of what nobody else does.

    Parameters
    ----------
    place_x, place_y
        The places, metres.
    eye_m
        Height of the sensor at each; NaN where nothing cuts its sight.
    reach, rate
        Its range, metres, and its hazard per hour at its own place.
    pieces, squares
        What is passed, and where to look for it.
    surface
        What cuts the sight.
    survived
        What survives of each path now.
    worth
        Of each place; added to: sum over paths of survived (1 - exp(-hazard)).
    """
    hazard = np.zeros(survived.shape[0])
    touched = np.empty(survived.shape[0], np.int64)
    # The last place that came by each piece, and for each point that and whether it is seen.
    last = np.full(pieces.tail.shape[0], -1, np.int32)
    looked = np.full(pieces.x.shape[0], -1, np.int64)
    side = squares.side
    for place in range(place_x.shape[0]):
        px, py, eye = place_x[place], place_y[place], eye_m[place]
        count = 0
        low_c = max(int((px - reach - squares.west) // side), 0)
        high_c = min(int((px + reach - squares.west) // side), squares.columns - 1)
        low_r = max(int((py - reach - squares.south) // side), 0)
        high_r = min(int((py + reach - squares.south) // side), squares.rows - 1)
        if low_c > high_c:
            continue
        for row in range(low_r, high_r + 1):
            begin = squares.first[row * squares.columns + low_c]
            end = squares.first[row * squares.columns + high_c + 1]
            for n in range(begin, end):
                piece = squares.piece[n]
                if last[piece] == place:
                    continue
                last[piece] = place
                a, b = pieces.tail[piece], pieces.head[piece]
                mean = mean_taper(
                    pieces.x[a] - px, pieces.y[a] - py, pieces.x[b] - px, pieces.y[b] - py, reach
                )
                if mean > 0.0 and not np.isnan(eye):
                    mean *= _part_seen(pieces, piece, surface, px, py, eye, reach, place, looked)
                if mean <= 0.0:
                    continue
                for step in range(pieces.first_step[piece], pieces.first_step[piece + 1]):
                    more = rate * pieces.hours[step] * mean
                    if more > 0.0:
                        path = pieces.path[step]
                        if hazard[path] == 0.0:
                            touched[count] = path
                            count += 1
                        hazard[path] += more
        for n in range(count):
            path = touched[n]
            worth[place] -= survived[path] * np.expm1(-hazard[path])
            hazard[path] = 0.0


@compiled
def _part_seen(
    pieces: Pieces,
    piece: int,
    surface: Surface,
    px: float,
    py: float,
    eye: float,
    reach: float,
    place: int,
    looked: LongArray,
) -> float:
    """Return the part of a piece's ends and middle, of those within range, that is seen."""
    middle = pieces.x.shape[0] - pieces.tail.shape[0] + piece
    within, seen = 0, 0
    for number in range(3):
        point = middle if number == 2 else (pieces.head[piece] if number else pieces.tail[piece])
        x, y = pieces.x[point], pieces.y[point]
        if (x - px) ** 2 + (y - py) ** 2 > reach * reach:
            continue
        within += 1
        if looked[point] >> 1 != place:
            free = _is_seen(surface, px, py, eye, x, y, pieces.top_m[point])
            looked[point] = 2 * place + (1 if free else 0)
        seen += looked[point] & 1
    if within > 0:
        return seen / within
    # Only something between them is within range: where the piece comes nearest.
    a, b = pieces.tail[piece], pieces.head[piece]
    dx, dy = pieces.x[b] - pieces.x[a], pieces.y[b] - pieces.y[a]
    square = dx * dx + dy * dy
    t = ((px - pieces.x[a]) * dx + (py - pieces.y[a]) * dy) / square if square > 0.0 else 0.0
    x, y = pieces.x[a] + t * dx, pieces.y[a] + t * dy
    column, row = (x - surface.west) / surface.cell_m, (surface.north - y) / surface.cell_m
    top = known_height(surface.heights, column + 0.5, row + 0.5) + surface.person_m
    return 1.0 if _is_seen(surface, px, py, eye, x, y, top) else 0.0


@compiled
def _is_seen(
    surface: Surface, px: float, py: float, eye: float, x: float, y: float, top: float
) -> bool:
    if np.isnan(top) or (x == px and y == py):
        return True
    return is_free(
        surface.heights,
        (px - surface.west) / surface.cell_m + 0.5,
        (surface.north - py) / surface.cell_m + 0.5,
        (x - surface.west) / surface.cell_m + 0.5,
        (surface.north - y) / surface.cell_m + 0.5,
        eye,
        top,
        surface.bend,
    )
