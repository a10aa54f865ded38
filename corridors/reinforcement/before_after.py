"""Which ways transits take before and after a plan, and who passes unseen."""

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from corridors.flow import Passages, SampledPaths, Travellers
from corridors.intervals import mean_interval
from corridors.reinforcement.problem import Problem
from corridors.reinforcement.reply import Replies

__all__ = ["border_before_and_after", "journeys_before_and_after"]

FloatArray = NDArray[np.float64]
Ways = tuple[SampledPaths, SampledPaths]


def border_before_and_after(
    problem: Problem, replies: Replies, sensors: frozenset[int], ways: Ways
) -> gpd.GeoDataFrame:
    """Return the stretches of border with what passes them before and after a plan.

    Parameters
    ----------
    problem, replies
        The problem, and its travellers.
    sensors
        Of the universe, that stand when the plan is done.
    ways
        Of those that arrive, before and after.

    Returns
    -------
    geopandas.GeoDataFrame
        The stretches: ``share_before, share_after`` (of all transits, those that cross it last),
        ``unseen_before, unseen_after`` (of all transits, those that cross it last and that nobody
        catches anywhere), ``unseen_change`` with its interval, over the same travellers.
    """
    survived = replies.survived([replies.standing, sensors])
    stretches = problem.flow.stretches[["id", "border", "name", "stretch", "length_km", "geometry"]]
    count = len(stretches)
    crossed, unseen = [], []
    for column, paths in enumerate(ways):
        at = _last_stretch(problem, replies, paths)
        one = np.zeros((len(replies), count))
        some = np.flatnonzero(at >= 0)
        one[some, at[some]] = 1.0
        crossed.append(one.mean(axis=0))
        unseen.append(one * survived[:, column, None])
    change = unseen[1] - unseen[0]
    level = problem.flow.settings.confidence
    low, high = mean_interval(change, level=level, strata=replies.stratum)
    return stretches.assign(
        share_before=crossed[0],
        share_after=crossed[1],
        unseen_before=unseen[0].mean(axis=0),
        unseen_after=unseen[1].mean(axis=0),
        unseen_change=change.mean(axis=0),
        unseen_change_low=low,
        unseen_change_high=high,
    )


def journeys_before_and_after(
    problem: Problem, replies: Replies, sensors: frozenset[int], ways: Ways
) -> pd.DataFrame:
    """Return what passes unseen of each journey before and after a plan.

    Parameters
    ----------
    problem, replies, sensors, ways
        As for `border_before_and_after`.
    """
    survived = replies.survived([replies.standing, sensors])
    hours = [paths.hours for paths in ways]
    travellers, ends = _arrived(replies), problem.ground.endpoints
    reached = problem.flow.paths.destination[replies.numbers]
    table = pd.DataFrame(
        {
            "origin": ends.origins["name"].to_numpy(object)[travellers.origin],
            "destination": ends.destinations["name"].to_numpy(object)[reached],
            "profile": np.array(problem.flow.sampler.profiles, object)[travellers.profile],
            "transits": 1.0 / len(replies),
            "unseen_before": survived[:, 0],
            "unseen_after": survived[:, 1],
            "hours_before": hours[0],
            "hours_after": hours[1],
        }
    )
    means = dict.fromkeys(table.columns[4:], "mean")
    groups = table.groupby(["origin", "destination", "profile"], sort=True)
    return groups.agg({"transits": "sum", **means}).reset_index()


def _arrived(replies: Replies) -> Travellers:
    everyone, rows = replies.travellers, replies.numbers
    return Travellers(
        everyone.origin[rows],
        everyone.destination[rows],
        everyone.profile[rows],
        everyone.start_cell[rows],
        everyone.key[rows],
        everyone.stratum[rows],
    )


def _last_stretch(problem: Problem, replies: Replies, paths: SampledPaths) -> NDArray[np.int64]:
    """Return the stretch that each traveller crosses last, -1 for none."""
    level = problem.flow.settings.confidence
    passages = Passages(problem.ground.graph, _arrived(replies), paths, level=level)
    last = passages.last_crossings(problem.ground.layers["borders"])
    at = np.full(len(replies), -1, np.int64)
    at[last.traveller] = last.stretch(problem.flow.stretches)
    return at
