"""One member of an ensemble: the study solved once, with inputs drawn, and what came out."""

from dataclasses import dataclass, fields

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from corridors.ensemble.change import (
    Surroundings,
    attack_chance,
    drawn_demand,
    drawn_incidents,
    isolated,
    surroundings,
)
from corridors.ensemble.draws import Drawn, Draws, drawn_inputs
from corridors.ensemble.plan import Plan
from corridors.errors import UnreachableError
from corridors.exposure import nearest_support, support_hours
from corridors.flow import (
    Demand,
    Hazards,
    Knowledge,
    Passages,
    SampledPaths,
    Travellers,
    draw_travellers,
    journey_density,
)
from corridors.flow.calibrate import TRIED, calibrated_paths, mean_detour
from corridors.flow.finder import PathFinder
from corridors.flow.passages import Shares
from corridors.flow.sampling import Sampler
from corridors.study.support import support_profile
from corridors.undetected import Undetected, undetected_share

__all__ = ["AsGiven", "Member", "as_given", "calibrated", "member_of"]

FloatArray = NDArray[np.float64]

# How far from the detour asked for, in deviations of its logarithm, it is looked how far
# travellers err.
DETOUR_STEPS = (-1.3, 0.0, 1.3)


@dataclass(frozen=True)
class Member:
    """What came out of one member; S sensors, of which the first C are checkpoints.

    Attributes
    ----------
    told
        The inputs that were drawn, in the order of `Drawn.told`.
    border
        Share of the transits over a border that cross each stretch last.
    crossed
        Share of the transits that cross a border at all.
    undetected
        Share that nobody catches.
    first_catch, loss, met
        Of each sensor, shape (S,); see `corridors.undetected.Undetected`.
    transit_share
        Of the transits, what each checkpoint meets, shape (C,).
    incidents
        How many within the radius of each checkpoint, shape (C,).
    hours_from_base
        Of help to each checkpoint, shape (C,); NaN without a base.
    attack_chance, isolation, exposure_index
        Of each checkpoint, shape (C,); see `corridors.study.risk.PostRisk`. NaN where nothing is
        known of attacks or of bases.
    journey_hours, journey_travellers
        Mean hours, and how many, by origin, destination and profile; NaN where none went.
    detour
        That travellers make.
    arrived
        Share of the travellers for whom a way leads to the destination.
    density
        Metres travelled per km2, shape (rows, columns).
    """

    told: FloatArray
    border: FloatArray
    crossed: FloatArray
    undetected: FloatArray
    first_catch: FloatArray
    loss: FloatArray
    met: FloatArray
    transit_share: FloatArray
    incidents: FloatArray
    hours_from_base: FloatArray
    attack_chance: FloatArray
    isolation: FloatArray
    exposure_index: FloatArray
    journey_hours: FloatArray
    journey_travellers: FloatArray
    detour: FloatArray
    arrived: FloatArray
    density: NDArray[np.float32]

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return all of it by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


@dataclass(frozen=True)
class AsGiven:
    """The study as given, with intervals over its travellers.

    Attributes
    ----------
    found
        Estimates.
    border, crossed, transit
        With bounds.
    undetected
        With bounds, and those of each sensor.
    """

    found: Member
    border: Shares
    crossed: Shares
    transit: Shares
    undetected: Undetected


@dataclass(frozen=True)
class _Solved:
    """Travellers of one member on their ways."""

    draws: Draws
    drawn: Drawn
    around: Surroundings
    demand: Demand
    travellers: Travellers
    paths: SampledPaths
    passages: Passages


