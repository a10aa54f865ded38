"""The map as one picture for a report or a slide, drawn in the study's own metric CRS."""

import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.figure import Figure
from matplotlib.patches import Circle, PathPatch
from matplotlib.path import Path as Outline
from matplotlib.transforms import Affine2D

from corridors.crs import Bounds, project_bounds
from corridors.report.drawn import DrawnFeature, DrawnLayer, draw_layers
from corridors.report.hillshade import relief_picture
from corridors.report.picture_labels import place_labels, without_far_villages
from corridors.report.picture_rim import draw_graticule, draw_legend, draw_north, draw_scale
from corridors.report.study_map import StudyMap
from corridors.report.symbols import SHAPES, Symbol

__all__ = ["write_map_png"]

WIDTH_IN, HEIGHT_IN, DPI = 32 / 3, 8.0, 150
# Left, bottom, width and height as shares of the page.
MAP_BOX = (0.03, 0.08, 0.722, 0.812)
LEGEND_BOX = (0.768, 0.08, 0.216, 0.812)
# A pixel of the screen map in points here: a little bolder, because a print is read from afar.
POINTS_PER_PX = 0.6
NOTE_CHARACTERS, SOURCE_CHARACTERS, SUBTITLE_CHARACTERS = 44, 225, 100
INK, SOFT, WARN, PAPER = "#24241f", "#5d5b52", "#8a4b00", "#fbf9f3"


def write_map_png(path: Path, study_map: StudyMap) -> None:
    """Write a study's map as a picture of 1600 by 1200 pixels.

    Layers that are not shown at first are left out. The same map gives the same bytes with the
    same version of matplotlib.

    Parameters
    ----------
    path
        The file; it appears whole or not at all.
    study_map
        What to show.

    Raises
    ------
    CRSError
        When a layer has no CRS or the relief is not in metres.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np, pyproj
    >>> from affine import Affine
    >>> from corridors.raster import Raster
    >>> place = Affine(1000, 0, 7e5, 0, -1000, 4e6)
    >>> relief = Raster(np.zeros((9, 9)), place, pyproj.CRS(32637), "elevation", "m")
    >>> study = StudyMap("A plain", "today", relief, [], (41.2, 36.05, 41.3, 36.1))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_map_png(Path(folder) / "map.png", study)
    ...     (Path(folder) / "map.png").read_bytes()[1:4]
    b'PNG'
    """
    figure = _figure(study_map)
    beside = path.with_name(f".{path.name}.part")
    try:
        # No name and version of the maker inside: they would change the bytes for no reason.
        figure.savefig(beside, format="png", dpi=DPI, metadata={"Software": None})
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _figure(study_map: StudyMap) -> Figure:
    figure = Figure(figsize=(WIDTH_IN, HEIGHT_IN), dpi=DPI, facecolor=PAPER)
    FigureCanvasAgg(figure)
    axes = figure.add_axes(MAP_BOX)
    window = _window(study_map)
    _prepare(axes, window)
    layers = [without_far_villages(layer) for layer in draw_layers(study_map) if layer.shown]
    relief = relief_picture(study_map.relief)
    axes.imshow(relief.rgba, extent=relief.extent, interpolation="bilinear", zorder=0)
    _prepare(axes, window)
    for layer in sorted(layers, key=lambda layer: layer.order):
        _draw_layer(axes, layer)
    draw_graticule(axes, window, study_map.relief.crs)
    draw_scale(axes, window)
    draw_north(axes, window, study_map.relief.crs)
    place_labels(axes, layers, POINTS_PER_PX)
    legend = figure.add_axes(LEGEND_BOX)
    draw_legend(legend, layers, POINTS_PER_PX)
    _texts(figure, study_map)
    return figure


def _window(study_map: StudyMap) -> Bounds:
    """Return the ground shown: the study area, widened to the shape of the map's frame."""
    west, south, east, north = project_bounds(
        study_map.bounds, from_crs="EPSG:4326", to_crs=study_map.relief.crs
    )
    wanted = (MAP_BOX[2] * WIDTH_IN) / (MAP_BOX[3] * HEIGHT_IN)
    width, height = east - west, north - south
    extra_width = max(0.0, height * wanted - width) / 2
    extra_height = max(0.0, width / wanted - height) / 2
    return west - extra_width, south - extra_height, east + extra_width, north + extra_height


def _prepare(axes: Axes, window: Bounds) -> None:
    west, south, east, north = window
    axes.set_xlim(west, east)
    axes.set_ylim(south, north)
    axes.set_aspect("equal")
    axes.set_facecolor("#e7e3d6")
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_color(INK)
        spine.set_linewidth(1.1)
        spine.set_zorder(400)


def _draw_layer(axes: Axes, layer: DrawnLayer) -> None:
    """Draw the casings of all features first, so that lines that meet flow into each other."""
    for index, symbol in enumerate(layer.style.symbols):
        features = [feature for feature in layer.features if feature.symbol == index]
        if symbol.shape in SHAPES:
            continue
        if symbol.casing is not None and features:
            bare = Symbol(
                "",
                symbol.shape,
                symbol.casing,
                width_px=symbol.width_px + 2 * symbol.casing_px,
                opacity=0.85,
            )
            _draw_features(axes, features, bare, layer.order)
    for index, symbol in enumerate(layer.style.symbols):
        features = [feature for feature in layer.features if feature.symbol == index]
        if features:
            _draw_features(axes, features, symbol, layer.order + 0.1 + index / 100)


