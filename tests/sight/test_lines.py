"""Lines of sight against geometry and against dense sampling."""

import dataclasses
import math
import re

import geopandas as gpd
import numpy as np
import pytest
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from corridors import line_of_sight
from corridors.errors import CRSError, InputError
from corridors.sight import SightSurface
from corridors.sight.surface import bend_of
from tests.sight.grounds import EARTH_M, NORTH, WEST, centre, ground_of, hills, sampled_clearance
from tests.worlds import CRS

SIDE = 8
HEIGHTS = arrays(float, (SIDE, SIDE), elements=st.integers(-40, 40).map(float))
PLACES = st.tuples(st.floats(0, SIDE - 1), st.floats(0, SIDE - 1))
ABOVE = st.tuples(st.floats(0, 60), st.floats(0, 60))


@pytest.mark.parametrize("k", [0.0, 1 / 7, 0.25])
@pytest.mark.parametrize(("eye_m", "target_m"), [(10.0, 0.0), (50.0, 1.7), (2.0, 200.0)])
def test_the_horizon_of_a_round_earth_is_where_geometry_has_it(
    k: float, eye_m: float, target_m: float
) -> None:
    # Each end sees its own horizon at sqrt(2 R h / (1 - k)); they see each other up to the sum.
    horizon = sum(math.sqrt(2 * EARTH_M * h / (1 - k)) for h in (eye_m, target_m))
    plain = ground_of(np.full((3, 1200), 120.0), cell_m=100.0)
    start = centre(1, 2, 100.0)
    ends = [(start[0] + part * horizon, start[1]) for part in (0.5, 0.999, 1.001)]
    found = line_of_sight(
        plain, start, ends, observer_height_m=eye_m, target_height_m=target_m, refraction=k
    )
    assert found["visible"].tolist() == [True, True, False]
    flat = line_of_sight(
        plain, start, ends, observer_height_m=eye_m, target_height_m=target_m, curvature=False
    )
    assert flat["visible"].all()
    assert np.allclose(flat["clearance_m"], min(eye_m, target_m))


def test_the_horizon_is_that_of_a_sphere_with_a_larger_radius() -> None:
    # Exact on a sphere: the tangent from a height h touches it at arc R acos(R / (R + h)).
    k, eye_m = 1 / 7, 30.0
    radius = EARTH_M / (1 - k)
    arc = radius * math.acos(radius / (radius + eye_m))
    plain = ground_of(np.zeros((3, 300)), cell_m=100.0)
    start = centre(1, 2, 100.0)
    ends = [(start[0] + part * arc, start[1]) for part in (0.999, 1.001)]
    found = line_of_sight(plain, start, ends, observer_height_m=eye_m, target_height_m=0.0)
    assert found["visible"].tolist() == [True, False]


def test_the_curvature_lowers_a_line_by_its_middle() -> None:
    # Two ends at 10 m, 20 km apart: the ground between them bulges by (1 - k) d^2 / 8R.
    plain = ground_of(np.zeros((3, 300)), cell_m=100.0)
    start = centre(1, 2, 100.0)
    found = line_of_sight(
        plain, start, (start[0] + 20_000, start[1]), observer_height_m=10, target_height_m=10
    )
    assert found["clearance_m"][0] == pytest.approx(
        10 - 6 / 7 * 20_000**2 / (8 * EARTH_M), abs=1e-6
    )
    assert found["at_m"][0] == pytest.approx(10_000, abs=1e-3)


def test_a_wall_hides_up_to_the_line_over_its_crest() -> None:
    # Eye at 2 m, crest of 10 m at 100 m: at 300 m the line over it stands 26 m high.
    heights = np.zeros((21, 60))
    heights[:, 20] = 10.0
    ground = ground_of(heights)
    found = line_of_sight(
        ground,
        [centre(10, 10)] * 3,
        [centre(10, 40)] * 3,
        observer_height_m=2.0,
        target_height_m=[25.99, 26.0, 26.01],
        curvature=False,
    )
    assert found["visible"].tolist() == [False, True, True]
    assert np.allclose(found["clearance_m"], [-0.01 / 3, 0.0, 0.01 / 3], atol=1e-9)
    assert np.allclose(found["at_m"], 100.0)
    assert np.allclose(found["distance_m"], 300.0)


