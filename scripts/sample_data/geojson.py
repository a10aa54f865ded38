"""Write GeoJSON as RFC 7946 wants it, in the same bytes each time."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from .errors import SampleDataError

DECIMALS = 6


@dataclass(frozen=True)
class Feature:
    """One geometry in lon/lat with its properties; `id` is one of them."""

    geometry: BaseGeometry
    properties: dict[str, Any]

    @property
    def id(self) -> str:
        """The feature's stable name in its layer."""
        return str(self.properties["id"])


def write(path: Path, features: Iterable[Feature]) -> int:
    """Write features sorted by id, one a line, and return how many there are.

    Raises
    ------
    SampleDataError
        If an id repeats, or a geometry is empty or invalid once rounded.
    """
    rows = sorted((_rounded(feature, path.name) for feature in features), key=lambda f: f.id)
    ids = [row.id for row in rows]
    if len(set(ids)) != len(ids):
        raise SampleDataError(f"{path.name}: an id is used twice")
    bounds = shapely.total_bounds([row.geometry for row in rows])
    bbox = json.dumps([round(float(v), DECIMALS) for v in bounds])
    lines = ",\n".join(_dump(row) for row in rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        f'{{"type": "FeatureCollection", "bbox": {bbox}, "features": [\n{lines}\n]}}\n',
        encoding="utf-8",
        newline="\n",
    )
    return len(rows)


def _rounded(feature: Feature, layer: str) -> Feature:
    def round_all(coordinates: Any) -> Any:
        return coordinates.round(DECIMALS)

    geometry = shapely.orient_polygons(shapely.transform(feature.geometry, round_all))
    before, after = feature.geometry.geom_type, geometry.geom_type
    # Rounding can fold a sliver: type and validity are looked at again afterwards.
    if geometry.is_empty or not geometry.is_valid or before != after:
        raise SampleDataError(f"{layer}: {feature.id} is not a valid {before} once rounded")
    if not all(math.isfinite(v) for v in geometry.bounds):
        raise SampleDataError(f"{layer}: {feature.id} has a coordinate that is not finite")
    return Feature(geometry, feature.properties)


def _dump(feature: Feature) -> str:
    body = {
        "type": "Feature",
        "properties": feature.properties,
        "geometry": mapping(feature.geometry),
    }
    return json.dumps(body, ensure_ascii=False, allow_nan=False)
