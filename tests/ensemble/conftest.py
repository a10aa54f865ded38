"""A study of 20 by 24 cells with two ways of moving, posts, a base and incidents."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from affine import Affine

from corridors.scenario import Scenario, load_scenario
from corridors.study import Ground, study_ground

ZONE = "EPSG:32736"
SCENARIO = """
title = "A tiny ensemble"
as_of = 2024-05-01
seed = 11
[area]
bbox = [32.46, -16.06, 32.58, -15.96]
crs = "EPSG:32736"
cell_m = 500
neighbours = 8
[layers]
elevation = { file = "dem.tif" }
borders = { file = "border.gpkg" }
checkpoints = { file = "posts.gpkg" }
bases = { file = "bases.gpkg" }
incidents = { file = "incidents.gpkg" }
[[profiles]]
name = "walk"
share = 0.7
mode = "foot"
[[profiles]]
name = "slow"
share = 0.3
mode = "foot"
off_road_factor = 0.4
[[origins]]
name = "north"
point = [32.475, -15.985]
[[origins]]
name = "south"
point = [32.475, -16.035]
[[destinations]]
name = "east"
point = [32.565, -16.01]
[[barriers]]
name = "berm"
borders = ["line"]
delay_minutes = { walk = 20, slow = 40 }
[flow]
perception_km = 2
stretch_km = 2
smoothing_m = 500
"""
UNCERTAIN = {"speed": 0.2, "ranges": 0.4, "probabilities": 0.8, "barrier_delay": 0.5}


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiny")
    y, x = np.mgrid[:160, :180]
    heights = (80 * np.sin(x / 15) * np.cos(y / 20) + 500).astype("float32")
    profile = {"driver": "GTiff", "height": 160, "width": 180, "count": 1, "dtype": "float32"}
    transform = Affine(100, 0, 439_500, 0, -100, 8_237_500)
    with rasterio.open(folder / "dem.tif", "w", crs=ZONE, transform=transform, **profile) as dem:
        dem.write(heights, 1)
    write = _writer(folder)
    write("border", ["line"], [shapely.LineString([(448_000, 8_220_000), (448_300, 8_240_000)])])
    at = [(448_500, 8_227_000), (448_500, 8_230_500), (448_500, 8_234_000)]
    write("posts", ["a", "b", "c"], shapely.points(at), kind="watch_post", range_m=1500.0,
          probability=0.6)  # fmt: skip
    write("bases", ["camp"], [shapely.Point(453_000, 8_230_000)])
    near = [(448_500, 8_228_000), (449_500, 8_233_000), (452_000, 8_231_000)]
    write("incidents", ["i", "j", "k"], shapely.points(near), date="2024-01-02", kind="attack",
          location_precision_m=8000.0)  # fmt: skip
    return folder


def _writer(folder: Path) -> Callable[..., None]:
    def write(file: str, ids: list[str], shapes: Any, **columns: Any) -> None:
        table = {"id": ids, "name": ids, **columns}
        gpd.GeoDataFrame(table, geometry=shapes, crs=ZONE).to_file(folder / f"{file}.gpkg")

    return write


@pytest.fixture(scope="session")
def tiny(folder: Path) -> Callable[..., Ground]:
    """Return a study's ground with given tables changed."""
    grounds: dict[str, Ground] = {}

    def of(scenario: Scenario) -> Ground:
        key = scenario.model_dump_json(exclude={"uncertainty"})
        if key not in grounds:
            grounds[key] = study_ground(scenario)
        return _with(grounds[key], scenario)

    def make(extra: str = "", *, without: tuple[str, ...] = (), **uncertainty: Any) -> Ground:
        lines = "\n".join(
            f"{key} = {str(value).lower()}" for key, value in (uncertainty or UNCERTAIN).items()
        )
        kept = [line for line in SCENARIO.splitlines() if not line.startswith(without or ("!",))]
        path = folder / "scenario.toml"
        path.write_text(
            f"{chr(10).join(kept)}\n{extra}\n[uncertainty]\n{lines}\n", encoding="utf-8"
        )
        return of(load_scenario(path))

    return make


def _with(ground: Ground, scenario: Scenario) -> Ground:
    return Ground(**{**vars(ground), "scenario": scenario})
