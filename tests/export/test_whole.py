"""One file, whole or not at all."""

from pathlib import Path

import pytest

from corridors.errors import OutputError
from corridors.export import whole_file


def abandon(path: Path, error: type[BaseException]) -> None:
    with whole_file(path) as name:
        name.write_text("half")
        raise error


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_an_error_leaves_the_earlier_file(tmp_path: Path, error: type[BaseException]) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(error):
        abandon(path, error)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_failure_to_write_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"a\.txt cannot be written"):
        abandon(tmp_path / "a.txt", OSError)
    nothing_written = pytest.raises(OutputError, match=r"b\.txt cannot be written: No such file")
    with nothing_written, whole_file(tmp_path / "b.txt"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_an_error_of_ours_keeps_its_words(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"^$"):
        abandon(tmp_path / "a.txt", OutputError)


def test_a_folder_in_the_way_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="is a folder"):
        abandon(tmp_path, ValueError)


def test_a_link_is_followed_and_stays(tmp_path: Path) -> None:
    (tmp_path / "link.txt").symlink_to(tmp_path / "a.txt")
    with whole_file(tmp_path / "link.txt") as name:
        name.write_text("new")
    assert (tmp_path / "link.txt").is_symlink()
    assert (tmp_path / "a.txt").read_text() == "new"
