"""How dense least-cost paths are: metres of way in each cell, by share."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from corridors.kernels.traverse import add_passages
from corridors.paths import Journeys

__all__ = ["least_cost_density", "path_density"]

FloatArray = NDArray[np.float64]


def path_density(
    paths: Sequence[ArrayLike],
    shares: ArrayLike,
    *,
    shape: tuple[int, int],
    cell_size: float | tuple[float, float] = 1.0,
) -> FloatArray:
    """Return the length of way in each cell of a grid, each path counted by its share.

    Parameters
    ----------
    paths
        Corners of each in rows and columns, shape (n, 2), as `AccumulatedCost.path` gives them;
        whole numbers are centres of cells, others lie between.
    shares
        Of each path.
    shape
        Rows and columns of the grid.
    cell_size
        Side of a cell, or its height and width.

    Returns
    -------
    numpy.ndarray
        In the unit of the cell's side, of the shape given. A way is cut exactly where it passes
        from cell to cell; what lies off the grid is left out.

    Raises
    ------
    ValueError
        When shares are not one for each path, or a path is no list of rows and columns.

    Notes
    -----
    Cells are cut exactly (Amanatides and Woo 1987), so that the sum over the grid is the sum of
    share times length.

    Examples
    --------
    >>> path_density([[(0, 0), (0, 2)], [(0, 0), (1, 1)]], [0.5, 0.5], shape=(2, 3)).round(3)
    array([[0.604, 0.5  , 0.25 ],
           [0.   , 0.354, 0.   ]])
    """
    weights = np.asarray(shares, float)
    corners = [np.asarray(path, float).reshape(-1, 2) for path in paths]
    if weights.shape != (len(corners),) or not np.isfinite(weights).all():
        message = (
            f"shares have shape {weights.shape}; give a finite number for each of "
            f"{len(corners)} paths"
        )
        raise ValueError(message)
    if not all(np.isfinite(path).all() for path in corners):
        message = "a path has a corner that is no number; give rows and columns"
        raise ValueError(message)
    height, width = np.broadcast_to(np.asarray(cell_size, float), 2)
    total = np.zeros(shape)
    pieces = [np.stack([path[:-1], path[1:]], axis=1) for path in corners if len(path) > 1]
    if not pieces:
        return total
    moves = np.concatenate(pieces)
    steps = np.array([max(len(path) - 1, 0) for path in corners])
    rise, run = (moves[:, 1] - moves[:, 0]).T
    in_sides = np.hypot(rise, run)
    true = np.hypot(rise * height, run * width)
    # Each move is a line of its own, weighted so that its length is true where cells are oblong.
    weight = np.repeat(weights, steps) * np.divide(
        true, in_sides, out=np.zeros_like(true), where=in_sides > 0
    )
    y, x = moves.reshape(-1, 2).T + 0.5
    add_passages(
        np.ascontiguousarray(x),
        np.ascontiguousarray(y),
        np.arange(0, 2 * len(moves) + 1, 2, dtype=np.int64),
        weight,
        total,
        np.zeros(shape),
        np.full(shape, -1, np.int32),
    )
    return total


def least_cost_density(journeys: Journeys) -> FloatArray:
    """Return the metres of least-cost path in each cell, for one transit.

    Parameters
    ----------
    journeys
        From `corridors.solve_journeys`: many origins, destinations and profiles.

    Returns
    -------
    numpy.ndarray
        Metres, shape (rows, columns); over the grid they sum to the mean length of a transit's
        least-cost path, impossible ones left out. Where travellers differ, what they pass is
        `Flow.cells`.
    """
    graph, grid = journeys.graph, journeys.graph.grid
    paths = [
        np.column_stack(
            [
                (grid.north - graph.y[journey.nodes]) / grid.cell_m - 0.5,
                (graph.x[journey.nodes] - grid.west) / grid.cell_m - 0.5,
            ]
        )
        for journey in journeys.items
    ]
    return path_density(
        paths,
        [journey.share for journey in journeys.items],
        shape=(grid.rows, grid.columns),
        cell_size=grid.cell_m,
    )
