"""The climate of a month stands for the weather that a scenario does not give, and says so."""

from pathlib import Path
from typing import Any

import pytest

from corridors.errors import LayerError, ScenarioError
from corridors.layers import ReadingLog, StudyArea, with_climate
from corridors.layers.climate import typical_rain
from corridors.scenario import Scenario
from tests.worlds import scenario_of

HEADER = "lon,lat,month,temperature_c,precipitation_mm_month"
# Two points in the area of the fixture, one beside it; a wet January, a dry July.
TABLE = f"""{HEADER}
41.25,36.25,1,4,60
41.50,36.25,1,8,64
44.00,36.25,1,20,0
41.25,36.25,7,33,0
41.50,36.25,7,35,1
44.00,36.25,7,0,900
"""


def _scenario(folder: Path, weather: dict[str, Any], table: str = TABLE) -> Scenario:
    (folder / "climate.csv").write_text(table, encoding="utf-8")
    scenario = scenario_of(
        layers={
            "elevation": {"file": "none"},
            "borders": {"file": "none"},
            "climate": {"file": "climate.csv", "crs": "EPSG:4326"},
        },
        weather=weather,
    )
    return scenario.model_copy(update={"folder": folder})


def test_what_the_scenario_does_not_give_is_that_of_the_month(
    tmp_path: Path, area: StudyArea
) -> None:
    log = ReadingLog()

    weather = with_climate(_scenario(tmp_path, {"month": 1}), area, log=log).weather

    assert weather.temperature_c == 6.0  # the mean of 4 and 8
    assert weather.rain == "light"  # 62 mm in 31 days are 2 mm a day
    [told] = log.findings
    assert "month 1 has 6.0 degrees and 62 mm of rain (2.0 mm a day), the mean of 2 points" in told
    assert "rain = 'light' and temperature_c = 6.0 taken from it" in told
    assert log.transformations


def test_what_the_scenario_gives_stays(tmp_path: Path, area: StudyArea) -> None:
    log = ReadingLog()
    given = {"month": 1, "rain": "none", "temperature_c": -3.0, "visibility_km": 2.0}

    weather = with_climate(_scenario(tmp_path, given), area, log=log).weather

    assert (weather.rain, weather.temperature_c, weather.visibility_km) == ("none", -3.0, 2.0)
    assert "nothing taken from it, for the scenario gives rain and temperature_c" in log.findings[0]


def test_a_dry_month_has_no_rain(tmp_path: Path, area: StudyArea) -> None:
    weather = with_climate(_scenario(tmp_path, {"month": 7}), area).weather

    assert (weather.rain, weather.temperature_c) == ("none", 34.0)


def test_a_study_without_a_month_is_as_it_was(area: StudyArea) -> None:
    scenario = scenario_of(weather={"rain": "heavy"})

    assert with_climate(scenario, area) is scenario


def test_an_area_between_the_points_takes_the_nearest(tmp_path: Path, area: StudyArea) -> None:
    table = f"{HEADER}\n42.5,36.25,1,5,0\n43,36.25,1,15,0\n"

    weather = with_climate(_scenario(tmp_path, {"month": 1}, table), area).weather

    assert weather.temperature_c == 5.0


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("41.5,36.25,2,5,0", "has no row for month 1; take another month"),
        ("21.5,36.25,1,5,0", "lies outside the study area"),
        ("36.25,41.5,1,5,0", "axes swapped it would be inside"),
        ("41.5,36.25,13,5,0", "row 0: month is 13; it must be between 1 and 12"),
        ("41.5,36.25,1,278.2,0", "row 0: temperature_c is 278.2"),
        ("41.5,36.25,1,5,-1", "row 0: precipitation_mm_month is -1"),
        ("41.5,36.25,1,,0", "row 0: temperature_c is empty"),
    ],
)
def test_a_climate_that_cannot_be_used_is_refused(
    tmp_path: Path, area: StudyArea, rows: str, said: str
) -> None:
    scenario = _scenario(tmp_path, {"month": 1}, f"{HEADER}\n{rows}\n")

    with pytest.raises(LayerError, match=said) as told:
        with_climate(scenario, area)
    assert "climate.csv, layer 'climate'" in str(told.value)


@pytest.mark.parametrize("month", [0, 13, 1.5, "January"])
def test_a_month_that_there_is_not_is_refused(month: object) -> None:
    with pytest.raises(ScenarioError, match=r"weather\.month"):
        scenario_of(weather={"month": month})


def test_month_and_climate_go_together() -> None:
    with pytest.raises(ScenarioError, match=r"weather\.month needs layers\.climate"):
        scenario_of(weather={"month": 1})
    with pytest.raises(ScenarioError, match=r"layers\.climate is read for weather\.month only"):
        scenario_of(
            layers={
                "elevation": {"file": "none"},
                "borders": {"file": "none"},
                "climate": {"file": "c.csv"},
            }
        )


@pytest.mark.parametrize(
    ("mm_day", "rain"),
    [(0, "none"), (0.99, "none"), (1, "light"), (4.9, "light"), (5, "moderate"), (40, "moderate")],
)
def test_a_mean_is_never_heavy_rain(mm_day: float, rain: str) -> None:
    assert typical_rain(mm_day) == rain
