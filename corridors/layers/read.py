"""From a file of any vector format to a layer as it stands there, with its declared CRS."""

import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, cast

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio

from corridors.errors import CorridorsError, LayerError, MissingExtraError, MissingFileError
from corridors.layers.declared import IN_SCENARIO, Words, with_crs
from corridors.layers.geojson import first_endless_number, flags_among
from corridors.layers.kinds import KINDS
from corridors.layers.openable import openable
from corridors.layers.person import person_level_columns
from corridors.layers.subject import FROM_0
from corridors.scenario.model import LayerSource

__all__ = ["read_source"]

CSV = {".csv", ".tsv"}
PARQUET = {".parquet", ".geoparquet", ".pq"}
OSM = (".pbf", ".osm")
TRACK_FILES = {".gpx", ".fit", ".tcx", ".igc", ".nmea"}
OSM_NOT_YET = ("proposed", "construction", "razed", "abandoned", "platform", "elevator")
LON_LAT_NAMES = {"x": "lon,longitude,x", "y": "lat,latitude,y"}
FILES_NAMED = 5
REASON_MAX = 200
SHOWN = 60  # characters of a value that is quoted in a message

Note = Callable[[str], None]


def read_source(
    source: LayerSource,
    path: Path,
    *,
    kind: str,
    numbers: Iterable[str] = (),
    note: Note | None = None,
    words: Words = IN_SCENARIO,
) -> gpd.GeoDataFrame:
    """Read one file of a layer.

    Parameters
    ----------
    source
        What the scenario says of it: layer, condition, columns, CRS.
    path
        Where it is.
    kind
        The kind of layer it is read for, for messages.
    numbers
        Those of our columns that must hold numbers: a flag in one stays a flag.
    note
        Told what the reader found odd and passed over.
    words
        How messages tell the user to say what the file does not.

    Returns
    -------
    geopandas.GeoDataFrame
        Rows in the order of the file, indexed by their position in it (from 0, rows that a
        condition leaves out counted), with columns renamed to ours.

    Raises
    ------
    MissingFileError
        When the file is not there or cannot be opened.
    LayerError
        When the layer or a column that was named is not in it, no CRS is declared, or it holds
        tracks or columns on single persons.
    MissingExtraError
        When the file is GeoParquet and pyarrow is not installed.
    """
    told = note or _nobody
    suffix = path.suffix.lower()
    _require_readable(path, kind)
    if suffix in TRACK_FILES:
        raise _tracks(path, kind)
    _refuse_idle_keys(source, path, kind, suffix)
    with warnings.catch_warnings(record=True) as odd:
        warnings.simplefilter("always")
        frame = _read(path, source, kind, words)
    # GDAL before 3.12 takes a number too large for it as infinite, later ones stop there.
    if _is_json(path) and _holds_endless(frame) and (endless := _endless_number(path, kind)):
        raise endless
    for warning in odd:
        told(f"{path.name}: {_first_line(warning.message)}")
    frame.columns = frame.columns.map(str)
    _refuse_persons(frame, path, kind)
    if not isinstance(frame, gpd.GeoDataFrame):
        raise LayerError(
            "has no geometry",
            file=path,
            layer=kind,
            todo=f"for a table of coordinates {words.xy}; its columns are "
            f"{', '.join(frame.columns)}",
        )
    if not frame.columns.is_unique:
        twice = frame.columns[frame.columns.duplicated()][0]
        raise LayerError(
            f"has two columns called '{twice}'", file=path, layer=kind, todo="rename one"
        )
    frame = with_crs(frame, source, path, kind, words)
    if path.name.lower().endswith(OSM) and kind == "roads" and not source.columns:
        frame = _osm_roads(frame)
    frame = _with_our_columns(frame, source, path, kind)
    return _with_flags(frame, source, path, numbers) if _is_json(path) else frame


def _is_json(path: Path) -> bool:
    return "json" in path.suffix.lower()


def _nobody(_sentence: str) -> None:
    """Stand in for a caller that does not want to know."""


def _require_readable(path: Path, kind: str) -> None:
    try:
        there = path.exists()
        if there and path.is_file():
            with path.open("rb"):
                pass
        near = [] if there else _siblings(path)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        message = f"{path}: the file for layer '{kind}' cannot be read ({reason})"
        raise MissingFileError(message) from error
    if not there:
        others = f"; in that folder there are {', '.join(near)}" if near else ""
        raise MissingFileError(f"{path}: the file for layer '{kind}' is not there{others}")


