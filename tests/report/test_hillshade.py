"""Light on the relief."""

import math

import numpy as np
import pyproj
import pytest
from affine import Affine

from corridors.errors import CRSError
from corridors.raster import Raster
from corridors.report.hillshade import hillshade, relief_image, relief_picture


@pytest.mark.parametrize("azimuth_deg", [0, 90, 225, 315])
@pytest.mark.parametrize("z_factor", [1.0, 3.0])
def test_light_on_a_tilted_plane_is_the_cosine_to_its_normal(
    tilted: tuple[Raster, float, float], azimuth_deg: float, z_factor: float
) -> None:
    plane, east, north = tilted
    altitude, azimuth = math.radians(45), math.radians(azimuth_deg)
    normal = np.array([-east * z_factor, -north * z_factor, 1.0])
    light = np.array(
        [
            math.sin(azimuth) * math.cos(altitude),
            math.cos(azimuth) * math.cos(altitude),
            math.sin(altitude),
        ]
    )
    expected = max(0.0, float(normal @ light / np.linalg.norm(normal)))
    shade = hillshade(plane, azimuth_deg=azimuth_deg, z_factor=z_factor)
    np.testing.assert_allclose(shade[1:-1, 1:-1], expected, rtol=1e-12, atol=1e-12)


def test_a_slope_that_faces_the_light_is_brighter_than_one_that_turns_away() -> None:
    ridge = np.tile(-np.abs(np.arange(-10, 11)) * 20.0, (9, 1))
    shade = hillshade(
        Raster(ridge, Affine(50, 0, 0, 0, -50, 0), pyproj.CRS(32637), "z"), azimuth_deg=270
    )
    assert shade[4, 4] > 0.9
    assert shade[4, 16] < 0.5


def test_a_missing_height_stays_missing_and_raises_no_cliff(
    tilted: tuple[Raster, float, float],
) -> None:
    values = tilted[0].values.copy()
    values[4, 6] = np.nan
    shade = hillshade(Raster(values, tilted[0].transform, tilted[0].crs, "z"))
    assert np.isnan(shade[4, 6])
    assert np.isnan(shade).sum() == 1
    assert np.nanmin(shade) > 0.3


def test_degrees_are_refused() -> None:
    raster = Raster(np.zeros((3, 3)), Affine.identity(), pyproj.CRS(4326), "z")
    with pytest.raises(CRSError, match="degrees"):
        hillshade(raster)


def test_a_picture_is_finer_than_a_coarse_grid_and_covers_the_same_ground(relief: Raster) -> None:
    picture = relief_picture(relief)
    west, south, east, north = relief.bounds
    assert picture.rgba.shape[0] > 3 * relief.values.shape[0]
    np.testing.assert_allclose(picture.extent, (west, east, south, north))
    assert (picture.rgba[..., 3] == 255).all()


def test_the_ridge_s_far_side_is_darker_and_browner_than_the_plain(relief: Raster) -> None:
    rgba = relief_picture(relief).rgba.astype(int)
    rows, columns = rgba.shape[:2]
    ridge = rgba[int(rows * 0.55), int(columns * 0.38)]
    plain = rgba[int(rows * 0.1), int(columns * 0.9)]
    assert ridge[:3].sum() < plain[:3].sum() - 60
    assert ridge[0] / ridge[2] > plain[0] / plain[2]


def test_steps_of_whole_metres_on_a_plain_are_not_shaded_as_stairs() -> None:
    # A plain that rises 1 m in four cells, written in whole metres, and the plain as it is.
    smooth = np.tile(np.arange(60) / 4, (60, 1))
    place, crs = Affine(500, 0, 0, 0, -500, 0), pyproj.CRS(32637)
    lightness = [
        relief_picture(Raster(heights, place, crs, "z"), z_factor=12.0).rgba[..., :3].mean(axis=2)
        for heights in (smooth, np.floor(smooth))
    ]
    middle = [rows[100:-100, 100:-100] for rows in lightness]
    along = [np.abs(np.diff(rows - rows.mean(axis=0), axis=0)).max() for rows in middle]
    across = np.abs(middle[0] - middle[1]).max()
    assert along == [0.0, 0.0]
    assert across < 8


def test_the_dark_side_of_a_ridge_is_read_through_a_band(relief: Raster) -> None:
    rgba = relief_picture(relief).rgba[..., :3].mean(axis=2)
    rows, columns = rgba.shape
    north_to_south = rgba[int(rows * 0.3) : int(rows * 0.75), int(columns * 0.38)]
    # A band hides 58 parts in 100 of what lies under it.
    assert (north_to_south.max() - north_to_south.min()) * 0.42 > 40


def test_a_flat_study_is_drawn_without_a_fuss() -> None:
    flat = Raster(np.full((5, 5), 210.0), Affine(1000, 0, 0, 0, -1000, 0), pyproj.CRS(32637), "z")
    assert (relief_picture(flat).rgba[..., :3] > 180).all()


def test_an_image_for_the_web_lies_where_the_relief_lies(relief: Raster) -> None:
    image = relief_image(relief)
    west, south, east, north = image.bounds
    assert image.png.startswith(b"\x89PNG")
    assert west == pytest.approx(40.95, abs=0.1)
    assert east == pytest.approx(43.35, abs=0.15)
    assert south == pytest.approx(35.75, abs=0.1)
    assert north == pytest.approx(36.93, abs=0.1)
    assert image == relief_image(relief)
