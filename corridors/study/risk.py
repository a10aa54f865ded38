"""How likely a study's posts are to be attacked and to stand alone, and which are exposed most."""

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from corridors.exposure import given_numbers, nearest_support
from corridors.flow import Flow
from corridors.layers import Layers
from corridors.risk import (
    AttackRates,
    AttackRecord,
    Resampling,
    attack_rates,
    attack_record,
    attack_shares,
    count_chances,
    drawn_attacks,
    isolation,
    ranking,
)
from corridors.risk.attacks import DAYS_OF_YEAR
from corridors.scenario import Scenario
from corridors.study.ground import Ground
from corridors.study.support import Support
from corridors.undetected import Undetected

__all__ = [
    "RANKED",
    "PostRisk",
    "hold_hours",
    "horizon_years",
    "study_attacks",
    "study_record",
    "study_risk",
]

FloatArray = NDArray[np.float64]

# What posts are ranked by.
RANKED = ("transit_share", "first_catch", "loss", "exposure_index")
DRAWS = 1000


@dataclass(frozen=True)
class PostRisk:
    """The risk of a study's checkpoints.

    Attributes
    ----------
    posts
        On the index of the checkpoints, with bounds under ``_low`` and ``_high``: ``attacks``
        (expected number in the record), ``attack_rate`` (a year), ``attack_chance`` (of one or more
        within the horizon), ``isolation``, ``exposure_index``, the bounds of
        ``hours_from_base``, and for each of `RANKED` the columns of `corridors.risk.ranking`.
    record
        The attacks that count, and since when.
    rates
        Of the posts; None without a record.
    draws
        How often travellers, rates and hours of support were drawn for the rankings.
    """

    posts: pd.DataFrame
    record: AttackRecord
    rates: AttackRates | None
    draws: int


def study_record(scenario: Scenario, layers: Layers) -> AttackRecord:
    """Return the attacks that a study knows of.

    Parameters
    ----------
    scenario, layers
        The study and its layers, in the working CRS.
    """
    return attack_record(
        layers["incidents"],
        as_of=scenario.as_of,
        kinds=scenario.posts.attack_kinds,
        since=scenario.posts.attacks_since,
    )


def study_attacks(
    scenario: Scenario, checkpoints: gpd.GeoDataFrame, record: AttackRecord
) -> AttackRates | None:
    """Return how often each checkpoint of a study is attacked; None without a record.

    Parameters
    ----------
    scenario, checkpoints
        The study, and its posts.
    record
        From `study_record`.
    """
    if record.years <= 0:
        return None
    radius_m = scenario.exposure.incident_radius_m
    shares = attack_shares(checkpoints, record.attacks, radius_m=radius_m)
    return attack_rates(count_chances(shares), record.years)


def hold_hours(scenario: Scenario, checkpoints: gpd.GeoDataFrame) -> FloatArray:
    """Return how long each checkpoint holds on average.

    Parameters
    ----------
    scenario, checkpoints
        The study, and its posts, which may have ``hold_hours``.

    Raises
    ------
    LayerError
        When a post's time is none.
    """
    own = given_numbers(checkpoints, "hold_hours", layer="checkpoints", least=0.01, most=1000.0)
    return np.where(np.isfinite(own), own, scenario.posts.hold_hours)


def horizon_years(scenario: Scenario) -> float:
    """Return the time to come that attacks are looked for in, years."""
    return scenario.posts.horizon_days / DAYS_OF_YEAR


def study_risk(
    ground: Ground, flow: Flow, undetected: Undetected, support: Support, *, draws: int = DRAWS
) -> PostRisk:
    """Return how likely posts are to be attacked and alone, and which are exposed most.

    Parameters
    ----------
    ground, flow, undetected, support
        The study, its travellers, what they meet, and how far help is.
    draws
        How often what is not known is drawn for the rankings.

    Notes
    -----
    The index is the chance of an attack within the horizon, times the chance that support then
    comes too late, times the share of the transits that it meets: for ranking only. Each draw has
    travellers drawn again, attacks placed within their precision, rates from their distribution,
    and one delay of support for all posts.
    """
    scenario = ground.scenario
    posts, wanted, level = ground.layers["checkpoints"], scenario.posts, flow.settings.confidence
    count = len(posts)
    record = study_record(scenario, ground.layers)
    rates = study_attacks(scenario, posts, record)
    resampling = Resampling(scenario.seed, draws)

    hours = nearest_support(support.now["bases"])["hours"].to_numpy(float)
    hold = hold_hours(scenario, posts)
    spread = {"hold_spread": wanted.hold_spread, "level": level}
    alone = isolation(hours, hold, support_spread=wanted.support_spread, **spread)
    delay = np.exp(np.sqrt(np.log1p(wanted.support_spread**2)) * resampling.normals("support"))
    alone_drawn = isolation(delay[:, None] * hours, hold, support_spread=0.0, **spread).chance

    attacks, chance_drawn = _attacks(ground, record, rates, resampling, level)
    met = flow.passages.met(
        np.asarray(posts.geometry.array),
        ground.detection.sensors.range_m[:count],
        controlled=ground.detection.controlled,
    )
    values = {
        "transit_share": met.astype(float),
        "first_catch": undetected.first[:, :count],
        "loss": undetected.lost[:, :count],
    }
    drawn = resampling.means(values, undetected.stratum)
    drawn["exposure_index"] = chance_drawn * alone_drawn * drawn["transit_share"]
    estimates = {name: one.mean(axis=0) for name, one in values.items()}
    estimates["exposure_index"] = (
        attacks["attack_chance"] * alone.chance * estimates["transit_share"]
    )
    low, high = np.quantile(drawn["exposure_index"], [(1 - level) / 2, (1 + level) / 2], axis=0)
    columns = {
        **attacks,
        "hours_from_base_low": alone.hours_low,
        "hours_from_base_high": alone.hours_high,
        "isolation": alone.chance,
        "isolation_low": alone.low,
        "isolation_high": alone.high,
        "exposure_index": estimates["exposure_index"],
        "exposure_index_low": low,
        "exposure_index_high": high,
    }
    for name in RANKED:
        columns |= ranking(name, estimates[name], drawn[name], level=level)
    return PostRisk(pd.DataFrame(columns, index=posts.index), record, rates, draws)


def _attacks(
    ground: Ground,
    record: AttackRecord,
    rates: AttackRates | None,
    resampling: Resampling,
    level: float,
) -> tuple[Mapping[str, FloatArray], FloatArray]:
    """Return the columns of attacks, and the chance of one in every draw."""
    posts, years = ground.layers["checkpoints"], horizon_years(ground.scenario)
    names = ("attacks", *_bounded("attack_rate"), *_bounded("attack_chance"))
    if rates is None or posts.empty:
        nothing = np.full(len(posts), np.nan)
        return dict.fromkeys(names, nothing), np.full((resampling.draws, len(posts)), np.nan)
    low, high = rates.interval(level=level)
    chances = [-np.expm1(-rate * years) for rate in (low, high)]
    told = (rates.expected, rates.estimate(), low, high, rates.chance_within(years), *chances)
    placed = drawn_attacks(
        resampling, posts, record.attacks, radius_m=ground.scenario.exposure.incident_radius_m
    )
    drawn = resampling.rates(rates, posts["id"].astype(str).tolist(), placed)
    return dict(zip(names, told, strict=True)), np.asarray(-np.expm1(-drawn * years))


def _bounded(name: str) -> tuple[str, str, str]:
    return name, f"{name}_low", f"{name}_high"
