"""What one sensor more would catch, place by place, in plain arithmetic."""

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from corridors.kernels.sight import sight_lines
from corridors.kernels.worth import Pieces, Squares, Surface, add_worth

FloatArray = NDArray[np.float64]
OPEN = Surface(np.zeros((2, 2)), 0.0, 0.0, 1.0, 0.0, 0.0)


def dense_tapers(ends: FloatArray, reach: float) -> FloatArray:
    """Return means by the middles of many short parts."""
    t = (np.arange(4000) + 0.5)[:, None] / 4000
    x = ends[0] + t * (ends[2] - ends[0])
    y = ends[1] + t * (ends[3] - ends[1])
    return np.asarray((np.maximum(1 - (x * x + y * y) / reach**2, 0.0) ** 2).mean(axis=0))


def pieces_of(ends: FloatArray, hours: FloatArray, starts: list[int]) -> Pieces:
    """Return a piece for each step of paths, from x0, y0, x1, y1."""
    count = ends.shape[1]
    x, y = (np.concatenate([a, b, (a + b) / 2]) for a, b in (ends[::2], ends[1::2]))
    every = np.arange(count, dtype=np.int32)
    path = np.repeat(np.arange(len(starts) - 1, dtype=np.int32), np.diff(starts))
    top = np.full(3 * count, np.nan)
    return Pieces(x, y, top, every, every + count, np.arange(count + 1), path, hours)


