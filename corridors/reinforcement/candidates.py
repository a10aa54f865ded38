"""Where reinforcements may stand: places given, read and made, checked and in one layer."""

from collections.abc import Iterator, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from corridors.crs import LONLAT, project
from corridors.errors import ScenarioError
from corridors.layers import ReadingLog
from corridors.layers.check import check_geometry
from corridors.layers.kinds import Column, LayerKind
from corridors.layers.load import bring_in, load_layer
from corridors.layers.read import read_source
from corridors.layers.subject import Subject, rows_named
from corridors.reinforcement.made import (
    Named,
    along_border,
    at_gates,
    at_junctions,
    high_ground,
    on_roads,
)
from corridors.scenario.model import LayerSource
from corridors.scenario.reinforcement import Made
from corridors.study import Ground

__all__ = ["STANDING", "candidate_places", "excluded_area"]

STANDING = ("watch_post", "manned_gate", "road_post", "tower_thermal")
SENSOR = ("kind", "range_m", "probability", "hours_of_duty", "sight_height_m")
COLUMNS = ("id", "source", *SENSOR, "cost", "group")
# Without anything given: what is looked at.
USUAL = Made(border_km=5.0, gates=True)

PLACES = LayerKind(
    "reinforcement.layer",
    "point",
    (
        Column("name", "text", nullable=True),
        Column("kind", "text", nullable=True, choices=STANDING),
        Column("range_m", "number", nullable=True, low=1, high=100_000),
        Column("probability", "number", nullable=True, low=0, high=1),
        Column("hours_of_duty", "number", nullable=True, low=0, high=24),
        Column("sight_height_m", "number", nullable=True, low=0, high=200),
        Column("cost", "number", nullable=True, low=0, high=1e9),
        Column("group", "text", nullable=True),
    ),
    optional=True,
)


def candidate_places(ground: Ground, *, log: ReadingLog | None = None) -> gpd.GeoDataFrame:
    """Return all places where a sensor may be put, as ``[reinforcement]`` asks for them.

    Parameters
    ----------
    ground
        The study.
    log
        Told what was found and mended, and what was left out.

    Returns
    -------
    geopandas.GeoDataFrame
        Points in the working CRS: ``id`` (unique), ``source`` (given, file, border, road, junction,
        high ground, gate), ``kind, range_m, probability, hours_of_duty, sight_height_m`` of the
        sensor, ``cost`` and ``group`` (None, or at most one of it).

    Raises
    ------
    ScenarioError
        When there are none, all are excluded, or nothing says what a sensor sees and catches.
    LayerError
        When a file cannot be used.
    """
    log = log or ReadingLog()
    asked, crs = ground.scenario.reinforcement, ground.layers.area.working.crs
    rows = [*_given(ground), *_read(ground, log), *_made(ground, log)]
    if not rows:
        raise ScenarioError(
            f"{ground.scenario.called}: there is no place to put a reinforcement; give "
            "[[reinforcement.places]], reinforcement.layer or [reinforcement.made]"
        )
    frame = gpd.GeoDataFrame(rows, columns=[*COLUMNS, "geometry"], geometry="geometry", crs=crs)
    standing = [str(one) for one in ground.layers["checkpoints"]["id"]]
    frame["id"] = _unique(frame["id"].tolist(), taken=standing)
    frame["cost"] = frame["cost"].astype(float).fillna(asked.cost)
    frame = _with_sensors(frame, ground)
    return _allowed(frame, ground, log)


def _given(ground: Ground) -> Iterator[dict[str, Any]]:
    asked = ground.scenario.reinforcement
    points = [shapely.Point(place.point) for place in asked.places]
    if not points:
        return
    moved = project(gpd.GeoDataFrame(geometry=points, crs=LONLAT), to_crs=_crs(ground))
    for place, point in zip(asked.places, moved.geometry, strict=True):
        sensor = {name: getattr(place, name) for name in SENSOR}
        yield {
            "id": place.name,
            "source": "given",
            **sensor,
            "cost": place.cost,
            "group": place.group,
            "geometry": point,
        }


def _crs(ground: Ground) -> Any:
    return ground.layers.area.working.crs


def _read(ground: Ground, log: ReadingLog) -> Iterator[dict[str, Any]]:
    scenario = ground.scenario
    source = scenario.reinforcement.layer
    if source is None:
        return
    frame, found, used = load_layer(
        source,
        scenario.path(source.file),
        kind=PLACES,
        area=ground.layers.area,
        as_of=scenario.as_of,
    )
    log.findings.extend(found)
    log.transformations.extend(used)
    for row in frame.to_dict("records"):
        told = {name: _known(row.get(name)) for name in (*SENSOR, "cost", "group")}
        name = row["name"] if isinstance(row.get("name"), str) else row["id"]
        yield {"id": str(name), "source": "file", **told, "geometry": row["geometry"]}


def _known(value: Any) -> Any:
    return None if value is None or pd.isna(value) else value


def _made(ground: Ground, log: ReadingLog) -> Iterator[dict[str, Any]]:
    asked = ground.scenario.reinforcement
    made = asked.made
    if made is None:
        if asked.places or asked.layer is not None:
            return
        made = USUAL
        log.findings.append(
            "reinforcement: no places are given; taken are the crossings and one every 5 km "
            "behind the border, which is an assumption"
        )
    near = None
    if made.within_km is not None:
        borders = np.asarray(ground.layers["borders"].geometry.array)
        near = shapely.buffer(shapely.union_all(borders), made.within_km * 1e3)
    for source, named in _sources(ground, made, near):
        for name, point in named:
            if source in {"road", "junction"} and near is not None and not near.contains(point):
                continue
            yield {
                "id": name,
                "source": source,
                **dict.fromkeys(SENSOR),
                "cost": None,
                "group": None,
                "geometry": point,
            }


