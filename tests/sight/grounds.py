"""Ground to look over, and truth about it that shares nothing with the code."""

import numpy as np
from affine import Affine
from numpy.typing import NDArray
from scipy import ndimage

from corridors.raster import Raster
from tests.worlds import CRS

FloatArray = NDArray[np.float64]

WEST, NORTH = 300_000.0, 4_000_000.0
EARTH_M = 6_371_008.8


def ground_of(heights: FloatArray, cell_m: float = 10.0) -> Raster:
    """Return heights as a raster, far from the origin of its system."""
    place = Affine(cell_m, 0, WEST, 0, -cell_m, NORTH)
    return Raster(np.asarray(heights, dtype=float), place, CRS, "elevation", "m")


def centre(row: float, column: float, cell_m: float = 10.0) -> tuple[float, float]:
    """Return x and y of the centre of a cell, or of a place between centres."""
    return WEST + (column + 0.5) * cell_m, NORTH - (row + 0.5) * cell_m


def hills(size: int, *, rough: float, seed: int) -> FloatArray:
    """Return fractal hills, 100 m to a standard deviation."""
    rng = np.random.default_rng(seed)
    power = np.hypot(np.fft.fftfreq(size)[:, None], np.fft.fftfreq(size)[None, :])
    power[0, 0] = 1
    field = np.fft.ifft2(np.fft.fft2(rng.normal(size=(size, size))) * power**-rough).real
    return np.asarray(100 * field / field.std())


def sampled_clearance(
    heights: FloatArray,
    start: tuple[float, float],
    end: tuple[float, float],
    above_m: tuple[float, float],
    *,
    cell_m: float,
    bend: float = 0.0,
    samples: int = 20_001,
) -> float:
    """Return the least clearance at many places along a line between two (row, column).

    scipy's linear interpolation is the bilinear surface. The earth is bent by `bend` d^2 below a
    level plane through the observer, and the line is straight.
    """
    part = np.linspace(0, 1, samples)
    rows, columns = (a + (b - a) * part for a, b in zip(start, end, strict=True))
    away = part * np.hypot(end[0] - start[0], end[1] - start[1]) * cell_m
    ground = ndimage.map_coordinates(heights, [rows, columns], order=1, mode="nearest")
    ground = ground - bend * away**2
    eye, top = ground[0] + above_m[0], ground[-1] + above_m[1]
    return float((eye + (top - eye) * part - ground).min())
