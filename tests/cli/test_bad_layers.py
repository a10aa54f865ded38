"""Layers that cannot be used: one message with file, layer, row, exit code 2, nothing written."""

import json
import shutil
import sqlite3
import zipfile
from collections.abc import Callable
from typing import Any

import geopandas as gpd
import pytest
import shapely

from tests.cli.conftest import FeatureCollection, Study

POSTS = "posts/checkpoints_synthetic.geojson"
CROSSINGS = "crossings/crossings.geojson"
PLACES = "places/places.geojson"
INCIDENTS = "incidents/incidents_synthetic.geojson"
BORDERS = "boundaries/borders.geojson"


def _set(row: int, **properties: Any) -> Callable[[FeatureCollection], object]:
    return lambda table: table["features"][row]["properties"].update(properties)


def _move(row: int, x: float | None, y: float) -> Callable[[FeatureCollection], object]:
    return lambda table: table["features"][row]["geometry"].update(coordinates=[x, y])


def _shape(row: int, geometry: dict[str, Any] | None) -> Callable[[FeatureCollection], object]:
    return lambda table: table["features"][row].update(geometry=geometry)


def _everywhere(change: Callable[[list[float]], list[float]]) -> Callable[..., object]:
    def apply(table: FeatureCollection) -> None:
        table.pop("bbox", None)
        for feature in table["features"]:
            geometry = feature["geometry"]
            geometry["coordinates"] = change(geometry["coordinates"])

    return apply


def _rename(old: str, new: str) -> Callable[[FeatureCollection], object]:
    def apply(table: FeatureCollection) -> None:
        for feature in table["features"]:
            feature["properties"][new] = feature["properties"].pop(old)

    return apply


LINE = {"type": "LineString", "coordinates": [[41.3, 36.3], [41.4, 36.3]]}
SPOT = {"type": "Point", "coordinates": [41.3, 36.3]}

WRONG: list[tuple[str, Callable[[FeatureCollection], object], list[str]]] = [
    (POSTS, lambda t: t.update(features=[]), ["layer 'checkpoints'", "is empty", "leave"]),
    (POSTS, _shape(2, None), ["layer 'checkpoints', row 2", "there is no geometry", "delete"]),
    (POSTS, _shape(2, LINE), ["row 2", "holds LineString where points are needed"]),
    (POSTS, _set(3, id="post-s-01"), ["rows 0 and 3", "'post-s-01' is there more than once"]),
    (POSTS, _set(3, id=None), ["row 3", "the id is empty"]),
    (POSTS, _set(3, id="  "), ["row 3", "the id is empty"]),
    (POSTS, _set(1, range_m=-5), ["row 1", "range_m is -5", "between 1 and 100000"]),
    (POSTS, _set(1, range_m=1e9), ["row 1", "range_m is 1e+09"]),
    (POSTS, _set(1, range_m="far"), ["row 1", "range_m is 'far', which is not a number"]),
    (POSTS, _set(1, range_m=None), ["row 1", "range_m is empty", "fill it in"]),
    (POSTS, _set(1, range_m=[1, 2]), ["layer 'checkpoints'", "range_m is", "not a number"]),
    (POSTS, _set(1, probability=1.5), ["row 1", "probability is 1.5", "between 0 and 1"]),
    (POSTS, _set(1, probability=-0.1), ["row 1", "probability is -0.1"]),
    (POSTS, _set(1, kind="castle"), ["row 1", "kind is 'castle'", "one of watch_post"]),
    (POSTS, _set(1, synthetic="perhaps"), ["row 1", "synthetic is 'perhaps'", "true or false"]),
    (POSTS, _rename("range_m", "range"), ["no column 'range_m'", "range", "columns = {range_m"]),
    (POSTS, _set(0, phone="0770"), ["person-level columns (phone)", "delete them"]),
    (POSTS, _set(0, deviceId="x"), ["person-level columns (deviceId)"]),
    (POSTS, _set(0, **{"Full Name": "x"}), ["person-level columns (Full Name)"]),
    (POSTS, _set(0, IMEINumber="x"), ["person-level columns (IMEINumber)"]),
    (POSTS, _set(0, phone2="x"), ["person-level columns (phone2)"]),
    (POSTS, _set(0, رقم_الهاتف="x"), ["person-level columns (رقم_الهاتف)"]),
    (POSTS, _everywhere(lambda p: [p[1], p[0]]), ["outside the study area", "axes swapped"]),
    (POSTS, _everywhere(lambda p: [p[0] - 90, p[1]]), ["outside", "take the right file"]),
    (POSTS, _everywhere(lambda p: [p[0] * 1e4, p[1] * 1e5]), ["rows 0, 1", "not degrees"]),
    (CROSSINGS, _move(2, 41.8, 36.5), ["row 2", "crossing 'Tal Sufuq'", "km from the nearest"]),
    (CROSSINGS, _set(2, open="maybe"), ["row 2", "open is 'maybe'"]),
    (PLACES, _set(5, population=-1), ["layer 'places', row 5", "population is -1"]),
    (PLACES, _set(5, population="many"), ["row 5", "population is 'many'"]),
    (INCIDENTS, _set(4, date="14.1.2020"), ["row 4", "'14.1.2020', which is not a date"]),
    (INCIDENTS, _set(4, date="2020-02-30"), ["row 4", "'2020-02-30', which is not a date"]),
    (INCIDENTS, _set(4, date="2020-01-1499"), ["row 4", "which is not a date"]),
    (INCIDENTS, _set(4, date=None), ["row 4", "date is empty"]),
    (INCIDENTS, _set(4, date="2020-02-01"), ["row 4", "2020-02-01 comes after", "move as_of"]),
    (INCIDENTS, _set(4, location_precision_m=-1), ["row 4", "location_precision_m is -1"]),
    (BORDERS, _shape(0, SPOT), ["row 0", "holds Point where lines are needed"]),
    ("roads/roads.geojson", _set(7, speed_kmh=-30), ["layer 'roads', row 7", "speed_kmh is -30"]),
    ("roads/roads.geojson", _rename("road_class", "highway"), ["no column 'road_class'"]),
]


