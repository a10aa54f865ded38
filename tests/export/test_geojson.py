"""GeoJSON by the letter of RFC 7946, whatever goes in."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely
from shapely import LineString, MultiPolygon, Point, Polygon, box

from corridors.crs import choose_working_crs, project
from corridors.errors import OutputError
from corridors.export import GeometryReport, lonlat_geometries, to_geojson, write_geojson
from tests.export.rfc7946 import assert_collection, assert_rfc7946, layer

UTM = "EPSG:32637"
SINJAR = (40.5, 35.3, 43.5, 37.4)


def one(geometry: shapely.Geometry, crs: object = 4326, decimals: int = 6) -> Any:
    """Return the geometry of a layer of one, checked, as JSON."""
    collection = to_geojson(layer(geometry, crs=crs), decimals=decimals)
    assert_collection(collection, decimals=decimals)
    return collection["features"][0]["geometry"]


# fmt: off
# Input as WKT in degrees, and the GeoJSON geometry worked out by hand.
GOLDEN = {
    "clockwise rim and anticlockwise hole are turned": (
        "POLYGON((0 0, 0 4, 4 4, 4 0, 0 0), (1 1, 2 1, 2 2, 1 2, 1 1))",
        {
            "type": "Polygon",
            "coordinates": [
                [[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]],
                [[1, 1], [1, 2], [2, 2], [2, 1], [1, 1]],
            ],
        },
    ),
    "heights of a KML file are left out": (
        "LINESTRING Z (41.5 36.5 912.4, 41.6 36.6 880)",
        {"type": "LineString", "coordinates": [[41.5, 36.5], [41.6, 36.6]]},
    ),
    "a line is rounded and keeps its direction": (
        "LINESTRING(2.00000049 1, 1 -0.0000001)",
        {"type": "LineString", "coordinates": [[2, 1], [1, 0]]},
    ),
    "a line over the antimeridian is cut where it crosses": (
        "LINESTRING(175 0, -175 10)",
        {
            "type": "MultiLineString",
            "coordinates": [[[175, 0], [180, 5]], [[-180, 5], [-175, 10]]],
        },
    ),
    "a line of RFC 7946's own example, section 3.1.9": (
        "LINESTRING(170 45, -170 45)",
        {
            "type": "MultiLineString",
            "coordinates": [[[170, 45], [180, 45]], [[-180, 45], [-170, 45]]],
        },
    ),
    "a line that runs past 180 is cut too": (
        "LINESTRING(175 0, 185 10)",
        {
            "type": "MultiLineString",
            "coordinates": [[[175, 0], [180, 5]], [[-180, 5], [-175, 10]]],
        },
    ),
    "a line that only touches the antimeridian stays whole": (
        "LINESTRING(-180 0, 170 0)",
        {"type": "LineString", "coordinates": [[180, 0], [170, 0]]},
    ),
    "a polygon over the antimeridian is cut (RFC 7946, section 3.1.9)": (
        "POLYGON((170 40, -170 40, -170 50, 170 50, 170 40))",
        {
            "type": "MultiPolygon",
            "coordinates": [
                [[[170, 40], [180, 40], [180, 50], [170, 50], [170, 40]]],
                [[[-180, 40], [-170, 40], [-170, 50], [-180, 50], [-180, 40]]],
            ],
        },
    ),
    "a hole over the antimeridian is cut with it": (
        "POLYGON((170 40,-170 40,-170 50,170 50,170 40),(178 44,178 46,-178 46,-178 44,178 44))",
        {
            "type": "MultiPolygon",
            "coordinates": [
                [[
                    [170, 40], [180, 40], [180, 44], [178, 44], [178, 46], [180, 46],
                    [180, 50], [170, 50], [170, 40],
                ]],
                [[
                    [-180, 40], [-170, 40], [-170, 50], [-180, 50], [-180, 46],
                    [-178, 46], [-178, 44], [-180, 44], [-180, 40],
                ]],
            ],
        },
    ),
    "an area round the north pole reaches up to it": (
        "POLYGON((-90 80, 0 80, 90 80, 180 80, -90 80))",
        {
            "type": "Polygon",
            "coordinates": [
                [
                    [-180, 80], [-90, 80], [0, 80], [90, 80], [180, 80], [180, 90], [-90, 90],
                    [-180, 90], [-180, 80],
                ],
            ],
        },
    ),
    "a point past 180 is brought back": (
        "POINT(190 5)",
        {"type": "Point", "coordinates": [-170, 5]},
    ),
    "a vertex on each side of the antimeridian is one place": (
        "POLYGON((170 0, 180 0, -180 0, -170 0, -170 5, 170 5, 170 0))",
        {
            "type": "MultiPolygon",
            "coordinates": [
                [[[170, 0], [180, 0], [180, 5], [170, 5], [170, 0]]],
                [[[-180, 0], [-170, 0], [-170, 5], [-180, 5], [-180, 0]]],
            ],
        },
    ),
    "the world as a box stays one": (
        "POLYGON((-180 -90, 180 -90, 180 90, -180 90, -180 -90))",
        {
            "type": "Polygon",
            "coordinates": [[[-180, -90], [180, -90], [180, 90], [-180, 90], [-180, -90]]],
        },
    ),
    "a bow tie becomes its two wings": (
        "POLYGON((0 0, 2 2, 2 0, 0 2, 0 0))",
        {
            "type": "MultiPolygon",
            "coordinates": [
                [[[1, 1], [2, 0], [2, 2], [1, 1]]],
                [[[0, 0], [1, 1], [0, 2], [0, 0]]],
            ],
        },
    ),
    "a part that is a sliver is dropped from the rest": (
        "MULTIPOLYGON(((0 0, 1 0, 1 1, 0 1, 0 0)), ((5 5, 6 5, 6 5.0000001, 5 5)))",
        {
            "type": "MultiPolygon",
            "coordinates": [[[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]],
        },
    ),
    "a ring becomes a closed line": (
        "LINEARRING(0 0, 1 0, 1 1, 0 0)",
        {"type": "LineString", "coordinates": [[0, 0], [1, 0], [1, 1], [0, 0]]},
    ),
    "the members of a collection are each put right": (
        "GEOMETRYCOLLECTION(POINT Z (1 2 3), POLYGON((0 0, 0 1, 1 1, 0 0)), POINT EMPTY)",
        {
            "type": "GeometryCollection",
            "geometries": [
                {"type": "Point", "coordinates": [1, 2]},
                {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 1], [0, 0]]]},
            ],
        },
    ),
}


# fmt: on
@pytest.mark.parametrize(("wkt", "expected"), GOLDEN.values(), ids=GOLDEN.keys())
def test_golden_pairs(wkt: str, expected: dict[str, Any]) -> None:
    assert one(shapely.from_wkt(wkt)) == expected


def test_the_file_has_one_feature_a_line_and_the_members_of_rfc_7946(tmp_path: Path) -> None:
    posts = layer(Point(41.5, 36.5), Point(41.75, 36.25), id=["a", "b"], range_m=[1500, 2000])
    path = tmp_path / "checkpoints.geojson"

    report = write_geojson(
        posts, path, title="Checkpoints", synthetic=True, metadata={"attribution": "© nobody"}
    )

    assert report == GeometryReport(features=2, decimals=6)
    assert path.read_text(encoding="utf-8") == (
        "{\n"
        '"type":"FeatureCollection",\n'
        '"title":"Checkpoints",\n'
        '"synthetic":true,\n'
        '"attribution":"© nobody",\n'
        '"bbox":[41.5,36.25,41.75,36.5],\n'
        '"features":[\n'
        '{"type":"Feature","id":"a","geometry":{"type":"Point","coordinates":[41.5,36.5]},'
        '"properties":{"id":"a","range_m":1500}},\n'
        '{"type":"Feature","id":"b","geometry":{"type":"Point","coordinates":[41.75,36.25]},'
        '"properties":{"id":"b","range_m":2000}}\n'
        "]\n"
        "}\n"
    )
    assert_rfc7946(path)


def test_the_file_and_the_dict_say_the_same(tmp_path: Path) -> None:
    posts = layer(Point(1, 2), None, id=[1, None], date=[dt.date(2020, 1, 14), None])
    write_geojson(posts, tmp_path / "a.geojson", title="A")
    assert assert_rfc7946(tmp_path / "a.geojson") == to_geojson(posts, title="A")


def test_the_same_layer_gives_the_same_bytes_and_is_not_changed(tmp_path: Path) -> None:
    area = layer(
        shapely.from_wkt("POLYGON Z ((175 0 1, -175 0 1, -175 5 1, 175 5 1, 175 0 1))"),
        notes=[{"b": [1, float("nan")]}],
    )
    before = area.copy(deep=True)
    write_geojson(area, tmp_path / "a.geojson")
    write_geojson(area, tmp_path / "b.geojson")
    assert (tmp_path / "a.geojson").read_bytes() == (tmp_path / "b.geojson").read_bytes()
    assert area.geometry.iloc[0].equals_exact(before.geometry.iloc[0], tolerance=0)
    assert area.geometry.iloc[0].has_z
    assert list(area.columns) == list(before.columns)


@pytest.mark.parametrize("crs", [UTM, choose_working_crs(SINJAR).crs], ids=["utm", "laea"])
def test_a_projected_layer_comes_out_in_degrees(crs: object) -> None:
    there = Point(41.87, 36.32)
    metres = project(layer(there), to_crs=crs)
    assert abs(metres.geometry.iloc[0].y) > 1000
    assert one(metres.geometry.iloc[0], crs=crs) == {"type": "Point", "coordinates": [41.87, 36.32]}


def test_an_area_in_metres_over_the_antimeridian_is_cut() -> None:
    # EPSG:3832 has its centre at 150 E; 3,339,584.7 m are 30 degrees of longitude in it.
    fiji = box(3_239_584.72, -2_000_000, 3_439_584.72, -1_900_000)
    geometry = one(fiji, crs=3832)
    assert geometry["type"] == "MultiPolygon"
    assert {position[0] for position in geometry["coordinates"][0][0]} == {179.101685, 180.0}


def test_an_area_in_metres_round_a_pole_reaches_it() -> None:
    for crs, latitude in ((3995, 90), (3031, -90)):
        geometry = shapely.from_geojson(json.dumps(one(Point(0, 0).buffer(100_000), crs=crs)))
        assert geometry.geom_type == "Polygon"
        assert geometry.covers(shapely.MultiPoint([(-180, latitude), (180, latitude)]))
        assert geometry.bounds[0] == -180
        assert geometry.bounds[2] == 180


def test_a_ring_round_the_pole_keeps_its_hole() -> None:
    ring = Point(0, 0).buffer(200_000) - Point(0, 0).buffer(100_000)
    geometry = shapely.from_geojson(json.dumps(one(ring, crs=3995)))
    assert geometry.bounds[3] < 89.2
    assert geometry.bounds[1] < 88.3
    assert not geometry.covers(Point(0, 89.9))
    assert geometry.covers(Point(77, 88.6))


@pytest.mark.parametrize(
    ("points", "bbox"),
    [
        ([(177, -20), (-178, -16)], [177, -20, -178, -16]),
        ([(-10, 1), (10, -1)], [-10, -1, 10, 1]),
        ([(5, 5)], [5, 5, 5, 5]),
        ([(-170, 0), (-175, 1), (170, 2), (0, 3)], [0, 0, -170, 3]),
        ([(-90, 0), (90, 0)], [-90, 0, 90, 0]),
    ],
    ids=["Fiji of the RFC", "Greenwich", "one point", "half the world", "tie"],
)
def test_the_bbox_is_the_narrowest_box(
    points: list[tuple[float, float]], bbox: list[float]
) -> None:
    collection = to_geojson(layer(*map(Point, points)))
    assert_collection(collection)
    assert collection["bbox"] == bbox


def test_an_area_cut_at_the_antimeridian_has_a_bbox_with_west_over_east() -> None:
    collection = to_geojson(layer(box(175, -10, 185, 10)))
    assert_collection(collection)
    assert collection["bbox"] == [175, -10, -175, 10]


@pytest.mark.parametrize("crs", [4326, UTM])
def test_an_empty_layer_is_an_empty_collection(tmp_path: Path, crs: object) -> None:
    nothing = gpd.GeoDataFrame({"id": []}, geometry=[], crs=crs)
    report = write_geojson(nothing, tmp_path / "none.geojson")
    collection = assert_rfc7946(tmp_path / "none.geojson")
    assert collection == {"type": "FeatureCollection", "features": []}
    assert report.features == 0


def test_rows_without_a_geometry_stay_as_unlocated_features() -> None:
    found = lonlat_geometries(layer(Point(1, 1), None, Polygon()))
    assert found.report.unlocated == (1, 2)
    collection = to_geojson(layer(Point(1, 1), None, Polygon(), name=["a", "b", "c"]))
    assert_collection(collection)
    assert [feature["geometry"] is None for feature in collection["features"]] == [0, 1, 1]
    assert collection["features"][2]["properties"] == {"name": "c"}


def test_a_sliver_that_turns_into_a_line_is_null_and_named() -> None:
    sliver = Polygon([(0, 0), (1, 0), (1, 1e-8)])
    found = lonlat_geometries(layer(Point(0, 0), sliver))
    assert found.geometries[1] is None
    assert found.report.collapsed == (1,)
    assert not found.report.unchanged
    assert_collection(to_geojson(layer(Point(0, 0), sliver)))


def test_a_line_that_turns_into_a_point_is_null_and_named() -> None:
    found = lonlat_geometries(layer(LineString([(5, 5), (5.0000001, 5)])))
    assert found.report.collapsed == (0,)


def test_a_short_part_is_dropped_from_a_line_and_named() -> None:
    lines = shapely.from_wkt("MULTILINESTRING((0 0, 1 1), (5 5, 5.0000001 5))")
    found = lonlat_geometries(layer(lines))
    assert found.report.thinned == (0,)
    assert found.geometries[0].wkt == "MULTILINESTRING ((0 0, 1 1))"


def test_a_dropped_sliver_is_named() -> None:
    parts = MultiPolygon([box(0, 0, 1, 1), Polygon([(5, 5), (6, 5), (6, 5.0000001)])])
    found = lonlat_geometries(layer(box(0, 0, 1, 1), parts))
    assert found.report.thinned == (1,)
    assert found.report.repaired == (1,)


def test_a_hole_that_closes_leaves_a_valid_area() -> None:
    holed = Polygon(box(0, 0, 1, 1).exterior, [[(0.5, 0.5), (0.6, 0.5), (0.6, 0.50000004)]])
    found = lonlat_geometries(layer(holed))
    assert found.geometries[0].equals(box(0, 0, 1, 1))
    assert found.report.repaired == (0,)


def test_a_neck_that_closes_leaves_both_ends() -> None:
    dumbbell = shapely.union_all([box(0, 0, 1, 1), box(1, 0.5, 2, 0.50000004), box(2, 0, 3, 1)])
    found = lonlat_geometries(layer(dumbbell))
    assert found.geometries[0].geom_type == "MultiPolygon"
    assert found.geometries[0].area == pytest.approx(2)
    assert found.report.repaired == (0,)


@pytest.mark.parametrize("decimals", range(13))
def test_any_number_of_decimals_is_kept_to(decimals: int) -> None:
    area = Point(41.123456789012, 36.123456789012).buffer(3)
    one(area, decimals=decimals)


@pytest.mark.parametrize("decimals", [-1, 13])
def test_decimals_that_make_no_sense_are_refused(decimals: int) -> None:
    with pytest.raises(OutputError, match="0 to 12"):
        to_geojson(layer(Point(0, 0)), decimals=decimals)
