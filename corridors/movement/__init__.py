"""Terrain and network coupled: one graph of nodes, arcs and hours."""

from corridors.movement.build import build_movement
from corridors.movement.graph import ArcKind, BarrierCuts, MovementGraph
from corridors.movement.hours import arc_hours

__all__ = ["ArcKind", "BarrierCuts", "MovementGraph", "arc_hours", "build_movement"]
