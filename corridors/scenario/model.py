"""What a study is: the keys of a scenario file, their units and their limits."""

from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from corridors.scenario.fields import (
    CheckpointKind,
    Day,
    Name,
    PathText,
    SpeedKmh,
    Table,
    require_profiles,
    require_unique,
)
from corridors.scenario.posts import Posts
from corridors.scenario.reinforcement import Reinforcement
from corridors.scenario.sources import Area, LayerSource, LayerSources, Roads, Source, Terrain
from corridors.scenario.travel import (
    Barrier,
    Crossings,
    Endpoint,
    Knowledge,
    Profile,
    RainFactors,
    Transit,
    Weather,
)
from corridors.scenario.uncertainty import Uncertainty
from corridors.scenario.wanted import (
    Assumption,
    Buffers,
    Corridor,
    Exposure,
    Flow,
    Output,
    SensorSettings,
    Worth,
)

__all__ = [
    "Area",
    "Assumption",
    "Barrier",
    "Buffers",
    "Corridor",
    "Crossings",
    "Endpoint",
    "Exposure",
    "Flow",
    "Knowledge",
    "LayerSource",
    "LayerSources",
    "Output",
    "Posts",
    "Profile",
    "RainFactors",
    "Reinforcement",
    "Roads",
    "Scenario",
    "SensorSettings",
    "Source",
    "Terrain",
    "Transit",
    "Weather",
    "Worth",
]


class Scenario(Table):
    """A study: what to look at, with what, how, and what is assumed."""

    title: Name
    as_of: Day = Field(description="The day of the study; nothing later is used.")
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
    posts: Posts = Posts()
    reinforcement: Reinforcement = Reinforcement()
    uncertainty: Uncertainty = Uncertainty()
    output: Output = Output()
    assumptions: list[Assumption] = Field(default_factory=list)
    folder: Path = Field(Path(), exclude=True, description="Set on reading: where paths start.")
    called: str = Field("the scenario", exclude=True, description="Set on reading: its file.")

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        for key in ("profiles", "origins", "destinations", "barriers"):
            require_unique(key, [item.name for item in getattr(self, key)])
        total = sum(profile.share for profile in self.profiles)
        if abs(total - 1) > 1e-6:
            message = f"the profiles' shares sum to {total:g}, not to 1"
            raise ValueError(message)
        known = [profile.name for profile in self.profiles]
        for barrier in self.barriers:
            for delays in (barrier.delay_minutes, barrier.back_delay_minutes or {}):
                require_profiles(f"barrier '{barrier.name}'", delays, known)
            missing = [name for name in known if name not in barrier.delay_minutes]
            if missing:
                message = (
                    f"barrier '{barrier.name}' has no delay_minutes for {', '.join(missing)}; "
                    "give minutes or 'impassable'"
                )
                raise ValueError(message)
        self._transits_agree()
        require_profiles("crossings", self.crossings.delay_minutes, known)
        _climate_and_month(self.layers.climate, self.weather.month)
        since = self.posts.attacks_since
        if since is not None and since >= self.as_of:
            message = f"posts.attacks_since = {since} is not before as_of = {self.as_of}"
            raise ValueError(message)
        support = self.exposure.support_profile
        if support is not None:
            require_profiles("exposure.support_profile", [support], known)
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
        require_unique("transits", [f"{row.origin} to {row.destination}" for row in self.transits])

    def path(self, relative: str) -> Path:
        """Return a path of the scenario, relative to its file, as one that can be opened."""
        try:
            return self.folder / Path(relative).expanduser()
        except RuntimeError:  # there is no such user
            return self.folder / relative


def _climate_and_month(climate: LayerSource | None, month: int | None) -> None:
    if month is not None and climate is None:
        message = "weather.month needs layers.climate, a file of temperature and rain by month"
        raise ValueError(message)
    if climate is not None and month is None:
        message = "layers.climate is read for weather.month only; give the month, or leave it out"
        raise ValueError(message)
