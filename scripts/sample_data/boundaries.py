"""Borders, countries and governorates of the box."""

from __future__ import annotations

import json
import tempfile
from itertools import combinations
from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely
from shapely.geometry import LineString, MultiPolygon, Polygon, shape
from shapely.geometry.base import BaseGeometry

from . import packages
from .errors import SampleDataError
from .geojson import Feature
from .study import A3_FROM_A2, BOX, COUNTRY_NAMES, LonLat, distance_m, length_km

#: Longest stretch of water (a river bank, a pool) a border is carried across by a straight line.
BRIDGE_MAX_M = 2500.0

_NUMERIC_CODES = {"IRQ": "368", "SYR": "760", "TUR": "792"}
_GOVERNORATES_FILE = "usr/share/qgis/resources/data/world_map.gpkg"


def country_polygons(cache: Path) -> dict[str, BaseGeometry]:
    """Repaired land polygons of the three countries, by A3 code."""

    def extract() -> Any:
        raw = packages.read_member(packages.BORDERS, cache, "package/map.geo.json")
        features = json.loads(raw)["features"]
        return {
            f["properties"]["A3"]: f["geometry"]
            for f in features
            if f["properties"]["A3"] in COUNTRY_NAMES
        }

    kept = packages.cached_json(cache / "extract-borders-0.6.0.json", extract)
    # As shipped, all three have rings that touch themselves.
    return {a3: shapely.make_valid(shape(kept[a3])) for a3 in sorted(kept)}


def osm_borders(polygons: dict[str, BaseGeometry]) -> list[Feature]:
    """Border of each country pair as one line, carried across the water cut out of the land."""
    joined: dict[tuple[str, str], list[LonLat]] = {}
    for pair in combinations(sorted(COUNTRY_NAMES), 2):
        shared = polygons[pair[0]].boundary.intersection(polygons[pair[1]].boundary)
        joined[pair] = _chain(_line_parts(shared.intersection(BOX)))
    _meet(joined)
    return [_border(pair, 1, LineString(points)) for pair, points in joined.items()]


def _line_parts(geometry: BaseGeometry) -> list[list[LonLat]]:
    lines = [
        part for part in shapely.get_parts(geometry) if isinstance(part, LineString) and part.length
    ]
    merged = shapely.line_merge(shapely.multilinestrings(lines))
    return [list(part.coords) for part in shapely.get_parts(merged)]


def _chain(parts: list[list[LonLat]]) -> list[LonLat]:
    """Join parts end to end, starting from the longest and always taking the nearest end."""
    waiting = sorted(parts, key=lambda p: length_km(LineString(p)))
    line = waiting.pop()
    while waiting:
        gap, index, at_end, reverse = min(
            (distance_m(line[-1 if at_end else 0], part[-1 if reverse else 0]), i, at_end, reverse)
            for i, part in enumerate(waiting)
            for at_end in (False, True)
            for reverse in (False, True)
        )
        if gap > BRIDGE_MAX_M:
            raise SampleDataError(
                f"a border has a gap of {gap:.0f} m, more than {BRIDGE_MAX_M:.0f}"
            )
        part = waiting.pop(index)
        forward = part[::-1] if reverse else part
        line = line + forward if at_end else forward[::-1] + line
    return line


def _meet(lines: dict[tuple[str, str], list[LonLat]]) -> None:
    """Carry inner ends to the point where the other two borders already meet."""
    for pair, line in lines.items():
        others = [p for q, other in lines.items() if q != pair for p in (other[0], other[-1])]
        for at_end in (False, True):
            end = line[-1 if at_end else 0]
            gap, nearest = min((distance_m(end, other), other) for other in others)
            if 0 < gap <= BRIDGE_MAX_M:
                line.insert(len(line) if at_end else 0, nearest)


def _border(pair: tuple[str, str], number: int, line: LineString) -> Feature:
    a, b = pair
    return Feature(
        line,
        {
            "id": f"{a}-{b}-{number}",
            "name": f"{COUNTRY_NAMES[a]}-{COUNTRY_NAMES[b]}",
            "country_a": a,
            "country_b": b,
            "length_km": length_km(line),
        },
    )


