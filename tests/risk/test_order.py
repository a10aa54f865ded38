"""Rankings and their stability, by hand and against pandas."""

import numpy as np
import pandas as pd
import pytest

from corridors.risk import placed, ranking, ranks


def test_ranks_are_those_of_pandas_and_nothing_has_none() -> None:
    values = np.random.default_rng(1).integers(0, 5, (20, 9)).astype(float)
    truth = pd.DataFrame(values).where(values > 0).rank(axis=1, ascending=False, method="min")
    np.testing.assert_array_equal(ranks(values), truth.to_numpy())
    assert np.isnan(ranks(np.array([np.nan, 0.0]))).all()
    assert ranks(np.zeros(0)).shape == (0,)


def test_equal_posts_share_the_places_they_take_and_those_without_have_none() -> None:
    values = np.array([[4.0, 2.0, 2.0, 2.0, 0.0], [0.0, 0.0, 0.0, 0.0, 0.0]])
    # Three share the second and the third place; where nothing passes, nobody has a place.
    np.testing.assert_allclose(placed(values, places=3), [0.5, 1 / 3, 1 / 3, 1 / 3, 0])
    assert placed(np.zeros((3, 0)), places=1).shape == (0,)


def test_places_are_what_shuffling_the_ties_gives() -> None:
    rng = np.random.default_rng(4)
    values = rng.integers(0, 4, (300, 6)).astype(float)
    found = placed(values, places=2)
    counted = np.zeros(6)
    for _ in range(200):
        broken = values + rng.uniform(0, 0.5, values.shape)
        first = np.argsort(-broken, axis=1)[:, :2]
        some = np.take_along_axis(values, first, axis=1) > 0
        counted += np.bincount(first[some], minlength=6)
    np.testing.assert_allclose(found, counted / 200 / 300, atol=0.01)


def test_a_ranking_by_hand() -> None:
    draws = np.array([[3.0, 2.0, 0.0], [3.0, 4.0, 0.0], [3.0, 1.0, 0.0], [3.0, 2.5, 0.0]])
    told = ranking("loss", np.array([3.0, 2.4, 0.0]), draws, level=0.8)
    np.testing.assert_array_equal(told["loss_rank"], [1, 2, np.nan])
    np.testing.assert_array_equal(told["loss_rank_low"], [1, 1, np.nan])
    np.testing.assert_array_equal(told["loss_rank_high"], [2, 2, np.nan])
    assert told["loss_often_first"].tolist() == [0.75, 0.25, 0.0]
    assert told["loss_often_top"].tolist() == [1.0, 1.0, 0.0]


def test_ranks_of_posts_that_differ_more_than_is_not_known_are_certain() -> None:
    rng = np.random.default_rng(2)
    truth = np.array([0.5, 0.3, 0.1, 0.02])
    told = ranking("share", truth, truth * np.exp(0.01 * rng.standard_normal((500, 4))))
    assert told["share_rank_low"].tolist() == told["share_rank_high"].tolist() == [1, 2, 3, 4]


def test_the_interval_of_ranks_holds_as_often_as_it_says() -> None:
    # Of posts that are alike nothing is known but that ranks are even from 1 to 20.
    draws = np.random.default_rng(3).random((4000, 20))
    told = ranking("share", draws[0], draws, level=0.8)
    assert told["share_rank_low"].tolist() == pytest.approx([2.0] * 20, abs=1)
    assert told["share_rank_high"].tolist() == pytest.approx([18.0] * 20, abs=1)


def test_without_posts_or_draws_nothing_is_ranked() -> None:
    assert ranking("loss", np.zeros(0), np.zeros((5, 0)))["loss_rank"].shape == (0,)
    assert np.isnan(ranking("loss", np.ones(2), np.zeros((0, 2)))["loss_rank_low"]).all()
