"""Files are read whatever letters are in their paths."""

from pathlib import Path

import geopandas as gpd
import pytest

from corridors.errors import LayerError
from tests.layers.conftest import Load

NAMES = ["a!b", "a;b", "a b", "é", "a#b", "a?b", "a%20b", "[x]", "a,b", "{x}", "a:b", "a\nb"]
FORMATS = ["c.geojson", "c.gpkg", "c.shp", "c.fgb", "c.csv", "c.parquet", "c.zip"]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One layer of two posts in every format."""
    folder = tmp_path_factory.mktemp("plain")
    table = gpd.GeoDataFrame(
        {"id": ["a", "b"], "name": ["A", "B"], "range_m": [2000.0, 3000.0]},
        geometry=gpd.points_from_xy([41.3, 41.6], [36.2, 36.4]),
        crs=4326,
    )
    for name in ("c.geojson", "c.gpkg", "c.shp", "c.fgb"):
        table.to_file(folder / name)
    table.to_file(folder / "c.shz")
    (folder / "c.shz").rename(folder / "c.zip")
    table.to_parquet(folder / "c.parquet")
    lonlat = table.drop(columns="geometry").assign(lon=table.geometry.x, lat=table.geometry.y)
    lonlat.to_csv(folder / "c.csv", index=False)
    return folder


def _copied(written: Path, folder: Path, stem: str) -> None:
    folder.mkdir(parents=True)
    for path in written.iterdir():
        (folder / path.name.replace("c.", f"{stem}.", 1)).write_bytes(path.read_bytes())


def _rows(load: Load, path: Path) -> list[str]:
    keys = {"crs": "EPSG:4326"} if path.suffix == ".csv" else {}
    return sorted(load(path, **keys)[0]["id"])


@pytest.mark.parametrize("folder", NAMES)
@pytest.mark.parametrize("name", FORMATS)
def test_a_layer_is_read_from_a_folder_of_any_name(
    tmp_path: Path, written: Path, load: Load, folder: str, name: str
) -> None:
    _copied(written, tmp_path / folder, "c")

    assert _rows(load, tmp_path / folder / name) == ["a", "b"]


@pytest.mark.parametrize("stem", ["c!k", "ck;x", "c?k", "c:k"])
@pytest.mark.parametrize("name", FORMATS)
def test_a_file_of_any_name_is_read(
    tmp_path: Path, written: Path, load: Load, stem: str, name: str
) -> None:
    _copied(written, tmp_path / "plain", stem)

    assert _rows(load, tmp_path / "plain" / name.replace("c.", f"{stem}.")) == ["a", "b"]


def test_a_condition_works_in_such_a_folder_too(tmp_path: Path, written: Path, load: Load) -> None:
    _copied(written, tmp_path / "a!b", "c")

    layer, _ = load(tmp_path / "a!b" / "c.gpkg", where="range_m > 2500")

    assert layer["id"].tolist() == ["b"]


def test_a_relative_path_is_read_as_one(
    tmp_path: Path, written: Path, load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    _copied(written, tmp_path / "zip:x", "c")
    monkeypatch.chdir(tmp_path)

    assert _rows(load, Path("zip:x/c.gpkg")) == ["a", "b"]


def test_a_format_that_is_a_folder_is_refused_with_the_letter_that_hinders(
    tmp_path: Path, load: Load
) -> None:
    folder = tmp_path / "a!b" / "posts.gdb"
    folder.mkdir(parents=True)

    with pytest.raises(LayerError, match=r"posts\.gdb.*'!' in its path.*rename the folder"):
        load(folder)
