"""Lines of sight over a bilinear surface, exactly.

Places are in cells: column and row, whole at a cell's centre. Heights are in metres. The earth's
curvature is `bend`, the metres by which the ground falls away in the square of a distance in cells.
"""

import numpy as np
from numpy.typing import NDArray

from corridors.kernels.jit import compiled

__all__ = ["TOUCH_M", "height_at", "is_free", "known_height", "known_heights", "sight_lines"]

DoubleArray = NDArray[np.float64]
Floats = NDArray[np.floating]

# A line that touches the ground is free; by less than this it is not told from rounding.
TOUCH_M = 1e-6


@compiled
def height_at(heights: Floats, x: float, y: float) -> float:
    """Return the bilinear height at a place, beside a gap that of the nearest cell, else NaN."""
    c, r = int(np.floor(x)), int(np.floor(y))
    u, v = x - c, y - r
    # A neighbour that does not weigh may be a gap, or not be there.
    d = c if u == 0.0 else c + 1
    s = r if v == 0.0 else r + 1
    upper = heights[r, c] + (heights[r, d] - heights[r, c]) * u
    lower = heights[s, c] + (heights[s, d] - heights[s, c]) * u
    z = upper + (lower - upper) * v
    if np.isnan(z):
        return float(heights[int(np.floor(y + 0.5)), int(np.floor(x + 0.5))])
    return float(z)


@compiled
def known_height(heights: Floats, x: float, y: float) -> float:
    """Return the bilinear height at a place, NaN beside a gap, off the cells, or nowhere."""
    if not (0.0 <= x < heights.shape[1] - 1 and 0.0 <= y < heights.shape[0] - 1):
        return np.nan
    c, r = int(np.floor(x)), int(np.floor(y))
    u, v = x - c, y - r
    upper = heights[r, c] + (heights[r, c + 1] - heights[r, c]) * u
    lower = heights[r + 1, c] + (heights[r + 1, c + 1] - heights[r + 1, c]) * u
    return float(upper + (lower - upper) * v)


@compiled
def known_heights(heights: Floats, x: DoubleArray, y: DoubleArray) -> DoubleArray:
    """Return the bilinear heights at places, NaN beside a gap and off the cells."""
    found = np.empty(x.shape[0])
    for i in range(x.shape[0]):
        found[i] = known_height(heights, x[i], y[i])
    return found


@compiled
def _follow(
    heights: Floats,
    x0: float,
    y0: float,
    x1: float,
    y1: float,
    eye: float,
    top: float,
    bend: float,
    enough: float,
) -> tuple[float, float, float]:
    """Follow one line of sight from patch to patch, until its clearance is below what is enough.

    Returns
    -------
    clearance, at, gap
        The least height of the line above the ground between its ends, where that is as a part of
        the line, and which part of it runs over unknown ground.

    Notes
    -----
    Between four cell centres the ground along the line is a quadratic, and so is its distance from
    the line; the least of it is at an end or at the vertex.
    """
    dx, dy = x1 - x0, y1 - y0
    fall = bend * (dx * dx + dy * dy)
    right, down = (1 if dx > 0 else -1), (1 if dy > 0 else -1)
    c = int(np.ceil(x0)) - 1 if dx < 0 else int(np.floor(x0))
    r = int(np.ceil(y0)) - 1 if dy < 0 else int(np.floor(y0))
    next_x, next_y = (c + 1 if dx > 0 else c), (r + 1 if dy > 0 else r)
    tx = (next_x - x0) / dx if dx != 0.0 else np.inf
    ty = (next_y - y0) / dy if dy != 0.0 else np.inf
    # Along a row or column of centres only its own heights count.
    c_step = 0 if dx == 0.0 and x0 == c else 1
    r_step = 0 if dy == 0.0 and y0 == r else 1
    clearance, at, gap = np.inf, 0.0, 0.0
    ta = 0.0
    while ta < 1.0 and clearance >= enough:
        tb = min(tx, ty, 1.0)
        z00, z01 = float(heights[r, c]), float(heights[r, c + c_step])
        z10, z11 = float(heights[r + r_step, c]), float(heights[r + r_step, c + c_step])
        p, q = z01 - z00, z10 - z00
        s = z11 - z01 - q
        u, v = x0 + dx * ta - c, y0 + dy * ta - r
        # Clearance at a part w beyond ta: g0 + g1 w + g2 w^2.
        g0 = eye + (top - eye) * ta - fall * ta * (1.0 - ta) - (z00 + p * u + (q + s * u) * v)
        g1 = top - eye - fall * (1.0 - 2.0 * ta) - (p * dx + q * dy + s * (u * dy + v * dx))
        g2 = fall - s * dx * dy
        wide = tb - ta
        if np.isnan(g0 + g1 + g2):
            gap += wide
        else:
            if g0 < clearance:
                clearance, at = g0, ta
            last = g0 + (g1 + g2 * wide) * wide
            if last < clearance:
                clearance, at = last, tb
            if g1 < 0.0 and -g1 < 2.0 * g2 * wide:
                w = -0.5 * g1 / g2
                least = g0 + 0.5 * g1 * w
                if least < clearance:
                    clearance, at = least, ta + w
        if tx <= tb:
            c += right
            next_x += right
            tx = (next_x - x0) / dx
        if ty <= tb:
            r += down
            next_y += down
            ty = (next_y - y0) / dy
        ta = tb
    return clearance, at, gap


@compiled
def is_free(
    heights: Floats,
    x0: float,
    y0: float,
    x1: float,
    y1: float,
    eye: float,
    top: float,
    bend: float,
) -> bool:
    """Tell whether a line of sight touches the ground at most."""
    return _follow(heights, x0, y0, x1, y1, eye, top, bend, -TOUCH_M)[0] >= -TOUCH_M


@compiled
def sight_lines(
    heights: Floats,
    starts: DoubleArray,
    ends: DoubleArray,
    eyes_m: DoubleArray,
    tops_m: DoubleArray,
    bend: float,
    clearance_m: DoubleArray,
    at: DoubleArray,
    gap: DoubleArray,
) -> None:
    """Fill in the clearance of many lines of sight.

    Parameters
    ----------
    heights
        Heights of cells, with a row and a column more on each side than places may lie between.
    starts, ends
        Column and row of the ends of each line, shape (n, 2).
    eyes_m, tops_m
        Heights of the ends, counted like those of the cells.
    bend
        Metres by which the ground falls away in a cell's length squared.
    clearance_m, at, gap
        Filled: the least height of each line above the ground, below 0 where it cuts into it; the
        part of the line where that is; the part that runs over unknown ground, which hides nothing.
    """
    for i in range(starts.shape[0]):
        clearance_m[i], at[i], gap[i] = _follow(
            heights,
            starts[i, 0],
            starts[i, 1],
            ends[i, 0],
            ends[i, 1],
            eyes_m[i],
            tops_m[i],
            bend,
            -np.inf,
        )
