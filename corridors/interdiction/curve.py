"""How many are enough: the value against the budget, its knee, and how plans differ."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from corridors.errors import InputError
from corridors.interdiction.candidates import Candidates
from corridors.interdiction.plan import HEURISTIC, Plan, status_of

__all__ = ["Curve", "knee_of", "nested_curve", "plan_curve"]

FloatArray = NDArray[np.float64]
LongArray = NDArray[np.int64]

# Gains that are smaller, as a part of the whole gain, are rounding.
NO_GAIN = 1e-12


@dataclass(frozen=True)
class Curve:
    """Plans for growing budgets.

    Attributes
    ----------
    budgets
        Shape (K + 1,): from 0, where nothing is placed.
    values, bounds
        Shape (K + 1,): of each plan, and what no plan of that budget is better than; NaN where
        nothing is proven.
    plans
        K plans, for the budgets above 0.
    gains
        Shape (K,): what each plan gains beyond the one before.
    knee
        Index of the budget at the knee (`knee_of`); None where there is none.
    added, dropped
        K arrays each: candidates that a plan has and the one before has not, and the other way
        round.
    """

    budgets: FloatArray
    values: FloatArray
    bounds: FloatArray
    plans: tuple[Plan, ...]
    gains: FloatArray
    knee: int | None
    added: tuple[LongArray, ...]
    dropped: tuple[LongArray, ...]

    @property
    def nested(self) -> bool:
        """Whether each plan holds the one before."""
        return not any(len(some) for some in self.dropped)


def plan_curve(
    solve: Callable[[Candidates], Plan],
    candidates: Candidates,
    *,
    budgets: Sequence[float] | None = None,
) -> Curve:
    """Return the best plan for each of several budgets.

    Parameters
    ----------
    solve
        From candidates with a budget to a plan.
    candidates
        What may be placed; its own budget is the greatest of the curve.
    budgets
        Growing, above 0; by default 1, 2, ... up to the budget of the candidates.

    Returns
    -------
    Curve
        Values never get worse: where a limit of time left a plan worse than the one before, that
        one stands in, with the bound of its own budget.

    Examples
    --------
    >>> from corridors.interdiction import KnownRoutes, capture_known_routes
    >>> routes = KnownRoutes.of([5, 3, 1], [0, 1, 2], [0, 1, 2], [1, 1, 1])
    >>> curve = plan_curve(lambda some: capture_known_routes(routes, some), Candidates(3, budget=3))
    >>> curve.values.tolist(), curve.gains.tolist(), curve.knee
    ([0.0, 5.0, 8.0, 9.0], [5.0, 3.0, 1.0], 1)
    """
    wanted = (
        np.arange(1.0, np.floor(candidates.budget) + 1)
        if budgets is None
        else np.asarray(budgets, np.float64)
    )
    if not len(wanted) or wanted[0] <= 0 or np.any(np.diff(wanted) <= 0):
        raise InputError(f"budgets {wanted.tolist()} do not grow from above 0; give 1, 2, 3, ...")
    plans: list[Plan] = []
    for budget in wanted.tolist():
        plan = solve(candidates.with_budget(budget))
        if plans and plans[-1].gain > plan.gain:
            plan = _standing_in(plans[-1], plan)
        plans.append(plan)
    return _curve(wanted, tuple(plans))


def _standing_in(earlier: Plan, own: Plan) -> Plan:
    """Return an earlier plan as that of a greater budget, with the bound of this one."""
    rises = earlier.after > earlier.before
    bound = max(own.bound, earlier.after) if rises else min(own.bound, earlier.after)
    return replace(
        own,
        chosen=earlier.chosen,
        after=earlier.after,
        cost=earlier.cost,
        bound=bound,
        status=status_of(earlier.after, bound, gap=1e-6, scale=earlier.before),
    )


def nested_curve(
    value: Callable[[LongArray], float],
    candidates: Candidates,
    *,
    among: Sequence[int] | LongArray | None = None,
) -> Curve:
    """Return plans of which each holds the one before, the place that gains most added each time.

    Parameters
    ----------
    value
        From candidates placed to the value.
    candidates
        What may be placed; steps go on until nothing fits its budget.
    among
        Only these are placed: with the places of a plan, the order in which to build it.

    Returns
    -------
    Curve
        Of heuristic plans; budgets are what they cost. The direction in which most of what is
        placed first moves the value is the good one.

    Examples
    --------
    >>> worth = np.array([1.0, 4.0, 2.0])
    >>> curve = nested_curve(lambda chosen: worth[chosen].sum(), Candidates(3, budget=2))
    >>> [plan.chosen.tolist() for plan in curve.plans], curve.values.tolist()
    ([[1], [1, 2]], [0.0, 4.0, 6.0])
    """
    left = set(range(candidates.count)) if among is None else {int(k) for k in among}
    chosen: list[int] = []
    before = at = value(np.empty(0, np.int64))
    sign = 0.0
    plans: list[Plan] = []
    while True:
        tried = {
            k: value(np.array(sorted([*chosen, k])))
            for k in sorted(left)
            if candidates.fits(np.array([*chosen, k]))
        }
        if not tried:
            break
        if not sign:
            sign = float(np.sign(max(tried.values(), key=lambda v: abs(v - at)) - at)) or 1.0
        best = max(tried, key=lambda k: (sign * tried[k], -k))
        chosen.append(best)
        left.discard(best)
        at = tried[best]
        numbers = np.array(sorted(chosen), np.int64)
        cost = float(candidates.cost[numbers].sum())
        plans.append(Plan(numbers, before, at, float("nan"), HEURISTIC, cost, 0.0, len(plans) + 1))
    if not plans:
        raise InputError(candidates.why_none() or "none of these candidates may be placed")
    return _curve(np.array([plan.cost for plan in plans]), tuple(plans))


def _curve(budgets: FloatArray, plans: tuple[Plan, ...]) -> Curve:
    values = np.array([plans[0].before, *(plan.after for plan in plans)])
    bounds = np.array([plans[0].before, *(plan.bound for plan in plans)])
    sign = 1.0 if values[-1] >= values[0] else -1.0
    chosen = [np.empty(0, np.int64), *(plan.chosen for plan in plans)]
    steps = list(pairwise(chosen))
    all_budgets = np.concatenate([[0.0], budgets])
    return Curve(
        all_budgets,
        values,
        bounds,
        plans,
        sign * np.diff(values),
        knee_of(all_budgets, values),
        tuple(np.setdiff1d(new, old) for old, new in steps),
        tuple(np.setdiff1d(old, new) for old, new in steps),
    )


def knee_of(budgets: FloatArray, values: FloatArray) -> int | None:
    """Return where a curve of value against budget bends most.

    Parameters
    ----------
    budgets
        Growing.
    values
        Of the same length, rising or falling.

    Returns
    -------
    int or None
        Index of the point farthest above the straight line from the first to the last point, as
        gains; the first of several. None where no point is above it: the curve is straight, flat,
        or the first places gain less than the later ones.

    Notes
    -----
    With budgets and gains scaled to 0 to 1, the knee is where gain minus budget is greatest. It
    depends on how far the curve goes; a curve cut off earlier has an earlier knee.

    References
    ----------
    Satopaa et al. 2011, doi 10.1109/ICDCSW.2011.20.

    Examples
    --------
    >>> knee_of(np.array([0.0, 1, 2, 3]), np.array([10.0, 4, 2, 1]))
    1
    """
    whole = values[-1] - values[0]
    if len(values) < 3 or abs(whole) <= NO_GAIN * max(1.0, abs(float(values[0]))):
        return None
    above = (values - values[0]) / whole - (budgets - budgets[0]) / (budgets[-1] - budgets[0])
    at = int(np.argmax(above))
    return at if above[at] > 1e-9 else None
