"""What is mended is told, what is not understood is refused with its row."""

import datetime as dt
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from corridors.errors import LayerError
from corridors.layers import KINDS, StudyArea
from corridors.layers.check import check_geometry, check_ids
from corridors.layers.columns import check_columns
from corridors.layers.person import person_level_columns
from corridors.layers.subject import Subject
from tests.layers.conftest import AS_OF, Load


def _points(**columns: list[Any]) -> gpd.GeoDataFrame:
    rows = len(next(iter(columns.values())))
    table = pd.DataFrame({name: pd.Series(cells, dtype=object) for name, cells in columns.items()})
    return gpd.GeoDataFrame(table, geometry=[shapely.Point(41.5, 36.3)] * rows, crs=4326)


def _checked(kind: str, **columns: list[Any]) -> gpd.GeoDataFrame:
    return check_columns(_points(**columns), Subject(KINDS[kind]), as_of=AS_OF)


def _post(**columns: list[Any]) -> gpd.GeoDataFrame:
    return _checked("checkpoints", **{"name": ["A"], "range_m": [1], **columns})


def _event(date: Any) -> gpd.GeoDataFrame:
    return _checked("incidents", date=[date], location_precision_m=[0])


@pytest.mark.parametrize("value", [5, 5.0, "5", " 5 ", np.int64(5), np.float32(5)])
def test_numbers_are_understood_however_they_are_stored(value: object) -> None:
    assert _post(range_m=[value])["range_m"].tolist() == [5.0]


@pytest.mark.parametrize(
    "value",
    ["five", "5,5", "inf", "NaN", np.inf, True, [5], {"a": 5}, 10**400, 5j, dt.date(2020, 1, 1)],
)
def test_what_is_no_number_is_refused(value: object) -> None:
    with pytest.raises(LayerError, match=r"row 0: range_m is .* which is not a number"):
        _post(range_m=[value])


@pytest.mark.parametrize("value", [None, np.nan, pd.NA, pd.NaT, "", "  ", [], float("nan")])
def test_an_empty_cell_is_empty_however_it_is_stored(value: object) -> None:
    with pytest.raises(LayerError, match="row 0: location_precision_m is empty"):
        _checked("incidents", date=["2020-01-14"], location_precision_m=[value])
    assert _post(range_m=[value])["range_m"].isna().all()
    assert _checked("places", name=["A"], population=[value])["population"].isna().all()
    assert _checked("places", name=[value])["name"].tolist() == [None]


@pytest.mark.parametrize("value", [True, 1, 1.0, "1", "TRUE", "yes", " y ", "t", np.True_])
def test_flags_are_understood_in_the_ways_that_formats_have(value: object) -> None:
    assert _post(synthetic=[value])["synthetic"].tolist() == [True]


def test_an_empty_flag_is_its_default() -> None:
    assert _checked("crossings", name=["A"], open=[None])["open"].tolist() == [True]
    assert _post(synthetic=[None])["synthetic"].tolist() == [False]


@pytest.mark.parametrize(
    "value",
    [
        "2020-01-14",
        "2020/01/14",
        " 2020-01-14 ",
        "20200114",
        20200114,
        "2020-01-14T10:00:00Z",
        "2020-01-14 10:00:00",
        dt.date(2020, 1, 14),
        dt.datetime(2020, 1, 14, 10, tzinfo=dt.UTC),
        pd.Timestamp("2020-01-14"),
        np.datetime64("2020-01-14"),
    ],
)
def test_dates_are_understood_in_iso_order(value: object) -> None:
    assert _event(value)["date"].tolist() == [dt.date(2020, 1, 14)]


@pytest.mark.parametrize(
    "value",
    ["14.1.2020", "01/14/2020", "2020-13-01", "2020-02-30", "2020", "soon", 2020.5, [2020]],
)
def test_other_dates_are_refused(value: object) -> None:
    with pytest.raises(LayerError, match=r"row 0: date is .* which is not a date; write dates as"):
        _event(value)


def test_a_date_on_the_day_of_the_study_is_taken_and_the_next_is_not() -> None:
    assert len(_event("2020-01-31")) == 1
    with pytest.raises(LayerError, match="2020-02-01 comes after the study's as_of 2020-01-31"):
        _event("2020-02-01")


def test_columns_that_are_not_there_get_their_defaults() -> None:
    layer = _post()

    assert layer["kind"].tolist() == ["watch_post"]
    assert layer["probability"].isna().all()
    assert not layer["synthetic"].any()


