"""The way of least exposure, against the exact case of an intensity that falls as 1 / d."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from corridors.detection import Detection, minimal_exposure_path, sensors_of
from corridors.movement import MovementGraph
from corridors.scenario.model import Weather
from tests.worlds import (
    at_speed,
    graph_of,
    grid_of,
    hours_of,
    least_costs,
    lines,
    posts,
    seen_by,
    terrain_of,
    varied_world,
)

FloatArray = NDArray[np.float64]
LongArray = NDArray[np.int64]
# By how much a straight line is at most overlong with 8 and 16 neighbours.
OVERLONG = {8: 1.0824, 16: 1.0275}


def of_hazards(graph: MovementGraph, hazard: FloatArray) -> Detection:
    """Return one sensor that gives every arc the hazard, however long it takes."""
    return Detection(
        sensors_of(posts((0.0, 0.0)), weather=Weather()),
        np.arange(graph.arc_count + 1, dtype=np.int64),
        np.zeros(graph.arc_count, np.int32),
        np.zeros(graph.arc_count),
        hazard,
    )


def inverse_distance(graph: MovementGraph, x: float, y: float) -> FloatArray:
    """Return the integral of 1 / d along every arc, d the distance to a place off all of them."""
    start_x, start_y = graph.x[graph.tails] - x, graph.y[graph.tails] - y
    end_x, end_y = graph.x[graph.heads] - x, graph.y[graph.heads] - y
    length = np.hypot(end_x - start_x, end_y - start_y)
    aside = np.abs(start_x * end_y - start_y * end_x) / length
    before = (start_x * (end_x - start_x) + start_y * (end_y - start_y)) / length
    after = before + length
    # An arc towards the place itself does not come past it.
    radial = np.abs(np.log(np.hypot(end_x, end_y) / np.hypot(start_x, start_y)))
    with np.errstate(divide="ignore", invalid="ignore"):
        past = np.arcsinh(after / aside) - np.arcsinh(before / aside)
    return np.where(aside > 1e-9, past, radial)


FINE = {
    neighbours: graph_of(terrain_of(grid_of(121, 121, 10.0)), neighbours=neighbours)
    for neighbours in OVERLONG
}
CENTRE = 60.5 * 10 + 3.0  # off the cells' centres and all moves between them


@pytest.mark.parametrize("neighbours", [8, 16])
@pytest.mark.parametrize(
    ("start", "end"),
    [
        ((10, 60), (100, 60)),  # round the place: half a turn and more by either side
        ((60, 90), (60, 110)),  # straight away from it
        ((60, 85), (85, 60)),  # a quarter of a turn at one distance
        ((20, 60), (60, 110)),
        ((60, 75), (100, 20)),
    ],
)
def test_between_polar_points_the_least_exposure_is_the_known_one(
    neighbours: int, start: tuple[int, int], end: tuple[int, int]
) -> None:
    graph = FINE[neighbours]
    seen = of_hazards(graph, inverse_distance(graph, CENTRE, CENTRE))
    nodes = [row * 121 + column for row, column in (start, end)]
    first, last = (complex(graph.x[n] - CENTRE, graph.y[n] - CENTRE) for n in nodes)
    turn = abs(np.angle(last / first))
    exact = math.hypot(math.log(abs(last) / abs(first)), float(turn))
    hours = at_speed(graph, 5.0)
    way = minimal_exposure_path(graph, hours, seen, np.array(nodes[:1]), np.array(nodes[1:]))
    assert way is not None
    # Never less than over all the plane; more by what the moves' few directions cost.
    assert exact * (1 - 1e-9) <= way.exposure <= exact * OVERLONG[neighbours] * 1.005
    assert graph.tails[way.arcs[0]] == nodes[0]
    assert graph.heads[way.arcs[-1]] == nodes[1]
    assert way.hours == pytest.approx(hours[way.arcs].sum())


@given(seed=st.integers(0, 19), kind=st.sampled_from(["floats", "whole", "nothing"]))
@settings(max_examples=40)
def test_it_is_least_and_among_equals_the_quickest(seed: int, kind: str) -> None:
    graph = varied_world(seed)
    hours = hours_of(graph)["on_foot"]
    rng = np.random.default_rng(seed)
    hazard = {
        "floats": rng.exponential(0.2, graph.arc_count) * (rng.random(graph.arc_count) < 0.4),
        "whole": rng.integers(0, 3, graph.arc_count).astype(float),
        "nothing": np.zeros(graph.arc_count),
    }[kind]
    cells = rng.choice(np.flatnonzero(graph.walkable.ravel()), 4, replace=False)
    starts, ends = cells[:2], cells[2:]
    way = minimal_exposure_path(graph, hours, of_hazards(graph, hazard), starts, ends)
    weights = np.where(np.isfinite(hours), hazard, np.inf)
    least = least_costs(graph, weights, starts)[ends].min()
    if way is None:
        assert np.isinf(least)
        return
    assert way.exposure == pytest.approx(least, abs=2e-9)
    # The quickest among equals: with whole hazards a thousandth of one never buys a quicker way.
    weight = {"floats": 0.0, "whole": 1e-3, "nothing": 1.0}[kind]
    if weight:
        both = least_costs(graph, weights + weight * hours, starts)[ends].min()
        assert way.exposure + weight * way.hours == pytest.approx(both, rel=1e-9)


def test_posts_are_gone_round_where_there_is_room_and_straight_where_nobody_looks() -> None:
    graph = graph_of(terrain_of(grid_of()))
    hours = at_speed(graph, 5.0)
    start, end = np.array([10 * 20]), np.array([10 * 20 + 19])
    straight = minimal_exposure_path(graph, hours, seen_by(graph, posts()), start, end)
    assert straight is not None
    assert straight.exposure == 0.0
    assert straight.hours == pytest.approx(1.9 / 5)
    post = seen_by(graph, posts((1000.0, 1000.0), range_m=400.0, probability=0.9))
    round_it = minimal_exposure_path(graph, hours, post, start, end)
    assert round_it is not None
    assert round_it.exposure == 0.0
    assert 1.9 / 5 < round_it.hours < 1.2 * 1.9 / 5
    reached = np.hypot(graph.x - 1000, graph.y - 1000)[graph.heads[round_it.arcs]]
    assert reached.min() >= 400


def test_where_there_is_no_way_it_is_none_and_at_the_end_already_nothing() -> None:
    wall = lines([(0.0, 1003.0), (2000.0, 1003.0)])
    graph = graph_of(terrain_of(grid_of()), borders=wall)
    hours = hours_of(graph)["on_foot"]
    seen = seen_by(graph, posts((1000.0, 500.0)))
    assert minimal_exposure_path(graph, hours, seen, np.array([4]), np.array([384])) is None
    there = minimal_exposure_path(graph, hours, seen, np.array([4]), np.array([384, 4]))
    assert there is not None
    assert (len(there.arcs), there.exposure, there.hours) == (0, 0.0, 0.0)


def test_an_arc_that_takes_no_time_still_has_the_hazard_of_its_passage() -> None:
    graph = graph_of(terrain_of(grid_of(1, 3)))
    seen = of_hazards(graph, np.full(graph.arc_count, 0.25))
    way = minimal_exposure_path(
        graph, np.zeros(graph.arc_count), seen, np.array([0]), np.array([2])
    )
    assert way is not None
    assert (way.exposure, way.hours) == (0.5, 0.0)
    nothing = replace(seen, once=np.zeros(graph.arc_count))
    assert nothing.hazard(at_speed(graph, 5)).max() == 0
