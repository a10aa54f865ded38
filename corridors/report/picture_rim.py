"""What stands around and on a printed map: degrees, scale bar, north arrow, legend."""

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import matplotlib.patheffects as effects
import numpy as np
import pyproj
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, Polygon, Rectangle
from numpy.typing import NDArray

from corridors.crs import Bounds, project_bounds, project_points
from corridors.report.drawn import DrawnLayer
from corridors.report.kinds import groups_in_order
from corridors.report.symbols import SHAPES, Symbol

__all__ = ["draw_graticule", "draw_legend", "draw_north", "draw_scale"]

INK, SOFT, WARN = "#24241f", "#5d5b52", "#8a4b00"
GRATICULE_STEPS_DEG = (0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0)
GRATICULE_LINES = 6
SCALE_LENGTHS_KM = (1, 2, 4, 10, 20, 40, 100, 200, 400)
TITLE_CHARACTERS, CLASS_CHARACTERS = 36, 34
LINE_PT, TITLE_LINE_PT, GROUP_LINE_PT, GROUP_GAP_PT = 9.8, 11.2, 21.0, 1.0
TEXT_LEFT_PT = 30.0
LEGEND_SCALE_MIN = 0.55

# There for their names; nothing of them is drawn.
NAMES_ALONE = ("countries", "landmarks")


def draw_graticule(axes: Axes, window: Bounds, crs: pyproj.CRS) -> None:
    """Draw meridians and parallels, and write their degrees at the frame."""
    west, south, east, north = project_bounds(window, from_crs=crs, to_crs="EPSG:4326")
    span = max(east - west, north - south)
    step = next((s for s in GRATICULE_STEPS_DEG if span / s <= GRATICULE_LINES), 30.0)
    for longitude in np.arange(math.ceil(west / step), math.floor(east / step) + 1) * step:
        latitudes = np.linspace(south - 1, north + 1, 200)
        x, y = project_points(
            np.full_like(latitudes, longitude), latitudes, from_crs="EPSG:4326", to_crs=crs
        )
        _grid_line(axes, x, y)
        at = float(np.interp(window[1], y, x))
        if window[0] < at < window[2]:
            _degrees(axes, at, window[1], longitude, "EW", below=True)
    for latitude in np.arange(math.ceil(south / step), math.floor(north / step) + 1) * step:
        longitudes = np.linspace(west - 1, east + 1, 200)
        x, y = project_points(
            longitudes, np.full_like(longitudes, latitude), from_crs="EPSG:4326", to_crs=crs
        )
        _grid_line(axes, x, y)
        at = float(np.interp(window[0], x, y))
        if window[1] < at < window[3]:
            _degrees(axes, window[0], at, latitude, "NS", below=False)


def _grid_line(axes: Axes, x: NDArray[np.float64], y: NDArray[np.float64]) -> None:
    # An artist, not a plot: a plot would widen the map's limits.
    axes.add_artist(Line2D(x, y, color="#ffffff", linewidth=0.5, alpha=0.55, zorder=1))


def _degrees(axes: Axes, x: float, y: float, value: float, letters: str, *, below: bool) -> None:
    text = f"{abs(value):g}° {letters[0] if value >= 0 else letters[1]}"
    axes.annotate(
        text,
        (x, y),
        xytext=(0, -3) if below else (-3, 0),
        textcoords="offset points",
        ha="center" if below else "right",
        va="top" if below else "center",
        rotation=0 if below else 90,
        fontsize=6,
        color=SOFT,
        fontfamily="DejaVu Sans",
        annotation_clip=False,
    )


def draw_scale(axes: Axes, window: Bounds) -> None:
    """Draw a bar of four fields, about a fifth of the map long, at the lower left."""
    west, south, east, north = window
    width = east - west
    length_km = max((km for km in SCALE_LENGTHS_KM if km * 1000 <= 0.24 * width), default=1)
    field = length_km * 1000 / 4
    x, y, height = west + 0.025 * width, south + 0.025 * (north - south), 0.007 * (north - south)
    back = Rectangle(
        (x - 0.012 * width, y - 1.6 * height),
        4 * field + 0.055 * width,
        6.4 * height,
        facecolor="#fbf9f3",
        alpha=0.85,
        zorder=310,
    )
    axes.add_patch(back)
    for index in range(4):
        colour = INK if index % 2 == 0 else "#ffffff"
        box = Rectangle(
            (x + index * field, y), field, height, facecolor=colour, edgecolor=INK, linewidth=0.7,
            zorder=311,
        )  # fmt: skip
        axes.add_patch(box)
    for share, text in ((0, "0"), (2, f"{length_km / 2:g}"), (4, f"{length_km:g} km")):
        axes.text(
            x + share * field, y + 1.5 * height, text, ha="center" if share < 4 else "left",
            va="bottom", fontsize=6.8, color=INK, fontfamily="DejaVu Sans", zorder=312,
        )  # fmt: skip


