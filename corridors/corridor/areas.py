"""Through-corridors as areas: where ways at most so much longer than the least may pass."""

import itertools
from collections.abc import Sequence
from typing import cast

import contourpy
import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from corridors.corridor.fields import corridor_limit
from corridors.paths import Journeys
from corridors.terrain import Grid

__all__ = ["area_above", "corridor_areas", "through_corridors"]

FloatArray = NDArray[np.float64]

# Pieces and holes smaller than this many cells are the grid's, not the ground's.
SMALLEST_CELLS = 4


def through_corridors(
    journeys: Journeys,
    *,
    percent: Sequence[float] = (),
    extra_hours: Sequence[float] = (),
    quantile: Sequence[float] = (),
) -> gpd.GeoDataFrame:
    """Return the through-corridors of each journey.

    The corridor of p percent holds every cell through which a way leads that is at most p percent
    longer, in hours, than the least: d(origin, x) + d(x, destination) <= (1 + p/100) d(origin,
    destination). The second term is a run on the turned graph (Pinto and Keitt 2009, for movement
    that has a direction).

    Parameters
    ----------
    journeys
        From `corridors.paths.solve_journeys`.
    percent
        How much longer, in percent.
    extra_hours
        How much longer, in hours.
    quantile
        Or so large a part of the cells that can be reached.

    Returns
    -------
    geopandas.GeoDataFrame
        In the grid's CRS, a row for each journey and each number asked for: ``id, kind``
        ("through"), ``origin, destination, profile, percent, extra_hours`` (how much longer than
        the least, both ways of saying it), ``quantile`` (where that was asked for), ``share,
        area_km2`` and the polygons.

    Raises
    ------
    ValueError
        When a number is out of its range.
    """
    asked = _asked(percent, extra_hours, quantile)
    rows: list[dict[str, object]] = []
    for journey in journeys.items:
        hours = journey.hours + journey.extra_hours
        for name, value in asked:
            rows.append(
                {
                    "id": f"{journey.id}, {_WORDS[name].format(value)}",
                    "kind": "through",
                    "origin": journey.origin,
                    "destination": journey.destination,
                    "profile": journey.profile,
                    **_corridor(hours, journeys.graph.grid, name, value, least=journey.hours),
                    "share": journey.share,
                }
            )
    columns = ("origin", "destination", "profile", "percent", "extra_hours", "quantile", "share")
    order = ["id", "kind", *columns, "area_km2", "geometry"]
    table = gpd.GeoDataFrame(rows, columns=order, geometry="geometry", crs=journeys.graph.grid.crs)
    return table if quantile else table.drop(columns="quantile")


def corridor_areas(
    cost: FloatArray,
    grid: Grid,
    *,
    percent: Sequence[float] = (),
    extra: Sequence[float] = (),
    quantile: Sequence[float] = (),
) -> gpd.GeoDataFrame:
    """Return the corridors of a field of costs as areas.

    Parameters
    ----------
    cost
        From `through_hours`, `reach_hours`, or on the same grid `through_cost` or `reach_cost`.
    grid
        Where it lies.
    percent, extra, quantile
        As for `corridor_limit`; several of each.

    Returns
    -------
    geopandas.GeoDataFrame
        In the grid's CRS: ``percent, extra_hours`` (beyond the least cost, in its unit),
        ``quantile`` (NaN where not asked for), ``area_km2`` and the polygons.

    Raises
    ------
    ValueError
        As for `corridor_limit`.
    """
    rows = [_corridor(cost, grid, *one) for one in _asked(percent, extra, quantile)]
    columns = ["percent", "extra_hours", "quantile", "area_km2", "geometry"]
    return gpd.GeoDataFrame(rows, columns=columns, geometry="geometry", crs=grid.crs)


_WORDS = {"percent": "{:g} percent", "extra": "{:g} h more", "quantile": "best {:.6g} of cells"}


def _asked(
    percent: Sequence[float], extra: Sequence[float], quantile: Sequence[float]
) -> list[tuple[str, float]]:
    every = (("percent", percent), ("extra", extra), ("quantile", quantile))
    return [(name, value) for name, values in every for value in sorted(values)]


def _corridor(
    cost: FloatArray, grid: Grid, name: str, value: float, *, least: float | None = None
) -> dict[str, object]:
    limit = corridor_limit(cost, **{name: value})
    least = float(cost.min()) if least is None else least
    # Told as it was asked, without the play for rounding that the limit has.
    beyond = {"percent": least * value / 100, "extra": value}.get(name, limit - least)
    polygon = area_above(least - cost, -beyond, grid)
    return {
        "percent": float(value) if name == "percent" else 100 * beyond / least if least else np.inf,
        "extra_hours": float(beyond),
        "quantile": float(value) if name == "quantile" else np.nan,
        "area_km2": polygon.area / 1e6,
        "geometry": polygon,
    }


def area_above(values: FloatArray, level: float, grid: Grid) -> shapely.MultiPolygon:
    """Return where a field on the grid is above a level, its rim interpolated between cells.

    Parameters
    ----------
    values
        Shape (rows, columns); minus infinity where there is no value.
    level
        The level.
    grid
        Where the field lies.

    Returns
    -------
    shapely.MultiPolygon
        In the grid's CRS, without pieces or holes of fewer than four cells; empty where nothing
        is above.
    """
    # A rim of cells that are below lets areas close that touch the edge of the grid. How far below
    # a cell is must not matter: beyond one step under the level all are alike.
    step = max(abs(level), 1e-9)
    padded = np.pad(np.maximum(values, level - step), 1, constant_values=level - step)
    x = grid.west + (np.arange(-1, grid.columns + 1) + 0.5) * grid.cell_m
    y = grid.north - (np.arange(-1, grid.rows + 1) + 0.5) * grid.cell_m
    generator = contourpy.contour_generator(x, y, padded, fill_type="OuterOffset")
    filled = cast(tuple[list[FloatArray], list[NDArray[np.int64]]], generator.filled(level, np.inf))
    smallest = SMALLEST_CELLS * grid.cell_m**2
    polygons = []
    for outline, starts in zip(*filled, strict=True):
        rings = [outline[a:b] for a, b in itertools.pairwise(starts)]
        holes = [ring for ring in rings[1:] if shapely.Polygon(ring).area >= smallest]
        polygons.append(shapely.Polygon(rings[0], holes))
    large = [polygon for polygon in polygons if polygon.area >= smallest]
    # A path along single cells has a corridor thinner than that; it is kept rather than lost.
    valid = shapely.make_valid(shapely.MultiPolygon(large or polygons))
    parts = [part for part in shapely.get_parts(valid) if shapely.get_dimensions(part) == 2]
    return shapely.MultiPolygon([piece for part in parts for piece in shapely.get_parts(part)])
