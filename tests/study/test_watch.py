"""The worth of one more sensor, of which the scenario says something under its kind."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from corridors.scenario.model import SensorSettings, Weather
from corridors.study import Study, WorthMap, study_worth
from tests.report.page_worlds import full_study


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return full_study(tmp_path_factory.mktemp("watch"))


def worth_of(study: Study, settings: dict[str, float], **changed: Any) -> WorthMap:
    """Return the worth of one more watch post where [sensors.watch_post] says so much."""
    of_kind = {"watch_post": SensorSettings.model_validate(settings)}
    scenario = study.scenario.model_copy(update={"sensors": of_kind, **changed})
    return study_worth(replace(study, scenario=scenario), study.flow)


def assert_equally_worth(one: WorthMap, other: WorthMap) -> None:
    np.testing.assert_allclose(one.unaware, other.unaware, rtol=1e-9)
    np.testing.assert_allclose(one.candidates["worth"], other.candidates["worth"], rtol=1e-9)


def test_eyes_that_lose_nothing_in_the_dark_are_worth_as_much_as_by_day(study: Study) -> None:
    day = worth_of(study, {}, weather=Weather())
    night = Weather(night=True)
    assert_equally_worth(worth_of(study, {"night_factor": 1.0}, weather=night), day)
    assert np.nanmax(worth_of(study, {}, weather=night).unaware) < np.nanmax(day.unaware)


def test_half_a_day_of_duty_is_worth_what_half_the_probability_is(study: Study) -> None:
    sure = study.scenario.worth
    half = sure.model_copy(update={"probability": sure.probability / 2})
    on_duty = worth_of(study, {"hours_of_duty": 12.0})
    assert_equally_worth(on_duty, worth_of(study, {}, worth=half))
    assert np.nanmax(on_duty.unaware) > 0


def test_what_worth_itself_gives_goes_before_what_its_kind_has(study: Study) -> None:
    plain = worth_of(study, {})
    assert_equally_worth(worth_of(study, {"range_m": 1.0, "probability": 0.01}), plain)
