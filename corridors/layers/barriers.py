"""Barriers of a scenario: from ids of borders, or a file, to lines in the working CRS."""

import numpy as np
from numpy.typing import NDArray

from corridors.crs import project
from corridors.errors import ScenarioError
from corridors.layers.check import Subject, check_geometry
from corridors.layers.kinds import LayerKind
from corridors.layers.load import Layers
from corridors.layers.outside import outside_cause, outside_problem
from corridors.layers.read import read_source
from corridors.scenario.model import Barrier, LayerSource, Scenario

__all__ = ["barrier_lines"]


def barrier_lines(scenario: Scenario, layers: Layers) -> dict[str, NDArray[np.object_]]:
    """Return the lines of every barrier, by its name, in the working CRS.

    Raises
    ------
    ScenarioError
        When an id is not in the borders layer.
    LayerError
        When a barrier's file cannot be used, or lies outside the area.
    """
    return {
        barrier.name: (
            _from_borders(barrier, barrier.borders, f"barriers[{position}]", layers, scenario)
            if barrier.borders is not None
            else _from_file(barrier, layers, scenario)
        )
        for position, barrier in enumerate(scenario.barriers)
    }


def _from_borders(
    barrier: Barrier, wanted: list[str], where: str, layers: Layers, scenario: Scenario
) -> NDArray[np.object_]:
    borders = layers["borders"]
    known = set(borders["id"])
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise ScenarioError(
            f"{scenario.called}: {where} '{barrier.name}' follows the border '{unknown[0]}', which "
            f"is not in the borders layer; its ids in the study area are {', '.join(sorted(known))}"
        )
    return np.asarray(borders.loc[borders["id"].isin(wanted)].geometry.array)


def _from_file(barrier: Barrier, layers: Layers, scenario: Scenario) -> NDArray[np.object_]:
    path = scenario.path(str(barrier.file))
    kind = LayerKind(barrier.name, "line", ())
    subject = Subject(kind, path)
    source = LayerSource(file=str(barrier.file), layer=barrier.layer, crs=barrier.crs)
    frame = read_source(source, path, kind=kind.name)
    frame = project(check_geometry(frame, subject), to_crs=layers.area.working.crs)
    lines = frame.geometry.intersection(layers.area.polygon)
    lines = lines[~lines.is_empty & (lines.length > 0)]
    if lines.empty:
        raise subject.refuse(
            outside_problem(frame, layers.area), todo=outside_cause(frame, layers.area)
        )
    return np.asarray(lines.array)
