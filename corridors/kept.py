"""Finished work kept in a folder, so that a run that was interrupted goes on from it."""

import contextlib
import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from corridors import __version__
from corridors.errors import InputError
from corridors.progress import Progress
from corridors.scenario import Scenario

__all__ = ["Kept", "inputs_key", "resume_folder"]

KEY_LENGTH = 20
OUR_FOLDER = re.compile(rf"[0-9a-f]{{{KEY_LENGTH}}}")
Made = TypeVar("Made")
UNREADABLE = (OSError, EOFError, BadZipFile, KeyError, ValueError, RuntimeError, TypeError)


class Kept:
    """Named sets of arrays in a folder; with no folder, nothing is kept.

    Parameters
    ----------
    folder
        Where runs keep their work, each in a folder of its own; made when it is needed.
    key
        From `inputs_key`: what belongs to exactly these inputs.
    """

    def __init__(self, folder: Path | None = None, key: str = "") -> None:
        self._home = folder
        self._folder = None if folder is None else folder / key
        self.damaged: list[str] = []

    def read(self, name: str, make: Callable[..., Made]) -> Made | None:
        """Return what was kept under a name, made of its arrays by their names.

        Returns
        -------
        object or None
            None where there is none, or where it cannot be read (it is then named in `damaged`).
        """
        path = self._path(name)
        if path is None or not path.exists():
            return None
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as found:
                return make(**{key: found[key] for key in found.files})
        except UNREADABLE:
            self.damaged.append(name)
            return None

    def keep(self, name: str, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Keep arrays, whole or not at all; a disk that is full only loses the convenience."""
        path = self._path(name)
        if path is None:
            return
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            unfinished = path.with_name(f"{name}.{os.getpid()}.unfinished")
            with unfinished.open("wb") as file:
                np.savez(file, **arrays)  # type: ignore[arg-type]  # numpy's own stub
            unfinished.replace(path)

    def forget(self) -> None:
        """Remove what was kept, by earlier runs on other inputs too: the results are there now."""
        if self._home is None or self._folder is None or not self._home.is_dir():
            return
        for folder in self._home.iterdir():
            if OUR_FOLDER.fullmatch(folder.name) and not folder.is_symlink():
                shutil.rmtree(folder, ignore_errors=True)
        self._remove_own()

    def _remove_own(self) -> None:
        if self._home is not None and self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            with contextlib.suppress(OSError):  # something else is in it
                self._home.rmdir()

    def count(self) -> int:
        """Return how many sets are kept."""
        if self._folder is None or not self._folder.is_dir():
            return 0
        return sum(file.suffix == ".npz" for file in self._folder.iterdir())

    def tell_begin(self, progress: Progress) -> None:
        """Say that the run goes on from what an earlier one kept, if it does."""
        parts = self.count()
        if parts:
            progress.note(
                f"An interrupted run on the same inputs left {parts} solved "
                f"{'part' if parts == 1 else 'parts'} in {self._home}: going on from there"
            )

    def tell_damaged(self, progress: Progress) -> None:
        """Say that kept work could not be read and was done again, if that was so."""
        if self.damaged:
            progress.note(
                f"In {self._home} {len(self.damaged)} kept "
                f"{'part was' if len(self.damaged) == 1 else 'parts were'} damaged and solved again"
            )

    @contextlib.contextmanager
    def told_at_interruption(self) -> Iterator[None]:
        """Say in an interruption what is kept, and that the same command goes on from it.

        What a study that is refused had solved is removed; what an earlier run left stays.
        """
        before = self.count()
        try:
            yield
        except InputError:
            if not before:
                self._remove_own()
            raise
        except KeyboardInterrupt as interruption:
            if self.count():
                told = (
                    "interrupted; no results were written. What was solved is kept in "
                    f"{self._home}: the same command goes on from it; "
                    "remove that folder to begin anew"
                )
                interruption.args = (told,)
            raise

    def _path(self, name: str) -> Path | None:
        return None if self._folder is None else self._folder / f"{name}.npz"


def resume_folder(out: Path | str) -> Path:
    """Return where a run that writes results to a folder keeps unfinished work: beside it.

    Examples
    --------
    >>> resume_folder("/tmp/results/sinjar").name
    '.sinjar.resume'
    """
    target = Path(os.path.realpath(out))
    return target.parent / f".{target.name}.resume"


def inputs_key(scenario: Scenario, asked: Mapping[str, Any]) -> str:
    """Return a name for inputs: values, the content of the files they name, and the program.

    Parameters
    ----------
    scenario
        Whose files they are.
    asked
        The values that count, files among them under keys ``file``.
    """
    text = json.dumps([__version__, asked], sort_keys=True)
    digest = hashlib.sha256(text.encode())
    for file in sorted(set(_files(asked))):
        path = scenario.path(file)
        if path.is_file():
            with path.open("rb") as content:
                digest.update(hashlib.file_digest(content, "sha256").digest())
    return digest.hexdigest()[:KEY_LENGTH]


def _files(asked: Any) -> Iterator[str]:
    if isinstance(asked, Mapping):
        if isinstance(asked.get("file"), str):
            yield asked["file"]
        for value in asked.values():
            yield from _files(value)
    elif isinstance(asked, list):
        for value in asked:
            yield from _files(value)
