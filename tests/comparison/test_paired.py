"""Paired differences: against scipy, a bootstrap, simulated truth, and by hand."""

import numpy as np
import pytest
from scipy import stats

from corridors.comparison import Outcome, paired_difference

RNG = np.random.default_rng(5)


def everybody(values: np.ndarray) -> Outcome:
    return Outcome(values.astype(float), np.ones(len(values), bool))


def test_where_all_count_it_is_the_paired_t_interval() -> None:
    before = RNG.normal(5, 2, 40)
    after = before + RNG.normal(0.3, 0.5, 40)

    found = paired_difference(everybody(before), everybody(after), strata=np.zeros(40), level=0.8)

    truth = stats.ttest_rel(after, before).confidence_interval(0.8)
    np.testing.assert_allclose(found, [(after - before).mean(), truth.low, truth.high])


def test_what_is_the_same_differs_by_exactly_nothing() -> None:
    values = RNG.random((30, 4))
    counted = RNG.random(30) < 0.6
    one = Outcome(values, counted)

    found = paired_difference(one, Outcome(values.copy(), counted.copy()), strata=np.arange(30) % 3)

    assert [part.tolist() for part in found] == [[0.0] * 4] * 3


def test_what_differs_between_strata_only_adds_no_doubt() -> None:
    strata = np.arange(60) % 2
    before = RNG.random(60)

    found = paired_difference(everybody(before), everybody(before + strata), strata=strata)

    np.testing.assert_allclose(found, 0.5)


def test_that_no_traveller_changed_does_not_say_that_nobody_would() -> None:
    shares = everybody(np.arange(398) % 4 == 0)

    difference, low, high = paired_difference(shares, shares, strata=np.zeros(398), shares=True)

    # Two travellers more, one each way: z sqrt(2) / 400.
    assert difference == 0
    assert high == pytest.approx(1.6449 * 2**0.5 / 400, rel=1e-4)
    assert low == -high


@pytest.mark.parametrize(("before", "after"), [(1.0, 0.0), (1.0, 1.0), (0.0, 1.0), (0.3, 0.3)])
def test_chances_that_are_alike_for_all_drawn_are_no_point_for_those_who_were_not(
    before: float, after: float
) -> None:
    first, other = (everybody(np.full(398, value)) for value in (before, after))

    difference, low, high = paired_difference(first, other, strata=np.zeros(398), chances=True)

    two_more = 1.6449 * 2**0.5 / 400
    assert difference == pytest.approx(after - before)
    assert low == pytest.approx(max(difference - two_more, -1), rel=1e-4)
    assert high == pytest.approx(min(difference + two_more, 1), rel=1e-4)
    assert low < high


def test_chances_that_change_by_more_or_less_keep_their_t_interval() -> None:
    before, after = RNG.random(40), RNG.random((40, 3))
    after[:, 1] = before + 0.1
    first = everybody(np.repeat(before[:, None], 3, axis=1))

    _, low, high = paired_difference(first, everybody(after), strata=np.zeros(40), chances=True)

    for column in (0, 2):
        truth = stats.ttest_rel(after[:, column], before).confidence_interval(0.9)
        assert [low[column], high[column]] == pytest.approx([truth.low, truth.high])
    assert high[1] - low[1] == pytest.approx(2 * 1.6449 * 2**0.5 / 42, rel=1e-4)


@pytest.mark.parametrize(("gain", "loss"), [(0.1, 0.05), (0.02, 0.01), (0.005, 0.002)])
def test_nine_of_ten_intervals_of_a_share_hold_the_true_difference(
    gain: float, loss: float
) -> None:
    # A column is a study of 200 travellers; with small chances each begins to, or leaves off.
    studies = np.random.default_rng(11).random((200, 2000))
    before = np.broadcast_to(np.arange(200)[:, None] % 2 == 0, studies.shape)
    after = np.where(before, studies > 2 * loss, studies < 2 * gain)

    _, low, high = paired_difference(
        everybody(before), everybody(after), strata=np.arange(200) % 2, shares=True
    )

    held = ((low <= gain - loss) & (gain - loss <= high)).mean()
    assert held >= 0.87
    if gain > 0.01:
        assert held <= 0.95


def test_means_over_other_travellers_in_each_agree_with_a_bootstrap() -> None:
    rng = np.random.default_rng(3)
    values = rng.normal(3, 1, 400)
    first = Outcome(values, rng.random(400) < 0.3)
    other = Outcome(values + rng.normal(0.2, 0.3, 400), rng.random(400) < 0.4)

    difference, low, high = paired_difference(first, other, strata=np.zeros(400), level=0.9)

    draws = rng.integers(0, 400, (4000, 400))
    means = [
        np.where(one.counted[draws], one.values[draws], 0).sum(axis=1)
        / one.counted[draws].sum(axis=1)
        for one in (first, other)
    ]
    truth = np.quantile(means[1] - means[0], [0.05, 0.95])
    assert difference == pytest.approx(
        other.values[other.counted].mean() - values[first.counted].mean()
    )
    np.testing.assert_allclose([low, high], truth, atol=0.1 * (high - low))


def test_nobody_who_counts_leaves_nothing_to_say() -> None:
    nobody = Outcome(np.zeros(5), np.zeros(5, bool))

    assert np.isnan(paired_difference(nobody, everybody(np.ones(5)), strata=np.zeros(5))).all()


def test_other_travellers_are_refused() -> None:
    with pytest.raises(ValueError, match="the same travellers in both"):
        paired_difference(everybody(np.ones(4)), everybody(np.ones(5)), strata=np.zeros(4))
