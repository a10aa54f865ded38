"""Whatever a file holds, the answer is a layer or one of our errors."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corridors.errors import InputError
from corridors.layers import KINDS
from tests.layers.conftest import Load

CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.text(max_size=6),
    st.sampled_from(["", " ", "nan", "inf", "2020-01-14", "2020-99-99", "true", "5", "-9999"]),
    st.lists(st.integers(0, 9) | st.text(max_size=2), max_size=2),
    st.dictionaries(st.text(max_size=3), st.integers(0, 9), max_size=2),
)
NAMES = sorted({"id", *(column.name for kind in KINDS.values() for column in kind.columns)})
COLUMNS = st.sampled_from([*NAMES, "geometry", "fid", "ID", "ogc_fid", "lon", "extra"]) | st.text(
    max_size=6
)
NUMBERS = st.floats(40.5, 42.5) | st.floats(35.5, 37.0) | st.floats() | st.just(None)
POSITIONS = st.lists(NUMBERS, min_size=2, max_size=3)
SHAPES = st.one_of(
    st.none(),
    st.fixed_dictionaries({"type": st.just("Point"), "coordinates": POSITIONS | st.just([])}),
    st.fixed_dictionaries(
        {
            "type": st.sampled_from(["LineString", "MultiPoint"]),
            "coordinates": st.lists(POSITIONS, max_size=4),
        }
    ),
    st.fixed_dictionaries(
        {
            "type": st.sampled_from(["Polygon", "MultiLineString"]),
            "coordinates": st.lists(st.lists(POSITIONS, max_size=5), max_size=2),
        }
    ),
    st.just({"type": "GeometryCollection", "geometries": []}),
    st.just({"type": "Circle", "coordinates": [1]}),
)
SOUND = st.fixed_dictionaries(
    {
        "type": st.just("Point"),
        "coordinates": st.tuples(st.floats(41.1, 41.9), st.floats(36.1, 36.5)),
    }
)
VALID: dict[str, Any] = {"id": "x", "name": "X", "range_m": 5, "location_precision_m": 5}


@st.composite
def tables(draw: st.DrawFn) -> dict[str, Any]:
    """Return a feature collection: sound rows, some of them with odd cells and odd shapes."""
    rows = draw(st.integers(0, 4))
    features = []
    for number in range(rows):
        properties = {**VALID, "id": f"x{number}", "date": "2020-01-14", "road_class": "track"}
        properties |= draw(st.dictionaries(COLUMNS, CELLS, max_size=3))
        geometry = draw(SOUND | SHAPES)
        features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    return {"type": "FeatureCollection", "features": features}


def _refusal(load: Load, path: Path, **keys: Any) -> str | None:
    try:
        load(path, **keys)
    except InputError as error:
        return str(error)
    return None


@pytest.mark.parametrize("kind", ["checkpoints", "incidents", "roads", "governorates", "places"])
@given(table=tables())
@settings(max_examples=120)
def test_an_odd_layer_is_read_or_refused(
    tmp_path: Path, load: Load, kind: str, table: dict[str, Any]
) -> None:
    path = tmp_path / "odd.geojson"
    path.write_text(json.dumps(table), encoding="utf-8")

    message = _refusal(load, path, kind=kind)

    assert message is None or str(path) in message


@given(
    rows=st.lists(
        st.lists(
            st.text(st.characters(codec="utf-8"), max_size=5) | st.floats().map(str) | st.just('"'),
            max_size=6,
        ),
        max_size=4,
    )
)
@settings(max_examples=120)
def test_an_odd_table_is_read_or_refused(tmp_path: Path, load: Load, rows: list[list[str]]) -> None:
    path = tmp_path / "odd.csv"
    lines = ["id,name,range_m,lon,lat", *(",".join(cells) for cells in rows)]
    path.write_text("\n".join(lines), encoding="utf-8")

    message = _refusal(load, path, crs="EPSG:4326")

    assert message is None or str(path) in message


@pytest.mark.parametrize("name", ["odd.geojson", "odd.gpkg", "odd.csv", "odd.parquet", "odd.zip"])
@given(content=st.binary(max_size=300))
@settings(max_examples=25)
def test_any_bytes_are_read_or_refused(
    tmp_path: Path, load: Load, name: str, content: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(content)

    message = _refusal(load, path, crs="EPSG:4326")

    assert message is None or str(path) in message
