"""Is a layer what the study needs? What can be mended is mended and told; the rest is refused."""

import datetime as dt
import math
from collections.abc import Callable, Iterable, Sized
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from corridors.errors import LayerError
from corridors.layers.kinds import Column, GeometryKind, LayerKind

__all__ = ["Subject", "check_columns", "check_geometry", "check_ids"]

ACCEPTED: dict[GeometryKind, frozenset[str]] = {
    "point": frozenset({"Point", "MultiPoint"}),
    "line": frozenset({"LineString", "MultiLineString", "LinearRing"}),
    "polygon": frozenset({"Polygon", "MultiPolygon"}),
}
Mask = NDArray[np.bool_]
SHOWN = 60  # characters of a value that is quoted in a message
WHOLE_MAX = 2**53  # whole numbers below are exact in a float


@dataclass(frozen=True)
class Subject:
    """Which layer of which file is being checked, and what was found and mended in it.

    Attributes
    ----------
    kind
        What the layer must be.
    file
        Where it was read.
    findings
        Sentences for the run's summary; grows as checks go by.
    """

    kind: LayerKind
    file: Path | None = None
    findings: list[str] = field(default_factory=list)

    def refuse(self, problem: str, rows: Iterable[int] = (), todo: str | None = None) -> LayerError:
        """Return the error that names this layer, and the rows of the file."""
        return LayerError(problem, file=self.file, layer=self.kind.name, rows=rows, todo=todo)

    def note(self, sentence: str) -> None:
        """Record what was found and mended."""
        self.findings.append(f"{self.kind.name}: {sentence}")


def check_geometry(frame: gpd.GeoDataFrame, subject: Subject) -> gpd.GeoDataFrame:
    """Return the layer with valid geometries of the right type, or refuse it.

    Raises
    ------
    LayerError
        When the layer is empty, or a row has no geometry, coordinates that are not finite or not
        degrees, or a geometry of another type.
    """
    if frame.empty:
        todo = ", or leave the layer out" if subject.kind.optional else ""
        raise subject.refuse("is empty", todo=f"give at least one row{todo}")
    with np.errstate(invalid="ignore"):  # what is not finite is refused by its row
        shapes = shapely.force_2d(np.asarray(frame.geometry.array))
    rows = _Rows(shapes, frame.index.to_numpy(), subject)
    rows.refuse(
        shapely.is_missing(shapes) | shapely.is_empty(shapes),
        "there is no geometry",
        "fill it in or delete the row",
    )
    _refuse_not_finite(rows)
    if frame.crs.is_geographic:
        _refuse_not_degrees(rows)
    _refuse_other_types(rows)
    if subject.kind.geometry == "point":
        rows = replace(rows, geometry=_single_points(rows))
    geometry, keep = _repaired(rows)
    return frame.set_geometry(geometry, crs=frame.crs)[keep]


@dataclass(frozen=True)
class _Rows:
    """Geometries, and where each stands in its file."""

    geometry: NDArray[np.object_]
    number: NDArray[np.int64]
    subject: Subject

    def refuse(self, bad: Mask, problem: str, todo: str) -> None:
        if bad.any():
            raise self.subject.refuse(problem, self.number[bad], todo)

    def named(self, mask: Mask) -> str:
        numbers = self.number[mask]
        named = ", ".join(str(row) for row in numbers[:5])
        more = f" and {len(numbers) - 5} more" if len(numbers) > 5 else ""
        return f"row{'s' if len(numbers) > 1 else ''} {named}{more}"


def _refuse_not_finite(rows: _Rows) -> None:
    xy, owner = shapely.get_coordinates(rows.geometry, return_index=True)
    bad = np.zeros(len(rows.geometry), dtype=bool)
    bad[owner[~np.isfinite(xy).all(axis=1)]] = True
    rows.refuse(bad, "coordinates are NaN or infinite", "correct or delete the row")


def _refuse_not_degrees(rows: _Rows) -> None:
    bounds = shapely.bounds(rows.geometry)
    bad = np.any(np.abs(bounds) > [180, 90, 180, 90], axis=1)
    if bad.any():
        x, y = bounds[np.flatnonzero(bad)[0], :2]
        swapped = abs(x) <= 90 and abs(y) <= 180
        rows.refuse(
            bad,
            f"coordinates ({x:g}, {y:g}) are not degrees of longitude and latitude",
            "the axes look swapped: longitude comes first"
            if swapped
            else "the file is in another reference system than it declares: declare the right one",
        )


def _refuse_other_types(rows: _Rows) -> None:
    wanted = rows.subject.kind.geometry
    names = np.array([one.geom_type for one in rows.geometry])
    bad = ~np.isin(names, list(ACCEPTED[wanted]))
    found = ", ".join(sorted(set(names[bad])))
    rows.refuse(
        bad,
        f"holds {found} where {wanted}s are needed",
        "take the right layer, or convert the geometry",
    )


def _single_points(rows: _Rows) -> NDArray[np.object_]:
    many = shapely.get_num_geometries(rows.geometry) > 1
    rows.refuse(many, "a row holds several points", "split it into one row a point")
    return np.asarray(shapely.get_geometry(rows.geometry, 0))


def _repaired(rows: _Rows) -> tuple[NDArray[np.object_], Mask]:
    """Return valid geometries, and which rows to keep: a line of no length is none."""
    geometry, subject = rows.geometry, rows.subject
    keep = np.ones(len(geometry), dtype=bool)
    if subject.kind.geometry == "line":
        keep = shapely.length(geometry) > 0
        if not keep.all():
            subject.note(f"{rows.named(~keep)} left out: a line of no length")
        if not keep.any():
            raise subject.refuse("has only lines of no length")
        return geometry, keep
    invalid = ~shapely.is_valid(geometry)
    if invalid.any():
        reason = shapely.is_valid_reason(geometry[invalid][0])
        mended = shapely.make_valid(geometry[invalid], method="structure", keep_collapsed=False)
        geometry = geometry.copy()
        geometry[invalid] = mended
        subject.note(f"{rows.named(invalid)} repaired: invalid geometry ({reason})")
        gone = shapely.is_empty(geometry)
        rows.refuse(gone, "the polygon has no area", "correct or delete the row")
    return geometry, keep


def check_ids(frame: gpd.GeoDataFrame, subject: Subject) -> gpd.GeoDataFrame:
    """Return the layer with a text column ``id`` that names each row once.

    A file without the column gets the positions of its rows.

    Raises
    ------
    LayerError
        When an id is empty or there twice.
    """
    if "id" not in frame.columns:
        subject.note("has no column 'id'; rows are named by their position in the file")
        return frame.assign(id=[f"{subject.kind.name}-{row}" for row in frame.index])
    ids = _plain(frame["id"]).map(_id_text)
    missing = np.asarray(ids.isna())
    if missing.any():
        rows = frame.index[missing]
        raise subject.refuse("the id is empty", rows, "give each row an id of its own")
    twice = np.asarray(ids.duplicated(keep=False))
    if twice.any():
        first = ids.iloc[np.flatnonzero(twice)[0]]
        raise subject.refuse(
            f"the id '{first}' is there more than once",
            frame.index[np.asarray(ids == first)],
            "give each row an id of its own",
        )
    return frame.assign(id=ids)


def _plain(values: pd.Series) -> pd.Series:
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


def _id_text(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, float) and value.is_integer() and abs(value) < WHOLE_MAX:
        return str(int(value))
    return str(value).strip()


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
        values = _TYPES[column.type](_plain(frame[column.name]), column, subject)
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
