"""Posts that see less far than half a working cell."""

import numpy as np
import pytest

from corridors.risk.short_sight import short_sights
from tests.risk.test_controls import layers_of
from tests.worlds import scenario_of

WORTH = {"kind": "watch_post", "range_m": 300}


@pytest.mark.parametrize(
    ("kind", "range_m", "told"),
    [
        ("watch_post", 249.0, True),
        ("tower_thermal", 10.0, True),
        (None, 10.0, True),
        ("watch_post", 250.0, False),
        ("manned_gate", 10.0, False),
        ("road_post", 10.0, False),
        ("watch_post", np.nan, False),
    ],
)
def test_a_post_that_sees_less_than_half_a_cell_is_told(
    kind: str | None, range_m: float, *, told: bool
) -> None:
    layers = layers_of({(0, 0): kind})
    layers["checkpoints"]["range_m"] = range_m
    found = short_sights(scenario_of(worth=WORTH), layers, cell_m=500)
    assert len(found) == told
    if told:
        assert (
            f"'post 0' sees {range_m:g} m in clear air, less than half a cell of 500 m" in found[0]
        )
        assert f"make area.cell_m at most {2 * range_m:g}" in found[0]


@pytest.mark.parametrize(("kind", "told"), [("watch_post", True), ("road_post", False)])
def test_so_is_one_more_sensor(kind: str, *, told: bool) -> None:
    layers = layers_of({})
    layers["checkpoints"]["range_m"] = []
    scenario = scenario_of(worth={**WORTH, "kind": kind})
    found = short_sights(scenario, layers, cell_m=1000)
    assert len(found) == told
    assert not told or "one more sensor ([worth]) sees 300 m in clear air" in found[0]
