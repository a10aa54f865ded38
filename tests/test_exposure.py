"""First exposure of checkpoints."""

import itertools

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from corridors.errors import LayerError
from corridors.exposure import (
    checkpoint_exposure,
    nearest_support,
    support_hours,
    travellers_met,
)
from corridors.flow import Passages, SampledPaths, Travellers
from corridors.movement import arc_hours
from corridors.scenario.model import Weather
from tests.worlds import CRS, graph_of, grid_of, lines, points, scenario_of, terrain_of


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


def exposed(weather: Weather, **columns: object) -> pd.Series:
    post = points((10_000, 2750), range_m=4000.0, **columns)
    paths = lines([(0, 250), (20_000, 250)], [(0, 9250), (20_000, 9250)])
    paths["share"] = [0.6, 0.4]
    incidents = points((10_000, 3000), (10_000, 90_000), location_precision_m=[0.0, 0.0])
    result = checkpoint_exposure(
        post,
        paths=paths,
        passages=passages_of((70, 39), (30, 21)),  # rows at 250 and at 9,250 m
        incidents=incidents,
        weather=weather,
        incident_radius_m=10_000,
    )
    return result.iloc[0]


def test_a_post_meets_the_transits_within_its_range() -> None:
    # It is 2,500 m from the near way and 6,500 m from the far one.
    post = exposed(Weather())
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
    result = checkpoint_exposure(
        post,
        paths=paths,
        passages=passages_of((1, 0)),
        incidents=incidents,
        weather=Weather(),
        incident_radius_m=10_000,
    ).iloc[0]
    assert (result["incidents_expected"], result["incidents_documented_expected"]) == (3, 1)


def test_fog_takes_a_post_its_range() -> None:
    post = exposed(Weather(visibility_km=1))
    assert post["range_now_m"] == 1000
    assert post["transit_share"] == post["transit_share_low"] == 0
    assert 0 < post["transit_share_high"] < 0.05


def test_visibility_0_leaves_no_range() -> None:
    post = exposed(Weather(visibility_km=0))
    assert post["range_now_m"] == 0
    assert post["transit_share"] == 0


def test_an_event_without_a_place_counts_as_much_as_its_disc_is_near() -> None:
    post = points((0, 0), range_m=1000.0)
    paths = gpd.GeoDataFrame({"share": []}, geometry=[], crs=CRS)
    incidents = points((0, 0), location_precision_m=[20_000.0])
    result = checkpoint_exposure(
        post,
        paths=paths,
        passages=passages_of((1, 0)),
        incidents=incidents,
        weather=Weather(),
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
    result = checkpoint_exposure(
        points((0, 0), range_m=1000.0),
        paths=gpd.GeoDataFrame({"share": []}, geometry=[], crs=CRS),
        passages=passages_of((1, 0)),
        incidents=points(location_precision_m=[]),
        weather=Weather(),
        incident_radius_m=5000,
        near={
            "places": points((1000, 0), (0, 4000), (9000, 0), population=[500.0, None, 70.0]),
            "borders": lines([(-20_000, 3000), (20_000, 3000)]),
        },
    ).iloc[0]
    assert (result["people"], result["places_population_unknown"]) == (500, 1)
    assert result["border_km"] == pytest.approx(8.0, rel=0.01)


def test_travellers_are_met_by_those_within_whose_range_their_way_comes() -> None:
    passages = passages_of((2, 39), (1, 21))
    places = np.array([shapely.Point(5000, 1250), shapely.Point(5000, 4750)])
    found = travellers_met(passages, places, np.array([1000.0, 4600.0]))
    assert found.tolist() == [[True, True], [True, True], [False, True]]
    shares = passages.within(places, np.array([1000.0, 4600.0])).share
    np.testing.assert_allclose(found.mean(axis=0), shares)


def test_inputs_are_not_changed() -> None:
    post = points((0, 0), range_m=1000.0)
    before = post.copy()
    exposed(Weather())
    pd.testing.assert_frame_equal(pd.DataFrame(post), pd.DataFrame(before))
    assert shapely.equals(post.geometry.iloc[0], before.geometry.iloc[0])
