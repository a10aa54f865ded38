"""What plans leave, against adding their sensors and solving every traveller anew."""

from itertools import combinations

import geopandas as gpd
import numpy as np
import pytest
from numpy.typing import NDArray

from corridors.errors import UnreachableError
from corridors.flow import SampledPaths
from corridors.reinforcement.opponents import ProbableReply
from corridors.reinforcement.options import Options, options_of, with_moves
from corridors.reinforcement.reply import Replies
from corridors.reinforcement.search import Search
from tests.undetected.worlds import Knows, World, small_world
from tests.worlds import posts, seen_by

FloatArray = NDArray[np.float64]


def places(seed: int, count: int) -> gpd.GeoDataFrame:
    rng = np.random.default_rng(seed)
    xy = np.column_stack([rng.uniform(100, 1100, count), rng.uniform(100, 800, count)])
    names = [f"candidate {n}" for n in range(count)]
    reach = rng.uniform(100, 350, count)
    return posts(*map(tuple, xy.tolist()), id=names, range_m=reach, probability=0.8)


def replies_of(
    world: World, knows: Knows | None, layer: gpd.GeoDataFrame, *, workers: int = 2
) -> Replies:
    sampler = world.sampler(knows, workers=workers)
    seen = seen_by(world.graph, layer)
    return Replies(
        sampler, world.travellers, world.paths(knows), world.detection, seen, sigma=world.sigma
    )


def anew(
    world: World, knows: Knows | None, layer: gpd.GeoDataFrame, plan: tuple[int, ...]
) -> FloatArray:
    """Return the survival when all are solved with the plan's sensors among the posts."""
    together = world.with_more(layer.iloc[list(plan)]) if plan else world.detection
    return world.survived(world.paths(knows, together), together)


def options(layer: gpd.GeoDataFrame, number: int) -> Options:
    xy = np.column_stack([layer.geometry.x, layer.geometry.y])
    return options_of(xy, np.ones(len(layer)), number=number)


KNOWN = [None, Knows(), Knows(informed=0.5), Knows(posts_known=0.5), Knows(kappa=5.0)]


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("knows", KNOWN)
def test_plans_leave_what_solving_everybody_anew_leaves(seed: int, knows: Knows | None) -> None:
    world, layer = small_world(seed, count=8), places(seed, 6)
    found = replies_of(world, knows, layer)
    plans = [(), *list(combinations(range(6), 2))[seed % 3 :: 3], (0, 2, 3, 5)]
    # In two calls, and from the last to the first, so that ways are carried over.
    first = found.survived([frozenset(plan) for plan in plans[::-2]])
    again = found.survived([frozenset(plan) for plan in plans])
    np.testing.assert_array_equal(first, again[:, ::-2])
    expected = np.column_stack([anew(world, knows, layer, plan) for plan in plans])
    np.testing.assert_allclose(again, expected, atol=1e-9)


def test_paths_under_a_plan_are_those_of_travellers_solved_anew() -> None:
    world, layer, knows = small_world(3), places(3, 5), Knows()
    found = replies_of(world, knows, layer)
    together = world.with_more(layer.iloc[[1, 3]])
    expected = world.paths(knows, together)
    got = found.paths(frozenset([1, 3]))
    rows = np.flatnonzero(expected.arrived)
    np.testing.assert_array_equal(found.numbers, rows)
    for row, m in enumerate(rows):
        own = expected.arcs[expected.starts[m] : expected.starts[m + 1]]
        assert got.arcs[got.starts[row] : got.starts[row + 1]].tolist() == own.tolist()
    np.testing.assert_allclose(got.hours, expected.hours[rows])


def test_a_post_that_is_moved_leaves_its_place_to_those_who_knew_of_it() -> None:
    knows = Knows()
    for seed in range(8):
        world, layer = small_world(seed, count=15), places(seed, 3)
        stays, goes = world.layer.iloc[[0]], world.layer.iloc[[1]]
        universe = gpd.pd.concat([layer, goes], ignore_index=True)
        found = Replies(
            world.sampler(knows),
            world.travellers,
            world.paths(knows),
            world.detection,
            seen_by(world.graph, universe),
            sigma=world.sigma,
            moved=np.array([False, True]),
        )
        assert found.standing == {3}
        for plan, there in ((frozenset([3]), world.layer), (frozenset([0, 2]), None)):
            left = gpd.pd.concat([stays, layer.iloc[[0, 2]]]) if there is None else there
            detection = seen_by(world.graph, left.reset_index(drop=True))
            expected = world.survived(world.paths(knows, detection), detection)
            np.testing.assert_allclose(found.survived([plan])[:, 0], expected, atol=1e-9)


