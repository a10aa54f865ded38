"""A check of GeoJSON files against RFC 7946 that shares no code with the writer.

Public checkers passed a file in metres with wrong winding, so this one is our own.
"""

import itertools
import json
import math
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely

Position = list[float]

FORBIDDEN = {"crs", "coordinates", "geometries", "geometry", "properties"}
DEPTH = {
    "Point": 0,
    "MultiPoint": 1,
    "LineString": 1,
    "MultiLineString": 2,
    "Polygon": 2,
    "MultiPolygon": 3,
}


def assert_rfc7946(path: Path | str, *, decimals: int | None = 6) -> dict[str, Any]:
    """Assert that a file is a feature collection by the letter of RFC 7946, and return it.

    Parameters
    ----------
    path
        The file.
    decimals
        The most digits after the point that a coordinate may have; None for any number.
    """
    text = Path(path).read_bytes().decode("utf-8")
    assert not text.startswith("\ufeff"), "RFC 8259: no byte order mark"
    collection: dict[str, Any] = json.loads(text, parse_constant=_refuse_constant)
    assert_collection(collection, decimals=decimals)
    return collection


def assert_collection(collection: dict[str, Any], *, decimals: int | None = 6) -> None:
    assert collection["type"] == "FeatureCollection"
    assert not FORBIDDEN & set(collection), FORBIDDEN & set(collection)
    features = collection["features"]
    assert isinstance(features, list)
    for feature in features:
        _assert_feature(feature)
    ids = [feature["id"] for feature in features if "id" in feature]
    assert len(set(ids)) == len(ids), "ids are not unique"
    parts = [part for feature in features for part in _parts(feature["geometry"])]
    for kind, coordinates in parts:
        _assert_part(kind, coordinates, decimals)
    _assert_bbox(collection.get("bbox"), [list(_positions(part)) for _, part in parts])
    _assert_finite(collection)


def _refuse_constant(constant: str) -> None:
    message = f"{constant} is not JSON"
    raise AssertionError(message)


def _assert_feature(feature: dict[str, Any]) -> None:
    assert feature["type"] == "Feature"
    assert not {"crs", "coordinates", "geometries", "features"} & set(feature)
    assert feature["properties"] is None or isinstance(feature["properties"], dict)
    assert "geometry" in feature
    if "id" in feature:
        assert isinstance(feature["id"], str | int | float)
        assert not isinstance(feature["id"], bool)


def _parts(geometry: dict[str, Any] | None) -> Iterator[tuple[str, Any]]:
    """Yield each point, line and polygon with its coordinates."""
    if geometry is None:
        return
    assert "crs" not in geometry
    if geometry["type"] == "GeometryCollection":
        for member in geometry["geometries"]:
            yield from _parts(member)
        return
    assert geometry["type"] in DEPTH, geometry["type"]
    coordinates = geometry["coordinates"]
    assert coordinates, "an empty geometry is to be null"
    if geometry["type"].startswith("Multi"):
        for part in coordinates:
            yield geometry["type"].removeprefix("Multi"), part
    else:
        yield geometry["type"], coordinates


def _positions(coordinates: Any) -> Iterator[Position]:
    if isinstance(coordinates[0], list):
        for inner in coordinates:
            yield from _positions(inner)
    else:
        yield coordinates


def _assert_part(kind: str, coordinates: Any, decimals: int | None) -> None:
    for position in _positions(coordinates):
        _assert_position(position, decimals)
    if kind == "LineString":
        assert len(coordinates) >= 2
        assert any(position != coordinates[0] for position in coordinates), "line without length"
        _assert_no_leap(coordinates)
    if kind == "Polygon":
        for number, ring in enumerate(coordinates):
            _assert_ring(ring, is_exterior=number == 0)


def _assert_position(position: Position, decimals: int | None) -> None:
    assert len(position) == 2, f"{position} is not two-dimensional"
    longitude, latitude = position
    assert -180 <= longitude <= 180, longitude
    assert -90 <= latitude <= 90, latitude
    if decimals is not None:
        for number in position:
            exponent = Decimal(repr(number)).normalize().as_tuple().exponent
            assert isinstance(exponent, int)
            assert -exponent <= decimals, number


def _assert_ring(ring: list[Position], *, is_exterior: bool) -> None:
    assert len(ring) >= 4
    assert ring[0] == ring[-1], "ring is not closed"
    doubled_area = _shoelace(ring)
    assert doubled_area != 0, "ring without area"
    assert (doubled_area > 0) is is_exterior, "right-hand rule"
    _assert_no_leap(ring)


def _shoelace(ring: list[Position]) -> Fraction:
    """Return twice the signed area, exactly."""
    exact = [(Fraction(repr(x)), Fraction(repr(y))) for x, y in ring]
    steps = itertools.pairwise(exact)
    return sum((x * v - u * y for (x, y), (u, v) in steps), start=Fraction(0))


def _assert_no_leap(line: list[Position]) -> None:
    for (start, latitude), (end, to_latitude) in itertools.pairwise(line):
        leap = abs(end - start)
        on_rim = abs(start) == 180 and abs(end) == 180
        at_pole = abs(latitude) == 90 and latitude == to_latitude
        assert leap <= 180 or on_rim or at_pole, f"not cut at the antimeridian: {start} to {end}"


def _assert_bbox(bbox: list[float] | None, parts: list[list[Position]]) -> None:
    if not parts:
        assert bbox is None
        return
    assert bbox is not None
    assert len(bbox) == 4
    west, south, east, north = bbox
    positions = [position for part in parts for position in part]
    assert south == min(latitude for _, latitude in positions)
    assert north == max(latitude for _, latitude in positions)
    longitudes = {longitude for longitude, _ in positions}
    assert west in longitudes
    assert east in longitudes
    if west <= east:
        assert west == min(longitudes)
        assert east == max(longitudes)
        return
    # Across the antimeridian: nothing lies in the gap, and no part bridges it.
    for part in parts:
        reach = [longitude for longitude, _ in part]
        assert min(reach) >= west or max(reach) <= east, (reach, bbox)


def _assert_finite(value: Any) -> None:
    if isinstance(value, float):
        assert math.isfinite(value)
    elif isinstance(value, dict):
        for inner in value.values():
            _assert_finite(inner)
    elif isinstance(value, list):
        for inner in value:
            _assert_finite(inner)


def layer(*geometries: shapely.Geometry | None, crs: object = 4326, **columns: Any) -> Any:
    """Return a layer of geometries with columns."""
    return gpd.GeoDataFrame(columns, geometry=list(geometries), crs=crs)
