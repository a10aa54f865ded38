"""What keys of a scenario share: limits of values, and what every table refuses."""

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

__all__ = [
    "CheckpointKind",
    "Day",
    "Latitude",
    "Longitude",
    "Metres",
    "Minutes",
    "Name",
    "PathText",
    "Rain",
    "Share",
    "Slug",
    "SpeedKmh",
    "Table",
    "Weight",
    "belong_to_file",
    "each_once",
    "require_profiles",
    "require_unique",
]

Rain = Literal["none", "light", "moderate", "heavy"]
Share = Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)]
CheckpointKind = Literal["watch_post", "manned_gate", "road_post", "tower_thermal", "patrol"]
Weight = Annotated[float, Field(gt=0, le=1e6, allow_inf_nan=False)]
SpeedKmh = Annotated[float, Field(ge=0.01, le=200, allow_inf_nan=False)]
Metres = Annotated[float, Field(gt=0, le=1_000_000, allow_inf_nan=False)]
Minutes = Annotated[float, Field(ge=0, le=10_080, allow_inf_nan=False)]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Name = Annotated[str, Field(min_length=1, max_length=120)]
PathText = Annotated[str, Field(min_length=1, max_length=1000, pattern=r"^[^\x00-\x1f]+$")]
Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]


def _day(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, str):
        try:
            return dt.date.fromisoformat(value)
        except ValueError as error:
            message = f"must be a day such as 2020-01-31; found {value!r}"
            raise ValueError(message) from error
    return value


Day = Annotated[dt.date, BeforeValidator(_day)]


class Table(BaseModel):
    """A table of the scenario: unknown keys and other types are refused, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, strict=True)


def belong_to_file(file: str | None, **keys: str | None) -> None:
    """Refuse keys that only go with a file where none is given."""
    given = [key for key, value in keys.items() if value is not None]
    if file is None and given:
        message = f"{' and '.join(given)} only go with a file, and no file is given"
        raise ValueError(message)


def require_unique(key: str, names: list[str]) -> None:
    """Refuse names that are there twice."""
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        message = f"{key} share a name: {', '.join(twice)}; give each its own"
        raise ValueError(message)


def each_once(values: list[float]) -> list[float]:
    """Refuse a number that a list holds twice: what it asks for would be drawn over itself."""
    twice = sorted({value for value in values if values.count(value) > 1})
    if twice:
        message = f"{twice[0]:g} is there twice; give each number once"
        raise ValueError(message)
    return values


def require_profiles(where: str, given: Any, known: list[str]) -> None:
    """Refuse names of profiles that there are not."""
    unknown = [name for name in given if name not in known]
    if unknown:
        message = (
            f"{where} names the profile '{unknown[0]}', which is not one of {', '.join(known)}"
        )
        raise ValueError(message)
