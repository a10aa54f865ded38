"""Flags among numbers and numbers without end are told by row and column."""

import json
from pathlib import Path
from typing import Any

import pytest

from corridors.errors import LayerError
from corridors.layers.geojson import first_endless_number, flags_among
from tests.layers.conftest import Load


def _written(path: Path, *rows: dict[str, Any], at: object = (41.5, 36.3)) -> Path:
    features = [
        {
            "type": "Feature",
            "properties": {"id": f"p{number}", "name": "P", "range_m": 2000, **row},
            "geometry": {
                "type": "Point",
                "coordinates": at if row.get("id") == "far" else [41, 36],
            },
        }
        for number, row in enumerate(rows)
    ]
    table = json.dumps({"type": "FeatureCollection", "features": features})
    path.write_text(table.replace('"ENDLESS"', "-1e999"), encoding="utf-8")
    return path


@pytest.mark.parametrize("others", [[2000, 3000], [2000.5, 1], [None, 1.5]])
@pytest.mark.parametrize("flag", [True, False])
def test_a_flag_among_numbers_is_no_number(
    tmp_path: Path, load: Load, others: list[float], *, flag: bool
) -> None:
    rows = [{"hours_of_duty": None, "range_m": value or 5} for value in others]
    path = _written(tmp_path / "p.geojson", *rows, {"range_m": flag})

    with pytest.raises(LayerError, match=f"row 2: range_m is {flag}, which is not a number"):
        load(path)


def test_a_flag_is_found_by_the_files_own_name_and_behind_a_condition(
    tmp_path: Path, load: Load
) -> None:
    rows = [{"reach": 1, "range_m": 7}, {"reach": 50}, {"reach": True}, {"reach": 1}]
    path = _written(tmp_path / "p.geojson", *rows)
    keys = {"columns": {"range_m": "reach"}}

    with pytest.raises(LayerError, match="row 2: range_m is True"):
        load(path, where="reach = 1", **keys)
    assert load(path, where="id <> 'p2'", **keys)[0]["range_m"].tolist() == [1.0, 50.0, 1.0]


def test_flags_in_columns_of_texts_and_flags_are_left_alone(tmp_path: Path, load: Load) -> None:
    path = _written(tmp_path / "p.geojson", {"synthetic": True, "range_m": 1}, {"synthetic": 0})

    assert load(path)[0]["synthetic"].tolist() == [True, False]


def test_features_one_a_line_are_read_too(tmp_path: Path, load: Load) -> None:
    table = json.loads(
        _written(tmp_path / "p.geojson", {"range_m": 5}, {"range_m": True}).read_text()
    )
    path = tmp_path / "p.geojsonl"
    path.write_text("\n".join(json.dumps(one) for one in table["features"]), encoding="utf-8")

    with pytest.raises(LayerError, match="row 1: range_m is True"):
        load(path)


def test_an_endless_number_is_told_by_row_and_column(tmp_path: Path, load: Load) -> None:
    path = _written(tmp_path / "p.geojson", {}, {"range_m": "ENDLESS"})

    with pytest.raises(
        LayerError, match=r"'checkpoints', row 1: range_m is -1e999, which .*from 0"
    ):
        load(path)


def test_an_endless_coordinate_is_told_by_row(tmp_path: Path, load: Load) -> None:
    path = _written(tmp_path / "p.geojson", {}, {}, {"id": "far"}, at=[41.5, "ENDLESS"])

    with pytest.raises(LayerError, match="row 2: a coordinate is -1e999, which is not a finite"):
        load(path)


@pytest.mark.parametrize("text", ["", "{", "[1, 2]", "null", '{"features": 5}', "[" * 100_000])
def test_what_is_no_collection_holds_nothing(tmp_path: Path, text: str) -> None:
    path = tmp_path / "p.geojson"
    path.write_text(text, encoding="utf-8")

    assert first_endless_number(path) is None
    assert flags_among(path, "a") == {}


def test_features_without_properties_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "p.geojson"
    features = [None, {"properties": None}, {"properties": {"a": True}}]
    path.write_text(json.dumps({"features": features}), encoding="utf-8")

    assert flags_among(path, "a") == {2: True}
