"""Patrols, burden, bases and the support network, by hand and against every choice."""

from itertools import combinations

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
import shapely
from numpy.typing import NDArray

from corridors.errors import InputError, ScenarioError
from corridors.interdiction import connected_pairs
from corridors.reinforcement.bases import losses_of_bases
from corridors.reinforcement.burden import held_up, traffic_hours
from corridors.reinforcement.made import along_border, at_gates, at_junctions, high_ground, on_roads
from corridors.reinforcement.patrols import patrol_routes, schedule_of
from corridors.reinforcement.support import Hubs, weighed_hubs
from corridors.scenario.reinforcement import Made
from tests.reinforcement.test_reply import places, replies_of
from tests.undetected.worlds import small_world
from tests.worlds import (
    CRS,
    at_speed,
    graph_of,
    grid_of,
    lines,
    network_of,
    points,
    terrain_of,
    walled_world,
)

FloatArray = NDArray[np.float64]


@pytest.mark.parametrize("seed", range(5))
def test_teams_that_are_everywhere_in_turn_do_better_than_any_that_stay(seed: int) -> None:
    found = replies_of(small_world(seed), None, places(seed, 6))
    hazard, seen = found.seen
    plan = patrol_routes(found, 6, teams=2, seconds=20.0)

    def worth(cover: FloatArray) -> float:
        met = hazard + seen @ cover
        names, who = np.unique(found.stratum, return_inverse=True)
        least = [met[who == n].min() for n in range(len(names))]
        return float(np.bincount(who) / len(who) @ least)

    assert plan.cover.sum() <= 2 + 1e-9
    assert plan.value == pytest.approx(worth(plan.cover), abs=1e-7)
    for pair in combinations(range(6), 2):
        assert worth(np.isin(np.arange(6), pair).astype(float)) <= plan.value + 1e-7
    names = [f"place {n}" for n in range(6)]
    days = schedule_of(plan, names, days=400, seed=7)
    assert (days["places"].map(len) <= 2).all()
    often = [sum(name in day for day in days["places"]) / 400 for name in names]
    np.testing.assert_allclose(often, plan.cover, atol=0.09)


def test_as_many_teams_as_places_is_no_question() -> None:
    found = replies_of(small_world(), None, places(1, 3))
    with pytest.raises(InputError, match="3 teams for 3 places"):
        patrol_routes(found, 3, teams=3, seconds=9.0)


def test_the_loss_of_bases_is_that_of_every_choice() -> None:
    rng = np.random.default_rng(3)
    for _ in range(12):
        hours, hold = rng.uniform(0, 6, (7, 5)), rng.uniform(1, 4, 7)
        names = list("ABCDE")
        table, told = losses_of_bases(hours, hold, names, lost=2, seconds=20.0)
        late = hours > hold[:, None]

        def alone(gone: tuple[int, ...], late: NDArray[np.bool_] = late) -> int:
            return int(np.delete(late, gone, axis=1).all(axis=1).sum())

        most = max(alone(gone) for gone in combinations(range(5), 2))
        now = alone(())
        chosen = tuple(np.flatnonzero(table["among_worst"]))
        assert alone(chosen) == most
        assert table["alone_more"].tolist() == [alone((base,)) - now for base in range(5)]
        assert ("no base leaves" in told) == (most == now)


