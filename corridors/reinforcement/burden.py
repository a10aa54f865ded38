"""What a plan adds to ordinary traffic: extra hours between places of protected layers."""

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from corridors.detection import detection_of, sensors_of
from corridors.errors import UnreachableError
from corridors.movement import MovementGraph
from corridors.paths import endpoint_nodes, hours_from
from corridors.reinforcement.problem import Problem
from corridors.scenario.model import Weather
from corridors.study.support import support_profile

__all__ = ["burden_of", "held_up", "traffic_hours"]

FloatArray = NDArray[np.float64]
LongArray = NDArray[np.int64]

# Places that are made on roads and at gates: whatever stands there holds up who passes.
ON_ROADS = ("road", "junction", "gate")
CONTROLLING = ("manned_gate", "road_post")
SURE = 0.5
# Less is rounding.
LONGER_MINUTES = 1e-6


def burden_of(problem: Problem, places: Sequence[int]) -> tuple[pd.DataFrame, str]:
    """Return what new posts add to the hours between places of the protected layers.

    Parameters
    ----------
    problem
        The problem; its scenario says which layers, and how long a post holds up who passes.
    places
        Rows of the places that the plan takes.

    Returns
    -------
    table
        A row for each pair whose way takes longer: ``origin, destination, hours, extra_minutes``.
    sentence
        What it comes to.
    """
    ground = problem.ground
    asked, profile = ground.scenario.reinforcement, support_profile(ground.scenario)
    sites = _sites(problem)
    taken = problem.places.iloc[list(places)]
    arcs, part = held_up(ground.graph, taken)
    hours = ground.hours[profile]
    later = hours.copy()
    np.add.at(later, arcs, part * asked.delay_minutes / 60)
    before, after = (traffic_hours(ground.graph, arc_hours, sites) for arc_hours in (hours, later))
    names = sites["name"].tolist()
    rows, columns = np.nonzero(np.isfinite(before) & ~np.eye(len(names), dtype=bool))
    extra = (after[rows, columns] - before[rows, columns]) * 60
    table = pd.DataFrame(
        {
            "origin": [names[row] for row in rows],
            "destination": [names[column] for column in columns],
            "hours": before[rows, columns],
            "extra_minutes": extra,
        }
    )
    longer = extra > LONGER_MINUTES
    told = (
        f"ordinary traffic between {len(names)} places ({', '.join(asked.protected)}), "
        f"{profile.replace('_', ' ')}: {int(longer.sum())} of {len(table)} ways take "
        f"longer, {extra.mean() if len(extra) else 0:.1f} minutes on average and at most "
        f"{extra.max(initial=0.0):.1f}, where each post on a road or at a gate holds up "
        f"{asked.delay_minutes:g} minutes"
    )
    return table[longer].reset_index(drop=True), told


def _sites(problem: Problem) -> gpd.GeoDataFrame:
    layers = problem.ground.layers
    parts = [
        layers[kind][["id", "name", "geometry"]]
        for kind in problem.ground.scenario.reinforcement.protected
    ]
    sites = gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), crs=parts[0].crs)
    name = sites["name"].where(sites["name"].notna(), sites["id"]).astype(str)
    return sites.assign(name=name)


def held_up(graph: MovementGraph, posts: gpd.GeoDataFrame) -> tuple[LongArray, FloatArray]:
    """Return the arcs on which new posts hold up who passes, and by what part of their delay.

    Parameters
    ----------
    graph
        The movement graph.
    posts
        Places with ``id, kind, source``; those that control a road or a gate, or stand on one.

    Returns
    -------
    arcs, part
        The nearest gate within 1 km, else the nearest segment of road; a gate that a crude border
        cuts several times takes its delay once in all.
    """
    some = posts[posts["kind"].isin(CONTROLLING) | posts["source"].isin(ON_ROADS)]
    kind = np.where(some["kind"] == "road_post", "road_post", "manned_gate")
    standing = some[["id", "geometry"]].assign(
        name=some["id"], kind=kind, range_m=1.0, probability=SURE
    )
    seen = detection_of(graph, sensors_of(standing, weather=Weather()))
    arc = np.repeat(np.arange(graph.arc_count), np.diff(seen.indptr))
    here = seen.once > 0
    return arc[here], seen.once[here] / -np.log1p(-SURE)


def traffic_hours(
    graph: MovementGraph, arc_hours: FloatArray, sites: gpd.GeoDataFrame
) -> FloatArray:
    """Return hours from site to site, infinite where no way leads or a site is off the graph.

    Parameters
    ----------
    graph, arc_hours
        The movement graph, and the hours of its arcs.
    sites
        Points with ``name``.
    """
    found = np.full((len(sites), len(sites)), np.inf)
    nodes = [_node(graph, sites.iloc[[row]]) for row in range(len(sites))]
    there = [row for row, own in enumerate(nodes) if len(own)]
    for row in there:
        cost, _ = hours_from(graph, arc_hours, nodes[row])
        found[row, there] = [cost[nodes[column]].min() for column in there]
    return found


def _node(graph: MovementGraph, site: gpd.GeoDataFrame) -> LongArray:
    nowhere = gpd.GeoDataFrame(geometry=[], crs=site.crs)
    try:
        return endpoint_nodes(graph, site, borders=nowhere, role="protected")[0]
    except UnreachableError:
        return np.empty(0, np.int64)
