"""First exposure of checkpoints."""

import itertools

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from corridors.errors import InputError, LayerError
from corridors.exposure import (
    checkpoint_exposure,
    nearest_support,
    support_hours,
)
from corridors.flow import Passages, SampledPaths, Travellers
from corridors.flow.finder import PathFinder
from corridors.flow.sampling import Sampler
from corridors.flow.travellers import Demand, draw_travellers
from corridors.movement import arc_hours
from tests.worlds import CRS, graph_of, grid_of, lines, points, scenario_of, seen_by, terrain_of


def passages_of(*paths: tuple[int, int]) -> Passages:
    """Return travellers who go straight from west to east: how many, and in which row of cells."""
    graph = graph_of(terrain_of(grid_of(40, 40, cell_m=500.0)))
    arcs, kind = [], []
    for number, (count, row) in enumerate(paths):
        cells = np.arange(row * 40, row * 40 + 40)
        ids = [
            int(np.flatnonzero((graph.tails == a) & (graph.heads == b))[0])
            for a, b in itertools.pairwise(cells)
        ]
        arcs += [ids] * count
        kind += [number] * count
    total = len(arcs)
    some = np.zeros(total, np.int64)
    travellers = Travellers(some, some, some, some, some.astype(np.uint64), np.array(kind, int))
    sampled = SampledPaths(
        np.concatenate([*arcs, np.empty(0)]).astype(np.int32),
        np.concatenate([[0], np.cumsum([len(ids) for ids in arcs])]).astype(np.int64),
        some,
        np.ones(total),
        np.ones(total),
    )
    return Passages(graph, travellers, sampled, level=0.9)


def exposed(**weather: float) -> pd.Series:
    post = points((10_000, 2750), range_m=4000.0)
    paths = lines([(0, 250), (20_000, 250)], [(0, 9250), (20_000, 9250)])
    paths["share"] = [0.6, 0.4]
    incidents = points((10_000, 3000), (10_000, 90_000), location_precision_m=[0.0, 0.0])
    passages = passages_of((70, 39), (30, 21))  # rows at 250 and at 9,250 m
    result = checkpoint_exposure(
        post,
        paths=paths,
        passages=passages,
        detection=seen_by(passages.graph, post, **weather),
        incidents=incidents,
        incident_radius_m=10_000,
    )
    return result.iloc[0]


def test_a_post_meets_the_transits_within_its_range() -> None:
    # It is 2,500 m from the near way and 6,500 m from the far one.
    post = exposed()
    assert post["transit_share"] == pytest.approx(0.7)
    assert post["transit_share_low"] < 0.7 < post["transit_share_high"]
    assert (post["paths"], post["least_cost_share"]) == (1, pytest.approx(0.6))
    assert post["incidents_expected"] == pytest.approx(1)


def test_synthetic_incidents_near_a_post_are_counted_apart() -> None:
    post = points((0, 2500), range_m=4000.0)
    paths = gpd.GeoDataFrame({"share": []}, geometry=[], crs=CRS)
    incidents = points(
        (0, 3000), (0, 4000), (0, 5000), location_precision_m=0.0, synthetic=[True, False, True]
    )
    passages = passages_of((1, 0))
    result = checkpoint_exposure(
        post,
        paths=paths,
        passages=passages,
        detection=seen_by(passages.graph, post),
        incidents=incidents,
        incident_radius_m=10_000,
    ).iloc[0]
    assert (result["incidents_expected"], result["incidents_documented_expected"]) == (3, 1)


def test_fog_takes_a_post_its_range() -> None:
    post = exposed(visibility_km=1)
    assert post["range_now_m"] == 1000
    assert post["transit_share"] == post["transit_share_low"] == 0
    assert 0 < post["transit_share_high"] < 0.05


def test_visibility_0_leaves_no_range() -> None:
    post = exposed(visibility_km=0)
    assert post["range_now_m"] == 0
    assert post["transit_share"] == 0


def test_in_fog_a_road_post_still_meets_who_takes_its_road() -> None:
    road = lines([(0, 250), (20_000, 250)])
    graph = graph_of(terrain_of(grid_of(40, 40, cell_m=500.0)), roads=road)
    car = {"name": "car", "share": 1, "mode": "vehicle", "off_road_kmh": 0.1}
    scenario = scenario_of(profiles=[{**car, "road_kmh": {"other": 50}}])
    finder = PathFinder(
        graph, {"car": arc_hours(graph, scenario.profiles[0], scenario)}, length_m=2e3, road_ratio=1
    )
    start, end = np.array([39 * 40]), np.array([39 * 40 + 39])
    demand = Demand([start], [end], np.ones((1, 1, 1)))
    travellers = draw_travellers(demand, 5, seed=1)
    sampled = Sampler(finder, demand, ["car"]).solve(travellers, sigma=0.0)
    passages = Passages(graph, travellers, sampled, level=0.9)
    post = points((10_000, 250), (10_000, 250), range_m=4000.0)
    post["kind"] = ["road_post", "watch_post"]
    post["probability"] = 0.5
    # One takes the road, and one goes over it where the post is, through the middle of an arc.
    paths = lines(
        [(0, 250), (20_000, 250)], [(9800, 0), (10_200, 500)], [(10_000, 0), (10_000, 500)]
    )
    paths["share"] = [1.0, 0.0, 0.0]
    result = checkpoint_exposure(
        post,
        paths=paths,
        passages=passages,
        detection=seen_by(graph, post, visibility_km=0),
        incidents=points(location_precision_m=[]),
        incident_radius_m=1000,
    )
    assert result["range_now_m"].tolist() == [0, 0]
    assert result["transit_share"].tolist() == [1, 0]
    assert result["least_cost_share"].tolist() == [1, 0]
    assert result["paths"].tolist() == [1, 0]


