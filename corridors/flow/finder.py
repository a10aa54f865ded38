"""The path that a traveller takes: the least of its perceived costs."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corridors.flow.layout import Layout, Weights
from corridors.flow.perception import Perceiver
from corridors.flow.sections import road_sections, section_places
from corridors.kernels.perceived import DONE, search, search_again, traced
from corridors.kernels.shortest import accumulated_cost, trace_back
from corridors.movement import MovementGraph

__all__ = ["PathFinder", "TakenPath"]

FloatArray = NDArray[np.float64]
LongArray = NDArray[np.int64]

# A bucket is this part of the median cost of a ground move wide; a factor of 4 either way is as
# good (see benchmarks).
BUCKET = 0.1
NO_KEY = np.uint64(0)
# Steps of the queue for each node, before the heap takes over.
PATIENCE = 20


@dataclass(frozen=True)
class TakenPath:
    """A path through the movement graph.

    Attributes
    ----------
    arcs
        First to last.
    end
        The node where it ends.
    """

    arcs: LongArray
    end: int


class PathFinder:
    """Finds the paths of travellers on one movement graph; many threads may use one.

    Parameters
    ----------
    graph
        The movement graph.
    hours
        True hours of every arc, by profile.
    length_m, road_ratio
        Correlation length of the perception of the ground, and by what part of its sigma a section
        of road is misjudged.
    """

    def __init__(
        self,
        graph: MovementGraph,
        hours: Mapping[str, FloatArray],
        *,
        length_m: float,
        road_ratio: float,
    ) -> None:
        self.graph = graph
        self.hours = hours
        self.road_ratio = road_ratio
        sections = road_sections(graph.edges)
        self.layout = Layout(graph, sections)
        self._perceiver = Perceiver(self.layout, section_places(graph, sections), length_m=length_m)
        self._weights = {name: self.layout.weights(values) for name, values in hours.items()}
        self._median = {name: _median(weights) for name, weights in self._weights.items()}
        self._turned_weights: dict[str, Weights] = {}
        self._own = threading.local()
        self.patience = PATIENCE * graph.node_count

    def find(
        self,
        profile: str,
        starts: LongArray,
        ends: LongArray,
        *,
        sigma: float = 0.0,
        key: np.uint64 = NO_KEY,
        kappa: float = 0.0,
        hazard: Weights | None = None,
    ) -> TakenPath | None:
        """Return the path of least perceived cost from any start to any end, None without one.

        Parameters
        ----------
        profile
            The way of moving.
        starts, ends
            Nodes of the graph.
        sigma, key
            The traveller's perception: how far it errs, and which way.
        kappa, hazard
            What it gives to avoid one unit of hazard, in hours, and the hazard that it knows of,
            in the order of the layout.
        """
        layout = self.layout
        half = self._perceiver.ground(key, sigma)
        roads = self._perceiver.roads(key, sigma * self.road_ratio)
        weights = self._weights[profile]
        if hazard is None or kappa <= 0:
            kappa, hazard = 0.0, _NO_HAZARD
        cost, back, is_target = self._workspace()
        is_target[ends + layout.pad] = 1
        status, target = search(
            weights.slots,
            layout.offsets,
            layout.pad,
            layout.pad + self.graph.grid.size,
            layout.indptr,
            layout.heads,
            weights.others,
            layout.sections,
            half,
            roads,
            hazard.slots,
            hazard.others,
            kappa,
            starts + layout.pad,
            np.zeros(len(starts)),
            is_target,
            self._bucket(profile, sigma),
            max(layout.room, len(starts)),
            self.patience,
            cost,
            back,
        )
        is_target[ends + layout.pad] = 0
        if status != DONE:
            return self._on_arcs(profile, starts, ends, (2.0 * half, roads), kappa, hazard)
        if target < 0:
            return None
        nodes, codes = traced(back, layout.offsets, layout.tails, target)
        return TakenPath(layout.arcs(nodes, codes), int(target) - layout.pad)

    def towards(
        self,
        profile: str,
        ends: LongArray,
        *,
        sigma: float = 0.0,
        key: np.uint64 = NO_KEY,
        kappa: float = 0.0,
        turned_hazard: Weights | None = None,
        start: int | None = None,
    ) -> "Towards | None":
        """Prepare to find one traveller's paths again and again while hazards are added.

        Parameters
        ----------
        profile, ends, sigma, key, kappa
            As for `find`.
        turned_hazard
            The hazard that stands in all searches, on the arcs turned round.
        start
            Where searches will mostly start: no more is prepared than up to there, and a search
            from a place farther off only takes longer.

        Returns
        -------
        Towards
            None where costs are so unlike each other that only `find` will do.
        """
        layout = self.layout
        factors = (
            self._perceiver.ground(key, sigma),
            self._perceiver.roads(key, sigma * self.road_ratio),
        )
        if turned_hazard is None or kappa <= 0:
            kappa, turned_hazard = 0.0, _NO_HAZARD
        indptr, heads, order = layout.turned
        cost, back, is_target = self._workspace()
        until = np.array([] if start is None else [start + layout.pad], np.int64)
        is_target[until] = 1
        weights = self._turned(profile)
        status, _ = search(
            weights.slots,
            layout.offsets,
            layout.pad,
            layout.pad + self.graph.grid.size,
            indptr,
            heads,
            weights.others,
            layout.sections[order],
            *factors,
            turned_hazard.slots,
            turned_hazard.others,
            kappa,
            ends + layout.pad,
            np.zeros(len(ends)),
            is_target,
            self._bucket(profile, sigma),
            max(int(np.diff(indptr).max(initial=0)) + len(layout.offsets), len(ends)),
            self.patience,
            cost,
            back,
        )
        is_target[until] = 0
        if status != DONE:
            return None
        # Beyond the start costs are not final, but none is less than the start's.
        farthest = np.inf if start is None else cost[until[0]]
        to_target = np.minimum(cost, farthest)
        return Towards(self, self._weights[profile], factors, ends, kappa, to_target)

    def _bucket(self, profile: str, sigma: float) -> float:
        """Return how wide a bucket is, in perceived hours.

        Whoever errs much takes a way over ground that it believes far better than it is: the median
        of the factor is exp(-sigma^2 / 2), and the way's is lower by another one to two sigma. Up
        to a sigma of 1 the width is good as it is.
        """
        more = max(sigma, 1.0)
        narrower = float(np.exp((1 - more**2) / 2 + 1.5 * (1 - more)))
        return BUCKET * self._median[profile] * narrower

    def _turned(self, profile: str) -> Weights:
        if profile not in self._turned_weights:
            self._turned_weights[profile] = self.layout.turned_weights(self._weights[profile])
        return self._turned_weights[profile]

    def perceived_hours(
        self, profile: str, *, sigma: float = 0.0, key: np.uint64 = NO_KEY
    ) -> FloatArray:
        """Return what every arc costs a traveller, in the order of the graph's arcs.

        Parameters
        ----------
        profile, sigma, key
            As for `find`.
        """
        factors = (
            2.0 * self._perceiver.ground(key, sigma),
            self._perceiver.roads(key, sigma * self.road_ratio),
        )
        return self._perceived(self._weights[profile], factors)

    def _perceived(
        self, weights: Weights, factors: tuple[NDArray[np.float32], NDArray[np.float32]]
    ) -> FloatArray:
        ground, roads = factors
        graph, layout = self.graph, self.layout
        of_nodes = ground[layout.pad : layout.pad + graph.node_count].astype(np.float64)
        factor = (of_nodes[graph.tails] + of_nodes[graph.heads]) / 2
        sections = layout.section_of_arc
        factor[sections >= 0] = roads[sections[sections >= 0]]
        return layout.of_arcs(weights) * factor

    def _on_arcs(
        self,
        profile: str,
        starts: LongArray,
        ends: LongArray,
        factors: tuple[NDArray[np.float32], NDArray[np.float32]],
        kappa: float,
        hazard: Weights,
    ) -> TakenPath | None:
        """Find the path where buckets do not help: some arcs cost next to nothing."""
        graph = self.graph
        weights = self._perceived(self._weights[profile], factors)
        if kappa > 0:
            weights += kappa * self.layout.of_arcs(hazard)
        cost, back_arc = accumulated_cost(
            graph.indptr, graph.heads, weights, starts, np.zeros(len(starts)), ends
        )
        end = int(ends[np.argmin(cost[ends])])
        if not np.isfinite(cost[end]):
            return None
        return TakenPath(trace_back(back_arc, graph.tails, end), end)

    def _workspace(self) -> tuple[FloatArray, NDArray[np.int32], NDArray[np.uint8]]:
        """Return this thread's arrays, made once."""
        if not hasattr(self._own, "cost"):
            count = self.layout.node_count
            self._own.cost = np.empty(count)
            self._own.back = np.empty(count, np.int32)
            self._own.is_target = np.zeros(count, np.uint8)
        return self._own.cost, self._own.back, self._own.is_target


