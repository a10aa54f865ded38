"""Coordinate reference systems: the one module that touches pyproj.

Every study works in one metric CRS. Axes are always x, y (longitude, latitude): `always_xy`.
"""

import math
import warnings
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from corridors.errors import CRSError

__all__ = [
    "SCALE_ERROR_MAX",
    "Bounds",
    "TransformationUsed",
    "WorkingCRS",
    "area_of_use",
    "choose_working_crs",
    "crs_name",
    "parse_crs",
    "project",
    "project_bounds",
    "project_points",
    "require_crs",
    "require_metric",
    "scale_error",
    "transformation_used",
]

LONLAT = "EPSG:4326"
# A tenth of a percent in length is a fifth of a percent in area: inside the 0.5 percent promised.
SCALE_ERROR_MAX = 0.001
SAMPLES_PER_SIDE = 9
STEP_M = 100.0
NEAR_POLE = 89.999
# What PROJ calls a system, or a step, that has no name; and what it puts between steps.
NAMELESS = {"unknown", "unnamed", ""}
STEP = " + "

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True)
class WorkingCRS:
    """The metric CRS that a study computes in, and how true its metres are.

    Attributes
    ----------
    crs
        The reference system; its unit is the metre.
    label
        Its short name: an authority code, or a description of a made one.
    scale_error
        The greatest relative error of a length anywhere in the study area.
    reason
        Why this one was taken.
    """

    crs: pyproj.CRS
    label: str
    scale_error: float
    reason: str


@dataclass(frozen=True)
class TransformationUsed:
    """A transformation between two reference systems as PROJ carries it out.

    Attributes
    ----------
    source, target
        Names of the two systems.
    description
        PROJ's name for the operation.
    accuracy_m
        Its stated accuracy in metres, or None where PROJ states none.
    best_available
        False where a better one exists but its grid file is not installed.
    """

    source: str
    target: str
    description: str
    accuracy_m: float | None
    best_available: bool


def parse_crs(text: object) -> pyproj.CRS:
    """Turn a user's text, code or object into a CRS.

    Raises
    ------
    CRSError
        When PROJ does not know it.

    Examples
    --------
    >>> parse_crs("EPSG:32638").name
    'WGS 84 / UTM zone 38N'
    """
    try:
        return pyproj.CRS.from_user_input(text)
    except (pyproj.exceptions.ProjError, TypeError, ValueError) as error:
        shown = f"{text!r}"
        message = (
            f"the reference system {shown[:80]} is not known; "
            "give an EPSG code such as 'EPSG:32638', a WKT or a PROJ string"
        )
        raise CRSError(message) from error


def require_crs(gdf: gpd.GeoDataFrame | gpd.GeoSeries, *, name: str) -> pyproj.CRS:
    """Return the CRS of a layer, or refuse a layer that declares none.

    Parameters
    ----------
    gdf
        The layer.
    name
        What to call it in the message.

    Raises
    ------
    CRSError
        When the layer has no CRS, or one that places nothing on a map, such as that of heights.
    """
    if gdf.crs is None:
        message = (
            f"{name} has no coordinate reference system; declare it "
            "(in a scenario: crs = 'EPSG:4326' in the layer's table; in Python: gdf.set_crs(...))"
        )
        raise CRSError(message)
    crs = cast(pyproj.CRS, gdf.crs)
    if not (crs.is_geographic or crs.is_projected):
        raise CRSError(
            f"{name} declares {crs.name}, which places nothing on a map; declare a system of "
            "longitude and latitude or of a map projection"
        )
    return crs


def require_metric(gdf: gpd.GeoDataFrame | gpd.GeoSeries, *, name: str) -> pyproj.CRS:
    """Return the CRS of a layer, or refuse one that does not measure in metres.

    Raises
    ------
    CRSError
        When the CRS is missing, geographic, or in another unit.
    """
    crs = require_crs(gdf, name=name)
    _require_metres(crs, name=name, todo="project it first: corridors.project(layer)")
    return crs


def _require_metres(crs: pyproj.CRS, *, name: str, todo: str) -> None:
    if crs.is_geographic:
        raise CRSError(f"{name} is in degrees ({crs.name}); {todo}")
    if not crs.is_projected:
        raise CRSError(f"{name} is no map projection ({crs.name}); {todo}")
    units = {axis.unit_name for axis in crs.axis_info[:2]}
    if units != {"metre"}:
        message = f"{name} measures in {', '.join(sorted(units))} ({crs.name}), not in metres"
        raise CRSError(f"{message}; {todo}")


