"""Variants of a scenario and the names that scenarios of a comparison go by."""

from pathlib import Path

import pytest

from corridors.comparison import named_scenarios, variant_of
from corridors.errors import MissingFileError, ScenarioError
from corridors.scenario import load_scenario


def test_a_variant_differs_in_what_was_changed_and_nothing_else(study_file: Path) -> None:
    first = load_scenario(study_file)

    found = variant_of(first, "wet", ["weather.rain=heavy", "weather.visibility_km = 2.5"])

    assert (found.weather.rain, found.weather.visibility_km) == ("heavy", 2.5)
    assert found.folder == first.folder
    left = {"weather", "called"}
    assert found.model_dump(exclude=left) == first.model_dump(exclude=left)
    assert first.weather.rain != "heavy"


def test_an_entry_of_a_list_is_named(study_file: Path) -> None:
    found = variant_of(load_scenario(study_file), "deep", ["barriers.ditch.delay_minutes.walk=90"])

    assert found.barriers[0].delay_minutes == {"walk": 90, "slow": 20}


def test_values_may_be_any_toml(study_file: Path) -> None:
    changes = ["flow.bands=[0.6, 0.8]", "weather.night=true", "sensors.watch_post={fog_factor=2}"]

    found = variant_of(load_scenario(study_file), "x", changes)

    assert found.flow.bands == [0.6, 0.8]
    assert found.weather.night is True
    assert found.sensors["watch_post"].fog_factor == 2


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("weather.visibility=3", "did you mean 'visibility_km'"),
        ("weather.visibility_km=far", "must be a number; found 'far'"),
        ("weather.visibility_km", "is not KEY=VALUE"),
        ("=3", "is not KEY=VALUE"),
        ("barriers.wall.delay_minutes.walk=9", "there is no barriers.wall; there are: ditch"),
        ("barriers.ditch=9", "barriers.ditch names an entry of a list"),
        ("seed.x=9", "seed is a value and has no keys of its own"),
        ("weather.rain=none\nseed=1", "weather.rain"),
    ],
)
def test_a_change_that_cannot_be_is_refused(study_file: Path, change: str, told: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        variant_of(load_scenario(study_file), "odd", [change])
    assert told in str(caught.value)
    assert "variant 'odd'" in str(caught.value)


def test_files_go_by_their_names_or_their_folders(study_file: Path, tmp_path: Path) -> None:
    paths = [study_file, tmp_path / "scenario.toml", tmp_path / "fog.toml"]
    for path in paths[1:]:
        path.write_bytes(study_file.read_bytes())

    found = named_scenarios(paths, [["clear day", "seed=3"]])

    assert list(found) == ["plain scenario", f"{tmp_path.name} scenario", "fog", "clear day"]
    assert found["clear day"].seed == 3


@pytest.mark.parametrize(
    ("variants", "told"),
    [
        ([], "there is nothing to compare it with"),
        ([["a", "seed=1"], ["A", "seed=2"]], "of another scenario"),
        ([["a", "seed=1"], ["a low", "seed=2"]], "the name 'a low' would"),
        ([["a", "seed=1"], ["difference a", "seed=2"]], "the name 'difference a' would"),
        ([["!?", "seed=1"]], "holds no letter or digit"),
        ([["a" * 151, "seed=1"]], "is too long for a file's"),
        ([["ä" * 76, "seed=1"]], "is too long for a file's"),
        ([["a"]], "nothing is changed"),
    ],
)
def test_names_that_say_nothing_are_refused(
    study_file: Path, variants: list[list[str]], told: str
) -> None:
    with pytest.raises(ScenarioError, match=told):
        named_scenarios([study_file], variants)


def test_a_file_that_is_not_there_is_named(study_file: Path, tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match=r"nowhere\.toml"):
        named_scenarios([study_file, tmp_path / "nowhere.toml"])
