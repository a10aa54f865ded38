"""Values as a reader says them: rounded, with a unit, in words."""

import datetime as dt
import math
from collections.abc import Callable, Sequence
from typing import Any, Literal

import pandas as pd

__all__ = [
    "Unit",
    "words",
    "words_of_change",
    "words_of_code",
    "words_of_hours",
    "words_of_interval",
    "words_of_points",
    "words_of_share",
]

Unit = Literal[
    "text",
    "code",
    "share",
    "share_at_least",
    "percent",
    "hours",
    "km",
    "km2",
    "metres",
    "kmh",
    "count",
    "number",
    "date",
    "yes",
    "synthetic",
]

# What is less is rounded away.
LEAST_TOLD = 0.05

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


def words(value: Any, unit: Unit) -> str:
    """Return a value as a reader says it, or an empty text where there is none.

    Examples
    --------
    >>> words(0.384, "share"), words(1.62, "hours"), words(3200, "metres"), words(None, "km")
    ('38%', '1 h 35 min', '3.2 km', '')
    """
    if _is_missing(value):
        return ""
    if unit in {"text", "code", "date", "yes", "synthetic"}:
        return _words_of_thing(value, unit)
    try:
        number = float(value)
    except (TypeError, ValueError):
        return str(value)
    return _words_of_number(number, unit) if math.isfinite(number) else ""


def _words_of_number(number: float, unit: Unit) -> str:
    written: dict[str, Callable[[float], str]] = {
        "share": words_of_share,
        "share_at_least": lambda share: f"at least {words_of_share(share)}",
        "percent": lambda percent: f"{_rounded(percent)}%",
        "hours": words_of_hours,
        "metres": lambda m: f"{_rounded(m)} m" if m < 1000 else f"{_rounded(m / 1000)} km",
        "km": lambda km: f"{_rounded(km)} km",
        "km2": lambda km2: f"{_rounded(km2)} km²",
        "kmh": lambda kmh: f"{_rounded(kmh)} km/h",
        "count": lambda count: f"{round(count):,}",
        "number": lambda value: (
            f"{_plain_zero(value, 2):.2f}" if 0.005 < abs(value) < 1 else _rounded(value)
        ),
    }
    return written[unit](number)


def words_of_interval(low: Any, high: Any, unit: Unit) -> str:
    """Return an interval as a reader says it, or an empty text where an end is missing.

    Examples
    --------
    >>> words_of_interval(0.12, 0.4, "share"), words_of_interval(0.0, 0.004, "share")
    ('12 to 40%', '0 to 0.4%')
    """
    first, last = (
        "0%" if said == "none" else said for said in (words(low, unit), words(high, unit))
    )
    if not first or not last:
        return ""
    return f"{first.removesuffix('%') if last.endswith('%') else first} to {last}"


def words_of_share(share: float) -> str:
    """Return a share of one in percent, no more exact than it is worth.

    Examples
    --------
    >>> words_of_share(0.0004), words_of_share(0.043), words_of_share(0.25)
    ('under 0.1%', '4.3%', '25%')
    >>> words_of_share(-0.0004), words_of_share(-0.02)
    ('0%', '-2%')
    """
    percent = 100 * share
    if percent == 0:
        return "none"
    if 0 < percent < 0.1:
        return "under 0.1%"
    return f"{_rounded(percent)}%"


def words_of_points(change: tuple[float, float, float]) -> str:
    """Return a difference of shares in percentage points, with its interval.

    Examples
    --------
    >>> words_of_points((-0.203, -0.243, -0.163))
    '20.3 points less (16.3 to 24.3)'
    >>> words_of_points((0.01, -0.004, 0.024))
    '1.0 points more (0.4 less to 2.4 more)'
    """
    return words_of_change([100 * value for value in change], "points")


def words_of_change(change: Sequence[float], unit: str) -> str:
    """Return a difference with its interval, less or more and never with a sign.

    Examples
    --------
    >>> words_of_change((-0.54, -1.2, -0.02), "hours")
    '0.5 hours less (0.0 to 1.2)'
    >>> words_of_change((0.0, -0.6, 0.6), "points")
    '0.0 points (0.6 less to 0.6 more)'
    >>> words_of_change((-0.02, -0.04, 0.0), "points")
    'less than 0.1 points'
    """
    amount, low, high = change
    if math.isnan(amount):
        return "not known"
    if max(map(abs, change)) < LEAST_TOLD:
        return f"less than 0.1 {unit}"
    if low < 0 < high:
        span = f"{-low:.1f} less to {high:.1f} more"
    else:
        span = " to ".join(f"{end:.1f}" for end in sorted((abs(low), abs(high))))
    way = "" if abs(amount) < LEAST_TOLD else " less" if amount < 0 else " more"
    return f"{abs(amount):.1f} {unit}{way} ({span})"


def words_of_hours(hours: float) -> str:
    """Return a duration in hours and minutes, to five minutes from one hour on.

    Examples
    --------
    >>> words_of_hours(0.4), words_of_hours(7.99), words_of_hours(26.2)
    ('24 min', '8 h', '26 h')
    """
    minutes = round(60 * hours)
    if minutes < 60:
        return f"{minutes} min"
    minutes = 5 * round(minutes / 5)
    if minutes >= 20 * 60 or minutes % 60 == 0:
        return f"{round(minutes / 60)} h"
    return f"{minutes // 60} h {minutes % 60} min"


def words_of_code(code: str) -> str:
    """Return a value of a table as words.

    Examples
    --------
    >>> words_of_code("on_foot")
    'on foot'
    """
    return code.replace("_", " ").strip()


def _words_of_thing(value: Any, unit: Unit) -> str:
    if unit == "synthetic":
        return "synthetic (made up)" if bool(value) else "documented"
    if unit == "yes":
        return "yes" if bool(value) else ""
    if unit == "date":
        return _words_of_date(value)
    return words_of_code(str(value)) if unit == "code" else str(value)


def _words_of_date(value: Any) -> str:
    try:
        day = dt.date.fromisoformat(str(value)[:10])
    except ValueError:
        return str(value)
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def _is_missing(value: Any) -> bool:
    if value is None:
        return True
    missing = pd.isna(value)
    return bool(missing) if isinstance(missing, bool) else False


def _rounded(number: float) -> str:
    """Write a number with one decimal below ten, and none from there on."""
    if abs(number) < 10:
        return f"{_plain_zero(number, 1):.1f}".removesuffix(".0")
    return f"{round(number):,}"


def _plain_zero(number: float, decimals: int) -> float:
    """Round a number, and take the sign from what rounds to nothing: no reader knows a -0."""
    return round(number, decimals) + 0.0
