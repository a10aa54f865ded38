"""What sensors see of arcs, against quadrature and closed forms."""

import itertools
import math
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.integrate import quad

from corridors.detection import Detection, catches_along
from corridors.detection.hazard import line_taper, point_taper
from corridors.flow.finder import PathFinder
from corridors.movement import ArcKind, MovementGraph
from tests.worlds import (
    CRS,
    along_row,
    at_speed,
    graph_of,
    grid_of,
    hours_of,
    lines,
    points,
    posts,
    seen_by,
    terrain_of,
    varied_world,
)

FloatArray = NDArray[np.float64]
LongArray = NDArray[np.int64]
PLANE = graph_of(terrain_of(grid_of()))
WALK_KMH = 5.0  # the speed that probabilities are meant for
ROW, Y = 9, 1050.0  # a row of the plane, and its northing


def survival(
    seen: Detection, arcs: LongArray, *, speed_kmh: float = WALK_KMH, graph: MovementGraph = PLANE
) -> float:
    hours = at_speed(graph, speed_kmh)[arcs]
    return catches_along(arcs, np.array([0, len(arcs)]), hours, seen).undetected


def taper_by_quadrature(start: FloatArray, end: FloatArray, reach: float) -> float:
    def value(t: float) -> float:
        x, y = start + t * (end - start)
        return float(max(1 - (x * x + y * y) / reach**2, 0.0) ** 2)

    # Broken where the piece is nearest, and where it enters and leaves the range.
    along = end - start
    length = float(np.hypot(*along))
    breaks = {0.0, 1.0}
    if length > 1e-6:
        nearest = -float(start @ along) / length**2
        aside = abs(start[0] * along[1] - start[1] * along[0]) / length
        half = math.sqrt(max(reach**2 - aside**2, 0.0)) / length
        breaks |= {t for t in (nearest - half, nearest, nearest + half) if 0 < t < 1}
    at = sorted(breaks)
    pieces = itertools.pairwise(at)
    return sum(quad(value, a, b, epsabs=0, epsrel=1e-11)[0] for a, b in pieces)


coordinate = st.floats(-3000, 3000)


@given(
    start=st.tuples(coordinate, coordinate),
    end=st.tuples(coordinate, coordinate),
    reach=st.floats(1, 100_000),
)
@settings(max_examples=150)
def test_the_mean_along_a_piece_is_that_of_quadrature(
    start: tuple[float, float], end: tuple[float, float], reach: float
) -> None:
    one, other = np.array(start), np.array(end)
    found = point_taper(one[None], other[None], reach)[0]
    assert found == pytest.approx(taper_by_quadrature(one, other, reach), rel=1e-8, abs=1e-10)


@pytest.mark.parametrize("length_m", [0.0, 1e-6, 1e-3, 0.1, 10.0])
def test_short_pieces_have_the_value_at_their_place(length_m: float) -> None:
    start = np.array([[30_000.0, 40_000.0]])
    end = start + np.array([[0.6, 0.8]]) * length_m
    value = (1 - (0.5 + length_m / 2e5) ** 2) ** 2
    assert point_taper(start, end, 100_000.0)[0] == pytest.approx(value, rel=1e-9)


def test_a_short_range_is_not_lost_on_a_long_piece() -> None:
    start, end = np.array([[-1000.0, 0.3]]), np.array([[700.0, 0.3]])
    inside = 1 - 0.3**2  # over s from -sqrt(inside) to it: 16/15 inside^(5/2)
    assert point_taper(start, end, 1.0)[0] == pytest.approx(16 / 15 * inside**2.5 / 1700, rel=1e-10)


@given(seed=st.integers(0, 9), post=st.tuples(st.floats(-300, 1500), st.floats(-300, 1200)))
@settings(max_examples=25)
def test_every_arc_that_is_within_range_anywhere_is_seen(
    seed: int, post: tuple[float, float]
) -> None:
    graph = varied_world(seed)
    reach = 60.0 * (1 + seed)
    seen = seen_by(graph, posts(post, range_m=reach))
    t = (np.arange(400) + 0.5)[:, None] / 400
    x = graph.x[graph.tails] + t * (graph.x[graph.heads] - graph.x[graph.tails])
    y = graph.y[graph.tails] + t * (graph.y[graph.heads] - graph.y[graph.tails])
    far = ((x - post[0]) ** 2 + (y - post[1]) ** 2) / reach**2
    dense = (np.maximum(1 - far, 0.0) ** 2).mean(axis=0)
    rate = seen.hazard(np.ones(graph.arc_count)) / seen.sensors.rate_per_hour[0]
    np.testing.assert_allclose(rate, dense, atol=2e-4)
    assert set(np.flatnonzero(dense > 1e-4)) <= set(np.flatnonzero(rate))


