"""Lines of sight over a bilinear surface: one line exactly, or all cells around an observer.

Places are in cells: column and row, whole at a cell's centre. Heights are in metres. The earth's
curvature is `bend`, the metres by which the ground falls away in the square of a distance in cells.
"""

import numpy as np
from numpy.typing import NDArray

from corridors.kernels.jit import compiled

__all__ = ["TOUCH_M", "height_at", "look_around", "sight_lines"]

BoolArray = NDArray[np.bool_]
DoubleArray = NDArray[np.float64]
Floats = NDArray[np.floating]

# A line that touches the ground is free; by less than this it is not told from rounding.
TOUCH_M = 1e-6
# The slope to a horizon where none is known yet; not infinite, because it is interpolated.
OPEN = -1e30


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
    """Follow one line of sight from patch to patch.

    Returns
    -------
    clearance, at, gap
        The least height of the line above the ground between its ends, where that is as a part of
        the line, and which part of it runs over unknown ground. Once the clearance is below
        `enough`, the rest is not looked at.

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
    while ta < 1.0:
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
            if clearance < enough:
                break
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


@compiled
def _steepest_in(
    near: Floats,
    far: Floats,
    r: int,
    side: float,
    m: float,
    behind: float,
    ta: float,
    tb: float,
    eye: float,
    bend_m: float,
    horizon: float,
) -> float:
    """Return the greatest slope to the ground of one patch from ta to tb, or the horizon before it.

    The patch is between two lines of cells, the near one at distance `behind`; the ray leaves
    `side` and goes m cells aside for each cell ahead. Slopes are metres a cell ahead. The ground is
    a quadratic along the ray, so that its slope from the eye is a/t + b + c t.
    """
    z00, p, q = float(near[r]), float(far[r] - near[r]), float(near[r + 1] - near[r])
    s = float(far[r + 1]) - float(far[r]) - q
    v = side - r
    a = z00 - p * behind + (q - s * behind) * v - eye
    b = p + q * m + s * (v - behind * m)
    c = s * m - bend_m
    if ta > 0.0:
        horizon = max(horizon, a / ta + b + c * ta)
    elif a > -TOUCH_M:
        # The eye is on the ground: it looks along it.
        horizon = max(horizon, b)
    horizon = max(horizon, a / tb + b + c * tb)
    if c < 0.0 and c * tb * tb < a < c * ta * ta:
        horizon = max(horizon, b - 2.0 * np.sqrt(a * c))
    return horizon


@compiled
def _steepest(
    near: Floats,
    far: Floats,
    highest: Floats,
    side: float,
    m: float,
    behind: float,
    eye: float,
    bend_m: float,
    horizon: float,
) -> float:
    """Return the greatest slope to the ground between two lines of cells, or the horizon."""
    ta, tb = max(behind, 0.0), behind + 1.0
    last = near.shape[0] - 2
    r0 = min(max(int(np.floor(side + m * ta)), 0), last)
    r1 = min(max(int(np.floor(side + m * tb)), 0), last)
    # No place of a patch is higher than its highest corner. Not a number is not below.
    bound = eye + min(horizon * ta, horizon * tb) + bend_m * ta * ta
    if highest[r0] <= bound and highest[r1] <= bound:
        return horizon
    if r0 == r1:
        return _steepest_in(near, far, r0, side, m, behind, ta, tb, eye, bend_m, horizon)
    tc = min(max((max(r0, r1) - side) / m, ta), tb)
    if tc > ta:
        horizon = _steepest_in(near, far, r0, side, m, behind, ta, tc, eye, bend_m, horizon)
    if tb > tc:
        horizon = _steepest_in(near, far, r1, side, m, behind, tc, tb, eye, bend_m, horizon)
    return horizon


@compiled
def look_around(
    heights: Floats,
    turned: Floats,
    x: float,
    y: float,
    eye: float,
    target_m: float,
    radius: float,
    bend: float,
    density: float,
    exact: int,
    seen: BoolArray,
) -> int:
    """Mark the cells that are seen from a place.

    Parameters
    ----------
    heights, turned
        Heights around the place, and the same with rows and columns exchanged; one cell more on
        each side than is to be looked at.
    x, y
        Column and row of the observer.
    eye
        Its height, counted like those of the cells.
    target_m
        Height above the ground of what is looked for.
    radius
        How far to look, in cells.
    bend
        Metres by which the ground falls away in a cell's length squared.
    density
        Rays that go through each cell's side at the rim.
    exact
        1 where a cell between two rays that do not agree gets a line of its own, else 0.
    seen
        Filled, of the shape of `heights`; the outermost cells are left out.

    Returns
    -------
    int
        How many cells got a line of their own.

    Notes
    -----
    In each of four quarters rays run to the rim, side by side from one line of cells to the next.
    Each knows the steepest slope to the ground so far, exactly over the bilinear surface. For a
    cell the horizon is interpolated between the two rays beside it up to the line of cells before;
    from there on, its own ray is followed exactly.
    """
    seen[:] = False
    own_c, own_r = round(x), round(y)
    if own_c == x and own_r == y:
        seen[own_r, own_c] = True
    asked = 0
    for step in (-1, 1):
        asked += _quarter(heights, y, x, step, 0, eye, target_m, radius, bend, density, exact, seen)
        asked += _quarter(turned, x, y, step, 1, eye, target_m, radius, bend, density, exact, seen)
    return asked


@compiled
def _quarter(
    z: Floats,
    main: float,
    side: float,
    step: int,
    across: int,
    eye: float,
    target_m: float,
    radius: float,
    bend: float,
    density: float,
    exact: int,
    seen: BoolArray,
) -> int:
    lines, width = z.shape
    i = int(np.floor(main)) if step > 0 else int(np.ceil(main))
    n = max(int(np.ceil(radius * density)), 1)
    horizons = np.full(2 * n + 1, OPEN)
    highest = np.empty(width - 1, z.dtype)
    asked = 0
    while 1 <= i + step < lines - 1:
        near, far = z[i], z[i + step]
        i += step
        behind = (i - step - main) * step
        ahead = behind + 1.0
        if ahead > radius:
            break
        first = max(int(np.floor(side - ahead)) - 1, 0)
        last = min(int(np.ceil(side + ahead)) + 1, width - 1)
        for j in range(first, last):
            highest[j] = max(near[j], near[j + 1], far[j], far[j + 1])
        reach = min(np.sqrt(radius * radius - ahead * ahead), ahead)
        for j in range(
            max(int(np.ceil(side - reach)), 1), min(int(np.floor(side + reach)), width - 2) + 1
        ):
            m = (j - side) / ahead
            bend_m = bend * (1.0 + m * m)
            slope = (far[j] + target_m - eye + TOUCH_M) / ahead - bend_m * ahead
            k = min(int(m * n + n), 2 * n - 1)
            part = m * n + n - k
            low, high = horizons[k], horizons[k + 1]
            if high < low:
                low, high = high, low
                part = 1.0 - part
            if not slope >= low:
                continue
            if slope < high and low > OPEN:
                if exact:
                    asked += 1
                    clear, _, _ = _follow(
                        z, side, main, float(j), float(i), eye, far[j] + target_m, bend, -TOUCH_M
                    )
                    if not clear >= -TOUCH_M:
                        continue
                elif slope < low + part * (high - low):
                    continue
            own = _steepest(near, far, highest, side, m, behind, eye, bend_m, slope)
            if own <= slope:
                if across:
                    seen[j, i] = True
                else:
                    seen[i, j] = True
        # Rays end one line beyond the radius, so that the last cells have one on either side.
        wide = 1.0
        if behind > 0.0:
            wide = min(1.0, np.sqrt(max(radius * radius / (behind * behind) - 1.0, 0.0)))
        left = max(-wide, -side / ahead)
        right = min(wide, (width - 1 - side) / ahead)
        for k in range(
            max(int(np.floor(left * n)) + n, 0), min(int(np.ceil(right * n)) + n, 2 * n) + 1
        ):
            m = (k - n) / n
            horizons[k] = _steepest(
                near, far, highest, side, m, behind, eye, bend * (1.0 + m * m), horizons[k]
            )
    return asked
