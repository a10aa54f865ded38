"""What lies in buffers: incidents with their doubt, people, border, roads, posts."""

from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from corridors.buffers.rings import area_km2, present
from corridors.crs import (
    require_metric,
)
from corridors.errors import CRSError, LayerError

__all__ = ["buffer_contents"]

Floats = NDArray[np.float64]
Geometries = NDArray[np.object_]

INTERVAL = (0.05, 0.95)
# The area of a disc in a ring is a sum of parts as large as the disc that take each other off:
# what is left of nothing is some 1e-17 of the disc. A share below this is no share.
SHARE_MIN = 1e-9

POINTS = (shapely.GeometryType.POINT,)
LINES = (shapely.GeometryType.LINESTRING, shapely.GeometryType.MULTILINESTRING)
POLYGONS = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)


def buffer_contents(
    buffers: gpd.GeoDataFrame,
    *,
    incidents: gpd.GeoDataFrame | None = None,
    places: gpd.GeoDataFrame | None = None,
    borders: gpd.GeoDataFrame | None = None,
    roads: gpd.GeoDataFrame | None = None,
    posts: gpd.GeoDataFrame | None = None,
) -> pd.DataFrame:
    """Return what lies in each buffer.

    An incident is spread evenly over the disc of its `location_precision_m`; the share of the
    disc in the buffer is its chance to have been inside. The expected number is the sum of the
    shares; its interval comes from the exact distribution of the number (Poisson-binomial), and
    holds what is not known about positions, nothing else.

    Parameters
    ----------
    buffers
        Polygons in a metric CRS. A column `of_id` names the post that a buffer belongs to.
    incidents
        Points with `location_precision_m`, and `synthetic` (False where there is no such column).
    places
        Points, with `population` where it is known.
    borders, roads
        Lines.
    posts
        Points with `id`.

    Returns
    -------
    DataFrame
        On the index of the buffers: `area_km2`; of incidents `incidents_expected`,
        `incidents_low`, `incidents_high` (90 percent) and `incidents_documented_expected` (those
        that are not synthetic); of places `places`, `people` (those that are counted) and
        `places_population_unknown`; `border_km`; `road_km`; `posts` (without the buffer's own).
        Columns of layers that were not given are left out.

    Raises
    ------
    CRSError
        When a layer is not in metres, or not in the CRS of the buffers.
    LayerError
        When a column or a value is missing; the rows are named.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import Point, box
    >>> west = gpd.GeoDataFrame(geometry=[box(-10_000, -10_000, 0, 10_000)], crs="EPSG:32637")
    >>> events = gpd.GeoDataFrame(
    ...     {"location_precision_m": [0, 500, 500]},
    ...     geometry=[Point(-1, 0), Point(0, 0), Point(300, 0)], crs="EPSG:32637",
    ... )
    >>> found = buffer_contents(west, incidents=events).iloc[0]
    >>> round(float(found["incidents_expected"]), 3)  # 1 + a half + a slice of a disc
    1.642
    >>> int(found["incidents_low"]), int(found["incidents_high"])
    (1, 3)
    """
    _checked(buffers, buffers, "buffers", POLYGONS)
    polygons = np.asarray(buffers.geometry.array)
    contents: dict[str, NDArray[np.generic]] = {"area_km2": area_km2(buffers)}
    if incidents is not None:
        contents |= _incidents(polygons, _checked(incidents, buffers, "incidents", POINTS))
    if places is not None:
        contents |= _places(polygons, _checked(places, buffers, "places", POINTS))
    for column, layer, lines in (("border_km", "borders", borders), ("road_km", "roads", roads)):
        if lines is not None:
            contents[column] = _length_km(polygons, _checked(lines, buffers, layer, LINES))
    if posts is not None:
        of_id = buffers["of_id"] if "of_id" in buffers.columns else None
        contents["posts"] = _posts(polygons, _checked(posts, buffers, "posts", POINTS), of_id)
    return pd.DataFrame(contents, index=buffers.index)


def _checked(
    gdf: gpd.GeoDataFrame, buffers: gpd.GeoDataFrame, layer: str, kinds: tuple[int, ...]
) -> gpd.GeoDataFrame:
    """Return a layer that is in the system of the buffers and holds one kind of geometry."""
    own = require_metric(gdf, name=f"the {layer} layer")
    if own != buffers.crs:
        message = (
            f"the {layer} layer is in {own.name} and the buffers in {buffers.crs.name}; bring both "
            "into one system: corridors.project(layer, to_crs=buffers.crs)"
        )
        raise CRSError(message)
    geometry = present(gdf, name=layer)
    bad = ~np.isin(shapely.get_type_id(geometry), kinds)
    if bad.any():
        wanted = shapely.GeometryType(kinds[0]).name.lower()
        raise LayerError(
            f"the geometry is no {wanted}",
            layer=layer,
            rows=np.flatnonzero(bad).tolist(),
            todo="leave the row out",
        )
    return gdf


def _inside(polygons: Geometries, points: gpd.GeoDataFrame) -> tuple[NDArray[np.intp], ...]:
    """Return pairs of point and buffer, the rim included."""
    pairs = shapely.STRtree(polygons).query(np.asarray(points.geometry.array), "intersects")
    return pairs[0], pairs[1]


def _places(polygons: Geometries, places: gpd.GeoDataFrame) -> dict[str, NDArray[np.generic]]:
    point, at = _inside(polygons, places)
    population = np.full(len(places), np.nan)
    if "population" in places.columns:
        population = pd.to_numeric(places["population"]).to_numpy(dtype=float, na_value=np.nan)
    here, count = population[point], len(polygons)
    return {
        "places": np.bincount(at, minlength=count),
        "people": np.bincount(at, np.nan_to_num(here), minlength=count),
        "places_population_unknown": np.bincount(at[np.isnan(here)], minlength=count),
    }


