"""What a study does not know of its inputs, for ensembles; nothing is uncertain unless given."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Uncertainty"]

Relative = Annotated[float, Field(ge=0, le=2, allow_inf_nan=False)]
Logit = Annotated[float, Field(ge=0, le=5, allow_inf_nan=False)]


class Uncertainty(BaseModel):
    """How well the inputs are known. A relative deviation makes a lognormal factor of median 1."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, strict=True)

    elevation_rmse_m: float = Field(
        0.0, ge=0, le=1000, description="Error of the heights of cells, metres, one deviation."
    )
    elevation_length_m: float = Field(
        1000.0,
        gt=0,
        le=1_000_000,
        description="Over about this distance errors of height hang together; a cell or more.",
    )
    speed: Relative = Field(
        0.0, description="Relative deviation of each profile's speed, profile by profile."
    )
    speed_common: Relative = Field(0.0, description="The same of all speeds together.")
    off_road: Relative = Field(0.0, description="The same of speeds off the road, besides.")
    barrier_delay: Relative = Field(0.0, description="Relative deviation of each barrier's delay.")
    crossing_delay: Relative = Field(0.0, description="Relative deviation of the crossings' delay.")
    ranges: Relative = Field(0.0, description="Relative deviation of each sensor's range.")
    ranges_common: Relative = Field(0.0, description="The same of all ranges together.")
    probabilities: Logit = Field(
        0.0, description="Deviation of the logit of each sensor's probability."
    )
    probabilities_common: Logit = Field(0.0, description="The same of all sensors together.")
    origins: Relative = Field(0.0, description="Relative deviation of each origin's weight.")
    destinations: Relative = Field(
        0.0, description="Relative deviation of each destination's weight."
    )
    profile_shares: Relative = Field(0.0, description="Relative deviation of each profile's share.")
    detour: Relative = Field(0.0, description="Relative deviation of flow.detour.")
    event_positions: bool = Field(
        False, description="Whether incidents lie anywhere within their location_precision_m."
    )
    attack_rates: bool = Field(
        False,
        description="Whether rates of attacks are drawn from what the record says of them, with "
        "the places of attacks.",
    )
    support: bool = Field(
        False, description="Whether the hours of support vary by posts.support_spread, all alike."
    )

    def drawn(self) -> list[str]:
        """Return the names of the inputs that are uncertain.

        Examples
        --------
        >>> Uncertainty(speed=0.1, event_positions=True).drawn()
        ['speed', 'event_positions']
        """
        names = [name for name in type(self).model_fields if name != "elevation_length_m"]
        return [name for name in names if getattr(self, name)]