def draw_north(axes: Axes, window: Bounds, crs: pyproj.CRS) -> None:
    """Draw an arrow to true north, which in a projection need not be straight up."""
    west, south, east, north = window
    x, y = east - 0.04 * (east - west), north - 0.075 * (north - south)
    longitude, latitude = project_points(
        np.array([x]), np.array([y]), from_crs=crs, to_crs="EPSG:4326"
    )
    north_x, north_y = project_points(longitude, latitude + 0.1, from_crs="EPSG:4326", to_crs=crs)
    angle = math.atan2(float(north_x[0]) - x, float(north_y[0]) - y)
    size = 0.03 * (north - south)
    for side, colour in ((-1, INK), (1, "#ffffff")):
        corners = [(0.0, 1.0), (0.55 * side, -0.75), (0.0, -0.35)]
        turned = [
            (
                x + size * (a * math.cos(angle) + b * math.sin(angle)),
                y + size * (b * math.cos(angle) - a * math.sin(angle)),
            )
            for a, b in corners
        ]
        axes.add_patch(Polygon(turned, facecolor=colour, edgecolor=INK, linewidth=0.7, zorder=311))
    axes.text(
        x + 1.1 * size * math.sin(angle), y + 1.1 * size * math.cos(angle), "N", ha="center",
        va="bottom", fontsize=8.5, fontweight="bold", fontfamily="DejaVu Serif", color=INK,
        zorder=312, path_effects=[effects.withStroke(linewidth=2, foreground="#ffffff")],
    )  # fmt: skip


def draw_legend(axes: Axes, layers: Sequence[DrawnLayer], points_per_px: float) -> None:
    """Write the legend: groups, layers, and the classes that the map really shows.

    A legend too long for its place is drawn smaller as a whole.
    """
    figure = axes.figure
    box = axes.get_window_extent()
    width, height = (side * 72 / figure.dpi for side in (box.width, box.height))
    axes.axis("off")
    length = _legend(axes, layers, points_per_px, width, scale=1.0)
    if length > height:
        axes.clear()
        axes.axis("off")
        scale = max(LEGEND_SCALE_MIN, height / length)
        _legend(axes, layers, points_per_px * scale, width / scale, scale=scale)
        width, height = width / scale, height / scale
    axes.set_xlim(0, width)
    axes.set_ylim(height, 0)


def _legend(
    axes: Axes,
    layers: Sequence[DrawnLayer],
    points_per_px: float,
    width: float,
    *,
    scale: float,
) -> float:
    """Write all entries and return how far down they reach, in points before scaling."""
    pen = _Pen(axes, scale, points_per_px, width)
    y, group = 0.0, ""
    for layer in _by_group(layers):
        symbols = _used(layer)
        if not symbols:
            continue
        if layer.group != group:
            group = layer.group
            y += GROUP_GAP_PT if y else 0.0
            axes.plot([0, width], [y, y], color="#bdb7a5", linewidth=0.7)
            pen.text(0, y + 9, group.upper(), size=6.3, colour=SOFT, weight="bold")
            y += GROUP_LINE_PT
        y = _entry(pen, layer, symbols, y)
    return y


def _by_group(layers: Sequence[DrawnLayer]) -> list[DrawnLayer]:
    groups = groups_in_order(layer.group for layer in layers)
    named = [layer for layer in layers if layer.kind not in NAMES_ALONE]
    return sorted(named, key=lambda layer: groups.index(layer.group))


def _used(layer: DrawnLayer) -> list[Symbol]:
    used = {feature.symbol for feature in layer.features}
    return [symbol for index, symbol in enumerate(layer.style.symbols) if index in used]


