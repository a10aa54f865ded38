"""The kinds of layer that a study makes: where each stands, how it looks, what it tells.

The tables here are the map's conventions. A layer may overrule any of them.
"""

from collections.abc import Iterable
from typing import Literal, get_args

import geopandas as gpd

from corridors.report.kind import Kind, TooltipField
from corridors.report.looks import (
    BORDER,
    INK,
    PAPER,
    checkpoint_look,
    crossing_look,
    crossing_state,
    incident_look,
    incident_source,
    place_look,
    plain,
    road_look,
    with_grounds,
    worth_effect,
    worth_look,
)
from corridors.report.symbols import Style, Symbol
from corridors.report.transit_kinds import TRANSIT_KINDS

__all__ = ["KINDS", "Kind", "LayerKind", "TooltipField", "groups_in_order", "symbology_of"]

GROUPS = ("Likely transit", "Posts and risk", "Borders and places", "Travel time")

LayerKind = Literal[
    "countries",
    "governorates",
    "landmarks",
    "bands",
    "corridors",
    "through",
    "alternatives",
    "buffers",
    "network",
    "paths",
    "borders",
    "border_segments",
    "incidents",
    "worth",
    "places",
    "camps",
    "endpoints",
    "crossings",
    "bases",
    "checkpoints",
    "reinforcements",
    "plan",
    "areas",
    "lines",
    "points",
]


_SYNTHETIC = TooltipField("synthetic", "Source", "synthetic")
_NOTE = TooltipField("note", "Note")

KINDS: dict[str, Kind] = {
    **TRANSIT_KINDS,
    # Countries are there for their names; their outlines are the layer of borders.
    "countries": Kind(
        "Borders and places",
        5,
        plain(Symbol("", "area", INK, width_px=0, opacity=0)),
        label_column="name",
        label_order=0.0,
    ),
    "governorates": Kind(
        "Borders and places",
        10,
        plain(Symbol("", "area", "#6b6b6b", width_px=1.0, dash=(1, 4), opacity=0.9)),
        label_column="name",
        label_order=2.4,
    ),
    "areas": Kind(
        "More",
        15,
        plain(Symbol("", "area", "#4d4d4d", fill="#999999", width_px=1.2, fill_opacity=0.25)),
    ),
    "worth": Kind(
        "Posts and risk",
        108,
        worth_look,
        (
            TooltipField("worth", "Takes away from the undetected share", "share"),
            TooltipField("worth_unaware", "If nobody knew of it", "share"),
            TooltipField("met", "Journeys that it would meet", "share"),
        ),
        title_column=(),
        shown=False,
    ),
    "buffers": Kind(
        "Posts and risk",
        30,
        plain(
            Symbol(
                "", "area", "#00755c", fill="#009e73", width_px=1.2, dash=(4, 3), fill_opacity=0.12
            )
        ),
        (
            TooltipField("radius_m", "Distance", "metres"),
            TooltipField("of", "Around", "code"),
            TooltipField("area_km2", "Area", "km2"),
            TooltipField("people", "People counted in it", "count"),
            TooltipField("road_km", "Roads", "km"),
            TooltipField("incidents_expected", "Incidents", "number"),
        ),
        title_column=("of_id",),
        shown=False,
    ),
    "network": Kind(
        "Borders and places",
        40,
        road_look,
        (
            TooltipField("share", "Transits that use it", "share"),
            TooltipField("road_class", "Class", "code"),
            TooltipField("speed_kmh", "Speed assumed", "kmh"),
            TooltipField("length_m", "Length", "metres"),
            TooltipField("generalised", "Drawn straight between far points", "yes"),
        ),
        title_column=("name", "ref"),
    ),
    "lines": Kind("More", 45, plain(Symbol("", "line", "#4d4d4d", width_px=2.0))),
    "borders": Kind(
        "Borders and places",
        60,
        plain(BORDER),
    ),
    "incidents": Kind(
        "Posts and risk",
        80,
        incident_look,
        (
            TooltipField("date", "Date", "date"),
            TooltipField("kind", "What", "code"),
            TooltipField("location_precision_m", "Place known to within", "metres"),
            TooltipField("source", "Reported by"),
            _SYNTHETIC,
        ),
        title_column=("name", "title"),
    ),
    "places": Kind(
        "Borders and places",
        90,
        place_look,
        (TooltipField("population", "People", "count", missing="not known"),),
        label_column="name",
        label_order=4.0,
    ),
    "camps": Kind(
        "Borders and places",
        95,
        plain(Symbol("", "tent", INK, fill="#cc79a7", width_px=1.0, casing=PAPER, size_px=6.5)),
        (
            TooltipField("population", "People", "count", missing="not known"),
            TooltipField("status", "State", "code"),
            _NOTE,
        ),
        label_column="name",
        label_order=1.1,
    ),
    # The ground itself is named before what people do on it.
    "landmarks": Kind(
        "Borders and places",
        12,
        plain(Symbol("", "line", "#5a3a1c", width_px=0, opacity=0)),
        label_column="name",
        label_order=0.3,
    ),
    # Above the posts, which stand at crossings and would hide whether they are open.
    "crossings": Kind(
        "Borders and places",
        125,
        crossing_look,
        (
            TooltipField("state", "State"),
            TooltipField("share_through", "Journeys through it", "share"),
            TooltipField("share_beside", "Over the ground, within 2 km of it", "share"),
            _NOTE,
        ),
        label_column="name",
        label_order=1.3,
    ),
    "points": Kind(
        "More",
        105,
        plain(Symbol("", "square", INK, fill="#56b4e9", width_px=1.2, casing=PAPER)),
        label_column="name",
        label_order=4.5,
    ),
    "bases": Kind(
        "Posts and risk",
        110,
        plain(Symbol("", "shield", PAPER, fill="#1f3d2b", width_px=1.4, casing=INK, size_px=7)),
        (
            TooltipField("kind", "Kind", "code"),
            TooltipField("nearest_post", "Nearest post"),
            TooltipField("hours_to_post", "Reached within", "hours"),
            _NOTE,
            _SYNTHETIC,
        ),
        label_column="name",
        label_order=5.2,
    ),
    "checkpoints": Kind(
        "Posts and risk",
        120,
        checkpoint_look,
        (
            TooltipField("kind", "Kind", "code"),
            TooltipField("transit_share", "Journeys that pass here", "share"),
            TooltipField("least_cost_share", "By least-cost paths alone", "share"),
            TooltipField("first_catch", "Journeys that it catches first", "share"),
            TooltipField("loss", "More undetected if it falls", "share"),
            TooltipField(
                "incidents_expected", "Recorded incidents near, synthetic ones included", "number"
            ),
            TooltipField("incidents_synthetic", "Of them synthetic", "number"),
            TooltipField("attack_rate", "Attacks a year, expected", "number"),
            TooltipField("isolation", "Help comes too late, if attacked", "share"),
            TooltipField("exposure_index_rank", "Rank by exposure", "count"),
            TooltipField("hours_from_base", "Help from the nearest base after", "hours"),
            TooltipField("hours_from_reinforcement", "Reinforcements after", "hours"),
            TooltipField("nearest_base", "Nearest base"),
            TooltipField("range_m", "Sees as far as", "metres"),
            TooltipField("range_now_m", "In this weather", "metres"),
            _SYNTHETIC,
        ),
        title_column=("name", "id"),
        label_column="name",
        label_order=5.0,
    ),
    # Where a plan would have posts stand; the number is its place in the plan.
    "plan": Kind(
        "Plan",
        140,
        plain(
            Symbol("", "diamond", INK, fill="#e66101", width_px=1.4, casing="#ffffff", size_px=10.0)
        ),
        label_column="name",
        label_order=1.2,
        label_more="place",
    ),
    "reinforcements": Kind(
        "Posts and risk",
        130,
        plain(Symbol("", "star", INK, fill="#e69f00", width_px=1.2, casing=PAPER, size_px=9.5)),
        (
            TooltipField("ordered_on", "Sent on", "date"),
            TooltipField("nearest_post", "Reaches first"),
            TooltipField("hours_to_post", "Within", "hours"),
            _NOTE,
            _SYNTHETIC,
        ),
        title_column=("name", "id"),
    ),
}

