"""Sensors of a study: where they stand, how far they see now, how surely they catch."""

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from corridors.crs import require_metric
from corridors.detection.kinds import SENSOR_KINDS, SensorKind, range_in_weather_m
from corridors.errors import LayerError
from corridors.scenario.model import SensorSettings, Weather

__all__ = ["Sensors", "sensors_of"]

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

HOURS_OF_DAY = 24.0
# A shorter range is as good as this one, and would make rates without bound.
RANGE_MIN_M = 1e-6
USUAL_KIND = "watch_post"
# A probability of 1 would be an endless hazard, and a path through it would have no least one.
PROBABILITY_MAX = 1.0 - 1e-9


@dataclass(frozen=True)
class Sensors:
    """Sensors as arrays, one entry for each; S of them.

    Attributes
    ----------
    id, name, kind
        Texts.
    place
        Points, or lines for what moves, in the working CRS.
    range_m
        How far each sees now: 0 where it sees nothing.
    probability
        That it catches who passes straight through its place at `reference_kmh`; what is not on
        duty all day catches in that part of the day only.
    controls, moves
        See `corridors.detection.kinds.SensorKind`.
    revisit_hours
        After how long what moves comes back to a place; NaN for the others.
    sight_height_m
        Of the eye above the ground.
    reference_kmh
        The speed that `probability` is meant for.
    """

    id: NDArray[np.object_]
    name: NDArray[np.object_]
    kind: NDArray[np.object_]
    place: NDArray[np.object_]
    range_m: FloatArray
    probability: FloatArray
    controls: NDArray[np.object_]
    moves: BoolArray
    revisit_hours: FloatArray
    sight_height_m: FloatArray
    reference_kmh: float

    def __len__(self) -> int:
        return len(self.id)

    @property
    def rate_per_hour(self) -> FloatArray:
        """Hazard per hour at the sensor's own place, for those that stand still.

        The hazard falls with distance d as (1 - (d / R)^2)^2; a straight pass through the place at
        speed v meets 16 R / (15 v) hours of its greatest value, which is set so that the pass is
        caught with the probability p. What moves passes each place every T hours and catches those
        within its range with the probability: a rate of p / T in the mean over the strip, which is
        15 p / (8 T) at the line.
        """
        passes = -np.log1p(-self.probability)
        with np.errstate(divide="ignore", invalid="ignore"):
            reach_km = np.maximum(self.range_m, RANGE_MIN_M) / 1000
            standing = passes * self.reference_kmh * 15 / (16 * reach_km)
            moving = self.probability * 15 / (8 * self.revisit_hours)
        rate = np.where(self.moves, moving, standing)
        return np.where(self.range_m > 0, rate, 0.0)


def sensors_of(
    posts: gpd.GeoDataFrame,
    *,
    weather: Weather,
    settings: Mapping[str, SensorSettings] | None = None,
    reference_kmh: float = 5.0,
) -> Sensors:
    """Return the sensors that a layer of posts stands for, in the weather.

    Parameters
    ----------
    posts
        Points or lines with ``id, name`` and, where known, ``kind, range_m, probability,
        hours_of_duty, sight_height_m, revisit_hours``, in a metric CRS.
    weather
        Shortens sight.
    settings
        The scenario's ``[sensors]`` by kind: what holds where the layer says nothing.
    reference_kmh
        The speed that probabilities are meant for.

    Raises
    ------
    CRSError
        When the layer does not measure in metres.
    LayerError
        When a kind is unknown, or nothing says after how long a patrol comes back.
    """
    require_metric(posts, name="the layer of posts")
    kinds = np.full(len(posts), USUAL_KIND, dtype=object)
    if "kind" in posts:
        kinds = posts["kind"].to_numpy(dtype=object)
    of_kind = _known(kinds)
    given = [(settings or {}).get(kind, SensorSettings()) for kind in kinds]

    def value(column: str, usual: list[float]) -> FloatArray:
        """Return a column, where it is empty the scenario's value, else the usual one."""
        from_scenario = [getattr(one, column) for one in given]
        filled = pd.Series(
            [use if one is None else one for one, use in zip(from_scenario, usual, strict=True)],
            index=posts.index,
            dtype=float,
        )
        if column not in posts:
            return filled.to_numpy()
        return np.asarray(posts[column].astype(float).fillna(filled), dtype=float)

    count = len(posts)
    range_m = value("range_m", [0.0] * count)
    moves = np.array([kind.moves for kind in of_kind], dtype=bool)
    revisit_hours = value("revisit_hours", [np.nan] * count)
    lost = np.flatnonzero(moves & ~(revisit_hours > 0))
    if len(lost):
        raise LayerError(
            "a patrol has no revisit_hours above 0: after how long it comes back to a place",
            layer="posts",
            rows=lost,
            todo="give them in the layer, or for the kind in the scenario's [sensors]",
        )
    duty = value("hours_of_duty", [HOURS_OF_DAY] * count) / HOURS_OF_DAY
    return Sensors(
        id=posts["id"].to_numpy(dtype=object),
        name=posts["name"].to_numpy(dtype=object),
        kind=kinds,
        place=np.asarray(posts.geometry.array),
        range_m=range_in_weather_m(
            range_m,
            weather,
            fog_factor=value("fog_factor", [kind.fog_factor for kind in of_kind]),
            night_factor=value("night_factor", [kind.night_factor for kind in of_kind]),
        ),
        probability=np.minimum(value("probability", [1.0] * count) * duty, PROBABILITY_MAX),
        controls=np.array([kind.controls for kind in of_kind], dtype=object),
        moves=moves,
        revisit_hours=revisit_hours,
        sight_height_m=value("sight_height_m", [kind.sight_height_m for kind in of_kind]),
        reference_kmh=reference_kmh,
    )


def _known(kinds: NDArray[np.object_]) -> list[SensorKind]:
    unknown = [row for row, kind in enumerate(kinds) if kind not in SENSOR_KINDS]
    if unknown:
        raise LayerError(
            f"the kind of sensor is {kinds[unknown[0]]!r}",
            layer="posts",
            rows=unknown,
            todo=f"take one of {', '.join(SENSOR_KINDS)}",
        )
    return [SENSOR_KINDS[kind] for kind in kinds]
