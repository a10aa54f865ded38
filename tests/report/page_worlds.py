"""Two small studies for the report: one with everything and hostile names, one with nothing."""

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import rasterio
import shapely
from affine import Affine

import corridors
from corridors.study import Study

SOUTH = "EPSG:32736"
HOSTILE = "<script>window.hacked=1</script>"
ATTRIBUTE = "\"><img src=x onerror='window.hacked=2'>"
BARE = """
title = "Nothing but ground"
as_of = 2024-05-01
[area]
bbox = [32.46, -16.06, 32.70, -15.87]
cell_m = 500
neighbours = 8
[layers]
elevation = { file = "dem.tif" }
borders = { file = "border.gpkg" }
[[profiles]]
name = "walk"
share = 1.0
mode = "foot"
[[origins]]
name = "west"
point = [32.47, -15.95]
[[destinations]]
name = "near"
point = [32.52, -15.95]
[flow]
travellers = 40
"""
FULL = """
title = "A <b>study</b> & its names"
description = 'HOSTILE'
as_of = 2024-05-01
seed = 11
provenance = "provenance.json"
[area]
bbox = [32.46, -16.06, 32.70, -15.87]
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
label = "on foot"
share = 0.75
mode = "foot"
[[profiles]]
name = "drive"
label = "by car"
share = 0.25
mode = "vehicle"
off_road_kmh = 15
road_kmh = { other = 50 }
[[origins]]
name = 'HOSTILE'
point = [32.47, -15.95]
[[destinations]]
name = "east"
point = [32.66, -15.95]
weight = 0.8
[[destinations]]
name = "north"
point = [32.66, -15.89]
weight = 0.2
[weather]
visibility_km = 4
rain = "light"
note = 'HOSTILE'
[posts]
horizon_days = 365
[worth]
candidates = 6
[flow]
travellers = 200
[[assumptions]]
what = 'It is <i>sure</i>'
why = 'HOSTILE said so.'
"""


def bare_study(folder: Path) -> Study:
    """Return a study without roads, posts, places or assumptions, that crosses no border."""
    return _study(folder, BARE)


def full_study(folder: Path) -> Study:
    """Return a study with posts, bases and a record of sources; its names are hostile."""
    posts = gpd.GeoDataFrame(
        {
            "id": ["a", "b", "c"],
            "name": ["Quiet post", f"Busy {ATTRIBUTE}", f"Post {HOSTILE}"],
            "kind": ["watch_post", "road_post", "watch_post"],
            "range_m": [1000.0, 2500.0, 1500.0],
            "probability": [0.5, 0.7, 0.6],
            "synthetic": [True, True, True],
        },
        geometry=shapely.points([(445_000, 8_226_000), (457_000, 8_236_300), (461_000, 8_239_000)]),
        crs=SOUTH,
    )
    posts.to_file(folder / "posts.gpkg")
    base = {"id": ["base"], "name": ["Base"], "synthetic": [False]}
    gpd.GeoDataFrame(base, geometry=[shapely.Point(450_000, 8_230_000)], crs=SOUTH).to_file(
        folder / "bases.gpkg"
    )
    at = [(457_200, 8_236_000), (457_100, 8_236_500), (445_000, 8_228_000), (460_000, 8_239_000)]
    gpd.GeoDataFrame(
        {
            "id": ["i", "j", "k", "l"],
            "date": ["2024-01-05", "2024-03-01", "2023-05-02", "2024-04-01"],
            "kind": ["attack", HOSTILE + " attack", "attack", "sighting"],
            "location_precision_m": [0.0, 500.0, 3000.0, 100.0],
            "synthetic": [False] * 4,
        },
        geometry=shapely.points(at),
        crs=SOUTH,
    ).to_file(folder / "incidents.gpkg")
    entries = [
        {"file": "dem.tif", "title": "Heights", "source": HOSTILE, "licence": "CC0 1.0"},
        {"file": "border.gpkg", "title": "Border", "attribution": f"© {ATTRIBUTE}"},
    ]
    (folder / "provenance.json").write_text(json.dumps({"layers": entries}), encoding="utf-8")
    return _study(folder, FULL.replace("HOSTILE", HOSTILE))


def _study(folder: Path, scenario: str) -> Study:
    y, x = np.mgrid[:300, :300]
    heights = (200 * np.sin(x / 30) * np.cos(y / 40) + 500).astype("float32")
    profile = {"driver": "GTiff", "height": 300, "width": 300, "count": 1, "dtype": "float32"}
    transform = Affine(100, 0, 440_000, 0, -100, 8_250_000)
    with rasterio.open(folder / "dem.tif", "w", crs=SOUTH, transform=transform, **profile) as dem:
        dem.write(heights, 1)
    line = shapely.LineString([(455_000, 8_219_000), (456_000, 8_251_000)])
    border = gpd.GeoDataFrame({"id": ["b"], "name": [HOSTILE]}, geometry=[line], crs=SOUTH)
    border.to_file(folder / "border.gpkg")
    (folder / "scenario.toml").write_text(scenario, encoding="utf-8")
    return corridors.analyse(corridors.load_scenario(folder / "scenario.toml"))
