"""Distances by road between named points."""

from dataclasses import dataclass
from typing import cast

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from corridors.crs import require_metric
from corridors.errors import CRSError, LayerError
from corridors.network.model import RoadNetwork
from corridors.network.parts import connected_parts, end_states

__all__ = ["RoadDistance", "road_distance", "road_distances"]

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]


@dataclass(frozen=True)
class RoadDistance:
    """How far it is by road from one point to another.

    Attributes
    ----------
    km
        Length of the shortest way by road; infinite where there is none.
    dry_hours
        Time of the quickest way by road, which may be another, on dry roads at the speeds of the
        network; neither rain nor a gate's delay is in it.
    from_off_road_m, to_off_road_m
        From the two points to the road, in a straight line; not in `km`.
    reason
        Why there is no way; empty where there is one.
    """

    km: float
    dry_hours: float
    from_off_road_m: float
    to_off_road_m: float
    reason: str


@dataclass(frozen=True)
class _Arcs:
    """One-way arcs between the states of the network, with points put on the roads as states."""

    start: Indices
    end: Indices
    km: Floats
    hours: Floats
    backward: NDArray[np.bool_]
    closed: NDArray[np.bool_]
    count: int


def road_distance(
    network: RoadNetwork,
    start: shapely.Point,
    end: shapely.Point,
    *,
    max_off_road_m: float = 5000.0,
) -> RoadDistance:
    """Return how far it is by road from one point to another, in the network's CRS.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import LineString, Point
    >>> from corridors.network import build_network
    >>> road = gpd.GeoDataFrame(
    ...     {"id": ["a"], "road_class": ["track"]},
    ...     geometry=[LineString([(0, 0), (8000, 0)])], crs="EPSG:32637",
    ... )
    >>> network = build_network(road, speeds_kmh={"track": 30})
    >>> road_distance(network, Point(1000, 50), Point(7000, 0))
    RoadDistance(km=6.0, dry_hours=0.2, from_off_road_m=50.0, to_off_road_m=0.0, reason='')
    """
    points = gpd.GeoDataFrame({"name": ["a", "b"]}, geometry=[start, end], crs=network.crs)
    table = road_distances(network, points, max_off_road_m=max_off_road_m)
    row = table[(table["from"] == "a") & (table["to"] == "b")].iloc[0]
    return RoadDistance(
        km=float(row["km"]),
        dry_hours=float(row["dry_hours"]),
        from_off_road_m=float(row["from_off_road_m"]),
        to_off_road_m=float(row["to_off_road_m"]),
        reason=str(row["reason"]),
    )


