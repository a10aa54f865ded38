"""QGIS opens the results: everything is where it belongs, and styled.

Needs the Debian package python3-qgis. QGIS runs in a process of its own, with an environment
that holds nothing of ours: our libraries inside it end in a crash.
"""

import json
import os
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import matplotlib.image
import numpy as np
import pytest
from affine import Affine
from shapely import LineString, Point, box

from corridors.crs import choose_working_crs, parse_crs, project
from corridors.export import (
    DEFAULT_STYLES,
    raster_qml,
    write_cog,
    write_geojson,
    write_geopackage,
)
from corridors.raster import Raster

SYSTEM_PYTHON = "/usr/bin/python3"
SCRUBBED = ("PYTHON", "GDAL_", "PROJ_", "QT_", "LD_LIBRARY", "VIRTUAL_ENV", "CONDA")
LAEA = choose_working_crs((40.5, 35.3, 43.5, 37.4)).crs
CELL_M = 500.0
QT_NORMAL = 50
# Where the pictures may be kept to be looked at; else they go with the test's folder.
KEEP_IN = "CORRIDORS_TEST_PICTURES"

pytestmark = pytest.mark.qgis


def clean_environment(home: Path) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(SCRUBBED)}
    runtime = home / "runtime"
    runtime.mkdir(mode=0o700)
    return {
        **kept,
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(runtime),
        "QT_QPA_PLATFORM": "offscreen",
    }


def has_qgis() -> bool:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(SCRUBBED)}
    try:
        asked = subprocess.run(
            [SYSTEM_PYTHON, "-c", "import qgis.core"],
            env=environment,
            capture_output=True,
            check=False,
            timeout=120,
        )
    except OSError:
        return False
    return asked.returncode == 0


def layer(**columns: Any) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry="geometry", crs=LAEA)


def study() -> dict[str, gpd.GeoDataFrame]:
    """Return a small world with a row for each look that a default style has."""
    border = [(-30e3, -20e3), (-20e3, -5e3), (-12e3, 2e3), (-8e3, 12e3), (0, 20e3), (4e3, 30e3)]
    stretches = [LineString(border[at : at + 2]) for at in range(5)]
    path = LineString([(-40e3, 0), (-16e3, -1e3), (5e3, 3e3), (30e3, -4e3)])
    other = LineString([(-38e3, -14e3), (-25e3, -12e3), (0, -8e3), (30e3, -4e3)])
    posts = [Point(-15e3, -3e3), Point(-3e3, 14e3), Point(10e3, 0)]
    names = ["Post north", "Post west", "Post ridge"]
    return {
        "incidents": layer(
            id=["i1", "i2"],
            kind=["attack", "attack"],
            synthetic=[True, False],
            geometry=[Point(-14e3, 4e3), Point(14e3, 6e3)],
        ),
        "checkpoints": layer(
            id=["k1", "k2", "k3"], name=names, synthetic=[True, True, False], geometry=posts
        ),
        "bases": layer(id=["a1"], name=["Base"], geometry=[Point(26e3, 20e3)]),
        "reinforcements": layer(id=["r1"], name=["Plan 1"], geometry=[Point(-24e3, -9e3)]),
        "crossings": layer(id=["x1"], name=["Rabia"], geometry=[Point(-12e3, 2e3)]),
        "camps": layer(id=["m1"], name=["Camp"], geometry=[Point(-32e3, 12e3)]),
        "landmarks": layer(
            id=["h1"], name=["Ridge"], geometry=[LineString([(-5e3, 8e3), (20e3, 9e3)])]
        ),
        "endpoints": layer(
            id=["e1", "e2"],
            name=["Camp", "Town"],
            role=["origin", "destination"],
            geometry=[Point(-36e3, 4e3), Point(28e3, -8e3)],
        ),
        "endpoint_areas": layer(id=["e1"], name=["Camp"], geometry=[box(-39e3, 1e3, -33e3, 7e3)]),
        "places": layer(id=["l1"], name=["Sinjar"], geometry=[Point(20e3, -12e3)]),
        "paths": layer(id=["p1", "p2"], hours=[9.5, 11.0], geometry=[path, other]),
        "border_segments": layer(
            id=["b1", "b2", "b3", "b4", "b5"],
            share=[np.nan, 0.01, 0.04, 0.1, 0.6],
            geometry=stretches,
        ),
        "borders": layer(id=["o1"], geometry=[LineString(border)]),
        "buffers": layer(id=["f1"], radius_m=[5000.0], geometry=[posts[0].buffer(5000)]),
        "alternatives": layer(
            id=["w1"], rank=[2], geometry=[LineString([(-40e3, 28e3), (30e3, 26e3)])]
        ),
        "travellers": layer(
            id=["t1"], mode=[1], geometry=[LineString([(-40e3, -18e3), (30e3, -20e3)])]
        ),
        "corridors": layer(
            id=["c1", "c2", "c3", "c4", "c5"],
            kind=["band", "band", "band", "through", "else"],
            share=[0.5, 0.8, 0.95, np.nan, np.nan],
            geometry=[
                path.buffer(1500),
                path.buffer(3000),
                path.buffer(4500),
                other.buffer(3000),
                box(20e3, 10e3, 30e3, 16e3),
            ],
        ),
        "network": layer(
            id=["n1", "n2", "n3"],
            road_class=["primary", "track", "unclassified"],
            geometry=[
                LineString([(-40e3, 20e3), (0, -20e3)]),
                LineString([(-30e3, 25e3), (30e3, 20e3)]),
                LineString([(0, -20e3), (30e3, 10e3)]),
            ],
        ),
        "governorates": layer(id=["g1"], name=["Ninawa"], geometry=[box(-42e3, -24e3, 36e3, 32e3)]),
    }


