"""Along each path: what survives, and who catches first."""

import numpy as np
from numpy.typing import NDArray

from corridors.kernels.jit import compiled

__all__ = ["add_worth", "first_catches", "mean_tapers"]

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
def add_worth(
    x0: FloatArray,
    y0: FloatArray,
    x1: FloatArray,
    y1: FloatArray,
    hours: FloatArray,
    starts: LongArray,
    survived: FloatArray,
    place_x: FloatArray,
    place_y: FloatArray,
    first_place: LongArray,
    places: IntArray,
    shape: tuple[int, int],
    corner: tuple[float, float],
    side: float,
    reach: float,
    rate: float,
    worth: FloatArray,
) -> None:
    """Add what a sensor at each of many places would catch of what nobody else does.

    Parameters
    ----------
    x0, y0, x1, y1, hours
        Ends of the steps of all paths, metres, and the hours that each takes.
    starts, survived
        Where each path's steps begin, and what survives of it now.
    place_x, place_y
        The places, metres.
    first_place, places, shape, corner, side
        The places sorted into squares: square (row, column), counted from a corner up and to the
        right, holds ``places[first_place[s]:first_place[s + 1]]`` with s = row * columns + column.
    reach, rate
        Range of the sensor, metres, and its hazard per hour at its own place.
    worth
        Of each place; added to: sum over paths of survived (1 - exp(-hazard)).
    """
    rows, columns = shape
    hazard = np.zeros(place_x.shape[0])
    touched = np.empty(place_x.shape[0], np.int64)
    for m in range(starts.shape[0] - 1):
        count = 0
        for step in range(starts[m], starts[m + 1]):
            ax, ay, bx, by = x0[step], y0[step], x1[step], y1[step]
            low_c = max(int((min(ax, bx) - reach - corner[0]) // side), 0)
            high_c = min(int((max(ax, bx) + reach - corner[0]) // side), columns - 1)
            low_r = max(int((min(ay, by) - reach - corner[1]) // side), 0)
            high_r = min(int((max(ay, by) + reach - corner[1]) // side), rows - 1)
            for row in range(low_r, high_r + 1):
                for square in range(row * columns + low_c, row * columns + high_c + 1):
                    for n in range(first_place[square], first_place[square + 1]):
                        place = places[n]
                        mean = _taper(
                            ax - place_x[place],
                            ay - place_y[place],
                            bx - place_x[place],
                            by - place_y[place],
                            reach,
                        )
                        more = rate * hours[step] * mean
                        if more > 0.0:
                            if hazard[place] == 0.0:
                                touched[count] = place
                                count += 1
                            hazard[place] += more
        for n in range(count):
            place = touched[n]
            worth[place] -= survived[m] * np.expm1(-hazard[place])
            hazard[place] = 0.0


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
        means[n] = _taper(x0[n], y0[n], x1[n], y1[n], reach)
    return means


@compiled
def _taper(x0: float, y0: float, x1: float, y1: float, reach: float) -> float:
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
