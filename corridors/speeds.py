"""Speed by slope, by name: how fast somebody walks up, down and on the level.

Each function takes the slope dz/L, positive uphill, and gives km/h. They are the published forms;
each docstring names its source.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "ROAD_RAIN_FACTORS",
    "SLOPE_FUNCTIONS",
    "irmischer_clarke",
    "irmischer_clarke_off_path",
    "langmuir",
    "modified_tobler",
    "rees",
    "tobler",
]

Array = NDArray[np.float64]
MS_TO_KMH = 3.6

# Wet, unlit two-lane road at night: 3.4, 6.8 and 10.2 percent slower in light, moderate and heavy
# rain (doi 10.1016/j.trpro.2020.08.076).
ROAD_RAIN_FACTORS: Mapping[str, float] = MappingProxyType(
    {"none": 1.0, "light": 1 - 0.034, "moderate": 1 - 0.068, "heavy": 1 - 0.102}
)


def tobler(slope: ArrayLike) -> Array:
    """Return the walking speed on a path, km/h: 6 exp(-3.5 |S + 0.05|) (Tobler 1993).

    Parameters
    ----------
    slope
        dz/L, positive uphill, any shape.

    Examples
    --------
    >>> float(tobler(-0.05))
    6.0
    """
    return np.asarray(6.0 * np.exp(-3.5 * np.abs(np.asarray(slope, float) + 0.05)))


def modified_tobler(slope: ArrayLike) -> Array:
    """Return the walking speed, km/h: 4.8 exp(-5.3 |0.7 S + 0.03|) (Marquez-Perez et al. 2017).

    Examples
    --------
    >>> round(float(modified_tobler(0)), 3)
    4.094
    """
    return np.asarray(4.8 * np.exp(-5.3 * np.abs(0.7 * np.asarray(slope, float) + 0.03)))


def irmischer_clarke(slope: ArrayLike) -> Array:
    """Return the walking speed on a path, km/h (Irmischer and Clarke 2018, men).

    0.11 + exp(-(100 |S| + 5)^2 / 1800) m/s, the same up and down.

    Examples
    --------
    >>> round(float(irmischer_clarke(0)), 3)
    3.946
    """
    percent = 100.0 * np.abs(np.asarray(slope, float))
    return np.asarray(MS_TO_KMH * (0.11 + np.exp(-((percent + 5.0) ** 2) / 1800.0)))


def irmischer_clarke_off_path(slope: ArrayLike) -> Array:
    """Return the walking speed off a path, km/h (Irmischer and Clarke 2018, men).

    0.11 + 0.67 exp(-(100 |S| + 2)^2 / 1800) m/s, the same up and down.

    Examples
    --------
    >>> round(float(irmischer_clarke_off_path(0)), 3)
    2.803
    """
    percent = 100.0 * np.abs(np.asarray(slope, float))
    return np.asarray(MS_TO_KMH * (0.11 + 0.67 * np.exp(-((percent + 2.0) ** 2) / 1800.0)))


def rees(slope: ArrayLike) -> Array:
    """Return the walking speed, km/h: 1/v = 0.75 + 0.09 |S| + 14.6 S^2 s/m (Rees 2004).

    Examples
    --------
    >>> round(float(rees(0)), 2)
    4.8
    """
    s = np.abs(np.asarray(slope, float))
    return np.asarray(MS_TO_KMH / (0.75 + 0.09 * s + 14.6 * s**2))


def langmuir(slope: ArrayLike) -> Array:
    """Return the walking speed, km/h, by Naismith's rule with Langmuir's corrections (1984).

    0.72 s a metre, 6 s a metre of climb, about 2 s saved a metre of descent down to a slope of
    -0.2125 and lost a metre on steeper descent: the default parameters of GRASS r.walk, which
    saves time on gentle descent too.

    Examples
    --------
    >>> round(float(langmuir(0)), 2)
    5.0
    """
    s = np.asarray(slope, float)
    down = np.where(s < -0.2125, -1.9998 * s, 1.9998 * s)
    return np.asarray(MS_TO_KMH / (0.72 + np.where(s >= 0, 6.0 * s, down)))


SLOPE_FUNCTIONS: Mapping[str, Callable[[ArrayLike], Array]] = MappingProxyType(
    {
        "tobler": tobler,
        "modified_tobler": modified_tobler,
        "irmischer_clarke": irmischer_clarke,
        "irmischer_clarke_off_path": irmischer_clarke_off_path,
        "rees": rees,
        "langmuir": langmuir,
    }
)
