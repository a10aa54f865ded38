"""Loops over plain arrays: what lies on the best ways, and the strongest cut for one pair."""

import numpy as np
from numpy.typing import NDArray

from corridors.kernels.jit import compiled

__all__ = ["path_cut", "places_on_paths", "spread_flow"]

FloatArray = NDArray[np.float64]
LongArray = NDArray[np.int64]
IntArray = NDArray[np.int32]

# Ways with more candidates than this, of differing strength, get a simpler cut: the exact one
# tries every subset.
MOST_LIFTED = 12


@compiled
def places_on_paths(
    back_arc: LongArray,
    tails: IntArray,
    cost: FloatArray,
    entry_first: LongArray,
    entry_place: LongArray,
    entry_cost: FloatArray,
    ends: LongArray,
) -> tuple[FloatArray, LongArray, LongArray, FloatArray]:
    """Return the plain cost of the way to each end, and what each place on it adds.

    Parameters
    ----------
    back_arc
        Arc by which each node is reached, -1 at the start.
    tails, cost
        Of the arcs: the node left, and the cost with nothing placed.
    entry_first, entry_place, entry_cost
        Entries ``entry_first[a]:entry_first[a + 1]`` tell which places add what to arc a.
    ends
        Nodes whose ways are wanted.

    Returns
    -------
    total
        Of each way, with nothing placed.
    first, place, added
        Entries ``first[i]:first[i + 1]`` are of way i, each place once, in the order of its number.
    """
    total = np.zeros(ends.shape[0])
    first = np.zeros(ends.shape[0] + 1, np.int64)
    place = np.empty(256, np.int64)
    added = np.empty(256, np.float64)
    size = 0
    for i in range(ends.shape[0]):
        at = ends[i]
        begin = size
        while back_arc[at] >= 0:
            arc = back_arc[at]
            total[i] += cost[arc]
            for e in range(entry_first[arc], entry_first[arc + 1]):
                if size == place.shape[0]:
                    place = np.concatenate((place, np.empty_like(place)))
                    added = np.concatenate((added, np.empty_like(added)))
                size = _insert(place, added, begin, size, entry_place[e], entry_cost[e])
            at = tails[arc]
        first[i + 1] = size
    return total, first, place[:size].copy(), added[:size].copy()


@compiled
def _insert(
    place: LongArray, added: FloatArray, begin: int, size: int, new: int, more: float
) -> int:
    at = size
    while at > begin and place[at - 1] >= new:
        at -= 1
    if at < size and place[at] == new:
        added[at] += more
        return size
    for s in range(size, at, -1):
        place[s] = place[s - 1]
        added[s] = added[s - 1]
    place[at] = new
    added[at] = more
    return size + 1


@compiled
def path_cut(
    strength: FloatArray,
    first: LongArray,
    place: LongArray,
    ratio: FloatArray,
    x: FloatArray,
    adds: bool,  # noqa: FBT001 compiled functions know no keywords
) -> tuple[float, float, FloatArray]:
    """Return the strongest bound from below that known ways give one pair.

    Parameters
    ----------
    strength
        Reliability of each way with nothing placed, the greatest first.
    first, place, ratio
        Entries ``first[i]:first[i + 1]``: places on way i, and what each leaves of its reliability.
    x
        Part of each place that is taken, 0 to 1.
    adds
        Whether what places take from a way adds up, down to 0, or ratios multiply.

    Returns
    -------
    value, constant, drop
        The pair's reliability is at least ``constant - drop @ x``, which at `x` is `value`.

    Notes
    -----
    Levels of reliability are kept apart: the pair stays above a level as long as some way above it
    has no sensor (the step inequality of Pan and Morton 2008, or mixing set), and below the steps
    lies the convex hull of one way. Where all ratios of that way are equal the hull is that of a
    convex function of the number of sensors; else one of its facets, by lifting in sequence
    (Ahmed and Atamtuerk 2011; Towle and Luedtke 2018).
    """
    ways = strength.shape[0]
    load = np.zeros(ways)
    for i in range(ways):
        for e in range(first[i], first[i + 1]):
            load[i] += x[place[e]]
    best, base = -np.inf, 0
    steps, least = 0.0, np.inf
    for i in range(ways):
        entries = slice(first[i], first[i + 1])
        constant, drop = _hull(ratio[entries], x[place[entries]], load[i], adds)
        value = constant
        for n in range(drop.shape[0]):
            value -= drop[n] * x[place[first[i] + n]]
        if steps + strength[i] * value > best:
            best, base = steps + strength[i] * value, i
        least = min(least, load[i])
        if i + 1 < ways and least < 1.0:
            steps += (strength[i] - strength[i + 1]) * (1.0 - least)
    return best, *_written_out(strength, first, place, ratio, x, load, base, adds)


