"""The command that holds scenarios side by side: its files, and what it refuses."""

import json

import numpy as np
import pytest
import rasterio

from corridors.comparison.drawing import CHANGE_COLOURS
from tests.cli.conftest import Study
from tests.export.rfc7946 import assert_rfc7946

WEATHER = "\n[weather]\nvisibility_km = 1\nrain = 'heavy'\n[flow]\ntravellers = 60\n"
CLEAR = ("--variant", "clear <b>day</b>", "weather.visibility_km=30", "weather.rain=none")


@pytest.fixture
def foggy(study: Study) -> Study:
    study.scenario.write_text(study.scenario.read_text("utf-8") + WEATHER, encoding="utf-8")
    return study


def test_a_comparison_is_a_folder_of_results(foggy: Study) -> None:
    out = foggy.folder / "changes"

    told = foggy.call("compare", foggy.scenario, *CLEAR, "--out", out)

    assert told.code == 0, told.err
    layers = ["border_segments.geojson", "checkpoints.geojson", "corridors.geojson"]
    layers.append("worth.geojson")
    names = {path.name for path in out.iterdir()}
    raster = "marginal_value_difference_clear_b_day_b"
    rasters = {f"{raster}.tif", f"{raster}.qml"}
    assert names == {*layers, *rasters, "comparison.json", "manifest.json", "map.html"}
    for name in layers:
        assert_rfc7946(out / name)
    found = json.loads((out / "comparison.json").read_text("utf-8"))
    assert found["differences"][0]["undetected"]["high"] < 0
    assert found["sentences"][0] in told.out
    assert "points less" in found["sentences"][0]
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    assert set(manifest["scenario"]) == {"scenario", "clear <b>day</b>"}
    assert manifest["scenario"]["clear <b>day</b>"]["weather"]["visibility_km"] == 30
    assert manifest["synthetic_inputs"]
    assert rasters <= {output["file"] for output in manifest["outputs"]}
    with rasterio.open(out / f"{raster}.tif") as file:
        change = file.read(1)
        told_of = file.tags(1)["DESCRIPTION_LONG"]
        assert "in 'clear <b>day</b>' (watch post, 3000 m" in told_of
        assert file.tags()["synthetic"] == "true"
    # In clear air one more post sees farther.
    assert np.nanmax(change) > 0.001
    style = (out / f"{raster}.qml").read_text("utf-8")
    assert all(colour in style for colour in CHANGE_COLOURS)
    assert {"roads/roads.geojson", "provenance.json"} <= set(manifest["inputs"])
    posts = json.loads((out / "checkpoints.geojson").read_text("utf-8"))
    assert posts["synthetic"] is True
    page = (out / "map.html").read_text("utf-8")
    assert "<b>day</b>" not in page.split("<script")[0]
    assert "no sure change" in page
    assert "Worth of one more post that nobody knows of" in page


def test_the_same_comparison_gives_the_same_bytes(foggy: Study) -> None:
    outs = [foggy.folder / "one", foggy.folder / "two"]
    for out in outs:
        assert foggy.call("compare", foggy.scenario, *CLEAR, "--out", out, "-q").code == 0

    for path in outs[0].iterdir():
        assert path.read_bytes() == (outs[1] / path.name).read_bytes(), path.name


def test_an_earlier_result_is_kept_unless_it_may_be_replaced(foggy: Study) -> None:
    out = foggy.folder / "changes"
    words = ("compare", foggy.scenario, *CLEAR, "--out", out)
    assert foggy.call(*words).code == 0
    before = foggy.files()

    told = foggy.call(*words)

    assert told.code == 2
    assert "replace it with --overwrite" in told.err
    assert foggy.files() == before
    assert foggy.call(*words, "--overwrite").code == 0


def test_progress_counts_every_step_once(foggy: Study) -> None:
    told = foggy.call(
        "compare", foggy.scenario, *CLEAR, "--out", foggy.folder / "c", "--progress", "json"
    )

    steps = [json.loads(line) for line in told.err.splitlines()]
    assert sorted({step["step"] for step in steps}) == list(range(1, steps[0]["steps"] + 1))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "there is nothing to compare it with"),
        (("--variant", "other", "seed=9"), "seed is 9 and not 0"),
        (("--variant", "other", "weather.fog=9"), "unknown key"),
        (("--variant", "other"), "nothing is changed"),
        (("--variant", "other", "weather.visibility_km=-1"), "visibility_km"),
        (("--variant", "other", 'layers.roads={file="none.geojson"}'), "none.geojson"),
    ],
)
def test_what_cannot_be_compared_is_refused_and_nothing_is_left(
    foggy: Study, words: tuple[str, ...], told: str
) -> None:
    before = foggy.files()

    answer = foggy.call("compare", foggy.scenario, *words, "--out", foggy.folder / "c")

    assert answer.code == 2, answer.err
    assert told in answer.err
    assert "Traceback" not in answer.err
    assert foggy.files() == before


def test_scenarios_may_stand_after_an_option(foggy: Study) -> None:
    other = foggy.scenario.with_name("other.toml")
    out = foggy.folder / "changes"
    told = foggy.call("compare", foggy.scenario, "--out", out, "--overwrite", other)
    assert told.code == 2
    assert "other.toml" in told.err
    assert "unrecognized" not in told.err
    # Two dashes end the values of a variant.
    dashed = ("--variant", "x", "weather.night=true", "--", other)
    told = foggy.call("compare", foggy.scenario, "--out", out, *dashed)
    assert told.code == 2
    assert "other.toml" in told.err
    assert "unrecognized" not in told.err
    # They are compared as if they stood before it.
    text = foggy.scenario.read_text("utf-8")
    other.write_text(text.replace("visibility_km = 1", "visibility_km = 20"), encoding="utf-8")
    told = foggy.call("compare", foggy.scenario, "--out", out, other)
    assert told.code == 0, told.err
    found = json.loads((out / "comparison.json").read_text("utf-8"))
    assert found["differences"][0]["undetected"]["high"] < 0


def test_an_option_that_is_unknown_takes_no_scenario(foggy: Study) -> None:
    told = foggy.call("compare", foggy.scenario, "--wrong", "b.toml", "--out", foggy.folder / "x")
    assert told.code == 2
    assert "unrecognized arguments: --wrong b.toml" in told.err