def _sources(
    ground: Ground, made: Made, near: shapely.Geometry | None
) -> Iterator[tuple[str, Iterator[Named]]]:
    layers, ends = ground.layers, ground.endpoints.destinations
    towards = np.asarray(ends.geometry.representative_point().array)
    yield "border", along_border(layers["borders"], made, towards)
    if made.road_km is not None:
        yield "road", on_roads(ground.network, made.road_km)
    if made.junctions:
        yield "junction", at_junctions(ground.network)
    if made.gates:
        yield "gate", at_gates(layers["crossings"])
    if made.high_ground:
        sensor = _sensor_of({}, ground)
        height = sensor["sight_height_m"] or 3.0
        yield (
            "high ground",
            high_ground(
                ground.terrain,
                made.high_ground,
                range_m=float(sensor["range_m"] or 3000.0),
                height_m=float(height),
                near=near,
            ),
        )


def _unique(names: Sequence[str], *, taken: Sequence[str]) -> list[str]:
    """Return names with a number where one is there more than once, or is that of a post."""
    seen = dict.fromkeys(taken, 1)
    told = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        told.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return told


def _sensor_of(row: dict[str, Any], ground: Ground) -> dict[str, Any]:
    """Return a place's sensor: its own values, those of the table, those of its kind."""
    scenario = ground.scenario
    asked, worth = scenario.reinforcement, scenario.worth
    kind = row.get("kind") or asked.kind or worth.kind
    of_kind = scenario.sensors.get(kind)
    layers: list[object] = [asked, of_kind]
    if kind == worth.kind:  # what one more sensor is taken to be on the map of worth
        layers.append(worth)

    def value(name: str) -> Any:
        if row.get(name) is not None:
            return row[name]
        given = (getattr(one, name, None) for one in layers if one is not None)
        return next((found for found in given if found is not None), None)

    return {"kind": kind, **{name: value(name) for name in SENSOR[1:]}}


def _with_sensors(frame: gpd.GeoDataFrame, ground: Ground) -> gpd.GeoDataFrame:
    rows = [_sensor_of({n: _known(row[n]) for n in SENSOR}, ground) for _, row in frame.iterrows()]
    for name, row in zip(frame["id"], rows, strict=True):
        for key, what in (("range_m", "how far"), ("probability", "how surely")):
            if row[key] is None:
                verb = "sees" if key == "range_m" else "catches"
                raise ScenarioError(
                    f"{ground.scenario.called}: nothing says {what} the {row['kind']} at "
                    f"'{name}' {verb}; give reinforcement.{key} or [sensors.{row['kind']}] {key}"
                )
    sensors = pd.DataFrame(rows, index=frame.index)
    numbers = [name for name in SENSOR if name != "kind"]
    return frame.assign(kind=sensors["kind"], **sensors[numbers].astype(float))


def excluded_area(ground: Ground, *, log: ReadingLog | None = None) -> shapely.Geometry:
    """Return where nothing may be put, as one shape.

    Parameters
    ----------
    ground
        The study.
    log
        Told what was found and mended in the files.
    """
    scenario, shapes = ground.scenario, []
    log = log or ReadingLog()
    for one in scenario.reinforcement.excluded:
        if one.point is not None:
            point = gpd.GeoDataFrame(geometry=[shapely.Point(one.point)], crs=LONLAT)
            centre = project(point, to_crs=_crs(ground)).geometry.iloc[0]
            shapes.append(centre.buffer(one.radius_m, quad_segs=32))
            continue
        source = LayerSource(file=str(one.file), layer=one.layer, crs=one.crs)
        path = scenario.path(source.file)
        subject = Subject(LayerKind(f"reinforcement.excluded {one.name}", "polygon", ()), path)
        frame = read_source(source, path, kind=subject.kind.name, note=subject.note)
        inside, used = bring_in(check_geometry(frame, subject), ground.layers.area, subject)
        log.findings.extend(subject.findings)
        log.transformations.extend(used)
        shapes.extend(inside.geometry.tolist())
    return shapely.union_all(shapes) if shapes else shapely.Polygon()


def _allowed(frame: gpd.GeoDataFrame, ground: Ground, log: ReadingLog) -> gpd.GeoDataFrame:
    """Return the places inside the study area and outside of what is excluded."""
    points = np.asarray(frame.geometry.array)
    inside = shapely.intersects(points, ground.layers.area.polygon)
    barred = shapely.intersects(points, excluded_area(ground, log=log))
    for out, why in ((~inside, "outside the study area"), (inside & barred, "excluded")):
        if out.any():
            named = rows_named(frame["id"][out], noun="place")
            log.findings.append(
                f"reinforcement: {int(out.sum())} of {len(frame)} places are {why}: {named}"
            )
    left = frame[inside & ~barred].reset_index(drop=True)
    if left.empty:
        why = "excluded" if (inside & barred).any() else "outside the study area"
        raise ScenarioError(
            f"{ground.scenario.called}: all {len(frame)} places for reinforcements are {why}; give "
            "others, or exclude less"
        )
    return left
