"""The working grid and its elevation: where one can walk, and how steep it is."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyproj
import shapely
from affine import Affine
from numpy.typing import NDArray

from corridors.crs import Bounds, project_points
from corridors.elevation import onto_cells, read_elevation
from corridors.errors import LayerError, ScenarioError
from corridors.layers.area import StudyArea
from corridors.layers.kinds import LayerKind
from corridors.layers.load import ReadingLog
from corridors.layers.moved import move_noted
from corridors.layers.subject import Subject
from corridors.memory import require_memory
from corridors.raster import Raster

__all__ = ["Grid", "Terrain", "read_terrain", "working_grid"]

FloatArray = NDArray[np.float64]

CELLS_ACROSS_MIN = 4


@dataclass(frozen=True)
class Grid:
    """A grid of square cells, tied to multiples of the cell size.

    Attributes
    ----------
    crs
        A metric CRS.
    west, north
        The outer corner of the first cell, metres.
    rows, columns
        How many cells; row 0 is the northernmost.
    cell_m
        Side of a cell, metres.
    """

    crs: pyproj.CRS
    west: float
    north: float
    rows: int
    columns: int
    cell_m: float

    @property
    def transform(self) -> Affine:
        """From (column, row) of a cell's upper left corner to coordinates."""
        return Affine(self.cell_m, 0, self.west, 0, -self.cell_m, self.north)

    @property
    def bounds(self) -> Bounds:
        """West, south, east and north of the outer rim, metres."""
        east = self.west + self.columns * self.cell_m
        return self.west, self.north - self.rows * self.cell_m, east, self.north

    @property
    def size(self) -> int:
        """Number of cells."""
        return self.rows * self.columns

    def centres(self) -> tuple[FloatArray, FloatArray]:
        """Return x and y of all cell centres, row by row, each of length `size`."""
        x = self.west + (np.arange(self.columns) + 0.5) * self.cell_m
        y = self.north - (np.arange(self.rows) + 0.5) * self.cell_m
        return np.tile(x, self.rows), np.repeat(y, self.columns)

    def corners(self) -> tuple[FloatArray, FloatArray]:
        """Return x and y of all corners of cells, each of shape (rows + 1, columns + 1)."""
        x = self.west + np.arange(self.columns + 1) * self.cell_m
        y = self.north - np.arange(self.rows + 1) * self.cell_m
        across, along = np.meshgrid(x, y)
        return across, along

    def cell_of(self, x: FloatArray, y: FloatArray) -> NDArray[np.int64]:
        """Return the number of the cell that holds each point, -1 where none does."""
        column = np.floor((np.asarray(x) - self.west) / self.cell_m)
        row = np.floor((self.north - np.asarray(y)) / self.cell_m)
        inside = (column >= 0) & (column < self.columns) & (row >= 0) & (row < self.rows)
        return np.where(inside, row * self.columns + column, -1).astype(np.int64)


@dataclass(frozen=True)
class Terrain:
    """Elevation on the working grid.

    Attributes
    ----------
    grid
        The working grid.
    elevation_m
        Heights, shape (rows, columns), NaN where there is none.
    inside
        Which cells have their centre in the study area.
    gaps
        How many cells inside the area have no elevation; they cannot be walked.
    source_cell_m
        Resolution of the elevation as it was read, metres.
    """

    grid: Grid
    elevation_m: FloatArray
    inside: NDArray[np.bool_]
    gaps: int
    source_cell_m: float

    @property
    def walkable(self) -> NDArray[np.bool_]:
        """Cells inside the area whose elevation is known, shape (rows, columns)."""
        return self.inside & np.isfinite(self.elevation_m)

    @property
    def slope_deg(self) -> FloatArray:
        """Slope in degrees by central differences, NaN next to a gap (Zevenbergen, Thorne 1987)."""
        down, right = np.gradient(self.elevation_m, self.grid.cell_m)
        return np.asarray(np.degrees(np.arctan(np.hypot(down, right))))

    def raster(self) -> Raster:
        """Return the elevation as a raster."""
        return Raster(
            self.elevation_m,
            self.grid.transform,
            self.grid.crs,
            name="elevation",
            units="m",
            description="Elevation on the working grid.",
        )

    def heights_at(self, x: FloatArray, y: FloatArray) -> FloatArray:
        """Return heights at points, bilinear between cell centres; NaN next to a gap.

        Beyond the centres of the outermost cells, the height on that rim.
        """
        column = np.clip((x - self.grid.west) / self.grid.cell_m - 0.5, 0, self.grid.columns - 1)
        row = np.clip((self.grid.north - y) / self.grid.cell_m - 0.5, 0, self.grid.rows - 1)
        left = np.minimum(column.astype(np.int64), self.grid.columns - 2)
        top = np.minimum(row.astype(np.int64), self.grid.rows - 2)
        u, v = column - left, row - top
        z = self.elevation_m
        upper = (1 - u) * z[top, left] + u * z[top, left + 1]
        lower = (1 - u) * z[top + 1, left] + u * z[top + 1, left + 1]
        return np.asarray((1 - v) * upper + v * lower)


