"""What a reinforcement comes to: the plan, what it changes, how sure that is."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from corridors.intervals import mean_interval
from corridors.reinforcement.opponents import Solved
from corridors.reinforcement.problem import Problem
from corridors.reinforcement.reply import Replies
from corridors.undetected.share import estimate

__all__ = ["Change", "Estimate", "Reinforcement", "change_of", "knee_of"]

FloatArray = NDArray[np.float64]
Estimate = tuple[float, float, float]


@dataclass(frozen=True)
class Change:
    """The undetected share before and after a plan; each as estimate, low, high.

    Attributes
    ----------
    before, after
        Without and with the plan.
    difference
        After less before, over the same travellers: its interval is far narrower than theirs.
    travellers
        How many there were.
    solved_again
        Share of the travellers who take another way.
    """

    before: Estimate
    after: Estimate
    difference: Estimate
    travellers: int
    solved_again: float

    def record(self) -> dict[str, Any]:
        """Return it as plain names and numbers."""
        told: dict[str, Any] = {
            "travellers": self.travellers,
            "take_another_way": self.solved_again,
        }
        for name in ("before", "after", "difference"):
            values = getattr(self, name)
            told |= dict(zip((name, f"{name}_low", f"{name}_high"), values, strict=True))
        return told


def change_of(replies: Replies, sensors: frozenset[int], *, level: float) -> Change:
    """Return what sensors change for travellers.

    Parameters
    ----------
    replies
        Of the travellers.
    sensors
        Of the universe, that stand when the plan is done.
    level
        Of the intervals.
    """
    both = replies.survived([replies.standing, sensors])
    before, after = both.T
    low, high = mean_interval(after - before, level=level, strata=replies.stratum)
    other = [
        replies.way(row, sensors) is not replies.way(row, replies.standing)
        for row in range(len(replies))
    ]
    return Change(
        estimate(before, replies.stratum, level),
        estimate(after, replies.stratum, level),
        (float((after - before).mean()), float(low), float(high)),
        len(replies),
        float(np.mean(other)),
    )


@dataclass(frozen=True)
class Reinforcement:
    """Where reinforcements should stand against one opponent.

    Attributes
    ----------
    problem
        What was asked.
    opponent
        ``probable``, ``known``, ``best`` or ``evasion``.
    solved
        The plan against it, what it leaves, the bound, and how it was found.
    nothing
        What the opponent is left with when nothing is done.
    plan
        A row for each place taken, in order: ``order, id, source, kind, cost, moved_from``,
        ``marginal`` (what it takes away after those before it), ``alone`` (what it would by itself).
    candidates
        All places: ``id, source, kind, cost, group, alone, taken`` (its order, 0 where it is not).
    change, fresh
        For the study's travellers, and for others that no plan was made for.
    curve
        A row for each number of places from 0: ``places, left, bound, marginal, cost, status, plan,
        comes, goes`` (which ids the plan has that the one before had not, and the other way round).
    knee
        Number of places after which one more brings much less; None where there is no bend.
    notes
        The plain truth: what was assumed, what gains nothing, what stopped the search.
    extra
        More tables by name: worlds, patrols, support network, bases, burden.
    """

    problem: Problem
    opponent: str
    solved: Solved
    nothing: float
    plan: gpd.GeoDataFrame
    candidates: gpd.GeoDataFrame
    change: Change
    fresh: Change | None
    curve: pd.DataFrame
    knee: int | None
    notes: tuple[str, ...] = ()
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def gap(self) -> float:
        """How far what is left lies above the bound; NaN where nothing is proven."""
        return self.solved.value - self.solved.bound


def knee_of(left: Sequence[float]) -> int | None:
    """Return after how many places one more brings much less: where the curve bends most.

    Parameters
    ----------
    left
        What 0, 1, 2 ... places leave.

    Returns
    -------
    int
        Where the curve lies farthest below the straight line between its ends; None for fewer than
        three points, or a curve that does not lie below it.

    References
    ----------
    Satopaa, Albrecht, Irwin and Raghavan 2011, doi 10.1109/ICDCSW.2011.20.

    Examples
    --------
    >>> knee_of([1.0, 0.6, 0.3, 0.28, 0.26])
    2
    >>> knee_of([1.0, 0.5]) is None
    True
    """
    values = np.asarray(left, float)
    if len(values) < 3:
        return None
    straight = np.linspace(values[0], values[-1], len(values))
    below = straight - values
    best = int(np.argmax(below))
    return best if below[best] > 1e-9 else None
