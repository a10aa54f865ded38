"""How the movement graph is put together, part by part.

Roads are joined to the ground, not burned into it: a road vertex is a node of its own and meets the
ground at access arcs; a road crosses a border only at a gate; an arc that cuts a barrier is known.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from corridors.kernels.crossing import count_cuts, count_cuts_each_way, segments_of
from corridors.kernels.order import grouped
from corridors.layers import BarrierLines
from corridors.movement.graph import ArcKind, BarrierCuts, MovementGraph
from corridors.network import RoadNetwork, RoadVertices, densify_edges
from corridors.terrain import Grid, Terrain

__all__ = ["NEIGHBOURS", "build_movement"]

FloatArray = NDArray[np.float64]
LongArray = NDArray[np.int64]
Scalar = TypeVar("Scalar", bound=np.generic)

_KING = [(-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1)]
_KNIGHT = [(-2, -1), (-2, 1), (-1, -2), (-1, 2), (1, -2), (1, 2), (2, -1), (2, 1)]
NEIGHBOURS: Mapping[int, list[tuple[int, int]]] = {8: _KING, 16: sorted(_KING + _KNIGHT)}

# The two nodes of a gate stand this far to either side of the border; the first step that really
# brings them to different sides is taken.
GATE_STEPS_M = (1.0, 5.0, 25.0, 100.0)


@dataclass
class _Arcs:
    """Arcs of one part of the graph, before they are sorted."""

    tail: LongArray
    head: LongArray
    kind: ArcKind
    length_m: FloatArray
    road_edge: LongArray | None = None
    crossing: LongArray | None = None
    delay_share: FloatArray | None = None
    # Arcs that end exactly on a border, where a road was cut, are on one side of it by the way
    # they were made; rounding may say otherwise.
    may_cut: bool = True


def build_movement(
    terrain: Terrain,
    network: RoadNetwork,
    *,
    crossings: gpd.GeoDataFrame,
    borders: gpd.GeoDataFrame,
    barriers: Sequence[BarrierLines],
    neighbours: int = 16,
) -> MovementGraph:
    """Join ground, roads and gates in one graph.

    Parameters
    ----------
    terrain
        Elevation on the working grid.
    network
        The road network, cut at the borders.
    crossings
        Points with ``open``, in the grid's CRS; each becomes a gate.
    borders
        Lines; a gate ties the two sides of the nearest.
    barriers
        Lines that slow or stop whoever cuts them.
    neighbours
        Moves from a cell, 8 or 16.

    Returns
    -------
    MovementGraph
        Without hours: these depend on the profile.

    Raises
    ------
    ValueError
        When neighbours are neither 8 nor 16.

    Notes
    -----
    A knight's move is barred where one of the two cells that it passes between is.
    """
    if neighbours not in NEIGHBOURS:
        message = f"neighbours is {neighbours}; take 8 or 16"
        raise ValueError(message)
    roads = densify_edges(network, max_spacing_m=terrain.grid.cell_m)
    nodes = _Nodes(terrain, roads, crossings, borders)
    border_segments = segments_of(np.asarray(borders.geometry.array))
    parts = [
        *_ground(terrain, neighbours),
        *_road(roads, nodes),
        _access(nodes, terrain, roads),
        _road_gates(nodes, roads, crossings),
        *_ground_gates(nodes, crossings, terrain, border_segments),
    ]
    return _assembled(terrain, nodes, parts, network, crossings, barriers)


class _Nodes:
    """Where every node is, and how nodes of each part are numbered."""

    def __init__(
        self,
        terrain: Terrain,
        roads: RoadVertices,
        crossings: gpd.GeoDataFrame,
        borders: gpd.GeoDataFrame,
    ) -> None:
        self.grid = terrain.grid
        self.first_road = terrain.grid.size
        self.first_gate = self.first_road + len(roads.vertex_xy)
        gate_xy = _gate_nodes(crossings, borders)
        cell_x, cell_y = terrain.grid.centres()
        self.x = np.concatenate([cell_x, roads.vertex_xy[:, 0], gate_xy[:, 0]])
        self.y = np.concatenate([cell_y, roads.vertex_xy[:, 1], gate_xy[:, 1]])
        heights = terrain.heights_at(self.x[self.first_road :], self.y[self.first_road :])
        # A node that only cuts a step along a road leaves its slope as it is.
        low, high = heights[roads.between_from], heights[roads.between_to]
        heights[roads.between_vertex] = low + roads.between_share * (high - low)
        cells = np.where(terrain.walkable, terrain.elevation_m, np.nan).ravel()
        self.height_m = np.concatenate([cells, heights])

    def distance_m(self, a: LongArray, b: LongArray) -> FloatArray:
        """Return the straight distance between nodes."""
        return np.asarray(np.hypot(self.x[a] - self.x[b], self.y[a] - self.y[b]))

    def xy(self, nodes: LongArray) -> FloatArray:
        """Return coordinates of nodes, shape (n, 2)."""
        return np.column_stack([self.x[nodes], self.y[nodes]])


def _gate_nodes(crossings: gpd.GeoDataFrame, borders: gpd.GeoDataFrame) -> FloatArray:
    """Return two points for each crossing, on either side of the border nearest to it."""
    lines = shapely.get_parts(np.array(borders.geometry.array))
    segments = segments_of(lines)
    points: list[FloatArray] = []
    for point in np.asarray(crossings.geometry.array):
        line = lines[np.argmin(shapely.distance(lines, point))]
        points.extend(_on_both_sides(line, point, segments))
    return np.array(points, dtype=float).reshape(-1, 2)


def _on_both_sides(
    line: shapely.LineString, point: shapely.Point, segments: FloatArray
) -> tuple[FloatArray, FloatArray]:
    along = shapely.line_locate_point(line, point)
    at = shapely.get_coordinates(shapely.line_interpolate_point(line, along))[0]
    ends = shapely.line_interpolate_point(line, [max(along - 1.0, 0.0), along + 1.0])
    tangent = np.diff(shapely.get_coordinates(ends), axis=0)[0]
    normal = tangent[::-1] * [-1.0, 1.0] / np.hypot(*tangent)
    for step in GATE_STEPS_M:
        left, right = at + step * normal, at - step * normal
        if count_cuts(left[None], right[None], segments)[0] % 2:
            break
    return left, right


def _ground(terrain: Terrain, neighbours: int) -> list[_Arcs]:
    open_cells = terrain.walkable
    number = np.arange(terrain.grid.size).reshape(open_cells.shape)
    parts = []
    for down, right in NEIGHBOURS[neighbours]:
        tail = _shifted(number, 0, 0, down, right)
        head = _shifted(number, down, right, down, right)
        passable = _shifted(open_cells, 0, 0, down, right) & _shifted(
            open_cells, down, right, down, right
        )
        for between_down, between_right in _passed_between(down, right):
            passable = passable & _shifted(open_cells, between_down, between_right, down, right)
        length = terrain.grid.cell_m * np.hypot(down, right)
        tails = tail[passable]
        parts.append(_Arcs(tails, head[passable], ArcKind.GROUND, np.full(len(tails), length)))
    return parts


def _shifted(
    values: NDArray[Scalar], by_down: int, by_right: int, down: int, right: int
) -> NDArray[Scalar]:
    """Return the values `by` steps from every cell from which a move (down, right) stays in."""
    rows, columns = values.shape
    top, bottom = max(0, -down), rows - max(0, down)
    left, end = max(0, -right), columns - max(0, right)
    return values[top + by_down : bottom + by_down, left + by_right : end + by_right]


def _passed_between(down: int, right: int) -> list[tuple[int, int]]:
    """Return the two cells between which a knight's move passes, none for a king's."""
    if abs(down) == 2:
        return [(down // 2, 0), (down // 2, right)]
    if abs(right) == 2:
        return [(0, right // 2), (down, right // 2)]
    return []


def _both_ways(
    a: LongArray, b: LongArray, kind: ArcKind, length_m: FloatArray, **columns: LongArray
) -> _Arcs:
    doubled = {name: np.concatenate([values, values]) for name, values in columns.items()}
    return _Arcs(
        np.concatenate([a, b]),
        np.concatenate([b, a]),
        kind,
        np.concatenate([length_m, length_m]),
        road_edge=doubled.get("road_edge"),
        crossing=doubled.get("crossing"),
    )


def _road(roads: RoadVertices, nodes: _Nodes) -> list[_Arcs]:
    parts = []
    ends_on_border = roads.segment_at_border
    two_way = ~roads.edge_oneway[roads.segment_edge]
    for chosen, may_cut in ((~ends_on_border, True), (ends_on_border, False)):
        tail = nodes.first_road + roads.segment_from[chosen]
        head = nodes.first_road + roads.segment_to[chosen]
        length = roads.segment_length_m[chosen]
        edge = roads.segment_edge[chosen]
        both = two_way[chosen]
        arcs = _Arcs(
            np.concatenate([tail, head[both]]),
            np.concatenate([head, tail[both]]),
            ArcKind.ROAD,
            np.concatenate([length, length[both]]),
            road_edge=np.concatenate([edge, edge[both]]),
        )
        arcs.may_cut = may_cut
        parts.append(arcs)
    return parts


def _around(x: FloatArray, y: FloatArray, grid: Grid, reach: int) -> tuple[LongArray, LongArray]:
    """Return (point, cell) for the cells nearest to each point: 2 x 2 for reach 1, 4 x 4 for 2."""
    column = np.floor((x - grid.west) / grid.cell_m - 0.5).astype(np.int64)
    row = np.floor((grid.north - y) / grid.cell_m - 0.5).astype(np.int64)
    steps = np.arange(1 - reach, reach + 1)
    down, right = (step.ravel() for step in np.meshgrid(steps, steps))
    rows, columns = row[:, None] + down, column[:, None] + right
    inside = (rows >= 0) & (rows < grid.rows) & (columns >= 0) & (columns < grid.columns)
    point = np.repeat(np.arange(len(x)), len(down)).reshape(rows.shape)[inside]
    return point, (rows * grid.columns + columns)[inside]


def _access(nodes: _Nodes, terrain: Terrain, roads: RoadVertices) -> _Arcs:
    # A vertex on the border itself belongs to neither side: its neighbours along the road have
    # access, it has none. Nor has a node that only cuts a step along a road.
    joined = ~roads.vertex_on_border
    joined[roads.between_vertex] = False
    vertices = np.flatnonzero(joined)
    xy = roads.vertex_xy[vertices]
    point, cell = _around(xy[:, 0], xy[:, 1], terrain.grid, reach=1)
    vertex = nodes.first_road + vertices[point]
    usable = terrain.walkable.ravel()[cell] & np.isfinite(nodes.height_m[vertex])
    vertex, cell = vertex[usable], cell[usable]
    return _both_ways(vertex, cell, ArcKind.ACCESS, nodes.distance_m(vertex, cell))


def _road_gates(nodes: _Nodes, roads: RoadVertices, crossings: gpd.GeoDataFrame) -> _Arcs:
    """Tie the two halves of each road that passes a crossing."""
    row_of = {identifier: row for row, identifier in enumerate(crossings["id"])}
    rows = np.array([row_of[name] for name in roads.gate_crossing_id], dtype=np.int64)
    start, end = nodes.first_road + roads.gate_from, nodes.first_road + roads.gate_to
    arcs = _both_ways(start, end, ArcKind.GATE, np.zeros(len(rows)), crossing=rows)
    arcs.delay_share = np.tile(roads.gate_share, 2)
    arcs.may_cut = False
    return arcs


def _ground_gates(
    nodes: _Nodes, crossings: gpd.GeoDataFrame, terrain: Terrain, border_segments: FloatArray
) -> list[_Arcs]:
    """Tie the two sides of the border at each crossing, for those who come over the ground."""
    number = np.arange(len(crossings), dtype=np.int64)
    left, right = nodes.first_gate + 2 * number, nodes.first_gate + 2 * number + 1
    gate = _both_ways(left, right, ArcKind.GATE, nodes.distance_m(left, right), crossing=number)
    gate.may_cut = False
    both = np.concatenate([left, right])
    return [gate, _gate_to_ground(nodes, both, terrain, border_segments)]


def _gate_to_ground(
    nodes: _Nodes, gate_nodes: LongArray, terrain: Terrain, border_segments: FloatArray
) -> _Arcs:
    point, cell = _around(nodes.x[gate_nodes], nodes.y[gate_nodes], terrain.grid, reach=2)
    gate = gate_nodes[point]
    usable = terrain.walkable.ravel()[cell] & np.isfinite(nodes.height_m[gate])
    gate, cell = gate[usable], cell[usable]
    same_side = count_cuts(nodes.xy(gate), nodes.xy(cell), border_segments) == 0
    gate, cell = gate[same_side], cell[same_side]
    return _both_ways(gate, cell, ArcKind.ACCESS, nodes.distance_m(gate, cell))


def _assembled(
    terrain: Terrain,
    nodes: _Nodes,
    parts: list[_Arcs],
    network: RoadNetwork,
    crossings: gpd.GeoDataFrame,
    barriers: Sequence[BarrierLines],
) -> MovementGraph:
    tail = np.concatenate([part.tail for part in parts])
    head = np.concatenate([part.head for part in parts])
    indptr, order = grouped(tail, len(nodes.x))
    tail, head = tail[order], head[order]
    may_cut = np.concatenate([np.full(len(part.tail), part.may_cut) for part in parts])[order]
    kind = np.concatenate([np.full(len(p.tail), p.kind, np.uint8) for p in parts])[order]
    off_road = kind != ArcKind.ROAD
    heights = nodes.height_m
    edges = network.edges_gdf()
    return MovementGraph(
        grid=terrain.grid,
        x=nodes.x,
        y=nodes.y,
        height_m=heights,
        indptr=indptr,
        heads=head.astype(np.int32),
        tails=tail.astype(np.int32),
        kind=kind,
        length_m=np.concatenate([part.length_m for part in parts])[order],
        rise_m=heights[head] - heights[tail],
        road_edge=_column([(part.road_edge, len(part.tail)) for part in parts])[order],
        crossing=_column([(part.crossing, len(part.tail)) for part in parts])[order],
        delay_share=np.concatenate(
            [np.ones(len(p.tail)) if p.delay_share is None else p.delay_share for p in parts]
        )[order],
        cuts=tuple(
            _barrier_cuts(
                barrier, nodes, tail, head, may_cut if barrier.stops_roads else may_cut & off_road
            )
            for barrier in barriers
        ),
        edges=edges.drop(columns="geometry"),
        crossings_open=crossings["open"].to_numpy(dtype=bool),
        walkable=terrain.walkable.ravel(),
    )


def _column(parts: list[tuple[LongArray | None, int]]) -> NDArray[np.int32]:
    return np.concatenate(
        [np.full(size, -1) if values is None else values for values, size in parts]
    ).astype(np.int32)


def _barrier_cuts(
    barrier: BarrierLines,
    nodes: _Nodes,
    tail: LongArray,
    head: LongArray,
    may_cut: NDArray[np.bool_],
) -> BarrierCuts:
    segments = segments_of(barrier.lines)
    near = _near(segments, nodes)
    candidates = np.flatnonzero(near[tail] & may_cut)
    forth, back = count_cuts_each_way(
        nodes.xy(tail[candidates]), nodes.xy(head[candidates]), segments
    ).T
    cut = forth + back > 0
    return BarrierCuts(barrier.name, candidates[cut], forth[cut], back[cut])


def _near(segments: FloatArray, nodes: _Nodes) -> NDArray[np.bool_]:
    """Return the nodes whose moves can cut a line: those within three cells of it.

    No move is longer than a knight's, which spans two cells and one.
    """
    grid = nodes.grid
    pieces = np.asarray(shapely.linestrings(segments.reshape(-1, 2, 2)))
    xy = shapely.get_coordinates(shapely.segmentize(pieces, grid.cell_m / 2))
    column = np.floor((xy[:, 0] - grid.west) / grid.cell_m).astype(np.int64)
    row = np.floor((grid.north - xy[:, 1]) / grid.cell_m).astype(np.int64)
    near = np.zeros((grid.rows, grid.columns), dtype=bool)
    for down in range(-3, 4):
        for right in range(-3, 4):
            r, c = row + down, column + right
            inside = (r >= 0) & (r < grid.rows) & (c >= 0) & (c < grid.columns)
            near[r[inside], c[inside]] = True
    cell = grid.cell_of(nodes.x, nodes.y)
    # A road may run a little outside the grid; such a node is always looked at.
    return np.where(cell >= 0, near.ravel()[cell], True)
