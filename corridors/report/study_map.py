"""What a study's map shows, before anyone has drawn it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import geopandas as gpd

from corridors.crs import Bounds, require_crs
from corridors.errors import LayerError
from corridors.raster import Raster
from corridors.report.kinds import KINDS, LayerKind, TooltipField
from corridors.report.symbols import Style

__all__ = ["MapLayer", "RasterLayer", "StudyMap"]


@dataclass(frozen=True)
class MapLayer:
    """One layer of a study's map.

    Everything but the first four fields may be left out: the kind of layer then says it.

    Attributes
    ----------
    name
        Short identifier, unique in the map: ``checkpoints``.
    title
        What the reader sees: ``Checkpoints``.
    gdf
        Features in any declared CRS; the columns that a kind knows are listed in
        `corridors.report.kinds`, and a column that is not there is not shown.
    kind
        What the features are, one of `corridors.report.kinds.KINDS`. A layer of kind
        ``corridors`` draws the rows whose column ``kind`` is "overlap", one of kind ``through``
        those whose ``kind`` is "through", so that both can be given the same table.
    style
        How the features look; None takes the kind's look.
    shown
        Whether the layer is switched on at first; None takes the kind's habit.
    group
        The heading it stands under in the list of layers; None takes the kind's.
    tooltip
        What a reader sees on hovering; None takes the kind's fields.
    label_column
        Column with the name written beside a feature; None takes the kind's, "" writes none.
    synthetic
        Whether the layer is made up. A layer with a true value in its column ``synthetic`` is
        marked even where this is False.
    focus
        Whether places near its features are named before others; near bands and paths they always
        are.
    """

    name: str
    title: str
    gdf: gpd.GeoDataFrame
    kind: LayerKind
    style: Style | None = None
    shown: bool | None = None
    group: str | None = None
    tooltip: tuple[TooltipField, ...] | None = None
    label_column: str | None = None
    synthetic: bool = False
    focus: bool = False

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise LayerError(
                f"the kind {self.kind!r} is not known",
                layer=self.name,
                todo=f"use one of {', '.join(KINDS)}",
            )
        require_crs(self.gdf, name=f"layer '{self.name}'")


@dataclass(frozen=True)
class RasterLayer:
    """A grid of values laid over the relief in steps of colour.

    Attributes
    ----------
    name, title, shown, group, synthetic
        As in `MapLayer`.
    raster
        The values in any projected CRS; NaN stays transparent.
    breaks
        Limits between the classes, ascending, in the raster's units.
    least
        What is below it stays clear; None draws every value.
    much_is_dark
        Whether the greatest values are the darkest; else the least are.
    looks
        Label and colour of each class, one more than there are breaks, for what goes two ways from
        a middle; no colour leaves a class clear and out of the legend. None given, the classes
        have the map's ramp and are labelled by their limits.
    """

    name: str
    title: str
    raster: Raster
    breaks: tuple[float, ...]
    least: float | None = None
    much_is_dark: bool = False
    shown: bool = False
    group: str = "Travel time"
    synthetic: bool = False
    looks: tuple[tuple[str, str | None], ...] = ()

    def __post_init__(self) -> None:
        limits = self.breaks if self.least is None else (self.least, *self.breaks)
        if not self.breaks or list(limits) != sorted(set(limits)):
            raise LayerError(
                f"the breaks {limits} are not an ascending list",
                layer=self.name,
                todo="give the limits between the classes, such as (1, 2, 4, 8)",
            )
        if self.looks and len(self.looks) != len(self.breaks) + 1:
            raise LayerError(
                f"there are {len(self.looks)} looks for {len(self.breaks) + 1} classes",
                layer=self.name,
                todo="give a label and a colour for each class, one more than there are breaks",
            )


@dataclass(frozen=True)
class StudyMap:
    """All that the map of a study shows.

    Attributes
    ----------
    title, subtitle
        The page's headings: ``Sinjar border corridors`` and ``January 2020, bad weather``.
    relief
        Elevation in metres, in the study's metric CRS: the base of the map.
    layers
        From any source, in the order of the list of layers. The kind of a layer says what is
        drawn above what.
    bounds
        West, south, east, north of the study area in degrees (WGS 84); the map starts there.
    attributions
        One line for each source of data, with its licence.
    synthetic_note
        What is made up, in one or two plain sentences; always visible on the map.
    assumptions
        What the study takes for granted, one sentence each.
    found
        What the map rests on in figures, one line each, such as how many travellers were drawn;
        under how to read it, and under the picture.
    how_to_read
        Sentences for someone who sees the map for the first time; empty lets the map write
        them from its layers.
    language
        The language of the texts, as HTML names it.
    """

    title: str
    subtitle: str
    relief: Raster
    layers: Sequence[MapLayer | RasterLayer]
    bounds: Bounds
    attributions: Sequence[str] = ()
    synthetic_note: str = ""
    assumptions: Sequence[str] = ()
    found: Sequence[str] = ()
    how_to_read: Sequence[str] = field(default=())
    language: str = "en"

    def __post_init__(self) -> None:
        names = [layer.name for layer in self.layers]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise LayerError(
                f"the name '{twice[0]}' is used by two layers of the map",
                todo="give each layer a name of its own",
            )
        west, south, east, north = self.bounds
        if not (-180 <= west < east <= 180 and -85 < south < north < 85):
            raise LayerError(
                f"the map's bounds {self.bounds} are not west, south, east, north in degrees",
                todo="give the study box in longitude and latitude",
            )
