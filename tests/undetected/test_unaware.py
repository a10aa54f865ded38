"""The worth of one more sensor to those who do not know of it, against adding it."""

import numpy as np
import pytest

from corridors.detection import sensors_of
from corridors.scenario.model import Weather
from corridors.study.sight import sight_over
from corridors.terrain import Grid, Terrain
from tests.undetected.worlds import World, candidates, everywhere, small_world
from tests.worlds import seen_by


@pytest.mark.parametrize(("seed", "range_m"), [(4, 300.0), (7, 40.0), (2, 5000.0)])
def test_to_the_unaware_it_is_what_adding_the_sensor_changes(seed: int, range_m: float) -> None:
    world = small_world(seed)
    paths = world.paths(None)
    x, y = (axis.ravel() for axis in world.graph.grid.centres())
    rng = np.random.default_rng(seed)
    places = np.concatenate([np.column_stack([x, y]), rng.uniform(-400, 1600, (20, 2))])
    found = everywhere(world, places, range_m=range_m)
    before = world.survived(paths, world.detection).mean()
    for place, worth in zip(places.tolist(), found, strict=True):
        more = world.with_more(candidates(tuple(place), range_m=range_m))
        assert worth == pytest.approx(before - world.survived(paths, more).mean(), abs=1e-12)
    assert found.max() > 0.01


def bumpy(world: World, cell_m: float) -> Terrain:
    """Return ground with sharp bumps and a gap under a world, in cells of its own."""
    grid = world.graph.grid
    rows, columns = (int(side * grid.cell_m / cell_m) for side in (grid.rows, grid.columns))
    values = np.random.default_rng(9).exponential(6.0, (rows, columns))
    values[3:6, 5:9] = np.nan
    own = Grid(grid.crs, grid.west, grid.north, rows, columns, cell_m)
    return Terrain(own, values, np.ones(values.shape, bool), 12, cell_m)


@pytest.mark.parametrize(("cell_m", "range_m"), [(100.0, 300.0), (20.0, 300.0), (50.0, 60.0)])
def test_where_the_ground_cuts_sight_it_is_what_adding_the_sensor_changes(
    cell_m: float, range_m: float
) -> None:
    world = small_world(7)
    paths, ground = world.paths(None), bumpy(world, cell_m)
    west, south, east, north = ground.grid.bounds
    places = np.random.default_rng(2).uniform((west, south), (east, north), (60, 2))
    found = everywhere(world, places, range_m=range_m, heights=ground.raster())
    now = world.survived(paths, world.detection)
    for place, worth in zip(places.tolist(), found, strict=True):
        layer = candidates(tuple(place), range_m=range_m)
        sensors = sensors_of(layer, weather=Weather())
        one = seen_by(world.graph, layer, sight=sight_over(ground, sensors))
        change = now * (1 - world.survived(paths, one))
        if np.isfinite(ground.heights_at(np.array([place[0]]), np.array([place[1]]))).all():
            assert worth == pytest.approx(change.mean(), abs=1e-12)
        else:
            assert np.isnan(worth)
    assert 0 < np.nansum(found) < 0.97 * everywhere(world, places, range_m=range_m).sum()


def test_the_map_is_the_same_however_many_work(monkeypatch: pytest.MonkeyPatch) -> None:
    world = small_world()
    places, heights = np.random.default_rng(2).uniform(-50, 1050, (500, 2)), bumpy(world, 20.0)
    found = []
    for count in (1, 3):
        monkeypatch.setattr("corridors.undetected.unaware.processors", lambda count=count: count)
        found.append(everywhere(world, places, heights=heights.raster()))
    np.testing.assert_array_equal(*found)
    assert np.nanmax(found[0]) > 0


@pytest.mark.parametrize("changed", [{"range_m": 0.0}, {"range_m": 0.01}, {"probability": 0.0}])
def test_a_sensor_that_sees_or_catches_nothing_is_worth_nothing(changed: dict[str, float]) -> None:
    places = np.array([[300.0, 450.0], [-1e6, 2e6], [1e6, 0.0]])
    np.testing.assert_array_equal(everywhere(small_world(), places, **changed), 0.0)


def test_no_places_have_no_worth() -> None:
    assert everywhere(small_world(), np.empty((0, 2))).shape == (0,)
