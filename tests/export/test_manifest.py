"""The manifest says what went in, what computed it and what came out; the same each time."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from corridors.crs import choose_working_crs, transformation_used
from corridors.errors import MissingFileError, OutputError
from corridors.export import (
    FileRecord,
    build_manifest,
    is_result_folder,
    library_versions,
    list_outputs,
    output_folder,
    record_file,
    write_json,
)

WORKING = choose_working_crs((40.5, 35.3, 43.5, 37.4))


def test_a_file_is_known_by_its_hash(tmp_path: Path) -> None:
    file = tmp_path / "data" / "roads.gpkg"
    file.parent.mkdir()
    file.write_bytes(b"abc")
    # The hash of FIPS 180-2, example B.1.
    known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert record_file(file, relative_to=tmp_path) == FileRecord("data/roads.gpkg", known, 3)


def test_no_path_of_the_machine_is_recorded(tmp_path: Path) -> None:
    file = tmp_path / "roads.gpkg"
    file.write_bytes(b"abc")
    (tmp_path / "study").mkdir()
    assert record_file(file, relative_to=tmp_path / "study").file == "roads.gpkg"
    assert record_file(file).file == "roads.gpkg"


def test_a_shapefile_is_all_its_parts(tmp_path: Path) -> None:
    for ending in (".shp", ".dbf", ".prj"):
        (tmp_path / f"roads{ending}").write_text(ending)
    before = record_file(tmp_path / "roads.shp")
    assert before.size_bytes == 12
    (tmp_path / "roads.dbf").write_text(".DBF")
    after = record_file(tmp_path / "roads.shp")
    assert after.file == before.file == "roads.shp"
    assert after.sha256 != before.sha256


def test_a_folder_is_known_by_names_and_contents(tmp_path: Path) -> None:
    (tmp_path / "a.gdb").mkdir()
    (tmp_path / "a.gdb" / "x").write_text("1")
    first = record_file(tmp_path / "a.gdb")
    (tmp_path / "a.gdb" / "x").rename(tmp_path / "a.gdb" / "y")
    assert record_file(tmp_path / "a.gdb").sha256 != first.sha256


def test_a_missing_input_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match=r"roads\.gpkg cannot be read"):
        record_file(tmp_path / "roads.gpkg")


def test_versions_of_all_that_computes_are_there() -> None:
    versions = library_versions()
    wanted = {"python", "corridors", "numpy", "shapely", "GEOS", "pyproj", "PROJ (pyproj)"}
    wanted |= {"rasterio", "GDAL (rasterio)", "pyogrio", "GDAL (pyogrio)", "networkx", "numba"}
    assert wanted <= set(versions)
    assert all(version[0].isdigit() for version in versions.values()), versions


def manifest_of(folder: Path) -> dict[str, object]:
    record = FileRecord("roads.gpkg", "0" * 64, 3)
    return build_manifest(
        scenario={"title": "Sinjar", "detour": np.float32(0.1), "limit": float("inf")},
        inputs={"roads": record},
        outputs=list_outputs(folder),
        working_crs=WORKING,
        transformations=[transformation_used("EPSG:4326", WORKING.crs)] * 2,
        seed=7,
        provenance={"roads": {"licence": "ODbL"}},
        synthetic=["checkpoints", "bases", "bases"],
    )


def test_a_result_bears_its_manifest(tmp_path: Path) -> None:
    with output_folder(tmp_path / "study") as folder:
        (folder / "layers").mkdir()
        (folder / "layers" / "a.txt").write_text("a")
        (folder / "b.txt").write_text("b")
        write_json(folder / "manifest.json", manifest_of(folder))
    assert is_result_folder(tmp_path / "study")
    told = json.loads((tmp_path / "study" / "manifest.json").read_text(encoding="utf-8"))
    for output in told["outputs"]:
        content = (tmp_path / "study" / output["file"]).read_bytes()
        assert output["sha256"] == hashlib.sha256(content).hexdigest()
        assert output["size_bytes"] == len(content)
    assert [output["file"] for output in told["outputs"]] == ["b.txt", "layers/a.txt"]
    assert told["synthetic"] is True
    assert told["synthetic_inputs"] == ["bases", "checkpoints"]
    assert told["seed"] == 7
    assert told["scenario"] == {"title": "Sinjar", "detour": 0.1, "limit": None}
    assert len(told["transformations"]) == 1
    assert told["transformations"][0]["source"] == "WGS 84"
    assert told["working_crs"]["label"] == WORKING.label
    # What the manifest lists is what may be replaced.
    with output_folder(tmp_path / "study", overwrite=True):
        pass
    assert list((tmp_path / "study").iterdir()) == []


def test_the_same_run_gives_the_same_manifest(tmp_path: Path) -> None:
    for name in ("a.json", "b.json"):
        write_json(tmp_path / name, manifest_of(tmp_path / "none"))
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()


def test_json_is_strict_indented_and_ends_with_a_line(tmp_path: Path) -> None:
    write_json(tmp_path / "a.json", {"share": np.nan, "name": "سنجار", "at": {3, 1, 2}})
    assert (tmp_path / "a.json").read_text(encoding="utf-8") == (
        '{\n  "share": null,\n  "name": "سنجار",\n  "at": [\n    1,\n    2,\n    3\n  ]\n}\n'
    )


def test_what_json_cannot_say_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="bytes"):
        write_json(tmp_path / "a.json", {"raw": b"x"})
    assert list(tmp_path.iterdir()) == []
