"""Cost of a unit of length by slope, from a name or from a function of the caller's own."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from corridors.cost.errors import GridError
from corridors.cost.ground import Slope, SlopeFunction
from corridors.speeds import LIMITED_SLOPE_FUNCTIONS, SLOPE_COSTS, SLOPE_FUNCTIONS

__all__ = ["cost_by_slope"]

FloatArray = NDArray[np.float64]

METRES_PER_KM = 1000.0


def cost_by_slope(ground: Slope) -> Callable[[FloatArray], FloatArray]:
    """Return the function that turns slopes into costs per unit of length, infinite where barred.

    Raises
    ------
    GridError
        When neither or both of speed and cost are given, or a name is not known. The function
        raises it for values that are neither speeds nor costs.
    """
    if (ground.speed is None) == (ground.cost_per_m is None):
        raise GridError("give the slope ground either a speed or a cost_per_m, and not both")
    if ground.speed is not None:
        speed = _named(ground.speed, {**SLOPE_FUNCTIONS, **LIMITED_SLOPE_FUNCTIONS}, "speed")
        return lambda slope: _hours_per_m(speed, slope)
    assert ground.cost_per_m is not None  # noqa: S101 one of the two is there
    cost = _named(ground.cost_per_m, dict(SLOPE_COSTS), "cost_per_m")
    return lambda slope: _checked_cost(cost, slope)


def _named(given: str | SlopeFunction, known: dict[str, SlopeFunction], what: str) -> SlopeFunction:
    if not isinstance(given, str):
        return given
    if given not in known:
        raise GridError(f"{what} = '{given}' is no slope function; take one of {', '.join(known)}")
    return known[given]


def _values(function: SlopeFunction, slope: FloatArray) -> FloatArray:
    values = np.asarray(function(slope), dtype=np.float64)
    if values.shape != slope.shape:
        raise GridError(
            f"the slope function turned slopes of the shape {slope.shape} into values of the shape "
            f"{values.shape}; it must return a value for each slope"
        )
    lost = np.isnan(values) & ~np.isnan(slope)
    if lost.any():
        raise GridError(
            f"the slope function returns NaN for the slope {slope[lost][0]:g}; return a speed of 0 "
            "or an infinite cost where one cannot go"
        )
    return values


def _hours_per_m(function: SlopeFunction, slope: FloatArray) -> FloatArray:
    speed = _values(function, slope)
    cost = np.full(slope.shape, np.inf)
    np.divide(1.0, METRES_PER_KM * speed, out=cost, where=speed > 0)
    return cost


def _checked_cost(function: SlopeFunction, slope: FloatArray) -> FloatArray:
    cost = _values(function, slope)
    if (cost < 0).any():
        raise GridError(
            f"the slope function returns {cost[cost < 0][0]:g} for the slope "
            f"{slope[cost < 0][0]:g}; costs are 0 or above, infinite where one cannot go"
        )
    return np.where(np.isnan(cost), np.inf, cost)
