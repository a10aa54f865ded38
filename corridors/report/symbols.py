"""Symbols: what a class of features looks like, and which feature belongs to which class."""

import math
from dataclasses import dataclass
from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["SHAPES", "Style", "Symbol"]

Shape = Literal[
    "area",
    "line",
    "radius",
    "circle",
    "square",
    "diamond",
    "gate",
    "tent",
    "shield",
    "burst",
    "star",
    "cross",
    "plus",
    "minus",
    "flag",
]
Ring = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Symbol:
    """How the features of one class look.

    Attributes
    ----------
    label
        The class in the legend; empty where the layer's title says enough.
    shape
        ``area``, ``line``, ``radius`` (a circle on the ground, its radius taken from
        `Style.radius_column`), or the shape of a point symbol.
    colour
        Of the stroke, as ``#rrggbb``.
    fill
        Of the inside; None leaves it empty.
    width_px
        Of the stroke.
    opacity, fill_opacity
        From 0 to 1.
    dash
        Lengths of strokes and gaps in pixels; empty for a solid stroke.
    casing
        Colour of a wider line underneath, which lifts a line off the relief; None for none.
    casing_px
        How much the casing stands out on each side.
    size_px
        Half the width of a point symbol.
    """

    label: str
    shape: Shape
    colour: str = "#333333"
    fill: str | None = None
    width_px: float = 1.5
    opacity: float = 1.0
    fill_opacity: float = 1.0
    dash: tuple[float, ...] = ()
    casing: str | None = None
    casing_px: float = 1.5
    size_px: float = 5.0


@dataclass(frozen=True)
class Style:
    """The classes of a layer and which feature belongs to which.

    Attributes
    ----------
    symbols
        One for each class.
    column
        The column that decides the class; None puts every feature into the first.
    breaks
        For a column of numbers: the lower limits of the classes after the first.
    values
        For a column of categories: the value of each class; other values take the last.
    radius_column
        Metres on the ground for symbols of shape ``radius``.

    Examples
    --------
    >>> import geopandas as gpd
    >>> gdf = gpd.GeoDataFrame({"share": [0.02, 0.3, None]})
    >>> few, many = Symbol("few", "line"), Symbol("many", "line", width_px=6)
    >>> Style((few, many), column="share", breaks=(0.1,)).classify(gdf).tolist()
    [0, 1, 0]
    """

    symbols: tuple[Symbol, ...]
    column: str | None = None
    breaks: tuple[float, ...] = ()
    values: tuple[str, ...] = ()
    radius_column: str | None = None

    def classify(self, gdf: gpd.GeoDataFrame) -> NDArray[np.intp]:
        """Return the index of each row's symbol; a value that is not known takes the first."""
        if self.column is None or self.column not in gdf.columns:
            return np.zeros(len(gdf), dtype=np.intp)
        column = gdf[self.column]
        if self.values:
            place = {value: index for index, value in enumerate(self.values)}
            last = len(self.symbols) - 1
            return np.array([place.get(str(value), last) for value in column], dtype=np.intp)
        numbers = pd.to_numeric(column, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
        classes = np.searchsorted(np.array(self.breaks), numbers, side="right")
        return np.where(np.isnan(numbers), 0, classes).astype(np.intp)


def _star(points: int, inner: float) -> Ring:
    corners = []
    for step in range(2 * points):
        radius = 1.0 if step % 2 == 0 else inner
        angle = math.pi * step / points
        corners.append((round(radius * math.sin(angle), 3), round(-radius * math.cos(angle), 3)))
    return tuple(corners)


def _circle(corners: int = 36) -> Ring:
    angles = [2 * math.pi * step / corners for step in range(corners)]
    return tuple((round(math.sin(angle), 3), round(-math.cos(angle), 3)) for angle in angles)


# Outlines in a box from -1 to 1, y downward as on a screen; both maps draw these.
SHAPES: dict[str, Ring] = {
    "circle": _circle(),
    "square": ((-0.85, -0.85), (0.85, -0.85), (0.85, 0.85), (-0.85, 0.85)),
    "diamond": ((0, -1.1), (1.1, 0), (0, 1.1), (-1.1, 0)),
    "gate": (
        (-1.0, 0.9),
        (-1.0, -0.9),
        (1.0, -0.9),
        (1.0, 0.9),
        (0.4, 0.9),
        (0.4, -0.2),
        (-0.4, -0.2),
        (-0.4, 0.9),
    ),
    "tent": ((-1.1, 0.85), (0, -1.0), (1.1, 0.85), (0.35, 0.85), (0, 0.15), (-0.35, 0.85)),
    "shield": ((-0.9, -0.95), (0.9, -0.95), (0.9, 0.15), (0, 1.1), (-0.9, 0.15)),
    "burst": _star(8, 0.5),
    "star": _star(5, 0.45),
    "cross": (
        (-1.0, -0.55),
        (-0.55, -1.0),
        (0, -0.45),
        (0.55, -1.0),
        (1.0, -0.55),
        (0.45, 0),
        (1.0, 0.55),
        (0.55, 1.0),
        (0, 0.45),
        (-0.55, 1.0),
        (-1.0, 0.55),
        (-0.45, 0),
    ),
    "plus": (
        (-0.35, -1.05),
        (0.35, -1.05),
        (0.35, -0.35),
        (1.05, -0.35),
        (1.05, 0.35),
        (0.35, 0.35),
        (0.35, 1.05),
        (-0.35, 1.05),
        (-0.35, 0.35),
        (-1.05, 0.35),
        (-1.05, -0.35),
        (-0.35, -0.35),
    ),
    "minus": ((-1.15, -0.4), (1.15, -0.4), (1.15, 0.4), (-1.15, 0.4)),
    # The foot of the pole is a little below the middle, where the place is.
    "flag": (
        (-0.15, 0.5),
        (-0.15, -1.3),
        (1.2, -0.75),
        (0.15, -0.25),
        (0.15, 0.5),
    ),
}
