"""Sensors against someone who goes round them, but no farther than so much."""

import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from corridors.errors import InputError
from corridors.interdiction.branch import cut_and_branch
from corridors.interdiction.candidates import Candidates
from corridors.interdiction.graph import DelayGraph, Pairs
from corridors.interdiction.master import VIOLATED, Cut
from corridors.interdiction.plan import Plan, note_of, status_of
from corridors.interdiction.reply import NOTHING
from corridors.interdiction.routing import Routing, Watch, known_candidates

__all__ = ["capture_within_detour"]

FloatArray = NDArray[np.float64]
LongArray = NDArray[np.int64]

# Sums of lengths may miss a limit by rounding; a way of just the limit is within it.
ROUNDING = 1e-9
# What a place that is taken whole adds, as a part of the greatest limit, where ways are sought.
TRIED = (0.02, 0.1, 0.5, 2.0)


def capture_within_detour(
    graph: DelayGraph,
    pairs: Pairs,
    candidates: Candidates,
    *,
    detour: ArrayLike,
    gap: float = 1e-6,
    seconds: float = 600.0,
) -> Plan:
    """Return where sensors leave the fewest a way round them within a detour.

    Parameters
    ----------
    graph
        Lengths, and which candidate watches which arc; its delays do not count.
    pairs
        Who wants from where to where. A pair counts as caught when every way of at most 1 + detour
        times its shortest meets a sensor.
    candidates
        What may be placed.
    detour
        Part by which ways may be longer than the shortest, one for all or one for each pair.
    gap
        Relative distance of plan and bound that counts as proof.
    seconds
        Limit of time.

    Returns
    -------
    Plan
        Values are the weight of the pairs that are caught.

    Raises
    ------
    InputError
        If arrays do not fit together or a detour is negative.
    UnreachableError
        If no pair has a route.

    Notes
    -----
    y_q <= sum of x_k over the candidates of each way of q within the detour; ways are found where
    they are broken, exactly for whole numbers: the shortest way that meets no sensor.

    References
    ----------
    Markovic, Ryzhov and Schonfeld 2015, doi 10.1016/j.trb.2015.02.007; Arslan et al. 2018,
    doi 10.1287/trsc.2018.0833.

    Examples
    --------
    Ways of 10, 11 and 20; nobody goes 20:

    >>> graph = DelayGraph.of(2, [0, 0, 0], [1, 1, 1], [10, 11, 20],
    ...                       watched=([0, 1, 2], [0, 1, 2], [0, 0, 0]))
    >>> plan = capture_within_detour(graph, Pairs.of([0], [1]), Candidates(3, budget=2), detour=0.2)
    >>> plan.chosen.tolist(), plan.after
    ([0, 1], 1.0)
    """
    start = time.monotonic()
    parts = _parts(detour, len(pairs.origins))
    game = _Detours(graph, pairs, candidates.count, parts, until=start + seconds)
    found = cut_and_branch(
        game,
        candidates,
        usable=np.isin(np.arange(candidates.count), game.met),
        gap=0.1 * gap,
        seconds=seconds - (time.monotonic() - start),
    )
    chosen = game.without_idle(found.chosen)
    before, after = game.caught(NOTHING), game.caught(chosen)
    bound = max(-found.bound * game.scale, after)
    return Plan(
        chosen,
        before,
        after,
        bound,
        status_of(after, bound, gap=gap, scale=game.scale),
        float(candidates.cost[chosen].sum()),
        time.monotonic() - start,
        found.iterations,
        limit=found.limit,
        note=_note(game, candidates, after),
        unmet=np.setdiff1d(np.arange(candidates.count), game.met),
        cut_off=game.cut_off,
    )


def _parts(detour: ArrayLike, pairs: int) -> FloatArray:
    given = np.asarray(detour, np.float64)
    if given.shape not in {(), (pairs,)}:
        raise InputError(f"detour has the shape {given.shape}; give one, or one for each pair")
    if not np.all((given >= 0) & np.isfinite(given)):
        raise InputError("a detour is negative or not finite; give a part of the shortest way")
    return np.broadcast_to(given, (pairs,))


