"""How posts are attacked and how long they hold, as a scenario gives it."""

from typing import Annotated

from pydantic import Field

from corridors.scenario.fields import Day, Name, Table

__all__ = ["Posts"]

Hours = Annotated[float, Field(gt=0, le=1000, allow_inf_nan=False)]
Spread = Annotated[float, Field(ge=0, le=2, allow_inf_nan=False)]


class Posts(Table):
    """What the chance that a post is attacked and stands alone is reckoned with."""

    attack_kinds: list[Name] = Field(
        default_factory=list,
        description="Kinds of incident that are attacks; unless given, those whose name says so "
        "(attack, assault, raid, ambush, shelling, bomb, IED).",
    )
    attacks_since: Day | None = Field(
        None,
        description="The first day from which attacks were recorded; unless given, that of the "
        "first incident.",
    )
    horizon_days: float = Field(
        30.0, gt=0, le=3660, description="The time to come that an attack is looked for in."
    )
    hold_hours: Hours = Field(
        2.0,
        description="How long a post holds on average until support must be there; a column "
        "hold_hours of the checkpoints goes before it.",
    )
    hold_spread: Spread = Field(
        0.5, description="Relative deviation of that from attack to attack."
    )
    support_spread: Spread = Field(
        0.3, description="Relative deviation of the hours of support: how well they are known."
    )
