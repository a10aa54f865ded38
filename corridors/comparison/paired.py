"""Differences between two scenarios with the same travellers in both, and how sure they are."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from corridors.intervals import mean_interval

__all__ = ["Outcome", "paired_difference"]

# Changes that are apart by no more than rounding are the same for everybody.
ALIKE = 1e-12

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True)
class Outcome:
    """What becomes of each traveller in one scenario.

    Attributes
    ----------
    values
        Shape (travellers, ...); of those who do not count, any finite number.
    counted
        Shape (travellers,): who belongs to what the mean is of, such as who crosses a border.
    """

    values: FloatArray
    counted: BoolArray

    def mean(self) -> FloatArray:
        """Return the mean of those who count; NaN where nobody does."""
        if not self.counted.any():
            return np.full(self.values.shape[1:], np.nan)
        return np.asarray(self.values[self.counted].mean(axis=0))

    def influence(self, rows: BoolArray) -> FloatArray:
        """Return how much each of some travellers moves the mean."""
        counted = self.counted[rows].reshape(-1, *[1] * (self.values.ndim - 1))
        return np.asarray((self.values[rows] - self.mean()) * (counted / counted.mean()))


def paired_difference(
    first: Outcome,
    other: Outcome,
    *,
    strata: ArrayLike,
    level: float = 0.9,
    shares: bool = False,
    chances: bool = False,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the mean of another scenario less that of the first, with its interval.

    Parameters
    ----------
    first, other
        Of the same travellers, in the same order.
    strata
        Of each traveller.
    level
        How often the interval is to hold the true difference.
    shares
        Whether values are 0 or 1. That none of the travellers changed does then not say that
        nobody would: the interval is as wide as with two travellers more, one who begins to and
        one who leaves off.
    chances
        Whether values are chances, from 0 to 1, in which something differs that travellers meet.
        Where all of them changed by as much, a t interval would be a point, as if nobody could
        fare otherwise: it is then as wide as for `shares`.

    Returns
    -------
    difference, low, high
        Of the shape of the values without the travellers; NaN where nobody counts in one of the
        two.

    Raises
    ------
    ValueError
        When the two are not of as many travellers.

    Notes
    -----
    Each mean is a ratio, the sum of values over how many count; where the same travellers count in
    both, the difference is the mean of their differences. Its variance is that of the linearised
    ratios, traveller by traveller, so what is common to both scenarios drops out.

    References
    ----------
    Cochran 1977, section 6.19 (difference of two ratios from one sample); Bonett and Price 2012,
    doi 10.3102/1076998611411915 (paired shares with two observations added).

    Examples
    --------
    Both rise and fall together: each mean is known to about 2, their difference to 0.1.

    >>> everybody = np.ones(4, bool)
    >>> found = paired_difference(
    ...     Outcome(np.array([1.0, 3.0, 5.0, 7.0]), everybody),
    ...     Outcome(np.array([2.1, 3.9, 6.1, 7.9]), everybody),
    ...     strata=np.zeros(4))
    >>> print(" ".join(f"{value:.2f}" for value in found))
    1.00 0.86 1.14
    """
    if first.values.shape != other.values.shape:
        message = (
            f"the scenarios have {first.values.shape} and {other.values.shape} values; give what "
            "becomes of the same travellers in both"
        )
        raise ValueError(message)
    difference = other.mean() - first.mean()
    if not (first.counted.any() and other.counted.any()):
        return difference, difference, difference
    rows = first.counted | other.counted
    moved = other.influence(rows) - first.influence(rows)
    low, high = mean_interval(moved, level=level, strata=np.asarray(strata)[rows])
    half = (high - low) / 2
    if not (shares or chances):
        return difference, difference - half, difference + half
    two_more = special.ndtri((1 + level) / 2) * np.sqrt(2) / (rows.sum() + 2)
    half = np.hypot(half, two_more) if shares else np.where(half > ALIKE, half, two_more)
    return (
        difference,
        np.maximum(difference - half, np.minimum(difference, -1.0)),
        np.minimum(difference + half, np.maximum(difference, 1.0)),
    )
