"""The map as one HTML file that works with no network."""

import base64
import hashlib
import html
import json
import re
from collections.abc import Sequence
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from rasterio.enums import Resampling

from corridors.crs import project
from corridors.report.drawn import DrawnFeature, DrawnLayer, draw_layers
from corridors.report.hillshade import relief_image
from corridors.report.kinds import KINDS, groups_in_order
from corridors.report.overlay import Overlay, classed_picture, step_colours, web_mercator_png
from corridors.report.reading import reading_of
from corridors.report.study_map import RasterLayer, StudyMap
from corridors.report.symbols import SHAPES
from corridors.report.wording import Unit, words

__all__ = ["map_html", "write_map_html"]

DECIMALS = 5
# Over bands and buffers: who switches a raster on wants to see its colours as they are told.
RASTER_ORDER = 35


def write_map_html(path: Path, study_map: StudyMap) -> None:
    """Write a study's map as one HTML file: all inside, no network needed, none allowed.

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
    ...     write_map_html(Path(folder) / "map.html", study)
    ...     (Path(folder) / "map.html").read_text(encoding="utf-8")[:15]
    '<!doctype html>'
    """
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.write_bytes(map_html(study_map).encode("utf-8"))
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def map_html(study_map: StudyMap) -> str:
    """Return the page that `write_map_html` writes; the same map gives the same text."""
    style = _asset("leaflet.css") + _asset("map.css")
    scripts = [_asset("leaflet.js"), _asset("labels.js"), _asset("map.js")]
    layers = draw_layers(study_map, rasters=True)
    blocks = {
        "language": html.escape(study_map.language),
        "policy": _policy(scripts, style),
        "title": html.escape(study_map.title),
        "subtitle": html.escape(study_map.subtitle),
        "synthetic": _synthetic_stamp(study_map),
        "reading": _paragraphs(study_map.how_to_read or reading_of(layers)),
        "found": "".join(f'<p class="found">{html.escape(text)}</p>' for text in study_map.found),
        "assumptions": _details("What the study takes for granted", study_map.assumptions),
        "sources": _details("Sources and licences", study_map.attributions),
        "attribution": html.escape(" · ".join(_credits_first(study_map.attributions))),
        "data": _json_for_html(_payload(study_map, layers)),
        "style": f"<style>{style}</style>",
        "scripts": "\n".join(f"<script>{script}</script>" for script in scripts),
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda match: blocks[match[1]], _asset("map.html"))


def _asset(name: str) -> str:
    # Line ends as the browser's parser makes them, or the policy's hashes would not match.
    text = (files("corridors.report") / "assets" / name).read_text(encoding="utf-8")
    return text.replace("\r\n", "\n")


def _policy(scripts: Sequence[str], style: str) -> str:
    """Allow this page's own scripts and style by their hash, pictures inside it, nothing else."""

    def source(text: str) -> str:
        digest = base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
        return f"'sha256-{digest}'"

    return (
        f"default-src 'none'; script-src {' '.join(source(script) for script in scripts)}; "
        f"style-src {source(style)}; img-src data:; base-uri 'none'; form-action 'none'"
    )


def _synthetic_stamp(study_map: StudyMap) -> str:
    if not study_map.synthetic_note:
        return ""
    return (
        '<p class="stamp" id="synthetic-note"><strong>Partly synthetic</strong> '
        f"{html.escape(study_map.synthetic_note)}</p>"
    )


def _paragraphs(sentences: Sequence[str]) -> str:
    return "\n".join(f"<p>{html.escape(sentence)}</p>" for sentence in sentences)


def _details(title: str, sentences: Sequence[str]) -> str:
    if not sentences:
        return ""
    items = "\n".join(f"<li>{html.escape(sentence)}</li>" for sentence in sentences)
    return f"<details><summary>{html.escape(title)}</summary>\n<ul>\n{items}\n</ul></details>"


def _credits_first(attributions: Sequence[str]) -> list[str]:
    """Put first what a licence wants to be seen on the map, since a small screen cuts the rest."""
    return sorted(dict.fromkeys(attributions), key=lambda text: "©" not in text)


def _json_for_html(data: Any) -> str:
    r"""Return JSON that cannot end the element it stands in, whatever a name says.

    Examples
    --------
    >>> _json_for_html({"name": "</script>"})
    '{"name":"\\u003c/script\\u003e"}'
    """
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def _payload(study_map: StudyMap, layers: Sequence[DrawnLayer | RasterLayer]) -> dict[str, Any]:
    relief = relief_image(study_map.relief)
    crs = study_map.relief.crs
    return {
        "bounds": [round(degrees, DECIMALS) for degrees in study_map.bounds],
        "relief": _picture(relief),
        "shapes": SHAPES,
        "groups": groups_in_order([layer.group for layer in layers]),
        "layers": [
            _raster_layer(layer) if isinstance(layer, RasterLayer) else _layer(layer, crs)
            for layer in layers
        ],
    }


def _picture(overlay: Overlay) -> dict[str, Any]:
    return {"uri": overlay.data_uri, "bounds": [round(side, 6) for side in overlay.bounds]}


