"""Tiny worlds that can be worked out by hand."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from corridors.crs import parse_crs
from corridors.layers import BarrierLines
from corridors.movement import MovementGraph, build_movement
from corridors.network import RoadNetwork, build_network
from corridors.scenario import Scenario, parse_scenario
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
