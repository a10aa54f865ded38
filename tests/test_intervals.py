"""Intervals hold the truth as often as they say."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from corridors.intervals import mean_interval, stratified_wilson, wilson


@pytest.mark.parametrize("level", [0.5, 0.9, 0.99])
@pytest.mark.parametrize(("successes", "n"), [(0, 1), (1, 1), (0, 30), (3, 30), (17, 400)])
def test_wilson_is_that_of_scipy(successes: int, n: int, level: float) -> None:
    truth = stats.binomtest(successes, n).proportion_ci(level, method="wilson")
    low, high = wilson(successes, n, level=level)
    assert (low, high) == pytest.approx((truth.low, truth.high), abs=1e-12)


def test_wilson_of_nobody_says_nothing_and_arrays_broadcast() -> None:
    low, high = wilson([[0], [0]], [0, 10, 1000])
    assert low.shape == high.shape == (2, 3)
    assert (low[0, 0], high[0, 0]) == (0, 1)
    assert high[0, 1] > high[0, 2] > 0


def coverage_of_wilson(share: float, n: int) -> float:
    """Return the exact chance that the 90 percent interval holds the share."""
    hits = np.arange(n + 1)
    low, high = wilson(hits, n)
    return float(stats.binom.pmf(hits, n, share)[(low <= share) & (share <= high)].sum())


@pytest.mark.parametrize("share", [0.005, 0.05, 0.3, 0.9])
def test_wilson_covers_what_it_says_on_average_around_a_share(share: float) -> None:
    around = share * np.linspace(0.8, 1.1, 61)
    mean = np.mean([coverage_of_wilson(p, 400) for p in around])
    assert 0.85 <= mean <= 0.95


def simulated(shares: NDArray[np.float64], trials: NDArray[np.int64]) -> tuple[float, float]:
    """Return coverage of the stratified interval, and its width over that of the plain one."""
    rng = np.random.default_rng(7)
    truth = float(shares @ trials / trials.sum())
    hits = rng.binomial(trials[:, None], shares[:, None], size=(len(trials), 20_000))
    low, high = stratified_wilson(hits, trials)
    plain_low, plain_high = wilson(hits.sum(axis=0), trials.sum())
    assert (high - low <= plain_high - plain_low + 1e-12).all()
    return (
        float(((low <= truth) & (truth <= high)).mean()),
        float((high - low).mean() / (plain_high - plain_low).mean()),
    )


@pytest.mark.parametrize("size", [4, 10, 40])
@pytest.mark.parametrize("share", [0.01, 0.05, 0.3, 0.9])
def test_strata_that_do_not_differ_cost_no_coverage(share: float, size: int) -> None:
    covered, width = simulated(np.full(40, share), np.full(40, size))
    assert 0.85 <= covered <= 0.95
    assert width > 0.9


@pytest.mark.parametrize("share", [0.02, 0.05, 0.3, 0.9])
def test_strata_that_differ_narrow_the_interval_and_it_still_covers(share: float) -> None:
    rng = np.random.default_rng(3)
    shares = rng.beta(2 * share, 2 * (1 - share), 20)
    covered, width = simulated(shares, np.full(20, 40))
    assert 0.85 <= covered <= 0.95
    assert width < 0.98


def test_strata_of_few_travellers_are_conservative_and_not_certain() -> None:
    # Each stratum does it or does not; three travellers of each cannot prove that.
    shares = np.repeat([0.0, 1.0], [14, 6])
    low, high = stratified_wilson(shares * 3, np.full(20, 3))
    assert low < 0.3 < high
    assert high - low > 0.05
    covered, _ = simulated(np.repeat([0.02, 0.97], [14, 6]), np.full(20, 3))
    assert covered >= 0.9


def test_unequal_strata_cover() -> None:
    trials = np.array([1, 1, 2, 3, 5, 8, 20, 40, 100, 220])
    shares = np.array([0.9, 0.1, 0.5, 0.02, 0.3, 0.7, 0.05, 0.2, 0.45, 0.1])
    covered, width = simulated(shares, trials)
    assert 0.85 <= covered <= 0.95
    assert width < 1


def test_one_stratum_is_nearly_the_plain_interval_and_none_met_is_exactly_it() -> None:
    np.testing.assert_allclose(stratified_wilson([30], [100]), wilson(30, 100), rtol=0.01)
    np.testing.assert_allclose(stratified_wilson([0, 0], [40, 60]), wilson(0, 100))
    np.testing.assert_allclose(stratified_wilson([40, 60], [40, 60]), wilson(100, 100))
    assert stratified_wilson([[0, 0]], [0])[1].tolist() == [1, 1]


def test_the_t_interval_of_one_stratum_is_that_of_scipy() -> None:
    values = np.random.default_rng(1).normal(3, 2, 17)
    truth = stats.ttest_1samp(values, 0).confidence_interval(0.9)
    assert mean_interval(values) == pytest.approx((truth.low, truth.high))


def test_the_degrees_of_freedom_of_two_strata_are_those_of_welch() -> None:
    rng = np.random.default_rng(2)
    first, second = rng.normal(5, 1, 12), rng.normal(-2, 3, 12)
    # Of equal parts, the mean is half of first - (-second): Welch's interval, halved.
    truth = stats.ttest_ind(first, -second, equal_var=False).confidence_interval(0.9)
    low, high = mean_interval(np.concatenate([first, second]), strata=["a"] * 12 + ["b"] * 12)
    assert (low, high) == pytest.approx((truth.low / 2, truth.high / 2))


@pytest.mark.parametrize("sigma", [0.3, 0.55])
def test_means_of_skewed_values_are_covered(sigma: float) -> None:
    values = np.random.default_rng(4).lognormal(0, sigma, (50, 20_000))
    low, high = mean_interval(values)
    truth = np.exp(sigma**2 / 2)
    assert 0.86 <= ((low <= truth) & (truth <= high)).mean() <= 0.92


def test_means_over_strata_are_covered_and_narrower() -> None:
    rng = np.random.default_rng(5)
    strata = np.repeat(np.arange(10), [1, 1, 2, 3, 5, 8, 20, 30, 60, 70])
    centres = rng.normal(0, 3, 10)
    values = centres[strata][:, None] + rng.lognormal(0, 0.4, (200, 5000))
    truth = centres[strata].mean() + np.exp(0.08)
    low, high = mean_interval(values, strata=strata)
    plain_low, plain_high = mean_interval(values)
    assert 0.85 <= ((low <= truth) & (truth <= high)).mean() <= 0.95
    assert (high - low < (plain_high - plain_low) / 2).all()


def test_one_traveller_says_nothing_and_equal_ones_everything() -> None:
    assert mean_interval([3.0]) == (-np.inf, np.inf)
    assert mean_interval([3.0, 3.0, 3.0]) == (3, 3)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: wilson(3, 2), "more successes than trials"),
        (lambda: wilson(-1, 2), "negative or not finite"),
        (lambda: wilson(np.nan, 2), "negative or not finite"),
        (lambda: wilson(1, 2, level=90), "level is 90"),
        (lambda: stratified_wilson([[1, 2]], [3, 4]), r"shape \(1, 2\)"),
        (lambda: stratified_wilson([5, 0], [4, 4]), "more successes than trials"),
        (lambda: mean_interval([]), "missing or not finite"),
        (lambda: mean_interval([1.0, np.inf]), "missing or not finite"),
        (lambda: mean_interval([1.0, 2.0], strata=[1]), "one for each of the 2"),
        (lambda: mean_interval([1.0], level=1), "level is 1"),
    ],
)
def test_what_is_no_sample_is_refused(call, message) -> None:  # noqa: ANN001 a call and a text
    with pytest.raises(ValueError, match=message):
        call()
