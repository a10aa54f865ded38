"""What each traveller believes of the ground and of the roads.

Perceived cost of an arc is its true hours times f = exp(sigma g - sigma^2 / 2), g a Gaussian field
of unit variance over the ground, and one number for each section of road, which errs less (a mixed
probit; Daganzo and Sheffi 1977). f is 1 in the mean, whatever sigma is.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corridors.flow.layout import Layout
from corridors.kernels.jit import compiled
from corridors.kernels.noise import combined_key, lattice_normals, smoothed, standard_normals

__all__ = ["Perceiver"]

FloatArray = NDArray[np.float64]
SingleArray = NDArray[np.float32]
LongArray = NDArray[np.int64]

# The lattice on which a field is drawn has this many nodes in one correlation length.
NODES_PER_LENGTH = 4
# Weights of the smoothing are left out beyond this many of its standard deviations.
REACH = 3.5


@dataclass(frozen=True)
class _Lattice:
    """A lattice tied to coordinates, that holds all nodes of a layout."""

    step_m: float
    row: int
    column: int
    shape: tuple[int, int]
    taps: FloatArray
    neighbour_correlation: float


class Perceiver:
    """Draws the perception of one traveller after the other, on one layout."""

    def __init__(self, layout: Layout, places: LongArray, *, length_m: float) -> None:
        """Prepare for a layout.

        Parameters
        ----------
        layout
            Where perceptions are needed.
        places
            Of the sections of road, from `corridors.flow.sections.section_places`.
        length_m
            Correlation length of the ground's field: at distance d the correlation is
            exp(-(d / length)^2).
        """
        self.layout = layout
        self.lattice = _lattice_around(layout, length_m)
        self._place_key = _place_keys(places)

    def ground(self, key: np.uint64, sigma: float) -> SingleArray:
        """Return half of the perceived over the true cost at every padded node.

        Parameters
        ----------
        key
            The traveller's.
        sigma
            Standard deviation of the logarithm of the perceived over the true cost.
        """
        if sigma == 0:
            return np.full(self.layout.node_count, 0.5, np.float32)
        lattice = self.lattice
        reach = len(lattice.taps) - 1
        rows, columns = lattice.shape
        white = lattice_normals(
            key,
            lattice.row - reach // 2,
            lattice.column - reach // 2,
            (rows + reach, columns + reach),
        )
        field = smoothed(white, lattice.taps)
        x, y = self.layout.xy
        return _half_factors(
            field,
            x,
            y,
            lattice.row,
            lattice.column,
            lattice.step_m,
            lattice.neighbour_correlation,
            sigma,
        )

    def roads(self, key: np.uint64, sigma: float) -> SingleArray:
        """Return the perceived over the true cost of every section, and 1 for gates.

        Parameters
        ----------
        key
            The traveller's.
        sigma
            Of roads.
        """
        normals = standard_normals(_with_key(self._place_key, key))
        factors = np.exp(sigma * normals - sigma**2 / 2)
        return np.append(factors, 1.0).astype(np.float32)


def _lattice_around(layout: Layout, length_m: float) -> _Lattice:
    step = length_m / NODES_PER_LENGTH
    x, y = layout.xy
    column, row = math.floor(x.min() / step), math.floor(y.min() / step)
    # One node more than the last that is read: rounding may take a place to the next.
    shape = (math.floor(y.max() / step) - row + 3, math.floor(x.max() / step) - column + 3)
    # White noise smoothed with standard deviation s has correlation exp(-d^2 / (4 s^2)).
    deviation = NODES_PER_LENGTH / 2
    steps = np.arange(-math.ceil(REACH * deviation), math.ceil(REACH * deviation) + 1)
    taps = np.exp(-(steps**2) / (2 * deviation**2))
    taps /= np.sqrt((taps**2).sum())
    return _Lattice(step, row, column, shape, taps, float((taps[1:] * taps[:-1]).sum()))


@compiled
def _half_factors(
    field: FloatArray,
    x: FloatArray,
    y: FloatArray,
    first_row: int,
    first_column: int,
    step: float,
    correlation: float,
    sigma: float,
) -> SingleArray:
    """Return 0.5 exp(sigma g - sigma^2 / 2), g interpolated between the nodes of the lattice.

    Between nodes a bilinear mean has less variance than at them; it is divided by the standard
    deviation that the nodes' correlation leaves it, so that g has unit variance everywhere.
    """
    out = np.empty(x.shape[0], np.float32)
    inverse = 1.0 / step
    for n in range(x.shape[0]):
        at_x = x[n] * inverse - first_column
        at_y = y[n] * inverse - first_row
        j, i = int(at_x), int(at_y)
        u, v = at_x - j, at_y - i
        above = field[i, j] * (1 - u) + field[i, j + 1] * u
        below = field[i + 1, j] * (1 - u) + field[i + 1, j + 1] * u
        left = 1.0 - 2.0 * u * (1 - u) * (1.0 - correlation)
        left *= 1.0 - 2.0 * v * (1 - v) * (1.0 - correlation)
        g = (above * (1 - v) + below * v) / np.sqrt(left)
        out[n] = 0.5 * np.exp(sigma * g - 0.5 * sigma * sigma)
    return out


@compiled
def _place_keys(places: LongArray) -> NDArray[np.uint64]:
    keys = np.empty(places.shape[0], np.uint64)
    for n in range(places.shape[0]):
        keys[n] = combined_key(combined_key(np.uint64(0), places[n, 0]), places[n, 1])
    return keys


@compiled
def _with_key(places: NDArray[np.uint64], key: np.uint64) -> NDArray[np.uint64]:
    keys = np.empty_like(places)
    for n in range(places.shape[0]):
        keys[n] = combined_key(places[n], 0) ^ key
    return keys
