"""The moves from a cell: which cells they lead to, how long they are, what they pass."""

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from corridors.cost.errors import GridError

__all__ = ["NEIGHBOURS", "Neighbourhood"]

LongArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
Step = tuple[int, int]

# First moves of each ring; the others are their mirror images.
RINGS: dict[int, Step] = {4: (0, 1), 8: (1, 1), 16: (1, 2), 32: (1, 3)}
NEIGHBOURS = tuple(RINGS)


@dataclass(frozen=True)
class Neighbourhood:
    """The moves from a cell, king's moves before those that pass cells on their way.

    Attributes
    ----------
    neighbours
        4, 8, 16 (with knight's moves) or 32 (with moves to (1, 3) and (2, 3) cells too).
    cell_size
        Height and width of a cell.

    Examples
    --------
    >>> around = Neighbourhood(16, (1.0, 1.0))
    >>> around.steps[8].tolist(), round(float(around.lengths[8]), 3)
    ([-2, -1], 2.236)
    >>> around.passed[8]
    {(-1, -1): Fraction(1, 4), (-1, 0): Fraction(1, 4)}
    >>> [round(Neighbourhood(n, (1.0, 1.0)).overlong_percent, 2) for n in NEIGHBOURS]
    [41.42, 8.24, 2.75, 1.31]
    """

    neighbours: int
    cell_size: tuple[float, float]

    def __post_init__(self) -> None:
        if self.neighbours not in NEIGHBOURS:
            raise GridError(
                f"neighbours = {self.neighbours!r} is not a neighbourhood; take 4, 8, 16 or 32"
            )
        if not all(math.isfinite(size) and size > 0 for size in self.cell_size):
            raise GridError(
                f"cell_size = {self.cell_size} is not the height and width of a cell; give lengths "
                "above 0"
            )

    @cached_property
    def steps(self) -> LongArray:
        """Rows and columns that each move goes, shape (moves, 2)."""
        steps: list[Step] = []
        for ring, step in RINGS.items():
            if ring <= self.neighbours:
                steps += _mirrored(step)
        if self.neighbours == 32:
            steps += _mirrored((2, 3))
        return np.array(steps, np.int64)

    @cached_property
    def lengths(self) -> FloatArray:
        """Length of each move between centres, in units of the cell size."""
        return np.asarray(np.hypot(*(self.steps * self.cell_size).T))

    @cached_property
    def passed(self) -> list[dict[Step, Fraction]]:
        """The cells that each move passes on its way, and the part of its length in each."""
        return [_inside(int(down), int(right)) for down, right in self.steps]

    @property
    def plain(self) -> int:
        """How many moves pass no cell; they come first."""
        return min(self.neighbours, 8)

    @property
    def rim(self) -> int:
        """The most rows or columns that a move goes."""
        return int(np.abs(self.steps).max())

    @property
    def overlong_percent(self) -> float:
        """By how much the shortest path on even ground is too long, at worst, in percent.

        Between two neighbouring directions that are an angle g apart a path is too long by
        1 / cos(g / 2) at most, halfway between them.
        """
        down, right = (self.steps * self.cell_size).T
        angles = np.sort(np.arctan2(down, right))
        gap = np.diff(np.append(angles, angles[0] + 2 * np.pi)).max()
        return float(100 * (1 / np.cos(gap / 2) - 1))


def _mirrored(step: Step) -> list[Step]:
    down, right = step
    images = {
        (a * s, b * t) for a, b in ((down, right), (right, down)) for s in (-1, 1) for t in (-1, 1)
    }
    return sorted(images)


def _inside(down: int, right: int) -> dict[Step, Fraction]:
    """Return the cells between the ends whose inside a straight move crosses, and how far."""
    half = Fraction(1, 2)
    cuts = {Fraction(0), Fraction(1)}
    for reach in (abs(down), abs(right)):
        cuts |= {(step + half) / reach for step in range(reach)}
    ordered = sorted(cuts)
    parts: dict[Step, Fraction] = {}
    for begin, end in pairwise(ordered):
        middle = (begin + end) / 2
        cell = (math.floor(middle * down + half), math.floor(middle * right + half))
        parts[cell] = parts.get(cell, Fraction(0)) + end - begin
    return {
        cell: part for cell, part in sorted(parts.items()) if cell not in ((0, 0), (down, right))
    }
