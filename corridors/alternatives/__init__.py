"""Paths that truly differ: alternatives to the least-cost path, and the modes of many paths."""

from corridors.alternatives.generalised import generalised_paths
from corridors.alternatives.journeys import journey_alternatives
from corridors.alternatives.modes import path_modes
from corridors.alternatives.overlap import path_overlap
from corridors.alternatives.search import AlternativePath, alternative_paths

__all__ = [
    "AlternativePath",
    "alternative_paths",
    "generalised_paths",
    "journey_alternatives",
    "path_modes",
    "path_overlap",
]
