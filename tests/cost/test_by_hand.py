"""Accumulated cost where it can be worked out by hand."""

import math

import numpy as np
import pytest

from corridors.cost import Conductance, Friction, Slope, Walk, accumulated_cost, accumulated_costs

EXACT = {"dtype": np.float64}


@pytest.mark.parametrize(("neighbours", "percent"), [(4, 41.42), (8, 8.24), (16, 2.75), (32, 1.31)])
def test_on_a_plane_costs_are_as_much_too_long_as_the_result_says(
    neighbours: int, percent: float
) -> None:
    size = 201
    found = accumulated_cost(
        np.ones((size, size)), (100, 100), neighbours=neighbours, dtype=np.float64
    )
    row, column = np.indices((size, size)) - 100
    straight = np.hypot(row, column)
    far = straight > 60
    overlong = 100 * (found.cost[far] / straight[far] - 1)
    assert overlong.min() == pytest.approx(0, abs=1e-9)
    assert overlong.max() == pytest.approx(percent, abs=0.02)
    assert found.overlong_percent == pytest.approx(percent, abs=0.005)


def test_what_the_result_says_is_of_the_cells_it_has() -> None:
    # Twice as high as wide: between straight down and the diagonal lie 26.6 degrees, and 63.4
    # between the diagonal and straight across, so 1 / cos(31.7 degrees).
    found = accumulated_cost(np.ones((3, 3)), (1, 1), cell_size=(2.0, 1.0))
    assert found.overlong_percent == pytest.approx(100 * (1 / math.cos(math.atan(2) / 2) - 1))


def test_a_tilted_plane_costs_by_tobler_up_and_down() -> None:
    # 10 m up a row of 100 m: slope 0.1.
    plane = np.repeat(np.arange(5)[:, None] * 10.0, 3, axis=1)
    up = accumulated_cost(Slope(plane, speed="tobler"), (0, 1), cell_size=100, dtype=np.float64)
    down = accumulated_cost(
        Slope(plane, speed="tobler"), (0, 1), cell_size=100, reverse=True, dtype=np.float64
    )
    assert up.cost[4, 1] == pytest.approx(0.4 / (6 * math.exp(-3.5 * 0.15)))
    assert down.cost[4, 1] == pytest.approx(0.4 / (6 * math.exp(-3.5 * 0.05)))
    assert up.path((4, 1)).tolist() == [[row, 1] for row in range(5)]
    assert down.path((4, 1)).tolist() == [[row, 1] for row in range(4, -1, -1)]


def test_friction_multiplies_the_hours_of_a_slope_by_its_mean() -> None:
    flat, slow = np.zeros((1, 3)), np.array([[1.0, 2.0, 4.0]])
    found = accumulated_cost(Slope(flat, speed=lambda s: 5.0 + s, friction=slow), (0, 0), **EXACT)
    assert found.cost[0] == pytest.approx([0, 1.5 / 5000, 4.5 / 5000])


def test_a_speed_of_zero_bars_the_move() -> None:
    # Nobody climbs steeper than 0.5; down is free to go.
    cliff = Slope(np.array([[0.0, 0.0, 1.0]]), speed=lambda s: np.where(s > 0.5, 0.0, 4.0))
    assert np.isinf(accumulated_cost(cliff, (0, 0), **EXACT).cost[0, 2])
    assert accumulated_cost(cliff, (0, 2), **EXACT).cost[0, 0] == pytest.approx(2 / 4000)


def test_a_walk_on_the_knife_edge_of_descent() -> None:
    # 50 m at -0.2125 exactly saves as gentle descent does, as in r.walk, and a hair more loses.
    for fall, rate in ((10.625, 1.9998), (10.624, 1.9998), (10.626, -1.9998)):
        ground = Walk(np.array([[fall, 0.0]]))
        found = accumulated_cost(ground, (0, 0), cell_size=50, dtype=np.float64)
        assert found.cost[0, 1] == pytest.approx(0.72 * 50 - rate * fall), fall


def test_a_move_between_conductances_costs_its_length_over_their_mean() -> None:
    found = accumulated_cost(Conductance([[1.0, 3.0, np.nan]]), (0, 0), cell_size=4, **EXACT)
    assert found.cost.tolist() == [[0.0, 2.0, np.inf]]


def test_a_knight_takes_the_mean_of_four_cells() -> None:
    cost = np.array([[1.0, 2.0, 50.0], [50.0, 4.0, 9.0]])
    found = accumulated_cost(cost, (0, 0), neighbours=16, dtype=np.float64)
    assert found.cost[1, 2] == pytest.approx(math.sqrt(5) * (1 + 2 + 4 + 9) / 4)
    cost[0, 1] = cost[1, 1] = 50.0
    ends = accumulated_cost(cost, (0, 0), neighbours=16, long_moves="ends", dtype=np.float64)
    assert ends.cost[1, 2] == pytest.approx(math.sqrt(5) * (1 + 9) / 2)


