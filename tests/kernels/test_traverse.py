"""Length of lines in cells, against shapely."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from corridors.kernels.traverse import add_passages

FloatArray = NDArray[np.float64]
Corners = list[tuple[float, float]]
ROWS, COLUMNS = 4, 5
CELLS = np.array([shapely.box(j, i, j + 1, i + 1) for i in range(ROWS) for j in range(COLUMNS)])


def passages(
    *polylines: Corners, weights: list[float] | None = None
) -> tuple[FloatArray, FloatArray]:
    """Return length and weight by cell."""
    shape = (ROWS, COLUMNS)
    length, share = np.zeros(shape), np.zeros(shape)
    xy = np.array([corner for line in polylines for corner in line], dtype=float)
    add_passages(
        xy[:, 0].copy(),
        xy[:, 1].copy(),
        np.concatenate([[0], np.cumsum([len(line) for line in polylines])]).astype(np.int64),
        np.ones(len(polylines)) if weights is None else np.array(weights),
        length,
        share,
        np.full(shape, -1, np.int32),
    )
    return length, share


def in_cells(line: Corners) -> FloatArray:
    """Return the length in each cell by shapely, piece by piece: a line may pass itself."""
    shared = shapely.intersection(CELLS[:, None], pieces_of(line))
    return np.asarray(shapely.length(shared).sum(axis=1).reshape(ROWS, COLUMNS))


def pieces_of(line: Corners) -> NDArray[np.object_]:
    ends = np.array(line)
    return np.asarray(shapely.linestrings(np.stack([ends[:-1], ends[1:]], axis=1)))


# Odd parts of a cell, so that no piece runs along an edge; some lie off the grid.
off_edges = st.tuples(
    st.floats(-3, 8).map(lambda x: round(x, 3) + 0.00037),
    st.floats(-3, 7).map(lambda y: round(y, 3) + 0.00041),
)
# Corners, edges and centres of cells.
on_edges = st.tuples(
    st.integers(-4, 14).map(lambda x: x / 2), st.integers(-4, 12).map(lambda y: y / 2)
)


@given(line=st.lists(off_edges, min_size=2, max_size=6, unique=True))
def test_lengths_are_those_of_shapely(line: Corners) -> None:
    length, share = passages(line)
    expected = in_cells(line)
    np.testing.assert_allclose(length, expected, atol=1e-9)
    # Sure of all cells but those that are hardly touched.
    assert (share[expected > 1e-5] == 1).all()
    assert (share[expected == 0] == 0).all()


@given(line=st.lists(on_edges, min_size=2, max_size=6, unique=True))
def test_nothing_is_lost_along_edges_and_through_corners(line: Corners) -> None:
    length, share = passages(line)
    expected = in_cells(line)
    # Along an edge one of the two cells has it all, along the rim of the grid perhaps none.
    assert (length <= expected + 1e-9).all()
    assert (share <= (expected > 0)).all()
    assert (share == (length > 1e-6)).all()
    within = shapely.box(0, 0, COLUMNS, ROWS)
    least, most = (
        shapely.length(shapely.intersection(box, pieces_of(line))).sum()
        for box in (within.buffer(-0.01, join_style="mitre"), within)
    )
    assert least - 1e-9 <= length.sum() <= most + 1e-9


def test_a_knights_move_by_hand() -> None:
    length, share = passages([(0.5, 0.5), (2.5, 1.5)])
    quarter = np.sqrt(5) / 4
    np.testing.assert_allclose(length[0, :3], [quarter, quarter, 0], atol=1e-12)
    np.testing.assert_allclose(length[1, :3], [0, quarter, quarter], atol=1e-12)
    assert share.sum() == 4


@pytest.mark.parametrize("west", [0.0, 512_345.6, 698_123.4567])
@pytest.mark.parametrize("cell_m", [100.0, 333.3, 1000 / 3])
def test_a_diagonal_passes_no_cell_beside_it(west: float, cell_m: float) -> None:
    # In coordinates of a CRS the centres are not exact, and a corner may be passed by a hair.
    at = (west + cell_m * (np.arange(ROWS) + 0.5) - west) / cell_m
    length, share = passages(list(zip(at, at, strict=True)))
    assert (share[:, :ROWS] == np.eye(ROWS)).all()
    assert length.sum() == pytest.approx(3 * np.sqrt(2))
    _, share = passages(list(zip(at, at[::-1], strict=True)))
    assert share.sum() == ROWS


def test_lines_are_counted_once_in_a_cell_and_by_their_weight() -> None:
    back_and_forth = [(0.2, 0.5), (1.8, 0.5), (0.2, 0.6)]
    length, share = passages(back_and_forth, [(0.1, 0.1), (0.3, 0.1)], weights=[2.0, 0.5])
    assert share[0, 0] == 2.5
    assert share[0, 1] == 2.0
    assert length.sum() == pytest.approx(2 * (1.6 + np.hypot(1.6, 0.1)) + 0.5 * 0.2)


def test_a_line_without_length_passes_the_cell_it_stands_in() -> None:
    length, share = passages([(1.5, 1.5), (1.5, 1.5)])
    assert share[1, 1] == share.sum() == 1
    assert length.sum() == 0


def test_a_line_off_the_grid_passes_nothing() -> None:
    length, share = passages([(-3, -1), (20, -1)], [(-1, 9), (9, 9)], [(5.0, 0.5), (9, 0.5)])
    assert length.sum() == share.sum() == 0