@pytest.mark.parametrize("probability", [0.05, 0.5, 0.99])
@pytest.mark.parametrize(("speed", "power"), [(1, 1.0), (2, 0.5), (0.5, 2.0)])
def test_a_straight_pass_is_caught_with_the_probability_and_less_if_quick(
    probability: float, speed: float, power: float
) -> None:
    seen = seen_by(PLANE, posts((1010.0, Y), probability=probability))
    left = survival(seen, along_row(PLANE, ROW), speed_kmh=speed * WALK_KMH)
    assert left == pytest.approx((1 - probability) ** power, rel=1e-9)


@pytest.mark.parametrize("aside", [0.0, 120.0, 333.0, 490.0, 510.0])
def test_an_offset_pass_is_that_of_quadrature(aside: float) -> None:
    seen = seen_by(PLANE, posts((1010.0, Y + aside), probability=0.7))
    rate = -math.log(0.3) * WALK_KMH * 15 / (16 * 0.5)

    def hazard_per_km(x: float) -> float:
        far = (x * x + (aside / 1000) ** 2) / 0.25
        return rate * max(1 - far, 0.0) ** 2 / WALK_KMH

    edge = math.sqrt(max(0.25 - (aside / 1000) ** 2, 0.0))
    total = quad(hazard_per_km, -edge, edge, epsabs=1e-13)[0]
    assert survival(seen, along_row(PLANE, ROW)) == pytest.approx(math.exp(-total), rel=1e-9)


def test_half_a_day_on_duty_catches_half() -> None:
    layer = posts((1000.0, Y), probability=0.8, hours_of_duty=12.0)
    assert survival(seen_by(PLANE, layer), along_row(PLANE, ROW)) == pytest.approx(0.6, rel=1e-9)


@pytest.mark.parametrize(
    "kind", ["watch_post", "road_post", "manned_gate", "tower_thermal", "patrol"]
)
def test_in_no_visibility_nothing_is_seen(kind: str) -> None:
    layer = posts((1000.0, Y), kind=kind, revisit_hours=2.0)
    if kind == "patrol":
        layer = layer.set_geometry([shapely.LineString([(1000, 0), (1000, 2000)])], crs=CRS)
    assert seen_by(PLANE, layer).hazard(at_speed(PLANE, 5)).max() > 0
    seen = seen_by(PLANE, layer, visibility_km=0)
    assert (seen.hazard(at_speed(PLANE, 5)) == 0).all()
    assert survival(seen, along_row(PLANE, ROW)) == 1.0


def test_no_posts_see_nothing() -> None:
    seen = seen_by(PLANE, posts())
    assert (seen.hazard(at_speed(PLANE, 5)) == 0).all()
    assert survival(seen, along_row(PLANE, ROW)) == 1.0


@pytest.mark.parametrize("columns", [{"range_m": 0.0}, {"probability": 0.0}])
def test_a_post_without_range_or_chance_sees_nothing(columns: dict[str, float]) -> None:
    seen = seen_by(PLANE, posts((1000.0, Y), **columns))
    assert survival(seen, along_row(PLANE, ROW)) == 1.0


def test_a_certain_post_leaves_next_to_nobody_and_all_stays_finite() -> None:
    seen = seen_by(PLANE, posts((1000.0, Y), probability=1.0))
    assert np.isfinite(seen.hazard(at_speed(PLANE, 5))).all()
    assert survival(seen, along_row(PLANE, ROW)) == pytest.approx(1e-9, rel=1e-6)


def test_what_cannot_be_passed_has_no_hazard() -> None:
    graph = with_gate()
    seen = seen_by(graph, posts((1000.0, 1030.0), kind="manned_gate"))
    whole = seen.hazard(at_speed(graph, 5))
    closed = graph.kind == ArcKind.GATE
    closed[::2] = True
    assert (whole[graph.kind == ArcKind.GATE] > 0).all()
    hazard = seen.hazard(np.where(closed, np.inf, at_speed(graph, 5)))
    np.testing.assert_array_equal(hazard, np.where(closed, 0.0, whole))


def patrol(**columns: Any) -> gpd.GeoDataFrame:
    """Return a patrol from south to north through the plane, 500 m to either side."""
    layer = posts((0.0, 0.0), kind="patrol", **columns)
    return layer.set_geometry([shapely.LineString([(1050, -900), (1050, 2900)])], crs=CRS)


@pytest.mark.parametrize(("probability", "revisit_hours"), [(1.0, 2.0), (0.3, 2.0), (0.5, 7.0)])
def test_a_patrol_catches_at_its_revisits(probability: float, revisit_hours: float) -> None:
    # Over the strip the rate is the probability at each revisit: in the strip for t hours, p t / T.
    layer = patrol(probability=probability, revisit_hours=revisit_hours)
    hours_in_strip = 1.0 / WALK_KMH
    left = survival(seen_by(PLANE, layer), along_row(PLANE, ROW))
    expected = math.exp(-probability * hours_in_strip / revisit_hours)
    assert left == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize("range_m", [4.0, 30.0, 49.0])
