"""The map of a reinforcement: the border before and after, what changes, and where to stand."""

import geopandas as gpd
import numpy as np

from corridors.comparison.drawing import CHANGE_BREAKS, CHANGE_COLOURS
from corridors.reinforcement.result import Reinforcement
from corridors.reinforcement.told import plan_sentences
from corridors.report.kind import TooltipField
from corridors.report.kinds import LayerKind
from corridors.report.study_map import MapLayer, StudyMap
from corridors.report.symbols import Style, Symbol
from corridors.scenario.granted import taken_for_granted
from corridors.study import Ground

__all__ = ["reinforcement_map"]

INK = "#2b2b2b"
# Light to dark, so that more is darker in grey too (ColorBrewer, Purples).
SHARES = ("#efedf5", "#bcbddc", "#807dba", "#4a1486")
SHARE_BREAKS = (0.01, 0.05, 0.15)
SHARE_LABELS = ("below 1 percent", "1 to 5 percent", "5 to 15 percent", "15 percent or more")
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
READING = (
    (
        "Switch between the groups Before and After: both show what passes each stretch and is "
        "caught nowhere, as a part of all transits. Changes are coloured only where they are sure."
    ),
    "A stretch that turns purple in the changes is where transits go instead.",
    "All is what a model expects from its inputs, not what was seen.",
)


def reinforcement_map(ground: Ground, found: Reinforcement) -> StudyMap:
    """Return the map of a reinforcement, ready to be written as a page.

    Parameters
    ----------
    ground, found
        The study and its reinforcement.
    """
    layers, scenario, border = ground.layers, ground.scenario, found.border
    made_up = bool(ground.provenance.synthetic)
    sure = (border["unseen_change_low"] > 0) | (border["unseen_change_high"] < 0)
    change = border.assign(
        points=100 * border["unseen_change"], sure=np.where(sure, border["unseen_change"], 0.0)
    )
    own = [
        _plan_layer(found, made_up=made_up),
        _places_layer(found, made_up=made_up),
        _border_layer(border, "before", shown=False),
        _border_layer(border, "after", shown=True),
        MapLayer(
            "change",
            "What changes of that",
            change,
            "border_segments",
            style=_change_style(),
            shown=False,
            group="Changes",
            tooltip=(TooltipField("points", "Percentage points more unseen", "number"),),
            label_column="",
        ),
    ]
    rest: tuple[tuple[str, LayerKind, str], ...] = (
        ("checkpoints", "checkpoints", "Checkpoints"),
        ("borders", "borders", "Border"),
        ("governorates", "governorates", "Governorates"),
        ("roads", "network", "Roads"),
        ("crossings", "crossings", "Crossings"),
        ("camps", "camps", "Camps"),
        ("places", "places", "Places"),
        ("countries", "countries", "Names of countries"),
    )
    plain = [
        MapLayer(
            f"ground_{name}",
            title,
            layers[name],
            kind,
            style=_post_style() if name == "checkpoints" else None,
            tooltip=() if name == "checkpoints" else None,
            group="Ground",
        )
        for name, kind, title in rest
    ]
    ends = MapLayer(
        "endpoints",
        "Origins and destinations",
        ground.endpoints.layer(),
        "endpoints",
        group="Ground",
    )
    return StudyMap(
        title=f"{scenario.title}: reinforcements",
        subtitle=f"{len(found.plan)} places, opponent '{found.opponent}'",
        relief=ground.terrain.raster(),
        layers=[layer for layer in [*own, ends, *plain] if len(layer.gdf)],
        bounds=scenario.area.bbox,
        attributions=sorted(ground.provenance.attributions),
        synthetic_note=ground.provenance.note,
        assumptions=[f"{item.what} {item.why}" for item in taken_for_granted(scenario)],
        how_to_read=(*plan_sentences(found), *READING),
    )


def _plan_layer(found: Reinforcement, *, made_up: bool) -> MapLayer:
    plan = found.plan
    return MapLayer(
        "plan",
        "Where to stand, in order",
        plan.assign(
            name=plan["order"].map("{}.".format),
            place=plan["id"],
            points=100 * plan["marginal"],
            points_alone=100 * plan["alone"],
        ),
        "plan",
        shown=True,
        group="Plan",
        tooltip=(
            TooltipField("place", "Place", "text"),
            TooltipField(
                "points", "Percentage points that it takes away after those before", "number"
            ),
            TooltipField("points_alone", "Percentage points by itself", "number"),
            TooltipField("kind", "Kind", "text"),
        ),
        synthetic=made_up,
    )


def _places_layer(found: Reinforcement, *, made_up: bool) -> MapLayer:
    places = found.candidates[found.candidates["taken"] == 0]
    symbol = Symbol("Not taken", "diamond", INK, fill="#ffffff", width_px=1.0, size_px=5.0)
    return MapLayer(
        "candidates",
        "Places that were weighed",
        places.assign(name=places["id"], points_alone=100 * places["alone"]),
        "checkpoints",
        style=Style((symbol,)),
        shown=False,
        group="Plan",
        tooltip=(TooltipField("points_alone", "Percentage points by itself", "number"),),
        label_column="",
        synthetic=made_up,
        focus=True,
    )


def _border_layer(border: gpd.GeoDataFrame, when: str, *, shown: bool) -> MapLayer:
    symbols = tuple(
        Symbol(label, "line", colour, width_px=width, casing=INK, casing_px=1.0)
        for label, colour, width in zip(SHARE_LABELS, SHARES, (2.0, 4.0, 6.0, 8.0), strict=True)
    )
    return MapLayer(
        f"border_{when}",
        "Who passes the border and is caught nowhere",
        border.assign(unseen=border[f"unseen_{when}"], crossed=border[f"share_{when}"]),
        "border_segments",
        style=Style(symbols, column="unseen", breaks=SHARE_BREAKS),
        shown=shown,
        group=when.capitalize(),
        tooltip=(
            TooltipField("unseen", "Of all transits, cross here last and unseen", "share"),
            TooltipField("crossed", "Of all transits, cross here last", "share"),
        ),
        label_column="",
    )


def _change_style() -> Style:
    symbols = tuple(
        Symbol(label, "line", colour, width_px=width, casing=INK, casing_px=1.0)
        for label, colour, width in zip(CHANGE_LABELS, CHANGE_COLOURS, WIDTHS, strict=True)
    )
    return Style(symbols, column="sure", breaks=CHANGE_BREAKS)


def _post_style() -> Style:
    symbol = Symbol("Stands now", "square", INK, fill="#ffffff", width_px=1.2, size_px=6.0)
    return Style((symbol,))
