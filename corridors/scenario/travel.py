"""Who travels in a study, from where to where, past what, in which weather."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Discriminator, Field, Tag, field_validator, model_validator

from corridors.scenario.fields import (
    Latitude,
    Longitude,
    Metres,
    Minutes,
    Name,
    PathText,
    Rain,
    Share,
    Slug,
    SpeedKmh,
    Table,
    Weight,
    belong_to_file,
)
from corridors.speeds import ROAD_RAIN_FACTORS, SLOPE_FUNCTIONS

__all__ = [
    "Barrier",
    "Crossings",
    "Endpoint",
    "Knowledge",
    "Profile",
    "RainFactor",
    "RainFactors",
    "Transit",
    "Weather",
]


class RainFactors(Table):
    """What rain leaves of the speed, by how hard it rains."""

    light: Share
    moderate: Share
    heavy: Share

    @model_validator(mode="after")
    def _falls(self) -> Self:
        if not self.light >= self.moderate >= self.heavy:
            message = (
                f"harder rain leaves no more of the speed, but light = {self.light:g}, "
                f"moderate = {self.moderate:g}, heavy = {self.heavy:g}"
            )
            raise ValueError(message)
        return self


def _table_or_number(value: object) -> str:
    return "table" if isinstance(value, Mapping | RainFactors) else "number"


RainFactor = Annotated[
    Annotated[Share, Tag("number")] | Annotated[RainFactors, Tag("table")],
    Discriminator(_table_or_number),
]


class Profile(Table):
    """One way of moving."""

    name: Slug
    label: Name | None = None
    share: Share = Field(description="Part of the transits that move so; shares sum to 1.")
    mode: Literal["foot", "vehicle"]
    slope_function: str | None = Field(
        None, description="On foot: speed by slope, by name (corridors.SLOPE_FUNCTIONS)."
    )
    off_road_factor: float | None = Field(
        None, ge=0.01, le=1, description="On foot: off a path, speed is multiplied by this."
    )
    off_road_kmh: SpeedKmh | None = Field(None, description="Vehicle: speed on level open ground.")
    slope_max_deg: float | None = Field(
        None, gt=0, lt=60, description="Steeper ground than this cannot be driven."
    )
    road_kmh: dict[str, SpeedKmh] = Field(
        default_factory=dict,
        description="Speed by road class; 'other' for classes not named. On foot, the slope "
        "function without the off-road factor unless given.",
    )
    rain_factor: RainFactor = Field(
        1.0,
        description="Off the road, speed in rain is multiplied by this (assumed): one number, or "
        "one each for light, moderate and heavy rain.",
    )
    road_rain_factor: RainFactor | None = Field(
        None,
        description="The same on roads. Unless given, vehicles lose 3.4, 6.8 or 10.2 percent, and "
        "walkers nothing.",
    )

    @model_validator(mode="after")
    def _fits_its_mode(self) -> Self:
        foreign = {
            "foot": ("off_road_kmh", "slope_max_deg"),
            "vehicle": ("slope_function", "off_road_factor"),
        }[self.mode]
        given = [key for key in foreign if getattr(self, key) is not None]
        if given:
            other = "vehicle" if self.mode == "foot" else "foot"
            message = f"{' and '.join(given)} belong to mode '{other}', not to '{self.mode}'"
            raise ValueError(message)
        if self.mode == "vehicle" and self.off_road_kmh is None:
            message = "a vehicle needs off_road_kmh, its speed on level open ground"
            raise ValueError(message)
        if self.mode == "vehicle" and not self.road_kmh:
            message = "a vehicle needs road_kmh, its speed by road class, such as {other = 50}"
            raise ValueError(message)
        return self

    @field_validator("slope_function")
    @classmethod
    def _is_known(cls, value: str | None) -> str | None:
        if value is not None and value not in SLOPE_FUNCTIONS:
            message = f"'{value}' is not a slope function; take one of {', '.join(SLOPE_FUNCTIONS)}"
            raise ValueError(message)
        return value

    def rain_share(self, rain: Rain, *, on_road: bool) -> float:
        """Return what rain leaves of the speed."""
        factor = self.road_rain_factor if on_road else self.rain_factor
        if rain == "none":
            return 1.0
        if factor is None:
            return ROAD_RAIN_FACTORS[rain] if self.mode == "vehicle" else 1.0
        return float(getattr(factor, rain)) if isinstance(factor, RainFactors) else factor

    @property
    def title(self) -> str:
        """What to call it on a map."""
        return self.label or self.name.replace("_", " ")


class Endpoint(Table):
    """An origin or a destination: a place by name, a point, or polygons of a file."""

    name: Name
    weight: Weight = Field(1.0, description="Relative; weights of origins are scaled to sum to 1.")
    place: str | None = Field(None, description="A name in the places or camps layers.")
    point: Annotated[tuple[Longitude, Latitude], Field(strict=False)] | None = Field(
        None, description="Longitude, latitude."
    )
    file: PathText | None = Field(None, description="A file of points or polygons.")
    layer: str | None = Field(None, description="Layer inside the file.")
    crs: str | None = Field(None, description="CRS of a file that declares none.")
    reason: str | None = Field(None, description="Why it is assumed.")

    @model_validator(mode="after")
    def _says_where_once(self) -> Self:
        given = [key for key in ("place", "point", "file") if getattr(self, key) is not None]
        if len(given) != 1:
            message = (
                f"give exactly one of place, point or file; here: {', '.join(given) or 'none'}"
            )
            raise ValueError(message)
        belong_to_file(self.file, layer=self.layer, crs=self.crs)
        return self


class Barrier(Table):
    """A line that slows or stops movement over the ground: a wall, a berm and ditch, a river."""

    name: Name
    borders: list[str] | None = Field(
        None, min_length=1, description="Ids in the borders layer that it follows."
    )
    file: PathText | None = Field(None, description="Or a file of lines of its own.")
    layer: str | None = Field(None, description="Layer inside the file.")
    crs: str | None = Field(None, description="CRS of a file that declares none.")
    delay_minutes: dict[str, Minutes | Literal["impassable"]] = Field(
        description="By profile: minutes to get over it, or 'impassable'."
    )
    back_delay_minutes: dict[str, Minutes | Literal["impassable"]] | None = Field(
        None,
        description="The same for those who come from behind; as delay_minutes where not given.",
    )
    front: Annotated[tuple[Longitude, Latitude], Field(strict=False)] | None = Field(
        None,
        description="Longitude, latitude of any point on the side that delay_minutes is for; "
        "needed with back_delay_minutes.",
    )
    roads: Literal["pass", "stop"] | None = Field(
        None,
        description="For a file: roads go through ('pass', a bridge or a gap; the default) or "
        "meet it as the ground does ('stop').",
    )
    reason: str | None = Field(None, description="Why it is assumed.")

    @model_validator(mode="after")
    def _says_where_once(self) -> Self:
        if (self.borders is None) == (self.file is None):
            message = "give either borders (ids in the borders layer) or file"
            raise ValueError(message)
        belong_to_file(self.file, layer=self.layer, crs=self.crs, roads=self.roads)
        if (self.front is None) != (self.back_delay_minutes is None):
            message = (
                "front and back_delay_minutes go together: front is a point on the side that "
                "delay_minutes is for"
            )
            raise ValueError(message)
        return self


class Crossings(Table):
    """How crossings tie the two sides of a border."""

    delay_minutes: dict[str, Minutes] = Field(
        default_factory=dict, description="By profile: minutes that an open crossing takes."
    )
    max_distance_m: Metres = Field(
        5000, description="A crossing farther from every border than this is an error."
    )
    road_tolerance_m: Metres = Field(
        2000, description="A road that cuts the border within this of a crossing passes through it."
    )


class Weather(Table):
    """The weather of the study; what is not given is that of the month, or else fair."""

    month: int | None = Field(
        None,
        ge=1,
        le=12,
        description="The month whose climate (layers.climate) stands for rain and temperature_c "
        "where these are not given.",
    )
    visibility_km: float | None = Field(None, ge=0, le=300, description="Meteorological range.")
    rain: Rain = "none"
    temperature_c: float | None = Field(None, ge=-60, le=60)
    night: bool = Field(False, description="Whether transits pass in the dark.")
    note: str | None = None


class Knowledge(Table):
    """What travellers know of the posts, and what they give to keep out of their sight."""

    informed: float = Field(
        0.0, ge=0, le=1, description="Part of the travellers who know of posts at all."
    )
    posts_known: float = Field(
        1.0, ge=0, le=1, description="Part of the posts that each of these knows."
    )
    kappa_hours: float = Field(
        3.0,
        gt=0,
        le=1000,
        description="Hours that they give to avoid one unit of hazard, which catches 63 percent.",
    )


class Transit(Table):
    """How many transits go from one origin to one destination."""

    origin: Name
    destination: Name
    weight: Weight = Field(1.0, description="Relative to the other rows.")
    reason: str | None = Field(None, description="Why it is assumed.")
