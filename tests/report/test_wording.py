"""Values in words."""

import datetime as dt
import math

import pandas as pd
import pytest

from corridors.report.wording import Unit, words, words_of_interval


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (0.0, "share", "none"),
        (0.0004, "share", "under 0.1%"),
        (0.043, "share", "4.3%"),
        (1.0, "share", "100%"),
        (-0.0, "share", "none"),
        (-0.0004, "share", "0%"),
        (-0.006, "share", "-0.6%"),
        (-0.0, "percent", "0%"),
        (-0.04, "percent", "0%"),
        (-0.04, "km", "0 km"),
        (-0.4, "count", "0"),
        (-0.004, "hours", "0 min"),
        (-0.003, "number", "0"),
        (0.003, "number", "0"),
        (-0.03, "number", "-0.03"),
        (0.99, "hours", "59 min"),
        (0.999, "hours", "1 h"),
        (1.98, "hours", "2 h"),
        (17.78, "hours", "17 h 45 min"),
        (30.4, "hours", "30 h"),
        (450, "metres", "450 m"),
        (140_000, "metres", "140 km"),
        (1_739_800, "count", "1,739,800"),
        (0.77, "number", "0.77"),
        (pd.Timestamp("2020-01-14"), "date", "14 January 2020"),
        (dt.date(2019, 11, 3), "date", "3 November 2019"),
        ("winter 2019", "date", "winter 2019"),
        ("on_foot", "code", "on foot"),
        (False, "synthetic", "documented"),
        (math.nan, "hours", ""),
        (math.inf, "hours", ""),
        (pd.NaT, "date", ""),
        (None, "text", ""),
        ("many", "km", "many"),
    ],
)
def test_a_value_is_said_as_a_reader_would_say_it(value: object, unit: Unit, expected: str) -> None:
    assert words(value, unit) == expected


def test_an_interval_needs_both_ends() -> None:
    assert words_of_interval(1.0, math.nan, "hours") == ""
    assert words_of_interval(1.0, 2.5, "hours") == "1 h to 2 h 30 min"


def test_an_interval_around_nothing_has_no_negative_zero() -> None:
    assert words_of_interval(-0.0004, 0.0004, "share") == "0 to under 0.1%"
    assert words_of_interval(-0.02, -0.0, "share") == "-2 to 0%"
