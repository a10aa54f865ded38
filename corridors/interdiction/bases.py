"""Bases: which, lost, leave posts farthest from help, and where one more brings it nearest."""

import time
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from corridors.errors import InputError
from corridors.interdiction.branch import cut_and_branch
from corridors.interdiction.candidates import Candidates
from corridors.interdiction.master import VIOLATED, Cut
from corridors.interdiction.plan import Plan, status_of
from corridors.interdiction.pool import PathPool, Ways

__all__ = ["add_bases", "critical_bases"]

FloatArray = NDArray[np.float64]
LongArray = NDArray[np.int64]

NOTHING = np.empty(0, np.int64)


def critical_bases(
    distances: ArrayLike,
    losses: Candidates,
    *,
    weights: ArrayLike | None = None,
    reach: float | None = None,
    alone: float | None = None,
    gap: float = 1e-6,
    seconds: float = 600.0,
) -> Plan:
    """Return the bases whose loss leaves posts farthest from help, or most of them out of reach.

    Parameters
    ----------
    distances
        Shape (N, B): from base to post, in any unit; infinite where no way leads.
    losses
        One candidate for each base; the budget says how many are lost.
    weights
        Shape (N,): of the posts, 1 each by default.
    reach
        If given, a post counts as supported when a base stands within this distance, and the value
        is the weight of posts that are not; else the value is the weighted distance to the nearest
        base left.
    alone
        Distance that counts for a post with no base left. Needed where the budget can take all
        bases that reach a post.
    gap, seconds
        Relative distance that counts as proof, and limit of time.

    Returns
    -------
    Plan
        Larger values are worse for the posts: this is the worst that can happen.

    Raises
    ------
    InputError
        If arrays do not fit together, or posts may be left with no base and `alone` is not given.

    Notes
    -----
    r-interdiction median and covering problems. What a post is short of its greatest distance is
    bounded from below by steps from base to base in order of distance.

    References
    ----------
    Church, Scaparra and Middleton 2004, doi 10.1111/j.1467-8306.2004.00410.x; Church and Scaparra
    2005.

    Examples
    --------
    >>> plan = critical_bases([[1, 9], [1, 5], [7, 2]], Candidates(2, budget=1))
    >>> plan.chosen.tolist(), plan.before, plan.after
    ([0], 4.0, 16.0)
    """
    start = time.monotonic()
    table, weight = _table(distances, weights)
    if losses.count != table.shape[1]:
        raise InputError(f"{losses.count} candidates for {table.shape[1]} bases; give one for each")
    if reach is None:
        held, far = table, _far(table, losses, alone)
    else:
        held, far = np.where(table <= _positive(reach, "reach"), 0.0, np.inf), 1.0
    game = _Losses(np.minimum(held, far), weight, far)
    usable = np.asarray((held < far).any(axis=0))
    found = cut_and_branch(
        game,
        losses,
        usable=usable,
        gap=0.1 * gap,
        seconds=seconds - (time.monotonic() - start),
    )
    chosen = _needed(game.value, found.chosen)
    before, after = game.total(NOTHING), game.total(chosen)
    bound = max(game.worst - found.bound * game.scale, after)
    note = "" if after > before else losses.why_none() or "no loss within the budget changes it"
    return Plan(
        chosen,
        before,
        after,
        bound,
        status_of(after, bound, gap=gap, scale=game.worst),
        float(losses.cost[chosen].sum()),
        time.monotonic() - start,
        found.iterations,
        limit=found.limit,
        note=note,
        unmet=np.flatnonzero(~usable),
    )


