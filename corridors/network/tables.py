"""The layers that a network is built from, checked and brought into one order."""

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from corridors.crs import require_metric
from corridors.errors import CRSError, LayerError

__all__ = ["Borders", "Crossings", "Roads", "read_borders", "read_crossings", "read_roads"]

Floats = NDArray[np.float64]

# A segment of border must be longer than the width of a place where a road meets it.
SEGMENT_MIN_M = 0.01
ONEWAY_FORWARD = {"yes", "true", "1", "1.0"}
ONEWAY_BACKWARD = {"-1", "-1.0", "reverse"}
ONEWAY_NOT = {"no", "false", "0", "0.0", "", "reversible", "alternating", "nan", "none", "<na>"}


@dataclass(frozen=True)
class Roads:
    """Roads in an order that does not depend on the rows they came in.

    `lines` are single, two-dimensional and run the way a one-way road is driven; `road` is the
    position of each one's road in the other arrays.
    """

    lines: NDArray[np.object_]
    road: NDArray[np.int64]
    id: tuple[str, ...]
    road_class: tuple[str, ...]
    speed_kmh: Floats
    generalised: NDArray[np.bool_]
    joined: NDArray[np.bool_]
    oneway: NDArray[np.bool_]


@dataclass(frozen=True)
class Borders:
    """Border lines as single segments, each with the id of its border."""

    start: Floats
    end: Floats
    id: tuple[str, ...]


@dataclass(frozen=True)
class Crossings:
    """Crossings in order of their id."""

    xy: Floats
    id: tuple[str, ...]
    name: tuple[str, ...]
    open: NDArray[np.bool_]


def read_roads(
    roads: gpd.GeoDataFrame, *, speeds_kmh: Mapping[str, float], default_speed_kmh: float | None
) -> Roads:
    """Check the roads layer and order it by coordinates.

    Raises
    ------
    CRSError
        When it is not in metres.
    LayerError
        When a column is missing, an id is missing or there twice, a geometry is no line, a speed
        is unknown or not above 0, or `oneway` holds a value that OpenStreetMap does not know.
    """
    require_metric(roads, name="the roads layer")
    ids = _ids(roads, layer="roads")
    geometry = _lines(roads, layer="roads")
    if "road_class" not in roads.columns:
        raise LayerError(
            "has no column 'road_class'", layer="roads", todo="name the column that holds it"
        )
    classes = roads["road_class"].astype(object).where(roads["road_class"].notna(), "unknown")
    speed = _speeds(roads, classes.astype(str), speeds_kmh, default_speed_kmh)
    direction = _directions(roads)
    order = sorted(range(len(ids)), key=lambda row: (shapely.to_wkb(geometry[row]), ids[row]))
    turned = np.where(direction < 0, shapely.reverse(geometry), geometry)[order]
    parts, road = shapely.get_parts(turned, return_index=True)
    return Roads(
        lines=parts,
        road=road.astype(np.int64),
        id=tuple(ids[row] for row in order),
        road_class=tuple(str(name) for name in classes.iloc[order]),
        speed_kmh=speed[order],
        generalised=_flags(roads, "generalised", layer="roads")[order],
        joined=_flags(roads, "joined", layer="roads")[order],
        oneway=(direction != 0)[order],
    )


def read_borders(borders: gpd.GeoDataFrame | None, *, crs: pyproj.CRS) -> Borders:
    """Check the borders layer and take it apart into segments, in order of id.

    Raises
    ------
    CRSError
        When it is not in the CRS of the roads.
    LayerError
        When an id is missing or there twice, or a geometry is no line.
    """
    if borders is None or borders.empty:
        return Borders(np.empty((0, 2)), np.empty((0, 2)), ())
    _require_same(borders, crs, layer="borders")
    ids = _ids(borders, layer="borders")
    geometry = _lines(borders, layer="borders")
    order = sorted(range(len(ids)), key=lambda row: ids[row])
    parts, of = shapely.get_parts(geometry[order], return_index=True)
    parts = shapely.remove_repeated_points(parts, SEGMENT_MIN_M)
    xy, line = shapely.get_coordinates(parts, return_index=True)
    within = (line[1:] == line[:-1]) & (xy[1:] != xy[:-1]).any(axis=1)
    names = tuple(ids[order[of[at]]] for at in line[:-1][within])
    return Borders(xy[:-1][within], xy[1:][within], names)


def read_crossings(crossings: gpd.GeoDataFrame | None, *, crs: pyproj.CRS) -> Crossings:
    """Check the crossings layer and order it by id; one without a column `open` is open.

    Raises
    ------
    CRSError
        When it is not in the CRS of the roads.
    LayerError
        When an id is missing or there twice, or a geometry is no point.
    """
    if crossings is None or crossings.empty:
        return Crossings(np.empty((0, 2)), (), (), np.empty(0, dtype=bool))
    _require_same(crossings, crs, layer="crossings")
    ids = _ids(crossings, layer="crossings")
    geometry = np.asarray(crossings.geometry.array)
    bad = (shapely.get_type_id(geometry) != shapely.GeometryType.POINT) | shapely.is_empty(geometry)
    _refuse(bad, "the geometry is no point", layer="crossings", todo="give one point a crossing")
    order = sorted(range(len(ids)), key=lambda row: ids[row])
    names = crossings["name"].tolist() if "name" in crossings.columns else ids
    return Crossings(
        xy=shapely.get_coordinates(geometry[order]),
        id=tuple(ids[row] for row in order),
        name=tuple(ids[row] if pd.isna(names[row]) else str(names[row]) for row in order),
        open=_flags(crossings, "open", layer="crossings", absent=True)[order],
    )


