"""What sensors see, put together and taken apart."""

import geopandas as gpd
import numpy as np
import pandas as pd

from corridors.detection import Detection
from corridors.reinforcement.worlds import _part, _together
from tests.reinforcement.test_reply import places
from tests.undetected.worlds import small_world
from tests.worlds import seen_by


def same(one: Detection, other: Detection) -> None:
    assert one.sensors.id.tolist() == other.sensors.id.tolist()
    np.testing.assert_array_equal(one.sensors.range_m, other.sensors.range_m)
    for name in ("indptr", "which", "rate", "once"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def test_two_sets_of_sensors_are_as_if_they_had_looked_together() -> None:
    for seed in range(4):
        world, layer = small_world(seed), places(seed, 4)
        first, second = world.detection, seen_by(world.graph, layer)
        frame = pd.concat([world.layer, layer], ignore_index=True)
        both = seen_by(world.graph, gpd.GeoDataFrame(frame, crs=layer.crs))
        same(_together(first, second), both)
        is_first = np.arange(len(both.sensors)) < len(first.sensors)
        same(_part(both, is_first), first)
        same(_part(both, ~is_first), second)
