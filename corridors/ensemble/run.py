"""An ensemble from a scenario: members drawn, solved, kept and put together."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from corridors.ensemble.draws import Draws, drawn_inputs
from corridors.ensemble.kept import ensemble_key
from corridors.ensemble.member import Member, as_given, calibrated, member_of
from corridors.ensemble.plan import Plan, plan_of
from corridors.ensemble.result import Ensemble, Gathered
from corridors.ensemble.work import on_cluster, on_cores
from corridors.errors import ScenarioError
from corridors.flow import require_perception
from corridors.kept import Kept
from corridors.progress import Progress
from corridors.scenario import Scenario
from corridors.study import Ground, study_ground

__all__ = ["ground_ensemble", "require_uncertainty", "run_ensemble"]

MEMBERS_MAX, TRAVELLERS_MAX = 100_000, 1_000_000
TRAVELLERS_MIN = 20


def run_ensemble(
    scenario: Scenario,
    *,
    members: int = 50,
    travellers: int = 100,
    workers: int | None = None,
    client: Any = None,
    kept: Path | str | None = None,
    on_member: Callable[[int], None] | None = None,
    progress: Progress | None = None,
) -> Ensemble:
    """Solve a study again and again, with inputs drawn from what is not known of them.

    Parameters
    ----------
    scenario
        The study, with ``[uncertainty]``.
    members
        How often; member i is the same whatever their number, and however they are split.
    travellers
        How many each solves; the same in all members.
    workers
        Threads; as many as there are processors unless given.
    client
        A ``distributed.Client``: the members are then solved on its cluster.
    kept
        A folder where finished members are kept; an ensemble that is run again takes them up.
    on_member
        Told how many members are done.
    progress
        Told of the steps before the members.

    Raises
    ------
    ScenarioError
        When nothing is uncertain, or a number of members or travellers will not do.
    ClusterError
        When the cluster does not answer.
    UnreachableError
        When nobody arrives.

    References
    ----------
    Helton and Davis 2003, doi 10.1016/S0951-8320(03)00058-9 (propagation of what is not known,
    apart from what varies).
    """
    require_uncertainty(scenario, members, travellers)
    ground = study_ground(scenario, progress=progress)
    return ground_ensemble(
        ground,
        members=members,
        travellers=travellers,
        workers=workers,
        client=client,
        kept=Kept(None if kept is None else Path(kept), ensemble_key(scenario, travellers)),
        on_member=on_member,
    )


def ground_ensemble(
    ground: Ground,
    *,
    members: int,
    travellers: int,
    workers: int | None = None,
    client: Any = None,
    kept: Kept | None = None,
    on_member: Callable[[int], None] | None = None,
) -> Ensemble:
    """Return the ensemble of a study whose ground is at hand; see `run_ensemble`.

    Parameters
    ----------
    ground
        From `corridors.study.study_ground`.
    members, travellers, workers, client, kept, on_member
        As for `run_ensemble`.
    """
    scenario = ground.scenario
    require_uncertainty(scenario, members, travellers)
    require_perception(ground.graph.grid, scenario.flow, called=scenario.called)
    plan = calibrated(plan_of(ground, travellers), workers=workers)
    gathered = Gathered(plan, as_given(plan, workers=workers))
    done = _members(plan, members, kept or Kept(), workers, client)
    for count, member in enumerate(done, start=1):
        gathered.add(member)
        if on_member is not None:
            on_member(count)
    sensors = [str(one) for one in plan.detection.sensors.id]
    told = drawn_inputs(scenario, sensors, Draws(scenario.seed, None)).told
    return gathered.ensemble(list(told))


def _members(
    plan: Plan, members: int, kept: Kept, workers: int | None, client: Any
) -> Iterator[Member]:
    """Yield all members in order: those that were kept, and the others as they are solved."""
    missing = [number for number in range(members) if _kept_member(kept, number) is None]
    solved = (
        on_cores(plan, missing, workers=workers)
        if client is None
        else on_cluster(client, plan, missing)
    )
    left = set(missing)
    try:
        for number in range(members):
            found = next(solved) if number in left else _kept_member(kept, number)
            if found is None:  # somebody has taken it away meanwhile
                found = member_of(plan, number)
            if number in left:
                kept.keep(f"member-{number}", found.arrays())
            yield found
    finally:
        solved.close()


def require_uncertainty(scenario: Scenario, members: int, travellers: int) -> None:
    """Refuse an ensemble in which nothing is uncertain, or that is too small or too large.

    Parameters
    ----------
    scenario, members, travellers
        As for `run_ensemble`.

    Raises
    ------
    ScenarioError
        What to add or change.
    """
    if not 2 <= members <= MEMBERS_MAX:
        raise ScenarioError(
            f"an ensemble of {members} members cannot be; take 2 to {MEMBERS_MAX:,}, 50 to begin "
            "with"
        )
    if not TRAVELLERS_MIN <= travellers <= TRAVELLERS_MAX:
        raise ScenarioError(
            f"members of {travellers} travellers cannot be; take {TRAVELLERS_MIN} to "
            f"{TRAVELLERS_MAX:,}, 100 to begin with"
        )
    doubt = scenario.uncertainty
    if not doubt.drawn():
        raise ScenarioError(
            f"{scenario.called}: no input is uncertain, so all members would be the same; add a "
            "table [uncertainty] with any of "
            f"{', '.join(name for name in type(doubt).model_fields)}, such as speed = 0.15"
        )
    if doubt.elevation_rmse_m > 0 and doubt.elevation_length_m < scenario.area.cell_m:
        raise ScenarioError(
            f"{scenario.called}: uncertainty.elevation_length_m = {doubt.elevation_length_m:g} is "
            f"below a cell (area.cell_m = {scenario.area.cell_m:g}); give at least that, and in "
            "elevation_rmse_m the error of a cell's mean height"
        )


def _kept_member(kept: Kept, number: int) -> Member | None:
    return kept.read(f"member-{number}", Member)