@pytest.mark.parametrize(
    ("file", "change", "said"), WRONG, ids=[f"{s[0]}, {s[-1]}" for *_, s in WRONG]
)
def test_a_wrong_layer_is_refused_with_file_layer_and_row(
    study: Study, file: str, change: Callable[[FeatureCollection], object], said: list[str]
) -> None:
    study.edit(file, change)

    study.refuses(str(study.folder / file), *said)


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_coordinates_that_are_no_numbers_are_refused(study: Study, value: str) -> None:
    study.edit(POSTS, _move(2, None, 36.3))
    path = study.folder / POSTS
    path.write_text(path.read_text("utf-8").replace("null, 36.3", f"{value}, 36.3"), "utf-8")

    study.refuses(POSTS, "layer 'checkpoints'")


@pytest.mark.parametrize("content", [b"", b"\x00\xff" * 500, b"not a layer", b"{"])
@pytest.mark.parametrize(
    "ending", ["geojson", "gpkg", "shp", "fgb", "parquet", "zip", "csv", "kml"]
)
def test_a_broken_file_is_refused_whatever_it_claims_to_be(
    study: Study, ending: str, content: bytes
) -> None:
    (study.folder / f"posts.{ending}").write_bytes(content)
    study.replace(POSTS, f"posts.{ending}")

    study.refuses(f"posts.{ending}", "layer 'checkpoints'")


