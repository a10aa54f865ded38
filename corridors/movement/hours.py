"""How long each arc of the movement graph takes, by profile and weather."""

import numpy as np
from numpy.typing import NDArray

from corridors.errors import ScenarioError
from corridors.movement.graph import ArcKind, MovementGraph
from corridors.scenario.model import Profile, Scenario
from corridors.speeds import SLOPE_FUNCTIONS

__all__ = ["arc_hours", "class_speeds_kmh"]

FloatArray = NDArray[np.float64]

DEFAULT_SLOPE_FUNCTION = "tobler"
DEFAULT_OFF_ROAD_FACTOR = 0.6
DEFAULT_SLOPE_MAX_DEG = 15.0
# Of unsurfaced, firm to soft ground, as a part of the weight (Wong, Theory of Ground Vehicles:
# 0.08 on medium hard soil, 0.15 and more on sand).
ROLLING_RESISTANCE = 0.1


def arc_hours(graph: MovementGraph, profile: Profile, scenario: Scenario) -> FloatArray:
    """Return the hours that every arc takes somebody of a profile, in the scenario's weather.

    Parameters
    ----------
    graph
        The movement graph.
    profile
        The way of moving.
    scenario
        For weather, barriers and delays at crossings.

    Returns
    -------
    numpy.ndarray
        Of length ``graph.arc_count``; infinite where the arc cannot be passed.

    Raises
    ------
    ScenarioError
        When a road's class has no speed in the profile.

    Notes
    -----
    On foot: a slope function, times `off_road_factor` off the road (Tobler 1993). A vehicle: a
    speed by road class; off the road its speed on level ground, less uphill as power that stays
    the same allows, r / (r + S) with a rolling resistance r of 0.1, and none beyond a slope either
    way. In rain each is multiplied by `Profile.rain_share`.
    """
    km = graph.length_m / 1000.0
    on_road = graph.kind == ArcKind.ROAD
    off_road_kmh = _off_road_kmh(graph, profile, scenario)
    road_kmh = _road_kmh(graph, profile, scenario)
    speed = np.where(on_road, road_kmh, off_road_kmh)
    with np.errstate(divide="ignore"):
        hours = np.where(speed > 0, km / speed, np.inf)
    _add_gates(hours, graph, profile, scenario)
    _add_barriers(hours, graph, profile, scenario)
    return hours


def _walking_kmh(graph: MovementGraph, profile: Profile) -> FloatArray:
    return SLOPE_FUNCTIONS[profile.slope_function or DEFAULT_SLOPE_FUNCTION](graph.slope)


def _off_road_kmh(graph: MovementGraph, profile: Profile, scenario: Scenario) -> FloatArray:
    wet = profile.rain_share(scenario.weather.rain, on_road=False)
    if profile.mode == "foot":
        factor = profile.off_road_factor or DEFAULT_OFF_ROAD_FACTOR
        return _walking_kmh(graph, profile) * factor * wet
    limit = np.tan(np.radians(profile.slope_max_deg or DEFAULT_SLOPE_MAX_DEG))
    slope = graph.slope
    level = (profile.off_road_kmh or 0.0) * wet
    uphill = ROLLING_RESISTANCE / (ROLLING_RESISTANCE + np.maximum(slope, 0.0))
    return np.where(np.abs(slope) <= limit, level * uphill, 0.0)


def _road_kmh(graph: MovementGraph, profile: Profile, scenario: Scenario) -> FloatArray:
    wet = profile.rain_share(scenario.weather.rain, on_road=True)
    if profile.mode == "foot" and not profile.road_kmh:
        return _walking_kmh(graph, profile) * wet
    by_edge = class_speeds_kmh(graph, profile) * wet
    # Arcs that are no road take the last edge's speed here, which nobody reads.
    return by_edge[graph.road_edge] if len(by_edge) else np.ones(graph.arc_count)


def class_speeds_kmh(graph: MovementGraph, profile: Profile) -> FloatArray:
    """Return the dry speed on every edge of the road network, for a profile with road speeds.

    Raises
    ------
    ScenarioError
        When a class has no speed and there is none for ``other``.
    """
    classes = graph.edges["road_class"].fillna("other")
    unknown = sorted(set(classes) - set(profile.road_kmh))
    if unknown and "other" not in profile.road_kmh:
        raise ScenarioError(
            f"profile '{profile.name}' has no road_kmh for {', '.join(unknown)}; "
            "give their speeds, or one for 'other'"
        )
    other = profile.road_kmh.get("other", np.nan)
    return np.array([profile.road_kmh.get(name, other) for name in classes], dtype=np.float64)


def _add_gates(
    hours: FloatArray, graph: MovementGraph, profile: Profile, scenario: Scenario
) -> None:
    gates = np.flatnonzero(graph.kind == ArcKind.GATE)
    minutes = scenario.crossings.delay_minutes.get(profile.name, 0.0)
    delay = graph.delay_share[gates] * minutes / 60.0
    hours[gates] = np.where(graph.crossings_open[graph.crossing[gates]], delay, np.inf)


def _add_barriers(
    hours: FloatArray, graph: MovementGraph, profile: Profile, scenario: Scenario
) -> None:
    barriers = {barrier.name: barrier for barrier in scenario.barriers}
    for cuts in graph.cuts:
        barrier = barriers[cuts.name]
        forth = barrier.delay_minutes[profile.name]
        back = (barrier.back_delay_minutes or {}).get(profile.name, forth)
        for delay, times in ((forth, cuts.forth), (back, cuts.back)):
            arcs = cuts.arcs[times > 0]
            if delay == "impassable":
                hours[arcs] = np.inf
            else:
                hours[arcs] += float(delay) / 60.0 * times[times > 0]
