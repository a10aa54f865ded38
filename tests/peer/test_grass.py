"""r.cost, r.walk and r.path of GRASS GIS 8.2.1, in float64."""

import numpy as np
import pytest

from corridors.cost import AccumulatedCost, Walk, accumulated_cost
from tests.peer.grids import FloatArray, assert_costs, grass

# Start x, y = 525, 3475 and 4475, 525 on 80 rows of 50 m.
A, B = (10, 10), (69, 89)


@pytest.mark.parametrize(("neighbours", "name"), [(8, "doc_rcost_int"), (16, "doc_rcost_int_k")])
def test_the_example_of_the_manual(neighbours: int, name: str) -> None:
    found = accumulated_cost(grass("doc_cost"), (4, 5), neighbours=neighbours, dtype=np.float64)
    assert_costs(found.cost, grass(name))


def several_sources(**options: float) -> AccumulatedCost:
    return accumulated_cost(
        grass("cost_80x100_null"),
        source_ids=grass("sources_80x100"),
        dtype=np.float64,
        **options,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(("neighbours", "name"), [(8, "rcost_multi"), (16, "rcost_multi_k")])
def test_several_sources_among_barriers(neighbours: int, name: str) -> None:
    assert_costs(several_sources(neighbours=neighbours).cost, grass(name))


def test_allocation_is_the_nearest_id() -> None:
    expected = np.nan_to_num(grass("rcost_multi_nearest"))
    assert (several_sources().allocation == expected).all()


def test_a_limit_that_all_stay_below() -> None:
    assert_costs(several_sources(max_cost=400).cost, grass("rcost_multi_max400"))


def test_a_limit_leaves_the_cheaper_cells_as_they_are() -> None:
    whole = grass("rcost_multi")
    expected = np.where(whole <= 60, whole, np.nan)
    assert_costs(several_sources(max_cost=60).cost, expected)


def test_cells_that_are_not_square() -> None:
    # Lengths in units of the width: 50 m by 25 m is 2 by 1.
    expected = grass("rcost_flat_ns50_ew25")
    source = np.argwhere(expected == 0)
    found = accumulated_cost(
        np.ones(expected.shape), source, cell_size=(2.0, 1.0), dtype=np.float64
    )
    assert_costs(found.cost, expected)


def walk(start: tuple[int, int], friction: FloatArray | None) -> AccumulatedCost:
    ground = Walk(grass("dem_80x100"), friction)
    return accumulated_cost(ground, start, cell_size=50, dtype=np.float64)


def test_a_walk_with_friction() -> None:
    assert_costs(walk(A, grass("friction_80x100")).cost, grass("rwalk_default"))


@pytest.mark.parametrize(("start", "name"), [(A, "rwalk_lambda0"), (B, "rwalk_lambda0_fromB")])
def test_a_walk_by_slope_alone(start: tuple[int, int], name: str) -> None:
    assert_costs(walk(start, None).cost, grass(name))


def test_friction_of_no_weight_is_none() -> None:
    ground = Walk(grass("dem_80x100"), grass("friction_80x100"), friction_weight=0)
    found = accumulated_cost(ground, A, cell_size=50, dtype=np.float64)
    assert_costs(found.cost, grass("rwalk_lambda0"))


def test_the_path_back_from_b() -> None:
    path = walk(A, grass("friction_80x100")).path(B)
    marked = {tuple(cell) for cell in np.argwhere(np.isfinite(grass("rpath_rwalk")))}
    assert {tuple(cell) for cell in path} == marked