def test_an_event_without_a_place_counts_as_much_as_its_disc_is_near() -> None:
    post = points((0, 0), range_m=1000.0)
    paths = gpd.GeoDataFrame({"share": []}, geometry=[], crs=CRS)
    incidents = points((0, 0), location_precision_m=[20_000.0])
    passages = passages_of((1, 0))
    result = checkpoint_exposure(
        post,
        paths=paths,
        passages=passages,
        detection=seen_by(passages.graph, post),
        incidents=incidents,
        incident_radius_m=10_000,
    ).iloc[0]
    assert result["incidents_expected"] == pytest.approx(0.25, rel=0.01)
    assert (result["incidents_low"], result["incidents_high"]) == (0, 1)


def test_help_comes_from_the_nearest_base_that_can_reach_the_post() -> None:
    border = lines([(-500, 1013), (2500, 1013)], ids="border")
    graph = graph_of(terrain_of(grid_of()), borders=border)
    wall = {"name": "wall", "file": "none", "delay_minutes": {"on_foot": "impassable"}}
    scenario = scenario_of(barriers=[wall])
    hours = support_hours(
        graph,
        arc_hours(graph, scenario.profiles[0], scenario),
        bases=points((50, 50), (1950, 50)),
        checkpoints=points((950, 50), (1450, 50), (1450, 1950)),
        borders=border,
    )
    kmh = 6 * np.exp(-3.5 * 0.05) * 0.6
    np.testing.assert_allclose(hours["p-0"], [0.9 / kmh, 1.4 / kmh, np.inf])
    near = nearest_support(hours)
    assert near["name"].tolist() == ["p-0", "p-1", None]
    np.testing.assert_allclose(near["hours"], [0.9 / kmh, 0.5 / kmh, np.inf])


def test_who_has_to_make_ready_comes_so_much_later() -> None:
    graph = graph_of(terrain_of(grid_of()))
    scenario = scenario_of()
    hours, later = (
        support_hours(
            graph,
            arc_hours(graph, scenario.profiles[0], scenario),
            bases=points((50, 50), (50, 1950), **columns),
            checkpoints=points((950, 50)),
            borders=lines(),
        )
        for columns in ({}, {"readiness_minutes": [30, None]})
    )
    np.testing.assert_allclose(later["p-0"], hours["p-0"] + 0.5)
    np.testing.assert_allclose(later["p-1"], hours["p-1"])


@pytest.mark.parametrize("wrong", [-5, "soon", np.inf])
def test_a_readiness_that_is_no_time_is_refused(wrong: object) -> None:
    graph = graph_of(terrain_of(grid_of()))
    with pytest.raises(LayerError, match=r"layer 'bases', row 1: readiness_minutes is"):
        support_hours(
            graph,
            np.ones(graph.arc_count),
            bases=points(
                (50, 50), (50, 1950), readiness_minutes=pd.Series([1, wrong], dtype=object)
            ),
            checkpoints=points((950, 50)),
            borders=lines(),
        )


def test_people_and_border_near_a_post_are_counted() -> None:
    post, passages = points((0, 0), range_m=1000.0), passages_of((1, 0))
    result = checkpoint_exposure(
        post,
        paths=gpd.GeoDataFrame({"share": []}, geometry=[], crs=CRS),
        passages=passages,
        detection=seen_by(passages.graph, post),
        incidents=points(location_precision_m=[]),
        incident_radius_m=5000,
        near={
            "places": points((1000, 0), (0, 4000), (9000, 0), population=[500.0, None, 70.0]),
            "borders": lines([(-20_000, 3000), (20_000, 3000)]),
        },
    ).iloc[0]
    assert (result["people"], result["places_population_unknown"]) == (500, 1)
    assert result["border_km"] == pytest.approx(8.0, rel=0.01)


def test_posts_that_are_not_those_of_the_detection_are_refused() -> None:
    passages = passages_of((1, 0))
    seen = seen_by(passages.graph, points((0, 0), (5000, 0), range_m=1000.0))
    with pytest.raises(InputError, match="not the first sensors of the detection"):
        checkpoint_exposure(
            points((5000, 0), range_m=1000.0).assign(id="other"),
            paths=gpd.GeoDataFrame({"share": []}, geometry=[], crs=CRS),
            passages=passages,
            detection=seen,
            incidents=points(location_precision_m=[]),
            incident_radius_m=1000,
        )


def test_inputs_are_not_changed() -> None:
    post = points((0, 0), range_m=1000.0)
    before = post.copy()
    exposed()
    pd.testing.assert_frame_equal(pd.DataFrame(post), pd.DataFrame(before))
    assert shapely.equals(post.geometry.iloc[0], before.geometry.iloc[0])
