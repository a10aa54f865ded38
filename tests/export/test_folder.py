"""A folder of results is whole or not there, whatever happens."""

import json
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

from corridors.errors import OutputError
from corridors.export import is_result_folder, output_folder, write_json

OLD, NEW = "old", "new"


def fill(folder: Path, content: str) -> None:
    (folder / "layers").mkdir()
    (folder / "layers" / "a.txt").write_text(content)
    (folder / "b.txt").write_text(content)
    outputs = [{"file": "layers/a.txt"}, {"file": "b.txt"}]
    write_json(folder / "manifest.json", {"program": "corridors", "outputs": outputs})


def contents(folder: Path) -> str | None:
    """Return which result a folder holds; it must be whole."""
    if not folder.exists():
        return None
    names = sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*"))
    assert names == ["b.txt", "layers", "layers/a.txt", "manifest.json"]
    told = {(folder / "b.txt").read_text(), (folder / "layers" / "a.txt").read_text()}
    assert len(told) == 1
    return told.pop()


def result(path: Path, content: str) -> None:
    with output_folder(path, overwrite=True) as folder:
        fill(folder, content)


def refuse(path: Path | str, match: str, *, overwrite: bool = True) -> None:
    """Assert that a folder is refused before any work."""
    with pytest.raises(OutputError, match=match), output_folder(path, overwrite=overwrite):
        pytest.fail("the work began")


def abandon(path: Path, error: type[BaseException], *, overwrite: bool = False) -> None:
    with output_folder(path, overwrite=overwrite) as folder:
        fill(folder, NEW)
        raise error


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """Return a folder with an earlier result in it."""
    path = tmp_path / "study"
    result(path, OLD)
    return path


def test_a_new_folder_is_there_at_the_end_and_not_before(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "study"
    with output_folder(path) as folder:
        assert not path.exists()
        assert folder.parent == path.parent
        fill(folder, NEW)
    assert contents(path) == NEW
    assert names(path.parent) == ["study"]
    assert is_result_folder(path)


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    path = tmp_path / "study"
    path.mkdir()
    with output_folder(path) as folder:
        fill(folder, NEW)
    assert contents(path) == NEW
    assert names(tmp_path) == ["study"]


def test_an_earlier_result_is_replaced_on_request_only(old: Path) -> None:
    refuse(old, "--overwrite", overwrite=False)
    assert contents(old) == OLD
    with output_folder(old, overwrite=True) as folder:
        assert contents(old) == OLD
        fill(folder, NEW)
    assert contents(old) == NEW
    assert names(old.parent) == ["study"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit, GeneratorExit])
@pytest.mark.parametrize("is_deep", [True, False])
def test_an_error_leaves_nothing(tmp_path: Path, error: type[BaseException], is_deep: Any) -> None:
    path = tmp_path / "a" / "b" / "study" if is_deep else tmp_path / "study"
    with pytest.raises(error):
        abandon(path, error)
    assert names(tmp_path) == []


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_an_error_leaves_the_earlier_result(old: Path, error: type[BaseException]) -> None:
    with pytest.raises(error):
        abandon(old, error, overwrite=True)
    assert contents(old) == OLD
    assert names(old.parent) == ["study"]


@pytest.mark.parametrize("overwrite", [True, False])
def test_a_folder_that_is_not_ours_is_never_replaced(tmp_path: Path, overwrite: Any) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "thesis.txt").write_text("years")
    refuse(home, "no result of this program", overwrite=overwrite)
    assert names(home) == ["thesis.txt"]
    # Browser extensions have a manifest.json too.
    (home / "manifest.json").write_text('{"manifest_version": 3}')
    refuse(home, "no result of this program", overwrite=overwrite)
    assert names(home) == ["manifest.json", "thesis.txt"]


def test_a_file_added_to_a_result_is_not_lost(old: Path) -> None:
    (old / "layers" / "mine.qgz").write_text("a day's work")
    (old / "a.tif.aux.xml").write_text("left by a viewer")
    refuse(old, r"does not list \(layers/mine.qgz\)")
    (old / "layers" / "mine.qgz").unlink()
    result(old, NEW)
    assert contents(old) == NEW


