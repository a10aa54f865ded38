"""What one more sensor is worth, cell by cell, in one scenario against another."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import corridors
from corridors.comparison import Comparison, compare, named_scenarios
from corridors.comparison.worth_change import worth_change
from corridors.errors import ScenarioError
from corridors.raster import Raster

VARIANTS = [
    ["same", "title=The same under another title"],
    ["blind", "weather.visibility_km=0"],
    ["sure", "worth.probability=0.9"],
]


@pytest.fixture(scope="module")
def found(study_file: Path) -> Comparison:
    return compare(named_scenarios([study_file], VARIANTS))


def values(found: Comparison, number: int) -> np.ndarray:
    return found.differences[number].worth_change.values


def test_the_same_scenario_changes_no_cell(found: Comparison) -> None:
    known = values(found, 0)[np.isfinite(values(found, 0))]

    assert known.size
    assert not known.any()


def test_a_sensor_that_sees_nothing_loses_all_of_its_worth(
    found: Comparison, study_file: Path
) -> None:
    alone = corridors.analyse(corridors.load_scenario(study_file))

    np.testing.assert_allclose(values(found, 1), -alone.worth.unaware, atol=1e-12)
    assert found.differences[1].worth_change.transform == alone.terrain.grid.transform


def test_a_better_sensor_is_worth_more_where_anybody_passes(found: Comparison) -> None:
    before = found.scenarios[0].worth_unaware.values

    assert (values(found, 2)[before > 1e-6] > 0).all()
    assert not values(found, 2)[before == 0].any()
    told = found.differences[2].worth_change.description
    assert "probability 0.9) less that in 'scenario' (watch post, 3000 m, probability 0.6)" in told


def test_cells_that_cannot_be_walked_in_one_are_not_compared(found: Comparison) -> None:
    first = found.scenarios[0]
    holes = first.worth_unaware.values.copy()
    holes[0, :3] = np.nan

    change = worth_change(first, replace(first, worth_unaware=like(first.worth_unaware, holes)))

    assert np.isnan(change.values[0, :3]).all()
    assert np.isfinite(change.values[1]).any()


def like(raster: Raster, cells: np.ndarray) -> Raster:
    return replace(raster, values=cells)


def test_grids_that_differ_are_refused_with_both_named(found: Comparison) -> None:
    first = found.scenarios[0]
    smaller = like(first.worth_unaware, first.worth_unaware.values[:-1])

    with pytest.raises(ScenarioError, match="grids differ") as caught:
        worth_change(first, replace(first, worth_unaware=smaller))

    rows, columns = first.worth_unaware.values.shape
    assert f"({rows - 1} by {columns} cells of 800 m and {rows} by {columns}" in str(caught.value)
