"""Fewer teams than places: how often to be where, and a schedule drawn from that."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from corridors.errors import InputError
from corridors.interdiction import (
    DelayGraph,
    Option,
    Pairs,
    PatrolPlan,
    draw_schedules,
    patrol_against,
    patrol_paths,
)
from corridors.reinforcement.reduced import Reduced
from corridors.reinforcement.reply import Replies

__all__ = ["patrol_routes", "patrol_watched_ways", "require_fewer", "schedule_of"]

FloatArray = NDArray[np.float64]


def patrol_routes(replies: Replies, count: int, *, teams: int, seconds: float) -> PatrolPlan:
    """Return how often teams should be at each place, against those who know how often.

    Parameters
    ----------
    replies
        Of travellers: those of one origin, destination and profile choose among all ways that any
        of them takes, the one on which the least hazard is met.
    count
        How many places there are: the first sensors of the universe.
    teams
        How many.
    seconds
        Limit of time.

    Raises
    ------
    InputError
        When there are as many teams as places, or more.
    """
    require_fewer(teams, count)
    hazard, every = replies.seen
    seen = every[:, :count]
    names, who = np.unique(replies.stratum, return_inverse=True)
    weights = np.bincount(who) / len(who)
    rows_of = [np.flatnonzero(who == number) for number in range(len(names))]

    def best(cover: FloatArray) -> list[Option]:
        met = hazard + seen @ cover
        chosen = [int(rows[np.argmin(met[rows])]) for rows in rows_of]
        return [
            Option(number, float(hazard[row]), np.flatnonzero(seen[row]), seen[row][seen[row] > 0])
            for number, row in enumerate(chosen)
        ]

    return patrol_against(best, count, teams=teams, weights=weights, seconds=seconds)


def patrol_watched_ways(graph: Reduced, count: int, *, teams: int, seconds: float) -> PatrolPlan:
    """Return the same against those who may take any way of the movement graph.

    Parameters
    ----------
    graph
        Of the opponent who knows every sensor.
    count, teams, seconds
        As for `patrol_routes`.
    """
    require_fewer(teams, count)
    delays = DelayGraph.of(
        graph.nodes,
        graph.tails,
        graph.heads,
        graph.cost,
        watched=(graph.watched_arc, graph.watched_by, graph.added),
    )
    pairs = Pairs.of(graph.origins, graph.destinations, graph.weights)
    return patrol_paths(delays, pairs, count=count, teams=teams, seconds=seconds)


def require_fewer(teams: int, count: int) -> None:
    """Refuse as many teams as places: each would have its own."""
    if teams >= count:
        raise InputError(
            f"there are {teams} teams for {count} places: one for each; give fewer teams, or leave "
            "out reinforcement.teams"
        )


def schedule_of(plan: PatrolPlan, names: list[str], *, days: int, seed: int) -> pd.DataFrame:
    """Return where teams are on each day, drawn so that each place has its cover every day.

    Parameters
    ----------
    plan
        From `patrol_routes` or `patrol_watched_ways`.
    names
        Of the places.
    days
        How many.
    seed
        The same seed draws the same days.
    """
    drawn = draw_schedules(np.clip(plan.cover, 0.0, 1.0), days=days, seed=seed)
    where = [[names[place] for place in np.flatnonzero(day)] for day in drawn]
    return pd.DataFrame({"day": np.arange(1, days + 1), "places": where})
