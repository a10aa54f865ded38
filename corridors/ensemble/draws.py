"""What a member of an ensemble takes to be true: numbers that belong to its seed and its number.

Every draw has the name of what it is for (a profile, a sensor's id), so that it is the same
whatever else the study holds, and whoever draws it.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corridors.kernels.noise import combined_keys, standard_normals, uniforms
from corridors.scenario import Scenario

__all__ = ["Drawn", "Draws", "drawn_inputs"]

FloatArray = NDArray[np.float64]

# Keeps an ensemble's numbers apart from those of travellers, which start from the same seed.
_ENSEMBLE = 101


class Draws:
    """The random numbers of one member.

    Parameters
    ----------
    seed
        Of the study.
    member
        From 0; None for the study as given, in which every deviation is 0.

    Examples
    --------
    >>> Draws(7, None).factor("speed", 0.1), Draws(7, 3).factor("speed", 0.1) == 1.0
    (1.0, False)
    """

    def __init__(self, seed: int, member: int | None) -> None:
        self.member = member
        path = [seed, _ENSEMBLE, -1 if member is None else member]
        self._root = np.zeros(1, np.uint64)
        for number in path:
            self._root = combined_keys(self._root, np.array([number]))

    def key(self, what: str) -> np.uint64:
        """Return the key of a field."""
        return np.uint64(self._keys(what, [""])[0])

    def normals(self, what: str, names: Sequence[str]) -> FloatArray:
        """Return a standard normal number for each name."""
        if self.member is None:
            return np.zeros(len(names))
        return standard_normals(self._keys(what, names))

    def uniforms(self, what: str, names: Sequence[str]) -> FloatArray:
        """Return a number above 0 and below 1 for each name."""
        return uniforms(self._keys(what, names))

    def factors(self, what: str, names: Sequence[str], deviation: float) -> FloatArray:
        """Return a lognormal factor of median 1 for each name, with a relative deviation."""
        return np.asarray(np.exp(np.sqrt(np.log1p(deviation**2)) * self.normals(what, names)))

    def factor(self, what: str, deviation: float) -> float:
        """Return one such factor."""
        return float(self.factors(what, [""], deviation)[0])

    def _keys(self, what: str, names: Sequence[str]) -> NDArray[np.uint64]:
        numbers = np.array([_number(f"{what}\0{name}") for name in names], np.int64)
        return combined_keys(np.repeat(self._root, len(names)), numbers)


def _number(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:7], "big")


@dataclass(frozen=True)
class Drawn:
    """The inputs of one member that are numbers.

    Attributes
    ----------
    speed
        Factor of each profile's speed.
    off_road
        Factor of speeds off the road, besides.
    barrier_delay
        Factor of each barrier's delay, by name.
    crossing_delay
        Factor of the delay at crossings.
    ranges
        Factor of each sensor's range.
    logits
        What is added to the logit of each sensor's probability.
    origins, destinations, profiles
        Factors of weights and shares.
    detour
        Detour that travellers are to make.
    support
        Factor of the hours of support, besides that of speeds.
    told
        What is looked at to see which input matters, by name: one number for each.
    """

    speed: Mapping[str, float]
    off_road: float
    barrier_delay: Mapping[str, float]
    crossing_delay: float
    ranges: FloatArray
    logits: FloatArray
    origins: FloatArray
    destinations: FloatArray
    profiles: FloatArray
    detour: float
    support: float
    told: Mapping[str, float]


def drawn_inputs(scenario: Scenario, sensors: Sequence[str], draws: Draws) -> Drawn:
    """Draw the inputs of a member.

    Parameters
    ----------
    scenario
        The study, with ``uncertainty``.
    sensors
        Ids of the sensors.
    draws
        Of the member.
    """
    doubt = scenario.uncertainty
    profiles = [profile.name for profile in scenario.profiles]
    barriers = [barrier.name for barrier in scenario.barriers]
    ends = {
        role: [end.name for end in getattr(scenario, role)] for role in ("origins", "destinations")
    }
    common = draws.factor("speed_common", doubt.speed_common)
    speed = draws.factors("speed", profiles, doubt.speed)
    delays = draws.factors("barrier_delay", barriers, doubt.barrier_delay)
    ranges = draws.factors("ranges", sensors, doubt.ranges) * draws.factor(
        "ranges_common", doubt.ranges_common
    )
    logits = (
        doubt.probabilities * draws.normals("probabilities", sensors)
        + doubt.probabilities_common * draws.normals("probabilities_common", [""])[0]
    )
    origins, destinations = (
        draws.factors(role, names, getattr(doubt, role)) for role, names in ends.items()
    )
    shares = draws.factors("profile_shares", profiles, doubt.profile_shares)
    off_road = draws.factor("off_road", doubt.off_road)
    crossing = draws.factor("crossing_delay", doubt.crossing_delay)
    detour = scenario.flow.detour * draws.factor("detour", doubt.detour)
    support = draws.factor("support", scenario.posts.support_spread if doubt.support else 0.0)
    several = {
        "speed": (profiles, speed),
        "barrier_delay": (barriers, delays),
        "origins": (ends["origins"], origins),
        "destinations": (ends["destinations"], destinations),
        "profile_shares": (profiles, shares),
    }
    single = {
        "speed_common": common,
        "off_road": off_road,
        "crossing_delay": crossing,
        "detour": detour,
        "support": support,
        # Of many sensors what they have in common: one post's own range is not looked at alone.
        "ranges": float(np.exp(np.log(ranges).mean())) if len(ranges) else 1.0,
        "probabilities": float(logits.mean()) if len(logits) else 0.0,
    }
    return Drawn(
        speed=dict(zip(profiles, (common * speed).tolist(), strict=True)),
        off_road=off_road,
        barrier_delay=dict(zip(barriers, delays.tolist(), strict=True)),
        crossing_delay=crossing,
        ranges=ranges,
        logits=logits,
        origins=origins,
        destinations=destinations,
        profiles=shares,
        detour=detour,
        support=support,
        told=_told(doubt.drawn(), single, several),
    )


def _told(
    drawn: Sequence[str],
    single: Mapping[str, float],
    several: Mapping[str, tuple[list[str], FloatArray]],
) -> dict[str, float]:
    """Return the inputs that are uncertain, each as one number."""
    wanted = {name.removesuffix("_common") if "speed" not in name else name for name in drawn}
    told = {name: value for name, value in single.items() if name in wanted}
    for what, (names, values) in several.items():
        if what in wanted:
            told |= {f"{what}: {name}": float(v) for name, v in zip(names, values, strict=True)}
    return told
