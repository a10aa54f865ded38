"""What is quickly known to be low, and rays with and without lines of their own."""

import numpy as np
import pytest

from corridors.kernels.viewshed import ground_of, look_around


def look(
    heights: np.ndarray, x: float, y: float, eye: float, *, exact: int = 1, density: float = 1.0
) -> tuple[np.ndarray, int]:
    ground = ground_of(heights)
    seen = np.ones(heights.shape, dtype=bool)
    asked = look_around(ground, ground.turned(), x, y, eye, 0.0, 1e3, 0.0, density, exact, seen)
    return seen, asked


def test_tops_are_highest_corners_and_tiles_the_highest_of_these() -> None:
    rng = np.random.default_rng(0)
    heights = rng.normal(size=(21, 14))
    heights[3, 5] = np.nan
    ground = ground_of(heights)
    corners = np.stack([heights[:-1, :-1], heights[1:, :-1], heights[:-1, 1:], heights[1:, 1:]])
    known = np.isfinite(corners).all(axis=0)
    assert np.array_equal(ground.tops[known], corners.max(axis=0)[known])
    assert (ground.tops[~known] == -np.inf).all()
    assert (~known).sum() == 4
    assert ground.tiles.shape == (3, 2)
    assert ground.tiles[0, 1] == ground.tops[:8, 8:].max()
    assert ground.tiles[2, 0] == ground.tops[16:, :8].max()
    assert all(
        np.array_equal(one, other.T, equal_nan=True) and one.flags.c_contiguous
        for one, other in zip(ground.turned(), ground, strict=True)
    )


@pytest.mark.parametrize("turns", range(4))
def test_a_spike_hides_the_row_behind_it_in_every_direction(turns: int) -> None:
    heights = np.zeros((21, 21))
    heights[10, 13] = 50.0
    seen, _ = look(np.rot90(heights, turns).copy(), 10.0, 10.0, 2.0)
    seen = np.rot90(seen, -turns)
    assert not seen[10, 14:20].any()
    assert seen[10, 1:14].all()
    assert seen[:, 1:13][1:20].all()
    # The outermost cells are not looked at.
    assert not np.concatenate([seen[0], seen[-1], seen[:, 0], seen[:, -1]]).any()


def test_a_turned_or_mirrored_ground_is_seen_turned_or_mirrored() -> None:
    heights = np.random.default_rng(1).normal(size=(31, 31)).cumsum(axis=0).cumsum(axis=1) / 5
    eye = heights[15, 15] + 3.0
    plain, _ = look(heights, 15.0, 15.0, eye)
    for change in (np.rot90, np.transpose, np.flipud):
        other, _ = look(change(heights).copy(), 15.0, 15.0, eye)
        # But for ties on the diagonals, where two quarters meet.
        assert (other != change(plain)).sum() <= 1


def test_more_rays_ask_fewer_lines_of_their_own() -> None:
    heights = np.random.default_rng(2).normal(size=(101, 101)).cumsum(axis=0).cumsum(axis=1) / 30
    eye = heights[50, 50] + 3.0
    few, asked_few = look(heights, 50.0, 50.0, eye, density=0.05)
    many, asked_many = look(heights, 50.0, 50.0, eye, density=0.2)
    _, none = look(heights, 50.0, 50.0, eye, exact=0)
    assert 0 == none < asked_many < asked_few
    assert (few != many).mean() < 0.01
