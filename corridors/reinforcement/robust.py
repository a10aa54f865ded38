"""One plan for several worlds: by its worst case, its mean, and its greatest regret."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from corridors.reinforcement.opponents import Opponent
from corridors.reinforcement.options import Options, Plan
from corridors.reinforcement.search import GAIN_MIN, Search

__all__ = ["Robust", "robust_plans"]

FloatArray = NDArray[np.float64]
# From what plans leave in worlds, shape (plans, worlds), to what counts.
Weigh = Callable[[FloatArray], FloatArray]


@dataclass(frozen=True)
class Robust:
    """Plans held against every world.

    Attributes
    ----------
    names
        Of the worlds.
    plans
        By what they are good at: ``"best in NAME"`` for each world, ``"least mean"``, ``"least
        worst case"``, ``"least regret"``.
    left
        What each leaves in each world, shape (plans, worlds).
    status
        Of the search: ``"optimal (every plan tried)"`` or ``"heuristic"``.
    """

    names: tuple[str, ...]
    plans: dict[str, Plan]
    left: FloatArray
    status: str

    def table(self, ids: Sequence[str]) -> pd.DataFrame:
        """Return a row for each plan: its places, what it leaves in each world, and at worst.

        Parameters
        ----------
        ids
            What each option is called.
        """
        regret = (self.left - self.left.min(axis=0)).max(axis=1)
        rows = []
        for number, (goal, plan) in enumerate(self.plans.items()):
            left = self.left[number]
            rows.append(
                {
                    "goal": goal,
                    "plan": [ids[option] for option in plan],
                    **dict(zip(self.names, left.tolist(), strict=True)),
                    "mean": float(left.mean()),
                    "worst": float(left.max()),
                    "regret": float(regret[number]),
                }
            )
        return pd.DataFrame(rows)


def robust_plans(
    names: Sequence[str], opponents: Sequence[Opponent], options: Options, *, seconds: float
) -> Robust:
    """Return plans that are good over several worlds.

    Parameters
    ----------
    names, opponents
        Of each world: its name, and what plans leave there.
    options
        What a plan may hold.
    seconds
        Limit of time of all searches together.

    Notes
    -----
    The regret of a plan in a world is what it leaves there beyond the best plan that was found for
    that world. All plans are weighed by the same travellers. Searches over all worlds begin with
    the plan that serves best of those found before.
    """
    table = _Left(opponents)
    every = range(len(names))
    each = seconds / (len(names) + 3)
    plans: dict[str, Plan] = {}
    statuses = set()

    def look(goal: str, worlds: Sequence[int], weigh: Weigh) -> None:
        """Take the best plan for a goal; those weighed for other goals count for it too."""

        def value(some: Sequence[Plan]) -> FloatArray:
            return weigh(table.of(some, worlds))

        before = list(plans.values()) if len(worlds) > 1 else []
        start = before[int(np.argmin(value(before)))] if before else None
        found = Search(options, value, seconds=each).best(start=start)
        known = table.known(worlds)
        values = value(known)
        best = int(np.argmin(values))
        statuses.add(found.status)
        plans[goal] = found.plan if found.value <= values[best] + GAIN_MIN else known[best]

    for world, name in enumerate(names):
        look(f"best in {name}", [world], lambda left: left[:, 0])
    look("least mean", every, lambda left: left.mean(axis=1))
    look("least worst case", every, lambda left: left.max(axis=1))
    least = table.least()
    look("least regret", every, lambda left: (left - least).max(axis=1))
    status = "heuristic" if "heuristic" in statuses else statuses.pop()
    return Robust(tuple(names), plans, table.of(list(plans.values()), every), status)


class _Left:
    """What plans leave in each world, weighed there once and only where it is asked."""

    def __init__(self, opponents: Sequence[Opponent]) -> None:
        self._opponents = opponents
        self._known: list[dict[Plan, float]] = [{} for _ in opponents]

    def of(self, plans: Sequence[Plan], worlds: Sequence[int]) -> FloatArray:
        """Return what plans leave in some worlds, shape (plans, worlds)."""
        for world in worlds:
            known = self._known[world]
            new = [plan for plan in dict.fromkeys(plans) if plan not in known]
            if new:
                known.update(zip(new, self._opponents[world].values(new).tolist(), strict=True))
        return np.array([[self._known[world][plan] for world in worlds] for plan in plans])

    def known(self, worlds: Sequence[int]) -> list[Plan]:
        """Return the plans that were weighed in all of some worlds."""
        first, *others = (self._known[world] for world in worlds)
        return [plan for plan in first if all(plan in known for known in others)]

    def least(self) -> FloatArray:
        """Return the least that a plan leaves in each world."""
        return np.array([min(known.values()) for known in self._known])
