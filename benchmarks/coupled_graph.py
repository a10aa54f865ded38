"""One traveller's perceived costs on ground, roads and gates together, beside scipy's Dijkstra.

The graph is that of the Sinjar sample, 273 km wide; a size is the number of columns of its grid.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from benchmarks.side_by_side import OURS, Case
from corridors.flow.finder import PathFinder
from corridors.flow.knowledge import Entries
from corridors.flow.layout import Weights
from corridors.layers import load_layers
from corridors.movement import MovementGraph, arc_hours
from corridors.paths import endpoint_nodes
from corridors.sample import sample_folder
from corridors.scenario import load_scenario
from corridors.study import study_endpoints, study_graph, study_network, study_terrain

SIGMA, KEY, PROFILE = 0.3, np.uint64(7), "on_foot"
WIDE_M = 273_000.0
# Wider cells would not hold the sample's perception of 5 km; the warming run asks for them.
COLUMNS_MIN = 60
Answer = Callable[[], np.ndarray]


@dataclass
class World:
    """The sample's movement graph, and where one journey starts and ends."""

    graph: MovementGraph
    finder: PathFinder
    start: int
    end: int


def world(columns: int) -> World:
    """Return the sample on a grid of so many columns."""
    scenario = load_scenario(sample_folder() / "scenario.toml")
    area = scenario.area.model_copy(update={"cell_m": WIDE_M / max(columns, COLUMNS_MIN)})
    scenario = scenario.model_copy(update={"area": area})
    layers = load_layers(scenario)
    network = study_network(scenario, layers)
    graph = study_graph(scenario, layers, study_terrain(scenario, layers), network)
    profile = next(one for one in scenario.profiles if one.name == PROFILE)
    hours = {PROFILE: arc_hours(graph, profile, scenario)}
    ends = study_endpoints(scenario, layers)
    start, end = (
        int(endpoint_nodes(graph, places, borders=layers["borders"], role="x")[0][0])
        for places in (ends.origins, ends.destinations)
    )
    finder = PathFinder(graph, hours, length_m=5000.0, road_ratio=0.5)
    return World(graph, finder, start, end)


def ours(given: World) -> Answer:
    """Draw the perception and solve costs from every node to the destination."""

    def call() -> np.ndarray:
        towards = given.finder.towards(PROFILE, np.array([given.end]), sigma=SIGMA, key=KEY)
        pad = given.finder.layout.pad
        field = towards._to_target  # noqa: SLF001 what is timed; users ask for its paths
        return np.asarray(field[pad : pad + given.graph.node_count])

    return call


def scipy_all(given: World) -> Answer:
    """Draw the same perception, put it on a graph that is at hand, and solve."""
    graph = given.graph
    keep = np.flatnonzero(np.isfinite(given.finder.hours[PROFILE]))
    order = keep[np.argsort(graph.heads[keep], kind="stable")]
    indptr = np.searchsorted(graph.heads[order], np.arange(graph.node_count + 1))
    tails = graph.tails[order]
    shape = (graph.node_count, graph.node_count)

    def call() -> np.ndarray:
        hours = given.finder.perceived_hours(PROFILE, sigma=SIGMA, key=KEY)[order]
        # scipy takes a stored 0 for no arc.
        turned = csr_array((np.maximum(hours, 1e-12), tails, indptr), shape=shape)
        return np.asarray(dijkstra(turned, indices=given.end))

    return call


def _sensor(given: World) -> tuple[Entries, np.ndarray]:
    """Return a sensor in the middle of the way: what it sees, and the hazards."""
    path = given.finder.find(PROFILE, np.array([given.start]), np.array([given.end]))
    graph = given.graph
    middle = graph.heads[path.arcs[len(path.arcs) // 2]]
    away = np.hypot(graph.x - graph.x[middle], graph.y - graph.y[middle])[graph.tails]
    arcs = np.flatnonzero(away < 3000)
    hazard = np.where(np.isfinite(given.finder.hours[PROFILE][arcs]), 0.05, 0.0)
    return Entries.of(given.finder.layout, arcs, np.zeros(len(arcs), np.int32)), hazard


def again(given: World) -> Answer:
    """Find the way again under one sensor more, by what is left to go without it."""
    layout = given.finder.layout
    slots = np.zeros(given.graph.grid.size * len(layout.offsets), np.float32)
    hazard = Weights(slots, np.zeros(len(layout.heads), np.float32))
    entries, values = _sensor(given)
    towards = given.finder.towards(
        PROFILE, np.array([given.end]), sigma=SIGMA, key=KEY, kappa=1.0, turned_hazard=hazard
    )

    def call() -> np.ndarray:
        with entries.added(hazard, values):
            path = towards.find(given.start, hazard)
        return np.array([given.finder.hours[PROFILE][path.arcs].sum()])

    return call


def from_scratch(given: World) -> Answer:
    """Solve the traveller again from the start."""
    layout = given.finder.layout
    slots = np.zeros(given.graph.grid.size * len(layout.offsets), np.float32)
    hazard = Weights(slots, np.zeros(len(layout.heads), np.float32))
    entries, values = _sensor(given)

    def call() -> np.ndarray:
        with entries.added(hazard, values):
            path = given.finder.find(
                PROFILE,
                np.array([given.start]),
                np.array([given.end]),
                sigma=SIGMA,
                key=KEY,
                kappa=1.0,
                hazard=hazard,
            )
        return np.array([given.finder.hours[PROFILE][path.arcs].sum()])

    return call


def cells(columns: int) -> int:
    """Return how many cells the sample has: 470 rows to 546 columns."""
    return columns * columns * 470 // 546


CASES = [
    Case(
        "one perceived-cost field",
        (546, 1092),
        world,
        {OURS: ours, "scipy csgraph": scipy_all},
        cells_of=cells,
        rounds_of=lambda _: 3,
    ),
    Case(
        "one sensor more, one traveller",
        (546,),
        world,
        {OURS: again, "corridors, from scratch": from_scratch},
        cells_of=cells,
        rounds_of=lambda _: 3,
    ),
]
