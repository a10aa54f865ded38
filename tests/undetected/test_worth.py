"""What one sensor more is worth, against adding it and solving every traveller again."""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
from numpy.typing import NDArray

from corridors.detection import sensors_of
from corridors.errors import InputError
from corridors.intervals import mean_interval
from corridors.raster import Raster
from corridors.scenario.model import Weather
from corridors.study.sight import sight_over
from corridors.terrain import Grid, Terrain
from corridors.undetected import Worth, worth_aware, worth_unaware
from tests.undetected.worlds import Knows, World, small_world
from tests.worlds import graph_of, grid_of, lines, points, posts, seen_by, terrain_of

FloatArray = NDArray[np.float64]


def candidates(*coordinates: tuple[float, float], **columns: object) -> gpd.GeoDataFrame:
    names = [f"candidate {n}" for n in range(len(coordinates))]
    return posts(*coordinates, id=names, **{"range_m": 300.0, "probability": 0.7, **columns})


def everywhere(
    world: World,
    places: FloatArray,
    *,
    range_m: float = 300.0,
    probability: float = 0.7,
    heights: Raster | None = None,
) -> FloatArray:
    graph, paths = world.graph, world.paths(None)
    one = sensors_of(
        candidates((0.0, 0.0), range_m=range_m, probability=probability), weather=Weather()
    )
    return worth_unaware(
        paths,
        world.travellers,
        world.hours,
        world.detection,
        places,
        graph=graph,
        sensor=one,
        heights=heights,
    )


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
        assert worth == pytest.approx(change.mean(), abs=1e-12)
    assert 0 < found.sum() < 0.97 * everywhere(world, places, range_m=range_m).sum()


def test_the_map_is_the_same_however_many_work(monkeypatch: pytest.MonkeyPatch) -> None:
    world = small_world()
    places, heights = np.random.default_rng(2).uniform(-50, 1050, (500, 2)), bumpy(world, 20.0)
    found = []
    for count in (1, 3):
        monkeypatch.setattr("corridors.undetected.worth.processors", lambda count=count: count)
        found.append(everywhere(world, places, heights=heights.raster()))
    np.testing.assert_array_equal(*found)
    assert found[0].max() > 0


@pytest.mark.parametrize("changed", [{"range_m": 0.0}, {"range_m": 0.01}, {"probability": 0.0}])
def test_a_sensor_that_sees_or_catches_nothing_is_worth_nothing(changed: dict[str, float]) -> None:
    places = np.array([[300.0, 450.0], [-1e6, 2e6], [1e6, 0.0]])
    np.testing.assert_array_equal(everywhere(small_world(), places, **changed), 0.0)


def test_no_places_have_no_worth() -> None:
    assert everywhere(small_world(), np.empty((0, 2))).shape == (0,)


PLACES = [(300.0, 450.0), (700.0, 450.0), (500.0, 300.0), (900.0, 700.0), (5000.0, 0.0)]


def aware(world: World, knows: Knows | None, layer: gpd.GeoDataFrame, *, workers: int = 2) -> Worth:
    sampler = world.sampler(knows, workers=workers)
    return worth_aware(
        sampler,
        world.travellers,
        world.paths(knows),
        world.detection,
        seen_by(world.graph, layer),
        sigma=world.sigma,
    )


@pytest.mark.parametrize(
    "knows",
    [
        Knows(informed=0.0),
        Knows(informed=0.5),
        Knows(informed=1.0),
        Knows(informed=1.0, posts_known=0.5),
        Knows(informed=0.7, posts_known=0.3, kappa=2.0),
        Knows(kappa=0.0),
    ],
    ids=str,
)
@pytest.mark.parametrize("seed", [4, 7])
def test_to_the_aware_it_is_what_solving_everybody_again_changes(seed: int, knows: Knows) -> None:
    world = small_world(seed)
    layer = candidates(*PLACES)
    found = aware(world, knows, layer)
    paths = world.paths(knows)
    before = world.survived(paths, world.detection)
    moved = 0
    for number in range(len(layer)):
        more = world.with_more(layer.iloc[[number]])
        after_paths = world.paths(knows, more)
        moved += not np.array_equal(after_paths.arcs, paths.arcs)
        change = before - world.survived(after_paths, more)
        assert found.estimate[number] == pytest.approx(change.mean(), abs=1e-9)
        np.testing.assert_allclose(found.change[:, number], change, atol=1e-9)
        low, high = mean_interval(change, level=0.9, strata=world.travellers.stratum[paths.arrived])
        assert found.low[number] == pytest.approx(low, abs=1e-9)
        assert found.high[number] == pytest.approx(high, abs=1e-9)
        only = seen_by(world.graph, layer.iloc[[number]])
        assert found.met[number] == (world.survived(paths, only) < 1).mean()
    # It is no test of anything where nobody takes another way.
    assert bool(moved) == (knows.informed > 0 and knows.kappa > 0)


