"""What one sensor more would catch, place by place, in plain arithmetic."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from corridors.kernels.catches import add_worth, first_catches, mean_tapers

FloatArray = NDArray[np.float64]


def dense_tapers(ends: FloatArray, reach: float) -> FloatArray:
    """Return means by the middles of many short parts."""
    t = (np.arange(4000) + 0.5)[:, None] / 4000
    x = ends[0] + t * (ends[2] - ends[0])
    y = ends[1] + t * (ends[3] - ends[1])
    return np.asarray((np.maximum(1 - (x * x + y * y) / reach**2, 0.0) ** 2).mean(axis=0))


def worth_of(
    ends: FloatArray,
    hours: FloatArray,
    starts: list[int],
    survived: list[float],
    places: FloatArray,
    *,
    reach: float,
    rate: float,
    side: float,
) -> FloatArray:
    corner = places.min(axis=0)
    square = ((places - corner) // side).astype(int)
    columns, rows = (square.max(axis=0) + 1).tolist()
    number = square[:, 1] * columns + square[:, 0]
    order = np.argsort(number).astype(np.int32)
    first = np.searchsorted(number[order], np.arange(rows * columns + 1)).astype(np.int64)
    worth = np.zeros(len(places))
    add_worth(
        *(np.ascontiguousarray(values) for values in ends),
        hours,
        np.array(starts),
        np.array(survived),
        np.ascontiguousarray(places[:, 0]),
        np.ascontiguousarray(places[:, 1]),
        first,
        order,
        (rows, columns),
        (float(corner[0]), float(corner[1])),
        side,
        reach,
        rate,
        worth,
    )
    return worth


@given(
    seed=st.integers(0, 1000),
    reach=st.sampled_from([30.0, 200.0, 5000.0]),
    side=st.sampled_from([25.0, 200.0, 3000.0]),
)
@settings(max_examples=40)
def test_worth_is_the_sum_over_paths_of_what_survives_and_would_be_caught(
    seed: int, reach: float, side: float
) -> None:
    rng = np.random.default_rng(seed)
    ends = rng.uniform(-300, 1300, (4, 12))
    hours = rng.exponential(0.1, 12) * (rng.random(12) < 0.8)
    places = rng.uniform(0, 1000, (25, 2))
    starts, survived = [0, 5, 5, 12], [0.9, 1.0, 0.3]
    found = worth_of(ends, hours, starts, survived, places, reach=reach, rate=3.0, side=side)
    for place, worth in zip(places, found, strict=True):
        moved = ends - np.tile(place, 2)[:, None]
        hazard = 3.0 * hours * dense_tapers(moved, reach)
        expected = sum(
            s * -np.expm1(-part.sum())
            for s, part in zip(survived, np.split(hazard, [5, 5]), strict=True)
        )
        assert worth == pytest.approx(expected, rel=2e-3, abs=1e-6)


@pytest.mark.parametrize(("rate", "hours"), [(0.0, 0.1), (3.0, 0.0), (1e-320, 0.1)])
def test_a_sensor_that_catches_nobody_is_worth_nothing_however_many_steps_it_sees(
    rate: float, hours: float
) -> None:
    ends = np.tile(np.array([[-10.0], [0.0], [10.0], [0.0]]), 20_000)
    found = worth_of(
        ends,
        np.full(20_000, hours),
        [0, 20_000],
        [1.0],
        np.array([[0.0, 0.0], [1.0, 1.0]]),
        reach=100.0,
        rate=rate,
        side=100.0,
    )
    np.testing.assert_allclose(found, 0.0, atol=1e-300)


def test_means_of_pieces_are_taken_one_by_one() -> None:
    ends = np.array([[-15.0, 20.0, 0.0, -5.0], [0.0] * 4, [15.0, 40.0, 0.0, 5.0], [0.0] * 4])
    found = mean_tapers(*ends, 10.0)
    # Through the middle 16/15 R of 30 m; beyond; standing there; within half the range:
    # the integral of (1 - u^2)^2 up to 1/2 is 203/480.
    np.testing.assert_allclose(found, [16 / 45, 0.0, 1.0, 203 / 240], rtol=1e-12)


def test_first_catches_by_hand() -> None:
    caught, survived = np.zeros((1, 2)), np.empty(1)
    first_catches(
        np.array([1, 0]),
        np.array([0, 2]),
        np.array([0.5, 2.0]),
        np.array([0, 1, 3]),
        np.array([1, 0, 1], np.int32),
        np.array([0.25, 2.0, 0.0]),
        np.array([0.0, 0.0, 3.0]),
        np.ones(2, bool),
        caught,
        survived,
    )
    # First arc 1: hazards 1 and 3; then arc 0: 0.5 of the second.
    gone = 1 - np.exp(-4)
    later = np.exp(-4) * (1 - np.exp(-0.5))
    np.testing.assert_allclose(caught, [[gone / 4, gone * 3 / 4 + later]], rtol=1e-12)
    np.testing.assert_allclose(survived, [np.exp(-4.5)], rtol=1e-12)