def test_only_the_first_rows_at_fault_are_named_and_the_rest_counted() -> None:
    with pytest.raises(LayerError, match="rows 0, 1, 2, 3, 4 and 95 more") as told:
        _checked("checkpoints", name=["A"] * 100, range_m=[-1] * 100)
    assert told.value.rows == tuple(range(100))
    assert told.value.layer == "checkpoints"


@pytest.mark.parametrize(
    ("given", "taken"),
    [([1, 2], ["1", "2"]), ([1.0, "x"], ["1", "x"]), ([1.5, True], ["1.5", "True"])],
)
def test_ids_become_text(given: list[Any], taken: list[str]) -> None:
    assert check_ids(_points(id=given), Subject(KINDS["places"]))["id"].tolist() == taken


@pytest.mark.parametrize("given", [["a", "a"], [1, "1"], [1.0, 1], ["x", " x "]])
def test_ids_that_read_the_same_are_one(given: list[Any]) -> None:
    with pytest.raises(LayerError, match=r"rows 0 and 1: the id .* more than once"):
        check_ids(_points(id=given), Subject(KINDS["places"]))


def _found(layer: str, /, **columns: list[Any]) -> list[str]:
    subject = Subject(KINDS[layer])
    check_columns(_points(**columns), subject, as_of=AS_OF)
    return subject.findings


def test_what_is_assumed_of_posts_is_told_once_with_its_rows() -> None:
    bare = _found("checkpoints", name=["A", "B"], range_m=[1, 2])
    full = _found("checkpoints", name=["A"], range_m=[1], kind=["patrol"], probability=[0.5])

    assert [finding.split(", which")[0] for finding in bare] == [
        "checkpoints: 2 of its rows have no kind; taken as watch_post"
    ]
    assert full == []


def test_crossings_that_do_not_say_whether_they_are_open_are_told() -> None:
    [finding] = _found("crossings", name=["A", "B"], open=[None, False])

    assert finding.startswith("crossings: 1 of its rows has no open; taken as true")


def test_a_layer_that_no_study_can_do_without_is_not_to_be_left_out() -> None:
    with pytest.raises(LayerError, match=r"is empty; give at least one row$"):
        _shapes("borders")
    with pytest.raises(LayerError, match=r"or leave the layer out$"):
        _shapes("roads")


def test_rows_without_an_id_column_are_named_by_position() -> None:
    subject = Subject(KINDS["places"])

    layer = check_ids(_points(name=["A", "B"]), subject)

    assert layer["id"].tolist() == ["places-0", "places-1"]
    assert "has no column 'id'" in subject.findings[0]


def _shapes(kind: str, *shapes: shapely.Geometry | None) -> tuple[gpd.GeoDataFrame, list[str]]:
    subject = Subject(KINDS[kind])
    frame = gpd.GeoDataFrame(geometry=list(shapes), crs=4326)
    return check_geometry(frame, subject), subject.findings


def test_an_invalid_polygon_is_repaired_and_that_is_told() -> None:
    bowtie = shapely.Polygon([(41, 36), (42, 37), (42, 36), (41, 37)])

    layer, findings = _shapes("governorates", bowtie)

    assert layer.is_valid.all()
    assert layer.geom_type.tolist() == ["MultiPolygon"]
    assert "row 0 repaired: invalid geometry (Self-intersection" in findings[0]


def test_a_polygon_without_area_is_refused() -> None:
    with pytest.raises(LayerError, match="row 0: the polygon has no area"):
        _shapes("governorates", shapely.Polygon([(41, 36), (42, 36), (41, 36)]))


def test_a_line_without_length_is_left_out_and_that_is_told() -> None:
    spot = shapely.LineString([(41, 36), (41, 36)])
    line = shapely.LineString([(41, 36), (42, 36)])

    layer, findings = _shapes("roads", spot, line)

    assert layer.index.tolist() == [1]
    assert findings == ["roads: row 0 left out: a line of no length (rows count from 0)"]
    with pytest.raises(LayerError, match="has only lines of no length"):
        _shapes("roads", spot)


def test_a_multipoint_of_one_is_a_point_and_of_two_is_refused() -> None:
    layer, _ = _shapes("places", shapely.MultiPoint([(41, 36)]))

    assert layer.geom_type.tolist() == ["Point"]
    with pytest.raises(LayerError, match="row 0: a row holds several points; split it"):
        _shapes("places", shapely.MultiPoint([(41, 36), (42, 36)]))


