"""What a study is: the keys of a scenario file, their units and their limits."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    field_validator,
    model_validator,
)

from corridors.scenario.uncertainty import Uncertainty
from corridors.speeds import ROAD_RAIN_FACTORS, SLOPE_FUNCTIONS

__all__ = [
    "Area",
    "Assumption",
    "Barrier",
    "Buffers",
    "Corridor",
    "Crossings",
    "Endpoint",
    "Exposure",
    "LayerSource",
    "LayerSources",
    "Output",
    "Profile",
    "RainFactors",
    "Roads",
    "Scenario",
    "Source",
    "Terrain",
    "Weather",
]

EXTENT_MIN_DEG = 0.001  # about 100 m

Rain = Literal["none", "light", "moderate", "heavy"]
Share = Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)]
CheckpointKind = Literal["watch_post", "manned_gate", "road_post", "tower_thermal", "patrol"]
Weight = Annotated[float, Field(gt=0, le=1e6, allow_inf_nan=False)]
SpeedKmh = Annotated[float, Field(gt=0, le=200, allow_inf_nan=False)]
Metres = Annotated[float, Field(gt=0, le=1_000_000, allow_inf_nan=False)]
Minutes = Annotated[float, Field(ge=0, le=10_080, allow_inf_nan=False)]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Name = Annotated[str, Field(min_length=1, max_length=120)]
PathText = Annotated[str, Field(min_length=1, max_length=1000, pattern=r"^[^\x00-\x1f]+$")]
Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]


class _Table(BaseModel):
    """A table of the scenario: unknown keys and other types are refused, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, strict=True)


class Area(_Table):
    """Where: the study box, its metric CRS and the working grid."""

    bbox: tuple[Longitude, Latitude, Longitude, Latitude] = Field(
        strict=False, description="West, south, east, north in degrees (WGS 84)."
    )
    crs: str = Field(
        "auto",
        description="The metric CRS to work in: 'auto' (UTM, or a local equal-area projection), "
        "an EPSG code, or a PROJ string.",
    )
    cell_m: float = Field(500, ge=5, le=50_000, description="Side of a working cell, metres.")
    neighbours: Literal[8, 16] = Field(
        16,
        description="Moves from a cell: a straight line comes out at most 8.24 or 2.75 percent "
        "too long.",
    )

    @model_validator(mode="after")
    def _has_extent(self) -> Self:
        west, south, east, north = self.bbox
        if west >= east:
            message = (
                f"bbox runs from west to east, but {west} is not west of {east}; "
                "an area over the 180th meridian is not supported"
            )
            raise ValueError(message)
        if south >= north:
            message = (
                f"bbox is west, south, east, north, but {south} is not south of {north}; "
                "are the axes swapped?"
            )
            raise ValueError(message)
        if min(east - west, north - south) < EXTENT_MIN_DEG:
            message = f"bbox is less than {EXTENT_MIN_DEG:g} degrees wide or high; make it larger"
            raise ValueError(message)
        return self


class Source(_Table):
    """A file, and whose it is."""

    file: PathText = Field(description="Path, relative to the scenario file.")
    source: str | None = Field(None, description="Whose data this is.")
    licence: str | None = Field(None, description="Under which terms.")
    attribution: str | None = Field(None, description="What the map must say of it.")


class LayerSource(Source):
    """One file of a layer and how its columns are called."""

    layer: str | None = Field(None, description="Layer inside the file, where it holds several.")
    where: str | None = Field(None, description="An OGR SQL condition: which rows to take.")
    crs: str | None = Field(
        None, description="CRS of a file that declares none (CSV); refused where the file has one."
    )
    x: str | None = Field(None, description="CSV: the column with x or longitude.")
    y: str | None = Field(None, description="CSV: the column with y or latitude.")
    columns: dict[str, str] = Field(
        default_factory=dict, description="Our column name = the file's column name."
    )
    defaults: dict[str, str | float | bool | dt.date] = Field(
        default_factory=dict, description="Values for columns that the file does not have."
    )

    @model_validator(mode="after")
    def _has_both_coordinates(self) -> Self:
        if (self.x is None) != (self.y is None):
            message = "give both x and y, the columns of a CSV that hold the coordinates"
            raise ValueError(message)
        return self


def _as_list(value: object) -> object:
    if isinstance(value, str):
        message = f"must be a table that names the file: {{ file = {value!r} }}"
        raise ValueError(message)  # noqa: TRY004 pydantic reports a ValueError as a mistake
    return [value] if isinstance(value, Mapping) else value


Sources = Annotated[
    list[LayerSource],
    BeforeValidator(_as_list, json_schema_input_type=LayerSource | list[LayerSource]),
]