def add_bases(
    now: ArrayLike,
    distances: ArrayLike,
    candidates: Candidates,
    *,
    weights: ArrayLike | None = None,
    reach: float | None = None,
    gap: float = 1e-6,
    seconds: float = 600.0,
) -> Plan:
    """Return where more bases bring help nearest, or within reach of most.

    Parameters
    ----------
    now
        Shape (N,): distance of each post to the nearest base that is there; infinite where none is.
    distances
        Shape (N, C): from each candidate to each post.
    candidates
        What may be added.
    weights
        Shape (N,): of the posts, 1 each by default.
    reach
        If given, the value is the weight of posts farther than this from every base; else the
        weighted distance to the nearest, which needs `now` to be finite.
    gap, seconds
        Relative distance that counts as proof, and limit of time.

    Returns
    -------
    Plan
        Smaller values are better for the posts.

    Notes
    -----
    The p-median problem with bases that stand (Hakimi 1964), or maximal covering (Church and
    ReVelle 1974), by the cuts of Cornuejols, Fisher and Nemhauser 1977: a post is no nearer to help
    than d - sum of (d - d_j) x_j over the candidates nearer than d, for every d.

    References
    ----------
    Hakimi 1964, doi 10.1287/opre.12.3.450; Church and ReVelle 1974, doi 10.1007/BF01942293;
    Cornuejols, Fisher and Nemhauser 1977, doi 10.1287/mnsc.23.8.789.

    Examples
    --------
    >>> plan = add_bases([9, 9, 2], [[1, 8], [7, 1], [9, 9]], Candidates(2, budget=1))
    >>> plan.chosen.tolist(), plan.before, plan.after
    ([0], 20.0, 10.0)
    """
    start = time.monotonic()
    table, weight = _table(distances, weights)
    there = np.atleast_1d(np.asarray(now, np.float64))
    if there.shape != (len(table),) or np.isnan(there).any() or (there < 0).any():
        raise InputError(f"now holds {there.shape} distances for {len(table)} posts, 0 or more")
    if candidates.count != table.shape[1]:
        raise InputError(f"{candidates.count} candidates, distances of {table.shape[1]}")
    if reach is None and not np.isfinite(there).all():
        post = np.flatnonzero(~np.isfinite(there))[0]
        raise InputError(f"no base supports post {post} now; give the distance that counts for it")
    if reach is not None:
        limit = _positive(reach, "reach")
        there = np.where(there <= limit, 0.0, 1.0)
        table = np.where(table <= limit, 0.0, 1.0)
    game = _Additions(there, np.minimum(table, there[:, None]), weight)
    usable = np.asarray((table < there[:, None]).any(axis=0))
    found = cut_and_branch(
        game,
        candidates,
        usable=usable,
        gap=gap,
        seconds=seconds - (time.monotonic() - start),
    )
    chosen = _needed(game.value, found.chosen)
    before, after = game.value(NOTHING) * game.scale, game.value(chosen) * game.scale
    bound = min(found.bound * game.scale, after)
    note = "" if after < before else (
        candidates.why_none() or "no gain is possible: no candidate is nearer to a post"
    )  # fmt: skip
    return Plan(
        chosen,
        before,
        after,
        bound,
        status_of(after, bound, gap=gap, scale=before),
        float(candidates.cost[chosen].sum()),
        time.monotonic() - start,
        found.iterations,
        limit=found.limit,
        note=note,
        unmet=np.flatnonzero(~usable),
    )


def _table(distances: ArrayLike, weights: ArrayLike | None) -> tuple[FloatArray, FloatArray]:
    table = np.asarray(distances, np.float64)
    if table.ndim != 2 or not table.size:
        raise InputError(
            f"distances have the shape {table.shape}; give a row a post, a column a base"
        )
    if np.isnan(table).any() or (table < 0).any():
        raise InputError("a distance is negative or not a number; infinite means that no way leads")
    weight = np.ones(len(table)) if weights is None else np.asarray(weights, np.float64)
    if weight.shape != (len(table),):
        raise InputError(f"{weight.size} weights for {len(table)} posts; give one for each")
    if not np.all((weight >= 0) & np.isfinite(weight)) or not weight.sum() > 0:
        raise InputError("weights are finite, 0 or more, and not all 0")
    return table, weight


def _positive(value: float, what: str) -> float:
    if not np.isfinite(value) or value <= 0:
        raise InputError(f"{what} is {value}; give a distance above 0")
    return value


