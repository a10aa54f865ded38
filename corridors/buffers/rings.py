"""Buffers in true metres, whatever system a layer is in."""

from collections.abc import Sequence
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
    scale_error,
)
from corridors.errors import CRSError, LayerError

__all__ = ["area_km2", "buffer", "present"]

Floats = NDArray[np.float64]
Geometries = NDArray[np.object_]

RADIUS_MAX_M = 1_000_000.0
# Of a quarter circle: at 16 a polygon is 0.16 percent smaller than its circle, at 8 0.64 percent.
SEGMENTS_MIN = 16
METRES_PER_DEGREE = 110_574.0
# A straight line in one projection is bent in another; over this length by less than a metre.
STRAIGHT_M = 10_000.0
STRAIGHT_DEG = 0.1


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
    geometry = present(gdf, name=name)
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
        made["area_km2"] = area_km2(made)
        return _returned(made, crs)
    # Too wide for one system: each in its own, brought together in the system of the layer.
    rings = np.empty(len(gdf), dtype=object)
    for row, box in enumerate(boxes.tolist()):
        rings[row] = _local_ring(lonlat.iloc[[row]], box, radius[row], segments, name=name, to=crs)
    made = made.set_geometry(rings, crs=crs)
    made = _dissolved(made, by) if dissolve else made
    made["area_km2"] = [area_km2(made.iloc[[row]])[0] for row in range(len(made))]
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


def present(gdf: gpd.GeoDataFrame, *, name: str) -> Geometries:
    """Return the geometries of a layer in the plane, or refuse one that lacks some."""
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


def area_km2(polygons: gpd.GeoDataFrame) -> Floats:
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
