"""The program as a person runs it: a process of its own, its exit code and its two streams."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Study


def _run(*words: object, limit_bytes: int | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "corridors", *map(str, words)]
    if limit_bytes is not None:
        limiter = (
            "import os, resource, sys; "
            "resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]),) * 2); "
            "os.execv(sys.argv[2], sys.argv[2:])"
        )
        command = [sys.executable, "-c", limiter, str(limit_bytes), *command]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


def test_bad_input_ends_with_2_one_message_and_no_traceback(study: Study) -> None:
    study.replace('place = "Sinjar"', 'place = "Sinjer"')

    ended = _run("run", study.scenario)

    assert ended.returncode == 2
    assert ended.stdout == ""
    assert ended.stderr.startswith("corridors: ")
    assert "did you mean 'Sinjar'" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert "Warning" not in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
    assert not (study.folder / "results").exists()


@pytest.mark.parametrize("file", ["checkpoints.gpkg", "checkpoints.parquet"])
def test_libraries_do_not_speak_to_the_user(study: Study, file: str) -> None:
    (study.folder / file).write_bytes(b"\x00\xff" * 999)
    study.replace("posts/checkpoints_synthetic.geojson", file)

    ended = _run("validate", study.scenario)

    assert ended.returncode == 2
    assert len(ended.stderr.splitlines()) == 1
    assert f"{file}, layer 'checkpoints'" in ended.stderr


def test_a_broken_raster_gives_one_line(study: Study) -> None:
    raster = study.folder / "terrain/elevation.tif"
    raster.write_bytes(raster.read_bytes()[:3000])

    ended = _run("validate", study.scenario)

    assert ended.returncode == 2
    assert len(ended.stderr.splitlines()) == 1, ended.stderr


def test_a_sound_study_is_told_on_standard_output_only(study: Study) -> None:
    ended = _run("validate", study.scenario)

    assert ended.returncode == 0
    assert ended.stderr == ""
    assert "sound" in ended.stdout


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs Linux")
def test_what_the_process_may_take_is_what_a_study_may_need(study: Study) -> None:
    study.replace("cell_m = 2000", "cell_m = 30")

    ended = _run("validate", study.scenario, limit_bytes=6 * 2**30)

    assert ended.returncode == 2, ended.stderr
    assert "area.cell_m = 30 gives" in ended.stderr
    assert "would fit" in ended.stderr


def test_a_reader_that_goes_away_is_no_error() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "corridors", "schema"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.wait() == 0
        assert process.stderr.read() == ""


def test_the_version_is_told() -> None:
    ended = _run("--version")

    assert ended.returncode == 0
    assert ended.stdout.startswith("corridors 0.")


def test_help_is_told_without_loading_what_the_commands_need() -> None:
    script = (
        "import sys; from corridors.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy', 'geopandas', 'rasterio', 'numba', 'pydantic'} & set(sys.modules)\n"
        "sys.exit(f'loaded {heavy}' if heavy else 0)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )

    assert ended.returncode == 0, ended.stderr


@pytest.mark.parametrize("words", [["fly"], ["run"], ["validate", "--fast", "x"], ["buffer", "x"]])
def test_a_command_line_that_is_wrong_ends_with_2_and_one_line(
    study: Study, words: list[str]
) -> None:
    told = study.call(*words)

    assert told.code == 2
    assert len(told.err.splitlines()) == 1
    assert "--help' tells more" in told.err


def test_a_scenario_may_be_called_like_a_command(study: Study) -> None:
    told = study.call("validate", "run")

    assert told.code == 2
    assert "run: there is no such scenario file" in told.err


def test_no_command_prints_help(study: Study) -> None:
    told = study.call()

    assert told.code == 0
    assert "corridors init my-study" in told.out
