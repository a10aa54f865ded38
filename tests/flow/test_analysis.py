"""The flow of a tiny world as a whole: what it tells, what it refuses, and when it stops."""

from typing import Any

import geopandas as gpd
import numpy as np
import pytest
from numpy.typing import NDArray

from corridors.border import border_stretches
from corridors.errors import ScenarioError, UnreachableError
from corridors.flow import Demand, Flow, transit_flow
from corridors.movement import MovementGraph
from corridors.scenario.model import Flow as FlowSettings
from tests.worlds import graph_of, grid_of, hours_of, lines, terrain_of, walled_world

PROFILES = [
    {"name": "on_foot", "share": 0.7, "mode": "foot"},
    {"name": "slow", "share": 0.3, "mode": "foot", "off_road_factor": 0.3},
]
DELAYS = {"on_foot": "impassable", "slow": "impassable"}
WALL = [{"name": "wall", "file": "none", "delay_minutes": DELAYS}]
ENDS = [np.array([380 + 4]), np.array([380 + 15])]
STARTS = [np.array([2, 3]), np.array([16])]


def settings_of(**keys: Any) -> FlowSettings:
    usual = {"travellers": 120, "detour": 0.1, "perception_km": 0.5, "smoothing_m": 200.0}
    return FlowSettings(**{**usual, "smallest_km2": 0.02, **keys})


def flow_of(
    world: tuple[MovementGraph, gpd.GeoDataFrame],
    settings: FlowSettings,
    *,
    demand: Demand | None = None,
    **more: Any,
) -> Flow:
    graph, wall = world
    shares = np.einsum("i,j,k->ijk", [0.6, 0.4], [0.3, 0.7], [0.7, 0.3])
    return transit_flow(
        graph,
        hours_of(graph, profiles=PROFILES, barriers=WALL),
        demand or Demand(STARTS, ENDS, shares),
        settings,
        borders=wall,
        stretches=border_stretches(wall, length_m=400.0),
        names=(["north-west", "north-east"], ["south-west", "south-east"]),
        **{"seed": 5, "called": "mine", **more},
    )


@pytest.fixture(scope="module")
def flow() -> Flow:
    return flow_of(walled_world(530.0, 1430.0), settings_of())


def test_shares_of_the_border_sum_to_one_in_every_way(flow: Flow) -> None:
    stretches = flow.stretches
    assert stretches["share"].sum() == pytest.approx(1, abs=1e-12)
    of_profiles = stretches["share_on_foot"] + stretches["share_slow"]
    np.testing.assert_allclose(of_profiles, stretches["share"])
    np.testing.assert_allclose(stretches["gate_share"], stretches["share"])
    assert (stretches["share_low"] <= stretches["share"]).all()
    assert (stretches["share"] <= stretches["share_high"]).all()
    assert flow.crossed.share.tolist() == [1]
    # The gates are in the second and in the fourth of five.
    np.testing.assert_allclose(stretches["share"][[1, 3]], flow.gates.share)
    assert stretches["share"][[0, 2, 4]].sum() == 0


def test_the_detour_is_told_with_an_interval(flow: Flow) -> None:
    estimate, low, high = flow.detour
    assert estimate == pytest.approx(0.1, rel=0.05)
    assert low < estimate < high
    assert estimate == pytest.approx(flow.paths.detour.mean())


def test_the_table_of_journeys_is_made_of_its_travellers(flow: Flow) -> None:
    table = flow.journeys
    assert len(table) == 8
    assert table["travellers"].sum() == 120
    assert table["share"].sum() == pytest.approx(1)
    km = flow.passages.km()
    for row in table.itertuples():
        mine = (
            (flow.travellers.origin == ["north-west", "north-east"].index(row.origin))
            & (flow.paths.destination == ["south-west", "south-east"].index(row.destination))
            & (flow.travellers.profile == ["on_foot", "slow"].index(row.profile))
        )
        assert mine.sum() == row.travellers
        hours, least = flow.paths.hours[mine], flow.paths.least_hours[mine]
        assert row.hours == pytest.approx(hours.mean())
        assert row.least_hours == pytest.approx(least.mean())
        assert row.detour == pytest.approx((hours / least - 1).mean())
        assert row.hours_p90 == pytest.approx(np.quantile(hours, 0.9))
        assert row.km == pytest.approx(km[mine].mean())
        assert row.km_p10 == pytest.approx(np.quantile(km[mine], 0.1))
        assert row.hours_p10 <= row.hours_p50 <= row.hours_p90
    shares = table.groupby("profile")["share"].sum()
    assert shares["on_foot"] == pytest.approx(0.7, abs=0.02)
    slow = table[(table.origin == "north-west") & (table.destination == "south-west")]
    times = slow.set_index("profile")["least_hours"]
    assert times["slow"] == pytest.approx(2 * times["on_foot"], rel=0.02)


