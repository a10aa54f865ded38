"""Layers made ready to draw: rows chosen, classed, put into words."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, overload

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from shapely.geometry.base import BaseGeometry

from corridors.crs import project, project_bounds
from corridors.report.display import apart, fit_for_display, label_points, without_rim
from corridors.report.kind import Kind
from corridors.report.kinds import KINDS, symbology_of
from corridors.report.row_words import (
    first_text,
    is_true,
    journey_text,
    label_text,
    label_weight,
    longer_text,
    number,
    tooltip_lines,
)
from corridors.report.study_map import MapLayer, RasterLayer, StudyMap
from corridors.report.symbols import SHAPES, Style

__all__ = ["FIRST_VIEW_ORDER", "DrawnFeature", "DrawnLayer", "draw", "draw_layers"]

POINT_SHAPES = {*SHAPES, "radius"}
# Names near these are what the map is about; names further off wait for room.
FOCUS_KINDS = {"corridors", "bands", "paths"}
NESTED_KINDS = {"corridors", "bands"}
FOCUS_M = 12_000.0
FAR_OFF = 0.9
# Names of a greater order wait for a closer look.
FIRST_VIEW_ORDER = 2.6
# On a map of few places none has to wait: so many are named at once, and all of them dotted.
NAMED_AT_ONCE = 25
NAMED_KINDS = {"places", "points"}
# Events whose rings differ less than this, as a share of the radius, are one ring for a reader.
SAME_RING = 0.25


@dataclass(frozen=True)
class DrawnFeature:
    """One feature, ready to draw.

    Attributes
    ----------
    geometry
        In the CRS asked for, simplified.
    symbol
        Index into the style's symbols.
    heading, lines
        The tooltip: its first line, and pairs of label and value.
    label, label_at
        The name on the map and where it may stand, the best place first; empty for none.
    label_order
        Labels with a smaller number are placed first.
    radius_m
        Of a circle on the ground, such as how far a post sees; 0 for none.
    on_ground
        Whether the circle is the feature itself.
    synthetic
        Whether this one is made up.
    journey, share, longer
        Of features that lie over each other: which journey it is, its part of all, and for another
        way than the best how much longer it is.
    label_long
        The name with more words, where there is room for them; empty for none.
    """

    geometry: Any
    symbol: int
    heading: str
    lines: tuple[tuple[str, str], ...]
    label: str
    label_at: tuple[shapely.Point, ...]
    label_order: float
    radius_m: float
    on_ground: bool
    synthetic: bool
    journey: str = ""
    share: float = 0.0
    longer: str = ""
    label_long: str = ""


@dataclass(frozen=True)
class DrawnLayer:
    """One layer, ready to draw; the attributes are those of `MapLayer` and `Kind`."""

    name: str
    title: str
    kind: str
    group: str
    order: int
    shown: bool
    synthetic: bool
    style: Style
    features: tuple[DrawnFeature, ...]


@overload
def draw_layers(study_map: StudyMap, *, rasters: Literal[False] = False) -> list[DrawnLayer]: ...


@overload
def draw_layers(
    study_map: StudyMap, *, rasters: Literal[True]
) -> list[DrawnLayer | RasterLayer]: ...


def draw_layers(
    study_map: StudyMap, *, rasters: bool = False
) -> list[DrawnLayer] | list[DrawnLayer | RasterLayer]:
    """Return all layers of a map ready to draw in the CRS of its relief.

    Parameters
    ----------
    study_map
        The map.
    rasters
        Whether raster layers are handed through in their places, or left out.
    """
    crs = study_map.relief.crs
    shown = shapely.box(*project_bounds(study_map.bounds, from_crs="EPSG:4326", to_crs=crs))
    focus = _focus(study_map.layers, crs)
    return [
        draw(layer, crs, shown, focus=focus) if isinstance(layer, MapLayer) else layer
        for layer in study_map.layers
        if rasters or isinstance(layer, MapLayer)
    ]


def _focus(layers: Sequence[MapLayer | RasterLayer], crs: pyproj.CRS) -> BaseGeometry | None:
    parts = [
        project(layer.gdf, to_crs=crs, name=f"layer '{layer.name}'").geometry.simplify(2000)
        for layer in layers
        if isinstance(layer, MapLayer) and (layer.focus or layer.kind in FOCUS_KINDS)
    ]
    if not parts:
        return None
    lines = np.concatenate([np.asarray(part.array) for part in parts])
    near: BaseGeometry = shapely.union_all(shapely.buffer(lines, FOCUS_M, quad_segs=4))
    shapely.prepare(near)
    return near


def draw(
    layer: MapLayer,
    crs: pyproj.CRS,
    shown: shapely.Polygon,
    *,
    focus: BaseGeometry | None = None,
) -> DrawnLayer:
    """Return a layer ready to draw.

    Parameters
    ----------
    layer
        The layer in any declared CRS; it is not changed.
    crs
        The metric CRS to draw in.
    shown
        The ground that is shown, in `crs`; what lies well outside is left out.
    focus
        The ground that the map is about, in `crs`; names off it come later.

    Examples
    --------
    >>> import geopandas as gpd, pyproj, shapely
    >>> crossing = gpd.GeoDataFrame({"name": ["Rabia"], "status": ["official"]},
    ...     geometry=gpd.points_from_xy([42.072], [36.807]), crs=4326)
    >>> layer = MapLayer("crossings", "Crossings", crossing, "crossings")
    >>> drawn = draw(layer, pyproj.CRS(32637), shapely.box(0, 3e6, 1e6, 5e6))
    >>> drawn.features[0].label, drawn.features[0].lines
    ('Rabia', (('State', 'official'),))
    """
    kind = KINDS[layer.kind]
    rows, own_style = symbology_of(layer.gdf, layer.kind)
    style = layer.style or own_style
    rows = project(rows, to_crs=crs, name=f"layer '{layer.name}'").reset_index(drop=True)
    features = _merged_rings(_features(layer, kind, style, rows, shown, focus))
    if layer.kind in NAMED_KINDS:
        features = _weightiest_at_once(features)
    features.sort(key=lambda feature: feature.symbol)
    return DrawnLayer(
        name=layer.name,
        title=layer.title,
        kind=layer.kind,
        group=layer.group or kind.group,
        order=kind.order,
        shown=kind.shown if layer.shown is None else layer.shown,
        synthetic=layer.synthetic or any(feature.synthetic for feature in features),
        style=style,
        features=tuple(features),
    )


def _features(
    layer: MapLayer,
    kind: Kind,
    style: Style,
    rows: gpd.GeoDataFrame,
    shown: shapely.Polygon,
    focus: BaseGeometry | None,
) -> list[DrawnFeature]:
    fields = kind.tooltip if layer.tooltip is None else layer.tooltip
    label_column = kind.label_column if layer.label_column is None else layer.label_column
    symbols = style.classify(rows)
    radii = _numbers(rows, style.radius_column)
    outlines = _outlines(layer, rows, symbols)
    features = []
    for index, row in enumerate(rows.to_dict("records")):
        shape = style.symbols[int(symbols[index])].shape
        geometry = fit_for_display(outlines[index], shown, as_point=shape in POINT_SHAPES)
        if geometry is None:
            continue
        on_ground = shape == "radius"
        radius_m = float(radii[index]) if on_ground else number(row.get("range_m"))
        label = label_text(row, label_column, kind)
        ground = row[rows.geometry.name] if shape == "area" else geometry
        at: tuple[shapely.Point, ...] = ()
        if label or on_ground:
            at = label_points(ground, shown, radius_m=radius_m if on_ground else 0.0)
        far_off = layer.kind == "places" and focus is not None and not focus.intersects(geometry)
        features.append(
            DrawnFeature(
                geometry=geometry,
                symbol=int(symbols[index]),
                heading=first_text(row, kind.title_column),
                lines=tooltip_lines(row, fields),
                label=label if at else "",
                label_at=at,
                label_order=kind.label_order - label_weight(row) + (FAR_OFF if far_off else 0.0),
                radius_m=radius_m,
                on_ground=on_ground,
                synthetic=layer.synthetic or is_true(row.get("synthetic")),
                journey=journey_text(row) if kind.stacked else "",
                share=number(row.get("share")) if kind.stacked else 0.0,
                longer=longer_text(row) if kind.stacked else "",
                label_long=f"{label} {row[kind.label_more]}".rstrip()
                if label and at and kind.label_more in row
                else "",
            )
        )
    return features


def _weightiest_at_once(features: list[DrawnFeature]) -> list[DrawnFeature]:
    """Let the weightiest names be written at the first view, whatever is known of the places."""
    order = sorted(range(len(features)), key=lambda index: features[index].label_order)
    for rank, index in enumerate(order[:NAMED_AT_ONCE]):
        # Below the limit by a hair for each: they keep their order.
        least = FIRST_VIEW_ORDER - 0.001 * (NAMED_AT_ONCE - rank)
        if features[index].label_order > least:
            features[index] = replace(features[index], label_order=least)
    return features


def _outlines(layer: MapLayer, rows: gpd.GeoDataFrame, symbols: Any) -> list[Any]:
    """Return what is drawn of each row, which for some kinds is not all of its ground."""
    geometries = list(rows.geometry)
    if layer.kind in NESTED_KINDS and geometries:
        order = np.argsort(symbols, kind="stable")
        separate = apart([geometries[place] for place in order])
        return [separate[rank] for rank in np.argsort(order)]
    if layer.kind == "governorates" and geometries:
        # The box that the layer was cut to is straight in the layer's own CRS only.
        outlines = without_rim(symbology_of(layer.gdf, layer.kind)[0])
        return list(project(outlines, to_crs=rows.crs, name=f"layer '{layer.name}'").geometry)
    return geometries


def _merged_rings(features: list[DrawnFeature]) -> list[DrawnFeature]:
    """Draw events that may have been anywhere in much the same ring as one ring for all."""
    merged = [feature for feature in features if not feature.on_ground]
    clusters: list[list[DrawnFeature]] = []
    for feature in features:
        if feature.on_ground:
            same = next((group for group in clusters if _same_ring(group[0], feature)), None)
            if same is None:
                clusters.append([feature])
            else:
                same.append(feature)
    return merged + [_one_ring(cluster) for cluster in clusters]


def _same_ring(one: DrawnFeature, other: DrawnFeature) -> bool:
    slack = SAME_RING * one.radius_m
    return (
        one.symbol == other.symbol
        and abs(one.radius_m - other.radius_m) <= slack
        and one.geometry.distance(other.geometry) <= slack
    )


def _one_ring(events: Sequence[DrawnFeature]) -> DrawnFeature:
    told = [
        ", ".join(value for label, value in event.lines if label in ("What", "Date"))
        for event in events
    ]
    counts = {text: told.count(text) for text in told}
    lines = tuple((_events(count), text) for text, count in counts.items())
    rest = tuple(line for line in events[0].lines if line[0] not in ("What", "Date"))
    label = f"{_events(len(events))} somewhere inside this ring"
    middle = shapely.MultiPoint([event.geometry for event in events]).centroid
    return replace(
        events[0],
        geometry=middle,
        heading="Place unknown: somewhere inside this ring",
        lines=lines + rest,
        label=label if events[0].label_at else "",
        label_order=2.2,
    )


def _events(count: int) -> str:
    return "1 event" if count == 1 else f"{count} events"


def _numbers(rows: gpd.GeoDataFrame, column: str | None) -> Any:
    if column is None or column not in rows.columns:
        return np.zeros(len(rows))
    return pd.to_numeric(rows[column], errors="coerce").fillna(0).to_numpy(dtype=float)
