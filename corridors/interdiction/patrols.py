"""Fewer teams than places: how often to be where, against those who know it."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from corridors.errors import InputError
from corridors.interdiction.graph import DelayGraph, Pairs
from corridors.interdiction.plan import BOUNDED, PROVEN, Status
from corridors.interdiction.program import INFINITY, Program
from corridors.interdiction.routing import Routing, Watch, known_candidates

__all__ = [
    "Option",
    "PatrolPlan",
    "patrol_against",
    "patrol_game",
    "patrol_paths",
]

FloatArray = NDArray[np.float64]
LongArray = NDArray[np.int64]

# An option that is better for the other side by less, as a part of the scale, is no better.
BETTER = 1e-8


@dataclass(frozen=True)
class Option:
    """Something the other side may do.

    Attributes
    ----------
    of
        Whose option it is; each of several opponents picks its own.
    caught
        What it costs them with no team about.
    places, more
        Places that matter to it, and what a team at each adds.
    """

    of: int
    caught: float
    places: LongArray
    more: FloatArray


@dataclass(frozen=True)
class PatrolPlan:
    """How often a team is at each place.

    Attributes
    ----------
    cover
        Shape (J,): probability that a team is there; they sum to at most the number of teams.
    before, value
        What the other side is caught at when it knows the probabilities and picks what is best for
        it, with no team and with the plan; expected, larger is better for who patrols.
    bound
        No probabilities whatever give more.
    status
        As of a `Plan`.
    options, weights
        What the other side picks, and how often: no cover does better against that mixture.
    seconds, iterations
        Time spent, and rounds of options.
    limit, note
        What stopped the search, and why there is nothing to gain; else empty.
    """

    cover: FloatArray
    before: float
    value: float
    bound: float
    status: Status
    options: tuple[Option, ...]
    weights: FloatArray
    seconds: float
    iterations: int
    limit: str = ""
    note: str = ""


def patrol_game(
    caught: ArrayLike, more: ArrayLike, *, teams: float, seconds: float = 600.0
) -> PatrolPlan:
    """Return how often teams should be at each place, options given as a matrix.

    Parameters
    ----------
    caught
        Shape (T,): what each option costs the other side with no team about.
    more
        Shape (J, T): what a team at a place adds to the cost of an option, not negative. Teams at
        several places add up.
    teams
        How many there are, at most one at a place.
    seconds
        Limit of time.

    Notes
    -----
    max v; v <= caught_t + sum_j more_jt c_j; sum c <= teams; 0 <= c <= 1. Teams are alike and may
    stand anywhere, so that every such c is the mean of some schedule, and the linear program over c
    is the game itself (Kiekintveld et al. 2009).

    References
    ----------
    Kiekintveld et al. 2009, Proc. AAMAS, 689-696.

    Examples
    --------
    Two targets, the first worth thrice the second, one team:

    >>> plan = patrol_game([-3, -1], [[3, 0], [0, 1]], teams=1)
    >>> plan.cover.round(3).tolist(), round(plan.value, 3)
    ([0.75, 0.25], -0.75)
    """
    base = np.atleast_1d(np.asarray(caught, np.float64))
    matrix = np.asarray(more, np.float64)
    if matrix.ndim != 2 or matrix.shape[1] != len(base) or not matrix.size:
        raise InputError(
            f"the matrix has the shape {matrix.shape} beside {len(base)} options; "
            "give a row for each place and a column for each option"
        )
    if not (np.isfinite(base).all() and np.isfinite(matrix).all()):
        raise InputError("a payoff is not a finite number")
    if matrix.min() < 0:
        place, option = np.argwhere(matrix < 0)[0].tolist()
        raise InputError(
            f"a team at place {place} helps option {option} (by {-matrix[place, option]:g}); "
            "are the payoffs the wrong way round?"
        )
    places = np.arange(len(matrix))
    every = [
        Option(0, float(base[t]), places[matrix[:, t] > 0], matrix[matrix[:, t] > 0, t])
        for t in range(len(base))
    ]
    return patrol_against(
        lambda cover: [min(every, key=lambda option: _cost(option, cover))],
        len(matrix),
        teams=teams,
        seconds=seconds,
    )


def patrol_paths(
    graph: DelayGraph, pairs: Pairs, *, count: int, teams: float, seconds: float = 600.0
) -> PatrolPlan:
    """Return how often teams should be where, against those who know it and take the best way.

    Parameters
    ----------
    graph
        Lengths are what is met in any case, delays what a team at a candidate adds, such as the
        expected number of times that it catches whoever passes the arc.
    pairs
        Who wants from where to where; values are sums by weight.
    count
        How many candidates there are.
    teams
        How many teams.
    seconds
        Limit of time.

    Notes
    -----
    With one team and delays that are probabilities of being caught, this is the game of Washburn
    and Wood, and the value a probability. With more teams it is the expected number of times that
    the other side is caught on its way, which is no less than the probability of being caught.

    References
    ----------
    Washburn and Wood 1995, doi 10.1287/opre.43.2.243.

    Examples
    --------
    Two ways, on one a team catches every other time, on the other always:

    >>> graph = DelayGraph.of(2, [0, 0], [1, 1], [0, 0], watched=([0, 1], [0, 1], [0.5, 1]))
    >>> plan = patrol_paths(graph, Pairs.of([0], [1]), count=2, teams=1)
    >>> plan.cover.round(3).tolist(), round(plan.value, 3)
    ([0.667, 0.333], 0.333)
    """
    graph.check()
    pairs.check(graph.nodes)
    known_candidates(graph.candidates, count)
    watch = Watch(graph.watched_arc, graph.watched_by, graph.delays)
    routing = Routing(graph.nodes, graph.tails, graph.heads, graph.lengths, watch, pairs)
    routing.routed(routing.costs(np.zeros(len(graph.delays))))

    def replies(cover: FloatArray) -> list[Option]:
        ways = routing.ways(cover[routing.place] * routing.added)
        first, place, more = ways.first, ways.place, ways.added
        return [
            Option(
                int(pair),
                float(ways.total[i]),
                place[first[i] : first[i + 1]],
                more[first[i] : first[i + 1]],
            )
            for i, pair in enumerate(ways.pair)
        ]

    return patrol_against(replies, count, teams=teams, weights=pairs.weights, seconds=seconds)


def patrol_against(
    replies: Callable[[FloatArray], Sequence[Option]],
    count: int,
    *,
    teams: float,
    weights: ArrayLike = (1.0,),
    seconds: float = 600.0,
) -> PatrolPlan:
    """Return how often teams should be where, against whoever tells its best reply.

    Parameters
    ----------
    replies
        From cover probabilities, shape (count,), to the best option of each opponent.
    count
        How many places there are.
    teams
        How many teams, at most one at a place.
    weights
        Of the opponents.
    seconds
        Limit of time.

    Raises
    ------
    InputError
        If there are no teams, or more than places.

    Notes
    -----
    The linear program of `patrol_game` with the options that were replies so far, until the reply
    is no better for the other side than what it has (Kelley 1960).
    """
    start = time.monotonic()
    if not np.isfinite(teams) or teams <= 0:
        raise InputError(f"there are {teams} teams; give more than 0")
    if teams > count:
        raise InputError(f"{teams:g} teams for {count} places; give at most one team a place")
    return _Game(replies, count, teams, np.asarray(weights, np.float64)).play(start, seconds)


class _Game:
    def __init__(
        self,
        replies: Callable[[FloatArray], Sequence[Option]],
        count: int,
        teams: float,
        weights: FloatArray,
    ) -> None:
        self._replies, self._count, self._weights = replies, count, weights
        self._options = list(replies(np.zeros(count)))
        self._before = self._value(self._options, np.zeros(count))
        most = max((abs(o.caught) + float(o.more.sum()) for o in self._options), default=1.0)
        self._scale = most or 1.0
        opponents = len(weights)
        on = np.isin(np.arange(opponents), [o.of for o in self._options])
        self._program = Program(
            np.concatenate([np.zeros(count), -np.where(on, weights, 0.0)]),
            np.concatenate([np.zeros(count), np.where(on, -INFINITY, 0.0)]),
            np.concatenate([np.ones(count), np.where(on, INFINITY, 0.0)]),
        )
        self._program.add_row(-INFINITY, teams, np.arange(count), np.ones(count))
        self._add(self._options)

    def play(self, start: float, seconds: float) -> PatrolPlan:
        best = np.zeros(self._count)
        value, bound, limit, rounds = self._before, np.inf, "", 0
        duals = np.empty(0)
        while True:
            left = seconds - (time.monotonic() - start)
            solved = self._program.solve(seconds=left) if left > 0 else None
            if solved is None or not solved.optimal:
                limit = "time"
                break
            rounds += 1
            bound, duals = -solved.objective, solved.duals
            cover = np.clip(solved.values[: self._count], 0.0, 1.0)
            found = list(self._replies(cover))
            here = self._value(found, cover)
            if here > value:
                value, best = here, cover
            if bound - value <= BETTER * self._scale * self._weights.sum():
                break
            self._options += found
            self._add(found)
        none = value <= self._before
        mixture = -duals[1:] if len(duals) else np.zeros(len(self._options))
        used = np.flatnonzero(np.abs(mixture) > 0)
        return PatrolPlan(
            best,
            self._before,
            value,
            max(bound, value),
            BOUNDED if limit else PROVEN,
            tuple(self._options[n] for n in used),
            np.abs(mixture[used]),
            time.monotonic() - start,
            rounds,
            limit,
            "no gain is possible: the other side has an option that no team hinders"
            if none and not limit
            else "",
        )

    def _value(self, options: Sequence[Option], cover: FloatArray) -> float:
        return float(sum(self._weights[o.of] * _cost(o, cover) for o in options))

    def _add(self, options: Sequence[Option]) -> None:
        self._program.add_rows(
            [
                (
                    -INFINITY,
                    option.caught,
                    np.append(option.places, self._count + option.of),
                    np.append(-option.more, 1.0),
                )
                for option in options
            ]
        )


def _cost(option: Option, cover: FloatArray) -> float:
    return option.caught + float(option.more @ cover[option.places])
