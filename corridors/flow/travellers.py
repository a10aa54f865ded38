"""Who travels: origin, destination, profile and perception, drawn so that order is no matter.

Traveller m is the same in every run with one seed, however many there are, and whoever solves it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corridors.kernels.noise import combined_keys, uniforms

__all__ = ["Demand", "Travellers", "draw_travellers"]

FloatArray = NDArray[np.float64]
LongArray = NDArray[np.int64]
KeyArray = NDArray[np.uint64]

# The fractional part of the golden ratio: its multiples, taken modulo 1, fill the interval evenly
# from the first few on.
GOLDEN = 0.6180339887498949
# By so much a sum of shares may miss 1 for rounding.
SUM_PLAY = 1e-5
_START, _PERCEPTION, _ORIGIN_CELL = 0, 1, 2


@dataclass(frozen=True)
class Demand:
    """Which transits are made, before it is known which way they take.

    Attributes
    ----------
    origin_cells, destination_cells
        The cells that each origin and destination stands on.
    shares
        Part of the transits by origin, destination and profile; sums to 1.
    free_choice
        Whether a traveller goes to the destination that it believes nearest, instead of one drawn
        by `shares`, whose sums over destinations then count.
    """

    origin_cells: Sequence[LongArray]
    destination_cells: Sequence[LongArray]
    shares: FloatArray
    free_choice: bool = False

    def __post_init__(self) -> None:
        """Refuse what is no demand.

        Raises
        ------
        ValueError
            When shares are not one for each origin, destination and profile, are below 0 or do not
            sum to 1, or an origin or a destination stands on no cell.
        """
        shares = np.asarray(self.shares)
        ends = (len(self.origin_cells), len(self.destination_cells))
        if shares.ndim != 3 or shares.shape[:2] != ends:
            message = (
                f"shares have the shape {shares.shape}; give one for each of {ends[0]} origins, "
                f"{ends[1]} destinations, and each profile"
            )
            raise ValueError(message)
        if not (shares >= 0).all() or not abs(shares.sum() - 1) <= SUM_PLAY:
            message = (
                f"shares go from {shares.min(initial=np.inf):g} up and sum to {shares.sum():g}; "
                "give parts of the transits, from 0 up, that sum to 1"
            )
            raise ValueError(message)
        for role, places in (
            ("origin", self.origin_cells),
            ("destination", self.destination_cells),
        ):
            for number, cells in enumerate(places):
                array = np.asarray(cells)
                if array.ndim != 1 or array.dtype.kind not in "iu" or not (array >= 0).all():
                    message = f"{role} {number} stands on {array}; give numbers of cells, from 0 up"
                    raise ValueError(message)
                if not len(array):
                    message = f"{role} {number} stands on no cell; give one at least"
                    raise ValueError(message)


@dataclass(frozen=True)
class Travellers:
    """Travellers in the order of their numbers; all arrays have one entry for each.

    Attributes
    ----------
    origin, destination, profile
        Rows of the origins, destinations and profiles; destination is -1 where it is chosen freely.
    start_cell
        Where each sets out.
    key
        Of its perception.
    stratum
        Which origin, destination and profile it stands for, as one number.
    """

    origin: LongArray
    destination: LongArray
    profile: LongArray
    start_cell: LongArray
    key: KeyArray
    stratum: LongArray

    def __len__(self) -> int:
        return len(self.origin)

    def first(self, count: int) -> "Travellers":
        """Return the first of them."""
        return self.between(0, count)

    def between(self, first: int, end: int) -> "Travellers":
        """Return those from one number up to another."""
        return Travellers(
            self.origin[first:end],
            self.destination[first:end],
            self.profile[first:end],
            self.start_cell[first:end],
            self.key[first:end],
            self.stratum[first:end],
        )


def draw_travellers(demand: Demand, count: int, *, seed: int) -> Travellers:
    """Draw travellers by weight.

    Parameters
    ----------
    demand
        The transits.
    count
        How many; fewer are the first of more.
    seed
        Of the study.

    Notes
    -----
    Strata are met in proportion to their shares, as evenly as can be, by a golden-ratio sequence
    from a start that the seed gives: an estimate from any number of travellers is unbiased over
    seeds, and has no more error than with strata drawn one by one.
    """
    shares = demand.shares.sum(axis=1, keepdims=True) if demand.free_choice else demand.shares
    root = combined_keys(np.zeros(1, np.uint64), np.array([seed]))
    start = uniforms(_kin(root, _START))
    at = (start + np.arange(count) * GOLDEN) % 1.0
    bounds = np.cumsum(shares.ravel())
    stratum = np.searchsorted(bounds / bounds[-1], at, side="right")
    # Rounding may leave the last bound below 1; a stratum without transits is never met.
    stratum = np.minimum(stratum, np.flatnonzero(shares.ravel())[-1])
    origin, destination, profile = np.unravel_index(stratum, shares.shape)
    key = combined_keys(np.repeat(_kin(root, _PERCEPTION), count), np.arange(count))
    where = uniforms(_kin(key, _ORIGIN_CELL))
    start_cell = [
        demand.origin_cells[of][int(u * len(demand.origin_cells[of]))]
        for of, u in zip(origin, where, strict=True)
    ]
    return Travellers(
        origin=origin.astype(np.int64),
        destination=np.full(count, -1) if demand.free_choice else destination.astype(np.int64),
        profile=profile.astype(np.int64),
        start_cell=np.array(start_cell, np.int64),
        key=key,
        stratum=stratum.astype(np.int64),
    )


def _kin(keys: KeyArray, number: int) -> KeyArray:
    return combined_keys(keys, np.full(len(keys), number))
