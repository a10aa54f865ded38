"""What a study's posts and patrols catch, and where one more would be worth most."""

from collections.abc import Callable
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from corridors.detection import Detection, Sensors, Sight, detection_of, sensors_of
from corridors.errors import InputError
from corridors.flow import Flow
from corridors.study.ground import Ground
from corridors.study.sight import Grain, grain_of, study_sight, wide_ground
from corridors.terrain import Grid
from corridors.undetected import Undetected, undetected_share, worth_aware, worth_unaware

__all__ = ["WorthMap", "sight_words", "study_undetected", "study_worth", "with_catches"]

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class WorthMap:
    """What one more sensor would take away from the undetected share.

    Attributes
    ----------
    unaware
        Shape (rows, columns): at every cell, when nobody knows of it; NaN where nobody can walk,
        and where the ground is unknown that the sensor would stand on.
    candidates
        Points that were tried on those who know of posts: ``id, worth, worth_low, worth_high,
        met, worth_unaware``. A worth below 0 means that the sensor makes matters worse.
    change
        Of each traveller that arrived and each candidate: what the sensor takes away from its
        chance of passing; shape (travellers, candidates).
    grain
        How finely the ground and the places of the map are looked at.
    """

    unaware: FloatArray
    candidates: gpd.GeoDataFrame
    change: FloatArray
    grain: Grain


def sight_words(worth: WorthMap) -> str:
    """Return how finely the sensors of a map of worth look."""
    cells = f"the ground cuts its sight, in cells of {worth.grain.cell_m:.0f} m"
    step = worth.grain.step
    return cells if step == 1 else f"{cells}; looked from once in {step} by {step} cells"


def study_undetected(ground: Ground, flow: Flow) -> Undetected:
    """Return what a study's sensors catch of its transits.

    Parameters
    ----------
    ground, flow
        From `study_ground` and `study_flow`.
    """
    return undetected_share(
        flow.paths,
        flow.travellers,
        ground.hours,
        ground.detection,
        level=flow.settings.confidence,
    )


def with_catches(posts: gpd.GeoDataFrame, undetected: Undetected) -> gpd.GeoDataFrame:
    """Return posts with what each catches first, and what is lost when it falls."""
    columns = [
        "first_catch",
        "first_catch_low",
        "first_catch_high",
        "loss",
        "loss_low",
        "loss_high",
    ]
    caught = undetected.posts.set_index("id")[columns]
    return posts.join(caught, on="id")


def study_worth(
    ground: Ground,
    flow: Flow,
    *,
    at: FloatArray | None = None,
    grain: Grain | None = None,
    on_traveller: Callable[[int], None] | None = None,
) -> WorthMap:
    """Return where one more sensor, as ``[worth]`` describes it, would be worth most.

    Parameters
    ----------
    ground, flow
        From `study_ground` and `study_flow`.
    at
        Places to try, shape (C, 2), centres of cells; where it is worth most unless given.
    grain
        How finely to look, as another map does; as finely as so many lines of sight allow unless
        given.
    on_traveller
        Told how many travellers have been asked.

    Raises
    ------
    InputError
        When a place to try is not on walkable ground.
    """
    graph, grid = ground.graph, ground.terrain.grid
    x, y = grid.centres()
    inside = np.flatnonzero(ground.terrain.walkable.ravel())
    places = np.column_stack([x, y])[inside]
    one = _sensors(ground, places[:1])
    grain = grain or _grain(ground, flow, places, one)
    looks = _looked_from(grid, grain.step)
    from_these = looks.ravel()[inside] == inside
    found_here = np.full(grid.size, np.nan)
    found_here[inside[from_these]] = worth_unaware(
        flow.paths,
        flow.travellers,
        ground.hours,
        ground.detection,
        places[from_these],
        graph=graph,
        sensor=one,
        heights=wide_ground(ground.scenario, ground.layers, ground.terrain, grain.cell_m),
    )
    unaware = np.full(grid.size, np.nan)
    unaware[inside] = found_here[looks.ravel()[inside]]
    spacing = float(one.range_m[0]) / 2
    chosen = (
        _spread(places, found_here[inside], spacing, ground.scenario.worth.candidates)
        if at is None
        else _found(inside, grid.cell_of(*at.T))
    )
    change = np.zeros((int(flow.paths.arrived.sum()), 0))
    candidates = _candidates(places[chosen], unaware[inside][chosen], grid.crs)
    if len(candidates):
        found = worth_aware(
            flow.sampler,
            flow.travellers,
            flow.paths,
            ground.detection,
            _seen(ground, places[chosen]),
            sigma=flow.sigma,
            level=flow.settings.confidence,
            on_traveller=on_traveller,
        )
        candidates = candidates.assign(
            worth=found.estimate, worth_low=found.low, worth_high=found.high, met=found.met
        )
        change = found.change
    return WorthMap(unaware.reshape(grid.rows, grid.columns), candidates, change, grain)


