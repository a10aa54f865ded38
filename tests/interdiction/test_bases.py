"""Bases lost and bases added, beside every choice tried."""

import numpy as np
import pytest

from corridors.errors import InputError
from corridors.interdiction import Candidates, add_bases, critical_bases
from tests.interdiction.worlds import best_of, random_candidates


def after_loss(
    table: np.ndarray, weights: np.ndarray, lost: tuple[int, ...], reach: float | None, alone: float
) -> float:
    total = 0.0
    for row, weight in zip(table, weights, strict=True):
        nearest = min((d for j, d in enumerate(row) if j not in lost), default=np.inf)
        if reach is None:
            total += weight * min(nearest, alone)
        else:
            total += weight * (nearest > reach)
    return total


@pytest.mark.parametrize("reach", [None, 4.0])
def test_the_worst_loss_is_found(reach: float | None) -> None:
    rng = np.random.default_rng(1)
    for _ in range(80):
        posts, bases = rng.integers(2, 9, 2)
        table = rng.integers(0, 10, (posts, bases)).astype(float)
        table[rng.random(table.shape) < 0.1] = np.inf
        weights = rng.uniform(0.1, 3, posts)
        losses = random_candidates(rng, int(bases))
        plan = critical_bases(table, losses, weights=weights, reach=reach, alone=25.0)
        worst = -best_of(losses, lambda lost: -after_loss(table, weights, lost, reach, 25.0))  # noqa: B023 called at once
        assert plan.status == "proven optimal"
        assert losses.fits(plan.chosen)
        assert plan.after == pytest.approx(worst)
        lost = tuple(plan.chosen.tolist())
        assert plan.after == pytest.approx(after_loss(table, weights, lost, reach, 25.0))


@pytest.mark.parametrize("reach", [None, 4.0])
def test_the_best_additions_are_found(reach: float | None) -> None:
    rng = np.random.default_rng(6)
    for _ in range(80):
        posts, places = rng.integers(2, 9, 2)
        table = rng.integers(0, 10, (posts, places)).astype(float)
        now = rng.integers(2, 12, posts).astype(float)
        weights = rng.uniform(0.1, 3, posts)
        candidates = random_candidates(rng, int(places))
        plan = add_bases(now, table, candidates, weights=weights, reach=reach)

        def left(chosen: tuple[int, ...]) -> float:
            near = np.column_stack([now, table[:, list(chosen)]]).min(axis=1)  # noqa: B023 called at once
            return float(weights @ (near if reach is None else near > reach))  # noqa: B023

        assert plan.status == "proven optimal"
        assert candidates.fits(plan.chosen)
        assert plan.after == pytest.approx(best_of(candidates, left), rel=2e-6, abs=1e-6)
        assert plan.after == pytest.approx(left(tuple(plan.chosen.tolist())))


def test_posts_that_may_be_left_alone_need_a_word_of_what_counts_then() -> None:
    with pytest.raises(InputError, match="post 0 may be left with no base"):
        critical_bases([[1.0, np.inf], [2.0, 3.0]], Candidates(2, budget=1))
    plan = critical_bases([[1.0, np.inf], [2.0, 3.0]], Candidates(2, budget=1), alone=9.0)
    assert plan.after == 12
    with pytest.raises(InputError, match="no less than the greatest, 3"):
        critical_bases([[1.0, 2.0], [2.0, 3.0]], Candidates(2, budget=1), alone=2.0)


def test_what_is_wrong_is_named() -> None:
    with pytest.raises(InputError, match="a row a post"):
        critical_bases([1.0, 2.0], Candidates(2, budget=1))
    with pytest.raises(InputError, match="not a number"):
        critical_bases([[np.nan, 1.0]], Candidates(2, budget=1))
    with pytest.raises(InputError, match="2 weights for 1 posts"):
        critical_bases([[2.0, 1.0]], Candidates(2, budget=1), weights=[1, 1])
    with pytest.raises(InputError, match="not all 0"):
        critical_bases([[2.0, 1.0]], Candidates(2, budget=1), weights=[0])
    with pytest.raises(InputError, match="3 candidates for 2 bases"):
        critical_bases([[2.0, 1.0]], Candidates(3, budget=1))
    with pytest.raises(InputError, match="reach is 0"):
        critical_bases([[2.0, 1.0]], Candidates(2, budget=1), reach=0)
    with pytest.raises(InputError, match="no base supports post 0 now"):
        add_bases([np.inf], [[1.0]], Candidates(1, budget=1))
    with pytest.raises(InputError, match="distances for 1 posts"):
        add_bases([1.0, 2.0], [[1.0]], Candidates(1, budget=1))
    with pytest.raises(InputError, match="2 candidates, distances of 1"):
        add_bases([1.0], [[1.0]], Candidates(2, budget=1))


def test_a_base_that_is_nearer_to_nobody_gains_nothing() -> None:
    plan = add_bases([1.0, 2.0], [[5.0], [6.0]], Candidates(1, budget=1))
    assert plan.gain_possible is False
    assert "no candidate is nearer" in plan.note
    assert plan.unmet.tolist() == [0]
