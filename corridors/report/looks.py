"""How each kind of layer looks: colours, widths and classes, made from the layer's own values.

Colours are those of Okabe and Ito (2008), or steps of one hue that also differ in lightness, so
that readers with any kind of colour vision, and a grey printer, tell them apart.
"""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd

from corridors.report.symbols import Style, Symbol
from corridors.report.wording import words_of_code, words_of_share

__all__ = [
    "BORDER",
    "BORDER_BREAKS",
    "INK",
    "PAPER",
    "band_look",
    "border_segment_look",
    "checkpoint_look",
    "corridor_look",
    "crossing_look",
    "crossing_state",
    "endpoint_look",
    "incident_look",
    "incident_source",
    "path_look",
    "place_look",
    "plain",
    "road_look",
    "with_grounds",
    "worth_effect",
    "worth_look",
]

INK = "#2b2b2b"
PAPER = "#ffffff"
CORRIDOR_BLUES = ("#a6d5ea", "#4fa8dc", "#1470c4", "#0a3c9c")
BORDER_HEAT = ("#fddc7c", "#fba62f", "#e0590b", "#8c2305")
BORDER_WIDTHS = (4.0, 5.5, 7.5, 10.0)
BORDER_BREAKS = (0.01, 0.05, 0.10, 0.20)
PATH_COLOUR = "#5b2a86"
ROAD_COLOUR = "#7a5c3e"
END_COLOUR = "#007a5a"
INCIDENT_COLOUR = "#b0005a"
# A documented event that is known no better than this has no place of its own on the map.
UNLOCATED_FROM_M = 5000.0
CLASSES_BY_VALUE_MAX = 5
BORDER = Symbol("", "line", INK, width_px=2.0, dash=(9, 3, 2, 3), casing=PAPER, casing_px=2.0)


def plain(symbol: Symbol) -> Callable[[gpd.GeoDataFrame], Style]:
    """Return the look of a layer without classes, whatever its values."""

    def style(_: gpd.GeoDataFrame) -> Style:
        return Style((symbol,))

    return style


def corridor_look(gdf: gpd.GeoDataFrame) -> Style:
    """Return blue bands, darker where more journeys have a way."""
    breaks = _distinct_shares(gdf) or (0.1, 0.25, 0.5, 0.75)
    colours = CORRIDOR_BLUES[-len(breaks) :] if len(breaks) <= len(CORRIDOR_BLUES) else ()
    colours = colours or (CORRIDOR_BLUES[0], *CORRIDOR_BLUES)
    symbols = []
    for lower, upper, colour in zip(breaks, (*breaks[1:], None), colours, strict=True):
        upto = "or more" if upper is None else f"to {words_of_share(upper)}"
        label = f"{words_of_share(lower)} {upto} of journeys"
        symbols.append(
            Symbol(label, "area", colour, fill=colour, width_px=0.6, opacity=0.8, fill_opacity=0.58)
        )
    return Style(tuple(symbols), column="share", breaks=breaks[1:])


def band_look(gdf: gpd.GeoDataFrame) -> Style:
    """Return blue bands: what holds the least share is the densest ground, and the darkest."""
    shares = sorted(
        {float(share) for share in gdf["share"]} if "share" in gdf else (), reverse=True
    )
    steps = np.linspace(0, len(CORRIDOR_BLUES) - 1, max(len(shares), 2)).astype(int)
    symbols = []
    for share, step in zip(shares, steps if len(shares) > 1 else steps[-1:], strict=False):
        colour = CORRIDOR_BLUES[step]
        of = "of all that is travelled" if share == shares[-1] else "with the darker ground"
        label = f"holds {words_of_share(share)} {of}"
        symbols.append(
            Symbol(label, "area", colour, fill=colour, width_px=0.6, opacity=0.8, fill_opacity=0.58)
        )
    values = tuple(str(share) for share in shares)
    return Style(tuple(symbols) or (Symbol("", "area"),), column="share", values=values)


