"""Where to place what is there to place, against opponents of every kind, on plain arrays."""

from corridors.interdiction.candidates import Candidates
from corridors.interdiction.detour import capture_within_detour
from corridors.interdiction.graph import DelayGraph, Pairs, SensorGraph
from corridors.interdiction.patrols import (
    Option,
    PatrolPlan,
    draw_schedules,
    patrol_against,
    patrol_game,
    patrol_paths,
    schedule_mixture,
)
from corridors.interdiction.plan import Plan
from corridors.interdiction.reliability import best_reply_value, interdict_reliability
from corridors.interdiction.routes import GreedyPlan, KnownRoutes, capture_known_routes
from corridors.interdiction.shortest import interdict_shortest_path

__all__ = [
    "Candidates",
    "DelayGraph",
    "GreedyPlan",
    "KnownRoutes",
    "Option",
    "Pairs",
    "PatrolPlan",
    "Plan",
    "SensorGraph",
    "best_reply_value",
    "capture_known_routes",
    "capture_within_detour",
    "draw_schedules",
    "interdict_reliability",
    "interdict_shortest_path",
    "patrol_against",
    "patrol_game",
    "patrol_paths",
    "schedule_mixture",
]
