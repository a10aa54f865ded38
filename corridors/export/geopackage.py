"""One GeoPackage with all layers of a study, which QGIS opens styled."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from corridors.crs import require_crs
from corridors.errors import LayerError, OutputError
from corridors.export.json_values import json_column, json_text
from corridors.export.qml import to_qml
from corridors.export.styles import DEFAULT_STYLES, Style
from corridors.export.whole import whole_file
from corridors.layers.openable import writable

__all__ = ["LAST_CHANGE", "write_geopackage"]

# Not the clock's: the same layers give the same bytes.
LAST_CHANGE = "2000-01-01T00:00:00.000Z"
GEOMETRY = "geom"
ROW_ID = "fid"
# The newest that GIS programs of some years' standing read without a warning.
FORMAT_VERSION = "1.2"
STYLES_TABLE = "layer_styles"
KEPT_KINDS = "biuf"
SINGLE_POINT = 0
FIRST_MULTI, COLLECTION = 4, 7
BY_DIMENSION = {0: "MultiPoint", 1: "MultiLineString", 2: "MultiPolygon"}
BY_SYMBOL = {"fill": "MultiPolygon", "line": "MultiLineString", "marker": "Point"}

# As QGIS makes it (QgsOgrProviderMetadata), so that it also saves its own styles here.
CREATE_STYLES = """
CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  f_table_catalog TEXT(256), f_table_schema TEXT(256), f_table_name TEXT(256),
  f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
  useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30),
  update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')))
"""
INSERT_STYLE = """
INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column,
  styleName, styleQML, styleSLD, useAsDefault, description, owner, ui, update_time)
