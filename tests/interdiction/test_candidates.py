"""What may be placed is checked at the door."""

from typing import cast

import numpy as np
import pytest

from corridors.errors import InputError
from corridors.interdiction import Candidates, KnownRoutes


@pytest.mark.parametrize("budget", [0, -1, np.nan, np.inf])
def test_a_budget_that_places_nothing_or_everything_is_refused(budget: float) -> None:
    with pytest.raises(InputError, match="give one above 0"):
        Candidates(3, budget=budget)


def test_more_places_than_candidates_are_refused() -> None:
    with pytest.raises(InputError, match="asks for 4 places, but only 3 candidates"):
        Candidates(3, budget=4)
    with pytest.raises(InputError, match="asks for 3 places, but only 2 candidates"):
        Candidates(3, budget=3, excluded=[1])


@pytest.mark.parametrize("cost", [-1.0, np.nan, np.inf])
def test_costs_that_are_none_are_refused(cost: float) -> None:
    with pytest.raises(InputError, match="candidate 1 costs"):
        Candidates(2, budget=1, costs=[1.0, cost])


def test_numbers_that_name_no_candidate_are_refused() -> None:
    with pytest.raises(InputError, match="a group names candidate 7"):
        Candidates(2, budget=1, groups=[[0, 7]])
    with pytest.raises(InputError, match="excluded names candidate -1"):
        Candidates(2, budget=1, excluded=[-1])
    with pytest.raises(InputError, match="give one for each of 2"):
        Candidates(2, budget=1, costs=[1.0])
    with pytest.raises(InputError, match="all 1 candidates are excluded"):
        Candidates(1, budget=1, excluded=[0])
    with pytest.raises(InputError, match="there are no candidates"):
        Candidates(0, budget=1)


def test_a_plan_is_filled_in_order_within_budget_and_groups() -> None:
    candidates = Candidates(5, budget=4, costs=[3, 2, 1, 1, 1], groups=[[2, 3]], excluded=[4])
    assert candidates.filled(np.array([1, 0, 2, 3, 4])).tolist() == [1, 2]
    assert candidates.fits(np.array([1, 2]))
    assert not candidates.fits(np.array([2, 3]))
    assert not candidates.fits(np.array([4]))
    assert not candidates.fits(np.array([0, 1]))


def test_numbers_with_a_fraction_name_no_candidate() -> None:
    with pytest.raises(InputError, match="whole"):
        Candidates(3, budget=1, excluded=cast(list[int], [1.9]))
    with pytest.raises(InputError, match="whole"):
        Candidates(3, budget=1, groups=[cast(list[int], [0.5, 1.7])])
    with pytest.raises(InputError, match="whole"):
        KnownRoutes.of([1.0, 2.0], [0.9], [0], [1.0])
