"""Barriers of a scenario: from ids of borders, or a file, to lines in the working CRS."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from corridors.crs import LONLAT, project
from corridors.errors import ScenarioError
from corridors.layers.check import check_geometry
from corridors.layers.kinds import LayerKind
from corridors.layers.linework import front_on_the_left, without_overlaps
from corridors.layers.load import Layers, ReadingLog, bring_in
from corridors.layers.read import read_source
from corridors.layers.subject import Subject
from corridors.scenario.model import Barrier, LayerSource, Scenario

__all__ = ["BarrierLines", "barrier_lines"]


@dataclass(frozen=True)
class BarrierLines:
    """Where a barrier runs.

    Attributes
    ----------
    name
        The barrier's name in the scenario.
    lines
        LineStrings in the working CRS, its front on their left.
    stops_roads
        Whether roads that cut it meet it too, as the ground does.
    """

    name: str
    lines: NDArray[np.object_]
    stops_roads: bool = True


def barrier_lines(
    scenario: Scenario, layers: Layers, *, log: ReadingLog | None = None
) -> list[BarrierLines]:
    """Return where every barrier of a scenario runs.

    Parameters
    ----------
    scenario, layers
        The study and its layers, in the working CRS.
    log
        Told what was found and mended in the barriers' files.

    Raises
    ------
    ScenarioError
        When an id is not in the borders layer.
    LayerError
        When a barrier's file cannot be used, or lies outside the area.
    """
    log = log or ReadingLog()
    found = []
    for position, barrier in enumerate(scenario.barriers):
        where = f"barriers[{position}]"
        lines = (
            _from_file(barrier, layers, scenario, log)
            if barrier.borders is None
            else _from_borders(barrier, barrier.borders, where, layers, scenario, log)
        )
        if barrier.front is not None:
            lonlat = gpd.GeoDataFrame(geometry=[shapely.Point(barrier.front)], crs=LONLAT)
            front = project(lonlat, to_crs=layers.area.working.crs).geometry.iloc[0]
            lines = front_on_the_left(lines, front)
        # A road passes a border at its crossings alone, and is cut there already.
        stops_roads = barrier.borders is not None or barrier.roads == "stop"
        found.append(BarrierLines(barrier.name, lines, stops_roads))
    return found


def _from_borders(
    barrier: Barrier,
    wanted: list[str],
    where: str,
    layers: Layers,
    scenario: Scenario,
    log: ReadingLog,
) -> NDArray[np.object_]:
    borders = layers["borders"]
    known = set(borders["id"])
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise ScenarioError(
            f"{scenario.called}: {where} '{barrier.name}' follows the border '{unknown[0]}', which "
            f"is not in the borders layer; its ids in the study area are {', '.join(sorted(known))}"
        )
    subject = Subject(LayerKind(barrier.name, "line", ()))
    found = without_overlaps(
        borders[borders["id"].isin(wanted)].set_index("id"), subject, noun="border"
    )
    log.findings.extend(subject.findings)
    return shapely.get_parts(np.array(found.geometry.array))


def _from_file(
    barrier: Barrier, layers: Layers, scenario: Scenario, log: ReadingLog
) -> NDArray[np.object_]:
    path = scenario.path(str(barrier.file))
    subject = Subject(LayerKind(barrier.name, "line", ()), path)
    source = LayerSource(file=str(barrier.file), layer=barrier.layer, crs=barrier.crs)
    frame = read_source(source, path, kind=barrier.name, note=subject.note)
    frame = without_overlaps(check_geometry(frame, subject), subject)
    inside, used = bring_in(frame, layers.area, subject)
    log.findings.extend(subject.findings)
    log.transformations.extend(used)
    return shapely.get_parts(np.array(inside.geometry.array))