def test_the_journey_is_spread_over_the_ground_and_its_bands(flow: Flow) -> None:
    km2 = 0.1**2
    assert flow.density.sum() * km2 == pytest.approx(flow.cells.metres.sum())
    assert flow.cells.metres.sum() == pytest.approx(flow.passages.km().mean() * 1000)
    assert flow.bands["share"].tolist() == [0.5, 0.8, 0.95]
    assert flow.bands.geometry.is_valid.all()


def test_convergence_has_a_row_for_each_batch(flow: Flow) -> None:
    table = flow.convergence
    assert table["travellers"].tolist() == [100, 120]
    assert np.isnan(table["moved"][0])
    assert 0 <= table["moved"][1] < 0.2
    widest = ((flow.stretches["share_high"] - flow.stretches["share_low"]) / 2).max()
    assert table["widest_half_interval"].iloc[-1] == pytest.approx(widest)
    assert not flow.stopped_early


def assert_same(one: Flow, other: Flow) -> None:
    assert one.sigma == other.sigma
    np.testing.assert_array_equal(one.paths.arcs, other.paths.arcs)
    np.testing.assert_array_equal(one.density, other.density)
    for name in ("stretches", "journeys", "convergence"):
        ours, theirs = getattr(one, name), getattr(other, name)
        assert ours.drop(columns="geometry", errors="ignore").equals(
            theirs.drop(columns="geometry", errors="ignore")
        )


@pytest.mark.parametrize("workers", [1, 3])
def test_it_is_the_same_to_the_bit_whoever_works(flow: Flow, workers: int) -> None:
    assert_same(flow_of(walled_world(530.0, 1430.0), settings_of(), workers=workers), flow)


def test_another_seed_is_another_flow(flow: Flow) -> None:
    other = flow_of(walled_world(530.0, 1430.0), settings_of(), seed=6)
    assert len(other.paths.arcs) != len(flow.paths.arcs)
    assert other.stretches["share"].sum() == pytest.approx(1)


def test_precision_stops_once_it_is_reached() -> None:
    world = walled_world(530.0, 1430.0)
    flow = flow_of(world, settings_of(travellers=2000, precision=0.06))
    assert flow.stopped_early
    assert 200 <= len(flow.paths) < 2000
    half = (flow.stretches["share_high"] - flow.stretches["share_low"]) / 2
    assert half.max() <= 0.06
    assert flow.convergence["travellers"].tolist() == list(range(100, len(flow.paths) + 1, 100))
    before = flow.convergence.iloc[:-1]
    enough = before["travellers"] >= 200
    assert (before["widest_half_interval"][enough] > 0.06).all()
    assert len(flow.travellers) == len(flow.paths) == flow.passages.count


def test_precision_that_is_out_of_reach_solves_all() -> None:
    flow = flow_of(walled_world(530.0, 1430.0), settings_of(travellers=250, precision=0.001))
    assert not flow.stopped_early
    assert len(flow.paths) == 250


@pytest.mark.parametrize("perception_km", [0.05, 2.5])
def test_a_length_below_the_cell_or_beyond_the_area_is_refused(perception_km: float) -> None:
    with pytest.raises(ScenarioError, match=r"perception_km.*0\.1 km.*2 km"):
        flow_of(walled_world(530.0), settings_of(perception_km=perception_km))


@pytest.mark.parametrize("perception_km", [0.1, 2.0])
def test_a_length_of_the_cell_or_of_the_area_will_do(perception_km: float) -> None:
    flow = flow_of(walled_world(530.0), settings_of(perception_km=perception_km, detour=0.02))
    assert flow.stretches["share"].max() == 1


def test_a_detour_that_cannot_be_is_refused() -> None:
    with pytest.raises(ScenarioError, match=r"mine: flow\.detour = 8 .*at most"):
        flow_of(walled_world(530.0), settings_of(detour=8))


def test_where_nobody_arrives_it_is_said() -> None:
    with pytest.raises(UnreachableError, match="mine: none of"):
        flow_of(walled_world(530.0, open=[False]), settings_of())


