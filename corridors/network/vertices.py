"""The network as plain arrays, for the movement graph."""

from dataclasses import dataclass
from typing import cast

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from corridors.network.model import RoadNetwork
from corridors.network.parts import EndStates, end_states
from corridors.network.stretches import Pieces, straight_pieces

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
    segment_at_border
        (S,) whether it is a part of a step that starts or ends on the border line.
    between_vertex
        (B,) vertices of nodes that only cut a straight road in two, between the places where it
        would have vertices if they were not there. They join what they cut, and nothing else:
        not the ground.
    between_from, between_to, between_share
        (B,) the vertices of these places on either side, and how far such a node is from the one
        to the other, from 0 to 1.
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
    segment_at_border: Flags
    between_vertex: Indices
    between_from: Indices
    between_to: Indices
    between_share: Floats
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

    The corners of the geometry are all kept, and more are put between them, evenly. They lie at the
    same places however the roads are cut: a node where two edges of one kind meet straight on, and
    nothing else is, does not count as a corner, nor does a vertex on a straight line.

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
    on_border = nodes.loc[states.node, "on_border"].to_numpy(bool)
    is_junction = nodes.loc[states.node, "kind"].to_numpy() == "junction"
    pieces = straight_pieces(edges, states, is_junction & ~on_border, max_spacing_m=max_spacing_m)
    placed = _placed(pieces, nodes.loc[states.node, ["x", "y"]].to_numpy(float))
    on_border = np.concatenate([on_border, edges["on_border"].to_numpy(bool)[placed.middle_edge]])
    middles = len(placed.middle_edge)
    gates = _gates(states, nodes)
    return RoadVertices(
        vertex_xy=placed.xy,
        vertex_node=np.concatenate([states.node, np.full(middles, -1, dtype=np.int64)]),
        vertex_edge=np.concatenate(
            [np.full(len(states.node), -1, dtype=np.int64), placed.middle_edge]
        ),
        vertex_on_border=on_border,
        between_vertex=placed.between,
        between_from=placed.between_from,
        between_to=placed.between_to,
        between_share=placed.between_share,
        segment_from=placed.segment_from,
        segment_to=placed.segment_to,
        segment_length_m=placed.segment_length_m,
        segment_edge=placed.segment_edge,
        segment_at_border=on_border[placed.step_from] | on_border[placed.step_to],
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


@dataclass(frozen=True)
class _Placed:
    """Vertices and segments; `step_from` and `step_to` are the places a segment lies between."""

    xy: Floats
    middle_edge: Indices
    segment_from: Indices
    segment_to: Indices
    segment_length_m: Floats
    segment_edge: Indices
    step_from: Indices
    step_to: Indices
    between: Indices
    between_from: Indices
    between_to: Indices
    between_share: Floats


def _placed(pieces: Pieces, state_xy: Floats) -> _Placed:
    """Return vertices at the states, then along the pieces in order, and what joins them."""
    piece, at, last = _rows(pieces)
    number, made = _numbered(pieces, piece, last, first_middle=len(state_xy))
    stretch = pieces.stretch[piece]
    xy = np.vstack([state_xy, pieces.xy(stretch[made], at[made])])
    # A node that only cuts a stretch is where the stretch is.
    cut = np.flatnonzero((number < len(state_xy)) & (at > 0) & (at < pieces.steps[stretch]))
    xy[number[cut]] = pieces.xy(stretch[cut], at[cut])

    offset = np.cumsum(pieces.steps + 1) - pieces.steps - 1
    place = np.empty(int((pieces.steps + 1).sum()), dtype=np.int64)
    whole = at == np.floor(at)
    place[offset[stretch[whole]] + at[whole].astype(np.int64)] = number[whole]
    begins = np.flatnonzero(~last)
    lower = np.floor((at[begins] + at[begins + 1]) / 2).astype(np.int64)
    step = offset[stretch[begins]] + lower
    between, row = np.unique(number[~whole], return_index=True)
    row = np.flatnonzero(~whole)[row]
    low = offset[stretch[row]] + np.floor(at[row]).astype(np.int64)
    return _Placed(
        xy=xy,
        middle_edge=pieces.edge[piece[made]],
        segment_from=number[begins],
        segment_to=number[begins + 1],
        segment_length_m=np.abs(at[begins + 1] - at[begins])
        * (pieces.length_m / pieces.steps)[stretch[begins]],
        segment_edge=pieces.edge[piece[begins]],
        step_from=place[step],
        step_to=place[step + 1],
        between=between,
        between_from=place[low],
        between_to=place[low + 1],
        between_share=at[row] - np.floor(at[row]),
    )


def _rows(pieces: Pieces) -> tuple[Indices, Floats, Flags]:
    """Return piece, steps along and whether it ends there, of all places of each piece in turn."""
    low, high = np.minimum(pieces.start, pieces.end), np.maximum(pieces.start, pieces.end)
    size = (np.ceil(high) - np.floor(low) + 1).astype(np.int64)
    piece = np.repeat(np.arange(len(size)), size)
    last = np.cumsum(size) - 1
    first = last - size + 1
    step = np.arange(len(piece)) - first[piece]
    up = pieces.end > pieces.start
    at = np.where(
        up[piece], np.floor(pieces.start)[piece] + step, np.ceil(pieces.start)[piece] - step
    )
    at[first], at[last] = pieces.start, pieces.end
    is_last = np.zeros(len(piece), dtype=bool)
    is_last[last] = True
    return piece, at, is_last


def _numbered(
    pieces: Pieces, piece: Indices, last: Flags, *, first_middle: int
) -> tuple[Indices, Flags]:
    """Return the vertex of each row of the pieces, and which of these are made here."""
    begins = np.flatnonzero(np.concatenate([[True], last[:-1]])) if len(last) else piece
    number = np.full(len(piece), -1, dtype=np.int64)
    number[begins], number[last] = pieces.start_state, pieces.end_state
    # A corner in the middle of an edge is the end of one piece and the start of the next.
    corner = begins[pieces.start_state < 0]
    made = number < 0
    made[corner] = False
    number[made] = first_middle + np.arange(made.sum())
    number[corner] = number[corner - 1]
    return number, made


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
