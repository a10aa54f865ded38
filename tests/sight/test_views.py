"""What posts see against geometry, and against a line of sight for every cell."""

import math

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib import cbook

from corridors import line_of_sight, viewsheds
from corridors.errors import CRSError, InputError
from corridors.raster import Raster
from corridors.sight import PERSON_M, VEHICLE_M, Viewshed
from tests.sight.grounds import EARTH_M, NORTH, WEST, centre, ground_of, hills
from tests.worlds import CRS


def by_lines(
    heights: Raster, post: tuple[float, float], view: Viewshed, range_m: float, eye_m: float
) -> np.ndarray:
    """Return what the cells of a view are by a line of sight for each."""
    x, y = view.grid.centres()
    inside = np.hypot(x - post[0], y - post[1]) <= range_m
    known = np.isfinite(values_in(heights, view)).ravel() & inside
    seen = np.zeros(len(x), dtype=bool)
    cells = np.column_stack([x, y])[known]
    seen[known] = line_of_sight(
        heights, post, cells, observer_height_m=eye_m, target_height_m=PERSON_M
    )["visible"]
    return seen.reshape(view.visible.shape)


def values_in(heights: Raster, view: Viewshed) -> np.ndarray:
    cell_m = view.grid.cell_m
    left = round((view.grid.west - heights.transform.c) / cell_m)
    top = round((heights.transform.f - view.grid.north) / cell_m)
    rows, columns = view.visible.shape
    return heights.values[top : top + rows, left : left + columns]


def away_m(view: Viewshed, post: tuple[float, float]) -> np.ndarray:
    x, y = view.grid.centres()
    return np.hypot(x - post[0], y - post[1]).reshape(view.visible.shape)


@pytest.mark.parametrize("post", [centre(60, 60), centre(60.3, 58.6), centre(60.5, 60.5)])
def test_on_a_plain_a_post_sees_all_within_its_range(post: tuple[float, float]) -> None:
    plain = ground_of(np.full((121, 121), 250.0))
    (view,) = viewsheds(plain, post, range_m=500, sight_height_m=3)
    assert np.array_equal(view.visible, away_m(view, post) <= 500)
    assert view.known_share == 1
    assert view.area_km2 == pytest.approx(math.pi * 0.5**2, rel=0.01)


def test_on_a_round_earth_a_post_sees_to_its_horizon() -> None:
    # 3 m eye, target on the ground: sqrt(2 R 3 m / (6/7)) = 6,678 m.
    plain = ground_of(np.zeros((301, 301)), cell_m=50.0)
    post = centre(150.2, 149.7, 50.0)
    (view,) = viewsheds(plain, post, range_m=7_400, sight_height_m=3, target_height_m=0)
    horizon = math.sqrt(2 * EARTH_M * 3 * 7 / 6)
    away = away_m(view, post)
    assert view.visible[away < horizon - 1].all()
    assert not view.visible[away > horizon + 25].any()
    (flat,) = viewsheds(
        plain, post, range_m=7_400, sight_height_m=3, target_height_m=0, curvature=False
    )
    assert np.array_equal(flat.visible, away <= 7_400)


def test_a_ridge_hides_up_to_the_line_over_its_crest() -> None:
    # A roof of 20 m, 200 m ahead, of which every part is bilinear. From 30 m a target of 2 m behind
    # it is seen from where the line over the crest is 2 m high: 200 * (30 - 2) / (30 - 20) = 560 m.
    heights = np.zeros((201, 201))
    heights[:, 95:106] = 20.0 - 4.0 * np.abs(np.arange(-5, 6))
    ground = ground_of(heights)
    post = centre(100, 80)
    (view,) = viewsheds(
        ground, post, range_m=1_150, sight_height_m=30, target_height_m=2, curvature=False
    )
    row, first = 100, round((view.grid.west - WEST) / 10)
    seen = view.visible[row - round((NORTH - view.grid.north) / 10)]
    columns = np.flatnonzero(~seen) + first
    # 136 is at 560 m: the line touches the crest.
    assert columns.min() == 101
    assert columns.max() == 135
    # The same in every direction that meets the ridge: what counts is the distance across it.
    across = view.grid.centres()[0].reshape(view.visible.shape) - post[0]
    hidden = (across > 255) & (across < 555)
    within = away_m(view, post) <= 1_150
    assert not view.visible[hidden & within].any()
    assert view.visible[((across > 565) | (across < 195)) & within].all()