if set(KINDS) != set(get_args(LayerKind)):  # the type is for readers, the table for the program
    raise AssertionError(sorted(set(KINDS) ^ set(get_args(LayerKind))))


def groups_in_order(groups: Iterable[str]) -> list[str]:
    """Return each group once: the study's findings first, groups of one's own last.

    Examples
    --------
    >>> groups_in_order(["Mine", "Borders and places", "Likely transit", "Mine"])
    ['Likely transit', 'Borders and places', 'Mine']
    """
    given = list(dict.fromkeys(groups))
    known = [group for group in GROUPS if group in given]
    return known + [group for group in given if group not in known]


def symbology_of(gdf: gpd.GeoDataFrame, kind: str) -> tuple[gpd.GeoDataFrame, Style]:
    """Return the rows of a layer that its kind draws, and the look that its kind gives them.

    Examples
    --------
    >>> import geopandas as gpd
    >>> gdf = gpd.GeoDataFrame({"kind": ["overlap", "through"], "share": [0.5, None]})
    >>> rows, style = symbology_of(gdf, "corridors")
    >>> len(rows), style.symbols[0].label
    (1, '50% or more of journeys')
    """
    rows = gdf
    wanted = KINDS[kind].rows
    if wanted is not None and "kind" in gdf.columns:
        rows = gdf[gdf["kind"] == wanted]
    if kind == "incidents":
        rows = rows.assign(_source=incident_source(rows))
    if kind == "crossings":
        rows = rows.assign(state=crossing_state(rows))
    if kind == "endpoints":
        rows = with_grounds(rows)
    if kind == "worth":
        rows = rows.assign(effect=worth_effect(rows))
    return rows, KINDS[kind].style(rows)