def _siblings(path: Path) -> list[str]:
    if not path.parent.is_dir():
        return []
    names = sorted(other.name for other in path.parent.iterdir() if other.suffix == path.suffix)
    return names[:FILES_NAMED]


def _tracks(path: Path, kind: str) -> LayerError:
    return LayerError(
        "is a file of tracks, which this toolkit does not take",
        file=path,
        layer=kind,
        todo="places and aggregates are enough: give them as GeoJSON or GeoPackage",
    )


def _refuse_idle_keys(source: LayerSource, path: Path, kind: str, suffix: str) -> None:
    """Refuse keys that would be passed over without a word."""
    if source.x is not None and suffix not in CSV:
        raise LayerError("x and y are for CSV files", file=path, layer=kind, todo="leave them out")
    if suffix in PARQUET:
        for key, value in (("where", source.where), ("layer", source.layer)):
            if value is not None:
                raise LayerError(
                    f"'{key}' is not supported for GeoParquet",
                    file=path,
                    layer=kind,
                    todo="filter the file" if key == "where" else "leave it out",
                )


def _refuse_persons(frame: pd.DataFrame, path: Path, kind: str) -> None:
    # By the names in the file: a mapping of columns must not hide what they are.
    columns = person_level_columns(frame.columns)
    if columns:
        raise LayerError(
            f"holds person-level columns ({', '.join(columns)}), which this toolkit does not take",
            file=path,
            layer=kind,
            todo="delete them from the file; places and aggregates are enough",
        )


def _read(path: Path, source: LayerSource, kind: str, words: Words) -> pd.DataFrame:
    try:
        if path.suffix.lower() in PARQUET:
            return cast(pd.DataFrame, gpd.read_parquet(path)).reset_index(drop=True)
        return _read_ogr(path, source, kind, words)
    except (CorridorsError, MemoryError):
        raise
    except ImportError as error:
        message = (
            f"{path}: reading GeoParquet needs pyarrow; "
            "install it with: pip install 'corridors[parquet]'"
        )
        raise MissingExtraError(message) from error
    except UnicodeDecodeError as error:
        raise LayerError(
            "holds text that is not UTF-8", file=path, layer=kind, todo="save it as UTF-8"
        ) from error
    # OGR, pandas and pyarrow fail in their own ways; whatever stops a reader lies in the file.
    except Exception as error:
        if _is_json(path) and (endless := _endless_number(path, kind)):
            raise endless from error
        raise LayerError(
            f"cannot be read ({_first_line(error)})",
            file=path,
            layer=kind,
            todo="check that the file is whole and its format is what its name says",
        ) from error


def _endless_number(path: Path, kind: str) -> LayerError | None:
    found = first_endless_number(path)
    if found is None:
        return None
    row, column, text = found
    return LayerError(
        f"{column} is {text[:SHOWN]}, which is not a finite number",
        file=path,
        layer=kind,
        rows=[row],
        todo=f"correct it, or delete the row {FROM_0}",
    )


def _holds_endless(frame: pd.DataFrame) -> bool:
    places = np.isinf(frame.total_bounds).any() if isinstance(frame, gpd.GeoDataFrame) else False
    return bool(places or np.isinf(frame.select_dtypes("float")).any(axis=None))


def _first_line(error: object) -> str:
    lines = str(error).strip().splitlines()
    # GDAL's advice on drivers is for its own programs.
    reason = lines[0].split("; It might help")[0].rstrip(".;") if lines else type(error).__name__
    return reason if len(reason) <= REASON_MAX else f"{reason[:REASON_MAX]}..."