def choose_working_crs(bounds_lonlat: Bounds, *, requested: str = "auto") -> WorkingCRS:
    """Choose the metric CRS of a study, or check the one that was asked for.

    With ``"auto"`` it is the area's UTM zone where lengths in it are true to 0.1 percent
    everywhere, and else a Lambert azimuthal equal-area projection on the area's centre.

    Parameters
    ----------
    bounds_lonlat
        West, south, east, north in degrees (WGS 84).
    requested
        ``"auto"``, or any text that PROJ understands.

    Raises
    ------
    CRSError
        When the system asked for is not metric, or stretches lengths by more than 0.1 percent
        somewhere in the area, so that metres would not be metres.

    Examples
    --------
    >>> choose_working_crs((44.0, 35.0, 46.0, 37.0)).label
    'EPSG:32638'
    >>> choose_working_crs((40.5, 35.3, 43.5, 37.4)).label
    'Lambert azimuthal equal-area at 42.00 E, 36.35 N'
    """
    if requested != "auto":
        crs = _asked_for(requested)
        _require_metres(
            crs, name="area.crs", todo="take crs = 'auto', or a metric system such as a UTM zone"
        )
        error = scale_error(crs, bounds_lonlat)
        if error > SCALE_ERROR_MAX:
            message = (
                f"area.crs: in {crs.name} lengths are {_wrong_by(error)} wrong in the study area; "
                "metres would not be metres: use crs = 'auto' or a zone that fits the area"
            )
            raise CRSError(message)
        return WorkingCRS(crs, requested, error, "asked for in the scenario")

    utm = _utm_zone(bounds_lonlat)
    if utm is not None:
        code, crs, error = utm
        return WorkingCRS(crs, code, error, "the area lies in one UTM zone")

    west, south, east, north = bounds_lonlat
    longitude, latitude = round((west + east) / 2, 2), round((south + north) / 2, 2)
    crs = parse_crs(
        f"+proj=laea +lat_0={latitude} +lon_0={longitude} +x_0=0 +y_0=0 "
        "+datum=WGS84 +units=m +no_defs +type=crs"
    )
    error = scale_error(crs, bounds_lonlat)
    if error > SCALE_ERROR_MAX:
        message = (
            f"the study area is too large for one metric system (lengths {_wrong_by(error)} wrong "
            "at its rim); make area.bbox less than about 1,000 km across"
        )
        raise CRSError(message)
    centre = f"{_degrees(longitude, 'E', 'W')}, {_degrees(latitude, 'N', 'S')}"
    label = f"Lambert azimuthal equal-area at {centre}"
    return WorkingCRS(crs, label, error, "the area spans UTM zones; areas are exact in this one")


def _asked_for(requested: str) -> pyproj.CRS:
    try:
        return parse_crs(requested)
    except CRSError as error:
        raise CRSError(f"area.crs: {error}") from error


def _wrong_by(error: float) -> str:
    return f"up to {error:.2%}" if error < 1 else "utterly"


def _degrees(value: float, positive: str, negative: str) -> str:
    return f"{abs(value):.2f} {positive if value >= 0 else negative}"


def _utm_zone(bounds_lonlat: Bounds) -> tuple[str, pyproj.CRS, float] | None:
    west, south, east, north = bounds_lonlat
    if south < -80 or north > 84 or south < 0 < north:
        return None
    zone = math.floor(((west + east) / 2 + 180) / 6) % 60 + 1
    code = f"EPSG:{(32600 if north > 0 else 32700) + zone}"
    crs = parse_crs(code)
    error = scale_error(crs, bounds_lonlat)
    return (code, crs, error) if error <= SCALE_ERROR_MAX else None


