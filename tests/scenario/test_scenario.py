"""What a scenario may hold, how it is read, and the schema that is published."""

import copy
import datetime as dt
import json
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from corridors.errors import InputError, ScenarioError
from corridors.sample import sample_folder
from corridors.scenario import load_scenario, parse_scenario, scenario_schema


@pytest.fixture
def table() -> dict[str, Any]:
    return tomllib.loads((sample_folder() / "scenario.toml").read_text("utf-8"))


def test_the_sample_is_read_with_its_defaults() -> None:
    scenario = load_scenario(sample_folder() / "scenario.toml")

    assert scenario.as_of == dt.date(2020, 1, 31)
    assert [profile.title for profile in scenario.profiles] == ["on foot", "by vehicle"]
    assert len(scenario.layers.by_kind()["incidents"]) == 2
    assert len(scenario.layers.by_kind()["borders"]) == 1
    assert "elevation" not in scenario.layers.by_kind()
    assert scenario.terrain.gaps == "barred"


def test_paths_start_at_the_scenarios_folder() -> None:
    scenario = load_scenario(sample_folder() / "scenario.toml")

    assert scenario.path("roads/roads.geojson") == sample_folder() / "roads/roads.geojson"
    assert scenario.path("/data/x.tif") == Path("/data/x.tif")


def test_the_home_of_a_user_that_is_not_there_is_a_path_like_any_other() -> None:
    scenario = load_scenario(sample_folder() / "scenario.toml")

    assert scenario.path("~nobody-of-that-name/x").name == "x"


def test_a_scenario_goes_through_its_own_record_and_back(table: dict[str, Any]) -> None:
    first = parse_scenario(table)

    again = parse_scenario(json.loads(json.dumps(first.model_dump(mode="json", exclude_none=True))))

    assert again == first


def test_attacks_are_recorded_from_a_day_before_the_study(table: dict[str, Any]) -> None:
    since = parse_scenario({**table, "posts": {"attacks_since": "2019-03-01"}}).posts.attacks_since

    assert since == dt.date(2019, 3, 1)
    with pytest.raises(ScenarioError, match=r"attacks_since = 2020-01-31 is not before as_of"):
        parse_scenario({**table, "posts": {"attacks_since": dt.date(2020, 1, 31)}})
    with pytest.raises(ScenarioError, match=r"posts\.attacks_since: must be a day such as"):
        parse_scenario({**table, "posts": {"attacks_since": "last year"}})


@pytest.mark.parametrize(
    ("key", "value"),
    [("hold_hours", 0), ("hold_spread", -0.1), ("support_spread", 3), ("horizon_days", 0)],
)
def test_posts_hold_for_some_time(table: dict[str, Any], key: str, value: float) -> None:
    with pytest.raises(ScenarioError, match=rf"posts\.{key}: must be"):
        parse_scenario({**table, "posts": {key: value}})


def test_a_reason_may_be_as_long_as_it_needs(table: dict[str, Any]) -> None:
    told = {"what": "x" * 400, "why": "y" * 600}

    assert parse_scenario({**table, "assumptions": [told]}).assumptions[0].why == told["why"]
    with pytest.raises(ScenarioError, match=r"assumptions\[0\]\.why: must have at most 600"):
        parse_scenario({**table, "assumptions": [{**told, "why": "y" * 601}]})


def test_the_sample_says_of_each_assumed_figure_why() -> None:
    scenario = load_scenario(sample_folder() / "scenario.toml")

    said = " ".join(item.what for item in scenario.assumptions)
    for profile in scenario.profiles:
        assert profile.rain_share("heavy", on_road=False) < 1
        assert f"{profile.rain_share('moderate', on_road=False):g} " in said
        for kmh in profile.road_kmh.values():
            assert f"{kmh:g} " in said
    for percent in scenario.corridor.percent:
        assert f"{percent:g}" in said
    assert all(item.why for item in scenario.assumptions)


def test_a_mapping_that_was_given_is_not_changed(table: dict[str, Any]) -> None:
    before = copy.deepcopy(table)

    parse_scenario(table)

    assert table == before


