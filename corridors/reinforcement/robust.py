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
    that world. All plans are weighed by the same travellers.
    """
    each = seconds / (len(names) + 3)
    known: dict[Plan, FloatArray] = {}

    def left(plans: Sequence[Plan]) -> FloatArray:
        new = [plan for plan in dict.fromkeys(plans) if plan not in known]
        if new:
            columns = np.column_stack([other.values(new) for other in opponents])
            known.update(zip(new, columns, strict=True))
        return np.array([known[plan] for plan in plans])

    plans: dict[str, Plan] = {}
    statuses = set()

    def look(goal: str, weigh: Callable[[FloatArray], FloatArray]) -> None:
        """Take the best plan for a goal; those weighed for other goals count for it too."""
        found = Search(options, lambda some: weigh(left(some)), seconds=each).best()
        every = list(known)
        values = weigh(left(every))
        best = int(np.argmin(values))
        statuses.add(found.status)
        plans[goal] = found.plan if found.value <= values[best] + GAIN_MIN else every[best]

    for world, name in enumerate(names):
        look(f"best in {name}", lambda values, at=world: values[:, at])  # type: ignore[misc]
    look("least mean", lambda values: values.mean(axis=1))
    look("least worst case", lambda values: values.max(axis=1))
    least = left(list(known)).min(axis=0)
    look("least regret", lambda values: (values - least).max(axis=1))
    status = "heuristic" if "heuristic" in statuses else statuses.pop()
    return Robust(tuple(names), plans, left(list(plans.values())), status)
