"""Whether a grid fits in memory, asked before the work starts."""

import numpy as np

from corridors.cost.errors import GridError
from corridors.cost.ground import Conductance, Friction, Ground, Slope, Walk, shape_of
from corridors.cost.neighbourhood import Neighbourhood
from corridors.memory import available_bytes

__all__ = ["needed_bytes", "require_room"]

# The queue, at its highest on ordinary ground, and the masks of checking.
QUEUE_BYTES = 6
MOST_CELLS = 2**32 - 2**20
GIB = 2**30


def needed_bytes(
    cells: int,
    ground: Ground,
    around: Neighbourhood,
    dtype: np.dtype[np.floating],
    at_once: int = 1,
) -> int:
    """Return about how many bytes a run takes beside what it was given.

    Parameters
    ----------
    cells
        Cells of the grid.
    ground, around, dtype
        What moves cost, the moves, and the type of the sums.
    at_once
        How many results are made at once.

    Examples
    --------
    >>> around = Neighbourhood(8, (1.0, 1.0))
    >>> needed_bytes(10**6, Friction([[1.0]]), around, np.dtype(np.float32)) // 10**6
    14
    """
    size = dtype.itemsize
    of_ground = {Friction: 1, Walk: 2, Slope: len(around.steps), Conductance: len(around.steps)}
    return cells * (of_ground[type(ground)] * size + at_once * (size + QUEUE_BYTES))


def require_room(
    ground: Ground, around: Neighbourhood, dtype: np.dtype[np.floating], *, at_once: int = 1
) -> None:
    """Refuse a grid that would not fit in memory.

    Raises
    ------
    GridError
        With what it needs, what there is, and what would do.
    """
    cells = int(np.prod(shape_of(ground)))
    needed, free = needed_bytes(cells, ground, around, dtype, at_once), available_bytes()
    if cells > MOST_CELLS:
        raise GridError(f"{cells:,} cells are more than can be numbered; cut the grid into parts")
    if free is not None and needed > free:
        raise GridError(
            f"{cells:,} cells need about {needed / GIB:.1f} GiB of memory, and "
            f"{free / GIB:.1f} GiB are free; take larger cells or a "
            "part of the grid, float32, fewer neighbours, or fewer threads"
        )
