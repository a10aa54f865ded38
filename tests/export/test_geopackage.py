"""One GeoPackage with all layers, in the working CRS and styled."""

import datetime as dt
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from shapely import LineString, Point, Polygon, box

from corridors.crs import choose_working_crs
from corridors.errors import CRSError, LayerError, OutputError
from corridors.export import DEFAULT_STYLES, Style, Symbol, to_qml, write_geopackage

LAEA = choose_working_crs((40.5, 35.3, 43.5, 37.4)).crs


def layer(*geometries: shapely.Geometry | None, crs: Any = LAEA, **columns: Any) -> Any:
    return gpd.GeoDataFrame(columns, geometry=list(geometries), crs=crs)


def query(path: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as package:
        return package.execute(sql).fetchall()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where to write to."""
    return tmp_path / "study.gpkg"


@pytest.fixture
def study() -> dict[str, Any]:
    """Return a few layers of a study."""
    return {
        "corridors": layer(box(0, 0, 1000, 1000), id=["c1"], kind=["through"], percent=[5.0]),
        "paths": layer(LineString([(0, 0), (900, 900)]), id=["p1"], hours=[1.5]),
        "checkpoints": layer(Point(500, 500), id=["k1"], name=["Post 1"]),
        "oddities": layer(Point(1, 1), note=["no style"]),
    }


def test_layers_come_back_in_the_working_crs(path: Path, study: dict[str, Any]) -> None:
    write_geopackage(study, path)
    assert [name for name, _ in pyogrio.list_layers(path)] == [*study, "layer_styles"]
    for name, given in study.items():
        back = gpd.read_file(path, layer=name)
        assert back.crs == LAEA
        assert back.geometry.iloc[0].equals(given.geometry.iloc[0])
        assert list(back.columns) == list(given.columns)


def test_each_layer_may_have_its_own_crs(path: Path) -> None:
    write_geopackage({"a": layer(Point(41, 36), crs=4326), "b": layer(Point(0, 0))}, path)
    assert gpd.read_file(path, layer="a").crs == "EPSG:4326"
    assert gpd.read_file(path, layer="b").crs == LAEA


def test_the_same_layers_give_the_same_bytes_at_any_time(path: Path, study: dict[str, Any]) -> None:
    write_geopackage(study, path)
    time.sleep(1.1)  # the format's dates have whole seconds in some writers
    write_geopackage(study, path.with_name("b.gpkg"))
    assert path.read_bytes() == path.with_name("b.gpkg").read_bytes()
    assert set(query(path, "SELECT last_change FROM gpkg_contents")) == {
        ("2000-01-01T00:00:00.000Z",)
    }


def test_the_format_is_one_that_older_programs_read(path: Path, study: dict[str, Any]) -> None:
    write_geopackage(study, path)
    assert query(path, "PRAGMA application_id") == [(int.from_bytes(b"GPKG"),)]
    assert query(path, "PRAGMA user_version") == [(10200,)]


def test_gdal_keeps_its_own_date_afterwards(path: Path, study: dict[str, Any]) -> None:
    write_geopackage(study, path)
    assert pyogrio.get_gdal_config_option("OGR_CURRENT_DATE") is None


def test_layers_are_not_changed(path: Path) -> None:
    given = layer(Polygon([(0, 0, 5), (1, 0, 5), (1, 1, 5)]), v=[np.inf], tags=[["a"]])
    before = given.copy(deep=True)
    write_geopackage({"a": given}, path)
    pd.testing.assert_frame_equal(pd.DataFrame(given), pd.DataFrame(before))
    assert given.geometry.iloc[0].has_z


def test_columns_have_types_that_other_programs_know(path: Path) -> None:
    given = layer(
        Point(0, 0),
        Point(1, 1),
        count=np.array([1, 2], dtype="int32"),
        hours=np.array([np.inf, 2.5]),
        seen=[True, False],
        known=pd.array([True, None], dtype="boolean"),
        big=pd.array([2**40, None], dtype="Int64"),
        at=pd.to_datetime(["2020-01-14 06:30", None]),
        day=[dt.date(2020, 1, 14), None],
        kind=pd.Categorical(["through", None]),
        members=[["a", 1], None],
        mixed=[1, "b"],
        none=[None, None],
    )
    write_geopackage({"a": given}, path)
    back = gpd.read_file(path, layer="a", columns=list(given.columns[:-1]))
    assert back["count"].tolist() == [1, 2]
    assert pd.isna(back["hours"][0])
    assert back["hours"][1] == 2.5
    assert back["seen"].tolist() == [True, False]
    assert back["known"].isna().tolist() == [False, True]
    assert query(path, "SELECT known, typeof(known) FROM a") == [(1, "integer"), (None, "null")]
    declared = {name: kind for _, name, kind, *_ in query(path, "PRAGMA table_info(a)")}
    assert declared["known"] == declared["seen"] == "BOOLEAN"
    assert (declared["at"], declared["big"], declared["count"]) == (
        "DATETIME", "INTEGER", "MEDIUMINT",
    )  # fmt: skip
    assert back["big"][0] == 2**40
    assert back["at"][0] == pd.Timestamp("2020-01-14 06:30")
    assert pd.isna(back["at"][1])
    assert back["day"][0] == "2020-01-14"
    assert back["kind"][0] == "through"
    assert back["members"][0] == '["a",1]'
    assert back["mixed"].tolist() == ["1", "b"]
    assert back["none"].isna().all()


def test_geometries_have_one_type_a_layer(path: Path) -> None:
    line = LineString([(0, 0), (1, 1)])
    cases = {
        "points": (layer(Point(0, 0), None), "Point"),
        "lines": (layer(line, shapely.MultiLineString([line])), "MultiLineString"),
        "areas": (layer(box(0, 0, 1, 1)), "MultiPolygon"),
        "mixed": (layer(Point(0, 0), line), "Unknown"),
        "corridors": (layer(), "MultiPolygon"),
        "paths": (layer(), "MultiLineString"),
        "places": (layer(), "Point"),
        "nothing": (layer(), "Unknown"),
    }
    write_geopackage({name: given for name, (given, _) in cases.items()}, path)
    for name, (given, expected) in cases.items():
        told = pyogrio.read_info(path, layer=name)
        assert (told["geometry_type"], told["features"]) == (expected, len(given)), name


def test_known_layers_get_their_default_style(path: Path, study: dict[str, Any]) -> None:
    write_geopackage(study, path, titles={"corridors": "Corridors"})
    rows = query(
        path,
        "SELECT f_table_catalog, f_table_schema, f_table_name, f_geometry_column, useAsDefault, "
        "styleQML FROM layer_styles ORDER BY id",
    )
    assert [row[:5] for row in rows] == [
        ("", "", name, "geom", 1) for name in ("corridors", "paths", "checkpoints")
    ]
    assert [row[5] for row in rows] == [to_qml(DEFAULT_STYLES[row[2]]) for row in rows]
    assert query(path, "SELECT data_type FROM gpkg_contents WHERE table_name = 'layer_styles'") == [
        ("attributes",)
    ]


def test_styles_can_be_given_or_left_out(path: Path, study: dict[str, Any]) -> None:
    mine = Style(Symbol("line", "#123456"))
    write_geopackage(study, path, styles={"paths": mine, "checkpoints": "<qgis/>"})
    rows = query(path, "SELECT f_table_name, styleQML FROM layer_styles ORDER BY id")
    assert rows == [("paths", to_qml(mine)), ("checkpoints", "<qgis/>")]
    write_geopackage(study, path, styles={})
    assert "layer_styles" not in [name for name, _ in pyogrio.list_layers(path)]


def test_titles_and_attribution_are_in_the_contents(path: Path, study: dict[str, Any]) -> None:
    titles = {"corridors": "Ways", "paths": "Ways"}
    write_geopackage(study, path, titles=titles, attribution="© OpenStreetMap contributors")
    rows = query(
        path, "SELECT identifier, description FROM gpkg_contents WHERE data_type = 'features'"
    )
    names = ["Ways (corridors)", "Ways (paths)", "checkpoints", "oddities"]
    assert rows == [(name, "© OpenStreetMap contributors") for name in names]


def test_a_column_called_fid_is_kept(path: Path) -> None:
    write_geopackage({"a": layer(Point(0, 0), Point(1, 1), fid=["x", "y"])}, path)
    assert gpd.read_file(path, layer="a")["fid"].tolist() == ["x", "y"]


def test_an_earlier_file_is_replaced_as_a_whole(path: Path, study: dict[str, Any]) -> None:
    write_geopackage(study, path)
    before = path.read_bytes()
    with pytest.raises(CRSError, match="layer 'b'"):
        write_geopackage({"a": study["paths"], "b": layer(Point(0, 0), crs=None)}, path)
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == ["study.gpkg"]
    write_geopackage({"a": study["paths"]}, path)
    assert [name for name, _ in pyogrio.list_layers(path)] == ["a"]


@pytest.mark.parametrize("name", ["layer_styles", "gpkg_x", "rtree_a", "a b", "", "a'b", "1a"])
def test_names_that_a_layer_cannot_have_are_refused(path: Path, name: str) -> None:
    with pytest.raises(OutputError, match="layer"):
        write_geopackage({name: layer(Point(0, 0))}, path)
    assert not path.exists()


def test_names_that_differ_in_case_only_are_refused(path: Path) -> None:
    with pytest.raises(OutputError, match="'Paths' is taken"):
        write_geopackage({"paths": layer(Point(0, 0)), "Paths": layer(Point(0, 0))}, path)
    with pytest.raises(LayerError, match="taken in a GeoPackage: ID, id"):
        write_geopackage({"a": layer(Point(0, 0), id=[1], ID=[2])}, path)


def test_no_layer_at_all_is_refused(path: Path) -> None:
    with pytest.raises(OutputError, match="no layer"):
        write_geopackage({}, path)


# --- styles --------------------------------------------------------------------------------------


def colours(style: Style) -> Iterator[str]:
    symbols = [style.symbol, *(c.symbol for c in (*style.categories, *style.classes))]
    for symbol in symbols:
        yield symbol.colour
        if symbol.outline:
            yield symbol.outline


@pytest.mark.parametrize("name", DEFAULT_STYLES)
def test_default_styles_are_well_formed(name: str) -> None:
    style = DEFAULT_STYLES[name]
    root = ET.fromstring(to_qml(style))  # noqa: S314 our own text
    assert len(root.findall("renderer-v2/symbols/symbol")) == max(
        1, len(style.categories), len(style.classes)
    )
    assert {element.get("type") for element in root.iter("symbol")} == {style.symbol.kind}
    assert all(len(colour) == 7 and int(colour[1:], 16) >= 0 for colour in colours(style))


def test_every_row_is_drawn_in_some_category() -> None:
    for style in DEFAULT_STYLES.values():
        if style.categories:
            assert style.categories[-1].value is None


def test_every_share_of_a_border_segment_is_in_a_class() -> None:
    classes = DEFAULT_STYLES["border_segments"].classes
    for share in (-1, 0, 1e-9, 0.02, 0.0200001, 0.5, 1):
        assert any(one.lower <= share <= one.upper for one in classes), share


@pytest.mark.parametrize("name", ["incidents", "checkpoints", "bases"])
def test_what_is_synthetic_looks_different_and_says_so(name: str) -> None:
    made_up, given = DEFAULT_STYLES[name].categories
    assert made_up.value is True
    assert not made_up.symbol.filled
    assert given.symbol.filled
    assert "synthetic" in made_up.label
    assert "synthetic" not in given.label


def test_a_style_has_an_attribute_or_a_single_look() -> None:
    line = Symbol("line", "#000000")
    with pytest.raises(ValueError, match="need an attribute"):
        Style(line, attribute="kind")
