"""Rates of attacks: against scipy, quadrature, a sampler of another kind, and simulated truth."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import integrate, special, stats

from corridors.errors import InputError
from corridors.risk import attack_rates, count_chances
from corridors.risk.rates import AttackRates


def certain(*counts: int) -> NDArray[np.float64]:
    """Return chances of numbers of attacks that are known."""
    return np.eye(max(counts) + 1)[list(counts)]


@pytest.mark.parametrize("attacks", [1, 3, 20])
def test_a_single_post_keeps_jeffreys_posterior(attacks: int) -> None:
    rates = attack_rates(certain(attacks), 2.5)
    truth = stats.gamma(attacks + 0.5, scale=1 / 2.5)
    assert rates.estimate()[0] == pytest.approx(truth.mean(), rel=0.01)
    np.testing.assert_allclose(np.ravel(rates.interval()), truth.interval(0.9), rtol=0.01)
    assert rates.chance_within(0.3)[0] == pytest.approx(
        1 - (2.5 / 2.8) ** (attacks + 0.5), rel=0.01
    )


def test_a_single_post_without_attacks_may_yet_be_attacked() -> None:
    rates = attack_rates(certain(0), 1.0)
    low, high = (float(end[0]) for end in rates.interval())
    assert low < 0.01
    assert high == pytest.approx(stats.gamma.ppf(0.95, 0.5), rel=0.01)


def test_three_posts_are_what_importance_sampling_says() -> None:
    counts, years = np.array([4, 1, 0]), np.array([1.0, 2.0, 0.5])
    rates = attack_rates(certain(*counts), years)
    # Region and rates drawn from the prior, weighed by the Poisson chance of what was seen.
    rng = np.random.default_rng(5)
    uniform = rng.random(2_000_000)
    least, most = 1 / 3, 100.0
    share = least / (1 + least) + uniform * (most / (1 + most) - least / (1 + least))
    shape = share / (1 - share)
    mean = np.exp(rng.uniform(np.log(1e-3), np.log(300.0), len(shape)))
    drawn = rng.gamma(shape[:, None], (mean / shape)[:, None], (len(shape), 3))
    log = 0.5 * np.log(mean) + stats.poisson.logpmf(counts, drawn * years).sum(axis=1)
    weight = np.exp(log - log.max())
    estimate = (weight[:, None] * drawn).sum(axis=0) / weight.sum()
    np.testing.assert_allclose(rates.estimate(), estimate, rtol=0.03)
    for post, (low, high) in enumerate(zip(*rates.interval(), strict=True)):
        order = np.argsort(drawn[:, post])
        below = np.cumsum(weight[order]) / weight.sum()
        truth = drawn[order, post][np.searchsorted(below, [0.05, 0.95])]
        np.testing.assert_allclose([low, high], truth, rtol=0.06, atol=0.003)


def test_each_rate_lies_between_its_own_and_the_regions() -> None:
    counts = np.array([0, 0, 1, 2, 9])
    rates = attack_rates(certain(*counts), 3.0)
    found, region = rates.estimate(), counts.mean() / 3
    assert (np.diff(found) >= 0).all()
    assert found[0] == found[1] > 0
    assert counts[-1] / 3 > found[-1] > region > found[2] > counts[2] / 3 * 0.5
    middle, low, high = rates.region()
    assert low < region < high
    assert low < middle < high


def test_posts_that_are_alike_are_drawn_together_and_those_that_differ_are_not() -> None:
    alike = attack_rates(certain(*[10] * 20), 1.0)
    unlike = attack_rates(certain(*[0, 20] * 10), 1.0)
    width = [np.diff(np.ravel([end[:1] for end in one.interval()]))[0] for one in (alike, unlike)]
    assert width[0] < 0.75 * np.diff(stats.gamma.ppf([0.05, 0.95], 10.5))[0]
    assert unlike.estimate()[0] < 0.5
    assert unlike.estimate()[1] > 18


def test_a_longer_record_without_attacks_means_a_lower_rate() -> None:
    chances = certain(0, 0, 2)
    rates = attack_rates(chances, [1.0, 5.0, 3.0]).estimate()
    assert rates[0] > rates[1]


def test_no_attack_anywhere_leaves_a_rate_that_falls_with_posts_and_years() -> None:
    def high(posts: int, years: float) -> float:
        return float(attack_rates(certain(*[0] * posts), years).interval()[1][0])

    assert high(2, 1.0) > high(8, 1.0) > high(8, 4.0) > 0
    # It scales with time, as nothing else measures it.
    assert high(8, 4.0) == pytest.approx(high(8, 1.0) / 4, rel=1e-6)


def test_no_posts_have_no_rates() -> None:
    rates = attack_rates(np.zeros((0, 1)), 1.0)
    assert rates.estimate().shape == rates.interval()[0].shape == (0,)
    assert rates.chance_within(1.0).shape == (0,)


def test_an_uncertain_number_of_attacks_is_averaged_over() -> None:
    chances = np.array([[0.25, 0.5, 0.25]])
    rates = attack_rates(chances, 2.0)
    assert rates.expected.tolist() == [1.0]
    rng = np.random.default_rng(7)
    kind = rng.choice(len(rates.weight), 200_000, p=rates.weight)
    attacks = rng.choice(3, 200_000, p=chances[0])
    scale = 1 / (2 + rates.shape[kind] / rates.mean[kind])
    truth = np.quantile(rng.gamma(rates.shape[kind] + attacks, scale), [0.05, 0.95])
    np.testing.assert_allclose(np.ravel(rates.interval()), truth, rtol=0.03)
    sure = attack_rates(certain(1), 2.0)
    assert rates.interval()[1][0] > sure.interval()[1][0]


def _density(rates: AttackRates, post: int, at: float) -> float:
    scale = rates.years[post] + rates.shape / rates.mean
    return float(
        sum(
            chance * (rates.weight @ stats.gamma.pdf(at, rates.shape + k, scale=1 / scale))
            for k, chance in enumerate(rates.chances[post])
        )
    )


def test_the_chance_of_an_attack_is_the_integral_over_rates() -> None:
    rates = attack_rates(np.array([[0.2, 0.8, 0.0], [0.0, 0.0, 1.0]]), 1.5)
    for post in range(2):
        truth, _ = integrate.quad(
            lambda r, post=post: (1 - np.exp(-0.4 * r)) * _density(rates, post, r), 0, 60, limit=400
        )
        assert rates.chance_within(0.4)[post] == pytest.approx(truth, rel=1e-4)


def test_drawn_rates_have_the_distribution_whose_quantiles_are_told() -> None:
    rates = attack_rates(certain(0, 1, 4), 1.0)
    rng = np.random.default_rng(1)
    attacks = np.tile([0, 1, 4], (20_000, 1))
    drawn = rates.drawn(rng.random(20_000), rng.random((20_000, 3)), attacks)
    low, high = rates.interval()
    inside = ((low <= drawn) & (drawn <= high)).mean(axis=0)
    np.testing.assert_allclose(inside, 0.9, atol=0.01)
    np.testing.assert_allclose(drawn.mean(axis=0), rates.estimate(), rtol=0.05)


@pytest.mark.parametrize(
    ("mean", "shape", "posts", "years"),
    [(0.3, 1.0, 15, 1.1), (2.0, 1.0, 15, 1.0), (1.0, 1.0, 3, 2.0), (5.0, 0.5, 30, 1.0)],
)
def test_nine_of_ten_intervals_hold_the_true_rate(
    mean: float, shape: float, posts: int, years: float
) -> None:
    rng = np.random.default_rng(17)
    held = []
    for _ in range(120):
        truth = rng.gamma(shape, mean / shape, posts)
        low, high = attack_rates(certain(*rng.poisson(truth * years)), years).interval()
        held += ((low <= truth) & (truth <= high)).tolist()
    assert 0.85 <= np.mean(held) <= 0.95


def test_chances_of_counts_are_the_binomial_where_attacks_are_alike() -> None:
    found = count_chances(np.full((6, 2), [0.3, 1.0]))
    np.testing.assert_allclose(found[0], stats.binom.pmf(np.arange(7), 6, 0.3), atol=1e-12)
    assert found[1].tolist() == [0, 0, 0, 0, 0, 0, 1]
    assert count_chances(np.zeros((3, 2))).tolist() == [[1.0], [1.0]]
    assert count_chances(np.zeros((0, 2))).tolist() == [[1.0], [1.0]]
    every = np.random.default_rng(2).random((9, 4))
    np.testing.assert_allclose(count_chances(every) @ np.arange(10), every.sum(axis=0), rtol=1e-9)


def test_many_attacks_are_counted_in_no_time_and_certain_ones_surely() -> None:
    shares = np.zeros((3000, 40))
    shares[np.arange(3000), np.arange(3000) % 40] = 1.0
    found = count_chances(shares)
    assert found.shape == (40, 76)
    assert (found.argmax(axis=1) == 75).all()
    assert (found.max(axis=1) == 1).all()


@pytest.mark.parametrize("level", [0.5, 0.999])
def test_intervals_of_any_level_hold_that_much(level: float) -> None:
    rates = attack_rates(certain(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9), 1.0)
    low, high = rates.interval(level=level)
    for post in (0, 10):
        at = rates.shape / rates.mean + 1.0
        own = special.gammainc(
            rates.shape + rates.expected[post], np.outer([low[post], high[post]], at)
        )
        np.testing.assert_allclose(
            own @ rates.weight, [(1 - level) / 2, (1 + level) / 2], rtol=1e-4
        )


@pytest.mark.parametrize(
    ("chances", "years", "told"),
    [
        ([[0.5, 0.4]], 1.0, "sum to 1"),
        ([0.5, 0.5], 1.0, "a row a post"),
        ([[1.0]], 0.0, "not above 0 years"),
        ([[1.0]], np.nan, "not above 0 years"),
    ],
)
def test_what_is_no_record_is_refused(chances: object, years: float, told: str) -> None:
    with pytest.raises(InputError, match=told):
        attack_rates(np.array(chances), years)


def test_rates_far_below_one_are_found_too() -> None:
    rates = attack_rates(certain(0, 0, 0, 0, 40), 30.0)
    low, _ = rates.interval()
    assert (low[:4] < 1e-3).all()
    below = [
        (rates.weight @ special.gammainc(rates.shape, low[0] * (30 + rates.shape / rates.mean)))
    ]
    np.testing.assert_allclose(below, 0.05, rtol=1e-4)