def hours() -> Raster:
    rows, columns = np.mgrid[0:120, 0:160]
    values = np.hypot(rows - 60, columns - 20) / 15
    values[:20, :30] = np.nan
    transform = Affine(CELL_M, 0, -42e3, 0, -CELL_M, 32e3)
    return Raster(values, transform, LAEA, "travel_time", "h", "Hours from the nearest origin")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with results in every form."""
    path = tmp_path_factory.mktemp("results")
    for name, rows in study().items():
        write_geojson(rows, path / f"{name}.geojson")
    write_geopackage(study(), path / "study.gpkg")
    write_cog([hours(), hours()], path / "travel_time.tif")
    colours = ["#440154", "#2a788e", "#fde725"]
    style = raster_qml([1, 2], colours, unit="h")
    (path / "travel_time.qml").write_text(style, encoding="utf-8")
    shares = replace(hours(), values=hours().values / 100, name="share", units="1")
    write_cog([shares] * 4, path / "passages.tif")
    style = raster_qml([0.01, 0.02], colours, unit="%", scale=100, least_hidden=True)
    (path / "passages.qml").write_text(style, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where QGIS draws to."""
    kept = os.environ.get(KEEP_IN)
    return (Path(kept) if kept else tmp_path_factory.mktemp("picture")) / "qgis.png"