@pytest.mark.parametrize(
    ("value", "day"),
    [
        (dt.date(2020, 1, 2), dt.date(2020, 1, 2)),
        (dt.datetime(2020, 1, 2, 3, tzinfo=dt.UTC), dt.date(2020, 1, 2)),
        ("2020-01-02", dt.date(2020, 1, 2)),
    ],
)
def test_the_day_may_be_written_in_several_ways(
    table: dict[str, Any], value: object, day: dt.date
) -> None:
    assert parse_scenario({**table, "as_of": value}).as_of == day


def test_one_table_and_a_list_of_tables_are_the_same_layer(table: dict[str, Any]) -> None:
    listed = copy.deepcopy(table)
    listed["layers"]["camps"] = [listed["layers"]["camps"]]

    assert parse_scenario(listed) == parse_scenario(table)


def test_a_class_of_road_may_have_any_name(table: dict[str, Any]) -> None:
    table["profiles"][1]["road_kmh"] = {"float": 5, "قديم": 3, "a[b]": 2}

    assert parse_scenario(table).profiles[1].road_kmh["قديم"] == 3


def test_a_union_says_what_it_takes_in_one_sentence(table: dict[str, Any]) -> None:
    table["barriers"][0]["delay_minutes"] = {"on_foot": "slow", "vehicle": 5}

    with pytest.raises(ScenarioError) as told:
        parse_scenario(table)

    assert str(told.value).splitlines() == [
        "the scenario: 1 mistake",
        "  barriers[0].delay_minutes.on_foot: must be a number or 'impassable'; found 'slow'",
    ]


def test_a_long_value_is_not_quoted_in_full(table: dict[str, Any]) -> None:
    with pytest.raises(ScenarioError) as told:
        parse_scenario({**table, "title": "x" * 100_000})

    assert len(str(told.value)) < 300


@pytest.mark.parametrize(
    "path", ["a\x00b", "", "x" * 2000, "line\nbreak"], ids=["null", "empty", "long", "line"]
)
def test_a_path_that_no_file_can_have_is_refused(table: dict[str, Any], path: str) -> None:
    table["output"]["folder"] = path

    with pytest.raises(ScenarioError, match=r"output\.folder"):
        parse_scenario(table)


def _plain(table: dict[str, Any]) -> Any:
    return json.loads(json.dumps(table, default=str))


def test_the_sample_is_valid_by_the_published_schema(table: dict[str, Any]) -> None:
    jsonschema.validate(_plain(table), scenario_schema(), jsonschema.Draft202012Validator)


@pytest.mark.parametrize(
    "path",
    [
        ["titel"],
        ["folder"],
        ["called"],
        ["area", "cell"],
        ["layers", "roadz"],
        ["layers", "borders", "fiel"],
        ["layers", "elevation", "crs"],
        ["layers", "incidents", 1, "colums"],
        ["profiles", 0, "speed"],
        ["origins", 0, "palce"],
        ["barriers", 0, "delay"],
        ["output", "digits"],
    ],
)
def test_schema_and_reader_both_refuse_an_unknown_key(
    table: dict[str, Any], path: list[Any]
) -> None:
    inner: Any = table
    for part in path[:-1]:
        inner = inner[part]
    inner[path[-1]] = "x"

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(_plain(table), scenario_schema(), jsonschema.Draft202012Validator)
    with pytest.raises(ScenarioError, match="unknown key"):
        parse_scenario(table)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["area", "cell_m"], "500"),
        (["area", "cell_m"], True),
        (["profiles", 0, "share"], 2),
        (["seed"], 1.5),
        (["area", "bbox"], [1, 2, 3]),
        (["weather", "rain"], "storm"),
        (["layers", "borders"], []),
    ],
)
def test_schema_and_reader_agree_on_types_and_limits(
    table: dict[str, Any], path: list[Any], value: object
) -> None:
    inner: Any = table
    for part in path[:-1]:
        inner = inner[part]
    inner[path[-1]] = value

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(_plain(table), scenario_schema(), jsonschema.Draft202012Validator)
    with pytest.raises(InputError):
        parse_scenario(table)


@pytest.mark.parametrize(
    ("part", "key"), [("flow", "bands"), ("corridor", "percent"), ("buffers", "paths_m")]
)
def test_a_number_that_is_asked_for_twice_is_refused(
    table: dict[str, Any], part: str, key: str
) -> None:
    with pytest.raises(ScenarioError, match=rf"{part}\.{key}.*0\.5 is there twice"):
        parse_scenario({**table, part: {**table.get(part, {}), key: [0.5, 0.9, 0.5]}})
