"""Buffers in true metres, and what lies in them."""

from collections.abc import Sequence
from itertools import pairwise
from typing import cast

import antimeridian
import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from corridors.crs import (
    LONLAT,
    SCALE_ERROR_MAX,
    Bounds,
    choose_working_crs,
    parse_crs,
    project,
    require_crs,
    require_metric,
    scale_error,
)
from corridors.errors import CRSError, LayerError

__all__ = ["buffer", "buffer_contents"]

Floats = NDArray[np.float64]
Geometries = NDArray[np.object_]

RADIUS_MAX_M = 1_000_000.0
# Of a quarter circle: at 16 a polygon is 0.16 percent smaller than its circle, at 8 0.64 percent.
SEGMENTS_MIN = 16
METRES_PER_DEGREE = 110_574.0
# A straight line in one projection is bent in another; over this length by less than a metre.
STRAIGHT_M = 10_000.0
STRAIGHT_DEG = 0.1
PSEUDO_MERCATOR = "1024"
INTERVAL = (0.05, 0.95)

POINTS = (shapely.GeometryType.POINT,)
LINES = (shapely.GeometryType.LINESTRING, shapely.GeometryType.MULTILINESTRING)
POLYGONS = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)


def buffer(
    gdf: gpd.GeoDataFrame,
    radius_m: "float | str | pd.Series[float]",
    *,
    dissolve: bool = False,
    by: str | Sequence[str] = (),
    segments: int = 32,
    name: str = "the layer",
) -> gpd.GeoDataFrame:
    """Return the surroundings of features to a distance in true metres.

    Works in the layer's own system where that is metric and true to 0.1 percent there, else in
    a metric system chosen for the layer, else (a layer too wide for one) in one chosen for each
    feature; returns in the layer's system. Areas are right to 0.5 percent, and measured in an
    equal-area projection. A point's polygon has the area of the circle: its corners lie a little
    outside it, its sides inside. Around lines and polygons, where that would make the sides too
    wide, round parts have at least 16 segments a quarter circle instead.

    Parameters
    ----------
    gdf
        Features of any kind, in any CRS that is declared.
    radius_m
        One distance, the name of a column of distances, or a Series on the same index.
    dissolve
        True merges the buffers of one radius (and of one group of `by`) into one row.
    by
        Columns that keep groups apart when dissolving.
    segments
        Segments of a quarter circle, 4 or more.
    name
        What to call the layer in an error.

    Returns
    -------
    GeoDataFrame
        On the same index with all columns, and `radius_m` and `area_km2`. Dissolved: one row for
        each radius and group, with `by`, `radius_m`, `members` (how many were merged) and
        `area_km2`.

    Raises
    ------
    CRSError
        When the layer has no CRS, or a single feature is too wide for any metric system.
    LayerError
        When a radius is not between 0 and 1000 km, or a row has no geometry; the rows are named.

    Examples
    --------
    >>> import geopandas as gpd
    >>> post = gpd.GeoSeries.from_xy([41.87], [36.32], crs=4326).to_frame("geometry")
    >>> rings = buffer(post, 5000)
    >>> round(float(rings["area_km2"].iloc[0]), 1)  # pi x 5 km x 5 km = 78.54
    78.5
    >>> rings.crs.to_epsg()
    4326
    """
    crs = require_crs(gdf, name=name)
    radius = _radii(gdf, radius_m, name=name)
    geometry = _present(gdf, name=name)
    if segments < 4:
        message = f"segments is {segments}; a quarter circle needs 4 or more"
        raise ValueError(message)
    made = gdf.assign(radius_m=radius)
    if not len(gdf):
        return (_dissolved(made, by) if dissolve else made).assign(area_km2=np.empty(0))
    there = _bendable(gpd.GeoDataFrame(geometry=geometry, crs=crs))
    lonlat = project(there, to_crs=LONLAT, name=name)
    boxes = _boxes(lonlat, radius)
    whole = _working_crs(crs, _around(boxes))
    if whole is not None:
        rings = _rings(project(there, to_crs=whole, name=name), radius, segments)
        made = made.set_geometry(np.asarray(rings.geometry.array), crs=whole)
        made = _dissolved(made, by) if dissolve else made
        made["area_km2"] = _area_km2(made)
        return _returned(made, crs)
    # Too wide for one system: each in its own, brought together in the system of the layer.
    rings = np.empty(len(gdf), dtype=object)
    for row, box in enumerate(boxes.tolist()):
        rings[row] = _local_ring(lonlat.iloc[[row]], box, radius[row], segments, name=name, to=crs)
    made = made.set_geometry(rings, crs=crs)
    made = _dissolved(made, by) if dissolve else made
    made["area_km2"] = [_area_km2(made.iloc[[row]])[0] for row in range(len(made))]
    return made


