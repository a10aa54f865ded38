"""What a road network is, and what is said about it."""

from dataclasses import asdict, dataclass
from typing import Any

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from corridors.network.parts import connected_parts, end_states

__all__ = ["BorderCut", "Component", "GatePassage", "NetworkReport", "RoadNetwork"]

_PLACES = ("dangling_ends", "dangling_ends_lonlat")
NODE_COLUMNS = ("node", "x", "y", "kind", "crossing_id", "open", "gate_share", "on_border")
EDGE_COLUMNS = (
    "id",
    "from_node",
    "to_node",
    "road_id",
    "road_class",
    "length_m",
    "speed_kmh",
    "hours",
    "generalised",
    "joined",
    "oneway",
    "crosses_gate",
    "open",
    "on_border",
    "from_side",
    "to_side",
)


@dataclass(frozen=True)
class Component:
    """One connected part of the network.

    Attributes
    ----------
    nodes, edges
        How many it holds; a closed gate is counted in the part on each of its sides.
    length_km
        The length of its roads.
    """

    nodes: int
    edges: int
    length_km: float


@dataclass(frozen=True)
class BorderCut:
    """A place where a road was cut because it meets the border away from every crossing.

    Attributes
    ----------
    x, y
        Where, in metres in the network's CRS.
    lon, lat
        The same in degrees (WGS 84).
    road_ids
        The roads that meet there; nearly always one.
    border_id
        The border that is cut.
    nearest_crossing_id, distance_m
        The crossing that is nearest in a straight line; None and None where there is none at all.
    """

    x: float
    y: float
    lon: float
    lat: float
    road_ids: tuple[str, ...]
    border_id: str
    nearest_crossing_id: str | None
    distance_m: float | None


@dataclass(frozen=True)
class GatePassage:
    """A place where a road passes the border through the gate of a crossing.

    Attributes
    ----------
    node
        The gate's node in the graph.
    x, y
        Where the road cuts the border, in metres in the network's CRS.
    lon, lat
        The same in degrees (WGS 84).
    crossing_id, crossing_name, open
        The crossing.
    distance_m
        From the cut to the crossing's point in a straight line.
    road_ids
        The roads that meet there.
    border_id
        The border that is passed.
    """

    node: int
    x: float
    y: float
    lon: float
    lat: float
    crossing_id: str
    crossing_name: str
    open: bool
    distance_m: float
    road_ids: tuple[str, ...]
    border_id: str


