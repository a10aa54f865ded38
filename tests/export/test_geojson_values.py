"""Values, ids, metadata and refusals of GeoJSON."""

import datetime as dt
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely import Point

from corridors.errors import CRSError, LayerError, OutputError
from corridors.export import to_geojson, write_geojson
from tests.export.rfc7946 import assert_collection, assert_rfc7946, layer


def properties(**columns: list[Any] | Any) -> list[dict[str, Any]]:
    rows = len(next(iter(columns.values())))
    collection = to_geojson(layer(*[Point(0, 0)] * rows, **columns))
    assert_collection(collection)
    return [feature["properties"] for feature in collection["features"]]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (float("inf"), None),
        (-np.inf, None),
        (np.nan, None),
        (pd.NaT, None),
        (pd.NA, None),
        (None, None),
        (np.float32(0.1), 0.1),
        (np.float64(1e-12), 1e-12),
        (np.int16(-3), -3),
        (np.bool_(True), True),
        (True, True),
        ("Sinjar شنگال", "Sinjar شنگال"),
        (np.str_("a"), "a"),
        (pd.Timestamp("2020-01-14 06:30"), "2020-01-14T06:30:00"),
        (pd.Timestamp("2020-01-14 06:30", tz="Asia/Baghdad"), "2020-01-14T06:30:00+03:00"),
        (np.datetime64("2020-01-14"), "2020-01-14T00:00:00"),
        (dt.date(2020, 1, 14), "2020-01-14"),
        (dt.timedelta(hours=1.5), "P0DT1H30M0S"),
        (np.timedelta64("NaT", "ns"), None),
        (["a", np.int64(1), float("nan")], ["a", 1, None]),
        (np.array([1.5, np.inf]), [1.5, None]),
        ({"b", "a"}, ["a", "b"]),
        ({"k": (1, 2)}, {"k": [1, 2]}),
        (Path("a") / "b", "a/b"),
    ],
    ids=repr,
)  # fmt: skip
def test_a_value_in_a_mixed_column(value: object, expected: object) -> None:
    cell = np.empty(2, dtype=object)
    cell[0], cell[1] = value, "other"
    (found, _) = properties(v=cell)
    assert found["v"] == expected
    assert type(found["v"]) is type(expected)


def test_typed_columns() -> None:
    rows = properties(
        hours=np.array([0.1, np.nan], dtype="float32"),
        count=pd.array([1, None], dtype="Int64"),
        seen=pd.array([True, None], dtype="boolean"),
        at=pd.to_datetime(["2020-01-14", None]),
        kind=pd.Categorical(["through", None]),
        day=pd.PeriodIndex(["2020-01", "2020-02"], freq="M"),
    )
    assert rows[0] == {
        "hours": 0.1,
        "count": 1,
        "seen": True,
        "at": "2020-01-14T00:00:00",
        "kind": "through",
        "day": "2020-01",
    }
    assert [rows[1][key] for key in ("hours", "count", "seen", "at", "kind")] == [None] * 5


def test_half_a_surrogate_pair_is_escaped(tmp_path: Path) -> None:
    name = np.array(["a\udc80"], dtype=object)
    write_geojson(layer(Point(0, 0), name=pd.Series(name, dtype=object)), tmp_path / "a.geojson")
    collection = assert_rfc7946(tmp_path / "a.geojson")
    assert collection["features"][0]["properties"]["name"] == "a\udc80"


@pytest.mark.parametrize("value", [b"raw", 1j, Point(0, 0)], ids=repr)
def test_what_json_cannot_say_is_refused_by_column(value: object) -> None:
    cells = np.empty(1, dtype=object)
    cells[0] = value
    with pytest.raises(LayerError, match=r"layer 'posts': column 'odd'.*no form in JSON"):
        to_geojson(layer(Point(0, 0), odd=cells), name="posts")


def test_two_columns_of_one_name_are_refused() -> None:
    twice = layer(Point(0, 0), a=[1])
    twice["b"] = 2
    twice.columns = ["a", "geometry", "a"]
    with pytest.raises(LayerError, match="two columns are called 'a'"):
        to_geojson(twice)


def test_it_is_in_both_places() -> None:
    (feature,) = to_geojson(layer(Point(0, 0), id=["c1"]))["features"]
    assert feature["id"] == "c1"
    assert feature["properties"]["id"] == "c1"


def test_numbers_stay_numbers_and_a_missing_one_is_left_out() -> None:
    ids = pd.array([7, None], dtype="Int64")
    collection = to_geojson(layer(Point(0, 0), Point(1, 1), id=ids))
    assert_collection(collection)
    assert [feature.get("id") for feature in collection["features"]] == [7, None]
    assert "id" not in collection["features"][1]


def test_two_rows_with_one_id_are_refused() -> None:
    with pytest.raises(LayerError, match=r"rows 0 and 2: the id 'a' is there twice"):
        to_geojson(layer(*[Point(0, 0)] * 3, id=["a", "b", "a"]))


@pytest.mark.parametrize(
    ("column", "given", "expected"),
    [
        ([False, True], None, True),
        ([False, False], None, None),
        ([None, None], None, None),
        ([False, True], False, False),
    ],
)
def test_synthetic_input_is_marked(
    column: list[bool | None],
    given: Any,
    expected: Any,
) -> None:
    posts = layer(Point(0, 0), Point(1, 1), synthetic=column)
    assert to_geojson(posts, synthetic=given).get("synthetic") is expected


@pytest.mark.parametrize("member", ["crs", "type", "features", "bbox", "geometry"])
def test_members_of_the_rfc_are_not_for_metadata(member: str) -> None:
    with pytest.raises(OutputError, match=f"metadata {member}"):
        to_geojson(layer(Point(0, 0)), metadata={member: 1})


def test_metadata_is_finite_json() -> None:
    collection = to_geojson(layer(Point(0, 0)), metadata={"source": {"scale": np.inf}})
    assert_collection(collection)
    assert collection["source"] == {"scale": None}


def test_a_layer_without_crs() -> None:
    with pytest.raises(CRSError, match="no coordinate reference system"):
        to_geojson(layer(Point(0, 0), crs=None))


def test_a_table_without_geometry() -> None:
    with pytest.raises(LayerError, match="no geometry column"):
        to_geojson(gpd.GeoDataFrame({"a": [1]}))


def test_a_latitude_that_is_not_on_earth() -> None:
    with pytest.raises(LayerError, match=r"row 1: the latitude 750000 is not on Earth"):
        to_geojson(layer(Point(0, 0), Point(4_000_000, 750_000)))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_coordinate_that_is_not_finite(bad: float) -> None:
    with np.errstate(invalid="ignore"):
        line = shapely.linestrings([[0, 0], [1, bad]])
    with pytest.raises(LayerError, match=r"row 1: a coordinate is not a finite number"):
        to_geojson(layer(Point(0, 0), line))


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="is not there"):
        write_geojson(layer(Point(0, 0)), tmp_path / "none" / "a.geojson")
    assert list(tmp_path.iterdir()) == []


def test_a_refused_layer_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    write_geojson(layer(Point(0, 0)), path)
    before = path.read_bytes()
    with pytest.raises(LayerError):
        write_geojson(layer(Point(0, 100)), path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
