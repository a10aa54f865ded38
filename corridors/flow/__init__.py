"""Transit flow: many kinds of traveller, each on the path that it believes best."""

from corridors.flow.analysis import Flow, require_perception, transit_flow
from corridors.flow.bands import band_overlap, journey_bands, journey_density
from corridors.flow.knowledge import Hazards, Knowledge
from corridors.flow.passages import Passages
from corridors.flow.sampled import SampledPaths
from corridors.flow.travellers import Demand, Travellers, draw_travellers

__all__ = [
    "Demand",
    "Flow",
    "Hazards",
    "Knowledge",
    "Passages",
    "SampledPaths",
    "Travellers",
    "band_overlap",
    "draw_travellers",
    "journey_bands",
    "journey_density",
    "require_perception",
    "transit_flow",
]