def _radii(
    gdf: gpd.GeoDataFrame, radius_m: "float | str | pd.Series[float]", *, name: str
) -> Floats:
    given: object = radius_m
    if isinstance(radius_m, str):
        if radius_m not in gdf.columns:
            raise LayerError(
                f"has no column '{radius_m}'", layer=name, todo="name the column of radii"
            )
        given = gdf[radius_m]
    elif isinstance(radius_m, pd.Series):
        if not radius_m.index.equals(gdf.index):
            raise LayerError("the radii are on another index", layer=name, todo="use the layer's")
        given = radius_m
    else:
        given = pd.Series(radius_m, index=gdf.index)
    radius = pd.to_numeric(cast("pd.Series[float]", given), errors="coerce").to_numpy(float)
    bad = ~((radius > 0) & (radius <= RADIUS_MAX_M))
    if bad.any():
        rows = np.flatnonzero(bad)
        raise LayerError(
            f"the radius is {radius[rows[0]]:g} m",
            layer=name,
            rows=rows.tolist(),
            todo="give metres above 0, up to 1,000,000",
        )
    return np.asarray(radius, dtype=np.float64)


def _present(gdf: gpd.GeoDataFrame, *, name: str) -> Geometries:
    geometry = shapely.force_2d(np.asarray(gdf.geometry.array))
    bad = shapely.is_missing(geometry) | shapely.is_empty(geometry)
    if bad.any():
        raise LayerError(
            "there is no geometry",
            layer=name,
            rows=np.flatnonzero(bad).tolist(),
            todo="leave the row out",
        )
    return np.asarray(geometry)


def _boxes(lonlat: gpd.GeoDataFrame, radius: Floats) -> Floats:
    """Return west, south, east, north of each feature with its buffer, in degrees."""
    west, south, east, north = shapely.bounds(np.asarray(lonlat.geometry.array)).T
    up = radius / METRES_PER_DEGREE
    south, north = np.maximum(south - up, -89.9), np.minimum(north + up, 89.9)
    farthest = np.maximum(np.abs(south), np.abs(north))
    aside = np.minimum(up / np.cos(np.radians(farthest)), 180.0)
    return np.column_stack([west - aside, south, east + aside, north])


def _around(boxes: Floats) -> Bounds:
    low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def _working_crs(crs: object, box: Bounds) -> object:
    """Return the layer's own system where it is true, else one for the box, else None."""
    own = parse_crs(crs)
    metric = own.is_projected and {axis.unit_name for axis in own.axis_info[:2]} == {"metre"}
    # PROJ gives its scale as on a sphere: 0 at the equator, where north is 0.67 percent too long.
    operation = own.coordinate_operation
    metric = metric and (operation is None or operation.method_code != PSEUDO_MERCATOR)
    if metric and scale_error(own, box) <= SCALE_ERROR_MAX:
        return own
    if box[2] - box[0] > 180:
        return None
    try:
        return choose_working_crs(box).crs
    except CRSError:
        return None


def _local_ring(
    lonlat: gpd.GeoDataFrame,
    box: list[float],
    radius: float,
    segments: int,
    *,
    name: str,
    to: object,
) -> shapely.Geometry:
    west, south, east, north = box
    try:
        local = choose_working_crs((west, south, east, north)).crs
    except CRSError as error:
        message = f"{name}, row {lonlat.index[0]}: {error}"
        raise CRSError(message) from error
    ring = _rings(project(lonlat, to_crs=local, name=name), np.array([radius]), segments)
    return cast(shapely.Geometry, _returned(ring, to).geometry.iloc[0])