def _require_same(gdf: gpd.GeoDataFrame, crs: pyproj.CRS, *, layer: str) -> None:
    own = require_metric(gdf, name=f"the {layer} layer")
    if own != crs:
        message = (
            f"the {layer} layer is in {own.name} and the roads layer in {crs.name}; bring both "
            "into one system: corridors.project(layer, to_crs=roads.crs)"
        )
        raise CRSError(message)


def _refuse(bad: NDArray[np.bool_], problem: str, *, layer: str, todo: str) -> None:
    if bad.any():
        raise LayerError(problem, layer=layer, rows=np.flatnonzero(bad).tolist(), todo=todo)


def _ids(gdf: gpd.GeoDataFrame, *, layer: str) -> list[str]:
    if "id" not in gdf.columns:
        raise LayerError("has no column 'id'", layer=layer, todo="give each row an id of its own")
    column = gdf["id"]
    todo = "give each row an id of its own"
    _refuse(column.isna().to_numpy(), "the id is missing", layer=layer, todo=todo)
    ids = column.astype(str)
    twice = ids.duplicated(keep=False)
    if twice.any():
        first = ids[twice].iloc[0]
        rows = np.flatnonzero((ids == first).to_numpy()).tolist()
        raise LayerError(f"the id '{first}' is there twice", layer=layer, rows=rows, todo=todo)
    return [str(one) for one in ids]


def _lines(gdf: gpd.GeoDataFrame, *, layer: str) -> NDArray[np.object_]:
    geometry = shapely.force_2d(np.asarray(gdf.geometry.array))
    kinds = (shapely.GeometryType.LINESTRING, shapely.GeometryType.MULTILINESTRING)
    todo = "give lines, or leave the row out"
    missing = shapely.is_missing(geometry) | shapely.is_empty(geometry)
    _refuse(missing, "there is no geometry", layer=layer, todo=todo)
    wrong = ~np.isin(shapely.get_type_id(geometry), kinds)
    _refuse(wrong, "the geometry is no line", layer=layer, todo=todo)
    finite = np.ones(len(geometry), dtype=bool)
    xy, row = shapely.get_coordinates(geometry, return_index=True)
    finite[row[~np.isfinite(xy).all(axis=1)]] = False
    _refuse(~finite, "a coordinate is not a number", layer=layer, todo=todo)
    return np.asarray(geometry)


def _flags(
    gdf: gpd.GeoDataFrame, column: str, *, layer: str, absent: bool = False
) -> NDArray[np.bool_]:
    if column not in gdf.columns:
        return np.full(len(gdf), absent)
    values = [absent if pd.isna(value) else value for value in gdf[column]]
    # The text "no" would count as true.
    bad = np.array([value not in (True, False) for value in values], dtype=bool)
    _refuse(bad, f"{column} is neither true nor false", layer=layer, todo="use true and false")
    return np.array(values, dtype=bool)


def _directions(roads: gpd.GeoDataFrame) -> NDArray[np.int64]:
    """Return 1 for one-way as drawn, -1 for one-way against it, 0 for both ways."""
    if "oneway" not in roads.columns:
        return np.zeros(len(roads), dtype=np.int64)
    text = [str(value).strip().lower() for value in roads["oneway"]]
    known = ONEWAY_FORWARD | ONEWAY_BACKWARD | ONEWAY_NOT
    bad = np.array([value not in known for value in text], dtype=bool)
    if bad.any():
        found = text[int(np.flatnonzero(bad)[0])]
        _refuse(bad, f"oneway is '{found}'", layer="roads", todo="use yes, no or -1")
    sign = [(value in ONEWAY_FORWARD) - (value in ONEWAY_BACKWARD) for value in text]
    return np.array(sign, dtype=np.int64)


def _speeds(
    roads: gpd.GeoDataFrame,
    classes: "pd.Series[str]",
    speeds_kmh: Mapping[str, float],
    default_speed_kmh: float | None,
) -> Floats:
    speed = classes.map(dict(speeds_kmh)).astype(float)
    if default_speed_kmh is not None:
        speed = speed.fillna(default_speed_kmh)
    if "speed_kmh" in roads.columns:
        own = pd.to_numeric(roads["speed_kmh"], errors="coerce").astype(float)
        speed = own.where(roads["speed_kmh"].notna(), speed)
    values = np.asarray(speed, dtype=np.float64)
    unknown = np.isnan(values)
    if unknown.any():
        named = sorted({str(classes.iloc[row]) for row in np.flatnonzero(unknown)})
        _refuse(
            unknown,
            f"there is no speed for class {', '.join(named)}",
            layer="roads",
            todo="add the class to speeds_kmh, or give default_speed_kmh",
        )
    _refuse(
        ~((values > 0) & np.isfinite(values)),
        "the speed is not above 0 km/h",
        layer="roads",
        todo="give a speed above 0, or leave the road out",
    )
    return values