def squares_of(ends: FloatArray, side: float) -> Squares:
    """Return in which squares the boxes around pieces are, found one by one."""
    low = np.minimum(ends[:2], ends[2:])
    high = np.maximum(ends[:2], ends[2:])
    west, south = low.min(axis=1).tolist()
    columns = int((high[0].max() - west) // side) + 1
    rows = int((high[1].max() - south) // side) + 1
    held: list[list[int]] = []
    for row, column in itertools.product(range(rows), range(columns)):
        at = np.array([west + column * side, south + row * side])[:, None]
        held.append(np.flatnonzero(((high >= at) & (low < at + side)).all(axis=0)).tolist())
    first = np.concatenate([[0], np.cumsum([len(some) for some in held])])
    piece = np.array([one for some in held for one in some], np.int32)
    return Squares(first, piece, rows, columns, west, south, side)


def worth_of(
    ends: FloatArray,
    hours: FloatArray,
    starts: list[int],
    survived: list[float],
    places: FloatArray,
    **how: Any,
) -> FloatArray:
    worth = np.zeros(len(places))
    add_worth(
        *np.ascontiguousarray(places.T),
        how.get("eyes", np.full(len(places), np.nan)),
        how["reach"],
        how["rate"],
        how.get("pieces") or pieces_of(ends, hours, starts),
        squares_of(ends, how["side"]),
        how.get("surface", OPEN),
        np.array(survived),
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
    places = rng.uniform(-1500, 2500, (25, 2))
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


def test_off_the_ground_and_at_a_standstill_nothing_is_hidden() -> None:
    surface = Surface(np.full((12, 12), 50.0), 0.0, 100.0, 10.0, 0.0, 1.7)
    surface.heights[:, 6] = 500.0
    # One stays in a place; one passes behind the wall; one passes far off the ground.
    ends = np.array(
        [[95.0, 95.0, 900.0], [50.0, 10.0, 5e3], [95.0, 95.0, 900.0], [50.0, 90.0, 9e3]]
    )
    hours, starts, survived = np.ones(3), [0, 1, 2, 3], [1.0, 1.0, 1.0]
    places = np.array([[5.0, 50.0], [95.0, 50.0], [905.0, 7e3], [-1e9, 1e9]])
    pieces = pieces_of(ends, hours, starts)
    pieces = pieces._replace(top_m=np.where(pieces.x < 100.0, 51.7, np.nan))
    found = worth_of(
        ends, hours, starts, survived, places,
        reach=1000.0, rate=1.0, side=500.0, surface=surface, eyes=np.full(4, 54.0), pieces=pieces,
    )  # fmt: skip
    assert found[0] == found[3] == 0.0
    assert found[1] > 1.2  # both that are on its side of the wall
    assert 0.1 < found[2] < 1.0


def test_a_piece_without_length_on_the_rim_is_looked_at_like_any_place() -> None:
    surface = Surface(np.full((12, 12), 50.0), 0.0, 100.0, 10.0, 0.0, 1.7)
    rng = np.random.default_rng(5)
    places = rng.uniform(0, 100, (2000, 2))
    at = np.array([50.0, 50.0])
    pieces = pieces_of(np.tile(at, 2)[:, None], np.ones(1), [0, 1])
    pieces = pieces._replace(top_m=np.full(3, 51.7))
    for place in places:
        # A range that ends there, but for the last digits.
        reach = float(np.hypot(*(place - at)))
        for nudged in (np.nextafter(reach, 0), reach, np.nextafter(reach, 200)):
            found = worth_of(
                np.tile(at, 2)[:, None], np.ones(1), [0, 1], [1.0], place[None],
                reach=float(nudged), rate=1.0, side=50.0, surface=surface,
                eyes=np.full(1, 54.0), pieces=pieces,
            )  # fmt: skip
            assert 0.0 <= found[0] < 1e-20


def test_ground_hides_the_part_of_ends_and_middle_that_lines_say() -> None:
    rng = np.random.default_rng(3)
    heights = rng.uniform(0, 12, (42, 42))
    heights[10:14, 20:24] = np.nan
    surface = Surface(heights, 0.0, 1000.0, 25.0, 1e-3, 1.7)
    ends = rng.uniform(50, 950, (4, 30))
    # Some are short beside the range; of others nothing but their inside may be near.
    ends[2:, :10] = ends[:2, :10] + rng.uniform(-20, 20, (2, 10))
    hours, starts, survived, reach, rate = np.full(30, 0.2), [0, 12, 30], [0.8, 0.5], 180.0, 2.0
    places = rng.uniform(0, 1000, (60, 2))

    def height(xy: FloatArray) -> FloatArray:
        """Return bilinear heights, written out."""
        column, row = xy[0] / 25.0 + 0.5, (1000.0 - xy[1]) / 25.0 + 0.5
        c, r = np.floor(column).astype(int), np.floor(row).astype(int)
        u, v = column - c, row - r
        return np.asarray(
            (1 - u) * (1 - v) * heights[r, c]
            + u * (1 - v) * heights[r, c + 1]
            + (1 - u) * v * heights[r + 1, c]
            + u * v * heights[r + 1, c + 1]
        )

    def free(place: FloatArray, xy: FloatArray) -> NDArray[np.bool_]:
        """Return whether lines of sight to places are free, by their clearance."""
        lines = [np.stack([of[0] / 25.0 + 0.5, (1000.0 - of[1]) / 25.0 + 0.5], axis=1)
                 for of in (np.repeat(place[:, None], xy.shape[1], axis=1), xy)]  # fmt: skip
        eye, top = np.full(xy.shape[1], height(place[:, None])[0] + 4.0), height(xy) + 1.7
        clearance, at, gap = (np.empty(xy.shape[1]) for _ in range(3))
        sight_lines(heights, *lines, eye, top, 1e-3, clearance, at, gap)
        return (clearance >= -1e-6) | np.isnan(eye + top)

    pieces = pieces_of(ends, hours, starts)
    there = np.stack([pieces.x, pieces.y])
    eyes = height(places.T) + 4.0
    found = worth_of(
        ends, hours, starts, survived, places,
        reach=reach, rate=rate, side=100.0, surface=surface, eyes=eyes,
        pieces=pieces._replace(top_m=height(there) + 1.7),
    )  # fmt: skip
    only_inside = hidden = 0
    for place, worth in zip(places, found, strict=True):
        seen = free(place, there).reshape(3, 30)
        near = (np.hypot(*(there - place[:, None])) <= reach).reshape(3, 30)
        ahead = ends[2:] - ends[:2]
        t = ((place[:, None] - ends[:2]) * ahead).sum(axis=0) / (ahead**2).sum(axis=0)
        foot = ends[:2] + np.clip(t, 0, 1) * ahead
        part = np.where(
            near.any(axis=0),
            (seen & near).sum(axis=0) / np.maximum(near.sum(axis=0), 1),
            free(place, foot),
        )
        share = dense_tapers(ends - np.tile(place, 2)[:, None], reach)
        only_inside += int(((share > 0) & ~near.any(axis=0)).sum())
        hidden += int(((share > 0) & (part < 1)).sum())
        hazard = rate * hours * share * part
        sums = [hazard[:12].sum(), hazard[12:].sum()]
        expected = sum(s * -np.expm1(-h) for s, h in zip(survived, sums, strict=True))
        assert worth == pytest.approx(expected, rel=5e-3, abs=1e-5)
    assert min(only_inside, hidden) > 20
