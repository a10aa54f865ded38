"""What stands in for what a scenario does not say."""

from typing import Any

from corridors.scenario import parse_scenario
from corridors.scenario.granted import taken_for_granted, worth_by_default
from tests.scenario.test_nearest import STUDY

WORTH = {"kind": "tower_thermal", "range_m": 8000.0, "probability": 0.7}
FAIR = {"visibility_km": 30.0, "rain": "none", "night": False}


def told(**tables: Any) -> list[str]:
    return [f"{one.what} {one.why}" for one in taken_for_granted(parse_scenario(STUDY | tables))]


def test_weather_that_is_not_given_is_an_assumption() -> None:
    (fair,) = told(worth=WORTH)
    assert fair.startswith("The weather is taken as clear air, no rain, by day. ")
    assert fair.endswith("The scenario's [weather] does not give visibility_km, rain or night.")
    assert told(worth=WORTH, weather={"rain": "heavy", "night": True}) == [
        "The weather is taken as clear air. The scenario's [weather] does not give visibility_km."
    ]
    assert told(worth=WORTH, weather=FAIR) == []


def test_rain_of_a_month_is_not_assumed() -> None:
    climate = {**STUDY["layers"], "climate": {"file": "c.geojson"}}

    (one,) = told(worth=WORTH, layers=climate, weather={"month": 1})

    assert one.startswith("The weather is taken as clear air, by day. ")


def test_a_sensor_that_was_not_asked_for_is_called_the_default() -> None:
    (whole,) = told(weather=FAIR)
    assert whole.startswith("One more sensor is by default a watch post that sees 3000 m, ")
    assert whole.endswith("The scenario's [worth] does not give kind, range_m or probability.")
    (one,) = told(weather=FAIR, worth={"kind": "road_post", "range_m": 500.0, "candidates": 3})
    assert one.startswith("One more sensor is in part by default a road post that sees 500 m, ")
    assert one.endswith("does not give probability.")
    assert worth_by_default(parse_scenario({**STUDY, "worth": WORTH})) == []


def test_what_the_scenario_assumes_itself_comes_first() -> None:
    own = {"what": "Wadis are dry.", "why": "It is summer."}

    assert told(assumptions=[own])[0] == "Wadis are dry. It is summer."
    assert len(told(assumptions=[own])) == 3
