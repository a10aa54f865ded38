"""The map of what scenarios change, in one ramp: brown where there is less, purple where more.

The ramp is ColorBrewer's PuOr, whose two ends and steps of lightness differ for readers with any
kind of colour vision, and in grey.
"""

import geopandas as gpd
import numpy as np
import shapely

from corridors.comparison.differences import Difference
from corridors.comparison.side_by_side import Comparison
from corridors.comparison.tables import border_layer, post_layer
from corridors.comparison.told import comparison_sentences, main_band
from corridors.comparison.variants import column_name
from corridors.comparison.worth_change import worth_change_layer
from corridors.report.kind import TooltipField
from corridors.report.study_map import MapLayer, StudyMap
from corridors.report.symbols import Style, Symbol
from corridors.scenario.granted import taken_for_granted

__all__ = ["CHANGE_BREAKS", "CHANGE_COLOURS", "comparison_map"]

# Fewest to most; the middle is what does not surely change.
CHANGE_COLOURS = ("#7f3b08", "#c96f12", "#f5ad56", "#e8e6ea", "#b9b0dd", "#7c66b0", "#3f1266")
CHANGE_BREAKS = (-0.10, -0.03, -1e-12, 1e-12, 0.03, 0.10)
CHANGE_LABELS = (
    "10 points less, or beyond",
    "3 to 10 points less",
    "up to 3 points less",
    "no sure change",
    "up to 3 points more",
    "3 to 10 points more",
    "10 points more, or beyond",
)
WIDTHS = (8.0, 6.5, 5.0, 2.0, 5.0, 6.5, 8.0)
SIZES = (9.0, 7.5, 6.5, 5.0, 6.5, 7.5, 9.0)
INK = "#2b2b2b"
READING = (
    (
        "Every other scenario is held against the first, with the same travellers in both: brown "
        "is less than there, purple is more, and the darker, the more."
    ),
    (
        "Of the border and of checkpoints only what surely changes is coloured: its interval does "
        "not hold 0."
    ),
    "Ground in purple is gained by the band that holds most of the way, ground in brown is lost.",
    "All is what a model expects from its inputs, not what was seen.",
)


def comparison_map(comparison: Comparison) -> StudyMap:
    """Return the map of a comparison, ready to be written as a page.

    Parameters
    ----------
    comparison
        From `corridors.compare`.
    """
    first = comparison.scenarios[0]
    layers, made_up = comparison.layers, _made_up(comparison)
    borders, posts = border_layer(comparison), post_layer(comparison)
    changes = [
        layer
        for number, found in enumerate(comparison.differences)
        for layer in _change_layers(found, borders, posts, shown=number == 0, made_up=made_up)
    ]
    ground = [
        MapLayer(
            "endpoints",
            "Origins and destinations",
            comparison.endpoints,
            "endpoints",
            group="Ground",
        ),
        MapLayer("borders", "Border", layers["borders"], "borders", group="Ground"),
        MapLayer(
            "governorates", "Governorates", layers["governorates"], "governorates", group="Ground"
        ),
        MapLayer("network", "Roads", layers["roads"], "network", group="Ground"),
        MapLayer("crossings", "Crossings", layers["crossings"], "crossings", group="Ground"),
        MapLayer("camps", "Camps", layers["camps"], "camps", group="Ground"),
        MapLayer("places", "Places", layers["places"], "places", group="Ground"),
        MapLayer(
            "countries", "Names of countries", layers["countries"], "countries", group="Ground"
        ),
    ]
    worth = [
        layer
        for found in comparison.differences
        for layer in worth_change_layer(
            found.worth_change,
            CHANGE_COLOURS,
            name=f"worth_{column_name(found.other.name)}",
            group=f"Changes: {found.other.name}",
            made_up=made_up,
        )
    ]
    others = ", ".join(f"'{found.other.name}'" for found in comparison.differences)
    scenario = first.scenario
    return StudyMap(
        title=f"{scenario.title}: what changes",
        subtitle=f"{others} against '{first.name}'",
        relief=comparison.terrain.raster(),
        layers=[*(layer for layer in [*changes, *ground] if len(layer.gdf)), *worth],
        bounds=scenario.area.bbox,
        attributions=sorted(
            {text for one in comparison.provenance.values() for text in one.attributions}
        ),
        synthetic_note=" ".join(
            dict.fromkeys(one.note for one in comparison.provenance.values() if one.note)
        ),
        assumptions=[f"{item.what} {item.why}" for item in taken_for_granted(scenario)],
        how_to_read=(*comparison_sentences(comparison, each=1), *READING),
    )


