"""Barriers of a scenario: from ids of borders, or a file, to lines in the working CRS."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from corridors.crs import LONLAT, project
from corridors.errors import ScenarioError
from corridors.layers.check import Subject, check_geometry
from corridors.layers.kinds import LayerKind
from corridors.layers.load import Layers, ReadingLog, bring_in
from corridors.layers.read import read_source
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
            else _from_borders(barrier, barrier.borders, where, layers, scenario)
        )
        if barrier.front is not None:
            lines = _front_on_the_left(lines, barrier.front, layers)
        # A road passes a border at its crossings alone, and is cut there already.
        stops_roads = barrier.borders is not None or barrier.roads == "stop"
        found.append(BarrierLines(barrier.name, lines, stops_roads))
    return found


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
    return shapely.get_parts(np.array(borders.loc[borders["id"].isin(wanted)].geometry.array))


def _from_file(
    barrier: Barrier, layers: Layers, scenario: Scenario, log: ReadingLog
) -> NDArray[np.object_]:
    path = scenario.path(str(barrier.file))
    subject = Subject(LayerKind(barrier.name, "line", ()), path)
    source = LayerSource(file=str(barrier.file), layer=barrier.layer, crs=barrier.crs)
    frame = read_source(source, path, kind=barrier.name, note=subject.note)
    inside, used = bring_in(check_geometry(frame, subject), layers.area, subject)
    log.findings.extend(subject.findings)
    log.transformations.extend(used)
    return shapely.get_parts(np.array(inside.geometry.array))


def _front_on_the_left(
    lines: NDArray[np.object_], front: tuple[float, float], layers: Layers
) -> NDArray[np.object_]:
    """Turn lines round so that the side where a point is lies on their left.

    Pieces that join are one line and are turned together; what a line's own bends hide is decided
    where it comes nearest to the point.
    """
    lonlat = gpd.GeoDataFrame(geometry=[shapely.Point(front)], crs=LONLAT)
    point = project(lonlat, to_crs=layers.area.working.crs).geometry.iloc[0]
    joined = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(lines)))
    turned = [line if _is_left(line, point) else shapely.reverse(line) for line in joined]
    return np.array(turned, dtype=object)


def _is_left(line: shapely.LineString, point: shapely.Point) -> bool:
    # At a corner the tangents of both pieces are averaged: one alone would misjudge points that
    # lie between their normals.
    along = shapely.line_locate_point(line, point)
    step = min(0.1, shapely.length(line) / 4)
    places = np.clip([along - step, along, along + step], 0, shapely.length(line))
    before, at, after = shapely.get_coordinates(shapely.line_interpolate_point(line, places))
    tangent, to_point = after - before, shapely.get_coordinates(point)[0] - at
    return bool(tangent[0] * to_point[1] - tangent[1] * to_point[0] > 0)
