"""Styles in the form that QGIS reads (QML), from 3.22 on."""

import math
from collections.abc import Sequence
from xml.etree import ElementTree as ET

from corridors.export.styles import CategoryValue, Style, Symbol

__all__ = ["raster_qml", "to_qml"]

QGIS_VERSION = "3.22.0"
DOCTYPE = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
LAYER_CLASS = {"fill": "SimpleFill", "line": "SimpleLine", "marker": "SimpleMarker"}
GEOMETRY_TYPE = {"marker": "0", "line": "1", "fill": "2"}
# QGIS's numbers: round the point in the order of preference, along the line, level in the area.
LABEL_PLACEMENT = {"marker": "6", "line": "2", "fill": "4"}
SHAPES = {"cross": "cross2"}


def to_qml(style: Style) -> str:
    """Return a style as QML, for a ``.qml`` file or the table ``layer_styles``.

    Examples
    --------
    >>> from corridors.export.styles import Style, Symbol
    >>> "SimpleLine" in to_qml(Style(Symbol("line", "#0072b2")))
    True
    """
    root = ET.Element(
        "qgis",
        version=QGIS_VERSION,
        styleCategories="Symbology|Labeling",
        labelsEnabled="1" if style.label else "0",
    )
    root.append(_renderer(style))
    if style.label:
        root.append(_labeling(style.label, style.symbol.kind))
    ET.SubElement(root, "layerGeometryType").text = GEOMETRY_TYPE[style.symbol.kind]
    ET.indent(root, " ")
    return DOCTYPE + ET.tostring(root, encoding="unicode") + "\n"


def raster_qml(
    breaks: Sequence[float],
    colours: Sequence[str],
    *,
    unit: str,
    scale: float = 1.0,
    least_hidden: bool = False,
) -> str:
    """Return the style of a raster's first band in classes, as QML for a ``.qml`` beside it.

    Without one QGIS shows a raster of several bands as if they were red, green and blue.

    Parameters
    ----------
    breaks
        Limits between the classes, ascending.
    colours
        One more than there are limits, as ``#rrggbb``.
    unit
        For the legend.
    scale
        By which values are multiplied for the legend: 100 for shares told in percent.
    least_hidden
        Whether the lowest class is not drawn at all.

    Examples
    --------
    >>> "up to 2 h" in raster_qml([2.0], ["#440154", "#fde725"], unit="h")
    True
    >>> share = raster_qml([0.01], ["#440154", "#fde725"], unit="%", scale=100, least_hidden=True)
    >>> 'label="over 1 %"' in share, share.count('alpha="0"')
    (True, 1)
    """
    root = ET.Element("qgis", version=QGIS_VERSION, styleCategories="Symbology")
    pipe = ET.SubElement(root, "pipe")
    renderer = ET.SubElement(
        pipe,
        "rasterrenderer",
        type="singlebandpseudocolor",
        band="1",
        opacity="0.8",
        alphaBand="-1",
    )
    shader = ET.SubElement(
        ET.SubElement(renderer, "rastershader"),
        "colorrampshader",
        colorRampType="DISCRETE",
        classificationMode="1",
        clip="0",
    )
    labels = [f"up to {scale * limit:g} {unit}" for limit in breaks]
    labels.append(f"over {scale * breaks[-1]:g} {unit}")
    if least_hidden:
        labels[0] += ", not drawn"
    alphas = ["0" if least_hidden else "255"] + ["255"] * len(breaks)
    for limit, label, colour, alpha in zip(
        [*breaks, math.inf], labels, colours, alphas, strict=True
    ):
        ET.SubElement(shader, "item", value=f"{limit:g}", label=label, color=colour, alpha=alpha)
    ET.indent(root, " ")
    return DOCTYPE + ET.tostring(root, encoding="unicode") + "\n"


def _renderer(style: Style) -> ET.Element:
    renderer = ET.Element("renderer-v2", symbollevels="0", enableorderby="0", forceraster="0")
    if style.categories:
        symbols = _categorised(renderer, style)
    elif style.classes:
        symbols = _graduated(renderer, style)
    else:
        renderer.set("type", "singleSymbol")
        symbols = [style.symbol]
    holder = ET.SubElement(renderer, "symbols")
    for number, symbol in enumerate(symbols):
        holder.append(_symbol(symbol, str(number)))
    if style.downward_by is not None:
        renderer.set("enableorderby", "1")
        order = ET.SubElement(renderer, "orderby")
        clause = ET.SubElement(order, "orderByClause", asc="0", nullsFirst="0")
        clause.text = f'"{style.downward_by}"'
    return renderer


