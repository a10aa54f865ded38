"""The elevation: the part that the study needs of its file, checked, and its way onto a grid."""

import warnings
from pathlib import Path

import numpy as np
import pyproj
import rasterio
import rasterio.windows
import shapely
from affine import Affine
from numpy.typing import NDArray

from corridors.crs import Bounds, parse_crs, project_points
from corridors.errors import CorridorsError, LayerError, MissingFileError
from corridors.layers.area import StudyArea
from corridors.memory import available_bytes
from corridors.raster import Raster

__all__ = ["onto_cells", "read_elevation"]

FloatArray = NDArray[np.float64]

# The Dead Sea's shore and the summit of the Everest, with room for errors of a model.
LOWEST_M, HIGHEST_M = -600.0, 9000.0
METRES = {"", "m", "metre", "metres", "meter", "meters"}
# So many cells around are read too, for the resampling at its rim.
MARGIN_CELLS = 4
# A cell as read, its mask, and as a float64.
BYTES_PER_SOURCE_CELL = 24
REASON_MAX = 200
# With more points than this along a side of a cell, source cells are brought together first.
SAMPLES_MAX = 8


def read_elevation(path: Path, area: StudyArea, *, bounds: Bounds) -> Raster:
    """Read the part of an elevation raster that covers a study area.

    Parameters
    ----------
    path
        Any raster that GDAL reads, heights in metres in its first band, with a CRS.
    area
        The study area; all of it must be covered.
    bounds
        What to read, where the raster has it: west, south, east, north in the working CRS.

    Returns
    -------
    Raster
        In the file's CRS, NaN where there is no height.

    Raises
    ------
    MissingFileError
        When the file is not there or is not a raster.
    LayerError
        When it has no CRS or no place on the ground, does not cover the area, is a picture, or
        holds what cannot be heights in metres.
    """
    try:
        if not path.exists():
            raise MissingFileError(f"{path}: the file for layer 'elevation' is not there")
        if path.is_dir():
            raise MissingFileError(f"{path}: is a folder; name the raster of heights in it")
        with warnings.catch_warnings():
            # That it has no place on the ground is refused in our words.
            warnings.simplefilter("ignore", rasterio.errors.NotGeoreferencedWarning)
            source = rasterio.open(path)
        with source:
            return _read(source, path, area, bounds)
    except CorridorsError:
        raise
    except (rasterio.errors.RasterioError, OSError, ValueError) as error:
        lines = str(getattr(error, "strerror", None) or error).splitlines() or [""]
        raise MissingFileError(
            f"{path}: layer 'elevation' cannot be read as a raster ({lines[0][:REASON_MAX]}); "
            "check that the file is whole and its format is what its name says"
        ) from error


def _read(source: rasterio.DatasetReader, path: Path, area: StudyArea, bounds: Bounds) -> Raster:
    def refuse(problem: str, todo: str) -> LayerError:
        return LayerError(problem, file=path, layer="elevation", todo=todo)

    if source.crs is None:
        raise refuse(
            "declares no coordinate reference system",
            "write it into the file (gdal_edit.py -a_srs EPSG:4326, or rio edit-info)",
        )
    crs = parse_crs(source.crs.to_wkt())
    if not (crs.is_geographic or crs.is_projected):
        raise refuse(f"declares {crs.name}, which places nothing on a map", "declare the right one")
    if source.transform.is_identity:
        raise refuse(
            "does not say where on the ground it is (no geotransform)",
            "georeference it, or export it again with its position",
        )
    if _is_picture(source):
        raise refuse("is a picture, not heights", "take the raster of heights, in metres")
    if str(source.units[0] or "").strip().lower() not in METRES:
        raise refuse(
            f"holds heights in {source.units[0]!r}",
            "convert them to metres, and declare the unit as m",
        )
    rim = np.asarray(area.polygon.exterior.coords)
    x, y = project_points(rim[:, 0], rim[:, 1], from_crs=area.working.crs, to_crs=crs)
    problem = _uncovered(source, x, y)
    if problem:
        raise refuse(problem, "take a larger raster, or make area.bbox smaller")
    window = _window(source, _box_in(crs, bounds, area))
    free = available_bytes()
    if free is not None and window.width * window.height * BYTES_PER_SOURCE_CELL > free:
        raise refuse(
            f"is too fine to be read: the area takes {window.width:,} by {window.height:,} of its "
            "cells, which do not fit in memory",
            "resample it to about half of area.cell_m first",
        )
    heights = _heights(source, window)
    known = heights[np.isfinite(heights)]
    if len(known) and not LOWEST_M <= known.min() <= known.max() <= HIGHEST_M:
        raise refuse(
            f"holds heights from {known.min():g} to {known.max():g} m in the study area",
            "declare the value that stands for no data (gdal_edit.py -a_nodata ...), or convert "
            "the heights to metres",
        )
    west, north = _applied(
        source.transform, np.array([float(window.col_off)]), np.array([float(window.row_off)])
    )
    steps = source.transform
    moved = Affine(steps.a, steps.b, float(west[0]), steps.d, steps.e, float(north[0]))
    return Raster(heights, moved, crs, name="elevation", units="m")


