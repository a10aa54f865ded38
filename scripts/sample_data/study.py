"""The study box, the working projection and the names that all layers share."""

from __future__ import annotations

from typing import Final, TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Geod, Transformer
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

STUDY_BOX: Final = (40.5, 35.3, 43.5, 37.4)
BOX: Final[Polygon] = shapely.box(*STUDY_BOX)

#: The day the packages were fetched. A constant, so that a rebuild gives the same bytes.
RETRIEVED: Final = "2026-11-22"

#: One seed for everything that is made up.
SEED: Final = 20200114

COUNTRY_NAMES: Final = {"IRQ": "Iraq", "SYR": "Syria", "TUR": "Turkey"}
A3_FROM_A2: Final = {"IQ": "IRQ", "SY": "SYR", "TR": "TUR"}

GEOD: Final = Geod(ellps="WGS84")
# The box straddles UTM zones 37 and 38; zone 38 serves, because metres are only needed to place
# things a few kilometres apart and never to measure a published length.
_TO_METRES: Final = Transformer.from_crs("EPSG:4326", "EPSG:32638", always_xy=True)
_TO_DEGREES: Final = Transformer.from_crs("EPSG:32638", "EPSG:4326", always_xy=True)

LonLat = tuple[float, float]
GeometryT = TypeVar("GeometryT", bound=BaseGeometry)


def distance_m(a: LonLat, b: LonLat) -> float:
    """Geodesic distance between two lon/lat points, in metres."""
    return float(GEOD.inv(a[0], a[1], b[0], b[1])[2])


def length_km(line: BaseGeometry) -> float:
    """Geodesic length of a lon/lat line, in kilometres, rounded to the metre."""
    return round(float(GEOD.geometry_length(line)) / 1000, 3)


def to_metres(geometry: GeometryT) -> GeometryT:
    """Project a lon/lat geometry to UTM zone 38N."""
    return _projected(geometry, _TO_METRES)


def to_degrees(geometry: GeometryT) -> GeometryT:
    """Take a UTM zone 38N geometry back to lon/lat."""
    return _projected(geometry, _TO_DEGREES)


def _projected(geometry: GeometryT, transformer: Transformer) -> GeometryT:
    def project(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(transformer.transform(points[:, 0], points[:, 1]))

    return shapely.transform(geometry, project)