@pytest.mark.parametrize("shape", [None, shapely.Point(), shapely.LineString()])
def test_a_row_without_a_shape_is_refused(shape: shapely.Geometry | None) -> None:
    with pytest.raises(LayerError, match="row 1: there is no geometry"):
        _shapes("places", shapely.Point(41, 36), shape)


@pytest.mark.parametrize("x", [np.nan, np.inf, -np.inf])
def test_a_coordinate_that_is_no_number_is_refused(x: float) -> None:
    with np.errstate(invalid="ignore"):
        line = shapely.LineString([(41, 36), (x, 37)])

    with pytest.raises(LayerError, match="row 0: coordinates are NaN or infinite"):
        _shapes("roads", line)


def test_a_coordinate_that_is_no_number_gives_no_warning_in_a_line_of_two_and_three_numbers(
    tmp_path: Path, load: Load
) -> None:
    path = tmp_path / "roads.geojson"
    path.write_text(
        '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": '
        '{"road_class": "track"}, "geometry": {"type": "LineString", '
        '"coordinates": [[41, NaN], [41, 41, 41]]}}]}',
        encoding="utf-8",
    )

    with pytest.raises(LayerError, match="row 0: coordinates are NaN or infinite"):
        load(path, kind="roads")


def test_heights_that_are_no_numbers_do_no_harm() -> None:
    layer, _ = _shapes("places", shapely.Point(41, 36, np.nan))

    assert not layer.has_z.any()


@pytest.mark.parametrize(
    ("kind", "shape"),
    [
        ("places", shapely.box(41, 36, 42, 37)),
        ("roads", shapely.Point(41, 36)),
        ("governorates", shapely.LineString([(41, 36), (42, 36)])),
        ("roads", shapely.GeometryCollection([shapely.LineString([(41, 36), (42, 36)])])),
    ],
)
def test_a_shape_of_another_kind_is_refused(kind: str, shape: shapely.Geometry) -> None:
    with pytest.raises(LayerError, match=f"holds {shape.geom_type} where .* are needed"):
        _shapes(kind, shape)


def test_degrees_that_are_none_are_refused_with_the_likely_cause() -> None:
    with pytest.raises(LayerError, match="axes look swapped: longitude comes first"):
        _shapes("places", shapely.Point(36, 141))
    with pytest.raises(LayerError, match="another reference system than it declares"):
        _shapes("places", shapely.Point(680_000, 4_000_000))


PERSONAL = """
phone Phone2 deviceId IMEI IMEINumber MACAddress e-mail EMAIL_ADDRESS Full_Name fullname firstName
surname driver_name passport_no nationalID plate licensePlate date_of_birth DOB track_id track_fid
tel Téléphone \uff50\uff48one home-address person mobile mobile_no رقم_الهاتف هاتف
pho\u200bne whatsapp
"""
PLACES_AND_COUNTS = """
id name kind population persons range_m hotel steel channel cellar advice name_ar route platform
replace mobile_posts الاسم case deaths tracks_nearby
"""


@pytest.mark.parametrize("column", PERSONAL.split())
def test_columns_on_persons_are_known_in_any_style(column: str) -> None:
    assert person_level_columns(["id", column]) == [column]


@pytest.mark.parametrize("column", PLACES_AND_COUNTS.split())
def test_columns_on_places_and_counts_are_taken(column: str) -> None:
    assert person_level_columns([column]) == []


def test_lines_and_polygons_are_cut_at_the_rim(tmp_path: Path, load: Load, area: StudyArea) -> None:
    line = shapely.LineString([(40, 36.3), (43, 36.3)])
    path = tmp_path / "b.geojson"
    gpd.GeoDataFrame({"id": ["x"], "name": ["X"]}, geometry=[line], crs=4326).to_file(path)

    border = load(path, kind="borders")[0].geometry.iloc[0]

    assert border.geom_type == "LineString"
    assert border.within(area.polygon.buffer(0.01))
    assert 80_000 < border.length < 95_000


def test_a_line_that_leaves_the_area_and_comes_back_is_one_row(tmp_path: Path, load: Load) -> None:
    line = shapely.LineString([(41.2, 36.3), (41.4, 36.9), (41.6, 36.3)])
    path = tmp_path / "b.geojson"
    gpd.GeoDataFrame({"id": ["x"], "name": ["X"]}, geometry=[line], crs=4326).to_file(path)

    layer, _ = load(path, kind="borders")

    assert layer.geom_type.tolist() == ["MultiLineString"]


