"""A study in memory: from a checked scenario to paths, corridors, exposure and buffers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from corridors.alternatives import journey_alternatives
from corridors.border import border_stretches, crossing_shares
from corridors.buffers import buffer, buffer_contents
from corridors.corridor import through_corridors
from corridors.errors import in_scenario
from corridors.exposure import checkpoint_exposure, nearest_support, support_hours
from corridors.flow import Demand, Flow, Kept, transit_flow
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
from corridors.network import RoadNetwork, build_network, road_distances
from corridors.paths import Journeys, endpoint_nodes, least_cost_paths, solve_journeys
from corridors.progress import Progress
from corridors.provenance import Provenance, read_provenance
from corridors.scenario import Scenario
from corridors.scenario.model import Profile
from corridors.terrain import Terrain, read_terrain, working_grid

__all__ = [
    "Endpoints",
    "Study",
    "analyse",
    "analysis_steps",
    "study_alternatives",
    "study_endpoints",
    "study_flow",
    "study_graph",
    "study_network",
    "study_terrain",
]

NO_ROAD_KMH = 30.0


@dataclass(frozen=True)
class Study:
    """Everything that a study found, in its working CRS.

    Attributes
    ----------
    scenario, layers, provenance
        What was asked, with what.
    terrain, network, graph
        The ground, the roads, and both coupled.
    endpoints
        Where journeys start and end.
    journeys
        Origins, destinations and profiles, solved.
    flow
        What many travellers who differ pass.
    paths, alternatives, corridors, border_segments, checkpoints, support, buffers
        The results as layers.
    distances
        Road distances between origins and destinations, for the record.
    """

    scenario: Scenario
    layers: Layers
    provenance: Provenance
    terrain: Terrain
    network: RoadNetwork
    graph: MovementGraph
    endpoints: "Endpoints"
    journeys: Journeys
    flow: Flow
    paths: gpd.GeoDataFrame
    alternatives: gpd.GeoDataFrame
    corridors: gpd.GeoDataFrame
    border_segments: gpd.GeoDataFrame
    checkpoints: gpd.GeoDataFrame
    support: gpd.GeoDataFrame
    buffers: gpd.GeoDataFrame
    distances: pd.DataFrame


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


def analysis_steps(scenario: Scenario) -> int:
    """Return how many steps `analyse` tells of."""
    return len(scenario.layers.by_kind()) + len(scenario.profiles) + 8


def analyse(
    scenario: Scenario, *, progress: Progress | None = None, kept: Kept | None = None
) -> Study:
    """Do all that a scenario asks for, in memory.

    Parameters
    ----------
    scenario
        The study.
    progress
        Told of every step.
    kept
        Where travellers that are solved are kept for a run that is taken up again.

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
    terrain = study_terrain(scenario, layers)
    told.step("Building the road network")
    network = study_network(scenario, layers)
    told.step("Joining ground, roads and gates")
    graph = study_graph(scenario, layers, terrain, network, log=log)
    with in_scenario(scenario.called):
        hours = {profile.name: arc_hours(graph, profile, scenario) for profile in scenario.profiles}
        journeys = solve_journeys(
            graph,
            hours,
            shares={profile.name: profile.share for profile in scenario.profiles},
            transits=transit_table(scenario, endpoints.origins, endpoints.destinations),
            origins=endpoints.origins,
            destinations=endpoints.destinations,
            borders=layers["borders"],
            on_profile=lambda name: told.step(f"Solving journeys, {name.replace('_', ' ')}"),
        )
        told.step("Solving travellers")
        flow = study_flow(
            scenario, layers, graph, hours, endpoints, terrain=terrain, kept=kept, on_step=told.part
        )
    told.step("Looking for other ways")
    alternatives = study_alternatives(scenario, layers, journeys, hours, endpoints)
    told.step("Drawing corridors")
    paths = least_cost_paths(journeys, borders=layers["borders"], crossings=layers["crossings"])
    through = through_corridors(
        journeys,
        percent=scenario.corridor.percent,
        extra_hours=scenario.corridor.extra_hours,
        quantile=scenario.corridor.quantile,
    )
    told.step("Measuring exposure")
    checkpoints = _exposure(scenario, layers, graph, hours, paths, flow)
    told.step("Drawing buffers")
    return Study(
        scenario=scenario,
        layers=layers.with_log(log),
        provenance=provenance,
        terrain=terrain,
        network=network,
        graph=graph,
        endpoints=endpoints,
        journeys=journeys,
        paths=paths,
        alternatives=alternatives,
        flow=flow,
        corridors=_corridors(flow, through),
        border_segments=crossing_shares(flow.stretches, paths),
        checkpoints=checkpoints,
        support=_support_layer(scenario, layers, graph, hours),
        buffers=_buffers(scenario, layers, paths),
        distances=_distances(network, endpoints),
    )


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
    return Endpoints(
        resolve_endpoints(scenario.origins, layers, scenario, role="origins", log=log),
        resolve_endpoints(scenario.destinations, layers, scenario, role="destinations", log=log),
    )