def _read_ogr(path: Path, source: LayerSource, kind: str, words: Words) -> pd.DataFrame:
    options: dict[str, Any] = {}
    if path.suffix.lower() in CSV:
        # OGR guesses the types of CSV columns only when asked, and coordinates by their names.
        options = {
            "X_POSSIBLE_NAMES": source.x or LON_LAT_NAMES["x"],
            "Y_POSSIBLE_NAMES": source.y or LON_LAT_NAMES["y"],
            "AUTODETECT_TYPE": "YES",
        }
    if path.is_file() and path.stat().st_size == 0:
        raise LayerError(
            "the file is empty (0 bytes)", file=path, layer=kind, todo="copy or export it again"
        )
    where = openable(path, kind=kind)
    layer = _choose_layer(where, path, source, kind, words)
    driver = pyogrio.read_info(where, layer=layer)["driver"]
    if driver == "GPX":
        raise _tracks(path, kind)
    if driver == "GeoJSON":
        # Dates are ours to read: a day that does not exist is told with its row.
        options = {"DATE_AS_STRING": "YES"}
    if source.where is None:
        return cast(pd.DataFrame, pyogrio.read_dataframe(where, layer=layer, **options))
    every = pyogrio.read_dataframe(
        where, layer=layer, columns=[], read_geometry=False, fid_as_index=True, **options
    )
    try:
        frame = pyogrio.read_dataframe(
            where, layer=layer, where=source.where, fid_as_index=True, **options
        )
    # All rows could be read, so that it is the condition that cannot.
    except (ValueError, RuntimeError) as error:
        columns = ", ".join(str(name) for name in pyogrio.read_info(where, layer=layer)["fields"])
        raise LayerError(
            f"rows of its layer '{layer}' cannot be chosen{_sql_fault(error, source.where)}",
            file=path,
            layer=kind,
            todo=f"check the condition where = {source.where!r}, which is OGR SQL over its columns "
            f"{columns}: texts in single quotes, numbers without",
        ) from error
    return cast(pd.DataFrame, frame.set_axis(every.index.get_indexer(frame.index), axis=0))


def _sql_fault(error: Exception, where: str) -> str:
    """Return what GDAL says of a condition besides repeating it, in brackets."""
    _, found, reason = str(error).partition(f"{where}: ")
    return f" ({_first_line(reason)})" if found and reason.strip() else ""


def _choose_layer(where: str, path: Path, source: LayerSource, kind: str, words: Words) -> str:
    layers = [str(name) for name in pyogrio.list_layers(where)[:, 0]]
    if not layers:
        raise LayerError("holds no layer", file=path, layer=kind, todo="export it again")
    layer = source.layer
    if layer is None and path.name.lower().endswith(OSM):
        layer = {"point": "points", "line": "lines", "polygon": "multipolygons"}[
            KINDS[kind].geometry if kind in KINDS else "line"
        ]
    if layer is None and len(layers) > 1:
        raise LayerError(
            f"holds several layers ({', '.join(layers)})",
            file=path,
            layer=kind,
            todo=f"name one: {words.layer}",
        )
    if layer is not None and layer not in layers:
        raise LayerError(
            f"has no layer '{layer}', only {', '.join(layers)}",
            file=path,
            layer=kind,
            todo="correct its name",
        )
    return layer or layers[0]


def _osm_roads(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the ways of an OpenStreetMap file that are roads and exist, with our column names."""
    exists = frame["highway"].notna() & ~frame["highway"].isin(OSM_NOT_YET)
    return frame[exists].rename(columns={"osm_id": "id", "highway": "road_class"})


def _with_our_columns(
    frame: gpd.GeoDataFrame, source: LayerSource, path: Path, kind: str
) -> gpd.GeoDataFrame:
    geometry = frame.geometry
    shapes = [name for name, dtype in frame.dtypes.items() if dtype == "geometry"]
    table = pd.DataFrame(frame.drop(columns=shapes))
    theirs = list(table.columns)
    missing = [name for name in source.columns.values() if name not in theirs]
    if missing:
        raise LayerError(
            f"has no column '{missing[0]}', only {', '.join(theirs)}",
            file=path,
            layer=kind,
            todo="correct the layer's columns in the scenario",
        )
    # One column of the file may serve as two of ours; one that bears a name of ours gives way.
    kept = table.drop(columns=[*source.columns, *source.columns.values()], errors="ignore")
    ours = {name: table[column] for name, column in source.columns.items()}
    filled = {
        name: value
        for name, value in source.defaults.items()
        if name not in kept.columns and name not in ours
    }
    kept = kept.drop(columns="geometry", errors="ignore").assign(**ours, **filled)
    return gpd.GeoDataFrame(kept, geometry=geometry.to_numpy(), crs=frame.crs)


def _with_flags(
    frame: gpd.GeoDataFrame, source: LayerSource, path: Path, numbers: Iterable[str]
) -> gpd.GeoDataFrame:
    """Return the layer with true and false where GDAL put 1 and 0 among numbers."""
    for name in numbers:
        if name not in frame.columns or not pd.api.types.is_numeric_dtype(frame[name]):
            continue
        if frame[name].dtype == bool or not frame[name].isin([0, 1]).any():
            continue
        flags = flags_among(path, source.columns.get(name, name))
        cells = [flags.get(int(row), value) for row, value in frame[name].items()]
        if any(int(row) in flags for row in frame.index):
            frame = frame.assign(**{name: pd.Series(cells, index=frame.index, dtype=object)})
    return frame
