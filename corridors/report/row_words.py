"""What a row of a layer tells on the map: its tooltip, its name, its journey."""

import math
from typing import Any

import pandas as pd

from corridors.report.kind import Kind, TooltipField
from corridors.report.wording import words, words_of_code, words_of_interval

__all__ = [
    "first_text",
    "is_true",
    "journey_text",
    "label_text",
    "label_weight",
    "longer_text",
    "number",
    "tooltip_lines",
]

# Seats of districts are known names even where nobody counted the people (GeoNames codes).
WEIGHT_OF_SEAT = {"PPLC": 3.0, "PPLA": 2.5, "PPLA2": 2.0, "PPLA3": 1.5}
JOURNEY_ENDS = ("origin", "destination")


def tooltip_lines(
    row: dict[str, Any], fields: tuple[TooltipField, ...]
) -> tuple[tuple[str, str], ...]:
    """Return the lines of a tooltip, label and value, without those that have no value."""
    lines = []
    for field in fields:
        if field.column not in row:
            continue
        value = words(row[field.column], field.unit) or field.missing
        stem = field.column.removesuffix("_expected").removesuffix("_mean")
        interval = words_of_interval(row.get(f"{stem}_low"), row.get(f"{stem}_high"), field.unit)
        if value and interval:
            value = f"{value}, {interval}"
        if value:
            lines.append((field.label, value))
    return tuple(lines)


def first_text(row: dict[str, Any], columns: tuple[str, ...]) -> str:
    """Return the first of some columns that says something."""
    for column in columns:
        text = words(row.get(column), "text")
        if text:
            return words_of_code(text)
    return ""


def label_text(row: dict[str, Any], column: str, kind: Kind) -> str:
    """Return the name on the map, or an empty text."""
    if kind.label_from > -math.inf and number(row.get(column)) < kind.label_from:
        return ""
    # The mark stands in the tooltip and the list of layers; on the map it would hide the ground.
    return words(row.get(column), kind.label_unit).removesuffix(" (synthetic)")


def label_weight(row: dict[str, Any]) -> float:
    """Return how much a label goes before others of its kind, 0 to 3.

    Ten times the people count half a step. `label_weight` from 0 to 1 goes before people.
    """
    given = number(row.get("label_weight"))
    if given > 0:
        return 3 * min(given, 1.0)
    people = number(row.get("population"))
    seat = WEIGHT_OF_SEAT.get(str(row.get("feature_code")), 0.0)
    if people > 1:
        return max(seat, min(3.0, math.log10(people) / 2))
    return seat or min(max(number(row.get("share")), 0.0), 0.4)


def journey_text(row: dict[str, Any]) -> str:
    """Return which journey a row belongs to.

    Examples
    --------
    >>> journey_text({"origin": "A", "destination": "B", "profile": "on_foot"})
    'A to B, on foot'
    >>> journey_text({"origin": "A", "destination": "B", "profile": "on_foot", "rank": 2})
    'A to B, on foot, way 2'
    """
    ends = " to ".join(filter(None, (words(row.get(end), "text") for end in JOURNEY_ENDS)))
    rank = number(row.get("rank"))
    way = f"way {rank:.0f}" if rank else ""
    return ", ".join(filter(None, (ends, words(row.get("profile"), "code"), way)))


def longer_text(row: dict[str, Any]) -> str:
    """Return how much longer than the best a way is, or an empty text.

    Examples
    --------
    >>> longer_text({"extra_share": 0.25})
    '25% longer'
    """
    extra = words(row.get("extra_share"), "share")
    return f"{extra} longer" if extra else ""


def number(value: Any) -> float:
    """Return a finite number, 0 for all that is none."""
    try:
        found = float(value)
    except (TypeError, ValueError):
        return 0.0
    return found if math.isfinite(found) else 0.0


def is_true(value: Any) -> bool:
    """Return whether a value is known and true."""
    return False if value is None or pd.isna(value) else bool(value)
