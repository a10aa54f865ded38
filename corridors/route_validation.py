"""Paths held against known routes: how far apart they are, how much of one is near the other."""

from typing import NamedTuple, TypeVar, overload

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from corridors.crs import require_metric
from corridors.errors import CRSError

__all__ = ["BufferOverlap", "buffer_overlap", "path_deviation_index"]

FloatArray = NDArray[np.float64]
Lines = TypeVar("Lines", gpd.GeoSeries, gpd.GeoDataFrame)

# Corners of a quarter circle of a buffer: its radius is then true to 0.03 percent.
QUARTER_CORNERS = 32


class BufferOverlap(NamedTuple):
    """What part of each of two lines is near the other.

    Attributes
    ----------
    path
        The part of the tested path's length within the radius of the known route.
    known
        The part of the known route's length within the radius of the tested path.
    """

    path: float
    known: float


@overload
def path_deviation_index(
    path: shapely.LineString, known: shapely.LineString, *, normalised: bool = ...
) -> float: ...


@overload
def path_deviation_index(
    path: Lines, known: Lines | shapely.LineString, *, normalised: bool = ...
) -> pd.Series: ...


def path_deviation_index(
    path: shapely.LineString | gpd.GeoSeries | gpd.GeoDataFrame,
    known: shapely.LineString | gpd.GeoSeries | gpd.GeoDataFrame,
    *,
    normalised: bool = False,
) -> float | pd.Series:
    """Return the mean distance between a path and a known route, metres.

    Parameters
    ----------
    path, known
        Lines of one part in one metric CRS, or layers of them: of the same index, or one known
        route for all paths. Which way each runs does not matter.
    normalised
        Divide by the straight distance once more: a part of it and no more metres, to compare
        journeys of different lengths.

    Returns
    -------
    float or pandas.Series
        Metres (or a part); for a layer of paths a series on its index.

    Raises
    ------
    CRSError
        When a layer does not measure in metres, or the two are in different systems.
    ValueError
        When a line has several parts that do not join to one, is empty or has corners that are no
        numbers, the layers' indices differ, or the known route ends where it starts.

    Notes
    -----
    PDI = area between the two lines / straight distance between the ends of the known route. Ends
    that do not meet are joined by straight lines. The area is that of the absolute differences:
    where the lines cross, areas on both sides add up and do not cancel, and ground around which
    the closed curve (there on the path, back on the known route) winds twice counts twice, as one
    line must sweep over it twice to become the other.

    References
    ----------
    Jan, Horowitz and Peng 2000, Using GPS data to understand variations in path choice,
    Transportation Research Record 1725, doi 10.3141/1725-06. Lewis 2021, doi
    10.1007/s10816-021-09522-w, takes the straight distance, as we do.

    Examples
    --------
    >>> known = shapely.LineString([(0, 0), (100, 0)])
    >>> path_deviation_index(shapely.LineString([(0, 0), (50, 20), (100, 0)]), known)
    10.0
    """
    if isinstance(path, shapely.Geometry):
        return _deviation(path, _single(known), normalised=normalised)
    pairs = _paired(path, known)
    values = [_deviation(a, b, normalised=normalised) for a, b in pairs]
    name = "path_deviation" if normalised else "path_deviation_m"
    return pd.Series(values, index=path.index, name=name, dtype=float)


@overload
def buffer_overlap(
    path: shapely.Geometry, known: shapely.Geometry, *, radius_m: float
) -> BufferOverlap: ...


@overload
def buffer_overlap(
    path: Lines, known: Lines | shapely.Geometry, *, radius_m: float
) -> pd.DataFrame: ...


def buffer_overlap(
    path: shapely.Geometry | gpd.GeoSeries | gpd.GeoDataFrame,
    known: shapely.Geometry | gpd.GeoSeries | gpd.GeoDataFrame,
    *,
    radius_m: float,
) -> BufferOverlap | pd.DataFrame:
    """Return how much of a path is near a known route, and how much of the route is near the path.

    A path that is right as far as it goes, but goes half of the way only, is wholly near the route;
    half of the route is near it. So both are needed.

    Parameters
    ----------
    path, known
        Lines in one metric CRS, or layers of them: of the same index, or one known route for all.
    radius_m
        What is near, metres.

    Returns
    -------
    BufferOverlap or pandas.DataFrame
        Parts of the lengths, 0 to 1; for a layer of paths the columns ``path`` and ``known`` on
        its index.

    Raises
    ------
    CRSError
        When a layer does not measure in metres, or the two are in different systems.
    ValueError
        When the radius is not above 0, a line has no length, or the layers' indices differ.

    References
    ----------
    Goodchild and Hunter 1997, A simple positional accuracy measure for linear features,
    doi 10.1080/136588197242419.

    Examples
    --------
    >>> known = shapely.LineString([(0, 0), (100, 0)])
    >>> near = buffer_overlap(shapely.LineString([(0, 3), (50, 3)]), known, radius_m=5)
    >>> print(f"{near.path:.2f} {near.known:.2f}")
    1.00 0.54
    """
    if not (np.isfinite(radius_m) and radius_m > 0):
        message = f"radius_m is {radius_m}; give a distance above 0 m"
        raise ValueError(message)
    if isinstance(path, shapely.Geometry):
        return _near(path, _single(known), radius_m)
    rows = [_near(a, b, radius_m) for a, b in _paired(path, known)]
    return pd.DataFrame(rows, columns=list(BufferOverlap._fields), index=path.index, dtype=float)


