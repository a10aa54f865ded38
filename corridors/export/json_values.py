"""Values as JSON knows them: finite numbers, text, booleans, null, lists and objects."""

import dataclasses
import datetime as dt
import enum
import json
import math
import numbers
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path, PurePath
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry.base import BaseGeometry

from corridors.errors import LayerError, OutputError
from corridors.export.whole import write_bytes

__all__ = ["json_bytes", "json_column", "json_text", "json_value", "property_columns", "write_json"]


def json_value(value: object) -> Any:
    """Return a value in the terms of JSON.

    What is not a finite number (NaN, an infinity, NaT, a missing value) becomes None. Dates and
    times become ISO 8601 text, durations ISO 8601 durations, paths text with forward slashes,
    data classes objects of their fields, sets sorted lists.

    Parameters
    ----------
    value
        Anything that a table, a scenario or a result may hold.

    Raises
    ------
    OutputError
        When there is no honest way to say it in JSON: bytes, complex numbers, geometries.

    Examples
    --------
    >>> import numpy as np
    >>> json_value({"hours": np.float32(0.1), "peak": float("inf"), "rows": np.array([1, 2])})
    {'hours': 0.1, 'peak': None, 'rows': [1, 2]}
    """
    if isinstance(value, enum.Enum):
        return json_value(value.value)
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    for kinds, convert in _CONVERSIONS:
        if isinstance(value, kinds):
            return convert(value)
    return _container(value)


def _number(value: numbers.Number) -> int | float | None:
    if isinstance(value, numbers.Integral):
        return int(value)
    if isinstance(value, np.floating) and not isinstance(value, float):
        # The shortest decimal of a float32, not the digits of its float64 neighbour.
        number = float(str(value))
    elif isinstance(value, complex | np.complexfloating):
        raise OutputError(f"the complex number {value} has no form in JSON; write its parts")
    else:
        number = float(value)  # type: ignore[arg-type]  # Decimal and Fraction are numbers too
    return number if math.isfinite(number) else None


def _moment(value: Any) -> str | None:
    if isinstance(value, np.datetime64):
        value = pd.Timestamp(value)
    elif isinstance(value, dt.timedelta | np.timedelta64):
        value = pd.Timedelta(value)
    return None if value is pd.NaT else str(value.isoformat())


def _container(value: object) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: json_value(getattr(value, field.name))
            for field in dataclasses.fields(value)
        }
    if isinstance(value, Mapping):
        return {str(key): json_value(item) for key, item in value.items()}
    if isinstance(value, set | frozenset):
        return sorted((json_value(item) for item in value), key=json_text)
    if isinstance(value, np.ndarray | pd.Series | pd.Index):
        return (
            [json_value(item) for item in value.tolist()] if value.ndim else json_value(value[()])
        )
    if isinstance(value, Iterable) and not isinstance(
        value, bytes | bytearray | memoryview | BaseGeometry
    ):
        return [json_value(item) for item in value]
    message = (
        f"a value of type {type(value).__name__} has no form in JSON; "
        "turn it into text, numbers or lists first, or leave it out"
    )
    raise OutputError(message)


# In this order: a boolean is a number to Python, and no number to a reader.
_CONVERSIONS: tuple[tuple[tuple[type, ...], Callable[[Any], Any]], ...] = (
    ((str,), str),
    ((bool, np.bool_), bool),
    ((dt.date, dt.time, dt.timedelta, np.datetime64, np.timedelta64), _moment),
    ((numbers.Number,), _number),
    ((PurePath,), PurePath.as_posix),
    ((pd.Period, pd.Interval), str),
)


def json_text(value: object, *, indent: int | None = None) -> str:
    """Return a value as strict JSON: the same value gives the same text.

    Parameters
    ----------
    value
        Anything that `json_value` takes; the order of keys is kept.
    indent
        Spaces for each level; None writes one line without blanks.

    Examples
    --------
    >>> json_text({"share": float("nan"), "posts": [1, 2]})
    '{"share":null,"posts":[1,2]}'
    """
    separators = (",", ":") if indent is None else (",", ": ")
    return json.dumps(
        json_value(value),
        allow_nan=False,
        ensure_ascii=False,
        indent=indent,
        separators=separators,
    )


def json_bytes(text: str) -> bytes:
    """Return JSON text as UTF-8; half a surrogate pair becomes the escape that JSON has for it."""
    return text.encode("utf-8", "backslashreplace")


def write_json(path: Path | str, obj: object) -> None:
    """Write a JSON file for people and programs: indented, finite, the same each time.

    Parameters
    ----------
    path
        The file; it is replaced at the end and whole, or not at all.
    obj
        Anything that `json_value` takes. NaN and the infinities become null.

    Raises
    ------
    OutputError
        When the file cannot be written, or a value has no form in JSON.
    """
    write_bytes(path, json_bytes(json_text(obj, indent=2) + "\n"))


def property_columns(gdf: gpd.GeoDataFrame, *, name: str) -> dict[str, list[Any]]:
    """Return the columns of a layer, but its geometry, as lists of JSON values.

    Parameters
    ----------
    gdf
        The layer.
    name
        What to call it in an error.

    Raises
    ------
    LayerError
        When two columns have one name, or a column holds what has no form in JSON.
    """
    columns: dict[str, list[Any]] = {}
    for position, label in enumerate(gdf.columns):
        if label == gdf.geometry.name:
            continue
        key = str(label)
        if key in columns:
            raise LayerError(
                f"two columns are called '{key}'", layer=name, todo="rename one of them"
            )
        columns[key] = json_column(gdf.iloc[:, position], name=name)
    return columns


def json_column(column: pd.Series, *, name: str) -> list[Any]:
    """Return a column as a list of JSON values.

    Raises
    ------
    LayerError
        When it holds what has no form in JSON; `name` is the layer's in the message.
    """
    if column.dtype == np.float64:
        return [value if math.isfinite(value) else None for value in column.tolist()]
    if column.dtype.kind in "iub" and not column.hasnans:
        return list(column.tolist())
    is_narrow = column.dtype.kind == "f"  # a list of it would have the digits of float64
    values = (
        list(column.to_numpy(column.to_numpy().dtype, na_value=np.nan))
        if is_narrow
        else column.tolist()
    )
    try:
        return [json_value(value) for value in values]
    except OutputError as error:
        raise LayerError(f"column '{column.name}': {error}", layer=name) from error
