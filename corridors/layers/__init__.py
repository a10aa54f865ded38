"""Files in, checked layers out: one metric CRS, rows that can be trusted, mending told."""

from corridors.layers.area import StudyArea, study_area
from corridors.layers.barriers import BarrierLines, barrier_lines
from corridors.layers.climate import with_climate
from corridors.layers.endpoints import resolve_endpoints, transit_table
from corridors.layers.kinds import KINDS
from corridors.layers.load import Layers, ReadingLog, empty_layer, load_layer, load_layers

__all__ = [
    "KINDS",
    "BarrierLines",
    "Layers",
    "ReadingLog",
    "StudyArea",
    "barrier_lines",
    "empty_layer",
    "load_layer",
    "load_layers",
    "resolve_endpoints",
    "study_area",
    "transit_table",
    "with_climate",
]