def _draw_features(
    axes: Axes, features: Sequence[DrawnFeature], symbol: Symbol, order: float
) -> None:
    if symbol.shape in SHAPES:
        _draw_points(axes, features, symbol, order)
    elif symbol.shape == "radius":
        for feature in features:
            centre = feature.geometry.x, feature.geometry.y
            circle = Circle(centre, feature.radius_m, **_stroke(symbol), fill=False, zorder=order)
            axes.add_patch(circle)
    elif symbol.shape == "area":
        _draw_areas(axes, features, symbol, order)
    else:
        lines = [
            shapely.get_coordinates(part)
            for feature in features
            for part in shapely.get_parts(_as_lines(feature.geometry))
        ]
        stroke = _stroke(symbol)
        collection = LineCollection(
            lines,
            colors=stroke["edgecolor"],
            linewidths=stroke["linewidth"],
            linestyles=[stroke["linestyle"]],
            alpha=symbol.opacity,
            capstyle="round" if not symbol.dash or symbol.dash[0] <= 1 else "butt",
            joinstyle="round",
            zorder=order,
        )
        axes.add_collection(collection, autolim=False)


def _stroke(symbol: Symbol) -> dict[str, Any]:
    """Return matplotlib's words for a symbol's stroke; its dashes count in line widths."""
    dash = tuple(length / symbol.width_px for length in symbol.dash) if symbol.width_px else ()
    return {
        "edgecolor": symbol.colour,
        "linewidth": symbol.width_px * POINTS_PER_PX,
        "linestyle": (0, dash) if dash else "solid",
    }


def _as_lines(geometry: Any) -> Any:
    return geometry.boundary if geometry.geom_type.endswith("Polygon") else geometry


def _draw_areas(axes: Axes, features: Sequence[DrawnFeature], symbol: Symbol, order: float) -> None:
    for feature in features:
        parts = shapely.get_parts(shapely.get_parts(feature.geometry))
        outlines = [_outline(part) for part in parts if part.geom_type == "Polygon"]
        if symbol.fill is not None and outlines:
            ground = PathPatch(
                Outline.make_compound_path(*outlines),
                facecolor=symbol.fill,
                alpha=symbol.fill_opacity,
                linewidth=0,
                zorder=order,
            )
            axes.add_patch(ground)
    if symbol.width_px > 0:
        rim = Symbol(
            "", "line", symbol.colour, width_px=symbol.width_px, opacity=symbol.opacity,
            dash=symbol.dash,
        )  # fmt: skip
        _draw_features(axes, features, rim, order)


def _outline(polygon: shapely.Polygon) -> Outline:
    rings = [polygon.exterior, *polygon.interiors]
    return Outline.make_compound_path(
        *(Outline(shapely.get_coordinates(ring), closed=True) for ring in rings)
    )


def _draw_points(
    axes: Axes, features: Sequence[DrawnFeature], symbol: Symbol, order: float
) -> None:
    corners = np.array([*SHAPES[symbol.shape], SHAPES[symbol.shape][0]]) * (1, -1)
    outline = Outline(corners * symbol.size_px * POINTS_PER_PX, closed=True)
    places = [(feature.geometry.x, feature.geometry.y) for feature in features]
    looks = [(symbol.fill or "none", symbol.colour, symbol.width_px)]
    if symbol.casing is not None:
        looks.insert(0, ("none", symbol.casing, symbol.width_px + 2 * symbol.casing_px))
    for face, edge, width in looks:
        collection = PathCollection(
            [outline],
            offsets=places,
            offset_transform=axes.transData,
            facecolors=face,
            edgecolors=edge,
            linewidths=width * POINTS_PER_PX,
            joinstyle="round",
            zorder=order,
        )
        # The outline is in points and keeps its size whatever ground the map shows.
        collection.set_transform(Affine2D().scale(DPI / 72))
        axes.add_collection(collection, autolim=False)


def _texts(figure: Figure, study_map: StudyMap) -> None:
    left, bottom, _, height = MAP_BOX
    top = bottom + height
    serif: dict[str, Any] = {"fontfamily": "DejaVu Serif", "parse_math": False, "va": "center"}
    plain: dict[str, Any] = {"fontfamily": "DejaVu Sans", "parse_math": False, "va": "top"}
    subtitle = textwrap.wrap(study_map.subtitle, SUBTITLE_CHARACTERS)
    long = len(subtitle) > 1
    figure.text(
        left, top + (0.07 if long else 0.057), study_map.title, fontsize=19, fontweight="bold",
        color=INK, **serif,
    )  # fmt: skip
    figure.text(
        left, top + 0.027, "\n".join(subtitle[:2]), fontsize=9 if long else 11,
        fontstyle="italic", color=SOFT, linespacing=1.3, **serif,
    )  # fmt: skip
    if study_map.synthetic_note:
        note = "\n".join(textwrap.wrap(study_map.synthetic_note, NOTE_CHARACTERS))
        figure.text(
            LEGEND_BOX[0] + 0.006, top + 0.082, f"PARTLY SYNTHETIC\n{note}", fontsize=6.6,
            color="#4a2a00", linespacing=1.35, **plain,
            bbox={"boxstyle": "round,pad=0.6", "facecolor": "#fff3d6", "edgecolor": WARN,
                  "linestyle": "dashed", "linewidth": 1.0},
        )  # fmt: skip
    notes = list(study_map.found)
    if study_map.attributions:
        notes.append("Sources: " + " · ".join(study_map.attributions))
    if notes:
        lines = "\n".join(line for note in notes for line in textwrap.wrap(note, SOURCE_CHARACTERS))
        figure.text(left, 0.057, lines, fontsize=5.8, color=SOFT, linespacing=1.25, **plain)
