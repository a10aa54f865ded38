"""Putting arcs in the order of the nodes that they leave, in one pass."""

import numpy as np
from numpy.typing import NDArray

from corridors.kernels.jit import compiled

__all__ = ["grouped"]

LongArray = NDArray[np.int64]


@compiled
def grouped(keys: NDArray[np.integer], count: int) -> tuple[LongArray, LongArray]:
    """Return where each key's entries begin, and the entries in order; equal keys stay as they are.

    Parameters
    ----------
    keys
        Whole numbers from 0 to `count` - 1.
    count
        How many keys there are.

    Returns
    -------
    first
        Of length count + 1: entries ``first[k]:first[k + 1]`` of the order have key k.
    order
        Numbers of the entries.
    """
    first = np.zeros(count + 1, np.int64)
    for n in range(keys.shape[0]):
        first[keys[n] + 1] += 1
    for k in range(count):
        first[k + 1] += first[k]
    place = first[:-1].copy()
    order = np.empty(keys.shape[0], np.int64)
    for n in range(keys.shape[0]):
        key = keys[n]
        order[place[key]] = n
        place[key] += 1
    return first, order