def test_a_hollow_between_four_centres_is_crossed_and_a_saddle_hides_in_the_middle() -> None:
    # z = 20 uv on one patch: from (0, 1) to (1, 0) it is 20 t (1 - t), 5 m in the middle, where
    # there is no cell and no line between cells.
    ground = ground_of(np.array([[0.0, 0.0], [0.0, 20.0]]))
    found = line_of_sight(
        ground,
        [centre(0, 1)] * 2,
        [centre(1, 0)] * 2,
        observer_height_m=[4.0, 6.0],
        target_height_m=[4.0, 6.0],
        curvature=False,
    )
    assert np.allclose(found["clearance_m"], [-1.0, 1.0])
    assert np.allclose(found["at_m"], math.sqrt(200) / 2)


@given(heights=HEIGHTS, start=PLACES, end=PLACES, above=ABOVE)
def test_the_clearance_is_the_least_that_dense_sampling_finds(
    heights: np.ndarray,
    start: tuple[float, float],
    end: tuple[float, float],
    above: tuple[float, float],
) -> None:
    # Cells of 10 km, so that the curvature counts.
    cell_m = 10_000.0
    bend = bend_of(curvature=True, refraction=1 / 7)
    assert bend == pytest.approx(6 / 7 / (2 * EARTH_M))
    found = line_of_sight(
        ground_of(heights, cell_m),
        centre(*start, cell_m),
        centre(*end, cell_m),
        observer_height_m=above[0],
        target_height_m=above[1],
    )["clearance_m"][0]
    sampled = sampled_clearance(heights, start, end, above, cell_m=cell_m, bend=bend)
    # The samples may miss the least by what the ground bends between two of them.
    assert sampled - 0.05 <= found <= sampled + 1e-6


@given(heights=HEIGHTS, start=PLACES, end=PLACES, above=ABOVE, gaps=st.sets(st.integers(0, 63)))
def test_who_sees_is_seen(
    heights: np.ndarray,
    start: tuple[float, float],
    end: tuple[float, float],
    above: tuple[float, float],
    gaps: set[int],
) -> None:
    kept = {round(r) * SIDE + round(c) for r, c in (start, end)}
    heights = heights.copy()
    heights.flat[sorted(gaps - kept)] = np.nan
    ground = ground_of(heights, 1000.0)
    there, back = (
        line_of_sight(ground, a, b, observer_height_m=up, target_height_m=down).iloc[0]
        for a, b, up, down in (
            (centre(*start, 1000.0), centre(*end, 1000.0), *above),
            (centre(*end, 1000.0), centre(*start, 1000.0), *above[::-1]),
        )
    )
    assert there["clearance_m"] == pytest.approx(back["clearance_m"], abs=1e-6)
    assert there["gap_m"] == pytest.approx(back["gap_m"], abs=1e-3)
    assert there["visible"] == back["visible"] or abs(there["clearance_m"]) < 1e-5


def test_a_gap_hides_nothing_and_is_told() -> None:
    heights = np.zeros((21, 60))
    heights[:, 20] = 100.0
    blocked = line_of_sight(
        ground_of(heights), centre(10, 10), centre(10, 40), observer_height_m=2, target_height_m=2
    )
    heights[:, 20] = np.nan
    free = line_of_sight(
        ground_of(heights), centre(10, 10), centre(10, 40), observer_height_m=2, target_height_m=2
    )
    assert blocked["visible"].tolist() == [False]
    assert blocked["gap_m"].tolist() == [0.0]
    assert free["visible"].tolist() == [True]
    assert free["gap_m"][0] == pytest.approx(20.0)


def test_a_gap_beside_a_row_of_known_heights_does_not_open_it() -> None:
    heights = np.zeros((3, 30))
    heights[1, 10] = 50.0
    for beside in (0, 2):
        holed = heights.copy()
        holed[beside] = np.nan
        found = line_of_sight(
            ground_of(holed), centre(1, 2), centre(1, 28), observer_height_m=2, target_height_m=2
        )
        assert found["clearance_m"][0] == pytest.approx(-48, abs=0.01)
        assert found["gap_m"][0] == 0


