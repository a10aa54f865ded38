"""The kinds of ground: what a move costs by what lies under it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from corridors.cost.check import as_array

__all__ = ["Conductance", "Friction", "Ground", "Slope", "SlopeFunction", "Walk", "shape_of"]

SlopeFunction = Callable[[NDArray[np.float64]], ArrayLike]


@dataclass(frozen=True)
class Friction:
    """Cost per unit of length, the same in all directions.

    A move costs its length times the mean of what it crosses: of its two cells for a king's move,
    of four for a knight's move, and of each cell by the length in it for longer ones.

    Attributes
    ----------
    cost_per_m
        Array of rows and columns, 0 or above. NaN or infinity bars a cell; 0 is free.
    """

    cost_per_m: ArrayLike


@dataclass(frozen=True)
class Conductance:
    """Conductance, as R gdistance takes it: a move costs its length over the mean of two cells.

    Attributes
    ----------
    conductance
        Array of rows and columns, 0 or above. NaN bars a cell; a move between zeros is barred.
    """

    conductance: ArrayLike


@dataclass(frozen=True)
class Slope:
    """Speed or cost by slope, rise over horizontal length in the direction of the move.

    Attributes
    ----------
    elevation
        Array of rows and columns, in the unit of the cell size. NaN bars a cell.
    speed
        Walking speed in km/h by slope: a name of `corridors.SLOPE_FUNCTIONS` or
        `corridors.speeds.LIMITED_SLOPE_FUNCTIONS`, or a function of an array of slopes. The cost is
        hours when the cell size is in metres. A speed of 0 or below bars the move.
    cost_per_m
        Instead of a speed: cost per unit of length by slope, a name of
        `corridors.speeds.SLOPE_COSTS` or a function.
    friction
        Multiplies the cost of a move by the mean of what it crosses, as for `Friction`: 1 is the
        ground that the function is for, 1 / 0.6 ground on which one is 0.6 times as fast.
    """

    elevation: ArrayLike
    speed: str | SlopeFunction | None = None
    cost_per_m: str | SlopeFunction | None = None
    friction: ArrayLike | None = None


@dataclass(frozen=True)
class Walk:
    """Walking time in seconds by Naismith's rule with Langmuir's corrections, as GRASS r.walk.

    A move of length L with rise dz costs ``a L + rate dz + friction_weight mean(friction) L``. The
    rate is `b` when level or up, `c` down to a slope of `slope_factor`, that one included, and `d`
    on steeper descent.

    Attributes
    ----------
    elevation
        Array of rows and columns, metres. NaN bars a cell.
    friction
        Additional seconds per metre, 0 or above; none by default. NaN bars a cell.
    friction_weight
        The lambda of r.walk.
    a, b, c, d, slope_factor
        Those of r.walk, with its values by default: 0.72 s a metre, 6 s a metre of climb, 1.9998 s
        saved a metre of gentle descent and lost a metre of descent steeper than 12 degrees.
    """

    elevation: ArrayLike
    friction: ArrayLike | None = None
    friction_weight: float = 1.0
    a: float = 0.72
    b: float = 6.0
    c: float = 1.9998
    d: float = -1.9998
    slope_factor: float = -0.2125


Ground = Friction | Conductance | Slope | Walk


def shape_of(ground: Ground) -> tuple[int, ...]:
    """Return the shape of a ground's grid, otherwise unchecked."""
    match ground:
        case Friction():
            values, name = ground.cost_per_m, "the cost per metre"
        case Conductance():
            values, name = ground.conductance, "the conductance"
        case _:
            values, name = ground.elevation, "the elevation"
    return np.shape(values) if hasattr(values, "shape") else as_array(values, name).shape
