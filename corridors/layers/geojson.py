"""What a GeoJSON file says in its own words, where GDAL's reading of it hides a mistake."""

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

__all__ = ["first_endless_number", "flags_among"]

RECORD_SEPARATOR = "\x1e"


class _Endless(str):
    """A number that is too large to be one, as it is written."""

    __slots__ = ()


def first_endless_number(path: Path) -> tuple[int, str, str] | None:
    """Return where a file has a number that no computer holds, which GDAL tells by line only.

    Returns
    -------
    row, column, text
        Of the first one: the row counts from 0, the column is ``"a coordinate"`` for one in a
        shape; None where there is none, or the file is no JSON.
    """
    for row, feature in enumerate(_features(path)):
        properties = feature.get("properties")
        for column, value in properties.items() if isinstance(properties, dict) else ():
            if isinstance(value, _Endless):
                return row, str(column), str(value)
        for value in _within(feature.get("geometry")):
            if isinstance(value, _Endless):
                return row, "a coordinate", str(value)
    return None


def flags_among(path: Path, column: str) -> dict[int, bool]:
    """Return the rows where a column holds true or false, which GDAL makes 1 and 0 among numbers.

    Parameters
    ----------
    path
        The file.
    column
        Its own name for it.
    """
    found = {}
    for row, feature in enumerate(_features(path)):
        properties = feature.get("properties")
        value = properties.get(column) if isinstance(properties, dict) else None
        if isinstance(value, bool):
            found[row] = value
    return found


def _features(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the features of a file: a collection, one feature, or one on each line."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        try:
            table = _parsed(text)
            features = table.get("features", [table]) if isinstance(table, dict) else []
        except json.JSONDecodeError:
            lines = text.replace(RECORD_SEPARATOR, "").splitlines()
            features = [_parsed(line) for line in lines if line.strip()]
    except (OSError, ValueError, RecursionError):
        return
    for feature in features if isinstance(features, list) else ():
        yield feature if isinstance(feature, dict) else {}


def _parsed(text: str) -> Any:
    return json.loads(text, parse_float=_number, parse_constant=_Endless)


def _number(text: str) -> object:
    value = float(text)
    return value if math.isfinite(value) else _Endless(text)


def _within(value: object) -> Iterator[object]:
    """Yield every value of a shape, however deep its lists are."""
    left = [value]
    while left:
        one = left.pop()
        if isinstance(one, dict):
            left.extend(reversed(list(one.values())))
        elif isinstance(one, list):
            left.extend(reversed(one))
        else:
            yield one
