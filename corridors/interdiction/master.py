"""Cut generation and branching: the best plan when what each pair is left with comes in cuts."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from corridors.interdiction.candidates import Candidates
from corridors.interdiction.program import INFINITY, Program, Solved

__all__ = ["Cut", "Found", "Oracle", "cut_and_branch"]

FloatArray = NDArray[np.float64]
LongArray = NDArray[np.int64]

# A cut that is broken by less tells nothing.
VIOLATED = 2e-8
# Rounds of cuts after which the bound must have moved, and by how much of what is still open.
PATIENCE, PROGRESS = 8, 0.01
# Rows beyond which those that bind nothing go.
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
        """Return the exact value of a plan: weights @ what each pair is left with."""

    def cuts(self, x: FloatArray, left: FloatArray) -> Sequence[Cut]:
        """Return cuts broken at x; where x is whole, none only if `left` is no less than true."""


@dataclass(frozen=True)
class Found:
    """The best plan found, its value, what is proven, and why the search ended."""

    chosen: LongArray
    value: float
    bound: float
    iterations: int
    limit: str


def cut_and_branch(
    oracle: Oracle,
    candidates: Candidates,
    *,
    usable: NDArray[np.bool_],
    gap: float,
    seconds: float,
) -> Found:
    """Return the plan of least value, proven by a program that grows by cuts.

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

    Notes
    -----
    First the linear program with cuts until its bound stands still; then candidates that cannot be
    in (or out of) any better plan are fixed by their reduced costs (Dantzig, Fulkerson and Johnson
    1954); then whole numbers, solved again with the cuts of each answer until an answer breaks
    none (Benders 1962).
    """
    return _Search(oracle, candidates, usable, gap, seconds).run()


class _Search:
    def __init__(
        self,
        oracle: Oracle,
        candidates: Candidates,
        usable: NDArray[np.bool_],
        gap: float,
        seconds: float,
    ) -> None:
        self._oracle, self._candidates = oracle, candidates
        self._gap, self._end = gap, time.monotonic() + seconds
        self._count = candidates.count
        self._places = np.arange(self._count)
        self._free = usable & candidates.affordable
        pairs = len(oracle.weights)
        self._program = Program(
            np.concatenate([np.zeros(self._count), oracle.weights]),
            np.concatenate([np.zeros(self._count), oracle.lower]),
            np.concatenate([self._free.astype(np.float64), oracle.upper]),
        )
        limits = [(-INFINITY, candidates.budget, self._places, candidates.cost)]
        limits += [(-INFINITY, 1.0, g, np.ones(len(g))) for g in candidates.sets if len(g) > 1]
        self._program.add_rows(limits)
        self._first = self._program.rows
        self._floor = np.empty(0)
        self._pairs = pairs
        self._best = np.empty(0, np.int64)
        self._value = oracle.value(self._best)
        self._bound = -INFINITY
        self._seen: set[bytes] = set()
        self.rounds = 0

    def run(self) -> Found:
        if self._free.any():
            limit = self._relaxed()
            if not limit and not self._closed:
                limit = self._whole()
        else:
            limit, self._bound = "", self._value
        self._bound = min(self._bound, self._value)
        return Found(self._best, self._value, self._bound, self.rounds, limit)

    @property
    def _left(self) -> float:
        return self._end - time.monotonic()

    @property
    def _closed(self) -> bool:
        return self._value - self._bound <= max(self._gap * abs(self._value), 0.1 * self._gap)

    def _relaxed(self) -> str:
        """Add cuts to the linear program until its bound stands still."""
        history: list[float] = []
        while True:
            solved = self._program.solve(seconds=self._left)
            if not solved.optimal or self._left <= 0:
                return "time"
            self.rounds += 1
            self._bound = max(self._bound, solved.objective)
            history.append(solved.objective)
            x = np.clip(solved.values[: self._count], 0.0, 1.0)
            cuts = self._oracle.cuts(x, solved.values[self._count :])
            if self.rounds % ROUNDING == 1 or not cuts:
                self._try(self._candidates.filled(self._order(x, solved)))
            self._fix(solved)
            if not cuts or self._closed or self._stuck(history):
                self._add(cuts)
                return ""
            self._add(cuts)

    def _stuck(self, history: list[float]) -> bool:
        if len(history) <= PATIENCE:
            return False
        return history[-1] - history[-1 - PATIENCE] < PROGRESS * (self._value - history[-1])

    def _order(self, x: FloatArray, solved: Solved) -> LongArray:
        wanted = x - 1e-3 * np.clip(solved.reduced[: self._count], 0.0, None)
        order = np.lexsort((self._places, -wanted))
        return order[self._free[order]]

    def _try(self, chosen: LongArray) -> None:
        """Keep a plan if it is the best so far, and the cuts that its ways give."""
        key = chosen.tobytes()
        if key in self._seen:
            return
        self._seen.add(key)
        value = self._oracle.value(chosen)
        if value < self._value:
            self._best, self._value = chosen, value

    def _fix(self, solved: Solved) -> None:
        """Fix what no plan better than the best so far can have otherwise."""
        reduced = solved.reduced[: self._count]
        slack = self._value - solved.objective + 1e-9
        x = solved.values[: self._count]
        out = self._free & (reduced > slack) & (x < 0.5)
        into = self._free & (-reduced > slack) & (x > 0.5)
        if out.any():
            self._program.bounds(np.flatnonzero(out), np.zeros(out.sum()), np.zeros(out.sum()))
            self._free &= ~out
        if into.any():
            self._program.bounds(np.flatnonzero(into), np.ones(into.sum()), np.ones(into.sum()))

    def _add(self, cuts: Sequence[Cut]) -> None:
        if self._program.rows > MOST_ROWS:
            idle = self._program.row_slack(self._floor, self._first) > 1e-6
            self._program.drop_rows(np.flatnonzero(idle) + self._first)
            self._floor = self._floor[~idle]
        self._program.add_rows(
            [
                (
                    cut.constant,
                    INFINITY,
                    np.append(cut.places, self._count + cut.of),
                    np.append(cut.drop, 1.0),
                )
                for cut in cuts
            ]
        )
        self._floor = np.append(self._floor, [cut.constant for cut in cuts])

    def _whole(self) -> str:
        """Solve for whole numbers, with the cuts of each answer, until one breaks none."""
        self._program.integer(self._places)
        while not self._closed:
            if self._left <= 0:
                return "time"
            if len(self._best):
                self._program.start_from(self._as_values())
            solved = self._program.solve(seconds=self._left, gap=self._gap / 4)
            self.rounds += 1
            if not solved.feasible:  # every plan but those already seen is fixed away
                self._bound = self._value
                break
            self._bound = max(self._bound, min(solved.bound, self._value))
            if not len(solved.values):
                return "time"
            x = np.round(solved.values[: self._count])
            self._try(np.flatnonzero(x > 0.5))
            cuts = self._oracle.cuts(x, solved.values[self._count :])
            self._add(cuts)
            if not cuts and solved.optimal:
                break
        return ""

    def _as_values(self) -> FloatArray:
        x = np.zeros(self._count)
        x[self._best] = 1.0
        return np.concatenate([x, self._oracle.upper])