def test_a_truncated_geopackage_is_refused(study: Study) -> None:
    gpd.read_file(study.folder / POSTS).to_file(study.folder / "posts.gpkg", layer="posts")
    whole = (study.folder / "posts.gpkg").read_bytes()
    (study.folder / "posts.gpkg").write_bytes(whole[: len(whole) // 3])
    study.replace(POSTS, "posts.gpkg")

    study.refuses("posts.gpkg", "layer 'checkpoints'", "check that the file is whole")


@pytest.mark.parametrize("file", ["none.geojson", "nofolder/none.geojson", "a.**", "x" * 400])
def test_a_layer_that_is_not_there_is_refused(study: Study, file: str) -> None:
    study.replace(POSTS, file)

    study.refuses(file, "layer 'checkpoints'")


def test_the_files_beside_a_missing_one_are_named(study: Study) -> None:
    study.replace("posts/checkpoints_synthetic", "posts/checkpoints")

    study.refuses("is not there; in that folder there are bases_synthetic.geojson")


def test_a_folder_in_place_of_a_layer_is_refused(study: Study) -> None:
    (study.folder / "posts.geojson").mkdir()
    study.replace(POSTS, "posts.geojson")

    study.refuses("posts.geojson", "layer 'checkpoints'")


def test_a_csv_without_crs_is_refused_until_it_is_declared(study: Study) -> None:
    (study.folder / "posts.csv").write_text(
        "id,name,range_m,lon,lat\na,A,3000,41.5,36.3\n", encoding="utf-8"
    )
    study.replace(POSTS, "posts.csv")
    study.refuses("posts.csv, layer 'checkpoints'", "no coordinate reference", "crs = 'EPSG:4326'")

    study.replace('posts.csv"', 'posts.csv", crs = "EPSG:4326"')
    assert study.validate().code == 0


def test_a_shapefile_without_prj_is_refused(study: Study) -> None:
    gpd.read_file(study.folder / POSTS)[["id", "name", "range_m", "geometry"]].to_file(
        study.folder / "posts.shp"
    )
    (study.folder / "posts.prj").unlink()
    study.replace(POSTS, "posts.shp")

    study.refuses("posts.shp, layer 'checkpoints'", "declares no coordinate reference system")


@pytest.mark.parametrize("srs_id", [-1, 0, 99999])
def test_a_geopackage_of_undefined_reference_is_refused(study: Study, srs_id: int) -> None:
    path = study.folder / "posts.gpkg"
    gpd.read_file(study.folder / POSTS).to_file(path, layer="posts")
    with sqlite3.connect(path) as database:
        database.execute("update gpkg_geometry_columns set srs_id = ?", (srs_id,))
        database.execute("update gpkg_contents set srs_id = ?", (srs_id,))
    database.close()
    study.replace(POSTS, "posts.gpkg")

    study.refuses("posts.gpkg, layer 'checkpoints'", "declares no coordinate reference system")


def test_a_crs_other_than_the_declared_one_is_refused(study: Study) -> None:
    study.replace(f'{POSTS}"', f'{POSTS}", crs = "EPSG:32637"')

    study.refuses(POSTS, "declares WGS 84, but the scenario says EPSG:32637")


@pytest.mark.parametrize(
    ("true", "declared", "said"),
    [
        (32637, 32638, "would be inside in WGS 84 / UTM zone 37N (EPSG:32637)"),
        (32637, 32617, "would be inside in WGS 84 / UTM zone 37N (EPSG:32637)"),
        (3857, 32637, "would be inside in WGS 84 / Pseudo-Mercator"),
        (4326, 32637, "would be inside in WGS 84 (EPSG:4326)"),
        (32637, 4326, "another reference system than it declares"),
        (5773, 5773, "places nothing on a map"),
    ],
)
def test_a_wrongly_declared_system_is_named(
    study: Study, true: int, declared: int, said: str
) -> None:
    posts = gpd.read_file(study.folder / POSTS)
    moved = posts if true == 5773 else posts.to_crs(true)
    moved.set_crs(declared, allow_override=True).to_file(study.folder / "posts.gpkg")
    study.replace(POSTS, "posts.gpkg")

    study.refuses("posts.gpkg, layer 'checkpoints'", said)


GPX = """<?xml version="1.0"?>
<gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>
<trkpt lat="36.3" lon="41.5"/><trkpt lat="36.4" lon="41.5"/></trkseg></trk></gpx>"""


@pytest.mark.parametrize("name", ["walk.gpx", "walk.GPX", "walk.xml"])
@pytest.mark.parametrize("layer", ["", ', layer = "tracks"', ', layer = "waypoints"'])
def test_tracks_are_refused_whatever_the_file_is_called(
    study: Study, name: str, layer: str
) -> None:
    (study.folder / name).write_text(GPX, encoding="utf-8")
    study.replace('"roads/roads.geojson"', f'"{name}"{layer}')

    message = study.refuses(name, "layer 'roads'")

    assert "tracks" in message


def test_mapping_a_persons_column_to_another_name_does_not_hide_it(study: Study) -> None:
    study.edit(POSTS, _rename("id", "phone_number"))
    study.replace(f'{POSTS}"', f'{POSTS}", columns = {{ id = "phone_number" }}')

    study.refuses(POSTS, "person-level columns (phone_number)")


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ('columns = { nmae = "name" }', "did you mean 'name'?"),
        ('columns = { name = "titel" }', "has no column 'titel'"),
        ("columns = { geometry = 'name' }", "names 'geometry', which this layer does not have"),
        ("defaults = { rnage_m = 5 }", "did you mean 'range_m'?"),
        ("defaults = { id = 'x' }", "every row the same id"),
        ("where = 'nothing = 5'", "check the condition where = 'nothing = 5'"),
        ("where = 'range_m >'", "check the condition"),
        ("where = 'range_m > 1000000'", "is empty"),
        ("layer = 'x'", "has no layer 'x', only"),
        ("x = 'lon', y = 'lat'", "x and y are for CSV files"),
        ("crs = 'EPSG:0'", "'EPSG:0' is not known"),
    ],
)
def test_what_the_scenario_says_of_a_file_is_checked(study: Study, keys: str, said: str) -> None:
    study.replace(f'{POSTS}"', f'{POSTS}", {keys}')

    study.refuses(said)


