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

__all__ = ["apart", "fit_for_display", "label_point", "without_rim"]

# Finer than a pixel at the zoom where the relief's own cells are seen.
SIMPLIFY_M = 50.0
# Beyond the study's relief there is nothing to lie on: layers are cut a little outside it.
MARGIN_M = 20_000.0
LABEL_TOLERANCE_M = 2_000.0
RIM_DIRECTIONS = 72
RIM_INSET = 0.08
# In the units of the layer, which may be degrees: wide enough for rounding, too thin to be seen.
RIM_SHARE = 2e-4


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


def label_point(
    geometry: Any, shown: shapely.Polygon, *, radius_m: float = 0.0
) -> shapely.Point | None:
    """Return where the name of a feature stands: on it, and on ground that the map shows.

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
    >>> at = label_point(shapely.box(0, 0, 9e4, 9e4), shapely.box(0, 0, 4e5, 4e5))
    >>> round(at.x), round(at.y)
    (45000, 45000)
    """
    if radius_m > 0:
        return _on_rim(cast(shapely.Point, geometry), shown, radius_m)
    if geometry.geom_type == "Point":
        return cast(shapely.Point, geometry)
    parts = shapely.get_parts(geometry.intersection(shown))
    areas = [part for part in parts if part.geom_type == "Polygon"]
    if areas:
        largest = max(areas, key=lambda part: part.area)
        return polylabel(largest, tolerance=LABEL_TOLERANCE_M)
    lines = [part for part in parts if part.geom_type == "LineString"]
    if not lines:
        return None
    longest = max(lines, key=lambda part: part.length)
    middle: shapely.Point = longest.interpolate(0.5, normalized=True)
    return middle


def _on_rim(centre: shapely.Point, shown: shapely.Polygon, radius_m: float) -> shapely.Point | None:
    """Return the top of a circle, or the middle of the longest arc that the map shows."""
    west, south, east, north = shown.bounds
    inset = RIM_INSET * min(east - west, north - south)
    angles = np.linspace(0, 2 * math.pi, RIM_DIRECTIONS, endpoint=False)
    x, y = centre.x + radius_m * np.sin(angles), centre.y + radius_m * np.cos(angles)
    inside = (x > west + inset) & (x < east - inset) & (y > south + inset) & (y < north - inset)
    if inside[0]:
        return shapely.Point(float(x[0]), float(y[0]))
    # The top is off the map, so no arc runs over the array's ends.
    arcs = np.split(np.arange(RIM_DIRECTIONS), np.flatnonzero(np.diff(inside)) + 1)
    visible = [arc for arc in arcs if inside[arc[0]]]
    if not visible:
        return None
    middle = max(visible, key=len)
    at = int(middle[len(middle) // 2])
    return shapely.Point(float(x[at]), float(y[at]))


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


def without_rim(gdf: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """Return the outlines of areas without the edges of the box that they were cut to.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> halves = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 1, 2), shapely.box(1, 0, 2, 2)])
    >>> without_rim(halves).length.round(2).tolist()
    [2.0, 2.0]
    """
    west, south, east, north = gdf.total_bounds
    width = RIM_SHARE * max(east - west, north - south)
    rim = shapely.box(west, south, east, north).boundary.buffer(width, cap_style="square")
    return gdf.geometry.boundary.difference(rim)
