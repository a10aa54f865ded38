"""Open a folder of results in QGIS and say what is seen there: run by the system's Python.

    python3 qgis_probe.py FOLDER PICTURE

Prints JSON. QGIS brings its own GDAL and PROJ, so this is no part of the test's process.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

from qgis.core import (
    Qgis,
    QgsApplication,
    QgsFeatureRequest,
    QgsMapRendererSequentialJob,
    QgsMapSettings,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsRenderContext,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor

PICTURE_SIZE = (1100, 900)
BACKGROUND = "#f7f7f2"
VALUES_SHADED = (0.0, 0.005, 0.015, 0.3)


def about(layer: Any) -> dict[str, Any]:
    extent = layer.extent()
    context = QgsRenderContext()
    symbols = layer.renderer().symbols(context)
    return {
        "valid": layer.isValid(),
        "features": layer.featureCount(),
        "extent": [extent.xMinimum(), extent.yMinimum(), extent.xMaximum(), extent.yMaximum()],
        "crs": layer.crs().authid(),
        "crs_proj": layer.crs().toProj(),
        "crs_valid": layer.crs().isValid(),
        "fields": [field.name() for field in layer.fields()],
        "renderer": layer.renderer().type(),
        "colours": [symbol.color().name() for symbol in symbols],
        "opacities": [round(symbol.opacity(), 3) for symbol in symbols],
        "labels": layer.labelsEnabled(),
        "label_weight": label_weight(layer),
        "drawn_as": drawn_as(layer, context),
        "drawn_in_order": drawn_in_order(layer),
    }


def label_weight(layer: Any) -> int | None:
    if not layer.labelsEnabled():
        return None
    return layer.labeling().settings().format().font().weight()


def drawn_as(layer: Any, context: Any) -> dict[str, str | None]:
    """Return the colour that each row is drawn in, by its id; None where it is not drawn."""
    renderer = layer.renderer().clone()
    renderer.startRender(context, layer.fields())
    told = {}
    for feature in layer.getFeatures():
        context.expressionContext().setFeature(feature)
        symbol = renderer.symbolForFeature(feature, context)
        told[str(feature["id"])] = symbol.color().name() if symbol else None
    renderer.stopRender(context)
    return told


def drawn_in_order(layer: Any) -> list[str]:
    """Return the ids of the rows in the order in which the renderer asks for them."""
    request = QgsFeatureRequest()
    renderer = layer.renderer()
    if renderer.orderByEnabled():
        request.setOrderBy(renderer.orderBy())
    return [str(feature["id"]) for feature in layer.getFeatures(request)]


def about_raster(raster: Any) -> dict[str, Any]:
    shader = raster.renderer().shader().rasterShaderFunction()
    told = {}
    for value in VALUES_SHADED:
        drawn, red, green, blue, alpha = shader.shade(value)
        told[str(value)] = [red, green, blue, alpha] if drawn else None
    return {
        "valid": raster.isValid(),
        "size": [raster.width(), raster.height()],
        "crs_proj": raster.crs().toProj(),
        "band": raster.bandName(1),
        "renderer": raster.renderer().type(),
        "legend": [label for label, _ in raster.legendSymbologyItems()],
        "shaded": told,
    }


def draw(layers: list[Any], raster: Any, picture: Path) -> list[str]:
    settings = QgsMapSettings()
    settings.setLayers([*layers, raster])
    settings.setDestinationCrs(layers[0].crs())
    settings.setOutputSize(QSize(*PICTURE_SIZE))
    settings.setBackgroundColor(QColor(BACKGROUND))
    extent = QgsRectangle()
    for layer in layers:
        extent.combineExtentWith(layer.extent())
    extent.scale(1.1)
    settings.setExtent(extent)
    job = QgsMapRendererSequentialJob(settings)
    job.start()
    job.waitForFinished()
    image = job.renderedImage()
    image.save(str(picture))
    return [error.message for error in job.errors()]


def main(folder: Path, picture: Path) -> None:
    app = QgsApplication([], False)
    app.initQgis()
    package = folder / "study.gpkg"
    opened = QgsVectorLayer(str(package), "", "ogr")
    listed = opened.dataProvider().subLayers()
    names = [entry.split("!!::!!")[1] for entry in listed]
    names = [name for name in names if name != "layer_styles"]
    styled = {name: QgsVectorLayer(f"{package}|layername={name}", name, "ogr") for name in names}
    rasters = {
        file.stem: QgsRasterLayer(str(file), file.stem) for file in sorted(folder.glob("*.tif"))
    }
    raster = rasters["travel_time"]
    QgsProject.instance().addMapLayers([*styled.values(), *rasters.values()])
    told = {
        "version": Qgis.QGIS_VERSION,
        "geojson": {
            file.stem: about(QgsVectorLayer(str(file), file.stem, "ogr"))
            for file in sorted(folder.glob("*.geojson"))
        },
        "geopackage": {name: about(layer) for name, layer in styled.items()},
        "rasters": {name: about_raster(layer) for name, layer in rasters.items()},
        "errors": draw(list(styled.values()), raster, picture),
    }
    print(json.dumps(told), flush=True)  # noqa: T201
    # QGIS 3.22 crashes when Python takes it down; all has been said.
    os._exit(0)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