def test_who_knows_nothing_leaves_more_with_no_sensor_more() -> None:
    world, layer = small_world(5), places(5, 6)
    found = replies_of(world, None, layer)
    left = found.survived([frozenset(range(count)) for count in range(7)]).mean(axis=0)
    assert (np.diff(left) <= 1e-12).all()
    np.testing.assert_array_equal(
        found.survived([frozenset([1, 4])]), found.kept([frozenset([1, 4])])
    )


@pytest.mark.parametrize("knows", KNOWN)
def test_a_sensor_that_sees_nobody_changes_nothing(knows: Knows | None) -> None:
    world = small_world(4)
    layer = posts((90_000.0, 0.0), (500.0, 400.0), id=["far", "blind"], probability=[0.9, 0.0])
    found = replies_of(world, knows, layer)
    before, after = found.survived([frozenset(), frozenset([0, 1])]).T
    np.testing.assert_array_equal(before, after)


def test_it_does_not_depend_on_threads() -> None:
    world, layer, knows = small_world(6), places(6, 5), Knows()
    plans = [frozenset(plan) for plan in combinations(range(5), 3)]
    one, three = (replies_of(world, knows, layer, workers=n).survived(plans) for n in (1, 3))
    np.testing.assert_array_equal(one, three)


@pytest.mark.parametrize("seed", range(6))
def test_the_bound_lies_below_every_plan(seed: int) -> None:
    world, layer = small_world(seed, count=12), places(seed, 6)
    for knows in (None, Knows(), Knows(informed=0.5), Knows(posts_known=0.6)):
        found = replies_of(world, knows, layer)
        asked = options(layer, 2)
        other = ProbableReply(found, asked)
        least = other.values(asked.plans()).min()
        bound = other.bound(asked, seconds=20.0)
        assert bound <= least + 1e-6
        if knows is None:
            assert bound == pytest.approx(least, abs=1e-5)


def test_a_plan_that_meets_the_bound_is_proven(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corridors.reinforcement.search.EVERY_PLAN", 0)
    world, layer = small_world(2, count=12), places(2, 6)
    asked = options(layer, 2)
    told = []
    for knows in (None, Knows()):
        other = ProbableReply(replies_of(world, knows, layer), asked)
        found = other.solve(asked, seconds=20.0)
        assert found.value == pytest.approx(other.values(asked.plans()).min(), abs=1e-9)
        told.append((found.status, found.value - found.bound > 1e-3))
    assert told == [("proven optimal", False), ("heuristic", True)]


def test_nobody_who_arrives_is_told() -> None:
    world, layer = small_world(), places(1, 2)
    nobody = SampledPaths(
        np.empty(0, np.int32),
        np.zeros(31, np.int64),
        np.full(30, -1),
        np.full(30, np.nan),
        np.full(30, np.nan),
    )
    seen = seen_by(world.graph, layer)
    with pytest.raises(UnreachableError, match="none of 30 travellers arrived"):
        Replies(world.sampler(None), world.travellers, nobody, world.detection, seen, sigma=0.6)


@pytest.mark.parametrize("informed", [0.5, 1.0])
def test_swaps_are_never_worse_than_greedy_and_most_often_best(informed: float) -> None:
    best = 0
    for seed in range(12):
        world, layer = small_world(seed, count=10), places(seed + 50, 7)
        asked = options(layer, 3)
        other = ProbableReply(replies_of(world, Knows(informed=informed), layer), asked)
        values = other.values(asked.plans())
        search = Search(asked, other.values, seconds=60.0)
        greedy = search.greedy()
        swapped = search.improved(greedy)
        assert swapped.status == "heuristic"
        assert swapped.value <= other.values([greedy])[0] + 1e-12
        assert swapped.value >= values.min() - 1e-12
        best += bool(swapped.value <= values.min() + 1e-9)
        every = Search(asked, other.values, seconds=60.0).best()
        assert every.status == "optimal (every plan tried)"
        assert every.value == pytest.approx(values.min(), abs=1e-12)
    assert best >= 9


def test_moving_is_an_option_of_its_own() -> None:
    xy = np.array([[0.0, 0.0], [1000.0, 0.0]])
    new = options_of(xy, np.array([3.0, 4.0]), budget=4.0)
    both = with_moves(new, posts=[2], adds=[[3, 4]], cost=1.0)
    assert both.sensors([0]) == {0, 2}
    assert both.sensors([3]) == {4}
    assert both.fits([0, 3])  # 3 for the new one, 1 for the move
    assert not both.fits([0, 2])  # one place twice
    assert not both.fits([2, 3])  # one post twice
