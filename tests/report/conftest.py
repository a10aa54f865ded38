"""A small made-up study on real ground: Sinjar, its towns, its border, and hostile names."""

import math
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely
from affine import Affine

from corridors.raster import Raster
from corridors.report.study_map import MapLayer, RasterLayer, StudyMap

CRS = pyproj.CRS(32637)
BOUNDS = (41.0, 35.9, 43.2, 36.9)
HOSTILE = "<script>window.hacked=1</script>"
ATTRIBUTE = "\"><img src=x onerror='window.hacked=2'>"

Places = list[tuple[float, float]]


def points(lonlat: Places, **columns: list[object]) -> gpd.GeoDataFrame:
    lon, lat = zip(*lonlat, strict=True)
    return gpd.GeoDataFrame(columns, geometry=gpd.points_from_xy(lon, lat), crs=4326)


def line(*lonlat: tuple[float, float]) -> shapely.LineString:
    return shapely.LineString(lonlat)


@pytest.fixture(scope="session")
def relief() -> Raster:
    """Make a ridge of 1,400 m that runs east, on a plain of 300 m; cells of 2 km."""
    rows, columns = 65, 105
    north = np.arange(rows)[:, np.newaxis] - 33
    east = np.arange(columns)[np.newaxis, :] - 40
    heights = 300 + 1100 * np.exp(-((north / 2.5) ** 2) - (east / 16) ** 2)
    return Raster(heights, Affine(2000, 0, 675_000, 0, -2000, 4_090_000), CRS, "elevation", "m")


def vector_layers() -> list[MapLayer]:
    hol, sinjar, baaj = (41.1486, 36.3756), (41.87, 36.32), (41.73, 36.04)
    border = [(41.28, 35.95), (41.26, 36.15), (41.29, 36.42), (41.8, 36.6), (42.07, 36.81)]
    ways = gpd.GeoDataFrame(
        {
            "origin": ["al-Hawl", "al-Hawl"],
            "destination": ["Sinjar", "Ba'aj"],
            "profile": ["on_foot", "vehicle"],
            "hours": [17.8, 1.62],
            "km": [71.1, 66.0],
            "road_share": [0.1, 0.9],
            "share": [0.6, 0.25],
        },
        geometry=[
            line(hol, (41.1, 36.2), (41.1, 36.0), sinjar),
            line(hol, (41.1, 36.2), (41.1, 36.0), baaj),
        ],
        crs=4326,
    )
    ground = ways.to_crs(CRS).geometry.buffer(8000)
    bands = gpd.GeoDataFrame(
        {"kind": ["overlap", "overlap", "through"], "share": [0.25, 0.75, None],
         "percent": [5.0, 5.0, 5.0], "extra_hours": [None, None, 0.8]},
        geometry=[ground.union_all(), ground.iloc[0], ground.iloc[1]],
        crs=CRS,
    )  # fmt: skip
    stretches = gpd.GeoDataFrame(
        {"name": ["Iraq-Syria"] * 4, "length_km": [22.0, 30.1, 49.8, 34.0],
         "share": [0.28, 0.49, 0.004, 0.07],
         "crossed_by": ["over ground", "through a gate", "over ground", ""]},
        geometry=[line(*pair) for pair in pairwise(border)],
        crs=4326,
    )  # fmt: skip
    posts = points(
        [(41.29, 36.2), (41.5, 36.52), (41.95, 36.33)],
        name=["Post 1 (synthetic)", HOSTILE, "Post 3 (synthetic)"],
        kind=["manned_gate", "tower_thermal", "watch_post"],
        range_m=[2500.0, 7500.0, 3000.0],
        transit_share=[0.384, 0.02, 0.09],
        transit_share_low=[0.30, 0.01, 0.05],
        transit_share_high=[0.45, 0.04, 0.12],
        incidents_expected=[1.4, 0.2, 0.7],
        incidents_low=[0.6, 0.0, 0.2],
        incidents_high=[2.8, 0.6, 1.5],
        hours_from_base=[1.62, 0.4, 0.2],
        synthetic=[True, True, True],
    )
    events = points(
        [(41.5, 36.4), (41.52, 36.41), (41.6, 36.2), (41.4, 36.3)],
        date=["2020-01-14", "2020-01-14", "2020-01-02", "2019-11-30"],
        kind=["attack", "attack", "sighting", "detention"],
        location_precision_m=[30_000, 30_000, 500, 300],
        synthetic=[False, False, True, False],
    )
    towns = points(
        [sinjar, (42.45, 36.38), baaj, (43.12, 36.34), (41.9, 36.5)],
        name=["Sinjar", "Tal Afar", "Ba'aj", "Mosul", ATTRIBUTE],
        population=[88_000, 220_000, None, 1_700_000, 50_000],
    )
    ends = points([hol, sinjar], name=["al-Hawl", "Sinjar"], role=["origin", "destination"])
    gates = points(
        [(42.072, 36.807), (41.254, 36.061)],
        name=["Rabia", "Tal Sufuq"],
        status=["official", "unofficial"],
        open=[True, False],
    )
    crest = line((41.45, 36.37), (41.98, 36.39))
    ridge = gpd.GeoDataFrame({"name": ["Long ridge"]}, geometry=[crest], crs=4326)
    return [
        MapLayer("endpoints", "Origins and destinations", ends, "endpoints"),
        MapLayer("corridors", "Corridors", bands, "corridors"),
        MapLayer("through", "Corridor of one journey", bands, "through"),
        MapLayer("paths", "Least-cost paths", ways, "paths"),
        MapLayer("border_segments", "Where the border is crossed", stretches, "border_segments"),
        MapLayer("checkpoints", "Checkpoints", posts, "checkpoints", synthetic=True),
        MapLayer("incidents", "Incidents", events, "incidents"),
        MapLayer("crossings", "Crossings", gates, "crossings"),
        MapLayer(
            "camps", HOSTILE, points([hol], name=["al-Hawl camp"], population=[66_101]), "camps"
        ),
        MapLayer("places", "Towns", towns, "places"),
        MapLayer("landmarks", "Landmarks", ridge, "landmarks"),
    ]


@pytest.fixture(scope="session")
def study_map(relief: Raster) -> StudyMap:
    rows, columns = relief.values.shape
    east, south = np.meshgrid(np.arange(columns), np.arange(rows))
    hours = Raster(np.hypot(east - 10, south - 30) / 6, relief.transform, CRS, "hours", "h")
    return StudyMap(
        title="Sinjar border corridors",
        subtitle=f"January 2020 & bad weather {HOSTILE}",
        relief=relief,
        layers=[*vector_layers(), RasterLayer("hours", "Hours on foot", hours, (2.0, 4.0, 8.0))],
        bounds=BOUNDS,
        attributions=("Elevation: NOAA GLOBE v1", "© OpenStreetMap contributors (ODbL)"),
        synthetic_note="Checkpoints are made up.",
        assumptions=("Nobody drives off the roads.",),
    )


@pytest.fixture
def tilted() -> tuple[Raster, float, float]:
    """Make a plane that rises 0.3 to the east and falls 0.2 to the north."""
    east, north = 0.3, -0.2
    x = np.arange(12) * 50.0
    y = -np.arange(9)[:, np.newaxis] * 50.0
    plane = Raster(east * x + north * y, Affine(50, 0, 0, 0, -50, 0), CRS, "elevation", "m")
    assert math.isclose(plane.values[1, 0] - plane.values[0, 0], 10.0)
    return plane, east, north
