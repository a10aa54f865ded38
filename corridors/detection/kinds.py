"""Kinds of sensor, and what weather and night leave of their sight."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from corridors.scenario.model import Weather

__all__ = ["SENSOR_KINDS", "SensorKind", "range_in_weather_m"]

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class SensorKind:
    """What is the same for all sensors of a kind, unless the study says otherwise.

    Attributes
    ----------
    name
        As the layers have it.
    fog_factor
        How many times the meteorological visibility it sees through haze, rain or fog: 1 for the
        eye, a little more for a thermal camera.
    night_factor
        Part of its range in the dark.
    controls
        What it stops, besides what it sees around: ``"gate"`` (a gate, or a road where none is
        near), ``"road"`` (a road), or nothing.
    moves
        Whether it goes along a line and comes back after some hours.
    sight_height_m
        Of the eye or the camera above the ground.
    """

    name: str
    fog_factor: float = 1.0
    night_factor: float = 0.3
    controls: Literal["", "gate", "road"] = ""
    moves: bool = False
    sight_height_m: float = 3.0


# Fog factors: by the eye 1 (Koschmieder); long-wave infrared gains little in the dense fogs that
# matter (Beier and Gemperlein 2004 find a gain only while the visibility is above about 600 m).
# Night factors and heights are assumptions, to be set by those who know their posts.
SENSOR_KINDS: Mapping[str, SensorKind] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            SensorKind("watch_post", sight_height_m=4.0),
            SensorKind("manned_gate", controls="gate"),
            SensorKind("road_post", controls="road"),
            SensorKind("tower_thermal", fog_factor=1.5, night_factor=1.0, sight_height_m=12.0),
            SensorKind("patrol", moves=True, night_factor=0.5, sight_height_m=2.0),
        )
    }
)


def range_in_weather_m(
    range_m: FloatArray, weather: Weather, *, fog_factor: FloatArray, night_factor: FloatArray
) -> FloatArray:
    """Return how far sensors see in the weather.

    Parameters
    ----------
    range_m
        Range by day in clear air, metres; shape (n,).
    weather
        With ``visibility_km``, or None for clear air, and ``night``.
    fog_factor, night_factor
        See `SensorKind`; shape (n,).

    Notes
    -----
    Contrast falls as exp(-sigma r), sigma = 3.912 / V for visibility V at 2 percent contrast
    (Koschmieder 1924), so that a dark object against the sky, of contrast 1, is lost at
    ln(1 / 0.02) / sigma = V itself. The range is the lesser of that and of the clear one.

    Examples
    --------
    >>> foggy = Weather(visibility_km=3)
    >>> range_in_weather_m(np.array([2000.0, 8000.0, 8000.0]), foggy,
    ...     fog_factor=np.array([1.0, 1.0, 1.5]), night_factor=np.ones(3)).tolist()
    [2000.0, 3000.0, 4500.0]
    """
    seen = np.asarray(range_m, dtype=float)
    if weather.night:
        seen = seen * night_factor
    if weather.visibility_km is None:
        return seen
    return np.asarray(np.minimum(seen, weather.visibility_km * 1000.0 * fog_factor))
