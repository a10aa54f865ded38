"""Where results cannot be written: exit code 2 before any work, nothing written or lost."""

import os
from pathlib import Path

import pytest

from tests.cli.conftest import Study

FILE_COMMANDS = ["network", "paths"]


def _refused(study: Study, *words: object) -> str:
    before = study.files()
    told = study.call(*words)
    assert told.code == 2, told.err
    assert told.err.startswith("corridors")
    assert "Traceback" not in told.err
    assert "should not have happened" not in told.err
    assert study.files() == before
    return told.err


def test_a_folder_of_somebody_elses_files_is_left_alone_even_with_overwrite(study: Study) -> None:
    folder = study.folder / "results"
    folder.mkdir()
    (folder / "thesis.txt").write_text("years of work", encoding="utf-8")

    message = _refused(study, "run", study.scenario, "--overwrite")

    assert "is no result of this program" in message


def test_a_file_in_place_of_the_folder_is_refused(study: Study) -> None:
    (study.folder / "results").write_text("x", encoding="utf-8")

    assert "is a file; name a folder" in _refused(study, "run", study.scenario, "--overwrite")


@pytest.mark.parametrize("name", ["layer.shp", "layer"])
@pytest.mark.parametrize("command", FILE_COMMANDS)
def test_a_format_that_is_not_written_is_refused(study: Study, command: str, name: str) -> None:
    message = _refused(study, command, study.scenario, "--out", study.folder / name)

    assert name in message
    assert ".geojson or .gpkg" in message


def test_the_root_of_all_folders_is_refused(study: Study) -> None:
    message = _refused(study, "run", study.scenario, "--out", "/", "--overwrite")

    assert "name a folder inside it" in message


def test_a_folder_under_a_file_cannot_be_made(study: Study) -> None:
    out = study.scenario / "results"

    assert "cannot be written" in _refused(study, "run", study.scenario, "--out", out)


def test_a_name_that_no_folder_can_have_is_refused(study: Study) -> None:
    _refused(study, "run", study.scenario, "--out", study.folder / ("x" * 300))


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder nobody can write")
@pytest.mark.parametrize("command", ["run", *FILE_COMMANDS])
def test_a_folder_that_cannot_be_written_is_refused(study: Study, command: str) -> None:
    assert "/proc" in _refused(study, command, study.scenario, "--out", "/proc/corridors/out")


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder nobody can write")
def test_validate_tells_that_results_cannot_be_written_where_they_are_wanted(study: Study) -> None:
    study.scenario.write_text(
        study.scenario.read_text("utf-8") + '\n[output]\nfolder = "/proc/corridors/out"\n', "utf-8"
    )

    told = study.validate()

    assert told.code == 0, told.err
    first = told.out.splitlines()[0]
    assert "but its output.folder cannot take results: results cannot be written to /proc" in first


@pytest.mark.parametrize(
    ("name", "said"), [("x" * 300, "name another folder"), ("places", "is no result of this")]
)
def test_validate_tells_of_a_folder_that_can_hold_no_results(
    study: Study, name: str, said: str
) -> None:
    study.scenario.write_text(
        study.scenario.read_text("utf-8") + f'\n[output]\nfolder = "{name}"\n', "utf-8"
    )
    before = study.files()

    told = study.validate()

    assert told.code == 0, told.err
    assert said in told.out.splitlines()[0]
    assert study.files() == before


def test_validate_makes_no_folder_for_results_and_minds_no_earlier_ones(study: Study) -> None:
    study.scenario.write_text(
        study.scenario.read_text("utf-8") + '\n[output]\nfolder = "new/deep/out"\n', "utf-8"
    )
    before = study.files()

    assert study.validate().out.splitlines()[0].endswith("sound")
    assert study.files() == before

    out = study.folder / "new/deep/out"
    out.mkdir(parents=True)
    (out / "manifest.json").write_text('{"program": "corridors"}', encoding="utf-8")
    before = study.files()

    assert study.validate().out.splitlines()[0].endswith("sound")
    assert study.files() == before


