"""Where k reinforcements cut undetected transit most: a study in, a plan out."""

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from corridors.errors import InputError
from corridors.flow import Flow
from corridors.interdiction import knee_of
from corridors.progress import Progress
from corridors.reinforcement.before_after import border_before_and_after, journeys_before_and_after
from corridors.reinforcement.candidates import SENSOR
from corridors.reinforcement.more import opponent_of, other_questions, require_answerable
from corridors.reinforcement.opponents import Opponent, Solved
from corridors.reinforcement.options import Options, Plan
from corridors.reinforcement.problem import Problem, problem_of
from corridors.reinforcement.reply import Replies
from corridors.reinforcement.result import Reinforcement, change_of
from corridors.reinforcement.search import GAIN_MIN
from corridors.study import Ground, Study

__all__ = ["OPPONENTS", "reinforce", "reinforce_steps"]

OPPONENTS = ("probable", "known", "best", "evasion")
STEPS = 6


def reinforce_steps() -> int:
    """Return how many steps `reinforce` tells of."""
    return STEPS


def reinforce(
    study: Study | Ground,
    flow: Flow | None = None,
    *,
    opponent: str = "probable",
    number: int | None = None,
    budget: float | None = None,
    seconds: float | None = None,
    curve: bool = True,
    progress: Progress | None = None,
) -> Reinforcement:
    """Return where reinforcements cut the undetected share most against an opponent.

    Parameters
    ----------
    study, flow
        From `corridors.analyse`; or from `corridors.study_ground` and `corridors.study_flow`.
    opponent
        ``"probable"``: the study's travellers, of whom those who know of posts take another way
        where they would meet one. ``"known"``: the same, all keeping their ways. ``"best"``: who
        knows every sensor and takes the least watched way. ``"evasion"``: who goes round every
        sensor, but no farther than a detour.
    number, budget
        How many places are taken, or what they may cost; as ``[reinforcement]`` has it unless
        given.
    seconds
        Limit of time of each search; as the scenario has it unless given.
    curve
        Whether plans of fewer places are looked for as well.
    progress
        Told of every step.

    Returns
    -------
    Reinforcement
        The plan with its gain, intervals, bound, and how it was found.

    Raises
    ------
    InputError
        When what was asked for cannot be: more places than candidates, a budget of 0, nowhere to
        stand, no route.

    Examples
    --------
    >>> study = corridors.analyse(corridors.load_scenario("scenario.toml"))  # doctest: +SKIP
    >>> found = reinforce(study, opponent="probable", number=5)  # doctest: +SKIP
    >>> found.plan[["order", "id", "marginal"]]  # doctest: +SKIP
    """
    told = progress or Progress()
    travelling = flow or getattr(study, "flow", None)
    if travelling is None:
        raise InputError("there are no travellers; give the flow of the study as well")
    if opponent not in OPPONENTS:
        raise InputError(f"there is no opponent '{opponent}'; take one of {', '.join(OPPONENTS)}")
    told.step("Looking from the places")
    problem = problem_of(study, travelling, number=number, budget=budget)
    asked = problem.ground.scenario.reinforcement
    require_answerable(problem)
    limit = seconds or asked.seconds
    replies = problem.replies(travelling.travellers, travelling.paths)
    other = opponent_of(opponent, problem, replies)
    told.step("Weighing each place alone")
    alone = _alone(problem, other)
    told.step("Searching for the plan")
    plans = _plans(problem, other, seconds=limit, curve=curve, progress=told)
    took = plans[-1].seconds if asked.nested else sum(one.seconds for one in plans)
    solved = replace(plans[-1], plan=_in_order(other, plans[-1].plan), seconds=took)
    nothing = float(other.values([()])[0])
    level = travelling.settings.confidence
    sensors = problem.options.sensors(solved.plan)
    change = change_of(replies, sensors, level=level)
    told.step("Trying the plan on other travellers")
    fresh = change_of(problem.fresh(asked.fresh_travellers), sensors, level=level)
    told.step("Answering what else was asked")
    more = other_questions(problem, replies, opponent, solved.plan, seconds=limit, progress=told)
    told.step("Telling what it comes to")
    ways = (replies.paths(replies.standing), replies.paths(sensors))
    table = _curve(problem, plans, nothing)
    counts = table["places"].to_numpy(float)
    return Reinforcement(
        problem=problem,
        opponent=opponent,
        solved=solved,
        nothing=nothing,
        plan=_plan_layer(problem, other, solved.plan, alone),
        candidates=_candidates(problem, solved.plan, alone),
        change=change,
        fresh=fresh,
        curve=table,
        knee=knee_of(counts, table["left"].to_numpy(float)) if len(plans) > 1 else None,
        border=border_before_and_after(problem, replies, sensors, ways),
        journeys=journeys_before_and_after(problem, replies, sensors, ways),
        notes=(*_notes(problem, replies, solved, nothing, alone), *more.notes),
        tables=more.tables,
        layers=more.layers,
        records=more.records,
    )


