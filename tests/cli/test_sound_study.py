"""Sound studies in every command: what is written, and what is refused only in the solving."""

import json
from pathlib import Path

import geopandas as gpd
import jsonschema
import numpy as np
import pyogrio
import pytest
import rasterio

import corridors
from tests.cli.conftest import FeatureCollection, Study


def test_validate_counts_what_it_read_and_writes_nothing(study: Study) -> None:
    before = study.files()

    told = study.validate()

    assert told.code == 0, told.err
    assert "2 crossings" in told.out
    assert "cells of 2000 m; 0 without elevation" in told.out
    assert study.files() == before


def test_validate_tells_of_a_gate_that_controls_nothing(study: Study) -> None:
    def far_away(layer: FeatureCollection) -> None:
        gate = layer["features"][0]
        gate["properties"]["kind"] = "manned_gate"
        gate["geometry"] = {"type": "Point", "coordinates": [41.5, 36.02]}

    before = study.validate().out
    study.edit("posts/checkpoints_synthetic.geojson", far_away)

    told = study.validate()

    assert told.code == 0, told.err
    new = set(told.out.splitlines()) - set(before.splitlines())
    (line,) = [line for line in new if "(manned gate)" in line]
    assert "the nearest crossing is" in line
    assert "it controls nothing" in line


def test_quiet_is_quiet(study: Study) -> None:
    told = study.call("validate", study.scenario, "--quiet")

    assert (told.code, told.out, told.err) == (0, "", "")


def driver(file: Path) -> str:
    return str(pyogrio.read_info(file, layer=file.stem)["driver"])


@pytest.mark.parametrize(("ending", "written"), [("geojson", "GeoJSON"), ("gpkg", "GPKG")])
def test_paths_are_written_as_the_ending_says(study: Study, ending: str, written: str) -> None:
    out = study.folder / f"paths.{ending}"

    told = study.call("paths", study.scenario, "--out", out)

    assert told.code == 0, told.err
    assert set(gpd.read_file(out, layer="paths")["profile"]) == {"on_foot", "vehicle"}
    assert driver(out) == written


def test_the_network_is_written_as_one_file(study: Study) -> None:
    out = study.folder / "network.gpkg"

    assert study.call("network", study.scenario, "--out", out).code == 0
    assert len(gpd.read_file(out, layer="edges")) > 0
    roads = out.with_suffix(".geojson")
    assert "nodes need a .gpkg" in study.call("network", study.scenario, "--out", roads).out
    assert driver(roads) == "GeoJSON"
    assert len(gpd.read_file(roads)) == len(gpd.read_file(out, layer="edges"))


@pytest.mark.parametrize(("ending", "written"), [("geojson", "GeoJSON"), ("gpkg", "GPKG")])
def test_rings_are_written_as_the_ending_says(study: Study, ending: str, written: str) -> None:
    out = study.folder / f"rings.{ending}"

    told = study.call(
        "buffer", study.folder / "crossings/crossings.geojson", "--radius-m", 5000, "--out", out
    )

    assert told.code == 0, told.err
    assert len(gpd.read_file(out, layer="rings")) == 5
    assert driver(out) == written


def test_progress_for_a_program_is_lines_of_json(study: Study) -> None:
    told = study.call(
        "paths", study.scenario, "--out", study.folder / "p.geojson", "--progress", "json"
    )

    steps = [json.loads(line) for line in told.err.splitlines()]
    numbers = [step["step"] for step in steps]
    assert numbers == sorted(numbers)  # a step may tell several times how far it is
    assert sorted(set(numbers)) == list(range(1, steps[0]["steps"] + 1))


def test_the_printed_schema_is_one(study: Study) -> None:
    told = study.call("schema")

    jsonschema.Draft202012Validator.check_schema(json.loads(told.out))


def test_doctor_finds_nothing_wrong(study: Study) -> None:
    told = study.call("doctor")

    assert told.code == 0
    assert "Coordinates come out right." in told.out


CUT_OFF = "on_foot = 20, vehicle = 180"
IMPASSABLE = 'on_foot = "impassable", vehicle = "impassable"'


@pytest.mark.parametrize("command", ["paths", "run"])
def test_places_that_are_cut_off_from_each_other_are_refused(study: Study, command: str) -> None:
    study.replace(CUT_OFF, IMPASSABLE)
    study.edit(
        "crossings/crossings.geojson",
        lambda table: [feature["properties"].update(open=False) for feature in table["features"]],
    )
    before = study.files()

    told = study.call(command, study.scenario, "--out", study.folder / "out.gpkg")

    assert told.code == 2, told.err
    assert f"{study.scenario}: origins[0] 'al-Hawl' is cut off" in told.err
    assert "'impassable'" in told.err
    assert study.files() == before


