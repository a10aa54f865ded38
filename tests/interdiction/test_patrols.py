"""Patrols: games with known values, both sides' guarantees, and schedules with exact shares."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from corridors.errors import InputError, UnreachableError
from corridors.interdiction import (
    DelayGraph,
    Pairs,
    draw_schedules,
    patrol_game,
    patrol_paths,
    schedule_mixture,
)
from tests.interdiction.worlds import shortest


def test_values_equalise_over_what_is_attacked() -> None:
    # Losses of 4, 2, 1 where nobody is; one team. Over the first two: 4 (1 - a) = 2 a, a = 2/3,
    # value -4/3; the third loses less even without a team.
    plan = patrol_game([-4, -2, -1], np.diag([4.0, 2.0, 1.0]), teams=1)
    assert plan.cover == pytest.approx([2 / 3, 1 / 3, 0], abs=1e-7)
    assert plan.value == pytest.approx(-4 / 3)
    assert plan.status == "proven optimal"
    assert plan.bound == pytest.approx(plan.value)


def test_random_games_have_the_value_of_the_program_written_out() -> None:
    rng = np.random.default_rng(4)
    for _ in range(60):
        places, options = rng.integers(1, 9, 2)
        base = rng.normal(size=options)
        more = rng.uniform(0, 2, (places, options)) * (rng.random((places, options)) < 0.6)
        teams = float(rng.uniform(0.2, 1.0) * places)
        plan = patrol_game(base, more, teams=teams)
        # The other side's program: mix options so that the best cover gains least.
        cost = np.concatenate([base, [teams], np.ones(places)])
        rows = np.hstack([more, -np.ones((places, 1)), -np.eye(places)])
        mixed = linprog(
            cost, A_ub=rows, b_ub=np.zeros(places),
            A_eq=np.concatenate([np.ones(options), np.zeros(1 + places)])[None], b_eq=[1],
        )  # fmt: skip
        assert plan.value == pytest.approx(mixed.fun, abs=1e-6)
        assert plan.cover.sum() <= teams + 1e-9
        assert plan.weights.sum() == pytest.approx(1)


def test_patrols_of_ways_match_all_ways_listed() -> None:
    rng = np.random.default_rng(8)
    solved = 0
    while solved < 40:
        nodes, arcs, count = int(rng.integers(3, 8)), int(rng.integers(5, 20)), 6
        tails, heads = rng.integers(0, nodes, (2, arcs))
        at = rng.choice(arcs, min(count, arcs), replace=False)
        graph = DelayGraph.of(
            nodes, tails, heads, np.zeros(arcs),
            watched=(at, np.arange(len(at)), rng.uniform(0.2, 1, len(at))),
        )  # fmt: skip
        pairs = Pairs.of([0, 1], [nodes - 1, 0], [1.0, 2.0])
        try:
            plan = patrol_paths(graph, pairs, count=count, teams=2)
        except UnreachableError:
            continue
        lengths = np.zeros(arcs)
        lengths[at] = graph.delays * plan.cover[np.arange(len(at))]
        replied = [
            weight * shortest(nodes, tails, heads, lengths, start, end)
            for start, end, weight in zip(
                pairs.origins, pairs.destinations, pairs.weights, strict=True
            )
        ]
        assert plan.value == pytest.approx(sum(v for v in replied if np.isfinite(v)), abs=1e-9)
        # Against the mixture of the other side, no cover of two teams does better.
        against = np.zeros(count)
        for option, weight in zip(plan.options, plan.weights, strict=True):
            against[option.places] += weight * option.more
        assert np.sort(against)[-2:].sum() == pytest.approx(plan.value, abs=1e-6)
        solved += 1


def test_an_option_that_no_team_hinders_leaves_nothing_to_gain() -> None:
    plan = patrol_game([0.0, 0.0], [[1.0, 0.0]], teams=1)
    assert plan.value == 0
    assert "no gain is possible" in plan.note


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_mixtures_have_exactly_the_shares_asked_for(cover: list[float]) -> None:
    share, schedules = schedule_mixture(cover)
    assert share.sum() == pytest.approx(1)
    assert share @ schedules == pytest.approx(np.array(cover), abs=1e-9)
    assert schedules.sum(axis=1).max() <= np.ceil(np.sum(cover) + 1e-9)
    assert len(share) <= len(cover) + 1


def test_schedules_are_drawn_with_the_shares_asked_for() -> None:
    cover = [0.1, 0.9, 0.35, 0.65]
    drawn = draw_schedules(cover, days=20_000, seed=3)
    assert set(drawn.sum(axis=1).tolist()) == {2}
    # Four standard errors at 20,000 days are below 0.015.
    assert drawn.mean(axis=0) == pytest.approx(cover, abs=0.015)
    assert np.array_equal(drawn, draw_schedules(cover, days=20_000, seed=3))
    assert not np.array_equal(drawn, draw_schedules(cover, days=20_000, seed=4))


def test_what_is_wrong_is_named() -> None:
    with pytest.raises(InputError, match="0 teams; give more than 0"):
        patrol_game([0.0], [[1.0]], teams=0)
    with pytest.raises(InputError, match="2 teams for 1 places"):
        patrol_game([0.0], [[1.0]], teams=2)
    with pytest.raises(InputError, match="helps option 0"):
        patrol_game([0.0], [[-1.0]], teams=1)
    with pytest.raises(InputError, match="not a finite number"):
        patrol_game([np.nan], [[1.0]], teams=1)
    with pytest.raises(InputError, match="a column for each option"):
        patrol_game([0.0], [[1.0, 2.0]], teams=1)
    with pytest.raises(InputError, match="between 0 and 1"):
        schedule_mixture([1.2])
    with pytest.raises(InputError, match="0 days"):
        draw_schedules([0.5], days=0, seed=1)