def scale_error(crs: pyproj.CRS, bounds_lonlat: Bounds) -> float:
    """Return the greatest relative error of a length in an area, measured on the ellipsoid.

    Parameters
    ----------
    crs
        A projected system.
    bounds_lonlat
        West, south, east, north in degrees.

    Notes
    -----
    Steps of 100 m in four directions are laid out on the WGS 84 ellipsoid (Karney 2013), brought
    to the plane, and measured there. PROJ's own factors will not do: for Pseudo-Mercator they are
    those of the sphere, 0.67 percent off.
    """
    west, east = bounds_lonlat[0], bounds_lonlat[2]
    # At a pole itself the direction of a step is that of nothing.
    south, north = np.clip([bounds_lonlat[1], bounds_lonlat[3]], -NEAR_POLE, NEAR_POLE)
    grid = np.meshgrid(
        np.linspace(west, east, SAMPLES_PER_SIDE), np.linspace(south, north, SAMPLES_PER_SIDE)
    )
    lon, lat, azimuth = (
        part.ravel()
        for part in np.broadcast_arrays(
            grid[0][..., None], grid[1][..., None], np.array([0.0, 45.0, 90.0, 135.0])
        )
    )
    steps = np.full(lon.size, STEP_M)
    there_lon, there_lat, _ = pyproj.Geod(ellps="WGS84").fwd(lon, lat, azimuth, steps)
    transformer = _transformer(parse_crs(LONLAT), crs)
    x, y = transformer.transform(lon, lat)
    there_x, there_y = transformer.transform(there_lon, there_lat)
    if not np.isfinite([x, y, there_x, there_y]).all():
        return math.inf  # the projection is not made for that part of the earth
    return float(np.abs(np.hypot(there_x - x, there_y - y) / STEP_M - 1).max())


