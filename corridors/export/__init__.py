"""Results as files that other programs open: GeoJSON, GeoPackage, COG, and the run's manifest."""

from corridors.export.cog import write_cog
from corridors.export.folder import MANIFEST_NAME, is_result_folder, output_folder
from corridors.export.geojson import to_geojson, write_geojson
from corridors.export.geopackage import write_geopackage
from corridors.export.json_values import json_value, write_json
from corridors.export.layer import is_geopackage, write_layer
from corridors.export.lonlat import GeometryReport, LonLat, lonlat_geometries
from corridors.export.manifest import (
    FileRecord,
    build_manifest,
    library_versions,
    list_outputs,
    record_file,
)
from corridors.export.qml import raster_qml, to_qml
from corridors.export.styles import (
    DEFAULT_STYLES,
    PALETTE,
    Category,
    GraduatedClass,
    Style,
    Symbol,
)
from corridors.export.whole import whole_file

__all__ = [
    "DEFAULT_STYLES",
    "MANIFEST_NAME",
    "PALETTE",
    "Category",
    "FileRecord",
    "GeometryReport",
    "GraduatedClass",
    "LonLat",
    "Style",
    "Symbol",
    "build_manifest",
    "is_geopackage",
    "is_result_folder",
    "json_value",
    "library_versions",
    "list_outputs",
    "lonlat_geometries",
    "output_folder",
    "raster_qml",
    "record_file",
    "to_geojson",
    "to_qml",
    "whole_file",
    "write_cog",
    "write_geojson",
    "write_geopackage",
    "write_json",
    "write_layer",
]