def _is_picture(source: rasterio.DatasetReader) -> bool:
    of = source.colorinterp[0].name
    return of in {"red", "palette"} or source.dtypes[0].startswith("complex")


def _pixels(transform: Affine, x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return columns and rows of points, of a turned raster too."""
    return _applied(~transform, x, y)


def _uncovered(source: rasterio.DatasetReader, x: FloatArray, y: FloatArray) -> str | None:
    column, row = _pixels(source.transform, x, y)
    # The rim of a raster made for exactly this area may miss it by a rounding.
    margin = 0.01
    if (
        column.min() >= -margin
        and column.max() <= source.width + margin
        and row.min() >= -margin
        and row.max() <= source.height + margin
    ):
        return None
    corner_x, corner_y = _applied(
        source.transform,
        np.array([0.0, source.width, 0.0, source.width]),
        np.array([0.0, 0.0, source.height, source.height]),
    )
    left, right, bottom, top = corner_x.min(), corner_x.max(), corner_y.min(), corner_y.max()
    short = {
        "west": x.min() < left,
        "south": y.min() < bottom,
        "east": x.max() > right,
        "north": y.max() > top,
    }
    sides = ", ".join(side for side, is_short in short.items() if is_short) or "corners"
    return (
        f"does not cover the study area: it ends short in the {sides} (it spans "
        f"x {left:g} to {right:g}, y {bottom:g} to {top:g}; the area needs x {x.min():g} to "
        f"{x.max():g}, y {y.min():g} to {y.max():g})"
    )


def _box_in(crs: pyproj.CRS, bounds: Bounds, area: StudyArea) -> tuple[FloatArray, FloatArray]:
    """Return points all along the sides of a box of the working CRS, in another CRS."""
    west, south, east, north = bounds
    box = shapely.segmentize(shapely.box(*bounds), max(east - west, north - south) / 64)
    rim = np.vstack([shapely.get_coordinates(box), shapely.get_coordinates(area.polygon)])
    x, y = project_points(rim[:, 0], rim[:, 1], from_crs=area.working.crs, to_crs=crs)
    there = np.isfinite(x) & np.isfinite(y)
    return x[there], y[there]


def _window(
    source: rasterio.DatasetReader, box: tuple[FloatArray, FloatArray]
) -> rasterio.windows.Window:
    column, row = _pixels(source.transform, *box)
    left = max(int(np.floor(column.min())) - MARGIN_CELLS, 0)
    top = max(int(np.floor(row.min())) - MARGIN_CELLS, 0)
    right = min(int(np.ceil(column.max())) + MARGIN_CELLS, source.width)
    bottom = min(int(np.ceil(row.max())) + MARGIN_CELLS, source.height)
    return rasterio.windows.Window(left, top, right - left, bottom - top)


def _heights(source: rasterio.DatasetReader, window: rasterio.windows.Window) -> FloatArray:
    """Return heights in metres: what is stored may be tenths of them, or counted from a base."""
    stored = source.read(1, masked=True, window=window).astype(np.float64).filled(np.nan)
    heights = stored * source.scales[0] + source.offsets[0]
    return np.where(np.isfinite(heights), heights, np.nan)


def onto_cells(
    source: Raster, x: FloatArray, y: FloatArray, *, crs: pyproj.CRS, samples: int = 1
) -> FloatArray:
    """Return the values of a raster for the cells of a grid in another system.

    Parameters
    ----------
    source
        Any raster, in any system.
    x, y
        Corners of the cells, shape (rows + 1, columns + 1), northernmost first.
    crs
        The system of the corners.
    samples
        Points along each side of a cell, of whose bilinear values the cell gets the mean.

    Returns
    -------
    ndarray
        Shape (rows, columns). NaN where the raster has no value under half or more of the points.

    Notes
    -----
    Not left to GDAL's warper, which approximates the projection by up to an eighth of a source
    cell; rasterio before 1.5 cannot tell it not to. Here, places between the corners of one cell
    are taken as linear: over 500 m that is true to 5 mm.
    """
    together = samples // (SAMPLES_MAX // 2) if samples > SAMPLES_MAX else 1
    if together > 1:
        source = _coarser(source, together)
        samples = round(samples / together)
    corners = _pixels_of(source, x, y, crs)
    total, known = (np.zeros((x.shape[0] - 1, x.shape[1] - 1)) for _ in range(2))
    steps = (np.arange(samples) + 0.5) / samples
    for down in steps:
        for right in steps:
            column, row = (_within(corner, down, right) for corner in corners)
            heights = _bilinear(source.values, column, row)
            there = np.isfinite(heights)
            total[there] += heights[there]
            known[there] += 1
    enough = 2 * known > samples**2
    return np.divide(total, known, out=np.full_like(total, np.nan), where=enough)


def _coarser(source: Raster, together: int) -> Raster:
    """Return means of blocks of cells, NaN where half of a block or more has no value."""
    rows, columns = (-(-size // together) for size in source.values.shape)
    padded = np.full((rows * together, columns * together), np.nan)
    padded[: source.values.shape[0], : source.values.shape[1]] = source.values
    blocks = padded.reshape(rows, together, columns, together)
    known = np.isfinite(blocks)
    count = known.sum(axis=(1, 3))
    total = np.where(known, blocks, 0.0).sum(axis=(1, 3))
    enough = 2 * count > together**2
    means = np.divide(total, count, out=np.full((rows, columns), np.nan), where=enough)
    fine = source.transform
    wide = Affine(
        fine.a * together, fine.b * together, fine.c, fine.d * together, fine.e * together, fine.f
    )
    return Raster(means, wide, source.crs, source.name, source.units, source.description)


def _pixels_of(
    source: Raster, x: FloatArray, y: FloatArray, crs: pyproj.CRS
) -> tuple[FloatArray, FloatArray]:
    """Return source columns and rows of points of another system."""
    there = project_points(x, y, from_crs=crs, to_crs=source.crs)
    column, row = _applied(~source.transform, *there)
    lost = ~(np.isfinite(column) & np.isfinite(row))
    column[lost], row[lost] = np.nan, np.nan
    return column, row


def _within(corners: FloatArray, down: float, right: float) -> FloatArray:
    """Return a quantity at one place in each cell, from its values at the corners."""
    upper = (1 - right) * corners[:-1, :-1] + right * corners[:-1, 1:]
    lower = (1 - right) * corners[1:, :-1] + right * corners[1:, 1:]
    return np.asarray((1 - down) * upper + down * lower)


def _bilinear(values: NDArray[np.floating], column: FloatArray, row: FloatArray) -> FloatArray:
    """Return values between cell centres; NaN where the cell under the point has none.

    Next to a gap the other cells weigh more; beyond the outermost centres those cells go on.
    """
    rows, columns = values.shape
    inside = (column >= 0) & (column < columns) & (row >= 0) & (row < rows)
    column, row = column[inside], row[inside]
    left, top = np.floor(column - 0.5), np.floor(row - 0.5)
    u, v = column - 0.5 - left, row - 0.5 - top
    total, weights = np.zeros(len(column)), np.zeros(len(column))
    for down, right, weight in (
        (0, 0, (1 - u) * (1 - v)),
        (0, 1, u * (1 - v)),
        (1, 0, (1 - u) * v),
        (1, 1, u * v),
    ):
        z = values[
            np.clip(top + down, 0, rows - 1).astype(np.int64),
            np.clip(left + right, 0, columns - 1).astype(np.int64),
        ]
        weight[~np.isfinite(z)] = 0.0
        total += weight * np.where(np.isfinite(z), z, 0.0)
        weights += weight
    under = values[np.floor(row).astype(np.int64), np.floor(column).astype(np.int64)]
    known = np.isfinite(under) & (weights > 0)
    found = np.full(inside.shape, np.nan)
    found[inside] = np.divide(total, weights, out=np.full(len(total), np.nan), where=known)
    return found


def _applied(transform: Affine, x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
    # Written out: releases of affine differ in the operator that takes arrays.
    return (
        transform.a * x + transform.b * y + transform.c,
        transform.d * x + transform.e * y + transform.f,
    )
