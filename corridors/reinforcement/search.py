"""The search for a plan: greedy, then swaps, or every plan where there are few."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corridors.reinforcement.options import Options, Plan

__all__ = ["Found", "Search", "Value"]

FloatArray = NDArray[np.float64]

# The undetected share that each of some plans leaves.
Value = Callable[[Sequence[Plan]], FloatArray]

# Less is rounding.
GAIN_MIN = 1e-12
# Plans that are weighed between two looks at the clock: at most, and at first.
CHUNK, FIRST = 64, 16
# Up to so many plans all of them are tried.
EVERY_PLAN = 2000


@dataclass(frozen=True)
class Found:
    """A plan and how it was found.

    Attributes
    ----------
    plan
        The options taken, in the order in which greedy took them; what swaps brought last.
    value
        What it leaves.
    status
        ``"optimal (every plan tried)"`` or ``"heuristic"``.
    tried
        Plans that were weighed.
    seconds
        That it took.
    limit
        What stopped it before its end, or an empty text.
    """

    plan: Plan
    value: float
    status: str
    tried: int
    seconds: float
    limit: str = ""


class Search:
    """Looks for plans of one set of options.

    Parameters
    ----------
    options
        What a plan may hold.
    value
        What plans leave; it is asked for each plan once.
    promise
        What plans are hoped to leave, at little cost: which are weighed first.
    seconds
        Limit of time.
    known
        Plans that were weighed already, by their options in order; what is weighed is added.
    """

    def __init__(
        self,
        options: Options,
        value: Value,
        *,
        promise: Value | None = None,
        seconds: float,
        known: dict[Plan, float] | None = None,
    ) -> None:
        self._options, self._value, self._promise = options, value, promise
        self._start, self._seconds = time.monotonic(), seconds
        self._known: dict[Plan, float] = {} if known is None else known
        self._chunk = FIRST

    @property
    def out_of_time(self) -> bool:
        """Whether the limit is reached."""
        return time.monotonic() - self._start > self._seconds

    def best(self, *, start: Plan | None = None) -> Found:
        """Return the best plan: of all where these are few, else by greedy and swaps.

        Parameters
        ----------
        start
            The plan that swaps begin with, instead of that of greedy.
        """
        if self._options.count_plans() <= EVERY_PLAN:
            plans = self._options.plans()
            values = self._values(plans)
            if not self.out_of_time or len(values) == len(plans):
                least = min(values.items(), key=lambda pair: (pair[1], len(pair[0]), pair[0]))
                # Of plans that leave as much the smallest.
                best = self._smallest(values, least[1])
                return self._found(self._ordered(best), "optimal (every plan tried)")
        return self.improved(self.greedy() if start is None else start)

    def greedy(self, start: Plan = ()) -> Plan:
        """Return the plan that takes whatever gains most next, for its cost, until nothing does.

        Parameters
        ----------
        start
            What it begins with.
        """
        plan = start
        while not self.out_of_time:
            now = self.value(plan)
            more = [(*plan, int(option)) for option in self._options.addable(plan)]
            values = self._values(more)
            gains = {one: now - value for one, value in values.items()}
            best = max(gains, key=lambda one: self._rate(one, gains[one]), default=None)
            if best is None or gains[best] <= GAIN_MIN:
                break
            plan = best
        return plan

    def improved(self, plan: Plan) -> Found:
        """Return a plan after swaps: one for another, one more, one less, until none improves.

        Parameters
        ----------
        plan
            That fits.
        """
        while not self.out_of_time:
            now = self.value(plan)
            values = self._values(self._around(plan))
            best = min(values, key=lambda one: (values[one], one), default=None)
            if best is None or values[best] >= now - GAIN_MIN:
                break
            plan = best
        return self._found(plan, "heuristic")

    def value(self, plan: Plan) -> float:
        """Return what one plan leaves."""
        return self._values([plan], always=True)[plan]

    def _around(self, plan: Plan) -> list[Plan]:
        fewer = [tuple(one for one in plan if one != gone) for gone in plan]
        swapped = [
            (*rest, int(option))
            for rest in fewer
            for option in self._options.addable(rest)
            if option not in plan
        ]
        return [*((*plan, int(option)) for option in self._options.addable(plan)), *swapped, *fewer]

    def _rate(self, plan: Plan, gain: float) -> tuple[float, int]:
        cost = float(self._options.cost[plan[-1]])
        each = gain / cost if cost > 0 else (np.inf if gain > GAIN_MIN else gain)
        return (gain if np.isinf(self._options.budget) else each, -plan[-1])

    def _values(self, plans: Sequence[Plan], *, always: bool = False) -> dict[Plan, float]:
        """Return what plans leave, of as many as there is time for, the most promising first."""
        own = {plan: tuple(sorted(plan)) for plan in plans}
        new = list(dict.fromkeys(key for key in own.values() if key not in self._known))
        if self._promise is not None and len(new) > CHUNK:
            hoped = self._promise(new)
            new = [new[n] for n in np.argsort(hoped, kind="stable")]
        while new and (always or not self.out_of_time):
            some, new = new[: self._chunk], new[self._chunk :]
            begun = time.monotonic()
            self._known.update(zip(some, self._value(some).tolist(), strict=True))
            now = time.monotonic()
            # No more at once than there seems to be time for.
            left = self._seconds - (now - self._start)
            fitting = len(some) * left / max(now - begun, 1e-9)
            self._chunk = int(np.clip(fitting, 1, CHUNK))
        return {plan: self._known[key] for plan, key in own.items() if key in self._known}

    def _smallest(self, values: dict[Plan, float], least: float) -> Plan:
        as_good = [plan for plan, value in values.items() if value <= least + GAIN_MIN]
        return min(as_good, key=lambda plan: (len(plan), values[plan], plan))

    def _ordered(self, plan: Plan) -> Plan:
        """Return a plan in the order in which its parts gain most."""
        order: Plan = ()
        while len(order) < len(plan):
            more = [(*order, one) for one in plan if one not in order]
            values = self._values(more, always=True)
            order = min(more, key=lambda one: (values[one], one))
        return order

    def _found(self, plan: Plan, status: str) -> Found:
        limit = "time" if self.out_of_time and status == "heuristic" else ""
        return Found(
            self._ordered(plan),
            self.value(plan),
            status,
            len(self._known),
            time.monotonic() - self._start,
            limit,
        )
