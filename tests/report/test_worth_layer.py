"""What one more sensor is worth, on the map."""

from types import SimpleNamespace
from typing import cast

import geopandas as gpd
import numpy as np
import pyproj
from affine import Affine
from numpy.typing import NDArray

from corridors.report.kinds import KINDS, symbology_of
from corridors.report.overlay import classed_picture
from corridors.report.symbols import SHAPES
from corridors.report.worth_layer import worth_breaks, worth_layers
from corridors.study import Study


def places(worth: list[float], low: list[float], high: list[float]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"worth": worth, "worth_low": low, "worth_high": high},
        geometry=gpd.points_from_xy(range(len(worth)), range(len(worth))),
        crs=4326,
    )


def test_symbols_tell_the_sign_and_grow_with_the_worth() -> None:
    gdf = places(
        [0.06, 0.03, 0.01, 0.02, -0.02],
        [0.05, 0.02, 0.005, -0.01, -0.03],
        [0.07, 0.04, 0.02, 0.05, -0.01],
    )
    rows, style = symbology_of(gdf, "worth")
    drawn = [style.symbols[number] for number in style.classify(rows)]
    assert [symbol.shape for symbol in drawn] == ["plus", "plus", "plus", "circle", "minus"]
    assert drawn[0].size_px > drawn[1].size_px > drawn[2].size_px
    assert drawn[0].label == "4.0 points or more"
    assert "under 2.0 points" in drawn[2].label
    assert drawn[4].label == "Makes matters worse"


def test_where_every_place_is_worse_nothing_is_drawn_as_a_help() -> None:
    rows, style = symbology_of(places([-0.02, -0.01], [-0.03, -0.02], [-0.01, -0.001]), "worth")
    assert {style.symbols[number].shape for number in style.classify(rows)} == {"minus"}


def test_plus_and_minus_are_told_apart_by_their_outline() -> None:
    plus, minus = (np.array(SHAPES[name]) for name in ("plus", "minus"))
    assert np.ptp(plus, axis=0).tolist() == [2.1, 2.1]
    across, tall = np.ptp(minus, axis=0)
    assert across > 2.5 * tall


def test_places_for_one_more_are_off_at_first() -> None:
    assert not KINDS["worth"].shown


def study_of(unaware: NDArray[np.float64]) -> Study:
    grid = SimpleNamespace(transform=Affine(500, 0, 0, 0, -500, 0), crs=pyproj.CRS(32636))
    worth, terrain = SimpleNamespace(unaware=unaware), SimpleNamespace(grid=grid)
    return cast(Study, SimpleNamespace(worth=worth, terrain=terrain))


def test_the_raster_is_in_points_and_clear_where_next_to_nothing_is_caught() -> None:
    (layer,) = worth_layers(study_of(np.array([[0.07, 0.002, 0.0, np.nan]])))
    assert not layer.shown
    np.testing.assert_allclose(layer.raster.values, [[7.0, 0.2, 0.0, np.nan]])
    assert (layer.least, layer.breaks) == (0.5, (1.0, 2.0, 5.0))
    picture = classed_picture(layer.raster, layer.breaks, least=layer.least, much_is_dark=True)
    assert picture[0, :, 3].tolist() == [255, 0, 0, 0]
    assert picture[0, 0, :3].tolist() == [0x44, 0x01, 0x54]


def test_one_limit_alone_still_leaves_the_ground_clear() -> None:
    (layer,) = worth_layers(study_of(np.array([[0.00015, 0.0]])))
    assert (layer.least, layer.breaks) == (0.005, (0.01,))


def test_there_is_no_raster_where_nobody_would_be_caught() -> None:
    assert worth_layers(study_of(np.array([[0.0, np.nan]]))) == []
    assert worth_layers(study_of(np.full((2, 2), np.nan))) == []


def test_limits_are_below_the_greatest_value_and_ascend() -> None:
    for greatest in (0.011, 0.3, 4.9, 5.0, 80.0):
        breaks = worth_breaks(greatest)
        assert 1 <= len(breaks) <= 4
        assert list(breaks) == sorted(set(breaks))
        assert breaks[-1] < greatest <= 2.5 * breaks[-1] * (1 + 1e-9)
