"""Travellers between posts on tiny worlds."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from corridors.detection import Detection, sensors_of
from corridors.flow import SampledPaths, Travellers
from corridors.flow.finder import PathFinder
from corridors.flow.knowledge import Hazards, Knowledge
from corridors.flow.sampling import Sampler
from corridors.flow.travellers import Demand, draw_travellers
from corridors.movement import MovementGraph
from corridors.raster import Raster
from corridors.scenario.model import Weather
from corridors.undetected import worth_unaware
from tests.worlds import hours_of, posts, seen_by, varied_world

FloatArray = NDArray[np.float64]
PROFILES = {
    "profiles": [
        {"name": "on_foot", "share": 0.6, "mode": "foot"},
        {"name": "slow", "share": 0.4, "mode": "foot", "off_road_factor": 0.4},
    ]
}


@dataclass
class Knows:
    """What travellers know of posts: shares, and the hours that a unit of hazard is worth."""

    informed: float = 1.0
    posts_known: float = 1.0
    kappa: float = 0.3


@dataclass
class World:
    """Some travellers, two ways of moving, and the posts that are there."""

    graph: MovementGraph
    layer: gpd.GeoDataFrame
    count: int = 30
    sigma: float = 0.6
    seed: int = 1

    def __post_init__(self) -> None:
        walls = [{"name": "wall", "file": "none", "delay_minutes": {"on_foot": 15, "slow": 20}}]
        self.hours = hours_of(self.graph, barriers=walls, **PROFILES)
        self.finder = PathFinder(self.graph, self.hours, length_m=400.0, road_ratio=0.5)
        walkable = np.flatnonzero(self.graph.walkable.ravel())
        self.demand = Demand(
            [walkable[:3], walkable[9:11]],
            [walkable[-3:], walkable[-12:-10]],
            np.array([[[0.3, 0.1], [0.1, 0.1]], [[0.1, 0.1], [0.1, 0.1]]]),
        )
        self.travellers: Travellers = draw_travellers(self.demand, self.count, seed=self.seed)
        self.detection = seen_by(self.graph, self.layer)

    def with_more(self, more: gpd.GeoDataFrame) -> Detection:
        """Return what all posts see, some more among them."""
        both = gpd.GeoDataFrame(pd.concat([self.layer, more], ignore_index=True), crs=more.crs)
        return seen_by(self.graph, both)

    def sampler(
        self, knows: Knows | None, detection: Detection | None = None, *, workers: int = 2
    ) -> Sampler:
        """Return who solves the travellers, with what they know of the posts."""
        told = None
        if knows is not None:
            seen = self.detection if detection is None else detection
            hazards = Hazards(self.finder.layout, seen, self.hours)
            told = Knowledge(hazards, knows.informed, knows.posts_known, knows.kappa)
        return Sampler(self.finder, self.demand, list(self.hours), knowledge=told, workers=workers)

    def paths(self, knows: Knows | None, detection: Detection | None = None) -> SampledPaths:
        """Return the ways that travellers take, the informed among them round the posts."""
        return self.sampler(knows, detection).solve(self.travellers, sigma=self.sigma, aware=True)

    def survived(self, paths: SampledPaths, detection: Detection) -> FloatArray:
        """Return each arrived traveller's chance, by the sum of the hazards on its way."""
        chances = []
        for m in np.flatnonzero(paths.arrived):
            hours = list(self.hours.values())[self.travellers.profile[m]]
            arcs = paths.arcs[paths.starts[m] : paths.starts[m + 1]]
            chances.append(np.exp(-detection.hazard(hours)[arcs].sum()))
        return np.array(chances)


def small_world(seed: int = 4, **changed: int) -> World:
    """Return a world of uneven ground, roads, a wall and gates, with two posts."""
    layer = posts((300.0, 300.0), (700.0, 600.0), id=["one", "two"], range_m=250.0)
    return World(varied_world(seed), layer, **changed)


def candidates(*coordinates: tuple[float, float], **columns: object) -> gpd.GeoDataFrame:
    """Return posts that are not there yet."""
    names = [f"candidate {n}" for n in range(len(coordinates))]
    return posts(*coordinates, id=names, **{"range_m": 300.0, "probability": 0.7, **columns})


def everywhere(
    world: World,
    places: FloatArray,
    *,
    range_m: float = 300.0,
    probability: float = 0.7,
    heights: Raster | None = None,
) -> FloatArray:
    """Return the worth of such a post at every place, to travellers who know of none."""
    graph, paths = world.graph, world.paths(None)
    one = sensors_of(
        candidates((0.0, 0.0), range_m=range_m, probability=probability), weather=Weather()
    )
    return worth_unaware(
        paths,
        world.travellers,
        world.hours,
        world.detection,
        places,
        graph=graph,
        sensor=one,
        heights=heights,
    )
