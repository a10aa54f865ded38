"""Any directed graph with sensors that may be placed on its arcs, and pairs that want through."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from corridors.errors import InputError

__all__ = ["DelayGraph", "Pairs", "SensorGraph"]

FloatArray = NDArray[np.float64]
LongArray = NDArray[np.int64]


@dataclass(frozen=True)
class SensorGraph:
    """A directed graph of M arcs, each passed unseen with some probability.

    Parallel arcs, loops and parts without connection are allowed.

    Attributes
    ----------
    nodes
        How many nodes there are, numbered from 0.
    tails, heads
        Shape (M,): the nodes that each arc leaves and enters.
    survival
        Shape (M,): probability to pass the arc unseen with nothing placed.
    watched_arc, watched_by, watched_survival
        Shape (E,): arc, candidate, and probability to pass that arc unseen with that candidate
        placed. One candidate may watch many arcs. An arc that several candidates watch is passed
        with the product of what each leaves, as for independent sensors.
    """

    nodes: int
    tails: LongArray
    heads: LongArray
    survival: FloatArray
    watched_arc: LongArray
    watched_by: LongArray
    watched_survival: FloatArray

    @classmethod
    def of(
        cls,
        nodes: int,
        tails: ArrayLike,
        heads: ArrayLike,
        survival: ArrayLike,
        *,
        watched: tuple[ArrayLike, ArrayLike, ArrayLike],
    ) -> Self:
        """Return a graph from arrays or lists, checked.

        Parameters
        ----------
        nodes, tails, heads, survival
            As the attributes.
        watched
            Arcs, candidates, and survival with the candidate placed.

        Raises
        ------
        InputError
            If a number names no node or arc, a probability lies outside 0 to 1 or is not a number,
            or a sensor makes passing easier.

        Examples
        --------
        >>> graph = SensorGraph.of(2, [0, 0], [1, 1], [0.9, 0.8], watched=([0], [0], [0.1]))
        >>> graph.candidates
        1
        """
        arcs = len(np.atleast_1d(np.asarray(tails)))
        found = cls(
            int(nodes),
            _whole(tails, "tails", nodes),
            _whole(heads, "heads", nodes),
            _probability(survival, "survival"),
            _whole(watched[0], "watched arcs", arcs),
            _whole(watched[1], "watching candidates", None),
            _probability(watched[2], "survival with a sensor"),
        )
        found.check()
        return found

    @classmethod
    def of_arcs(
        cls,
        nodes: int,
        tails: ArrayLike,
        heads: ArrayLike,
        survival: ArrayLike,
        survival_watched: ArrayLike,
        *,
        candidates: Sequence[int] | LongArray | None = None,
    ) -> Self:
        """Return a graph where each sensor watches one arc.

        Parameters
        ----------
        nodes, tails, heads, survival
            As the attributes.
        survival_watched
            Shape (M,): probability to pass each arc with a sensor on it.
        candidates
            Shape (M,): the candidate that watches each arc, -1 for none; equal numbers make one
            sensor of several arcs. By default candidate n is the n-th arc whose two probabilities
            differ.
        """
        plain = np.asarray(survival, np.float64)
        seen = np.asarray(survival_watched, np.float64)
        if plain.shape != seen.shape:
            raise InputError(
                f"{plain.size} probabilities without a sensor and {seen.size} with one; "
                "give both for every arc"
            )
        if candidates is None:
            differs = ~(plain == seen)
            number = np.where(differs, np.cumsum(differs) - 1, -1)
        else:
            number = np.asarray(candidates, np.int64)
        arcs = np.flatnonzero(number >= 0)
        return cls.of(nodes, tails, heads, plain, watched=(arcs, number[arcs], seen[arcs]))

    @property
    def candidates(self) -> int:
        """One more than the greatest number of a candidate that watches something."""
        return int(self.watched_by.max()) + 1 if len(self.watched_by) else 0

    def check(self) -> None:
        """Refuse arrays that do not fit together and sensors that help who passes."""
        _same(self.tails, self.heads, self.survival, "probabilities")
        _once(self.watched_arc, self.watched_by, self.watched_survival)
        plain = self.survival[self.watched_arc]
        reversed_ = np.flatnonzero(self.watched_survival > plain)
        if len(reversed_):
            at = reversed_[0]
            raise InputError(
                f"candidate {self.watched_by[at]} makes arc {self.watched_arc[at]} easier to pass "
                f"({self.watched_survival[at]:g} with it, {plain[at]:g} without); "
                "are the probabilities the wrong way round?"
            )

    @property
    def ratio(self) -> FloatArray:
        """Shape (E,): what a candidate leaves of an arc's survival, 0 to 1."""
        plain = self.survival[self.watched_arc]
        return np.divide(self.watched_survival, plain, out=np.ones(len(plain)), where=plain > 0)