def _layer(layer: DrawnLayer, crs: pyproj.CRS) -> dict[str, Any]:
    geometries = _lonlat([feature.geometry for feature in layer.features], crs)
    label_points = _lonlat_groups([feature.label_at for feature in layer.features], crs)
    symbols = [
        {
            "label": symbol.label,
            "shape": symbol.shape,
            "colour": symbol.colour,
            "fill": symbol.fill,
            "width": symbol.width_px,
            "opacity": symbol.opacity,
            "fillOpacity": symbol.fill_opacity,
            "dash": list(symbol.dash),
            "casing": symbol.casing,
            "casingWidth": symbol.casing_px,
            "size": symbol.size_px,
        }
        for symbol in layer.style.symbols
    ]
    return {
        "name": layer.name,
        "title": layer.title,
        "kind": layer.kind,
        "group": layer.group,
        "order": layer.order,
        "shown": layer.shown,
        "synthetic": layer.synthetic,
        "stacked": KINDS[layer.kind].stacked,
        "symbols": symbols,
        "features": [
            _feature(*drawn) for drawn in zip(layer.features, geometries, label_points, strict=True)
        ],
    }


def _lonlat(geometries: Sequence[Any], crs: pyproj.CRS) -> list[Any]:
    layer = gpd.GeoSeries(list(geometries), crs=crs).to_frame("geometry")
    return list(project(layer, to_crs="EPSG:4326").geometry)


def _lonlat_groups(groups: Sequence[Sequence[Any]], crs: pyproj.CRS) -> list[list[Any]]:
    """Return groups of points in degrees, brought there in one go: one by one takes seconds."""
    ends = np.cumsum([0, *map(len, groups)]).tolist()
    flat = _lonlat([point for group in groups for point in group], crs)
    return [flat[start:end] for start, end in pairwise(ends)]


def _feature(feature: DrawnFeature, geometry: Any, label_at: list[Any]) -> dict[str, Any]:
    kept = {
        "heading": feature.heading,
        "lines": [list(line) for line in feature.lines],
        "label": feature.label,
        "labelLong": feature.label_long,
        "labelAt": [_pairs(point)[0] for point in label_at] if feature.label else None,
        "labelOrder": round(feature.label_order, 3) if feature.label else None,
        "radius": round(feature.radius_m),
        "synthetic": int(feature.synthetic),
        "journey": feature.journey,
        "share": round(feature.share, 6),
        "longer": feature.longer,
    }
    return {
        **_coordinates(geometry),
        "symbol": feature.symbol,
        **{key: value for key, value in kept.items() if value not in (None, 0, "", [])},
    }


def _coordinates(geometry: Any) -> dict[str, Any]:
    """Return the parts of a geometry as lists of longitude and latitude, by dimension."""
    if geometry.geom_type == "Point":
        return {"point": _pairs(geometry)[0]}
    parts = shapely.get_parts(shapely.get_parts(geometry))  # a collection may hold multi-parts
    polygons = [part for part in parts if part.geom_type == "Polygon"]
    if polygons:
        return {
            "area": [[_pairs(part.exterior), *map(_pairs, part.interiors)] for part in polygons]
        }
    return {"line": [_pairs(part) for part in parts if part.geom_type == "LineString"]}


def _pairs(geometry: Any) -> list[list[float]]:
    rounded = shapely.get_coordinates(geometry).round(DECIMALS)
    pairs: list[list[float]] = rounded.tolist()
    return pairs


def _raster_layer(layer: RasterLayer) -> dict[str, Any]:
    # Rounded classes stay sharp, so pixels are picked and not mixed.
    picture = classed_picture(
        layer.raster,
        layer.breaks,
        least=layer.least,
        much_is_dark=layer.much_is_dark,
        colours=[colour for _, colour in layer.looks],
    )
    overlay = web_mercator_png(
        picture, layer.raster.transform, layer.raster.crs, resampling=Resampling.nearest
    )
    symbols: list[dict[str, Any]] = [
        {"label": label, "shape": "area", "colour": colour, "fill": colour, "width": 0,
         "opacity": 1, "fillOpacity": 0.75, "dash": [], "casing": None}
        for label, colour in layer.looks or zip(
            _class_labels(layer),
            step_colours(len(layer.breaks) + 1, much_is_dark=layer.much_is_dark),
            strict=True,
        )
        if colour is not None
    ]  # fmt: skip
    return {
        "name": layer.name,
        "title": layer.title,
        "kind": "raster",
        "group": layer.group,
        "order": RASTER_ORDER,
        "shown": layer.shown,
        "synthetic": layer.synthetic,
        "symbols": symbols,
        "features": [],
        "image": _picture(overlay),
    }


def _class_labels(layer: RasterLayer) -> list[str]:
    units: dict[str, Unit] = {"h": "hours", "m": "metres", "km": "km", "%": "percent"}
    unit = units.get(layer.raster.units, "number")
    drawn_from = () if layer.least is None else (layer.least,)
    limits = [words(limit, unit) for limit in (*drawn_from, *layer.breaks)]
    under = [f"under {limits[0]}"] if layer.least is None else []
    between = [f"{low} to {high}" for low, high in pairwise(limits)]
    return [*under, *between, f"{limits[-1]} or more"]