def _posts(
    polygons: Geometries, posts: gpd.GeoDataFrame, of_id: "pd.Series[str] | None"
) -> NDArray[np.int64]:
    if "id" not in posts.columns:
        raise LayerError("has no column 'id'", layer="posts", todo="give each post an id")
    point, at = _inside(polygons, posts)
    if of_id is not None:
        others = posts["id"].astype(str).to_numpy()[point] != of_id.astype(str).to_numpy()[at]
        at = at[others]
    return np.bincount(at, minlength=len(polygons))


def _length_km(polygons: Geometries, lines: gpd.GeoDataFrame) -> Floats:
    geometry = np.asarray(lines.geometry.array)
    line, at = shapely.STRtree(polygons).query(geometry, predicate="intersects")
    length = shapely.length(shapely.intersection(geometry[line], polygons[at]))
    return np.asarray(np.bincount(at, length / 1000, minlength=len(polygons)), dtype=np.float64)


def _incidents(polygons: Geometries, incidents: gpd.GeoDataFrame) -> dict[str, NDArray[np.generic]]:
    precision = _precision(incidents)
    documented = np.ones(len(incidents), dtype=bool)
    if "synthetic" in incidents.columns:
        synthetic = incidents["synthetic"].astype(object)
        documented = ~synthetic.where(synthetic.notna(), False).astype(bool).to_numpy()
    points = np.asarray(incidents.geometry.array)
    tree = shapely.STRtree(points)
    rows = []
    for polygon in polygons:
        near = tree.query(polygon, predicate="dwithin", distance=precision.max(initial=0.0))
        share = np.zeros(len(points))
        share[near] = _shares(polygon, points[near], precision[near])
        low, high = _count_interval(share)
        rows.append((share.sum(), low, high, share[documented].sum()))
    table = np.array(rows, dtype=float).reshape(-1, 4)
    return {
        "incidents_expected": table[:, 0],
        "incidents_low": table[:, 1].astype(np.int64),
        "incidents_high": table[:, 2].astype(np.int64),
        "incidents_documented_expected": table[:, 3],
    }


def _precision(incidents: gpd.GeoDataFrame) -> Floats:
    todo = "give the metres within which the position is known, 0 for exact"
    if "location_precision_m" not in incidents.columns:
        raise LayerError("has no column 'location_precision_m'", layer="incidents", todo=todo)
    values = pd.to_numeric(incidents["location_precision_m"], errors="coerce")
    precision = values.to_numpy(dtype=float, na_value=np.nan)
    bad = ~((precision >= 0) & np.isfinite(precision))
    if bad.any():
        raise LayerError(
            "location_precision_m is missing or below 0",
            layer="incidents",
            rows=np.flatnonzero(bad).tolist(),
            todo=todo,
        )
    return np.asarray(precision, dtype=np.float64)


def _shares(polygon: shapely.Geometry, points: Geometries, radius: Floats) -> Floats:
    """Return the share of each disc that lies in a polygon; a disc of no radius is a point."""
    share = shapely.intersects(polygon, points).astype(float)
    wide = np.flatnonzero(radius > 0)
    area = np.zeros(len(wide))
    centre = shapely.get_coordinates(points[wide])
    # In this order every shell runs one way and every hole the other, so that holes are taken off.
    for part in shapely.get_parts(shapely.normalize(polygon)):
        for ring in [part.exterior, *part.interiors]:
            area += _disc_in_ring_m2(shapely.get_coordinates(ring), centre, radius[wide])
    found = (np.abs(area) / (np.pi * radius[wide] ** 2)).clip(0.0, 1.0)
    share[wide] = np.where(found < SHARE_MIN, 0.0, found)
    return share


def _disc_in_ring_m2(ring: Floats, centre: Floats, radius: Floats) -> Floats:
    """Return the exact area of each disc within a ring, with the sign of the ring's direction.

    The sum over the ring's sides of the area between a side and the centre, within the disc:
    a sector up to where the side enters the disc, a triangle inside, a sector after it leaves.
    """
    area = np.zeros(len(centre))
    for first, last in pairwise(ring):
        a, way = first - centre, last - first
        length2 = float(way[0] * way[0] + way[1] * way[1])
        if length2 == 0:
            continue
        middle = -(a[:, 0] * way[0] + a[:, 1] * way[1]) / length2
        reach2 = middle**2 - ((a**2).sum(axis=1) - radius**2) / length2
        half = np.sqrt(np.maximum(reach2, 0.0))
        enter, leave = (middle - half).clip(0, 1), (middle + half).clip(0, 1)
        p, q, b = a + enter[:, None] * way, a + leave[:, None] * way, a + way
        sectors = radius**2 * (_angle(a, p) + _angle(q, b))
        area += (sectors + _cross(p, q)) / 2
    return area


def _cross(a: Floats, b: Floats) -> Floats:
    return np.asarray(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0])


def _angle(a: Floats, b: Floats) -> Floats:
    return np.asarray(np.arctan2(_cross(a, b), (a * b).sum(axis=1)))


def _count_interval(share: Floats) -> tuple[int, int]:
    """Return the 5 and 95 percent points of the number of successes of unlike trials."""
    certain = int((share >= 1.0).sum())
    chance = np.array([1.0])
    for one in share[(share > 0.0) & (share < 1.0)]:
        chance = np.convolve(chance, [1.0 - one, one])
    below = np.cumsum(chance)
    # A sum that should be exactly 0.05 may come out a hair under it.
    low, high = (int(np.searchsorted(below, point - 1e-12)) for point in INTERVAL)
    return certain + low, certain + min(high, len(chance) - 1)
