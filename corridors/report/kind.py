"""What can be said of a kind of layer: where it stands, how it looks, what it tells."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import geopandas as gpd

from corridors.report.symbols import Style
from corridors.report.wording import Unit

__all__ = ["Kind", "TooltipField"]


@dataclass(frozen=True)
class TooltipField:
    """One line of what a feature tells when it is pointed at.

    Attributes
    ----------
    column
        Where the value stands. Columns named like it and ending in ``_low`` and ``_high`` are
        taken as its interval.
    label
        What the value is, in a reader's words.
    unit
        How it is written out.
    missing
        What to say where there is no value; empty leaves the line out.
    """

    column: str
    label: str
    unit: Unit = "text"
    missing: str = ""


@dataclass(frozen=True)
class Kind:
    """The conventions for one kind of layer.

    Attributes
    ----------
    group
        Heading in the list of layers.
    order
        Drawn above kinds with a smaller number.
    style
        Makes the look from the data.
    tooltip
        What a feature tells.
    title_column
        Columns for the first line of the tooltip, the first one that is there counts.
    label_column
        The name written on the map.
    label_unit
        How the name is written out: a number may be one.
    label_order
        Names with a smaller number are placed first, and lesser ones only when there is room.
    label_from
        For labels that are numbers: the least that is written.
    shown
        Whether it is on at first.
    label_more
        A column with words that follow the name.
    stacked
        What features are that lie over each other, in the plural, so that pointing at one tells of
        all that are there; empty for others.
    rows
        The value of the column ``kind`` that rows must have to be drawn, where that column is.
    """

    group: str
    order: int
    style: Callable[[gpd.GeoDataFrame], Style]
    tooltip: tuple[TooltipField, ...] = ()
    title_column: tuple[str, ...] = ("name",)
    label_column: str = ""
    label_unit: Unit = "text"
    label_order: float = 9.0
    label_from: float = -math.inf
    label_more: str = ""
    stacked: str = ""
    shown: bool = True
    rows: str | None = None
