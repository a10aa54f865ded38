"""Compilation of the loops, kept on disk between runs."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar, cast

__all__ = ["cache_folder", "compiled"]

P = ParamSpec("P")
R = TypeVar("R")


def _prepare_cache() -> None:
    """Give numba a folder for compiled code where neither the package nor the home is writable."""
    if "NUMBA_CACHE_DIR" in os.environ or os.access(Path(__file__).parent, os.W_OK):
        return
    if not _home_is_writable():
        # A folder of this run only: what lies in one with a name that others can guess might not
        # be ours, and compiled code is run as it is found.
        folder = tempfile.mkdtemp(prefix="corridors-numba-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        os.environ["NUMBA_CACHE_DIR"] = folder


def _home_is_writable() -> bool:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path("~", ".cache"))
    try:
        cache = cache.expanduser()
    except RuntimeError:  # a user without a home, as in a container
        return False
    nearest = next((parent for parent in (cache, *cache.parents) if parent.exists()), cache)
    return os.access(nearest, os.W_OK)


_prepare_cache()

import numba  # noqa: E402  numba reads the cache folder from the environment when it is imported


def cache_folder() -> str:
    """Return where compiled code is kept."""
    return os.environ.get("NUMBA_CACHE_DIR", str(Path(__file__).parent / "__pycache__"))


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a function with numba at its first call; the result is cached on disk."""
    return cast("Callable[P, R]", numba.njit(cache=True, nogil=True)(function))
