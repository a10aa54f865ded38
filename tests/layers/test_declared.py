"""A message says how to declare what is missing where its reader can: in a file or an option."""

from pathlib import Path

import geopandas as gpd
import pytest

from corridors.cli import main
from corridors.errors import LayerError
from tests.layers.conftest import Load


def _buffer(path: Path, *words: str) -> int:
    return main(["buffer", str(path), "--radius-m", "500", "--out", f"{path}.out.geojson", *words])


def test_a_scenario_is_told_its_key_and_a_command_its_option(
    tmp_path: Path, load: Load, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "posts.csv"
    path.write_text("id,name,range_m,lon,lat\na,A,5,41.5,36.3\n", encoding="utf-8")

    with pytest.raises(LayerError, match=r"crs = 'EPSG:4326' where the scenario names the file"):
        load(path)
    assert _buffer(path) == 2
    told = capsys.readouterr().err
    assert "say which it is in: --crs EPSG:4326" in told
    assert "the scenario" not in told
    assert _buffer(path, "--crs", "EPSG:4326") == 0


def test_a_command_names_its_file_for_a_row_without_a_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "posts.csv"
    path.write_text("id,lon,lat\na,41.5,36.3\nb,,36\n", encoding="utf-8")

    assert _buffer(path, "--crs", "EPSG:4326") == 2
    assert "layer 'posts.csv', row 1: there is no geometry" in capsys.readouterr().err


def test_a_command_does_not_speak_of_a_scenario(
    tmp_path: Path, posts: gpd.GeoDataFrame, capsys: pytest.CaptureFixture[str]
) -> None:
    posts.to_file(tmp_path / "p.gpkg", layer="one")
    posts.to_file(tmp_path / "p.gpkg", layer="two")
    (tmp_path / "d.csv").write_text("id,east,north\na,41.5,36.3\n", encoding="utf-8")

    for words, said in (
        (["p.gpkg"], "name one: --name LAYER"),
        (["p.gpkg", "--name", "one", "--crs", "EPSG:32637"], "leave out --crs"),
        (["d.csv", "--crs", "EPSG:4326"], "call their columns lon and lat; its columns are id"),
    ):
        assert _buffer(tmp_path / words[0], *words[1:]) == 2
        told = capsys.readouterr().err
        assert said in told
        assert "the scenario" not in told