def study_terrain(scenario: Scenario, layers: Layers) -> Terrain:
    """Lay the working grid of a study and read the elevation onto it.

    Parameters
    ----------
    scenario, layers
        The study and its layers, in the working CRS.

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
    return read_terrain(
        scenario.path(scenario.layers.elevation.file),
        layers.area,
        grid,
        refuse_gaps=scenario.terrain.gaps == "refuse",
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


def study_flow(
    scenario: Scenario,
    layers: Layers,
    graph: MovementGraph,
    hours: Mapping[str, NDArray[np.float64]],
    endpoints: Endpoints,
    *,
    terrain: Terrain,
    kept: Kept | None = None,
    on_step: Callable[[str], None] | None = None,
) -> Flow:
    """Solve the travellers of a study.

    Parameters
    ----------
    scenario, layers
        The study and its layers, in the working CRS.
    graph, hours
        The movement graph, and hours of its arcs by profile.
    endpoints, terrain
        From `study_endpoints` and `study_terrain`.
    kept
        Where finished batches are kept.
    on_step
        Told how far the work is.

    Raises
    ------
    ScenarioError, UnreachableError
        See `corridors.flow.transit_flow`.
    """
    places = {"borders": layers["borders"]}
    transits = transit_table(scenario, endpoints.origins, endpoints.destinations)
    profiles = np.array([profile.share for profile in scenario.profiles])
    demand = Demand(
        endpoint_nodes(graph, endpoints.origins, role="origins", **places),
        endpoint_nodes(graph, endpoints.destinations, role="destinations", **places),
        transits[:, :, None] * profiles,
        free_choice=scenario.flow.destinations == "free",
    )
    return transit_flow(
        graph,
        hours,
        demand,
        scenario.flow,
        borders=layers["borders"],
        stretches=border_stretches(layers["borders"], length_m=scenario.flow.stretch_km * 1e3),
        names=(endpoints.origins["name"].tolist(), endpoints.destinations["name"].tolist()),
        inside=terrain.inside,
        seed=scenario.seed,
        called=scenario.called,
        kept=kept,
        on_step=on_step,
    )


def study_alternatives(
    scenario: Scenario,
    layers: Layers,
    journeys: Journeys,
    hours: Mapping[str, NDArray[np.float64]],
    endpoints: Endpoints,
) -> gpd.GeoDataFrame:
    """Find the ways of each journey of a study that truly differ, as ``[flow]`` asks for them.

    Parameters
    ----------
    scenario, layers
        The study and its layers, in the working CRS.
    journeys, hours
        From `corridors.solve_journeys`, and hours of the graph's arcs by profile.
    endpoints
        From `study_endpoints`.

    Returns
    -------
    geopandas.GeoDataFrame
        See `corridors.journey_alternatives`.
    """
    starts, ends = (
        endpoint_nodes(journeys.graph, layer, borders=layers["borders"], role=role)
        for layer, role in (
            (endpoints.origins, "origins"),
            (endpoints.destinations, "destinations"),
        )
    )
    return journey_alternatives(
        journeys,
        hours,
        starts=dict(zip(endpoints.origins["name"], starts, strict=True)),
        ends=dict(zip(endpoints.destinations["name"], ends, strict=True)),
        borders=layers["borders"],
        crossings=layers["crossings"],
        count=scenario.flow.alternatives,
        max_overlap=scenario.flow.max_overlap,
    )


def _corridors(flow: Flow, through: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return bands and through-corridors in one layer, told apart by ``kind``."""
    names = [f"band, {share:.0%}" for share in flow.bands["share"]]
    return _stacked([flow.bands.assign(id=names, kind="band"), through])


def study_network(scenario: Scenario, layers: Layers) -> RoadNetwork:
    """Build the road network of a study, with the speeds of its fastest profile.

    Parameters
    ----------
    scenario, layers
        The study and its layers, in the working CRS.
    """
    fastest = max(scenario.profiles, key=_top_road_speed)
    return build_network(
        layers["roads"],
        borders=layers["borders"],
        crossings=layers["crossings"],
        snap_tolerance_m=scenario.roads.snap_tolerance_m,
        gate_tolerance_m=scenario.crossings.road_tolerance_m,
        speeds_kmh={name: v for name, v in fastest.road_kmh.items() if name != "other"},
        default_speed_kmh=fastest.road_kmh.get("other", NO_ROAD_KMH),
    )


