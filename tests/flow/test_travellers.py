"""Travellers are drawn in proportion, and the same however many there are."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from corridors.flow.travellers import Demand, Travellers, draw_travellers

FIELDS = ("origin", "destination", "profile", "start_cell", "key", "stratum")


def demand_of(shares: np.ndarray, *, cells: int = 1, free_choice: bool = False) -> Demand:
    """Return a demand whose origins stand on so many cells each, and whose destinations on one."""
    origins = [np.arange(cells) + 1000 * row for row in range(shares.shape[0])]
    destinations = [np.array([50_000 + row]) for row in range(shares.shape[1])]
    return Demand(origins, destinations, shares / shares.sum(), free_choice)


def assert_same(some: Travellers, others: Travellers) -> None:
    for name in FIELDS:
        np.testing.assert_array_equal(getattr(some, name), getattr(others, name))


@given(
    weights=st.lists(st.integers(0, 9), min_size=12, max_size=12).filter(any),
    count=st.integers(1, 1500),
    seed=st.integers(0, 2**32),
)
def test_strata_are_met_in_proportion(weights: list[int], count: int, seed: int) -> None:
    shares = np.array(weights, float).reshape(2, 3, 2)
    demand = demand_of(shares)
    met = draw_travellers(demand, count, seed=seed)
    table = np.zeros((2, 3, 2), int)
    np.add.at(table, (met.origin, met.destination, met.profile), 1)
    # The discrepancy of multiples of the golden ratio grows with the logarithm of their number, by
    # 3 / (20 ln golden) = 0.31 from one end and so twice that between two bounds.
    strays = 2 * (1 + 0.31 * np.log(count))
    assert np.abs(table - count * demand.shares).max() <= strays
    assert (table[shares == 0] == 0).all()
    np.testing.assert_array_equal(
        met.stratum, np.ravel_multi_index((met.origin, met.destination, met.profile), (2, 3, 2))
    )


@given(seed=st.integers(0, 2**32), fewer=st.integers(1, 99))
def test_fewer_are_the_first_of_more(seed: int, fewer: int) -> None:
    demand = demand_of(np.array([[[1.0, 2.0]], [[3.0, 0.5]]]), cells=30)
    more = draw_travellers(demand, 100, seed=seed)
    assert_same(draw_travellers(demand, fewer, seed=seed), more.first(fewer))
    assert len(more.first(fewer)) == fewer


def test_every_traveller_has_a_key_of_its_own_and_every_seed_others() -> None:
    demand = demand_of(np.ones((1, 1, 1)))
    keys = np.concatenate([draw_travellers(demand, 5000, seed=seed).key for seed in range(3)])
    assert len(np.unique(keys)) == 15_000


def test_they_set_out_from_any_cell_of_an_area_alike() -> None:
    demand = demand_of(np.array([[[1.0]], [[2.0]]]), cells=50)
    met = draw_travellers(demand, 15_000, seed=3)
    for origin in (0, 1):
        starts = met.start_cell[met.origin == origin] - 1000 * origin
        assert stats.chisquare(np.bincount(starts, minlength=50)).pvalue > 0.001


def test_where_one_sets_out_says_nothing_about_its_stratum_or_number() -> None:
    demand = demand_of(np.ones((1, 2, 1)), cells=50)
    met = draw_travellers(demand, 10_000, seed=1)
    for other in (met.destination, np.arange(10_000)):
        assert abs(np.corrcoef(met.start_cell, other)[0, 1]) < 0.04
    assert abs(np.corrcoef(met.start_cell[1:], met.start_cell[:-1])[0, 1]) < 0.04


def test_over_seeds_every_stratum_is_first_as_often_as_its_share() -> None:
    demand = demand_of(np.array([[[1.0]], [[2.0]], [[5.0]]]))
    first = [draw_travellers(demand, 1, seed=seed).origin[0] for seed in range(2000)]
    expected = 2000 * demand.shares.ravel()
    assert stats.chisquare(np.bincount(first, minlength=3), expected).pvalue > 0.001


def test_those_who_choose_freely_have_no_destination() -> None:
    shares = np.array([[[0.1, 0.1], [0.2, 0.2]], [[0.3, 0.1], [0.0, 0.0]]])
    met = draw_travellers(demand_of(shares, free_choice=True), 1000, seed=1)
    assert (met.destination == -1).all()
    table = np.zeros((2, 2))
    np.add.at(table, (met.origin, met.profile), 1)
    assert np.abs(table - 1000 * shares.sum(axis=1)).max() <= 2


@pytest.mark.parametrize("seed", [0, 1, 2**31, 2**62])
def test_any_seed_will_do(seed: int) -> None:
    assert len(draw_travellers(demand_of(np.ones((1, 1, 1))), 3, seed=seed)) == 3


HALVES = np.full((1, 2, 1), 0.5)


@pytest.mark.parametrize(
    ("ends", "shares", "message"),
    [
        ([[1], [2]], 0.9 * HALVES, "sum to 0.9; give parts"),
        ([[1], [2]], np.array([[[-0.5], [1.5]]]), "from -0.5 up"),
        ([[1], [2]], np.nan * HALVES, "sum to nan"),
        ([[1]], HALVES, r"shape \(1, 2, 1\); give one for each of 1 origins, 1 destinations"),
        ([[1], [2]], HALVES[0], r"shape \(2, 1\)"),
        ([[1], [-2]], HALVES, r"destination 1 stands on \[-2\]"),
        ([[1], [2.5]], HALVES, r"destination 1 stands on \[2.5\]"),
        ([[1], np.empty(0, np.int64)], HALVES, "destination 1 stands on no cell"),
    ],
)
def test_what_is_no_demand_is_refused(ends: list[list[int]], shares: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Demand([np.array([0])], [np.array(cells) for cells in ends], shares)
