"""The climate of a month, which stands for the weather that a scenario does not give."""

import calendar
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from corridors.crs import project
from corridors.layers.area import StudyArea
from corridors.layers.check import check_geometry
from corridors.layers.columns import check_columns
from corridors.layers.kinds import Column, LayerKind
from corridors.layers.load import ReadingLog
from corridors.layers.moved import move_noted
from corridors.layers.outside import outside_cause, outside_problem
from corridors.layers.read import read_source
from corridors.layers.subject import Subject
from corridors.scenario.fields import Rain
from corridors.scenario.model import LayerSource, Scenario

__all__ = ["MonthClimate", "month_climate", "typical_rain", "with_climate"]

KIND = LayerKind(
    "climate",
    "point",
    (
        Column("month", "number", required=True, low=1, high=12),
        Column("temperature_c", "number", required=True, low=-90, high=60),
        Column("precipitation_mm_month", "number", required=True, low=0, high=10_000),
    ),
)
# The World Meteorological Organization counts a day with 1 mm as wet; the step above is a guess.
WET_MM_DAY = 1.0
RAINY_MM_DAY = 5.0
# Climates are grids of up to a degree: a small area may lie between their points.
NEAR_M = 100_000.0


@dataclass(frozen=True)
class MonthClimate:
    """What a month is like on average.

    Attributes
    ----------
    month
        1 to 12.
    temperature_c
        Mean temperature.
    precipitation_mm, precipitation_mm_day
        Mean sum of the month, and of a day in it.
    points
        How many points of the layer it is the mean of.
    """

    month: int
    temperature_c: float
    precipitation_mm: float
    precipitation_mm_day: float
    points: int


def typical_rain(mm_day: float) -> Rain:
    """Return the rain that stands for a month in which so much falls a day, on average.

    Under 1 mm a day none, under 5 light, else moderate. A month's mean is no day's weather: it says
    neither how often it rains nor how hard, and so never that rain is heavy.

    Examples
    --------
    >>> typical_rain(1.9)
    'light'
    """
    if mm_day < WET_MM_DAY:
        return "none"
    return "light" if mm_day < RAINY_MM_DAY else "moderate"


def with_climate(scenario: Scenario, area: StudyArea, *, log: ReadingLog | None = None) -> Scenario:
    """Return the scenario with the climate of its month where its weather is not given.

    Parameters
    ----------
    scenario
        The study; without ``weather.month`` it comes back as it is.
    area
        Its area.
    log
        Told what the month is like, and what was taken from it.

    Returns
    -------
    Scenario
        With ``weather.rain`` and ``weather.temperature_c``. What the scenario gives stays.

    Raises
    ------
    MissingFileError, LayerError
        When the climate layer cannot be used, has no row for the month, or lies elsewhere.
    """
    weather, source = scenario.weather, scenario.layers.climate
    if weather.month is None or source is None:
        return scenario
    climate = month_climate(scenario, source, weather.month, area, log=log)
    typical: dict[str, object] = {
        "rain": typical_rain(climate.precipitation_mm_day),
        "temperature_c": round(climate.temperature_c, 1),
    }
    taken = {key: value for key, value in typical.items() if key not in weather.model_fields_set}
    if log is not None:
        log.findings.append(_sentence(climate, taken))
    return scenario.model_copy(update={"weather": weather.model_copy(update=taken)})


def _sentence(climate: MonthClimate, taken: dict[str, object]) -> str:
    said = " and ".join(f"{key} = {value!r}" for key, value in taken.items())
    used = (
        f"{said} taken from it"
        if taken
        else "nothing taken from it, for the scenario gives rain and temperature_c"
    )
    where = "1 point" if climate.points == 1 else f"{climate.points} points"
    return (
        f"climate: month {climate.month} has {climate.temperature_c:.1f} degrees and "
        f"{climate.precipitation_mm:.0f} mm of rain ({climate.precipitation_mm_day:.1f} mm a day), "
        f"the mean of {where}, which is no day's weather; {used}"
    )


def month_climate(
    scenario: Scenario,
    source: LayerSource,
    month: int,
    area: StudyArea,
    *,
    log: ReadingLog | None = None,
) -> MonthClimate:
    """Read what a month is like in a study area: the mean of the layer's points in it.

    Parameters
    ----------
    scenario
        The study, for paths and its year.
    source
        Points with ``month``, ``temperature_c`` and ``precipitation_mm_month``.
    month
        1 to 12.
    area
        The study area; where no point lies in it, the nearest within 100 km is taken.
    log
        Told of the transformation that was used.

    Raises
    ------
    MissingFileError, LayerError
        When the layer cannot be used, has no row for the month, or lies elsewhere.
    """
    path = scenario.path(source.file)
    subject = Subject(KIND, path)
    frame = read_source(source, path, kind=KIND.name, numbers=KIND.numbers, note=subject.note)
    frame = check_geometry(frame, subject)
    frame = check_columns(frame, subject, as_of=scenario.as_of)
    rows = frame[frame["month"] == month]
    if rows.empty:
        raise subject.refuse(
            f"has no row for month {month}", todo="take another month, or another file"
        )
    used = move_noted(rows.crs, area, subject)
    if log is not None:
        log.findings.extend(subject.findings)
        log.transformations.extend(used)
    here = rows[_in_or_near(rows, area, subject)]
    precipitation_mm = float(here["precipitation_mm_month"].mean())
    return MonthClimate(
        month=month,
        temperature_c=float(here["temperature_c"].mean()),
        precipitation_mm=precipitation_mm,
        precipitation_mm_day=precipitation_mm / calendar.monthrange(scenario.as_of.year, month)[1],
        points=len(here),
    )


def _in_or_near(rows: gpd.GeoDataFrame, area: StudyArea, subject: Subject) -> NDArray[np.bool_]:
    points = np.asarray(project(rows, to_crs=area.working.crs, name=str(subject.file)).geometry)
    away_m = shapely.distance(area.polygon, points)
    if away_m.min() > NEAR_M:
        raise subject.refuse(outside_problem(rows, area), todo=outside_cause(rows, area))
    nearest = np.arange(len(away_m)) == away_m.argmin()
    return np.asarray(away_m == 0 if away_m.min() == 0 else nearest)
