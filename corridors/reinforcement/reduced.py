"""The movement graph cut down to what can matter to a search, without changing its answer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from corridors.detection import Detection
from corridors.errors import UnreachableError
from corridors.flow import Demand
from corridors.kernels.order import grouped
from corridors.kernels.shortest import accumulated_cost
from corridors.movement import MovementGraph

__all__ = ["Reduced", "entries_of", "reduced_graph"]

FloatArray = NDArray[np.float64]
LongArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

# Costs that differ by less, as a part of them, are equal.
ROUNDING = 1e-9


@dataclass(frozen=True)
class Reduced:
    """A graph of those arcs that can be on a way that counts, all profiles side by side.

    Attributes
    ----------
    nodes
        How many there are.
    first, tails, heads, cost
        Arcs ``first[i]:first[i + 1]`` leave node i.
    watched_arc, watched_by, added
        Arc, sensor of the universe, and what it adds to the arc's cost.
    origins, destinations, weights
        Of each pair; the weights sum to 1.
    least
        Of each pair: the cost of its best way with no sensor.
    left_out
        Part of the transits that no way leads for.
    """

    nodes: int
    first: LongArray
    tails: LongArray
    heads: LongArray
    cost: FloatArray
    watched_arc: LongArray
    watched_by: LongArray
    added: FloatArray
    origins: LongArray
    destinations: LongArray
    weights: FloatArray
    least: FloatArray
    left_out: float

    def costs(self, sensors: Sequence[int] | frozenset[int], *, most: float = np.inf) -> FloatArray:
        """Return the cost of each pair's best way with sensors in place.

        Parameters
        ----------
        sensors
            Of the universe.
        most
            An arc to which a sensor adds as much or more cannot be passed.
        """
        placed = np.isin(self.watched_by, list(sensors))
        weights = self.cost.copy()
        more = np.where(self.added[placed] >= most, np.inf, self.added[placed])
        np.add.at(weights, self.watched_arc[placed], more)
        found = np.empty(len(self.origins))
        for start in np.unique(self.origins):
            some = self.origins == start
            found[some] = _from(self.first, self.heads, weights, int(start))[
                self.destinations[some]
            ]
        return found


def reduced_graph(
    graph: MovementGraph,
    demand: Demand,
    costs: Mapping[str, FloatArray],
    entries: Callable[[str], tuple[LongArray, LongArray, FloatArray]],
    *,
    limit: Callable[[FloatArray, FloatArray], FloatArray],
) -> Reduced:
    """Return the part of the movement graph that can matter.

    Parameters
    ----------
    graph, demand
        The movement graph, and who wants from where to where. An origin or destination of several
        cells is one place: its best cell counts.
    costs
        Of every arc, by profile in the demand's order; infinite where it cannot be passed.
    entries
        For a profile: arcs, sensors, and what each adds.
    limit
        From the costs of the best ways with no sensor and with all of them, to the cost beyond
        which a way does not count.

    Raises
    ------
    UnreachableError
        When there is no way for anybody.

    Notes
    -----
    An arc matters only if the best way through it, with no sensor, costs no more than the limit:
    a run from each origin and one back from each destination tell. Nodes that arcs of no cost,
    which no sensor sees, join both ways are one node.
    """
    parts, pairs = [], []
    blocks = graph.node_count + len(demand.origin_cells) + len(demand.destination_cells) + 1
    for number, (name, cost) in enumerate(costs.items()):
        part = _Part(graph, demand, cost, entries(name), demand.shares[:, :, number])
        found = part.pairs()
        offset = number * blocks
        pairs += [(s + offset, t + offset, w, d) for s, t, w, d in found]
        if found:
            parts.append((offset, *part.needed(limit)))
    total = float(demand.shares.sum())
    if not pairs:
        raise UnreachableError(
            "no way leads from any origin to any destination; look at the barriers' delay_minutes "
            "('impassable'), at closed crossings, and at gaps in the elevation"
        )
    tails = np.concatenate([part[1] + part[0] for part in parts])
    heads = np.concatenate([part[2] + part[0] for part in parts])
    sizes = np.cumsum([0, *(len(part[1]) for part in parts)])
    arc = np.concatenate([part[4] + start for part, start in zip(parts, sizes[:-1], strict=True)])
    cost, by, added = (np.concatenate([part[n] for part in parts]) for n in (3, 5, 6))
    s, t, w, least = (np.array(column) for column in zip(*pairs, strict=True))
    left_out = 1.0 - float(w.sum()) / total
    return _joined(tails, heads, cost, (arc, by, added), (s, t, w / w.sum(), least), left_out)


class _Part:
    """One profile's graph, with a node for each origin and each destination."""

    def __init__(
        self,
        graph: MovementGraph,
        demand: Demand,
        cost: FloatArray,
        entries: tuple[LongArray, LongArray, FloatArray],
        shares: FloatArray,
    ) -> None:
        count, origins = graph.node_count, demand.origin_cells
        ends = list(demand.destination_cells)
        self._shares = shares
        if demand.free_choice:  # to whichever is best
            ends = [np.unique(np.concatenate([*ends]))]
            self._shares = shares.sum(axis=1, keepdims=True)
        self._starts = count + np.arange(len(origins))
        self._ends = count + len(origins) + np.arange(len(ends))
        out = np.repeat(self._starts, [len(cells) for cells in origins])
        into = np.repeat(self._ends, [len(cells) for cells in ends])
        self.tails = np.concatenate([graph.tails, out, *ends]).astype(np.int64)
        self.heads = np.concatenate([graph.heads, *origins, into]).astype(np.int64)
        self._nodes = count + len(origins) + len(ends)
        self.cost = np.concatenate([cost, np.zeros(len(self.tails) - len(cost))])
        self._first, self._order = grouped(self.tails, self._nodes)
        self._turned, self._back = grouped(self.heads, self._nodes)
        passable = np.isfinite(self.cost[entries[0]]) & (entries[2] > 0)
        self._arc, self._by, self._added = (part[passable] for part in entries)
        self._out = [self._away(self.cost, int(start)) for start in self._starts]

    def _away(self, cost: FloatArray, start: int) -> FloatArray:
        order = self._order
        return _from(self._first, self.heads[order], cost[order], start)

    def pairs(self) -> list[tuple[int, int, float, float]]:
        """Return start, end, share and least cost of each journey that can be made."""
        return [
            (int(self._starts[o]), int(t), float(self._shares[o, d]), float(out[t]))
            for o, out in enumerate(self._out)
            for d, t in enumerate(self._ends)
            if self._shares[o, d] > 0 and np.isfinite(out[t])
        ]

    def needed(
        self, limit: Callable[[FloatArray, FloatArray], FloatArray]
    ) -> tuple[LongArray, LongArray, FloatArray, LongArray, LongArray, FloatArray]:
        """Return the arcs that matter, and what sensors add to them."""
        every = self.cost.copy()
        np.add.at(every, self._arc, self._added)
        back = self._back
        home = [
            _from(self._turned, self.tails[back], self.cost[back], int(end)) for end in self._ends
        ]
        kept = np.zeros(len(self.cost), bool)
        for o, out in enumerate(self._out):
            worst = self._away(every, int(self._starts[o]))
            for d, rest in enumerate(home):
                end = self._ends[d]
                if self._shares[o, d] <= 0 or not np.isfinite(out[end]):
                    continue
                most = float(limit(out[[end]], worst[[end]])[0])
                through = out[self.tails] + self.cost + rest[self.heads]
                kept |= through <= most * (1 + ROUNDING) + ROUNDING
        rows = np.flatnonzero(kept)
        place = np.full(len(kept), -1, np.int64)
        place[rows] = np.arange(len(rows))
        some = kept[self._arc]
        return (
            self.tails[rows],
            self.heads[rows],
            self.cost[rows],
            place[self._arc[some]],
            self._by[some],
            self._added[some],
        )