SomeSources = Annotated[
    list[LayerSource],
    Field(min_length=1),
    BeforeValidator(
        _as_list,
        json_schema_input_type=LayerSource | Annotated[list[LayerSource], Field(min_length=1)],
    ),
]


class LayerSources(_Table):
    """The files of every layer: one table, or several under the same key."""

    elevation: Source = Field(description="Raster of heights in metres.")
    borders: SomeSources = Field(description="Lines: id, name.")
    roads: Sources = Field(default_factory=list, description="Lines: id, road_class.")
    crossings: Sources = Field(default_factory=list, description="Points: id, name, status, open.")
    checkpoints: Sources = Field(
        default_factory=list, description="Points: id, name, kind, range_m, probability."
    )
    bases: Sources = Field(default_factory=list, description="Points: id, name.")
    patrols: Sources = Field(
        default_factory=list,
        description="Lines: id, name, range_m, probability, revisit_hours.",
    )
    reinforcements: Sources = Field(
        default_factory=list,
        description="Points: id, name; forces on their way, from where they start.",
    )
    incidents: Sources = Field(
        default_factory=list, description="Points: id, date, kind, location_precision_m."
    )
    places: Sources = Field(default_factory=list, description="Points: id, name, population.")
    camps: Sources = Field(default_factory=list, description="Points: id, name, population.")
    countries: Sources = Field(
        default_factory=list, description="Polygons: id, name; named on the map."
    )
    governorates: Sources = Field(default_factory=list, description="Polygons: id, name.")
    climate: LayerSource | None = Field(
        None,
        description="Points: month, temperature_c, precipitation_mm_month; read for weather.month.",
    )

    def by_kind(self) -> dict[str, list[LayerSource]]:
        """Return the vector layers' files by kind, in reading order."""
        return {
            kind: getattr(self, kind)
            for kind in type(self).model_fields
            if kind not in {"elevation", "climate"} and getattr(self, kind)
        }

    def every(self) -> list[Source]:
        """Return every file that is named."""
        vector = [source for sources in self.by_kind().values() for source in sources]
        return [self.elevation, *vector, *([self.climate] if self.climate else [])]


class Terrain(_Table):
    """How the elevation is used."""

    gaps: Literal["barred", "refuse"] = Field(
        "barred", description="Cells without elevation cannot be walked, or stop the study."
    )


class RainFactors(_Table):
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


