"""All layers of a study: read, checked, clipped to the area, in one metric CRS."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from corridors.crs import LONLAT, TransformationUsed, project, transformation_used
from corridors.errors import LayerError
from corridors.layers.area import StudyArea, study_area
from corridors.layers.check import (
    Subject,
    check_columns,
    check_geometry,
    check_ids,
    refuse_person_level,
)
from corridors.layers.kinds import KINDS, LayerKind
from corridors.layers.read import read_source
from corridors.scenario.model import LayerSource, Scenario

COLLECTION = shapely.GeometryType.GEOMETRYCOLLECTION

__all__ = ["Layers", "empty_layer", "load_layer", "load_layers"]


@dataclass(frozen=True)
class Layers:
    """The checked layers of a study.

    Attributes
    ----------
    area
        The study area with its working CRS.
    frames
        Layers by kind, all in the working CRS; every row has an ``id`` of its own.
    files
        The files that were read, for the manifest.
    findings
        What was found and mended in them, a sentence each.
    transformations
        How coordinates were brought to the working CRS.
    """

    area: StudyArea
    frames: Mapping[str, gpd.GeoDataFrame]
    files: tuple[Path, ...]
    findings: tuple[str, ...]
    transformations: tuple[TransformationUsed, ...]

    def __getitem__(self, kind: str) -> gpd.GeoDataFrame:
        """Return a layer, with no rows where the study has none of that kind."""
        if kind in self.frames:
            return self.frames[kind]
        return empty_layer(kind, crs=self.area.working.crs)


def load_layers(scenario: Scenario, *, on_layer: Callable[[str], None] | None = None) -> Layers:
    """Read and check every vector layer of a scenario.

    Parameters
    ----------
    scenario
        The study.
    on_layer
        Called with each kind before it is read.

    Returns
    -------
    Layers
        In the study's working CRS.

    Raises
    ------
    MissingFileError, LayerError, CRSError
        When a file cannot be read or used; the message names file, layer and row.
    """
    area = study_area(scenario.area)
    frames, files, findings = {}, [], []
    transformations: dict[TransformationUsed, None] = {}
    for kind, sources in scenario.layers.by_kind().items():
        if on_layer is not None:
            on_layer(kind)
        parts = []
        for source in sources:
            path = scenario.path(source.file)
            part, found, used = load_layer(
                source, path, kind=KINDS[kind], area=area, as_of=scenario.as_of
            )
            parts.append(part)
            files.append(path)
            findings.extend(found)
            transformations.update(dict.fromkeys(used))
        frames[kind] = _one_layer(parts, kind, [scenario.path(source.file) for source in sources])
    if "crossings" in frames:
        _refuse_far_crossings(frames["crossings"], frames["borders"], scenario)
    return Layers(
        area, MappingProxyType(frames), tuple(files), tuple(findings), tuple(transformations)
    )


def load_layer(
    source: LayerSource, path: Path, *, kind: LayerKind, area: StudyArea, as_of: dt.date
) -> tuple[gpd.GeoDataFrame, list[str], list[TransformationUsed]]:
    """Read and check one file of a layer and bring it to the working CRS, clipped to the area.

    Returns
    -------
    layer
        Rows inside the area, lines and polygons cut at its rim.
    findings
        What was mended or left out.
    transformations
        The one that was used, if any was needed.
    """
    subject = Subject(kind, path)
    frame = read_source(source, path, kind=kind.name)
    refuse_person_level(frame, subject)
    frame = check_geometry(frame, subject)
    frame = check_ids(frame, subject)
    frame = check_columns(frame, subject, as_of=as_of)
    used = []
    if frame.crs != area.working.crs:
        used.append(transformation_used(frame.crs, area.working.crs))
    projected = project(frame, to_crs=area.working.crs, name=f"{path}, layer '{kind.name}'")
    return _inside(projected, frame, area, subject), subject.findings, used


def _inside(
    projected: gpd.GeoDataFrame, original: gpd.GeoDataFrame, area: StudyArea, subject: Subject
) -> gpd.GeoDataFrame:
    geometry = np.asarray(projected.geometry.array)
    shapely.prepare(area.polygon)
    touches = shapely.intersects(area.polygon, geometry)
    if not touches.any():
        raise subject.refuse(_outside_problem(original, area), todo=_outside_cause(original, area))
    left_out = int((~touches).sum())
    if left_out:
        subject.note(f"{left_out} of {len(geometry)} rows left out: outside the study area")
    inside = projected[touches]
    if subject.kind.geometry == "point":
        return inside
    parts = shapely.intersection(np.asarray(inside.geometry.array), area.polygon)
    wanted = 1 if subject.kind.geometry == "line" else 2
    cut = np.array([_of_dimension(one, wanted) for one in parts], dtype=object)
    inside = inside.set_geometry(cut, crs=projected.crs)
    return inside[~shapely.is_empty(cut)]


def _of_dimension(geometry: shapely.Geometry, dimension: int) -> shapely.Geometry:
    """Return the lines or polygons of a clipped geometry, without points where it only touched."""
    if (
        shapely.get_type_id(geometry) != COLLECTION
        and shapely.get_dimensions(geometry) == dimension
    ):
        return shapely.line_merge(geometry) if dimension == 1 else geometry
    parts = [
        part for part in shapely.get_parts(geometry) if shapely.get_dimensions(part) == dimension
    ]
    if dimension == 1:
        return shapely.line_merge(shapely.MultiLineString(parts))
    return shapely.union_all(parts) if parts else shapely.Polygon()


def _outside_problem(frame: gpd.GeoDataFrame, area: StudyArea) -> str:
    west, south, east, north = project(frame, to_crs=LONLAT).total_bounds
    return (
        f"lies outside the study area: it spans {west:.3f} to {east:.3f} E, {south:.3f} to "
        f"{north:.3f} N, the area {area.bbox[0]:g} to {area.bbox[2]:g} E, {area.bbox[1]:g} to "
        f"{area.bbox[3]:g} N"
    )


def _outside_cause(frame: gpd.GeoDataFrame, area: StudyArea) -> str:
    box = shapely.box(*area.bbox)
    x, y = frame.geometry.representative_point().x, frame.geometry.representative_point().y
    if frame.crs.is_geographic and shapely.intersects_xy(box, y, x).any():
        return "with its axes swapped it would be inside: write longitude first, then latitude"
    if frame.crs.is_projected:
        return f"is {frame.crs.name} the system its coordinates are really in?"
    return "take the right file, or move the area"


def _one_layer(parts: list[gpd.GeoDataFrame], kind: str, files: list[Path]) -> gpd.GeoDataFrame:
    # A column that is empty in one file says nothing about its type in the whole.
    filled = [part.dropna(axis="columns", how="all") for part in parts]
    layer = gpd.GeoDataFrame(pd.concat(filled, ignore_index=True), crs=parts[0].crs)
    for column in KINDS[kind].columns:
        if column.name not in layer.columns:
            layer[column.name] = np.nan if column.type == "number" else None
    twice = layer["id"].duplicated()
    if twice.any():
        raise LayerError(
            f"the id '{layer.loc[twice, 'id'].iloc[0]}' is in more than one of "
            f"{', '.join(str(file) for file in files)}",
            layer=kind,
            todo="give each row an id of its own across the files",
        )
    if "name" in layer.columns:
        layer["name"] = layer["name"].where(layer["name"].notna(), None)
    return layer


def _refuse_far_crossings(
    crossings: gpd.GeoDataFrame, borders: gpd.GeoDataFrame, scenario: Scenario
) -> None:
    lines = shapely.union_all(np.asarray(borders.geometry.array))
    away_m = shapely.distance(np.asarray(crossings.geometry.array), lines)
    limit_m = scenario.crossings.max_distance_m
    far = np.flatnonzero(away_m > limit_m)
    if len(far):
        worst = int(far[np.argmax(away_m[far])])
        raise LayerError(
            f"crossing '{crossings['name'].iloc[worst]}' is {away_m[worst] / 1000:.1f} km from the "
            "nearest border",
            file=scenario.path(scenario.layers.crossings[0].file),
            layer="crossings",
            rows=[worst],
            todo=f"correct its position, or raise crossings.max_distance_m (now {limit_m:g})",
        )


def empty_layer(kind: str, *, crs: object) -> gpd.GeoDataFrame:
    """Return a layer of a kind with all its columns and no rows.

    Examples
    --------
    >>> list(empty_layer("bases", crs=4326).columns)
    ['id', 'name', 'synthetic', 'geometry']
    """
    dtypes = {"text": "object", "number": "float", "flag": "bool", "date": "object"}
    columns = {column.name: pd.Series(dtype=dtypes[column.type]) for column in KINDS[kind].columns}
    return gpd.GeoDataFrame({"id": pd.Series(dtype="object"), **columns}, geometry=[], crs=crs)
