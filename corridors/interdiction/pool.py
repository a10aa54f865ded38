"""Ways that are known, pair by pair, and the cuts that they give."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corridors.interdiction.kernels import path_cut
from corridors.interdiction.master import VIOLATED, Cut

__all__ = ["PathPool", "Ways"]

FloatArray = NDArray[np.float64]
LongArray = NDArray[np.int64]

Key = tuple[tuple[int, ...], tuple[float, ...]]


@dataclass(frozen=True)
class Ways:
    """One way each for some pairs.

    Attributes
    ----------
    pair
        Shape (N,).
    cost
        Shape (N,): minus the logarithm of the reliability with nothing placed.
    first, place, added
        Entries ``first[i]:first[i + 1]``: places on way i and what each adds to the cost.
    """

    pair: LongArray
    cost: FloatArray
    first: LongArray
    place: LongArray
    added: FloatArray


class PathPool:
    """Ways of many pairs; of those with the same sensors only the most reliable.

    Parameters
    ----------
    least
        Shape (P,): cost of each pair's best way with nothing placed; reliabilities are held as
        parts of it.
    """

    def __init__(self, least: FloatArray) -> None:
        self._least = least
        self._known: list[dict[Key, float]] = [{} for _ in least]
        self._flat: list[tuple[FloatArray, LongArray, LongArray, FloatArray] | None]
        self._flat = [None] * len(least)

    def add(self, ways: Ways) -> None:
        """Take ways in."""
        strength = np.exp(self._least[ways.pair] - ways.cost)
        ratio = np.round(np.exp(-ways.added), 14).tolist()
        place, first = ways.place.tolist(), ways.first.tolist()
        for i, (pair, strong) in enumerate(zip(ways.pair.tolist(), strength.tolist(), strict=True)):
            some = slice(first[i], first[i + 1])
            key = (tuple(place[some]), tuple(ratio[some]))
            if self._known[pair].get(key, 0.0) < strong * (1 - 1e-13):
                self._known[pair][key] = strong
                self._flat[pair] = None

    def cuts(self, x: FloatArray, left: FloatArray) -> list[Cut]:
        """Return the most broken cut of each pair that has one.

        Parameters
        ----------
        x
            Part of each place that is taken.
        left
            What the master program believes that each pair is left with, as a part of its least.
        """
        found = []
        for pair, known in enumerate(self._known):
            if not known:
                continue
            value, constant, drop = path_cut(*self._of(pair), x)
            if value > left[pair] + VIOLATED:
                places = np.flatnonzero(drop)
                found.append(Cut(pair, constant, places, drop[places]))
        return found

    def _of(self, pair: int) -> tuple[FloatArray, LongArray, LongArray, FloatArray]:
        flat = self._flat[pair]
        if flat is None:
            ways = sorted(self._known[pair].items(), key=lambda way: (-way[1], way[0]))
            flat = (
                np.array([strong for _, strong in ways]),
                np.cumsum([0] + [len(key[0]) for key, _ in ways]),
                np.array([p for key, _ in ways for p in key[0]], np.int64),
                np.array([r for key, _ in ways for r in key[1]], np.float64),
            )
            self._flat[pair] = flat
        return flat
