"""The chance that support comes too late: against a simulation, and at its limits."""

import numpy as np
import pytest

from corridors.errors import InputError
from corridors.risk import isolation


def lognormal(
    rng: np.random.Generator, median: float, spread: float, count: int
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.asarray(median * np.exp(np.sqrt(np.log1p(spread**2)) * rng.standard_normal(count)))


@pytest.mark.parametrize(
    ("support", "hold", "spreads"),
    [(1.0, 2.0, (0.3, 0.5)), (3.0, 2.0, (0.3, 0.5)), (2.0, 2.0, (0.8, 0.1)), (0.5, 3, (0.1, 1.5))],
)
def test_the_closed_form_is_what_a_simulation_counts(
    support: float, hold: float, spreads: tuple[float, float]
) -> None:
    rng = np.random.default_rng(3)
    count = 400_000
    arrives = lognormal(rng, support, spreads[0], count)
    holds = lognormal(rng, 1.0, spreads[1], count)
    holds *= hold / holds.mean()
    found = isolation([support], hold, support_spread=spreads[0], hold_spread=spreads[1])
    assert found.chance[0] == pytest.approx((arrives > holds).mean(), abs=0.004)
    # Given when support comes, chance is left in the holding time alone.
    ends = np.quantile(arrives, [0.05, 0.95])
    np.testing.assert_allclose([found.hours_low[0], found.hours_high[0]], ends, rtol=0.01)
    given = [(end > holds).mean() for end in ends]
    np.testing.assert_allclose([found.low[0], found.high[0]], given, atol=0.006)
    assert found.low[0] < found.chance[0] < found.high[0]


def test_who_cannot_come_leaves_a_post_alone_and_who_is_there_does_not() -> None:
    found = isolation([np.inf, 0.0, np.nan], 1.0)
    assert found.chance[:2].tolist() == [1.0, 0.0]
    assert [found.low[0], found.high[0]] == [1.0, 1.0]
    assert [found.low[1], found.high[1]] == [0.0, 0.0]
    assert np.isnan([found.chance[2], found.low[2], found.high[2]]).all()


def test_what_is_certain_is_a_step() -> None:
    found = isolation([1.0, 2.0, 3.0, np.nan], 2.0, support_spread=0.0, hold_spread=0.0)
    np.testing.assert_array_equal(found.chance, [0.0, 0.5, 1.0, np.nan])


def test_each_post_may_hold_for_its_own_time() -> None:
    found = isolation([2.0, 2.0], [1.0, 4.0])
    one = isolation([2.0], 4.0)
    assert found.chance[1] == one.chance[0] < found.chance[0]


def test_later_support_is_never_better() -> None:
    chance = isolation(np.linspace(0.05, 12, 60), 2.0).chance
    assert (np.diff(chance) > 0).all()


@pytest.mark.parametrize("wrong", [{"hold_hours": 0.0}, {"hold_hours": np.nan}])
def test_a_post_that_does_not_hold_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(InputError, match="above 0 hours"):
        isolation([1.0], **wrong)


def test_a_spread_below_0_is_refused() -> None:
    with pytest.raises(InputError, match="spread is below 0"):
        isolation([1.0], 1.0, hold_spread=-0.1)