VALUES ('', '', ?, ?, ?, ?, '', 1, ?, '', NULL, ?)
"""
# QGIS looks for styles only in a table that the package lists among its contents.
REGISTER_STYLES = """
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, srs_id)
VALUES ('layer_styles', 'attributes', 'layer_styles', 'QGIS styles of the layers', ?, 0)
"""


def write_geopackage(
    layers: Mapping[str, gpd.GeoDataFrame],
    path: Path | str,
    *,
    styles: Mapping[str, Style | str] | None = None,
    titles: Mapping[str, str] | None = None,
    attribution: str | None = None,
    last_change: str = LAST_CHANGE,
) -> None:
    """Write layers to one GeoPackage, each in its own CRS; the same layers give the same bytes.

    Lines and polygons become multi-part, heights are left out, infinities become null, and lists
    and other things without a column type become JSON text.

    Parameters
    ----------
    layers
        Name and layer, in the order of drawing in the file; they are not changed.
    path
        The file; it is replaced at the end and whole, or not at all.
    styles
        For each layer a style or QML text. None takes the defaults for the layers that have one.
    titles
        What people call the layers; a layer without one is called by its name.
    attribution
        Who is to be named; written into each layer's description.
    last_change
        The date that the package bears, as ``YYYY-MM-DDTHH:MM:SS.SSSZ``.

    Raises
    ------
    CRSError
        When a layer declares no CRS.
    LayerError
        When two columns have one name (SQLite does not look at case).
    OutputError
        When there is no layer, a layer cannot have its name, or the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> import geopandas as gpd
    >>> posts = gpd.GeoDataFrame(
    ...     {"name": ["A"]}, geometry=gpd.points_from_xy([757649.66], [4023265.98]), crs=32637)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_geopackage({"checkpoints": posts}, Path(folder) / "study.gpkg")
    ...     gpd.read_file(Path(folder) / "study.gpkg", layer="checkpoints")["name"].tolist()
    ['A']
    """
    _require_names(layers)
    chosen = DEFAULT_STYLES if styles is None else styles
    identifiers = _identifiers(layers, titles or {})
    with whole_file(path) as whole, writable(whole) as unfinished:
        with _dated(last_change):
            for number, (name, gdf) in enumerate(layers.items()):
                _write_layer(
                    gdf,
                    unfinished,
                    name=name,
                    style=chosen.get(name),
                    append=number > 0,
                    options={
                        "IDENTIFIER": identifiers[name],
                        "DESCRIPTION": attribution or "",
                        "GEOMETRY_NAME": GEOMETRY,
                        "FID": _row_id(gdf),
                    },
                )
        _write_styles(unfinished, _qml_by_layer(layers, chosen), identifiers, last_change)


def _require_names(layers: Mapping[str, gpd.GeoDataFrame]) -> None:
    if not layers:
        raise OutputError("there is no layer to write to the GeoPackage; give at least one")
    seen: set[str] = set()
    for name in layers:
        low = name.lower()
        if not low.isidentifier() or low.startswith(("gpkg_", "rtree_", "sqlite_")):
            raise OutputError(
                f"a GeoPackage layer cannot be called {name!r}; use letters, digits and _"
            )
        if low == STYLES_TABLE or low in seen:
            raise OutputError(f"the layer name {name!r} is taken in the GeoPackage; rename it")
        seen.add(low)


def _qml_by_layer(
    layers: Mapping[str, gpd.GeoDataFrame], styles: Mapping[str, Style | str]
) -> dict[str, str]:
    return {
        name: style if isinstance(style, str) else to_qml(style)
        for name, style in ((name, styles[name]) for name in layers if name in styles)
    }


def _identifiers(
    layers: Mapping[str, gpd.GeoDataFrame], titles: Mapping[str, str]
) -> dict[str, str]:
    """Return what people call the layers; the format wants each to be another."""
    wanted = {name: titles.get(name, name) for name in layers}
    called = list(wanted.values())
    return {
        name: title if called.count(title) == 1 else f"{title} ({name})"
        for name, title in wanted.items()
    }


@contextmanager
def _dated(last_change: str) -> Iterator[None]:
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": last_change})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})


def _write_layer(
    gdf: gpd.GeoDataFrame,
    path: Path,
    *,
    name: str,
    style: Style | str | None,
    append: bool,
    options: Mapping[str, str],
) -> None:
    table = _table(gdf, name)
    geometry_type = _geometry_type(np.asarray(table.geometry.array), style)
    try:
        pyogrio.write_dataframe(
            table,
            path,
            layer=name,
            driver="GPKG",
            geometry_type=geometry_type,
            promote_to_multi=geometry_type.startswith("Multi"),
            append=append,
            dataset_options={} if append else {"VERSION": FORMAT_VERSION},
            layer_options=dict(options),
        )
    except (pyogrio.errors.DataSourceError, ValueError, RuntimeError) as error:
        raise OutputError(f"layer '{name}' cannot be written to the GeoPackage: {error}") from error


def _table(gdf: gpd.GeoDataFrame, name: str) -> gpd.GeoDataFrame:
    """Return a copy of a layer with only such columns as a GeoPackage has types for."""
    if gdf.active_geometry_name is None:
        raise LayerError(
            "it has no geometry column", layer=name, todo="name one with gdf.set_geometry(...)"
        )
    crs = require_crs(gdf, name=f"layer '{name}'")
    columns = {}
    for position, label in enumerate(gdf.columns):
        if label != gdf.active_geometry_name:
            columns[str(label)] = _plain(gdf.iloc[:, position], name)
    low = [key.lower() for key in columns]
    twice = sorted({key for key in columns if low.count(key.lower()) > 1} | _repeated(gdf))
    if twice or GEOMETRY in low:
        named = ", ".join(twice) or GEOMETRY
        raise LayerError(
            f"column names are taken in a GeoPackage: {named}", layer=name, todo="rename them"
        )
    flat = shapely.force_2d(np.asarray(gdf.geometry.array, dtype=object))
    frame = pd.DataFrame(columns, index=pd.RangeIndex(len(gdf)))
    return gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries(flat, index=frame.index, crs=crs))


def _repeated(gdf: gpd.GeoDataFrame) -> set[str]:
    labels = gdf.columns.astype(str)
    return set(labels[labels.duplicated()])


def _plain(values: pd.Series, name: str) -> Any:
    dtype = values.dtype
    if isinstance(dtype, np.dtype) and dtype.kind == "M":
        return values.array
    if isinstance(dtype, np.dtype) and dtype.kind in KEPT_KINDS:
        bare = values.to_numpy()
        return np.where(np.isfinite(bare), bare, np.nan) if dtype.kind == "f" else bare
    return _typed(json_column(values, name=name))


def _typed(values: list[Any]) -> Any:
    kinds = {type(value) for value in values if value is not None}
    if kinds == {bool}:
        return pd.array(values, dtype="boolean")
    if kinds == {int}:
        return pd.array(values, dtype="Int64")
    if kinds and kinds <= {int, float}:
        return np.array(values, dtype=np.float64)
    texts = [
        value if value is None or isinstance(value, str) else json_text(value) for value in values
    ]
    return np.array(texts, dtype=object)


def _geometry_type(geometries: Any, style: Style | str | None) -> str:
    located = geometries[~(shapely.is_missing(geometries) | shapely.is_empty(geometries))]
    if not len(located):
        return BY_SYMBOL[style.symbol.kind] if isinstance(style, Style) else "Unknown"
    types = set(np.unique(shapely.get_type_id(located)).tolist())
    dimensions = set(np.unique(shapely.get_dimensions(located)).tolist())
    if types == {SINGLE_POINT}:
        return "Point"
    if len(dimensions) > 1 or COLLECTION in types:
        return "Unknown"
    return BY_DIMENSION[dimensions.pop()]


def _row_id(gdf: gpd.GeoDataFrame) -> str:
    """Return a name for SQLite's row number that no column of the layer has."""
    taken = {str(label).lower() for label in gdf.columns}
    name = ROW_ID
    while name in taken:
        name = f"ogc_{name}"
    return name


def _write_styles(
    path: Path, qml: Mapping[str, str], titles: Mapping[str, str], last_change: str
) -> None:
    if not qml:
        return
    with closing(sqlite3.connect(path)) as package, package:
        package.execute(CREATE_STYLES)
        package.execute(REGISTER_STYLES, (last_change,))
        package.executemany(
            INSERT_STYLE,
            [
                (name, GEOMETRY, f"{name[:22]} default", text, titles[name], last_change)
                for name, text in qml.items()
            ],
        )
