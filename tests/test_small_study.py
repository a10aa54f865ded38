"""A study of one's own, far from Sinjar, with nothing but elevation and a border."""

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from affine import Affine

import corridors
from corridors.progress import Progress
from tests.export.rfc7946 import assert_rfc7946

SOUTH = "EPSG:32736"
SCENARIO = """
title = "A <b>study</b> of one's own"
as_of = 2024-05-01
[area]
bbox = [32.46, -16.06, 32.70, -15.87]
cell_m = 500
neighbours = 8
[layers]
elevation = { file = "dem.tif" }
borders = { file = "border.shp" }
[[profiles]]
name = "walk"
share = 1.0
mode = "foot"
[[origins]]
name = "camp"
file = "origin.gpkg"
[[destinations]]
name = "east"
point = [32.66, -15.95]
[[barriers]]
name = "wall"
file = "wall.fgb"
delay_minutes = { walk = "impassable" }
[flow]
write_paths = true
[buffers]
paths_m = [1000]
dissolve = true
"""


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("own study é")
    y, x = np.mgrid[:300, :300]
    heights = (200 * np.sin(x / 30) * np.cos(y / 40) + 500).astype("float32")
    profile = {"driver": "GTiff", "height": 300, "width": 300, "count": 1, "dtype": "float32"}
    transform = Affine(100, 0, 440_000, 0, -100, 8_250_000)
    with rasterio.open(folder / "dem.tif", "w", crs=SOUTH, transform=transform, **profile) as dem:
        dem.write(heights, 1)
    shapes = {
        "border.shp": shapely.LineString([(455_000, 8_219_000), (456_000, 8_251_000)]),
        "origin.gpkg": shapely.box(442_000, 8_232_000, 444_000, 8_236_000),
    }
    for name, shape in shapes.items():
        gpd.GeoDataFrame({"name": ["one"]}, geometry=[shape], crs=SOUTH).to_file(folder / name)
    wall_layer().to_crs(4326).to_file(folder / "wall.fgb")
    (folder / "scenario.toml").write_text(SCENARIO, encoding="utf-8")
    return corridors.run(folder / "scenario.toml")


def wall_layer() -> gpd.GeoDataFrame:
    wall = shapely.LineString([(460_000, 8_222_000), (460_000, 8_238_000)])
    return gpd.GeoDataFrame({"name": ["wall"]}, geometry=[wall], crs=SOUTH)


def test_every_layer_is_written_and_those_without_rows_are_valid_too(results: Path) -> None:
    layers = sorted(results.glob("*.geojson"))
    assert len(layers) == 14
    for path in layers:
        assert_rfc7946(path)
    assert json.loads((results / "checkpoints.geojson").read_text())["features"] == []


def test_no_file_mixes_points_with_lines_or_areas(results: Path) -> None:
    for path in results.glob("*.geojson"):
        rows = gpd.read_file(path)
        assert len(set(shapely.get_dimensions(rows.geometry.array))) <= 1, path.name


def test_an_area_where_journeys_start_is_a_layer_of_its_own(results: Path) -> None:
    ends = gpd.read_file(results / "study.gpkg", layer="endpoints").set_index("role")
    areas = gpd.read_file(results / "study.gpkg", layer="endpoint_areas")
    given = shapely.box(442_000, 8_232_000, 444_000, 8_236_000)
    assert areas["name"].tolist() == ["camp"]
    # A strip of 220 m lies outside the study area.
    inside = areas.geometry.item()
    assert inside.difference(given).area < 1
    assert inside.area == pytest.approx(given.area - 4000 * 216, rel=0.001)
    assert given.contains(ends.geometry["origin"])
    assert set(ends.index) == {"origin", "destination"}


def test_the_path_goes_round_the_wall(results: Path) -> None:
    path = gpd.read_file(results / "paths.geojson").to_crs(SOUTH).geometry.item()
    assert not path.intersects(wall_layer().geometry.item())
    # The wall ends in the north at 8,238 km; a straight way would cross it at about 8,235 km.
    assert path.bounds[3] > 8_237_500


def test_travellers_are_written_where_asked_for_and_no_finer_than_a_cell(results: Path) -> None:
    ways = gpd.read_file(results / "study.gpkg", layer="travellers")
    assert len(ways) > 100
    grid = json.loads((results / "summary.json").read_text())["grid"]
    corners = shapely.get_coordinates(np.asarray(ways.geometry.array))
    offset = np.mod(corners - corners[0], grid["cell_m"])
    np.testing.assert_allclose(np.minimum(offset, grid["cell_m"] - offset), 0, atol=1e-6)
    assert (ways["detour"] > -1e-9).all()
    # Modes are numbered by how many take them.
    counts = ways["mode"].value_counts().sort_index()
    assert counts.index.tolist() == list(range(1, len(counts) + 1))
    assert counts.is_monotonic_decreasing
    assert set(ways["origin"]) == {"camp"}


def test_nothing_is_called_synthetic_where_nothing_is(results: Path) -> None:
    manifest = json.loads((results / "manifest.json").read_text())
    assert manifest["synthetic"] is False
    assert "synthetic" not in (results / "map.html").read_text().lower().split("<script")[0]


def test_the_title_is_text_and_not_markup(results: Path) -> None:
    page = (results / "map.html").read_text(encoding="utf-8")
    assert "<b>study</b>" not in page


def test_the_working_crs_is_the_zone_of_the_south(results: Path) -> None:
    manifest = json.loads((results / "manifest.json").read_text())
    assert manifest["working_crs"]["label"] == "EPSG:32736"


def test_the_manifest_names_the_files_of_origins_and_barriers_too(results: Path) -> None:
    inputs = json.loads((results / "manifest.json").read_text())["inputs"]
    assert {"dem.tif", "border.shp", "origin.gpkg", "wall.fgb"} <= set(inputs)


class Notes(Progress):
    """Remembers what is told besides the steps."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def note(self, what: str) -> None:
        """Remember it."""
        self.notes.append(what)


class Interrupted(Notes):
    """Stops the run, as a person would, once so many travellers are solved."""

    def part(self, what: str) -> None:
        """Stop at the second hundred."""
        if what.startswith("Solving travellers, 200"):
            raise KeyboardInterrupt


def test_an_interrupted_run_goes_on_from_what_it_finished(results: Path) -> None:
    scenario, out = results.parent / "scenario.toml", results.parent / "again"

    progress = Interrupted()
    with pytest.raises(KeyboardInterrupt, match=r"kept in .*again\.resume: the same command"):
        corridors.run(scenario, out=out, progress=progress)
    assert progress.notes == []

    kept = list(results.parent.glob(".again.resume/*/paths-*.npz"))
    assert kept
    assert not out.exists()
    for file in kept:  # one is torn, as by a machine that lost its power
        file.write_bytes(file.read_bytes()[:100])
        break
    other = results.parent / ".again.resume" / ("0" * 20)
    other.mkdir()  # of a run on other inputs, years ago
    corridors.run(scenario, out=out, progress=(told := Notes()))
    begun, damaged = told.notes
    assert f"left {len(kept)} solved part" in begun
    assert begun.endswith(f"in {other.parent}: going on from there")
    assert damaged == f"In {other.parent} 1 kept part was damaged and solved again"
    assert not list(results.parent.glob(".again*"))
    for name in ("passages.tif", "border_segments.geojson", "study.gpkg"):
        assert (out / name).read_bytes() == (results / name).read_bytes()
