"""Draws of what a study does not know of its posts: which travellers, which rates, which delays.

Every number is a hash of the study's seed and of what it is for (a draw, a traveller, a post by its
id), so that it is the same however the work is split, and one post more leaves all others alone.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from corridors.kernels.noise import combined_keys, standard_normals, uniforms
from corridors.risk.attacks import nearest_posts
from corridors.risk.rates import AttackRates

__all__ = ["Resampling", "drawn_attacks"]

FloatArray = NDArray[np.float64]
LongArray = NDArray[np.int64]
KeyArray = NDArray[np.uint64]

# Keeps these numbers apart from those of travellers and of ensembles, of the same seed.
_POSTS = 202
# So many numbers are drawn at a time: it bounds memory.
AT_ONCE = 4_000_000


@dataclass(frozen=True)
class Resampling:
    """So many draws from one seed.

    Attributes
    ----------
    seed
        Of the study.
    draws
        How many.

    Examples
    --------
    >>> few, more = Resampling(7, 2), Resampling(7, 5)
    >>> bool((few.uniforms("rate", ["a", "b"]) == more.uniforms("rate", ["a", "b"])[:2]).all())
    True
    """

    seed: int
    draws: int = 1000

    def uniforms(self, what: str, names: Sequence[str]) -> FloatArray:
        """Return a number above 0 and below 1 for each draw and name, shape (draws, names)."""
        return uniforms(self._keys(what, names)).reshape(self.draws, len(names))

    def normals(self, what: str) -> FloatArray:
        """Return a standard normal number for each draw."""
        return standard_normals(self._keys(what, [""]))

    def means(self, values: Mapping[str, FloatArray], stratum: LongArray) -> dict[str, FloatArray]:
        """Return means over travellers who are drawn again with replacement, within strata.

        Parameters
        ----------
        values
            By name, each of shape (travellers, things).
        stratum
            Of each traveller.

        Returns
        -------
        dict
            Shapes (draws, things).

        References
        ----------
        Efron and Tibshirani 1993, An Introduction to the Bootstrap, section 8.3 (several samples).
        """
        count = len(stratum)
        order = np.argsort(stratum, kind="stable")
        _, own, sizes = np.unique(stratum[order], return_inverse=True, return_counts=True)
        first = (np.cumsum(sizes) - sizes)[own]
        size = sizes[own].astype(float)
        found = {name: np.zeros((self.draws, one.shape[1])) for name, one in values.items()}
        step = max(AT_ONCE // max(count, 1), 1)
        root = self._draw_keys("traveller")
        for begin in range(0, self.draws, step):
            keys = root[begin : begin + step]
            numbers = np.tile(np.arange(count), len(keys))
            part = uniforms(combined_keys(np.repeat(keys, count), numbers)).reshape(
                len(keys), count
            )
            who = first + (part * size).astype(np.int64)
            at = who + count * np.arange(len(keys))[:, None]
            often = np.bincount(at.ravel(), minlength=len(keys) * count)
            often = often.reshape(len(keys), count)
            # Column by column: no library of linear algebra decides the last digit of a sum.
            for name, one in values.items():
                for column in np.flatnonzero(one.any(axis=0)):
                    total = (often * one[order, column]).sum(axis=1)
                    found[name][begin : begin + step, column] = total / max(count, 1)
        return found

    def rates(self, rates: AttackRates, posts: Sequence[str], attacks: LongArray) -> FloatArray:
        """Return the rate of attacks on each post in each draw, shape (draws, posts).

        Parameters
        ----------
        rates
            Of the posts.
        posts
            Their ids.
        attacks
            How many each had in each draw, from `drawn_attacks`.
        """
        region = self.uniforms("region", [""])[:, 0]
        return rates.drawn(region, self.uniforms("rate", posts), attacks)

    def _draw_keys(self, what: str) -> KeyArray:
        root = np.zeros(1, np.uint64)
        for number in (self.seed, _POSTS, _number(what)):
            root = combined_keys(root, np.array([number], np.int64))
        return combined_keys(np.repeat(root, self.draws), np.arange(self.draws))

    def _keys(self, what: str, names: Sequence[str]) -> KeyArray:
        numbers = np.array([_number(str(name)) for name in names], np.int64)
        keys = np.repeat(self._draw_keys(what), len(names))
        return combined_keys(keys, np.tile(numbers, self.draws))


def _number(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:7], "big")


def drawn_attacks(
    resampling: Resampling,
    posts: gpd.GeoDataFrame,
    attacks: gpd.GeoDataFrame,
    *,
    radius_m: float,
) -> LongArray:
    """Return how many attacks each post had, with every attack somewhere within its precision.

    Parameters
    ----------
    resampling
        The draws.
    posts
        Points in a metric CRS.
    attacks
        Points with ``id`` and ``location_precision_m``, in the same CRS.
    radius_m
        As for `corridors.risk.attack_shares`.

    Returns
    -------
    numpy.ndarray
        Shape (draws, posts).
    """
    names = attacks["id"].astype(str).tolist()
    reach = attacks["location_precision_m"].to_numpy(float)
    away = reach * np.sqrt(resampling.uniforms("distance", names))
    angle = 2 * np.pi * resampling.uniforms("angle", names)
    middle = shapely.get_coordinates(np.asarray(attacks.geometry.array)).reshape(-1, 2)
    xy = np.stack([middle[:, 0] + away * np.cos(angle), middle[:, 1] + away * np.sin(angle)], -1)
    post = nearest_posts(posts, xy.reshape(-1, 2), radius_m=radius_m).reshape(away.shape)
    draw = np.broadcast_to(np.arange(resampling.draws)[:, None], post.shape)
    on = post >= 0
    at = draw[on] * len(posts) + post[on]
    return np.bincount(at, minlength=resampling.draws * len(posts)).reshape(
        resampling.draws, len(posts)
    )
