"""Which ways a study's transits take: least-cost journeys, their alternatives, and travellers."""

from collections.abc import Callable

import geopandas as gpd
import numpy as np

from corridors.alternatives import journey_alternatives
from corridors.border import border_stretches
from corridors.errors import in_scenario
from corridors.flow import Demand, Flow, transit_flow
from corridors.kept import Kept
from corridors.layers import transit_table
from corridors.paths import Journeys, endpoint_nodes, solve_journeys
from corridors.study.ground import Ground

__all__ = ["study_alternatives", "study_flow", "study_journeys"]


def study_journeys(ground: Ground, *, on_profile: Callable[[str], None] | None = None) -> Journeys:
    """Solve the least-cost journeys of a study.

    Parameters
    ----------
    ground
        From `study_ground`.
    on_profile
        Called with each profile before it is solved.

    Raises
    ------
    UnreachableError
        See `corridors.solve_journeys`.
    """
    scenario, endpoints = ground.scenario, ground.endpoints
    with in_scenario(scenario.called):
        return solve_journeys(
            ground.graph,
            dict(ground.hours),
            shares={profile.name: profile.share for profile in scenario.profiles},
            transits=transit_table(scenario, endpoints.origins, endpoints.destinations),
            origins=endpoints.origins,
            destinations=endpoints.destinations,
            borders=ground.layers["borders"],
            on_profile=on_profile,
        )


def study_flow(
    ground: Ground,
    *,
    sigma: float | None = None,
    kept: Kept | None = None,
    on_step: Callable[[str], None] | None = None,
) -> Flow:
    """Solve the travellers of a study.

    Parameters
    ----------
    ground
        From `study_ground`.
    sigma
        How far travellers err; found from the scenario's detour unless given.
    kept
        Where finished batches are kept.
    on_step
        Told how far the work is.

    Raises
    ------
    ScenarioError, UnreachableError
        See `corridors.transit_flow`.
    """
    scenario, layers, graph = ground.scenario, ground.layers, ground.graph
    endpoints = ground.endpoints
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
        ground.hours,
        demand,
        scenario.flow,
        borders=layers["borders"],
        stretches=border_stretches(layers["borders"], length_m=scenario.flow.stretch_km * 1e3),
        names=(endpoints.origins["name"].tolist(), endpoints.destinations["name"].tolist()),
        inside=ground.terrain.inside,
        seed=scenario.seed,
        called=scenario.called,
        detection=ground.detection,
        knowledge=scenario.knowledge,
        sigma=sigma,
        kept=kept,
        on_step=on_step,
    )


def study_alternatives(ground: Ground, journeys: Journeys) -> gpd.GeoDataFrame:
    """Find the ways of each journey of a study that truly differ, as ``[flow]`` asks for them.

    Parameters
    ----------
    ground, journeys
        From `study_ground` and `study_journeys`.

    Returns
    -------
    geopandas.GeoDataFrame
        See `corridors.journey_alternatives`.
    """
    scenario, layers, endpoints = ground.scenario, ground.layers, ground.endpoints
    starts, ends = (
        endpoint_nodes(journeys.graph, layer, borders=layers["borders"], role=role)
        for layer, role in (
            (endpoints.origins, "origins"),
            (endpoints.destinations, "destinations"),
        )
    )
    return journey_alternatives(
        journeys,
        ground.hours,
        starts=dict(zip(endpoints.origins["name"], starts, strict=True)),
        ends=dict(zip(endpoints.destinations["name"], ends, strict=True)),
        borders=layers["borders"],
        crossings=layers["crossings"],
        count=scenario.flow.alternatives,
        max_overlap=scenario.flow.max_overlap,
    )