def road_distances(
    network: RoadNetwork,
    points: gpd.GeoDataFrame,
    *,
    name: str = "name",
    max_off_road_m: float = 5000.0,
) -> pd.DataFrame:
    """Return how far it is by road between all pairs of points.

    Each point is put on the nearest road. One-way roads are driven one way only, and a closed
    gate is not passed. Hours are those of dry roads, without a gate's delay: for what a journey
    takes in the weather of a study see `corridors.least_cost_paths`.

    Parameters
    ----------
    network
        The road network.
    points
        Points in the network's CRS.
    name
        The column that names them.
    max_off_road_m
        A point farther than this from every road is not on the network.

    Returns
    -------
    DataFrame
        One row for each ordered pair of two points: `from`, `to`, `km`, `dry_hours`,
        `from_off_road_m`, `to_off_road_m` and `reason`, as in `RoadDistance`.

    Raises
    ------
    CRSError
        When the points are not in the network's CRS.
    LayerError
        When a row is no point, or there is no such column.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import LineString, Point
    >>> from corridors.network import build_network
    >>> road = gpd.GeoDataFrame(
    ...     {"id": ["a"], "road_class": ["track"]},
    ...     geometry=[LineString([(0, 0), (8000, 0)])], crs="EPSG:32637",
    ... )
    >>> network = build_network(road, speeds_kmh={"track": 30})
    >>> towns = gpd.GeoDataFrame(
    ...     {"name": ["West", "East"]}, geometry=[Point(0, 0), Point(7500, 0)], crs=road.crs
    ... )
    >>> road_distances(network, towns)[["from", "to", "km", "dry_hours"]]
       from    to   km  dry_hours
    0  West  East  7.5       0.25
    1  East  West  7.5       0.25
    """
    geometry = _checked_points(network, points, name)
    edges, nodes = network.edges_gdf(), network.nodes_gdf()
    edge, measure, off_road_m = _nearest_road(edges, geometry)
    on = off_road_m <= max_off_road_m
    arcs, state = _arcs(edges, nodes, edge=edge[on], measure=measure[on])
    shape = (len(geometry), len(geometry))
    tables = {}
    for column in ("km", "hours"):
        tables[column] = np.full(shape, np.inf)
        found = _shortest(arcs, getattr(arcs, column), state)
        tables[column][np.ix_(on, on)] = found
    names = points[name].tolist()
    reasons = _reasons(arcs, state, on, tables["km"])
    rows = [
        {
            "from": names[one],
            "to": names[other],
            "km": float(tables["km"][one, other]),
            "dry_hours": float(tables["hours"][one, other]),
            "from_off_road_m": float(off_road_m[one]),
            "to_off_road_m": float(off_road_m[other]),
            "reason": _far(names, on, one, other, max_off_road_m) or reasons.get((one, other), ""),
        }
        for one in range(len(names))
        for other in range(len(names))
        if one != other
    ]
    columns = ["from", "to", "km", "dry_hours", "from_off_road_m", "to_off_road_m", "reason"]
    return pd.DataFrame(rows, columns=columns)


def _checked_points(
    network: RoadNetwork, points: gpd.GeoDataFrame, name: str
) -> NDArray[np.object_]:
    crs = require_metric(points, name="the points layer")
    if crs != network.crs:
        message = (
            f"the points are in {crs.name} and the network in {network.crs.name}; bring them into "
            "one system: corridors.project(points, to_crs=network.crs)"
        )
        raise CRSError(message)
    if name not in points.columns:
        raise LayerError(
            f"has no column '{name}'", layer="points", todo="name the column that names them"
        )
    geometry = np.asarray(points.geometry.array)
    bad = (shapely.get_type_id(geometry) != shapely.GeometryType.POINT) | shapely.is_empty(geometry)
    if bad.any():
        raise LayerError(
            "the geometry is no point",
            layer="points",
            rows=np.flatnonzero(bad).tolist(),
            todo="give one point a row",
        )
    return geometry


def _nearest_road(
    edges: gpd.GeoDataFrame, geometry: NDArray[np.object_]
) -> tuple[Indices, Floats, Floats]:
    """Return of each point the nearest edge, how far along it, and how far off; first of ties."""
    lines = np.asarray(edges.geometry.array)
    count = len(geometry)
    edge, off = np.zeros(count, dtype=np.int64), np.full(count, np.inf)
    if len(lines) and count:
        tree = shapely.STRtree(lines)
        (at, line), away = tree.query_nearest(geometry, return_distance=True, all_matches=True)
        order = np.lexsort((line, at))
        which, first = np.unique(at[order], return_index=True)
        edge[which], off[which] = line[order][first], away[order][first]
    measure = np.zeros(count)
    if len(lines):
        measure = shapely.line_locate_point(lines[edge], geometry)
    return edge, measure, off


