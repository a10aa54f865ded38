"""Figures as the report writes them: with their interval, and no more exact than they are."""

import math
from typing import Any

import geopandas as gpd
import numpy as np

from corridors.crs import LONLAT, project_points
from corridors.report.page.markup import Html, element
from corridors.report.wording import words, words_of_interval, words_of_share

__all__ = [
    "and_joined",
    "degree_words",
    "help_after",
    "percentile_words",
    "places_in_words",
    "point_words",
    "share_told",
    "sign_words",
]

HUNDREDTHS = 2


def share_told(row: Any, column: str) -> Html:
    """Return a share of a row over its interval, where it has one.

    Examples
    --------
    >>> share_told({"loss": 0.25, "loss_low": 0.2, "loss_high": 0.31}, "loss")
    '<span>25%<small>20 to 31%</small></span>'
    """
    interval = words_of_interval(row[f"{column}_low"], row[f"{column}_high"], "share")
    told = words(row[column], "share")
    # That nobody passes at all may be certain, and then there is nothing to add.
    doubted = interval and row[f"{column}_high"] > 0
    return element("span", told, element("small", interval) if doubted else "")


def point_words(value: float, low: float, high: float) -> str:
    """Return a change of a share, in percentage points with a sign, and its interval.

    Examples
    --------
    >>> point_words(0.021, 0.004, 0.046)
    '+2.1 (+0.4 to +4.6)'
    """
    return f"{_points(value)} ({_points(low)} to {_points(high)})"


def _points(share: float) -> str:
    rounded = round(100 * share, 1)
    return f"{rounded:+.1f}".replace("-", "\N{MINUS SIGN}") if rounded else "0"


def sign_words(low: float, high: float) -> str:
    """Return which way an interval of a worth points.

    Examples
    --------
    >>> sign_words(0.01, 0.02), sign_words(-0.01, 0.01)
    ('+ helps', '± cannot be told')
    """
    if low > 0:
        return "+ helps"
    return "\N{MINUS SIGN} makes it worse" if high < 0 else "± cannot be told"


def places_in_words(points: gpd.GeoSeries) -> list[str]:
    """Return points to a hundredth of a degree, about a kilometre.

    Parameters
    ----------
    points
        In any declared CRS.

    Examples
    --------
    >>> places_in_words(gpd.GeoSeries.from_xy([42.0721, -1.5], [36.8068, -0.25], crs=4326))
    ['36.81° N, 42.07° E', '0.25° S, 1.50° W']
    """
    lon, lat = project_points(
        np.asarray(points.x, float), np.asarray(points.y, float), from_crs=points.crs, to_crs=LONLAT
    )
    return [
        f"{degree_words(north, 'NS')}, {degree_words(east, 'EW')}"
        for east, north in zip(lon, lat, strict=True)
    ]


def degree_words(degrees: float, sides: str) -> str:
    """Return degrees to a hundredth, with the side of the globe.

    Examples
    --------
    >>> degree_words(-16.061, "NS")
    '16.06° S'
    """
    return f"{abs(degrees):.{HUNDREDTHS}f}° {sides[int(degrees < 0)]}"


def help_after(hours: float) -> str:
    """Return how long help takes; infinite where none can come, NaN where there is none.

    Examples
    --------
    >>> help_after(1.5), help_after(float("inf")), help_after(float("nan"))
    ('1 h 30 min', 'cannot come', '')
    """
    return "cannot come" if math.isinf(hours) else words(hours, "hours")


def percentile_words(row: Any, column: str, unit: Any) -> str:
    """Return a median, and what eight in ten lie between."""
    between = words_of_interval(row[f"{column}_p10"], row[f"{column}_p90"], unit)
    return f"{words(row[f'{column}_p50'], unit)} ({between})"


def and_joined(names: list[str], shares: list[float] | None = None, *, most: int = 6) -> str:
    """Return names as a list in a sentence, the first few of many.

    Examples
    --------
    >>> and_joined(["a", "b", "c"], [0.5, 0.3, 0.2])
    'a (50%), b (30%) and c (20%)'
    """
    told = list(names)
    if shares is not None and len(names) > 1:
        told = [
            f"{name} ({words_of_share(share)})" for name, share in zip(names, shares, strict=True)
        ]
    if len(told) > most:
        told = [*told[: most - 1], f"{len(told) - most + 1} others"]
    return told[0] if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}"
