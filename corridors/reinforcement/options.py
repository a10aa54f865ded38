"""What a plan may hold: sensors put in place, posts moved, their cost, what goes with what."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corridors.errors import InputError

__all__ = ["Options", "Plan", "options_of", "with_moves"]

FloatArray = NDArray[np.float64]
LongArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

Plan = tuple[int, ...]
"""Numbers of the options that are taken, rising."""

# Sums of costs may miss the budget by rounding.
SLACK = 1e-9


@dataclass(frozen=True)
class Options:
    """What may be done, one by one: O options over a universe of sensors.

    Attributes
    ----------
    adds
        Shape (O,): the sensor that each puts in place.
    removes
        Shape (O,): the sensor that it takes from where it stands, -1 for none.
    cost
        Shape (O,).
    conflicts
        Shape (O, O): which may not be taken together.
    number, budget
        How many may be taken, and what they may cost together.
    standing
        Sensors of the universe that are in place at first: posts that may be moved.
    """

    adds: LongArray
    removes: LongArray
    cost: FloatArray
    conflicts: BoolArray
    number: int
    budget: float
    standing: frozenset[int] = frozenset()

    def __len__(self) -> int:
        return len(self.adds)

    @property
    def plain(self) -> bool:
        """Whether nothing but the number binds."""
        return not self.conflicts.any() and float(self.cost.sum()) <= self.budget + SLACK

    def sensors(self, plan: Sequence[int]) -> frozenset[int]:
        """Return the sensors of the universe that stand when a plan is done."""
        taken = list(plan)
        return (self.standing - set(self.removes[taken].tolist())) | set(self.adds[taken].tolist())

    def addable(self, plan: Sequence[int]) -> LongArray:
        """Return the options that a plan has room for."""
        taken = list(plan)
        if len(taken) >= self.number:
            return np.empty(0, np.int64)
        free: BoolArray = ~np.asarray(self.conflicts[taken].any(axis=0))
        free[taken] = False
        left = self.budget - self.cost[taken].sum() + SLACK
        return np.flatnonzero(free & (self.cost <= left))

    def fits(self, plan: Sequence[int]) -> bool:
        """Return whether a plan keeps to number, budget and conflicts."""
        taken = list(plan)
        return (
            len(taken) <= self.number
            and bool(self.cost[taken].sum() <= self.budget + SLACK)
            and not self.conflicts[np.ix_(taken, taken)].any()
        )

    def with_number(self, number: int) -> "Options":
        """Return the same options with another number of places."""
        return Options(
            self.adds,
            self.removes,
            self.cost,
            self.conflicts,
            number,
            self.budget,
            self.standing,
        )

    @property
    def groups(self) -> list[list[int]]:
        """Pairs of options of which at most one may be taken."""
        return np.argwhere(np.triu(self.conflicts)).tolist()

    def count_plans(self) -> int:
        """Return how many plans there are at most."""
        return sum(comb(len(self), size) for size in range(min(self.number, len(self)) + 1))

    def plans(self) -> list[Plan]:
        """Return every plan that fits, the empty one first."""
        return [
            plan
            for size in range(min(self.number, len(self)) + 1)
            for plan in combinations(range(len(self)), size)
            if self.fits(plan)
        ]


def options_of(
    places: FloatArray,
    cost: FloatArray,
    *,
    number: int | None = None,
    budget: float | None = None,
    groups: Sequence[Any] | None = None,
    min_distance_m: float = 0.0,
    first: int = 0,
) -> Options:
    """Return the options of putting sensors at places.

    Parameters
    ----------
    places
        Coordinates, shape (C, 2), metres.
    cost
        Of each, not negative.
    number, budget
        How many may be taken; what they may cost together: either, no limit unless given.
    groups
        The group of each, of which at most one may be taken; None for no group.
    min_distance_m
        Between any two that are taken.
    first
        Number of the first place's sensor in the universe.

    Raises
    ------
    InputError
        When more places are asked for than there are, the number or the budget is not above 0, a
        cost is negative, or none is within the budget.

    Examples
    --------
    >>> options = options_of(np.array([[0., 0.], [50., 0.], [900., 0.]]), np.ones(3), number=2,
    ...                      min_distance_m=100.0)
    >>> options.fits([0, 1]), options.fits([0, 2]), options.count_plans()
    (False, True, 7)
    """
    count = len(places)
    number = count if number is None else number
    if number < 1:
        raise InputError(f"the plan is to have {number} places; give a number above 0")
    if number > count:
        raise InputError(
            f"the plan is to have {number} places, and there are only {count} candidates; ask for "
            "fewer, or give more candidates"
        )
    if budget is not None and not budget > 0:
        raise InputError(f"the budget is {budget:g}; give one above 0, or none")
    wrong = np.flatnonzero(~(cost >= 0) | ~np.isfinite(cost))
    if len(wrong):
        raise InputError(
            f"candidate {wrong[0]} costs {cost[wrong[0]]:g}; costs are finite and not negative"
        )
    if budget is not None and not (cost <= budget + SLACK).any():
        raise InputError(
            f"no gain is possible: the cheapest of {count} candidates costs {cost.min():g}, more "
            f"than the budget of {budget:g}"
        )
    away = np.hypot(*(places[:, None, :] - places[None, :, :]).transpose(2, 0, 1))
    conflicts = away < min_distance_m
    for group in {one for one in groups or () if one is not None}:
        among = np.array([one == group for one in groups or ()])
        conflicts |= np.outer(among, among)
    np.fill_diagonal(conflicts, val=False)
    return Options(
        adds=np.arange(first, first + count),
        removes=np.full(count, -1),
        cost=np.asarray(cost, float),
        conflicts=conflicts,
        number=number,
        budget=float("inf") if budget is None else budget,
    )


def with_moves(
    options: Options,
    *,
    posts: Sequence[int],
    adds: Sequence[Sequence[int]],
    cost: float,
) -> Options:
    """Return options with moves of posts that stand, each to any of the places.

    Parameters
    ----------
    options
        Of new sensors, from `options_of`.
    posts
        Sensors of the universe that stand and may be moved, at most once each.
    adds
        For each post its own sensor at each of the places, in the order of the options.
    cost
        Of a move.
    """
    places, moves = len(options), len(posts)
    of_place = np.tile(np.arange(places), moves + 1)
    of_post = np.repeat(np.arange(-1, moves), places)
    conflicts = options.conflicts[np.ix_(of_place, of_place)]
    conflicts |= of_place[:, None] == of_place[None, :]
    conflicts |= (of_post[:, None] == of_post[None, :]) & (of_post >= 0)[:, None]
    np.fill_diagonal(conflicts, val=False)
    return Options(
        adds=np.concatenate([options.adds, *(np.asarray(one, np.int64) for one in adds)]),
        removes=np.concatenate([options.removes, np.repeat(np.asarray(posts, np.int64), places)]),
        cost=np.concatenate([options.cost, np.full(places * moves, float(cost))]),
        conflicts=conflicts,
        number=len(of_place) if options.number == places else options.number,
        budget=options.budget,
        standing=frozenset(int(post) for post in posts),
    )
