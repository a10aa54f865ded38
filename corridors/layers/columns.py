"""The columns of a layer: typed, complete and inside their limits, or refused with their row."""

import datetime as dt
import math
from collections.abc import Callable, Sized
from decimal import Decimal
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from corridors.layers.kinds import Column
from corridors.layers.subject import Subject

__all__ = ["check_columns", "plain_cells"]

Mask = NDArray[np.bool_]
SHOWN = 60  # characters of a value that is quoted in a message


def plain_cells(values: pd.Series) -> pd.Series:
    """Return values of any storage as Python objects, with None where a cell is empty."""
    cells = [None if _is_missing(value) else value for value in values.astype(object)]
    return pd.Series(cells, index=values.index, dtype=object)


def _is_missing(value: Any) -> bool:
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, Sized):  # a list or a table in a cell
        return len(value) == 0
    return bool(pd.isna(value))


def _shown(value: object) -> str:
    text = f"{value:g}" if isinstance(value, float) else repr(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."


def check_columns(frame: gpd.GeoDataFrame, subject: Subject, *, as_of: dt.date) -> gpd.GeoDataFrame:
    """Return the layer with the columns of its kind, typed, complete and inside their limits.

    Parameters
    ----------
    frame
        The layer, indexed by position in the file.
    subject
        What it is.
    as_of
        The day of the study: no date may be later.

    Raises
    ------
    LayerError
        When a column is missing, or a value is empty, of the wrong type, out of its limits, or a
        date that does not parse or is later than `as_of`.
    """
    checked = frame.copy()
    for column in subject.kind.columns:
        if column.name not in frame.columns:
            if column.required:
                others = ", ".join(str(name) for name in frame.columns if name != "geometry")
                raise subject.refuse(
                    f"has no column '{column.name}'",
                    todo=f"its columns are {others}: name the right one in the layer's table, "
                    f"columns = {{{column.name} = '...'}}, or give a value for all rows, "
                    f"defaults = {{{column.name} = ...}}",
                )
            checked[column.name] = _absent(column, len(frame))
            _tell_assumed(np.ones(len(frame), dtype=bool), column, subject)
            continue
        values = _TYPES[column.type](plain_cells(frame[column.name]), column, subject)
        _refuse_empty(values, column, subject)
        _refuse_outside(values, column, subject)
        if column.type == "date":
            _refuse_later(values, column, subject, as_of)
        checked[column.name] = values
    return checked


def _absent(column: Column, rows: int) -> object:
    if column.default is not None:
        return column.default
    return np.full(rows, np.nan) if column.type == "number" else None


def _tell_assumed(absent: Mask, column: Column, subject: Subject) -> None:
    """Tell of values that stand in for none, where results rest on them."""
    if column.assumed and absent.any():
        count, value = int(absent.sum()), column.default
        rows = "1 of its rows has" if count == 1 else f"{count} of its rows have"
        shown = str(value).lower() if isinstance(value, bool) else f"{value}"
        subject.note(
            f"{rows} no {column.name}; taken as {shown}, which is an assumption: say otherwise in "
            f"the file, or with defaults = {{{column.name} = ...}}"
        )


def _text(values: pd.Series, _column: Column, _subject: Subject) -> pd.Series:
    texts = [None if value is None else str(value) for value in values]
    return pd.Series(texts, index=values.index, dtype=object)


def _number(values: pd.Series, column: Column, subject: Subject) -> pd.Series:
    numbers = values.map(_as_number).astype(float)
    bad = numbers.isna() & ~values.isna()
    if bad.any():
        rows = values.index[bad]
        raise subject.refuse(
            f"{column.name} is {_shown(values[rows[0]])}, which is not a number", rows, "correct it"
        )
    return numbers


def _as_number(value: object) -> float:
    """Return a number, NaN for what is none: infinity is as little one as a word or a flag is."""
    if isinstance(value, bool | np.bool_ | dt.date) or not isinstance(
        value, str | int | float | np.number | Decimal
    ):
        return math.nan
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return math.nan
    return number if math.isfinite(number) else math.nan


_FLAGS = {
    "true": True,
    "false": False,
    "yes": True,
    "no": False,
    "1": True,
    "0": False,
    "t": True,
    "f": False,
    "y": True,
    "n": False,
    "1.0": True,
    "0.0": False,
}


def _flag(values: pd.Series, column: Column, subject: Subject) -> pd.Series:
    flags = values.map(lambda value: _FLAGS.get(str(value).strip().lower()))
    empty = values.isna()
    bad = flags.isna() & ~empty
    if bad.any():
        rows = values.index[bad]
        raise subject.refuse(
            f"{column.name} is {_shown(values[rows[0]])}, which is neither true nor false",
            rows,
            "write true or false",
        )
    _tell_assumed(np.asarray(empty), column, subject)
    return flags.where(~empty, bool(column.default)).astype(bool)


def _date(values: pd.Series, column: Column, subject: Subject) -> pd.Series:
    days = pd.Series([_day(value) for value in values], index=values.index, dtype=object)
    bad = days.isna() & ~values.isna()
    if bad.any():
        rows = values.index[bad]
        raise subject.refuse(
            f"{column.name} is {_shown(values[rows[0]])}, which is not a date",
            rows,
            "write dates as 2020-01-14",
        )
    return days


def _day(value: object) -> dt.date | None:
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    text = str(value).strip().replace("/", "-")
    for parse in (dt.date.fromisoformat, dt.datetime.fromisoformat):
        try:
            day = parse(text)
        except ValueError:
            continue
        return day.date() if isinstance(day, dt.datetime) else day
    return None


_TYPES: dict[str, Callable[[pd.Series, Column, Subject], pd.Series]] = {
    "text": _text,
    "number": _number,
    "flag": _flag,
    "date": _date,
}


def _refuse_empty(values: pd.Series, column: Column, subject: Subject) -> None:
    empty = values.isna()
    if empty.any() and not column.nullable:
        raise subject.refuse(
            f"{column.name} is empty", values.index[empty], "fill it in, or delete the row"
        )


def _refuse_outside(values: pd.Series, column: Column, subject: Subject) -> None:
    if column.choices:
        bad = ~values.isin(column.choices) & ~values.isna()
        limit = f"one of {', '.join(column.choices)}"
    elif column.low is not None and column.high is not None:
        bad = (values < column.low) | (values > column.high)
        limit = f"between {column.low:g} and {column.high:g}"
    else:
        return
    if bad.any():
        rows = values.index[bad]
        found = _shown(values[rows[0]])
        raise subject.refuse(f"{column.name} is {found}; it must be {limit}", rows, "correct it")


def _refuse_later(values: pd.Series, column: Column, subject: Subject, as_of: dt.date) -> None:
    later = values.map(lambda day: day is not None and day > as_of)
    if later.any():
        rows = values.index[later]
        raise subject.refuse(
            f"{column.name} {values[rows[0]]} comes after the study's as_of {as_of}",
            rows,
            "leave later events out (where = ...), or move as_of",
        )
