"""Tiny worlds that can be worked out by hand."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from corridors.crs import parse_crs
from corridors.detection import Detection, Sight, detection_of, sensors_of
from corridors.layers import BarrierLines
from corridors.movement import ArcKind, MovementGraph, arc_hours, build_movement
from corridors.network import RoadNetwork, build_network
from corridors.scenario import Scenario, parse_scenario
from corridors.scenario.model import Weather
from corridors.terrain import Grid, Terrain

CRS = parse_crs("EPSG:32638")


def grid_of(rows: int = 20, columns: int = 20, cell_m: float = 100.0) -> Grid:
    """Return a grid whose lower left corner is at (0, 0) metres."""
    return Grid(CRS, west=0.0, north=rows * cell_m, rows=rows, columns=columns, cell_m=cell_m)


def terrain_of(grid: Grid, elevation_m: NDArray[np.float64] | None = None) -> Terrain:
    """Return level ground, or the heights that are given; all of it inside the area."""
    shape = (grid.rows, grid.columns)
    heights = np.zeros(shape) if elevation_m is None else elevation_m
    inside = np.ones(shape, dtype=bool)
    return Terrain(grid, heights, inside, int((~np.isfinite(heights)).sum()), grid.cell_m)


def lines(*coordinates: list[tuple[float, float]], ids: str = "line") -> gpd.GeoDataFrame:
    """Return lines with ids line-0, line-1 ..."""
    return gpd.GeoDataFrame(
        {
            "id": [f"{ids}-{number}" for number in range(len(coordinates))],
            "name": [f"{ids} {number}" for number in range(len(coordinates))],
            "road_class": "primary",
            "generalised": False,
            "joined": False,
            "synthetic": False,
        },
        geometry=[shapely.LineString(xy) for xy in coordinates],
        crs=CRS,
    )


def points(*coordinates: tuple[float, float], **columns: Any) -> gpd.GeoDataFrame:
    """Return points with ids and names p-0, p-1 ..., open and of equal weight."""
    names = [f"p-{number}" for number in range(len(coordinates))]
    standard = {
        "id": names,
        "name": names,
        "open": True,
        "weight": 1 / max(len(names), 1),
        "synthetic": False,
    }
    return gpd.GeoDataFrame(
        {**standard, **columns},
        geometry=[shapely.Point(xy) for xy in coordinates],
        index=range(len(names)),
        crs=CRS,
    )


def scenario_of(**tables: Any) -> Scenario:
    """Return a scenario with one walker; only what movement reads of it matters."""
    table: dict[str, Any] = {
        "title": "A tiny world",
        "as_of": "2020-01-31",
        "area": {"bbox": [44, 35, 46, 37]},
        "layers": {"elevation": {"file": "none"}, "borders": {"file": "none"}},
        "profiles": [{"name": "on_foot", "share": 1.0, "mode": "foot"}],
        "origins": [{"name": "o", "point": [45, 36]}],
        "destinations": [{"name": "d", "point": [45.1, 36]}],
    }
    return parse_scenario({**table, **tables})


def graph_of(
    terrain: Terrain,
    *,
    roads: gpd.GeoDataFrame | None = None,
    borders: gpd.GeoDataFrame | None = None,
    crossings: gpd.GeoDataFrame | None = None,
    barriers: Mapping[str, NDArray[np.object_]] | None = None,
    neighbours: int = 16,
    gate_tolerance_m: float = 300.0,
    bridged: Collection[str] = (),
) -> MovementGraph:
    """Return the movement graph of a tiny world; its borders are a barrier called "wall".

    Roads go through the barriers that are `bridged`.
    """
    borders = lines() if borders is None else borders
    crossings = points() if crossings is None else crossings
    network = network_of(roads, borders, crossings, gate_tolerance_m)
    if barriers is None:
        barriers = {"wall": np.asarray(borders.geometry.array)} if len(borders) else {}
    return build_movement(
        terrain,
        network,
        crossings=crossings,
        borders=borders,
        barriers=[
            BarrierLines(name, lines, stops_roads=name not in bridged)
            for name, lines in barriers.items()
        ],
        neighbours=neighbours,
    )


def network_of(
    roads: gpd.GeoDataFrame | None,
    borders: gpd.GeoDataFrame,
    crossings: gpd.GeoDataFrame,
    gate_tolerance_m: float,
) -> RoadNetwork:
    """Return the road network of a tiny world."""
    return build_network(
        lines() if roads is None else roads,
        borders=borders,
        crossings=crossings,
        snap_tolerance_m=1.0,
        gate_tolerance_m=gate_tolerance_m,
        speeds_kmh={"primary": 60.0},
    )


def shifted(grid: Grid, east_m: float, north_m: float) -> Grid:
    """Return a grid moved."""
    return replace(grid, west=grid.west + east_m, north=grid.north + north_m)


@cache
def varied_world(
    seed: int, *, neighbours: int = 16, rows: int = 9, columns: int = 12
) -> MovementGraph:
    """Return a graph of uneven ground with holes, some roads, and a wall with two gates."""
    rng = np.random.default_rng(seed)
    grid = grid_of(rows, columns)
    heights = rng.normal(0, 8, (rows, columns)).cumsum(axis=0)
    heights[rng.random((rows, columns)) < 0.15] = np.nan
    heights[0, 0] = heights[-1, -1] = 0.0
    high, wide = rows * 100.0, columns * 100.0
    wall = lines([(0.0, high / 2 + 3), (wide, high / 2 - 7)])
    at = rng.uniform(0.2, 0.8, 2) * wide
    gates = points(*[(x, high / 2 + 3 - 10 * x / wide) for x in at])
    ways = [
        [(at[0], 30.0), (at[0], high - 40)],
        [tuple(rng.uniform(20, [wide - 20, high - 20])) for _ in range(3)],
        [tuple(rng.uniform(20, [wide - 20, high - 20])) for _ in range(3)],
    ]
    return graph_of(
        terrain_of(grid, heights),
        roads=lines(*ways),
        borders=wall,
        crossings=gates,
        neighbours=neighbours,
    )


def hours_of(graph: MovementGraph, **tables: Any) -> dict[str, NDArray[np.float64]]:
    """Return hours of all arcs by profile; the wall of a tiny world cannot be passed."""
    walls = [
        {"name": cuts.name, "file": "none", "delay_minutes": {"on_foot": "impassable"}}
        for cuts in graph.cuts
    ]
    scenario = scenario_of(**{"barriers": walls, **tables})
    return {profile.name: arc_hours(graph, profile, scenario) for profile in scenario.profiles}


def least_costs(
    graph: MovementGraph, weights: NDArray[np.float64], starts: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the least cost from any start to every node, by scipy."""
    passable = np.flatnonzero(np.isfinite(weights))
    # Of arcs side by side the cheapest, which scipy would add up; none of them costs nothing.
    cheapest = passable[np.argsort(weights[passable], kind="stable")]
    ends = graph.tails[cheapest].astype(np.int64) * graph.node_count + graph.heads[cheapest]
    arcs = cheapest[np.unique(ends, return_index=True)[1]]
    shape = (graph.node_count, graph.node_count)
    table = csr_array(
        (np.maximum(weights[arcs], 1e-14), (graph.tails[arcs], graph.heads[arcs])), shape=shape
    )
    return np.asarray(dijkstra(table, indices=starts, min_only=True))


