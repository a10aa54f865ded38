"""A study as a whole: its ground, its ways, its posts, its rings."""

from corridors.study.analysis import Study, analyse, analysis_steps
from corridors.study.ground import (
    Endpoints,
    Ground,
    ground_steps,
    study_detection,
    study_endpoints,
    study_graph,
    study_ground,
    study_network,
    study_terrain,
)
from corridors.study.watch import WorthMap, sight_words, study_undetected, study_worth
from corridors.study.ways import study_alternatives, study_flow, study_journeys

__all__ = [
    "Endpoints",
    "Ground",
    "Study",
    "WorthMap",
    "analyse",
    "analysis_steps",
    "ground_steps",
    "sight_words",
    "study_alternatives",
    "study_detection",
    "study_endpoints",
    "study_flow",
    "study_graph",
    "study_ground",
    "study_journeys",
    "study_network",
    "study_terrain",
    "study_undetected",
    "study_worth",
]
