"""Deviation and overlap of lines, worked out by hand."""

from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from corridors.errors import CRSError
from corridors.route_validation import buffer_overlap, path_deviation_index

CRS = "EPSG:32638"
STRAIGHT = shapely.LineString([(0, 0), (100, 0)])


def line(*xy: tuple[float, float]) -> shapely.LineString:
    return shapely.LineString(xy)


@pytest.mark.parametrize(
    ("path", "area"),
    [
        # A triangle above, and a triangle above with one below: they add up.
        (line((0, 0), (50, 20), (100, 0)), 1000),
        (line((0, 0), (25, 20), (75, -20), (100, 0)), 2 * 500),
        # The route itself, with corners elsewhere, and the other way round.
        (line((0, 0), (30, 0), (100, 0)), 0),
        (line((100, 0), (0, 0)), 0),
        # Beside it: the ends are joined.
        (line((0, 10), (100, 10)), 1000),
        (line((100, 10), (0, 10)), 1000),
        # Half of the way together; a spur has no area.
        (line((0, 0), (50, 0), (50, 10), (100, 10), (100, 0)), 500),
        (line((0, 0), (50, 0), (50, 40), (50, 0), (100, 0)), 0),
        # Around a square on the way, once and twice.
        (line((0, 0), (50, 0), (50, 10), (40, 10), (40, 0), (100, 0)), 100),
        (
            line(
                (0, 0), (50, 0), (50, 10), (40, 10), (40, 0),
                (50, 0), (50, 10), (40, 10), (40, 0), (100, 0),
            ),
            200,
        ),
        # A triangle that straddles the route; an eight beside it; a zigzag over it.
        (line((0, 0), (40, 0), (50, 10), (50, -10), (40, 0), (100, 0)), 100),
        (line((0, 0), (40, 10), (40, -10), (60, 10), (60, -10), (100, 0)), 500),
        (line((0, 0), (45, 0), (55, 10), (45, 10), (55, 0), (100, 0)), 25 + 25),
    ],
)  # fmt: skip
def test_deviation_is_the_area_between_over_the_straight_distance(
    path: shapely.LineString, area: float
) -> None:
    assert path_deviation_index(path, STRAIGHT) == pytest.approx(area / 100)
    assert path_deviation_index(path, STRAIGHT, normalised=True) == pytest.approx(area / 100**2)


def test_two_routes_that_share_a_loop_do_not_differ() -> None:
    loop = line((0, 0), (50, 0), (50, 10), (40, 10), (40, -10), (100, 0))
    assert path_deviation_index(loop, loop) == 0
    assert path_deviation_index(loop, loop.reverse()) == 0


@given(
    heights=st.lists(st.integers(-50, 50), min_size=3, max_size=30),
    other=st.lists(st.integers(-50, 50), min_size=3, max_size=30),
)
def test_lines_that_always_go_on_deviate_by_the_mean_absolute_difference(
    heights: list[int], other: list[int]
) -> None:
    first, second = (
        np.column_stack([np.linspace(0, 100, len(y) + 2), [0, *y, 0]]) for y in (heights, other)
    )
    x = np.linspace(0, 100, 40_001)
    apart = np.abs(np.interp(x, *first.T) - np.interp(x, *second.T)).mean()
    index = path_deviation_index(shapely.LineString(first), shapely.LineString(second))
    assert index == pytest.approx(apart, rel=1e-3, abs=1e-2)


def test_layers_give_series_on_their_index() -> None:
    paths = gpd.GeoSeries(
        [line((0, 0), (50, 20), (100, 0)), line((0, 10), (100, 10))], index=["a", "b"], crs=CRS
    )
    known = gpd.GeoDataFrame(geometry=[STRAIGHT], crs=CRS)
    for route in (STRAIGHT, known, gpd.GeoSeries([STRAIGHT] * 2, index=["a", "b"], crs=CRS)):
        index = path_deviation_index(paths, route)
        assert index.to_dict() == pytest.approx({"a": 10, "b": 10})
        near = buffer_overlap(paths, route, radius_m=10.1)
        assert near.index.tolist() == ["a", "b"]
        assert near.loc["b", "path"] == 1