def walled_world(
    *gate_xs: float, rows: int = 20, columns: int = 20, **gate_columns: Any
) -> tuple[MovementGraph, gpd.GeoDataFrame]:
    """Return level ground with a wall from west to east and gates in it, and the wall."""
    middle = rows * 50.0
    wall = lines([(0.0, middle), (columns * 100.0, middle)])
    gates = points(*[(x, middle) for x in gate_xs], **gate_columns)
    terrain = terrain_of(grid_of(rows, columns))
    return graph_of(terrain, borders=wall, crossings=gates), wall


def posts(*coordinates: tuple[float, float], **columns: Any) -> gpd.GeoDataFrame:
    """Return watch posts that see 500 m far and catch every other, unless told otherwise."""
    standard = {"kind": "watch_post", "range_m": 500.0, "probability": 0.5}
    return points(*coordinates, **{**standard, **columns})


def seen_by(
    graph: MovementGraph,
    layer: gpd.GeoDataFrame,
    *,
    sight: Sight | None = None,
    **weather: Any,
) -> Detection:
    """Return what a layer of posts sees of a graph's arcs."""
    return detection_of(graph, sensors_of(layer, weather=Weather(**weather)), sight=sight)


def along_row(graph: MovementGraph, row: int) -> NDArray[np.int64]:
    """Return the arcs from cell to cell along a row of the grid, from west to east."""
    columns = graph.grid.columns
    tails = row * columns + np.arange(columns - 1)
    among = np.isin(graph.tails, tails) & (graph.heads == graph.tails + 1)
    arcs = np.flatnonzero(among & (graph.kind == ArcKind.GROUND))
    assert len(arcs) == columns - 1
    return arcs


def at_speed(graph: MovementGraph, speed_kmh: float) -> NDArray[np.float64]:
    """Return hours of all arcs at one speed."""
    return graph.length_m / 1000.0 / speed_kmh
