"""Accumulated cost over a grid: from sources to everywhere, or from everywhere to them."""

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from corridors.cost.check import as_cells, as_numbers
from corridors.cost.errors import GridError
from corridors.cost.ground import Conductance, Friction, Ground, Slope, Walk
from corridors.cost.neighbourhood import Neighbourhood
from corridors.cost.prepare import Prepared, prepare
from corridors.cost.result import AccumulatedCost
from corridors.cost.room import require_room
from corridors.cost.sources import read_sources
from corridors.kernels.accumulate import accumulate

__all__ = ["accumulated_cost", "accumulated_costs"]

CellSize = float | tuple[float, float]
LongMoves = Literal["through", "ends"]


def accumulated_cost(  # noqa: PLR0913 one question and its options, by name
    ground: Ground | ArrayLike,
    sources: ArrayLike | None = None,
    *,
    source_ids: ArrayLike | None = None,
    start_costs: ArrayLike = 0.0,
    cell_size: CellSize = 1.0,
    neighbours: int = 8,
    long_moves: LongMoves = "through",
    impassable: ArrayLike | None = None,
    max_cost: float | None = None,
    targets: ArrayLike | None = None,
    reverse: bool = False,
    dtype: DTypeLike = np.float32,
) -> AccumulatedCost:
    """Return the least cost from any source to each cell of a grid.

    Parameters
    ----------
    ground
        What moves cost: `Friction`, `Slope`, `Walk` or `Conductance`. An array is friction.
    sources
        (row, column) pairs, or one. Row 0 is the first of the array. Their ids are 1, 2, 3 ...
    source_ids
        Instead of them a grid of ids above 0; 0, NaN or masked where there is no source.
    start_costs
        What has been paid at a source: one number, one for each source, or a grid.
    cell_size
        Side of a cell, or its height and width (north-south, east-west), in the unit of length that
        costs are per.
    neighbours
        4, 8, 16 (with knight's moves) or 32.
    long_moves
        ``"through"``: a move longer than a king's takes the mean of all that it crosses, and is
        barred where a cell on its way is. ``"ends"``: only its two ends count, as in gdistance and
        leastcostpath.
    impassable
        True in cells where nobody can be, besides those whose cost is NaN or infinite.
    max_cost
        Above 0. Cells that cost more are left infinite, and not searched.
    targets
        (row, column) pairs. The search ends when their costs are known; cells that cost more than
        the dearest of them are left infinite.
    reverse
        Costs from each cell to the sources, which differ where moves cost more one way.
    dtype
        float32, or float64 for sums that equal those of other exact programs.

    Returns
    -------
    AccumulatedCost
        The costs, and on demand back-links, allocation and paths.

    Raises
    ------
    GridError
        When an array or an option cannot be used, or memory would not suffice; the message says
        what would do.

    Notes
    -----
    The least cost over all chains of moves, exactly, whatever the costs: Dijkstra 1959, with a
    queue of buckets (Dial 1969). The result does not depend on the order of the search.

    Examples
    --------
    >>> cost = np.array([[1.0, 1.0, 9.0], [9.0, np.nan, 1.0], [1.0, 1.0, 1.0]])
    >>> found = accumulated_cost(cost, (0, 0), dtype=np.float64)
    >>> found.cost.round(2)
    array([[0.  , 1.  , 6.  ],
           [5.  ,  inf, 2.41],
           [4.83, 3.83, 3.41]])
    >>> found.path((2, 2)).tolist()
    [[0, 0], [0, 1], [1, 2], [2, 2]]
    """
    plan = _Plan(ground, cell_size, neighbours, long_moves, impassable, reverse, dtype)
    return _solve(plan, plan.prepare(1), sources, source_ids, start_costs, max_cost, targets)