def _near(path: shapely.Geometry, known: shapely.Geometry, radius_m: float) -> BufferOverlap:
    for role, line in {"path": path, "known route": known}.items():
        if not 0 < shapely.length(line) < np.inf:
            message = f"a {role} has no length that is a number above 0; give lines"
            raise ValueError(message)
    return BufferOverlap(_part_within(path, known, radius_m), _part_within(known, path, radius_m))


def _part_within(line: shapely.Geometry, other: shapely.Geometry, radius_m: float) -> float:
    # Pieces of the line one by one: a line that runs over itself keeps its whole length.
    area = shapely.buffer(other, radius_m, quad_segs=QUARTER_CORNERS)
    starts, ends = _segments(line)
    pieces = shapely.linestrings(np.stack([starts, ends], axis=1))
    shapely.prepare(area)
    near = shapely.length(shapely.intersection(pieces, area)).sum()
    # A sum of pieces is not the whole to the last bit.
    return min(round(float(near / shapely.length(line)), 9), 1.0)


def _segments(line: shapely.Geometry) -> tuple[FloatArray, FloatArray]:
    corners, part = shapely.get_coordinates(shapely.get_parts(line), return_index=True)
    joined = part[1:] == part[:-1]
    return corners[:-1][joined], corners[1:][joined]


def _deviation(path: shapely.Geometry, known: shapely.Geometry, *, normalised: bool) -> float:
    there, back = (_corners(line, role) for line, role in ((path, "path"), (known, "known route")))
    straight = float(np.hypot(*(back[-1] - back[0])))
    if not straight > 0:
        message = "a known route ends where it starts; the straight distance that divides is 0"
        raise ValueError(message)
    if _gap(there, back) > _gap(there, back[::-1]):
        back = back[::-1]
    index = _area_between(there, back) / straight
    return index / straight if normalised else index


def _gap(there: FloatArray, back: FloatArray) -> float:
    return float(np.hypot(*(there[0] - back[0])) + np.hypot(*(there[-1] - back[-1])))


def _area_between(there: FloatArray, back: FloatArray) -> float:
    ring = np.concatenate([there, back[::-1], there[:1]])
    ring = ring[np.concatenate([[True], (np.diff(ring, axis=0) != 0).any(axis=1)])]
    if len(ring) < 4:
        return 0.0
    noded = shapely.node(shapely.LineString(ring))
    faces = shapely.get_parts(shapely.polygonize([noded]))
    if not len(faces):
        return 0.0
    inside = shapely.get_coordinates(shapely.point_on_surface(faces))
    turns = np.array([_winding(ring, x, y) for x, y in inside])
    return float(np.abs(turns) @ shapely.area(faces))


def _winding(ring: FloatArray, x: float, y: float) -> int:
    """Return how often a closed curve winds around a point, counterclockwise."""
    x0, y0 = ring[:-1, 0] - x, ring[:-1, 1] - y
    x1, y1 = ring[1:, 0] - x, ring[1:, 1] - y
    left = x0 * y1 - x1 * y0 > 0
    up = (y0 <= 0) & (y1 > 0) & left
    down = (y1 <= 0) & (y0 > 0) & ~left
    return int(up.sum()) - int(down.sum())


def _corners(line: shapely.Geometry, role: str) -> FloatArray:
    if isinstance(line, shapely.MultiLineString):
        line = shapely.line_merge(line)
    if not isinstance(line, shapely.LineString) or line.is_empty:
        found = "missing" if line is None else type(line).__name__
        found = f"an empty {found}" if shapely.is_empty(line) else found
        message = f"a {role} is no line of one part but {found}; give one LineString for each"
        raise ValueError(message)
    corners = np.asarray(shapely.get_coordinates(line))
    if not np.isfinite(corners).all():
        message = f"a {role} has a corner whose coordinates are no numbers; give metres"
        raise ValueError(message)
    return corners


def _single(known: object) -> shapely.Geometry:
    if not isinstance(known, shapely.Geometry):
        message = f"the path is one line and the known routes are a {type(known).__name__}"
        raise TypeError(f"{message}; give both as lines or both as layers")
    return known


def _paired(
    paths: gpd.GeoSeries | gpd.GeoDataFrame,
    known: shapely.Geometry | gpd.GeoSeries | gpd.GeoDataFrame,
) -> list[tuple[shapely.Geometry, shapely.Geometry]]:
    """Return each path with the known route that it is held against."""
    crs = require_metric(paths, name="the layer of paths")
    if isinstance(known, shapely.Geometry):
        return [(path, known) for path in paths.geometry]
    if require_metric(known, name="the layer of known routes") != crs:
        raise CRSError(
            f"paths are in {crs.name} and known routes in {known.crs.name}; project one of them: "
            "corridors.project(layer, to_crs=...)"
        )
    if len(known) == 1:
        return [(path, known.geometry.iloc[0]) for path in paths.geometry]
    if not known.index.equals(paths.index):
        message = (
            f"{len(paths)} paths and {len(known)} known routes do not have the same index; give "
            "one route for all, or one for each path under its index"
        )
        raise ValueError(message)
    return list(zip(paths.geometry, known.geometry, strict=True))
