"""Geometry made fit for display: simplified, cut to the ground shown, with a spot for its name.

None of this touches the data; results that are exported keep every vertex.
"""

import math
from collections.abc import Sequence
from typing import Any, cast

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from shapely.ops import polylabel

from corridors.crs import project

__all__ = ["apart", "fit_for_display", "label_points", "without_rim"]

# Finer than a pixel at the zoom where the relief's own cells are seen.
SIMPLIFY_M = 50.0
# Beyond the study's relief there is nothing to lie on: layers are cut a little outside it.
MARGIN_M = 20_000.0
# Where along a line its name is tried, the best first.
ALONG = (0.5, 0.35, 0.65, 0.2, 0.8)
LABEL_TOLERANCE_M = 2_000.0
RIM_DIRECTIONS = 72
RIM_INSET = 0.08
RIM_SHARES = (0.5, 0.35, 0.65, 0.2, 0.8)
# As a share of the box: wide enough for the bend of a cut in another CRS, too thin to be seen.
RIM_SHARE = 1.5e-3


def fit_for_display(
    geometry: Any, shown: shapely.Polygon, *, as_point: bool
) -> BaseGeometry | None:
    """Return a geometry simplified and cut to the ground shown, or None if nothing is left.

    Parameters
    ----------
    geometry
        In a metric CRS.
    shown
        The ground that the map shows, in the same CRS.
    as_point
        Whether it is drawn as a symbol at one point.

    Examples
    --------
    >>> import shapely
    >>> line = shapely.LineString([(0, 0), (500, 20), (1000, 0)])
    >>> fit_for_display(line, shapely.box(0, 0, 1000, 1000), as_point=False).wkt
    'LINESTRING (0 0, 1000 0)'
    """
    if geometry is None or geometry.is_empty:
        return None
    area = shown.buffer(MARGIN_M, join_style="mitre")
    if as_point:
        point = geometry if geometry.geom_type == "Point" else geometry.representative_point()
        return cast(BaseGeometry, point) if area.intersects(point) else None
    if not geometry.is_valid:
        geometry = shapely.make_valid(geometry)
    if not area.contains(geometry):
        geometry = geometry.intersection(area)
    simple = geometry.simplify(SIMPLIFY_M, preserve_topology=True)
    return None if simple.is_empty else cast(BaseGeometry, simple)


def label_points(
    geometry: Any, shown: shapely.Polygon, *, radius_m: float = 0.0
) -> tuple[shapely.Point, ...]:
    """Return where the name of a feature may stand: on it, and on ground that the map shows.

    Parameters
    ----------
    geometry
        In a metric CRS.
    shown
        The ground that the map shows at first, in the same CRS.
    radius_m
        Of a circle around a point, whose name stands on its rim.

    Examples
    --------
    >>> import shapely
    >>> (at,) = label_points(shapely.box(0, 0, 9e4, 9e4), shapely.box(0, 0, 4e5, 4e5))
    >>> round(at.x), round(at.y)
    (45000, 45000)
    """
    if radius_m > 0:
        return _on_rim(cast(shapely.Point, geometry), shown, radius_m)
    if geometry.geom_type == "Point":
        return (cast(shapely.Point, geometry),)
    parts = shapely.get_parts(geometry.intersection(shown))
    areas = [part for part in parts if part.geom_type == "Polygon"]
    if areas:
        largest = max(areas, key=lambda part: part.area)
        return (polylabel(largest, tolerance=LABEL_TOLERANCE_M),)
    lines = [part for part in parts if part.geom_type == "LineString"]
    if not lines:
        return ()
    longest = max(lines, key=lambda part: part.length)
    return tuple(longest.interpolate(part, normalized=True) for part in ALONG)


def _on_rim(
    centre: shapely.Point, shown: shapely.Polygon, radius_m: float
) -> tuple[shapely.Point, ...]:
    """Return points of a circle on its longest arc that the map shows, the best first."""
    west, south, east, north = shown.bounds
    inset = RIM_INSET * min(east - west, north - south)
    angles = np.linspace(0, 2 * math.pi, RIM_DIRECTIONS, endpoint=False)
    x, y = centre.x + radius_m * np.sin(angles), centre.y + radius_m * np.cos(angles)
    inside = (x > west + inset) & (x < east - inset) & (y > south + inset) & (y < north - inset)
    if inside.all():
        arc = np.arange(-RIM_DIRECTIONS // 2, RIM_DIRECTIONS // 2)  # the top is in the middle
    elif not inside.any():
        return ()
    else:
        first = int(np.flatnonzero(~inside)[0])  # from outside, so that no arc runs over the end
        order = np.roll(np.arange(RIM_DIRECTIONS), -first)
        runs = np.split(order, np.flatnonzero(np.diff(inside[order])) + 1)
        arc = max((run for run in runs if inside[run[0]]), key=len)
    places = [int(arc[int(share * len(arc))]) for share in RIM_SHARES]
    return tuple(shapely.Point(float(x[place]), float(y[place])) for place in places)


def apart(areas: Sequence[Any]) -> list[Any]:
    """Return areas, the weightiest last, each without the ground of those after it.

    Bands that lie within each other would else add up to a colour that no legend shows.

    Examples
    --------
    >>> import shapely
    >>> [area.area for area in apart([shapely.box(0, 0, 2, 2), shapely.box(0, 0, 1, 1)])]
    [3.0, 1.0]
    """
    separate: list[Any] = []
    above = shapely.Polygon()
    for area in reversed(areas):
        if area is None or area.is_empty:
            separate.append(area)
            continue
        valid = area if area.is_valid else shapely.make_valid(area)
        separate.append(valid.difference(above))
        above = shapely.union(above, valid)
    return separate[::-1]


def without_rim(gdf: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the outlines of areas without the edges of the box that they were cut to.

    Parameters
    ----------
    gdf
        Areas in any declared CRS; a study's box is one of longitude and latitude.

    Returns
    -------
    The layer in longitude and latitude, each area turned into its outline.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> boxes = [shapely.box(41, 35, 42, 37), shapely.box(42, 35, 43, 37)]
    >>> halves = gpd.GeoDataFrame(geometry=boxes, crs=4326)
    >>> without_rim(halves).bounds.round(2).to_numpy().tolist()
    [[42.0, 35.0, 42.0, 37.0], [42.0, 35.0, 42.0, 37.0]]
    """
    lonlat = project(gdf, to_crs="EPSG:4326")
    west, south, east, north = lonlat.total_bounds
    width = RIM_SHARE * max(east - west, north - south)
    rim = shapely.box(west, south, east, north).boundary.buffer(width, cap_style="square")
    outlines: gpd.GeoDataFrame = lonlat.set_geometry(lonlat.geometry.boundary.difference(rim))
    return outlines
