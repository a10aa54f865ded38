"""Sensors on routes that are known and do not change: flow capture."""

import heapq
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from corridors.errors import InputError
from corridors.interdiction.branch import cut_and_branch
from corridors.interdiction.candidates import SLACK, Candidates
from corridors.interdiction.master import Cut
from corridors.interdiction.plan import BOUNDED, PROVEN, Plan, note_of, status_of
from corridors.interdiction.pool import PathPool, Ways
from corridors.kernels.order import grouped

__all__ = ["GreedyPlan", "KnownRoutes", "capture_known_routes"]

FloatArray = NDArray[np.float64]
LongArray = NDArray[np.int64]

NOTHING = np.empty(0, np.int64)


@dataclass(frozen=True)
class KnownRoutes:
    """Routes, how much passes on each, and what each candidate catches of it.

    Attributes
    ----------
    weights
        Shape (P,): flow of each route.
    route, place, caught
        Shape (E,): candidate `place` catches whoever passes on `route` with probability `caught`.
    """

    weights: FloatArray
    route: LongArray
    place: LongArray
    caught: FloatArray

    @classmethod
    def of(cls, weights: ArrayLike, route: ArrayLike, place: ArrayLike, caught: ArrayLike) -> Self:
        """Return routes from arrays or lists, checked.

        Raises
        ------
        InputError
            If a weight is negative, a probability outside 0 to 1, or an entry given twice.

        Examples
        --------
        >>> KnownRoutes.of([2.0, 1.0], [0, 1], [0, 0], [0.5, 0.9]).weights
        array([2., 1.])
        """
        found = cls(
            np.atleast_1d(np.asarray(weights, np.float64)),
            _whole(route, "routes"),
            _whole(place, "places"),
            np.atleast_1d(np.asarray(caught, np.float64)),
        )
        found.check()
        return found

    def check(self) -> None:
        """Refuse arrays that do not fit together and numbers that mean nothing."""
        if not len(self.route) == len(self.place) == len(self.caught):
            raise InputError(
                f"{len(self.route)} routes, {len(self.place)} places and {len(self.caught)} "
                "probabilities; give one of each for every entry"
            )
        wrong = np.flatnonzero(~((self.weights >= 0) & np.isfinite(self.weights)))
        if len(wrong) or not self.weights.sum() > 0:
            told = f"route {wrong[0]} has {self.weights[wrong[0]]}" if len(wrong) else "all are 0"
            raise InputError(f"flows are 0 or more, finite, and not all 0; {told}")
        off = np.flatnonzero(~((self.caught >= 0) & (self.caught <= 1)))
        if len(off):
            raise InputError(
                f"entry {off[0]} catches with {self.caught[off[0]]}; "
                "probabilities lie between 0 and 1"
            )
        if len(self.route) and (self.route.min() < 0 or self.route.max() >= len(self.weights)):
            raise InputError(f"entries name routes outside 0 to {len(self.weights) - 1}")
        if len(self.place) and self.place.min() < 0:
            raise InputError(f"entries name the place {self.place.min()}; they start at 0")
        if len(np.unique(np.column_stack([self.route, self.place]), axis=0)) < len(self.route):
            raise InputError("a place stands on the same route twice; give each once")


@dataclass(frozen=True)
class GreedyPlan(Plan):
    """A plan built place by place.

    Attributes
    ----------
    guarantee
        Part of the best plan's value that this method reaches on any input; 0 where none is known.
    """

    guarantee: float = 0.0


