"""A study's reinforcement as one problem: places, sensors, what a plan may hold, travellers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from corridors.detection import Detection, detection_of, sensors_of
from corridors.errors import ScenarioError
from corridors.flow import Flow, SampledPaths, Travellers, draw_travellers
from corridors.layers import ReadingLog
from corridors.reinforcement.candidates import SENSOR, candidate_places
from corridors.reinforcement.options import Options, options_of, with_moves
from corridors.reinforcement.reply import Replies
from corridors.scenario.model import Weather
from corridors.study import Ground
from corridors.study.sight import study_sight

__all__ = ["Problem", "problem_of"]

# Those on whom a plan is tried stand for others, drawn from another seed.
OTHER_SEED = 1_000_003
USUAL_NUMBER = 5


@dataclass(frozen=True)
class Problem:
    """Where reinforcements may stand in a study, and who passes.

    Attributes
    ----------
    ground, flow
        The study, and its travellers.
    places
        From `candidate_places`.
    frame
        All sensors of the universe as posts: those at the places first, in their order, then posts
        that stand and may be moved, then their own sensors at the places.
    universe
        What these see of the arcs.
    options
        What a plan may hold; option n for n below the number of places is a new sensor at place n.
    moved
        Which of the posts that stand now may be moved.
    findings
        What was found and taken as true, a sentence each.
    """

    ground: Ground
    flow: Flow
    places: gpd.GeoDataFrame
    frame: gpd.GeoDataFrame
    universe: Detection
    options: Options
    moved: NDArray[np.bool_]
    findings: tuple[str, ...]

    def replies(self, travellers: Travellers, paths: SampledPaths) -> Replies:
        """Return what becomes of travellers under plans.

        Parameters
        ----------
        travellers, paths
            With the posts that stand now.
        """
        return Replies(
            self.flow.sampler,
            travellers,
            paths,
            self.ground.detection,
            self.universe,
            sigma=self.flow.sigma,
            moved=self.moved,
        )

    def fresh(self, count: int) -> Replies:
        """Return the same for travellers that no plan was made for.

        Parameters
        ----------
        count
            How many.
        """
        seed = self.ground.scenario.seed + OTHER_SEED
        sampler = self.flow.sampler
        travellers = draw_travellers(sampler.demand, count, seed=seed)
        paths = sampler.solve(travellers, sigma=self.flow.sigma, aware=True)
        return self.replies(travellers, paths)

    def place_of(self, option: int) -> int:
        """Return the row of the place that an option puts a sensor at."""
        return option % len(self.places)

    def moved_from(self, option: int) -> str | None:
        """Return the id of the post that an option moves, if it does."""
        post = int(self.options.removes[option])
        return None if post < 0 else str(self.frame["id"].iloc[post])


def problem_of(
    ground: Ground, flow: Flow, *, number: int | None = None, budget: float | None = None
) -> Problem:
    """Return a study's reinforcement as a problem.

    Parameters
    ----------
    ground, flow
        The study, and its travellers.
    number, budget
        How many places are taken, or what they may cost; as the scenario has it unless given.

    Raises
    ------
    ScenarioError
        When there is no place, or a post to be moved is not there.
    InputError
        When the number or the budget cannot be.
    """
    asked, log = ground.scenario.reinforcement, ReadingLog()
    if number is None and budget is None:
        number, budget = asked.number, asked.budget
        number = USUAL_NUMBER if number is None and budget is None else number
    places = candidate_places(ground, log=log)
    xy = np.column_stack([places.geometry.x, places.geometry.y])
    options = options_of(
        xy,
        places["cost"].to_numpy(float),
        number=number,
        budget=budget,
        groups=places["group"].tolist(),
        min_distance_m=asked.min_distance_m,
    )
    moved = np.zeros(len(ground.detection.sensors), bool)
    frame = _posts(places)
    if asked.moves is not None:
        posts = _movable(ground, asked.moves.posts)
        moved = np.isin(ground.detection.sensors.id, posts["id"].to_numpy(object))
        first = len(places) + len(posts)
        starts = [first + n * len(places) for n in range(len(posts))]
        adds = [list(range(start, start + len(places))) for start in starts]
        standing = range(len(places), first)
        options = with_moves(options, posts=standing, adds=adds, cost=asked.moves.cost)
        copies = [_at(post, places) for post in posts.to_dict("records")]
        frame = gpd.GeoDataFrame(
            pd.concat([frame, posts[frame.columns], *copies], ignore_index=True), crs=places.crs
        )
    return Problem(
        ground=ground,
        flow=flow,
        places=places,
        frame=frame,
        universe=seen_by(ground, frame, ground.scenario.weather),
        options=options,
        moved=moved,
        findings=tuple(log.findings),
    )


def seen_by(ground: Ground, posts: gpd.GeoDataFrame, weather: Weather) -> Detection:
    """Return what posts see of the arcs of a study in some weather.

    Parameters
    ----------
    ground
        The study.
    posts
        With the columns of a checkpoints layer.
    weather
        Shortens sight.
    """
    scenario = ground.scenario
    sensors = sensors_of(
        posts,
        weather=weather,
        settings={str(kind): given for kind, given in scenario.sensors.items()},
        reference_kmh=scenario.reference_kmh,
    )
    sight = study_sight(scenario, ground.layers, ground.terrain, sensors)
    return detection_of(ground.graph, sensors, sight=sight)


def _posts(places: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return places[["id", *SENSOR, "geometry"]].assign(name=places["id"])


def _movable(ground: Ground, ids: list[str]) -> gpd.GeoDataFrame:
    posts = ground.layers["checkpoints"]
    known = [str(one) for one in posts["id"]]
    unknown = [one for one in ids if one not in known]
    if unknown:
        raise ScenarioError(
            f"{ground.scenario.called}: reinforcement.moves.posts names '{unknown[0]}', which the "
            f"checkpoints layer does not have; it has {', '.join(known) or 'no rows'}"
        )
    found = posts[[one in ids for one in known]]
    missing = {name: None for name in SENSOR if name not in found.columns}
    return found.assign(**missing, name=found["name"])


def _at(post: Mapping[str, Any], places: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return a post's own sensor at each of the places."""
    sensor = {name: post[name] for name in SENSOR}
    ids = [f"{post['id']} at {place}" for place in places["id"]]
    return gpd.GeoDataFrame(
        {"id": ids, "name": ids, **sensor}, geometry=places.geometry.to_numpy(), crs=places.crs
    )
