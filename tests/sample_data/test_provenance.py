"""The sample is what its provenance says, in GeoJSON by the letter."""

import hashlib
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from tests.sample_data.bundle import (
    DATA,
    DECIMALS,
    GEOJSON,
    NOT_LAYERS,
    collection,
    geometries,
    provenance,
    rows,
)


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