def test_rows_outside_are_left_out_and_counted(
    tmp_path: Path, posts: gpd.GeoDataFrame, load: Load
) -> None:
    far = posts.iloc[[0]].assign(id="far").set_geometry([shapely.Point(10, 10)], crs=4326)
    pd.concat([far, posts]).to_file(tmp_path / "p.geojson")

    layer, findings = load(tmp_path / "p.geojson")

    assert layer["id"].tolist() == ["a", "b"]
    assert (
        "checkpoints: 1 of 3 rows left out: outside the study area: row 0 'A' "
        "(rows count from 0)" in findings
    )


def test_of_many_rows_left_out_the_first_are_named(
    tmp_path: Path, posts: gpd.GeoDataFrame, load: Load
) -> None:
    far = gpd.GeoDataFrame(
        {"id": list("cdefghi"), "name": ["C", None, "E", "F", "G", "H", "I"], "range_m": 5.0},
        geometry=shapely.points([(10.0 + step, 10.0) for step in range(7)]),
        crs=4326,
    )
    pd.concat([posts, far]).to_file(tmp_path / "p.geojson")

    _, findings = load(tmp_path / "p.geojson")

    assert any(
        "7 of 9 rows left out: outside the study area: rows 2 'C', 3, 4 'E', 5 'F', 6 'G' and 2 "
        "more (rows count from 0)" in finding
        for finding in findings
    )


def test_a_line_that_only_touches_the_rim_is_left_out_by_name(tmp_path: Path, load: Load) -> None:
    lines = [[(41.2, 36.3), (41.4, 36.3)], [(40.0, 36.3), (41.0, 36.3)]]
    frame = gpd.GeoDataFrame(
        {"id": ["x", "y"], "name": ["X", "Y"]},
        geometry=[shapely.LineString(line) for line in lines],
        crs=4326,
    )
    frame.to_file(tmp_path / "b.geojson")

    layer, findings = load(tmp_path / "b.geojson", kind="borders")

    assert layer["id"].tolist() == ["x"]
    assert any("1 of 2 rows left out" in text and "row 1 'Y'" in text for text in findings)


def test_what_is_mended_is_told_by_name() -> None:
    subject = Subject(KINDS["roads"])
    spot, line = ([(41, 36), (41, 36)], [(41, 36), (42, 36)])
    frame = gpd.GeoDataFrame(
        {"name": ["Spot", None, np.nan]},
        geometry=[shapely.LineString(one) for one in (spot, line, spot)],
        crs=4326,
    )
    check_geometry(frame, subject)

    assert subject.findings == [
        "roads: rows 0 'Spot' and 2 left out: a line of no length (rows count from 0)"
    ]


def test_columns_are_mapped_and_one_may_serve_twice(
    tmp_path: Path, posts: gpd.GeoDataFrame, load: Load
) -> None:
    posts.rename(columns={"id": "CODE", "range_m": "REACH"}).drop(columns="name").to_file(
        tmp_path / "p.gpkg"
    )

    layer, _ = load(tmp_path / "p.gpkg", columns={"id": "CODE", "name": "CODE", "range_m": "REACH"})

    assert layer[["id", "name", "range_m"]].to_numpy().tolist() == [
        ["a", "a", 2000.0],
        ["b", "b", 3000.0],
    ]


def test_names_may_be_exchanged_by_mapping(
    tmp_path: Path, posts: gpd.GeoDataFrame, load: Load
) -> None:
    posts.to_file(tmp_path / "p.gpkg")

    layer, _ = load(tmp_path / "p.gpkg", columns={"id": "name", "name": "id"})

    assert layer[["id", "name"]].to_numpy().tolist() == [["A", "a"], ["B", "b"]]


def test_defaults_fill_only_columns_that_are_not_there(
    tmp_path: Path, posts: gpd.GeoDataFrame, load: Load
) -> None:
    posts.to_file(tmp_path / "p.gpkg")

    layer, _ = load(tmp_path / "p.gpkg", defaults={"range_m": 7, "kind": "road_post"})

    assert layer["range_m"].tolist() == [2000.0, 3000.0]
    assert layer["kind"].tolist() == ["road_post", "road_post"]


def test_a_default_may_be_a_day(tmp_path: Path, posts: gpd.GeoDataFrame, load: Load) -> None:
    posts.to_file(tmp_path / "p.gpkg")

    layer, _ = load(
        tmp_path / "p.gpkg",
        kind="incidents",
        defaults={"date": dt.date(2020, 1, 2), "location_precision_m": 500},
    )

    assert layer["date"].tolist() == [dt.date(2020, 1, 2)] * 2