def test_a_file_that_is_added_during_the_work_is_not_lost(old: Path) -> None:

    def work() -> None:
        with output_folder(old, overwrite=True) as folder:
            fill(folder, NEW)
            (old / "notes.txt").write_text("meanwhile")

    with pytest.raises(OutputError, match=r"notes\.txt"):
        work()
    assert (old / "notes.txt").read_text() == "meanwhile"
    assert names(old.parent) == ["study"]


def test_a_result_that_appears_during_the_work_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "study"

    def work() -> None:
        with output_folder(path) as folder:
            fill(folder, NEW)
            result(tmp_path / "moved", OLD)
            (tmp_path / "moved").rename(path)

    with pytest.raises(OutputError, match="--overwrite"):
        work()
    assert contents(path) == OLD
    assert names(tmp_path) == ["study"]


def test_a_file_in_the_way_is_refused(tmp_path: Path) -> None:
    (tmp_path / "study").write_text("a file")
    refuse(tmp_path / "study", "study is a file")
    assert (tmp_path / "study").read_text() == "a file"


@pytest.mark.skipif(not Path("/proc").is_mount(), reason="mount points of Linux")
def test_a_mount_point_is_refused() -> None:
    refuse("/proc", "mount point")


def test_a_parent_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a file")
    refuse(tmp_path / "a" / "study", "cannot be written to", overwrite=False)
    assert names(tmp_path) == ["a"]


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
@pytest.mark.parametrize(("mode", "below"), [(0o555, "study"), (0o000, "inner/study")])
def test_a_parent_without_permission_is_refused_before_the_work(
    tmp_path: Path, mode: int, below: str
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=mode)
    code = """
        import os, sys
        from corridors.errors import OutputError
        from corridors.export import output_folder
        if os.geteuid() == 0:
            os.seteuid(65534)  # root may write anywhere
        try:
            with output_folder(sys.argv[1]):
                print("the work began")
        except OutputError as error:
            print(error)
    """
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(folder.stat().st_mode | 0o055)
    told = run(code, closed / below)
    assert "Permission denied" in told.stdout, told
    assert "name a folder where you may write" in told.stdout


def test_the_current_directory_and_those_above_it_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "above" / "here"
    here.mkdir(parents=True)
    monkeypatch.chdir(here)
    for path in (".", "", here, "..", here.parent):
        refuse(path, "current directory")
    assert names(here) == []


def test_a_relative_path_means_where_one_stood_at_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with output_folder("out/../study") as folder:
        fill(folder, NEW)
        (tmp_path / "elsewhere").mkdir()
        monkeypatch.chdir(tmp_path / "elsewhere")
    assert contents(tmp_path / "study") == NEW
    assert names(tmp_path) == ["elsewhere", "study"]


def test_a_symbolic_link_is_followed_and_stays(old: Path) -> None:
    disk = old.parent / "disk"
    disk.mkdir()
    old.rename(disk / "study")
    link = old.parent / "latest"
    link.symlink_to(disk / "study")
    result(link, NEW)
    assert link.is_symlink()
    assert contents(link) == NEW
    assert names(disk) == ["study"]


def test_a_link_to_a_folder_that_is_not_there_yet_makes_it(tmp_path: Path) -> None:
    (tmp_path / "latest").symlink_to(tmp_path / "disk" / "study")
    result(tmp_path / "latest", NEW)
    assert contents(tmp_path / "disk" / "study") == NEW


def test_two_runs_at_once_leave_each_other_alone(tmp_path: Path) -> None:
    with output_folder(tmp_path / "study") as first:
        fill(first, OLD)
        with output_folder(tmp_path / "study2") as second:
            fill(second, NEW)
    assert contents(tmp_path / "study") == OLD
    assert contents(tmp_path / "study2") == NEW


@pytest.mark.skipif(os.name != "posix", reason="locks of POSIX")
def test_a_second_run_into_one_folder_is_refused_before_its_work(tmp_path: Path) -> None:
    path = tmp_path / "study"
    with output_folder(path) as first:
        refuse(path, "another run is writing its results to .*study; wait until it has ended")
        fill(first, OLD)
    assert contents(path) == OLD
    result(path, NEW)
    assert contents(path) == NEW


