"""Through-corridors as areas: where ways at most so much longer than the least may pass."""

import itertools
from collections.abc import Sequence
from typing import cast

import contourpy
import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from corridors.paths import Journeys
from corridors.terrain import Grid

__all__ = ["area_above", "corridor_share", "overlap_bands", "through_corridors"]

FloatArray = NDArray[np.float64]

# Pieces and holes smaller than this many cells are the grid's, not the ground's.
SMALLEST_CELLS = 4


def through_corridors(journeys: Journeys, *, percent: Sequence[float]) -> gpd.GeoDataFrame:
    """Return the through-corridor of each journey, for each percentage.

    The corridor of p percent holds every cell through which a way leads that is at most p percent
    longer, in hours, than the least: d(origin, x) + d(x, destination) <= (1 + p/100) d(origin,
    destination). The second term is a run on the turned graph (method of Pinto and Keitt 2009, for
    movement that has a direction).

    Parameters
    ----------
    journeys
        From `corridors.paths.solve_journeys`.
    percent
        How much longer, in percent.

    Returns
    -------
    geopandas.GeoDataFrame
        In the grid's CRS: ``id, kind`` ("through"), ``origin, destination, profile, percent,
        extra_hours, share, area_km2`` and the polygons.
    """
    rows = []
    for journey in journeys.items:
        for value in sorted(percent):
            limit = journey.hours * value / 100.0
            polygon = area_above(-journey.extra_hours, -limit, journeys.graph.grid)
            rows.append(
                {
                    "id": f"{journey.id}, {value:g} percent",
                    "kind": "through",
                    "origin": journey.origin,
                    "destination": journey.destination,
                    "profile": journey.profile,
                    "percent": float(value),
                    "extra_hours": limit,
                    "share": journey.share,
                    "area_km2": polygon.area / 1e6,
                    "geometry": polygon,
                }
            )
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=journeys.graph.grid.crs)


def corridor_share(journeys: Journeys, *, percent: float) -> FloatArray:
    """Return for every cell the share of the transits whose through-corridor covers it.

    Parameters
    ----------
    journeys
        From `corridors.paths.solve_journeys`.
    percent
        The corridor's percentage.

    Returns
    -------
    numpy.ndarray
        Shape (rows, columns), 0 to 1.

    Notes
    -----
    This is not yet a probability of passing: it says for how many of the transits the ground is
    nearly as good as the best.
    """
    grid = journeys.graph.grid
    share = np.zeros((grid.rows, grid.columns))
    for journey in journeys.items:
        share[journey.extra_hours <= journey.hours * percent / 100.0] += journey.share
    return share


def overlap_bands(
    share: FloatArray, grid: Grid, *, levels: Sequence[float], percent: float
) -> gpd.GeoDataFrame:
    """Return the areas that lie in the through-corridors of at least so many of the transits.

    Parameters
    ----------
    share
        From `corridor_share`.
    grid
        Its grid.
    levels
        Shares, 0 to 1.
    percent
        The corridors' percentage, for the record.

    Returns
    -------
    geopandas.GeoDataFrame
        ``id, kind`` ("overlap"), ``percent, share, area_km2``; levels that no ground reaches are
        left out.
    """
    rows = []
    for level in sorted(levels):
        # The step from one share to the next is drawn half way between two cells.
        polygon = area_above(np.where(share >= level - 1e-9, 1.0, 0.0), 0.5, grid)
        if polygon.is_empty:
            continue
        rows.append(
            {
                "id": f"at least {level:.0%} of transits",
                "kind": "overlap",
                "percent": float(percent),
                "share": float(level),
                "area_km2": polygon.area / 1e6,
                "geometry": polygon,
            }
        )
    columns = ["id", "kind", "percent", "share", "area_km2", "geometry"]
    return gpd.GeoDataFrame(rows, columns=columns, geometry="geometry", crs=grid.crs)


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
