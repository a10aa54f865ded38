"""A grid as the loops number it: row by row, with a rim that no move can leave."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Layout"]

LongArray = NDArray[np.int64]


@dataclass(frozen=True)
class Layout:
    """Where cell (row, column) lies in a flat array.

    The rim is as wide as the longest move goes. Its columns stand right of the grid only: what
    leaves on the left comes to the rim at the right of the row above.

    Attributes
    ----------
    shape
        Rows and columns of the grid.
    rim
        The most rows or columns that a move goes.

    Examples
    --------
    >>> layout = Layout((2, 3), 1)
    >>> layout.numbers(np.array([[0, 0], [1, 2]]))
    array([ 5, 11])
    >>> layout.cells(np.array([5, 11])).tolist()
    [[0, 0], [1, 2]]
    """

    shape: tuple[int, int]
    rim: int

    @property
    def stride(self) -> int:
        """How far apart cells of one column in neighbouring rows are."""
        return self.shape[1] + self.rim

    @property
    def size(self) -> int:
        """Length of the flat array."""
        return self.rim + (self.shape[0] + 2 * self.rim) * self.stride

    def offsets(self, steps: LongArray) -> LongArray:
        """Return how far rows and columns go in the flat array."""
        return steps[..., 0] * self.stride + steps[..., 1]

    def numbers(self, cells: LongArray) -> LongArray:
        """Return the places of cells in the flat array."""
        return self.rim * (1 + self.stride) + self.offsets(cells)

    def cells(self, numbers: LongArray) -> LongArray:
        """Return rows and columns of places in the flat array, shape (n, 2)."""
        rows, columns = np.divmod(numbers - self.rim * (1 + self.stride), self.stride)
        return np.column_stack([rows, columns])

    def grid(self, flat: NDArray[Any]) -> NDArray[Any]:
        """Return the cells of the grid in a flat array, as a view of rows and columns."""
        padded = flat[self.rim :].reshape(
            self.shape[0] + 2 * self.rim, self.stride, *flat.shape[1:]
        )
        return padded[self.rim : -self.rim, : self.shape[1]]
