"""From layers to a network: join roads where they meet, part them at the border."""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import geopandas as gpd
import networkx as nx
import numpy as np
import pyproj

from corridors.crs import LONLAT, project_points, require_metric
from corridors.network.cuts import Meeting, Pieces, part_at_borders
from corridors.network.model import (
    BorderCut,
    Component,
    GatePassage,
    NetworkReport,
    RoadNetwork,
    connected_nodes,
)
from corridors.network.noding import Lines, Noded, node_lines
from corridors.network.tables import Crossings, Roads, read_borders, read_crossings, read_roads

__all__ = ["build_network"]

# x, y, meeting (-1: none) and sector (-1: all of them): what makes two ends one node.
Place = tuple[float, float, int, int]


def build_network(
    roads: gpd.GeoDataFrame,
    *,
    borders: gpd.GeoDataFrame | None = None,
    crossings: gpd.GeoDataFrame | None = None,
    snap_tolerance_m: float = 30.0,
    gate_tolerance_m: float = 2000.0,
    speeds_kmh: Mapping[str, float],
    default_speed_kmh: float | None = None,
) -> RoadNetwork:
    """Build the graph of roads and crossings.

    Roads are joined where they share a vertex, where an end touches another road, and where a
    loose end lies within the tolerance of an end or of another road (the rules are at the top of
    `corridors.network.noding`). A road that cuts a border within `gate_tolerance_m` of a crossing
    passes through that crossing's gate; elsewhere it is cut there, and reported. So the nodes of
    kind ``"crossing"`` are the only way over a border. The result does not depend on the order
    of the rows.

    Parameters
    ----------
    roads
        Lines in a metric CRS, with `id` and `road_class`; optional columns are `speed_kmh` (goes
        before the speed of the class), `oneway` (OpenStreetMap's yes, no, -1), `generalised` and
        `joined`.
    borders
        Lines with `id`, in the same CRS; None where no border is studied.
    crossings
        Points with `id`; optional columns are `name` and `open`.
    snap_tolerance_m
        How far a loose end may be moved to meet another road; 0 joins only what touches.
    gate_tolerance_m
        How far from a crossing's point, in a straight line, a road may cut the border and still
        pass through that crossing.
    speeds_kmh
        Speed of each road class.
    default_speed_kmh
        Speed of a class that is not in `speeds_kmh`; None refuses such roads.

    Raises
    ------
    CRSError
        When a layer has no CRS or one that is not metric, or the layers differ in it.
    LayerError
        When a layer lacks a column, or a row cannot be used.
    ValueError
        When a tolerance is negative or not a number.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import LineString, Point
    >>> crs = "EPSG:32637"
    >>> roads = gpd.GeoDataFrame(
    ...     {"id": ["a", "b"], "road_class": ["primary", "track"]},
    ...     geometry=[LineString([(0, 0), (9000, 0)]), LineString([(0, 6000), (9000, 6000)])],
    ...     crs=crs,
    ... )
    >>> border = gpd.GeoDataFrame(
    ...     {"id": ["north-south"]}, geometry=[LineString([(4000, -1000), (4000, 9000)])], crs=crs
    ... )
    >>> gate = gpd.GeoDataFrame({"id": ["gate"]}, geometry=[Point(4100, 0)], crs=crs)
    >>> network = build_network(
    ...     roads, borders=border, crossings=gate, speeds_kmh={"primary": 60, "track": 20}
    ... )
    >>> for sentence in network.report.sentences():
    ...     print(sentence)
    4 road stretches and 7 nodes, 18.0 km in all.
    It falls into 3 parts that no open road joins; the largest holds 9.0 km (50.0%).
    It has 4 loose ends.
    Road a through crossing gate (open), 100 m from its point.
    Road b cut at border north-south, lon 34.54709, lat 0.05412 (x 4000, y 6000), 6,001 m from ...
    """
    for name, value in (
        ("snap_tolerance_m", snap_tolerance_m),
        ("gate_tolerance_m", gate_tolerance_m),
    ):
        if not (value >= 0 and math.isfinite(value)):
            message = f"{name} is {value}; give a distance in metres, 0 or more"
            raise ValueError(message)
    crs = require_metric(roads, name="the roads layer")
    table = read_roads(roads, speeds_kmh=speeds_kmh, default_speed_kmh=default_speed_kmh)
    border_lines = read_borders(borders, crs=crs)
    gates = read_crossings(crossings, crs=crs)
    noded = node_lines(
        Lines([np.asarray(line.coords) for line in table.lines], table.road),
        tolerance_m=snap_tolerance_m,
        oneway=table.oneway,
        speed_kmh=table.speed_kmh,
    )
    pieces = part_at_borders(noded.lines, border_lines)
    passages = [_passage(meeting, gates, gate_tolerance_m) for meeting in pieces.meetings]
    places = _places(pieces, passages)
    graph, number = _nodes(places, pieces, passages, gates)
    _add_edges(graph, pieces, ends=[(number[a], number[b]) for a, b in places], roads=table)
    _name_kinds(graph)
    lonlat = _lonlat([(meeting.x, meeting.y) for meeting in pieces.meetings], crs)
    cuts, passed = _at_border(pieces, passages, gates, roads=table, number=number, lonlat=lonlat)
    report = _report(graph, noded, crs=crs, cuts=cuts, gates=passed)
    network = RoadNetwork(graph, crs, report)
    parts = tuple(Component(len(nodes), count, km) for nodes, count, km in connected_nodes(network))
    return replace(network, report=replace(report, components=parts))


