"""All layers of a study: read, checked, clipped to the area, in one metric CRS."""

import datetime as dt
import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from corridors.crs import TransformationUsed, project
from corridors.errors import LayerError, in_scenario
from corridors.layers.area import StudyArea, study_area
from corridors.layers.check import check_geometry, check_ids
from corridors.layers.columns import check_columns
from corridors.layers.kinds import KINDS, LayerKind
from corridors.layers.moved import move_noted, note_outside_use
from corridors.layers.outside import outside_cause, outside_problem
from corridors.layers.posts import with_values_of_kinds
from corridors.layers.read import read_source
from corridors.layers.subject import Subject, rows_named
from corridors.scenario.model import LayerSource, Scenario, SensorSettings

# Layers whose rows are named in sentences.
SPOKEN_OF = ("checkpoints", "bases", "reinforcements")
SEEING = ("checkpoints", "patrols")
COLLECTION = shapely.GeometryType.GEOMETRYCOLLECTION

__all__ = ["Layers", "ReadingLog", "bring_in", "empty_layer", "load_layer", "load_layers"]


@dataclass
class ReadingLog:
    """What was found and done while files besides the layers were read.

    Attributes
    ----------
    findings
        What was found and mended, a sentence each.
    transformations
        How coordinates were brought to the working CRS.
    """

    findings: list[str] = field(default_factory=list)
    transformations: list[TransformationUsed] = field(default_factory=list)


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

    def with_log(self, log: ReadingLog) -> "Layers":
        """Return the same layers, with what was found in the other files told beside."""
        return replace(
            self,
            findings=(*self.findings, *log.findings),
            transformations=tuple(dict.fromkeys((*self.transformations, *log.transformations))),
        )


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
    with in_scenario(scenario.called):
        area = study_area(scenario.area)
    frames: dict[str, gpd.GeoDataFrame] = {}
    files: list[Path] = []
    findings: list[str] = []
    transformations: dict[TransformationUsed, None] = {}
    for kind, sources in scenario.layers.by_kind().items():
        if on_layer is not None:
            on_layer(kind)
        parts: list[gpd.GeoDataFrame] = []
        paths = [scenario.path(source.file) for source in sources]
        for source, path in zip(sources, paths, strict=True):
            part, found, used = load_layer(
                source,
                path,
                kind=KINDS[kind],
                area=area,
                as_of=scenario.as_of,
                sensors={str(name): given for name, given in scenario.sensors.items()},
            )
            parts.append(part)
            files.append(path)
            findings.extend(found)
            transformations.update(dict.fromkeys(used))
            if kind == "crossings":
                _refuse_far(part, frames["borders"], path, scenario.crossings.max_distance_m)
        frames[kind] = _one_layer(parts, kind, paths)
    return Layers(
        area, MappingProxyType(frames), tuple(files), tuple(findings), tuple(transformations)
    )