def test_overlap_looks_from_both_sides() -> None:
    # Half as long, 5 m beside: the end of its buffer reaches sqrt(13^2 - 5^2) = 12 m further.
    near = buffer_overlap(line((0, 5), (50, 5)), STRAIGHT, radius_m=13)
    assert near.path == 1
    assert near.known == pytest.approx(0.62, rel=1e-3)
    # At a right angle through it: 10 m on either side of 40.
    across = buffer_overlap(line((50, -20), (50, 20)), STRAIGHT, radius_m=10)
    assert across.path == pytest.approx(0.5)
    assert across.known == pytest.approx(0.2)


def test_overlap_of_a_line_that_runs_over_itself_counts_all_its_length() -> None:
    # 40 m out and 40 m back of 180; what is beyond 10 m from the route is 30 + 30.
    spur = line((0, 0), (50, 0), (50, 40), (50, 0), (100, 0))
    assert buffer_overlap(spur, STRAIGHT, radius_m=10).path == pytest.approx(120 / 180)
    assert buffer_overlap(spur, STRAIGHT, radius_m=10).known == 1


def test_a_route_in_parts_overlaps_too() -> None:
    parts = shapely.MultiLineString([[(0, 0), (40, 0)], [(60, 0), (100, 0)]])
    assert buffer_overlap(STRAIGHT, parts, radius_m=1).path == pytest.approx(0.82)
    assert path_deviation_index(shapely.MultiLineString([STRAIGHT]), STRAIGHT) == 0


LAYER = gpd.GeoSeries([STRAIGHT], crs=CRS)


@pytest.mark.parametrize(
    ("path", "known", "message"),
    [
        (gpd.GeoSeries([STRAIGHT], crs="EPSG:4326"), STRAIGHT, "the layer of paths is in degrees"),
        (gpd.GeoSeries([STRAIGHT]), STRAIGHT, "the layer of paths"),
        (LAYER, gpd.GeoSeries([STRAIGHT], crs="EPSG:4326"), "known routes is in degrees"),
        (
            LAYER,
            gpd.GeoSeries([STRAIGHT], crs="EPSG:32637"),
            "known routes in WGS 84 / UTM zone 37",
        ),
    ],
)
def test_degrees_and_mixed_systems_are_refused(path: Any, known: Any, message: str) -> None:
    with pytest.raises(CRSError, match=message):
        path_deviation_index(path, known)
    with pytest.raises(CRSError, match=message):
        buffer_overlap(path, known, radius_m=10)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: path_deviation_index(shapely.Point(0, 0), STRAIGHT), ValueError, "but Point"),
        (
            lambda: path_deviation_index(shapely.LineString(), STRAIGHT),
            ValueError,
            "but an empty LineString",
        ),
        (
            lambda: path_deviation_index(line((0, 0), (np.inf, 1), (9, 0)), STRAIGHT),
            ValueError,
            "a path has a corner whose coordinates are no numbers",
        ),
        (
            lambda: buffer_overlap(STRAIGHT, line((0, 0), (np.inf, 1)), radius_m=1),
            ValueError,
            "a known route has no length",
        ),
        (
            lambda: path_deviation_index(STRAIGHT, line((0, 0), (1, 1), (0, 0))),
            ValueError,
            "ends where it starts",
        ),
        (lambda: path_deviation_index(STRAIGHT, LAYER), TypeError, "both as lines or both as"),
        (
            lambda: path_deviation_index(LAYER, gpd.GeoSeries([STRAIGHT] * 2, crs=CRS)),
            ValueError,
            "1 paths and 2 known routes",
        ),
        (lambda: buffer_overlap(STRAIGHT, STRAIGHT, radius_m=0), ValueError, "radius_m is 0"),
        (
            lambda: buffer_overlap(shapely.Point(0, 0), STRAIGHT, radius_m=1),
            ValueError,
            "a path has no length",
        ),
    ],
)
def test_what_is_no_pair_of_lines_is_refused(
    call: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        call()
