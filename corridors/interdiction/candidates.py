"""What may be placed: costs, a budget, groups, exclusions; checked once, at the door."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from corridors.errors import InputError

__all__ = ["Candidates"]

FloatArray = NDArray[np.float64]
LongArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

# Sums of costs may miss the budget by rounding.
SLACK = 1e-9


@dataclass(frozen=True, eq=False)
class Candidates:
    """Places of which some may be taken.

    Parameters
    ----------
    count
        How many candidates there are; they are numbered from 0.
    budget
        What the plan may cost; with unit costs, how many places.
    costs
        Of each candidate, shape (count,), not negative; 1 each by default.
    groups
        Sets of candidates of which at most one may be taken.
    excluded
        Candidates that may not be taken.

    Raises
    ------
    InputError
        If the budget is not above 0, with unit costs asks for more places than there are
        candidates left, a cost is negative or not finite, or a number names no candidate.

    Examples
    --------
    >>> Candidates(3, budget=2, costs=[1, 2, 5]).affordable
    array([ True,  True, False])
    """

    count: int
    budget: float
    costs: ArrayLike | None = None
    groups: Sequence[Sequence[int]] = ()
    excluded: Sequence[int] = ()
    cost: FloatArray = field(init=False, repr=False)
    sets: tuple[LongArray, ...] = field(init=False, repr=False)
    allowed: BoolArray = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if self.count < 1:
            raise InputError("there are no candidates; give at least one place")
        unit = self.costs is None
        cost = np.ones(self.count) if unit else _costs(self.costs, self.count)
        allowed = np.ones(self.count, np.bool_)
        allowed[_numbers(self.excluded, self.count, "excluded")] = False
        sets = tuple(_numbers(group, self.count, "a group") for group in self.groups)
        object.__setattr__(self, "cost", cost)
        object.__setattr__(self, "sets", sets)
        object.__setattr__(self, "allowed", allowed)
        self._check_budget(unit=unit)

    def _check_budget(self, *, unit: bool) -> None:
        if not np.isfinite(self.budget) or self.budget <= 0:
            raise InputError(
                f"the budget is {self.budget}; give one above 0, or there is nothing to place"
            )
        left = int(self.allowed.sum())
        if not left:
            raise InputError(f"all {self.count} candidates are excluded; leave at least one")
        if unit and self.budget > left:
            raise InputError(
                f"the budget asks for {self.budget:g} places, but only {left} candidates may be "
                "taken; lower the budget or add candidates"
            )

    @property
    def affordable(self) -> BoolArray:
        """Candidates that are not excluded and cost no more than the budget."""
        return self.allowed & (self.cost <= self.budget + SLACK)

    @property
    def plain(self) -> bool:
        """Whether every candidate costs 1 and groups bind nothing."""
        return bool(np.all(self.cost == 1)) and not any(len(group) > 1 for group in self.sets)

    def with_budget(self, budget: float) -> Self:
        """Return the same candidates with another budget."""
        return replace(self, budget=budget)

    def fits(self, chosen: LongArray) -> bool:
        """Return whether a plan keeps to budget, groups and exclusions."""
        if not self.allowed[chosen].all() or self.cost[chosen].sum() > self.budget + SLACK:
            return False
        return all(np.isin(chosen, group).sum() <= 1 for group in self.sets)

    def filled(self, order: LongArray) -> LongArray:
        """Return the plan that takes candidates in this order as long as they fit, sorted.

        Parameters
        ----------
        order
            Candidates, the most wanted first.
        """
        taken: list[int] = []
        left, barred = self.budget + SLACK, ~self.allowed
        for k in order.tolist():
            if barred[k] or self.cost[k] > left:
                continue
            taken.append(k)
            left -= self.cost[k]
            for group in self.sets:
                if k in group:
                    barred = barred.copy()
                    barred[group] = True
        return np.array(sorted(taken), np.int64)

    def why_none(self) -> str:
        """Return why nothing can be taken, or an empty text."""
        if self.affordable.any():
            return ""
        cheapest = self.cost[self.allowed].min()
        return (
            f"no gain is possible: the cheapest candidate costs {cheapest:g}, "
            f"more than the budget of {self.budget:g}"
        )


def _costs(given: ArrayLike | None, count: int) -> FloatArray:
    cost = np.asarray(given, np.float64)
    if cost.shape != (count,):
        raise InputError(f"costs have the shape {cost.shape}; give one for each of {count}")
    wrong = np.flatnonzero(~np.isfinite(cost) | (cost < 0))
    if len(wrong):
        raise InputError(
            f"candidate {wrong[0]} costs {cost[wrong[0]]}; costs are finite and not negative"
        )
    return cost


def _numbers(given: Sequence[int], count: int, what: str) -> LongArray:
    raw = np.asarray(given) if len(given) else np.empty(0, np.int64)
    if not np.issubdtype(raw.dtype, np.integer):
        raise InputError(f"{what} names candidates by {raw.dtype} numbers; give whole ones")
    numbers = np.unique(raw).astype(np.int64)
    if len(numbers) and (numbers[0] < 0 or numbers[-1] >= count):
        raise InputError(
            f"{what} names candidate {numbers[0] if numbers[0] < 0 else numbers[-1]}; "
            f"they are numbered from 0 to {count - 1}"
        )
    return numbers
