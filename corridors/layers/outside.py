"""A layer that lies outside the study area: where it is, and why it may be there."""

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from corridors.crs import LONLAT, parse_crs, project, project_points
from corridors.errors import CRSError
from corridors.layers.area import StudyArea

__all__ = ["outside_cause", "outside_problem"]

FloatArray = NDArray[np.float64]

WEB_MERCATOR = "EPSG:3857"
POINTS_LOOKED_AT = 100


def outside_problem(frame: gpd.GeoDataFrame, area: StudyArea) -> str:
    """Say where the layer is, and where the area."""
    try:
        west, south, east, north = project(frame, to_crs=LONLAT).total_bounds
    except CRSError:
        return f"lies outside the study area, and outside the use of {frame.crs.name}"
    there = (
        f"is at {west:.3f} E, {south:.3f} N"
        if (west, south) == (east, north)
        else f"spans {west:.3f} to {east:.3f} E, {south:.3f} to {north:.3f} N"
    )
    return (
        f"lies outside the study area: it {there}, the area {area.bbox[0]:g} to {area.bbox[2]:g} "
        f"E, {area.bbox[1]:g} to {area.bbox[3]:g} N"
    )


def outside_cause(
    frame: gpd.GeoDataFrame, area: StudyArea, *, else_todo: str = "take the right file"
) -> str:
    """Say what the user should do: swap axes, declare another system, or something else."""
    points = shapely.get_coordinates(shapely.point_on_surface(frame.geometry.to_numpy()))
    x, y = points[:POINTS_LOOKED_AT].T
    if _any_inside(y, x, frame.crs, area):
        order = "longitude first, then latitude" if frame.crs.is_geographic else "easting first"
        return f"with its axes swapped it would be inside: write {order}"
    west, south, east, north = area.bbox
    lon, lat = project_points(x, y, from_crs=frame.crs, to_crs=LONLAT)
    if shapely.intersects_xy(shapely.box(south, west, north, east), lon, lat).any():
        return "area.bbox has its axes swapped: write it as west, south, east, north"
    for code in [LONLAT, WEB_MERCATOR, *_utm_codes(area)]:
        crs = parse_crs(code)
        if crs != frame.crs and _any_inside(x, y, crs, area):
            return (
                f"its coordinates would be inside in {crs.name} ({code}), but {frame.crs.name} "
                "is declared: declare the right one"
            )
    if frame.crs.is_projected:
        return f"is {frame.crs.name} the system its coordinates are really in?"
    return f"{else_todo}, or move the area"


def _utm_codes(area: StudyArea) -> list[str]:
    west, south, east, _ = area.bbox
    first, last = (int((degrees + 180) // 6) + 1 for degrees in (west, east))
    base = 32600 if south >= 0 else 32700
    return [f"EPSG:{base + min(max(zone, 1), 60)}" for zone in range(first, last + 1)]


def _any_inside(x: FloatArray, y: FloatArray, crs: pyproj.CRS, area: StudyArea) -> bool:
    lon, lat = project_points(x, y, from_crs=crs, to_crs=LONLAT)
    return bool(shapely.intersects_xy(shapely.box(*area.bbox), lon, lat).any())
