"""Origins and destinations: from a name, a point or a file to geometries with weights."""

import difflib
from collections.abc import Sequence
from typing import cast

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from corridors.crs import LONLAT, project
from corridors.errors import LayerError, ScenarioError
from corridors.layers.check import Subject, check_geometry, refuse_person_level
from corridors.layers.kinds import LayerKind
from corridors.layers.load import Layers
from corridors.layers.read import read_source
from corridors.scenario.model import Endpoint, LayerSource, Scenario

__all__ = ["resolve_endpoints"]

NAMED_IN = ("camps", "places")


def resolve_endpoints(
    endpoints: Sequence[Endpoint], layers: Layers, scenario: Scenario, *, role: str
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
    named = pd.concat([layers[kind][["name", "geometry"]] for kind in NAMED_IN], ignore_index=True)
    geometry = []
    for position, endpoint in enumerate(endpoints):
        where = f"{role}[{position}] '{endpoint.name}'"
        found = _locate(endpoint, named, layers, scenario, where)
        if not shapely.intersects(found, layers.area.polygon):
            raise ScenarioError(f"{where} lies outside the study area; move it, or the area")
        geometry.append(found)
    weight = np.array([endpoint.weight for endpoint in endpoints])
    return gpd.GeoDataFrame(
        {"name": [endpoint.name for endpoint in endpoints], "weight": weight / weight.sum()},
        geometry=geometry,
        crs=layers.area.working.crs,
    )


def _locate(
    endpoint: Endpoint, named: pd.DataFrame, layers: Layers, scenario: Scenario, where: str
) -> shapely.Geometry:
    if endpoint.place is not None:
        return _by_name(endpoint.place, named, where)
    if endpoint.point is not None:
        point = gpd.GeoDataFrame(geometry=[shapely.Point(endpoint.point)], crs=LONLAT)
        projected = project(point, to_crs=layers.area.working.crs)
        return cast(shapely.Geometry, projected.geometry.iloc[0])
    return _from_file(endpoint, layers, scenario)


def _by_name(place: str, named: pd.DataFrame, where: str) -> shapely.Geometry:
    hits = named[named["name"].str.casefold() == place.casefold()]
    if len(hits) > 1:
        raise ScenarioError(
            f"{where}: {len(hits)} places in the study area are called '{place}'; "
            "give point = [longitude, latitude] instead"
        )
    if hits.empty:
        known = [name for name in named["name"] if name is not None]
        near = difflib.get_close_matches(place, known, n=3, cutoff=0.6)
        hint = (
            f"did you mean {' or '.join(near)}?" if near else "give point = [longitude, latitude]"
        )
        raise ScenarioError(f"{where}: no place or camp in the area is called '{place}'; {hint}")
    return cast(shapely.Geometry, hits["geometry"].iloc[0])


def _from_file(endpoint: Endpoint, layers: Layers, scenario: Scenario) -> shapely.Geometry:
    path = scenario.path(str(endpoint.file))
    source = LayerSource(file=str(endpoint.file), layer=endpoint.layer)
    kind = LayerKind(endpoint.name, "polygon", ())
    frame = read_source(source, path, kind=kind.name)
    if frame.geometry.geom_type.isin(["Point", "MultiPoint"]).all() and len(frame):
        kind = LayerKind(endpoint.name, "point", ())
    subject = Subject(kind, path)
    refuse_person_level(frame, subject)
    frame = project(check_geometry(frame, subject), to_crs=layers.area.working.crs)
    inside = frame.geometry.intersection(layers.area.polygon)
    inside = inside[~inside.is_empty]
    if inside.empty:
        raise LayerError("lies outside the study area", file=path, layer=endpoint.name)
    return shapely.union_all(np.asarray(inside.array))
