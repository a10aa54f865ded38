"""Where reinforcements may stand and what they cost, as a scenario gives it."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from corridors.scenario.fields import (
    Latitude,
    Longitude,
    Metres,
    Minutes,
    Name,
    PathText,
    Share,
    Table,
    belong_to_file,
    require_unique,
)
from corridors.scenario.sources import LayerSource
from corridors.scenario.travel import Weather

__all__ = [
    "Excluded",
    "Made",
    "Moves",
    "NewBases",
    "NewSensor",
    "Place",
    "Reinforcement",
    "SupportNetwork",
    "WeatherCase",
]

Point = Annotated[tuple[Longitude, Latitude], Field(strict=False)]
StandingKind = Literal["watch_post", "manned_gate", "road_post", "tower_thermal"]
Cost = Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=1, le=5000)]


class NewSensor(Table):
    """What is put in place; what is left out is that of its kind in ``[sensors]``."""

    kind: StandingKind | None = None
    range_m: float | None = Field(None, ge=1, le=100_000, description="By day in clear air.")
    probability: Share | None = Field(
        None, description="That it catches who passes straight through its place."
    )
    hours_of_duty: float | None = Field(None, gt=0, le=24)
    sight_height_m: float | None = Field(None, gt=0, le=200)


class Place(NewSensor):
    """One place where a sensor may be put."""

    name: Name
    point: Point = Field(description="Longitude, latitude.")
    cost: Cost = 1.0
    group: Name | None = Field(None, description="At most one place of a group is taken.")
    reason: str | None = Field(None, description="Why it is assumed.")


class Made(Table):
    """Places that are made from the study's layers."""

    border_km: float | None = Field(
        None, gt=0, le=1000, description="One every so many km along the border."
    )
    border_offset_m: float = Field(
        1000.0, ge=0, le=50_000, description="So far behind it, on the destinations' side."
    )
    borders: list[str] | None = Field(
        None, min_length=1, description="Ids in the borders layer; all unless given."
    )
    road_km: float | None = Field(
        None, gt=0, le=1000, description="One every so many km along roads."
    )
    junctions: bool = Field(False, description="One at each junction of roads.")
    high_ground: int = Field(
        0, ge=0, le=5000, description="So many summits from which most ground is seen."
    )
    gates: bool = Field(False, description="One at each crossing.")
    within_km: float | None = Field(
        None, gt=0, le=10_000, description="Places on roads and summits this near to a border."
    )


class Excluded(Table):
    """Where nothing is put: a circle, or the polygons of a file."""

    name: Name
    point: Point | None = Field(None, description="Longitude, latitude.")
    radius_m: Metres | None = None
    file: PathText | None = Field(None, description="A file of polygons.")
    layer: str | None = Field(None, description="Layer inside the file.")
    crs: str | None = Field(None, description="CRS of a file that declares none.")

    @model_validator(mode="after")
    def _says_where_once(self) -> Self:
        if (self.point is None) == (self.file is None):
            message = "give either point and radius_m, or a file of polygons"
            raise ValueError(message)
        if (self.point is None) != (self.radius_m is None):
            message = "point and radius_m go together: a circle"
            raise ValueError(message)
        belong_to_file(self.file, layer=self.layer, crs=self.crs)
        return self


class Moves(Table):
    """Posts that stand now and may be moved, each to one of the places."""

    posts: list[str] = Field(min_length=1, description="Ids in the checkpoints layer.")
    cost: Cost = Field(1.0, description="Of moving one.")


class WeatherCase(Weather):
    """A weather that a plan is to be good in."""

    name: Name


class SupportNetwork(Table):
    """Who helps transits: hubs and links, given or drawn from where travellers pass."""

    hubs: LayerSource | None = Field(None, description="Points: id, name.")
    links: LayerSource | None = Field(
        None, description="Lines from hub to hub; those of the travellers' paths unless given."
    )
    near_km: float = Field(
        2.0, gt=0, le=100, description="A path passes a place when it comes so near to it."
    )
    remove: int = Field(1, ge=1, le=100, description="How many are to be taken out.")
    removed: list[str] = Field(
        default_factory=list,
        description="Names of hubs whose loss is documented: what it did is told.",
    )


class NewBases(Table):
    """Where one more base may stand."""

    places: list[Point] = Field(default_factory=list, description="Longitude, latitude of each.")
    every_km: float | None = Field(
        None, gt=0, le=1000, description="Or one every so many km along roads."
    )
    lost: int = Field(1, ge=1, le=20, description="How many bases may be lost at once.")


class Reinforcement(NewSensor):
    """Where reinforcements may stand, and what they cost."""

    number: Count | None = Field(
        None, description="How many places are taken at most; 5 where no budget is given."
    )
    budget: float | None = Field(
        None, gt=0, le=1e12, description="Instead of the number: what the plan may cost."
    )
    cost: Cost = Field(1.0, description="Of each place that is made, or whose layer says nothing.")
    min_distance_m: float = Field(
        0.0, ge=0, le=1_000_000, description="Between any two places that are taken."
    )
    places: list[Place] = Field(default_factory=list)
    layer: LayerSource | None = Field(
        None, description="Points: id, name, kind, range_m, probability, cost, group."
    )
    made: Made | None = None
    excluded: list[Excluded] = Field(default_factory=list)
    moves: Moves | None = None
    seconds: float = Field(120.0, gt=0, le=86_400, description="Limit of time of a search.")
    fresh_travellers: int = Field(
        400, ge=20, le=1_000_000, description="Others on whom a plan is tried."
    )
    nested: bool = Field(
        False, description="Whether a plan of more places keeps those of the plan of fewer."
    )
    tolerance: float = Field(
        0.1, ge=0, le=10, description="Detour within which the opponent 'evasion' goes round."
    )
    hazard_per_hour: float = Field(
        0.0,
        ge=0,
        le=10,
        description="Opponent 'best': hazard anywhere outside, of being caught by chance.",
    )
    teams: int | None = Field(
        None, ge=1, le=1000, description="Patrols: fewer teams than places; a schedule is drawn."
    )
    days: int = Field(30, ge=1, le=3660, description="Of the schedule that is drawn.")
    weathers: list[WeatherCase] = Field(default_factory=list)
    members: int = Field(
        0, ge=0, le=1000, description="Members of the ensemble that a plan is to be good in."
    )
    delay_minutes: Minutes = Field(
        10.0, description="That a new post on a road or at a gate holds up ordinary traffic."
    )
    protected: list[Literal["places", "camps", "crossings"]] = Field(
        default_factory=list, description="Layers between which ordinary traffic goes."
    )
    support: SupportNetwork | None = None
    bases: NewBases | None = None

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        for key in ("places", "excluded", "weathers"):
            require_unique(key, [item.name for item in getattr(self, key)])
        if self.number is not None and self.budget is not None:
            message = "give either number or budget: what a plan is limited by"
            raise ValueError(message)
        return self
