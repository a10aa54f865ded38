"""Cut generation: the linear program of a plan, in which what pairs are left with comes in cuts."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from corridors.interdiction.candidates import Candidates
from corridors.interdiction.program import INFINITY, Program, Solved

__all__ = ["VIOLATED", "Cut", "Master", "Oracle"]

FloatArray = NDArray[np.float64]
LongArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

# A cut that is broken by less tells nothing.
VIOLATED = 2e-8
# Rounds of cuts after which the bound must have moved, and by how much of what is still open; so
# many times as long where cuts still lift the value of the solution by more than a part of that.
PATIENCE, PROGRESS = 8, 0.01
LONGER, LIFTED = 10, 0.1
# Rows beyond which those that bind nothing go. It doubles each time that this happens among whole
# numbers, so that a search does not come round to the same answers for ever.
MOST_ROWS = 8000
# Rounds between two plans made of what is taken in part.
ROUNDING = 4


@dataclass(frozen=True)
class Cut:
    """A row: what pair `of` is left with is at least ``constant - drop @ x[places]``."""

    of: int
    constant: float
    places: LongArray
    drop: FloatArray


class Oracle(Protocol):
    """What a problem must tell: how pairs count, between what limits they lie, and cuts."""

    weights: FloatArray
    lower: FloatArray
    upper: FloatArray

    def value(self, chosen: LongArray) -> float:
        """Return the exact value of a plan: weights @ what each pair is left with.

        After it, `cuts` knows the cuts that hold pairs to that value at that plan.
        """

    def cuts(self, x: FloatArray, left: FloatArray, *, search: bool) -> Sequence[Cut]:
        """Return cuts that are broken at x, of what is known, or after a search for more."""


class Master:
    """The linear program, the best plan found so far, and what is proven.

    Parameters
    ----------
    oracle
        The problem, scaled so that values are at most about 1.
    candidates
        What may be taken.
    usable
        Candidates that can matter; the others are left out.
    gap
        Relative distance of plan and bound at which the search ends.
    seconds
        Limit of time.
    """

    def __init__(
        self,
        oracle: Oracle,
        candidates: Candidates,
        *,
        usable: BoolArray,
        gap: float,
        seconds: float,
    ) -> None:
        self._oracle, self._candidates = oracle, candidates
        self._gap, self._end = gap, time.monotonic() + seconds
        self.count = candidates.count
        self._places = np.arange(self.count)
        self.free = usable & candidates.affordable
        self._program = Program(
            np.concatenate([np.zeros(self.count), oracle.weights]),
            np.concatenate([np.zeros(self.count), oracle.lower]),
            np.concatenate([self.free.astype(np.float64), oracle.upper]),
        )
        limits = [(-INFINITY, candidates.budget, self._places, candidates.cost)]
        limits += [(-INFINITY, 1.0, g, np.ones(len(g))) for g in candidates.sets if len(g) > 1]
        self._program.add_rows(limits)
        self._first = self._program.rows
        self._floor = np.empty(0)
        self.best = np.empty(0, np.int64)
        self.value = oracle.value(self.best)
        self._seen = {self.best.tobytes()}
        self._most_rows = MOST_ROWS
        price = float(candidates.cost[self.free].sum())
        # A mean of solutions so far, the later the more: cuts are sought on the way to it.
        self._mean = self.free * min(candidates.budget / max(price, 1e-9), 1.0)
        self.rounds = 0

    @property
    def left(self) -> float:
        """Seconds left."""
        return self._end - time.monotonic()

    @property
    def cutoff(self) -> float:
        """Bound from which on nothing that is worth finding is left."""
        return self.value - max(self._gap * abs(self.value), 0.1 * self._gap)

    def solve(self) -> Solved | None:
        """Solve the linear program as it stands; None if time is up."""
        left = self.left
        solved = self._program.solve(seconds=left) if left > 0 else None
        self.rounds += 1
        return solved if solved is not None and solved.optimal else None

    def whole(self, gap: float) -> tuple[Solved | None, list[FloatArray]]:
        """Solve for whole numbers to within a gap.

        Returns
        -------
        solved
            None if time was up before.
        found
            Solutions that were come across on the way, the last one included.
        """
        if self.left <= 0:
            return None, []
        program = self._program
        program.integer(self._places)
        if len(self.best):
            program.start_from(self._places, np.isin(self._places, self.best).astype(np.float64))
        self.rounds += 1
        solved = program.solve(seconds=self.left, gap=gap)
        found = program.improving() if solved.feasible else []
        return solved, [*found, solved.values] if len(solved.values) else found

    def taken(self, solved: Solved) -> FloatArray:
        """Return the part of each place that a solution takes."""
        return np.clip(solved.values[: self.count], 0.0, 1.0)

    def relax(self) -> Solved | None:
        """Add cuts until the bound stands still; None if time is up."""
        history: list[float] = []
        while (solved := self.solve()) is not None:
            history.append(solved.objective)
            cuts = self._between(solved.values)
            if self.rounds % ROUNDING == 1 or not cuts:
                self.round(solved)
            if not cuts or solved.objective >= self.cutoff:
                return solved
            if self._stuck(history, self._lift(solved.values, cuts)):
                return solved
            self.add(cuts)
        return None

    def _stuck(self, history: list[float], lift: float) -> bool:
        open_ = self.value - history[-1]
        patience = PATIENCE if lift < LIFTED * open_ else LONGER * PATIENCE
        if len(history) <= patience:
            return False
        return history[-1] - history[-1 - patience] < PROGRESS * open_

    def _lift(self, values: FloatArray, cuts: Sequence[Cut]) -> float:
        """Return by how much cuts lift the value of a solution at the same places."""
        lift = np.zeros(len(self._oracle.weights))
        for cut in cuts:
            lift[cut.of] = max(lift[cut.of], self._broken_by(cut, values))
        return float(self._oracle.weights @ lift)

    def _broken_by(self, cut: Cut, values: FloatArray) -> float:
        return float(cut.constant - cut.drop @ values[cut.places] - values[self.count + cut.of])

    def _between(self, values: FloatArray) -> Sequence[Cut]:
        """Return cuts that a solution breaks, sought between it and those before.

        There cuts are deeper than at the solution itself, which jumps from corner to corner
        (Ben-Ameur and Neto 2007; Fischetti, Ljubic and Sinnl 2017).
        """
        x, left = self._split(values)
        self._mean = 0.5 * (self._mean + x)
        found = self._oracle.cuts(0.5 * (self._mean + x), left, search=True)
        deep = [cut for cut in found if self._broken_by(cut, values) > VIOLATED]
        return [*deep, *self._oracle.cuts(x, left, search=not deep)]

    def filled(self, values: FloatArray) -> LongArray:
        """Return the plan of a solution among whole numbers, and what else the budget buys."""
        wanted = np.where(values[: self.count] > 0.5, 2.0, self._mean)
        order = np.lexsort((self._places, -wanted))
        return self._candidates.filled(order[self.free[order]])

    def _split(self, values: FloatArray) -> tuple[FloatArray, FloatArray]:
        return np.clip(values[: self.count], 0.0, 1.0), values[self.count :]

    def broken(self, values: FloatArray, *, search: bool) -> Sequence[Cut]:
        """Return cuts that a solution breaks."""
        return self._oracle.cuts(*self._split(values), search=search)

    def add(self, cuts: Sequence[Cut]) -> None:
        """Add cuts; where rows are many, those that bind nothing go."""
        if self._program.rows > self._most_rows:
            self.forget()
            self._most_rows *= 2 if self._program.whole else 1
        self._program.add_rows(
            [
                (
                    cut.constant,
                    INFINITY,
                    np.append(cut.places, self.count + cut.of),
                    np.append(cut.drop, 1.0),
                )
                for cut in cuts
            ]
        )
        self._floor = np.append(self._floor, [cut.constant for cut in cuts])

    def forget(self, slack: float = 1e-6) -> None:
        """Drop cuts that lie farther than this from the last solution."""
        idle = self._program.row_slack(self._floor, self._first) > slack
        self._program.drop_rows(np.flatnonzero(idle) + self._first)
        self._floor = self._floor[~idle]

    def fix(self, solved: Solved) -> None:
        """Fix places that no plan better than the best so far can have otherwise."""
        reduced, x = solved.reduced[: self.count], self.taken(solved)
        slack = self.value - solved.objective + 1e-9
        self.free &= ~((reduced > slack) & (x < 0.5))
        lower = (-reduced > slack) & (x > 0.5)
        self._program.bounds(self._places, lower.astype(np.float64), self.free.astype(np.float64))

    def round(self, solved: Solved) -> None:
        """Try the plan that takes places in the order in which a solution wants them."""
        price = np.clip(solved.reduced[: self.count], 0.0, None)
        order = np.lexsort((self._places, -(self.taken(solved) - 1e-3 * price)))
        self.consider(self._candidates.filled(order[self.free[order]]))

    def consider(self, chosen: LongArray) -> None:
        """Keep a plan if it is the best so far."""
        key = chosen.tobytes()
        if key not in self._seen:
            self._seen.add(key)
            value = self._oracle.value(chosen)
            if value < self.value:
                self.best, self.value = chosen, value