def project(
    gdf: gpd.GeoDataFrame, *, to_crs: object = None, name: str = "the layer"
) -> gpd.GeoDataFrame:
    """Return a copy of a layer in another CRS, by the best transformation that is installed.

    Parameters
    ----------
    gdf
        A layer that declares its CRS.
    to_crs
        The target; None chooses a metric system for the layer's own extent.
    name
        What to call the layer in an error.

    Raises
    ------
    CRSError
        When the layer has no CRS, a coordinate cannot be transformed, or a system is to be chosen
        for a layer without coordinates.

    Examples
    --------
    >>> import geopandas as gpd
    >>> places = gpd.GeoSeries.from_xy([41.87], [36.32], crs=4326).to_frame("geometry")
    >>> project(places, to_crs="EPSG:32637").geometry.iloc[0].wkt
    'POINT (757649.66... 4023265.98...)'
    """
    source = require_crs(gdf, name=name)
    if to_crs is None:
        target = choose_working_crs(_bounds_lonlat(gdf, name)).crs
    else:
        target = parse_crs(to_crs)
    if source == target:
        return gdf.copy()
    transformer = _transformer(source, target)

    def shift(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(transformer.transform(xy[:, 0], xy[:, 1]))

    moved = gdf.copy()
    before = np.asarray(gdf.geometry.array)
    after = shapely.transform(shapely.force_2d(before), shift)
    bad = ~np.isfinite(shapely.bounds(after)).all(axis=1) & ~shapely.is_empty(before)
    bad &= ~shapely.is_missing(before)
    if bad.any():
        first = int(np.flatnonzero(bad)[0])
        message = (
            f"{name}, row {gdf.index[first]}: the coordinates {before[first].wkt[:60]} cannot be "
            f"brought from {source.name} to {target.name}; is the declared system the right one?"
        )
        raise CRSError(message)
    return cast(gpd.GeoDataFrame, moved.set_geometry(after, crs=target))


def _bounds_lonlat(gdf: gpd.GeoDataFrame, name: str) -> Bounds:
    bounds = project(gdf, to_crs=LONLAT, name=name).total_bounds
    if not np.isfinite(bounds).all():
        raise CRSError(f"{name} has no coordinates to choose a metric system for; name one: to_crs")
    return cast(Bounds, tuple(bounds))


def project_points(
    x: NDArray[np.float64], y: NDArray[np.float64], *, from_crs: object, to_crs: object
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Transform arrays of coordinates, x (or longitude) first, in any shape."""
    transformer = _transformer(parse_crs(from_crs), parse_crs(to_crs))
    new_x, new_y = transformer.transform(x, y)
    return cast(tuple[NDArray[np.float64], NDArray[np.float64]], (new_x, new_y))


def project_bounds(bounds: Bounds, *, from_crs: object, to_crs: object) -> Bounds:
    """Return the box in another CRS that holds all of a box, its curved sides included."""
    transformer = _transformer(parse_crs(from_crs), parse_crs(to_crs))
    return transformer.transform_bounds(*bounds, densify_pts=101)


def transformation_used(
    source: object,
    target: object,
    *,
    bounds_lonlat: Bounds | None = None,
    target_name: str | None = None,
) -> TransformationUsed:
    """Return the record of the transformation that `project` takes between two systems.

    Parameters
    ----------
    source, target
        The two systems.
    bounds_lonlat
        Where: PROJ chooses by place among several transformations.
    target_name
        What to call a target that has no name of its own, such as a `WorkingCRS`'s label.

    Raises
    ------
    CRSError
        When no way is known from one to the other.
    """
    source_crs, target_crs = parse_crs(source), parse_crs(target)
    group = _candidates(source_crs, target_crs, bounds_lonlat)
    if not group.transformers:
        raise _no_way(source_crs, target_crs)
    first = group.transformers[0]
    name = target_name if _is_nameless(target_crs) and target_name else crs_name(target_crs)
    # PROJ calls the projection of a nameless system, its last step, by no name either.
    steps = first.description.split(STEP)
    steps[-1] = name if steps[-1] in NAMELESS else steps[-1]
    return TransformationUsed(
        source=crs_name(source_crs),
        target=name,
        description=STEP.join(steps),
        accuracy_m=_accuracy_m(first, source_crs, target_crs),
        best_available=bool(group.best_available),
    )


def crs_name(crs: pyproj.CRS) -> str:
    """Return the name of a system, or for one without a name its ellipsoid.

    Examples
    --------
    >>> crs_name(parse_crs("EPSG:32637"))
    'WGS 84 / UTM zone 37N'
    >>> crs_name(parse_crs("+proj=utm +zone=37 +ellps=WGS84"))
    'a nameless system (ellipsoid WGS 84)'
    """
    if not _is_nameless(crs):
        return str(crs.name)
    if crs.ellipsoid is None:
        return "a nameless system"
    return f"a nameless system (ellipsoid {crs.ellipsoid.name})"


def _is_nameless(crs: pyproj.CRS) -> bool:
    return crs.name in NAMELESS


def area_of_use(crs: pyproj.CRS) -> Bounds | None:
    """Return the box that a system is made for, or None where that is unknown or the whole earth.

    Returns
    -------
    Bounds
        West, south, east, north in degrees; east is above 180 for a box over the 180th meridian.

    Examples
    --------
    >>> area_of_use(parse_crs("EPSG:32637"))
    (36.0, 0.0, 42.0, 84.0)
    >>> area_of_use(parse_crs("EPSG:4326")) is None
    True
    """
    if crs.area_of_use is None:
        return None
    west, south, east, north = crs.area_of_use.bounds
    if east < west:
        east += 360
    return None if east - west >= 360 else (west, south, east, north)


def _accuracy_m(
    transformer: pyproj.Transformer, source: pyproj.CRS, target: pyproj.CRS
) -> float | None:
    # Within one datum coordinates are only projected, which is exact; some releases of PROJ then
    # state no accuracy at all.
    theirs, ours = source.geodetic_crs, target.geodetic_crs
    if theirs is not None and ours is not None and theirs.equals(ours, ignore_axis_order=True):
        return 0.0
    stated = transformer.accuracy
    return None if stated is None or stated < 0 else float(stated)


@lru_cache(maxsize=64)
def _candidates(
    source: pyproj.CRS, target: pyproj.CRS, bounds_lonlat: Bounds | None
) -> pyproj.transformer.TransformerGroup:
    where = None if bounds_lonlat is None else pyproj.transformer.AreaOfInterest(*bounds_lonlat)
    with warnings.catch_warnings():
        # That a grid is missing is told by best_available.
        warnings.simplefilter("ignore", UserWarning)
        return pyproj.transformer.TransformerGroup(
            source, target, always_xy=True, area_of_interest=where
        )


@lru_cache(maxsize=64)
def _transformer(source: pyproj.CRS, target: pyproj.CRS) -> pyproj.Transformer:
    try:
        return pyproj.Transformer.from_crs(source, target, always_xy=True)
    except pyproj.exceptions.ProjError as error:
        raise _no_way(source, target) from error


def _no_way(source: pyproj.CRS, target: pyproj.CRS) -> CRSError:
    return CRSError(f"no way is known from {source.name} to {target.name}; declare another system")
