"""What is seen from a place over a bilinear surface: rays to the rim, each of them exact.

Places are in cells: column and row, whole at a cell's centre. Heights are in metres. The earth's
curvature is `bend`, the metres by which the ground falls away in the square of a distance in cells.
Slopes are metres for each line of cells ahead.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from corridors.kernels.jit import compiled
from corridors.kernels.sight import TOUCH_M

__all__ = ["Ground", "ground_of", "look_around"]

BoolArray = NDArray[np.bool_]
Floats = NDArray[np.floating]

# The slope to a horizon where none is known yet; not infinite, because it is interpolated.
OPEN = -1e30
# Patches along the side of a tile are 2 to this.
TILE_BITS = 3
TILE = 1 << TILE_BITS


class Ground(NamedTuple):
    """Heights, and what tells quickly that some of them are low.

    Attributes
    ----------
    heights
        Of cells, NaN where unknown.
    tops
        The highest corner of every patch between four cells; minus infinity where a corner is
        unknown, so that it hides nothing.
    tiles
        The highest of every 8 by 8 patches.
    """

    heights: Floats
    tops: Floats
    tiles: Floats

    def turned(self) -> "Ground":
        """Return the same with rows and columns exchanged."""
        return Ground(*(np.ascontiguousarray(part.T) for part in self))


def ground_of(heights: Floats) -> Ground:
    """Prepare heights, of two rows and two columns at least."""
    rows, columns = (size - 1 for size in heights.shape)
    tops = np.empty((rows, columns), heights.dtype)
    tiles = np.empty((-(-rows // TILE), -(-columns // TILE)), heights.dtype)
    _fill_tops(heights, tops, tiles)
    return Ground(heights, tops, tiles)


@compiled
def _fill_tops(heights: Floats, tops: Floats, tiles: Floats) -> None:
    """Fill in the highest of every patch and of every tile."""
    tiles[:] = -np.inf
    low = heights.dtype.type(-np.inf)
    for i in range(tops.shape[0]):
        near, far = heights[i], heights[i + 1]
        line = tops[i]
        for j in range(tops.shape[1]):
            top = max(max(near[j], near[j + 1]), max(far[j], far[j + 1]))  # noqa: PLW3301 faster
            known = (near[j] - near[j]) + (near[j + 1] - near[j + 1])
            known += (far[j] - far[j]) + (far[j + 1] - far[j + 1])
            line[j] = top if known == 0 else low
        row = tiles[i >> TILE_BITS]
        for j in range(tops.shape[1]):
            row[j >> TILE_BITS] = max(row[j >> TILE_BITS], line[j])


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
    # Only what rises above the horizon is worth a division.
    at_end = a + (b + c * tb) * tb
    if at_end > horizon * tb:
        horizon = at_end / tb
    if ta > 0.0:
        at_start = a + (b + c * ta) * ta
        if at_start > horizon * ta:
            horizon = at_start / ta
    elif a > -TOUCH_M:
        # The eye is on the ground: it looks along it.
        horizon = max(horizon, b)
    if c < 0.0 and c * tb * tb < a < c * ta * ta:
        horizon = max(horizon, b - 2.0 * np.sqrt(a * c))
    return horizon


@compiled
def _steepest(
    near: Floats,
    far: Floats,
    tops: Floats,
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
    r0 = min(max(int(side + m * ta), 0), last)
    r1 = min(max(int(side + m * tb), 0), last)
    # No place of a patch is higher than its highest corner.
    bound = eye + min(horizon * ta, horizon * tb) + bend_m * ta * ta
    if tops[r0] <= bound and tops[r1] <= bound:
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
def _is_hidden(
    z: Floats,
    tops: Floats,
    tiles: Floats,
    start: int,
    main: float,
    side: float,
    step: int,
    ahead: float,
    m: float,
    eye: float,
    bend_m: float,
    slope: float,
) -> bool:
    """Tell whether the ground rises above a slope on the way to a line of cells ahead.

    Tiles all of whose patches are below the ray are passed at once.
    """
    i = start
    behind = (i - main) * step
    while behind + 0.5 < ahead:
        # Patches are numbered by the lesser of their two lines.
        patch = i if step > 0 else i - 1
        left = TILE - (patch & (TILE - 1)) if step > 0 else (patch & (TILE - 1)) + 1
        left = min(left, int(ahead - behind + 0.5))
        ta, tb = max(behind, 0.0), behind + left
        bound = eye + min(slope * ta, slope * tb) + bend_m * ta * ta
        row = tiles[patch >> TILE_BITS]
        # A ray moves aside by a tile's side at most, so that it meets two tiles of the row.
        if (
            row[int(side + m * ta) >> TILE_BITS] > bound
            or row[int(side + m * tb) >> TILE_BITS] > bound
        ):
            for _ in range(left):
                patch = i if step > 0 else i - 1
                if (
                    _steepest(z[i], z[i + step], tops[patch], side, m, behind, eye, bend_m, slope)
                    > slope
                ):
                    return True
                i += step
                behind += 1.0
        else:
            i += step * left
            behind += left
    return False


@compiled
def look_around(
    ground: Ground,
    turned: Ground,
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
    ground
        Around the place; one cell more on each side than is to be looked at.
    turned
        The same with rows and columns exchanged.
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
        Filled, of the shape of the heights; the outermost cells are left out.

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
        asked += _quarter(ground, y, x, step, 0, eye, target_m, radius, bend, density, exact, seen)
        asked += _quarter(turned, x, y, step, 1, eye, target_m, radius, bend, density, exact, seen)
    return asked


@compiled
def _quarter(
    ground: Ground,
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
    z, tops, tiles = ground
    lines, width = z.shape
    start = int(np.floor(main)) if step > 0 else int(np.ceil(main))
    n = max(int(np.ceil(radius * density)), 1)
    asides = np.arange(-n, n + 1) / n
    bends = bend * (1.0 + asides * asides)
    horizons = np.full(2 * n + 1, OPEN)
    patches = np.full(2 * n + 1, int(side), np.int32)
    rises = np.zeros(max(2 * n + 1, width), np.bool_)
    last = np.int32(width - 2)
    asked = 0
    i = start
    while 1 <= i + step < lines - 1:
        near, far, tops_here = z[i], z[i + step], tops[min(i, i + step)]
        behind = (i - main) * step
        i += step
        ahead = behind + 1.0
        if ahead > radius:
            break
        reach = min(np.sqrt(radius * radius - ahead * ahead), ahead)
        first_cell = max(int(np.ceil(side - reach)), 1)
        end_cell = min(int(np.floor(side + reach)), width - 2) + 1
        inverse = 1.0 / ahead
        above = (target_m - eye + TOUCH_M) * inverse
        to_ray = n * inverse
        # Most cells are hidden, and told to be so side by side.
        for j in range(first_cell, end_cell):
            aside = j - side
            m = aside * inverse
            ray = min(np.int32(aside * to_ray + n), np.int32(2 * n - 1))
            slope = far[j] * inverse + above - bend * (1.0 + m * m) * ahead
            rises[j] = slope >= min(horizons[ray], horizons[ray + 1])
        for j in range(first_cell, end_cell):
            if not rises[j]:
                continue
            aside = j - side
            m = aside * inverse
            bend_m = bend * (1.0 + m * m)
            k = min(int(aside * to_ray + n), 2 * n - 1)
            slope = far[j] * inverse + above - bend_m * ahead
            one, other = horizons[k], horizons[k + 1]
            if slope < max(one, other) and min(one, other) > OPEN:
                if exact == 1:
                    asked += 1
                    if _is_hidden(
                        z, tops, tiles, start, main, side, step, ahead, m, eye, bend_m, slope
                    ):
                        continue
                elif slope < one + (aside * to_ray + n - k) * (other - one):
                    continue
            if _steepest(near, far, tops_here, side, m, behind, eye, bend_m, slope) <= slope:
                if across == 1:
                    seen[j, i] = True
                else:
                    seen[i, j] = True
        # Rays end one line beyond the radius, so that the last cells have one on either side.
        wide = 1.0
        if behind > 0.0:
            wide = min(1.0, np.sqrt(max(radius * radius / (behind * behind) - 1.0, 0.0)))
        left = max(-wide, -side * inverse)
        right = min(wide, (width - 1 - side) * inverse)
        first_ray = max(int(np.floor(left * n)) + n, 0)
        end_ray = min(int(np.ceil(right * n)) + n, 2 * n) + 1
        ta = max(behind, 0.0)
        for k in range(first_ray, end_ray):
            there = min(max(np.int32(side + asides[k] * ahead), np.int32(0)), last)
            bound = eye + min(horizons[k] * ta, horizons[k] * ahead) + bends[k] * (ta * ta)
            rises[k] = max(tops_here[patches[k]], tops_here[there]) > bound
            patches[k] = there
        for k in range(first_ray, end_ray):
            if rises[k]:
                horizons[k] = _steepest(
                    near, far, tops_here, side, asides[k], behind, eye, bends[k], horizons[k]
                )
    return asked
