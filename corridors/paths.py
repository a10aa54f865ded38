"""Least-cost paths and through-corridors between origins and destinations.

The hours are those of the movement graph: from each origin outward, and, because uphill is not
downhill, to each destination by a run on the turned graph.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from corridors.errors import UnreachableError
from corridors.kernels.crossing import count_cuts, segments_of
from corridors.kernels.shortest import accumulated_cost, trace_back, transposed
from corridors.movement import ArcKind, MovementGraph
from corridors.processors import processors

__all__ = [
    "Journey",
    "Journeys",
    "endpoint_nodes",
    "hours_from",
    "hours_to",
    "least_cost_paths",
    "solve_journeys",
]

FloatArray = NDArray[np.float64]
LongArray = NDArray[np.int64]

# How far, in cells, an endpoint may be from the nearest cell that can be entered.
ENDPOINT_REACH_CELLS = 3.0


@dataclass(frozen=True)
class Journey:
    """One origin, destination and profile, and what its least-cost path takes.

    Attributes
    ----------
    origin, destination, profile
        Names.
    share
        Its part of all transits: the product of the three weights.
    hours
        Of the least-cost path.
    nodes, arcs
        The path in the movement graph, first to last.
    extra_hours
        For every cell, how much longer than the least the best way through it is; shape
        (rows, columns), infinite where none leads.
    """

    origin: str
    destination: str
    profile: str
    share: float
    hours: float
    nodes: LongArray
    arcs: LongArray
    extra_hours: FloatArray

    @property
    def id(self) -> str:
        """A stable name: origin, destination and profile."""
        return _journey_id(self.origin, self.destination, self.profile)


@dataclass(frozen=True)
class LeftOut:
    """A journey that is asked for and not solved.

    Attributes
    ----------
    id
        As of a `Journey`.
    share
        Part of all transits that it would have been.
    within_cell
        Whether it starts and ends in one cell, so that there is nothing to look at; otherwise no
        way leads there.
    """

    id: str
    share: float
    within_cell: bool = False

    def __str__(self) -> str:
        """Return it as a sentence."""
        why = "starts and ends in one cell" if self.within_cell else "no way leads there"
        return f"{self.id}: {why} ({self.share:.1%} of the transits)"


@dataclass(frozen=True)
class Journeys:
    """All journeys of a study.

    Attributes
    ----------
    graph
        The movement graph.
    items
        The journeys that can be made.
    left_out
        Those that cannot, or that stay within a cell.
    hours_by_profile
        For each profile the hours from the nearest origin to every cell, shape (rows, columns).
    """

    graph: MovementGraph
    items: tuple[Journey, ...]
    left_out: tuple[LeftOut, ...]
    hours_by_profile: dict[str, FloatArray]


def _journey_id(origin: str, destination: str, profile: str) -> str:
    return f"{origin} to {destination}, {profile}"


def endpoint_nodes(
    graph: MovementGraph, endpoints: gpd.GeoDataFrame, *, borders: gpd.GeoDataFrame, role: str
) -> list[LongArray]:
    """Return the cells that each endpoint stands on.

    Parameters
    ----------
    graph
        The movement graph.
    endpoints
        Points or polygons with ``name``, in the grid's CRS.
    borders
        Lines: a point is never put on a cell across the border from it.
    role
        What they are, for messages.

    Raises
    ------
    UnreachableError
        When no cell that can be entered is near.
    """
    segments = segments_of(np.asarray(borders.geometry.array))
    cells = []
    for position, (name, geometry) in enumerate(
        zip(endpoints["name"], endpoints.geometry, strict=True)
    ):
        found = _cells_inside(graph, geometry)
        if not len(found):
            found = _cells_under(graph, geometry, segments)
        if not len(found):
            raise UnreachableError(
                f"{role}[{position}] '{name}' is off the movement graph: there is no cell with "
                f"elevation within {ENDPOINT_REACH_CELLS * graph.grid.cell_m:g} m on its side of "
                "the border; move it, or mend the elevation"
            )
        cells.append(found)
    return cells


def _cells_inside(graph: MovementGraph, geometry: shapely.Geometry) -> LongArray:
    if shapely.get_dimensions(geometry) < 2:
        return np.empty(0, dtype=np.int64)
    size = graph.grid.size
    inside = shapely.contains_xy(geometry, graph.x[:size], graph.y[:size])
    return np.flatnonzero(inside & graph.walkable)


def _cells_under(
    graph: MovementGraph, geometry: shapely.Geometry, border_segments: FloatArray
) -> LongArray:
    """Return the cell nearest to each point, or to a point inside of a shape without a centre."""
    points = (
        shapely.get_parts(geometry)
        if shapely.get_dimensions(geometry) == 0
        else [shapely.point_on_surface(geometry)]
    )
    cells = [_nearest_cell(graph, point, border_segments) for point in points]
    return np.unique(np.concatenate(cells))


def _nearest_cell(
    graph: MovementGraph, point: shapely.Point, border_segments: FloatArray
) -> LongArray:
    size = graph.grid.size
    away = np.hypot(graph.x[:size] - point.x, graph.y[:size] - point.y)
    near = np.flatnonzero(graph.walkable & (away <= ENDPOINT_REACH_CELLS * graph.grid.cell_m))
    near = near[np.argsort(away[near], kind="stable")]
    start = np.tile([point.x, point.y], (len(near), 1))
    cuts = count_cuts(start, np.column_stack([graph.x[near], graph.y[near]]), border_segments)
    return np.asarray(near[cuts % 2 == 0][:1])


def hours_from(
    graph: MovementGraph, arc_hours: FloatArray, nodes: LongArray
) -> tuple[FloatArray, LongArray]:
    """Return hours from the nearest of some nodes to every node, and the last arc of each path.

    Parameters
    ----------
    graph
        The movement graph.
    arc_hours
        Of every arc, from `corridors.movement.arc_hours`.
    nodes
        Where to start.
    """
    return accumulated_cost(graph.indptr, graph.heads, arc_hours, nodes, np.zeros(len(nodes)))


def hours_to(graph: MovementGraph, arc_hours: FloatArray, nodes: LongArray) -> FloatArray:
    """Return hours from every node to the nearest of some nodes: a run on the turned graph."""
    indptr, heads, arc = transposed(graph.indptr, graph.heads)
    return accumulated_cost(indptr, heads, arc_hours[arc], nodes, np.zeros(len(nodes)))[0]


def solve_journeys(
    graph: MovementGraph,
    hours_by_profile: dict[str, FloatArray],
    *,
    shares: dict[str, float],
    transits: FloatArray | None = None,
    origins: gpd.GeoDataFrame,
    destinations: gpd.GeoDataFrame,
    borders: gpd.GeoDataFrame,
    on_profile: Callable[[str], None] | None = None,
) -> Journeys:
    """Solve every origin, destination and profile.

    Parameters
    ----------
    graph
        The movement graph.
    hours_by_profile
        Hours of every arc, by profile.
    shares
        Part of the transits that each profile makes.
    transits
        Part of them from each origin to each destination, shape (origins, destinations); the
        product of the weights unless given. A journey without transits is not solved.
    origins, destinations
        With ``name``, ``weight`` (summing to 1) and geometry, in the grid's CRS.
    borders
        Lines in the grid's CRS.
    on_profile
        Called with each profile before it is solved.

    Raises
    ------
    UnreachableError
        When an endpoint is off the graph, or an origin reaches no destination in any profile, or
        a destination is reached from no origin, or only one that is in the same cell.
    """
    starts = endpoint_nodes(graph, origins, borders=borders, role="origins")
    ends = endpoint_nodes(graph, destinations, borders=borders, role="destinations")
    if transits is None:
        transits = np.outer(origins["weight"], destinations["weight"])
    turned = transposed(graph.indptr, graph.heads)
    items: list[Journey] = []
    left_out: list[LeftOut] = []
    together: list[tuple[str, str]] = []
    fields = {}
    for profile, arc_hours in hours_by_profile.items():
        if on_profile is not None:
            on_profile(profile)
        outward, homeward = _fields(graph, turned, arc_hours, starts, ends)
        fields[profile] = _on_cells(graph, np.min([cost for cost, _ in outward], axis=0))
        for o, (cost, back_arc) in enumerate(outward):
            for d, rest in enumerate(homeward):
                origin, destination = origins["name"].iloc[o], destinations["name"].iloc[d]
                share = transits[o, d] * shares[profile]
                if share == 0:
                    continue
                end = ends[d][np.argmin(cost[ends[d]])]
                if not np.isfinite(cost[end]) or cost[end] == 0:
                    within = bool(cost[end] == 0)
                    name = _journey_id(origin, destination, profile)
                    left_out.append(LeftOut(name, float(share), within_cell=within))
                    together += [(origin, destination)] * within
                    continue
                arcs = trace_back(back_arc, graph.tails, int(end))
                items.append(
                    Journey(
                        origin=origin,
                        destination=destination,
                        profile=profile,
                        share=float(share),
                        hours=float(cost[end]),
                        nodes=np.concatenate([graph.tails[arcs[:1]], graph.heads[arcs]]).astype(
                            np.int64
                        ),
                        arcs=arcs,
                        extra_hours=_extra_hours(graph, cost, rest, float(cost[end])),
                    )
                )
    _refuse_together(items, together, graph.grid.cell_m)
    _refuse_cut_off(items, origins["name"], "origins")
    _refuse_cut_off(items, destinations["name"], "destinations")
    return Journeys(graph, tuple(items), tuple(left_out), fields)


def _fields(
    graph: MovementGraph,
    turned: tuple[LongArray, NDArray[np.int32], LongArray],
    arc_hours: FloatArray,
    starts: Sequence[LongArray],
    ends: Sequence[LongArray],
) -> tuple[list[tuple[FloatArray, LongArray]], list[FloatArray]]:
    """Return hours out from each start, with the last arcs, and hours on to each end."""
    indptr, heads, arc = turned
    back_hours = arc_hours[arc]
    with ThreadPoolExecutor(processors()) as pool:
        outward = [pool.submit(hours_from, graph, arc_hours, nodes) for nodes in starts]
        homeward = [
            pool.submit(accumulated_cost, indptr, heads, back_hours, nodes, np.zeros(len(nodes)))
            for nodes in ends
        ]
        return [run.result() for run in outward], [run.result()[0] for run in homeward]


def _on_cells(graph: MovementGraph, values: FloatArray) -> FloatArray:
    return values[: graph.grid.size].reshape(graph.grid.rows, graph.grid.columns)


def _extra_hours(
    graph: MovementGraph, outward: FloatArray, homeward: FloatArray, least: float
) -> FloatArray:
    # The two runs add the same hours in another order; what rounding leaves below 0 is 0.
    return np.maximum(_on_cells(graph, outward + homeward) - least, 0.0)


def _refuse_together(
    items: Sequence[Journey], together: Sequence[tuple[str, str]], cell_m: float
) -> None:
    """Refuse an origin or a destination whose only ways lead nowhere: it is where it wants to."""
    left, reached = {item.origin for item in items}, {item.destination for item in items}
    for origin, destination in together:
        if origin not in left or destination not in reached:
            raise UnreachableError(
                f"the origin '{origin}' and the destination '{destination}' are in one cell of "
                f"{cell_m:g} m, 0 hours apart, so that there is no way to look at; move one of "
                "them, or make area.cell_m smaller"
            )


def _refuse_cut_off(items: Sequence[Journey], names: pd.Series, role: str) -> None:
    key = {"origins": "origin", "destinations": "destination"}[role]
    reached = {getattr(journey, key) for journey in items}
    for position, name in enumerate(names):
        if name not in reached:
            other = "destination" if role == "origins" else "origin"
            raise UnreachableError(
                f"{role}[{position}] '{name}' is cut off: no way leads between it and any {other} "
                "in any profile; look at the barriers' delay_minutes ('impassable'), at closed "
                "crossings, and at gaps in the elevation"
            )


def least_cost_paths(
    journeys: Journeys, *, borders: gpd.GeoDataFrame, crossings: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    """Return the least-cost path of each journey as a line.

    Parameters
    ----------
    journeys
        From `solve_journeys`.
    borders
        Lines with ``name``, in the grid's CRS.
    crossings
        Points with ``name``, in the order in which the graph was built.

    Returns
    -------
    geopandas.GeoDataFrame
        A row a journey, in the grid's CRS: ``id, origin, destination, profile, share, hours, km,
        road_share`` (part of the length on roads), ``climb_m``, ``border_crossings``, ``gate``
        (name of the last crossing passed, or None), ``last_crossing_by`` ("gate" or "ground": how
        the border is crossed last, None where none is), ``last_crossing_x``, ``last_crossing_y``
        (metres, NaN where no border is crossed), and the line.
    """
    lines = segments_of(np.asarray(borders.geometry.array))
    rows = [_path_row(journeys.graph, journey, lines, crossings) for journey in journeys.items]
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=journeys.graph.grid.crs)


def _path_row(
    graph: MovementGraph, journey: Journey, borders: FloatArray, crossings: gpd.GeoDataFrame
) -> dict[str, object]:
    length = graph.length_m[journey.arcs]
    kinds = graph.kind[journey.arcs]
    rise = graph.rise_m[journey.arcs]
    xy = np.column_stack([graph.x[journey.nodes], graph.y[journey.nodes]])
    line = shapely.LineString(xy)
    gates = graph.crossing[journey.arcs[kinds == ArcKind.GATE]]
    over = _border_arcs(graph, journey, borders)
    middle = (xy[over[-1]] + xy[over[-1] + 1]) / 2 if len(over) else np.full(2, np.nan)
    return {
        "id": journey.id,
        "origin": journey.origin,
        "destination": journey.destination,
        "profile": journey.profile,
        "share": journey.share,
        "hours": journey.hours,
        "km": float(length.sum() / 1000),
        "road_share": float(length[kinds == ArcKind.ROAD].sum() / max(length.sum(), 1e-9)),
        "climb_m": float(rise[rise > 0].sum()),
        "border_crossings": len(over),
        "gate": crossings["name"].iloc[gates[-1]] if len(gates) else None,
        "last_crossing_by": _crossed_by(kinds[over]),
        "last_crossing_x": float(middle[0]),
        "last_crossing_y": float(middle[1]),
        "geometry": line,
    }


def _crossed_by(kinds: NDArray[np.uint8]) -> str | None:
    if not len(kinds):
        return None
    return "gate" if kinds[-1] == ArcKind.GATE else "ground"


def _border_arcs(graph: MovementGraph, journey: Journey, borders: FloatArray) -> LongArray:
    """Return the positions in a path's arcs at which it changes to the other side of a border."""
    kinds = graph.kind[journey.arcs]
    start = np.column_stack([graph.x[journey.nodes[:-1]], graph.y[journey.nodes[:-1]]])
    end = np.column_stack([graph.x[journey.nodes[1:]], graph.y[journey.nodes[1:]]])
    over = kinds == ArcKind.GATE
    if len(borders):
        # Roads are cut at the border: their last stretch ends on it, and does not pass it.
        free = (kinds == ArcKind.GROUND) | (kinds == ArcKind.ACCESS)
        over |= free & (count_cuts(start, end, borders) % 2 == 1)
    return np.flatnonzero(over)
