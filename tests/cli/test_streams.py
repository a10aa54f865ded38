"""Standard output and error that lead nowhere: one message, the right exit code, no traceback."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Study

FULL = Path("/dev/full")
needs_full = pytest.mark.skipif(not FULL.exists(), reason="needs a device that is always full")
needs_shell = pytest.mark.skipif(os.name == "nt", reason="needs a shell that closes streams")


def _shell(words: str, streams: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = f"{shlex.quote(sys.executable)} -m corridors {words} {streams}"
    return subprocess.run(
        ["sh", "-c", command],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )


@needs_shell
@pytest.mark.parametrize("words", ["schema", "--version", "--help", "doctor"])
@pytest.mark.parametrize("streams", [pytest.param(">/dev/full", marks=needs_full), ">&-"])
def test_output_that_cannot_be_written_ends_with_1_and_one_line(words: str, streams: str) -> None:
    ended = _shell(words, streams)

    assert ended.returncode == 1
    assert len(ended.stderr.splitlines()) == 1
    assert "standard output cannot be written" in ended.stderr


@needs_shell
@pytest.mark.parametrize("streams", [pytest.param("2>/dev/full", marks=needs_full), "2>&-"])
def test_nobody_to_complain_to_changes_no_exit_code(study: Study, streams: str) -> None:
    assert _shell("validate none.toml", streams).returncode == 2
    assert _shell("fly", streams).returncode == 2
    assert _shell(f"validate {shlex.quote(str(study.scenario))}", streams).returncode == 0


@needs_shell
@pytest.mark.parametrize(
    ("option", "streams", "code"),
    [
        ("--progress=json", "<&- >&- 2>&-", 1),
        ("--verbose", "2>&- | head -1", 0),
        ("--quiet", ">&-", 0),
    ],
)
def test_a_run_is_finished_whoever_listens(
    study: Study, option: str, streams: str, code: int
) -> None:
    words = shlex.join(["run", str(study.scenario), option])

    # Nor is anything said of a home that cannot be written.
    ended = _shell(words, streams, HOME="/proc/no-home", XDG_CACHE_HOME="", XDG_CONFIG_HOME="")

    assert (ended.returncode, ended.stderr) == (code, "")
    assert (study.folder / "results" / "manifest.json").exists()


@needs_shell
def test_letters_that_the_terminal_does_not_know_are_told_all_the_same(study: Study) -> None:
    study.replace('title = "A small study"', 'title = "Ñuñoa, الهول"')

    ended = _shell(shlex.join(["run", str(study.scenario)]), "", PYTHONIOENCODING="ascii")

    assert ended.returncode == 0, ended.stderr
    assert "\\xd1u\\xf1oa" in ended.stdout


def test_the_command_to_run_next_can_be_pasted(study: Study, tmp_path: Path) -> None:
    told = study.call("init", tmp_path / "my study's")

    command = told.out.strip().split("run it with: ")[1]
    assert shlex.split(command) == ["corridors", "run", str(tmp_path / "my study's/scenario.toml")]
