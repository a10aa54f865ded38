"""Travellers on the Sinjar sample, each on its own path; and what forty posts add to that.

A size is the number of columns of the grid; 546 are cells of 500 m. scipy solves the same people
one after the other, on the explicit graph with the same perceived hours.
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from benchmarks.coupled_graph import WIDE_M, cells
from benchmarks.side_by_side import OURS, Case
from corridors.flow import Demand, SampledPaths, Travellers, draw_travellers
from corridors.flow.finder import PathFinder
from corridors.flow.sampling import Sampler
from corridors.layers import load_layers, transit_table
from corridors.paths import endpoint_nodes
from corridors.sample import sample_folder
from corridors.scenario import Scenario, load_scenario
from corridors.scenario.sources import LayerSource
from corridors.study import study_flow, study_ground
from corridors.study.watch import study_undetected

SIGMA = 0.3
FEW, MANY, POSTS = 100, 400, 40
Answer = Callable[[], object]


@dataclass
class World:
    """Who goes where on what."""

    finder: PathFinder
    demand: Demand
    travellers: Travellers
    profiles: list[str]


def sample(columns: int) -> Scenario:
    """Return the sample's scenario on a grid of so many columns."""
    scenario = load_scenario(sample_folder() / "scenario.toml")
    # Wider cells would not hold the sample's perception.
    area = scenario.area.model_copy(update={"cell_m": WIDE_M / max(columns, 110)})
    return scenario.model_copy(update={"area": area})


def world(columns: int) -> World:
    """Return the sample's ground, ready to be solved."""
    scenario = sample(columns)
    ground = study_ground(scenario)
    ends = ground.endpoints
    start_cells, end_cells = (
        endpoint_nodes(ground.graph, places, borders=ground.layers["borders"], role="x")
        for places in (ends.origins, ends.destinations)
    )
    shares = np.array([profile.share for profile in scenario.profiles])
    transits = transit_table(ground.scenario, ends.origins, ends.destinations)
    demand = Demand(start_cells, end_cells, transits[:, :, None] * shares)
    finder = PathFinder(ground.graph, ground.hours, length_m=5000.0, road_ratio=0.5)
    return World(finder, demand, draw_travellers(demand, MANY, seed=1), list(ground.hours))


def _solve(given: World, count: int) -> SampledPaths:
    sampler = Sampler(given.finder, given.demand, given.profiles)
    return sampler.solve(given.travellers.first(count), sigma=SIGMA)


def ours(given: World) -> Answer:
    """Solve a hundred; the answer is the hours that each believes its path takes."""

    def call() -> Callable[[], np.ndarray]:
        paths = _solve(given, FEW)
        return lambda: np.array(
            [
                _perceived(given, m)[paths.arcs[paths.starts[m] : paths.starts[m + 1]]].sum()
                for m in range(FEW)
            ]
        )

    return call


def _perceived(given: World, m: int) -> np.ndarray:
    name = given.profiles[int(given.travellers.profile[m])]
    return given.finder.perceived_hours(name, sigma=SIGMA, key=given.travellers.key[m])


def scipy_each(given: World) -> Answer:
    """Draw the same perceptions and solve each on the explicit graph."""
    graph, who = given.finder.graph, given.travellers
    order = np.argsort(graph.tails, kind="stable")
    indptr = np.searchsorted(graph.tails[order], np.arange(graph.node_count + 1))
    heads, shape = graph.heads[order], (graph.node_count, graph.node_count)

    def call() -> np.ndarray:
        found = np.zeros(FEW)
        for m in range(FEW):
            # scipy takes a stored 0 for no arc.
            hours = np.maximum(_perceived(given, m)[order], 1e-12)
            least = dijkstra(csr_array((hours, heads, indptr), shape), indices=who.start_cell[m])
            found[m] = least[given.demand.destination_cells[int(who.destination[m])]].min()
        return found

    return call


def ours_many(given: World) -> Answer:
    """Solve four hundred; the answer is their hours."""
    return lambda: _solve(given, MANY).hours


def studied(*, posts: bool) -> Callable[[Scenario], Answer]:
    """Return a study from its files to its travellers; with posts also to what they catch."""

    def ready(scenario: Scenario) -> Answer:
        none = scenario.layers.model_copy(update={"checkpoints": []})
        bare = scenario.model_copy(update={"layers": none})
        asked = with_posts(scenario) if posts else bare

        def call() -> np.ndarray:
            ground = study_ground(asked)
            flow = study_flow(ground)
            caught = study_undetected(ground, flow).share[0] if posts else 1.0
            return np.array([caught])

        return call

    return ready


def with_posts(scenario: Scenario) -> Scenario:
    """Return the scenario with posts along the border, of whom half of the travellers know."""
    layers = load_layers(scenario)
    border = layers["borders"].query("id == 'IRQ-SYR-1'").geometry.iloc[0]
    along = [border.interpolate((n + 0.5) / POSTS, normalized=True) for n in range(POSTS)]
    template = layers["checkpoints"].iloc[np.zeros(POSTS, int)].reset_index(drop=True)
    posts = template.set_geometry(along, crs=layers["borders"].crs).assign(
        id=[f"post {n}" for n in range(POSTS)], name=[f"post {n}" for n in range(POSTS)]
    )
    path = Path(tempfile.mkdtemp()) / "posts.gpkg"
    posts[["id", "name", "geometry"]].assign(
        kind="watch_post", range_m=3000.0, probability=0.6
    ).to_file(path)
    source = LayerSource(file=str(path))
    knowledge = scenario.knowledge.model_copy(update={"informed": 0.5})
    changed = {
        "layers": scenario.layers.model_copy(update={"checkpoints": [source]}),
        "knowledge": knowledge,
    }
    return scenario.model_copy(update=changed)


CASES = [
    Case(
        f"{FEW} travellers",
        (546,),
        world,
        {OURS: ours, "scipy csgraph, one after the other": scipy_each},
        cells_of=cells,
        rounds_of=lambda _: 1,
    ),
    Case(f"{MANY} travellers", (546,), world, {OURS: ours_many}, cells_of=cells),
    Case(
        "the study to its travellers, no posts",
        (546,),
        sample,
        {OURS: studied(posts=False)},
        cells_of=cells,
    ),
    Case(
        f"the same with {POSTS} posts, half of the travellers informed",
        (546,),
        sample,
        {OURS: studied(posts=True)},
        cells_of=cells,
    ),
]
