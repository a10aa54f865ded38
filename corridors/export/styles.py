"""How layers look on a map: symbols, categories, classes, and a default for each layer of a study.

Colours are those of Okabe and Ito (2008, Color universal design), told apart by readers with any
kind of colour vision. Dash and shape carry the meaning a second time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

__all__ = [
    "DEFAULT_STYLES",
    "PALETTE",
    "Category",
    "CategoryValue",
    "GraduatedClass",
    "Style",
    "Symbol",
]

PALETTE: Mapping[str, str] = {
    "black": "#000000",
    "orange": "#e69f00",
    "sky": "#56b4e9",
    "green": "#009e73",
    "yellow": "#f0e442",
    "blue": "#0072b2",
    "vermilion": "#d55e00",
    "purple": "#cc79a7",
    "grey": "#777777",
    "white": "#ffffff",
}


CategoryValue = str | bool | float | None


@dataclass(frozen=True)
class Symbol:
    """One way of drawing a polygon, a line or a point.

    Attributes
    ----------
    kind
        What it draws.
    colour
        Of the fill, the line or the marker, as ``#rrggbb``.
    opacity
        Of the whole symbol, 0 to 1.
    width_mm
        Of the line or the outline, in millimetres on paper or screen; 0 is no outline.
    outline
        Colour of the outline of a fill or a marker; None is the fill's own.
    filled
        Whether a polygon or a marker has an inside.
    dash
        Pattern of the line or the outline.
    size_mm, shape
        Of a marker.
    """

    kind: Literal["fill", "line", "marker"]
    colour: str
    opacity: float = 1.0
    width_mm: float = 0.3
    outline: str | None = None
    filled: bool = True
    dash: Literal["solid", "dash", "dot", "dash dot"] = "solid"
    size_mm: float = 2.5
    shape: Literal["circle", "square", "diamond", "triangle", "star", "cross"] = "circle"


@dataclass(frozen=True)
class Category:
    """How rows with one value of the attribute look; None stands for all other values."""

    value: CategoryValue
    symbol: Symbol
    label: str


@dataclass(frozen=True)
class GraduatedClass:
    """How rows look whose value lies between two limits, both included."""

    lower: float
    upper: float
    symbol: Symbol
    label: str


@dataclass(frozen=True)
class Style:
    """How a layer looks.

    With neither categories nor classes all rows have the one symbol.

    Attributes
    ----------
    symbol
        For a single look, and for what kind of geometry the style is.
    attribute
        The column, or a QGIS expression in its place, that categories or classes are of.
    categories, classes
        One of the two, or none.
    label
        A QGIS expression for the text beside a feature (``"name"`` with its quotes is the column
        of that name), or None.
    downward_by
        Column by whose value rows are drawn, the greatest first and so below the others, those
        without one on top; None draws them as they stand.

    Examples
    --------
    >>> roads = Style(Symbol("line", PALETTE["grey"]), label='"name"')
    >>> roads.symbol.width_mm
    0.3
    """

    symbol: Symbol
    attribute: str | None = None
    categories: tuple[Category, ...] = ()
    classes: tuple[GraduatedClass, ...] = ()
    label: str | None = None
    downward_by: str | None = None

    def __post_init__(self) -> None:
        if self.categories and self.classes:
            raise ValueError("a style has categories or classes, not both")
        if bool(self.categories or self.classes) != (self.attribute is not None):
            raise ValueError("categories and classes need an attribute, and only they do")


NAME = '"name"'


# What a band holds, in the steps that a study draws by itself, and any other way by its kind.
BAND_OR_KIND = """CASE WHEN "kind" = 'band' THEN
CASE WHEN "share" <= 0.5 THEN 'half' WHEN "share" <= 0.8 THEN 'most' ELSE 'nearly all' END
ELSE "kind" END"""


def _corridors() -> Style:
    def band(colour: str) -> Symbol:
        return Symbol("fill", colour, opacity=0.6, width_mm=0)

    through = Symbol("fill", PALETTE["blue"], filled=False, opacity=0.6, width_mm=0.15, dash="dash")
    return Style(
        band("#1470c4"),
        attribute=BAND_OR_KIND,
        categories=(
            Category("half", band("#0a3c9c"), "Holds up to 50 % of what is travelled"),
            Category("most", band("#4fa8dc"), "Up to 80 %, with the darker ground"),
            Category("nearly all", band("#a6d5ea"), "More than 80 %, with the darker ground"),
            Category("through", through, "Corridor of one journey"),
            Category(None, replace(through, colour=PALETTE["grey"]), "Other"),
        ),
        # Bands lie in one another: the one that holds least goes on top, and outlines above all.
        downward_by="share",
    )


def _endpoints() -> Style:
    origin = Symbol("marker", PALETTE["green"], size_mm=4, outline=PALETTE["white"], width_mm=0.5)
    destination = replace(origin, shape="square", outline=PALETTE["black"], width_mm=0.3)
    return Style(
        origin,
        attribute="role",
        categories=(
            Category("origin", origin, "Origin"),
            Category(None, destination, "Destination"),
        ),
        label=NAME,
    )


def _crossings() -> Style:
    is_open = Symbol(
        "marker", PALETTE["green"], size_mm=3, shape="diamond", outline="#000000", width_mm=0.2
    )
    closed = replace(is_open, colour="#000000", shape="cross", outline=None, width_mm=0.8)
    return Style(
        is_open,
        attribute="open",
        categories=(
            Category(False, closed, "Closed crossing"),
            Category(None, is_open, "Crossing"),
        ),
        label=NAME,
    )


def _border_segments() -> Style:
    def line(colour: str, width_mm: float) -> Symbol:
        return Symbol("line", colour, width_mm=width_mm)

    unknown = replace(line(PALETTE["grey"], 0.8), dash="dot")
    return Style(
        unknown,
        # QGIS draws no feature that is in no class, and a stretch of border must not vanish.
        attribute='coalesce("share", -1)',
        classes=(
            GraduatedClass(-1, -0.5, unknown, "share of passages not known"),
            GraduatedClass(0, 0.02, line("#c9b26b", 0.8), "up to 2 %"),
            GraduatedClass(0.02, 0.05, line(PALETTE["orange"], 1.2), "2 to 5 %"),
            GraduatedClass(0.05, 0.15, line(PALETTE["vermilion"], 1.7), "5 to 15 %"),
            GraduatedClass(0.15, 1, line("#7a1f00", 2.3), "more than 15 %"),
        ),
        label="""CASE WHEN "share" >= 0.05 THEN format_number(100 * "share", 0) || ' %' END""",
    )


def _worth() -> Style:
    """Return the look of places for one more sensor: by sign, and by size where it is a gain."""

    def spot(colour: str, size_mm: float) -> Symbol:
        return Symbol(
            "marker", colour, size_mm=size_mm, shape="diamond", outline="#000000", width_mm=0.2
        )

    return Style(
        spot(PALETTE["sky"], 2),
        attribute="worth",
        classes=(
            GraduatedClass(-1, -0.0005, spot(PALETTE["vermilion"], 3), "makes matters worse"),
            GraduatedClass(-0.0005, 0.0005, spot("#bbbbbb", 1.6), "changes nothing"),
            GraduatedClass(0.0005, 0.01, spot(PALETTE["sky"], 2.2), "up to 1 point less"),
            GraduatedClass(0.01, 1, spot(PALETTE["blue"], 3), "more than 1 point less"),
        ),
    )


def _marked(symbol: Symbol, what: str, *, known: str, label: str | None = None) -> Style:
    """Return a look in which made-up rows are hollow and say so in the legend."""
    made_up = replace(symbol, outline=symbol.colour, filled=False, width_mm=0.4)
    return Style(
        symbol,
        attribute="synthetic",
        categories=(
            Category(True, made_up, f"{what}, synthetic"),
            Category(None, symbol, f"{what}, {known}"),
        ),
        label=label,
    )


def _incidents() -> Style:
    star = Symbol(
        "marker", PALETTE["vermilion"], size_mm=2.6, shape="star", outline="#000000", width_mm=0.15
    )
    return _marked(star, "Incident", known="reported")


def _network() -> Style:
    def road(colour: str, width_mm: float) -> Symbol:
        return Symbol("line", colour, width_mm=width_mm)

    track = replace(road("#8c6d46", 0.25), dash="dash")
    return Style(
        road("#8a8a8a", 0.3),
        attribute="road_class",
        categories=(
            Category("motorway", road("#4d4d4d", 0.9), "Motorway"),
            Category("trunk", road("#4d4d4d", 0.7), "Trunk road"),
            Category("primary", road("#5e5e5e", 0.55), "Primary road"),
            Category("secondary", road("#707070", 0.4), "Secondary road"),
            Category("track", track, "Track"),
            Category(None, road("#8a8a8a", 0.3), "Other road"),
        ),
    )


def _default_styles() -> dict[str, Style]:
    black, white = PALETTE["black"], PALETTE["white"]
    post = Symbol(
        "marker", PALETTE["blue"], size_mm=3.2, shape="square", outline=white, width_mm=0.3
    )
    base = Symbol("marker", black, size_mm=3, shape="triangle", outline=white, width_mm=0.3)
    rim = Symbol("fill", PALETTE["blue"], filled=False, width_mm=0.3, dash="dash")
    camp = Symbol(
        "marker", PALETTE["purple"], size_mm=3, shape="triangle", outline=black, width_mm=0.2
    )
    place = Symbol("marker", white, size_mm=1.6, outline=black, width_mm=0.25)
    extra = Symbol(
        "marker", PALETTE["yellow"], size_mm=4, shape="star", outline=black, width_mm=0.3
    )
    line = Symbol("line", black, width_mm=0.8)
    district = Symbol("fill", "#bdbdbd", filled=False, width_mm=0.2, dash="dot")
    return {
        "alternatives": Style(Symbol("line", PALETTE["purple"], width_mm=0.4, dash="dash")),
        "travellers": Style(Symbol("line", black, width_mm=0.15, opacity=0.4)),
        "corridors": _corridors(),
        "paths": Style(Symbol("line", PALETTE["purple"], width_mm=0.7, opacity=0.85)),
        "endpoints": _endpoints(),
        "endpoint_areas": Style(replace(rim, colour=PALETTE["green"], width_mm=0.6)),
        "border_segments": _border_segments(),
        "checkpoints": _marked(post, "Checkpoint", known="as given", label=NAME),
        "bases": _marked(base, "Base", known="as given", label=NAME),
        "support": _marked(base, "Base or reinforcement", known="as given", label=NAME),
        "reinforcements": Style(extra, label=NAME),
        "buffers": Style(rim),
        "incidents": _incidents(),
        "worth": _worth(),
        "network": _network(),
        "crossings": _crossings(),
        "places": Style(place, label=NAME),
        "landmarks": Style(replace(line, width_mm=0.1, opacity=0.3), label=NAME),
        "borders": Style(replace(line, dash="dash dot")),
        "camps": Style(camp, label=NAME),
        "governorates": Style(district, label=NAME),
    }


DEFAULT_STYLES: Mapping[str, Style] = _default_styles()
