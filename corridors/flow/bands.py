"""Corridor bands: the smallest areas that hold so much of the expected journey."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import contourpy
import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy import ndimage

from corridors.terrain import Grid

__all__ = ["band_overlap", "journey_bands", "journey_density"]

FloatArray = NDArray[np.float64]
LongArray = NDArray[np.int64]
MaskArray = NDArray[np.bool_]

# Where the kernel is cut off, in standard deviations.
KERNEL_REACH = 4.0
# How often the ranks below a jump are looked through again; after that the overshoot is kept.
TRIMS = 3
# In cells: sizes are asked for in km2, and rounding is not a cell.
CELL_PLAY = 0.01


def journey_density(
    metres: FloatArray,
    grid: Grid,
    *,
    smoothing_m: float = 2000.0,
    inside: MaskArray | None = None,
) -> FloatArray:
    """Return the metres travelled per km2 around each cell, for one transit.

    Parameters
    ----------
    metres
        Expected metres travelled in each cell, shape (rows, columns).
    grid
        Where the cells lie.
    smoothing_m
        Standard deviation of the Gaussian kernel, metres; 0 for none.
    inside
        The cells of the study area, shape (rows, columns); all of them by default.

    Returns
    -------
    numpy.ndarray
        Metres per km2, shape (rows, columns), 0 outside of the area. Its sum times the area of a
        cell is the sum of `metres`.

    Raises
    ------
    ValueError
        When shapes do not match, metres are negative or not finite, the smoothing is negative, or
        metres lie farther than four standard deviations outside of the area.

    Notes
    -----
    Every cell's metres are spread over the area only, by a kernel that is divided by the part of it
    that lies in the area: nothing is lost at the rim. Metres just outside of the area, as of a road
    that leaves a cell whose centre is inside, are drawn into it.

    Examples
    --------
    >>> from corridors.crs import parse_crs
    >>> grid = Grid(parse_crs("EPSG:32638"), 0.0, 5000.0, rows=10, columns=8, cell_m=500.0)
    >>> metres = np.zeros((10, 8))
    >>> metres[0, :] = 500.0
    >>> density = journey_density(metres, grid, smoothing_m=1000.0)
    >>> print(f"{density.sum() * 0.25:.6f}")
    4000.000000
    """
    area = np.ones(metres.shape, dtype=bool) if inside is None else np.asarray(inside, dtype=bool)
    for name, array in {"metres": metres, "inside": area}.items():
        _require_shape(array, grid, name)
    if not (np.isfinite(metres).all() and (metres >= 0).all()):
        message = (
            "metres are negative or not finite; give what is travelled in each cell, from 0 up"
        )
        raise ValueError(message)
    if not (np.isfinite(smoothing_m) and smoothing_m >= 0):
        message = f"smoothing_m is {smoothing_m}; give a standard deviation in metres, from 0 up"
        raise ValueError(message)
    spread = _smoothed(area.astype(float), smoothing_m / grid.cell_m)
    travelled = metres > 0
    if (spread[travelled] <= 0).any():
        message = (
            "metres lie outside of the area, farther from it than the smoothing reaches; leave "
            "them out, or give the area they were travelled in"
        )
        raise ValueError(message)
    per_part = np.divide(metres, spread, out=np.zeros(metres.shape), where=travelled)
    density = _smoothed(per_part, smoothing_m / grid.cell_m) * area
    return np.asarray(density / (grid.cell_m / 1000.0) ** 2)


def _smoothed(values: FloatArray, cells: float) -> FloatArray:
    # Symmetric, and nothing beyond the rim: the sum over pairs of cells is the same either way.
    return np.asarray(
        ndimage.gaussian_filter(values, cells, mode="constant", truncate=KERNEL_REACH)
    )


def journey_bands(
    density: FloatArray,
    grid: Grid,
    *,
    shares: Sequence[float] = (0.5, 0.8, 0.95),
    speck_km2: float = 5.0,
    hole_km2: float = 5.0,
    smallest_km2: float = 25.0,
) -> gpd.GeoDataFrame:
    """Return the bands that hold given shares of the expected journey, as clean polygons.

    Parameters
    ----------
    density
        From `journey_density`, shape (rows, columns).
    grid
        Its grid.
    shares
        Parts of the journey, above 0 and at most 1.
    speck_km2, hole_km2
        Pieces and holes smaller than this are left out; the piece with the greatest density stays.
    smallest_km2
        No band is smaller: it holds more than was asked instead, so that a band never points at a
        single spot. Only where all that is travelled lies in less, a band is less.

    Returns
    -------
    geopandas.GeoDataFrame
        By rising share, in the grid's CRS: ``share`` (asked), ``share_held``, ``area_km2`` and
        the polygons.

    Raises
    ------
    ValueError
        When shapes do not match, the density is negative, not finite or 0 everywhere, or a share
        or an area is out of range.

    Notes
    -----
    The band of a share is the smallest set of cells that holds it: the densest ones. Pieces and
    holes are then cleaned away (area opening and area closing), and the number of cells is the
    least with which what is left holds the share: never less of it, and more by at most one
    cell's part. It is more only where a band cannot be clean otherwise, or would be below the
    smallest size; `share_held` says so. Every band holds those of smaller shares.

    The outline is the contour of the density at the level between the last cell in and the first
    one out (marching squares), not the staircase of the cells: a cell is in the band exactly when
    its centre is in the polygon, so `share_held` is that of the polygon. At the edge of the area it
    closes half a cell beyond the outermost centres.

    References
    ----------
    Hyndman 1996, doi 10.1080/00031305.1996.10474359 (highest density regions); Vincent 1993 (area
    opening); Lorensen and Cline 1987 (marching cubes, of which these are the squares).

    Examples
    --------
    >>> from corridors.crs import parse_crs
    >>> grid = Grid(parse_crs("EPSG:32638"), 0.0, 40_000.0, rows=40, columns=40, cell_m=1000.0)
    >>> metres = np.zeros((40, 40))
    >>> metres[20, 5:35] = 1000.0
    >>> bands = journey_bands(journey_density(metres, grid), grid, shares=[0.5, 0.8])
    >>> bands["share_held"].round(2).tolist()
    [0.5, 0.8]
    """
    _require_shape(density, grid, "density")
    _require_bands(density, shares, (speck_km2, hole_km2, smallest_km2))
    ranking = _Ranking.of(density, grid, (speck_km2, hole_km2))
    band = np.zeros(density.shape, dtype=bool)
    rows = []
    for share in sorted(shares):
        band, polygon = _band(ranking, share, band, smallest_km2, grid)
        rows.append(
            {
                "share": float(share),
                "share_held": ranking.held(band),
                "area_km2": polygon.area / 1e6,
                "geometry": polygon,
            }
        )
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=grid.crs)


def _band(
    ranking: "_Ranking", share: float, within: MaskArray, smallest_km2: float, grid: Grid
) -> tuple[MaskArray, shapely.MultiPolygon]:
    """Return a band's cells and its polygon, which is not below the smallest size."""
    cells = 1e6 * smallest_km2 / grid.cell_m**2 - CELL_PLAY
    while True:
        count, band = ranking.band(share, within, cells)
        polygon = _outline(ranking.density, band, ranking.level(count), grid)
        # A contour cuts the corners of a small area.
        if polygon.area >= 1e6 * smallest_km2 or count == len(ranking.cumulative):
            return band, polygon
        cells = max(1.02 * cells, band.sum() + 1.0)


