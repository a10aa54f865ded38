"""Where to place what is there to place, against opponents of every kind, on plain arrays."""

from corridors.interdiction.bases import add_bases, critical_bases
from corridors.interdiction.betweenness import flow_betweenness
from corridors.interdiction.candidates import Candidates
from corridors.interdiction.critical import connected_pairs, critical_nodes
from corridors.interdiction.curve import Curve, knee_of, nested_curve, plan_curve
from corridors.interdiction.detour import capture_within_detour
from corridors.interdiction.graph import DelayGraph, Pairs, SensorGraph
from corridors.interdiction.patrols import (
    Option,
    PatrolPlan,
    patrol_against,
    patrol_game,
    patrol_paths,
)
from corridors.interdiction.plan import Plan
from corridors.interdiction.reliability import best_reply_value, interdict_reliability
from corridors.interdiction.routes import GreedyPlan, KnownRoutes, capture_known_routes
from corridors.interdiction.schedules import draw_schedules, schedule_mixture
from corridors.interdiction.shortest import interdict_shortest_path

__all__ = [
    "Candidates",
    "Curve",
    "DelayGraph",
    "GreedyPlan",
    "KnownRoutes",
    "Option",
    "Pairs",
    "PatrolPlan",
    "Plan",
    "SensorGraph",
    "add_bases",
    "best_reply_value",
    "capture_known_routes",
    "capture_within_detour",
    "connected_pairs",
    "critical_bases",
    "critical_nodes",
    "draw_schedules",
    "flow_betweenness",
    "interdict_reliability",
    "interdict_shortest_path",
    "knee_of",
    "nested_curve",
    "patrol_against",
    "patrol_game",
    "patrol_paths",
    "plan_curve",
    "schedule_mixture",
]
