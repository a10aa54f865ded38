"""What a reinforcement comes to: the plan, what it changes, how sure that is."""

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

__all__ = ["Change", "Estimate", "Reinforcement", "change_of"]

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
    another_way
        Share of the travellers who take another way.
    """

    before: Estimate
    after: Estimate
    difference: Estimate
    travellers: int
    another_way: float

    def record(self) -> dict[str, Any]:
        """Return it as plain names and numbers."""
        told: dict[str, Any] = {
            "travellers": self.travellers,
            "take_another_way": self.another_way,
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
        replies.way(row, sensors).mark != replies.way(row, replies.standing).mark
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
        ``marginal`` (what it takes away after those before it), ``alone`` (what it would itself).
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
    border
        Stretches of border before and after; see `border_before_and_after`.
    journeys
        A row for each origin, destination and profile: ``transits`` (its share), ``unseen_before``
        and ``unseen_after`` (of its own transits), ``hours_before`` and ``hours_after``.
    tables, layers, records
        What else was asked, by name: worlds, schedule, burden, support network, bases.
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
    border: gpd.GeoDataFrame
    journeys: pd.DataFrame
    notes: tuple[str, ...] = ()
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    layers: dict[str, gpd.GeoDataFrame] = field(default_factory=dict)
    records: dict[str, Any] = field(default_factory=dict)

    @property
    def gap(self) -> float:
        """How far what is left lies above the bound; NaN where nothing is proven."""
        return self.solved.value - self.solved.bound