def _rings(metric: gpd.GeoDataFrame, radius: Floats, segments: int) -> gpd.GeoDataFrame:
    """Return the buffers of features in a metric system."""
    geometry = np.asarray(metric.geometry.array)
    kind = shapely.get_type_id(geometry)
    point = kind == shapely.GeometryType.POINT
    rings = np.empty(len(geometry), dtype=object)
    # A regular n-gon in a circle of radius R has the area n/2 R^2 sin(2 pi / n).
    angle = np.pi / (2 * segments)
    rings[point] = shapely.buffer(
        geometry[point], radius[point] * np.sqrt(angle / np.sin(angle)), quad_segs=segments
    )
    rings[~point] = shapely.buffer(
        geometry[~point], radius[~point], quad_segs=max(segments, SEGMENTS_MIN)
    )
    return metric.set_geometry(rings, crs=metric.crs)


def _returned(made: gpd.GeoDataFrame, crs: object) -> gpd.GeoDataFrame:
    """Return buffers in another system; in degrees, cut where they pass longitude 180."""
    target = parse_crs(crs)
    if made.crs == target:
        return made
    if not target.is_geographic:
        return project(_bendable(made), to_crs=target)
    wound = made.set_geometry(shapely.normalize(np.asarray(made.geometry.array)), crs=made.crs)
    back = project(_bendable(wound), to_crs=target)
    geometry = np.array(back.geometry.array, dtype=object)
    left, _, right, _ = shapely.bounds(geometry).T
    for row in np.flatnonzero(right - left > 180):
        # Which side is inside is told by the winding alone; normal form is clockwise.
        parts = shapely.reverse(shapely.get_parts(geometry[row])).tolist()
        geometry[row] = shapely.union_all([antimeridian.fix_polygon(part) for part in parts])
    return cast(gpd.GeoDataFrame, back.set_geometry(geometry, crs=target))


def _dissolved(made: gpd.GeoDataFrame, by: str | Sequence[str]) -> gpd.GeoDataFrame:
    keys = [*([by] if isinstance(by, str) else by), "radius_m"]
    rows, merged = [], []
    for values, group in made.groupby(keys, sort=True, dropna=False):
        rows.append([*values, len(group)])
        merged.append(shapely.union_all(np.asarray(group.geometry.array)))
    frame = pd.DataFrame(rows, columns=[*keys, "members"])
    return gpd.GeoDataFrame(frame, geometry=np.array(merged, dtype=object), crs=made.crs)


def _area_km2(polygons: gpd.GeoDataFrame) -> Floats:
    """Return areas in a Lambert azimuthal equal-area projection centred on the first corner."""
    if not len(polygons):
        return np.empty(0)
    whole = _bendable(gpd.GeoDataFrame(geometry=polygons.geometry.to_numpy(), crs=polygons.crs))
    first = shapely.get_coordinates(whole.geometry.iloc[0])[:1]
    corner = gpd.GeoDataFrame(geometry=shapely.points(first), crs=whole.crs)
    at = project(corner, to_crs=LONLAT, name="the buffers").geometry.iloc[0]
    equal_area = (
        f"+proj=laea +lat_0={at.y:.4f} +lon_0={at.x:.4f} +datum=WGS84 +units=m +no_defs +type=crs"
    )
    there = project(whole, to_crs=equal_area, name="the buffers")
    return np.asarray(shapely.area(np.asarray(there.geometry.array)) / 1e6)


def _bendable(gdf: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return a layer with vertices along its straight lines, so that they bend when projected."""
    step = STRAIGHT_DEG if parse_crs(gdf.crs).is_geographic else STRAIGHT_M
    geometry = shapely.segmentize(np.asarray(gdf.geometry.array), step)
    return cast(gpd.GeoDataFrame, gdf.set_geometry(geometry, crs=gdf.crs))


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
    contents: dict[str, NDArray[np.generic]] = {"area_km2": _area_km2(buffers)}
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
    geometry = _present(gdf, name=layer)
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
    share[wide] = (np.abs(area) / (np.pi * radius[wide] ** 2)).clip(0.0, 1.0)
    return share


def _disc_in_ring_m2(ring: Floats, centre: Floats, radius: Floats) -> Floats:
    """Return the exact area of each disc within a ring, with the sign of the ring's direction.

    The sum over the ring's sides of the area between a side and the centre, within the disc:
    a sector up to where the side enters the disc, a triangle inside, a sector after it leaves.
    """
    area = np.zeros(len(centre))
    for first, last in pairwise(ring):
        a, way = first - centre, last - first
        length2 = float(way @ way)
        if length2 == 0:
            continue
        middle = -(a @ way) / length2
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
