"""What a study stands on: layers, endpoints, terrain, roads, and all coupled, with their hours."""

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from corridors.detection import Detection, detection_of, sensors_of
from corridors.errors import in_scenario
from corridors.flow import require_perception
from corridors.layers import (
    Layers,
    ReadingLog,
    barrier_lines,
    load_layers,
    resolve_endpoints,
    transit_table,
    with_climate,
)
from corridors.movement import MovementGraph, arc_hours, build_movement
from corridors.network import RoadNetwork, build_network
from corridors.progress import Progress
from corridors.provenance import Provenance, read_provenance
from corridors.scenario import Scenario
from corridors.scenario.model import Profile
from corridors.study.sight import study_sight
from corridors.terrain import Terrain, read_terrain, working_grid

__all__ = [
    "Endpoints",
    "Ground",
    "fastest_profile",
    "ground_steps",
    "study_detection",
    "study_endpoints",
    "study_graph",
    "study_ground",
    "study_network",
    "study_terrain",
]

FloatArray = NDArray[np.float64]
NO_ROAD_KMH = 30.0


@dataclass(frozen=True)
class Endpoints:
    """Where journeys start and end: points or polygons with ``name`` and ``weight``."""

    origins: gpd.GeoDataFrame
    destinations: gpd.GeoDataFrame

    def layer(self) -> gpd.GeoDataFrame:
        """Return both in one layer: ``id, role`` (origin or destination), ``name, weight``."""
        ends = pd.concat(
            [self.origins.assign(role="origin"), self.destinations.assign(role="destination")],
            ignore_index=True,
        )
        ends.insert(0, "id", ends["role"] + " " + ends["name"])
        return gpd.GeoDataFrame(ends, geometry="geometry", crs=self.origins.crs)


@dataclass(frozen=True)
class Ground:
    """All that a study's questions are asked on, in its working CRS.

    Attributes
    ----------
    scenario, layers, provenance
        What was asked, with what.
    endpoints
        Where journeys start and end.
    terrain, network, graph
        The ground, the roads, and both coupled.
    hours
        Of every arc of the graph, by profile.
    detection
        What checkpoints and patrols see of the arcs, in the weather.
    """

    scenario: Scenario
    layers: Layers
    provenance: Provenance
    endpoints: Endpoints
    terrain: Terrain
    network: RoadNetwork
    graph: MovementGraph
    hours: Mapping[str, NDArray[np.float64]]
    detection: Detection


def ground_steps(scenario: Scenario) -> int:
    """Return how many steps `study_ground` tells of."""
    return len(scenario.layers.by_kind()) + 4


def study_ground(scenario: Scenario, *, progress: Progress | None = None) -> Ground:
    """Read and couple all that a study stands on.

    Parameters
    ----------
    scenario
        The study.
    progress
        Told of every step.

    Raises
    ------
    InputError
        When a layer or the scenario cannot be used.
    """
    told = progress or Progress()
    layers = load_layers(scenario, on_layer=lambda kind: told.step(f"Reading {kind}"))
    provenance = read_provenance(scenario, layers)
    log = ReadingLog()
    scenario = with_climate(scenario, layers.area, log=log)
    endpoints = study_endpoints(scenario, layers, log=log)
    told.step("Reading elevation")
    terrain = study_terrain(scenario, layers, log=log)
    told.step("Building the road network")
    network = study_network(scenario, layers)
    told.step("Joining ground, roads and gates")
    graph = study_graph(scenario, layers, terrain, network, log=log)
    with in_scenario(scenario.called):
        hours = {profile.name: arc_hours(graph, profile, scenario) for profile in scenario.profiles}
    told.step("Looking from the posts")
    detection = study_detection(scenario, layers, terrain, graph)
    return Ground(
        scenario=scenario,
        layers=layers.with_log(log),
        provenance=provenance,
        endpoints=endpoints,
        terrain=terrain,
        network=network,
        graph=graph,
        hours=hours,
        detection=detection,
    )


def study_detection(
    scenario: Scenario, layers: Layers, terrain: Terrain, graph: MovementGraph
) -> Detection:
    """Return what a study's checkpoints and patrols see of the arcs, in the weather.

    Parameters
    ----------
    scenario, layers
        The study and its layers, in the working CRS.
    terrain, graph
        From `study_terrain` and `study_graph`.
    """
    patrols = layers["patrols"]
    posts = layers["checkpoints"]
    if len(patrols):
        together = [posts, patrols.assign(kind="patrol")] if len(posts) else [patrols]
        posts = gpd.GeoDataFrame(pd.concat(together, ignore_index=True), crs=patrols.crs)
        posts = (
            posts.assign(kind=posts["kind"].fillna("patrol"))
            if "kind" in posts
            else (posts.assign(kind="patrol"))
        )
    sensors = sensors_of(
        posts,
        weather=scenario.weather,
        settings={str(kind): given for kind, given in scenario.sensors.items()},
        reference_kmh=scenario.reference_kmh,
    )
    return detection_of(graph, sensors, sight=study_sight(scenario, layers, terrain, sensors))


