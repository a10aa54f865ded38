"""What posts of a study risk: with all that is known, and with parts of it missing."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from corridors.errors import LayerError
from corridors.risk import attack_rates, count_chances
from corridors.study import Study
from corridors.study.risk import RANKED, hold_hours, study_risk
from corridors.study.support import Support, study_support, support_layer
from tests.report.page_worlds import full_study
from tests.worlds import points, scenario_of


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Return a study of three posts, a base, and three attacks in a year."""
    return full_study(tmp_path_factory.mktemp("risk"))


def risk_of(study: Study, **changed: object) -> pd.DataFrame:
    given = {"flow": study.flow, "undetected": study.undetected, "support": study.help, **changed}
    return study_risk(study, **given).posts  # type: ignore[arg-type]


def test_attacks_are_allotted_by_hand(study: Study) -> None:
    # Two were surely at the busy post, one at or beyond 2 km from the quiet one, within 3 km.
    found = risk_of(study)
    np.testing.assert_allclose(found["attacks"], [1.0, 2.0, 0.0], atol=1e-9)
    chances = count_chances([[0, 1, 0], [0, 1, 0], [1, 0, 0]])
    rates = attack_rates(chances, study.risk.record.years)
    np.testing.assert_allclose(found["attack_rate"], rates.estimate())
    assert found["attack_rate"].idxmax() == 1


def test_the_same_seed_gives_the_same_ranks_and_another_others(study: Study) -> None:
    pd.testing.assert_frame_equal(risk_of(study), study.risk.posts, check_exact=True)
    other = replace(study, scenario=study.scenario.model_copy(update={"seed": 12}))
    moved = study_risk(other, study.flow, study.undetected, study.help).posts
    assert not moved["exposure_index_high"].equals(study.risk.posts["exposure_index_high"])
    estimates = [*RANKED[-1:], "attack_rate", "isolation"]
    pd.testing.assert_frame_equal(moved[estimates], study.risk.posts[estimates])


def test_more_draws_tell_the_same(study: Study) -> None:
    few, many = (
        study_risk(study, study.flow, study.undetected, study.help, draws=draws).posts
        for draws in (400, 4000)
    )
    for name in ("exposure_index_low", "exposure_index_high", "loss_often_first"):
        np.testing.assert_allclose(few[name], many[name], rtol=0.35, atol=0.05)


def test_without_bases_nothing_is_said_of_isolation_and_there_is_no_index(study: Study) -> None:
    nobody = {kind: table.iloc[:, :0] for kind, table in study.help.now.items()}
    found = risk_of(study, support=Support(nobody, nobody))
    for name in ("isolation", "isolation_low", "exposure_index", "exposure_index_rank"):
        assert found[name].isna().all()
    assert found["attack_rate"].notna().all()
    assert found["transit_share_rank"].notna().any()
    assert (found["exposure_index_often_first"] == 0).all()


def test_in_clear_weather_help_is_as_it_is_without_rain(study: Study) -> None:
    dry = study.scenario.weather.model_copy(update={"rain": "none"})
    without = replace(study, scenario=study.scenario.model_copy(update={"weather": dry}))
    support = study_support(without)
    assert support.now is support.clear
    layer = support_layer(study, study.help)
    assert layer["hours_to_post"].tolist() == [study.help.now["bases"].min().min()]


def test_a_post_may_say_how_long_it_holds() -> None:
    scenario = scenario_of(posts={"hold_hours": 3.0})
    posts = points((0, 0), (1, 0), hold_hours=[None, 0.5])
    assert hold_hours(scenario, posts).tolist() == [3.0, 0.5]
    assert hold_hours(scenario, points((0, 0))).tolist() == [3.0]
    with pytest.raises(LayerError, match=r"layer 'checkpoints', row 1: hold_hours is 0"):
        hold_hours(scenario, points((0, 0), (1, 0), hold_hours=[1.0, 0.0]))
