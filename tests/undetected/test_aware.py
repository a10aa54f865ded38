"""The worth of one more sensor to those who know of it, against solving everybody again."""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest

from corridors.errors import InputError
from corridors.intervals import mean_interval
from corridors.undetected import Worth, worth_aware
from tests.undetected.worlds import Knows, World, candidates, everywhere, small_world
from tests.worlds import graph_of, grid_of, lines, points, posts, seen_by, terrain_of

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
