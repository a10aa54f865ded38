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
    strength
        Shape (N,): what a pair is left with by this way with nothing placed, as a part of what it
        has by its best.
    first, place, effect
        Entries ``first[i]:first[i + 1]``: places on way i, and what each does to its strength: the
        factor by which it falls, or, of a pool that adds, the part by which it falls.
    """

    pair: LongArray
    strength: FloatArray
    first: LongArray
    place: LongArray
    effect: FloatArray


class PathPool:
    """Ways of many pairs; of those with the same sensors only the strongest.

    Parameters
    ----------
    pairs
        How many there are.
    adds
        Whether several places on a way add up, or multiply.
    """

    def __init__(self, pairs: int, *, adds: bool = False) -> None:
        self._adds = adds
        self._known: list[dict[Key, float]] = [{} for _ in range(pairs)]
        self._flat: list[tuple[FloatArray, LongArray, LongArray, FloatArray] | None]
        self._flat = [None] * pairs

    def add(self, ways: Ways) -> None:
        """Take ways in."""
        effect = np.round(ways.effect, 14).tolist()
        place, first = ways.place.tolist(), ways.first.tolist()
        given = zip(ways.pair.tolist(), ways.strength.tolist(), strict=True)
        for i, (pair, strong) in enumerate(given):
            some = slice(first[i], first[i + 1])
            key = (tuple(place[some]), tuple(effect[some]))
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
            What the master program believes that each pair is left with, as a part of what it has.
        """
        found = []
        for pair, known in enumerate(self._known):
            if not known:
                continue
            value, constant, drop = path_cut(*self._of(pair), x, self._adds)
            if value > left[pair] + VIOLATED:
                places = np.flatnonzero(drop)
                found.append(Cut(pair, constant, places, drop[places]))
        return found

    def _of(self, pair: int) -> tuple[FloatArray, LongArray, LongArray, FloatArray]:
        flat = self._flat[pair]
        if flat is None:
            ways = sorted(self._known[pair].items(), key=lambda way: (-way[1], way[0]))
            strength = np.array([strong for _, strong in ways])
            counts = np.array([len(key[0]) for key, _ in ways])
            place = np.array([p for key, _ in ways for p in key[0]], np.int64)
            ratio = np.array([r for key, _ in ways for r in key[1]], np.float64)
            if self._adds:
                ratio = 1.0 - np.minimum(ratio / np.repeat(strength, counts), 1.0)
            flat = strength, np.concatenate([[0], np.cumsum(counts)]), place, ratio
            self._flat[pair] = flat
        return flat
