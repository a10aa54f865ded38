"""Whether scenarios can be compared: the same travellers must be in all of them."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from corridors.comparison.measured import Measured
from corridors.errors import ScenarioError
from corridors.scenario import Scenario
from corridors.scenario.model import Endpoint

__all__ = ["require_comparable", "require_same_travellers"]

# What is written, or decided by the first scenario for all, may differ.
OF_NO_CONSEQUENCE = {"write_paths", "alternatives", "max_overlap"}


def require_comparable(first: Scenario, other: Scenario) -> None:
    """Refuse scenarios that cannot have the same travellers, before any work.

    Parameters
    ----------
    first, other
        Scenarios; weather, sensors, knowledge, barriers, speeds and layers may differ.

    Raises
    ------
    ScenarioError
        When area, seed, profiles, origins, destinations, transits or ``[flow]`` differ.
    """
    differ = list(_differences(first, other))
    if differ:
        raise ScenarioError(
            f"{other.called} cannot be compared with {first.called}: {'; '.join(differ)}; "
            "the same travellers must be in both, so make these the same"
        )


def _differences(first: Scenario, other: Scenario) -> Iterator[str]:
    yield from _keys_that_differ("area", first.area, other.area)
    if first.seed != other.seed:
        yield _differ("seed", first.seed, other.seed)
    shares = [
        {profile.name: (profile.share, profile.mode) for profile in scenario.profiles}
        for scenario in (first, other)
    ]
    if list(shares[0].items()) != list(shares[1].items()):
        yield "profiles differ in names, order, shares or modes"
    for role in ("origins", "destinations"):
        ends = [_ends(scenario, getattr(scenario, role)) for scenario in (first, other)]
        if ends[0] != ends[1]:
            yield f"{role} differ"
    rows = [
        [(row.origin, row.destination, row.weight) for row in scenario.transits]
        for scenario in (first, other)
    ]
    if rows[0] != rows[1]:
        yield "transits differ"
    yield from _keys_that_differ("flow", first.flow, other.flow)


def _ends(scenario: Scenario, ends: list[Endpoint]) -> list[tuple[Any, ...]]:
    return [
        (
            end.name,
            end.weight,
            end.place,
            end.point,
            None if end.file is None else scenario.path(end.file).resolve(),
            end.layer,
        )
        for end in ends
    ]


def _keys_that_differ(name: str, first: Any, other: Any) -> Iterator[str]:
    for key in type(first).model_fields:
        values = getattr(first, key), getattr(other, key)
        if key not in OF_NO_CONSEQUENCE and values[0] != values[1]:
            yield _differ(f"{name}.{key}", *values)


def _differ(key: str, first: object, other: object) -> str:
    return f"{key} is {other!r} and not {first!r}"


def require_same_travellers(first: Measured, other: Measured) -> None:
    """Refuse scenarios whose layers put travellers or the border elsewhere.

    Parameters
    ----------
    first, other
        From `corridors.comparison.measured.measured`.

    Raises
    ------
    ScenarioError
        When the grids, the places where travellers set out, or the borders differ.
    """
    for what, same in (
        ("the places where travellers start", _same(first.start_cell, other.start_cell)),
        ("the travellers", _same(first.key, other.key) and _same(first.stratum, other.stratum)),
        ("the stretches of border", _same_border(first, other)),
    ):
        if not same:
            raise ScenarioError(
                f"{other.scenario.called} cannot be compared with {first.scenario.called}: "
                f"{what} differ; give both the same places, camps, elevation and borders"
            )


def _same(first: Any, other: Any) -> bool:
    return bool(np.array_equal(first, other))


def _same_border(first: Measured, other: Measured) -> bool:
    return _same(first.stretches["id"], other.stretches["id"]) and bool(
        first.stretches.geometry.geom_equals_exact(other.stretches.geometry, 0.001).all()
    )