class Towards:
    """One traveller's way to its destination, found again under hazards that were added.

    See `PathFinder.towards`.
    """

    def __init__(
        self,
        finder: PathFinder,
        weights: Weights,
        factors: tuple[NDArray[np.float32], NDArray[np.float32]],
        ends: LongArray,
        kappa: float,
        to_target: FloatArray,
    ) -> None:
        self._finder = finder
        self._weights = weights
        self._factors = factors
        self._kappa = kappa
        self._to_target = to_target
        count = finder.layout.node_count
        self._is_target = np.zeros(count, np.uint8)
        self._is_target[ends + finder.layout.pad] = 1
        self._cost = np.full(count, np.inf)
        self._back = np.full(count, -1, np.int32)

    def find(self, start: int, hazard: Weights) -> TakenPath | None:
        """Return the path from a start, None without one.

        Parameters
        ----------
        start
            A node of the graph.
        hazard
            All of it; nowhere less than what was given at first.
        """
        layout = self._finder.layout
        target = search_again(
            self._weights.slots,
            layout.offsets,
            layout.pad,
            layout.pad + layout.graph.grid.size,
            layout.indptr,
            layout.heads,
            self._weights.others,
            layout.sections,
            *self._factors,
            hazard.slots,
            hazard.others,
            self._kappa,
            start + layout.pad,
            self._is_target,
            self._to_target,
            self._cost,
            self._back,
        )
        if target < 0:
            return None
        nodes, codes = traced(self._back, layout.offsets, layout.tails, target)
        self._back[nodes] = -1
        return TakenPath(layout.arcs(nodes, codes), int(target) - layout.pad)


_NO_HAZARD = Weights(np.empty(0, np.float32), np.empty(0, np.float32))


def _median(weights: Weights) -> float:
    for values in (weights.slots, weights.others):
        found = values[np.isfinite(values) & (values > 0)]
        if len(found):
            return float(np.median(found))
    return 1.0
