"""Compilation of the loops, kept on disk between runs."""

import os
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
    home = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    nearest = next((parent for parent in (home, *home.parents) if parent.exists()), home)
    if not os.access(nearest, os.W_OK):
        user = os.getuid() if hasattr(os, "getuid") else "user"
        os.environ["NUMBA_CACHE_DIR"] = str(Path(tempfile.gettempdir()) / f"corridors-numba-{user}")


_prepare_cache()

import numba  # noqa: E402  numba reads the cache folder from the environment when it is imported


def cache_folder() -> str:
    """Return where compiled code is kept."""
    return os.environ.get("NUMBA_CACHE_DIR", str(Path(__file__).parent / "__pycache__"))


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a function with numba at its first call; the result is cached on disk."""
    return cast("Callable[P, R]", numba.njit(cache=True, nogil=True)(function))
