"""What a study's sensors look over: the elevation as fine as it is, where they look."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from corridors.crs import Bounds
from corridors.detection import Sensors, Sight
from corridors.elevation import read_elevation
from corridors.layers import Layers
from corridors.layers.area import StudyArea
from corridors.memory import available_bytes
from corridors.raster import Raster
from corridors.scenario import Scenario
from corridors.sight import PERSON_M, line_of_sight, sight_elevation
from corridors.sight.surface import BYTES_PER_CELL
from corridors.terrain import Grid, Terrain

__all__ = [
    "FineGround",
    "Grain",
    "fine_grounds",
    "grain_of",
    "sight_over",
    "study_sight",
    "wide_ground",
]

FloatArray = NDArray[np.float64]

# Elevation is finer than the working grid from this part of its cell on.
FINER = 0.75
# So many cells around all sensors together at most: 160 MB, and a second or two to lay.
CELLS_MAX = 20_000_000
# So many in one ground for the whole area: 64 MB, ten times as much while they are laid.
WIDE_CELLS_MAX = 8_000_000
# Of the memory that is free, ground takes one part in so many at most.
SPARE = 2
# So many patches of ground are crossed by all lines of sight over it at most: some minutes of one
# processor where no line ends early, but most do.
PATCHES_MAX = 1e10
SAMPLED = 200
RIM_CELLS = 2
ROUNDED = 1 + 1e-9


@dataclass(frozen=True)
class FineGround:
    """The ground around one sensor, as fine as the elevation.

    Attributes
    ----------
    terrain
        Heights.
    reach_m
        How far around the sensor they go.
    """

    terrain: Terrain
    reach_m: float


def fine_grounds(
    scenario: Scenario,
    layers: Layers,
    terrain: Terrain,
    sensors: Sensors,
    *,
    reach: float = 1.0,
) -> tuple[FineGround | None, ...]:
    """Return the ground around each sensor, where the elevation is finer than the working grid.

    Parameters
    ----------
    scenario, layers, terrain
        The study, its layers and its working grid.
    sensors
        In its CRS.
    reach
        How far to go, in ranges.

    Returns
    -------
    tuple
        One for each sensor; None for what moves, sees nothing, or where the working grid is as
        fine. With many sensors that look far, cells are made larger until all of them fit.

    Raises
    ------
    MissingFileError, LayerError
        When the elevation cannot be read again.
    """
    reaches = np.where(
        shapely.get_dimensions(sensors.place) == 0, sensors.range_m * reach, 0.0
    ).astype(float)
    cell_m = _cell_m(terrain.source_cell_m, reaches)
    if cell_m > FINER * terrain.grid.cell_m:
        return (None,) * len(sensors)
    path = scenario.path(scenario.layers.elevation.file)
    return tuple(
        _around(place, away, path, layers, terrain, cell_m) if away > 0 else None
        for place, away in zip(sensors.place, reaches.tolist(), strict=True)
    )


def study_sight(scenario: Scenario, layers: Layers, terrain: Terrain, sensors: Sensors) -> Sight:
    """Return what tells which points sensors of a study see, over ground as fine as it is.

    Parameters
    ----------
    scenario, layers, terrain, sensors
        As for `fine_grounds`.
    """
    return sight_over(terrain, sensors, fine_grounds(scenario, layers, terrain, sensors))


def _around(
    place: shapely.Point,
    away_m: float,
    path: Path,
    layers: Layers,
    terrain: Terrain,
    cell_m: float,
) -> FineGround | None:
    west, south, east, north = terrain.grid.bounds
    # So that all places that are looked at lie between centres of cells.
    rim_m = away_m + RIM_CELLS * cell_m
    bounds = (
        max(place.x - rim_m, west),
        max(place.y - rim_m, south),
        min(place.x + rim_m, east),
        min(place.y + rim_m, north),
    )
    if not (bounds[0] < bounds[2] and bounds[1] < bounds[3]):
        return None
    crs = terrain.grid.crs
    # Of the whole area the whole file would be read, once for each sensor.
    part = shapely.intersection(layers.area.polygon, shapely.box(*bounds))
    if not isinstance(part, shapely.Polygon) or part.is_empty:
        return None
    heights = _heights(path, replace(layers.area, polygon=part), crs, bounds, cell_m)
    if heights is None:
        return None
    values = np.asarray(heights.values)
    rows, columns = values.shape
    grid = Grid(crs, float(heights.transform.c), float(heights.transform.f), rows, columns, cell_m)
    gaps = int((~np.isfinite(values)).sum())
    inside = np.ones(values.shape, bool)
    return FineGround(Terrain(grid, values, inside, gaps, terrain.source_cell_m), away_m)


def _heights(
    path: Path, area: StudyArea, crs: pyproj.CRS, bounds: Bounds, cell_m: float
) -> Raster | None:
    """Return the elevation in cells of a size; None where there are too few, or it is unknown."""
    source = read_elevation(path, area, bounds=bounds)
    heights = sight_elevation(source, crs=crs, bounds=bounds, cell_m=cell_m)
    values = np.asarray(heights.values, dtype=float)
    if min(values.shape) < 2 or not np.isfinite(values).any():
        return None
    return replace(heights, values=values)


@dataclass(frozen=True)
class Grain:
    """How finely many places look at all that is within their range.

    Attributes
    ----------
    cell_m
        Side of the cells of the ground that cuts sight, metres.
    step
        One place is looked from in squares of so many working cells a side.
    """

    cell_m: float
    step: int


def grain_of(
    scenario: Scenario,
    terrain: Terrain,
    *,
    places: FloatArray,
    points: FloatArray,
    range_m: float,
) -> Grain:
    """Return how finely all places can look at all points within range.

    Parameters
    ----------
    scenario, terrain
        The study, and its working grid.
    places, points
        From where and whereto, shape (n, 2), in its CRS.
    range_m
        How far.

    Returns
    -------
    Grain
        The ground as fine as the elevation, and every place; what so many lines of sight and the
        memory do not allow is first taken from the ground, down to the working grid's cells, and
        then from the places.
    """
    grid = terrain.grid
    if range_m <= 0:
        return Grain(grid.cell_m, 1)
    chosen = np.random.default_rng(scenario.seed).permutation(len(places))[:SAMPLED]
    near = [
        int((np.hypot(*(points - place).T) <= range_m).sum()) for place in places[chosen].tolist()
    ]
    lines = float(np.mean(near)) * len(places) if near else 0.0
    # Of lines that go to points all over a disc the mean is two thirds of its radius; a line
    # crosses 4 / pi patches for each cell of its length.
    finest = lines * range_m * (2 / 3) * (4 / np.pi) / PATCHES_MAX
    step = max(int(np.ceil(np.sqrt(finest / grid.cell_m))), 1)
    free = available_bytes()
    room = WIDE_CELLS_MAX if free is None else min(WIDE_CELLS_MAX, free // SPARE // BYTES_PER_CELL)
    widest = float(np.sqrt(grid.size / max(room, 1))) * grid.cell_m
    cell_m = max(terrain.source_cell_m, finest / step**2, widest)
    return Grain(cell_m if cell_m <= FINER * grid.cell_m else grid.cell_m, step)


def wide_ground(scenario: Scenario, layers: Layers, terrain: Terrain, cell_m: float) -> Raster:
    """Return the ground of the whole area in cells of a size; from the working grid's on, that.

    Parameters
    ----------
    scenario, layers, terrain
        The study, its layers and its working grid.
    cell_m
        From `grain_of`.

    Raises
    ------
    MissingFileError, LayerError
        When the elevation cannot be read again.
    InputError
        When so many cells do not fit in memory.
    """
    grid = terrain.grid
    if cell_m > FINER * grid.cell_m:
        return terrain.raster()
    path = scenario.path(scenario.layers.elevation.file)
    return _heights(path, layers.area, grid.crs, grid.bounds, cell_m) or terrain.raster()


def _cell_m(finest_m: float, reaches: FloatArray) -> float:
    """Return the cell with which the ground around all sensors fits."""
    cells = float(((2 * reaches / finest_m) ** 2).sum())
    return float(finest_m * max(np.sqrt(cells / CELLS_MAX), 1.0))


def sight_over(
    terrain: Terrain, sensors: Sensors, finer: Sequence[FineGround | None] = ()
) -> Sight:
    """Return what tells which points sensors see over a terrain.

    Over the finer ground around a sensor where there is some, else over that of the working grid,
    to the head of somebody who stands; from a patrol's line everything, and nothing is hidden where
    the elevation is not known.

    Parameters
    ----------
    terrain
        The working grid.
    sensors
        In its CRS.
    finer
        From `fine_grounds`; one that does not go as far as the sensor sees is not used.
    """

    def sees(number: int, points: FloatArray) -> NDArray[np.bool_]:
        seen = np.ones(len(points), dtype=bool)
        place, reach_m = sensors.place[number], float(sensors.range_m[number])
        if shapely.get_dimensions(place) > 0:
            return seen
        own = finer[number] if len(finer) else None
        over = own.terrain if own is not None and reach_m <= own.reach_m * ROUNDED else terrain
        known = np.isfinite(over.heights_at(points[:, 0], points[:, 1]))
        here = np.isfinite(over.heights_at(np.array([place.x]), np.array([place.y])))
        away = np.hypot(points[:, 0] - place.x, points[:, 1] - place.y)
        asked = known & here & (away > 0) & (away <= reach_m)
        if asked.any():
            lines = line_of_sight(
                over.raster(),
                [place.x, place.y],
                points[asked],
                observer_height_m=float(sensors.sight_height_m[number]),
                target_height_m=PERSON_M,
            )
            seen[asked] = lines["visible"].to_numpy(dtype=bool)
        return seen

    return sees