def _alone(problem: Problem, other: Opponent) -> pd.Series:
    """Return what each place would take away by itself, with the best of its options."""
    options = problem.options
    possible = [(int(n),) for n in options.addable(())]
    left = other.values([(), *possible])
    gain = pd.Series(np.nan, index=range(len(problem.places)), dtype=float)
    for (option,), value in zip(possible, left[1:], strict=True):
        place = problem.place_of(option)
        best = gain[place]
        gain[place] = left[0] - value if np.isnan(best) else max(best, left[0] - value)
    return gain


def _plans(
    problem: Problem, other: Opponent, *, seconds: float, curve: bool, progress: Progress
) -> list[Solved]:
    """Return the plans of 1, 2 ... places, none worse than the one before; or the last alone."""
    options = problem.options
    if not np.isinf(options.budget) or not curve:
        return [other.solve(options, seconds=seconds)]
    if problem.ground.scenario.reinforcement.nested:
        return _nested(problem.options, other, seconds=seconds)
    found: list[Solved] = []
    end = time.monotonic() + seconds
    for number in range(1, options.number + 1):
        progress.part(f"Searching for the plan, {number} of {options.number}")
        left = max(end - time.monotonic(), 0.0) / (options.number - number + 1)
        now = other.solve(options.with_number(number), seconds=max(left, 1.0))
        if found and found[-1].value < now.value:
            # The earlier plan stands in; what is proven of this number, and what stopped it, stays.
            floor = float(np.minimum(now.bound, found[-1].value))
            now = replace(now, plan=found[-1].plan, value=found[-1].value, bound=floor)
        found.append(now)
    return found


def _nested(options: Options, other: Opponent, *, seconds: float) -> list[Solved]:
    """Return plans each of which holds the one before: whatever brings most next."""
    begun = time.monotonic()
    plan: Plan = ()
    value, tried = float(other.values([()])[0]), 1
    found: list[Solved] = []
    while len(found) < options.number:
        late = time.monotonic() - begun > seconds
        more = [] if late else [(*plan, int(option)) for option in options.addable(plan)]
        left = other.values(more) if more else np.empty(0)
        tried += len(more)
        if more and left.min() < value - GAIN_MIN:
            plan, value = more[int(left.argmin())], float(left.min())
        took = time.monotonic() - begun
        limit = "time" if late else ""
        found.append(Solved(plan, value, float("nan"), "heuristic", tried, took, limit))
    return found


def _in_order(other: Opponent, plan: Plan) -> Plan:
    """Return a plan in the order in which its parts gain most."""
    order: Plan = ()
    while len(order) < len(plan):
        more = [(*order, one) for one in plan if one not in order]
        order = more[int(np.argmin(other.values(more)))]
    return order