def test_names_with_the_letters_of_patterns_are_plain_names(tmp_path: Path) -> None:
    for name in ("a[1]", "b*", "ü ?"):
        result(tmp_path / name, OLD)
        result(tmp_path / name, NEW)
        assert contents(tmp_path / name) == NEW
    assert names(tmp_path) == sorted(["a[1]", "b*", "ü ?"])


def run(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


WORK = """
    import signal, sys, time
    from pathlib import Path
    from corridors.export import output_folder, write_json

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    # A runner in the background hands on that interrupts are to be ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)

    def fill(folder):
        for name in ("layers/a.txt", "b.txt"):
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text("new")
        outputs = [{"file": "layers/a.txt"}, {"file": "b.txt"}]
        write_json(folder / "manifest.json", {"program": "corridors", "outputs": outputs})
    with output_folder(sys.argv[1], overwrite=True) as folder:
        fill(folder)
        print("working", flush=True)
        time.sleep(60)
"""


def start(path: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(WORK), str(path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "working\n"
    return process


def stop(process: subprocess.Popen[str], signum: signal.Signals) -> None:
    process.send_signal(signum)
    process.wait(timeout=60)
    assert process.stdout is not None
    process.stdout.close()


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_during_the_work_leaves_the_earlier_result(
    old: Path, signum: signal.Signals
) -> None:
    process = start(old)
    stop(process, signum)
    assert process.returncode != 0
    assert contents(old) == OLD
    assert names(old.parent) == ["study"]


@pytest.mark.skipif(os.name != "posix", reason="forks of POSIX")
@pytest.mark.parametrize("way", ["line", "SIGINT", "SIGTERM", "SIGKILL"])
@pytest.mark.parametrize("is_there", ["over", "new"])
def test_a_result_is_whole_wherever_the_work_is_interrupted(
    tmp_path: Path, way: str, is_there: str
) -> None:
    """Also within the final move and the clearing up after it; see interruptions.py."""
    script = Path(__file__).with_name("interruptions.py")
    done = subprocess.run(
        [sys.executable, "-W", "error", script, tmp_path, way, is_there],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    # Both ends were seen: the test can tell one from the other.
    assert done.stdout.split() == (["new", "old"] if is_there == "over" else ["None", "new"])


@pytest.mark.skipif(os.name != "posix", reason="locks of POSIX")
def test_a_run_that_is_still_working_is_left_alone(old: Path) -> None:
    process = start(old)
    try:
        working = [name for name in names(old.parent) if name != "study"]
        refuse(old, "another run is writing its results")
        assert [name for name in names(old.parent) if name != "study"] == working
    finally:
        stop(process, signal.SIGINT)
    assert contents(old) == OLD


def test_a_result_that_a_killed_run_had_moved_aside_comes_back(old: Path) -> None:
    old.rename(old.with_name(".study.corridors-0123abcd.earlier"))
    (old.parent / ".study.corridors-0123abcd.unfinished").mkdir()
    refuse(old, "--overwrite", overwrite=False)
    assert contents(old) == OLD
    assert names(old.parent) == ["study"]


def test_a_half_removed_result_does_not_come_back(tmp_path: Path) -> None:
    rubbish = tmp_path / ".study.corridors-0123abcd.rubbish"
    rubbish.mkdir()
    (rubbish / "b.txt").write_text("half")
    result(tmp_path / "study", NEW)
    assert contents(tmp_path / "study") == NEW
    assert names(tmp_path) == ["study"]


@pytest.fixture
def handlers() -> dict[int, Any]:
    """Return the signal handlers of before, to compare."""
    return {signum: signal.getsignal(signum) for signum in (signal.SIGINT, signal.SIGTERM)}


def test_signal_handlers_are_given_back(tmp_path: Path, handlers: dict[int, Any]) -> None:
    result(tmp_path / "study", NEW)
    assert {signum: signal.getsignal(signum) for signum in handlers} == handlers


def test_only_json_of_ours_marks_a_result(tmp_path: Path) -> None:
    for text in ("", "[]", "{}", '{"program": "other"}', "\xff"):
        (tmp_path / "manifest.json").write_text(text, encoding="latin-1")
        assert not is_result_folder(tmp_path)
    (tmp_path / "manifest.json").write_text(json.dumps({"program": "corridors"}))
    assert is_result_folder(tmp_path)