@pytest.fixture(scope="module")
def seen(folder: Path, picture: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return what QGIS sees in the folder."""
    if not has_qgis():
        pytest.skip("QGIS is not installed (Debian: python3-qgis)")
    probe = Path(__file__).with_name("qgis_probe.py")
    done = subprocess.run(
        [SYSTEM_PYTHON, probe, folder, picture],
        env=clean_environment(tmp_path_factory.mktemp("home")),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


@pytest.mark.parametrize("name", study())
def test_geojson_is_where_it_belongs(seen: dict[str, Any], name: str) -> None:
    told = seen["geojson"][name]
    there = project(study()[name], to_crs="EPSG:4326")
    assert told["valid"]
    assert told["crs"] == "EPSG:4326"
    assert told["features"] == len(there)
    np.testing.assert_allclose(told["extent"], there.total_bounds, atol=1e-6)
    assert set(there.columns) - {"geometry"} <= set(told["fields"])


@pytest.mark.parametrize("name", study())
def test_geopackage_layers_are_where_they_belong(seen: dict[str, Any], name: str) -> None:
    told = seen["geopackage"][name]
    rows = study()[name]
    assert told["valid"]
    assert told["features"] == len(rows)
    np.testing.assert_allclose(told["extent"], rows.total_bounds, atol=1e-3)
    assert_working_crs(told["crs_proj"])


def assert_working_crs(proj: str) -> None:
    """Assert that QGIS places points in the made CRS where we do."""
    given = parse_crs(proj)
    here = gpd.GeoDataFrame(geometry=[Point(-40e3, 30e3)], crs=given)
    there = project(here, to_crs=LAEA).geometry.iloc[0]
    assert there.distance(here.geometry.iloc[0]) < 0.001


@pytest.mark.parametrize("name", study())
def test_geopackage_layers_open_with_their_default_style(seen: dict[str, Any], name: str) -> None:
    told = seen["geopackage"][name]
    style = DEFAULT_STYLES[name]
    looks = [*style.categories, *style.classes]
    symbols = [look.symbol for look in looks] or [style.symbol]
    kinds = {(True, False): "categorizedSymbol", (False, True): "graduatedSymbol"}
    wanted = kinds.get((bool(style.categories), bool(style.classes)), "singleSymbol")
    assert told["renderer"] == wanted
    assert told["colours"] == [symbol.colour for symbol in symbols]
    assert told["opacities"] == [symbol.opacity for symbol in symbols]
    assert told["labels"] is (style.label is not None)
    assert told["label_weight"] == (None if style.label is None else QT_NORMAL)


LOOKS = {
    "corridors": {
        "c1": "Holds up to 50 % of what is travelled",
        "c2": "Up to 80 %, with the darker ground",
        "c3": "More than 80 %, with the darker ground",
        "c4": "Corridor of one journey",
        "c5": "Other",
    },
    "incidents": {"i1": "Incident, synthetic", "i2": "Incident, reported"},
    "border_segments": {
        "b1": "share of passages not known",
        "b2": "up to 2 %",
        "b3": "2 to 5 %",
        "b4": "5 to 15 %",
        "b5": "more than 15 %",
    },
    "network": {"n1": "Primary road", "n2": "Track", "n3": "Other road"},
}


def test_every_row_is_drawn_in_the_look_meant_for_it(seen: dict[str, Any]) -> None:
    for name, looks_by_row in LOOKS.items():
        style = DEFAULT_STYLES[name]
        colours = {look.label: look.symbol.colour for look in (*style.categories, *style.classes)}
        wanted = {row: colours[label] for row, label in looks_by_row.items()}
        assert seen["geopackage"][name]["drawn_as"] == wanted, name


def test_the_raster_opens_in_the_working_crs(seen: dict[str, Any]) -> None:
    told = seen["rasters"]["travel_time"]
    assert told["valid"]
    assert told["size"] == [160, 120]
    assert told["band"] == "Band 1: travel_time"
    assert_working_crs(told["crs_proj"])


def test_the_raster_opens_in_the_classes_of_the_file_beside_it(seen: dict[str, Any]) -> None:
    told = seen["rasters"]["travel_time"]
    assert told["renderer"] == "singlebandpseudocolor"
    assert told["legend"] == ["up to 1 h", "up to 2 h", "over 2 h"]
    assert told["shaded"]["0.3"] == [0x44, 0x01, 0x54, 255]


def test_a_raster_of_four_bands_opens_as_classes_and_its_lowest_is_clear(
    seen: dict[str, Any],
) -> None:
    told = seen["rasters"]["passages"]
    assert told["renderer"] == "singlebandpseudocolor"
    assert told["legend"] == ["up to 1 %, not drawn", "up to 2 %", "over 2 %"]
    assert [told["shaded"][value][3] for value in ("0.0", "0.005")] == [0, 0]
    assert told["shaded"]["0.015"] == [0x2A, 0x78, 0x8E, 255]
    assert told["shaded"]["0.3"] == [0xFD, 0xE7, 0x25, 255]


def test_the_map_is_drawn_in_the_colours_of_the_styles(seen: dict[str, Any], picture: Path) -> None:
    assert seen["errors"] == []
    image = (matplotlib.image.imread(picture)[:, :, :3] * 255).round().astype(int)
    found = {tuple(pixel) for pixel in np.unique(image.reshape(-1, 3), axis=0).tolist()}
    for name in ("checkpoints", "crossings", "camps", "reinforcements"):
        colour = DEFAULT_STYLES[name].symbol.colour
        assert tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5)) in found, name


def test_bands_are_drawn_from_the_widest_to_the_narrowest(seen: dict[str, Any]) -> None:
    # What comes last lies on top; outlines, which hide nothing, come after all bands.
    assert seen["geopackage"]["corridors"]["drawn_in_order"][:3] == ["c3", "c2", "c1"]
    assert seen["geopackage"]["paths"]["drawn_in_order"] == ["p1", "p2"]
