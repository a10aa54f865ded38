"""From a file of any vector format to a layer as it stands there, with its declared CRS."""

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio

from corridors.crs import parse_crs
from corridors.errors import LayerError, MissingExtraError, MissingFileError
from corridors.layers.kinds import KINDS
from corridors.scenario.model import LayerSource

__all__ = ["read_source"]

PARQUET = {".parquet", ".geoparquet", ".pq"}
OSM = (".pbf", ".osm")
OSM_NOT_YET = ("proposed", "construction", "razed", "abandoned", "platform", "elevator")
LON_LAT_NAMES = {"x": "lon,longitude,x", "y": "lat,latitude,y"}


def read_source(source: LayerSource, path: Path, *, kind: str) -> gpd.GeoDataFrame:
    """Read one file of a layer.

    Parameters
    ----------
    source
        What the scenario says of it: layer, condition, columns, CRS.
    path
        Where it is.
    kind
        The kind of layer it is read for, for messages.

    Returns
    -------
    geopandas.GeoDataFrame
        Rows in the order of the file, indexed from 0, with columns renamed to ours.

    Raises
    ------
    MissingFileError
        When the file is not there or cannot be opened.
    LayerError
        When the layer or a column that was named is not in it, or no CRS is declared.
    MissingExtraError
        When the file is GeoParquet and pyarrow is not installed.
    """
    _require_readable(path, kind)
    frame = (
        _read_parquet(path, source, kind)
        if path.suffix in PARQUET
        else _read_ogr(path, source, kind)
    )
    if not isinstance(frame, gpd.GeoDataFrame):
        raise LayerError(
            "has no geometry",
            file=path,
            layer=kind,
            todo="for a table of coordinates name their columns: x = '...', y = '...'",
        )
    frame = _with_crs(frame, source, path, kind)
    if path.name.endswith(OSM) and kind == "roads" and not source.columns:
        frame = _osm_roads(frame)
    return _with_our_columns(frame.reset_index(drop=True), source, path, kind)


def _require_readable(path: Path, kind: str) -> None:
    if not path.exists():
        near = sorted(other.name for other in path.parent.glob(f"*{path.suffix}"))[:5]
        there = f"; in that folder there are {', '.join(near)}" if near else ""
        raise MissingFileError(f"{path}: the file for layer '{kind}' is not there{there}")
    try:
        if path.is_file():
            with path.open("rb"):
                pass
    except OSError as error:
        message = f"{path}: the file for layer '{kind}' cannot be read ({error.strerror})"
        raise MissingFileError(message) from error


def _read_parquet(path: Path, source: LayerSource, kind: str) -> gpd.GeoDataFrame:
    try:
        frame = gpd.read_parquet(path)
    except ImportError as error:
        message = (
            f"{path}: reading GeoParquet needs pyarrow; "
            "install it with: pip install 'corridors[parquet]'"
        )
        raise MissingExtraError(message) from error
    except (ValueError, OSError) as error:
        raise LayerError(
            f"cannot be read as GeoParquet ({error})", file=path, layer=kind
        ) from error
    if source.where is not None:
        raise LayerError(
            "'where' is not supported for GeoParquet", file=path, layer=kind, todo="filter the file"
        )
    return frame


def _read_ogr(path: Path, source: LayerSource, kind: str) -> pd.DataFrame:
    options: dict[str, object] = {}
    if path.suffix == ".csv":
        # OGR guesses the types of CSV columns only when asked, and coordinates by their names.
        options = {
            "X_POSSIBLE_NAMES": source.x or LON_LAT_NAMES["x"],
            "Y_POSSIBLE_NAMES": source.y or LON_LAT_NAMES["y"],
            "AUTODETECT_TYPE": "YES",
        }
    try:
        layer = _choose_layer(path, source, kind)
        frame: pd.DataFrame = pyogrio.read_dataframe(
            path, layer=layer, where=source.where, **options
        )
    except LayerError:
        raise
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError) as error:
        reason = str(error).strip().splitlines()[0]
        raise LayerError(
            f"cannot be read ({reason})",
            file=path,
            layer=kind,
            todo="check that the file is whole and its format is what its name says",
        ) from error
    return frame


def _choose_layer(path: Path, source: LayerSource, kind: str) -> str:
    layers = [str(name) for name in pyogrio.list_layers(path)[:, 0]]
    layer = source.layer
    if layer is None and path.name.endswith(OSM):
        layer = {"point": "points", "line": "lines", "polygon": "multipolygons"}[
            KINDS[kind].geometry if kind in KINDS else "line"
        ]
    if layer is None and len(layers) > 1:
        raise LayerError(
            f"holds several layers ({', '.join(layers)})",
            file=path,
            layer=kind,
            todo="name one: layer = '...'",
        )
    if layer is not None and layer not in layers:
        raise LayerError(f"has no layer '{layer}', only {', '.join(layers)}", file=path, layer=kind)
    return layer or layers[0]


def _with_crs(
    frame: gpd.GeoDataFrame, source: LayerSource, path: Path, kind: str
) -> gpd.GeoDataFrame:
    if frame.crs is None:
        if source.crs is None:
            raise LayerError(
                "declares no coordinate reference system",
                file=path,
                layer=kind,
                todo="say which it is in: crs = 'EPSG:4326' in the layer's table, if it is in "
                "degrees of longitude and latitude",
            )
        return frame.set_crs(parse_crs(source.crs))
    if source.crs is not None and parse_crs(source.crs) != frame.crs:
        raise LayerError(
            f"declares {frame.crs.name}, but the scenario says {source.crs}",
            file=path,
            layer=kind,
            todo="leave crs out of the scenario, or correct the file",
        )
    return frame


def _osm_roads(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the ways of an OpenStreetMap file that are roads and exist, with our column names."""
    exists = frame["highway"].notna() & ~frame["highway"].isin(OSM_NOT_YET)
    return frame[exists].rename(columns={"osm_id": "id", "highway": "road_class"})


def _with_our_columns(
    frame: gpd.GeoDataFrame, source: LayerSource, path: Path, kind: str
) -> gpd.GeoDataFrame:
    theirs = [str(column) for column in frame.columns]
    missing = [name for name in source.columns.values() if name not in theirs]
    if missing:
        raise LayerError(
            f"has no column '{missing[0]}', only {', '.join(c for c in theirs if c != 'geometry')}",
            file=path,
            layer=kind,
            todo="correct the layer's columns in the scenario",
        )
    renamed = {theirs: ours for ours, theirs in source.columns.items()}
    # A column of the file that already bears the name we give to another would be there twice.
    frame = frame.drop(
        columns=[
            ours
            for ours in source.columns
            if ours in frame.columns and source.columns[ours] != ours
        ]
    )
    frame = frame.rename(columns=renamed)
    if frame.geometry.name != "geometry":
        frame = frame.rename_geometry("geometry")
    for column, value in source.defaults.items():
        if column not in frame.columns:
            frame[column] = value
    return frame
