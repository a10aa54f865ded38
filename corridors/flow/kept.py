"""Finished batches kept in a folder, so that a run that was interrupted goes on from them."""

import contextlib
import os
import shutil
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from corridors.flow.sampled import SampledPaths

__all__ = ["Kept"]


class Kept:
    """Batches of paths by name; with no folder, nothing is kept.

    Parameters
    ----------
    folder
        One that belongs to exactly this study on exactly these inputs; it is made when needed.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder

    def paths(self, name: str) -> SampledPaths | None:
        """Return a batch that was kept, None where there is none or it was not written whole."""
        if self._folder is None:
            return None
        path = self._folder / f"{name}.npz"
        unreadable = contextlib.suppress(
            OSError, EOFError, BadZipFile, KeyError, ValueError, RuntimeError
        )
        with unreadable, path.open("rb") as file, np.load(file, allow_pickle=False) as found:
            return SampledPaths(**{key: found[key] for key in _KEYS})
        return None

    def keep_paths(self, name: str, paths: SampledPaths) -> None:
        """Keep a batch, whole or not at all; a disk that is full only loses the convenience."""
        if self._folder is None:
            return
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            unfinished = self._folder / f"{name}.{os.getpid()}.unfinished"
            with unfinished.open("wb") as file:
                np.savez(file, **{key: getattr(paths, key) for key in _KEYS})
            unfinished.replace(self._folder / f"{name}.npz")

    def forget(self) -> None:
        """Remove what was kept, and the folder around it when nothing else is in it."""
        if self._folder is None:
            return
        shutil.rmtree(self._folder, ignore_errors=True)
        with contextlib.suppress(OSError):
            self._folder.parent.rmdir()


_KEYS = ("arcs", "starts", "destination", "hours", "least_hours")
