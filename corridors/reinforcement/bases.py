"""Bases: which, lost, leave posts alone; where one more shortens help most."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from corridors.crs import LONLAT, project
from corridors.errors import ScenarioError, UnreachableError
from corridors.exposure import given_numbers, hours_of_support, support_starts
from corridors.interdiction import Candidates, add_bases, critical_bases
from corridors.paths import endpoint_nodes, hours_to
from corridors.reinforcement.made import on_roads
from corridors.reinforcement.problem import Problem
from corridors.scenario.reinforcement import NewBases
from corridors.study.support import support_profile

__all__ = ["losses_of_bases", "new_base"]

FloatArray = NDArray[np.float64]


def losses_of_bases(
    hours: FloatArray, hold: FloatArray, names: list[str], *, lost: int, seconds: float
) -> tuple[pd.DataFrame, str]:
    """Return what the loss of each base does, and which losses do most.

    Parameters
    ----------
    hours
        Of help to each post from each base, shape (posts, bases); infinite where none comes.
    hold
        How long each post holds, hours.
    names
        Of the bases.
    lost
        How many may be lost at once.
    seconds
        Limit of time.

    Returns
    -------
    table
        A row for each base: ``base, alone_without`` (posts that no help reaches in time once it is
        lost), ``alone_more`` (how many more than now), ``among_worst`` (whether it is one of the
        `lost` whose loss leaves most alone).
    sentence
        What it comes to.

    Examples
    --------
    >>> table, _ = losses_of_bases(np.array([[1.0, 9.0], [9.0, 1.0], [9.0, 2.0]]), np.full(3, 3.0),
    ...                            ["A", "B"], lost=1, seconds=9.0)
    >>> table[["base", "alone_without", "among_worst"]].values.tolist()
    [['A', 1, False], ['B', 2, True]]
    """
    late = hours > hold[:, None]
    now = int(late.all(axis=1).sum())
    others = [np.delete(late, base, axis=1).all(axis=1).sum() for base in range(len(names))]
    plan = critical_bases(
        hours / hold[:, None], Candidates(len(names), budget=lost), reach=1.0, seconds=seconds
    )
    worst = np.isin(np.arange(len(names)), plan.chosen)
    table = pd.DataFrame(
        {
            "base": names,
            "alone_without": np.array(others, np.int64),
            "alone_more": np.array(others, np.int64) - now,
            "among_worst": worst,
        }
    )
    gone = ", ".join(name for name, is_worst in zip(names, worst, strict=True) if is_worst)
    told = (
        f"without {gone} help comes too late for {plan.after:g} of {len(hold)} posts instead of "
        f"{now}: no other {'base' if lost == 1 else f'{lost} bases'} leaves more alone "
        f"({plan.status})"
        if gone
        else f"no base leaves a post alone by its loss; help comes too late for {now} of "
        f"{len(hold)} posts as it is"
    )
    return table, told


def new_base(
    problem: Problem, asked: NewBases, posts: gpd.GeoDataFrame, *, seconds: float
) -> tuple[dict[str, pd.DataFrame], dict[str, gpd.GeoDataFrame], list[str]]:
    """Return what bases mean to posts: which is needed most, and where one more helps most.

    Parameters
    ----------
    problem, asked
        The problem, and its ``[reinforcement.bases]``.
    posts
        Those that stand and those of the plan, with ``id`` and ``name``.
    seconds
        Limit of time of each search.

    Returns
    -------
    tables, layers, sentences
        By name.
    """
    ground, scenario = problem.ground, problem.ground.scenario
    borders, graph = ground.layers["borders"], ground.graph
    hours = ground.hours[support_profile(scenario)]
    ends = endpoint_nodes(graph, posts, borders=borders, role="posts")
    bases = ground.layers["bases"]
    hold = given_numbers(posts, "hold_hours", layer="checkpoints", most=1000.0)
    hold = np.where(np.isnan(hold), scenario.posts.hold_hours, hold)
    now = np.full(len(posts), np.inf)
    tables, layers, told = {}, {}, []
    if len(bases):
        table = hours_of_support(graph, hours, support_starts(graph, bases, borders=borders), ends)
        now = table.to_numpy(float).min(axis=1)
        lost = min(asked.lost, len(bases))
        tables["bases"], sentence = losses_of_bases(
            table.to_numpy(float), hold, list(table.columns), lost=lost, seconds=seconds
        )
        told.append(sentence)
    places = _places(problem, asked)
    if len(places):
        away = _hours_from_places(problem, places, ends, hours)
        layers["new_bases"], sentence = _weighed(places, now, away, hold, seconds)
        told.append(sentence)
    return tables, layers, told


def require_places(problem: Problem, asked: NewBases) -> None:
    """Refuse places for a base that nobody can stand on.

    Parameters
    ----------
    problem, asked
        As for `new_base`.
    """
    _cells_of(problem, _places(problem, asked))


def _places(problem: Problem, asked: NewBases) -> gpd.GeoDataFrame:
    crs = problem.ground.layers.area.working.crs
    given = gpd.GeoDataFrame(geometry=[shapely.Point(one) for one in asked.places], crs=LONLAT)
    points = project(given, to_crs=crs).geometry.tolist() if len(given) else []
    names = [f"place {number}" for number in range(1, len(points) + 1)]
    if asked.every_km is not None:
        for name, point in on_roads(problem.ground.network, asked.every_km):
            names.append(name)
            points.append(point)
    return gpd.GeoDataFrame({"id": names, "name": names}, geometry=points, crs=crs)


def _hours_from_places(
    problem: Problem, places: gpd.GeoDataFrame, ends: list[NDArray[np.int64]], hours: FloatArray
) -> FloatArray:
    """Return hours from each place to each post, shape (posts, places)."""
    starts = _cells_of(problem, places)
    back = [hours_to(problem.ground.graph, hours, nodes) for nodes in ends]
    return np.array([[cost[nodes].min() for nodes in starts] for cost in back])


def _cells_of(problem: Problem, places: gpd.GeoDataFrame) -> list[NDArray[np.int64]]:
    graph, borders = problem.ground.graph, problem.ground.layers["borders"]
    try:
        return endpoint_nodes(graph, places, borders=borders, role="reinforcement.bases.places")
    except UnreachableError as error:
        raise ScenarioError(f"{problem.ground.scenario.called}: {error}") from error


def _weighed(
    places: gpd.GeoDataFrame, now: FloatArray, away: FloatArray, hold: FloatArray, seconds: float
) -> tuple[gpd.GeoDataFrame, str]:
    one = Candidates(len(places), budget=1)
    with_one = np.minimum(now[:, None], away)
    in_time = (with_one <= hold[:, None]).sum(axis=0)
    if np.isfinite(now).all():
        plan = add_bases(now, away, one, seconds=seconds)
    else:  # where none comes, an hour less means nothing: how many are reached in time
        plan = add_bases(now / hold, away / hold[:, None], one, reach=1.0, seconds=seconds)
    shorter = np.where(np.isfinite(now)[:, None], now[:, None] - with_one, 0.0).sum(axis=0)
    layer = places.assign(
        hours_saved=shorter,
        posts_in_time=in_time,
        taken=np.isin(np.arange(len(places)), plan.chosen),
    )
    if not len(plan.chosen):
        return layer, "no gain is possible: one more base at any of the places shortens no help"
    best = int(plan.chosen[0])
    return layer, (
        f"one more base shortens help most at {places['name'].iloc[best]}: by "
        f"{shorter[best]:.1f} hours over all posts, and it comes in time to {in_time[best]} of "
        f"{len(now)} instead of {int((now <= hold).sum())} ({plan.status})"
    )
