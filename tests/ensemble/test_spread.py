"""Intervals, places and correlations over members, against scipy and hand."""

import numpy as np
import pytest
from scipy import stats

from corridors.ensemble.spread import (
    Running,
    kendall,
    member_interval,
    rank_correlations,
    rank_noise,
)


@pytest.mark.parametrize("members", [19, 50, 200])
def test_the_interval_holds_nine_of_ten_new_members_whatever_they_are(members: int) -> None:
    rng = np.random.default_rng(members)
    values = rng.lognormal(sigma=1.5, size=(members, 4000))
    low, high = member_interval(values)
    new = rng.lognormal(sigma=1.5, size=4000)
    assert ((low <= new) & (new <= high)).mean() == pytest.approx(0.9, abs=0.015)


def test_members_that_say_nothing_are_left_out() -> None:
    values = np.array([[np.nan, np.nan], [1.0, np.nan], [3.0, np.nan]])
    low, high = member_interval(values)
    assert (low[0], high[0]) == (1.0, 3.0)
    assert np.isnan([low[1], high[1]]).all()


def test_the_running_mean_and_variance_are_numpys() -> None:
    values = np.random.default_rng(1).normal(5, 2, (30, 4, 3)).astype(np.float32)
    running = Running()
    for one in values:
        running.add(one)
    np.testing.assert_allclose(running.mean, values.mean(axis=0, dtype=float))
    np.testing.assert_allclose(running.variance, values.var(axis=0, ddof=1, dtype=float))


def test_kendall_is_one_where_all_agree_and_the_mean_of_scipys_else() -> None:
    assert kendall(np.array([[3.0, 2.0, 1.0], [9.0, 8.0, 0.0]])) == pytest.approx(1.0)
    values = np.random.default_rng(2).random((6, 5))
    mean = values.mean(axis=0)
    expected = [stats.kendalltau(one, mean).statistic for one in values]
    assert kendall(values) == pytest.approx(np.mean(expected))
    assert np.isnan(kendall(np.ones((4, 3))))


def test_rank_correlations_are_scipys() -> None:
    rng = np.random.default_rng(3)
    inputs, outcomes = rng.random((40, 3)), rng.integers(0, 6, (40, 2)).astype(float)
    found = rank_correlations(inputs, outcomes)
    for i in range(3):
        for k in range(2):
            expected = stats.spearmanr(inputs[:, i], outcomes[:, k]).statistic
            assert found[i, k] == pytest.approx(expected)
    assert np.isnan(rank_correlations(np.ones((5, 1)), outcomes[:5])).all()


def test_inputs_that_do_not_matter_stay_below_the_noise_nine_times_of_ten() -> None:
    rng = np.random.default_rng(4)
    found = rank_correlations(rng.random((30, 60)), rng.random((30, 60)))
    assert (np.abs(found) < rank_noise(30)).mean() == pytest.approx(0.9, abs=0.02)
