"""Who helps transits: hubs and links, given or drawn from where travellers pass."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from corridors.errors import ScenarioError
from corridors.interdiction import (
    Candidates,
    Pairs,
    connected_pairs,
    critical_nodes,
    flow_betweenness,
)
from corridors.layers import ReadingLog
from corridors.layers.kinds import Column, LayerKind
from corridors.layers.load import load_layer
from corridors.reinforcement.problem import Problem
from corridors.scenario.reinforcement import SupportNetwork
from corridors.scenario.sources import LayerSource

__all__ = ["Hubs", "hubs_of", "require_hubs", "support_network", "weighed_hubs"]

FloatArray = NDArray[np.float64]
LongArray = NDArray[np.int64]

HUBS = LayerKind("reinforcement.support.hubs", "point", (Column("name", "text", nullable=True),))
LINKS = LayerKind("reinforcement.support.links", "line", (Column("name", "text", nullable=True),))
LENGTH_MIN_KM = 1e-3


@dataclass(frozen=True)
class Hubs:
    """A network of support.

    Attributes
    ----------
    layer
        The hubs: ``id, name``.
    links, km
        Pairs of hubs, shape (L, 2), the lesser number first, and the length of each.
    visits
        For each traveller the hubs on its way, in order.
    """

    layer: gpd.GeoDataFrame
    links: LongArray
    km: FloatArray
    visits: tuple[tuple[int, ...], ...]


def hubs_of(problem: Problem, asked: SupportNetwork, log: ReadingLog) -> Hubs:
    """Return the network of support of a study.

    Parameters
    ----------
    problem, asked
        The problem, and its ``[reinforcement.support]``.
    log
        Told what was found and mended in its files.

    Raises
    ------
    ScenarioError
        When no hub is near any way.
    """
    ground, ways = problem.ground, problem.flow.passages.lines()
    if asked.hubs is not None:
        layer = _read(problem, asked.hubs, HUBS, log)
    else:
        parts = [ground.layers[kind][["id", "name", "geometry"]] for kind in ("camps", "places")]
        layer = gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), crs=parts[0].crs)
    points = np.asarray(layer.geometry.array)
    near = asked.near_km * 1e3
    way, hub = shapely.STRtree(points).query(ways, predicate="dwithin", distance=near)
    along = shapely.line_locate_point(np.asarray(ways)[way], points[hub])
    order = np.lexsort((along, way))
    bounds = np.searchsorted(way[order], np.arange(len(ways) + 1))
    visits = [tuple(hub[order][a:b].tolist()) for a, b in pairwise(bounds)]
    if asked.hubs is None:  # those that nobody passes are no part of it
        used = np.unique(hub)
        number = {int(old): new for new, old in enumerate(used)}
        layer = layer.iloc[used].reset_index(drop=True)
        visits = [tuple(number[one] for one in own) for own in visits]
        points = points[used]
    if layer.empty:
        raise ScenarioError(
            f"{ground.scenario.called}: no place is within {asked.near_km:g} km of any way; make "
            "reinforcement.support.near_km larger, or give hubs"
        )
    links = _links(visits)
    if asked.links is not None:
        links = _given_links(_read(problem, asked.links, LINKS, log), points)
    km = shapely.distance(points[links[:, 0]], points[links[:, 1]]) / 1e3
    return Hubs(layer, links, np.maximum(km, LENGTH_MIN_KM), tuple(visits))


def _read(
    problem: Problem, source: LayerSource, kind: LayerKind, log: ReadingLog
) -> gpd.GeoDataFrame:
    scenario = problem.ground.scenario
    frame, found, used = load_layer(
        source,
        scenario.path(source.file),
        kind=kind,
        area=problem.ground.layers.area,
        as_of=scenario.as_of,
    )
    log.findings.extend(found)
    log.transformations.extend(used)
    return frame.reset_index(drop=True)


def _links(visits: Sequence[tuple[int, ...]]) -> LongArray:
    """Return the links between hubs that follow one another on a way."""
    found = {(min(a, b), max(a, b)) for own in visits for a, b in pairwise(own) if a != b}
    return np.array(sorted(found), np.int64).reshape(-1, 2)


def _given_links(lines: gpd.GeoDataFrame, points: NDArray[np.object_]) -> LongArray:
    """Return the hubs nearest to the ends of each line."""
    tree = shapely.STRtree(points)
    parts = shapely.get_parts(np.array(lines.geometry.array, dtype=object))
    first = tree.nearest(shapely.get_point(parts, 0))
    last = tree.nearest(shapely.get_point(parts, -1))
    both = np.sort(np.column_stack([first, last]).astype(np.int64), axis=1)
    return np.unique(both[both[:, 0] != both[:, 1]], axis=0)


def require_hubs(hubs: Hubs, *, remove: int, removed: Sequence[str]) -> list[str]:
    """Return the names of hubs; refuse more to take out than there are, or one that is not there.

    Parameters
    ----------
    hubs, remove, removed
        As for `weighed_hubs`.
    """
    layer, count = hubs.layer, len(hubs.layer)
    if remove > count:
        raise ScenarioError(
            f"reinforcement.support.remove = {remove}, and there are only {count} hubs; ask for "
            "fewer, or make reinforcement.support.near_km larger"
        )
    names = [str(name) for name in layer["name"].where(layer["name"].notna(), layer["id"])]
    unknown = [name for name in removed if name not in names]
    if unknown:
        raise ScenarioError(
            f"reinforcement.support.removed names '{unknown[0]}', which is no hub; the hubs are "
            f"{', '.join(names[:20])}"
        )
    return names


def weighed_hubs(
    hubs: Hubs, *, remove: int, removed: Sequence[str], seconds: float
) -> tuple[gpd.GeoDataFrame, list[str]]:
    """Return hubs with what passes them, and what their loss breaks.

    Parameters
    ----------
    hubs
        The network.
    remove
        How many are taken out to break it most.
    removed
        Names of hubs whose loss is documented.
    seconds
        Limit of time.

    Returns
    -------
    layer
        ``id, name, passed`` (share of the transits that come by), ``betweenness`` (share that goes
        through on the shortest ways from their first hub to their last), ``critical`` (whether it
        is one of those to take out), ``pairs_without`` (pairs of hubs that stay connected once it
        is gone, alone).
    sentences
        What it comes to.

    Raises
    ------
    ScenarioError
        When a hub that is named is not there, or more are to be taken out than there are.
    """
    layer, links, count = hubs.layer, hubs.links, len(hubs.layer)
    names = require_hubs(hubs, remove=remove, removed=removed)
    travellers = max(len(hubs.visits), 1)
    passed = np.bincount([h for own in hubs.visits for h in set(own)], minlength=count)
    plan = critical_nodes(count, links, Candidates(count, budget=remove), seconds=seconds)
    found = layer.assign(
        passed=passed / travellers,
        betweenness=_between(hubs) / travellers,
        critical=np.isin(np.arange(count), plan.chosen),
        pairs_without=[connected_pairs(count, links, [hub]) for hub in range(count)],
    )
    whole = connected_pairs(count, links)
    gone = ", ".join(names[hub] for hub in plan.chosen) or "none"
    sentence = (
        f"the support network has {count} hubs and {len(links)} links; taking out {gone} leaves "
        f"{plan.after:g} of {whole} pairs of hubs connected ({plan.status})"
    )
    told = [sentence]
    if removed:
        own = [names.index(name) for name in removed]
        left = connected_pairs(count, links, own)
        told.append(
            f"the loss of {', '.join(removed)} left {left} of {whole} pairs of hubs connected"
        )
    return found, told


def _between(hubs: Hubs) -> FloatArray:
    ends = [(own[0], own[-1]) for own in hubs.visits if len(own) > 1 and own[0] != own[-1]]
    count = len(hubs.layer)
    if not ends or not len(hubs.links):
        return np.zeros(count)
    pairs, flow = np.unique(np.array(ends), axis=0, return_counts=True)
    tails = np.concatenate([hubs.links[:, 0], hubs.links[:, 1]])
    heads = np.concatenate([hubs.links[:, 1], hubs.links[:, 0]])
    asked = Pairs.of(pairs[:, 0], pairs[:, 1], flow.astype(float))
    return flow_betweenness(count, tails, heads, np.tile(hubs.km, 2), asked)


def support_network(
    problem: Problem, asked: SupportNetwork, *, seconds: float
) -> tuple[dict[str, gpd.GeoDataFrame], list[str]]:
    """Return a study's network of support as layers, and what it comes to.

    Parameters
    ----------
    problem, asked
        The problem, and its ``[reinforcement.support]``.
    seconds
        Limit of time.
    """
    log = ReadingLog()
    hubs = hubs_of(problem, asked, log)
    layer, told = weighed_hubs(hubs, remove=asked.remove, removed=asked.removed, seconds=seconds)
    xy = shapely.get_coordinates(np.asarray(hubs.layer.geometry.array))
    ids = hubs.layer["id"].to_numpy(object)
    lines = np.array(shapely.linestrings(xy[hubs.links]), dtype=object).reshape(-1)
    links = gpd.GeoDataFrame(
        {
            "id": [f"link-{n}" for n in range(len(hubs.links))],
            "from": ids[hubs.links[:, 0]],
            "to": ids[hubs.links[:, 1]],
            "km": hubs.km,
        },
        geometry=lines.tolist(),
        crs=hubs.layer.crs,
    )
    return {"support_hubs": layer, "support_links": links}, [*log.findings, *told]
