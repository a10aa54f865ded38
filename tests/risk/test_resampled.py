"""Draws of travellers, attacks and rates: the same in any company, and of the right spread."""

import numpy as np
import pytest

from corridors.risk import (
    Resampling,
    attack_rates,
    attack_shares,
    count_chances,
    drawn_attacks,
    resampled,
)
from tests.worlds import points


def test_one_more_post_and_more_draws_leave_the_others_as_they_were() -> None:
    few = Resampling(11, 20).uniforms("rate", ["a", "c"])
    more = Resampling(11, 50).uniforms("rate", ["a", "b", "c"])
    np.testing.assert_array_equal(few, more[:20, [0, 2]])
    assert not np.isclose(Resampling(12, 20).uniforms("rate", ["a", "c"]), few).any()
    assert not np.isclose(Resampling(11, 20).uniforms("angle", ["a", "c"]), few).any()


def test_travellers_drawn_again_spread_as_theory_says() -> None:
    rng = np.random.default_rng(1)
    stratum = np.repeat([0, 1], [60, 140])
    values = rng.normal(stratum[:, None] * 5.0, [1.0, 3.0], (200, 2))
    found = Resampling(3, 4000).means({"x": values}, stratum)["x"]
    variance = sum(
        len(part) * part.var(axis=0) for part in (values[:60], values[60:])
    ) / 200**2  # fmt: skip
    np.testing.assert_allclose(found.mean(axis=0), values.mean(axis=0), atol=0.02)
    np.testing.assert_allclose(found.var(axis=0), variance, rtol=0.08)


def test_what_is_the_same_in_every_stratum_has_no_spread() -> None:
    stratum = np.array([2, 0, 2, 1, 0, 0])
    found = Resampling(3, 50).means({"x": stratum[:, None] * 1.0}, stratum)["x"]
    np.testing.assert_allclose(found, stratum.mean())


def test_values_are_drawn_together_and_told_by_name() -> None:
    values = np.random.default_rng(2).random((30, 2))
    found = Resampling(3, 40).means({"x": values, "y": 2 * values[:, :1]}, np.zeros(30, int))
    np.testing.assert_allclose(found["y"][:, 0], 2 * found["x"][:, 0])


def test_they_are_the_same_however_many_are_drawn_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    values, stratum = np.random.default_rng(2).random((30, 2)), np.arange(30) % 3
    whole = Resampling(3, 40).means({"x": values}, stratum)["x"]
    monkeypatch.setattr(resampled, "AT_ONCE", 100)
    np.testing.assert_allclose(Resampling(3, 40).means({"x": values}, stratum)["x"], whole)


def test_no_travellers_have_means_of_nothing() -> None:
    found = Resampling(3, 4).means({"x": np.zeros((0, 2))}, np.zeros(0, int))["x"]
    assert found.tolist() == [[0, 0]] * 4


def test_attacks_fall_on_posts_as_often_as_their_shares_say() -> None:
    posts = points((0, 0), (6000, 0))
    attacks = points((1000, 500), (3000, 0), (9000, 0), location_precision_m=[0.0, 2000.0, 9000.0])
    found = drawn_attacks(Resampling(5, 8000), posts, attacks, radius_m=4000)
    shares = attack_shares(posts, attacks, radius_m=4000)
    np.testing.assert_allclose(found.mean(axis=0), shares.sum(axis=0), atol=0.03)
    chances = count_chances(shares)
    for post in range(2):
        often = np.bincount(found[:, post], minlength=4) / len(found)
        np.testing.assert_allclose(often[: chances.shape[1]], chances[post], atol=0.03)


def test_no_attacks_are_none_in_every_draw() -> None:
    found = drawn_attacks(
        Resampling(5, 3), points((0, 0)), points(location_precision_m=[]), radius_m=4000
    )
    assert found.tolist() == [[0]] * 3


def test_rates_of_all_posts_follow_what_is_drawn_for_them() -> None:
    posts = points((0, 0), (6000, 0))
    attacks = points((0, 0), (100, 0), (3000, 0), location_precision_m=[0.0, 0.0, 2000.0])
    resampling = Resampling(5, 20_000)
    rates = attack_rates(count_chances(attack_shares(posts, attacks, radius_m=4000)), 1.0)
    drawn = resampling.rates(
        rates, posts["id"].tolist(), drawn_attacks(resampling, posts, attacks, radius_m=4000)
    )
    low, high = rates.interval()
    np.testing.assert_allclose(((low <= drawn) & (drawn <= high)).mean(axis=0), 0.9, atol=0.01)
