"""Who knows of which posts, and that it stays so."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from corridors.detection import Detection
from corridors.flow.finder import PathFinder
from corridors.flow.knowledge import Hazards, Knowledge
from corridors.flow.travellers import Demand, draw_travellers
from tests.worlds import (
    at_speed,
    graph_of,
    grid_of,
    hours_of,
    posts,
    seen_by,
    terrain_of,
    varied_world,
)

KeyArray = NDArray[np.uint64]
PLANE = graph_of(terrain_of(grid_of()))
HOURS = {"p": at_speed(PLANE, 5.0), "quick": at_speed(PLANE, 20.0)}
LAYOUT = PathFinder(PLANE, HOURS, length_m=400.0, road_ratio=0.5).layout


def keys(count: int, seed: int = 1) -> KeyArray:
    demand = Demand([np.array([0])], [np.array([399])], np.ones((1, 1, 1)))
    return draw_travellers(demand, count, seed=seed).key


def knowledge(
    seen: Detection, *, informed: float = 1.0, posts_known: float = 1.0, kappa: float = 2.0
) -> Knowledge:
    return Knowledge(Hazards(LAYOUT, seen, HOURS), informed, posts_known, kappa)


def some_posts(*xs: float, **columns: object) -> Detection:
    names = [f"post {x:.0f}" for x in xs]
    return seen_by(PLANE, posts(*[(x, 1050.0) for x in xs], id=names, **columns))


FEW, MORE = some_posts(400.0, 1600.0), some_posts(1000.0, 400.0, 100.0, 1600.0)


@pytest.mark.parametrize("informed", [0.0, 0.1, 0.5, 0.9, 1.0])
def test_about_the_share_is_informed(informed: float) -> None:
    count = 4000
    share = knowledge(FEW, informed=informed).is_informed(keys(count)).mean()
    assert share == pytest.approx(informed, abs=4 * np.sqrt(informed * (1 - informed) / count))


def test_the_same_travellers_are_informed_in_every_scenario() -> None:
    own = keys(500)
    less = knowledge(FEW, informed=0.3).is_informed(own)
    other = knowledge(MORE, informed=0.3, posts_known=0.2, kappa=9.0).is_informed(own)
    np.testing.assert_array_equal(less, other)
    more = knowledge(FEW, informed=0.6).is_informed(own)
    assert (more | ~less).all()  # whoever knew still does
    np.testing.assert_array_equal(less[:100], knowledge(FEW, informed=0.3).is_informed(own[:100]))


def test_other_seeds_inform_others() -> None:
    told = knowledge(FEW, informed=0.5)
    assert not np.array_equal(told.is_informed(keys(50, 1)), told.is_informed(keys(50, 2)))


@pytest.mark.parametrize("posts_known", [0.0, 0.25, 0.5, 1.0])
def test_each_knows_about_that_part_of_the_posts_and_each_others(posts_known: float) -> None:
    told = knowledge(MORE, posts_known=posts_known)
    known = np.array([told.knows(key) for key in keys(1000)])
    spread = 4 * np.sqrt(posts_known * (1 - posts_known) / 1000)
    np.testing.assert_allclose(known.mean(axis=0), posts_known, atol=spread + 1e-12)
    if posts_known == 0.5:
        # By traveller and by post independently.
        correlation = np.corrcoef(known.T)
        assert np.abs(correlation - np.eye(4)).max() < 4 / np.sqrt(1000)


def test_a_post_more_changes_nothing_in_who_knows_the_others() -> None:
    for key in keys(200):
        few = knowledge(FEW, posts_known=0.5).knows(key)
        more = knowledge(MORE, posts_known=0.5).knows(key)
        np.testing.assert_array_equal(few, more[[1, 3]])


def test_candidates_are_known_by_their_ids_as_posts_are() -> None:
    told = knowledge(FEW, posts_known=0.5)
    for key in keys(50):
        by_id = told.knows(key, np.array(["post 1000", "post 1600", "new"], dtype=object))
        as_posts = knowledge(MORE, posts_known=0.5).knows(key)
        np.testing.assert_array_equal(by_id[:2], as_posts[[0, 3]])


def test_who_is_informed_does_not_decide_which_posts_it_knows() -> None:
    own = keys(4000)
    informed = knowledge(FEW, informed=0.5).is_informed(own)
    known = np.array([knowledge(FEW, posts_known=0.5).knows(key)[0] for key in own])
    assert abs(np.corrcoef(informed, known)[0, 1]) < 4 / np.sqrt(4000)


@given(choices=st.lists(st.tuples(st.booleans(), st.integers(0, 15)), min_size=1, max_size=6))
@settings(max_examples=30)
def test_the_known_hazard_is_that_of_the_posts_that_are_known(
    choices: list[tuple[bool, int]],
) -> None:
    hazards = Hazards(LAYOUT, MORE, HOURS)
    for quick, bits in choices:  # one after the other: nothing may be left of the one before
        profile = "quick" if quick else "p"
        knows = np.array([bool(bits >> n & 1) for n in range(4)])
        expected = MORE.hazard(HOURS[profile], only=knows)
        found = hazards.known(profile, knows)
        np.testing.assert_allclose(LAYOUT.of_arcs(found), expected, rtol=1e-6)
        assert float(found.slots.sum()) == pytest.approx(expected.sum(), rel=1e-4)
        back = hazards.known_turned(profile, knows)
        turned = LAYOUT.turned_weights(LAYOUT.weights(expected, absent=0.0))
        inner = np.isfinite(turned.slots)
        np.testing.assert_allclose(back.slots[inner], turned.slots[inner], rtol=1e-6)
        assert (back.slots[~inner] == 0).all()


def test_hazards_on_roads_and_gates_are_known_too() -> None:
    graph = varied_world(4)
    hours = hours_of(graph)
    hours["on_foot"][::7] = np.inf
    layout = PathFinder(graph, hours, length_m=400.0, road_ratio=0.5).layout
    seen = seen_by(graph, posts((600.0, 450.0), (300.0, 450.0), kind="manned_gate"))
    found = Hazards(layout, seen, hours).known("on_foot", np.array([True, True]))
    passable = np.isfinite(hours["on_foot"])
    expected = seen.hazard(hours["on_foot"])
    np.testing.assert_allclose(layout.of_arcs(found)[passable], expected[passable], rtol=1e-6)
    assert (found.others > 0).any()


def test_a_tag_tells_apart_all_that_decides_who_avoids_what() -> None:
    renamed = seen_by(PLANE, posts((400.0, 1050.0), (1600.0, 1050.0), id=["a", "b"]))
    told = [
        knowledge(FEW),
        knowledge(FEW, informed=0.5),
        knowledge(FEW, posts_known=0.5),
        knowledge(FEW, kappa=3.0),
        knowledge(MORE),
        knowledge(renamed),
        knowledge(some_posts(400.0, 1600.0, probability=0.6)),
        knowledge(some_posts(400.0, 1600.0, range_m=600.0)),
    ]
    assert len({one.tag for one in told}) == len(told)
    assert knowledge(FEW).tag == knowledge(some_posts(400.0, 1600.0)).tag