def test_hubs_are_weighed_by_what_passes_and_what_their_loss_breaks() -> None:
    layer = gpd.GeoDataFrame(
        {"id": list("abcde"), "name": ["A", "B", "C", "D", None]},
        geometry=[shapely.Point(x, 0) for x in range(5)],
        crs=CRS,
    )
    links = np.array([[0, 1], [1, 2], [2, 3], [2, 4]])
    hubs = Hubs(layer, links, np.ones(4), ((0, 1, 2, 3), (1, 2, 4), (3,), ()))
    found, told = weighed_hubs(hubs, remove=1, removed=["B"], seconds=9.0)
    assert found["passed"].tolist() == [0.25, 0.5, 0.5, 0.5, 0.25]
    assert found["betweenness"].tolist() == [0.0, 0.25, 0.5, 0.0, 0.0]
    assert found["critical"].tolist() == [False, False, True, False, False]
    graph = nx.Graph(links.tolist())
    for hub, left in enumerate(found["pairs_without"]):
        rest = graph.subgraph(set(range(5)) - {hub})
        pairs = sum(len(part) * (len(part) - 1) // 2 for part in nx.connected_components(rest))
        assert left == pairs
    assert "the loss of B left 3 of 10 pairs" in told[1]
    assert connected_pairs(5, links, [1]) == 3
    with pytest.raises(ScenarioError, match="removed names 'Z', which is no hub"):
        weighed_hubs(hubs, remove=1, removed=["Z"], seconds=9.0)
    with pytest.raises(ScenarioError, match="only 5 hubs"):
        weighed_hubs(hubs, remove=6, removed=[], seconds=9.0)


def test_a_post_at_a_gate_holds_up_who_goes_through_it_once() -> None:
    graph, _ = walled_world(500.0)
    post = points((520.0, 1000.0), kind="watch_post", source="gate")
    arcs, part = held_up(graph, post)
    hours = np.where(np.isfinite(at_speed(graph, 5.0)), at_speed(graph, 5.0), np.inf)
    for cuts in graph.cuts:
        hours[cuts.arcs] = np.inf
    later = hours.copy()
    np.add.at(later, arcs, part * 0.5)
    sites = points((450.0, 450.0), (450.0, 1550.0), (950.0, 450.0))
    before, after = (traffic_hours(graph, one, sites) for one in (hours, later))
    assert np.isfinite(before).all()
    np.testing.assert_allclose((after - before)[0], [0.0, 0.5, 0.0], atol=1e-9)
    beside = points((520.0, 1000.0), kind="watch_post", source="border")
    assert not len(held_up(graph, beside)[0])


def test_places_behind_the_border_lie_on_the_destinations_side() -> None:
    border = lines([(0.0, 0.0), (10_000.0, 0.0)])
    made = Made(border_km=2.0, border_offset_m=300.0)
    for y in (5000.0, -5000.0):
        found = list(along_border(border, made, np.array([shapely.Point(5000.0, y)])))
        assert [name for name, _ in found] == [f"border line-0 {n}" for n in range(1, 6)]
        xy = shapely.get_coordinates([place for _, place in found])
        np.testing.assert_allclose(xy[:, 0], np.arange(1000.0, 10_000.0, 2000.0))
        np.testing.assert_allclose(xy[:, 1], np.sign(y) * 300.0)
    with pytest.raises(ScenarioError, match="names 'x'"):
        list(along_border(border, Made(border_km=1.0, borders=["x"]), np.array([])))


def test_places_on_roads_at_junctions_and_gates() -> None:
    roads = lines([(0.0, 0.0), (9000.0, 0.0)], [(3000.0, 0.0), (3000.0, 4000.0)])
    network = network_of(roads, lines(), points(), 300.0)
    placed = [place for _, place in on_roads(network, 2.0)]
    # Pieces of 3, 6 and 4 km: two (1.5 rounds to 2), three and two places.
    assert len(placed) == 7
    assert [place.coords[0] for _, place in at_junctions(network)] == [(3000.0, 0.0)]
    assert [name for name, _ in at_gates(points((0.0, 0.0), name=[None]))] == ["gate p-0"]


def test_summits_are_found_where_most_is_seen() -> None:
    grid = grid_of(40, 40)
    x, y = grid.centres()
    hill = 80 * np.exp(-((x - 1050) ** 2 + (y - 2950) ** 2) / 2 / 500**2)
    knoll = 20 * np.exp(-((x - 3050) ** 2 + (y - 950) ** 2) / 2 / 250**2)
    terrain = terrain_of(grid, (hill + knoll).reshape(40, 40))
    found = list(high_ground(terrain, 2, range_m=1500.0, height_m=3.0, near=None))
    assert [name for name, _ in found] == ["height 1", "height 2"]
    assert {place.coords[0] for _, place in found} == {(1050.0, 2950.0), (3050.0, 950.0)}
    only = shapely.box(0, 0, 4000, 1500)
    here = list(high_ground(terrain, 2, range_m=1500.0, height_m=3.0, near=only))
    assert here[0][1].coords[0] == (3050.0, 950.0)


def test_the_graph_of_a_level_world_is_untouched_by_no_posts() -> None:
    graph = graph_of(terrain_of(grid_of(5, 5)))
    arcs, part = held_up(graph, points(kind=[], source=[]))
    assert not len(arcs)
    assert not len(part)