def test_to_those_who_know_nothing_it_is_the_worth_to_the_unaware() -> None:
    world = small_world()
    found = aware(world, None, candidates(*PLACES))
    np.testing.assert_allclose(found.estimate, everywhere(world, np.array(PLACES)), atol=1e-12)


def test_it_is_the_same_however_many_work() -> None:
    world, layer = small_world(count=60), candidates(*PLACES)
    one, two = (aware(world, Knows(0.8, 0.6), layer, workers=n) for n in (1, 2))
    for name in ("estimate", "low", "high", "met"):
        np.testing.assert_array_equal(getattr(one, name), getattr(two, name))


def test_where_buckets_do_not_help_it_is_the_same() -> None:
    world, layer = small_world(), candidates(*PLACES)
    usual = aware(world, Knows(), layer)
    world.finder.patience = 0
    np.testing.assert_allclose(aware(world, Knows(), layer).estimate, usual.estimate, atol=1e-9)


def test_every_traveller_that_is_done_is_told() -> None:
    world, told = small_world(), list[int]()
    paths = world.paths(Knows())
    worth_aware(
        world.sampler(Knows()),
        world.travellers,
        paths,
        world.detection,
        seen_by(world.graph, candidates(*PLACES)),
        sigma=world.sigma,
        on_traveller=told.append,
    )
    assert told == list(range(1, int(paths.arrived.sum()) + 1))


def test_where_nobody_arrives_nothing_has_a_worth() -> None:
    world = small_world()
    paths = world.paths(None)
    count = len(paths)
    nobody = replace(
        paths,
        arcs=paths.arcs[:0],
        starts=np.zeros(count + 1, np.int64),
        destination=np.full(count, -1),
        hours=np.full(count, np.nan),
        least_hours=np.full(count, np.nan),
    )
    new = seen_by(world.graph, candidates(*PLACES))
    with pytest.raises(InputError, match="travellers arrived"):
        worth_aware(world.sampler(None), world.travellers, nobody, world.detection, new, sigma=0.5)


def test_no_candidates_have_no_worth() -> None:
    assert aware(small_world(), Knows(), candidates()).estimate.shape == (0,)


def watched_gate() -> World:
    """Return a wall with a quick gate, which is watched, and one out of the way, which is not."""
    wall = lines([(0.0, 1000.0), (2000.0, 1000.0)])
    graph = graph_of(
        terrain_of(grid_of()), borders=wall, crossings=points((1000.0, 1000.0), (1800.0, 1000.0))
    )
    watch = posts((1000.0, 1000.0), id=["watch"], range_m=300.0, probability=0.6)
    world = World(graph, watch, sigma=0.2, count=40)
    middle = np.array([19 * 20 + 9, 19 * 20 + 10]), np.array([9, 10])
    world.demand = type(world.demand)([middle[0]], [middle[1]], np.array([[[0.6, 0.4]]]))
    world.travellers = type(world.travellers)(
        *(np.zeros(40, np.int64) for _ in range(3)),
        np.repeat(middle[0], 20),
        world.travellers.key,
        np.zeros(40, np.int64),
    )
    return world


def test_a_post_that_pushes_transits_onto_an_unwatched_way_backfires() -> None:
    world = watched_gate()
    knows = Knows(kappa=0.06)
    paths = world.paths(knows)
    # Most of them take the chance at the watched gate, as the other way is long.
    before = world.survived(paths, world.detection)
    assert before.mean() < 0.55
    layer = candidates((1000.0, 1000.0), (1800.0, 1000.0), range_m=300.0, probability=0.8)
    found = aware(world, knows, layer)
    # A second post at the quick gate sends them round by the other: more come through.
    assert found.estimate[0] < -0.2
    assert found.high[0] < 0
    more = world.with_more(layer.iloc[[0]])
    after = world.survived(world.paths(knows, more), more)
    assert after.mean() - before.mean() == pytest.approx(-found.estimate[0], abs=1e-9)
    # To those who do not know of it, it would have been worth a lot.
    unaware = aware(world, Knows(informed=0.0), layer)
    assert unaware.low[0] > 0