def _distinct_shares(gdf: gpd.GeoDataFrame) -> tuple[float, ...]:
    """Return the shares of bands that were cut at a few levels, so that the legend names them."""
    if "share" not in gdf.columns:
        return ()
    shares = sorted({round(float(share), 4) for share in gdf["share"] if pd.notna(share)})
    return tuple(shares) if 0 < len(shares) <= CLASSES_BY_VALUE_MAX else ()


def border_segment_look(_: gpd.GeoDataFrame) -> Style:
    """Return stretches of border, thicker and redder where more journeys cross."""
    labels = [f"{words_of_share(low)} to {words_of_share(high)}"
              for low, high in pairwise(BORDER_BREAKS)]  # fmt: skip
    labels.append(f"{words_of_share(BORDER_BREAKS[-1])} or more")
    # Where hardly anybody crosses the border looks like any border.
    plain_border = replace(BORDER, label="under 1% of journeys cross here")
    crossed = (
        Symbol(label, "line", colour, width_px=width, casing="#3b1a05", casing_px=1.1)
        for label, colour, width in zip(labels, BORDER_HEAT, BORDER_WIDTHS, strict=True)
    )
    symbols = (plain_border, *crossed)
    return Style(symbols, column="share", breaks=BORDER_BREAKS)


def path_look(gdf: gpd.GeoDataFrame) -> Style:
    """Return ways told apart by how one moves: dotted on foot, drawn through in a vehicle."""
    dashes: tuple[tuple[float, ...], ...] = ((), (1, 5), (8, 4), (8, 4, 1, 4))
    profiles = _categories(gdf, "profile")
    # Dots look like steps: whoever walks is drawn with them.
    profiles.sort(key=lambda profile: ("foot" in profile or "walk" in profile, profile))
    if len(profiles) == 1:
        dashes = ((),)
    symbols = tuple(
        Symbol(
            words_of_code(profile).capitalize() if profile else "",
            "line",
            PATH_COLOUR,
            width_px=2.4,
            dash=dashes[index % len(dashes)],
            casing=PAPER,
            casing_px=1.3,
        )
        for index, profile in enumerate(profiles)
    )
    return Style(symbols, column="profile", values=tuple(profiles))


def _categories(gdf: gpd.GeoDataFrame, column: str) -> list[str]:
    if column not in gdf.columns or gdf.empty:
        return [""]
    return sorted({str(value) for value in gdf[column]})


def road_look(gdf: gpd.GeoDataFrame) -> Style:
    """Return the look of roads: thin and broken where only their ends are true."""
    road = Symbol("Known course", "line", ROAD_COLOUR, width_px=1.8, casing=PAPER, casing_px=0.9)
    rough = Symbol(
        "Generalised: straight between far points",
        "line",
        ROAD_COLOUR,
        width_px=1.3,
        opacity=0.75,
        dash=(6, 3),
    )
    if "generalised" not in gdf.columns:
        return Style((replace(road, label=""),))
    return Style((road, rough), column="generalised", values=("False", "True"))


def crossing_look(gdf: gpd.GeoDataFrame) -> Style:
    """Return a gate where a crossing is open and a cross where it is closed; solid if official."""
    states = sorted(set(crossing_state(gdf)), key=lambda state: (_closed(state), state))

    def symbol(state: str) -> Symbol:
        shut, solid = _closed(state), "unofficial" not in state and "informal" not in state
        return Symbol(
            state.capitalize(),
            "cross" if shut else "gate",
            INK,
            fill=INK if solid else PAPER,
            width_px=1.3,
            casing=PAPER,
            size_px=5,
        )

    symbols = tuple(symbol(state) for state in states) or (symbol(""),)
    return Style(symbols, column="state", values=tuple(states))


def _closed(state: str) -> bool:
    return state.startswith("closed")


