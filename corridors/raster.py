"""A grid of values with its place on the ground."""

from dataclasses import dataclass

import numpy as np
import pyproj
from affine import Affine
from numpy.typing import NDArray

__all__ = ["Raster"]


@dataclass(frozen=True)
class Raster:
    """One band of values on a regular grid.

    Attributes
    ----------
    values
        Array of rows and columns, the northernmost row first; NaN where there is no value.
    transform
        From (column, row) of a cell's upper left corner to coordinates in `crs`.
    crs
        The reference system of the coordinates.
    name
        What the values are, as a file name would say it: ``travel_time``.
    units
        The unit of the values: ``h``, ``m``, ``1``.
    description
        One sentence for a reader of the file.
    """

    values: NDArray[np.floating]
    transform: Affine
    crs: pyproj.CRS
    name: str
    units: str = "1"
    description: str = ""

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east and north of the outer rim, in units of `crs` (rows run east-west)."""
        rows, columns = self.values.shape
        west, north = self.transform.c, self.transform.f
        east = west + columns * self.transform.a
        south = north + rows * self.transform.e
        return west, south, east, north
