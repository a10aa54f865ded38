"""The other side, by what it knows: what a plan leaves it, and which plan leaves it least."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from corridors.errors import InputError
from corridors.interdiction import Candidates, KnownRoutes, capture_known_routes
from corridors.interdiction.plan import PROVEN
from corridors.reinforcement.options import Options, Plan
from corridors.reinforcement.reply import Replies
from corridors.reinforcement.search import Search

__all__ = ["KnownRoutesOpponent", "Opponent", "ProbableReply", "Solved"]

FloatArray = NDArray[np.float64]

# A plan this near to the bound, relative, leaves nothing open.
PROVEN_GAP = 1e-6


@dataclass(frozen=True)
class Solved:
    """A plan against one opponent.

    Attributes
    ----------
    plan
        The options taken.
    value
        What it leaves.
    bound
        No plan leaves less; NaN where nothing is proven.
    status
        ``"proven optimal"``, ``"optimal (every plan tried)"``, ``"bound"``, or ``"heuristic"``.
    tried
        Plans weighed, or rounds of the method.
    seconds
        That it took; of a study's plan, with the searches for plans of fewer places.
    limit
        What stopped it before its end, or an empty text.
    note
        The plain truth where there is something to tell.
    """

    plan: Plan
    value: float
    bound: float
    status: str
    tried: int
    seconds: float
    limit: str = ""
    note: str = ""


class Opponent(Protocol):
    """What is asked of every opponent."""

    name: str

    def values(self, plans: Sequence[Plan]) -> FloatArray:
        """Return the undetected share that each plan leaves."""

    def solve(self, options: Options, *, seconds: float) -> Solved:
        """Return the best plan found."""


class KnownRoutesOpponent:
    """Travellers who keep their ways whatever is put in place: flow capture, proven by HiGHS."""

    name = "known"

    def __init__(self, replies: Replies, options: Options) -> None:
        self._replies, self._options = replies, options

    def values(self, plans: Sequence[Plan]) -> FloatArray:
        """Return the undetected share that each plan leaves."""
        sensors = [self._options.sensors(plan) for plan in plans]
        return np.asarray(self._replies.kept(sensors).mean(axis=0))

    def solve(self, options: Options, *, seconds: float) -> Solved:
        """Return the best plan, proven; with posts that move, by greedy and swaps."""
        if len(options.standing):
            search = Search(options, self.values, seconds=seconds)
            found = search.best()
            bound = found.value if found.status.startswith("optimal") else float("nan")
            return Solved(
                found.plan,
                found.value,
                bound,
                found.status,
                found.tried,
                found.seconds,
                found.limit,
            )
        hazard, seen = self._replies.seen
        return captured(np.exp(-hazard), seen, options, seconds=seconds)


def captured(weights: FloatArray, seen: FloatArray, options: Options, *, seconds: float) -> Solved:
    """Return the plan that leaves least of flows on ways that stay as they are.

    Parameters
    ----------
    weights
        Of each way: the chance to pass what stands anyway.
    seen
        Hazard that each sensor adds to each way, shape (ways, sensors).
    options
        New sensors only.
    seconds
        Limit of time.

    Returns
    -------
    Solved
        Its value is the mean of what is left.
    """
    begun = time.monotonic()
    if not (weights > 0).any():
        return Solved((), 0.0, 0.0, PROVEN, 0, 0.0, note="nobody passes as it is")
    added = seen[:, options.adds]
    route, place = np.nonzero(added)
    routes = KnownRoutes.of(weights, route, place, -np.expm1(-added[route, place]))
    found = capture_known_routes(routes, candidates_of(options), seconds=seconds)
    count = len(weights)
    return Solved(
        tuple(found.chosen.tolist()),
        (float(weights.sum()) - found.after) / count,
        (float(weights.sum()) - found.bound) / count,
        found.status,
        found.iterations,
        time.monotonic() - begun,
        found.limit,
        found.note,
    )


def candidates_of(options: Options) -> Candidates:
    """Return options as the solvers on plain arrays have them.

    Parameters
    ----------
    options
        New sensors only, limited by number or by budget.

    Raises
    ------
    InputError
        When posts may be moved.
    """
    if len(options.standing):
        raise InputError(
            "posts that may be moved are weighed against the opponents 'probable' and 'known' "
            "only; leave out [reinforcement.moves]"
        )
    groups = options.groups
    if np.isinf(options.budget):
        return Candidates(len(options), budget=options.number, groups=groups)
    return Candidates(len(options), budget=options.budget, costs=options.cost, groups=groups)


class ProbableReply:
    """Travellers of whom those who know of a sensor take another way."""

    name = "probable"

    def __init__(self, replies: Replies, options: Options) -> None:
        self._replies, self._options = replies, options
        self._known: dict[Plan, float] = {}

    def values(self, plans: Sequence[Plan]) -> FloatArray:
        """Return the undetected share that each plan leaves."""
        return np.asarray(self._survived(plans).mean(axis=0))

    def _survived(self, plans: Sequence[Plan]) -> FloatArray:
        return self._replies.survived([self._options.sensors(plan) for plan in plans])

    def _hoped(self, plans: Sequence[Plan]) -> FloatArray:
        kept = self._replies.kept([self._options.sensors(plan) for plan in plans])
        return np.asarray(kept.mean(axis=0))

    def solve(self, options: Options, *, seconds: float) -> Solved:
        """Return the best plan found by greedy and swaps, or of all where these are few."""
        begun = time.monotonic()
        search = Search(
            options, self.values, promise=self._hoped, seconds=seconds, known=self._known
        )
        found = search.best()
        bound = found.value
        if not found.status.startswith("optimal"):
            bound = float(np.minimum(self.bound(options, seconds=seconds / 4 + 1), found.value))
            if found.value - bound <= PROVEN_GAP * found.value:
                found = replace(found, status=PROVEN, limit="")
        return Solved(
            found.plan,
            found.value,
            bound,
            found.status,
            found.tried,
            time.monotonic() - begun,
            found.limit,
        )

    @cached_property
    def _slack(self) -> FloatArray:
        return self._replies.slack()

    def bound(self, options: Options, *, seconds: float) -> float:
        """Return what no plan can leave less than.

        Parameters
        ----------
        options
            What a plan may hold.
        seconds
            Limit of time.

        Returns
        -------
        float
            NaN where posts may be moved: nothing is proven then.

        Notes
        -----
        With any plan the perceived cost of a traveller's way is at most that of the way it has
        now, with the same sensors there: kappa H' <= kappa H + (t - t_least), t the perceived hours
        of its way now and t_least the least there are. So its survival is at least that of its way
        now times exp(-(t - t_least) / kappa), and the plan that leaves least of that, proven by
        flow capture, bounds all plans. Who knows a part of the sensors only may meet on another way
        what it does not know of; for it nothing is proven, and it counts as caught.
        """
        if len(options.standing):  # whoever knew of a post that goes may take any way
            return float("nan")
        hazard, seen = self._replies.seen
        weights = np.exp(-hazard - self._slack)
        return captured(weights, seen, options, seconds=seconds).bound
