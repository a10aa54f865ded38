"""A study in memory: from a checked scenario to paths, corridors, exposure and buffers."""

from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from corridors.border import crossing_shares
from corridors.corridor import through_corridors
from corridors.flow import Flow
from corridors.kept import Kept
from corridors.network import road_distances
from corridors.paths import Journeys, least_cost_paths
from corridors.progress import Progress
from corridors.scenario import Scenario
from corridors.study.ground import Ground, ground_steps, study_ground
from corridors.study.posts import exposed_posts
from corridors.study.rings import stacked, study_buffers
from corridors.study.risk import PostRisk, study_risk
from corridors.study.support import Support, study_support, support_layer
from corridors.study.watch import WorthMap, study_undetected, study_worth, with_catches
from corridors.study.ways import study_alternatives, study_flow, study_journeys
from corridors.undetected import Undetected

__all__ = ["Study", "analyse", "analysis_steps"]


@dataclass(frozen=True)
class Study(Ground):
    """Everything that a study found, in its working CRS, with the ground that it stands on.

    Attributes
    ----------
    journeys
        Origins, destinations and profiles, solved.
    flow
        What many travellers who differ pass.
    paths, alternatives, corridors, border_segments, checkpoints, support, buffers
        The results as layers.
    undetected, worth
        What posts catch of the transits, and what one more would.
    risk
        How likely posts are to be attacked and alone, and which are exposed most.
    help
        Hours of help from every base and force to every post.
    distances
        Road distances between origins and destinations, for the record.
    """

    journeys: Journeys
    flow: Flow
    paths: gpd.GeoDataFrame
    alternatives: gpd.GeoDataFrame
    corridors: gpd.GeoDataFrame
    border_segments: gpd.GeoDataFrame
    checkpoints: gpd.GeoDataFrame
    undetected: Undetected
    worth: WorthMap
    risk: PostRisk
    help: Support
    support: gpd.GeoDataFrame
    buffers: gpd.GeoDataFrame
    distances: pd.DataFrame


def analysis_steps(scenario: Scenario) -> int:
    """Return how many steps `analyse` tells of."""
    return ground_steps(scenario) + len(scenario.profiles) + 6


def analyse(
    scenario: Scenario, *, progress: Progress | None = None, kept: Kept | None = None
) -> Study:
    """Do all that a scenario asks for, in memory.

    Parameters
    ----------
    scenario
        The study.
    progress
        Told of every step.
    kept
        Where travellers that are solved are kept for a run that is taken up again.

    Raises
    ------
    InputError
        When a layer or the scenario cannot be used.
    """
    told = progress or Progress()
    ground = study_ground(scenario, progress=told)
    layers, asked = ground.layers, ground.scenario
    journeys = study_journeys(
        ground, on_profile=lambda name: told.step(f"Solving journeys, {name.replace('_', ' ')}")
    )
    told.step("Solving travellers")
    flow = study_flow(ground, kept=kept, on_step=told.part)
    told.step("Looking for other ways")
    alternatives = study_alternatives(ground, journeys)
    told.step("Drawing corridors")
    paths = least_cost_paths(journeys, borders=layers["borders"], crossings=layers["crossings"])
    through = through_corridors(
        journeys,
        percent=asked.corridor.percent,
        extra_hours=asked.corridor.extra_hours,
        quantile=asked.corridor.quantile,
    )
    told.step("Measuring exposure")
    hours = study_support(ground)
    checkpoints = exposed_posts(ground, paths, flow, hours)
    told.step("Weighing one more post")
    undetected = study_undetected(ground, flow)
    risk = study_risk(ground, flow, undetected, hours)
    worth = study_worth(ground, flow)
    told.step("Drawing buffers")
    return Study(
        **vars(ground),
        journeys=journeys,
        flow=flow,
        paths=paths,
        alternatives=alternatives,
        corridors=_corridors(flow, through),
        border_segments=crossing_shares(flow.stretches, paths),
        checkpoints=with_catches(checkpoints, undetected).join(risk.posts),
        undetected=undetected,
        worth=worth,
        risk=risk,
        help=hours,
        support=support_layer(ground, hours),
        buffers=study_buffers(ground, paths),
        distances=_distances(ground),
    )


def _corridors(flow: Flow, through: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return bands and through-corridors in one layer, told apart by ``kind``."""
    names = [f"band, {share:.0%}" for share in flow.bands["share"]]
    return stacked([flow.bands.assign(id=names, kind="band"), through])


def _distances(ground: Ground) -> pd.DataFrame:
    ends = ground.endpoints
    sites = stacked([ends.origins, ends.destinations]).drop_duplicates("name")
    points = sites[["name"]].set_geometry(sites.geometry.representative_point())
    return road_distances(ground.network, points)
