"""One perception gives one corridor, whatever the cell: on the real ground of the sample."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import corridors
from corridors.flow import Demand, band_overlap, draw_travellers, journey_bands, journey_density
from corridors.flow.finder import PathFinder
from corridors.flow.passages import Passages
from corridors.flow.sampling import Sampler
from corridors.layers import load_layers
from corridors.movement import arc_hours
from corridors.paths import endpoint_nodes
from corridors.scenario import Scenario, load_scenario
from corridors.study import study_endpoints, study_graph, study_network, study_terrain

SIGMA = 0.3
BANDS = [0.5, 0.8, 0.95]


def bands_on_foot(scenario: Scenario, cell_m: float) -> tuple[pd.DataFrame, float]:
    """Return bands of 200 walkers with a fixed sigma, and the mean detour that they make."""
    area = scenario.area.model_copy(update={"cell_m": cell_m})
    study = scenario.model_copy(update={"area": area})
    layers = load_layers(study)
    terrain = study_terrain(study, layers)
    graph = study_graph(study, layers, terrain, study_network(study, layers))
    places = study_endpoints(study, layers)
    starts, ends = (
        endpoint_nodes(graph, rows, borders=layers["borders"], role=role)
        for rows, role in ((places.origins, "origins"), (places.destinations, "destinations"))
    )
    walker = next(profile for profile in study.profiles if profile.mode == "foot")
    weights = np.outer(places.origins["weight"], places.destinations["weight"])
    demand = Demand(starts, ends, weights[:, :, None] / weights.sum())
    hours = {walker.name: arc_hours(graph, walker, study)}
    finder = PathFinder(graph, hours, length_m=5000.0, road_ratio=0.5)
    travellers = draw_travellers(demand, 200, seed=1)
    paths = Sampler(finder, demand, [walker.name]).solve(travellers, sigma=SIGMA)
    metres = Passages(graph, travellers, paths, level=0.9).cells().metres
    density = journey_density(metres, graph.grid, smoothing_m=2000, inside=terrain.inside)
    bands = journey_bands(density, graph.grid, shares=BANDS, speck_km2=5, hole_km2=5)
    return bands, float(np.nanmean(paths.detour))


def test_bands_at_500_and_at_1000_m_are_the_same_corridor(tmp_path: Path) -> None:
    scenario = load_scenario(corridors.copy_sample(tmp_path / "sample"))
    fine, detour_of_fine = bands_on_foot(scenario, 500.0)
    coarse, detour_of_coarse = bands_on_foot(scenario, 1000.0)
    overlaps = [
        band_overlap(one, other) for one, other in zip(fine.geometry, coarse.geometry, strict=True)
    ]
    assert min(overlaps) >= 0.8
    assert detour_of_coarse == pytest.approx(detour_of_fine, rel=0.1)
