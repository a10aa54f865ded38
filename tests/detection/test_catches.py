"""Who catches first, by hand and for any posts."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from corridors.detection import Catches, Detection, catches_along, sensors_of
from corridors.scenario.model import Weather
from tests.worlds import along_row, at_speed, graph_of, grid_of, posts, seen_by, terrain_of

LongArray = NDArray[np.int64]
PLANE = graph_of(terrain_of(grid_of(columns=40)))
HOURS = at_speed(PLANE, 5.0)
Y = 1050.0
EAST = along_row(PLANE, 9)


def along(seen: Detection, arcs: LongArray = EAST, present: list[bool] | None = None) -> Catches:
    there = None if present is None else np.array(present)
    return catches_along(arcs, np.array([0, len(arcs)]), HOURS[arcs], seen, present=there)


def test_one_post_on_a_plane() -> None:
    caught = along(seen_by(PLANE, posts((1000.0, Y), probability=0.4)))
    np.testing.assert_allclose(caught.survived, [0.6], rtol=1e-12)
    np.testing.assert_allclose(caught.first, [[0.4]], rtol=1e-12)


@pytest.mark.parametrize("back", [False, True])
def test_of_two_posts_in_line_the_second_gets_what_the_first_leaves(back: bool) -> None:
    seen = seen_by(PLANE, posts((1000.0, Y), (2500.0, Y), probability=[0.4, 0.7]))
    west = [
        a for t, h in zip(PLANE.tails[EAST], PLANE.heads[EAST], strict=True) for a in _arc(h, t)
    ]
    caught = along(seen, np.array(west[::-1]) if back else EAST)
    assert caught.undetected == pytest.approx(0.6 * 0.3, rel=1e-12)
    expected = [0.3 * 0.4, 0.7] if back else [0.4, 0.6 * 0.7]
    np.testing.assert_allclose(caught.first, [expected], rtol=1e-12)


def _arc(tail: int, head: int) -> LongArray:
    own = np.arange(PLANE.indptr[tail], PLANE.indptr[tail + 1])
    return own[PLANE.heads[own] == head]


def test_when_a_post_falls_the_other_gets_more() -> None:
    seen = seen_by(PLANE, posts((1000.0, Y), (2500.0, Y), probability=[0.4, 0.7]))
    without = along(seen, present=[False, True])
    np.testing.assert_allclose(without.first, [[0.0, 0.7]], rtol=1e-12)
    assert without.undetected - along(seen).undetected == pytest.approx(0.4 * 0.3, rel=1e-12)
    assert along(seen, present=[False, False]).undetected == 1.0


def test_posts_at_one_place_share_what_is_caught_by_their_hazards() -> None:
    seen = seen_by(PLANE, posts((1000.0, Y), (1000.0, Y), probability=[0.5, 0.75]))
    caught = along(seen)  # hazards ln 2 and 2 ln 2
    assert caught.undetected == pytest.approx(1 / 8, rel=1e-12)
    np.testing.assert_allclose(caught.first, [[7 / 24, 7 / 12]], rtol=1e-12)


def test_paths_are_told_one_by_one_and_one_without_steps_is_not_caught() -> None:
    seen = seen_by(PLANE, posts((1000.0, Y), probability=0.4))
    other = along_row(PLANE, 0)
    arcs = np.concatenate([other, EAST])
    starts = np.array([0, len(other), len(other), len(arcs)])
    caught = catches_along(arcs, starts, HOURS[arcs], seen)
    np.testing.assert_allclose(caught.survived, [1.0, 1.0, 0.6])
    np.testing.assert_allclose(caught.first[:, 0], [0.0, 0.0, 0.4])
    assert caught.undetected == pytest.approx(2.6 / 3)


@given(
    seed=st.integers(0, 10_000),
    count=st.integers(0, 6),
    scale=st.sampled_from([1e-9, 1e-2, 1.0, 30.0]),
)
@settings(max_examples=60)
def test_first_catches_and_what_survives_sum_to_one(seed: int, count: int, scale: float) -> None:
    rng = np.random.default_rng(seed)
    seen_arcs = rng.random((PLANE.arc_count, count)) < 0.2
    entries = int(seen_arcs.sum())
    sensors = sensors_of(posts(*[(0.0, 0.0)] * count), weather=Weather())
    seen = Detection(
        sensors,
        np.concatenate([[0], np.cumsum(seen_arcs.sum(axis=1))]).astype(np.int64),
        np.nonzero(seen_arcs)[1].astype(np.int32),
        scale * rng.exponential(size=entries),
        scale * rng.exponential(size=entries) * (rng.random(entries) < 0.3),
    )
    arcs = rng.integers(0, PLANE.arc_count, 200)
    starts = np.array([0, 50, 50, 200])
    present = rng.random(count) < 0.8
    caught = catches_along(arcs, starts, HOURS[arcs], seen, present=present)
    np.testing.assert_allclose(caught.first.sum(axis=1) + caught.survived, 1.0, atol=1e-10)
    assert (caught.first >= 0).all()
    assert (caught.first[:, ~present] == 0).all()
    hazard = seen.hazard(HOURS, only=present)
    total = [hazard[part].sum() for part in np.split(arcs, starts[1:-1])]
    np.testing.assert_allclose(caught.survived, np.exp(-np.array(total)), rtol=1e-9, atol=1e-15)


def test_no_posts_catch_nobody() -> None:
    caught = along(seen_by(PLANE, posts()))
    assert caught.undetected == 1.0
    assert caught.first.shape == (1, 0)


def test_many_sure_posts_leave_a_chance_and_no_warning() -> None:
    seen = seen_by(PLANE, posts(*[(1000.0, Y)] * 50, probability=1.0))
    caught = along(seen)
    assert 0 <= caught.undetected < 1e-300
    np.testing.assert_allclose(caught.first, np.full((1, 50), 1 / 50), rtol=1e-9)
    assert math.isfinite(seen.hazard(HOURS).max())