def test_bad_input_leaves_an_earlier_result_as_it_was(study: Study) -> None:
    folder = study.folder / "results"
    folder.mkdir()
    (folder / "manifest.json").write_text('{"program": "corridors"}', encoding="utf-8")
    assert "replace it with --overwrite" in _refused(study, "run", study.scenario)

    study.replace('place = "Sinjar"', 'place = "Nowhere"')
    assert "Nowhere" in _refused(study, "run", study.scenario, "--overwrite")


@pytest.mark.parametrize("command", FILE_COMMANDS)
def test_a_file_that_is_there_is_not_replaced_unasked(study: Study, command: str) -> None:
    out = study.folder / "out.gpkg"
    out.write_text("x", encoding="utf-8")

    assert "exists; add --overwrite" in _refused(study, command, study.scenario, "--out", out)


@pytest.mark.parametrize("command", FILE_COMMANDS)
def test_the_scenario_itself_is_never_replaced(study: Study, command: str) -> None:
    message = _refused(study, command, study.scenario, "--out", study.scenario, "--overwrite")

    assert "is what is read" in message


def test_the_layer_itself_is_never_replaced(study: Study) -> None:
    layer = study.folder / "places/places.geojson"
    link = study.folder / "link.geojson"
    link.symlink_to(layer)

    message = _refused(study, "buffer", layer, "--radius-m", 9, "--out", link, "--overwrite")

    assert "is what is read" in message


@pytest.mark.parametrize("command", FILE_COMMANDS)
def test_a_folder_in_place_of_a_file_is_refused(study: Study, command: str) -> None:
    message = _refused(study, command, study.scenario, "--out", study.folder, "--overwrite")

    assert "is a folder; name a file in it" in message


@pytest.mark.parametrize("command", FILE_COMMANDS)
def test_a_folder_that_is_not_there_is_not_made(study: Study, command: str) -> None:
    message = _refused(study, command, study.scenario, "--out", study.folder / "no/out.gpkg")

    assert "is not there; make it first" in message


@pytest.mark.parametrize("radius", ["0", "-5", "nan", "inf", "1e12", "wide"])
def test_an_absurd_radius_is_refused(study: Study, radius: str) -> None:
    layer, out = study.folder / "places/places.geojson", study.folder / "out.geojson"

    assert "radius" in _refused(study, "buffer", layer, f"--radius-m={radius}", "--out", out)


@pytest.mark.parametrize("file", ["none.geojson", "walk.gpx", "", "scenario.toml", "places"])
def test_a_layer_that_cannot_be_read_gets_no_rings(study: Study, file: str) -> None:
    (study.folder / "walk.gpx").write_text("<gpx/>", encoding="utf-8")
    out = study.folder / "out.geojson"

    _refused(study, "buffer", study.folder / file, "--radius-m=5", "--out", out)


def test_person_level_columns_get_no_rings(study: Study) -> None:
    layer, out = study.folder / "phones.csv", study.folder / "out.geojson"
    layer.write_text("phone,lon,lat\n0770,41.5,36.3\n", encoding="utf-8")

    message = _refused(study, "buffer", layer, "--crs=EPSG:4326", "--radius-m=5", "--out", out)

    assert "person-level columns (phone)" in message


def test_a_new_study_is_not_laid_over_files(study: Study) -> None:
    assert "is not empty" in _refused(study, "init", study.folder)
    assert "is a file" in _refused(study, "init", study.scenario)
    assert "cannot be written" in _refused(study, "init", study.scenario / "new", "--overwrite")
    assert "cannot be written" in _refused(study, "init", study.folder / ("x" * 300))


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder nobody can write")
def test_a_new_study_is_whole_or_not_there(study: Study) -> None:
    assert "cannot be written" in _refused(study, "init", "/proc/corridors/study")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root writes anywhere")
def test_a_folder_without_permission_is_refused(study: Study, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)

    assert str(closed) in _refused(study, "paths", study.scenario, "--out", closed / "p.geojson")
