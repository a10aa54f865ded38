"""Accumulated cost over a grid: from sources to everywhere, by friction, slope or both."""

from corridors.cost.accumulate import accumulated_cost, accumulated_costs
from corridors.cost.errors import GridError
from corridors.cost.ground import Conductance, Friction, Slope, Walk
from corridors.cost.neighbourhood import Neighbourhood
from corridors.cost.rasters import RasterCost, accumulated_cost_raster, read_grid
from corridors.cost.result import AccumulatedCost

__all__ = [
    "AccumulatedCost",
    "Conductance",
    "Friction",
    "GridError",
    "Neighbourhood",
    "RasterCost",
    "Slope",
    "Walk",
    "accumulated_cost",
    "accumulated_cost_raster",
    "accumulated_costs",
    "read_grid",
]