def _made_up(comparison: Comparison) -> bool:
    return any("checkpoints" in one.synthetic for one in comparison.provenance.values())


def _change_layers(
    found: Difference,
    borders: gpd.GeoDataFrame,
    posts: gpd.GeoDataFrame,
    *,
    shown: bool,
    made_up: bool,
) -> list[MapLayer]:
    name = found.other.name
    column, group = column_name(name), f"Changes: {name}"
    band = float(found.bands["share"].iloc[main_band(found)])
    areas = found.areas[found.areas["share"] == band]
    points = posts[shapely.get_dimensions(np.asarray(posts.geometry.array)) == 0]
    return [
        MapLayer(
            f"bands_{column}",
            f"Band of {band:.0%} of the way",
            areas.assign(name=None),
            "areas",
            style=_area_style(),
            shown=shown,
            group=group,
            tooltip=(TooltipField("area_km2", "Area", "km2"),),
            focus=True,
        ),
        MapLayer(
            f"border_{column}",
            "Where the border is crossed",
            _told(borders, "share", "difference", column),
            "border_segments",
            style=_line_style(),
            shown=shown,
            group=group,
            tooltip=_fields("Of those who cross a border"),
            label_column="",
        ),
        MapLayer(
            f"posts_{column}",
            "What checkpoints are first to catch",
            _told(points, "first_catch", "first_catch_difference", column),
            "checkpoints",
            style=_point_style(),
            shown=shown,
            group=group,
            tooltip=_fields("Of the transits"),
            synthetic=made_up,
        ),
    ]


def _told(layer: gpd.GeoDataFrame, value: str, difference: str, column: str) -> gpd.GeoDataFrame:
    """Return a layer with one scenario's difference in plain columns, and what surely changes."""
    low, high = layer[f"{difference}_{column}_low"], layer[f"{difference}_{column}_high"]
    change = layer[f"{difference}_{column}"]
    sure = (low > 0) | (high < 0)
    return layer[["name", "geometry"]].assign(
        now=layer[f"{value}_{column}"],
        points=100 * change,
        points_low=100 * low,
        points_high=100 * high,
        sure=np.where(sure, change, 0.0),
    )


def _fields(of: str) -> tuple[TooltipField, ...]:
    return (
        TooltipField("now", of, "share"),
        TooltipField("points", "Percentage points more than in the first", "number"),
    )


def _area_style() -> Style:
    less, none, more = CHANGE_COLOURS[1], "#9a9a9a", CHANGE_COLOURS[5]
    looks = (("lost", less, 0.6), ("in both", none, 0.3), ("gained", more, 0.6))
    symbols = tuple(
        Symbol(label, "area", colour, fill=colour, width_px=0.8, fill_opacity=opacity)
        for label, colour, opacity in looks
    )
    return Style(symbols, column="change", values=("lost", "both", "gained"))


def _line_style() -> Style:
    symbols = tuple(
        Symbol(label, "line", colour, width_px=width, casing=INK, casing_px=1.0)
        for label, colour, width in zip(CHANGE_LABELS, CHANGE_COLOURS, WIDTHS, strict=True)
    )
    return Style(symbols, column="sure", breaks=CHANGE_BREAKS)


def _point_style() -> Style:
    symbols = tuple(
        Symbol(label, "diamond", INK, fill=colour, width_px=1.4, casing="#ffffff", size_px=size)
        for label, colour, size in zip(CHANGE_LABELS, CHANGE_COLOURS, SIZES, strict=True)
    )
    return Style(symbols, column="sure", breaks=CHANGE_BREAKS)