def _curve(problem: Problem, plans: Sequence[Solved], nothing: float) -> pd.DataFrame:
    ids = problem.places["id"].tolist()
    rows: list[dict[str, Any]] = [
        {"places": 0, "left": nothing, "bound": nothing, "marginal": 0.0, "cost": 0.0,
         "status": "", "plan": [], "comes": [], "goes": []}
    ]  # fmt: skip
    before: set[str] = set()
    for solved in plans:
        own = [ids[problem.place_of(option)] for option in solved.plan]
        rows.append(
            {
                "places": len(rows) if len(plans) > 1 else len(own),
                "left": solved.value,
                "bound": solved.bound,
                "marginal": rows[-1]["left"] - solved.value,
                "cost": float(problem.options.cost[list(solved.plan)].sum()),
                "status": solved.status,
                "plan": own,
                "comes": sorted(set(own) - before),
                "goes": sorted(before - set(own)),
            }
        )
        before = set(own)
    return pd.DataFrame(rows)


def _plan_layer(
    problem: Problem, other: Opponent, plan: Plan, alone: pd.Series
) -> gpd.GeoDataFrame:
    steps = other.values([plan[:count] for count in range(len(plan) + 1)])
    places = [problem.place_of(option) for option in plan]
    layer = problem.places.iloc[places].reset_index(drop=True)
    # A post that is moved brings its own sensor, not that of the place.
    sensors = problem.frame[list(SENSOR)].iloc[problem.options.adds[list(plan)]]
    moved = np.array([problem.moved_from(option) for option in plan], object)
    return layer.assign(
        order=range(1, len(plan) + 1),
        **{name: sensors[name].tolist() for name in SENSOR},
        cost=problem.options.cost[list(plan)],
        moved_from=pd.Series(moved, dtype=object),
        marginal=steps[:-1] - steps[1:],
        alone=alone.iloc[places].to_numpy(),
    )


def _candidates(problem: Problem, plan: Plan, alone: pd.Series) -> gpd.GeoDataFrame:
    taken = np.zeros(len(problem.places), np.int64)
    for order, option in enumerate(plan, start=1):
        taken[problem.place_of(option)] = order
    return problem.places.assign(alone=alone.to_numpy(), taken=taken)


def _notes(
    problem: Problem, replies: Replies, solved: Solved, nothing: float, alone: pd.Series
) -> tuple[str, ...]:
    told = [*problem.findings]
    if problem.ground.scenario.knowledge.informed == 0:
        told.append(
            "nobody knows of posts ([knowledge] informed = 0), so that all keep their ways; the "
            "opponents 'best' and 'evasion' know of all"
        )
    met = np.asarray((replies.seen[1] > 0).any(axis=0))[: len(problem.places)]
    if not met.all():
        ids = problem.places["id"][~met].tolist()
        told.append(
            f"{len(ids)} of {len(met)} places see no traveller on the way that it has now: "
            f"{', '.join(ids[:5])}" + (f" and {len(ids) - 5} more" if len(ids) > 5 else "")
        )
    if solved.note:
        told.append(solved.note)
    if nothing - solved.value <= GAIN_MIN:
        told.append(_why_nothing(solved, met))
    elif len(solved.plan) < problem.options.number and np.isinf(problem.options.budget):
        told.append(_why_fewer(problem.options, solved))
    worse = alone < -GAIN_MIN
    if worse.any():
        told.append(
            f"{int(worse.sum())} of the places would alone make matters worse, pushing transits "
            "onto less watched ways"
        )
    if solved.limit:
        told.append(f"the search was stopped by its limit: {solved.limit}")
    return tuple(dict.fromkeys(told))


def _why_fewer(options: Options, solved: Solved) -> str:
    taken = f"{len(solved.plan)} places were taken of {options.number}"
    if solved.limit:
        return f"{taken}: time was up"
    if not len(options.addable(solved.plan)):
        return f"{taken}: no other may stand beside them"
    return f"{taken}: one more gains nothing"


def _why_nothing(solved: Solved, met: NDArray[np.bool_]) -> str:
    if not met.any():
        return "no gain is possible: no place sees any traveller on the way that it has"
    if solved.status == "heuristic":
        return "no gain was found; that there is none is not proven"
    return "no gain is possible: every plan leaves the undetected share as it is, or higher"
