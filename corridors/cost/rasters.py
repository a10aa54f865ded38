"""Accumulated cost from a raster file, with places in its coordinates."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray

from corridors.cost.accumulate import accumulated_cost
from corridors.cost.check import same_shape
from corridors.cost.errors import GridError
from corridors.cost.ground import Friction, Ground, shape_of
from corridors.cost.result import AccumulatedCost
from corridors.crs import parse_crs
from corridors.errors import MissingFileError
from corridors.export import write_cog
from corridors.raster import Raster

__all__ = ["RasterCost", "accumulated_cost_raster", "read_grid"]

Place = tuple[float, float]
REASON_MAX = 200


@dataclass(frozen=True)
class RasterCost:
    """Accumulated cost with its place on the ground.

    Attributes
    ----------
    found
        The costs on the plain grid.
    raster
        The costs as a raster; NaN where nothing leads.
    """

    found: AccumulatedCost
    raster: Raster

    def path(self, place: Place) -> NDArray[np.float64]:
        """Return the least path between the sources and a place, as x, y of cell centres.

        Parameters
        ----------
        place
            x and y in the raster's coordinates.
        """
        cells = self.found.path(_cells(self.raster, [place], "the place")[0])
        corner = self.raster.transform
        x = corner.c + (cells[:, 1] + 0.5) * corner.a
        y = corner.f + (cells[:, 0] + 0.5) * corner.e
        return np.column_stack([x, y])

    def write(self, path: Path | str) -> None:
        """Write the costs as a cloud-optimised GeoTIFF, in float32."""
        told = {
            "neighbours": self.found.neighbourhood.neighbours,
            "overlong_percent": round(self.found.overlong_percent, 2),
            "reverse": self.found.reverse,
        }
        write_cog(self.raster, path, tags=told)


def read_grid(path: Path | str) -> Raster:
    """Read the first band of a raster whose coordinates are lengths.

    Parameters
    ----------
    path
        Any raster that GDAL reads, north up, in a projected CRS; nodata becomes NaN.

    Raises
    ------
    MissingFileError
        When it is not there or cannot be read.
    GridError
        When it has no CRS, does not measure in metres, or does not lie north up.
    """
    try:
        with rasterio.open(path) as source:
            # Masked values need a type that has NaN.
            kind = np.float32 if source.dtypes[0] in ("float32", "uint8", "int16") else np.float64
            values = source.read(1, masked=True).astype(kind).filled(np.nan)
            declared, transform, units = source.crs, source.transform, source.units[0]
    except (rasterio.errors.RasterioError, OSError) as error:
        raise MissingFileError(
            f"{path}: cannot be read as a raster ({str(error)[:REASON_MAX]}); check its name and "
            "that the file is whole"
        ) from error
    if declared is None:
        raise GridError(f"{path}: declares no coordinate reference system; write it into the file")
    grid = Raster(values, transform, parse_crs(declared.to_wkt()), name="grid", units=units or "1")
    _require_lengths(grid, f"{path}: ")
    return grid


def _require_lengths(grid: Raster, where: str) -> None:
    """Refuse a raster whose cells have no height and width in metres."""
    if not grid.crs.is_projected:
        raise GridError(
            f"{where}{grid.crs.name} is in degrees, and costs are per metre; project it first "
            "(gdalwarp -t_srs EPSG:...)"
        )
    units = {axis.unit_name for axis in grid.crs.axis_info[:2]}
    if units != {"metre"}:
        raise GridError(
            f"{where}{grid.crs.name} measures in {', '.join(sorted(units))}, and costs are per "
            "metre; project it first (gdalwarp -t_srs EPSG:...)"
        )
    place = grid.transform
    if place.b or place.d or place.a <= 0 or place.e >= 0:
        raise GridError(f"{where}rows do not run from north to south; turn it (gdalwarp)")


def accumulated_cost_raster(
    ground: Raster | Ground | Path | str,
    sources: Sequence[Place],
    *,
    like: Raster | None = None,
    name: str = "accumulated_cost",
    units: str = "1",
    **options: Any,
) -> RasterCost:
    """Return the accumulated cost over a raster, from places in its coordinates.

    Parameters
    ----------
    ground
        Cost per metre as a raster or the name of its file; or a ground of arrays (`Slope`, `Walk`,
        `Friction`, `Conductance`) that lie on the grid of `like`.
    sources
        x and y of each source.
    like
        A raster of the same grid, when the ground is of arrays.
    name, units
        Of the result's band.
    **options
        Those of `accumulated_cost`, but for `cell_size`, which the raster tells. `targets` are
        places too.

    Returns
    -------
    RasterCost
        The costs; `write` makes a GeoTIFF of them.

    Raises
    ------
    MissingFileError, GridError
        When the file or what it holds cannot be used.

    Examples
    --------
    >>> from affine import Affine
    >>> cost = Raster(np.ones((2, 3)), Affine(50, 0, 0, 0, -50, 100), parse_crs("EPSG:32637"), "c")
    >>> accumulated_cost_raster(cost, [(25, 75)]).raster.values.round(0).tolist()
    [[0.0, 50.0, 100.0], [50.0, 71.0, 121.0]]
    """
    if isinstance(ground, Path | str):
        ground = read_grid(ground)
    if isinstance(ground, Raster):
        like, ground = ground, Friction(ground.values)
    if like is None:
        raise GridError("give like=, a raster that tells where the arrays of the ground lie")
    _require_lengths(like, "the raster: ")
    same_shape(shape_of(ground), like.values.shape, "the ground")
    transform = like.transform
    if "targets" in options and options["targets"] is not None:
        options["targets"] = _cells(like, options["targets"], "targets")
    found = accumulated_cost(
        ground,
        _cells(like, sources, "sources"),
        cell_size=(-transform.e, transform.a),
        **options,
    )
    values = np.where(np.isfinite(found.cost), found.cost, np.nan)
    said = "Accumulated cost to the sources" if found.reverse else "Accumulated cost from sources"
    return RasterCost(found, Raster(values, transform, like.crs, name, units, said))


def _cells(like: Raster, places: Sequence[Place], name: str) -> NDArray[np.int64]:
    pairs = np.asarray(places, np.float64)
    if pairs.size % 2 or (pairs.ndim > 1 and pairs.shape[1:] != (2,)):
        raise GridError(f"{name} has the shape {pairs.shape}; give (x, y) pairs, at least one")
    x, y = pairs.reshape(-1, 2).T
    place = like.transform
    cells = np.floor(np.column_stack([(y - place.f) / place.e, (x - place.c) / place.a]))
    inside = (cells >= 0) & (cells < like.values.shape)
    outside = np.flatnonzero(~inside.all(axis=1))
    if len(outside):
        west, south, east, north = like.bounds
        raise GridError(
            f"{name}[{outside[0]}] (x {x[outside[0]]:g}, y {y[outside[0]]:g}) lies outside the "
            f"raster, which spans x {west:g} to {east:g} and y {south:g} to {north:g}"
        )
    return np.asarray(cells, np.int64)
