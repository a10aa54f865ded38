"""Lines that are there twice count once, and every line knows its front."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from corridors.layers.kinds import LayerKind
from corridors.layers.linework import front_on_the_left, without_overlaps
from corridors.layers.subject import Subject

Line = list[tuple[float, float]]
WALL: Line = [(0, 0), (1000, 370), (5000, 500)]


def _once(*lines: Line | shapely.Geometry, crs: int = 32637) -> tuple[gpd.GeoDataFrame, list[str]]:
    subject = Subject(LayerKind("wall", "line", ()))
    shapes = [shapely.LineString(line) if isinstance(line, list) else line for line in lines]
    frame = gpd.GeoDataFrame(geometry=shapes, crs=crs)
    return without_overlaps(frame, subject), subject.findings


def _length(frame: gpd.GeoDataFrame) -> float:
    return float(frame.length.sum())


@pytest.mark.parametrize("again", [WALL, WALL[::-1], WALL[:2], WALL[1:]])
def test_a_line_that_is_there_already_is_left_out_and_told(again: Line) -> None:
    layer, findings = _once(WALL, [(0, 900), (5000, 900)], again)

    assert layer.index.tolist() == [0, 1]
    assert findings == [
        "wall: row 2 left out: the same lines are in row 0, and count once (rows count from 0)"
    ]


def test_of_a_line_in_parts_on_another_the_rest_stays_with_its_direction() -> None:
    wall = shapely.LineString(WALL)
    # Ends on slanting lines are not on them to the last bit.
    ends = [shapely.line_interpolate_point(wall, along) for along in (250.3, 3001.7)]
    across = shapely.LineString([(-300, -111), *[(end.x, end.y) for end in ends[:1]]])
    layer, findings = _once(wall, across)

    assert layer.geometry.iloc[0].equals(wall)
    (rest,) = shapely.get_coordinates(layer.geometry.iloc[1])[[0]]
    np.testing.assert_allclose(rest, [-300, -111], atol=0.002)
    assert shapely.length(layer.geometry.iloc[1]) == pytest.approx(np.hypot(300, 111), abs=0.01)
    assert findings == [
        "wall: row 1 lies in part on row 0; what they share counts once (rows count from 0)"
    ]


def test_a_part_copied_between_vertices_of_degrees_is_found() -> None:
    wall = shapely.LineString([(41, 36), (41.3, 36.37), (41.9, 36.5)])
    part = shapely.ops.substring(wall, 0.2, 0.7)
    layer, _ = _once(wall, part, shapely.reverse(part), crs=4326)

    assert layer.index.tolist() == [0]


@pytest.mark.parametrize("decimals", [6, 7])
def test_a_copy_that_was_rounded_is_one(decimals: int) -> None:
    wall = shapely.LineString([(41 + step / 37, 36 + np.sin(step) / 11) for step in range(30)])
    rounded = shapely.transform(wall, lambda xy: np.round(xy, decimals))
    layer, findings = _once(wall, shapely.reverse(rounded), crs=4326)

    assert layer.index.tolist() == [0]
    assert "row 1 left out: the same lines are in row 0" in findings[0]


def test_a_copy_in_two_pieces_is_one() -> None:
    layer, (told,) = _once([(0, 0), (5, 0)], [(5, 0), (9, 0)], [(9, 0.1), (0, 0.1)])

    assert layer.index.tolist() == [0, 1]
    assert "row 2 left out: the same lines are in rows 0 and 1" in told


@pytest.mark.parametrize("gap", [0.5, 2.0, 20.0, 300.0])
def test_a_line_that_closes_a_gap_stays(gap: float) -> None:
    walls = [[(0, 0), (900, 0)], [(900 + gap, 0), (2000, 0)]]
    beside = [(900, 0), (900, 50), (900 + gap, 50), (900 + gap, 0)]
    layer, findings = _once(*walls, beside, [(900, 0), (900 + gap, 0)])

    assert _length(layer) == pytest.approx(2000 + 100 + gap)
    assert findings == []


def test_a_line_that_doubles_back_counts_once() -> None:
    layer, findings = _once([(0, 0), (100, 0), (40, 0)])

    assert _length(layer) == pytest.approx(100)
    assert findings == [
        "wall: row 0 lies in part on itself; what they share counts once (rows count from 0)"
    ]


def test_lines_that_cross_touch_or_run_close_by_stay_as_they_are() -> None:
    given = (
        [(0, 0), (100, 0)],
        [(50, -50), (50, 50)],
        [(100, 0), (100, 90)],
        [(0, 0.6), (9, 0.6)],
    )
    layer, findings = _once(*given)

    assert [[*map(tuple, line.coords)] for line in layer.geometry] == [list(one) for one in given]
    assert findings == []


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(1, 8), st.booleans()), min_size=1))
def test_what_is_left_is_the_union(spans: list[tuple[int, int, bool]]) -> None:
    lines = []
    for start, count, backwards in spans:
        line = [(float(x), 0.7 * x) for x in range(start, start + count + 1)]
        lines.append(line[::-1] if backwards else line)
    layer, _ = _once(*lines)

    union = shapely.union_all([shapely.LineString(line) for line in lines])
    assert _length(layer) == pytest.approx(union.length)


def _left_of(lines: list[shapely.Geometry] | object) -> list[bool]:
    """Tell of lines whether they run north, or round their inside on the left."""
    told = []
    for line in lines:  # type: ignore[attr-defined]
        first, *_, last = line.coords
        told.append(shapely.is_ccw(line) if line.is_ring else last[1] > first[1])
    return told


@pytest.mark.parametrize(("x", "north"), [(-5, True), (5, False)])
def test_pieces_drawn_against_each_other_are_turned_together(x: float, *, north: bool) -> None:
    pieces = shapely.linestrings([[(0, 0), (0, 5)], [(0, 9), (0, 5)], [(0, 9), (0, 30)]])

    assert _left_of(front_on_the_left(pieces, shapely.Point(x, 2))) == [north]


@pytest.mark.parametrize("start", range(4))
@pytest.mark.parametrize("backwards", [True, False])
@pytest.mark.parametrize(
    ("front", "inside"),
    [((0.5, 0.1), True), ((5, 5), True), ((-1, -1), False), ((11, 5), False), ((20, 20), False)],
)
def test_the_front_of_a_ring_is_its_inside_or_its_outside(
    start: int, front: tuple[float, float], *, backwards: bool, inside: bool
) -> None:
    corners = [(0, 0), (10, 0), (10, 10), (0, 10)]
    ring = corners[start:] + corners[:start] + corners[start : start + 1]
    lines = shapely.linestrings([ring[:3], ring[2:][::-1] if backwards else ring[2:]])

    assert _left_of(front_on_the_left(lines, shapely.Point(front))) == [inside]


def test_lines_apart_are_each_turned_to_the_front() -> None:
    around = shapely.linestrings([[(0, 0), (0, 5)], [(9, 0), (9, 5)]])

    assert _left_of(front_on_the_left(around, shapely.Point(4, 2))) == [False, True]
