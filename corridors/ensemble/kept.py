"""Members that are done, kept in a folder, so that an ensemble that was interrupted goes on."""

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from corridors import __version__
from corridors.ensemble.member import Member
from corridors.scenario import Scenario

__all__ = ["KeptMembers", "ensemble_key"]

# What has no say in what a member finds.
NO_SAY = ("title", "description", "provenance", "corridor", "buffers", "worth", "output")
NO_SAY_FLOW = ("travellers", "precision", "bands", "smallest_km2", "alternatives", "write_paths")


class KeptMembers:
    """Members by number; with no folder, nothing is kept.

    Parameters
    ----------
    folder
        Where ensembles are kept, each in a folder of its own.
    key
        From `ensemble_key`.
    """

    def __init__(self, folder: Path | None = None, key: str = "") -> None:
        self._folder = None if folder is None else folder / key

    def member(self, number: int) -> Member | None:
        """Return a member that was kept, None where there is none or it was not written whole."""
        if self._folder is None:
            return None
        unreadable = contextlib.suppress(
            OSError, EOFError, BadZipFile, KeyError, ValueError, RuntimeError, TypeError
        )
        path = self._file(number)
        with unreadable, path.open("rb") as file, np.load(file, allow_pickle=False) as found:
            return Member(**{key: found[key] for key in found.files})
        return None

    def keep(self, number: int, member: Member) -> None:
        """Keep a member, whole or not at all; a disk that is full only loses the convenience."""
        if self._folder is None:
            return
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            unfinished = self._folder / f"{number}.{os.getpid()}.unfinished"
            with unfinished.open("wb") as file:
                np.savez(file, **member.arrays())  # type: ignore[arg-type]  # numpy's own stub
            unfinished.replace(self._file(number))

    def forget(self) -> None:
        """Remove what was kept, and the folder around it when nothing else is in it."""
        if self._folder is None:
            return
        shutil.rmtree(self._folder, ignore_errors=True)
        with contextlib.suppress(OSError):
            self._folder.parent.rmdir()

    def _file(self, number: int) -> Path:
        if self._folder is None:
            message = "nothing is kept"
            raise ValueError(message)
        return self._folder / f"member-{number}.npz"


def ensemble_key(scenario: Scenario, travellers: int) -> str:
    """Return a name for all that decides what a member finds: values, files and program.

    Parameters
    ----------
    scenario, travellers
        The study, and how many each member solves.
    """
    asked = scenario.model_dump(mode="json", exclude=set(NO_SAY))
    asked["flow"] = {key: v for key, v in asked["flow"].items() if key not in NO_SAY_FLOW}
    text = json.dumps([__version__, travellers, asked], sort_keys=True)
    digest = hashlib.sha256(text.encode())
    for file in sorted(set(_files(asked))):
        path = scenario.path(file)
        if path.is_file():
            with path.open("rb") as content:
                digest.update(hashlib.file_digest(content, "sha256").digest())
    return digest.hexdigest()[:20]


def _files(asked: Any) -> Iterator[str]:
    """Return every file that is named under a key ``file``."""
    if isinstance(asked, dict):
        if isinstance(asked.get("file"), str):
            yield asked["file"]
        for value in asked.values():
            yield from _files(value)
    elif isinstance(asked, list):
        for value in asked:
            yield from _files(value)