def study_endpoints(
    scenario: Scenario, layers: Layers, *, log: ReadingLog | None = None
) -> Endpoints:
    """Find where the journeys of a study start and end.

    Parameters
    ----------
    scenario, layers
        The study and its layers, in the working CRS.
    log
        Told what was found and mended in the files of origins and destinations.

    Raises
    ------
    ScenarioError, LayerError
        See `corridors.resolve_endpoints`.
    """
    ends = Endpoints(
        resolve_endpoints(scenario.origins, layers, scenario, role="origins", log=log),
        resolve_endpoints(scenario.destinations, layers, scenario, role="destinations", log=log),
    )
    if log is not None:
        log.findings += _one_place(ends, transit_table(scenario, ends.origins, ends.destinations))
    return ends


def _one_place(ends: Endpoints, transits: FloatArray) -> list[str]:
    """Say which journeys start where they end: most often a slip in the scenario."""
    places = np.asarray(ends.destinations.geometry.array)
    return [
        f"the origin '{origin.name}' and the destination '{ends.destinations['name'].iloc[column]}'"
        f" are one place: {transits[row, column]:.1%} of the transits go nowhere and are left out"
        for row, origin in enumerate(ends.origins.itertuples())
        for column in np.flatnonzero(shapely.equals(origin.geometry, places))
        if transits[row, column] > 0
    ]


def study_terrain(scenario: Scenario, layers: Layers, *, log: ReadingLog | None = None) -> Terrain:
    """Lay the working grid of a study and read the elevation onto it.

    Parameters
    ----------
    scenario, layers
        The study and its layers, in the working CRS.
    log
        Told how the elevation came to the working CRS.

    Raises
    ------
    ScenarioError
        When the study would not fit in memory.
    MissingFileError, LayerError
        When the elevation cannot be used.
    """
    with in_scenario(scenario.called):
        grid = working_grid(
            layers.area,
            cell_m=scenario.area.cell_m,
            neighbours=scenario.area.neighbours,
            journeys=len(scenario.origins) * len(scenario.destinations) * len(scenario.profiles),
            travellers=scenario.flow.travellers,
        )
    require_perception(grid, scenario.flow, called=scenario.called)
    return read_terrain(
        scenario.path(scenario.layers.elevation.file),
        layers.area,
        grid,
        refuse_gaps=scenario.terrain.gaps == "refuse",
        log=log,
    )


def study_graph(
    scenario: Scenario,
    layers: Layers,
    terrain: Terrain,
    network: RoadNetwork,
    *,
    log: ReadingLog | None = None,
) -> MovementGraph:
    """Join the ground, roads, gates and barriers of a study in one graph.

    Parameters
    ----------
    scenario, layers
        The study and its layers, in the working CRS.
    terrain, network
        From `study_terrain` and `study_network`.
    log
        Told what was found and mended in the files of barriers.
    """
    return build_movement(
        terrain,
        network,
        crossings=layers["crossings"],
        borders=layers["borders"],
        barriers=barrier_lines(scenario, layers, log=log),
        neighbours=scenario.area.neighbours,
    )


def study_network(scenario: Scenario, layers: Layers) -> RoadNetwork:
    """Build the road network of a study, with the speeds of its fastest profile.

    Parameters
    ----------
    scenario, layers
        The study and its layers, in the working CRS.
    """
    fastest = fastest_profile(scenario)
    return build_network(
        layers["roads"],
        borders=layers["borders"],
        crossings=layers["crossings"],
        snap_tolerance_m=scenario.roads.snap_tolerance_m,
        gate_tolerance_m=scenario.crossings.road_tolerance_m,
        speeds_kmh={name: v for name, v in fastest.road_kmh.items() if name != "other"},
        default_speed_kmh=fastest.road_kmh.get("other", NO_ROAD_KMH),
    )


def fastest_profile(scenario: Scenario) -> Profile:
    """Return the profile that is fastest on roads."""
    return max(scenario.profiles, key=lambda profile: max(profile.road_kmh.values(), default=0.0))
