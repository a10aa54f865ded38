"""Slope functions, against the values of leastcostpath where its cases are at hand."""

import csv
from pathlib import Path

import numpy as np
import pytest

from corridors.speeds import SLOPE_FUNCTIONS

CASES = Path(__file__).parents[2] / "shared" / "peer-cases" / "leastcostpath"
# Our name, the column of the peer, and what turns its unit into km/h.
PEERS = [
    ("tobler", "tobler", 3.6),
    ("modified_tobler", "modified tobler", 1.0),
    ("irmischer_clarke", "irmischer-clarke male", 3.6),
    ("irmischer_clarke_off_path", "irmischer-clarke offpath male", 3.6),
    ("rees", "rees", 3.6),
]


@pytest.mark.skipif(not CASES.exists(), reason="the peers' cases are not beside the project")
@pytest.mark.parametrize(("ours", "theirs", "to_kmh"), PEERS)
def test_a_slope_function_equals_the_peer(ours: str, theirs: str, to_kmh: float) -> None:
    with (CASES / "cost_functions.csv").open() as file:
        rows = list(csv.DictReader(file))
    slope = np.array([float(row["slope"]) for row in rows])
    expected = np.array([float(row[theirs]) for row in rows]) * to_kmh
    np.testing.assert_allclose(SLOPE_FUNCTIONS[ours](slope), expected, rtol=1e-12)


@pytest.mark.parametrize("name", SLOPE_FUNCTIONS)
def test_speed_is_above_0_and_below_a_run_on_every_slope(name: str) -> None:
    speed = SLOPE_FUNCTIONS[name](np.linspace(-1, 1, 201))
    assert (speed > 0).all()
    assert (speed < 15).all()


def test_langmuir_is_the_pace_of_r_walk() -> None:
    # 1000 m with 100 m of climb: 0.72 * 1000 + 6 * 100 seconds.
    assert SLOPE_FUNCTIONS["langmuir"](0.1) == pytest.approx(3600 / (720 + 600))
    # 100 m of moderate descent saves 199.98 s, 300 m of steep descent loses 599.94 s.
    assert SLOPE_FUNCTIONS["langmuir"](-0.1) == pytest.approx(3600 / (720 - 199.98))
    assert SLOPE_FUNCTIONS["langmuir"](-0.3) == pytest.approx(3600 / (720 + 599.94))
