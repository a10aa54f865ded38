"""Paths that truly differ: alternatives to the least-cost path, and the modes of many paths."""

from corridors.alternatives.modes import path_modes
from corridors.alternatives.overlap import path_overlap
from corridors.alternatives.search import AlternativePath, alternative_paths

__all__ = ["AlternativePath", "alternative_paths", "path_modes", "path_overlap"]