def test_the_surface_reaches_to_the_rim_and_one_goes_with_many() -> None:
    ground = ground_of(hills(12, rough=1.5, seed=1))
    rim = [(WEST, NORTH), (WEST + 120, NORTH - 120), (WEST, NORTH - 120), (WEST + 120, NORTH)]
    found = line_of_sight(
        ground, (WEST + 61, NORTH - 57), rim, observer_height_m=1e3, target_height_m=1
    )
    assert found["visible"].all()
    assert len(found) == 4


def test_the_same_place_is_seen_and_a_layer_keeps_its_index() -> None:
    ground = ground_of(hills(12, rough=1.5, seed=1))
    posts = gpd.GeoSeries.from_xy(
        [WEST + 30, WEST + 70], [NORTH - 30] * 2, index=["a", "b"], crs=CRS
    )
    found = line_of_sight(ground, posts, posts, observer_height_m=2, target_height_m=[3, 1])
    assert found.index.tolist() == ["a", "b"]
    assert found["visible"].all()
    assert found["clearance_m"].tolist() == [2.0, 1.0]


HERE = centre(5, 5)
PLAIN = ground_of(np.zeros((12, 12)))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"targets": (WEST - 1, NORTH - 5)}, "target 0 at .* is off the elevation, which spans"),
        ({"observers": (np.nan, 0.0)}, "observer 0 at .* is off the elevation"),
        ({"observers": [HERE] * 2, "targets": [HERE] * 3}, "2 observers and 3 targets"),
        ({"observers": np.zeros((0, 2))}, "observers have shape"),
        ({"observer_height_m": -1}, "observer_height_m is -1 .* above the ground"),
        ({"target_height_m": 2600}, "not above the sea"),
        ({"target_height_m": [1.0, 2.0]}, "target_height_m has shape"),
        ({"refraction": math.nan}, "refraction = nan is not from -1 to 1"),
        ({"observers": gpd.GeoSeries.from_xy([45], [36], crs=4326)}, "degrees"),
        ({"observers": gpd.GeoSeries.from_xy([45], [36], crs=32637)}, "bring them into one"),
        ({"observers": gpd.GeoSeries.from_xy(*zip(HERE), crs=CRS).buffer(5)}, "not all points"),
    ],
)
def test_bad_input_is_named(change: dict[str, object], says: str) -> None:
    given = {
        "observers": HERE,
        "targets": HERE,
        "observer_height_m": 2.0,
        "target_height_m": 2.0,
        **change,
    }
    with pytest.raises(InputError, match=says):
        line_of_sight(PLAIN, given.pop("observers"), given.pop("targets"), **given)


def test_an_end_in_a_gap_is_refused() -> None:
    heights = np.zeros((12, 12))
    heights[5, 5] = np.nan
    with pytest.raises(InputError, match=re.escape("observer 0 at (300055, 3999945) is in a gap")):
        line_of_sight(ground_of(heights), HERE, HERE, observer_height_m=2, target_height_m=2)
    # In the cell beside it the nearest height counts.
    found = line_of_sight(
        ground_of(heights), centre(5, 5.6), centre(5, 9), observer_height_m=2, target_height_m=2
    )
    assert found["visible"].tolist() == [True]


def test_heights_that_are_no_surface_are_refused() -> None:
    lonlat = gpd.GeoSeries(crs=4326).crs
    with pytest.raises(CRSError, match="sight_elevation"):
        SightSurface.of(dataclasses.replace(PLAIN, crs=lonlat))
    for a, b, d, e in ((10, 0, 0, -20), (8, 6, 6, -8), (10, 0, 0, 10), (-10, 0, 0, -10)):
        place = Affine(a, b, WEST, d, e, NORTH)
        with pytest.raises(InputError, match="square cells, north up"):
            SightSurface.of(dataclasses.replace(PLAIN, transform=place))
    with pytest.raises(InputError, match="hold no number"):
        SightSurface.of(ground_of(np.full((4, 4), np.nan)))
