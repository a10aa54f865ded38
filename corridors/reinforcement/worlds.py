"""Other worlds that a plan should be good in: other weathers, and members of an ensemble."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from corridors.detection import Detection, Sensors
from corridors.ensemble.change import drawn_demand, surroundings
from corridors.ensemble.draws import Draws, drawn_inputs
from corridors.ensemble.plan import plan_of
from corridors.flow import Hazards, Knowledge, draw_travellers
from corridors.flow.finder import PathFinder
from corridors.flow.sampling import Sampler
from corridors.movement import arc_hours
from corridors.reinforcement.problem import Problem, seen_by
from corridors.reinforcement.reply import Replies
from corridors.scenario.model import Weather
from corridors.study import study_detection, study_flow
from corridors.study.sight import fine_grounds

__all__ = ["World", "worlds_of"]


@dataclass(frozen=True)
class World:
    """One way that things may be.

    Attributes
    ----------
    name
        Of the weather, or the member's number.
    problem, replies
        The same places and the same travellers in it.
    """

    name: str
    problem: Problem
    replies: Replies


def worlds_of(problem: Problem, replies: Replies) -> Iterator[World]:
    """Yield the study as given, then in each weather, then the members of its ensemble.

    Parameters
    ----------
    problem, replies
        The study as given.

    Notes
    -----
    How far travellers err stays that of the study as given, so that they are the same people.
    """
    yield World("as given", problem, replies)
    asked = problem.ground.scenario.reinforcement
    for case in asked.weathers:
        own = in_weather(problem, Weather(**case.model_dump(exclude={"name"})))
        yield World(case.name, own, own.replies(own.flow.travellers, own.flow.paths))
    if asked.members:
        yield from _members(problem, asked.members)


def in_weather(problem: Problem, weather: Weather) -> Problem:
    """Return a problem in another weather: other hours, other sight, the same travellers.

    Parameters
    ----------
    problem
        As given.
    weather
        The other one.
    """
    ground = problem.ground
    settings = ground.scenario.flow.model_copy(
        update={"travellers": len(problem.flow.paths), "precision": None}
    )
    scenario = ground.scenario.model_copy(update={"weather": weather, "flow": settings})
    other = replace(
        ground,
        scenario=scenario,
        hours={one.name: arc_hours(ground.graph, one, scenario) for one in scenario.profiles},
        detection=study_detection(scenario, ground.layers, ground.terrain, ground.graph),
    )
    flow = study_flow(other, sigma=problem.flow.sigma)
    universe = seen_by(other, problem.frame, weather)
    return replace(problem, ground=other, flow=flow, universe=universe)


def _members(problem: Problem, count: int) -> Iterator[World]:
    ground, flow = problem.ground, problem.flow
    scenario, standing = ground.scenario, ground.detection
    both = _together(standing, problem.universe)
    plan = replace(
        plan_of(ground, len(flow.paths)),
        detection=both,
        finer=fine_grounds(scenario, ground.layers, ground.terrain, both.sensors),
    )
    is_new = np.arange(len(both.sensors)) >= len(standing.sensors)
    ids = [str(one) for one in both.sensors.id]
    for number in range(count):
        draws = Draws(scenario.seed, number)
        drawn = drawn_inputs(scenario, ids, draws)
        around = surroundings(plan, drawn, draws)
        demand = drawn_demand(plan, drawn)
        seen = _part(around.detection, ~is_new)
        finder = PathFinder(
            around.graph,
            around.hours,
            length_m=scenario.flow.perception_km * 1e3,
            road_ratio=scenario.flow.road_error,
        )
        knows, told = scenario.knowledge, None
        if knows.informed > 0:
            hazards = Hazards(finder.layout, seen, around.hours)
            told = Knowledge(hazards, knows.informed, knows.posts_known, knows.kappa_hours)
        sampler = Sampler(
            finder, demand, list(around.hours), knowledge=told, workers=flow.sampler.workers
        )
        travellers = draw_travellers(demand, len(flow.paths), seed=scenario.seed)
        paths = sampler.solve(travellers, sigma=flow.sigma, aware=True)
        own = replace(
            problem,
            ground=replace(ground, graph=around.graph, hours=around.hours, detection=seen),
            flow=replace(flow, sampler=sampler, travellers=travellers, paths=paths),
            universe=_part(around.detection, is_new),
        )
        yield World(f"member {number}", own, own.replies(travellers, paths))


def _together(first: Detection, second: Detection) -> Detection:
    """Return what two sets of sensors see, as one."""
    parts = (first, second)
    arc = np.concatenate(
        [np.repeat(np.arange(len(one.indptr) - 1), np.diff(one.indptr)) for one in parts]
    )
    which = np.concatenate([first.which, second.which + len(first.sensors)])
    order = np.lexsort((which, arc))
    rate, once = (
        np.concatenate([getattr(one, name) for one in parts])[order] for name in ("rate", "once")
    )
    values = {
        field.name: np.concatenate([getattr(one.sensors, field.name) for one in parts])
        for field in fields(Sensors)
        if field.name != "reference_kmh"
    }
    return Detection(
        Sensors(**values, reference_kmh=first.sensors.reference_kmh),
        first.indptr + second.indptr,
        which[order].astype(np.int32),
        rate,
        once,
    )


def _part(detection: Detection, chosen: NDArray[np.bool_]) -> Detection:
    """Return what some of the sensors see."""
    kept = chosen[detection.which]
    arc = np.repeat(np.arange(len(detection.indptr) - 1), np.diff(detection.indptr))[kept]
    number = np.cumsum(chosen) - 1
    values = {
        field.name: getattr(detection.sensors, field.name)[chosen]
        for field in fields(Sensors)
        if field.name != "reference_kmh"
    }
    return Detection(
        Sensors(**values, reference_kmh=detection.sensors.reference_kmh),
        np.searchsorted(arc, np.arange(len(detection.indptr))).astype(np.int64),
        number[detection.which[kept]].astype(np.int32),
        detection.rate[kept],
        detection.once[kept],
    )
