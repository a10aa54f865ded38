"""What else a scenario asks of its reinforcement, beside the plan."""

from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import pandas as pd

from corridors.layers import ReadingLog
from corridors.progress import Progress
from corridors.reinforcement.adversaries import BestReply, Evasion
from corridors.reinforcement.bases import new_base, require_places
from corridors.reinforcement.burden import burden_of
from corridors.reinforcement.opponents import KnownRoutesOpponent, Opponent, ProbableReply
from corridors.reinforcement.options import Plan
from corridors.reinforcement.patrols import (
    patrol_routes,
    patrol_watched_ways,
    require_fewer,
    schedule_of,
)
from corridors.reinforcement.problem import Problem
from corridors.reinforcement.reply import Replies
from corridors.reinforcement.robust import robust_plans
from corridors.reinforcement.support import hubs_of, require_hubs, support_network
from corridors.reinforcement.worlds import worlds_of

__all__ = ["More", "opponent_of", "other_questions", "require_answerable"]


@dataclass
class More:
    """Answers by name: tables, layers and records, and sentences."""

    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    layers: dict[str, gpd.GeoDataFrame] = field(default_factory=dict)
    records: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def opponent_of(name: str, problem: Problem, replies: Replies) -> Opponent:
    """Return an opponent by its name.

    Parameters
    ----------
    name
        ``probable``, ``known``, ``best`` or ``evasion``.
    problem, replies
        The problem, and its travellers.
    """
    if name == "known":
        return KnownRoutesOpponent(replies, problem.options)
    if name == "probable":
        return ProbableReply(replies, problem.options)
    return BestReply(problem) if name == "best" else Evasion(problem)


def require_answerable(problem: Problem) -> None:
    """Refuse what is asked beside the plan and cannot be answered, before the search for the plan.

    Parameters
    ----------
    problem
        The problem.

    Raises
    ------
    InputError
        When there are as many teams as places, fewer hubs than are to be taken out, or places for
        bases that nobody can stand on.
    """
    asked = problem.ground.scenario.reinforcement
    if asked.teams is not None:
        require_fewer(asked.teams, len(problem.places))
    if asked.support is not None:
        hubs = hubs_of(problem, asked.support, ReadingLog())
        require_hubs(hubs, remove=asked.support.remove, removed=asked.support.removed)
    if asked.bases is not None:
        require_places(problem, asked.bases)


def other_questions(
    problem: Problem,
    replies: Replies,
    opponent: str,
    plan: Plan,
    *,
    seconds: float,
    progress: Progress,
) -> More:
    """Return the answers to all else that ``[reinforcement]`` asks.

    Parameters
    ----------
    problem, replies
        The problem, and its travellers.
    opponent, plan
        Against whom, and the plan that was found.
    seconds
        Limit of time of each search.
    progress
        Told what begins.
    """
    more, asked = More(), problem.ground.scenario.reinforcement
    if asked.weathers or asked.members:
        _worlds(more, problem, replies, opponent, seconds, progress)
    places = [problem.place_of(option) for option in plan]
    if asked.teams is not None:
        progress.part("Drawing patrols")
        _patrols(more, problem, replies, opponent, seconds)
    if asked.protected:
        progress.part("Asking what ordinary traffic loses")
        more.tables["burden"], told = burden_of(problem, places)
        more.notes.append(told)
    if asked.support is not None:
        progress.part("Looking at the support network")
        layers, sentences = support_network(problem, asked.support, seconds=seconds)
        more.layers |= layers
        more.notes += sentences
    if asked.bases is not None:
        progress.part("Looking at bases")
        posts = _posts_with(problem, plan)
        tables, layers, sentences = new_base(problem, asked.bases, posts, seconds=seconds)
        more.tables |= tables
        more.layers |= layers
        more.notes += sentences
    return more


def _posts_with(problem: Problem, plan: Plan) -> gpd.GeoDataFrame:
    """Return the posts that stand once a plan is done: those that it moves stand elsewhere."""
    places = [problem.place_of(option) for option in plan]
    gone = [problem.moved_from(option) for option in plan]
    new = problem.places.iloc[places].assign(name=problem.places["id"].iloc[places])
    posts = problem.ground.layers["checkpoints"]
    posts = posts[~posts["id"].astype(str).isin(gone)]
    parts = [part for part in (posts, new) if len(part)]
    return gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), crs=new.crs)


def _patrols(more: More, problem: Problem, replies: Replies, opponent: str, seconds: float) -> None:
    scenario = problem.ground.scenario
    teams, count = scenario.reinforcement.teams or 1, len(problem.places)
    if opponent == "best":
        graph = BestReply(problem).graph
        plan = patrol_watched_ways(graph, count, teams=teams, seconds=seconds)
    else:
        plan = patrol_routes(replies, count, teams=teams, seconds=seconds)
    ids = problem.places["id"].tolist()
    days = scenario.reinforcement.days
    more.tables["schedule"] = schedule_of(plan, ids, days=days, seed=scenario.seed)
    more.layers["patrols"] = problem.places.assign(cover=plan.cover)
    often = [f"{ids[n]} {plan.cover[n]:.0%}" for n in (-plan.cover).argsort()[:5] if plan.cover[n]]
    more.notes.append(
        f"{teams} teams over {count} places, against those who know how often each is covered: the "
        f"expected hazard on the best way rises from {plan.before:.3f} to {plan.value:.3f} "
        f"({plan.status}); most often {', '.join(often) or 'nowhere'}"
    )


def _worlds(
    more: More,
    problem: Problem,
    replies: Replies,
    opponent: str,
    seconds: float,
    progress: Progress,
) -> None:
    names, others = [], []
    for world in worlds_of(problem, replies):
        progress.part(f"Solving travellers, {world.name}")
        names.append(world.name)
        others.append(opponent_of(opponent, world.problem, world.replies))
    progress.part("Searching for a plan that is good in every world")
    found = robust_plans(names, others, problem.options, seconds=seconds)
    ids = [
        problem.places["id"].iloc[problem.place_of(n)]
        + (f" (moved from {gone})" if (gone := problem.moved_from(n)) else "")
        for n in range(len(problem.options))
    ]
    table = found.table(ids)
    more.tables["worlds"] = table
    best = table[table["goal"] == "least regret"].iloc[0]
    more.notes.append(
        f"over {len(names)} worlds ({', '.join(names)}) the plan of least regret is "
        f"{', '.join(best['plan']) or 'none'}: it leaves {best['mean']:.1%} on average, "
        f"{best['worst']:.1%} at worst, and at most {best['regret'] * 100:.1f} points more than "
        f"the best plan of a world ({found.status})"
    )
