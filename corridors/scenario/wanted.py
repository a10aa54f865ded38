"""What a study is to compute, and what it takes as true."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from corridors.scenario.fields import Metres, PathText, Share, Slug, Table, each_once

__all__ = [
    "Assumption",
    "Buffers",
    "Corridor",
    "Exposure",
    "Flow",
    "Output",
    "SensorSettings",
    "Worth",
]

Once = AfterValidator(each_once)


class SensorSettings(Table):
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


class Worth(Table):
    """The sensor whose worth is mapped: what one more of it would catch, place by place."""

    kind: Literal["watch_post", "manned_gate", "road_post", "tower_thermal"] = "watch_post"
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


class Flow(Table):
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
    bands: Annotated[list[Annotated[float, Field(gt=0, lt=1)]], Once] = Field(
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


class Corridor(Table):
    """Which through-corridors to draw."""

    percent: Annotated[list[Annotated[float, Field(gt=0, le=100)]], Once] = Field(
        default_factory=lambda: [5.0],
        min_length=1,
        description="Ways at most this much longer than the least, in hours.",
    )
    extra_hours: Annotated[
        list[Annotated[float, Field(gt=0, le=1000)]], AfterValidator(each_once)
    ] = Field(default_factory=list, description="Ways that take at most so many hours more.")
    quantile: Annotated[list[Annotated[float, Field(gt=0, lt=1)]], Once] = Field(
        default_factory=list,
        description="The best part of all cells: 0.1 is the tenth with the quickest ways.",
    )


class Buffers(Table):
    """Rings in true metres around results and sites; none for a key that is left out."""

    paths_m: Annotated[list[Metres], Once] = Field(default_factory=list)
    crossings_m: Annotated[list[Metres], Once] = Field(default_factory=list)
    checkpoints_m: Annotated[list[Metres], Once] = Field(default_factory=list)
    dissolve: bool = Field(False, description="Merge overlapping rings of one kind and radius.")


class Exposure(Table):
    """How the first exposure of checkpoints is measured."""

    incident_radius_m: Metres = Field(10_000, description="Incidents this near are counted.")
    support_profile: Slug | None = Field(
        None, description="How help comes from the bases; the fastest profile unless given."
    )


class Output(Table):
    """Where and how results are written."""

    folder: PathText = Field("results", description="Relative to the scenario file.")
    decimals: int = Field(6, ge=3, le=9, description="Decimals of GeoJSON coordinates.")


class Assumption(Table):
    """Something the study takes as true without a source, and why."""

    what: str = Field(min_length=1, max_length=400)
    why: str = Field(min_length=1, max_length=600)
