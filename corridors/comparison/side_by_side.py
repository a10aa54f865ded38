"""Scenarios side by side: solved one after another, with the same travellers in all."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd

from corridors.comparison.comparable import require_comparable, require_same_travellers
from corridors.comparison.differences import Difference, difference_of
from corridors.comparison.measured import Measured, measured
from corridors.kept import Kept
from corridors.layers import Layers
from corridors.progress import Progress
from corridors.provenance import Provenance
from corridors.scenario import Scenario
from corridors.study import ground_steps, study_flow, study_ground
from corridors.study.resume import travellers_key
from corridors.terrain import Terrain

__all__ = ["Comparison", "compare", "comparison_steps", "kept_travellers"]


@dataclass(frozen=True)
class Comparison:
    """Scenarios side by side.

    Attributes
    ----------
    scenarios
        Each, solved; all others are held against the first.
    differences
        One for each of the others.
    level
        How often intervals are to hold the true value.
    terrain, layers, endpoints
        Of the first, for maps.
    provenance
        Of each, by name.
    """

    scenarios: tuple[Measured, ...]
    differences: tuple[Difference, ...]
    level: float
    terrain: Terrain
    layers: Layers
    endpoints: gpd.GeoDataFrame
    provenance: Mapping[str, Provenance]


def comparison_steps(scenarios: Mapping[str, Scenario]) -> int:
    """Return how many steps `compare` tells of."""
    return sum(ground_steps(scenario) + 1 for scenario in scenarios.values())


def kept_travellers(scenarios: Mapping[str, Scenario], folder: Path) -> dict[str, Kept]:
    """Return where the travellers of each scenario are kept, so that a comparison goes on.

    Parameters
    ----------
    scenarios
        By name.
    folder
        Where comparisons to the same results keep their work.
    """
    return {name: Kept(folder, travellers_key(scenario)) for name, scenario in scenarios.items()}


def compare(
    scenarios: Mapping[str, Scenario],
    *,
    progress: Progress | None = None,
    kept: Mapping[str, Kept] | None = None,
) -> Comparison:
    """Solve scenarios with the same travellers and hold them against the first.

    Sigma is found from the detour in the first scenario and kept in the others: the travellers are
    the same people, who err in the same places, and only what differs between the scenarios moves
    them.

    Parameters
    ----------
    scenarios
        Two or more by name, from `corridors.comparison.named_scenarios`.
    progress
        Told of every step.
    kept
        By scenario, where its travellers that are solved are kept; from `kept_travellers`.

    Raises
    ------
    ScenarioError
        When scenarios cannot have the same travellers.
    InputError
        When a layer or a scenario cannot be used.
    """
    told, begun = progress or Progress(), kept or {}
    (first_name, first), *others = scenarios.items()
    for _, scenario in others:
        require_comparable(first, scenario)
    ground = study_ground(first, progress=told)
    terrain, layers, endpoints = ground.terrain, ground.layers, ground.endpoints.layer()
    provenance = {first_name: ground.provenance}
    told.step(f"Solving travellers, {first_name}")
    flow = study_flow(ground, kept=begun.get(first_name), on_step=told.part)
    base = measured(first_name, ground, flow)
    # An early stop in one scenario would leave fewer travellers to hold the others against.
    count = len(flow.paths)
    del ground, flow
    found, differences = [base], []
    for name, scenario in others:
        settings = scenario.flow.model_copy(update={"travellers": count, "precision": None})
        ground = study_ground(scenario.model_copy(update={"flow": settings}), progress=told)
        provenance[name] = ground.provenance
        told.step(f"Solving travellers, {name}")
        flow = study_flow(ground, sigma=base.sigma, kept=begun.get(name), on_step=told.part)
        other = measured(name, ground, flow, first=base)
        del ground, flow
        require_same_travellers(base, other)
        found.append(other)
        differences.append(difference_of(base, other))
    return Comparison(
        scenarios=tuple(found),
        differences=tuple(differences),
        level=first.flow.confidence,
        terrain=terrain,
        layers=layers,
        endpoints=endpoints,
        provenance=provenance,
    )