@dataclass(frozen=True)
class _Passage:
    """What becomes of a meeting of roads and border, and the crossing nearest to it."""

    kind: Literal["touch", "cut", "gate"]
    crossing: int
    distance_m: float


def _passage(meeting: Meeting, crossings: Crossings, gate_tolerance_m: float) -> _Passage:
    crossing, distance_m = -1, math.inf
    if crossings.id:
        away = np.hypot(crossings.xy[:, 0] - meeting.x, crossings.xy[:, 1] - meeting.y)
        crossing = int(away.argmin())
        distance_m = float(away[crossing])
    if len(meeting.sectors) < 2:
        return _Passage("touch", crossing, distance_m)
    return _Passage("gate" if distance_m <= gate_tolerance_m else "cut", crossing, distance_m)


def _places(pieces: Pieces, passages: list[_Passage]) -> list[tuple[Place, Place]]:
    """Return what each piece starts and ends at; ends at one place become one node."""
    found = []
    for xy, meeting, sector in zip(
        pieces.lines.xy, pieces.meeting.tolist(), pieces.sector.tolist(), strict=True
    ):
        ends = []
        for end in (0, 1):
            x, y = xy[-end].tolist()
            at = meeting[end]
            apart = at >= 0 and passages[at].kind == "cut"
            ends.append((x, y, at, sector[end] if apart else -1))
        found.append((ends[0], ends[1]))
    return found


def _nodes(
    places: list[tuple[Place, Place]],
    pieces: Pieces,
    passages: list[_Passage],
    crossings: Crossings,
) -> "tuple[nx.MultiGraph[int], dict[Place, int]]":
    """Return a graph of nodes alone, and the number of each place."""
    shares = _gate_shares(pieces, passages)
    met = {passage.crossing for passage in passages if passage.kind == "gate"}
    alone = {
        (float(x), float(y), -2 - at, -1): at
        for at, (x, y) in enumerate(crossings.xy)
        if at not in met
    }
    graph: nx.MultiGraph[int] = nx.MultiGraph()
    number: dict[Place, int] = {}
    for place in sorted({end for ends in places for end in ends} | set(alone)):
        x, y, meeting, _ = place
        kind, crossing = "", alone.get(place, -1)
        if meeting >= 0 and passages[meeting].kind != "touch":
            kind = "border_cut"
            if passages[meeting].kind == "gate":
                crossing = passages[meeting].crossing
        number[place] = len(number)
        graph.add_node(
            number[place],
            x=x,
            y=y,
            kind="crossing" if crossing >= 0 else kind,
            crossing_id=crossings.id[crossing] if crossing >= 0 else None,
            open=bool(crossings.open[crossing]) if crossing >= 0 else True,
            gate_share=shares.get(meeting, 1.0),
            on_border=meeting >= 0,
        )
    return graph, number


def _gate_shares(pieces: Pieces, passages: list[_Passage]) -> dict[int, float]:
    """Return by meeting its share of a gate's delay: 1/n where a road meets one gate n times."""
    met: dict[tuple[int, int], set[int]] = {}
    for line, meetings in zip(pieces.line.tolist(), pieces.meeting.tolist(), strict=True):
        for meeting in meetings:
            if meeting >= 0 and passages[meeting].kind == "gate":
                met.setdefault((line, passages[meeting].crossing), set()).add(meeting)
    shares: dict[int, float] = {}
    for together in met.values():
        for meeting in together:
            shares[meeting] = min(shares.get(meeting, 1.0), 1 / len(together))
    return shares


