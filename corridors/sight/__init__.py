"""Sight: lines of sight between points, and what each post sees of the ground."""

from corridors.sight.lines import line_of_sight
from corridors.sight.surface import SightSurface, sight_elevation
from corridors.sight.views import (
    PERSON_M,
    RANGE_MAX_M,
    VEHICLE_M,
    Viewshed,
    viewshed_polygons,
    viewsheds,
)

__all__ = [
    "PERSON_M",
    "RANGE_MAX_M",
    "VEHICLE_M",
    "SightSurface",
    "Viewshed",
    "line_of_sight",
    "sight_elevation",
    "viewshed_polygons",
    "viewsheds",
]
