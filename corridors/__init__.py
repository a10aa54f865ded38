"""A geospatial toolkit for the analysis of border corridors.

Names are imported when they are first used, so that ``import corridors`` takes no time.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from corridors.alternatives import (
        alternative_paths,
        generalised_paths,
        journey_alternatives,
        path_modes,
        path_overlap,
    )
    from corridors.border import border_stretches, crossing_shares
    from corridors.buffers import buffer, buffer_contents
    from corridors.comparison import Comparison, compare, paired_difference
    from corridors.corridor import (
        corridor_areas,
        corridor_limit,
        least_cost_density,
        path_density,
        reach_cost,
        reach_hours,
        through_corridors,
        through_cost,
        through_hours,
    )
    from corridors.cost import (
        AccumulatedCost,
        Conductance,
        Friction,
        Slope,
        Walk,
        accumulated_cost,
        accumulated_costs,
    )
    from corridors.crs import choose_working_crs, project
    from corridors.detection import Detection, Sensors, catches_along, detection_of, sensors_of
    from corridors.ensemble import Ensemble, run_ensemble
    from corridors.errors import CorridorsError, InputError
    from corridors.export import write_cog, write_geojson, write_geopackage
    from corridors.exposure import checkpoint_exposure, support_hours
    from corridors.flow import (
        Demand,
        Flow,
        band_overlap,
        draw_travellers,
        journey_bands,
        journey_density,
        transit_flow,
    )
    from corridors.intervals import mean_interval, stratified_wilson, wilson
    from corridors.layers import barrier_lines, load_layers, resolve_endpoints, with_climate
    from corridors.movement import MovementGraph, arc_hours, build_movement
    from corridors.network import (
        RoadNetwork,
        build_network,
        load_network,
        road_distance,
        road_distances,
        save_network,
    )
    from corridors.outputs import result_layers, write_study
    from corridors.paths import hours_from, hours_to, least_cost_paths, solve_journeys
    from corridors.pipeline import run
    from corridors.raster import Raster
    from corridors.route_validation import buffer_overlap, path_deviation_index
    from corridors.sample import copy_sample
    from corridors.scenario import Scenario, load_scenario, parse_scenario, scenario_schema
    from corridors.sight import line_of_sight, sight_elevation, viewshed_polygons, viewsheds
    from corridors.speeds import SLOPE_FUNCTIONS
    from corridors.study import (
        Ground,
        Study,
        analyse,
        study_alternatives,
        study_detection,
        study_endpoints,
        study_flow,
        study_graph,
        study_ground,
        study_journeys,
        study_network,
        study_terrain,
        study_undetected,
        study_worth,
    )
    from corridors.terrain import Grid, Terrain, read_terrain, working_grid
    from corridors.undetected import Undetected, undetected_share, worth_aware, worth_unaware

__version__ = "0.1.0"

# Where each public name lives.
_HOMES = {
    "SLOPE_FUNCTIONS": "speeds",
    "AccumulatedCost": "cost",
    "Comparison": "comparison",
    "Conductance": "cost",
    "CorridorsError": "errors",
    "Demand": "flow",
    "Detection": "detection",
    "Ensemble": "ensemble",
    "Flow": "flow",
    "Friction": "cost",
    "Grid": "terrain",
    "Ground": "study",
    "InputError": "errors",
    "MovementGraph": "movement",
    "Raster": "raster",
    "RoadNetwork": "network",
    "Scenario": "scenario",
    "Sensors": "detection",
    "Slope": "cost",
    "Study": "study",
    "Terrain": "terrain",
    "Undetected": "undetected",
    "Walk": "cost",
    "accumulated_cost": "cost",
    "accumulated_costs": "cost",
    "alternative_paths": "alternatives",
    "analyse": "study",
    "arc_hours": "movement",
    "band_overlap": "flow",
    "barrier_lines": "layers",
    "border_stretches": "border",
    "buffer": "buffers",
    "buffer_contents": "buffers",
    "buffer_overlap": "route_validation",
    "build_movement": "movement",
    "build_network": "network",
    "catches_along": "detection",
    "checkpoint_exposure": "exposure",
    "choose_working_crs": "crs",
    "compare": "comparison",
    "copy_sample": "sample",
    "corridor_areas": "corridor",
    "corridor_limit": "corridor",
    "crossing_shares": "border",
    "detection_of": "detection",
    "draw_travellers": "flow",
    "generalised_paths": "alternatives",
    "hours_from": "paths",
    "hours_to": "paths",
    "journey_alternatives": "alternatives",
    "journey_bands": "flow",
    "journey_density": "flow",
    "least_cost_density": "corridor",
    "least_cost_paths": "paths",
    "line_of_sight": "sight",
    "load_layers": "layers",
    "load_network": "network",
    "load_scenario": "scenario",
    "mean_interval": "intervals",
    "paired_difference": "comparison",
    "parse_scenario": "scenario",
    "path_density": "corridor",
    "path_deviation_index": "route_validation",
    "path_modes": "alternatives",
    "path_overlap": "alternatives",
    "project": "crs",
    "reach_cost": "corridor",
    "reach_hours": "corridor",
    "read_terrain": "terrain",
    "resolve_endpoints": "layers",
    "result_layers": "outputs",
    "road_distance": "network",
    "road_distances": "network",
    "run": "pipeline",
    "run_ensemble": "ensemble",
    "save_network": "network",
    "scenario_schema": "scenario",
    "sensors_of": "detection",
    "sight_elevation": "sight",
    "solve_journeys": "paths",
    "stratified_wilson": "intervals",
    "study_alternatives": "study",
    "study_detection": "study",
    "study_endpoints": "study",
    "study_flow": "study",
    "study_graph": "study",
    "study_ground": "study",
    "study_journeys": "study",
    "study_network": "study",
    "study_terrain": "study",
    "study_undetected": "study",
    "study_worth": "study",
    "support_hours": "exposure",
    "through_corridors": "corridor",
    "through_cost": "corridor",
    "through_hours": "corridor",
    "transit_flow": "flow",
    "undetected_share": "undetected",
    "viewshed_polygons": "sight",
    "viewsheds": "sight",
    "wilson": "intervals",
    "with_climate": "layers",
    "working_grid": "terrain",
    "worth_aware": "undetected",
    "worth_unaware": "undetected",
    "write_cog": "export",
    "write_geojson": "export",
    "write_geopackage": "export",
    "write_study": "outputs",
}

__all__ = [
    "SLOPE_FUNCTIONS",
    "AccumulatedCost",
    "Comparison",
    "Conductance",
    "CorridorsError",
    "Demand",
    "Detection",
    "Ensemble",
    "Flow",
    "Friction",
    "Grid",
    "Ground",
    "InputError",
    "MovementGraph",
    "Raster",
    "RoadNetwork",
    "Scenario",
    "Sensors",
    "Slope",
    "Study",
    "Terrain",
    "Undetected",
    "Walk",
    "accumulated_cost",
    "accumulated_costs",
    "alternative_paths",
    "analyse",
    "arc_hours",
    "band_overlap",
    "barrier_lines",
    "border_stretches",
    "buffer",
    "buffer_contents",
    "buffer_overlap",
    "build_movement",
    "build_network",
    "catches_along",
    "checkpoint_exposure",
    "choose_working_crs",
    "compare",
    "copy_sample",
    "corridor_areas",
    "corridor_limit",
    "crossing_shares",
    "detection_of",
    "draw_travellers",
    "generalised_paths",
    "hours_from",
    "hours_to",
    "journey_alternatives",
    "journey_bands",
    "journey_density",
    "least_cost_density",
    "least_cost_paths",
    "line_of_sight",
    "load_layers",
    "load_network",
    "load_scenario",
    "mean_interval",
    "paired_difference",
    "parse_scenario",
    "path_density",
    "path_deviation_index",
    "path_modes",
    "path_overlap",
    "project",
    "reach_cost",
    "reach_hours",
    "read_terrain",
    "resolve_endpoints",
    "result_layers",
    "road_distance",
    "road_distances",
    "run",
    "run_ensemble",
    "save_network",
    "scenario_schema",
    "sensors_of",
    "sight_elevation",
    "solve_journeys",
    "stratified_wilson",
    "study_alternatives",
    "study_detection",
    "study_endpoints",
    "study_flow",
    "study_graph",
    "study_ground",
    "study_journeys",
    "study_network",
    "study_terrain",
    "study_undetected",
    "study_worth",
    "support_hours",
    "through_corridors",
    "through_cost",
    "through_hours",
    "transit_flow",
    "undetected_share",
    "viewshed_polygons",
    "viewsheds",
    "wilson",
    "with_climate",
    "working_grid",
    "worth_aware",
    "worth_unaware",
    "write_cog",
    "write_geojson",
    "write_geopackage",
    "write_study",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        message = f"module 'corridors' has no attribute '{name}'"
        raise AttributeError(message)
    value = getattr(importlib.import_module(f"corridors.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
