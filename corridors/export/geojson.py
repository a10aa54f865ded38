"""GeoJSON by the letter of RFC 7946, by a writer of our own.

GDAL's and GeoPandas' writers put infinities, metres or a `crs` member into the file, or do not
look at a geometry again after rounding it.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely

from corridors.errors import LayerError, OutputError
from corridors.export.json_values import json_bytes, json_text, json_value, property_columns
from corridors.export.lonlat import GeometryReport, LonLat, lonlat_bbox, lonlat_geometries
from corridors.export.whole import write_bytes

__all__ = ["to_geojson", "write_geojson"]

# RFC 7946, sections 3.3, 4 and 7.1: the collection's own members, and those it must not have.
RESERVED = frozenset(
    {"type", "features", "bbox", "crs", "geometry", "properties", "coordinates", "geometries"}
)


def write_geojson(
    gdf: gpd.GeoDataFrame,
    path: Path | str,
    *,
    decimals: int = 6,
    title: str | None = None,
    synthetic: bool | None = None,
    metadata: Mapping[str, object] | None = None,
) -> GeometryReport:
    """Write a layer as a GeoJSON file, one feature a line; the same layer gives the same bytes.

    Parameters
    ----------
    gdf
        A layer in any CRS that it declares; it is not changed.
    path
        The file; it is replaced at the end and whole, or not at all.
    decimals
        Digits after the point of longitudes and latitudes in degrees; 6 is about 0.1 m.
    title, synthetic, metadata
        See `to_geojson`.

    Returns
    -------
    GeometryReport
        Which rows were cut, mended, or are too small for `decimals`. Nothing is lost that it does
        not name.

    Raises
    ------
    CRSError, LayerError, OutputError
        See `to_geojson`; or when the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> import geopandas as gpd
    >>> posts = gpd.GeoDataFrame(
    ...     {"id": ["a"], "hours": [float("inf")]},
    ...     geometry=gpd.points_from_xy([757649.66], [4023265.98]), crs=32637)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     report = write_geojson(posts, Path(folder) / "posts.geojson", decimals=3)
    ...     print((Path(folder) / "posts.geojson").read_text(), report.unchanged)
    {
    "type":"FeatureCollection",
    "bbox":[41.87,36.32,41.87,36.32],
    "features":[
    {"type":"Feature","id":"a","geometry":{"type":"Point","coordinates":[41.87,36.32]},"properties":{"id":"a","hours":null}}
    ]
    }
    True
    """
    name = Path(path).stem
    lonlat = lonlat_geometries(gdf, decimals=decimals, name=name)
    head = _head(gdf, lonlat, title=title, synthetic=synthetic, metadata=metadata)
    members = [f"{json_text(key)}:{json_text(value)}" for key, value in head.items()]
    features = ",\n".join(_feature_texts(gdf, lonlat, name))
    members.append(f'"features":[\n{features}\n]' if features else '"features":[]')
    text = "{\n" + ",\n".join(members) + "\n}\n"
    write_bytes(path, json_bytes(text))
    return lonlat.report


def to_geojson(
    gdf: gpd.GeoDataFrame,
    *,
    decimals: int = 6,
    title: str | None = None,
    synthetic: bool | None = None,
    metadata: Mapping[str, object] | None = None,
    name: str = "layer",
) -> dict[str, Any]:
    """Return a layer as a GeoJSON feature collection.

    The column ``id``, where there is one, also becomes the features' ``id``. What happened to
    the geometries on the way is told by `lonlat_geometries` and by `write_geojson`.

    Parameters
    ----------
    gdf
        A layer in any CRS that it declares; it is not changed.
    decimals
        Digits after the point of longitudes and latitudes in degrees; 6 is about 0.1 m.
    title
        What the layer shows.
    synthetic
        Whether the layer rests on made-up input. None: true where a column ``synthetic`` is true
        in some row, and else not said.
    metadata
        More members of the collection, such as attribution and source.
    name
        What to call the layer in an error.

    Raises
    ------
    CRSError
        When the layer declares no CRS.
    LayerError
        When ids are not unique, a coordinate is no place on Earth, or a value has no form in JSON.
    OutputError
        When `metadata` has a member that RFC 7946 reserves, or `decimals` is not 0 to 12.

    Examples
    --------
    >>> import geopandas as gpd
    >>> post = gpd.GeoDataFrame(geometry=gpd.points_from_xy([41.87], [36.32]), crs=4326)
    >>> collection = to_geojson(post, title="Posts", synthetic=True)
    >>> collection["title"], collection["synthetic"], collection["bbox"]
    ('Posts', True, [41.87, 36.32, 41.87, 36.32])
    """
    lonlat = lonlat_geometries(gdf, decimals=decimals, name=name)
    head = _head(gdf, lonlat, title=title, synthetic=synthetic, metadata=metadata)
    return {**head, "features": [json.loads(text) for text in _feature_texts(gdf, lonlat, name)]}


def _head(
    gdf: gpd.GeoDataFrame,
    lonlat: LonLat,
    *,
    title: str | None,
    synthetic: bool | None,
    metadata: Mapping[str, object] | None,
) -> dict[str, Any]:
    members: dict[str, object] = {"type": "FeatureCollection"}
    if title is not None:
        members["title"] = title
    marked = _marked_synthetic(gdf) if synthetic is None else synthetic
    if marked is not None:
        members["synthetic"] = marked
    reserved = sorted(RESERVED & set(metadata or {}))
    if reserved:
        raise OutputError(
            f"a GeoJSON collection cannot have the metadata {', '.join(reserved)}: RFC 7946 "
            "keeps these names for itself; choose others"
        )
    members.update(metadata or {})
    bbox = lonlat_bbox(lonlat.geometries)
    if bbox is not None:
        members["bbox"] = bbox
    return {key: json_value(value) for key, value in members.items()}


def _marked_synthetic(gdf: gpd.GeoDataFrame) -> bool | None:
    if "synthetic" not in gdf.columns:
        return None
    return any(value is not None and bool(value) for value in json_value(gdf["synthetic"])) or None


def _feature_texts(gdf: gpd.GeoDataFrame, lonlat: LonLat, name: str) -> list[str]:
    columns = property_columns(gdf, name=name)
    geometries = shapely.to_geojson(lonlat.geometries)
    ids = _ids(columns, len(gdf), name)
    keys = list(columns)
    rows = zip(*columns.values(), strict=True) if columns else iter([()] * len(gdf))
    return [
        f'{{"type":"Feature",{identity}"geometry":{geometry or "null"},'
        f'"properties":{_compact(dict(zip(keys, row, strict=True)))}}}'
        for identity, geometry, row in zip(ids, geometries, rows, strict=True)
    ]


# One encoder for all rows: making one for each takes longer than encoding.
_compact = json.JSONEncoder(allow_nan=False, ensure_ascii=False, separators=(",", ":")).encode


def _ids(columns: Mapping[str, list[Any]], rows: int, name: str) -> list[str]:
    if "id" not in columns:
        return [""] * rows
    ids = [_identity(value) for value in columns["id"]]
    _require_unique(ids, name)
    return ["" if value is None else f'"id":{_compact(value)},' for value in ids]


def _identity(value: Any) -> str | float | None:
    """Return an id as RFC 7946 knows it: a string or a number."""
    plain = isinstance(value, str | int | float) and not isinstance(value, bool)
    return value if value is None or plain else _compact(value)


def _require_unique(ids: list[Any], name: str) -> None:
    first: dict[Any, int] = {}
    for row, value in enumerate(ids):
        if value is None:
            continue
        if value in first:
            raise LayerError(
                f"the id {value!r} is there twice",
                layer=name,
                rows=[first[value], row],
                todo="give each row its own id",
            )
        first[value] = row