def capture_known_routes(
    routes: KnownRoutes,
    candidates: Candidates,
    *,
    method: Literal["exact", "greedy"] = "exact",
    seeds: int = 0,
    gap: float = 1e-6,
    seconds: float = 600.0,
) -> Plan:
    """Return where sensors catch most of what passes on known routes.

    Parameters
    ----------
    routes
        Flows, and what each candidate catches of them; candidates catch independently.
    candidates
        What may be placed.
    method
        ``"exact"`` proves the best plan; ``"greedy"`` adds one place after the other and answers
        at once, with a bound of its own for this very input.
    seeds
        Of the greedy method: try every set of at most so many places (up to 3) to start from.
    gap, seconds
        Of the exact method: relative distance that counts as proof, and limit of time.

    Returns
    -------
    Plan or GreedyPlan
        Values are flow caught at least once: sum of f_p (1 - prod(1 - d_k x_k)).

    Notes
    -----
    The value is monotone and submodular, so that gains only shrink and old ones are bounds (lazy
    evaluation, Minoux 1978). Guarantees of the greedy method: 1 - 1/e with unit costs (Nemhauser,
    Wolsey and Fisher 1978); with costs, the better of gain and gain per cost, half of that
    (Leskovec et al. 2007); with costs and three seeds 1 - 1/e again (Sviridenko 2004); with
    unit costs and groups that share nothing 1/2 (Fisher, Nemhauser and Wolsey 1978); else none.
    The bound for this input is that of Leskovec et al.: at any stage, the value plus the best that
    present gains could add within the budget.

    References
    ----------
    Hodgson 1990, doi 10.1111/j.1538-4632.1990.tb00210.x; Leskovec et al. 2007,
    doi 10.1145/1281192.1281239; Sviridenko 2004, doi 10.1016/S0167-6377(03)00062-2.

    Examples
    --------
    >>> routes = KnownRoutes.of([3.0, 2.0, 2.0], [0, 1, 1, 2], [0, 0, 1, 2], [1, 1, 1, 1])
    >>> plan = capture_known_routes(routes, Candidates(3, budget=2))
    >>> plan.chosen.tolist(), plan.after
    ([0, 2], 7.0)
    """
    start = time.monotonic()
    routes.check()
    known = int(routes.place.max()) + 1 if len(routes.place) else 0
    if known > candidates.count:
        raise InputError(f"routes know {known} candidates, but only {candidates.count} are given")
    flows = _Flows(routes, candidates.count)
    if method == "greedy":
        return _greedy_plan(flows, candidates, seeds, start)
    found = cut_and_branch(
        flows,
        candidates,
        usable=np.isin(np.arange(candidates.count), flows.met),
        gap=0.1 * gap,
        seconds=seconds - (time.monotonic() - start),
    )
    chosen = flows.without_idle(found.chosen)
    after = flows.caught(chosen)
    bound = max(flows.total * (1.0 - found.bound), after)
    return Plan(
        chosen,
        0.0,
        after,
        bound,
        status_of(after, bound, gap=gap, scale=flows.total),
        float(candidates.cost[chosen].sum()),
        time.monotonic() - start,
        found.iterations,
        limit=found.limit,
        note=note_of(candidates, met=flows.met, gained=after > 0, cut_off=NOTHING),
        unmet=np.setdiff1d(np.arange(candidates.count), flows.met),
    )


def _whole(given: ArrayLike, what: str) -> LongArray:
    raw = np.atleast_1d(np.asarray(given))
    if raw.size and not np.issubdtype(raw.dtype, np.integer):
        raise InputError(f"{what} are of type {raw.dtype}; give whole numbers")
    return raw.astype(np.int64)


class _Flows:
    """Routes candidate by candidate; in parts of the whole flow, what passes unseen."""

    def __init__(self, routes: KnownRoutes, count: int) -> None:
        self._routes, self.count = routes, count
        self.total = float(routes.weights.sum())
        self.weights: FloatArray = routes.weights / self.total
        order = np.lexsort((routes.place, routes.route))
        by_route = np.searchsorted(routes.route[order], np.arange(len(self.weights) + 1))
        self._pool = PathPool(len(self.weights))
        every = np.arange(len(self.weights))
        ratio = 1.0 - routes.caught[order]
        self._pool.add(Ways(every, np.ones(len(every)), by_route, routes.place[order], ratio))
        self._first, entries = grouped(routes.place, count)
        self._on, self._caught = routes.route[entries], routes.caught[entries]
        counts = routes.caught * routes.weights[routes.route] > 0
        self.met = np.unique(routes.place[counts])
        self.upper = np.ones(len(every))
        self.lower = self.unseen(np.arange(count))

    def entries(self, place: int) -> tuple[LongArray, FloatArray]:
        """Return the routes that a place stands on, and what it catches there."""
        some = slice(self._first[place], self._first[place + 1])
        return self._on[some], self._caught[some]

    def unseen(self, chosen: LongArray) -> FloatArray:
        """Return the part of each route that no place of a plan catches."""
        left = np.ones(len(self.weights))
        for place in chosen.tolist():
            on, caught = self.entries(place)
            left[on] *= 1.0 - caught
        return left

    def value(self, chosen: LongArray) -> float:
        """Return the part of the flow that passes unseen."""
        return float(self.weights @ self.unseen(chosen))

    def caught(self, chosen: LongArray) -> float:
        """Return the flow that is caught."""
        return float(self._routes.weights @ (1.0 - self.unseen(chosen)))

    def cuts(self, x: FloatArray, left: FloatArray, *, search: bool) -> Sequence[Cut]:  # noqa: ARG002 all routes are known
        """Return the most broken cut of each route."""
        return self._pool.cuts(x, left)

    def without_idle(self, chosen: LongArray) -> LongArray:
        """Return a plan without the places that catch nothing more."""
        whole = self.value(chosen)
        for place in chosen.tolist():
            fewer = chosen[chosen != place]
            if self.value(fewer) <= whole:
                chosen = fewer
        return chosen