def test_a_cone_hides_what_is_behind_it() -> None:
    # 50 m high, slope 1, seen from 10 m at 150 m from its axis; target on the ground, flat earth.
    cell_m, high_m, eye_m, away = 2.0, 50.0, 10.0, 150.0
    rows, columns = np.mgrid[:301, :301]
    apex = np.hypot(rows - 150, columns - 150) * cell_m
    ground = ground_of(np.maximum(high_m - apex, 0.0), cell_m)
    post = centre(150, 150 - away / cell_m, cell_m)
    (view,) = viewsheds(
        ground, post, range_m=440, sight_height_m=eye_m, target_height_m=0.0, curvature=False
    )
    x, y = (
        part.reshape(view.visible.shape) - at
        for part, at in zip(view.grid.centres(), centre(150, 150, cell_m), strict=True)
    )
    # The true cone, along each line: least of the line's height above it, at many places.
    part = np.linspace(0, 1, 801)[1:-1]
    free = np.ones(x.shape, dtype=bool)
    end = np.maximum(high_m - np.hypot(x, y), 0.0)
    for t in part:
        cone = np.maximum(high_m - np.hypot(-away + (x + away) * t, y * t), 0.0)
        free &= eye_m + (end - eye_m) * t >= cone - 1e-6
    within = away_m(view, post) <= 440
    behind = within & (np.hypot(x, y) > high_m + 5) & (x > 0)
    assert (~free & behind).sum() > 1_000
    assert (free & behind).sum() > 1_000
    # Only cells on the shadow's edge are apart: the cone is made of patches.
    assert (view.visible == free)[behind].mean() > 0.985
    axis = np.argmin(np.abs(y[:, 0]))
    assert not view.visible[axis, x[axis] > high_m * 0.2].any()


def test_a_wall_is_seen_and_the_ground_behind_is_not() -> None:
    heights = np.zeros((81, 81))
    heights[20, 10:71] = 25.0
    ground = ground_of(heights)
    post = centre(40, 40)
    (view,) = viewsheds(ground, post, range_m=390, sight_height_m=2)
    top = round((NORTH - view.grid.north) / 10)
    left = round((view.grid.west - WEST) / 10)
    assert view.visible[20 - top, 25 - left : 56 - left].all()
    assert not view.visible[: 20 - top, 25 - left : 56 - left].any()
    assert view.visible[22 - top :, 40 - left].all()


def test_a_taller_target_and_a_higher_eye_see_more() -> None:
    ground = ground_of(hills(121, rough=1.9, seed=5), cell_m=30.0)
    post = centre(60.4, 59.8, 30.0)
    low, vehicle, high = (
        viewsheds(ground, post, range_m=1_700, sight_height_m=eye, target_height_m=target)[
            0
        ].visible
        for eye, target in ((2, PERSON_M), (2, VEHICLE_M), (30, PERSON_M))
    )
    assert low.sum() < vehicle.sum()
    assert (low <= vehicle).all()
    assert low.sum() < high.sum()


@given(
    seed=st.integers(0, 100),
    rough=st.floats(1.2, 2.4),
    row=st.floats(0, 60),
    column=st.floats(0, 60),
    eye_m=st.floats(0.0, 40.0),
)
@settings(max_examples=40)
def test_nearly_every_cell_is_as_its_own_line_of_sight_has_it(
    seed: int, rough: float, row: float, column: float, eye_m: float
) -> None:
    ground = ground_of(hills(61, rough=rough, seed=seed), cell_m=30.0)
    post = centre(row, column, 30.0)
    (view,) = viewsheds(ground, post, range_m=2_000, sight_height_m=eye_m)
    truth = by_lines(ground, post, view, 2_000, eye_m)
    assert (view.visible != truth).sum() <= 8
    assert not view.visible[away_m(view, post) > 2_000].any()


def real_hills() -> Raster:
    # Elevation of the Jacksboro fault, Tennessee (SRTM, 3 arc-seconds), which travels with
    # matplotlib; its cells are taken as squares of 90 m.
    with cbook.get_sample_data("jacksboro_fault_dem.npz") as sample:
        return ground_of(sample["elevation"].astype(float), cell_m=90.0)


def test_on_real_elevation_four_nines_of_cells_agree_with_the_exact_line() -> None:
    ground = real_hills()
    rng = np.random.default_rng(3)
    posts = [centre(*place, 90.0) for place in rng.uniform(80, 260, (6, 2))]
    apart = cells = seen = rough = 0
    for exact in (True, False):
        views = viewsheds(ground, posts, range_m=10_000, sight_height_m=4, exact=exact)
        for post, view in zip(posts, views, strict=True):
            truth = by_lines(ground, post, view, 10_000, 4)
            if exact:
                apart += int((view.visible != truth).sum())
                cells += int((away_m(view, post) <= 10_000).sum())
                seen += int(truth.sum())
            else:
                rough += int((view.visible != truth).sum())
    assert cells > 200_000
    assert apart <= cells / 5_000
    assert apart <= seen / 400
    # The lines of their own are what brings it there.
    assert apart < rough <= cells / 1_000


