"""The files of the bundled sample, read plainly."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Geod, Transformer
from shapely.geometry import LineString, Point, shape
from shapely.geometry.base import BaseGeometry

ROOT = Path(__file__).resolve().parent.parent.parent
DATA = ROOT / "data"
GEOJSON = sorted(str(path.relative_to(DATA)) for path in DATA.rglob("*.geojson"))
NOT_LAYERS = {".md", ".toml"}
DECIMALS = 6

LonLat = tuple[float, float]

GEOD = Geod(ellps="WGS84")
TO_METRES = Transformer.from_crs("EPSG:4326", "EPSG:32638", always_xy=True)


@cache
def provenance() -> Any:
    return json.loads((DATA / "provenance.json").read_text(encoding="utf-8"))


@cache
def collection(file: str) -> Any:
    def refuse(constant: str) -> None:
        raise AssertionError(f"{file} holds {constant}, which is not JSON")

    return json.loads((DATA / file).read_text(encoding="utf-8"), parse_constant=refuse)


def rows(file: str) -> list[dict[str, Any]]:
    return [feature["properties"] for feature in collection(file)["features"]]


def geometries(file: str) -> dict[str, BaseGeometry]:
    features = collection(file)["features"]
    return {f["properties"]["id"]: shape(f["geometry"]) for f in features}


def metres(geometry: BaseGeometry) -> BaseGeometry:
    def project(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(TO_METRES.transform(lonlat[:, 0], lonlat[:, 1]))

    return shapely.transform(geometry, project)


def distance_km(a: LonLat, b: LonLat) -> float:
    return float(GEOD.inv(*a, *b)[2]) / 1000


def place(name: str) -> Point:
    (found,) = [row["id"] for row in rows("places/places.geojson") if row["name"] == name]
    return Point(geometries("places/places.geojson")[found].coords)


def iraq_syria(file: str = "boundaries/borders.geojson") -> LineString:
    (found,) = [row["id"] for row in rows(file) if row["name"] == "Iraq-Syria"]
    return LineString(geometries(file)[found].coords)
