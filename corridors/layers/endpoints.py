"""Origins and destinations: from a name, a point or a file to geometries with weights."""

import difflib
from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from corridors.crs import LONLAT, project
from corridors.errors import ScenarioError
from corridors.layers.area import StudyArea
from corridors.layers.check import check_geometry
from corridors.layers.kinds import LayerKind
from corridors.layers.load import Layers, ReadingLog, bring_in
from corridors.layers.outside import outside_cause, outside_problem
from corridors.layers.read import read_source
from corridors.layers.subject import Subject
from corridors.scenario.model import Endpoint, LayerSource, Scenario

__all__ = ["resolve_endpoints", "transit_table"]

NAMED_IN = ("camps", "places")


def resolve_endpoints(
    endpoints: Sequence[Endpoint],
    layers: Layers,
    scenario: Scenario,
    *,
    role: str,
    log: ReadingLog | None = None,
) -> gpd.GeoDataFrame:
    """Find where origins or destinations are.

    Parameters
    ----------
    endpoints
        From the scenario.
    layers
        The study's layers; names are looked up in its camps and places.
    scenario
        The study, for paths of files.
    role
        ``"origins"`` or ``"destinations"``, for messages.
    log
        Told what was found and mended in their files.

    Returns
    -------
    geopandas.GeoDataFrame
        In the working CRS: ``name``, ``weight`` (they sum to 1), geometry (points or polygons).

    Raises
    ------
    ScenarioError
        When a name is not found or stands for several places, or a point is outside the area.
    LayerError
        When a file cannot be used.
    """
    log = log or ReadingLog()
    named = pd.concat([layers[kind][["name", "geometry"]] for kind in NAMED_IN], ignore_index=True)
    geometry = []
    for position, endpoint in enumerate(endpoints):
        where = f"{scenario.called}: {role}[{position}] '{endpoint.name}'"
        found = _locate(endpoint, named, layers, scenario, where, log)
        if not shapely.intersects(found, layers.area.polygon):
            raise _outside(found, layers.area.working.crs, layers.area, where)
        geometry.append(found)
    weight = np.array([endpoint.weight for endpoint in endpoints])
    return gpd.GeoDataFrame(
        {"name": [endpoint.name for endpoint in endpoints], "weight": weight / weight.sum()},
        geometry=geometry,
        crs=layers.area.working.crs,
    )


def transit_table(
    scenario: Scenario, origins: gpd.GeoDataFrame, destinations: gpd.GeoDataFrame
) -> NDArray[np.float64]:
    """Return which part of the transits goes from each origin to each destination.

    Parameters
    ----------
    scenario
        With ``transits``; without them it is the product of the weights.
    origins, destinations
        From `resolve_endpoints`.

    Returns
    -------
    numpy.ndarray
        Shape (origins, destinations); sums to 1.
    """
    if not scenario.transits:
        return np.asarray(np.outer(origins["weight"], destinations["weight"]))
    rows = {name: row for row, name in enumerate(origins["name"])}
    columns = {name: column for column, name in enumerate(destinations["name"])}
    table = np.zeros((len(rows), len(columns)))
    for transit in scenario.transits:
        table[rows[transit.origin], columns[transit.destination]] = transit.weight
    return np.asarray(table / table.sum())


def _locate(
    endpoint: Endpoint,
    named: pd.DataFrame,
    layers: Layers,
    scenario: Scenario,
    where: str,
    log: ReadingLog,
) -> shapely.Geometry:
    if endpoint.place is not None:
        return _by_name(endpoint.place, named, where)
    if endpoint.point is not None:
        given = shapely.Point(endpoint.point)
        # Far from the area the working system may have no coordinates at all.
        if not shapely.intersects(given, shapely.box(*layers.area.bbox)):
            raise _outside(given, LONLAT, layers.area, where)
        point = gpd.GeoDataFrame(geometry=[given], crs=LONLAT)
        projected = project(point, to_crs=layers.area.working.crs)
        return cast(shapely.Geometry, projected.geometry.iloc[0])
    return _from_file(endpoint, layers, scenario, log)


def _outside(geometry: shapely.Geometry, crs: object, area: StudyArea, where: str) -> ScenarioError:
    frame = gpd.GeoDataFrame(geometry=[geometry], crs=crs)
    todo = outside_cause(frame, area, else_todo="correct it")
    return ScenarioError(f"{where} {outside_problem(frame, area)}; {todo}")


def _by_name(place: str, named: pd.DataFrame, where: str) -> shapely.Geometry:
    folded = [None if pd.isna(name) else str(name).casefold() for name in named["name"]]
    hits = named[[name == place.casefold() for name in folded]]
    if len(hits) > 1:
        raise ScenarioError(
            f"{where}: {len(hits)} places in the study area are called '{place}'; "
            "give point = [longitude, latitude] instead"
        )
    if hits.empty:
        known = {fold: str(name) for fold, name in zip(folded, named["name"], strict=True) if fold}
        close = difflib.get_close_matches(place.casefold(), known, n=3, cutoff=0.6)
        near = [f"'{known[fold]}'" for fold in close]
        hint = (
            f"did you mean {' or '.join(near)}?" if near else "give point = [longitude, latitude]"
        )
        raise ScenarioError(f"{where}: no place or camp in the area is called '{place}'; {hint}")
    return cast(shapely.Geometry, hits["geometry"].iloc[0])


def _from_file(
    endpoint: Endpoint, layers: Layers, scenario: Scenario, log: ReadingLog
) -> shapely.Geometry:
    path = scenario.path(str(endpoint.file))
    source = LayerSource(file=str(endpoint.file), layer=endpoint.layer, crs=endpoint.crs)
    subject = Subject(LayerKind(endpoint.name, "polygon", ()), path)
    frame = read_source(source, path, kind=endpoint.name, note=subject.note)
    if frame.geometry.geom_type.isin(["Point", "MultiPoint"]).all() and len(frame):
        subject = replace(subject, kind=LayerKind(endpoint.name, "point", ()))
    inside, used = bring_in(check_geometry(frame, subject), layers.area, subject)
    log.findings.extend(subject.findings)
    log.transformations.extend(used)
    return shapely.union_all(np.asarray(inside.geometry.array))
