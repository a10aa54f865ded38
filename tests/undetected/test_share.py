"""The undetected share, first catches and losses, by hand and for sampled travellers."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corridors.errors import InputError
from corridors.flow import SampledPaths
from corridors.flow.travellers import Demand, draw_travellers
from corridors.intervals import wilson
from corridors.undetected import undetected_share
from corridors.undetected.share import step_hours
from tests.undetected.worlds import World, small_world
from tests.worlds import along_row, at_speed, graph_of, grid_of, posts, seen_by, terrain_of

PLANE = graph_of(terrain_of(grid_of(columns=40)))
ROWS = (9, 0, 9, 9)
PAIR = posts((1000.0, 1050.0), (2500.0, 1050.0), id=["a", "b"], probability=[0.4, 0.7])
HOURS = {"p": at_speed(PLANE, 5.0), "quick": at_speed(PLANE, 10.0)}


def by_rows(*rows: int, lost: int = 0) -> SampledPaths:
    """Return travellers along rows of the plane, and some that found no way."""
    ways = [along_row(PLANE, row) for row in rows]
    lengths = [len(way) for way in ways] + [0] * lost
    hours = [HOURS["p"][way].sum() for way in ways] + [np.nan] * lost
    return SampledPaths(
        np.concatenate(ways).astype(np.int32),
        np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        np.array([0] * len(ways) + [-1] * lost),
        np.array(hours),
        np.array(hours),
    )


def demand(*shares: float) -> Demand:
    return Demand([np.array([360])], [np.array([399])], np.array(shares)[None, None])


def test_shares_by_hand() -> None:
    # Three of four walk past both posts, one keeps off; a fifth found no way and does not count.
    travellers = draw_travellers(demand(1.0), 5, seed=1)
    found = undetected_share(by_rows(*ROWS, lost=1), travellers, HOURS, seen_by(PLANE, PAIR))
    assert found.share[0] == pytest.approx((3 * 0.18 + 1) / 4)
    assert list(found.posts["id"]) == ["a", "b"]
    np.testing.assert_allclose(found.posts["first_catch"], [0.75 * 0.4, 0.75 * 0.6 * 0.7])
    np.testing.assert_allclose(found.posts["met"], [0.75, 0.75])
    # Without a, 0.3 of those who pass stay undetected in place of 0.18; without b 0.6.
    np.testing.assert_allclose(found.posts["loss"], [0.75 * 0.12, 0.75 * 0.42])
    np.testing.assert_allclose(found.survived, [0.18, 1.0, 0.18, 0.18])
    assert len(found.stratum) == 4


def test_each_profile_is_seen_for_the_hours_that_it_takes() -> None:
    travellers = draw_travellers(demand(0.5, 0.5), 4, seed=1)
    assert set(travellers.profile) == {0, 1}
    paths = by_rows(9, 9, 9, 9)
    found = undetected_share(paths, travellers, HOURS, seen_by(PLANE, PAIR))
    np.testing.assert_allclose(found.survived, np.where(travellers.profile == 0, 0.18, 0.18**0.5))
    steps = step_hours(paths, travellers, HOURS).reshape(4, -1)
    np.testing.assert_allclose(steps[:, 0], np.where(travellers.profile == 0, 0.02, 0.01))


def test_intervals_hold_the_estimate_and_stay_among_shares() -> None:
    travellers = draw_travellers(demand(1.0), 4, seed=1)
    found = undetected_share(by_rows(*ROWS), travellers, HOURS, seen_by(PLANE, PAIR))
    for name in ("first_catch", "loss"):
        assert (found.posts[f"{name}_low"] <= found.posts[name]).all()
        assert (found.posts[f"{name}_high"] >= found.posts[name]).all()
        assert (found.posts[f"{name}_low"] >= 0).all()
        assert (found.posts[f"{name}_high"] <= 1).all()
    assert 0 <= found.share[1] < found.share[0] < found.share[2] <= 1


def test_without_posts_nobody_is_caught() -> None:
    travellers = draw_travellers(demand(1.0), 4, seed=1)
    found = undetected_share(by_rows(*ROWS), travellers, HOURS, seen_by(PLANE, posts()))
    assert found.share == (1.0, 1.0, 1.0)
    assert len(found.posts) == 0
    assert {"id", "first_catch", "loss_high", "met"} <= set(found.posts.columns)


def test_a_post_that_nobody_meets_is_no_loss() -> None:
    travellers = draw_travellers(demand(1.0), 4, seed=1)
    found = undetected_share(
        by_rows(*ROWS), travellers, HOURS, seen_by(PLANE, posts((1000.0, -4000.0)))
    )
    assert found.posts[["met", "first_catch", "loss"]].to_numpy().max() == 0.0
    assert found.share == (1.0, 1.0, 1.0)  # it sees no ground at all


def test_that_four_met_no_post_does_not_make_it_certain_of_all() -> None:
    travellers = draw_travellers(demand(1.0), 4, seed=1)
    found = undetected_share(
        by_rows(0, 0, 0, 0), travellers, HOURS, seen_by(PLANE, posts((1000.0, 50.0)))
    )
    estimate, low, high = found.share
    assert (estimate, high) == (1.0, 1.0)
    bound = float(wilson(0, 4)[1])  # as for a share of 0 of 4
    assert low == pytest.approx(1 - bound)
    assert found.posts.iloc[0][["first_catch_high", "loss_high"]].tolist() == pytest.approx(
        [bound] * 2
    )


@cache
def world_and_paths(seed: int) -> tuple[World, SampledPaths]:
    world = small_world(seed)
    return world, world.paths(None)


@given(seed=st.sampled_from([0, 2, 4, 7]), range_m=st.floats(0, 2000), chance=st.floats(0, 1))
@settings(max_examples=20)
def test_first_catches_and_the_undetected_share_sum_to_one(
    seed: int, range_m: float, chance: float
) -> None:
    world, paths = world_and_paths(seed)
    layer = posts((200.0, 300.0), (700.0, 600.0), (720.0, 610.0), range_m=range_m)
    seen = seen_by(world.graph, layer.assign(probability=[chance, 1.0, 0.3]))
    found = undetected_share(paths, world.travellers, world.hours, seen)
    assert found.share[0] + found.posts["first_catch"].sum() == pytest.approx(1.0, abs=1e-10)
    np.testing.assert_allclose(found.survived, world.survived(paths, seen), rtol=1e-9, atol=1e-300)
    np.testing.assert_allclose(found.first.mean(axis=0), found.posts["first_catch"], atol=1e-12)
    np.testing.assert_allclose(found.lost.mean(axis=0), found.posts["loss"], atol=1e-12)
    for number, loss in enumerate(found.posts["loss"]):
        rest = seen_by(world.graph, layer.assign(probability=[chance, 1.0, 0.3]).drop(number))
        without = world.survived(paths, rest).mean()
        assert loss == pytest.approx(without - found.share[0], abs=1e-12)


def test_where_nobody_arrives_there_is_no_share() -> None:
    travellers = draw_travellers(demand(1.0), 2, seed=1)
    nobody = SampledPaths(
        np.empty(0, np.int32), np.zeros(3, np.int64), np.array([-1, -1]), *np.full((2, 2), np.nan)
    )
    with pytest.raises(InputError, match="none of 2 travellers arrived"):
        undetected_share(nobody, travellers, HOURS, seen_by(PLANE, PAIR))


def test_in_no_visibility_all_stay_undetected() -> None:
    world = small_world()
    seen = seen_by(world.graph, world.layer, visibility_km=0)
    assert undetected_share(world.paths(None), world.travellers, world.hours, seen).share[0] == 1.0