@pytest.mark.parametrize("closed", [(0, 1), (1, 1)])
def test_a_knight_does_not_pass_between_when_one_of_the_two_is_closed(
    closed: tuple[int, int],
) -> None:
    cost = np.full((2, 3), np.nan)
    cost[0, 0] = cost[1, 2] = 1.0
    between = {(0, 1), (1, 1)} - {closed}
    for cell in between:
        cost[cell] = 1e9
    found = accumulated_cost(cost, (0, 0), neighbours=16, dtype=np.float64)
    assert found.cost[1, 2] > 1e8
    jumped = accumulated_cost(cost, (0, 0), neighbours=16, long_moves="ends", dtype=np.float64)
    assert jumped.cost[1, 2] == pytest.approx(math.sqrt(5))


def test_the_longest_moves_take_each_cell_by_the_length_in_it() -> None:
    # The move to (2, 3): sixths, twelfths and quarters of its length.
    # Above 1 that is 0.01 in the first three cells and 0.02 in the others.
    more = np.array([[6, 12, 800, 800], [800, 4, 8, 800], [800, 800, 24, 12]]) / 100
    cost = 1 + more
    found = accumulated_cost(cost, (0, 0), neighbours=32, dtype=np.float64)
    assert found.cost[2, 3] == pytest.approx(math.sqrt(13) * 1.09)


@pytest.mark.parametrize("neighbours", [8, 16, 32])
def test_a_wall_one_cell_thick_does_not_leak(neighbours: int) -> None:
    cost = np.ones((9, 9))
    cost[4] = np.nan
    found = accumulated_cost(cost, (0, 4), neighbours=neighbours)
    assert np.isinf(found.cost[4:]).all()
    assert np.isfinite(found.cost[:4]).all()


def test_a_wall_with_two_gates_one_of_them_closed() -> None:
    cost = np.ones((3, 9))
    cost[1] = np.nan
    cost[1, [1, 8]] = 1.0
    near = accumulated_cost(cost, (0, 0), dtype=np.float64)
    closed = np.zeros(cost.shape, dtype=bool)
    closed[1, 1] = True
    far = accumulated_cost(cost, (0, 0), impassable=closed, dtype=np.float64)
    assert near.cost[2, 0] == pytest.approx(2 * math.sqrt(2))
    assert far.cost[2, 0] == pytest.approx(2 * (7 + math.sqrt(2)))


def test_ties_go_to_the_lowest_id_however_sources_are_numbered() -> None:
    ids = np.array([[9, 0, 0, 0, 4]])
    found = accumulated_cost(np.ones((1, 5)), source_ids=ids)
    assert found.allocation.tolist() == [[9, 9, 4, 4, 4]]
    found = accumulated_cost(np.ones((1, 5)), [(0, 0), (0, 4)])
    assert found.allocation.tolist() == [[1, 1, 1, 2, 2]]


def test_two_sources_in_one_cell_are_the_cheaper_one() -> None:
    found = accumulated_cost(np.ones((1, 2)), [(0, 0), (0, 0)], start_costs=[5.0, 3.0])
    assert found.cost.tolist() == [[3.0, 4.0]]
    assert found.allocation.tolist() == [[2, 2]]


def test_back_links_lead_to_the_source_by_steps_of_the_neighbourhood() -> None:
    found = accumulated_cost(np.ones((4, 6)), (3, 0), neighbours=16)
    assert found.back_link[3, 0] == -1
    at, steps = np.array([0, 5]), 0
    while found.back_link[tuple(at)] >= 0:
        at = at - found.neighbourhood.steps[found.back_link[tuple(at)]]
        steps += 1
    assert at.tolist() == [3, 0]
    assert len(found.path((0, 5))) == steps + 1


def test_links_never_run_in_a_circle_where_moves_are_free_or_lost_in_rounding() -> None:
    free = accumulated_cost(np.zeros((5, 5)), (2, 2))
    assert (free.cost == 0).all()
    assert len(free.path((4, 4))) == 3
    # In float32 a cost of 1e-9 does not change a sum of 1.
    lost = np.full((1, 6), 1e-9)
    lost[0, 1] = 1.0
    assert len(accumulated_cost(lost, (0, 0)).path((0, 5))) == 6


def test_the_path_to_a_source_is_the_source() -> None:
    assert accumulated_cost(np.ones((2, 2)), (1, 0)).path((1, 0)).tolist() == [[1, 0]]


def test_many_sources_at_once_are_each_as_alone() -> None:
    cost = np.random.default_rng(3).uniform(0.1, 2, (40, 30))
    sources = [(i, (7 * i) % 30) for i in range(40)]
    together = list(accumulated_costs(cost, sources, neighbours=16, threads=3))
    assert len(together) == len(sources)
    for source, found in zip(sources, together, strict=True):
        alone = accumulated_cost(cost, source, neighbours=16)
        assert np.array_equal(found.cost, alone.cost)
        assert found.cost[source] == 0


def test_inputs_stay_as_they_are() -> None:
    cost = np.array([[1.0, np.nan], [2.0, 3.0]])
    before = cost.copy()
    accumulated_cost(Friction(cost), (0, 0), impassable=np.eye(2)[::-1] > 0)
    assert np.array_equal(cost, before, equal_nan=True)


def test_masked_cells_are_barriers_and_whole_numbers_are_costs() -> None:
    cost = np.ma.masked_equal(np.array([[1, 0, 1], [1, 1, 1]]), 0)
    found = accumulated_cost(cost, (0, 0), neighbours=4, dtype=np.float64)
    assert found.cost.tolist() == [[0, np.inf, 4], [1, 2, 3]]
