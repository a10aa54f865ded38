"""Corridors: where ways little longer than the least may pass, and how dense least ways are."""

from corridors.corridor.areas import area_above, corridor_areas, through_corridors
from corridors.corridor.density import least_cost_density, path_density
from corridors.corridor.fields import (
    corridor_limit,
    reach_cost,
    reach_hours,
    through_cost,
    through_hours,
)

__all__ = [
    "area_above",
    "corridor_areas",
    "corridor_limit",
    "least_cost_density",
    "path_density",
    "reach_cost",
    "reach_hours",
    "through_corridors",
    "through_cost",
    "through_hours",
]