class Profile(_Table):
    """One way of moving."""

    name: Slug
    label: Name | None = None
    share: Share = Field(description="Part of the transits that move so; shares sum to 1.")
    mode: Literal["foot", "vehicle"]
    slope_function: str | None = Field(
        None, description="On foot: speed by slope, by name (corridors.SLOPE_FUNCTIONS)."
    )
    off_road_factor: float | None = Field(
        None, gt=0, le=1, description="On foot: off a path, speed is multiplied by this."
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


class Endpoint(_Table):
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
        _belong_to_file(self.file, layer=self.layer, crs=self.crs)
        return self


class Barrier(_Table):
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
        _belong_to_file(self.file, layer=self.layer, crs=self.crs, roads=self.roads)
        if (self.front is None) != (self.back_delay_minutes is None):
            message = (
                "front and back_delay_minutes go together: front is a point on the side that "
                "delay_minutes is for"
            )
            raise ValueError(message)
        return self


class Crossings(_Table):
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


class Roads(_Table):
    """How roads are joined."""

    snap_tolerance_m: Metres = Field(30, le=5000, description="Ends this near are one junction.")


class Weather(_Table):
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


class SensorSettings(_Table):
    """What holds for the checkpoints of one kind where the layer says nothing."""

    range_m: float | None = Field(None, ge=1, le=100_000, description="By day in clear air.")
    probability: Share | None = Field(
        None, description="That it catches who passes straight through its place."
    )
    hours_of_duty: float | None = Field(None, gt=0, le=24)
    sight_height_m: float | None = Field(None, gt=0, le=200)
    revisit_hours: float | None = Field(
        None, gt=0, le=1000, description="Patrols: after how long they come back to a place."
    )
    fog_factor: float | None = Field(
        None, gt=0, le=20, description="How many times the visibility it sees."
    )
    night_factor: float | None = Field(None, ge=0, le=1, description="Part of its range at night.")


class Knowledge(_Table):
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


class Worth(_Table):
    """The sensor whose worth is mapped: what one more of it would catch, place by place."""

    kind: CheckpointKind = "watch_post"
    range_m: float = Field(3000.0, ge=1, le=100_000, description="By day in clear air.")
    probability: Share = Field(
        0.6, description="That it catches who passes straight through its place."
    )
    candidates: int = Field(
        60,
        ge=0,
        le=5000,
        description="Places that are tried on those who know of posts; spread where it is worth "
        "most to those who do not.",
    )


class Transit(_Table):
    """How many transits go from one origin to one destination."""

    origin: Name
    destination: Name
    weight: Weight = Field(1.0, description="Relative to the other rows.")
    reason: str | None = Field(None, description="Why it is assumed.")


class Flow(_Table):
    """Travellers who differ, each on the way that it believes best."""

    travellers: int = Field(400, ge=20, le=1_000_000, description="How many are drawn at most.")
    detour: float = Field(
        0.1,
        gt=0,
        le=10,
        description="How much longer than the best way ways are on average, in hours: 0.1 is "
        "10 percent.",
    )
    perception_km: float = Field(
        5.0, gt=0, description="Over about this distance beliefs about the ground hang together."
    )
    road_error: float = Field(
        0.5, ge=0, le=2, description="How far roads are misjudged, relative to the ground."
    )
    destinations: Literal["by_weight", "free"] = Field(
        "by_weight",
        description="Drawn by weight, or each traveller goes to the one it believes nearest.",
    )
    confidence: float = Field(
        0.9, ge=0.5, le=0.999, description="How often intervals are to hold the true value."
    )
    precision: float | None = Field(
        None,
        gt=0,
        lt=0.5,
        description="Stop once every border stretch's share is known to this, either way.",
    )
    bands: list[Annotated[float, Field(gt=0, lt=1)]] = Field(
        default_factory=lambda: [0.5, 0.8, 0.95],
        min_length=1,
        description="Parts of the expected journey that corridor bands hold.",
    )
    smoothing_m: Metres = Field(
        2000, description="Standard deviation of the kernel that bands are drawn with."
    )
    smallest_km2: float = Field(
        5.0, ge=0, description="Specks and holes of bands below this are left out."
    )
    stretch_km: float = Field(10.0, gt=0, description="Length of a stretch of border, about.")
    alternatives: int = Field(
        3, ge=1, le=10, description="Ways that truly differ, for each journey, the best included."
    )
    max_overlap: float = Field(
        0.5, gt=0, lt=1, description="Part of their length that two alternatives may share."
    )
    write_paths: bool = Field(
        False, description="Write the travellers' paths, generalised to the cell."
    )


class Corridor(_Table):
    """Which through-corridors to draw."""

    percent: list[Annotated[float, Field(gt=0, le=100)]] = Field(
        default_factory=lambda: [5.0],
        min_length=1,
        description="Ways at most this much longer than the least, in hours.",
    )
    extra_hours: list[Annotated[float, Field(gt=0, le=1000)]] = Field(
        default_factory=list, description="Ways that take at most so many hours more."
    )
    quantile: list[Annotated[float, Field(gt=0, lt=1)]] = Field(
        default_factory=list,
        description="The best part of all cells: 0.1 is the tenth with the quickest ways.",
    )


class Buffers(_Table):
    """Rings in true metres around results and sites; none for a key that is left out."""

    paths_m: list[Metres] = Field(default_factory=list)
    crossings_m: list[Metres] = Field(default_factory=list)
    checkpoints_m: list[Metres] = Field(default_factory=list)
    dissolve: bool = Field(False, description="Merge overlapping rings of one kind and radius.")


class Exposure(_Table):
    """How the first exposure of checkpoints is measured."""

    incident_radius_m: Metres = Field(10_000, description="Incidents this near are counted.")
    support_profile: Slug | None = Field(
        None, description="How help comes from the bases; the fastest profile unless given."
    )


class Output(_Table):
    """Where and how results are written."""

    folder: PathText = Field("results", description="Relative to the scenario file.")
    decimals: int = Field(6, ge=3, le=9, description="Decimals of GeoJSON coordinates.")


class Assumption(_Table):
    """Something the study takes as true without a source, and why."""

    what: str = Field(min_length=1, max_length=400)
    why: str = Field(min_length=1, max_length=600)


class Scenario(_Table):
    """A study: what to look at, with what, how, and what is assumed."""

    title: Name
    as_of: dt.date = Field(description="The day of the study; nothing later is used.")
    description: str = ""
    provenance: PathText | None = Field(
        None, description="A JSON file that says where each layer's file comes from."
    )
    seed: int = Field(0, ge=0, le=2**63 - 1)
    area: Area
    layers: LayerSources
    terrain: Terrain = Terrain()
    roads: Roads = Roads()
    profiles: list[Profile] = Field(min_length=1)
    origins: list[Endpoint] = Field(min_length=1)
    destinations: list[Endpoint] = Field(min_length=1)
    barriers: list[Barrier] = Field(default_factory=list)
    crossings: Crossings = Crossings()
    weather: Weather = Weather()
    sensors: dict[CheckpointKind, SensorSettings] = Field(
        default_factory=dict, description="By kind of checkpoint: what the layer does not say."
    )
    reference_kmh: SpeedKmh = Field(
        5.0, description="The speed that probabilities of sensors are meant for."
    )
    knowledge: Knowledge = Knowledge()
    worth: Worth = Worth()
    transits: list[Transit] = Field(
        default_factory=list,
        description="By origin and destination; the product of their weights unless given.",
    )
    flow: Flow = Flow()
    corridor: Corridor = Corridor()
    buffers: Buffers = Buffers()
    exposure: Exposure = Exposure()
    uncertainty: Uncertainty = Uncertainty()
    output: Output = Output()
    assumptions: list[Assumption] = Field(default_factory=list)
    folder: Path = Field(Path(), exclude=True, description="Set on reading: where paths start.")
    called: str = Field("the scenario", exclude=True, description="Set on reading: its file.")

    @field_validator("as_of", mode="before")
    @classmethod
    def _is_a_day(cls, value: Any) -> Any:
        if isinstance(value, dt.datetime):
            return value.date()
        if isinstance(value, str):
            try:
                return dt.date.fromisoformat(value)
            except ValueError as error:
                message = f"must be a day such as 2020-01-31; found {value!r}"
                raise ValueError(message) from error
        return value

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        for key in ("profiles", "origins", "destinations", "barriers"):
            _unique(key, [item.name for item in getattr(self, key)])
        total = sum(profile.share for profile in self.profiles)
        if abs(total - 1) > 1e-6:
            message = f"the profiles' shares sum to {total:g}, not to 1"
            raise ValueError(message)
        known = [profile.name for profile in self.profiles]
        for barrier in self.barriers:
            for delays in (barrier.delay_minutes, barrier.back_delay_minutes or {}):
                _profiles_known(f"barrier '{barrier.name}'", delays, known)
            missing = [name for name in known if name not in barrier.delay_minutes]
            if missing:
                message = (
                    f"barrier '{barrier.name}' has no delay_minutes for {', '.join(missing)}; "
                    "give minutes or 'impassable'"
                )
                raise ValueError(message)
        self._transits_agree()
        _profiles_known("crossings", self.crossings.delay_minutes, known)
        _climate_and_month(self.layers.climate, self.weather.month)
        support = self.exposure.support_profile
        if support is not None:
            _profiles_known("exposure.support_profile", [support], known)
        return self

    def _transits_agree(self) -> None:
        """Refuse a table of transits between places that are none, or that leaves some out."""
        for key, ends in (("origin", self.origins), ("destination", self.destinations)):
            known = [end.name for end in ends]
            named = [getattr(transit, key) for transit in self.transits]
            unknown = [name for name in named if name not in known]
            if unknown:
                message = f"transits name the {key} '{unknown[0]}', which is not one of " + (
                    ", ".join(known)
                )
                raise ValueError(message)
            left_out = [name for name in known if named and name not in named]
            if left_out:
                message = (
                    f"transits leave out the {key} '{left_out[0]}'; give it a row, or take it away"
                )
                raise ValueError(message)
        _unique("transits", [f"{row.origin} to {row.destination}" for row in self.transits])

    def path(self, relative: str) -> Path:
        """Return a path of the scenario, relative to its file, as one that can be opened."""
        try:
            return self.folder / Path(relative).expanduser()
        except RuntimeError:  # there is no such user
            return self.folder / relative


def _belong_to_file(file: str | None, **keys: str | None) -> None:
    given = [key for key, value in keys.items() if value is not None]
    if file is None and given:
        message = f"{' and '.join(given)} only go with a file, and no file is given"
        raise ValueError(message)


def _climate_and_month(climate: LayerSource | None, month: int | None) -> None:
    if month is not None and climate is None:
        message = "weather.month needs layers.climate, a file of temperature and rain by month"
        raise ValueError(message)
    if climate is not None and month is None:
        message = "layers.climate is read for weather.month only; give the month, or leave it out"
        raise ValueError(message)


def _unique(key: str, names: list[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        message = f"{key} share a name: {', '.join(twice)}; give each its own"
        raise ValueError(message)


def _profiles_known(where: str, given: Any, known: list[str]) -> None:
    unknown = [name for name in given if name not in known]
    if unknown:
        message = (
            f"{where} names the profile '{unknown[0]}', which is not one of {', '.join(known)}"
        )
        raise ValueError(message)
