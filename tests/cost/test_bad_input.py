"""What cannot be used is refused with what is wrong, where, and what to do."""

import re
from typing import Any

import numpy as np
import pytest

from corridors import InputError
from corridors import cost as costs
from corridors.cost import (
    Conductance,
    GridError,
    Slope,
    Walk,
    accumulated_cost,
    accumulated_costs,
)
from corridors.errors import UnreachableError

ONES = np.ones((3, 4))
HOLE = np.where(np.arange(12).reshape(3, 4) == 5, np.nan, 1.0)
DEAR = np.where(np.arange(12).reshape(3, 4) == 5, 1e35, 1.0)


@pytest.mark.parametrize(
    ("ground", "options", "message"),
    [
        (ONES - 3 * np.eye(3, 4), {}, "is -2 at row 0, column 0 and below 0 in 3 cells"),
        (-np.inf * ONES, {}, "is -inf at row 0, column 0"),
        (np.ones(4), {}, "has the shape (4,); give rows and columns"),
        (np.ones((0, 4)), {}, "has the shape (0, 4)"),
        ([["a", "b"]], {}, "not numbers"),
        ([[1.0, 2.0], [3.0]], {}, "the cost per metre has rows of different lengths"),
        (Walk([[1.0, 2.0], [3.0]]), {}, "the elevation has rows of different lengths"),
        (ONES, {"impassable": [[True], [True, False]]}, "impassable has rows of different"),
        (ONES, {"sources": [(0, 0), (1,)]}, "sources has rows of different lengths"),
        (ONES, {"targets": [(0, 0), (1,)]}, "targets has rows of different lengths"),
        (ONES, {"start_costs": "much"}, "start_costs = 'much'; give numbers"),
        (ONES, {"start_costs": None}, "start_costs = None; give numbers"),
        (ONES, {"cell_size": "100"}, "cell_size = '100'; give numbers"),
        (ONES, {"cell_size": ("1", "2")}, "cell_size = ('1', '2'); give numbers"),
        (ONES, {"cell_size": 1j}, "cell_size = 1j; give numbers"),
        (ONES, {"cell_size": [1.0, [2.0, 3.0]]}, "cell_size has rows of different lengths"),
        (ONES.astype(complex), {}, "holds complex128, not numbers"),
        (DEAR, {}, "goes up to 1e+35: sums of such costs are too large for float32"),
        (HOLE, {"sources": (1, 1)}, "sources[0] (row 1, column 1) is a cell that cannot be"),
        (Walk(ONES, HOLE), {"sources": (1, 1)}, "sources[0] (row 1, column 1) is a cell that can"),
        (Walk(HOLE, ONES), {"sources": (1, 1)}, "sources[0] (row 1, column 1) is a cell that can"),
        (Walk(DEAR), {}, "the elevation goes up to 1e+35"),
        (Walk(ONES, ONES, friction_weight=1e35), {}, "the friction goes up to 1"),
        (ONES, {"start_costs": 1e300}, "a start cost goes up to 1e+300"),
        (ONES, {"neighbours": "8"}, "neighbours = '8' is not"),
        (ONES, {"sources": [(0, 0), (3, 0)]}, "sources[1] (row 3, column 0) lies outside"),
        (ONES, {"sources": (-1, 0)}, "sources[0] (row -1, column 0) lies outside"),
        (ONES, {"sources": (0.5, 0)}, "rows and columns are whole numbers"),
        (ONES, {"sources": []}, "give (row, column) pairs, at least one"),
        (ONES, {"sources": None}, "give either sources"),
        (ONES, {"source_ids": ONES}, "give either sources"),
        (ONES, {"sources": None, "source_ids": np.zeros((3, 4))}, "no id above 0"),
        (ONES, {"sources": None, "source_ids": np.ones((2, 2))}, "has the shape (2, 2)"),
        (ONES, {"sources": None, "source_ids": 0.5 * ONES}, "ids are whole numbers above 0"),
        (ONES, {"start_costs": -1.0}, "start cost of sources[0] (row 0, column 0) is -1"),
        (ONES, {"start_costs": np.nan}, "is nan; start costs are numbers, 0 or above"),
        (ONES, {"start_costs": [1.0, 2.0]}, "start_costs has the shape (2,)"),
        (ONES, {"neighbours": 6}, "take 4, 8, 16 or 32"),
        (ONES, {"cell_size": 0}, "not the height and width of a cell"),
        (ONES, {"cell_size": (1.0, np.nan)}, "not the height and width of a cell"),
        (ONES, {"cell_size": (1.0, 2.0, 3.0)}, "cell_size"),
        (ONES, {"max_cost": 0}, "max_cost = 0 leaves nothing to search"),
        (ONES, {"max_cost": np.nan}, "max_cost = nan leaves nothing to search"),
        (ONES, {"targets": (9, 9)}, "targets[0] (row 9, column 9) lies outside"),
        (ONES, {"long_moves": "jump"}, "take 'through' or 'ends'"),
        (ONES, {"dtype": np.int32}, "take numpy.float32 or numpy.float64"),
        (ONES, {"impassable": np.zeros((3, 4))}, "impassable holds float64"),
        (ONES, {"impassable": np.zeros((4, 3), bool)}, "impassable has the shape (4, 3)"),
        (Conductance(-ONES), {}, "the conductance is -1"),
        (Walk(ONES, -ONES), {}, "the friction is -1"),
        (Walk(ONES, np.ones((2, 2))), {}, "the friction has the shape (2, 2)"),
        (Walk(ONES, friction_weight=-1), {}, "friction_weight = -1"),
        (Walk(10 * ONES.cumsum(1), a=-1), {}, "costs -1"),
        (Walk(10 * ONES.cumsum(1), d=1.0), {}, "costs are 0 or above"),
        (Walk(10 * ONES.cumsum(1), b=np.inf), {}, "must be finite"),
        (Slope(ONES), {}, "either a speed or a cost_per_m"),
        (Slope(ONES, speed="tobler", cost_per_m="herzog"), {}, "either a speed or a cost_per_m"),
        (Slope(ONES, speed="toblr"), {}, "speed = 'toblr' is no slope function; take one of tob"),
        (Slope(ONES, cost_per_m="tobler"), {}, "take one of wheeled"),
        (Slope(ONES, speed=lambda s: s[0]), {}, "must return a value for each slope"),
        (Slope(ONES, speed=lambda s: s * np.nan), {}, "returns NaN for the slope 0"),
        (Slope(ONES, cost_per_m=lambda s: s - 1), {}, "returns -1 for the slope 0"),
        (Slope(ONES, speed="tobler", friction=-ONES), {}, "the friction is -1"),
    ],
)
def test_a_bad_grid_or_option_is_refused(
    ground: Any, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(GridError, match=re.escape(message)) as caught:
        accumulated_cost(ground, **{"sources": (0, 0), **options})
    assert isinstance(caught.value, InputError)
    assert isinstance(caught.value, ValueError)


def test_float64_takes_costs_that_are_too_large_for_float32() -> None:
    assert accumulated_cost(DEAR, (0, 0), dtype=np.float64).cost[1, 1] > 1e34


def test_a_path_to_what_is_cut_off_is_refused() -> None:
    cost = np.ones((1, 3))
    cost[0, 1] = np.nan
    with pytest.raises(UnreachableError, match=r"\(row 0, column 2\) is not reached"):
        accumulated_cost(cost, (0, 0)).path((0, 2))
    with pytest.raises(GridError, match="outside"):
        accumulated_cost(cost, (0, 0)).path((0, 3))


def test_no_threads_are_too_few() -> None:
    with pytest.raises(GridError, match="threads = 0"):
        next(accumulated_costs(ONES, [(0, 0)], threads=0))


def test_a_grid_that_does_not_fit_is_refused_before_the_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(costs.room, "available_bytes", lambda: 2**20)
    with pytest.raises(GridError, match=r"1,000,000 cells need about .* GiB of memory"):
        accumulated_cost(np.ones((1000, 1000)), (0, 0))


def test_many_sources_are_looked_at_before_the_first_is_worked_at() -> None:
    with pytest.raises(GridError, match=re.escape("result 1 (from 0): sources[0] (row 9")):
        accumulated_costs(ONES, [(0, 0), (9, 9)])


def test_a_limit_that_float32_cannot_hold_is_none() -> None:
    found = accumulated_cost(ONES, (0, 0), max_cost=1e300)
    assert (found.cost == accumulated_cost(ONES, (0, 0)).cost).all()
