"""Geometries as RFC 7946 wants them: longitude and latitude, cut, rounded, valid, well wound."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from corridors.crs import project, require_crs
from corridors.errors import LayerError, OutputError
from corridors.export.parts import (
    COLLECTION,
    FIRST_MULTI,
    RING,
    crossing,
    cut,
    mended,
    multi,
    simple_parts,
    wrapped,
)

__all__ = ["GeometryReport", "LonLat", "lonlat_bbox", "lonlat_geometries"]

LONLAT = "EPSG:4326"
DECIMALS_MAX = 12
# Degrees; PROJ returns the poles with the last bits wrong.
LATITUDE_SLACK = 1e-9

RIM = ((-180.0, -90.0), (180.0, 90.0))

Geometries = NDArray[np.object_]


@dataclass(frozen=True)
class GeometryReport:
    """What writing a layer did to its geometries; rows are counted from 0.

    Attributes
    ----------
    features
        Rows of the layer, all of them written.
    decimals
        Digits after the point that coordinates were rounded to.
    cut
        Rows that cross the antimeridian and were cut there.
    repaired
        Rows that were invalid, or became so by rounding, and were made valid.
    thinned
        Rows that lost parts too small for this rounding.
    collapsed
        Rows that are too small for this rounding altogether and have a null geometry.
    unlocated
        Rows that had no geometry, or an empty one, to begin with.

    Examples
    --------
    >>> report = GeometryReport(features=3, decimals=1, collapsed=(2,))
    >>> report.unchanged
    False
    >>> report.messages()
    ['1 of 3 geometries: null, being too small for 1 decimals (row 2)']
    """

    features: int
    decimals: int
    cut: tuple[int, ...] = ()
    repaired: tuple[int, ...] = ()
    thinned: tuple[int, ...] = ()
    collapsed: tuple[int, ...] = ()
    unlocated: tuple[int, ...] = ()

    @property
    def unchanged(self) -> bool:
        """Whether nothing was lost or mended (being cut at the antimeridian loses nothing)."""
        return not (self.repaired or self.thinned or self.collapsed)

    def messages(self) -> list[str]:
        """Return a sentence for each thing that happened, for a log or a manifest."""
        told = (
            (self.cut, "cut at the antimeridian"),
            (self.repaired, f"invalid at {self.decimals} decimals, and mended"),
            (self.thinned, f"without parts too small for {self.decimals} decimals"),
            (self.collapsed, f"null, being too small for {self.decimals} decimals"),
            (self.unlocated, "null to begin with"),
        )
        return [
            f"{len(rows)} of {self.features} geometries: {what} ({_rows(rows)})"
            for rows, what in told
            if rows
        ]


def _rows(rows: tuple[int, ...]) -> str:
    named = ", ".join(str(row) for row in rows[:5])
    more = f" and {len(rows) - 5} more" if len(rows) > 5 else ""
    return f"row {named}" if len(rows) == 1 else f"rows {named}{more}"


@dataclass(frozen=True)
class LonLat:
    """Geometries in longitude and latitude, one for each row, and what was done to them."""

    geometries: Geometries
    report: GeometryReport


def lonlat_geometries(gdf: gpd.GeoDataFrame, *, decimals: int = 6, name: str = "layer") -> LonLat:
    """Return the geometries of a layer in the form that RFC 7946 asks for.

    In longitude and latitude (WGS 84), without heights, cut at the antimeridian, rounded, valid
    after rounding, exterior rings anticlockwise. Points stay points, lines lines and polygons
    polygons, though a cut may make one of them many. The layer is not changed.

    Parameters
    ----------
    gdf
        A layer in any CRS that it declares.
    decimals
        Digits after the point, 0 to 12; 6 is about 0.1 m.
    name
        What to call the layer in an error.

    Raises
    ------
    CRSError
        When the layer declares no CRS.
    LayerError
        When it has no geometry column, or coordinates that are no place on Earth.
    OutputError
        When `decimals` is out of range.

    Notes
    -----
    Edges are straight in longitude and latitude. A step of more than 180 degrees between two
    vertices is a crossing of the antimeridian, as the other way round is shorter.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import LineString
    >>> line = gpd.GeoDataFrame(geometry=[LineString([(175, 0), (-175, 0)])], crs=4326)
    >>> lonlat_geometries(line).geometries[0].wkt
    'MULTILINESTRING ((175 0, 180 0), (-180 0, -175 0))'
    """
    if not 0 <= decimals <= DECIMALS_MAX:
        raise OutputError(
            f"coordinates cannot be written with {decimals} decimals; take 0 to {DECIMALS_MAX}"
        )
    before = _in_degrees(gdf, name)
    located = ~(shapely.is_missing(before) | shapely.is_empty(before))
    work = _Workbench(before[located], decimals)
    after = np.full(len(before), None, dtype=object)
    after[located] = work.finished
    rows = np.flatnonzero(located)
    report = GeometryReport(
        features=len(before),
        decimals=decimals,
        cut=_positions(rows, work.cut),
        repaired=_positions(rows, work.repaired),
        thinned=_positions(rows, work.thinned & ~shapely.is_missing(work.finished)),
        collapsed=_positions(rows, shapely.is_missing(work.finished)),
        unlocated=tuple(np.flatnonzero(~located).tolist()),
    )
    return LonLat(after, report)


def _positions(rows: NDArray[np.intp], flags: NDArray[np.bool_]) -> tuple[int, ...]:
    return tuple(rows[flags].tolist())


def _in_degrees(gdf: gpd.GeoDataFrame, name: str) -> Geometries:
    """Return flat geometries in longitude and latitude, each coordinate a place on Earth."""
    if gdf.active_geometry_name is None:
        raise LayerError(
            "it has no geometry column", layer=name, todo="name one with gdf.set_geometry(...)"
        )
    crs = require_crs(gdf, name=name)
    flat = shapely.force_2d(np.asarray(gdf.geometry.array, dtype=object))
    _require_finite(flat, name)
    bare = gpd.GeoDataFrame(geometry=flat, index=pd.RangeIndex(len(flat)), crs=crs)
    geometries = np.asarray(project(bare, to_crs=LONLAT, name=name).geometry.array, dtype=object)
    _require_latitudes(geometries, name)
    return geometries


def _require_finite(geometries: Geometries, name: str) -> None:
    xy, owner = shapely.get_coordinates(geometries, return_index=True)
    bad = ~np.isfinite(xy).all(axis=1)
    if bad.any():
        raise LayerError(
            "a coordinate is not a finite number",
            layer=name,
            rows=np.unique(owner[bad]),
            todo="correct or drop these rows",
        )


def _require_latitudes(geometries: Geometries, name: str) -> None:
    xy, owner = shapely.get_coordinates(geometries, return_index=True)
    bad = np.abs(xy[:, 1]) > 90 + LATITUDE_SLACK
    if bad.any():
        raise LayerError(
            f"the latitude {xy[bad][0, 1]:g} is not on Earth",
            layer=name,
            rows=np.unique(owner[bad]),
            todo="is the declared CRS the right one, and longitude before latitude?",
        )


class _Workbench:
    """The steps from located geometries to finished ones, with a flag a row for each mishap."""

    def __init__(self, geometries: Geometries, decimals: int) -> None:
        self.decimals = decimals
        units, owner = _opened(geometries)
        no = np.zeros(len(units), dtype=bool)
        self._cut, self._repaired, self._thinned = no.copy(), no.copy(), no.copy()
        types = shapely.get_type_id(units)
        units = self._cut_at_antimeridian(units)
        units = self._rounded(units, types)
        self.finished = _closed(units, owner, geometries)
        rows = len(geometries)
        self.cut = _any_by_row(self._cut, owner, rows)
        self.repaired = _any_by_row(self._repaired, owner, rows)
        lost = self._thinned | shapely.is_missing(units)
        self.thinned = _any_by_row(lost, owner, rows)

    def _cut_at_antimeridian(self, units: Geometries) -> Geometries:
        suspects = crossing(units)
        result = units.copy()
        for position in np.flatnonzero(suspects):
            result[position] = cut(wrapped(units[position]))
        self._cut[:] = suspects & (
            shapely.get_num_geometries(result) > shapely.get_num_geometries(units)
        )
        return result

    def _rounded(self, units: Geometries, types: NDArray[np.integer]) -> Geometries:
        """Return areas and lines rounded, valid and well wound, or None where nothing is left.

        All of that on a grid of whole numbers: decimals are no exact binary numbers, and an area
        of three places in a row has a trace of an area in them.
        """
        scale = 10.0**self.decimals
        scaled = shapely.transform(units, lambda xy: np.clip(xy, *RIM) * scale)
        rounded = shapely.transform(scaled, np.rint)
        good = shapely.is_valid(rounded)
        rounded[good] = shapely.remove_repeated_points(rounded[good])
        for position in np.flatnonzero(~good):
            sound, lost = mended(scaled[position])
            rounded[position] = sound
            self._thinned[position] = lost
            # A line whose points fall together was not invalid, only short.
            is_area = shapely.get_dimensions(units[position]) == 2
            self._repaired[position] = is_area and sound is not None
        rounded[shapely.is_empty(rounded)] = None
        wound = _wound(_still_multi(rounded, types))
        # Adding zero turns -0.0, which reads oddly, into 0.0.
        return shapely.transform(wound, lambda xy: xy / scale + 0.0)


def _any_by_row(flags: NDArray[np.bool_], owner: NDArray[np.intp], rows: int) -> NDArray[np.bool_]:
    return np.bincount(owner, weights=flags, minlength=rows) > 0


def _opened(geometries: Geometries) -> tuple[Geometries, NDArray[np.intp]]:
    """Return the geometries with collections taken apart, and the row each came from."""
    units = geometries.copy()
    owner = np.arange(len(units))
    types = shapely.get_type_id(units)
    for position in np.flatnonzero(types == RING):  # unknown to GeoJSON
        units[position] = shapely.LineString(units[position].coords)
    while (shapely.get_type_id(units) == COLLECTION).any():
        collected = shapely.get_type_id(units) == COLLECTION
        parts, index = shapely.get_parts(units[collected], return_index=True)
        filled = ~shapely.is_empty(parts)
        units = np.concatenate([units[~collected], parts[filled]])
        owner = np.concatenate([owner[~collected], owner[collected][index[filled]]])
    return units, owner


def _closed(units: Geometries, owner: NDArray[np.intp], geometries: Geometries) -> Geometries:
    """Put collections together again; None where nothing is left of a row."""
    finished = np.full(len(geometries), None, dtype=object)
    collected = shapely.get_type_id(geometries) == COLLECTION
    single = ~collected[owner]
    finished[owner[single]] = units[single]
    for row in np.flatnonzero(collected):
        parts = [part for part in units[owner == row] if part is not None]
        finished[row] = shapely.GeometryCollection(parts) if parts else None
    return finished


def _still_multi(units: Geometries, types: NDArray[np.integer]) -> Geometries:
    """Return geometries of many parts as such, where only one part is left."""
    result = units.copy()
    for position in np.flatnonzero(
        (types > FIRST_MULTI) & (shapely.get_num_geometries(units) == 1)
    ):
        result[position] = multi(simple_parts(units[[position]]))
    return result


def _wound(units: Geometries) -> Geometries:
    """Return areas with exterior rings anticlockwise and holes clockwise; the rest as it is."""
    wound = units.copy()
    areas = shapely.get_dimensions(units) == 2
    # GEOS's normal form has them the other way round.
    wound[areas] = shapely.reverse(shapely.normalize(units[areas]))
    return wound


def lonlat_bbox(geometries: Geometries) -> list[float] | None:
    """Return west, south, east, north in degrees of finished geometries; None where there is none.

    The box is the narrowest that holds them all, so west is greater than east where it crosses
    the antimeridian (RFC 7946, section 5.2).

    Examples
    --------
    >>> import shapely
    >>> lonlat_bbox(shapely.points([[177, -20], [-178, -16]]))
    [177.0, -20.0, -178.0, -16.0]
    """
    parts = simple_parts(np.asarray(geometries, dtype=object)[~shapely.is_missing(geometries)])
    if not len(parts):
        return None
    bounds = shapely.bounds(parts)
    west, east = _longitudes(bounds[:, 0], bounds[:, 2])
    return [west, float(bounds[:, 1].min()), east, float(bounds[:, 3].max())]


def _longitudes(west: NDArray[np.float64], east: NDArray[np.float64]) -> tuple[float, float]:
    """Return the ends of the shortest arc of longitudes that holds all the given ones."""
    order = np.argsort(west, kind="stable")
    starts, reach = west[order], np.maximum.accumulate(east[order])
    gaps = starts[1:] - reach[:-1]
    outer = starts[0] + 360 - reach[-1]
    if not len(gaps) or gaps.max() <= outer:
        return float(starts[0]), float(reach[-1])
    widest = int(gaps.argmax())
    return float(starts[widest + 1]), float(reach[widest])
