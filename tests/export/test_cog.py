"""Rasters come out as cloud-optimised GeoTIFF that any reader understands."""

import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from affine import Affine
from numpy.typing import NDArray

from corridors.crs import choose_working_crs, parse_crs, project_points
from corridors.errors import OutputError
from corridors.export import write_cog
from corridors.raster import Raster

LAEA = choose_working_crs((40.5, 35.3, 43.5, 37.4)).crs
CELL_M = 250.0


def raster(values: NDArray[Any], *, crs: Any = LAEA, name: str = "travel_time") -> Raster:
    transform = Affine(CELL_M, 0, -140_000, 0, -CELL_M, 120_000)
    return Raster(values, transform, crs, name, "h", "Hours from the nearest origin")


def hours(rows: int, columns: int) -> NDArray[np.float32]:
    return np.arange(rows * columns, dtype=np.float32).reshape(rows, columns)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where to write to."""
    return tmp_path / "travel_time.tif"


def test_values_place_and_meaning_come_back(path: Path) -> None:
    values = hours(30, 40)
    values[3, 4] = np.nan
    write_cog(raster(values), path, tags={"title": "Sinjar", "synthetic": True, "posts": ["a"]})
    with rasterio.open(path) as file:
        np.testing.assert_array_equal(file.read(1), values)
        assert np.isnan(file.nodata)
        assert file.dtypes == ("float32",)
        assert file.transform == raster(values).transform
        assert file.descriptions == ("travel_time",)
        assert file.units == ("h",)
        assert "Hours from the nearest origin" in file.tags(1).values()
        tags = file.tags()
        assert (tags["title"], tags["synthetic"], tags["posts"]) == ("Sinjar", "true", '["a"]')


@pytest.mark.parametrize("crs", [LAEA, parse_crs("EPSG:32637")], ids=["custom laea", "utm"])
def test_the_crs_comes_back(path: Path, crs: Any) -> None:
    write_cog(raster(hours(5, 5), crs=crs), path)
    with rasterio.open(path) as file:
        back = parse_crs(file.crs.to_wkt())
    # A GeoTIFF names a made projection anew, but the same numbers are the same place.
    x, y = np.array([-140_000.0, 0, 300_000]), np.array([-120_000.0, 0, 4_000_000])
    there = project_points(x, y, from_crs=crs, to_crs="EPSG:4326")
    np.testing.assert_allclose(project_points(x, y, from_crs=back, to_crs="EPSG:4326"), there)
    assert back.to_epsg() == crs.to_epsg()


def test_what_is_not_finite_has_no_value(path: Path) -> None:
    values = hours(4, 4)
    values[0, 0], values[1, 1] = np.inf, -np.inf
    write_cog(raster(values), path)
    with rasterio.open(path) as file:
        band = file.read(1, masked=True)
    assert band.mask.sum() == 2
    assert np.isinf(values[0, 0]), "the input was changed"


def test_several_bands_are_told_apart(path: Path) -> None:
    foot, vehicle = raster(hours(4, 4), name="foot"), raster(hours(4, 4) * 2, name="vehicle")
    write_cog([foot, vehicle], path)
    with rasterio.open(path) as file:
        assert file.descriptions == ("foot", "vehicle")
        np.testing.assert_array_equal(file.read(2), vehicle.values)


def test_bands_on_different_grids_are_refused(path: Path) -> None:
    for other in (raster(hours(5, 4)), raster(hours(4, 4), crs=parse_crs("EPSG:32637"))):
        with pytest.raises(OutputError, match="one grid"):
            write_cog([raster(hours(4, 4)), other], path)
    assert not path.exists()


def test_no_raster_at_all_is_refused(path: Path) -> None:
    with pytest.raises(OutputError, match="no raster"):
        write_cog([], path)


def test_the_same_raster_gives_the_same_bytes(path: Path) -> None:
    write_cog(raster(hours(600, 600)), path, tags={"b": 1, "a": 2})
    write_cog(raster(hours(600, 600)), path.with_name("b.tif"), tags={"a": 2, "b": 1})
    assert path.read_bytes() == path.with_name("b.tif").read_bytes()


def directories(content: bytes) -> list[dict[int, tuple[int, ...]]]:
    """Return the image directories of a little-endian classic TIFF, in their order."""
    assert content[:4] == b"II*\0"
    (offset,) = struct.unpack_from("<I", content, 4)
    found = []
    while offset:
        (count,) = struct.unpack_from("<H", content, offset)
        entries = {-1: (offset,)}
        for number in range(count):
            tag, kind, length, value = struct.unpack_from(
                "<HHI4s", content, offset + 2 + 12 * number
            )
            letter = {3: "H", 4: "I"}.get(kind)
            if letter is None:
                continue
            size = struct.calcsize(f"<{length}{letter}")
            (far,) = struct.unpack("<I", value)
            at, source = (far, content) if size > 4 else (0, value)
            entries[tag] = struct.unpack_from(f"<{length}{letter}", source, at)
        found.append(entries)
        (offset,) = struct.unpack_from("<I", content, offset + 2 + 12 * count)
    return found


WIDTH, TILE_WIDTH, TILE_HEIGHT, TILE_OFFSETS, COMPRESSION = 256, 322, 323, 324, 259
ADOBE_DEFLATE = 8


def test_the_file_is_laid_out_for_reading_over_a_network(path: Path) -> None:
    write_cog(raster(hours(1300, 1100)), path)
    content = path.read_bytes()
    images = directories(content)
    # All directories first, the full image before its overviews, each half the one before.
    assert [image[WIDTH][0] for image in images] == [1100, 550, 275]
    starts = [image[-1][0] for image in images]
    assert starts == sorted(starts)
    data = [min(image[TILE_OFFSETS]) for image in images]
    assert max(starts) < min(data)
    # The pixels of the coarsest overview come first.
    assert data == sorted(data, reverse=True)
    assert all(image[TILE_WIDTH] == image[TILE_HEIGHT] == (512,) for image in images)
    assert all(image[COMPRESSION] == (ADOBE_DEFLATE,) for image in images)
    with rasterio.open(path) as file:
        assert file.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert file.overviews(1) == [2, 4]


def test_overviews_do_not_spread_what_has_no_value(path: Path) -> None:
    values = np.ones((1024, 1024), dtype=np.float32)
    values[:512] = np.nan
    write_cog(raster(values), path)
    with rasterio.open(path, overview_level=0) as file:
        small = file.read(1)
    assert small.shape == (512, 512)
    assert np.isnan(small[:256]).all()
    assert (small[256:] == 1).all()


@pytest.mark.parametrize("shape", [(4,), (2, 2, 2), (0, 4)])
def test_what_is_no_band_is_refused(path: Path, shape: tuple[int, ...]) -> None:
    with pytest.raises(OutputError, match="rows and columns"):
        write_cog(raster(np.zeros(shape)), path)


def test_a_date_of_writing_is_refused(path: Path) -> None:
    with pytest.raises(OutputError, match="TIFFTAG_DATETIME"):
        write_cog(raster(hours(4, 4)), path, tags={"TIFFTAG_DATETIME": "2026:01:01 00:00:00"})


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="is not there"):
        write_cog(raster(hours(4, 4)), tmp_path / "none" / "a.tif")
