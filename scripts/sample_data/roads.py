"""Main roads of the box: the published edges, gap closers and generalised connectors."""

from __future__ import annotations

import ast
import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

import networkx as nx
import shapely
from shapely.geometry import LineString, Point

from . import packages
from .connectors import CONNECTORS, Connector
from .documented import CAMP, CROSSINGS
from .errors import SampleDataError
from .geojson import DECIMALS, Feature
from .places import position
from .study import BOX, STUDY_BOX, LonLat, distance_m, length_km, to_metres

JOIN_MAX_M = 600.0
#: A loose end is joined only where the network's own way round is at least this long.
JOIN_DETOUR_M = 3000.0
#: A published edge longer than this is a chord, not the road's course.
CHORD_M = 5000.0
CROSSING_TOLERANCE_M = 500.0

_SOURCE = "OpenStreetMap, simplified by scgraph_data 2.0.0"
_SEARCH_DEG = 2.0

Graph: TypeAlias = "nx.Graph[LonLat]"


@dataclass(frozen=True)
class Road:
    """One edge of the network; neighbours share end points exactly."""

    id: str
    points: tuple[LonLat, ...]
    road_class: str = "primary"
    name: str | None = None
    generalised: bool = False
    joined: bool = False
    source: str = _SOURCE

    @property
    def line(self) -> LineString:
        """Course of the road in lon/lat."""
        return LineString(self.points)

    def feature(self) -> Feature:
        """Return the road as it is written."""
        properties = {
            "id": self.id,
            "road_class": self.road_class,
            "name": self.name,
            "generalised": self.generalised,
            "joined": self.joined,
            "length_km": length_km(self.line),
            "source": self.source,
        }
        return Feature(self.line, properties)


def roads(cache: Path, places: list[Feature], borders: list[Feature]) -> list[Feature]:
    """Clip the published roads to the box, join small gaps and add connectors."""
    published = _published(cache)
    joins = _joins(published, borders)
    connectors: list[Road] = []
    network = published + joins
    for connector in CONNECTORS:
        points, network = _resolve(connector, places, network)
        connectors.append(
            Road(
                id=connector.id,
                points=points,
                road_class=connector.road_class,
                name=connector.name,
                generalised=True,
                source="drawn by hand from general knowledge of the map; not surveyed",
            )
        )
    _check_border(connectors, borders)
    return [road.feature() for road in network + connectors]


def _published(cache: Path) -> list[Road]:
    edges = packages.cached_json(cache / "extract-roads-2.0.0.json", lambda: _extract(cache))
    found: dict[tuple[LonLat, LonLat], Road] = {}
    for i, j, start, end in edges:
        clipped = LineString([start, end]).intersection(BOX)
        if not isinstance(clipped, LineString) or clipped.length == 0:
            continue
        a, b = ((round(x, DECIMALS), round(y, DECIMALS)) for x, y in clipped.coords)
        # The positions are rounded to 3 decimals, so different edges can fall on one line.
        if a != b and (min(a, b), max(a, b)) not in found:
            chord = distance_m(a, b) > CHORD_M
            road = Road(id=f"sg-{i}-{j}", points=(a, b), generalised=chord)
            found[min(a, b), max(a, b)] = road
    return list(found.values())


def _extract(cache: Path) -> list[Any]:
    """Edges near the box as [i, j, [lon, lat], [lon, lat]].

    The module is read as text and never imported: it would build a graph of the whole world.
    """
    text = packages.read_member(packages.ROADS, cache, "scgraph_data/world_highways.py").decode()
    lists = {
        key: ast.literal_eval(line[len(key) :])
        for key in ("graph=", "nodes=")
        for line in text.splitlines()
        if line.startswith(key)
    }
    graph, nodes = lists["graph="], lists["nodes="]
    west, south, east, north = STUDY_BOX
    near = {
        i
        for i, (lat, lon) in enumerate(nodes)
        if south - _SEARCH_DEG <= lat <= north + _SEARCH_DEG
        and west - _SEARCH_DEG <= lon <= east + _SEARCH_DEG
    }
    pairs = {(min(i, j), max(i, j)) for i in near for j in graph[i]}
    return [[i, j, nodes[i][::-1], nodes[j][::-1]] for i, j in sorted(pairs)]