def _note(game: "_Detours", candidates: Candidates, after: float) -> str:
    told = [note_of(candidates, met=game.met, gained=after > 0, cut_off=game.cut_off)]
    free = int(game.always_free.sum())
    if free:
        told.append(f"{free} pairs have a way within the detour that no candidate watches")
    return "; ".join(text for text in told if text)


class _Detours:
    """Pairs that are caught, as minus their part of the weight."""

    def __init__(
        self, graph: DelayGraph, pairs: Pairs, count: int, detour: FloatArray, *, until: float
    ) -> None:
        self._until = until
        graph.check()
        pairs.check(graph.nodes)
        known_candidates(graph.candidates, count)
        entries = np.full(len(graph.watched_arc), np.inf)
        watch = Watch(graph.watched_arc, graph.watched_by, entries)
        self._known = {NOTHING.tobytes(): np.zeros(len(pairs.origins), np.bool_)}
        self._routing = Routing(graph.nodes, graph.tails, graph.heads, graph.lengths, watch, pairs)
        least = self._routing.costs(np.zeros(len(entries)))
        routed = self._routing.routed(least)
        self.cut_off = np.flatnonzero(~routed)
        self._limit: FloatArray = np.where(routed, least * (1 + detour) * (1 + ROUNDING), -1.0)
        raw = np.where(routed, pairs.weights, 0.0)
        self.scale = float(raw.sum())
        self.weights: FloatArray = raw / (self.scale or 1.0)
        self.always_free = routed & (self._routing.costs(entries) <= self._limit)
        self.lower: FloatArray = np.where(routed & ~self.always_free, -1.0, 0.0)
        self.upper = np.zeros(len(least))
        self.met = self._routing.met()

    def _caught(self, chosen: LongArray) -> NDArray[np.bool_] | None:
        """Return which pairs a plan catches; None where time is up before that is known."""
        key = chosen.tobytes()
        if key not in self._known:
            costs = self._routing.costs(self._routing.placed(chosen), until=self._until)
            if np.isnan(costs).any():
                return None
            self._known[key] = (self._limit >= 0) & (costs > self._limit)
        return self._known[key]

    def value(self, chosen: LongArray) -> float:
        """Return minus the part of the weight that a plan catches."""
        caught = self._caught(chosen)
        return np.inf if caught is None else -float(self.weights @ caught)

    def caught(self, chosen: LongArray) -> float:
        """Return the weight that a plan catches."""
        return 0.0 - self.scale * self.value(chosen)

    def cuts(self, x: FloatArray, left: FloatArray, *, search: bool) -> Sequence[Cut]:
        """Return ways within the detour that meet less than what the pair counts as caught."""
        if not search:
            return []
        part = x[self._routing.place]
        found: dict[int, tuple[float, Cut]] = {}
        with np.errstate(invalid="ignore"):
            tries = [np.where(part > 0.5, np.inf, part * self._limit.max())]
        tries += [times * self._limit.max() * part for times in TRIED]
        for added in tries:
            for pair, places in self._within(added):
                broken = -float(x[places].sum()) - left[pair]
                if broken > max(VIOLATED, found[pair][0] if pair in found else 0.0):
                    found[pair] = broken, Cut(pair, 0.0, places, np.ones(len(places)))
        return [cut for _, cut in found.values()]

    def _within(self, added: FloatArray) -> list[tuple[int, LongArray]]:
        ways = self._routing.ways(added, until=self._until)
        return [
            (int(ways.pair[i]), ways.place[ways.first[i] : ways.first[i + 1]])
            for i in np.flatnonzero(ways.total <= self._limit[ways.pair]).tolist()
        ]

    def without_idle(self, chosen: LongArray) -> LongArray:
        """Return a plan without the sensors that change nothing, as far as there is time."""
        whole = self._caught(chosen)
        for place in chosen.tolist():
            fewer = chosen[chosen != place]
            caught = self._caught(fewer)
            if caught is not None and np.all(caught == whole):
                chosen = fewer
        return chosen
