"""Places that are made: along the border, on roads, at gates, on high ground."""

from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy import ndimage

from corridors.errors import ScenarioError
from corridors.kernels.crossing import count_cuts, segments_of
from corridors.network import RoadNetwork
from corridors.scenario.reinforcement import Made
from corridors.sight import PERSON_M, line_of_sight
from corridors.terrain import Terrain

__all__ = ["Named", "along_border", "at_gates", "at_junctions", "high_ground", "on_roads"]

FloatArray = NDArray[np.float64]
Named = tuple[str, shapely.Point]

# Summits whose sight is computed, for each that is wanted.
TRIED_FOR_ONE = 4


def along_border(
    borders: gpd.GeoDataFrame, made: Made, towards: NDArray[np.object_]
) -> Iterator[Named]:
    """Yield a place every so many km along the border, behind it as seen from outside.

    Parameters
    ----------
    borders
        Lines with ``id``, in a metric CRS.
    made
        How often, how far behind, and which borders.
    towards
        Points of the destinations, which stand behind it.

    Raises
    ------
    ScenarioError
        When a border that is named is not there.
    """
    if made.border_km is None:
        return
    chosen = _chosen(borders, made.borders)
    pieces = segments_of(np.asarray(borders.geometry.array))
    for row in range(len(chosen)):
        line = chosen.geometry.iloc[row]
        number = 0
        for part in shapely.get_parts(shapely.line_merge(line)):
            for along in _steps(part.length, made.border_km * 1e3):
                number += 1
                at = _behind(part, along, made.border_offset_m, towards, pieces)
                yield f"border {chosen['id'].iloc[row]} {number}", at


def _chosen(borders: gpd.GeoDataFrame, ids: list[str] | None) -> gpd.GeoDataFrame:
    if ids is None:
        return borders
    known = [str(one) for one in borders["id"]]
    unknown = [one for one in ids if one not in known]
    if unknown:
        raise ScenarioError(
            f"reinforcement.made.borders names '{unknown[0]}', which the borders layer does not "
            f"have; it has {', '.join(known)}"
        )
    return borders[[one in ids for one in known]]


def _steps(length: float, every: float) -> FloatArray:
    """Return distances along a line, evenly, as near to the wanted step as can be."""
    count = max(round(length / every), 1)
    return np.asarray((np.arange(count) + 0.5) * length / count)


def _behind(
    line: shapely.LineString,
    along: float,
    offset_m: float,
    towards: NDArray[np.object_],
    pieces: FloatArray,
) -> shapely.Point:
    """Return a point beside a line: on the side from which fewest borders are cut on the way."""
    on_line = line.interpolate(along)
    if offset_m == 0:
        return on_line
    step = min(offset_m, line.length / 4)
    before, after = line.interpolate(max(along - step, 0.0)), line.interpolate(along + step)
    way = np.array([after.x - before.x, after.y - before.y])
    length = float(np.hypot(*way))
    if length == 0:
        return on_line
    normal = np.array([-way[1], way[0]]) / length * offset_m
    here = np.array([on_line.x, on_line.y])
    nearest = towards[int(np.argmin(shapely.distance(towards, on_line)))]
    sides = np.stack([here + normal, here - normal])
    ends = np.tile([nearest.x, nearest.y], (2, 1))
    cuts = count_cuts(sides, ends, pieces)
    return shapely.Point(sides[int(np.argmin(cuts))])


def on_roads(network: RoadNetwork, every_km: float) -> Iterator[Named]:
    """Yield a place every so many km along each road, at least one on roads that are so long.

    Parameters
    ----------
    network
        The roads.
    every_km
        How often.
    """
    edges = network.edges_gdf()
    number = 0
    for line in edges.geometry:
        if line.length < every_km * 500:
            continue
        for along in _steps(line.length, every_km * 1e3):
            number += 1
            yield f"road {number}", line.interpolate(along)


def at_junctions(network: RoadNetwork) -> Iterator[Named]:
    """Yield a place at each junction of three roads or more.

    Parameters
    ----------
    network
        The roads.
    """
    nodes = network.nodes_gdf()
    degree = dict(network.graph.degree())
    number = 0
    for node, kind, place in zip(nodes["node"], nodes["kind"], nodes.geometry, strict=True):
        if kind == "junction" and degree[node] >= 3:
            number += 1
            yield f"junction {number}", place


def at_gates(crossings: gpd.GeoDataFrame) -> Iterator[Named]:
    """Yield a place at each crossing.

    Parameters
    ----------
    crossings
        Points with ``id`` and ``name``.
    """
    for row in crossings.itertuples():
        called = row.name if isinstance(row.name, str) else row.id
        yield f"gate {called}", row.geometry


def high_ground(
    terrain: Terrain, count: int, *, range_m: float, height_m: float, near: shapely.Geometry | None
) -> Iterator[Named]:
    """Yield the summits from which most of the ground within range is seen, the best first.

    Parameters
    ----------
    terrain
        The ground.
    count
        How many at most, no two nearer than half the range.
    range_m, height_m
        Of the sensor.
    near
        Only summits in here.

    Notes
    -----
    Summits are the highest cells within half the range; of those that stand highest above the mean
    of their surroundings, the part of the cells within range that is seen orders them.
    """
    grid, heights = terrain.grid, np.where(terrain.walkable, terrain.elevation_m, np.nan)
    reach = max(int(range_m / 2 / grid.cell_m), 1)
    filled = np.where(np.isfinite(heights), heights, -np.inf)
    top = (filled == ndimage.maximum_filter(filled, size=2 * reach + 1)) & np.isfinite(heights)
    known = np.isfinite(heights).astype(float)
    size = 2 * max(int(range_m / grid.cell_m), 1) + 1
    mean = ndimage.uniform_filter(np.nan_to_num(heights), size) / np.maximum(
        ndimage.uniform_filter(known, size), 1e-9
    )
    x, y = grid.centres()
    cells = np.flatnonzero(top.ravel())
    if near is not None and len(cells):
        shapely.prepare(near)
        cells = cells[shapely.contains_xy(near, x[cells], y[cells])]
    above = (heights - mean).ravel()[cells]
    cells = cells[np.lexsort((cells, -above))][: TRIED_FOR_ONE * count]
    seen = np.array([_seen(terrain, x, y, int(cell), range_m, height_m) for cell in cells])
    taken: list[int] = []
    for cell in cells[np.lexsort((cells, -seen))] if len(cells) else []:
        others = np.array(taken, np.int64)
        if (np.hypot(x[others] - x[cell], y[others] - y[cell]) < range_m / 2).any():
            continue
        taken.append(int(cell))
        yield f"height {len(taken)}", shapely.Point(x[cell], y[cell])
        if len(taken) == count:
            return


def _seen(
    terrain: Terrain, x: FloatArray, y: FloatArray, cell: int, range_m: float, height_m: float
) -> float:
    """Return the part of the cells within range that is seen from a cell."""
    near = (np.hypot(x - x[cell], y - y[cell]) <= range_m) & terrain.walkable.ravel()
    near[cell] = False
    targets = np.flatnonzero(near)
    if not len(targets):
        return 0.0
    lines = line_of_sight(
        terrain.raster(),
        [x[cell], y[cell]],
        np.column_stack([x[targets], y[targets]]),
        observer_height_m=height_m,
        target_height_m=PERSON_M,
    )
    return float(lines["visible"].sum()) * terrain.grid.cell_m**2
