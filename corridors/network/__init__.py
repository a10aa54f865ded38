"""Roads and crossings as a graph that a person can look at, save and ask for distances.

The way through: `tables` checks the layers, `noding` joins roads where they meet, `cuts` parts them
at the border, `build` makes the graph; `distances`, `vertices` and `files` use it.
"""

from corridors.network.build import build_network
from corridors.network.distances import RoadDistance, road_distance, road_distances
from corridors.network.files import load_network, save_network
from corridors.network.model import (
    BorderCut,
    Component,
    GatePassage,
    NetworkReport,
    RoadNetwork,
)
from corridors.network.vertices import RoadVertices, densify_edges

__all__ = [
    "BorderCut",
    "Component",
    "GatePassage",
    "NetworkReport",
    "RoadDistance",
    "RoadNetwork",
    "RoadVertices",
    "build_network",
    "densify_edges",
    "load_network",
    "road_distance",
    "road_distances",
    "save_network",
]