@dataclass(frozen=True)
class NetworkReport:
    """What was found and done while the network was built.

    Attributes
    ----------
    nodes, edges, length_km
        Size of the graph.
    components
        The connected parts that hold a road, longest first; a closed gate does not connect.
    dangling_ends
        x and y of the nodes where a road ends and no other begins, without the border cuts.
    dangling_ends_lonlat
        The same in degrees (WGS 84), longitude first.
    snapped_ends, greatest_move_m
        How many road ends were moved to meet another road, and the farthest any was moved.
    border_cuts
        Where roads were cut at the border.
    gates
        Where roads pass a crossing.
    crossings_without_road
        Ids of crossings that no road passes.
    dropped_duplicates, dropped_zero_length
        Stretches of road that were there twice (in either direction), or had no length.
    """

    nodes: int
    edges: int
    length_km: float
    components: tuple[Component, ...]
    dangling_ends: tuple[tuple[float, float], ...]
    dangling_ends_lonlat: tuple[tuple[float, float], ...]
    snapped_ends: int
    greatest_move_m: float
    border_cuts: tuple[BorderCut, ...]
    gates: tuple[GatePassage, ...]
    crossings_without_road: tuple[str, ...]
    dropped_duplicates: int
    dropped_zero_length: int

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain values that `json.dumps` takes as they are."""
        places = {key: [list(xy) for xy in getattr(self, key)] for key in _PLACES}
        return {**asdict(self), **places}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "NetworkReport":
        """Return the report that `to_dict`, by way of JSON, came from."""
        made = dict(values)
        made["components"] = tuple(Component(**part) for part in values["components"])
        for key in _PLACES:
            made[key] = tuple((x, y) for x, y in values[key])
        for key, kind in (("border_cuts", BorderCut), ("gates", GatePassage)):
            made[key] = tuple(
                kind(**dict(item, road_ids=tuple(item["road_ids"]))) for item in values[key]
            )
        made["crossings_without_road"] = tuple(values["crossings_without_road"])
        return cls(**made)

    def sentences(self) -> list[str]:
        """Return the report as short sentences."""
        stretches = _count(self.edges, "road stretch", "road stretches")
        return [
            f"{stretches} and {_count(self.nodes, 'node')}, {self.length_km:,.1f} km in all.",
            *self._parts(),
            *self._repairs(),
            *[_gate_sentence(gate) for gate in self.gates],
            *[_cut_sentence(cut) for cut in self.border_cuts],
            *[f"No road passes crossing {one}." for one in self.crossings_without_road],
        ]

    def _parts(self) -> list[str]:
        if not self.components:
            return []
        if len(self.components) == 1:
            return [f"All of it is connected, with {_count(len(self.dangling_ends), 'loose end')}."]
        largest = self.components[0]
        share = largest.length_km / self.length_km
        held = f"the largest holds {largest.length_km:,.1f} km ({share:.1%})"
        return [
            f"It falls into {len(self.components)} parts that no open road joins; {held}.",
            f"It has {_count(len(self.dangling_ends), 'loose end')}.",
        ]

    def _repairs(self) -> list[str]:
        said = []
        if self.snapped_ends:
            said.append(
                f"{_count(self.snapped_ends, 'road end')} moved to meet another road, "
                f"by {self.greatest_move_m:.1f} m at most."
            )
        if self.dropped_duplicates:
            said.append(
                f"{_count(self.dropped_duplicates, 'stretch', 'stretches')} dropped as "
                "already there."
            )
        if self.dropped_zero_length:
            said.append(
                f"{_count(self.dropped_zero_length, 'stretch', 'stretches')} dropped as "
                "having no length."
            )
        return said


def _count(number: int, one: str, many: str | None = None) -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _roads(road_ids: tuple[str, ...]) -> str:
    return f"Road{'s' if len(road_ids) > 1 else ''} {', '.join(road_ids)}"


def _gate_sentence(gate: GatePassage) -> str:
    state = "open" if gate.open else "closed"
    return (
        f"{_roads(gate.road_ids)} through crossing {gate.crossing_id} ({state}), "
        f"{gate.distance_m:,.0f} m from its point."
    )


def _cut_sentence(cut: BorderCut) -> str:
    near = "and there is no crossing at all"
    if cut.nearest_crossing_id is not None:
        near = f"{cut.distance_m:,.0f} m from the nearest crossing, {cut.nearest_crossing_id}"
    return (
        f"{_roads(cut.road_ids)} cut at border {cut.border_id}, lon {cut.lon:.5f}, "
        f"lat {cut.lat:.5f} (x {cut.x:.0f}, y {cut.y:.0f}), {near}: no way over the border there."
    )


@dataclass(frozen=True)
class RoadNetwork:
    """Roads and crossings as a graph.

    Attributes
    ----------
    graph
        `networkx.MultiGraph`. A stretch of road is one edge, whichever way it is driven: its
        length, its place and its gate are there once, and the direction of a one-way road is an
        attribute (``oneway``: from ``from_node`` to ``to_node``, the direction of the geometry).
        Nodes are whole numbers in order of x, then y, with `NODE_COLUMNS` (but ``node``) as
        attributes; edges are keyed by their id and have `EDGE_COLUMNS` and ``geometry``.
    crs
        The metric reference system of all coordinates.
    report
        What was found and done while it was built.

    Notes
    -----
    ``kind`` of a node is ``"junction"``, ``"end"``, ``"border_cut"`` (one side of a road that was
    cut at the border) or ``"crossing"`` (a gate, or a crossing that no road passes). A road goes
    over the border at a crossing node only. A gate may be passed by several roads; each has its
    own node with the same ``crossing_id``. Where one road cuts the border n times at one crossing
    (a crude border line), each node has ``gate_share`` 1/n of the gate's delay, so that going
    through costs the delay once.

    An edge that ends at a gate has ``crosses_gate``, and ``from_side`` or ``to_side``: the side of
    the border (0, 1, ...) on which it meets the gate; -1 elsewhere. ``open`` is False where that
    gate is closed: the road can be driven up to the gate and not through it. ``on_border`` marks
    nodes and edges that lie on the border line itself.
    """

    graph: "nx.MultiGraph[int]"
    crs: pyproj.CRS
    report: NetworkReport

    def nodes_gdf(self) -> gpd.GeoDataFrame:
        """Return the nodes as points, one row each, in order of their number."""
        rows = [{"node": node, **self.graph.nodes[node]} for node in sorted(self.graph.nodes)]
        frame = pd.DataFrame(rows, columns=list(NODE_COLUMNS)).astype(
            {"node": "int64", "x": "float64", "y": "float64", "gate_share": "float64"}
            | {"open": "bool", "on_border": "bool", "kind": "object", "crossing_id": "object"}
        )
        points = shapely.points(frame["x"].to_numpy(), frame["y"].to_numpy())
        return gpd.GeoDataFrame(frame, geometry=points, crs=self.crs)

    def edges_gdf(self) -> gpd.GeoDataFrame:
        """Return the edges as lines, one row each, in order of their id."""
        found = sorted(
            (data for _, _, data in self.graph.edges(data=True)), key=lambda data: str(data["id"])
        )
        frame = pd.DataFrame(found, columns=list(EDGE_COLUMNS)).astype(
            dict.fromkeys(("from_node", "to_node", "from_side", "to_side"), "int64")
            | dict.fromkeys(("length_m", "speed_kmh", "hours"), "float64")
            | dict.fromkeys(
                ("generalised", "joined", "oneway", "crosses_gate", "open", "on_border"), "bool"
            )
            | dict.fromkeys(("id", "road_id", "road_class"), "object")
        )
        lines = np.array([data["geometry"] for data in found], dtype=object)
        return gpd.GeoDataFrame(frame, geometry=lines, crs=self.crs)

    @property
    def components(self) -> tuple[frozenset[int], ...]:
        """Nodes of each connected part that holds a road, the longest part first.

        A closed gate does not connect: its node is in the parts on both its sides.
        """
        return tuple(nodes for nodes, _, _ in connected_nodes(self))


def connected_nodes(network: RoadNetwork) -> list[tuple[frozenset[int], int, float]]:
    """Return nodes, number of edges and kilometres of each connected part, the longest first."""
    edges, nodes = network.edges_gdf(), network.nodes_gdf()
    if edges.empty:
        return []
    states = end_states(edges, nodes, through_open_gates=True)
    part = connected_parts(states.from_state, states.to_state, count=len(states.node))
    parts: dict[int, set[int]] = {}
    for state, node in enumerate(states.node.tolist()):
        parts.setdefault(int(part[state]), set()).add(int(node))
    edge_part: NDArray[np.int64] = part[states.from_state]
    number = np.bincount(edge_part, minlength=len(parts))
    kilometres = np.bincount(edge_part, edges["length_m"] / 1000, minlength=len(parts))
    made = [
        (frozenset(members), int(number[at]), float(kilometres[at]))
        for at, members in parts.items()
        if number[at]
    ]
    return sorted(made, key=lambda part: (-part[2], min(part[0])))
