"""A member is drawn from the seed and its number alone."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import shapely

from corridors.ensemble.change import (
    attack_chance,
    drawn_incidents,
    elevation_error,
    isolated,
    risen,
    surroundings,
)
from corridors.ensemble.draws import Draws, drawn_inputs
from corridors.ensemble.member import Member, as_given, calibrated, member_of
from corridors.ensemble.plan import Plan, plan_of
from corridors.study import Ground, study_flow, study_graph, study_undetected
from corridors.study.risk import study_risk
from corridors.study.support import study_support
from tests.ensemble.conftest import UNCERTAIN
from tests.worlds import grid_of

Tiny = Callable[..., Ground]


def same(one: Member, other: Member) -> bool:
    pairs = zip(one.arrays().values(), other.arrays().values(), strict=True)
    return all(np.array_equal(a, b, equal_nan=True) for a, b in pairs)


@pytest.fixture(scope="module")
def plan(tiny: Tiny) -> Plan:
    return calibrated(plan_of(tiny(), 20), workers=1)


def drawn(plan: Plan, member: int | None):  # noqa: ANN201 what it is stands in its name
    draws = Draws(plan.scenario.seed, member)
    ids = plan.detection.sensors.id.tolist()
    return drawn_inputs(plan.scenario, ids, draws), draws


def test_with_nothing_drawn_hours_and_sensors_are_the_studys_own(tiny: Tiny, plan: Plan) -> None:
    around = surroundings(plan, *drawn(plan, None))
    for name, hours in tiny().hours.items():
        np.testing.assert_allclose(around.hours[name], hours, rtol=1e-12)
    assert around.detection is plan.detection


def test_the_study_as_given_is_that_of_corridors_run(tiny: Tiny) -> None:
    ground = tiny()
    scenario = ground.scenario
    few = scenario.flow.model_copy(update={"travellers": 20})
    ground = Ground(**{**vars(ground), "scenario": scenario.model_copy(update={"flow": few})})
    flow = study_flow(ground)
    given = as_given(calibrated(plan_of(ground, 20)))
    np.testing.assert_allclose(given.border.share, flow.stretches["share"])
    np.testing.assert_allclose(given.border.high, flow.stretches["share_high"])
    assert given.undetected.share == pytest.approx(study_undetected(ground, flow).share)
    np.testing.assert_allclose(given.found.density, flow.density, rtol=1e-6)


def test_the_index_as_given_is_that_of_corridors_run(tiny: Tiny) -> None:
    ground = tiny()
    few = ground.scenario.flow.model_copy(update={"travellers": 20})
    ground = Ground(
        **{**vars(ground), "scenario": ground.scenario.model_copy(update={"flow": few})}
    )
    flow = study_flow(ground)
    risk = study_risk(ground, flow, study_undetected(ground, flow), study_support(ground), draws=5)
    given = as_given(calibrated(plan_of(ground, 20))).found
    for name in ("attack_chance", "isolation", "exposure_index"):
        np.testing.assert_allclose(getattr(given, name), risk.posts[name], rtol=1e-9)
    assert (given.exposure_index > 0).any()


def test_rates_and_support_that_are_drawn_mean_what_they_are_as_given(tiny: Tiny) -> None:
    plan = plan_of(tiny(attack_rates=True, support=True), 20)
    given, hours = Draws(plan.scenario.seed, None), np.full(3, 2.0)
    chance, alone = [], []
    for member in range(1500):
        draws = Draws(plan.scenario.seed, member)
        ours = drawn_inputs(plan.scenario, ["a", "b", "c"], draws)
        chance.append(attack_chance(plan, draws))
        alone.append(isolated(plan, ours.support * hours, draws))
    truth = attack_chance(plan, given)
    np.testing.assert_allclose(np.mean(chance, axis=0), truth, rtol=0.06)
    assert (np.std(chance, axis=0) > 0.3 * truth).all()
    np.testing.assert_allclose(np.mean(alone, axis=0), isolated(plan, hours, given), rtol=0.03)
    assert (np.std(alone, axis=0) > 0.05).all()


def test_rates_that_are_not_uncertain_are_the_same_in_every_member(tiny: Tiny) -> None:
    plan = plan_of(tiny(), 20)
    found = [attack_chance(plan, Draws(plan.scenario.seed, member)) for member in (None, 0, 1)]
    np.testing.assert_array_equal(found[0], found[1])
    np.testing.assert_array_equal(found[1], found[2])


def test_a_member_is_the_same_in_any_order_and_on_any_number_of_threads(plan: Plan) -> None:
    first = [member_of(plan, number) for number in (0, 1, 2)]
    again = [member_of(plan, number, workers=2) for number in (2, 0, 1)]
    assert same(first[0], again[1])
    assert same(first[1], again[2])
    assert same(first[2], again[0])
    assert not same(first[0], first[1])


def test_one_post_more_leaves_the_draws_of_the_others(plan: Plan) -> None:
    draws = Draws(plan.scenario.seed, 3)
    few, more = (drawn_inputs(plan.scenario, ids, draws) for ids in (["a", "c"], ["a", "b", "c"]))
    np.testing.assert_array_equal(few.ranges, more.ranges[[0, 2]])
    np.testing.assert_array_equal(few.logits, more.logits[[0, 2]])


def test_factors_have_the_deviation_that_was_asked_for_and_a_median_of_one() -> None:
    factors = np.array([Draws(5, member).factor("speed", 0.3) for member in range(4000)])
    assert np.median(factors) == pytest.approx(1.0, abs=0.02)
    assert factors.std() / factors.mean() == pytest.approx(0.3, abs=0.02)


def test_speed_delay_and_ground_factors_reach_the_hours_they_are_for(plan: Plan) -> None:
    ours, draws = drawn(plan, None)
    ours = replace(
        ours, speed={"walk": 2.0, "slow": 1.0}, off_road=0.5, barrier_delay={"berm": 3.0}
    )
    hours = surroundings(plan, ours, draws).hours
    cut = plan.graph.cuts[0].arcs
    free = np.setdiff1d(np.flatnonzero(np.isfinite(plan.moving["walk"])), cut)
    np.testing.assert_allclose(hours["walk"][free], plan.moving["walk"][free])
    np.testing.assert_allclose(hours["slow"][free], plan.moving["slow"][free] / 0.5)
    times = plan.graph.cuts[0].forth + plan.graph.cuts[0].back
    np.testing.assert_allclose(hours["walk"][cut] - plan.moving["walk"][cut], times * 1.0)
    np.testing.assert_allclose(hours["slow"][cut] - plan.moving["slow"][cut] / 0.5, times * 2.0)


def test_probabilities_alone_give_the_hazard_that_sensors_looked_at_anew_would(
    tiny: Tiny,
) -> None:
    plan = plan_of(tiny(probabilities=1.0), 20)
    ours, draws = drawn(plan, 4)
    assert (ours.logits != 0).all()
    quick = surroundings(plan, ours, draws).detection
    anew = surroundings(plan, replace(ours, ranges=np.full(3, 1 + 1e-12)), draws).detection
    hours = plan.moving["walk"]
    np.testing.assert_allclose(quick.hazard(hours), anew.hazard(hours), rtol=1e-6)
    p = plan.detection.sensors.probability
    odds = np.log(quick.sensors.probability / (1 - quick.sensors.probability))
    np.testing.assert_allclose(odds, np.log(p / (1 - p)) + ours.logits)


def test_ranges_grow_by_their_factors(plan: Plan) -> None:
    ours, draws = drawn(plan, 0)
    found = surroundings(plan, ours, draws).detection
    np.testing.assert_allclose(found.sensors.range_m, plan.detection.sensors.range_m * ours.ranges)


def test_other_heights_give_the_graph_that_would_be_built_on_them(tiny: Tiny) -> None:
    ground = tiny()
    error = 20 * elevation_error(ground.terrain.grid, np.uint64(3), length_m=1500)
    higher = replace(ground.terrain, elevation_m=ground.terrain.elevation_m + error)
    anew = study_graph(ground.scenario, ground.layers, higher, ground.network)
    found = risen(ground.graph, higher)
    np.testing.assert_array_equal(found.rise_m, anew.rise_m)
    assert np.nanstd(found.rise_m - ground.graph.rise_m) > 5


def test_the_error_of_heights_has_unit_variance_and_the_correlation_asked_for() -> None:
    field = elevation_error(grid_of(600, 600), np.uint64(9), length_m=430.0)
    assert field.std() == pytest.approx(1.0, abs=0.02)
    for cells in (2, 5, 9):
        found = np.mean(field[:, cells:] * field[:, :-cells])
        assert found == pytest.approx(np.exp(-((cells * 100 / 430) ** 2)), abs=0.05)


def test_the_error_of_heights_belongs_to_places_and_not_to_the_grid() -> None:
    whole = elevation_error(grid_of(40, 50), np.uint64(9), length_m=300.0)
    grid = replace(grid_of(20, 30), north=3000.0, west=1000.0)
    np.testing.assert_allclose(
        elevation_error(grid, np.uint64(9), length_m=300.0), whole[10:30, 10:40], atol=1e-12
    )


def test_events_lie_evenly_within_their_precision(tiny: Tiny) -> None:
    plan = plan_of(tiny(event_positions=True), 20)
    given = np.asarray(plan.incidents.geometry.array)
    assert drawn_incidents(plan, Draws(0, None)).tolist() == given.tolist()
    away = np.concatenate(
        [shapely.distance(drawn_incidents(plan, Draws(0, m)), given) for m in range(800)]
    )
    reach = plan.incidents["location_precision_m"].max()
    assert away.max() <= reach
    # Of a disc, half the area lies within 1 / sqrt(2) of its radius.
    assert (away < reach / np.sqrt(2)).mean() == pytest.approx(0.5, abs=0.03)


def test_a_detour_that_is_uncertain_makes_travellers_err_more_or_less(tiny: Tiny) -> None:
    plan = calibrated(plan_of(tiny(detour=0.5), 40))
    members = [member_of(plan, number) for number in range(8)]
    asked = np.array([member.told[0] for member in members])
    made = np.array([float(member.detour) for member in members])
    assert np.corrcoef(asked, made)[0, 1] > 0.95
    np.testing.assert_allclose(made, asked, rtol=0.3)


def test_inputs_are_told_by_name(tiny: Tiny) -> None:
    told = drawn(plan_of(tiny(), 20), 0)[0].told
    assert set(UNCERTAIN) == {name.split(":")[0] for name in told}
    assert {"speed: walk", "speed: slow", "barrier_delay: berm"} < set(told)
