"""Ensembles on a tiny study: the same however split, taken up again, covering what is true."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from corridors.ensemble import Ensemble, run_ensemble
from corridors.ensemble.draws import Draws
from corridors.ensemble.kept import ensemble_key
from corridors.ensemble.member import calibrated, member_of
from corridors.ensemble.plan import plan_of
from corridors.ensemble.run import ground_ensemble
from corridors.ensemble.spread import member_interval
from corridors.errors import ScenarioError
from corridors.kept import Kept
from corridors.study import Ground

Tiny = Callable[..., Ground]


def assert_same(one: Ensemble, other: Ensemble) -> None:
    for name, value in vars(one).items():
        if isinstance(value, pd.DataFrame):
            pd.testing.assert_frame_equal(
                pd.DataFrame(value), pd.DataFrame(getattr(other, name)), check_exact=True
            )
        elif isinstance(value, np.ndarray):
            np.testing.assert_array_equal(value, getattr(other, name))
        else:
            assert value == getattr(other, name)


def small(ground: Ground, **given: Any) -> Ensemble:
    return ground_ensemble(ground, **{"members": 6, "travellers": 20, **given})


def without_delay(ground: Ground) -> Ground:
    berm = ground.scenario.barriers[0].model_copy(
        update={"delay_minutes": {"walk": 0.0, "slow": 0.0}}
    )
    scenario = ground.scenario.model_copy(update={"barriers": [berm]})
    return Ground(**{**vars(ground), "scenario": scenario})


@pytest.fixture(scope="module")
def found(tiny: Tiny) -> Ensemble:
    return small(tiny(), workers=1)


def test_the_ensemble_is_the_same_on_any_number_of_threads(tiny: Tiny, found: Ensemble) -> None:
    assert_same(found, small(tiny(), workers=3))


def test_an_ensemble_that_was_interrupted_goes_on(
    tiny: Tiny, found: Ensemble, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(count: int) -> None:
        if count == 3:
            raise KeyboardInterrupt

    ground = tiny()
    kept = Kept(tmp_path / "kept", ensemble_key(ground.scenario, 20))
    with pytest.raises(KeyboardInterrupt):
        small(ground, kept=kept, on_member=stop)
    files = sorted(tmp_path.rglob("member-*.npz"))
    assert len(files) == 3
    files[0].write_bytes(files[0].read_bytes()[:200])  # torn, as by a machine that lost its power
    solved = []

    def watched(plan: Any, number: int, **how: Any) -> Any:
        solved.append(number)
        return member_of(plan, number, **how)

    monkeypatch.setattr("corridors.ensemble.work.member_of", watched)
    assert_same(found, small(ground, kept=kept))
    assert sorted(solved) == [0, 3, 4, 5]
    kept.forget()
    assert not list(tmp_path.iterdir())


def test_more_members_hold_the_fewer(tiny: Tiny, found: Ensemble) -> None:
    more = small(tiny(), members=8)
    np.testing.assert_array_equal(more.inputs.iloc[:6], found.inputs)


def test_another_input_is_another_ensemble(tiny: Tiny) -> None:
    given = tiny().scenario
    other = tiny(speed=0.21).scenario
    assert ensemble_key(given, 20) != ensemble_key(other, 20)
    assert ensemble_key(given, 20) != ensemble_key(given, 21)
    titled = given.model_copy(update={"title": "Another"})
    assert ensemble_key(given, 20) == ensemble_key(titled, 20)


def test_hours_of_an_uncertain_speed_are_lognormal_and_the_interval_covers_the_truth(
    tiny: Tiny,
) -> None:
    # With one common speed and no delay, all hours are those as given over the factor; no path
    # changes. How often the interval holds a true factor drawn alike is then a closed form.
    deviation = 0.3
    ground = tiny(speed_common=deviation)
    ground = without_delay(ground)
    free = ground.scenario
    s = np.sqrt(np.log1p(deviation**2))
    covered = []
    for seed in range(12):
        asked = free.model_copy(update={"seed": seed})
        ensemble = small(Ground(**{**vars(ground), "scenario": asked}), members=30)
        went = ensemble.journeys[ensemble.journeys["travellers"] > 0]
        given, low, high = (
            went[name].to_numpy() for name in ("hours_as_given", "hours_low", "hours_high")
        )
        factors = ensemble.inputs["speed_common"].to_numpy()
        np.testing.assert_allclose(low * high, given**2 * np.prod(
            member_interval(1 / factors)), rtol=1e-6)  # fmt: skip
        inside = stats.norm.cdf(np.log(high / given) / s) - stats.norm.cdf(np.log(low / given) / s)
        np.testing.assert_allclose(inside, inside[0], rtol=1e-6)
        covered.append(inside[0])
    assert 0.85 <= np.mean(covered) <= 0.95


def test_the_undetected_share_of_a_truth_drawn_alike_is_covered(tiny: Tiny) -> None:
    # Members that the ensemble does not hold are truths: nine of ten lie in its interval.
    plan = calibrated(plan_of(tiny(), 20))
    values = np.array([float(member_of(plan, number).undetected) for number in range(240)])
    held = []
    for first in range(0, 240, 40):
        among = np.zeros(240, bool)
        among[first : first + 40] = True
        low, high = member_interval(values[among])
        held.append(((low <= values[~among]) & (values[~among] <= high)).mean())
    assert 0.85 <= np.mean(held) <= 0.95


def test_speeds_alone_leave_everything_but_hours_as_given(tiny: Tiny) -> None:
    ground = tiny(speed_common=0.2)
    ground = without_delay(ground)
    found = small(ground)
    np.testing.assert_allclose(found.border["share_low"], found.border["share_as_given"])
    np.testing.assert_allclose(found.border["share_high"], found.border["share_as_given"])
    assert (found.border["share_as_given_high"] > found.border["share_as_given"]).any()
    # Who is slower is seen longer.
    assert found.matters.loc["speed_common", "undetected"] == pytest.approx(1.0)


def test_the_input_that_matters_is_told_first(tiny: Tiny) -> None:
    found = small(tiny(probabilities_common=1.5, crossing_delay=0.5), members=12)
    assert found.matters.index[0] == "probabilities"
    assert found.matters.loc["probabilities", "undetected"] < -0.95
    # There is no crossing, so that its delay cannot matter but by chance.
    assert abs(found.matters.loc["crossing_delay", "undetected"]) < 0.9


def test_tables_hold_together(found: Ensemble, tiny: Tiny) -> None:
    assert found.border["share"].sum() == pytest.approx(1.0)
    assert (found.border["share_low"] <= found.border["share_high"]).all()
    caught = found.posts["first_catch"].sum()
    assert caught + found.shares.loc["undetected", "share"] == pytest.approx(1.0)
    posts = found.checkpoints
    for name in ("transit_share", "first_catch", "loss", "exposure_index"):
        assert posts[f"{name}_often_first"].sum() == pytest.approx(1.0)
        assert (posts[f"{name}_often_top"] >= posts[f"{name}_often_first"] - 1e-12).all()
        ranked = posts[posts[name] > 0]
        assert (ranked[f"{name}_rank_low"] <= ranked[f"{name}_rank_high"]).all()
        assert posts.loc[posts[name] == 0, f"{name}_rank"].isna().all()
    assert found.convergence["members"].tolist() == [2, 3, 4, 5, 6]
    last = found.convergence.iloc[-1]
    assert last["undetected"] == pytest.approx(found.shares.loc["undetected", "share"])
    grid = tiny().terrain.grid
    assert found.density_sd.shape == (grid.rows, grid.columns)
    assert (found.density_sd > 0).any()


def test_few_members_are_said_to_be_few(found: Ensemble) -> None:
    notes = " ".join(found.notes())
    assert "With 6 members an interval is the least and the greatest, which hold 71%" in notes
    assert "few to tell which input matters" in notes
    assert "over 20 travellers: they hold the chance of their draw" in notes


def test_knowing_travellers_and_uncertain_ground_go_through(tiny: Tiny) -> None:
    ground = tiny(
        "[knowledge]\ninformed = 0.5", elevation_rmse_m=10, off_road=0.2, origins=0.5,
        profile_shares=0.3, event_positions=True, detour=0.2, attack_rates=True, support=True,
    )  # fmt: skip
    found = small(ground, members=4)
    assert found.inputs["origins: north"].nunique() == 4
    assert (found.checkpoints["attack_chance_high"] > found.checkpoints["attack_chance_low"]).all()
    assert found.inputs["support"].nunique() == 4
    assert (found.checkpoints["incidents_high"] > found.checkpoints["incidents_low"]).any()


def test_a_study_without_posts_goes_through(tiny: Tiny) -> None:
    ground = tiny(without=("checkpoints", "bases", "incidents"), speed=0.2, ranges=0.3)
    found = small(ground, members=3)
    assert found.checkpoints.empty
    assert found.posts.empty
    assert found.shares.loc["undetected", "share_low"] == 1.0
    assert np.isnan(found.agreement["loss"])
    assert found.matters["undetected"].isna().all()


def test_nothing_uncertain_is_refused_with_what_to_add(tiny: Tiny) -> None:
    scenario = tiny(speed=0.0).scenario
    with pytest.raises(ScenarioError, match=r"no input is uncertain.*\[uncertainty\].*speed = 0"):
        run_ensemble(scenario)


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"members": 1}, "ensemble of 1 members"),
        ({"members": 10**6}, "take 2 to 100,000"),
        ({"travellers": 3}, "members of 3 travellers"),
    ],
)
def test_too_few_and_too_many_are_refused(tiny: Tiny, given: dict[str, int], text: str) -> None:
    with pytest.raises(ScenarioError, match=text):
        run_ensemble(tiny().scenario, **given)


def test_errors_of_height_finer_than_a_cell_are_refused(tiny: Tiny) -> None:
    scenario = tiny(elevation_rmse_m=5, elevation_length_m=100.0).scenario
    with pytest.raises(ScenarioError, match="elevation_length_m = 100 is below a cell"):
        run_ensemble(scenario)


def test_a_seed_gives_other_members() -> None:
    assert Draws(1, 0).factor("speed", 0.2) != Draws(2, 0).factor("speed", 0.2)
