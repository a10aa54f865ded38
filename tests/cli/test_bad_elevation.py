"""Elevation that cannot be used: exit code 2, file and layer named, nothing written."""

import warnings
from typing import Any

import numpy as np
import pytest
import rasterio
from affine import Affine
from numpy.typing import NDArray

from tests.cli.conftest import Study

TIF = "terrain/elevation.tif"


def _write(study: Study, values: NDArray[Any], west: float = 40.9, **profile: Any) -> None:
    """Write a raster of 0.01 degree over the study's area."""
    bands = values if values.ndim == 3 else values[None]
    settings = {
        "driver": "GTiff",
        "count": bands.shape[0],
        "height": bands.shape[1],
        "width": bands.shape[2],
        "dtype": bands.dtype,
        "crs": "EPSG:4326",
        "transform": Affine(0.01, 0, west, 0, -0.01, 36.7),
        **profile,
    }
    with rasterio.open(study.folder / TIF, "w", **settings) as file:
        file.write(bands)


def _level(height: float = 300.0, dtype: str = "float32") -> NDArray[Any]:
    return np.full((80, 120), height, dtype=dtype)


def test_level_ground_is_sound(study: Study) -> None:
    _write(study, _level())

    assert study.validate().code == 0


@pytest.mark.parametrize("content", [b"", b"heights\n1 2 3\n", b"\x00\xff" * 99, b"II*\x00broken"])
def test_a_file_that_is_no_raster_is_refused(study: Study, content: bytes) -> None:
    (study.folder / TIF).write_bytes(content)

    study.refuses(TIF, "layer 'elevation'", "check that the file is whole")


def test_a_truncated_raster_is_refused(study: Study) -> None:
    whole = (study.folder / TIF).read_bytes()
    (study.folder / TIF).write_bytes(whole[: len(whole) // 2])

    study.refuses(TIF, "layer 'elevation'", "check that the file is whole")


def test_a_raster_that_is_not_there_is_refused(study: Study) -> None:
    (study.folder / TIF).unlink()

    study.refuses(TIF, "layer 'elevation'", "is not there")


def test_a_folder_in_place_of_a_raster_is_refused(study: Study) -> None:
    (study.folder / TIF).unlink()
    (study.folder / TIF).mkdir()

    study.refuses(TIF, "is a folder")


def test_a_vector_layer_in_place_of_a_raster_is_refused(study: Study) -> None:
    study.replace(TIF, "boundaries/borders.geojson")

    study.refuses("borders.geojson", "layer 'elevation' cannot be read as a raster")


def test_a_raster_without_crs_is_refused(study: Study) -> None:
    _write(study, _level(), crs=None)

    study.refuses(TIF, "layer 'elevation'", "declares no coordinate reference system")


def test_a_raster_without_place_is_refused(study: Study) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of rasterio, at the writing
        _write(study, _level(), transform=Affine.identity())

    study.refuses(TIF, "layer 'elevation'", "geo")


@pytest.mark.parametrize(
    ("west", "height", "said"),
    [
        (41.1, 80, "it ends short in the west"),
        (40.5, 80, "it ends short in the east"),
        (40.9, 50, "it ends short in the south"),
        (10.0, 80, "it ends short in the east"),
    ],
)
def test_a_raster_that_does_not_cover_the_area_is_refused(
    study: Study, west: float, height: int, said: str
) -> None:
    _write(study, _level()[:height], west)

    study.refuses(TIF, "layer 'elevation'", "does not cover", said, "make area.bbox smaller")


def test_a_turned_raster_whose_corners_miss_the_area_is_refused(study: Study) -> None:
    turned = Affine(0.006, 0.006, 40.95, 0.006, -0.006, 36.3)
    _write(study, np.full((100, 100), 300.0), transform=turned)

    study.refuses(TIF, "does not cover the study area", "corners")


def test_gaps_are_told_and_refused_only_where_that_was_asked_for(study: Study) -> None:
    ground = _level()
    ground[30:40, 50:60] = np.nan
    _write(study, ground, nodata=np.nan)
    told = study.validate()
    assert told.code == 0
    assert "0 without elevation" not in told.out

    study.replace("[crossings]", "[terrain]\ngaps = 'refuse'\n[crossings]")
    study.refuses(TIF, "has no elevation in", "cells of the study area", "terrain.gaps = 'barred'")


@pytest.mark.parametrize(
    ("ground", "nodata"), [(_level(np.nan), np.nan), (_level(np.inf), None), (_level(-99), -99)]
)
def test_a_raster_of_gaps_only_is_refused(study: Study, ground: NDArray[Any], nodata: Any) -> None:
    _write(study, ground, nodata=nodata)

    study.refuses(TIF, "has no elevation in", "take another raster")


@pytest.mark.parametrize("filler", [-9999.0, -32768.0, 3.4e38, 20000.0])
def test_an_undeclared_value_for_no_data_is_not_taken_for_a_height(
    study: Study, filler: float
) -> None:
    ground = _level()
    ground[35, 55] = filler
    _write(study, ground)

    study.refuses(TIF, "holds heights from", "declare the value that stands for no data")


def test_a_picture_is_refused(study: Study) -> None:
    _write(study, np.full((3, 80, 120), 90, dtype="uint8"), photometric="RGB")

    study.refuses(TIF, "is a picture, not heights")


def test_complex_values_are_refused(study: Study) -> None:
    _write(study, _level(1, "complex64"))

    study.refuses(TIF, "layer 'elevation'")


def test_heights_in_feet_are_refused(study: Study) -> None:
    _write(study, _level())
    with rasterio.open(study.folder / TIF, "r+") as file:
        file.set_band_unit(1, "US survey foot")

    study.refuses(TIF, "holds heights in 'US survey foot'", "convert them to metres")


def test_a_key_that_a_raster_has_no_use_for_is_refused(study: Study) -> None:
    study.replace(f'{TIF}"', f'{TIF}", crs = "EPSG:4326"')

    study.refuses("layers.elevation.crs: unknown key; the keys here are file, source")