def test_a_patrol_that_sees_less_far_than_a_cell_misses_nobody(range_m: float) -> None:
    # Across its strip it is passed in 2 R / v hours at 8 / 15 of the rate at the line; here the
    # arcs are 100 m long and more, and the line lies anywhere between their ends.
    for x in (1050.0, 1063.0, 1081.0):
        layer = patrol(range_m=range_m, probability=0.5, revisit_hours=4.0)
        layer = layer.set_geometry([shapely.LineString([(x, -900), (x, 2900)])], crs=CRS)
        seen = seen_by(PLANE, layer)
        hazard = seen.hazard(at_speed(PLANE, WALK_KMH))[along_row(PLANE, ROW)].sum()
        passing = 2 * range_m / 1000 / WALK_KMH
        assert hazard == pytest.approx(passing * seen.sensors.rate_per_hour[0] * 8 / 15, rel=1e-3)


def test_pieces_beside_a_line_have_means_by_quadrature_and_a_place_its_own_value() -> None:
    start = np.array([[0.0, 30.0], [-500.0, -700.0], [40.0, 25.0], [0.0, 900.0]])
    end = np.array([[900.0, 30.0], [480.0, 700.0], [40.0, 25.0], [900.0, 900.0]])
    found = line_taper(start, end, 50.0, shapely.LineString([(-2000, 0), (2000, 0)]))
    # At 30 m all along; across, seen for 100 of 1400 m of northing; at 25 m; never.
    expected = [(1 - 0.6**2) ** 2, 100 / 1400 * 8 / 15, (1 - 0.5**2) ** 2, 0.0]
    np.testing.assert_allclose(found, expected, rtol=1e-4)


def test_the_mean_rate_of_a_patrol_over_its_strip() -> None:
    seen = seen_by(PLANE, patrol(probability=1.0, revisit_hours=4.0))
    at_line = seen.sensors.rate_per_hour[0]
    mean = quad(lambda u: at_line * (1 - u * u) ** 2, -1, 1)[0] / 2
    assert mean == pytest.approx(1 / 4.0, rel=1e-8)


def test_sight_counts_the_part_of_ends_and_middle_that_is_seen() -> None:
    layer = posts((1000.0, Y), (1000.0, 250.0), probability=0.9)
    east = seen_by(PLANE, layer, sight=lambda number, xy: (xy[:, 0] >= 1000) & (number == 0))
    everything = seen_by(PLANE, layer)
    arcs, hours = along_row(PLANE, ROW), at_speed(PLANE, 5)
    first = everything.hazard(hours, only=np.array([True, False]))[arcs]
    # From cell centres: the arc from 950 to 1050 m has its end and its middle in sight.
    part = np.where(PLANE.x[PLANE.tails[arcs]] > 1000, 1.0, 0.0)
    part[9] = 2 / 3
    np.testing.assert_allclose(east.hazard(hours)[arcs], first * part, rtol=1e-12)
    # Half of the way is hidden, but for the arc in the middle: a half and a sixth of it are seen.
    seen = (first.sum() + first[9] / 3) / 2
    assert survival(east, arcs) == pytest.approx(math.exp(-seen), rel=1e-12)


def test_what_lies_beyond_the_range_is_neither_seen_nor_hidden() -> None:
    # In fog a post sees 60 m far, and cells are 100 m wide: of an arc past it only the middle is
    # near enough to be looked at, of one across the rim an end, and of a long one nothing.
    layer = posts((1000.0, Y), range_m=60.0)
    asked: list[np.ndarray] = []

    def behind_a_wall(number: int, xy: np.ndarray) -> np.ndarray:
        assert number == 0
        assert (np.hypot(xy[:, 0] - 1000.0, xy[:, 1] - Y) <= 60.0 + 1e-6).all()
        asked.append(xy)
        return np.zeros(len(xy), bool)

    assert seen_by(PLANE, layer).hazard(at_speed(PLANE, 5)).any()
    hidden = seen_by(PLANE, layer, sight=behind_a_wall).hazard(at_speed(PLANE, 5))
    assert not hidden.any()
    assert len(np.concatenate(asked)) > 3
    open_ground = seen_by(PLANE, layer, sight=lambda _, xy: np.ones(len(xy), bool))
    np.testing.assert_allclose(
        open_ground.hazard(at_speed(PLANE, 5)), seen_by(PLANE, layer).hazard(at_speed(PLANE, 5))
    )


CRUDE = [(0.0, 1000.0), (1500.0, 1000.0), (500.0, 1060.0), (2000.0, 1120.0)]
STRAIGHT = [(0.0, 1000.0), (2000.0, 1120.0)]


