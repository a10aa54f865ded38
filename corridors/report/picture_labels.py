"""Names on the picture: the weightier first, none over another, each with a halo of paper."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import matplotlib.patheffects as effects
import numpy as np
from matplotlib.axes import Axes
from matplotlib.text import Annotation, Text
from matplotlib.transforms import Bbox

from corridors.report.drawn import FIRST_VIEW_ORDER, DrawnFeature, DrawnLayer
from corridors.report.symbols import SHAPES

__all__ = ["place_labels", "without_far_villages"]

GAP_PT = 1.5
ROOM_PX = 4.0
FRAME_PX = 8.0
OBSTACLES = {"checkpoints", "reinforcements", "crossings", "bases", "camps", "endpoints"}
# One name is written once, where two layers hold the same place.
SAME_PLACE_PX = 40.0
BOXED = {"border_segments"}
CENTRED = {"countries", "governorates", "landmarks"}
# Without these nobody knows what a map is about: they may cover symbols.
NEEDED = {"endpoints", "border_segments", "crossings", "landmarks", "plan"}
# Size in points, colour, style, weight, family.
LOOKS: dict[str, tuple[float, str, str, str, str]] = {
    "countries": (12.5, "#57544a", "normal", "bold", "DejaVu Serif"),
    "governorates": (7.5, "#6d6a5f", "italic", "normal", "DejaVu Serif"),
    "landmarks": (8.2, "#5a3a1c", "italic", "normal", "DejaVu Serif"),
    "crossings": (6.8, "#24241f", "italic", "normal", "DejaVu Sans"),
    "endpoints": (8.0, "#00553f", "normal", "bold", "DejaVu Sans"),
    "camps": (7.0, "#7a2a5c", "normal", "bold", "DejaVu Sans"),
    "plan": (8.2, "#8f3a00", "normal", "bold", "DejaVu Sans"),
    "incidents": (6.8, "#8c0048", "italic", "bold", "DejaVu Sans"),
    "border_segments": (7.2, "#6d1a02", "normal", "bold", "DejaVu Sans"),
}
USUAL_LOOK = (7.4, "#24241f", "normal", "bold", "DejaVu Sans")
HALIGN: dict[int, Literal["right", "center", "left"]] = {-1: "right", 0: "center", 1: "left"}
VALIGN: dict[int, Literal["top", "center", "bottom"]] = {-1: "top", 0: "center", 1: "bottom"}
# Left, bottom, right and top of the scale bar and the north arrow, as shares of the map.
FURNITURE = ((0.0, 0.0, 0.24, 0.07), (0.925, 0.88, 1.0, 1.0))
# Where a cartographer would try: right, left, above, below, then the corners.
SIDES = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (1, -1), (-1, 1), (-1, -1))
# Beside a line a corner is beside the next stretch of it: rather straight across, a little off.
BESIDE_LINE = (*SIDES[:2], (3, 0), (-3, 0), *SIDES[2:])


def without_far_villages(layer: DrawnLayer) -> DrawnLayer:
    """Return a layer of places without those that a picture has no room to name."""
    if layer.kind != "places":
        return layer
    kept = tuple(feature for feature in layer.features if feature.label_order < FIRST_VIEW_ORDER)
    return replace(layer, features=kept)


def place_labels(axes: Axes, layers: Sequence[DrawnLayer], points_per_px: float) -> None:
    """Write the names of the layers on a picture; a name that finds no room is left out.

    Parameters
    ----------
    axes
        The map, its limits set for good.
    layers
        The layers that are shown.
    points_per_px
        How large a pixel of a symbol is in points.
    """
    figure = axes.figure
    pixels_per_point = figure.dpi / 72
    frame = axes.get_window_extent()
    standing = [Bbox(axes.transAxes.transform([box[:2], box[2:]])) for box in FURNITURE]
    symbols = _symbols(axes, layers, points_per_px * pixels_per_point)
    named = [
        (feature, layer)
        for layer in layers
        for feature in layer.features
        if feature.label and feature.label_order < FIRST_VIEW_ORDER
    ]
    written: list[tuple[str, float, float]] = []
    # The second key makes the order certain where two names weigh the same.
    for feature, layer in sorted(named, key=lambda one: (one[0].label_order, one[0].label)):
        symbol = layer.style.symbols[feature.symbol]
        x, y = axes.transData.transform((feature.label_at[0].x, feature.label_at[0].y))
        if any(
            feature.label == text and math.hypot(x - a, y - b) < SAME_PLACE_PX
            for text, a, b in written
        ):
            continue
        half = symbol.size_px if symbol.shape in SHAPES else symbol.width_px
        text = _write(axes, feature, layer.kind)
        names = dict.fromkeys(filter(None, (feature.label_long, text.get_text())))
        sides = _sides(layer.kind)
        # The frame of a boxed name stands out of its text.
        room = ROOM_PX if feature.label_order > 2 else 1.0
        room = FRAME_PX if layer.kind in BOXED else room
        clear_of = (
            [[*standing, *symbols], standing] if layer.kind in NEEDED else [[*standing, *symbols]]
        )
        for taken, name, at, side in itertools.product(clear_of, names, feature.label_at, sides):
            text.set_text(name)
            text.xy = (at.x, at.y)
            _put(text, side, half * points_per_px + GAP_PT)
            box = text.get_window_extent()
            if _inside(box, frame) and not any(box.padded(room).overlaps(one) for one in taken):
                standing.append(box.padded(FRAME_PX) if layer.kind in BOXED else box)
                written.append((feature.label, x, y))
                break
        else:
            text.remove()


def _write(axes: Axes, feature: DrawnFeature, kind: str) -> Annotation:
    size, colour, style, weight, family = LOOKS.get(kind, USUAL_LOOK)
    text = " ".join(feature.label.upper()) if kind == "countries" else feature.label
    at = feature.label_at[0]
    written = axes.annotate(
        text,
        (at.x, at.y),
        textcoords="offset points",
        xytext=(0, 0),
        fontsize=size,
        color=colour,
        fontstyle=style,
        fontweight=weight,
        fontfamily=family,
        # A name may hold a dollar sign: it is a name, not a formula.
        parse_math=False,
        annotation_clip=True,
        zorder=300,
    )
    if kind == "border_segments":
        written.set_bbox(
            {"boxstyle": "round,pad=0.25", "facecolor": "#fffdf6", "edgecolor": "#8c2305",
             "linewidth": 0.8}
        )  # fmt: skip
    else:
        halo = effects.withStroke(linewidth=2.2, foreground="#ffffff", alpha=0.85)
        written.set_path_effects([halo])
    return written


def _sides(kind: str) -> tuple[tuple[int, int], ...]:
    if kind in CENTRED:
        return ((0, 0),)
    return BESIDE_LINE if kind in BOXED else SIDES


def _put(text: Text, side: tuple[int, int], distance_pt: float) -> None:
    across, up = side
    share = 0.7 if across and up else 1.0
    text.set_position((across * distance_pt * share, up * distance_pt * share))
    text.set_horizontalalignment(HALIGN[int(np.sign(across))])
    text.set_verticalalignment(VALIGN[up])


def _inside(box: Bbox, frame: Bbox) -> bool:
    return bool(
        box.x0 > frame.x0 + 3
        and box.x1 < frame.x1 - 3
        and box.y0 > frame.y0 + 3
        and box.y1 < frame.y1 - 3
    )


def _symbols(axes: Axes, layers: Sequence[DrawnLayer], pixels: float) -> list[Bbox]:
    boxes = []
    for layer in layers:
        for feature in layer.features:
            symbol = layer.style.symbols[feature.symbol]
            if layer.kind in OBSTACLES and symbol.shape in SHAPES:
                point = feature.geometry
                x, y = axes.transData.transform((point.x, point.y))
                half = symbol.size_px * pixels
                boxes.append(Bbox.from_extents(x - half, y - half, x + half, y + half))
    return boxes
