"""Along each path: what survives, and who catches first."""

import numpy as np
from numpy.typing import NDArray

from corridors.kernels.jit import compiled

__all__ = ["first_catches", "mean_taper", "mean_tapers"]

FloatArray = NDArray[np.float64]
LongArray = NDArray[np.int64]
IntArray = NDArray[np.int32]


@compiled
def first_catches(
    arcs: LongArray,
    starts: LongArray,
    hours: FloatArray,
    indptr: LongArray,
    which: IntArray,
    rate: FloatArray,
    once: FloatArray,
    present: NDArray[np.bool_],
    caught: FloatArray,
    survived: FloatArray,
) -> None:
    """Walk along each path and write who catches it first.

    Parameters
    ----------
    arcs, starts
        Path m takes ``arcs[starts[m]:starts[m + 1]]``.
    hours
        That each step takes, in the order of `arcs`.
    indptr, which, rate, once
        Sensors by arc in compressed sparse rows: sensor ``which[n]`` has a hazard of ``rate[n]``
        per hour and ``once[n]`` besides, for n in ``indptr[arc]:indptr[arc + 1]``.
    present
        Which sensors are there.
    caught
        Shape (paths, sensors), zero at first; written: the chance that each catches it first.
    survived
        Shape (paths,); written: the chance that none does. A row of `caught` and it sum to 1.
    """
    for m in range(starts.shape[0] - 1):
        left = 1.0
        for step in range(starts[m], starts[m + 1]):
            arc = arcs[step]
            whole = 0.0
            for n in range(indptr[arc], indptr[arc + 1]):
                if present[which[n]]:
                    whole += rate[n] * hours[step] + once[n]
            if whole <= 0.0:
                continue
            gone = -left * np.expm1(-whole)
            for n in range(indptr[arc], indptr[arc + 1]):
                if present[which[n]]:
                    part = rate[n] * hours[step] + once[n]
                    caught[m, which[n]] += gone * part / whole
            left *= np.exp(-whole)
        survived[m] = left


@compiled
def mean_tapers(
    x0: FloatArray, y0: FloatArray, x1: FloatArray, y1: FloatArray, reach: float
) -> FloatArray:
    """Return the mean of (1 - (d / reach)^2)^2 along straight pieces, 0 where d exceeds the reach.

    Parameters
    ----------
    x0, y0, x1, y1
        Ends of the pieces, metres; d is the distance to the origin.
    reach
        Metres.
    """
    means = np.empty(x0.shape[0])
    for n in range(x0.shape[0]):
        means[n] = mean_taper(x0[n], y0[n], x1[n], y1[n], reach)
    return means


@compiled
def mean_taper(x0: float, y0: float, x1: float, y1: float, reach: float) -> float:
    """Return the mean of (1 - (d / reach)^2)^2 along a piece, d the distance to the origin.

    With s the way from the place nearest to the origin, in ranges, (d / reach)^2 is the square of
    that place's distance plus s^2. Counted from there nothing is lost by rounding, however long the
    piece is beside the reach.
    """
    dx, dy = (x1 - x0) / reach, (y1 - y0) / reach
    px, py = x0 / reach, y0 / reach
    length = np.sqrt(dx * dx + dy * dy)
    if length < 3e-6:
        # Too short for a difference of two places; along it the value is the same.
        near = max(1.0 - (px + dx / 2.0) ** 2 - (py + dy / 2.0) ** 2, 0.0)
        return near * near
    aside = (px * dy - py * dx) / length
    inside = 1.0 - aside * aside
    if inside <= 0.0:
        return 0.0
    half = np.sqrt(inside)
    start = (px * dx + py * dy) / length
    low, high = max(start, -half), min(start + length, half)
    if high <= low:
        return 0.0
    total = 0.0
    for s, sign in ((high, 1.0), (low, -1.0)):
        total += sign * s * (inside**2 - 2.0 * inside * s**2 / 3.0 + s**4 / 5.0)
    return float(max(total / length, 0.0))
