"""Lines over patches of four cells, worked out by hand."""

import numpy as np
import pytest

from corridors.kernels.sight import height_at, sight_lines


def follow(
    heights: np.ndarray,
    start: tuple[float, float],
    end: tuple[float, float],
    eye: float,
    top: float,
    bend: float = 0.0,
) -> tuple[float, float, float]:
    clearance, at, gap = (np.empty(1) for _ in range(3))
    ends = (np.array([start], float), np.array([end], float))
    sight_lines(heights, *ends, np.array([eye]), np.array([top]), bend, clearance, at, gap)
    return float(clearance[0]), float(at[0]), float(gap[0])


def test_heights_are_bilinear_and_beside_a_gap_those_of_the_nearest_cell() -> None:
    heights = np.array([[0.0, 10.0, 3.0], [20.0, 70.0, np.nan]])
    assert height_at(heights, 0.5, 0.5) == 25.0
    assert height_at(heights, 0.25, 0.0) == 2.5
    assert height_at(heights, 1.0, 1.0) == 70.0
    assert height_at(heights, 1.6, 0.4) == 3.0
    assert height_at(heights, 2.0, 0.0) == 3.0
    assert np.isnan(height_at(heights, 1.6, 0.6))


def test_a_spike_is_met_where_it_stands() -> None:
    heights = np.zeros((5, 7))
    heights[2, 3] = 9.0
    assert follow(heights, (0, 2), (6, 2), 1.0, 1.0) == pytest.approx((-8.0, 0.5, 0.0))
    # Half a cell beside it the ground is half as high.
    assert follow(heights, (0, 2.5), (6, 2.5), 1.0, 1.0) == pytest.approx((-3.5, 0.5, 0.0))
    assert follow(heights, (0, 3), (6, 3), 1.0, 1.0) == (1.0, 0.0, 0.0)


def test_the_least_clearance_lies_within_a_patch() -> None:
    # Along the diagonal of z = -8 uv + 4 (u + v) it is 8 t - 8 t^2, highest (2) at a half.
    heights = np.array([[0.0, 4.0], [4.0, 0.0]])
    clearance, at, _ = follow(heights, (0, 0), (1, 1), 3.0, 3.0)
    assert clearance == pytest.approx(1.0)
    assert at == pytest.approx(0.5)


def test_the_bend_raises_the_middle() -> None:
    # fall t (1 - t) with fall = 0.5 * 6^2 = 18: 4.5 in the middle.
    clearance, at, _ = follow(np.zeros((2, 8)), (0, 0), (6, 0), 5.0, 5.0, bend=0.5)
    assert clearance == pytest.approx(0.5)
    assert at == pytest.approx(0.5)


def test_unknown_ground_is_counted_along_the_line() -> None:
    heights = np.zeros((4, 9))
    heights[:, 4] = np.nan
    assert follow(heights, (0, 1.5), (8, 1.5), 1.0, 1.0) == (1.0, 0.0, 0.25)


def test_a_line_without_length_is_clear_by_its_height() -> None:
    assert follow(np.zeros((3, 3)), (1, 1), (1, 1), 1.0, 1.0) == (1.0, 0.0, 0.0)
