"""Cuts are exact and consistent: nothing leaks through a corner."""

import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from corridors.kernels.crossing import count_cuts, segments_of

SIDE = 9
MOVES = [(1, 0), (0, 1), (1, 1), (1, -1), (1, 2), (2, 1), (1, -2), (2, -1)]


def lattice_moves() -> tuple[np.ndarray, np.ndarray]:
    """Return all 16-neighbour moves on a small lattice of points with whole coordinates."""
    rows, columns = np.divmod(np.arange(SIDE * SIDE), SIDE)
    tails, heads = [], []
    for down, right in MOVES:
        inside = (rows + down < SIDE) & (columns + right >= 0) & (columns + right < SIDE)
        tails.append(np.flatnonzero(inside))
        heads.append(((rows + down) * SIDE + columns + right)[inside])
    return np.concatenate(tails), np.concatenate(heads)


TAILS, HEADS = lattice_moves()
POINTS = np.column_stack(np.divmod(np.arange(SIDE * SIDE), SIDE)[::-1]).astype(float)


def components_without_cuts(wall: shapely.LineString) -> nx.Graph:
    cuts = count_cuts(POINTS[TAILS], POINTS[HEADS], segments_of(np.array([wall], dtype=object)))
    graph = nx.Graph()
    graph.add_nodes_from(range(SIDE * SIDE))
    graph.add_edges_from(zip(TAILS[cuts == 0], HEADS[cuts == 0], strict=True))
    return graph


@given(heights=st.lists(st.integers(2, 6), min_size=4, max_size=12))
def test_no_way_leads_through_an_unbroken_wall_whose_corners_lie_on_the_points(
    heights: list[int],
) -> None:
    # Corners on lattice points, where every move touches the wall exactly: the hardest case.
    xs = np.linspace(-4, SIDE + 4, len(heights)).round()
    wall = shapely.LineString(np.column_stack([xs, heights]))
    graph = components_without_cuts(wall)
    south, north = 0, SIDE * SIDE - 1
    assert not nx.has_path(graph, south, north)


@given(
    corners=st.lists(
        st.tuples(st.integers(-2, SIDE + 2), st.integers(-2, SIDE + 2)), min_size=3, max_size=7
    )
)
def test_the_number_of_cuts_around_any_closed_way_is_even(corners: list[tuple[int, int]]) -> None:
    ring = segments_of(np.array([shapely.LinearRing([*corners, corners[0]])], dtype=object))
    way = np.array([[0, 0], [5, 1], [7, 7], [2, 8], [0, 0]], dtype=float)
    assert count_cuts(way[:-1], way[1:], ring).sum() % 2 == 0


def test_a_move_and_its_way_back_cut_alike() -> None:
    wall = shapely.LineString([(-1, 3), (2, 3), (4, 5), (4, 4), (10, 4)])
    segments = segments_of(np.array([wall], dtype=object))
    there = count_cuts(POINTS[TAILS], POINTS[HEADS], segments)
    back = count_cuts(POINTS[HEADS], POINTS[TAILS], segments)
    np.testing.assert_array_equal(there, back)


def test_splitting_a_wall_into_finer_pieces_changes_no_parity() -> None:
    wall = shapely.LineString([(-1, 3), (3, 6), (10, 2)])
    coarse = count_cuts(POINTS[TAILS], POINTS[HEADS], segments_of(np.array([wall])))
    fine_wall = shapely.segmentize(wall, 0.125)
    fine = count_cuts(POINTS[TAILS], POINTS[HEADS], segments_of(np.array([fine_wall])))
    # Splitting moves corners to the millimetre, so only points on the wall itself may change side.
    assert (coarse % 2 == fine % 2).mean() > 0.99


def test_moves_that_do_not_reach_a_wall_do_not_cut_it() -> None:
    wall = segments_of(np.array([shapely.LineString([(5.5, -1), (5.5, 10)])]))
    cuts = count_cuts(np.array([[0.0, 0.0], [0, 0]]), np.array([[5.0, 0.0], [6, 0]]), wall)
    assert cuts.tolist() == [0, 1]


def test_an_extent_that_would_overflow_is_refused() -> None:
    wall = segments_of(np.array([shapely.LineString([(0, 0), (0, 3e6)])]))
    with pytest.raises(ValueError, match="1,000 km"):
        count_cuts(np.array([[-1.0, 0.0]]), np.array([[1.0, 0.0]]), wall)
