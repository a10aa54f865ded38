"""The network as plain arrays, for the movement graph."""

from dataclasses import dataclass
from typing import cast

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from corridors.network.model import RoadNetwork
from corridors.network.parts import EndStates, end_states

__all__ = ["RoadVertices", "densify_edges"]

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class RoadVertices:
    """Points along the roads, and what joins them. V vertices, S segments, E edges, G passages.

    Attributes
    ----------
    vertex_xy
        (V, 2) x and y in metres in the network's CRS.
    vertex_node
        (V,) node of the network, or -1 for a vertex in the middle of an edge. A gate's node has
        several vertices, one for each side of the border.
    vertex_edge
        (V,) position in the edges of a vertex in the middle of one, or -1 for a node.
    vertex_on_border
        (V,) whether it lies on the border line itself (gates, cut ends, roads along the line):
        such a vertex must not be joined to the ground, which would leak to the other side.
    segment_from, segment_to
        (S,) vertices; along a one-way road in the direction of travel.
    segment_length_m
        (S,) length; those of an edge add up to the edge's length.
    segment_edge
        (S,) position in the edges.
    edge_id, edge_class
        (E,) id and road class of each edge, in the order of `RoadNetwork.edges_gdf`.
    edge_speed_kmh, edge_oneway
        (E,) speed, and whether it may be driven from start to end only.
    node_vertex
        Vertex of each node; gates and crossings without a road are not in it.
    gate_from, gate_to
        (G,) the two half-ends of a road at a gate: vertices at one place, on two sides of the
        border, that nothing joins but the gate. Three countries meeting make three pairs.
    gate_node
        (G,) the gate's node.
    gate_crossing_id
        (G,) id of its crossing.
    gate_open
        (G,) False where the crossing is closed.
    gate_share
        (G,) share of the crossing's delay that passing here costs: 1, or 1/n where one road cuts
        the border n times at one crossing.
    """

    vertex_xy: Floats
    vertex_node: Indices
    vertex_edge: Indices
    vertex_on_border: Flags
    segment_from: Indices
    segment_to: Indices
    segment_length_m: Floats
    segment_edge: Indices
    edge_id: tuple[str, ...]
    edge_class: tuple[str, ...]
    edge_speed_kmh: Floats
    edge_oneway: Flags
    node_vertex: dict[int, int]
    gate_from: Indices
    gate_to: Indices
    gate_node: Indices
    gate_crossing_id: tuple[str, ...]
    gate_open: Flags
    gate_share: Floats


@dataclass(frozen=True)
class _Gates:
    start: Indices
    end: Indices
    node: Indices


def densify_edges(network: RoadNetwork, *, max_spacing_m: float) -> RoadVertices:
    """Return points along all roads, no farther apart than a spacing, and the segments between.

    The vertices of the geometry are all kept, and more are put between them, evenly.

    Parameters
    ----------
    network
        The road network.
    max_spacing_m
        The greatest length of a segment.

    Raises
    ------
    ValueError
        When the spacing is not above 0.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import LineString
    >>> from corridors.network import build_network
    >>> road = gpd.GeoDataFrame(
    ...     {"id": ["a"], "road_class": ["track"]},
    ...     geometry=[LineString([(0, 0), (1000, 0)])], crs="EPSG:32637",
    ... )
    >>> network = build_network(road, speeds_kmh={"track": 30})
    >>> vertices = densify_edges(network, max_spacing_m=400)
    >>> vertices.vertex_xy[:, 0].round(1).tolist()
    [0.0, 1000.0, 333.3, 666.7]
    >>> vertices.segment_from.tolist(), vertices.segment_to.tolist()
    ([0, 2, 3], [2, 3, 1])
    """
    if not max_spacing_m > 0:
        message = f"max_spacing_m is {max_spacing_m}; give a spacing above 0 m"
        raise ValueError(message)
    edges, nodes = network.edges_gdf(), network.nodes_gdf().set_index("node", drop=False)
    states = end_states(edges, nodes.reset_index(drop=True))
    state_xy = nodes.loc[states.node, ["x", "y"]].to_numpy(float)
    lines = np.asarray(shapely.segmentize(np.asarray(edges.geometry.array), max_spacing_m))
    xy, edge = shapely.get_coordinates(lines, return_index=True)
    edge = edge.astype(np.int64)
    number, middle = _numbered(edge, states, count=len(edges))
    joined = edge[1:] == edge[:-1]
    gates = _gates(states, nodes)
    return RoadVertices(
        vertex_xy=np.vstack([state_xy, xy[middle]]),
        vertex_node=np.concatenate([states.node, np.full(middle.sum(), -1, dtype=np.int64)]),
        vertex_edge=np.concatenate([np.full(len(states.node), -1, dtype=np.int64), edge[middle]]),
        vertex_on_border=np.concatenate(
            [
                nodes.loc[states.node, "on_border"].to_numpy(bool),
                edges["on_border"].to_numpy(bool)[edge[middle]],
            ]
        ),
        segment_from=number[:-1][joined],
        segment_to=number[1:][joined],
        segment_length_m=np.hypot(*np.diff(xy, axis=0)[joined].T),
        segment_edge=edge[:-1][joined],
        edge_id=tuple(edges["id"]),
        edge_class=tuple(edges["road_class"]),
        edge_speed_kmh=edges["speed_kmh"].to_numpy(float),
        edge_oneway=edges["oneway"].to_numpy(bool),
        node_vertex=_node_vertices(states, nodes),
        gate_from=gates.start,
        gate_to=gates.end,
        gate_node=gates.node,
        gate_crossing_id=tuple(nodes.loc[gates.node, "crossing_id"]),
        gate_open=nodes.loc[gates.node, "open"].to_numpy(bool),
        gate_share=nodes.loc[gates.node, "gate_share"].to_numpy(float),
    )


def _numbered(edge: Indices, states: EndStates, *, count: int) -> tuple[Indices, Flags]:
    """Return the vertex of each coordinate, and which coordinates are not ends of an edge."""
    middle = np.ones(len(edge), dtype=bool)
    first = np.searchsorted(edge, np.arange(count), side="left")
    last = np.searchsorted(edge, np.arange(count), side="right") - 1
    middle[first] = middle[last] = False
    number = np.empty(len(edge), dtype=np.int64)
    number[middle] = len(states.node) + np.arange(middle.sum())
    number[first], number[last] = states.from_state, states.to_state
    return number, middle


def _node_vertices(states: EndStates, nodes: pd.DataFrame) -> dict[int, int]:
    is_gate = nodes.loc[states.node, "kind"].to_numpy() == "crossing"
    return {
        int(node): vertex
        for vertex, (node, gate) in enumerate(zip(states.node, is_gate, strict=True))
        if not gate
    }


def _gates(states: EndStates, nodes: gpd.GeoDataFrame) -> _Gates:
    """Return every pair of sides of every gate."""
    is_gate = cast(Flags, nodes.loc[states.node, "kind"].to_numpy() == "crossing")
    sides: dict[int, list[int]] = {}
    for vertex in np.flatnonzero(is_gate).tolist():
        sides.setdefault(int(states.node[vertex]), []).append(vertex)
    pairs = [
        (one, other, node)
        for node, here in sides.items()
        for at, one in enumerate(here)
        for other in here[at + 1 :]
    ]
    table = np.array(pairs, dtype=np.int64).reshape(-1, 3)
    return _Gates(table[:, 0], table[:, 1], table[:, 2])