def _categorised(renderer: ET.Element, style: Style) -> list[Symbol]:
    renderer.set("type", "categorizedSymbol")
    renderer.set("attr", str(style.attribute))
    holder = ET.SubElement(renderer, "categories")
    for number, category in enumerate(style.categories):
        text, kind = _typed(category.value)
        ET.SubElement(
            holder,
            "category",
            symbol=str(number),
            value=text,
            type=kind,
            label=category.label,
            render="true",
        )
    return [category.symbol for category in style.categories]


def _typed(value: CategoryValue) -> tuple[str, str]:
    if value is None:
        return "", "NULL"
    if isinstance(value, bool):
        return str(value).lower(), "bool"
    if isinstance(value, str):
        return value, "string"
    return repr(value), "double" if isinstance(value, float) else "long"


def _graduated(renderer: ET.Element, style: Style) -> list[Symbol]:
    renderer.set("type", "graduatedSymbol")
    renderer.set("attr", str(style.attribute))
    renderer.set("graduatedMethod", "GraduatedColor")
    holder = ET.SubElement(renderer, "ranges")
    for number, graduated in enumerate(style.classes):
        ET.SubElement(
            holder,
            "range",
            symbol=str(number),
            lower=repr(float(graduated.lower)),
            upper=repr(float(graduated.upper)),
            label=graduated.label,
            render="true",
        )
    ET.SubElement(renderer, "classificationMethod", id="Custom")
    return [graduated.symbol for graduated in style.classes]


def _symbol(symbol: Symbol, name: str) -> ET.Element:
    element = ET.Element(
        "symbol",
        name=name,
        type=symbol.kind,
        alpha=repr(float(symbol.opacity)),
        clip_to_extent="1",
        force_rhr="0",
    )
    layer = ET.SubElement(
        element, "layer", {"class": LAYER_CLASS[symbol.kind]}, enabled="1", locked="0"
    )
    layer.set("pass", "0")
    options = ET.SubElement(layer, "Option", type="Map")
    for key, value in _properties(symbol).items():
        ET.SubElement(options, "Option", name=key, type="QString", value=value)
    return element


def _properties(symbol: Symbol) -> dict[str, str]:
    if symbol.kind == "line":
        return {
            "line_color": _rgba(symbol.colour),
            "line_width": repr(float(symbol.width_mm)),
            "line_width_unit": "MM",
            "line_style": symbol.dash,
            "capstyle": "round" if symbol.dash == "solid" else "flat",
            "joinstyle": "round",
        }
    properties = {
        "color": _rgba(symbol.colour, opaque=symbol.filled),
        "outline_color": _rgba(symbol.outline or symbol.colour),
        "outline_width": repr(float(symbol.width_mm)),
        "outline_width_unit": "MM",
        "outline_style": symbol.dash if symbol.width_mm else "no",
        "joinstyle": "round",
    }
    if symbol.kind == "fill":
        return {**properties, "style": "solid" if symbol.filled else "no"}
    return {
        **properties,
        "name": SHAPES.get(symbol.shape, symbol.shape),
        "size": repr(float(symbol.size_mm)),
        "size_unit": "MM",
    }


def _rgba(colour: str, *, opaque: bool = True) -> str:
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return f"{red},{green},{blue},{255 if opaque else 0}"


def _labeling(expression: str, kind: str) -> ET.Element:
    labeling = ET.Element("labeling", type="simple")
    settings = ET.SubElement(labeling, "settings", calloutType="simple")
    text = ET.SubElement(
        settings,
        "text-style",
        fieldName=expression,
        isExpression="1",
        fontSize="9",
        fontSizeUnit="Point",
        fontWeight="50",  # Qt 5's regular; without it letters are hair-thin
        textColor="30,30,30,255",
        textOpacity="1",
        multilineHeight="1",
    )
    ET.SubElement(
        text,
        "text-buffer",
        bufferDraw="1",
        bufferSize="0.6",
        bufferSizeUnits="MM",
        bufferColor="255,255,255,255",
        bufferOpacity="1",
        bufferNoFill="1",
        bufferJoinStyle="128",
    )
    ET.SubElement(
        settings,
        "placement",
        placement=LABEL_PLACEMENT[kind],
        predefinedPositionOrder="TR,TL,BR,BL,R,L,TSR,BSR",
        placementFlags="10",
        dist="1",
        distUnits="MM",
        offsetType="1",
        priority="5",
    )
    ET.SubElement(
        settings, "rendering", drawLabels="1", obstacle="1", fontMaxPixelSize="10000", scaleMax="0"
    )
    return labeling