def test_gaps_hide_nothing_are_not_seen_and_are_told() -> None:
    heights = np.zeros((81, 81))
    heights[20, :] = 25.0
    post = centre(40, 40)
    (walled,) = viewsheds(ground_of(heights), post, range_m=390, sight_height_m=2)
    heights[20, :] = np.nan
    (open_,) = viewsheds(ground_of(heights), post, range_m=390, sight_height_m=2)
    gaps = np.isnan(values_in(ground_of(heights), open_))
    within = away_m(open_, post) <= 390
    assert walled.visible.sum() < within.sum() - 500
    assert np.array_equal(open_.visible, within & ~gaps)
    assert open_.known_share == pytest.approx(1 - (gaps & within).sum() / within.sum())


def test_a_range_beyond_the_elevation_is_told() -> None:
    # A post on the corner of the elevation has a quarter of its disc on it.
    plain = ground_of(np.zeros((100, 100)))
    (view,) = viewsheds(plain, (WEST, NORTH), range_m=800, sight_height_m=3)
    assert view.visible.shape == (80, 80)
    assert view.known_share == pytest.approx(0.25)
    assert view.area_km2 == pytest.approx(math.pi * 0.8**2 / 4, rel=0.01)


def test_each_post_has_its_own_range_and_eye_and_order_does_not_matter() -> None:
    ground = ground_of(hills(121, rough=1.9, seed=2))
    posts = gpd.GeoDataFrame(
        geometry=gpd.points_from_xy(*np.transpose([centre(50, 50), centre(70, 60)])), crs=CRS
    )
    both = viewsheds(ground, posts, range_m=[300, 450], sight_height_m=[2, 12])
    alone = [
        viewsheds(ground, posts.iloc[[i]], range_m=r, sight_height_m=h)[0]
        for i, (r, h) in enumerate([(300, 2), (450, 12)])
    ]
    for one, other in zip(both, alone, strict=True):
        assert np.array_equal(one.visible, other.visible)
        assert one.grid == other.grid
    raster = both[0].raster()
    assert raster.values.sum() == both[0].visible.sum()
    assert raster.bounds == both[0].grid.bounds


def test_float32_heights_give_the_same() -> None:
    heights = hills(121, rough=1.9, seed=2).astype(np.float32)
    wide = ground_of(heights)
    narrow = Raster(heights, wide.transform, wide.crs, "elevation", "m")
    a, b = (
        viewsheds(g, centre(60, 60), range_m=500, sight_height_m=3)[0].visible
        for g in (wide, narrow)
    )
    assert (a != b).sum() <= 1


PLAIN = ground_of(np.zeros((40, 40)))
POST = centre(20, 20)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"posts": (WEST - 500, NORTH)}, "post 0 at .* is off the elevation, which spans x"),
        ({"posts": [POST, (WEST + 5_000, NORTH)]}, "post 1 at .* is off the elevation"),
        ({"range_m": 0}, "range_m is 0 for post 0; give metres above 0 and up to 200,000"),
        ({"range_m": -100}, "range_m is -100 for post 0"),
        ({"range_m": math.nan}, "range_m is nan for post 0"),
        ({"range_m": 4e6}, r"range_m is 4e\+06 for post 0; .* nobody sees farther"),
        ({"range_m": 5}, r"range_m is 5 for post 0, less than a cell of the elevation \(10 m\)"),
        ({"range_m": [100, 100]}, "range_m has shape"),
        ({"sight_height_m": -2}, "sight_height_m is -2"),
        ({"target_height_m": 5_000}, "target_height_m is 5000"),
        ({"refraction": 7}, "refraction = 7 is not from -1 to 1"),
        ({"posts": gpd.GeoSeries.from_wkt(["POINT EMPTY"], crs=CRS)}, "posts hold empty points"),
    ],
)
def test_bad_input_is_named(change: dict[str, object], says: str) -> None:
    given = {"posts": POST, "range_m": 100.0, "sight_height_m": 3.0, **change}
    with pytest.raises(InputError, match=says):
        viewsheds(PLAIN, given.pop("posts"), **given)


def test_posts_in_another_system_and_in_a_gap_are_refused() -> None:
    posts = gpd.GeoSeries.from_xy([45.0], [36.0], crs=4326)
    with pytest.raises(CRSError, match="degrees"):
        viewsheds(PLAIN, posts, range_m=100, sight_height_m=3)
    heights = np.zeros((40, 40))
    heights[20, 20] = np.nan
    with pytest.raises(InputError, match=r"post 0 at .* is in a gap of the elevation; fill"):
        viewsheds(ground_of(heights), POST, range_m=100, sight_height_m=3)


def test_what_does_not_fit_in_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corridors.sight.views.available_bytes", lambda: 1_000)
    with pytest.raises(InputError, match="take fewer at a time, shorter ranges, or larger cells"):
        viewsheds(PLAIN, POST, range_m=100, sight_height_m=3)
