"""Grids of the peers' cases, read."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

DATA = Path(__file__).parent / "data"
FloatArray = NDArray[np.float64]


def grass(name: str) -> FloatArray:
    """Return an ASCII grid of GRASS, northernmost row first, NaN where it has a star."""
    lines = (DATA / "grass" / f"{name}.txt").read_text(encoding="ascii").splitlines()[6:]
    return np.array(
        [[np.nan if word == "*" else float(word) for word in line.split()] for line in lines]
    )


def table(folder: str, name: str) -> FloatArray:
    """Return a grid of numbers written by R; NA and Inf as NaN and infinity."""
    return np.genfromtxt(DATA / folder / f"{name}.txt")


def assert_costs(found: FloatArray, expected: FloatArray, rtol: float = 1e-9) -> None:
    """Compare costs; what the peer leaves without a value must be infinite."""
    np.testing.assert_allclose(
        found, np.where(np.isnan(expected), np.inf, expected), rtol=rtol, atol=1e-9
    )
