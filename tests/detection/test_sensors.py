"""Sensors from layers, in fog and at night."""

import numpy as np
import pytest

from corridors.detection import sensors_of
from corridors.errors import CRSError, LayerError
from corridors.scenario.model import SensorSettings, Weather
from tests.worlds import posts

KINDS = ["watch_post", "manned_gate", "road_post", "tower_thermal", "patrol"]


def ranges(range_m: float, **weather: object) -> dict[str, float]:
    layer = posts(*[(0.0, 0.0)] * len(KINDS), kind=KINDS, range_m=range_m, revisit_hours=1.0)
    sensors = sensors_of(layer, weather=Weather(**weather))  # type: ignore[arg-type]
    return dict(zip(sensors.kind, sensors.range_m.tolist(), strict=True))


def test_the_least_of_all_ranges_has_a_rate() -> None:
    layer = posts((0.0, 0.0), (1.0, 0.0), range_m=[5e-324, 1e-3], probability=[0.0, 0.5])
    rate = sensors_of(layer, weather=Weather()).rate_per_hour
    assert rate[0] == 0
    assert np.isfinite(rate).all()


def test_in_clear_air_by_day_a_sensor_sees_its_range() -> None:
    assert set(ranges(4000.0).values()) == {4000.0}
    assert set(ranges(4000.0, visibility_km=300).values()) == {4000.0}


def test_fog_leaves_the_eye_the_visibility_and_a_thermal_camera_half_as_much_more() -> None:
    left = ranges(4000.0, visibility_km=2)
    assert left.pop("tower_thermal") == 3000.0
    assert set(left.values()) == {2000.0}


def test_night_leaves_the_eye_less_and_a_thermal_camera_all() -> None:
    left = ranges(4000.0, night=True)
    assert left == {
        "watch_post": 1200.0,
        "manned_gate": 1200.0,
        "road_post": 1200.0,
        "tower_thermal": 4000.0,
        "patrol": 2000.0,
    }


def test_in_fog_at_night_the_lesser_range_counts() -> None:
    assert ranges(4000.0, night=True, visibility_km=2)["watch_post"] == 1200.0
    assert ranges(4000.0, night=True, visibility_km=1)["watch_post"] == 1000.0


def test_the_layer_comes_before_the_scenario_and_the_scenario_before_the_kind() -> None:
    layer = posts((0.0, 0.0), (1.0, 0.0), (2.0, 0.0), kind=["watch_post", "watch_post", "patrol"])
    layer["range_m"] = [700.0, np.nan, np.nan]
    layer["probability"] = [np.nan, 0.2, 0.1]
    layer = layer.set_index(np.array([5, 3, 9]))
    settings = {
        "watch_post": SensorSettings(range_m=900, probability=0.6, night_factor=0.5),
        "patrol": SensorSettings(range_m=300, hours_of_duty=6, revisit_hours=3),
    }
    sensors = sensors_of(layer, weather=Weather(night=True), settings=settings)
    np.testing.assert_allclose(sensors.range_m, [350.0, 450.0, 150.0])
    np.testing.assert_allclose(sensors.probability, [0.6, 0.2, 0.025])
    np.testing.assert_array_equal(sensors.revisit_hours, [np.nan, np.nan, 3.0])
    np.testing.assert_array_equal(sensors.sight_height_m, [4.0, 4.0, 2.0])


def test_the_rate_goes_with_the_reference_speed_and_against_the_range() -> None:
    layer = posts((0.0, 0.0), (0.0, 0.0), range_m=[500.0, 1000.0])
    slow = sensors_of(layer, weather=Weather(), reference_kmh=5.0).rate_per_hour
    quick = sensors_of(layer, weather=Weather(), reference_kmh=40.0).rate_per_hour
    np.testing.assert_allclose(quick, 8 * slow)
    assert slow[0] == pytest.approx(2 * slow[1])
    assert slow[0] == pytest.approx(np.log(2) * 5 * 15 / 8)


def test_the_layer_is_not_changed() -> None:
    layer = posts((0.0, 0.0), range_m=[np.nan])
    before = layer.copy()
    sensors_of(layer, weather=Weather(visibility_km=1), settings={})
    assert layer.equals(before)


def test_a_patrol_that_never_comes_back_is_refused() -> None:
    layer = posts((0.0, 0.0), (1.0, 0.0), kind=["watch_post", "patrol"])
    with pytest.raises(LayerError, match="row 1: a patrol has no revisit_hours"):
        sensors_of(layer, weather=Weather())
    known = {"patrol": SensorSettings(revisit_hours=2)}
    assert sensors_of(layer, weather=Weather(), settings=known).rate_per_hour[1] > 0


def test_an_unknown_kind_is_refused_by_name() -> None:
    layer = posts((0.0, 0.0), kind="balloon")
    with pytest.raises(LayerError, match=r"'balloon'.*watch_post"):
        sensors_of(layer, weather=Weather())


def test_degrees_and_no_system_at_all_are_refused() -> None:
    layer = posts((500_000.0, 4_000_000.0))
    with pytest.raises(CRSError, match="degrees"):
        sensors_of(layer.to_crs(4326), weather=Weather())
    with pytest.raises(CRSError, match="no coordinate reference system"):
        sensors_of(layer.set_crs(None, allow_override=True), weather=Weather())
