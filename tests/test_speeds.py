"""Slope functions, against the values of R leastcostpath."""

import csv
import math
from pathlib import Path

import numpy as np
import pytest

from corridors.speeds import (
    LIMITED_SLOPE_FUNCTIONS,
    SLOPE_COSTS,
    SLOPE_FUNCTIONS,
    kondo_saino,
    wheeled,
)

CASES = Path(__file__).parent / "peer" / "data" / "leastcostpath" / "cost_functions.csv"
# Our name, the column of the peer, and what turns its unit into km/h.
SPEEDS = [
    ("tobler", "tobler", 3.6),
    ("tobler_off_path", "tobler offpath", 3.6),
    ("davey", "davey", 3.6),
    ("rees", "rees", 3.6),
    ("irmischer_clarke", "irmischer-clarke male", 3.6),
    ("irmischer_clarke_off_path", "irmischer-clarke offpath male", 3.6),
    ("irmischer_clarke_women", "irmischer-clarke female", 3.6),
    ("irmischer_clarke_women_off_path", "irmischer-clarke offpath female", 3.6),
    ("modified_tobler", "modified tobler", 1.0),
    ("garmy", "garmy", 1.0),
    ("naismith", "naismith", 3.6),
    ("campbell_2019_1", "campbell 2019 1", 3.6),
    ("campbell_2019_5", "campbell 2019 5", 3.6),
    ("campbell_2019_50", "campbell 2019 50", 3.6),
    ("campbell_2019_95", "campbell 2019 95", 3.6),
    ("campbell_2019_99", "campbell 2019 99", 3.6),
]
# These columns fall below 0 on steep slopes, where ours are 0.
LIMITED = [
    ("campbell", "campbell"),
    ("sullivan_167", "sullivan 167"),
    ("sullivan_500", "sullivan 5"),
    ("sullivan_833", "sullivan 833"),
]
# The columns are what a cost makes of a metre's worth of travel: its inverse.
COSTS = [
    ("wheeled", "wheeled transport"),
    ("herzog", "herzog"),
    ("llobera_sluckin", "llobera-sluckin"),
    ("minetti", "minetti"),
]


def column(name: str) -> tuple[np.ndarray, np.ndarray]:
    with CASES.open() as file:
        rows = list(csv.DictReader(file))
    return (
        np.array([float(row["slope"]) for row in rows]),
        np.array([float(row[name]) for row in rows]),
    )


@pytest.mark.parametrize(("ours", "theirs", "to_kmh"), SPEEDS)
def test_a_slope_function_equals_the_peer(ours: str, theirs: str, to_kmh: float) -> None:
    slope, expected = column(theirs)
    np.testing.assert_allclose(SLOPE_FUNCTIONS[ours](slope), expected * to_kmh, rtol=1e-12)


@pytest.mark.parametrize(("ours", "theirs"), LIMITED)
def test_a_limited_function_equals_the_peer_where_that_is_a_speed(ours: str, theirs: str) -> None:
    slope, expected = column(theirs)
    speed = LIMITED_SLOPE_FUNCTIONS[ours](slope)
    np.testing.assert_allclose(speed, 3.6 * np.maximum(expected, 0), rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize(("ours", "theirs"), COSTS)
def test_a_cost_by_slope_is_the_inverse_of_the_peer(ours: str, theirs: str) -> None:
    slope, expected = column(theirs)
    np.testing.assert_allclose(SLOPE_COSTS[ours](slope), 1 / expected, rtol=1e-12)


def test_every_column_of_the_peer_is_compared() -> None:
    with CASES.open() as file:
        names = set(next(csv.reader(file))) - {"slope", "kondo-saino"}
    compared = [name for _, name, *_ in SPEEDS + LIMITED + COSTS]
    assert sorted(names) == sorted(compared)


def test_kondo_and_saino_differs_from_the_peer_where_its_condition_always_holds() -> None:
    slope, expected = column("kondo-saino")
    ours = kondo_saino(slope)
    steep_down = slope < -0.07
    np.testing.assert_allclose(ours[~steep_down], expected[~steep_down], rtol=1e-12)
    assert (ours[steep_down] > expected[steep_down]).all()
    assert kondo_saino(-1.0) == pytest.approx(5.1 * math.exp(-1.5 * 0.93))


@pytest.mark.parametrize("name", SLOPE_FUNCTIONS)
def test_speed_is_above_0_and_below_a_run_on_every_slope(name: str) -> None:
    speed = SLOPE_FUNCTIONS[name](np.linspace(-1, 1, 201))
    assert (speed > 0).all()
    # The fastest hundredth of all who were tracked ran.
    assert (speed < (20 if name.startswith("campbell") else 15)).all()


def test_wheels_pay_double_at_their_critical_slope() -> None:
    assert wheeled(-0.08, critical_percent=8) == pytest.approx(2)


def test_langmuir_is_the_pace_of_r_walk() -> None:
    # 1000 m with 100 m of climb: 0.72 * 1000 + 6 * 100 seconds.
    assert SLOPE_FUNCTIONS["langmuir"](0.1) == pytest.approx(3600 / (720 + 600))
    # 100 m of moderate descent saves 199.98 s, 300 m of steep descent loses 599.94 s.
    assert SLOPE_FUNCTIONS["langmuir"](-0.1) == pytest.approx(3600 / (720 - 199.98))
    assert SLOPE_FUNCTIONS["langmuir"](-0.3) == pytest.approx(3600 / (720 + 599.94))
