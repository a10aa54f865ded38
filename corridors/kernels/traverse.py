"""Which cells a line passes, and how long it stays in each."""

import numpy as np
from numpy.typing import NDArray

from corridors.kernels.jit import compiled

__all__ = ["add_passages"]

FloatArray = NDArray[np.float64]
LongArray = NDArray[np.int64]
CountArray = NDArray[np.int32]

# A line that goes through a corner is not counted in the cells beside it, which rounding lets it
# touch: less than this, in cells' sides, is no passage.
TOUCH = 1e-6


@compiled
def add_passages(
    x: FloatArray,
    y: FloatArray,
    starts: LongArray,
    weights: FloatArray,
    length: FloatArray,
    share: FloatArray,
    last_line: CountArray,
) -> None:
    """Add the length that lines have in cells, and the weight of the lines that pass each.

    Parameters
    ----------
    x, y
        Corners of all lines in units of cells, from the grid's first corner to the right and down.
    starts
        Of length lines + 1: line n has corners ``starts[n]:starts[n + 1]``.
    weights
        Of each line.
    length, share
        Shape (rows, columns), added to: weight times length in cells' sides, and weight.
    last_line
        Shape (rows, columns), -1 at first: which line was counted last in each cell.

    Notes
    -----
    Exact but for rounding: a piece is cut where it passes from one column or row to the next
    (Amanatides and Woo 1987). What lies off the grid is left out.
    """
    for line in range(starts.shape[0] - 1):
        weight = weights[line]
        for n in range(starts[line], starts[line + 1] - 1):
            _add_piece(x[n], y[n], x[n + 1], y[n + 1], line, weight, length, share, last_line)


@compiled
def _add_piece(
    x0: float,
    y0: float,
    x1: float,
    y1: float,
    line: int,
    weight: float,
    length: FloatArray,
    share: FloatArray,
    last_line: CountArray,
) -> None:
    rows, columns = length.shape
    dx, dy = x1 - x0, y1 - y0
    whole = np.sqrt(dx * dx + dy * dy)
    column, row = int(np.floor(x0)), int(np.floor(y0))
    step_x, step_y = (1 if dx > 0 else -1), (1 if dy > 0 else -1)
    # Parts of the piece, 0 to 1, at which the next column and the next row begin.
    next_x = (column + (step_x + 1) // 2 - x0) / dx if dx != 0 else np.inf
    next_y = (row + (step_y + 1) // 2 - y0) / dy if dy != 0 else np.inf
    each_x = step_x / dx if dx != 0 else np.inf
    each_y = step_y / dy if dy != 0 else np.inf
    at = 0.0
    while at < 1.0:
        until = min(next_x, next_y, 1.0)
        if until > at and 0 <= row < rows and 0 <= column < columns:
            stay = whole * (until - at)
            length[row, column] += weight * stay
            if (stay > TOUCH or whole <= TOUCH) and last_line[row, column] != line:
                last_line[row, column] = line
                share[row, column] += weight
        at = max(at, until)
        if until >= 1.0:
            break
        if next_x <= next_y:
            column += step_x
            next_x += each_x
        else:
            row += step_y
            next_y += each_y
