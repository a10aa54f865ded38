"""Speed by slope, by name: how fast somebody walks up, down and on the level.

Each function takes the slope dz/L, positive uphill. `SLOPE_FUNCTIONS` give km/h above 0 on every
slope; `LIMITED_SLOPE_FUNCTIONS`, fitted to a range of slopes, give 0 beyond it. `SLOPE_COSTS` are
no speeds: they give what a metre costs, in the unit of their source. They are the published forms;
each docstring names its source.

References
----------
Compared in Herzog 2014, Internet Archaeology 36, and in Lewis 2023, R package leastcostpath, whose
values they equal but for Kondo and Saino's.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "CAMPBELL_PERCENTILES",
    "LIMITED_SLOPE_FUNCTIONS",
    "ROAD_RAIN_FACTORS",
    "SLOPE_COSTS",
    "SLOPE_FUNCTIONS",
    "SULLIVAN_PERCENTILES",
    "campbell",
    "campbell_percentile",
    "davey",
    "garmy",
    "herzog",
    "irmischer_clarke",
    "irmischer_clarke_off_path",
    "irmischer_clarke_women",
    "irmischer_clarke_women_off_path",
    "kondo_saino",
    "langmuir",
    "llobera_sluckin",
    "minetti",
    "modified_tobler",
    "naismith",
    "rees",
    "sullivan_percentile",
    "tobler",
    "tobler_off_path",
    "wheeled",
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


def tobler_off_path(slope: ArrayLike) -> Array:
    """Return the walking speed off a path, km/h: 0.6 times that on a path (Tobler 1993).

    Examples
    --------
    >>> round(float(tobler_off_path(-0.05)), 3)
    3.6
    """
    return np.asarray(0.6 * tobler(slope))


def irmischer_clarke_women(slope: ArrayLike) -> Array:
    """Return the walking speed of women on a path, km/h: 0.95 times men's.

    Irmischer and Clarke 2018.

    Examples
    --------
    >>> round(float(irmischer_clarke_women(0)), 3)
    3.749
    """
    return np.asarray(0.95 * irmischer_clarke(slope))


def irmischer_clarke_women_off_path(slope: ArrayLike) -> Array:
    """Return the walking speed of women off a path, km/h: 0.95 times men's.

    Irmischer and Clarke 2018.

    Examples
    --------
    >>> round(float(irmischer_clarke_women_off_path(0)), 3)
    2.663
    """
    return np.asarray(0.95 * irmischer_clarke_off_path(slope))


def davey(slope: ArrayLike) -> Array:
    """Return the walking speed, km/h: 1.4 exp(-2.8 |arctan S|) m/s (Davey, Hayes and Norman 1994).

    Examples
    --------
    >>> round(float(davey(0)), 2)
    5.04
    """
    return np.asarray(MS_TO_KMH * 1.4 * np.exp(-2.8 * np.abs(np.arctan(np.asarray(slope, float)))))


def garmy(slope: ArrayLike) -> Array:
    """Return the walking speed, km/h: 4 exp(-0.008 A^2), A in degrees (Garmy et al. 2005).

    Examples
    --------
    >>> float(garmy(0))
    4.0
    """
    return np.asarray(4.0 * np.exp(-0.008 * _degrees(slope) ** 2))


def kondo_saino(slope: ArrayLike) -> Array:
    """Return the walking speed, km/h, by Kondo's and Saino's rule (Kondo and Seino 2010).

    5.1 exp(-2.25 |S + 0.07|) from a slope of -0.07 upward, 5.1 exp(-1.5 |S + 0.07|) on steeper
    descent. Packages that ask for |S| >= -0.07, which always holds, take the first form everywhere.

    Examples
    --------
    >>> float(kondo_saino(-0.07))
    5.1
    """
    s = np.asarray(slope, float)
    decay = np.where(s >= -0.07, 2.25, 1.5)
    return np.asarray(5.1 * np.exp(-decay * np.abs(s + 0.07)))


def naismith(slope: ArrayLike) -> Array:
    """Return the walking speed, km/h, by Naismith's rule with Langmuir's corrections, by angle.

    0.72 s a metre and 6 s a metre of climb. On descent: 1.4 m/s down to 5 degrees, 2 s saved a
    metre of descent from 5 to 12 degrees, 2 s lost a metre on steeper descent. Level ground counts
    as gentle descent, at 1.4 m/s.

    Examples
    --------
    >>> round(float(naismith(0)), 2), round(float(naismith(0.1)), 2)
    (5.04, 2.73)
    """
    s = np.asarray(slope, float)
    angle = _degrees(s)
    descent = np.where(angle <= -12.0, 0.72 - 2.0 * s, 0.72 + 2.0 * s)
    # The gentle pace stands in for both others there, and no pace is 0.
    gentle = (angle <= 0.0) & (angle > -5.0)
    pace = np.where(gentle, 1.0 / 1.4, np.where(angle > 0.0, 0.72 + 6.0 * s, descent))
    return np.asarray(MS_TO_KMH / pace)


# Campbell et al. 2019, by percentile of those who were tracked: peak, width, height and base of a
# Lorentz curve and its tilt, in degrees and m/s.
_CAMPBELL: Mapping[int, tuple[float, float, float, float, float]] = MappingProxyType(
    {
        1: (-2.1, 12.273, 21.816, 0.263, -0.00193),
        5: (-1.527, 14.041, 36.813, 0.32, -0.00273),
        10: (-1.568, 13.328, 38.892, 0.404, -0.00323),
        15: (-1.626, 11.847, 38.231, 0.481, -0.00356),
        20: (-1.71, 10.154, 36.905, 0.557, -0.00389),
        25: (-1.822, 8.827, 37.111, 0.616, -0.00402),
        30: (-1.858, 8.412, 39.995, 0.645, -0.0043),
        35: (-1.891, 8.584, 44.852, 0.649, -0.00443),
        40: (-1.958, 8.96, 50.34, 0.649, -0.00457),
        45: (-2.05, 9.402, 56.172, 0.646, -0.0046),
        50: (-2.171, 10.064, 63.66, 0.628, -0.00463),
        55: (-2.317, 10.712, 71.572, 0.608, -0.00451),
        60: (-2.459, 11.311, 79.287, 0.599, -0.00461),
        65: (-2.647, 12.089, 89.143, 0.576, -0.00465),
        70: (-2.823, 12.784, 98.697, 0.566, -0.00493),
        75: (-3.067, 13.888, 113.655, 0.518, -0.00488),
        80: (-3.371, 15.395, 134.409, 0.443, -0.00472),
        85: (-3.661, 17.137, 159.027, 0.385, -0.00534),
        90: (-3.06, 16.653, 138.875, 0.823, -0.01386),
        95: (-3.485, 17.033, 138.04, 1.179, -0.01252),
        99: (-4.0, 13.903, 123.515, 1.961, -0.01081),
    }
)
# Sullivan et al. 2020, firefighters on the march, by percentile in tenths.
_SULLIVAN: Mapping[float, tuple[float, float, float, float, float]] = MappingProxyType(
    {
        16.7: (-3.3717, 25.8255, 92.6594, -0.1624, 0.0019),
        50.0: (-2.8292, 20.9482, 77.6346, -0.2228, 0.0004),
        83.3: (-2.2893, 19.4024, 65.3577, -0.6226, 0.0020),
    }
)
CAMPBELL_PERCENTILES = tuple(_CAMPBELL)
SULLIVAN_PERCENTILES = tuple(_SULLIVAN)


def campbell_percentile(percentile: int) -> Callable[[ArrayLike], Array]:
    """Return the walking speed by slope, km/h, of a percentile of walkers (Campbell et al. 2019).

    c / (pi b (1 + ((A - a) / b)^2)) + d + e A in m/s, A in degrees, from crowd-sourced tracks.

    Parameters
    ----------
    percentile
        One of `CAMPBELL_PERCENTILES`; higher is faster.

    Examples
    --------
    >>> round(float(campbell_percentile(50)(0)), 2)
    9.19
    """
    return _lorentz(*_CAMPBELL[percentile])


def sullivan_percentile(percentile: float) -> Callable[[ArrayLike], Array]:
    """Return the walking speed by slope, km/h, of firefighters (Sullivan et al. 2020).

    The form of `campbell_percentile`; 0 where the fit goes below it, on slopes it was not made for.

    Parameters
    ----------
    percentile
        One of `SULLIVAN_PERCENTILES`. The values are travel rates of firefighters; in this study
        the lower percentile is the faster.

    Examples
    --------
    >>> round(float(sullivan_percentile(50.0)(0)), 2)
    3.37
    """
    return _lorentz(*_SULLIVAN[percentile])


def campbell(slope: ArrayLike) -> Array:
    """Return the walking speed, km/h (Campbell, Dennison and Butler 2017).

    1.662 - 0.005191 A - 0.001127 A^2 m/s, A in degrees; 0 on slopes so steep that it falls below.

    Examples
    --------
    >>> round(float(campbell(0)), 3), float(campbell(1))
    (5.983, 0.0)
    """
    angle = _degrees(slope)
    return np.asarray(MS_TO_KMH * np.maximum(0.0, 1.662 - 5.191e-3 * angle - 1.127e-3 * angle**2))


def wheeled(slope: ArrayLike, *, critical_percent: float = 12.0) -> Array:
    """Return the cost of a metre for wheels, over that on the level: 1 + (100 S / critical)^2.

    Llobera and Sluckin 2007; the critical slope of Roman carts is 8 to 16 percent (Herzog 2013).

    Parameters
    ----------
    slope
        dz/L, positive uphill, any shape.
    critical_percent
        The slope from which zigzags are cheaper.

    Examples
    --------
    >>> round(float(wheeled(0.12)), 12)
    2.0
    """
    return np.asarray(1.0 + (100.0 * np.asarray(slope, float) / critical_percent) ** 2)


def herzog(slope: ArrayLike) -> Array:
    """Return the energy of a metre, J / (kg m): a polynomial of degree 6 (Herzog 2013).

    Fitted to the measurements of Minetti et al. 2002.

    Examples
    --------
    >>> float(herzog(0))
    1.64
    """
    return _polynomial(slope, [1.64, 19.825, 93.419, -78.199, -517.39, 278.19, 1337.8])


def llobera_sluckin(slope: ArrayLike) -> Array:
    """Return the energy of a metre, kJ / m: a polynomial of degree 4 (Llobera and Sluckin 2007).

    Examples
    --------
    >>> float(llobera_sluckin(0))
    2.635
    """
    return _polynomial(slope, [2.635, 17.37, 42.37, -21.43, 14.93])


def minetti(slope: ArrayLike) -> Array:
    """Return the energy of a metre, J / (kg m), on |S|: the polynomial of Minetti et al. 2002.

    280.5 S^5 - 58.7 S^4 - 76.8 S^3 + 51.9 S^2 + 19.6 S + 2.5, taken on the absolute slope as in
    other packages; the original is signed, and descent costs less there.

    Examples
    --------
    >>> float(minetti(0))
    2.5
    """
    return _polynomial(np.abs(np.asarray(slope, float)), [2.5, 19.6, 51.9, -76.8, -58.7, 280.5])


def _polynomial(slope: ArrayLike, coefficients: list[float]) -> Array:
    """Return the values of a polynomial, coefficients from the constant upward."""
    return np.asarray(np.polynomial.polynomial.polyval(np.asarray(slope, float), coefficients))


def _degrees(slope: ArrayLike) -> Array:
    return np.asarray(np.degrees(np.arctan(np.asarray(slope, float))))


def _lorentz(
    peak: float, width: float, height: float, base: float, tilt: float
) -> Callable[[ArrayLike], Array]:
    def speed(slope: ArrayLike) -> Array:
        angle = _degrees(slope)
        curve = height / (np.pi * width * (1.0 + ((angle - peak) / width) ** 2))
        return np.asarray(MS_TO_KMH * np.maximum(0.0, curve + base + tilt * angle))

    return speed


SLOPE_FUNCTIONS: Mapping[str, Callable[[ArrayLike], Array]] = MappingProxyType(
    {
        "tobler": tobler,
        "tobler_off_path": tobler_off_path,
        "modified_tobler": modified_tobler,
        "irmischer_clarke": irmischer_clarke,
        "irmischer_clarke_off_path": irmischer_clarke_off_path,
        "irmischer_clarke_women": irmischer_clarke_women,
        "irmischer_clarke_women_off_path": irmischer_clarke_women_off_path,
        "rees": rees,
        "langmuir": langmuir,
        "naismith": naismith,
        "davey": davey,
        "garmy": garmy,
        "kondo_saino": kondo_saino,
        **{f"campbell_2019_{p}": campbell_percentile(p) for p in CAMPBELL_PERCENTILES},
    }
)
LIMITED_SLOPE_FUNCTIONS: Mapping[str, Callable[[ArrayLike], Array]] = MappingProxyType(
    {
        "campbell": campbell,
        "sullivan_167": sullivan_percentile(16.7),
        "sullivan_500": sullivan_percentile(50.0),
        "sullivan_833": sullivan_percentile(83.3),
    }
)
SLOPE_COSTS: Mapping[str, Callable[[ArrayLike], Array]] = MappingProxyType(
    {
        "wheeled": wheeled,
        "herzog": herzog,
        "llobera_sluckin": llobera_sluckin,
        "minetti": minetti,
    }
)
