"""What all members of an ensemble share: built once, and small enough to be sent."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from corridors.border import border_stretches
from corridors.detection import Detection
from corridors.layers import transit_table
from corridors.movement import MovementGraph, arc_hours
from corridors.paths import endpoint_nodes
from corridors.risk import AttackRates
from corridors.scenario import Scenario
from corridors.scenario.model import Barrier, Crossings
from corridors.scenario.uncertainty import Uncertainty
from corridors.study import Ground
from corridors.study.risk import hold_hours, study_attacks, study_record
from corridors.study.sight import FineGround, fine_grounds
from corridors.terrain import Terrain

__all__ = ["Delay", "Plan", "moving_hours", "plan_of"]

FloatArray = NDArray[np.float64]
LongArray = NDArray[np.int64]

# A sensor whose range grows by more looks over the working grid in that member.
FAR_DEVIATIONS = 2.33


@dataclass(frozen=True)
class Delay:
    """What barriers and crossings add to the hours of some arcs.

    Attributes
    ----------
    barrier
        The barrier's name; None for the crossings.
    arcs, hours
        Which, and how much.
    """

    barrier: str | None
    arcs: LongArray
    hours: FloatArray


@dataclass(frozen=True)
class Plan:
    """All that a member is made from, besides its number.

    Attributes
    ----------
    scenario, graph, terrain, detection
        Of the study as given.
    finer
        The ground around each sensor, where the elevation is finer than the working grid.
    moving
        Hours of every arc without any delay, by profile; those that cannot be passed infinite.
    delays
        By profile.
    borders, stretches, checkpoints, bases, incidents
        Layers in the working CRS.
    origin_cells, destination_cells, transits
        Where transits begin and end, and their parts, shape (origins, destinations).
    attacks, rates
        Rows of the incidents that are attacks, and how often checkpoints are attacked; None without
        a record of incidents.
    hold_hours
        How long each checkpoint holds on average.
    travellers
        How many each member solves.
    sigmas
        Detours, rising, and how far travellers err who make them in the study as given.
    """

    scenario: Scenario
    graph: MovementGraph
    terrain: Terrain
    detection: Detection
    finer: tuple[FineGround | None, ...]
    moving: Mapping[str, FloatArray]
    delays: Mapping[str, tuple[Delay, ...]]
    borders: gpd.GeoDataFrame
    stretches: gpd.GeoDataFrame
    checkpoints: gpd.GeoDataFrame
    bases: gpd.GeoDataFrame
    incidents: gpd.GeoDataFrame
    origin_cells: list[LongArray]
    destination_cells: list[LongArray]
    transits: FloatArray
    attacks: LongArray
    rates: AttackRates | None
    hold_hours: FloatArray
    travellers: int
    sigmas: tuple[FloatArray, FloatArray] = (np.ones(1), np.ones(1))

    def with_sigmas(self, detours: FloatArray, sigmas: FloatArray) -> "Plan":
        """Return the plan with travellers who err."""
        return replace(self, sigmas=(detours, sigmas))

    def sigma(self, detour: float) -> float:
        """Return how far travellers err: a power of the detour between those that were found."""
        detours, sigmas = np.log(self.sigmas[0]), np.log(self.sigmas[1])
        at = np.log(detour)
        if len(detours) == 1:
            return float(np.exp(sigmas[0]))
        left = int(np.clip(np.searchsorted(detours, at) - 1, 0, len(detours) - 2))
        slope = (sigmas[left + 1] - sigmas[left]) / (detours[left + 1] - detours[left])
        return float(np.exp(sigmas[left] + slope * (at - detours[left])))


def plan_of(ground: Ground, travellers: int) -> Plan:
    """Return what the members of a study's ensemble share.

    Parameters
    ----------
    ground
        From `corridors.study.study_ground`.
    travellers
        How many each member solves.
    """
    scenario, layers, graph = ground.scenario, ground.layers, ground.graph
    ends = ground.endpoints
    borders = layers["borders"]
    record = study_record(scenario, layers)
    moving = {name: moving_hours(graph, scenario, name) for name in ground.hours}
    return Plan(
        scenario=scenario,
        graph=graph,
        terrain=ground.terrain,
        detection=ground.detection,
        finer=fine_grounds(
            scenario,
            layers,
            ground.terrain,
            ground.detection.sensors,
            reach=_farthest(scenario.uncertainty),
        ),
        moving=moving,
        delays={name: _delays(graph, scenario, name, moving[name]) for name in ground.hours},
        borders=borders,
        stretches=border_stretches(borders, length_m=scenario.flow.stretch_km * 1e3),
        checkpoints=layers["checkpoints"],
        bases=layers["bases"],
        incidents=layers["incidents"],
        origin_cells=endpoint_nodes(graph, ends.origins, borders=borders, role="origins"),
        destination_cells=endpoint_nodes(
            graph, ends.destinations, borders=borders, role="destinations"
        ),
        transits=transit_table(scenario, ends.origins, ends.destinations),
        attacks=np.flatnonzero(layers["incidents"].index.isin(record.attacks.index)),
        rates=study_attacks(scenario, layers["checkpoints"], record),
        hold_hours=hold_hours(scenario, layers["checkpoints"]),
        travellers=travellers,
    )


def _farthest(doubt: Uncertainty) -> float:
    """Return a factor that only one range in a hundred grows by more than."""
    spread = np.sqrt(np.log1p(doubt.ranges**2) + np.log1p(doubt.ranges_common**2))
    return float(np.exp(FAR_DEVIATIONS * spread))


def moving_hours(graph: MovementGraph, scenario: Scenario, profile: str) -> FloatArray:
    """Return the hours of every arc without delays; what is impassable stays so.

    Parameters
    ----------
    graph, scenario, profile
        As for `corridors.arc_hours`.
    """
    return _hours(graph, scenario, profile, [_without(one) for one in scenario.barriers], {})


def _delays(
    graph: MovementGraph, scenario: Scenario, profile: str, moving: FloatArray
) -> tuple[Delay, ...]:
    """Return what each barrier, and the crossings, add."""
    none = [_without(one) for one in scenario.barriers]
    found = []
    for number, barrier in enumerate(scenario.barriers):
        alone = [*none[:number], barrier, *none[number + 1 :]]
        found.append(_added(barrier.name, _hours(graph, scenario, profile, alone, {}), moving))
    minutes = scenario.crossings.delay_minutes
    found.append(_added(None, _hours(graph, scenario, profile, none, minutes), moving))
    return tuple(delay for delay in found if len(delay.arcs))


def _added(barrier: str | None, hours: FloatArray, moving: FloatArray) -> Delay:
    passable = np.flatnonzero(np.isfinite(moving))
    more = hours[passable] - moving[passable]
    some = more > 0
    return Delay(barrier, passable[some], more[some])


def _hours(
    graph: MovementGraph,
    scenario: Scenario,
    profile: str,
    barriers: list[Barrier],
    crossing_minutes: Mapping[str, float],
) -> FloatArray:
    crossings: Crossings = scenario.crossings.model_copy(
        update={"delay_minutes": dict(crossing_minutes)}
    )
    asked = scenario.model_copy(update={"barriers": barriers, "crossings": crossings})
    return arc_hours(graph, next(one for one in asked.profiles if one.name == profile), asked)


def _without(barrier: Barrier) -> Barrier:
    """Return a barrier that holds nobody up whom it does not stop."""
    none = {
        key: {name: minutes if minutes == "impassable" else 0.0 for name, minutes in given.items()}
        for key in ("delay_minutes", "back_delay_minutes")
        if (given := getattr(barrier, key)) is not None
    }
    return barrier.model_copy(update=none)
