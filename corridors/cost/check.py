"""Input of the accumulated cost, checked: one shape, costs that are costs, cells inside."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from corridors.cost.errors import GridError

__all__ = [
    "as_array",
    "as_cells",
    "as_grid",
    "as_mask",
    "as_numbers",
    "describe",
    "refuse_huge",
    "refuse_negative",
    "same_shape",
]

BoolArray = NDArray[np.bool_]
LongArray = NDArray[np.int64]
Floats = NDArray[np.floating]


def as_grid(values: ArrayLike, name: str) -> Floats:
    """Return rows and columns of numbers; masked cells become NaN.

    Parameters
    ----------
    values
        What was given.
    name
        What it is, for the message.

    Raises
    ------
    GridError
        When it is not a grid of real numbers.
    """
    if isinstance(values, np.ma.MaskedArray):
        numbers = values.astype(float) if values.dtype.kind in "biu" else values
        values = np.ma.filled(numbers, np.nan)
    array = as_array(values, name)
    if array.dtype.kind not in "biuf":
        raise GridError(f"{name} holds {array.dtype}, not numbers; give an array of numbers")
    if array.ndim != 2 or not array.size:
        raise GridError(
            f"{name} has the shape {array.shape}; give rows and columns, at least one of each"
        )
    if array.dtype in (np.float32, np.float64):
        return array
    return array.astype(np.float64)


def as_array(values: ArrayLike, name: str) -> NDArray[Any]:
    """Return values as an array; refuse rows of different lengths."""
    try:
        return np.asarray(values)
    except ValueError as error:
        raise GridError(f"{name} has rows of different lengths; give rows of one length") from error


def as_numbers(values: ArrayLike, name: str) -> NDArray[np.float64]:
    """Return real numbers of any shape; refuse text and whatever else is none."""
    array = as_array(values, name)
    if array.dtype.kind not in "biuf":
        raise GridError(f"{name} = {values!r}; give numbers")
    return array.astype(np.float64)


def as_mask(values: ArrayLike | None, shape: tuple[int, int], name: str) -> BoolArray | None:
    """Return a grid of truth values of a given shape."""
    if values is None:
        return None
    array = as_array(values, name)
    if array.dtype != bool:
        raise GridError(f"{name} holds {array.dtype}; give True where it holds, False elsewhere")
    same_shape(array.shape, shape, name)
    return array


def same_shape(found: tuple[int, ...], wanted: tuple[int, ...], name: str) -> None:
    """Refuse a grid of another shape than the one it goes with."""
    if found != wanted:
        raise GridError(
            f"{name} has the shape {found} and the grid {wanted}; bring them onto one grid"
        )


def refuse_negative(values: Floats, name: str) -> None:
    """Refuse values below 0; NaN is none."""
    if np.fmin.reduce(values, axis=None) < 0:
        bad = values < 0
        row, column = np.argwhere(bad)[0]
        raise GridError(
            f"{name} is {values[row, column]:g} at row {row}, column {column} and below 0 in "
            f"{np.count_nonzero(bad)} cells; costs are 0 or above, NaN bars a cell"
        )


def refuse_huge(
    values: Floats, dtype: np.dtype[np.floating], name: str, *, times: float = 1.0
) -> None:
    """Refuse costs whose sums, or those of so many times them, could be beyond a type's numbers."""
    greatest = float(np.finfo(dtype).max) ** 0.8 / times
    huge = (values > greatest) & (values < np.inf)
    if huge.any():
        raise GridError(
            f"{name} goes up to {values[huge].max():g}: sums of such costs are too large for "
            f"{dtype}; take another unit, bar the cells with NaN, or ask for float64"
        )


def as_cells(cells: ArrayLike, shape: tuple[int, int], name: str) -> LongArray:
    """Return rows and columns of cells, shape (n, 2); a single pair is one cell.

    Raises
    ------
    GridError
        When they are not whole numbers, or lie outside the grid.
    """
    array = as_array(cells, name)
    if array.shape == (2,):
        array = array[np.newaxis]
    if array.ndim != 2 or array.shape[1] != 2 or not len(array):
        raise GridError(
            f"{name} has the shape {array.shape}; give (row, column) pairs, at least one"
        )
    if array.dtype.kind not in "iu":
        raise GridError(f"{name} holds {array.dtype}; rows and columns are whole numbers")
    outside = np.flatnonzero(((array < 0) | (array >= shape)).any(axis=1))
    if len(outside):
        raise GridError(
            f"{describe(name, outside[0], array)} lies outside the grid of {shape[0]} rows and "
            f"{shape[1]} columns, as do {len(outside) - 1} more; rows and columns count from 0"
        )
    return array.astype(np.int64)


def describe(name: str, position: int, cells: LongArray) -> str:
    """Return a cell in words, by its place in what was given.

    Examples
    --------
    >>> describe("sources", 1, np.array([[0, 0], [3, 4]]))
    'sources[1] (row 3, column 4)'
    """
    row, column = cells[position]
    return f"{name}[{position}] (row {row}, column {column})"
