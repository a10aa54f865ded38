"""Accumulated cost and cost distance of R gdistance 1.6.4, in float64."""

import numpy as np
import pytest

from corridors.cost import Conductance, accumulated_cost, accumulated_costs
from tests.peer.grids import FloatArray, assert_costs, table


def ground() -> Conductance:
    return Conductance(table("gdistance", "conductance_12x15"))


def points() -> FloatArray:
    x, y = table("gdistance", "points_xy").T
    return np.column_stack([np.floor(12 - y), np.floor(x)]).astype(int)


@pytest.mark.parametrize("neighbours", [4, 8, 16])
def test_accumulated_cost_from_the_first_point(neighbours: int) -> None:
    found = accumulated_cost(
        ground(), points()[0], neighbours=neighbours, long_moves="ends", dtype=np.float64
    )
    assert_costs(found.cost, table("gdistance", f"accCost_n{neighbours}"))


@pytest.mark.parametrize("neighbours", [4, 8, 16])
def test_cost_distance_between_all_points(neighbours: int) -> None:
    row, column = points().T
    fields = accumulated_costs(
        ground(), points(), neighbours=neighbours, long_moves="ends", dtype=np.float64
    )
    found = np.array([field.cost[row, column] for field in fields])
    assert_costs(found, table("gdistance", f"costDistance_n{neighbours}"))
