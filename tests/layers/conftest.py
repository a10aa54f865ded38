"""A small area near Sinjar, and layers in every format."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely

from corridors.layers import KINDS, StudyArea, load_layer, study_area
from corridors.scenario.model import Area, LayerSource

AS_OF = dt.date(2020, 1, 31)


@pytest.fixture(scope="session")
def area() -> StudyArea:
    return study_area(Area(bbox=(41.0, 36.0, 42.0, 36.6), cell_m=2000))


@pytest.fixture
def posts() -> gpd.GeoDataFrame:
    """Two checkpoints."""
    return gpd.GeoDataFrame(
        {"id": ["a", "b"], "name": ["A", "B"], "range_m": [2000.0, 3000.0]},
        geometry=[shapely.Point(41.3, 36.2), shapely.Point(41.6, 36.4)],
        crs=4326,
    )


Load = Callable[..., tuple[gpd.GeoDataFrame, list[str]]]


@pytest.fixture
def load(area: StudyArea) -> Load:
    """Load one file as a kind of layer: rows and findings."""

    def loaded(
        path: Path, kind: str = "checkpoints", **keys: Any
    ) -> tuple[gpd.GeoDataFrame, list[str]]:
        source = LayerSource(file=path.name, **keys)
        layer, findings, _ = load_layer(source, path, kind=KINDS[kind], area=area, as_of=AS_OF)
        return layer, findings

    return loaded