def _top_road_speed(profile: Profile) -> float:
    return max(profile.road_kmh.values(), default=0.0)


def _exposure(
    scenario: Scenario,
    layers: Layers,
    graph: MovementGraph,
    hours: Mapping[str, NDArray[np.float64]],
    paths: gpd.GeoDataFrame,
    flow: Flow,
) -> gpd.GeoDataFrame:
    posts = layers["checkpoints"]
    exposed = checkpoint_exposure(
        posts,
        paths=paths,
        passages=flow.passages,
        incidents=layers["incidents"],
        weather=scenario.weather,
        incident_radius_m=scenario.exposure.incident_radius_m,
    )
    for kind, name in (("bases", "base"), ("reinforcements", "reinforcement")):
        near = nearest_support(_support_hours(scenario, layers, graph, hours, kind))
        exposed[f"hours_from_{name}"] = near["hours"]
        exposed[f"nearest_{name}"] = near["name"]
    return exposed


def _support_layer(
    scenario: Scenario,
    layers: Layers,
    graph: MovementGraph,
    hours: Mapping[str, NDArray[np.float64]],
) -> gpd.GeoDataFrame:
    """Return bases and reinforcements in one layer, with the post that each reaches first."""
    parts = []
    for kind, role in (("bases", "base"), ("reinforcements", "reinforcement")):
        table = _support_hours(scenario, layers, graph, hours, kind)
        near = nearest_support(table.set_axis(layers["checkpoints"]["name"], axis=0).T)
        near.index = layers[kind].index
        parts.append(
            layers[kind].assign(role=role, hours_to_post=near["hours"], nearest_post=near["name"])
        )
    return _stacked(parts)


def _support_hours(
    scenario: Scenario,
    layers: Layers,
    graph: MovementGraph,
    hours: Mapping[str, NDArray[np.float64]],
    kind: str,
) -> pd.DataFrame:
    profile = scenario.exposure.support_profile
    if profile is None:
        profile = max(scenario.profiles, key=_top_road_speed).name
    return support_hours(
        graph,
        hours[profile],
        bases=layers[kind],
        checkpoints=layers["checkpoints"],
        borders=layers["borders"],
    )


def _buffers(scenario: Scenario, layers: Layers, paths: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    wanted = scenario.buffers
    sources = (
        ("path", paths, wanted.paths_m),
        ("crossing", layers["crossings"], wanted.crossings_m),
        ("checkpoint", layers["checkpoints"], wanted.checkpoints_m),
    )
    rings = [
        _rings(of, sites, radius_m, dissolve=wanted.dissolve)
        for of, sites, radii in sources
        for radius_m in radii
        if len(sites)
    ]
    if not rings:
        columns = ["id", "of", "of_id", "radius_m", "area_km2", "geometry"]
        return gpd.GeoDataFrame(columns=columns, geometry="geometry", crs=paths.crs)
    buffers = _stacked(rings)
    contents = buffer_contents(
        buffers,
        incidents=layers["incidents"],
        places=_stacked([layers["places"], layers["camps"]]),
        borders=layers["borders"],
        roads=layers["roads"],
        posts=layers["checkpoints"],
    )
    return buffers.drop(columns=buffers.columns.intersection(contents.columns)).join(contents)


def _rings(
    of: str, sites: gpd.GeoDataFrame, radius_m: float, *, dissolve: bool
) -> gpd.GeoDataFrame:
    named = sites[["id", "geometry"]].reset_index(drop=True)
    rings = buffer(named, radius_m, dissolve=dissolve).reset_index(drop=True)
    of_id = "all" if dissolve else named["id"]
    identifier = (
        f"{of}s, {radius_m:g} m" if dissolve else of + " " + named["id"] + f", {radius_m:g} m"
    )
    return rings.assign(id=identifier, of=of, of_id=of_id, dissolved=dissolve)


def _stacked(layers: list[gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    """Return layers of one CRS under each other, without guessing types from empty columns."""
    full = [layer.dropna(axis="columns", how="all") for layer in layers if len(layer)]
    if not full:
        return layers[0].copy()
    return gpd.GeoDataFrame(pd.concat(full, ignore_index=True), crs=layers[0].crs)


def _distances(network: RoadNetwork, endpoints: Endpoints) -> pd.DataFrame:
    sites = _stacked([endpoints.origins, endpoints.destinations]).drop_duplicates("name")
    points = sites[["name"]].set_geometry(sites.geometry.representative_point())
    return road_distances(network, points)