def _graph(roads: list[Road]) -> Graph:
    graph: Graph = nx.Graph()
    for road in roads:
        a, b = road.points[0], road.points[-1]
        graph.add_edge(a, b, length_m=distance_m(a, b))
    return graph


def _joins(published: list[Road], borders: list[Feature]) -> list[Road]:
    """Straight links from loose ends to the nearest road, where the way round is long."""
    graph = _graph(published)
    loose = [n for n in sorted(graph) if graph.degree(n) == 1 and not _on_rim(n)]
    candidates = sorted(
        (distance_m(a, b), a, b)
        for a in loose
        for b in graph
        if a != b and abs(a[1] - b[1]) < 0.01 and distance_m(a, b) <= JOIN_MAX_M
    )
    joins: list[Road] = []
    for gap_m, a, b in candidates:
        link = LineString([a, b])
        if _way_round_m(graph, a, b) < JOIN_DETOUR_M or _crosses(link, borders):
            continue
        graph.add_edge(a, b, length_m=gap_m)
        number = len(joins) + 1
        joins.append(Road(id=f"join-{number:02d}", points=(a, b), joined=True))
    return joins


def _on_rim(point: LonLat) -> bool:
    return bool(BOX.boundary.distance(Point(point)) < 1e-6)


def _way_round_m(graph: Graph, a: LonLat, b: LonLat) -> float:
    try:
        return float(nx.shortest_path_length(graph, a, b, weight="length_m"))
    except nx.NetworkXNoPath:
        return math.inf


def _crosses(line: LineString, borders: list[Feature]) -> bool:
    return any(line.intersects(border.geometry) for border in borders)


def _resolve(
    connector: Connector, places: list[Feature], network: list[Road]
) -> tuple[tuple[LonLat, ...], list[Road]]:
    """Turn a connector's stops into coordinates, splitting the road it meets half-way."""
    points: list[LonLat] = []
    for stop in connector.stops:
        if not isinstance(stop, str):
            points.append(stop)
            continue
        kind, _, key = stop.partition(":")
        if kind == "place":
            points.append(position(places, key))
        elif kind == "crossing":
            points.append(CROSSINGS[key])
        elif kind == "camp":
            points.append(CAMP)
        elif kind == "node":
            points.append(_node_near(network, key))
        elif kind == "edge":
            at, network = _split(network, key, points[-1])
            points.append(at)
        else:
            raise SampleDataError(f"connector {connector.id}: unknown stop {stop!r}")
    return tuple(points), network


def _node_near(network: list[Road], text: str) -> LonLat:
    lon, lat = (float(v) for v in text.split(","))
    ends = {end for road in network for end in (road.points[0], road.points[-1])}
    nearest = min(sorted(ends), key=lambda end: distance_m(end, (lon, lat)))
    if distance_m(nearest, (lon, lat)) > 50:
        raise SampleDataError(f"no road node at {text}: the road package has changed")
    return nearest


def _split(network: list[Road], road_id: str, start: LonLat) -> tuple[LonLat, list[Road]]:
    (road,) = [r for r in network if r.id == road_id]
    near = road.line.interpolate(road.line.project(Point(start)))
    at = (round(near.x, DECIMALS), round(near.y, DECIMALS))
    halves = [
        replace(road, id=f"{road.id}-a", points=(road.points[0], at)),
        replace(road, id=f"{road.id}-b", points=(at, road.points[-1])),
    ]
    return at, [r for r in network if r is not road] + halves


def _check_border(connectors: list[Road], borders: list[Feature]) -> None:
    """Hold that what we drew ourselves crosses a border only at a crossing."""
    gates = shapely.union_all([to_metres(Point(p)) for p in CROSSINGS.values()])
    for road in connectors:
        for border in borders:
            for point in shapely.get_parts(road.line.intersection(border.geometry)):
                away_m = to_metres(point).distance(gates)
                if away_m > CROSSING_TOLERANCE_M:
                    raise SampleDataError(
                        f"connector {road.id} crosses {border.id} {away_m:.0f} m from a crossing, "
                        f"at {point.wkt}"
                    )
