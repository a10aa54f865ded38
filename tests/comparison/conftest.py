"""A study of a few seconds: rolling ground, a border, two posts, two origins."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from affine import Affine

CRS = "EPSG:32736"
SCENARIO = """
title = "A plain with a border"
as_of = 2024-05-01
seed = 7
[area]
bbox = [32.46, -16.06, 32.70, -15.87]
cell_m = 800
neighbours = 8
[layers]
elevation = { file = "dem.tif" }
borders = { file = "border.geojson" }
checkpoints = { file = "posts.geojson" }
bases = { file = "bases.geojson" }
[[profiles]]
name = "walk"
share = 0.7
mode = "foot"
[[profiles]]
name = "slow"
share = 0.3
mode = "foot"
off_road_factor = 0.4
rain_factor = { light = 0.9, moderate = 0.8, heavy = 0.5 }
[[origins]]
name = "north"
point = [32.48, -15.90]
weight = 0.6
[[origins]]
name = "south"
point = [32.49, -16.03]
weight = 0.4
[[destinations]]
name = "east"
point = [32.67, -15.95]
[[barriers]]
name = "ditch"
borders = ["b-1"]
delay_minutes = { walk = 10, slow = 20 }
[weather]
visibility_km = 20
[flow]
travellers = 100
perception_km = 3
smoothing_m = 800
stretch_km = 4
smallest_km2 = 1
"""


def write_study(folder: Path) -> Path:
    """Write the study and return its scenario file."""
    folder.mkdir(exist_ok=True)
    y, x = np.mgrid[:150, :150]
    heights = (120 * np.sin(x / 15) * np.cos(y / 20) + 500).astype("float32")
    profile = {"driver": "GTiff", "height": 150, "width": 150, "count": 1, "dtype": "float32"}
    transform = Affine(200, 0, 440_000, 0, -200, 8_250_000)
    with rasterio.open(folder / "dem.tif", "w", crs=CRS, transform=transform, **profile) as dem:
        dem.write(heights, 1)
    border = shapely.LineString([(454_000, 8_219_000), (455_000, 8_251_000)])
    posts = [shapely.Point(454_600, 8_236_000), shapely.Point(458_500, 8_234_500)]
    layers = {
        "border": {"id": ["b-1"], "name": ["border"], "geometry": [border]},
        "posts": {
            "id": ["p-1", "p-2"],
            "name": ["first", "second"],
            "kind": ["watch_post", "tower_thermal"],
            "range_m": [4000.0, 3000.0],
            "probability": [0.8, 0.6],
            "synthetic": [True, True],
            "geometry": posts,
        },
        "bases": {"id": ["a"], "name": ["base"], "geometry": [shapely.Point(463_000, 8_240_000)]},
    }
    for name, columns in layers.items():
        table = gpd.GeoDataFrame(columns, geometry="geometry", crs=CRS).to_crs(4326)
        table.to_file(folder / f"{name}.geojson")
    path = folder / "scenario.toml"
    path.write_text(SCENARIO, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def study_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_study(tmp_path_factory.mktemp("comparison") / "plain")
