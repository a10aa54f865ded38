"""The ground that sight runs over: heights in square cells of a metric system."""

from dataclasses import dataclass

import numpy as np
import pyproj
from numpy.typing import NDArray

from corridors.crs import Bounds
from corridors.elevation import onto_cells
from corridors.errors import CRSError, InputError
from corridors.kernels.sight import height_at
from corridors.memory import available_bytes
from corridors.raster import Raster
from corridors.terrain import Grid

__all__ = ["EARTH_RADIUS_M", "SightSurface", "bend_of", "sight_elevation"]

FloatArray = NDArray[np.float64]

# Mean radius of the earth (IUGG, Moritz 2000).
EARTH_RADIUS_M = 6_371_008.8
SQUARE_TO = 1e-6
# Refraction bends light less than the earth bends, but for rare ducts over cold ground.
REFRACTION_MAX = 1.0
# For light by day.
REFRACTION = 1 / 7
# Corners in both systems, the heights and what is made of them.
BYTES_PER_CELL = 80


@dataclass(frozen=True)
class SightSurface:
    """Heights ready for lines of sight.

    Attributes
    ----------
    grid
        The cells.
    padded
        Their heights with the outermost cells once more on each side, so that the surface reaches
        to the rim of the raster; shape (rows + 2, columns + 2).
    """

    grid: Grid
    padded: NDArray[np.floating]

    @classmethod
    def of(cls, heights: Raster) -> "SightSurface":
        """Check a raster of heights.

        Raises
        ------
        CRSError
            When it does not measure in metres.
        InputError
            When its cells are not square or not laid out west to east and north to south, or when
            it holds no heights.
        """
        _require_metres(heights.crs)
        t = heights.transform
        even = t.b == 0 == t.d and t.a > 0 > t.e and abs(t.a + t.e) <= SQUARE_TO * t.a
        if not even:
            raise InputError(
                f"the heights have cells of {t.a:g} by {t.e:g}, turned by {t.b:g} and {t.d:g}; "
                "sight needs square cells, north up: corridors.sight_elevation makes them"
            )
        values = np.asarray(heights.values)
        if values.ndim != 2 or not np.isfinite(values).any():
            raise InputError(
                f"the heights, of shape {values.shape}, hold no number; give rows and columns of "
                "heights in metres"
            )
        if values.dtype not in {np.dtype(np.float32), np.dtype(np.float64)}:
            values = values.astype(np.float64)
        if np.isinf(values).any():
            values = np.where(np.isfinite(values), values, np.nan)
        rows, columns = values.shape
        grid = Grid(heights.crs, float(t.c), float(t.f), rows, columns, float(t.a))
        return cls(grid, np.pad(values, 1, mode="edge"))

    def places(self, x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the column and row in `padded` of points, whole at the centres of cells."""
        grid = self.grid
        return (x - grid.west) / grid.cell_m + 0.5, (grid.north - y) / grid.cell_m + 0.5

    def heights_at(self, x: FloatArray, y: FloatArray, *, name: str) -> FloatArray:
        """Return the heights of points, which must be on known ground.

        Parameters
        ----------
        x, y
            In the system of the heights.
        name
            What they are, for messages.

        Raises
        ------
        InputError
            When one is off the raster or in a gap of it.
        """
        west, south, east, north = self.grid.bounds
        inside = (x >= west) & (x <= east) & (y >= south) & (y <= north)
        if not inside.all():
            i = int(np.flatnonzero(~inside)[0])
            raise InputError(
                f"{name} {i} at ({x[i]:.0f}, {y[i]:.0f}) is off the elevation, which spans x "
                f"{west:.0f} to {east:.0f} and y {south:.0f} to {north:.0f} in "
                f"{self.grid.crs.name}; leave it out, or take an elevation that covers it"
            )
        columns, rows = self.places(x, y)
        pairs = zip(columns, rows, strict=True)
        found = np.array([height_at(self.padded, *place) for place in pairs], dtype=np.float64)
        if not np.isfinite(found).all():
            i = int(np.flatnonzero(~np.isfinite(found))[0])
            raise InputError(
                f"{name} {i} at ({x[i]:.0f}, {y[i]:.0f}) is in a gap of the elevation; fill the "
                "gap with a method of your choice, or move it"
            )
        return found


def bend_of(*, curvature: bool, refraction: float) -> float:
    """Return by how much the ground falls away from a level line: metres for each metre squared.

    Parameters
    ----------
    curvature
        Whether the earth is round.
    refraction
        The part of the curvature that the bending of light takes back.

    Raises
    ------
    InputError
        When refraction is no number from -1 to 1.

    References
    ----------
    The drop at a distance d is (1 - k) d^2 / (2 R): Yoeli, P. (1985), The making of intervisibility
    maps with computer and plotter, Cartographica 22(3).

    Examples
    --------
    >>> round(bend_of(curvature=True, refraction=1 / 7) * 10_000**2, 2)
    6.73
    """
    if not -REFRACTION_MAX <= refraction <= REFRACTION_MAX:
        raise InputError(
            f"refraction = {refraction:g} is not from -1 to 1; 1/7 is usual for light by day"
        )
    return (1.0 - refraction) / (2.0 * EARTH_RADIUS_M) if curvature else 0.0


def sight_elevation(source: Raster, *, crs: pyproj.CRS, bounds: Bounds, cell_m: float) -> Raster:
    """Return heights in square cells of a metric system, to compute sight on.

    Parameters
    ----------
    source
        Heights in metres in any system, such as from `corridors.elevation.read_elevation`.
    crs
        A metric system.
    bounds
        What to cover, in that system: west, south, east, north.
    cell_m
        Side of a cell in metres. That of the source is right: what is finer holds nothing new, and
        what is coarser loses the crests that hide.

    Returns
    -------
    Raster
        Corners at multiples of `cell_m`; bilinear heights of the source at cell centres, NaN where
        it has none.

    Raises
    ------
    CRSError
        When the system does not measure in metres.
    InputError
        When the bounds or the cell are no size, or the result would not fit in memory.

    Examples
    --------
    >>> from affine import Affine
    >>> from corridors.crs import parse_crs
    >>> source = Raster(np.full((50, 50), 400.0), Affine(0.01, 0, 41.6, 0, -0.01, 36.6),
    ...                 parse_crs("EPSG:4326"), "elevation", "m")
    >>> utm = parse_crs("EPSG:32637")
    >>> sight_elevation(source, crs=utm, bounds=(750_000, 4_020_000, 760_000, 4_030_000),
    ...                 cell_m=500).values.shape
    (20, 20)
    """
    _require_metres(crs)
    west, south, east, north = bounds
    if not (np.isfinite(bounds).all() and east > west and north > south and 0 < cell_m < np.inf):
        raise InputError(
            f"bounds = {tuple(bounds)} with cell_m = {cell_m:g} hold no cell; give west, south, "
            "east and north in metres, and a cell above 0"
        )
    left, bottom = np.floor(west / cell_m), np.floor(south / cell_m)
    columns = max(int(np.ceil(east / cell_m) - left), 1)
    rows = max(int(np.ceil(north / cell_m) - bottom), 1)
    free = available_bytes()
    if free is not None and rows * columns * BYTES_PER_CELL > free:
        raise InputError(
            f"cell_m = {cell_m:g} gives {rows:,} by {columns:,} cells, which do not fit in memory; "
            "take smaller bounds or a larger cell"
        )
    north = float((bottom + rows) * cell_m)
    grid = Grid(crs, float(left * cell_m), north, rows, columns, float(cell_m))
    values = onto_cells(source, *grid.corners(), crs=crs)
    return Raster(values, grid.transform, crs, name="elevation", units="m")


def _require_metres(crs: pyproj.CRS) -> None:
    units = {axis.unit_name for axis in crs.axis_info[:2]}
    if not crs.is_projected or units != {"metre"}:
        raise CRSError(
            f"the heights are in {crs.name}, which does not measure in metres; bring them into a "
            "metric system first: corridors.sight_elevation"
        )