def _far(table: FloatArray, losses: Candidates, alone: float | None) -> float:
    finite = np.isfinite(table)
    greatest = float(table[finite].max()) if finite.any() else 0.0
    if alone is not None:
        if not np.isfinite(alone) or alone < greatest:
            raise InputError(
                f"alone is {alone}; give a distance no less than the greatest, {greatest:g}"
            )
        return alone
    cost = np.where(losses.affordable, losses.cost, np.inf)
    price = np.where(finite, cost, 0.0).sum(axis=1)
    bare = np.flatnonzero(price <= losses.budget + 1e-9)
    if len(bare):
        raise InputError(
            f"post {bare[0]} may be left with no base; give as `alone` the distance that counts "
            "then, or a smaller budget"
        )
    return greatest


def _needed(value: Callable[[LongArray], float], chosen: LongArray) -> LongArray:
    whole = value(chosen)
    for place in chosen.tolist():
        fewer = chosen[chosen != place]
        if value(fewer) <= whole:
            chosen = fewer
    return chosen


class _Losses:
    """What posts are short of the greatest distance, as parts of it."""

    def __init__(self, table: FloatArray, weights: FloatArray, far: float) -> None:
        self._table, self._far, self._pair_weights = table, far, weights
        unit = far or 1.0
        self.scale = float(weights.sum() * unit)
        self.worst = float(weights.sum() * far)
        self.weights: FloatArray = weights / weights.sum()
        self.lower = np.zeros(len(table))
        self.upper = np.asarray((far - table.min(axis=1)) / unit)
        self._pool = PathPool(len(table))
        post, base = np.nonzero(table < far)
        self._pool.add(
            Ways(
                post,
                (far - table[post, base]) / unit,
                np.arange(len(post) + 1),
                base,
                np.zeros(len(post)),
            )
        )
        self._unit = unit

    def _nearest(self, chosen: LongArray) -> FloatArray:
        left = np.delete(self._table, chosen, axis=1)
        return np.asarray(left.min(axis=1, initial=self._far))

    def value(self, chosen: LongArray) -> float:
        """Return what posts are short of after a loss."""
        return float(self.weights @ (self._far - self._nearest(chosen))) / self._unit

    def total(self, chosen: LongArray) -> float:
        """Return the value after a loss in the units of distances and weights."""
        return float(self._pair_weights @ self._nearest(chosen))

    def cuts(self, x: FloatArray, left: FloatArray, *, search: bool) -> Sequence[Cut]:  # noqa: ARG002 all cuts are known
        """Return steps from base to base."""
        return self._pool.cuts(x, left)


class _Additions:
    """Distances to the nearest base, as parts of what they are now."""

    def __init__(self, now: FloatArray, table: FloatArray, weights: FloatArray) -> None:
        self._now, self._table = now, table
        self.scale = float(weights @ now) or 1.0
        self.weights: FloatArray = weights / self.scale
        self.lower = np.asarray(table.min(axis=1))
        self.upper = now
        self._order = np.argsort(table, axis=1, kind="stable")
        self._sorted = np.take_along_axis(table, self._order, axis=1)

    def value(self, chosen: LongArray) -> float:
        """Return the weighted distance with a plan, as a part of what it is now."""
        nearest = self._table[:, chosen].min(axis=1, initial=np.inf)
        return float(self.weights @ np.minimum(nearest, self._now))

    def cuts(self, x: FloatArray, left: FloatArray, *, search: bool) -> Sequence[Cut]:  # noqa: ARG002 all cuts are known
        """Return for each post the cut at the distance at which candidates add up to one."""
        filled = np.cumsum(x[self._order], axis=1) < 1.0 - 1e-12
        at = filled.sum(axis=1)
        padded = np.column_stack([self._sorted, self._now])
        level = np.take_along_axis(padded, at[:, None], axis=1)[:, 0]
        drop = np.clip(level[:, None] - self._table, 0.0, None)
        broken = np.flatnonzero(level - drop @ x > left + VIOLATED)
        found = []
        for post in broken.tolist():
            places = np.flatnonzero(drop[post])
            found.append(Cut(post, float(level[post]), places, drop[post, places]))
        return found