def line_between(borders: list[Feature], a3_a: str, a3_b: str) -> LineString:
    """Line of the border between two countries, their codes in alphabetical order."""
    (found,) = [
        border.geometry
        for border in borders
        if (border.properties["country_a"], border.properties["country_b"]) == (a3_a, a3_b)
    ]
    return LineString(shapely.get_coordinates(found))


def countries(borders: list[Feature], polygons: dict[str, BaseGeometry]) -> list[Feature]:
    """Cut the box along the borders and give each piece to the country that fills it.

    Made from the lines and not from the land polygons, so that rivers and reservoirs belong to a
    country and a place on the water's edge is never nowhere.
    """
    edges = shapely.union_all([BOX.boundary, *(b.geometry for b in borders)])
    pieces: dict[str, list[Polygon]] = {a3: [] for a3 in sorted(polygons)}
    for face in shapely.get_parts(shapely.polygonize(shapely.get_parts(edges))):
        inside = {a3: polygon.intersection(face).area for a3, polygon in polygons.items()}
        pieces[max(inside, key=lambda a3: inside[a3])].append(face)
    return [
        Feature(_one(shapely.union_all(faces)), {"id": a3, "name": COUNTRY_NAMES[a3]})
        for a3, faces in pieces.items()
    ]


def _one(geometry: BaseGeometry) -> BaseGeometry:
    if not isinstance(geometry, Polygon | MultiPolygon):
        raise SampleDataError(f"expected a polygon, got {geometry.geom_type}")
    return geometry


def natural_earth_borders(cache: Path) -> list[Feature]:
    """Natural Earth's line for each country pair: the arcs both countries use."""
    topology = json.loads(packages.read_member(packages.ATLAS, cache, "package/countries-10m.json"))
    arcs = _country_arcs(topology)
    features: list[Feature] = []
    for pair in combinations(sorted(COUNTRY_NAMES), 2):
        shared = sorted(arcs[pair[0]] & arcs[pair[1]])
        lines = shapely.multilinestrings([_arc(topology, i) for i in shared])
        clipped = shapely.line_merge(shapely.line_merge(lines).intersection(BOX))
        parts = sorted(shapely.get_parts(clipped), key=lambda part: part.bounds)
        features += [_border(pair, n, part) for n, part in enumerate(parts, start=1)]
    return features


def _country_arcs(topology: Any) -> dict[str, set[int]]:
    by_code = {g.get("id"): g for g in topology["objects"]["countries"]["geometries"]}

    def flat(arcs: Any) -> set[int]:
        if isinstance(arcs, int):
            # TopoJSON writes an arc walked backwards as its ones' complement.
            return {arcs if arcs >= 0 else ~arcs}
        return set().union(*(flat(part) for part in arcs))

    return {a3: flat(by_code[code]["arcs"]) for a3, code in _NUMERIC_CODES.items()}


def _arc(topology: Any, index: int) -> LineString:
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    x = y = 0
    points: list[LonLat] = []
    for dx, dy in topology["arcs"][index]:
        x, y = x + dx, y + dy
        points.append((x * sx + tx, y * sy + ty))
    return LineString(points)


def governorates(cache: Path) -> list[Feature]:
    """First-level divisions clipped to the box."""
    raw = packages.read_member(packages.GOVERNORATES, cache, _GOVERNORATES_FILE)
    with tempfile.NamedTemporaryFile(suffix=".gpkg") as file:
        file.write(raw)
        file.flush()
        frame = gpd.read_file(file.name, layer="states_provinces", bbox=BOX.bounds)
    features: list[Feature] = []
    for row in frame.itertuples():
        clipped = row.geometry.intersection(BOX)
        polygons = [part for part in shapely.get_parts(clipped) if isinstance(part, Polygon)]
        geometry = polygons[0] if len(polygons) == 1 else MultiPolygon(polygons)
        properties = {"id": row.fips, "name": row.name, "country": A3_FROM_A2[row.iso_a2]}
        features.append(Feature(geometry, properties))
    return features
