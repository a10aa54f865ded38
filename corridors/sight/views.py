"""What each post sees: cells, and polygons of them."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import rasterio.features
import shapely
from numpy.typing import ArrayLike, NDArray

from corridors.errors import InputError
from corridors.kernels.viewshed import ground_of, look_around
from corridors.memory import available_bytes
from corridors.processors import processors
from corridors.raster import Raster
from corridors.sight.lines import checked_heights, xy_of
from corridors.sight.surface import REFRACTION, SightSurface, bend_of
from corridors.terrain import Grid

__all__ = ["PERSON_M", "RANGE_MAX_M", "VEHICLE_M", "Viewshed", "viewshed_polygons", "viewsheds"]

FloatArray = NDArray[np.float64]

# Heights of what is looked for.
PERSON_M, VEHICLE_M = 1.7, 2.0
# From the highest mountains the horizon is farther; no sensor on the ground is.
RANGE_MAX_M = 200_000.0
# Rays through each cell's side at the rim.
DENSITY = 1.0
# Nearer to a line of centres than this part of a cell, an observer stands on it.
SNAP = 1e-6
# Of a window: heights twice, in float64 at most, and marks.
BYTES_PER_CELL = 20


@dataclass(frozen=True)
class Viewshed:
    """The cells that a post sees.

    Attributes
    ----------
    visible
        Which cells are seen, by their centres; shape (rows, columns) of `grid`.
    grid
        The cells around the post, part of those of the heights.
    known_share
        How much of the range has known heights: the rest is off the elevation or in gaps of it, and
        never counts as seen.
    """

    visible: NDArray[np.bool_]
    grid: Grid
    known_share: float

    @property
    def area_km2(self) -> float:
        """Area of the cells that are seen."""
        return float(self.visible.sum()) * self.grid.cell_m**2 / 1e6

    def raster(self) -> Raster:
        """Return 1 where the post sees and 0 where it does not."""
        return Raster(
            self.visible.astype(np.float32),
            self.grid.transform,
            self.grid.crs,
            name="viewshed",
            description="Cells whose centre the post sees.",
        )


def viewsheds(
    heights: Raster,
    posts: gpd.GeoDataFrame | gpd.GeoSeries | ArrayLike,
    *,
    range_m: float | ArrayLike,
    sight_height_m: float | ArrayLike,
    target_height_m: float = PERSON_M,
    curvature: bool = True,
    refraction: float = REFRACTION,
    exact: bool = True,
) -> list[Viewshed]:
    """Return what each post sees.

    Parameters
    ----------
    heights
        Elevation in metres, square cells of a metric CRS, NaN where unknown.
    posts
        Points in that CRS: a layer, or coordinates of shape (n, 2).
    range_m
        How far each looks, metres over the ground; one, or one each.
    sight_height_m
        Of its eye above the ground; one, or one each.
    target_height_m
        Of what it looks for: a person (1.7 m) unless given; a vehicle is 2 m.
    curvature, refraction
        As for `line_of_sight`.
    exact
        Whether cells about which neighbouring rays disagree get a line of sight of their own.

    Returns
    -------
    list of Viewshed
        In the order of the posts; the same however many processors work on them.

    Raises
    ------
    CRSError
        When the heights are not metric, or the posts in another system.
    InputError
        When a post is off the elevation or in a gap of it, a range is not above 0, shorter than a
        cell, or as long as a continent, a height is below 0, or the work does not fit in memory.

    Notes
    -----
    Rays run from the post itself, not from its cell's centre, to every cell at the rim (R2 of
    Franklin and Ray 1994), and each is exact over the bilinear surface. A cell's horizon is
    interpolated between the rays beside it up to the line of cells before it; where one ray has it
    seen and the other hidden, the cell gets its own exact line. Unknown ground hides nothing.

    References
    ----------
    Franklin, W. R., Ray, C. (1994), Higher isn't necessarily better: visibility algorithms and
    experiments. Advances in GIS Research, 751-770.

    Examples
    --------
    >>> from affine import Affine
    >>> from corridors.crs import parse_crs
    >>> ground = Raster(np.zeros((101, 101)), Affine(10, 0, 0, 0, -10, 1010),
    ...                 parse_crs("EPSG:32637"), "elevation")
    >>> view, = viewsheds(ground, (505, 505), range_m=400, sight_height_m=3)
    >>> round(view.area_km2, 2), view.known_share
    (0.5, 1.0)
    """
    surface = SightSurface.of(heights)
    xy, _ = xy_of(posts, surface, name="posts")
    ranges = _checked_ranges(range_m, len(xy), surface.grid.cell_m)
    eyes = surface.heights_at(*xy.T, name="post") + checked_heights(
        sight_height_m, len(xy), name="sight_height_m"
    )
    target = float(checked_heights(target_height_m, 1, name="target_height_m")[0])
    bend = bend_of(curvature=curvature, refraction=refraction) * surface.grid.cell_m**2
    _require_memory(surface, ranges)

    columns, rows = surface.places(*xy.T)

    def look(post: int) -> Viewshed:
        place = _Place(float(columns[post]), float(rows[post]), float(eyes[post]))
        return _look(surface, place, float(ranges[post]), target, bend, exact=exact)

    with ThreadPoolExecutor(processors()) as pool:
        return list(pool.map(look, range(len(xy))))


@dataclass(frozen=True)
class _Place:
    """Column and row in the padded heights, and the height of the eye."""

    column: float
    row: float
    eye: float


def _look(
    surface: SightSurface,
    place: _Place,
    range_m: float,
    target_m: float,
    bend: float,
    *,
    exact: bool,
) -> Viewshed:
    grid = surface.grid
    radius = range_m / grid.cell_m
    x, y = (
        float(round(part)) if abs(part - round(part)) < SNAP else part
        for part in (place.column, place.row)
    )
    left, right = max(int(np.ceil(x - radius)), 1), min(int(np.floor(x + radius)), grid.columns)
    top, bottom = max(int(np.ceil(y - radius)), 1), min(int(np.floor(y + radius)), grid.rows)
    window = surface.padded[top - 1 : bottom + 2, left - 1 : right + 2]
    window = np.ascontiguousarray(window)
    ground = ground_of(window)
    seen = np.empty(window.shape, dtype=np.bool_)
    x, y = x - (left - 1), y - (top - 1)
    turned = ground.turned()
    look_around(ground, turned, x, y, place.eye, target_m, radius, bend, DENSITY, int(exact), seen)
    around = Grid(
        grid.crs,
        grid.west + (left - 1) * grid.cell_m,
        grid.north - (top - 1) * grid.cell_m,
        bottom - top + 1,
        right - left + 1,
        grid.cell_m,
    )
    return Viewshed(seen[1:-1, 1:-1].copy(), around, _known_share(window[1:-1, 1:-1], x, y, radius))


def _known_share(window: NDArray[np.floating], x: float, y: float, radius: float) -> float:
    """Return how much of a disc has heights, counted by the centres of cells."""
    rows, columns = window.shape
    lines = np.arange(np.ceil(y - radius), np.floor(y + radius) + 1)
    half = np.sqrt(np.maximum(radius**2 - (lines - y) ** 2, 0.0))
    first, last = np.ceil(x - half), np.floor(x + half)
    every = (last - first + 1).sum()
    there = (lines >= 1) & (lines <= rows)
    here = (np.minimum(last, columns) - np.maximum(first, 1) + 1)[there].clip(min=0).sum()
    gap_row, gap_column = np.nonzero(np.isnan(window))
    away = np.hypot(gap_row + 1 - y, gap_column + 1 - x)
    return float((here - (away <= radius).sum()) / every) if every else 1.0


def viewshed_polygons(
    views: Sequence[Viewshed], posts: gpd.GeoDataFrame | None = None
) -> gpd.GeoDataFrame:
    """Return what each post sees as polygons.

    Parameters
    ----------
    views
        From `viewsheds`, at least one.
    posts
        The layer that they were made of; its columns and index are kept.

    Returns
    -------
    geopandas.GeoDataFrame
        A row a post, in the CRS of the heights: the outlines of the cells that are seen (a
        MultiPolygon, empty where nothing is), ``seen_km2`` and ``known_share``.

    Raises
    ------
    InputError
        When there is no viewshed, or another number of posts.

    Examples
    --------
    >>> from affine import Affine
    >>> from corridors.crs import parse_crs
    >>> ground = Raster(np.zeros((101, 101)), Affine(10, 0, 0, 0, -10, 1010),
    ...                 parse_crs("EPSG:32637"), "elevation")
    >>> views = viewsheds(ground, (505, 505), range_m=400, sight_height_m=3)
    >>> seen = viewshed_polygons(views)
    >>> float(seen.area.iloc[0]) / 1e6, float(seen["seen_km2"].iloc[0])
    (0.5025, 0.5025)
    """
    if not views or (posts is not None and len(posts) != len(views)):
        raise InputError(
            f"there are {len(views)} viewsheds and {0 if posts is None else len(posts)} posts; "
            "give the viewsheds of one post or more, and the posts that they were made of"
        )
    with ThreadPoolExecutor(processors()) as pool:
        shapes = list(pool.map(_outline, views))
    columns = {} if posts is None else dict(posts.drop(columns=posts.geometry.name))
    columns["seen_km2"] = [view.area_km2 for view in views]
    columns["known_share"] = [view.known_share for view in views]
    index = None if posts is None else posts.index
    return gpd.GeoDataFrame(columns, geometry=shapes, index=index, crs=views[0].grid.crs)


def _outline(view: Viewshed) -> shapely.MultiPolygon:
    marks = view.visible.astype(np.uint8)
    parts = [
        shapely.Polygon(shape["coordinates"][0], shape["coordinates"][1:])
        for shape, _ in rasterio.features.shapes(
            marks, mask=view.visible, connectivity=4, transform=view.grid.transform
        )
    ]
    return shapely.MultiPolygon(parts)


def _checked_ranges(value: float | ArrayLike, count: int, cell_m: float) -> FloatArray:
    given = np.asarray(value, dtype=np.float64)
    if given.shape not in {(), (1,), (count,)}:
        raise InputError(
            f"range_m has shape {given.shape}; give one range, or one for each of {count}"
        )
    ranges = np.broadcast_to(given, count)
    bad = ~((ranges > 0) & (ranges <= RANGE_MAX_M))
    if bad.any():
        i = int(np.flatnonzero(bad)[0])
        raise InputError(
            f"range_m is {ranges[i]:g} for post {i}; give metres above 0 and up to "
            f"{RANGE_MAX_M:,.0f}: leave out a post that sees nothing, and nobody sees farther"
        )
    if (ranges < cell_m).any():
        i = int(np.flatnonzero(ranges < cell_m)[0])
        raise InputError(
            f"range_m is {ranges[i]:g} for post {i}, less than a cell of the elevation "
            f"({cell_m:g} m); take a finer elevation, or a buffer: corridors.buffer"
        )
    return ranges


def _require_memory(surface: SightSurface, ranges: FloatArray) -> None:
    grid = surface.grid
    sides = 2.0 * ranges / grid.cell_m + 3.0
    cells = np.minimum(sides, grid.rows + 2) * np.minimum(sides, grid.columns + 2)
    needed = cells.sum() + BYTES_PER_CELL * cells.max() * processors()
    free = available_bytes()
    if free is not None and needed > free:
        raise InputError(
            f"the views of {len(ranges)} posts take {needed / 2**30:.1f} GiB of memory, and "
            f"{free / 2**30:.1f} are free; take fewer at a time, shorter ranges, or larger cells"
        )
