"""The movement graph cut down to what can matter to a search, without changing its answer."""

from collections.abc import Callable, Iterator, Mapping, Sequence
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

# From the costs of the best way with no sensor and with all: beyond which a way does not count.
Limit = Callable[[float, float], float]

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
        Of each pair: the cost of its best way with no sensor; how many arcs the shortest has where
        every way counts.
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
            found[some] = _from(self.first, self.heads, weights, np.array([start]))[
                self.destinations[some]
            ]
        return found


def reduced_graph(
    graph: MovementGraph,
    demand: Demand,
    costs: Mapping[str, FloatArray],
    entries: Callable[[str], tuple[LongArray, LongArray, FloatArray]],
    *,
    limit: Limit | None,
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
        which a way does not count; None where every way does.

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
        part = _Part(
            graph, demand, cost, entries(name), demand.shares[:, :, number], counts=limit is None
        )
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
    by = np.concatenate([part[5] for part in parts])
    cost, added = (np.concatenate([part[n] for part in parts]) for n in (3, 6))
    s, t, w, least = (np.array(column) for column in zip(*pairs, strict=True))
    left_out = 1.0 - float(w.sum()) / total
    return _joined(tails, heads, cost, (arc, by, added), (s, t, w / w.sum(), least), left_out)


class _Part:
    """One profile's graph; the nodes after its own are the origins and the destinations."""

    def __init__(
        self,
        graph: MovementGraph,
        demand: Demand,
        cost: FloatArray,
        entries: tuple[LongArray, LongArray, FloatArray],
        shares: FloatArray,
        *,
        counts: bool,
    ) -> None:
        self._shares, self._origins = shares, list(demand.origin_cells)
        self._ends = list(demand.destination_cells)
        if demand.free_choice:  # to whichever is best
            self._ends = [np.unique(np.concatenate(self._ends))]
            self._shares = shares.sum(axis=1, keepdims=True)
        self._graph, self._cost = graph, cost
        # Where every way counts it is enough to know whether there is one.
        self._search = np.where(np.isfinite(cost), 1.0, np.inf) if counts else cost
        passable = np.isfinite(cost[entries[0]]) & (entries[2] > 0)
        self._arc, self._by = entries[0][passable], entries[1][passable]
        self._added = entries[2][passable]
        self._out = [
            _from(graph.indptr, graph.heads, self._search, cells) for cells in self._origins
        ]

    def _asked(self) -> Iterator[tuple[int, int, float]]:
        """Yield origin, destination and least cost of each journey that can be made."""
        for o, out in enumerate(self._out):
            for d, cells in enumerate(self._ends):
                least = float(out[cells].min())
                if self._shares[o, d] > 0 and np.isfinite(least):
                    yield o, d, least

    def pairs(self) -> list[tuple[int, int, float, float]]:
        """Return start, end, share and least cost of each journey that can be made."""
        start, end = self._graph.node_count, self._graph.node_count + len(self._origins)
        return [
            (start + o, end + d, float(self._shares[o, d]), least) for o, d, least in self._asked()
        ]

    def needed(
        self, limit: Limit | None
    ) -> tuple[LongArray, LongArray, FloatArray, LongArray, LongArray, FloatArray]:
        """Return the arcs that matter, and what sensors add to them."""
        graph, cost, search = self._graph, self._cost, self._search
        turned, back = grouped(graph.heads, graph.node_count)
        home = [_from(turned, graph.tails[back], search[back], cells) for cells in self._ends]
        every = search.copy()
        np.add.at(every, self._arc, self._added)
        worst = (
            []
            if limit is None
            else [_from(graph.indptr, graph.heads, every, cells) for cells in self._origins]
        )
        kept = np.zeros(len(cost), bool)
        for o, d, least in self._asked():
            through = self._out[o][graph.tails] + search + home[d][graph.heads]
            if limit is None:
                kept |= np.isfinite(through)
                continue
            most = limit(least, float(worst[o][self._ends[d]].min()))
            kept |= through <= most * (1 + ROUNDING) + ROUNDING
        rows = np.flatnonzero(kept)
        place = np.full(len(kept), -1, np.int64)
        place[rows] = np.arange(len(rows))
        some = kept[self._arc]
        start, end = graph.node_count, graph.node_count + len(self._origins)
        out = np.repeat(start + np.arange(len(self._origins)), [len(c) for c in self._origins])
        into = np.repeat(end + np.arange(len(self._ends)), [len(c) for c in self._ends])
        return (
            np.concatenate([graph.tails[rows], out, *self._ends]).astype(np.int64),
            np.concatenate([graph.heads[rows], *self._origins, into]).astype(np.int64),
            np.concatenate([cost[rows], np.zeros(len(out) + len(into))]),
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
    tails, heads, ends = np.split(numbers.astype(np.int64), [len(tails), 2 * len(tails)])
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
    tails, heads, cost = tails[kept], heads[kept], cost[kept]
    size = len(pairs[0])
    return Reduced(
        nodes=int(count),
        first=np.searchsorted(tails, np.arange(int(count) + 1)),
        tails=tails,
        heads=heads,
        cost=cost,
        watched_arc=place[arc],
        watched_by=by,
        added=added,
        origins=ends[:size],
        destinations=ends[size:],
        weights=pairs[2],
        least=pairs[3],
        left_out=left_out,
    )


def _from(
    first: LongArray, heads: NDArray[np.integer], cost: FloatArray, starts: NDArray[np.integer]
) -> FloatArray:
    sources = np.asarray(starts, np.int64)
    found = accumulated_cost(first, heads.astype(np.int32), cost, sources, np.zeros(len(sources)))
    return found[0]


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