def _arcs(
    edges: gpd.GeoDataFrame, nodes: gpd.GeoDataFrame, *, edge: Indices, measure: Floats
) -> tuple[_Arcs, Indices]:
    """Return the arcs of the roads, cut where points were put on them, and each point's state."""
    states = end_states(edges, nodes)
    count = len(states.node)
    state = count + np.arange(len(edge))
    length = edges["length_m"].to_numpy(float)
    of = np.concatenate([np.arange(len(edges)), edge, np.arange(len(edges))])
    at = np.concatenate([np.zeros(len(edges)), measure, length])
    who = np.concatenate([states.from_state, state, states.to_state])
    kind = np.repeat([0, 1, 2], [len(edges), len(edge), len(edges)])
    order = np.lexsort((kind, at, of))
    # A point that falls on an end lies behind the start and before the end all the same.
    order = order[np.lexsort((at[order], kind[order] == 2, kind[order] != 0, of[order]))]
    of, at, who = of[order], at[order], who[order]
    joined = of[1:] == of[:-1]
    start, end, road = who[:-1][joined], who[1:][joined], of[:-1][joined]
    km = np.maximum(np.diff(at)[joined], 0.0) / 1000
    hours = km / edges["speed_kmh"].to_numpy(float)[road]
    oneway = edges["oneway"].to_numpy(bool)[road]
    tie_start, tie_end, tie_closed = _gate_ties(states.node, nodes)
    ties = len(tie_start)
    none = np.zeros(ties)
    arcs = _Arcs(
        start=np.concatenate([start, end, tie_start]),
        end=np.concatenate([end, start, tie_end]),
        km=np.concatenate([km, km, none]),
        hours=np.concatenate([hours, hours, none]),
        backward=np.concatenate([np.zeros(len(km), dtype=bool), oneway, none.astype(bool)]),
        closed=np.concatenate([np.zeros(2 * len(km), dtype=bool), tie_closed]),
        count=count + len(edge),
    )
    return arcs, state


def _gate_ties(
    state_node: Indices, nodes: gpd.GeoDataFrame
) -> tuple[Indices, Indices, NDArray[np.bool_]]:
    """Return arcs between the sides of each gate, both ways, and whether the gate is closed."""
    is_open = nodes.set_index("node")["open"].reindex(state_node).to_numpy(bool)
    following = np.flatnonzero(state_node[1:] == state_node[:-1])
    start = np.concatenate([following, following + 1])
    end = np.concatenate([following + 1, following])
    return start, end, ~is_open[start]


def _shortest(arcs: _Arcs, cost: Floats, state: Indices) -> Floats:
    """Return the least cost from each to each of some states, (P, P)."""
    if not len(state):
        return np.empty((0, 0))
    use = ~arcs.backward & ~arcs.closed & (arcs.start != arcs.end)
    start, end, cost = arcs.start[use], arcs.end[use], cost[use]
    # A sparse matrix adds up what is given twice, and parallel roads are not one long road.
    order = np.lexsort((cost, end, start))
    start, end, cost = start[order], end[order], cost[order]
    least = np.ones(len(start), dtype=bool)
    least[1:] = (start[1:] != start[:-1]) | (end[1:] != end[:-1])
    matrix = csr_array((cost[least], (start[least], end[least])), shape=(arcs.count,) * 2)
    return cast(Floats, dijkstra(matrix, indices=state)[:, state])


def _far(
    names: list[object], on: NDArray[np.bool_], one: int, other: int, max_off_road_m: float
) -> str:
    far = [str(names[at]) for at in (one, other) if not on[at]]
    return f"no road within {max_off_road_m:,.0f} m of {' and '.join(far)}" if far else ""


def _reasons(
    arcs: _Arcs, state: Indices, on: NDArray[np.bool_], km: Floats
) -> dict[tuple[int, int], str]:
    """Return why there is no way, for pairs on the network that have none."""
    part = connected_parts(arcs.start, arcs.end, count=arcs.count)
    usable = ~arcs.closed
    open_part = connected_parts(arcs.start[usable], arcs.end[usable], count=arcs.count)
    known = dict(zip(np.flatnonzero(on).tolist(), state.tolist(), strict=True))
    reasons = {}
    for one, other in np.argwhere(np.isinf(km)).tolist():
        if one not in known or other not in known:
            continue
        a, b = known[one], known[other]
        if part[a] != part[b]:
            reasons[one, other] = "no road joins them"
        elif open_part[a] != open_part[b]:
            reasons[one, other] = "only through a closed gate"
        else:
            reasons[one, other] = "only against one-way traffic"
    return reasons
