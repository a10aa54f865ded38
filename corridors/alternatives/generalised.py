"""Paths with no place in them finer than a cell."""

import numpy as np
import shapely
from numpy.typing import NDArray

from corridors.terrain import Grid

__all__ = ["generalised_paths"]

LineArray = NDArray[np.object_]


def generalised_paths(lines: LineArray, grid: Grid) -> LineArray:
    """Return paths generalised to the cell: their course, and nothing to be followed turn by turn.

    Parameters
    ----------
    lines
        In the grid's CRS.
    grid
        Whose cells are the finest places that remain.

    Returns
    -------
    numpy.ndarray
        Lines with corners on centres of cells only; empty where all of one is in a cell. None is
        farther from what it was than a cell and half a cell's diagonal.

    References
    ----------
    Douglas and Peucker 1973, Algorithms for the reduction of the number of points required to
    represent a digitized line or its caricature.
    """
    simple = shapely.simplify(lines, grid.cell_m)
    xy, owner = shapely.get_coordinates(simple, return_index=True)
    cell = np.floor((xy - (grid.west, grid.north)) / grid.cell_m)
    centre = (cell + 0.5) * grid.cell_m + (grid.west, grid.north)
    again = np.zeros(len(xy), bool)
    again[1:] = (owner[1:] == owner[:-1]) & (cell[1:] == cell[:-1]).all(axis=1)
    kept, line = centre[~again], owner[~again]
    general = np.full(len(lines), shapely.LineString(), dtype=object)
    whole = np.bincount(line, minlength=len(lines)) > 1
    some = whole[line]
    if some.any():
        _, position = np.unique(line[some], return_inverse=True)
        general[whole] = shapely.linestrings(kept[some], indices=position)
    return general
