"""What one sensor more is worth, beside solving every traveller that meets it from the start.

The graph is that of the Sinjar sample, 273 km wide; a size is the number of columns of its grid.
Fifty places are tried on a hundred travellers who know every post and keep away from them; then 500
places on 400 of them, by ours alone.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchmarks.coupled_graph import WIDE_M, cells
from benchmarks.side_by_side import OURS, Case
from corridors.detection import Detection, detection_of, sensors_of
from corridors.flow import Demand, SampledPaths, Travellers, draw_travellers
from corridors.flow.finder import PathFinder
from corridors.flow.knowledge import Hazards, Knowledge
from corridors.flow.sampling import Sampler
from corridors.layers import transit_table
from corridors.paths import endpoint_nodes
from corridors.sample import sample_folder
from corridors.scenario import load_scenario
from corridors.scenario.model import Weather
from corridors.study import Ground, study_ground
from corridors.undetected import worth_aware

SIGMA, KAPPA_HOURS, RANGE_M = 0.3, 3.0, 3000.0
TRAVELLERS, PLACES = 100, 50
ALL_TRAVELLERS, ALL_PLACES = 400, 500
Answer = Callable[[], np.ndarray]


class FromScratch(PathFinder):
    """Finds every path from the start."""

    def towards(self, *_: object, **__: object) -> None:
        """Prepare nothing."""


@dataclass
class World:
    """The sample's ground, the travellers between its posts, and the sensors to try."""

    ground: Ground
    demand: Demand
    travellers: Travellers
    paths: SampledPaths
    new: Detection


def world(columns: int, count: int = TRAVELLERS, places: int = PLACES) -> World:
    """Return the sample on a grid of so many columns, its travellers solved."""
    scenario = load_scenario(sample_folder() / "scenario.toml")
    area = scenario.area.model_copy(update={"cell_m": WIDE_M / max(columns, 110)})
    ground = study_ground(scenario.model_copy(update={"area": area}))
    ends, borders = ground.endpoints, ground.layers["borders"]
    start_cells, end_cells = (
        endpoint_nodes(ground.graph, places, borders=borders, role="x")
        for places in (ends.origins, ends.destinations)
    )
    transits = transit_table(ground.scenario, ends.origins, ends.destinations)
    shares = np.array([profile.share for profile in scenario.profiles])
    demand = Demand(start_cells, end_cells, transits[:, :, None] * shares)
    travellers = draw_travellers(demand, count, seed=1)
    sampler = sampler_of(ground, demand, PathFinder)
    paths = sampler.solve(travellers, sigma=SIGMA, aware=True)
    return World(ground, demand, travellers, paths, on_their_ways(ground, paths, places))


def sampler_of(ground: Ground, demand: Demand, finder: type[PathFinder]) -> Sampler:
    """Return who solves travellers that know every post."""
    found = finder(ground.graph, ground.hours, length_m=5000.0, road_ratio=0.5)
    hazards = Hazards(found.layout, ground.detection, ground.hours)
    known = Knowledge(hazards, informed=1.0, posts_known=1.0, kappa=KAPPA_HOURS)
    return Sampler(found, demand, list(ground.hours), knowledge=known)


def on_their_ways(ground: Ground, paths: SampledPaths, count: int) -> Detection:
    """Return what sensors see that stand on travellers' ways, each at another part of one."""
    graph = ground.graph
    parts = (np.arange(count) * 0.618) % 0.9 + 0.05
    lengths = np.diff(paths.starts)
    some = np.flatnonzero(lengths)[np.arange(count) % np.count_nonzero(lengths)]
    steps = paths.starts[some] + (parts * lengths[some]).astype(np.int64)
    nodes = graph.heads[paths.arcs[steps]]
    template = ground.layers["checkpoints"].iloc[np.zeros(count, int)].reset_index(drop=True)
    layer = template.set_geometry(
        template.geometry.from_xy(graph.x[nodes], graph.y[nodes], crs=graph.grid.crs)
    ).assign(
        id=[f"new {n}" for n in range(count)],
        kind="watch_post",
        range_m=RANGE_M,
        probability=0.6,
    )
    return detection_of(graph, sensors_of(layer, weather=Weather()))


def _worth(given: World, finder: type[PathFinder]) -> Answer:
    sampler = sampler_of(given.ground, given.demand, finder)

    def call() -> np.ndarray:
        found = worth_aware(
            sampler,
            given.travellers,
            given.paths,
            given.ground.detection,
            given.new,
            sigma=SIGMA,
        )
        return found.estimate

    return call


def large_world(columns: int) -> World:
    """Return the same with all travellers and places."""
    return world(columns, ALL_TRAVELLERS, ALL_PLACES)


def ours(given: World) -> Answer:
    """Find each way again by what is left to go without the new sensor."""
    return _worth(given, PathFinder)


def from_scratch(given: World) -> Answer:
    """Solve each traveller that meets the new sensor from the start."""
    return _worth(given, FromScratch)


CASES = [
    Case(
        "one sensor more at 50 places, 100 travellers",
        (546,),
        world,
        {OURS: ours, "corridors, from scratch": from_scratch},
        cells_of=cells,
        rounds_of=lambda _: 2,
    ),
    Case(
        f"{ALL_PLACES} places, {ALL_TRAVELLERS} travellers",
        (546,),
        large_world,
        {OURS: ours},
        cells_of=cells,
        rounds_of=lambda _: 1,
    ),
]