def test_a_geopackage_of_several_layers_wants_one_named(study: Study) -> None:
    posts = gpd.read_file(study.folder / POSTS)
    posts.to_file(study.folder / "all.gpkg", layer="posts")
    posts.to_file(study.folder / "all.gpkg", layer="others")
    study.replace(POSTS, "all.gpkg")
    study.refuses("holds several layers (posts, others)", "name one: layer = '...'")

    study.replace('all.gpkg"', 'all.gpkg", layer = "posts"')
    assert study.validate().code == 0


def test_an_id_in_two_files_of_a_layer_is_refused(study: Study) -> None:
    shutil.copy(study.folder / POSTS, study.folder / "again.geojson")
    study.replace(
        f'checkpoints = {{ file = "{POSTS}" }}',
        f'checkpoints = [{{ file = "{POSTS}" }}, {{ file = "again.geojson" }}]',
    )

    study.refuses("layer 'checkpoints'", "is in more than one of", "again.geojson", POSTS)


def test_a_barrier_of_its_own_file_is_checked_like_a_layer(study: Study) -> None:
    wall = gpd.GeoSeries([shapely.LineString([(10, 10), (11, 10)])], crs=4326)
    wall.to_file(study.folder / "wall.geojson")
    study.replace('borders = ["IRQ-SYR-1"]', 'file = "wall.geojson"')

    study.refuses("wall.geojson, layer 'Berm'", "lies outside the study area")


def test_an_origin_of_its_own_file_is_checked_like_a_layer(study: Study) -> None:
    gpd.GeoSeries([shapely.box(10, 10, 11, 11)], crs=4326).to_file(study.folder / "camp.geojson")
    study.replace('place = "al-Hawl"', 'file = "camp.geojson"')

    study.refuses("camp.geojson, layer 'al-Hawl'", "lies outside the study area")


def test_a_border_that_only_touches_the_rim_is_refused(study: Study) -> None:
    line = {"type": "LineString", "coordinates": [[40.0, 36.0], [41.0, 36.0]]}
    study.edit(BORDERS, lambda table: table.update(features=table["features"][:1]))
    study.edit(BORDERS, _shape(0, line))

    study.refuses(BORDERS, "layer 'borders'", "study area")


def test_text_of_another_encoding_is_refused(study: Study) -> None:
    (study.folder / "posts.csv").write_bytes(
        "id,name,lon,lat\n1,café,41.5,36.3\n".encode("latin-1")
    )
    study.replace(f'{POSTS}"', 'posts.csv", crs = "EPSG:4326"')

    study.refuses("posts.csv", "not UTF-8", "save it as UTF-8")


def test_a_zip_without_a_layer_is_refused(study: Study) -> None:
    with zipfile.ZipFile(study.folder / "posts.zip", "w") as archive:
        archive.writestr("readme.txt", json.dumps({"a": 1}))
    study.replace(POSTS, "posts.zip")

    study.refuses("posts.zip", "layer 'checkpoints'")


def test_shapes_that_no_layer_is_made_of_are_refused(study: Study) -> None:
    (study.folder / "lines.csv").write_text(
        'id,name,WKT\n1,x,"TIN(((0 0,0 1,1 1,0 0)))"\n', encoding="utf-8"
    )
    study.replace('"boundaries/borders.geojson"', '"lines.csv", crs = "EPSG:4326"')

    study.refuses("lines.csv", "layer 'borders'", "cannot be read")
