"""What becomes of the travellers in one scenario, kept small enough to hold several beside."""

import hashlib
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from corridors.comparison.paired import Outcome
from corridors.detection import catches_along
from corridors.exposure import nearest_support, support_hours
from corridors.flow import Flow
from corridors.scenario import Scenario
from corridors.study import Ground, study_undetected
from corridors.study.ground import fastest_profile
from corridors.undetected import Undetected
from corridors.undetected.share import step_hours

__all__ = ["Measured", "measured"]

FloatArray = NDArray[np.float64]
LongArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True)
class Measured:
    """One scenario, solved; T travellers, S stretches of border, P posts.

    Attributes
    ----------
    name, scenario
        What it is called, and what was asked, the climate filled in.
    ways
        A name for all that decides which ways travellers take.
    sigma, detour
        How far they err; mean of true over least hours, less 1, with its interval.
    key, start_cell, stratum
        Of each traveller, shape (T,).
    arrived, crossed
        Who arrives, and who crosses a border, shape (T,).
    hours
        True hours, 0 for those who do not arrive, shape (T,).
    stretch
        Whether each crosses the border for the last time in each stretch, shape (T, S).
    survived
        Chance that nobody catches each, shape (T,).
    met, first
        Whether each comes within range of each post, and the chance that it is the first to catch
        it, shape (T, P).
    stretches
        From the flow, with ``share`` and its bounds.
    posts
        ``id, name, kind, range_now_m, transit_share, first_catch`` with bounds, and
        ``hours_from_base``; checkpoints first, then patrols.
    undetected
        Share that nobody catches, with its interval.
    crossing
        Share that crosses a border.
    bands
        Of the flow.
    """

    name: str
    scenario: Scenario
    ways: str
    sigma: float
    detour: tuple[float, float, float]
    key: NDArray[np.uint64]
    start_cell: LongArray
    stratum: LongArray
    arrived: BoolArray
    crossed: BoolArray
    hours: FloatArray
    stretch: BoolArray
    survived: FloatArray
    met: BoolArray
    first: FloatArray
    stretches: gpd.GeoDataFrame
    posts: gpd.GeoDataFrame
    undetected: tuple[float, float, float]
    crossing: float
    bands: gpd.GeoDataFrame

    def outcome(self, values: FloatArray | BoolArray, *, of: BoolArray | None = None) -> Outcome:
        """Return values of travellers as what becomes of those who arrive, or of some."""
        return Outcome(np.asarray(values, dtype=float), self.arrived if of is None else of)


def measured(name: str, ground: Ground, flow: Flow) -> Measured:
    """Return what is held of a scenario for a comparison.

    Parameters
    ----------
    name
        What it is called.
    ground, flow
        From `corridors.study_ground` and `corridors.study_flow`.
    """
    paths, travellers = flow.paths, flow.travellers
    arrived = paths.arrived
    caught = catches_along(
        paths.arcs, paths.starts, step_hours(paths, travellers, ground.hours), ground.detection
    )
    last = flow.passages.last_crossings(ground.layers["borders"])
    over = np.flatnonzero(arrived)[last.traveller]
    stretch = np.zeros((len(paths), len(flow.stretches)), bool)
    stretch[over, last.stretch(flow.stretches)] = True
    crossed = np.zeros(len(paths), bool)
    crossed[over] = True
    met = _met(ground, flow)
    undetected = study_undetected(ground, flow)
    return Measured(
        name=name,
        scenario=ground.scenario,
        ways=_ways(ground, flow),
        sigma=flow.sigma,
        detour=flow.detour,
        key=travellers.key,
        start_cell=travellers.start_cell,
        stratum=travellers.stratum,
        arrived=arrived,
        crossed=crossed,
        hours=np.where(arrived, paths.hours, 0.0),
        stretch=stretch,
        survived=np.where(arrived, caught.survived, 0.0),
        met=met,
        first=np.where(arrived[:, None], caught.first, 0.0),
        stretches=flow.stretches,
        posts=_posts(ground, flow, met, undetected),
        undetected=undetected.share,
        crossing=float(flow.crossed.share[0]),
        bands=flow.bands,
    )


def _ways(ground: Ground, flow: Flow) -> str:
    graph, knowledge = ground.graph, flow.sampler.knowledge
    digest = hashlib.sha256(repr(flow.sigma).encode())
    for part in (graph.tails, graph.heads, graph.x, graph.y, *ground.hours.values()):
        digest.update(np.ascontiguousarray(part).tobytes())
    digest.update((knowledge.tag if knowledge is not None else "").encode())
    return digest.hexdigest()


def _met(ground: Ground, flow: Flow) -> BoolArray:
    """Return which travellers come within range of which posts."""
    sensors = ground.detection.sensors
    met = np.zeros((len(flow.paths), len(sensors)), bool)
    tree = shapely.STRtree(flow.passages.lines())
    post, way = tree.query(sensors.place, predicate="dwithin", distance=sensors.range_m)
    met[np.flatnonzero(flow.paths.arrived)[way], post] = True
    return met


def _posts(ground: Ground, flow: Flow, met: BoolArray, undetected: Undetected) -> gpd.GeoDataFrame:
    sensors = ground.detection.sensors
    traveller, post = np.nonzero(met[flow.paths.arrived])
    shares = flow.passages.shares(traveller, post, len(sensors)).frame("transit_share")
    catches = undetected.posts[["first_catch", "first_catch_low", "first_catch_high"]]
    ids = pd.Series(sensors.id, dtype=object)
    table = pd.DataFrame(
        {
            # A patrol may bear the id of a checkpoint.
            "id": ids.where(~ids.duplicated(), ids.astype(str) + " (patrol)"),
            "name": sensors.name,
            "kind": sensors.kind,
            "range_now_m": sensors.range_m,
        }
    )
    told = pd.concat([table, shares, catches.reset_index(drop=True)], axis=1)
    help_after = np.full(len(sensors), np.nan)
    hours = _hours_from_base(ground)
    help_after[: len(hours)] = hours
    return gpd.GeoDataFrame(
        told.assign(hours_from_base=help_after),
        geometry=list(sensors.place),
        crs=ground.terrain.grid.crs,
    )


def _hours_from_base(ground: Ground) -> FloatArray:
    """Return after how long help comes to each checkpoint, NaN where there is no base."""
    scenario, layers = ground.scenario, ground.layers
    profile = scenario.exposure.support_profile or fastest_profile(scenario).name
    table = support_hours(
        ground.graph,
        ground.hours[profile],
        bases=layers["bases"],
        checkpoints=layers["checkpoints"],
        borders=layers["borders"],
    )
    return nearest_support(table)["hours"].to_numpy(dtype=float)