def load_layer(
    source: LayerSource,
    path: Path,
    *,
    kind: LayerKind,
    area: StudyArea,
    as_of: dt.date,
    sensors: Mapping[str, SensorSettings] = MappingProxyType({}),
) -> tuple[gpd.GeoDataFrame, list[str], list[TransformationUsed]]:
    """Read and check one file of a layer and bring it to the working CRS, clipped to the area.

    Parameters
    ----------
    source, path
        What the scenario says of the file, and where it is.
    kind
        What it must hold.
    area
        Of the study.
    as_of
        Its day.
    sensors
        What holds for posts of a kind where the file says nothing, by kind.

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
    _refuse_unknown_columns(source, subject)
    frame = read_source(source, path, kind=kind.name, numbers=kind.numbers, note=subject.note)
    frame = check_geometry(frame, subject)
    frame = check_ids(frame, subject)
    theirs = [str(name) for name in frame.columns if name not in {"geometry", "id"}]
    frame = check_columns(frame, subject, as_of=as_of)
    if kind.name in SEEING:
        frame = with_values_of_kinds(frame, subject, sensors, theirs=theirs)
    inside, used = bring_in(frame, area, subject)
    if kind.name in SPOKEN_OF:
        inside = _with_names(inside, kind.name.removesuffix("s"))
    return inside, subject.findings, used


def _with_names(frame: gpd.GeoDataFrame, noun: str) -> gpd.GeoDataFrame:
    """Give rows without a name one that says what they are, for sentences and maps."""
    return frame.assign(name=frame["name"].where(frame["name"].notna(), f"{noun} " + frame["id"]))


def bring_in(
    frame: gpd.GeoDataFrame, area: StudyArea, subject: Subject
) -> tuple[gpd.GeoDataFrame, list[TransformationUsed]]:
    """Bring a checked layer to the working CRS, cut at the rim of the area.

    Returns
    -------
    layer
        Rows inside the area.
    transformations
        The one that was used, if any was needed.
    """
    used = move_noted(frame.crs, area, subject)
    name = f"{subject.file}, layer '{subject.kind.name}'"
    projected = project(frame, to_crs=area.working.crs, name=name)
    inside = _inside(projected, frame, area, subject)
    note_outside_use(inside, frame, subject)
    return inside, used


def _refuse_unknown_columns(source: LayerSource, subject: Subject) -> None:
    """Refuse names that the study does not read: a slip in one would pass without a word."""
    known = ["id", *(column.name for column in subject.kind.columns)]
    for key, names in (("columns", source.columns), ("defaults", source.defaults)):
        for name in names:
            if name not in known:
                near = difflib.get_close_matches(name, known, n=1)
                hint = f"did you mean '{near[0]}'?" if near else f"it reads {', '.join(known)}"
                raise subject.refuse(
                    f"{key} in the scenario names '{name}', which this layer does not have",
                    todo=hint,
                )
    if "id" in source.defaults:
        raise subject.refuse("defaults gives every row the same id", todo="leave it out")


def _inside(
    projected: gpd.GeoDataFrame, original: gpd.GeoDataFrame, area: StudyArea, subject: Subject
) -> gpd.GeoDataFrame:
    geometry = np.asarray(projected.geometry.array)
    shapely.prepare(area.polygon)
    touches = shapely.intersects(area.polygon, geometry)
    if not touches.any():
        raise subject.refuse(outside_problem(original, area), todo=outside_cause(original, area))
    _tell_left_out(projected, touches, "outside the study area", subject)
    inside = projected[touches]
    if subject.kind.geometry == "point":
        return inside
    parts = shapely.intersection(np.asarray(inside.geometry.array), area.polygon)
    wanted = 1 if subject.kind.geometry == "line" else 2
    cut = np.array([_of_dimension(one, wanted) for one in parts], dtype=object)
    there = ~shapely.is_empty(cut)
    if not there.any():
        raise subject.refuse(
            "only touches the rim of the study area", todo="take the right file, or move the area"
        )
    _tell_left_out(inside, there, "they only touch the rim of the study area", subject)
    return inside.set_geometry(cut, crs=projected.crs)[there]


def _tell_left_out(
    frame: gpd.GeoDataFrame, kept: NDArray[np.bool_], why: str, subject: Subject
) -> None:
    if not kept.all():
        out = frame[~kept]
        named = rows_named(out.index, names=out.get("name", ()))
        subject.note(f"{len(out)} of {len(frame)} rows left out: {why}: {named}", rows=True)


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


def _one_layer(parts: list[gpd.GeoDataFrame], kind: str, files: list[Path]) -> gpd.GeoDataFrame:
    if len(parts) > 1:
        parts = [_ids_of_file(part, kind, number) for number, part in enumerate(parts)]
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


def _ids_of_file(part: gpd.GeoDataFrame, kind: str, number: int) -> gpd.GeoDataFrame:
    """Put the file's number into ids that were made from positions, which start anew in each."""
    made = [f"{kind}-{row}" for row in part.index]
    if part["id"].tolist() != made:
        return part
    return part.assign(id=[f"{kind}-{number}-{row}" for row in part.index])


def _refuse_far(
    crossings: gpd.GeoDataFrame, borders: gpd.GeoDataFrame, path: Path, limit_m: float
) -> None:
    lines = shapely.union_all(np.asarray(borders.geometry.array))
    away_m = shapely.distance(np.asarray(crossings.geometry.array), lines)
    far = np.flatnonzero(away_m > limit_m)
    if len(far):
        worst = far[np.argmax(away_m[far])]
        name = crossings["name"].iloc[worst] or crossings["id"].iloc[worst]
        raise Subject(KINDS["crossings"], path).refuse(
            f"crossing '{name}' is {away_m[worst] / 1000:.1f} km from the nearest border",
            [crossings.index[worst]],
            f"correct its position, or raise crossings.max_distance_m (now {limit_m:g})",
        )


def empty_layer(kind: str, *, crs: object) -> gpd.GeoDataFrame:
    """Return a layer of a kind with all its columns and no rows.

    Examples
    --------
    >>> list(empty_layer("camps", crs=4326).columns)
    ['id', 'name', 'population', 'synthetic', 'geometry']
    """
    dtypes = {"text": "object", "number": "float", "flag": "bool", "date": "object"}
    columns = {column.name: pd.Series(dtype=dtypes[column.type]) for column in KINDS[kind].columns}
    return gpd.GeoDataFrame({"id": pd.Series(dtype="object"), **columns}, geometry=[], crs=crs)