def crossing_state(gdf: gpd.GeoDataFrame) -> pd.Series:
    """Return the state of each crossing in words, as far as the layer tells.

    Examples
    --------
    >>> gdf = gpd.GeoDataFrame({"status": ["official", None], "open": [True, False]})
    >>> crossing_state(gdf).tolist()
    ['open, official', 'closed']
    """
    statuses = gdf["status"] if "status" in gdf.columns else [None] * len(gdf)
    opened = gdf["open"] if "open" in gdf.columns else [None] * len(gdf)
    states = [
        ", ".join(filter(None, (_known_open(is_open), _known_status(status))))
        for is_open, status in zip(opened, statuses, strict=True)
    ]
    return pd.Series(states, index=gdf.index, dtype=object)


def _known_open(value: object) -> str:
    if not isinstance(value, bool | np.bool_):
        return ""
    return "open" if value else "closed"


def _known_status(status: object) -> str:
    known = isinstance(status, str) and status != "unknown"
    return words_of_code(str(status)) if known else ""


def endpoint_look(_: gpd.GeoDataFrame) -> Style:
    """Return rings where journeys start, around what is there, and flags where they end."""
    start = Symbol("Origin", "circle", END_COLOUR, width_px=3.2, casing=PAPER, size_px=7.5)
    end = Symbol("Destination", "flag", INK, fill=END_COLOUR, width_px=1.0, casing=PAPER, size_px=9)
    ground = Symbol(
        "Anywhere inside",
        "area",
        END_COLOUR,
        width_px=2.2,
        dash=(7, 4),
        casing=PAPER,
        casing_px=1.2,
    )
    return Style((start, ground, end), column="role", values=("origin", "ground", "destination"))