def accumulated_costs(  # noqa: PLR0913 one question and its options, by name
    ground: Ground | ArrayLike,
    sources: Iterable[ArrayLike],
    *,
    cell_size: CellSize = 1.0,
    neighbours: int = 8,
    long_moves: LongMoves = "through",
    impassable: ArrayLike | None = None,
    max_cost: float | None = None,
    targets: ArrayLike | None = None,
    reverse: bool = False,
    dtype: DTypeLike = np.float32,
    threads: int | None = None,
) -> Iterator[AccumulatedCost]:
    """Yield the accumulated cost of each of many sources on one ground, in their order.

    The ground is laid out once, and sources are shared among the processor's cores.

    Parameters
    ----------
    ground
        As for `accumulated_cost`.
    sources
        For each result a (row, column) pair, or several pairs.
    cell_size, neighbours, long_moves, impassable, max_cost, targets, reverse, dtype
        As for `accumulated_cost`.
    threads
        How many to solve at once; as many as there are cores by default.

    Yields
    ------
    AccumulatedCost
        One for each source.

    Raises
    ------
    GridError
        As for `accumulated_cost`.

    Examples
    --------
    >>> ones = np.ones((3, 3))
    >>> [f"{found.cost.max():.2f}" for found in accumulated_costs(ones, [(0, 0), (1, 1)])]
    ['2.83', '1.41']
    """
    threads = (os.cpu_count() or 1) if threads is None else threads
    if threads < 1:
        raise GridError(f"threads = {threads}; take 1 or more")
    plan = _Plan(ground, cell_size, neighbours, long_moves, impassable, reverse, dtype)
    prepared = plan.prepare(threads)
    if not isinstance(sources, Iterator):
        sources = list(sources)
        for number, some in enumerate(sources):
            _require_sources(prepared, some, number, plan.kind)
    return _yielded(plan, prepared, sources, max_cost, targets, threads)


def _require_sources(
    prepared: Prepared, sources: ArrayLike, number: int, dtype: np.dtype[np.floating]
) -> None:
    """Refuse the sources of one of many results, before any of them is worked at."""
    try:
        read_sources(prepared, sources, None, 0.0, dtype)
    except GridError as error:
        raise GridError(f"result {number} (from 0): {error}") from error


def _yielded(
    plan: "_Plan",
    prepared: Prepared,
    sources: Iterable[ArrayLike],
    max_cost: float | None,
    targets: ArrayLike | None,
    threads: int,
) -> Iterator[AccumulatedCost]:
    waiting: deque[Future[AccumulatedCost]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        for source in sources:
            if len(waiting) >= threads:
                yield waiting.popleft().result()
            waiting.append(
                pool.submit(_solve, plan, prepared, source, None, 0.0, max_cost, targets)
            )
        while waiting:
            yield waiting.popleft().result()


@dataclass(frozen=True)
class _Plan:
    ground: Ground | ArrayLike
    cell_size: CellSize
    neighbours: int
    long_moves: LongMoves
    impassable: ArrayLike | None
    reverse: bool
    dtype: DTypeLike

    def prepare(self, at_once: int) -> Prepared:
        if self.long_moves not in ("through", "ends"):
            raise GridError(f"long_moves = {self.long_moves!r}; take 'through' or 'ends'")
        if self.dtype not in (np.float32, np.float64):
            raise GridError(f"dtype = {self.dtype!r}; take numpy.float32 or numpy.float64")
        ground = self.ground
        if not isinstance(ground, Friction | Slope | Walk | Conductance):
            ground = Friction(ground)
        require_room(ground, self.around, self.kind, at_once=at_once)
        return prepare(
            ground,
            self.around,
            through=self.long_moves == "through",
            impassable=self.impassable,
            reverse=self.reverse,
            dtype=self.kind,
        )

    @property
    def kind(self) -> np.dtype[np.floating]:
        return np.dtype(np.float64 if self.dtype == np.float64 else np.float32)

    @property
    def around(self) -> Neighbourhood:
        size = as_numbers(self.cell_size, "cell_size")
        if size.shape not in ((), (2,)):
            raise GridError(
                f"cell_size = {self.cell_size!r}; give one length, or a height and a width"
            )
        height, width = np.broadcast_to(size, 2)
        return Neighbourhood(self.neighbours, (float(height), float(width)))


def _solve(
    plan: _Plan,
    prepared: Prepared,
    sources: ArrayLike | None,
    source_ids: ArrayLike | None,
    start_costs: ArrayLike,
    max_cost: float | None,
    targets: ArrayLike | None,
) -> AccumulatedCost:
    if max_cost is not None and not max_cost > 0:
        raise GridError(f"max_cost = {max_cost} leaves nothing to search; give a cost above 0")
    dtype = plan.kind
    found = read_sources(prepared, sources, source_ids, start_costs, dtype)
    layout = prepared.layout
    goals = None
    if targets is not None:
        goals = layout.numbers(as_cells(targets, layout.shape, "targets"))
    flat = np.full(layout.size, np.inf, dtype)
    # What the type cannot hold is no limit to its sums.
    limit = np.inf if max_cost is None or max_cost > float(np.finfo(dtype).max) else max_cost
    accumulate(
        flat,
        layout.numbers(found.cells),
        found.start_costs.astype(flat.dtype),
        prepared.ground,
        width=prepared.width,
        limit=limit,
        targets=goals,
    )
    flat.flags.writeable = False
    return AccumulatedCost(layout.grid(flat), found, plan.around, plan.reverse, flat, prepared)