def _add_edges(
    graph: "nx.MultiGraph[int]", pieces: Pieces, *, ends: list[tuple[int, int]], roads: Roads
) -> None:
    counted: Counter[str] = Counter()
    geometry = pieces.lines.geometry()
    for at, (start, end) in enumerate(ends):
        road = int(pieces.lines.road[at])
        edge_id = f"{roads.id[road]}/{counted[roads.id[road]]}"
        counted[roads.id[road]] += 1
        length_m = float(geometry[at].length)
        speed_kmh = float(roads.speed_kmh[road])
        gates = [graph.nodes[node]["kind"] == "crossing" for node in (start, end)]
        graph.add_edge(
            start,
            end,
            key=edge_id,
            id=edge_id,
            from_node=start,
            to_node=end,
            road_id=roads.id[road],
            road_class=roads.road_class[road],
            length_m=length_m,
            speed_kmh=speed_kmh,
            hours=length_m / 1000 / speed_kmh,
            generalised=bool(roads.generalised[road]),
            joined=bool(roads.joined[road]),
            oneway=bool(roads.oneway[road]),
            crosses_gate=any(gates),
            open=all(graph.nodes[node]["open"] for node in (start, end)),
            on_border=bool(pieces.on_border[at]),
            from_side=_side(pieces, at, 0) if gates[0] else -1,
            to_side=_side(pieces, at, 1) if gates[1] else -1,
            geometry=geometry[at],
        )


def _side(pieces: Pieces, piece: int, end: int) -> int:
    meeting = pieces.meetings[int(pieces.meeting[piece, end])]
    return meeting.sectors.index(int(pieces.sector[piece, end]))


def _name_kinds(graph: "nx.MultiGraph[int]") -> None:
    for node, degree in graph.degree():
        if not graph.nodes[node]["kind"]:
            graph.nodes[node]["kind"] = "end" if degree == 1 else "junction"


def _at_border(
    pieces: Pieces,
    passages: list[_Passage],
    crossings: Crossings,
    *,
    roads: Roads,
    number: dict[Place, int],
    lonlat: list[tuple[float, float]],
) -> tuple[tuple[BorderCut, ...], tuple[GatePassage, ...]]:
    """Return the record of each cut and each passage, in order of x, then y."""
    cuts, gates = [], []
    for at, (meeting, passage) in enumerate(zip(pieces.meetings, passages, strict=True)):
        here = (pieces.meeting == at).any(axis=1)
        road_ids = tuple(sorted({roads.id[road] for road in pieces.lines.road[here]}))
        x, y, crossing = meeting.x, meeting.y, passage.crossing
        if passage.kind == "gate":
            gates.append(
                GatePassage(
                    node=number[x, y, at, -1],
                    x=x,
                    y=y,
                    lon=lonlat[at][0],
                    lat=lonlat[at][1],
                    crossing_id=crossings.id[crossing],
                    crossing_name=crossings.name[crossing],
                    open=bool(crossings.open[crossing]),
                    distance_m=passage.distance_m,
                    road_ids=road_ids,
                    border_id=meeting.border_id,
                )
            )
        elif passage.kind == "cut":
            nearest = (None, None) if crossing < 0 else (crossings.id[crossing], passage.distance_m)
            cuts.append(BorderCut(x, y, *lonlat[at], road_ids, meeting.border_id, *nearest))
    return tuple(cuts), tuple(gates)


def _lonlat(places: list[tuple[float, float]], crs: pyproj.CRS) -> list[tuple[float, float]]:
    """Return places in degrees, to about 0.1 m."""
    xy = np.array(places, dtype=np.float64).reshape(-1, 2)
    lon, lat = project_points(xy[:, 0], xy[:, 1], from_crs=crs, to_crs=LONLAT)
    return list(zip(lon.round(6).tolist(), lat.round(6).tolist(), strict=True))


def _report(
    graph: "nx.MultiGraph[int]",
    noded: Noded,
    *,
    crs: pyproj.CRS,
    cuts: tuple[BorderCut, ...],
    gates: tuple[GatePassage, ...],
) -> NetworkReport:
    nodes = {node: graph.nodes[node] for node in sorted(graph.nodes)}
    lengths = [data["length_m"] for _, _, data in graph.edges(data=True)]
    ends = [(n["x"], n["y"]) for n in nodes.values() if n["kind"] == "end"]
    moves = [move for move in noded.moves_m if move > 0]
    return NetworkReport(
        nodes=len(nodes),
        edges=len(lengths),
        length_km=math.fsum(lengths) / 1000,
        components=(),
        dangling_ends=tuple(ends),
        dangling_ends_lonlat=tuple(_lonlat(ends, crs)),
        snapped_ends=len(moves),
        greatest_move_m=max(moves, default=0.0),
        border_cuts=cuts,
        gates=gates,
        crossings_without_road=tuple(
            sorted(
                node["crossing_id"]
                for number, node in nodes.items()
                if node["kind"] == "crossing" and not graph.degree(number)
            )
        ),
        dropped_duplicates=noded.duplicates,
        dropped_zero_length=noded.zero_length,
    )
