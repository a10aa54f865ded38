"""Where costs are counted from: cells by row and column, or a grid of ids."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from corridors.cost.check import as_cells, as_grid, as_numbers, describe, refuse_huge, same_shape
from corridors.cost.errors import GridError
from corridors.cost.prepare import Prepared

__all__ = ["Sources", "read_sources"]

LongArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Sources:
    """Sources, those of lower id first.

    Attributes
    ----------
    cells
        Row and column of each, shape (n, 2).
    ids
        Above 0; several cells may have one id.
    start_costs
        The cost at which each starts.
    """

    cells: LongArray
    ids: LongArray
    start_costs: FloatArray


def read_sources(
    prepared: Prepared,
    sources: ArrayLike | None,
    source_ids: ArrayLike | None,
    start_costs: ArrayLike,
    dtype: np.dtype[np.floating],
) -> Sources:
    """Check sources against the grid.

    Parameters
    ----------
    prepared
        The ground.
    sources
        (row, column) pairs; their ids are 1, 2, 3 and so on.
    source_ids
        Or a grid of ids; NaN, masked or 0 where there is no source.
    start_costs
        One number, one for each pair, or a grid beside `source_ids`.
    dtype
        Of the sums.

    Raises
    ------
    GridError
        When neither or both are given, when there is none, or one is outside or on a barrier, or a
        start cost is below 0 or too large for the sums.
    """
    shape = prepared.layout.shape
    if (sources is None) == (source_ids is None):
        raise GridError("give either sources, as (row, column) pairs, or a grid of source_ids")
    if sources is not None:
        cells = as_cells(sources, shape, "sources")
        ids = np.arange(1, len(cells) + 1, dtype=np.int64)
        starts = _one_each(as_numbers(start_costs, "start_costs"), (len(cells),))
    else:
        assert source_ids is not None  # noqa: S101 one of the two is there
        cells, ids, grid_starts = _from_grid(source_ids, shape, start_costs)
        starts = grid_starts
    bad = np.flatnonzero(~(np.isfinite(starts) & (starts >= 0)))
    if len(bad):
        raise GridError(
            f"the start cost of {describe('sources', bad[0], cells)} is {starts[bad[0]]:g}; start "
            "costs are numbers, 0 or above"
        )
    refuse_huge(starts, dtype, "a start cost")
    shut = np.flatnonzero(prepared.is_barred(cells))
    if len(shut):
        raise GridError(
            f"{describe('sources', shut[0], cells)} is a cell that cannot be entered, as are "
            f"{len(shut) - 1} more sources; move them, or give these cells a cost"
        )
    order = np.argsort(ids, kind="stable")
    return Sources(cells[order], ids[order], starts[order])


def _from_grid(
    source_ids: ArrayLike, shape: tuple[int, int], start_costs: ArrayLike
) -> tuple[LongArray, LongArray, FloatArray]:
    grid = as_grid(source_ids, "source_ids")
    same_shape(grid.shape, shape, "source_ids")
    known = np.nan_to_num(grid, nan=0.0)
    if (known < 0).any() or (known != np.rint(known)).any() or np.isinf(known).any():
        raise GridError("source_ids holds values that are no ids; ids are whole numbers above 0")
    cells = np.argwhere(known > 0)
    if not len(cells):
        raise GridError("source_ids holds no id above 0; mark at least one cell")
    starts = _one_each(as_numbers(start_costs, "start_costs"), shape)
    if starts.shape == shape:
        starts = starts[cells[:, 0], cells[:, 1]]
    return cells, known[cells[:, 0], cells[:, 1]].astype(np.int64), starts


def _one_each(values: FloatArray, shape: tuple[int, ...]) -> FloatArray:
    if values.shape not in ((), shape):
        raise GridError(
            f"start_costs has the shape {values.shape}; give one number, or an array of {shape}"
        )
    return np.broadcast_to(values, shape)