def _looked_from(grid: Grid, step: int) -> NDArray[np.int64]:
    """Return for each cell the one that is looked from for it: the middle of its square."""
    middle = [
        np.minimum(np.arange(count) // step * step + step // 2, count - 1)
        for count in (grid.rows, grid.columns)
    ]
    number = np.arange(grid.size).reshape(grid.rows, grid.columns)[np.ix_(*middle)]
    return np.asarray(number, np.int64)


def _grain(ground: Ground, flow: Flow, places: FloatArray, sensor: Sensors) -> Grain:
    graph, heads = ground.graph, ground.graph.heads[flow.passages.used[0]]
    return grain_of(
        ground.scenario,
        ground.terrain,
        places=places,
        # Of every piece that is taken, an end and the middle.
        points=np.repeat(np.column_stack([graph.x[heads], graph.y[heads]]), 2, axis=0),
        range_m=float(sensor.range_m[0]),
    )


def _seen(ground: Ground, places: FloatArray) -> Detection:
    """Return what a sensor at each place sees: each as if it alone were added."""
    held: dict[int, Sight] = {}

    def sight(number: int, points: FloatArray) -> NDArray[np.bool_]:
        if number not in held:
            held.clear()  # ground of one at a time, as fine as for one
            one = _sensors(ground, places[number : number + 1])
            held[number] = study_sight(ground.scenario, ground.layers, ground.terrain, one)
        return held[number](0, points)

    return detection_of(ground.graph, _sensors(ground, places), sight=sight)


def _sensors(ground: Ground, places: FloatArray) -> Sensors:
    wanted = ground.scenario.worth
    posts = gpd.GeoDataFrame(
        {
            "id": [f"place-{number}" for number in range(len(places))],
            "name": None,
            "kind": wanted.kind,
            "range_m": wanted.range_m,
            "probability": wanted.probability,
        },
        geometry=shapely.points(places),
        crs=ground.terrain.grid.crs,
    )
    scenario = ground.scenario
    return sensors_of(
        posts,
        weather=scenario.weather,
        settings={str(kind): given for kind, given in scenario.sensors.items()},
        reference_kmh=scenario.reference_kmh,
    )


def _spread(places: FloatArray, worth: FloatArray, apart_m: float, count: int) -> NDArray[np.int64]:
    """Return places of great worth, the greatest first, none nearer than so far to another."""
    left = np.where(worth > 0, worth, -np.inf)
    chosen: list[int] = []
    while len(chosen) < count:
        best = int(np.argmax(left)) if len(left) else 0
        if not len(left) or left[best] == -np.inf:
            break
        chosen.append(best)
        left[np.hypot(*(places - places[best]).T) < apart_m] = -np.inf
    return np.array(chosen, np.int64)


def _found(inside: NDArray[np.int64], cells: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the rows of cells among those inside; refuse others."""
    row = np.minimum(np.searchsorted(inside, cells), len(inside) - 1)
    if (inside[row] != cells).any():
        raise InputError(
            "a place for one more sensor is off the ground that can be walked on; give places in "
            "the area, where the elevation is known"
        )
    return np.asarray(row)


def _candidates(places: FloatArray, worth: FloatArray, crs: object) -> gpd.GeoDataFrame:
    columns = {name: np.empty(0) for name in ("worth", "worth_low", "worth_high", "met")}
    return gpd.GeoDataFrame(
        {
            "id": [f"place-{number}" for number in range(len(places))],
            "worth_unaware": worth,
            **({} if len(places) else columns),
        },
        geometry=shapely.points(places) if len(places) else [],
        crs=crs,
    )