def with_grounds(gdf: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return origins and destinations with a row more for each that is an area: its outline.

    Examples
    --------
    >>> import shapely
    >>> camp = {"name": ["Camp"], "role": ["origin"]}
    >>> gdf = gpd.GeoDataFrame(camp, geometry=[shapely.box(0, 0, 1, 1)])
    >>> with_grounds(gdf)[["name", "role", "ground_of"]].to_numpy().tolist()
    [['Camp', 'origin', None], [None, 'ground', 'Camp']]
    """
    areas = gdf[gdf.geometry.geom_type.isin(("Polygon", "MultiPolygon"))]
    if areas.empty:
        return gdf
    # The symbol bears the name already.
    outlines = areas.assign(role="ground", ground_of=areas["name"], name=None)
    both = pd.concat([gdf.assign(ground_of=None), outlines], ignore_index=True)
    return gpd.GeoDataFrame(both, geometry=gdf.geometry.name, crs=gdf.crs)


def checkpoint_look(gdf: gpd.GeoDataFrame) -> Style:
    """Return diamonds, larger where more journeys pass."""

    def symbol(label: str, size: float) -> Symbol:
        return Symbol(
            label, "diamond", INK, fill="#f0e442", width_px=1.6, casing=PAPER, size_px=size
        )

    if "transit_share" not in gdf.columns:
        return Style((symbol("", 6.5),))
    symbols = (
        symbol("under 5% of journeys pass", 5),
        symbol("5% to 15%", 7),
        symbol("15% or more", 9.5),
    )
    return Style(symbols, column="transit_share", breaks=(0.05, 0.15))


def incident_look(_: gpd.GeoDataFrame) -> Style:
    """Return bursts and rings: documented, documented without a place, made up."""
    located = Symbol("Documented", "burst", PAPER, fill=INCIDENT_COLOUR, width_px=1.0, size_px=7.5)
    somewhere = Symbol(
        "Documented, place unknown: somewhere inside the ring",
        "radius",
        INCIDENT_COLOUR,
        width_px=2.0,
        dash=(7, 5),
        casing=PAPER,
        casing_px=1.0,
    )
    made_up = Symbol(
        "Synthetic (made up)",
        "burst",
        INCIDENT_COLOUR,
        fill=PAPER,
        width_px=0.9,
        opacity=0.8,
        fill_opacity=0.7,
        size_px=4.5,
    )
    return Style(
        (located, somewhere, made_up),
        column="_source",
        values=("documented", "unlocated", "synthetic"),
        radius_column="location_precision_m",
    )


def place_look(gdf: gpd.GeoDataFrame) -> Style:
    """Return rings by number of people; unknown is drawn small, and said to be unknown."""

    def symbol(label: str, size: float) -> Symbol:
        return Symbol(label, "circle", INK, fill=PAPER, width_px=1.3, size_px=size)

    if "population" not in gdf.columns:
        return Style((symbol("", 3.0),))
    return Style(
        (symbol("under 20,000 people, or unknown", 2.2), symbol("20,000 or more", 3.4),
         symbol("200,000 or more", 4.8)),
        column="population",
        breaks=(20_000, 200_000),
    )  # fmt: skip


def incident_source(gdf: gpd.GeoDataFrame) -> pd.Series:
    """Return for each incident whether it is documented, without a place, or made up."""
    source = pd.Series("documented", index=gdf.index)
    if "location_precision_m" in gdf.columns:
        precision = pd.to_numeric(gdf["location_precision_m"], errors="coerce")
        source = source.mask(precision >= UNLOCATED_FROM_M, "unlocated")
    if "synthetic" in gdf.columns:
        source = source.mask(gdf["synthetic"].fillna(value=False).astype(bool), "synthetic")
    return source


def worth_effect(gdf: gpd.GeoDataFrame) -> pd.Series:
    """Return what one more sensor does at each place, as far as its interval tells.

    Examples
    --------
    >>> worth = [0.06, 0.03, 0.01, 0.01, -0.02]
    >>> low, high = [0.05, 0.02, 0.005, -0.01, -0.03], [0.07, 0.04, 0.02, 0.03, -0.01]
    >>> gdf = gpd.GeoDataFrame({"worth": worth, "worth_low": low, "worth_high": high})
    >>> worth_effect(gdf).tolist()
    ['much', 'some', 'little', 'untold', 'worse']
    """
    worth, (some, much) = gdf["worth"].to_numpy(float), _thirds(gdf)
    effect = np.where(worth >= much, "much", np.where(worth >= some, "some", "little"))
    effect = np.where(gdf["worth_low"].to_numpy(float) > 0, effect, "untold")
    effect = np.where(gdf["worth_high"].to_numpy(float) < 0, "worse", effect)
    return pd.Series(effect, index=gdf.index, dtype=object)


def worth_look(gdf: gpd.GeoDataFrame) -> Style:
    """Return a plus where one more sensor helps, larger where more, a minus where it does harm."""
    some, much = (f"{100 * limit:.1f}" for limit in _thirds(gdf))

    def helps(label: str, size: float) -> Symbol:
        return Symbol(label, "plus", INK, fill="#56b4e9", width_px=1.1, casing=PAPER, size_px=size)

    untold = Symbol("May help or harm", "circle", INK, fill=PAPER, width_px=1.3, size_px=3.5)
    worse = Symbol(
        "Makes matters worse", "minus", INK, fill="#d55e00", width_px=1.1, casing=PAPER, size_px=7
    )
    symbols = (
        helps(f"Takes away under {some} points of the undetected share", 3.5),
        helps(f"{some} to {much} points", 5),
        helps(f"{much} points or more", 7),
        untold,
        worse,
    )
    return Style(symbols, column="effect", values=("little", "some", "much", "untold", "worse"))


def _thirds(gdf: gpd.GeoDataFrame) -> tuple[float, float]:
    """Return a third and two thirds of the greatest worth, to a tenth of a point."""
    greatest = max(float(gdf["worth"].max()), 0.0) if len(gdf) else 0.0
    some = max(round(greatest / 3, 3), 0.001)
    return some, max(round(2 * greatest / 3, 3), 2 * some)
