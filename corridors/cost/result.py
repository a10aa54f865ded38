"""Accumulated cost as it comes out: a grid, and the ways that lead to each cell."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from corridors.cost.check import as_cells, describe
from corridors.cost.neighbourhood import Neighbourhood
from corridors.cost.prepare import Prepared
from corridors.cost.sources import Sources
from corridors.errors import UnreachableError
from corridors.kernels.trace import follow, link_back

__all__ = ["AccumulatedCost"]

Floats = NDArray[np.floating]
LongArray = NDArray[np.int64]


@dataclass(frozen=True)
class AccumulatedCost:
    """The least cost from the sources to each cell, or in reverse from each cell to them.

    Back-links and allocation are worked out when they are first asked for.

    Attributes
    ----------
    cost
        Rows and columns, read-only; infinite where nothing leads or the limit ends the search.
    sources
        What costs are counted from.
    neighbourhood
        The moves.
    reverse
        Whether costs are those to the sources.
    """

    cost: Floats
    sources: Sources
    neighbourhood: Neighbourhood
    reverse: bool
    _flat: Floats
    _prepared: Prepared

    @property
    def overlong_percent(self) -> float:
        """By how much costs on even ground are too high, at worst, for want of directions.

        8.24 percent with 8 neighbours on square cells, 2.75 with 16, 1.31 with 32.
        """
        return self.neighbourhood.overlong_percent

    @property
    def back_link(self) -> NDArray[np.int8]:
        """The move by which each cell is reached, as a row of `neighbourhood.steps`.

        The cell before (row, column) on its least path is (row, column) minus that step; in reverse
        it is the next on the way to the source. -1 at sources and where nothing leads.
        """
        return np.asarray(self._prepared.layout.grid(self._links[0]))

    @property
    def allocation(self) -> LongArray:
        """The id of the source that each cell belongs to, the lowest among ties; 0 for none."""
        return np.asarray(self._prepared.layout.grid(self._links[1]))

    def path(self, cell: ArrayLike) -> LongArray:
        """Return the least path between the sources and a cell, in the direction of travel.

        Parameters
        ----------
        cell
            Row and column.

        Returns
        -------
        ndarray
            Rows and columns of the cells, shape (n, 2): from a source to the cell, or in reverse
            from the cell to a source.

        Raises
        ------
        GridError
            When the cell is outside the grid.
        UnreachableError
            When nothing leads there.
        """
        cells = as_cells(cell, self._prepared.layout.shape, "the cell")
        row, column = cells[0]
        if not np.isfinite(self.cost[row, column]):
            raise UnreachableError(
                f"{describe('the cell', 0, cells)} is not reached from any source: barriers cut it "
                "off, or it lies beyond the limit; open a way, or raise max_cost"
            )
        layout, ground = self._prepared.layout, self._prepared.ground
        numbers = follow(self._links[0], ground.offsets, int(layout.numbers(cells)[0]))
        path = layout.cells(numbers)
        return path[::-1] if self.reverse else path

    @cached_property
    def _links(self) -> tuple[NDArray[np.int8], LongArray]:
        layout, kind = self._prepared.layout, self._flat.dtype
        back, allocation = np.empty(layout.size, np.int8), np.empty(layout.size, np.int64)
        link_back(
            self._flat,
            layout.numbers(self.sources.cells),
            self.sources.start_costs.astype(kind),
            self.sources.ids,
            back,
            allocation,
            *self._prepared.ground,
        )
        return back, allocation