def calibrated(plan: Plan, *, workers: int | None = None) -> Plan:
    """Return the plan with how far travellers err who make a detour, in the study as given.

    Parameters
    ----------
    plan
        From `plan_of`.
    workers
        Threads.

    Raises
    ------
    ScenarioError
        When no error gives a detour that may be drawn.

    Notes
    -----
    How far travellers err is theirs, and the same in every member; a detour that is uncertain is
    turned into it by the detours that several errors give in the study as given. What detour the
    travellers of a member then make is told.
    """
    flow = plan.scenario.flow
    spread = np.sqrt(np.log1p(plan.scenario.uncertainty.detour**2))
    detours = np.unique(flow.detour * np.exp(spread * np.array(DETOUR_STEPS)))
    draws = Draws(plan.scenario.seed, None)
    drawn = _drawn(plan, draws)
    around = surroundings(plan, drawn, draws)
    demand = drawn_demand(plan, drawn)
    sampler = _sampler(plan, around, demand, workers)
    travellers = draw_travellers(demand, min(plan.travellers, TRIED), seed=plan.scenario.seed)
    found = [
        calibrated_paths(
            sampler, travellers, detour=float(detour), called=plan.scenario.called
        ).sigma
        for detour in detours
    ]
    sigmas = np.array(found)
    rising = np.concatenate([[True], np.diff(sigmas) > 0])
    return plan.with_sigmas(detours[rising], sigmas[rising])


def member_of(plan: Plan, number: int, *, workers: int = 1) -> Member:
    """Return one member: drawn from the seed and its number alone.

    Parameters
    ----------
    plan
        With sigmas.
    number
        From 0.
    workers
        Threads; the result does not depend on them.

    Raises
    ------
    UnreachableError
        When none of its travellers arrives.
    """
    solved = _solved(plan, Draws(plan.scenario.seed, number), workers)
    return _found(plan, solved, _undetected(plan, solved), _transit(plan, solved))


def as_given(plan: Plan, *, workers: int | None = None) -> AsGiven:
    """Return the study with its inputs as given, and intervals over the same travellers.

    Parameters
    ----------
    plan, workers
        As for `member_of`.
    """
    solved = _solved(plan, Draws(plan.scenario.seed, None), workers)
    passages, transit, caught = solved.passages, _transit(plan, solved), _undetected(plan, solved)
    last = passages.last_crossings(plan.borders)
    at = last.stretch(plan.stretches)
    border = passages.only(last.traveller).shares(np.arange(len(at)), at, len(plan.stretches))
    crossed = passages.shares(last.traveller, np.zeros(len(last.traveller), np.int64), 1)
    return AsGiven(_found(plan, solved, caught, transit), border, crossed, transit, caught)


def _drawn(plan: Plan, draws: Draws) -> Drawn:
    return drawn_inputs(plan.scenario, [str(one) for one in plan.detection.sensors.id], draws)


def _sampler(plan: Plan, around: Surroundings, demand: Demand, workers: int | None) -> Sampler:
    scenario = plan.scenario
    flow, knows = scenario.flow, scenario.knowledge
    finder = PathFinder(
        around.graph,
        around.hours,
        length_m=flow.perception_km * 1e3,
        road_ratio=flow.road_error,
    )
    told = None
    if knows.informed > 0 and len(around.detection.sensors):
        hazards = Hazards(finder.layout, around.detection, around.hours)
        told = Knowledge(hazards, knows.informed, knows.posts_known, knows.kappa_hours)
    return Sampler(finder, demand, list(around.hours), knowledge=told, workers=workers)


def _solved(plan: Plan, draws: Draws, workers: int | None) -> _Solved:
    scenario = plan.scenario
    drawn = _drawn(plan, draws)
    around = surroundings(plan, drawn, draws)
    demand = drawn_demand(plan, drawn)
    sampler = _sampler(plan, around, demand, workers)
    travellers = draw_travellers(demand, plan.travellers, seed=scenario.seed)
    paths = sampler.solve(travellers, sigma=plan.sigma(drawn.detour), aware=True)
    if not paths.arrived.any():
        which = "the study as given" if draws.member is None else f"member {draws.member}"
        raise UnreachableError(
            f"{scenario.called}: none of {len(paths):,} travellers of {which} reaches its "
            "destination; look at the barriers, at closed crossings, and at how uncertain the "
            "elevation is"
        )
    passages = Passages(around.graph, travellers, paths, level=scenario.flow.confidence)
    return _Solved(draws, drawn, around, demand, travellers, paths, passages)