@dataclass(frozen=True)
class _Ranking:
    """Cells from the densest down, and what the first so many of them hold.

    Attributes
    ----------
    density
        Of every cell, as parts of 1.
    rank
        Of every cell, from 0; beyond the last where there is nothing.
    cumulative
        What the first k + 1 cells hold.
    speck, hole
        In cells.
    """

    density: FloatArray
    rank: LongArray
    cumulative: FloatArray
    speck: float
    hole: float

    @classmethod
    def of(cls, density: FloatArray, grid: Grid, sizes_km2: Sequence[float]) -> "_Ranking":
        order = np.argsort(-density, axis=None, kind="stable")
        rank = np.empty(density.size, dtype=np.int64)
        rank[order] = np.arange(density.size)
        part = density / density.sum()
        cumulative = np.cumsum(part.ravel()[order[: np.count_nonzero(density)]])
        cells = [1e6 * size / grid.cell_m**2 - CELL_PLAY for size in sizes_km2]
        return cls(part, rank.reshape(density.shape), cumulative, *cells)

    def held(self, band: MaskArray) -> float:
        return min(float(self.density[band].sum()), 1.0)

    def level(self, count: int) -> float:
        """Return what lies half way between the last of so many cells and the next one."""
        ends = self.density[(self.rank == count - 1) | (self.rank == count)]
        return float(ends.mean())

    def band(self, share: float, within: MaskArray, smallest: float) -> tuple[int, MaskArray]:
        """Return the clean band of a share that holds another one, and how many cells it took."""
        base = within
        most = len(self.cumulative)
        for _ in range(TRIMS):
            count, found, before = self._fewest(share, base, smallest, most)
            jump = found & ~before
            # One more cell made a speck large enough, or closed a hole. Keep that, and see whether
            # fewer of the other cells will then do.
            if jump.sum() <= 1 or count == 0:
                break
            base, most = base | jump, count
        return count, found

    def _fewest(
        self, share: float, base: MaskArray, smallest: float, most: int
    ) -> tuple[int, MaskArray, MaskArray]:
        """Return the least number of cells that is enough, its band, and that of one fewer."""
        # Too few, and enough: held never falls as cells are added. All cells are enough.
        low, high = 0, most
        bands = {most: self._cleaned(most, base)}
        lost = 0.0
        bisect = False
        while high - low > 1:
            # What cleaning takes and gives changes slowly with the number of cells.
            guess = int(np.searchsorted(self.cumulative, share + lost)) + 1
            step = (low + high) // 2 if bisect else min(max(guess, low + 1), high - 1)
            bands[step] = self._cleaned(step, base)
            held = float(self.density[bands[step]].sum())
            width = high - low
            if held >= share - 1e-12 and bands[step].sum() >= smallest:
                high = step
            else:
                low = step
            bisect = not bisect and high - low > max(width // 2, 2)
            lost = (self.cumulative[step - 1] if step else 0.0) - held
            bands = {key: bands[key] for key in (low, high) if key in bands}
        return high, bands[high], bands.get(low, base)

    def _cleaned(self, count: int, base: MaskArray) -> MaskArray:
        """Return the first so many cells and a base, without specks and holes.

        More cells never make it smaller, because opening and closing by area never do.
        """
        mask = (self.rank < count) | base
        pieces, number = ndimage.label(mask)
        size = np.bincount(pieces.ravel(), minlength=number + 1)
        keep = size >= self.speck
        keep[pieces[self.rank == 0]] = True
        keep[0] = False
        mask = keep[pieces]
        # Holes touch at corners where pieces do not.
        holes, number = ndimage.label(~mask, structure=np.ones((3, 3)))
        fill = np.bincount(holes.ravel(), minlength=number + 1) < self.hole
        rim = np.concatenate([holes[0], holes[-1], holes[:, 0], holes[:, -1]])
        fill[rim] = False
        fill[0] = True
        return np.asarray(fill[holes])


def _outline(
    density: FloatArray, band: MaskArray, level: float, grid: Grid
) -> shapely.MultiPolygon:
    """Return the contour that has exactly a band's cells on its inner side."""
    # Cells that were cleaned away or filled lie just on the other side of it.
    high = np.clip(density, level * (1 + 1e-6), 2 * level)
    field = np.pad(np.where(band, high, np.minimum(density, level * (1 - 1e-6))), 1)
    # Next to nothing (the edge of the area) the contour passes half way between two cells.
    around = np.maximum(ndimage.maximum_filter(field, 3), level * (1 + 1e-6))
    field = np.where(field > 0, field, 2 * level - around)
    x = grid.west + (np.arange(-1, grid.columns + 1) + 0.5) * grid.cell_m
    y = grid.north - (np.arange(-1, grid.rows + 1) + 0.5) * grid.cell_m
    generator = contourpy.contour_generator(x, y, field, fill_type="OuterOffset")
    filled = cast(tuple[list[FloatArray], list[LongArray]], generator.filled(level, np.inf))
    polygons = [
        shapely.Polygon(
            outline[: starts[1]], [outline[a:b] for a, b in itertools.pairwise(starts[1:])]
        )
        for outline, starts in zip(*filled, strict=True)
    ]
    valid = shapely.make_valid(shapely.MultiPolygon(polygons))
    parts = [part for part in shapely.get_parts(valid) if shapely.get_dimensions(part) == 2]
    return shapely.MultiPolygon([piece for part in parts for piece in shapely.get_parts(part)])


def band_overlap(a: shapely.Geometry, b: shapely.Geometry) -> float:
    """Return the Jaccard index of two areas: what both cover over what either does.

    Parameters
    ----------
    a, b
        Polygons in one metric CRS.

    Raises
    ------
    ValueError
        When both are without area.

    Examples
    --------
    >>> print(f"{band_overlap(shapely.box(0, 0, 2, 1), shapely.box(1, 0, 3, 1)):.3f}")
    0.333
    """
    either = shapely.union(a, b).area
    if not either > 0:
        message = "both bands are without area; give polygons"
        raise ValueError(message)
    return float(shapely.intersection(a, b).area / either)


def _require_shape(array: NDArray[np.generic], grid: Grid, name: str) -> None:
    if array.shape != (grid.rows, grid.columns):
        message = f"{name} has shape {array.shape}; the grid's is ({grid.rows}, {grid.columns})"
        raise ValueError(message)


def _require_bands(
    density: FloatArray, shares: Sequence[float], sizes_km2: Sequence[float]
) -> None:
    if not (np.isfinite(density).all() and (density >= 0).all() and (density > 0).any()):
        message = "density is negative, not finite, or 0 everywhere; give metres per km2"
        raise ValueError(message)
    wrong = [share for share in shares if not 0 < share <= 1]
    if wrong:
        message = f"shares hold {wrong[0]}; give parts of the journey above 0 and at most 1"
        raise ValueError(message)
    wrong = [size for size in sizes_km2 if not (np.isfinite(size) and size >= 0)]
    if wrong:
        message = f"a smallest size is {wrong[0]}; give km2 from 0 up"
        raise ValueError(message)
