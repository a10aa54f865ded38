"""What becomes of the travellers in one scenario, kept small enough to hold several beside."""

import hashlib
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from corridors.comparison.paired import Outcome
from corridors.comparison.posts_drawn import PostsDrawn, posts_drawn
from corridors.errors import InputError, ScenarioError
from corridors.exposure import nearest_support
from corridors.flow import Flow
from corridors.raster import Raster
from corridors.scenario import Scenario
from corridors.study import Ground, WorthMap, study_undetected, study_worth
from corridors.study.risk import study_risk
from corridors.study.sight import Grain
from corridors.study.support import Support, study_support
from corridors.undetected import Undetected

__all__ = ["Measured", "measured"]

FloatArray = NDArray[np.float64]
LongArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

ENDS = ("", "_low", "_high")
OF_RISK = (
    *(f"{name}{end}" for name in ("isolation", "exposure_index") for end in ENDS),
    "exposure_index_rank",
)


@dataclass(frozen=True)
class Measured:
    """One scenario, solved; T travellers, S stretches of border, P posts.

    Attributes
    ----------
    name, scenario
        What it is called, and what was asked, the climate filled in.
    ways
        A name for all that decides which ways travellers take.
    sees
        A name for all that decides what sensors catch on those ways.
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
    met, first, lost
        Whether each post meets each, the chance that it is the first to catch it,
        and what the chance of passing gains when it falls; shape (T, P).
    gain
        What one more sensor at each candidate takes away from each one's chance of passing, shape
        (T, C).
    stretches
        From the flow, with ``share`` and its bounds.
    posts
        ``id, name, kind, range_now_m, transit_share, first_catch, loss`` with bounds,
        ``hours_from_base``, and of checkpoints ``isolation`` and ``exposure_index`` with bounds and
        its rank; checkpoints first, then patrols.
    support
        ``role, name, post_id, post, hours``: of help from every base and force.
    worth
        Candidates with ``worth`` and its bounds; the same places in all scenarios.
    worth_unaware
        What one more sensor that nobody knows of takes away from the undetected share, at every
        cell; NaN where nobody can walk.
    grain
        How finely it is looked at, the same in all scenarios.
    drawn
        Checkpoints' isolation and exposure index in draws of what is not known; the same draws in
        all scenarios.
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
    sees: str
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
    lost: FloatArray
    gain: FloatArray
    stretches: gpd.GeoDataFrame
    posts: gpd.GeoDataFrame
    support: pd.DataFrame
    worth: gpd.GeoDataFrame
    worth_unaware: Raster
    grain: Grain
    drawn: PostsDrawn
    undetected: tuple[float, float, float]
    crossing: float
    bands: gpd.GeoDataFrame

    def outcome(self, values: FloatArray | BoolArray, *, of: BoolArray | None = None) -> Outcome:
        """Return values of travellers as what becomes of those who arrive, or of some."""
        return Outcome(np.asarray(values, dtype=float), self.arrived if of is None else of)


def measured(name: str, ground: Ground, flow: Flow, *, first: "Measured | None" = None) -> Measured:
    """Return what is held of a scenario for a comparison.

    Parameters
    ----------
    name
        What it is called.
    ground, flow
        From `corridors.study_ground` and `corridors.study_flow`.
    first
        The first scenario, whose places and ground the worth of one more sensor is taken over.
    """
    paths, travellers = flow.paths, flow.travellers
    arrived = paths.arrived
    last = flow.passages.last_crossings(ground.layers["borders"])
    over = np.flatnonzero(arrived)[last.traveller]
    stretch = np.zeros((len(paths), len(flow.stretches)), bool)
    stretch[over, last.stretch(flow.stretches)] = True
    crossed = np.zeros(len(paths), bool)
    crossed[over] = True
    undetected = study_undetected(ground, flow)
    support = study_support(ground, with_clear=False)
    worth = _worth(name, ground, flow, first)
    sensors = ground.detection.sensors
    met = flow.passages.met(sensors.place, sensors.range_m, controlled=ground.detection.controlled)

    def of_all(values: FloatArray | BoolArray) -> FloatArray:
        every = np.zeros((len(paths), *values.shape[1:]))
        every[arrived] = values
        return every

    return Measured(
        name=name,
        scenario=ground.scenario,
        ways=_ways(ground, flow),
        sees=_sees(ground),
        sigma=flow.sigma,
        detour=flow.detour,
        key=travellers.key,
        start_cell=travellers.start_cell,
        stratum=travellers.stratum,
        arrived=arrived,
        crossed=crossed,
        hours=np.where(arrived, paths.hours, 0.0),
        stretch=stretch,
        survived=of_all(undetected.survived),
        met=of_all(met).astype(bool),
        first=of_all(undetected.first),
        lost=of_all(undetected.lost),
        gain=of_all(worth.change),
        stretches=flow.stretches,
        posts=_posts(ground, flow, met, undetected, support),
        support=support.table(ground.layers["checkpoints"]).drop(columns="hours_clear"),
        worth=worth.candidates,
        worth_unaware=Raster(
            worth.unaware, ground.terrain.grid.transform, ground.terrain.grid.crs, "worth_unaware"
        ),
        grain=worth.grain,
        drawn=posts_drawn(ground, flow, support, of_all(met)),
        undetected=undetected.share,
        crossing=float(flow.crossed.share[0]),
        bands=flow.bands,
    )


def _worth(name: str, ground: Ground, flow: Flow, first: Measured | None) -> WorthMap:
    """Return the worth of one more sensor, where and over ground as the first scenario has it."""
    if first is None:
        return study_worth(ground, flow)
    places = shapely.get_coordinates(np.asarray(first.worth.geometry.array))
    try:
        return study_worth(ground, flow, at=places, grain=first.grain)
    except InputError as error:
        message = (
            f"{name}: one more sensor is tried where it is worth most in '{first.name}', and some "
            "of these places cannot be walked on here; give both the same elevation"
        )
        raise ScenarioError(message) from error


def _ways(ground: Ground, flow: Flow) -> str:
    graph, knowledge = ground.graph, flow.sampler.knowledge
    digest = hashlib.sha256(repr(flow.sigma).encode())
    for part in (graph.tails, graph.heads, graph.x, graph.y, *ground.hours.values()):
        digest.update(np.ascontiguousarray(part).tobytes())
    digest.update((knowledge.tag if knowledge is not None else "").encode())
    return digest.hexdigest()


def _sees(ground: Ground) -> str:
    found = ground.detection
    digest = hashlib.sha256(repr(list(found.sensors.id)).encode())
    for part in (found.indptr, found.which, found.rate, found.once):
        digest.update(np.ascontiguousarray(part).tobytes())
    return digest.hexdigest()


def _posts(
    ground: Ground, flow: Flow, met: BoolArray, undetected: Undetected, support: Support
) -> gpd.GeoDataFrame:
    sensors = ground.detection.sensors
    shares = flow.passages.shares_met(met).frame("transit_share")
    catches = undetected.posts[[f"{name}{end}" for name in ("first_catch", "loss") for end in ENDS]]
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
    risk = study_risk(ground, flow, undetected, support).posts[list(OF_RISK)]
    hours = nearest_support(support.now["bases"])["hours"].rename("hours_from_base")
    # Checkpoints come first; of patrols nothing of this is known.
    own = pd.concat([hours, risk], axis=1).reset_index(drop=True).reindex(range(len(sensors)))
    return gpd.GeoDataFrame(
        pd.concat([told, own], axis=1), geometry=list(sensors.place), crs=ground.terrain.grid.crs
    )
