"""Figures of a plan: gains are small, so that shares keep a decimal."""

import math

from corridors.report.page.markup import Html, paragraphs

__all__ = ["NUMBER", "PHRASE", "PLACE", "percent", "points", "rest"]

# Kinds of columns in the page's style.
NUMBER, PLACE, PHRASE = "number", "place", "phrase"
MINUS = "\N{MINUS SIGN}"


def percent(share: float) -> str:
    """Return a share in percent with a decimal, or nothing where it is not known.

    Examples
    --------
    >>> percent(0.2096), percent(-1e-9), percent(float("nan"))
    ('21.0%', '0.0%', '')
    """
    return "" if math.isnan(share) else f"{points(share)}%"


def points(share: float, *, sign: bool = False) -> str:
    """Return a difference of shares in percentage points, or nothing where it is not known.

    Examples
    --------
    >>> points(0.0304), points(0.01, sign=True), points(float("nan"))
    ('3.0', '+1.0', '')
    """
    if math.isnan(share):
        return ""
    rounded = round(100 * share, 1) + 0.0
    told = f"{rounded:+.1f}" if sign and rounded else f"{rounded:.1f}"
    return told.replace("-", MINUS)


def rest(shown: int, count: int, what: str, file: str) -> Html:
    """Return where the rows are that a table leaves out, or nothing where it holds all."""
    told = f"{shown} of {count} {what}; all of them are in {file}." if shown < count else ""
    return paragraphs([told], kind="note")
