"""Polygons of what posts see: valid, clean, and of the right area."""

import dataclasses

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis.extra.numpy import arrays

from corridors import viewshed_polygons, viewsheds
from corridors.errors import InputError
from corridors.sight import Viewshed
from tests.sight.grounds import centre, ground_of, hills
from tests.worlds import CRS, grid_of


@given(marks=arrays(bool, (7, 9)))
def test_any_pattern_of_cells_becomes_its_own_outline(marks: np.ndarray) -> None:
    # Cells that touch at corners, holes in holes, rings around nothing.
    view = Viewshed(marks, grid_of(7, 9, 30.0), 1.0)
    shape = viewshed_polygons([view]).geometry.iloc[0]
    assert shape.geom_type == "MultiPolygon"
    assert shape.is_valid
    assert shape.area == marks.sum() * 900.0
    x, y = view.grid.centres()
    assert np.array_equal(shapely.contains_xy(shape, x, y).reshape(marks.shape), marks)
    boxes = [
        shapely.box(a - 15, b - 15, a + 15, b + 15)
        for a, b in zip(x[marks.ravel()], y[marks.ravel()], strict=True)
    ]
    assert shape.symmetric_difference(shapely.union_all(boxes)).area == 0


def test_posts_keep_their_columns_and_index() -> None:
    ground = ground_of(hills(121, rough=1.9, seed=5), cell_m=30.0)
    posts = gpd.GeoDataFrame(
        {"id": ["north", "south"], "range_m": [900.0, 1200.0]},
        geometry=gpd.points_from_xy(*np.transpose([centre(40, 60, 30.0), centre(80, 60, 30.0)])),
        index=[7, 3],
        crs=CRS,
    )
    before = posts.copy()
    views = viewsheds(ground, posts, range_m=posts["range_m"], sight_height_m=3)
    seen = viewshed_polygons(views, posts)
    assert seen.crs == CRS
    assert seen.index.tolist() == [7, 3]
    assert seen["id"].tolist() == ["north", "south"]
    assert seen.columns.tolist() == ["id", "range_m", "seen_km2", "known_share", "geometry"]
    assert np.allclose(seen.area / 1e6, seen["seen_km2"])
    assert np.allclose(seen["seen_km2"], [view.visible.sum() * 900 / 1e6 for view in views])
    for shape, point, range_m in zip(seen.geometry, posts.geometry, posts["range_m"], strict=True):
        assert shape.is_valid
        assert shape.intersects(point)
        assert point.buffer(range_m + 22).covers(shape)
    assert posts.equals(before)


def test_a_post_that_sees_nothing_has_an_empty_shape() -> None:
    blind = Viewshed(np.zeros((5, 5), dtype=bool), grid_of(5, 5), 0.0)
    seen = viewshed_polygons([blind, dataclasses.replace(blind, visible=~blind.visible)])
    assert seen.geometry.is_empty.tolist() == [True, False]
    assert seen["seen_km2"].tolist() == [0.0, 0.25]


def test_no_viewsheds_or_other_posts_are_refused() -> None:
    view = Viewshed(np.ones((5, 5), dtype=bool), grid_of(5, 5), 1.0)
    posts = gpd.GeoDataFrame(geometry=gpd.points_from_xy([1, 2], [1, 2]), crs=CRS)
    with pytest.raises(InputError, match="there are 0 viewsheds and 0 posts"):
        viewshed_polygons([])
    with pytest.raises(InputError, match="there are 1 viewsheds and 2 posts"):
        viewshed_polygons([view], posts)
