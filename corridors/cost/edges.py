"""The cost of every move from every cell, where it takes more than a sum to tell it."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from corridors.cost.check import refuse_huge
from corridors.cost.ground import Slope
from corridors.cost.layout import Layout
from corridors.cost.neighbourhood import Neighbourhood
from corridors.cost.slopes import cost_by_slope

__all__ = ["conductance_edges", "slope_edges"]

Floats = NDArray[np.floating]
FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
Window = tuple[slice, slice]

# Moves of so many cells are reckoned at once: what that takes should stay in the cache.
BAND_CELLS = 1 << 15


def slope_edges(  # noqa: PLR0913 a ground, its grid and its moves
    ground: Slope,
    elevation: Floats,
    friction: Floats | None,
    barred: BoolArray,
    layout: Layout,
    around: Neighbourhood,
    *,
    through: bool,
    reverse: bool,
    dtype: np.dtype[np.floating],
) -> Floats:
    """Return the cost of each move by its slope, flat, moves of one cell together.

    Parameters
    ----------
    ground
        The function of slope.
    elevation, friction, barred
        Grids; friction may be None.
    layout, around
        How cells are numbered, and the moves.
    through
        Whether long moves take what they pass into account.
    reverse
        Whether the move is made the other way, to the cell.
    dtype
        Of the result.
    """
    cost = cost_by_slope(ground)

    def of_move(move: int, here: Window, there: Window, closed: BoolArray) -> FloatArray:
        length = around.lengths[move]
        first, last = (there, here) if reverse else (here, there)
        rise = np.zeros(closed.shape)
        np.subtract(elevation[last], elevation[first], out=rise, where=~closed)
        # A division: times 1 / length would move slopes across the knees of a function.
        values = cost(rise / length) * length
        if friction is not None:
            values *= _mean(friction, around, move, here, there, through=through)
        return np.asarray(values)

    return _edges(of_move, barred, layout, around, through=through, dtype=dtype)


def conductance_edges(
    conductance: Floats,
    barred: BoolArray,
    layout: Layout,
    around: Neighbourhood,
    *,
    through: bool,
    dtype: np.dtype[np.floating],
) -> Floats:
    """Return the cost of each move: its length over the mean conductance of its cells.

    Parameters
    ----------
    conductance, barred
        Grids.
    layout, around, through, dtype
        As for `slope_edges`.
    """

    def of_move(move: int, here: Window, there: Window, _: BoolArray) -> FloatArray:
        mean = _mean(conductance, around, move, here, there, through=through)
        values = np.full(mean.shape, np.inf)
        np.divide(around.lengths[move], mean, out=values, where=mean > 0)
        return values

    return _edges(of_move, barred, layout, around, through=through, dtype=dtype)


def _edges(
    of_move: Callable[[int, Window, Window, BoolArray], FloatArray],
    barred: BoolArray,
    layout: Layout,
    around: Neighbourhood,
    *,
    through: bool,
    dtype: np.dtype[np.floating],
) -> Floats:
    moves = len(around.steps)
    edges = np.full((layout.size, moves), np.inf, dtype)
    grid = layout.grid(edges)
    for rows in _bands(layout.shape):
        for move, (down, right) in enumerate(around.steps):
            here = (_from(rows, down, layout.shape[0]), _all_from(right, layout.shape[1]))
            if here[0].start >= here[0].stop or here[1].start >= here[1].stop:
                continue
            there = _shifted(here, (down, right))
            closed = barred[here] | barred[there]
            if through:
                for cell in around.passed[move]:
                    closed |= barred[_shifted(here, cell)]
            values = of_move(move, here, there, closed)
            values[closed] = np.inf
            refuse_huge(values, dtype, "the cost of a move")
            grid[(*here, move)] = values
    return edges.ravel()


def _mean(
    values: Floats, around: Neighbourhood, move: int, here: Window, there: Window, *, through: bool
) -> FloatArray:
    """Return the mean of what a move crosses, by the length in each cell."""
    passed = around.passed[move] if through else {}
    ends = float(1 - sum(passed.values())) / 2
    mean = ends * np.add(values[here], values[there], dtype=np.float64)
    for cell, part in passed.items():
        mean += float(part) * values[_shifted(here, cell)]
    return np.asarray(mean)


def _bands(shape: tuple[int, int]) -> Iterator[slice]:
    rows = max(1, BAND_CELLS // shape[1])
    for first in range(0, shape[0], rows):
        yield slice(first, min(first + rows, shape[0]))


def _from(rows: slice, step: int, size: int) -> slice:
    """Return the part of some rows from which a step stays on the grid."""
    return slice(max(rows.start, -step), min(rows.stop, size - max(step, 0)))


def _all_from(step: int, size: int) -> slice:
    return _from(slice(0, size), step, size)


def _shifted(window: Window, step: tuple[int, int]) -> Window:
    rows, columns = window
    down, right = step
    return (
        slice(rows.start + down, rows.stop + down),
        slice(columns.start + right, columns.stop + right),
    )