def test_those_who_choose_freely_mostly_go_to_the_near_end() -> None:
    shares = np.einsum("i,j,k->ijk", [0.6, 0.4], [0.3, 0.7], [0.7, 0.3])
    flow = flow_of(
        walled_world(530.0, 1430.0),
        settings_of(detour=0.03),
        demand=Demand(STARTS, ENDS, shares, free_choice=True),
    )
    near = flow.paths.destination == flow.travellers.origin
    assert 0.8 < near.mean() <= 1
    assert set(flow.journeys["destination"]) <= {"south-west", "south-east"}


def test_without_a_border_there_is_a_flow_and_nobody_crosses() -> None:
    nothing = lines()
    graph = graph_of(terrain_of(grid_of()), borders=nothing)
    flow = flow_of((graph, nothing), settings_of())
    assert len(flow.stretches) == 0
    assert flow.crossed.share.tolist() == [0]
    assert len(flow.paths) == 120


def shares_by_road(roads: list[list[tuple[float, float]]]) -> tuple[Flow, NDArray[np.float64]]:
    wall = lines([(0.0, 1000.0), (2000.0, 1000.0)])
    graph = graph_of(terrain_of(grid_of()), roads=lines(*roads), borders=wall, barriers={})
    flow = flow_of((graph, wall), settings_of())
    return flow, flow.cells.share


ROADS = [
    [(150.0, 1950.0), (250.0, 1450.0), (350.0, 1350.0)],
    [(350.0, 1350.0), (950.0, 1150.0), (1650.0, 1750.0)],
    [(350.0, 1350.0), (350.0, 1100.0)],
    [(450.0, 850.0), (450.0, 50.0), (1550.0, 50.0)],
]


def test_how_roads_are_cut_and_numbered_changes_nothing() -> None:
    plain, cells = shares_by_road(ROADS)
    cut = [ROADS[0][::-1], ROADS[3][1:], ROADS[3][:2], ROADS[2], ROADS[1]]
    other, cells_of_other = shares_by_road(cut)
    assert other.sigma == pytest.approx(plain.sigma, rel=1e-9)
    np.testing.assert_allclose(other.paths.hours, plain.paths.hours, rtol=1e-9)
    np.testing.assert_allclose(cells_of_other, cells, atol=1e-9)
    np.testing.assert_allclose(other.stretches["share"], plain.stretches["share"], atol=1e-9)
    assert plain.edges.share.max() > 0.3


def test_a_table_says_who_goes_where() -> None:
    table = np.array([[0.0, 0.5], [0.3, 0.2]])
    demand = Demand(STARTS, ENDS, table[:, :, None] * [1.0, 0.0])
    flow = flow_of(walled_world(530.0, 1430.0), settings_of(), demand=demand)
    pairs = flow.journeys.groupby(["origin", "destination"])["share"].sum()
    assert ("north-west", "south-west") not in pairs
    assert pairs["north-west", "south-east"] == pytest.approx(0.5, abs=0.02)
    assert pairs["north-east", "south-west"] == pytest.approx(0.3, abs=0.02)
    assert set(flow.journeys["profile"]) == {"on_foot"}
    assert flow.stretches["share_slow"].sum() == 0


def test_a_demand_of_another_grid_or_other_profiles_is_refused() -> None:
    world, shares = walled_world(530.0), np.full((1, 1, 2), 0.5)
    with pytest.raises(ValueError, match="stands on cell 400, and the grid has 400"):
        flow_of(world, settings_of(), demand=Demand([np.array([2])], [np.array([400])], shares))
    with pytest.raises(ValueError, match="shares of 1 profiles, and there are hours of 2: on_foot"):
        flow_of(world, settings_of(), demand=Demand(STARTS[:1], ENDS[:1], np.ones((1, 1, 1))))
    with pytest.raises(ValueError, match=r"sigma is -1.0; give"):
        flow_of(world, settings_of(), sigma=-1.0)


@pytest.mark.parametrize("seed", [2**63, 2**70, -(2**63) - 1, 1.5, "1"])
def test_a_seed_that_is_none_is_refused(seed: Any) -> None:
    with pytest.raises(ValueError, match=r"seed is .*give a whole number"):
        flow_of(walled_world(530.0), settings_of(), seed=seed)


@pytest.mark.parametrize("workers", [0, -1, 1.5])
def test_fewer_than_one_worker_is_refused(workers: Any) -> None:
    with pytest.raises(ValueError, match=r"workers is .*1 or more"):
        flow_of(walled_world(530.0), settings_of(), workers=workers)