def test_an_origin_among_gaps_of_the_elevation_is_refused(study: Study) -> None:
    raster = study.folder / "terrain/elevation.tif"
    with rasterio.open(raster) as file:
        heights, profile = file.read(1), file.profile
        row, column = file.index(41.14983, 36.39042)
    heights[row - 20 : row + 20, column - 20 : column + 20] = profile["nodata"] or np.nan
    profile.update(driver="GTiff", nodata=profile["nodata"] or np.nan)
    with rasterio.open(raster, "w", **profile) as file:
        file.write(heights, 1)
    before = study.files()

    told = study.call("paths", study.scenario, "--out", study.folder / "p.geojson")

    assert told.code == 2, told.err
    assert "origins[0] 'al-Hawl' is off the movement graph" in told.err
    assert study.files() == before


def test_an_origin_that_is_a_destination_too_ends_without_a_traceback(study: Study) -> None:
    study.replace('place = "Sinjar"', 'place = "al-Hawl"')

    told = study.call("paths", study.scenario, "--out", study.folder / "p.geojson")

    assert told.code == 2
    assert "are in one cell of 2000 m, 0 hours apart" in told.err


def test_a_journey_that_goes_nowhere_is_told_and_not_called_impossible(study: Study) -> None:
    study.replace(
        "[[barriers]]", '[[destinations]]\nname = "camp"\nplace = "al-Hawl"\n[[barriers]]'
    )
    study.replace("[[barriers]]", '[[origins]]\nname = "ridge"\npoint = [41.7, 36.4]\n[[barriers]]')
    out = study.folder / "out"
    one_place = "the origin 'al-Hawl' and the destination 'camp' are one place: 25.0% of the"

    assert one_place in study.call("validate", study.scenario).out
    told = study.call("run", study.scenario, "--out", out, "-v")

    assert told.code == 0, told.err
    assert one_place in told.out
    assert "start and end in one cell, so that there is no way to look at" in told.out
    assert "not possible" not in told.out
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert summary["journeys_left_out"] == [
        f"al-Hawl to camp, {profile}: starts and ends in one cell ({share} of the transits)"
        for profile, share in (("on_foot", "15.0%"), ("vehicle", "10.0%"))
    ]


def test_results_can_be_written_to_a_folder_that_gdal_would_misread(study: Study) -> None:
    folder = study.folder / "new! results; 2"
    folder.mkdir()

    network, rings = folder / "network.gpkg", folder / "rings.gpkg"
    assert study.call("network", study.scenario, "--out", network).code == 0
    layer = study.folder / "crossings/crossings.geojson"
    assert study.call("buffer", layer, "--radius-m", 500, "--out", rings).code == 0
    told = study.call("run", study.scenario, "--out", folder / "study")

    assert told.code == 0, told.err
    assert corridors.load_network(network).graph.number_of_edges() > 0
    elsewhere = study.folder / "rings.gpkg"
    elsewhere.write_bytes(rings.read_bytes())
    assert len(gpd.read_file(elsewhere, layer="rings")) == 5
    assert (folder / "study/study.gpkg").is_file()


def test_posts_without_names_are_called_by_their_ids(study: Study) -> None:
    study.edit(
        "posts/checkpoints_synthetic.geojson",
        lambda table: [feature["properties"].update(name=None) for feature in table["features"]],
    )
    out = study.folder / "out"

    told = study.call("run", study.scenario, "--out", out)

    assert told.code == 0, told.err
    posts = gpd.read_file(out / "checkpoints.geojson")
    assert (posts["name"] == "checkpoint " + posts["id"]).all()
    assert "checkpoint " in told.out
    assert "None" not in told.out


def test_a_shift_of_the_elevations_datum_is_told(study: Study) -> None:
    raster = study.folder / "terrain/elevation.tif"
    with rasterio.open(raster) as file:
        heights, profile = file.read(1), file.profile
    with rasterio.open(raster, "w", **{**profile, "crs": "EPSG:4230"}) as file:  # ED50
        file.write(heights, 1)

    told = study.call("validate", study.scenario)

    assert told.code == 0, told.err
    assert "elevation: its datum is shifted by 'ED50 to WGS 84" in told.out


@pytest.mark.parametrize("layer", ["roads", "crossings", "checkpoints", "bases", "incidents"])
def test_a_study_runs_without_any_one_optional_layer(study: Study, layer: str) -> None:
    line = next(
        line for line in study.scenario.read_text("utf-8").splitlines() if line.startswith(layer)
    )
    study.replace(line + "\n", "")

    told = study.call("run", study.scenario, "--out", study.folder / "out")

    assert told.code == 0, told.err