@dataclass(frozen=True)
class _Pen:
    """Writes on the legend in a size that may be smaller than asked for."""

    axes: Axes
    scale: float
    points_per_px: float
    width: float

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float,
        colour: str = INK,
        weight: str = "normal",
        right: bool = False,
    ) -> None:
        self.axes.text(
            x, y, text, fontsize=size * self.scale, color=colour, fontweight=weight, va="center",
            ha="right" if right else "left", fontfamily="DejaVu Sans", parse_math=False,
        )  # fmt: skip


def _entry(pen: _Pen, layer: DrawnLayer, symbols: Sequence[Symbol], y: float) -> float:
    single = len(symbols) == 1 and not symbols[0].label
    if single:
        _swatch(pen.axes, symbols[0], 13, y, pen.points_per_px)
    indent = TEXT_LEFT_PT if single else 0
    # A mark at the right edge takes room from the title.
    room = TITLE_CHARACTERS - (6 if single else 0) - (9 if layer.synthetic else 0)
    for line in textwrap.wrap(layer.title, room) or [""]:
        pen.text(indent, y, line, size=7.2, weight="bold")
        y += TITLE_LINE_PT
    if layer.synthetic:
        whole = all(feature.synthetic for feature in layer.features)
        mark = "synthetic" if whole else "partly synthetic"
        up = y - TITLE_LINE_PT
        pen.text(pen.width, up, mark, size=6, colour=WARN, weight="bold", right=True)
    if single:
        return y + 0.5
    for symbol in symbols:
        spot = 2 * symbol.size_px * pen.points_per_px + 3 if symbol.shape in SHAPES else 0.0
        extra = max(spot - LINE_PT, 0.0)
        y += extra / 2
        _swatch(pen.axes, symbol, 13, y, pen.points_per_px)
        for line in textwrap.wrap(symbol.label or layer.title, CLASS_CHARACTERS):
            pen.text(TEXT_LEFT_PT, y, line, size=6.4, colour="#45433b")
            y += LINE_PT
        y += extra / 2
    return y + 2.5


def _swatch(axes: Axes, symbol: Symbol, x: float, y: float, points_per_px: float) -> None:
    stroke = symbol.width_px * points_per_px
    dash = tuple(length / symbol.width_px for length in symbol.dash) if symbol.width_px else ()
    style: Any = (0, dash) if dash else "solid"
    casing = stroke + 2 * symbol.casing_px * points_per_px
    left, right = x - 12, x + 12
    if symbol.shape in SHAPES:
        size = symbol.size_px * points_per_px
        outline = [(x + size * a, y + size * b) for a, b in SHAPES[symbol.shape]]
        if symbol.casing:
            axes.add_patch(Polygon(outline, fill=False, edgecolor=symbol.casing, linewidth=casing))
        axes.add_patch(
            Polygon(
                outline,
                facecolor=symbol.fill or "none",
                edgecolor=symbol.colour,
                linewidth=stroke,
            )
        )
    elif symbol.shape == "area":
        box: dict[str, Any] = {"xy": (left, y - 3.8), "width": right - left, "height": 7.6}
        if symbol.fill is not None:
            ground = Rectangle(**box, linewidth=0, alpha=symbol.fill_opacity, facecolor=symbol.fill)
            axes.add_patch(ground)
        rim = Rectangle(
            **box, fill=False, edgecolor=symbol.colour, linewidth=stroke, linestyle=style,
            alpha=symbol.opacity,
        )  # fmt: skip
        axes.add_patch(rim)
    elif symbol.shape == "radius":
        ring = Circle(
            (x, y), 4.6, fill=False, edgecolor=symbol.colour, linewidth=stroke,
            linestyle=(0, (2.5, 1.8)),
        )  # fmt: skip
        axes.add_patch(ring)
    else:
        if symbol.casing:
            axes.add_artist(
                Line2D([left, right], [y, y], color=symbol.casing, linewidth=casing,
                       solid_capstyle="butt")
            )  # fmt: skip
        cap: Literal["round", "butt"] = "round" if symbol.dash and symbol.dash[0] <= 1 else "butt"
        axes.add_artist(
            Line2D([left, right], [y, y], color=symbol.colour, linewidth=stroke, linestyle=style,
                   alpha=symbol.opacity, solid_capstyle="butt", dash_capstyle=cap)
        )  # fmt: skip
