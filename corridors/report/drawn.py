"""Layers made ready to draw: rows chosen, classed, put into words, and simplified for display."""

import math
from dataclasses import dataclass, replace
from typing import Any, cast

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from corridors.crs import project
from corridors.report.kinds import KINDS, Kind, TooltipField, symbology_of
from corridors.report.study_map import MapLayer
from corridors.report.symbols import SHAPES, Style
from corridors.report.wording import words, words_of_code, words_of_interval

__all__ = ["DrawnFeature", "DrawnLayer", "draw"]

# Finer than a pixel at the zoom where the relief's own cells are seen.
SIMPLIFY_M = 50.0
# Beyond the study's relief there is nothing to lie on: layers are cut a little outside it.
MARGIN_M = 20_000.0
POINT_SHAPES = {*SHAPES, "radius"}


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
    label
        The name on the map; empty for none.
    label_order
        Labels with a smaller number are placed first.
    radius_m
        Of a circle on the ground, such as how far a post sees; 0 for none.
    on_ground
        Whether the circle is the feature itself.
    synthetic
        Whether this one is made up.
    """

    geometry: Any
    symbol: int
    heading: str
    lines: tuple[tuple[str, str], ...]
    label: str
    label_order: float
    radius_m: float
    on_ground: bool
    synthetic: bool


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


def draw(layer: MapLayer, crs: pyproj.CRS, within: shapely.Polygon) -> DrawnLayer:
    """Return a layer ready to draw.

    Parameters
    ----------
    layer
        The layer in any declared CRS; it is not changed.
    crs
        The metric CRS to draw in.
    within
        The ground that is shown, in `crs`; what lies well outside is left out.

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
    fields = kind.tooltip if layer.tooltip is None else layer.tooltip
    label_column = kind.label_column if layer.label_column is None else layer.label_column
    symbols = style.classify(rows)
    radii = _numbers(rows, style.radius_column) if style.radius_column else np.zeros(len(rows))
    area = within.buffer(MARGIN_M, join_style="mitre")
    features = []
    for index, row in enumerate(rows.to_dict("records")):
        symbol = int(symbols[index])
        as_point = style.symbols[symbol].shape in POINT_SHAPES
        geometry = _for_display(row[rows.geometry.name], area, as_point=as_point)
        if geometry is None:
            continue
        on_ground = style.symbols[symbol].shape == "radius"
        features.append(
            DrawnFeature(
                geometry=geometry,
                symbol=symbol,
                heading=_first(row, kind.title_column),
                lines=_lines(row, fields),
                label=_label(row, label_column, kind),
                label_order=kind.label_order - _weight(row),
                radius_m=float(radii[index]) if on_ground else _number(row.get("range_m")),
                on_ground=on_ground,
                synthetic=layer.synthetic or _true(row.get("synthetic")),
            )
        )
    features = _merged_rings(features)
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


def _merged_rings(features: list[DrawnFeature]) -> list[DrawnFeature]:
    """Draw events that may have been anywhere in the same ring as one ring that tells of all."""
    rings: dict[tuple[str, float, int], list[DrawnFeature]] = {}
    merged = []
    for feature in features:
        if feature.on_ground:
            key = feature.geometry.wkt, feature.radius_m, feature.symbol
            rings.setdefault(key, []).append(feature)
        else:
            merged.append(feature)
    for together in rings.values():
        first = together[0]
        values = [[value for label, value in one.lines if label in ("Date", "What")]
                  for one in together]  # fmt: skip
        texts = [", ".join(value) for value in values]
        counts = {text: texts.count(text) for text in sorted(set(texts))}
        told = tuple(
            (f"{count} events" if count > 1 else "1 event", text) for text, count in counts.items()
        )
        rest = tuple(line for line in first.lines if line[0] not in ("Date", "What"))
        label = f"{len(together)} events" if len(together) > 1 else "1 event"
        merged.append(
            replace(
                first,
                heading=first.heading or "Place unknown, somewhere inside this ring",
                lines=told + rest,
                label=f"{label}: somewhere inside this ring",
                label_order=2.2,
            )
        )
    return merged


def _for_display(
    geometry: Any, area: shapely.Polygon, *, as_point: bool
) -> shapely.Geometry | None:
    if geometry is None or geometry.is_empty:
        return None
    if as_point:
        point = geometry if geometry.geom_type == "Point" else geometry.representative_point()
        return point if area.intersects(point) else None
    if not geometry.is_valid:
        geometry = shapely.make_valid(geometry)
    if not area.contains(geometry):
        geometry = geometry.intersection(area)
    simple = geometry.simplify(SIMPLIFY_M, preserve_topology=True)
    return None if simple.is_empty else cast(shapely.Geometry, simple)


def _lines(row: dict[str, Any], fields: tuple[TooltipField, ...]) -> tuple[tuple[str, str], ...]:
    lines = []
    for field in fields:
        if field.column not in row:
            continue
        value = words(row[field.column], field.unit) or field.missing
        stem = field.column.removesuffix("_expected").removesuffix("_mean")
        interval = words_of_interval(row.get(f"{stem}_low"), row.get(f"{stem}_high"), field.unit)
        if value and interval:
            value = f"{value} (likely {interval})"
        if value:
            lines.append((field.label, value))
    return tuple(lines)


def _first(row: dict[str, Any], columns: tuple[str, ...]) -> str:
    for column in columns:
        text = words(row.get(column), "text")
        if text:
            return words_of_code(text)
    return ""


def _label(row: dict[str, Any], column: str, kind: Kind) -> str:
    value = row.get(column)
    if kind.label_from > -math.inf and not _number(value) >= kind.label_from:
        return ""
    # The mark stands in the tooltip and the list of layers; on the map it would hide the ground.
    return words(value, kind.label_unit).removesuffix(" (synthetic)")


def _weight(row: dict[str, Any]) -> float:
    """Return how much a label goes before others of its kind, 0 to 3.

    Ten times the people count half a step. `label_weight` from 0 to 1 goes before people.
    """
    given = _number(row.get("label_weight"))
    if given > 0:
        return 3 * min(given, 1.0)
    people = _number(row.get("population"))
    if people > 1:
        return min(3.0, math.log10(people) / 2)
    share = _number(row.get("share"))
    return min(share, 0.4) if share > 0 else 0.0


def _number(value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return 0.0
    return number if math.isfinite(number) else 0.0


def _true(value: Any) -> bool:
    return False if value is None or pd.isna(value) else bool(value)


def _numbers(rows: gpd.GeoDataFrame, column: str) -> Any:
    if column not in rows.columns:
        return np.zeros(len(rows))
    return pd.to_numeric(rows[column], errors="coerce").fillna(0).to_numpy(dtype=float)
