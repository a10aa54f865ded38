"""Posts, bases and events that are made up by a seeded rule.

None of them stands for anything real: they give the software something to run on, and every row
says so.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import shapely
from shapely.geometry import LineString, Point
from shapely.geometry.base import BaseGeometry
from shapely.prepared import prep

from .documented import CROSSINGS
from .errors import SampleDataError
from .geojson import Feature
from .places import position
from .study import SEED, to_degrees, to_metres

_SOURCE = "made up by a seeded rule; stands for nothing real"

#: kind -> sight height in metres, range in metres (low, high), probability (low, high)
_SENSORS: Mapping[str, tuple[float, tuple[int, int], tuple[float, float]]] = {
    "watch_post": (6.0, (3000, 4500), (0.5, 0.7)),
    "tower_thermal": (18.0, (6500, 8000), (0.75, 0.9)),
    "manned_gate": (4.0, (2000, 2500), (0.85, 0.95)),
    "road_post": (3.0, (2000, 2500), (0.6, 0.8)),
}
_GATES = ("rabia", "semalka", "umm-al-jaris")
#: Sinjar to Ba'aj, Sinuni and Tal Afar, and Rabia to the Mosul road.
_INLAND_ROADS = ("gc-sinjar-baaj", "gc-sinjar-sinuni", "sg-329657-329659", "gc-rabia-kisik")
_BASES = (("Sinjar", 20), ("Ba'aj", 30), ("Tal Afar", 45), ("Rabia", 20))

#: Where the forces start that were sent to Sinjar: their origin is not known.
_REINFORCEMENTS = ("Mosul", "Qayyarah")
_ORDERED_ON = date(2020, 1, 15)

_ROAD_NEAR_M = 1000.0

#: The stretch that gets posts, from Tawsin to Rabia, and how far apart they stand.
_STRETCH = ("tawsin", "rabia")
_SPACING_M = (15_000.0, 20_000.0)
_INSIDE_M = (300.0, 1500.0)
_CLEAR_OF_GATE_M = 5000.0

_FIRST_DAY, _LAST_DAY = date(2019, 1, 1), date(2020, 1, 31)
_EVENTS = 60
_HOT_SPOTS = ("umm-al-jaris", "tal-sufuq", "tawsin")


def _seeded(layer: int) -> random.Random:
    return random.Random(SEED + layer)  # noqa: S311 - repeatable on purpose, not a secret


def checkpoints(border: LineString, iraq: BaseGeometry, roads: list[Feature]) -> list[Feature]:
    """Place posts along the Iraqi side of the border, at gates, and on roads inland."""
    rng = _seeded(0)
    line, inside = to_metres(border), to_metres(iraq)
    by_id = {road.id: road.geometry for road in roads}
    gates = [_gate(rng, to_metres(Point(CROSSINGS[key])), roads, inside) for key in _GATES]
    placed = [("manned_gate", at) for at in gates]
    placed += _border_posts(rng, line, inside, gates)
    placed += [("road_post", _along(rng, to_metres(by_id[key]))) for key in _INLAND_ROADS]
    return [_post(rng, n, kind, at) for n, (kind, at) in enumerate(placed, start=1)]


def _gate(rng: random.Random, crossing: Point, roads: list[Feature], inside: BaseGeometry) -> Point:
    """Place a point on a road, some way inside Iraq of a crossing."""
    ring = crossing.buffer(rng.uniform(*_INSIDE_M)).boundary
    for road in sorted(roads, key=lambda r: r.id):
        hits = to_metres(road.geometry).intersection(ring).intersection(inside)
        if not hits.is_empty:
            return Point(hits.representative_point())
    raise SampleDataError(f"no road on the Iraqi side of the crossing at {crossing.wkt}")


def _border_posts(
    rng: random.Random, line: LineString, inside: BaseGeometry, gates: list[Point]
) -> list[tuple[str, Point]]:
    start, end = sorted(line.project(to_metres(Point(CROSSINGS[key]))) for key in _STRETCH)
    posts: list[tuple[str, Point]] = []
    along = start + rng.uniform(0, _SPACING_M[0])
    while along < end:
        at = _offset_inside(line, along, rng.uniform(*_INSIDE_M), inside)
        if all(at.distance(gate) > _CLEAR_OF_GATE_M for gate in gates):
            kind = "tower_thermal" if len(posts) % 3 == 1 else "watch_post"
            posts.append((kind, at))
        along += rng.uniform(*_SPACING_M)
    return posts


def _offset_inside(line: LineString, along: float, away: float, inside: BaseGeometry) -> Point:
    """Step `away` metres square off the line, to the side that is inside."""
    at, ahead = line.interpolate(along), line.interpolate(along + 50)
    dx, dy = ahead.x - at.x, ahead.y - at.y
    scale = away / math.hypot(dx, dy)
    sides = (
        Point(at.x - dy * scale, at.y + dx * scale),
        Point(at.x + dy * scale, at.y - dx * scale),
    )
    for side in sides:
        if inside.contains(side):
            return side
    raise SampleDataError(f"neither side of the border at {at.wkt} is in Iraq")


def _along(rng: random.Random, road: BaseGeometry) -> Point:
    return LineString(shapely.get_coordinates(road)).interpolate(
        rng.uniform(0.35, 0.65), normalized=True
    )


def _post(rng: random.Random, number: int, kind: str, at: Point) -> Feature:
    sight_height_m, range_m, probability = _SENSORS[kind]
    properties = {
        "id": f"post-s-{number:02d}",
        "name": f"Post S-{number:02d} (synthetic)",
        "kind": kind,
        "range_m": 100 * round(rng.uniform(*range_m) / 100),
        "probability": round(rng.uniform(*probability), 2),
        "sight_height_m": sight_height_m,
        "synthetic": True,
        "source": _SOURCE,
    }
    return Feature(to_degrees(at), properties)


def bases(places: list[Feature], iraq: BaseGeometry, roads: list[Feature]) -> list[Feature]:
    """Bases a few kilometres from a town, in a seeded direction, with a road at hand."""
    rng = _seeded(1)
    allowed = _by_a_road(iraq, roads)
    features: list[Feature] = []
    for number, (town, readiness) in enumerate(_BASES, start=1):
        centre = to_metres(Point(position(places, town)))
        at = _scatter(rng, centre, 3000, 6000, allowed)
        properties = {
            "id": f"base-s-{number:02d}",
            "name": f"Base S-{number:02d} (synthetic)",
            "readiness_minutes": readiness,
            "synthetic": True,
            "source": _SOURCE,
        }
        features.append(Feature(to_degrees(at), properties))
    return features


def reinforcements(
    places: list[Feature], iraq: BaseGeometry, roads: list[Feature]
) -> list[Feature]:
    """Place forces on their way to Sinjar: that some were sent is documented, from where is not."""
    rng = _seeded(3)
    allowed = _by_a_road(iraq, roads)
    features: list[Feature] = []
    for number, town in enumerate(_REINFORCEMENTS, start=1):
        centre = to_metres(Point(position(places, town)))
        properties = {
            "id": f"reinforcement-s-{number:02d}",
            "name": f"Reinforcement R-{number:02d} (synthetic)",
            "ordered_on": _ORDERED_ON.isoformat(),
            "synthetic": True,
            "source": _SOURCE,
            "note": "that forces were sent to Sinjar is documented; where they started is made up",
        }
        features.append(Feature(to_degrees(_scatter(rng, centre, 3000, 8000, allowed)), properties))
    return features


def _by_a_road(iraq: BaseGeometry, roads: list[Feature]) -> BaseGeometry:
    """Return the ground of Iraq that has a road at hand."""
    near_road = to_metres(shapely.union_all([road.geometry for road in roads])).buffer(_ROAD_NEAR_M)
    return to_metres(iraq).intersection(near_road)


def _scatter(
    rng: random.Random, centre: Point, low_m: float, high_m: float, inside: BaseGeometry
) -> Point:
    while True:
        bearing, away = rng.uniform(0, 2 * math.pi), rng.uniform(low_m, high_m)
        at = Point(centre.x + away * math.sin(bearing), centre.y + away * math.cos(bearing))
        if inside.contains(at):
            return at


def incidents(border: LineString, iraq: BaseGeometry) -> list[Feature]:
    """Events over thirteen months: half along the whole border, half near three crossings."""
    rng = _seeded(2)
    line, inside = to_metres(border), to_metres(iraq)
    in_iraq = prep(inside)
    days = (_LAST_DAY - _FIRST_DAY).days
    features: list[Feature] = []
    while len(features) < _EVENTS:
        if rng.random() < 0.5:
            along = rng.uniform(0.03, 0.97) * line.length
        else:
            gate = to_metres(Point(CROSSINGS[rng.choice(_HOT_SPOTS)]))
            along = line.project(gate) + rng.gauss(0, 7000)
        at = _offset_inside(line, along, rng.uniform(100, 12_000), inside)
        # Square off a bend the point can fall back across the line.
        if not in_iraq.contains(at):
            continue
        day = _FIRST_DAY + timedelta(days=rng.randint(0, days))
        features.append(_event(rng, len(features) + 1, day, at))
    return features


def _event(rng: random.Random, number: int, day: date, at: Point) -> Feature:
    precision_m = 10 ** rng.uniform(2, math.log10(5000))
    properties: dict[str, Any] = {
        "id": f"event-s-{number:02d}",
        "date": day.isoformat(),
        "kind": rng.choices(("sighting", "detention", "attack"), (50, 35, 15))[0],
        "location_precision_m": max(100, min(5000, 50 * round(precision_m / 50))),
        "located": True,
        "synthetic": True,
        "source": _SOURCE,
        "note": "synthetic",
    }
    return Feature(to_degrees(at), properties)