def _greedy_plan(flows: _Flows, candidates: Candidates, seeds: int, start: float) -> GreedyPlan:
    if not 0 <= seeds <= 3:
        raise InputError(f"seeds is {seeds}; give 0 to 3")
    climb = _Climb(flows, candidates)
    best, value, bound = NOTHING, 0.0, np.inf
    allowed = np.flatnonzero(candidates.affordable)
    starts = [NOTHING] + [
        np.array(some)
        for size in range(1, seeds + 1)
        for some in combinations(allowed.tolist(), size)
        if candidates.fits(np.array(some))
    ]
    for seed in starts:
        for per_cost in (True, False) if not candidates.plain else (False,):
            chosen, reached, above = climb.run(seed, per_cost=per_cost)
            bound = min(bound, above)
            if reached > value:
                best, value = chosen, reached
    best = flows.without_idle(best)
    after = flows.caught(best)
    bound = max(bound * flows.total, after)
    return GreedyPlan(
        best,
        0.0,
        after,
        bound,
        PROVEN if bound <= after * (1 + 1e-12) else BOUNDED,
        float(candidates.cost[best].sum()),
        time.monotonic() - start,
        climb.evaluations,
        guarantee=_guarantee(candidates, seeds),
        note=note_of(candidates, met=flows.met, gained=after > 0, cut_off=NOTHING),
        unmet=np.setdiff1d(np.arange(candidates.count), flows.met),
    )


def _guarantee(candidates: Candidates, seeds: int) -> float:
    sets = [group for group in candidates.sets if len(group) > 1]
    unit = bool(np.all(candidates.cost == candidates.cost[0]))
    if sets:
        members = np.concatenate(sets)
        return 0.5 if unit and len(np.unique(members)) == len(members) else 0.0
    whole = 1.0 - 1.0 / float(np.e)
    return whole if unit or seeds == 3 else whole / 2


class _Climb:
    """The greedy method with gains kept until they are looked at."""

    def __init__(self, flows: _Flows, candidates: Candidates) -> None:
        self._flows, self._candidates = flows, candidates
        self.evaluations = 0

    def run(self, seed: LongArray, *, per_cost: bool) -> tuple[LongArray, float, float]:
        """Return plan, value and bound from a seed, all in parts of the whole flow."""
        flows, candidates = self._flows, self._candidates
        chosen: list[int] = seed.tolist()
        left = flows.unseen(seed)
        gains = np.array([self._gain(k, left) for k in range(flows.count)])
        bound = 1.0 - float(flows.weights @ left) + self._could_add(gains)
        spent = float(candidates.cost[seed].sum())
        key = self._per_cost(gains) if per_cost else gains
        queue = [(-key[k], k) for k in np.flatnonzero(candidates.affordable).tolist()]
        heapq.heapify(queue)
        barred = set(chosen)
        for group in candidates.sets:
            if np.isin(seed, group).any():
                barred |= set(group.tolist())
        while queue:
            _, place = heapq.heappop(queue)
            if place in barred or spent + candidates.cost[place] > candidates.budget + SLACK:
                continue
            gains[place] = self._gain(place, left)
            now = self._per_cost(gains)[place] if per_cost else gains[place]
            if now <= 0:
                continue
            if queue and now < -queue[0][0]:
                heapq.heappush(queue, (-now, place))
                continue
            chosen.append(place)
            barred.add(place)
            spent += float(candidates.cost[place])
            on, caught = flows.entries(place)
            left[on] *= 1.0 - caught
            for group in candidates.sets:
                if place in group:
                    barred |= set(group.tolist())
        gains = np.array([self._gain(k, left) for k in range(flows.count)])
        value = 1.0 - float(flows.weights @ left)
        return np.array(sorted(chosen), np.int64), value, min(bound, value + self._could_add(gains))

    def _gain(self, place: int, left: FloatArray) -> float:
        self.evaluations += 1
        on, caught = self._flows.entries(place)
        return float((self._flows.weights[on] * left[on]) @ caught)

    def _per_cost(self, gains: FloatArray) -> FloatArray:
        cost = self._candidates.cost
        free = np.where(gains > 0, np.inf, 0.0)
        return np.divide(gains, cost, out=free, where=cost > 0)

    def _could_add(self, gains: FloatArray) -> float:
        """Return the most that gains add up to within the budget, the last one in part."""
        candidates = self._candidates
        can = np.flatnonzero(candidates.affordable)
        order = can[np.argsort(-self._per_cost(gains)[can], kind="stable")]
        cost = candidates.cost[order]
        before = np.concatenate([[0.0], np.cumsum(cost)[:-1]])
        room = np.clip(candidates.budget - before, 0.0, None)
        part = np.divide(room, cost, out=np.ones(len(cost)), where=cost > 0)
        return float(gains[order] @ np.clip(part, 0.0, 1.0))
