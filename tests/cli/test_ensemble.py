"""``corridors ensemble``: results whole or not at all, and what is refused."""

import json
import socket

import geopandas as gpd
import pytest
import rasterio

from tests.cli.conftest import Study
from tests.export.rfc7946 import assert_rfc7946

UNCERTAIN = "[exposure]\nincident_radius_m = 10000\n[uncertainty]\nspeed = 0.2\nranges = 0.3\n"
SIZE = ("--members", 4, "--travellers", 20)


@pytest.fixture
def uncertain(study: Study) -> Study:
    study.replace("[exposure]\nincident_radius_m = 10000\n", UNCERTAIN)
    return study


def test_an_ensemble_writes_both_intervals_and_the_stability_of_ranks(uncertain: Study) -> None:
    out = uncertain.folder / "found"
    told = uncertain.call("ensemble", uncertain.scenario, *SIZE, "--out", out)
    assert told.code == 0, told.err
    assert "pass undetected" in told.out
    assert "over what is not known" in told.out
    names = {
        "ensemble.json", "border_segments.geojson", "checkpoints.geojson", "density.tif",
        "manifest.json",
    }  # fmt: skip
    assert {file.name for file in out.iterdir()} == names
    for name in ("border_segments", "checkpoints"):
        assert_rfc7946(out / f"{name}.geojson")
    border = gpd.read_file(out / "border_segments.geojson")
    assert {"share_low", "share_high", "share_as_given_low", "share_as_given_high"} <= set(border)
    posts = gpd.read_file(out / "checkpoints.geojson")
    assert {"transit_share_often_first", "loss_often_top", "first_catch_rank"} <= set(posts)
    found = json.loads((out / "ensemble.json").read_text(encoding="utf-8"))
    assert found["members"] == 4
    assert found["uncertain"] == {"speed": 0.2, "ranges": 0.3}
    assert len(found["inputs"]["ranges"]) == 4
    listed = json.loads((out / "manifest.json").read_text(encoding="utf-8"))["outputs"]
    assert {entry["file"] for entry in listed} == names - {"manifest.json"}
    with rasterio.open(out / "density.tif") as density:
        assert density.count == 2
    assert not list(uncertain.folder.glob(".found*"))


def test_progress_tells_of_members_and_an_earlier_result_stays(uncertain: Study) -> None:
    words = ("ensemble", uncertain.scenario, *SIZE, "--out", uncertain.folder / "found")
    told = uncertain.call(*words, "--progress", "json")
    assert told.code == 0, told.err
    assert '"what": "Solving members, 4 of 4"' in told.err
    before = uncertain.files()
    again = uncertain.call(*words)
    assert again.code == 2
    assert "holds an earlier result" in again.err
    assert uncertain.files() == before


def test_nothing_uncertain_is_refused_and_nothing_written(study: Study) -> None:
    before = study.files()
    told = study.call("ensemble", study.scenario, "--out", study.folder / "found")
    assert told.code == 2
    assert "no input is uncertain" in told.err
    assert "[uncertainty]" in told.err
    assert study.files() == before


@pytest.mark.parametrize(
    ("words", "text"),
    [(("--members", 1), "ensemble of 1 members"), (("--travellers", 2), "of 2 travellers")],
)
def test_numbers_that_will_not_do_are_refused(
    uncertain: Study, words: tuple[object, ...], text: str
) -> None:
    told = uncertain.call("ensemble", uncertain.scenario, *words, "--out", uncertain.folder / "o")
    assert told.code == 2
    assert text in told.err


def test_an_unknown_input_is_refused_by_name(study: Study) -> None:
    study.replace("[exposure]", "[uncertainty]\nspeeds = 0.1\n[exposure]")
    study.refuses("uncertainty.speeds")


def test_a_cluster_that_cannot_be_reached_is_told_and_nothing_written(
    uncertain: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("distributed", reason="needs the extra distributed")
    monkeypatch.setattr("corridors.ensemble.work.PATIENCE_S", 1)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    before = uncertain.files()
    out = uncertain.folder / "found"
    told = uncertain.call("ensemble", uncertain.scenario, "--cluster", address, "--out", out)
    assert told.code == 2
    assert f"no Dask scheduler answers at {address}" in told.err
    assert "Traceback" not in told.err
    assert uncertain.files() == before
