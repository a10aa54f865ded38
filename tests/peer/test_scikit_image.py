"""scikit-image's MCP_Geometric, where it is installed: equal to the last bit in float64."""

import numpy as np
import pytest

from corridors.cost import accumulated_cost

graph = pytest.importorskip("skimage.graph", reason="scikit-image is not installed")


@pytest.mark.parametrize("seed", range(6))
def test_costs_are_equal_to_the_last_bit(seed: int) -> None:
    rng = np.random.default_rng(seed)
    cost = 10 ** rng.uniform(-1, 1 + seed, (150, 90))
    cost[rng.random(cost.shape) < 0.15] = -1
    source = tuple(np.argwhere(cost > 0)[40])
    expected, _ = graph.MCP_Geometric(cost).find_costs([source])
    ours = accumulated_cost(np.where(cost < 0, np.nan, cost), source, dtype=np.float64)
    assert np.array_equal(ours.cost, expected)
