"""The way found again under added hazards costs what a search from scratch finds."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from corridors.flow.finder import PathFinder, Towards
from corridors.flow.knowledge import Entries
from corridors.flow.layout import Weights
from corridors.movement import MovementGraph
from tests.worlds import graph_of, grid_of, hours_of, least_costs, lines, terrain_of, varied_world

FloatArray = NDArray[np.float64]
LongArray = NDArray[np.int64]
BARRIER = {"barriers": [{"name": "wall", "file": "none", "delay_minutes": {"on_foot": 9}}]}
KEY = np.uint64(11)


def finder_of(graph: MovementGraph, *, passable: bool = False) -> PathFinder:
    hours = hours_of(graph, **(BARRIER if passable else {}))
    return PathFinder(graph, hours, length_m=400.0, road_ratio=0.5)


def random_hazard(graph: MovementGraph, rng: np.random.Generator, *, part: float) -> FloatArray:
    """Return whole multiples of 1 / 64, which even single precision adds up without rounding."""
    met = rng.random(graph.arc_count) < part
    return rng.integers(0, 40, graph.arc_count) / 64 * met


def turned(finder: PathFinder, hazard: FloatArray) -> Weights:
    layout = finder.layout
    found = layout.turned_weights(layout.weights(hazard, absent=0.0))
    # Moves into the rim have no way back; nobody reads their hazard, but it is to be a number.
    return Weights(np.where(np.isfinite(found.slots), found.slots, 0.0), found.others)


def assert_clean(towards: Towards) -> None:
    assert np.isposinf(towards._cost).all()  # noqa: SLF001 what is left behind is the point
    assert (towards._back == -1).all()  # noqa: SLF001


@given(
    seed=st.integers(0, 19),
    kappa=st.floats(0.01, 20),
    sigma=st.floats(0, 1),
    ends=st.integers(1, 4),
    passable=st.booleans(),
)
@settings(max_examples=60)
def test_it_costs_what_a_search_from_scratch_finds(
    seed: int, kappa: float, sigma: float, ends: int, *, passable: bool
) -> None:
    graph = varied_world(seed)
    finder = finder_of(graph, passable=passable)
    rng = np.random.default_rng(seed)
    cells = rng.choice(np.flatnonzero(graph.walkable.ravel()), ends + 2, replace=False)
    targets = cells[:ends]
    before = random_hazard(graph, rng, part=0.3)
    believed = {"sigma": sigma, "key": KEY, "kappa": kappa}
    towards = finder.towards(
        "on_foot",
        targets,
        turned_hazard=turned(finder, before),
        **believed,  # type: ignore[arg-type]
    )
    assert towards is not None
    hours = finder.perceived_hours("on_foot", sigma=sigma, key=KEY)
    for part in (0.0, 0.1, 0.6):
        after = before + random_hazard(graph, rng, part=part)
        hazard = finder.layout.weights(after, absent=0.0)
        weights = hours + kappa * after
        for start in cells[ends:]:
            one = towards.find(int(start), hazard)
            assert_clean(towards)
            other = finder.find(
                "on_foot",
                np.array([start]),
                targets,
                hazard=hazard,
                **believed,  # type: ignore[arg-type]
            )
            assert (one is None) == (other is None)
            if one is None or other is None:
                assert np.isinf(least_costs(graph, weights, np.array([start]))[targets]).all()
                continue
            assert weights[one.arcs].sum() == pytest.approx(weights[other.arcs].sum(), rel=1e-9)
            assert graph.tails[one.arcs[0]] == start
            assert graph.heads[one.arcs[-1]] == one.end
            assert one.end in targets
            assert (graph.heads[one.arcs[:-1]] == graph.tails[one.arcs[1:]]).all()


@given(seed=st.integers(0, 19), sigma=st.floats(0.2, 1.5))
@settings(max_examples=20)
def test_what_is_left_to_go_is_the_least_cost_from_every_node(seed: int, sigma: float) -> None:
    graph = varied_world(seed)
    finder = finder_of(graph, passable=True)
    rng = np.random.default_rng(seed)
    ends = rng.choice(np.flatnonzero(graph.walkable.ravel()), 2, replace=False)
    hazard = random_hazard(graph, rng, part=0.3)
    towards = finder.towards(
        "on_foot", ends, sigma=sigma, key=KEY, kappa=0.5, turned_hazard=turned(finder, hazard)
    )
    assert towards is not None
    weights = finder.perceived_hours("on_foot", sigma=sigma, key=KEY) + 0.5 * hazard
    back = replace(graph, tails=graph.heads, heads=graph.tails)
    inner = slice(finder.layout.pad, finder.layout.pad + graph.node_count)
    found = towards._to_target[inner]  # noqa: SLF001 a bound that is too high is not always seen
    np.testing.assert_allclose(found, least_costs(back, weights, ends), rtol=1e-6, atol=1e-12)


def test_asked_again_it_answers_the_same_whatever_was_asked_between() -> None:
    graph = varied_world(4)
    finder, rng = finder_of(graph), np.random.default_rng(3)
    start, other, end = np.flatnonzero(graph.walkable.ravel())[[0, 40, -1]]
    none = np.zeros(graph.arc_count)
    towards = finder.towards(
        "on_foot",
        np.array([end]),
        sigma=0.5,
        key=KEY,
        kappa=2.0,
        turned_hazard=turned(finder, none),
    )
    assert towards is not None
    hazards = [finder.layout.weights(none, absent=0.0)] + [
        finder.layout.weights(random_hazard(graph, rng, part=0.5), absent=0.0) for _ in range(3)
    ]
    answers = [towards.find(int(at), hazard) for hazard in hazards for at in (start, other)]
    again = [towards.find(int(at), hazard) for hazard in hazards for at in (start, other)]
    assert any(answer is not None for answer in answers)
    for one, two in zip(answers, again, strict=True):
        assert (one is None) == (two is None)
        if one is not None and two is not None:
            np.testing.assert_array_equal(one.arcs, two.arcs)


@pytest.mark.parametrize("start_behind", [True, False])
def test_behind_a_wall_there_is_no_way(start_behind: bool) -> None:
    graph = graph_of(terrain_of(grid_of()), borders=lines([(0.0, 1003.0), (2000.0, 1003.0)]))
    finder = finder_of(graph)
    start, end = (4, 384) if start_behind else (384, 4)
    hazard = finder.layout.weights(np.ones(graph.arc_count), absent=0.0)
    towards = finder.towards(
        "on_foot",
        np.array([end]),
        kappa=1.0,
        turned_hazard=turned(finder, np.zeros(graph.arc_count)),
    )
    assert towards is not None
    for _ in range(2):
        assert towards.find(start, hazard) is None
        assert_clean(towards)
    assert towards.find(end + 1, hazard) is not None


def test_from_a_target_itself_the_way_is_empty() -> None:
    graph = varied_world(4)
    finder = finder_of(graph)
    at = int(np.flatnonzero(graph.walkable.ravel())[0])
    hazard = finder.layout.weights(np.ones(graph.arc_count), absent=0.0)
    towards = finder.towards(
        "on_foot", np.array([at]), kappa=1.0, turned_hazard=turned(finder, np.ones(graph.arc_count))
    )
    assert towards is not None
    path = towards.find(at, hazard)
    assert path is not None
    assert (len(path.arcs), path.end) == (0, at)
    assert_clean(towards)


def test_where_buckets_do_not_help_only_find_will_do() -> None:
    finder = finder_of(varied_world(4))
    finder.patience = 0
    assert finder.towards("on_foot", np.array([0])) is None


@given(seed=st.integers(0, 19))
@settings(max_examples=20)
def test_turned_places_hold_the_same_arcs(seed: int) -> None:
    graph = varied_world(seed)
    layout = finder_of(graph).layout
    rng = np.random.default_rng(seed)
    # A move off the rim has no place once turned; no arc of the graph is one.
    values = rng.random(graph.arc_count)
    arcs = np.arange(graph.arc_count)
    entries = Entries.of(layout, arcs, np.zeros(graph.arc_count, np.int32))
    place = layout.turned_places(entries.on_ground, entries.place)
    expected = layout.turned_weights(layout.weights(values))
    ground = entries.on_ground
    np.testing.assert_array_equal(expected.slots[place[ground]], values[ground].astype(np.float32))
    np.testing.assert_array_equal(
        expected.others[place[~ground]], values[~ground].astype(np.float32)
    )


def test_what_is_added_for_a_while_is_taken_back_to_the_bit() -> None:
    graph = varied_world(4)
    layout = finder_of(graph).layout
    rng = np.random.default_rng(1)
    weights = layout.weights(rng.random(graph.arc_count), absent=0.0)
    before = weights.slots.copy(), weights.others.copy()
    arcs = np.sort(rng.choice(graph.arc_count, 200, replace=False))
    entries = Entries.of(layout, arcs, np.zeros(200, np.int32))
    more = rng.random(200)

    def fail_with_more() -> None:
        with entries.added(weights, more):
            assert not np.array_equal(weights.slots, before[0])
            raise KeyError

    with pytest.raises(KeyError):
        fail_with_more()
    np.testing.assert_array_equal(weights.slots, before[0])
    np.testing.assert_array_equal(weights.others, before[1])