def with_gate(*, crude: bool = True) -> MovementGraph:
    """Return a road from south to north, cut at one gate: three times by a crude border line."""
    border = lines(CRUDE if crude else STRAIGHT)
    return graph_of(
        terrain_of(grid_of()),
        roads=lines([(1000.0, 110.0), (1000.0, 1900.0)]),
        borders=border,
        crossings=points((1000.0, 1030.0)),
    )


@pytest.mark.parametrize("by_road", [True, False])
def test_a_manned_gate_is_passed_once_however_its_delay_is_split(by_road: bool) -> None:
    graph = with_gate(crude=by_road)
    hours = hours_of(graph)["on_foot"]
    if not by_road:
        hours = np.where(graph.kind == ArcKind.ROAD, np.inf, hours)
    finder = PathFinder(graph, {"p": hours}, length_m=400.0, road_ratio=0.5)
    path = finder.find("p", np.array([390]), np.array([10]))
    assert path is not None
    shares = graph.delay_share[path.arcs][graph.kind[path.arcs] == ArcKind.GATE]
    assert len(shares) == (3 if by_road else 1)
    seen = seen_by(graph, posts((1100.0, 1030.0), kind="manned_gate", range_m=0.0, probability=0.7))
    caught = catches_along(path.arcs, np.array([0, len(path.arcs)]), hours[path.arcs], seen)
    assert caught.undetected == pytest.approx(0.3, rel=1e-12)
    assert caught.first[0, 0] == pytest.approx(0.7, rel=1e-12)


@pytest.mark.parametrize("by_road", [True, False])
def test_a_road_post_beside_a_gate_stops_who_comes_by_road_alone(by_road: bool) -> None:
    graph = with_gate(crude=by_road)
    hours = hours_of(graph)["on_foot"]
    if not by_road:
        hours = np.where(graph.kind == ArcKind.ROAD, np.inf, hours)
    finder = PathFinder(graph, {"p": hours}, length_m=400.0, road_ratio=0.5)
    path = finder.find("p", np.array([390]), np.array([10]))
    assert path is not None
    layer = posts((1100.0, 1130.0), kind="road_post", range_m=0.0, probability=0.7)
    seen = seen_by(graph, layer)
    assert (graph.kind[seen.hazard(hours) > 0] == ArcKind.ROAD).all()
    caught = catches_along(path.arcs, np.array([0, len(path.arcs)]), hours[path.arcs], seen)
    assert caught.undetected == pytest.approx(0.3 if by_road else 1.0, rel=1e-12)


def test_a_gate_farther_than_a_kilometre_is_not_controlled() -> None:
    graph = with_gate()
    layer = posts((1000.0, -100.0), kind="manned_gate", range_m=0.0)
    stopped = seen_by(graph, layer).hazard(at_speed(graph, 5)) > 0
    assert stopped.sum() == 2  # the end of the road, which is nearer, either way
    assert (graph.kind[stopped] == ArcKind.ROAD).all()
    nothing = seen_by(graph, posts((5000.0, 5000.0), kind="manned_gate", range_m=0.0))
    assert len(nothing.which) == 0


@pytest.mark.parametrize("back", [False, True])
def test_a_road_post_controls_its_road_once_each_way(back: bool) -> None:
    graph = graph_of(terrain_of(grid_of()), roads=lines([(150.0, 1000.0), (1850.0, 1000.0)]))
    finder = PathFinder(graph, hours_of(graph), length_m=400.0, road_ratio=0.5)
    ends = np.array([9 * 20]), np.array([9 * 20 + 19])
    path = finder.find("on_foot", *(ends[::-1] if back else ends))
    assert path is not None
    layer = posts((1010.0, 1400.0), kind="road_post", range_m=0.0, probability=0.4)
    hours = finder.hours["on_foot"][path.arcs]
    caught = catches_along(path.arcs, np.array([0, len(path.arcs)]), hours, seen_by(graph, layer))
    assert caught.undetected == pytest.approx(0.6, rel=1e-12)
    # Over the ground beside it nobody is stopped.
    assert survival(seen_by(graph, layer), along_row(graph, 3), graph=graph) == 1.0


def test_a_post_that_sees_and_controls_does_both() -> None:
    graph = with_gate()
    layer = posts((1000.0, 1030.0), kind="manned_gate", probability=0.4)
    seen = seen_by(graph, layer)
    controls = seen_by(graph, layer.assign(range_m=0.0))
    sees = seen_by(graph, layer.assign(kind="watch_post"))
    hours = at_speed(graph, 5)
    both = controls.hazard(hours) + sees.hazard(hours)
    np.testing.assert_allclose(seen.hazard(hours), both, rtol=1e-12)
    assert len(np.unique(seen.which)) == 1