@compiled
def _written_out(
    strength: FloatArray,
    first: LongArray,
    place: LongArray,
    ratio: FloatArray,
    x: FloatArray,
    load: FloatArray,
    base: int,
    adds: bool,  # noqa: FBT001 compiled functions know no keywords
) -> tuple[float, FloatArray]:
    total = np.zeros(x.shape[0])
    constant, least, on = 0.0, np.inf, 0
    for i in range(base):
        if load[i] < least:
            least, on = load[i], i
        if least < 1.0:
            step = strength[i] - strength[i + 1]
            constant += step
            for e in range(first[on], first[on + 1]):
                total[place[e]] += step
    entries = slice(first[base], first[base + 1])
    own, drop = _hull(ratio[entries], x[place[entries]], load[base], adds)
    for n in range(drop.shape[0]):
        total[place[first[base] + n]] += strength[base] * drop[n]
    return constant + strength[base] * own, total


@compiled
def _hull(
    ratio: FloatArray,
    x: FloatArray,
    load: float,
    adds: bool,  # noqa: FBT001 compiled functions know no keywords
) -> tuple[float, FloatArray]:
    """Bound the product of the ratios of what is taken from below, tight near x."""
    count = ratio.shape[0]
    constant, drop = 1.0, 1.0 - ratio
    if adds or load <= 1.0 or count < 2:
        return constant, drop
    if ratio.max() - ratio.min() < 1e-12:
        taken = min(int(load + 1e-9), count - 1)
        scale = ratio[0] ** taken
        return scale * (1.0 + (1.0 - ratio[0]) * taken), scale * drop
    value = constant - (drop * x).sum()
    order = np.argsort(-x)
    for taken in range(int(load), int(load) + 2):
        if 1 <= taken <= count:
            own, other = _lifted(ratio[order], taken)
            there = own - (other * x[order]).sum()
            if there > value + 1e-12:
                value, constant = there, own
                drop = np.empty(count)
                drop[order] = other
    return constant, drop


@compiled
def _lifted(ratio: FloatArray, taken: int) -> tuple[float, FloatArray]:
    """Bound the product from below, tight where just the first so many are taken."""
    count = ratio.shape[0]
    scale = 1.0
    for n in range(taken):
        scale *= ratio[n]
    drop = scale * (1.0 - ratio)
    if scale <= 0.0:
        return 0.0, np.zeros(count)
    if count > MOST_LIFTED:
        rest = 1.0
        for n in range(count):
            rest *= ratio[n]
        for n in range(taken):
            drop[n] = rest / ratio[n] - rest
    else:
        rise = _rises(ratio, taken)
        for n in range(taken):
            drop[n] = scale * rise[n]
    return scale + drop[:taken].sum(), drop


@compiled
def _rises(ratio: FloatArray, taken: int) -> FloatArray:
    """Return by how much each that is given up lifts the product at least, one after another."""
    count = ratio.shape[0]
    more = 1 << (count - taken)
    left, price = np.ones(more), np.zeros(more)
    for some in range(1, more):
        low = 0
        while not some >> low & 1:
            low += 1
        before = some & (some - 1)
        left[some] = left[before] * ratio[taken + low]
        price[some] = price[before] + 1.0 - ratio[taken + low]
    rise = np.zeros(taken)
    for n in range(taken):
        rise[n] = np.inf
        for some in range(1 << n):
            gain, used = 1.0 / ratio[n], 0.0
            for m in range(n):
                if some >> m & 1:
                    gain /= ratio[m]
                    used += rise[m]
            rise[n] = min(rise[n], (gain * left + price).min() - 1.0 - used)
    return rise


@compiled
def spread_flow(
    first: LongArray,
    heads: IntArray,
    cost: FloatArray,
    away: FloatArray,
    order: LongArray,
    wanted: FloatArray,
) -> FloatArray:
    """Return what passes through each node on all shortest ways, in equal parts.

    Parameters
    ----------
    first, heads, cost
        Arcs ``first[i]:first[i + 1]`` leave node i; costs above 0.
    away, order
        Least cost to each node, infinite where nothing leads, and nodes by it.
    wanted
        What ends at each node; it does not count there.
    """
    count = np.zeros(away.shape[0])
    count[order[0]] = 1.0
    for node in order:
        if not np.isfinite(away[node]):
            break
        for arc in range(first[node], first[node + 1]):
            if _tight(away[node], cost[arc], away[heads[arc]]):
                count[heads[arc]] += count[node]
    passed = np.zeros(away.shape[0])
    for node in order[::-1]:
        if not np.isfinite(away[node]):
            continue
        for arc in range(first[node], first[node + 1]):
            head = heads[arc]
            if _tight(away[node], cost[arc], away[head]):
                passed[node] += (passed[head] + wanted[head]) * count[node] / count[head]
    return passed


@compiled
def _tight(here: float, cost: float, there: float) -> bool:
    return abs(here + cost - there) <= 1e-12 * there
