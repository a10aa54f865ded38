"""Parts of geometries: taken out, put together, cut at the antimeridian, mended."""

import math
from collections.abc import Sequence
from typing import Any

import antimeridian
import numpy as np
import shapely
from numpy.typing import NDArray

__all__ = [
    "COLLECTION",
    "FIRST_MULTI",
    "RING",
    "crossing",
    "cut",
    "mended",
    "multi",
    "simple_parts",
    "wrapped",
]

# GEOS's numbers for types of geometry; from FIRST_MULTI on they are made of parts.
RING, FIRST_MULTI, COLLECTION = 2, 4, 7

Geometries = NDArray[np.object_]


def simple_parts(geometries: Geometries) -> Geometries:
    """Return the points, lines and polygons that geometries are made of, however deep."""
    parts = geometries
    while (shapely.get_type_id(parts) >= FIRST_MULTI).any():
        parts = shapely.get_parts(parts)
    return parts


def crossing(geometries: Geometries) -> NDArray[np.bool_]:
    """Return which geometries in degrees leave -180 to 180, or leap more than half round."""
    xy, owner = shapely.get_coordinates(geometries, return_index=True)
    outside = np.abs(xy[:, 0]) > 180
    leaps = (np.abs(np.diff(xy[:, 0])) > 180) & (np.diff(owner) == 0)
    found = np.zeros(len(geometries), dtype=bool)
    found[owner[outside]] = True
    found[owner[1:][leaps]] = True
    return found


def wrapped(geometry: shapely.Geometry) -> shapely.Geometry:
    """Return a geometry with its longitudes from -180 to 180; those two stay what they are."""

    def wrap(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        longitude = xy[:, 0]
        inside = np.abs(longitude) <= 180
        turned = np.mod(longitude + 180, 360) - 180
        return np.column_stack([np.where(inside, longitude, turned), xy[:, 1]])

    return shapely.transform(geometry, wrap)


def cut(geometry: shapely.Geometry) -> Any:
    """Return a geometry cut at the antimeridian, edges being straight in degrees."""
    dimensions = shapely.get_dimensions(geometry)
    if dimensions == 0:
        return geometry
    pieces = _cut_line if dimensions == 1 else _cut_polygon
    return _assembled([piece for part in shapely.get_parts(geometry) for piece in pieces(part)])


def _cut_line(line: shapely.LineString) -> list[shapely.Geometry]:
    pieces = shapely.get_parts(antimeridian.fix_line_string(line, great_circle=False))
    # A line that only starts on the antimeridian leaves a piece without length there.
    long = [piece for piece in pieces if piece.length > 0]
    return long or [line]


def _cut_polygon(polygon: shapely.Polygon) -> list[shapely.Geometry]:
    area = _cut_ring(polygon.exterior)
    # Holes are cut by themselves: a hole may cross where the rim does not, or round a pole.
    for hole in polygon.interiors:
        area = shapely.difference(area, _cut_ring(hole))
    return _areas(area)


def _cut_ring(ring: shapely.LinearRing) -> shapely.Geometry:
    # Not by the library antimeridian: its parts leap over the antimeridian where a ring crosses it
    # several times near a pole.
    lonlat = shapely.get_coordinates(ring)
    turned = _unwrapped(lonlat[:, 0])
    corners = np.column_stack([turned, lonlat[:, 1]])
    if _turns(turned):
        pole = np.copysign(90.0, lonlat[:, 1].mean())  # the nearer one is the one inside
        corners = np.vstack([corners, (turned[-1], pole), (turned[0], pole)])
    area = shapely.make_valid(shapely.Polygon(corners))
    first = math.floor((turned.min() + 180) / 360)
    last = math.ceil((turned.max() - 180) / 360)
    return shapely.union_all([_window(area, 360.0 * turn) for turn in range(first, last + 1)])


def _unwrapped(longitude: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return longitudes that go on past 180 instead of leaping; the shorter way is meant."""
    steps = np.diff(longitude)
    short = np.where(np.abs(steps) > 180, steps - np.copysign(360, steps), steps)
    # From -180 to 180 is a whole turn along the edge of the map, or none at all.
    whole = np.where(np.abs(steps) == 360, steps, short)
    for taken in (whole, short):
        turned: NDArray[np.float64] = longitude[0] + np.concatenate([[0.0], np.cumsum(taken)])
        if not _turns(turned):
            break
    return turned


def _turns(turned: NDArray[np.float64]) -> bool:
    return bool(abs(turned[-1] - turned[0]) > 180)


def _window(area: shapely.Geometry, west: float) -> shapely.Geometry:
    """Return what lies in one turn of the Earth, with longitudes from -180 to 180."""
    part = shapely.intersection(area, shapely.box(west - 180, -90, west + 180, 90))
    return shapely.transform(part, lambda xy: xy - (west, 0.0))


def mended(geometry: shapely.Geometry) -> tuple[shapely.Geometry | None, bool]:
    """Round a line or an area to whole numbers so that it stays one; say whether a part was lost.

    None where all of it is smaller than that.
    """
    parts = list(shapely.get_parts(geometry))
    if shapely.get_dimensions(geometry) == 2:
        parts = [piece for part in parts for piece in _areas(shapely.make_valid(part))]
        # Parts of one geometry may overlap; together they must not.
        whole: Any = shapely.union_all(parts)
    else:
        whole = _assembled(parts)
    rounded = shapely.set_precision(whole, 1)
    lost = bool(shapely.is_empty(shapely.set_precision(parts, 1)).any())
    if shapely.is_empty(rounded):
        return None, True
    return shapely.set_precision(rounded, 0), lost


def _assembled(parts: list[Any]) -> Any:
    if not parts:
        return shapely.Polygon()
    return parts[0] if len(parts) == 1 else multi(parts)


def multi(parts: Sequence[Any] | Geometries) -> Any:
    """Return lines as one multi-line, polygons as one multi-polygon."""
    is_line = shapely.get_dimensions(parts[0]) == 1
    return shapely.MultiLineString(parts) if is_line else shapely.MultiPolygon(parts)


def _areas(geometry: shapely.Geometry) -> list[shapely.Geometry]:
    parts = simple_parts(np.array([geometry], dtype=object))
    return [part for part in parts if shapely.get_dimensions(part) == 2 and not part.is_empty]