@dataclass(frozen=True)
class DelayGraph:
    """A directed graph of M arcs with lengths, some of which candidates make longer.

    Parallel arcs, loops and parts without connection are allowed.

    Attributes
    ----------
    nodes
        How many nodes there are, numbered from 0.
    tails, heads
        Shape (M,): the nodes that each arc leaves and enters.
    lengths
        Shape (M,): not negative, in any unit.
    watched_arc, watched_by, delays
        Shape (E,): arc, candidate, and what that candidate adds to the arc's length.
    """

    nodes: int
    tails: LongArray
    heads: LongArray
    lengths: FloatArray
    watched_arc: LongArray
    watched_by: LongArray
    delays: FloatArray

    @classmethod
    def of(
        cls,
        nodes: int,
        tails: ArrayLike,
        heads: ArrayLike,
        lengths: ArrayLike,
        *,
        watched: tuple[ArrayLike, ArrayLike, ArrayLike],
    ) -> Self:
        """Return a graph from arrays or lists, checked.

        Parameters
        ----------
        nodes, tails, heads, lengths
            As the attributes.
        watched
            Arcs, candidates, and what each adds; where only sensors matter and not their delays,
            any number.

        Raises
        ------
        InputError
            If a number names no node or arc, or a length is negative or not finite.

        Examples
        --------
        >>> graph = DelayGraph.of(2, [0, 0], [1, 1], [1, 3], watched=([0], [0], [5]))
        >>> graph.candidates
        1
        """
        arcs = len(np.atleast_1d(np.asarray(tails)))
        found = cls(
            int(nodes),
            _whole(tails, "tails", nodes),
            _whole(heads, "heads", nodes),
            _length(lengths, "lengths"),
            _whole(watched[0], "watched arcs", arcs),
            _whole(watched[1], "watching candidates", None),
            _length(watched[2], "delays"),
        )
        found.check()
        return found

    @property
    def candidates(self) -> int:
        """One more than the greatest number of a candidate that watches something."""
        return int(self.watched_by.max()) + 1 if len(self.watched_by) else 0

    def check(self) -> None:
        """Refuse arrays that do not fit together."""
        _same(self.tails, self.heads, self.lengths, "lengths")
        _once(self.watched_arc, self.watched_by, self.delays)


@dataclass(frozen=True)
class Pairs:
    """Who wants from where to where.

    Attributes
    ----------
    origins, destinations
        Shape (P,): nodes.
    weights
        Shape (P,): not negative, not all 0; they need not sum to 1.
    """

    origins: LongArray
    destinations: LongArray
    weights: FloatArray

    @classmethod
    def of(
        cls,
        origins: ArrayLike,
        destinations: ArrayLike,
        weights: ArrayLike | None = None,
    ) -> Self:
        """Return pairs from arrays or lists; weights are equal and sum to 1 by default.

        Examples
        --------
        >>> Pairs.of([0, 0], [4, 5]).weights
        array([0.5, 0.5])
        """
        starts = _whole(origins, "origins", None)
        count = max(len(starts), 1)
        given = np.full(len(starts), 1 / count) if weights is None else weights
        return cls(
            starts,
            _whole(destinations, "destinations", None),
            np.asarray(given, np.float64),
        )

    def check(self, nodes: int) -> None:
        """Refuse pairs off the graph and weights that are none."""
        if not len(self.origins):
            raise InputError("there are no pairs; give at least one origin and destination")
        if not len(self.origins) == len(self.destinations) == len(self.weights):
            raise InputError(
                f"{len(self.origins)} origins, {len(self.destinations)} destinations and "
                f"{len(self.weights)} weights; give one of each for every pair"
            )
        for name, ends in (("origin", self.origins), ("destination", self.destinations)):
            off = np.flatnonzero((ends < 0) | (ends >= nodes))
            if len(off):
                raise InputError(
                    f"pair {off[0]} has the {name} {ends[off[0]]}; "
                    f"nodes are numbered from 0 to {nodes - 1}"
                )
        wrong = np.flatnonzero(~np.isfinite(self.weights) | (self.weights < 0))
        if len(wrong):
            raise InputError(
                f"pair {wrong[0]} has the weight {self.weights[wrong[0]]}; "
                "weights are finite and not negative"
            )
        if not self.weights.sum() > 0:
            raise InputError("all weights are 0; give at least one pair a weight above 0")


def _whole(given: ArrayLike, what: str, below: int | None) -> LongArray:
    raw = np.atleast_1d(np.asarray(given))
    if raw.ndim != 1:
        raise InputError(f"{what} have the shape {raw.shape}; give a plain list")
    if raw.size and not np.issubdtype(raw.dtype, np.integer):
        raise InputError(f"{what} are of type {raw.dtype}; give whole numbers")
    numbers = raw.astype(np.int64)
    off = np.flatnonzero((numbers < 0) | (numbers >= (np.inf if below is None else below)))
    if len(off):
        top = "up" if below is None else f"to {below - 1}"
        raise InputError(f"{what}: {numbers[off[0]]} at {off[0]}; numbers run from 0 {top}")
    return numbers


def _probability(given: ArrayLike, what: str) -> FloatArray:
    values = np.atleast_1d(np.asarray(given, np.float64))
    wrong = np.flatnonzero(~((values >= 0) & (values <= 1)))
    if len(wrong):
        raise InputError(
            f"{what}: {values[wrong[0]]} at {wrong[0]}; probabilities lie between 0 and 1"
        )
    return values


def _length(given: ArrayLike, what: str) -> FloatArray:
    values = np.atleast_1d(np.asarray(given, np.float64))
    wrong = np.flatnonzero(~((values >= 0) & np.isfinite(values)))
    if len(wrong):
        raise InputError(f"{what}: {values[wrong[0]]} at {wrong[0]}; give finite ones, 0 or more")
    return values


def _same(tails: LongArray, heads: LongArray, values: FloatArray, what: str) -> None:
    if not len(tails) == len(heads) == len(values):
        raise InputError(
            f"{len(tails)} tails, {len(heads)} heads and {len(values)} {what}; "
            "give one of each for every arc"
        )


def _once(arcs: LongArray, places: LongArray, values: FloatArray) -> None:
    if not len(arcs) == len(places) == len(values):
        raise InputError(
            f"{len(arcs)} watched arcs, {len(places)} candidates and {len(values)} values of them; "
            "give one of each"
        )
    entries = np.column_stack([arcs, places])
    if len(np.unique(entries, axis=0)) != len(entries):
        raise InputError("a candidate watches the same arc twice; give each once")