def _undetected(plan: Plan, solved: _Solved) -> Undetected:
    return undetected_share(
        solved.paths,
        solved.travellers,
        solved.around.hours,
        solved.around.detection,
        level=plan.scenario.flow.confidence,
    )


def _transit(plan: Plan, solved: _Solved) -> Shares:
    seen = solved.around.detection
    met = solved.passages.met(
        np.asarray(plan.checkpoints.geometry.array),
        seen.sensors.range_m[: len(plan.checkpoints)],
        controlled=seen.controlled,
    )
    return solved.passages.shares_met(met)


def _found(plan: Plan, solved: _Solved, caught: Undetected, transit: Shares) -> Member:
    passages, posts = solved.passages, caught.posts
    last = passages.last_crossings(plan.borders)
    at = last.stretch(plan.stretches)
    flow = plan.scenario.flow
    hours, travellers = _journeys(solved)
    support = _support(plan, solved.around) * solved.drawn.support
    chance = attack_chance(plan, solved.draws)
    alone = isolated(plan, support, solved.draws)
    density = journey_density(
        passages.cells().metres,
        plan.graph.grid,
        smoothing_m=flow.smoothing_m,
        inside=plan.terrain.inside,
    )
    return Member(
        told=np.array(list(solved.drawn.told.values()), float),
        border=np.bincount(at, minlength=len(plan.stretches)) / max(len(at), 1),
        crossed=np.array(len(at) / passages.count),
        undetected=np.array(caught.share[0]),
        first_catch=posts["first_catch"].to_numpy(float),
        loss=posts["loss"].to_numpy(float),
        met=posts["met"].to_numpy(float),
        transit_share=transit.share,
        incidents=_incidents(plan, solved.draws),
        hours_from_base=support,
        attack_chance=chance,
        isolation=alone,
        exposure_index=chance * alone * transit.share,
        journey_hours=hours,
        journey_travellers=travellers,
        detour=np.array(mean_detour(solved.paths)),
        arrived=np.array(solved.paths.arrived.mean()),
        density=density.astype(np.float32),
    )


def _journeys(solved: _Solved) -> tuple[FloatArray, FloatArray]:
    """Return mean hours and number of travellers by origin, destination and profile."""
    here, shape = solved.paths.arrived, solved.demand.shares.shape
    travellers = solved.travellers
    journey = np.ravel_multi_index(
        (travellers.origin[here], solved.paths.destination[here], travellers.profile[here]), shape
    )
    size = int(np.prod(shape))
    count = np.bincount(journey, minlength=size).astype(float)
    total = np.bincount(journey, solved.paths.hours[here], minlength=size)
    mean = np.divide(total, count, out=np.full(size, np.nan), where=count > 0)
    return mean, count


def _incidents(plan: Plan, draws: Draws) -> FloatArray:
    """Return how many incidents lie near each checkpoint."""
    points = drawn_incidents(plan, draws)
    posts = np.asarray(plan.checkpoints.geometry.array)
    near = shapely.distance(posts[:, None], points[None, :])
    radius = plan.scenario.exposure.incident_radius_m
    return np.asarray((near <= radius).sum(axis=1), float)


def _support(plan: Plan, around: Surroundings) -> FloatArray:
    """Return the hours of help to each checkpoint."""
    if plan.checkpoints.empty or plan.bases.empty:
        return np.full(len(plan.checkpoints), np.nan)
    table: pd.DataFrame = support_hours(
        around.graph,
        around.hours[support_profile(plan.scenario)],
        bases=plan.bases,
        checkpoints=plan.checkpoints,
        borders=plan.borders,
    )
    return nearest_support(table)["hours"].to_numpy(float)
