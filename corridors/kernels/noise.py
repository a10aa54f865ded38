"""Random numbers that belong to places: the same wherever, in whatever order, they are asked for.

A number is a hash of a key and of whole coordinates, so that a field does not depend on the extent
that is drawn, on the grid that it is read on, or on how the work is split.
"""

import numpy as np
from numpy.typing import NDArray

from corridors.kernels.jit import compiled

__all__ = [
    "combined_key",
    "combined_keys",
    "lattice_normals",
    "smoothed",
    "standard_normals",
    "uniform",
    "uniforms",
]

FloatArray = NDArray[np.float64]
KeyArray = NDArray[np.uint64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MULTIPLIER_1 = np.uint64(0xBF58476D1CE4E5B9)
_MULTIPLIER_2 = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_UNIT = 1.0 / 9007199254740992.0  # 2^-53


@compiled
def _mixed(key: np.uint64) -> np.uint64:
    """Return a number all of whose bits depend on all bits of another (Steele et al. 2014)."""
    key = (key ^ (key >> _S30)) * _MULTIPLIER_1
    key = (key ^ (key >> _S27)) * _MULTIPLIER_2
    return np.uint64(key ^ (key >> _S31))


@compiled
def combined_key(key: np.uint64, number: int) -> np.uint64:
    """Return the key of one among many that share a key."""
    return _mixed(key + _GOLDEN * (np.uint64(number) + np.uint64(1)))


@compiled
def combined_keys(keys: KeyArray, numbers: NDArray[np.int64]) -> KeyArray:
    """Return `combined_key` of keys and numbers, one by one; of equal length."""
    out = np.empty(keys.shape[0], np.uint64)
    for n in range(keys.shape[0]):
        out[n] = combined_key(keys[n], numbers[n])
    return out


@compiled
def uniform(key: np.uint64) -> float:
    """Return a key's number, uniform above 0 and below 1."""
    return (np.float64(_mixed(key) >> _S11) + 0.5) * _UNIT


@compiled
def uniforms(keys: KeyArray) -> FloatArray:
    """Return `uniform` of every key."""
    out = np.empty(keys.shape[0], np.float64)
    for n in range(keys.shape[0]):
        out[n] = uniform(keys[n])
    return out


@compiled
def standard_normals(keys: KeyArray) -> FloatArray:
    """Return a standard normal number for every key (Box and Muller 1958)."""
    out = np.empty(keys.shape[0], np.float64)
    for n in range(keys.shape[0]):
        radius = np.sqrt(-2.0 * np.log(uniform(keys[n])))
        out[n] = radius * np.cos(2.0 * np.pi * uniform(combined_key(keys[n], 0)))
    return out


@compiled
def lattice_normals(key: np.uint64, row: int, column: int, shape: tuple[int, int]) -> FloatArray:
    """Return independent standard normal numbers at the nodes of a lattice.

    Parameters
    ----------
    key
        Of the field.
    row, column
        Numbers of the first node; a node's number is its coordinate in steps of the lattice, so
        it has the same value in every extent.
    shape
        How many rows and columns.
    """
    rows, columns = shape
    out = np.empty((rows, columns), np.float64)
    for i in range(rows):
        of_row = combined_key(key, row + i)
        # Two nodes side by side share the two numbers that one draw of Box and Muller gives.
        for pair in range(column // 2, (column + columns - 1) // 2 + 1):
            at = combined_key(of_row, pair)
            radius = np.sqrt(-2.0 * np.log(uniform(at)))
            angle = 2.0 * np.pi * uniform(combined_key(at, 0))
            left = 2 * pair - column
            if left >= 0:
                out[i, left] = radius * np.cos(angle)
            if left + 1 < columns:
                out[i, left + 1] = radius * np.sin(angle)
    return out


@compiled
def smoothed(values: FloatArray, taps: FloatArray) -> FloatArray:
    """Return values smoothed along rows and columns; smaller by the taps' length less one.

    Parameters
    ----------
    values
        Shape (rows, columns).
    taps
        Weights, of odd length.
    """
    reach = taps.shape[0] - 1
    rows, columns = values.shape
    along = np.zeros((rows, columns - reach), np.float64)
    for i in range(rows):
        for k in range(taps.shape[0]):
            for j in range(columns - reach):
                along[i, j] += taps[k] * values[i, j + k]
    out = np.zeros((rows - reach, columns - reach), np.float64)
    for i in range(rows - reach):
        for k in range(taps.shape[0]):
            for j in range(columns - reach):
                out[i, j] += taps[k] * along[i + k, j]
    return out