def working_grid(
    area: StudyArea,
    *,
    cell_m: float,
    neighbours: int = 16,
    journeys: int = 1,
    travellers: int = 0,
) -> Grid:
    """Lay the working grid over a study area, its corners at multiples of the cell size.

    Parameters
    ----------
    area
        The study area.
    cell_m
        Side of a cell, metres.
    neighbours, journeys, travellers
        Moves from a cell, origins times destinations times profiles, and travellers: with the
        cells they say how much memory the study will need.

    Raises
    ------
    ScenarioError
        When a cell is too large for the area, or the study would not fit in memory.

    Examples
    --------
    >>> from corridors.layers import study_area
    >>> from corridors.scenario.model import Area
    >>> grid = working_grid(study_area(Area(bbox=(40.5, 35.3, 43.5, 37.4))), cell_m=500)
    >>> grid.rows, grid.columns
    (470, 546)
    """
    west, south, east, north = area.polygon.bounds
    narrowest_m = min(east - west, north - south)
    if narrowest_m < CELLS_ACROSS_MIN * cell_m:
        raise ScenarioError(
            f"area.cell_m = {cell_m:g} is too large: the area is {(east - west) / 1000:.3g} by "
            f"{(north - south) / 1000:.3g} km; take {narrowest_m / CELLS_ACROSS_MIN:.0f} or "
            "less, or a larger area.bbox"
        )
    left, bottom = np.floor(west / cell_m), np.floor(south / cell_m)
    right, top = np.ceil(east / cell_m), np.ceil(north / cell_m)
    grid = Grid(
        crs=area.working.crs,
        west=float(left * cell_m),
        north=float(top * cell_m),
        rows=int(top - bottom),
        columns=int(right - left),
        cell_m=float(cell_m),
    )
    require_memory(
        grid.size,
        cell_m=cell_m,
        neighbours=neighbours,
        journeys=journeys,
        travellers=travellers,
    )
    return grid


def read_terrain(
    path: Path,
    area: StudyArea,
    grid: Grid,
    *,
    refuse_gaps: bool = False,
    log: ReadingLog | None = None,
) -> Terrain:
    """Read an elevation raster onto the working grid.

    Parameters
    ----------
    path
        Any raster that GDAL reads, heights in metres in its first band, with a CRS.
    area
        The study area; all of it must be covered.
    grid
        The working grid.
    refuse_gaps
        Whether a cell without elevation stops the study.
    log
        Told how the raster came to the working CRS.

    Raises
    ------
    MissingFileError
        When the file is not there or is not a raster.
    LayerError
        When it has no CRS, does not cover the area, holds no heights in metres, or has gaps and
        `refuse_gaps` is set.

    Notes
    -----
    The mean of bilinear heights at points about one source cell apart in each cell of the grid; at
    its centre only where the source is coarser. Gaps are never filled.
    """
    source = read_elevation(path, area, bounds=grid.bounds)
    if log is not None:
        subject = Subject(LayerKind("elevation", "polygon", ()), path)
        log.transformations += move_noted(source.crs, area, subject)
        log.findings += subject.findings
    source_cell_m = _cell_size_m(source, area)
    elevation = onto_cells(
        source,
        *grid.corners(),
        crs=grid.crs,
        samples=max(round(grid.cell_m / source_cell_m), 1),
    )
    x, y = grid.centres()
    inside = shapely.contains_xy(area.polygon, x, y).reshape(grid.rows, grid.columns)
    gaps = int((inside & ~np.isfinite(elevation)).sum())
    cells = int(inside.sum())
    if gaps == cells or (gaps and refuse_gaps):
        raise LayerError(
            f"has no elevation in {gaps} of {cells} cells of the study area",
            file=path,
            layer="elevation",
            todo="take another raster"
            if gaps == cells
            else "fill the gaps with a method of your choice, or set terrain.gaps = 'barred'",
        )
    return Terrain(grid, elevation, inside, gaps, source_cell_m)


def _cell_size_m(source: Raster, area: StudyArea) -> float:
    """Return the side of a source cell in metres, in the middle of the study area."""
    middle = area.polygon.centroid
    x, y = project_points(
        np.array([middle.x]), np.array([middle.y]), from_crs=area.working.crs, to_crs=source.crs
    )
    right, down = _steps(source.transform)
    new_x, new_y = project_points(
        x + np.array([0.0, right[0], down[0]]),
        y + np.array([0.0, right[1], down[1]]),
        from_crs=source.crs,
        to_crs=area.working.crs,
    )
    wide = np.hypot(new_x[1] - new_x[0], new_y[1] - new_y[0])
    high = np.hypot(new_x[2] - new_x[0], new_y[2] - new_y[0])
    return float(np.sqrt(wide * high))


def _steps(transform: Affine) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return how far one column and one row lead, in coordinates, of a turned raster too."""
    return (transform.a, transform.d), (transform.b, transform.e)