def _joined(
    tails: LongArray,
    heads: LongArray,
    cost: FloatArray,
    entries: tuple[LongArray, LongArray, FloatArray],
    pairs: tuple[LongArray, LongArray, FloatArray, FloatArray],
    left_out: float,
) -> Reduced:
    """Make nodes that arcs of no cost join both ways one, and number what is left."""
    arc, by, added = entries
    ends = np.concatenate([pairs[0], pairs[1]]).astype(np.int64)
    names, numbers = np.unique(np.concatenate([tails, heads, ends]), return_inverse=True)
    tails, heads, ends = np.split(numbers, [len(tails), 2 * len(tails)])
    free = cost == 0
    free[arc] = False
    shape = (len(names), len(names))
    links = coo_array((np.ones(int(free.sum()), np.int8), (tails[free], heads[free])), shape=shape)
    count, of = connected_components(links, directed=True, connection="strong")
    of = of.astype(np.int64)
    tails, heads, ends = of[tails], of[heads], of[ends]
    watched = np.zeros(len(cost), bool)
    watched[arc] = True
    kept = np.flatnonzero((tails != heads) | watched)
    kept = kept[np.argsort(tails[kept], kind="stable")]
    place = np.full(len(cost), -1, np.int64)
    place[kept] = np.arange(len(kept))
    first, _ = grouped(tails[kept], count)
    size = len(pairs[0])
    return Reduced(
        nodes=int(count),
        first=first,
        tails=tails[kept],
        heads=heads[kept],
        cost=cost[kept],
        watched_arc=place[arc],
        watched_by=by,
        added=added,
        origins=ends[:size],
        destinations=ends[size:],
        weights=pairs[2],
        least=pairs[3],
        left_out=left_out,
    )


def _from(first: LongArray, heads: LongArray, cost: FloatArray, start: int) -> FloatArray:
    origin = np.array([start], np.int64)
    return accumulated_cost(first, heads.astype(np.int32), cost, origin, np.zeros(1))[0]


def entries_of(
    universe: Detection, hours: FloatArray, sensors: Sequence[int] | LongArray
) -> tuple[LongArray, LongArray, FloatArray]:
    """Return arcs, sensors and hazards of some sensors of a universe.

    Parameters
    ----------
    universe
        What sensors see.
    hours
        That each arc takes.
    sensors
        Which count.
    """
    arc = np.repeat(np.arange(len(hours)), np.diff(universe.indptr))
    value = universe.rate * np.where(np.isfinite(hours), hours, 0.0)[arc] + universe.once
    some = np.isin(universe.which, sensors)
    return arc[some], universe.which[some].astype(np.int64), value[some]
