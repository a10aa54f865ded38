"""Detection: what checkpoints and patrols see of the ways, in the weather."""

from corridors.detection.catches import Catches, catches_along
from corridors.detection.hazard import Detection, Sight, detection_of
from corridors.detection.kinds import SENSOR_KINDS, SensorKind
from corridors.detection.minimal import MinimalExposure, minimal_exposure_path
from corridors.detection.sensors import Sensors, sensors_of

__all__ = [
    "SENSOR_KINDS",
    "Catches",
    "Detection",
    "MinimalExposure",
    "SensorKind",
    "Sensors",
    "Sight",
    "catches_along",
    "detection_of",
    "minimal_exposure_path",
    "sensors_of",
]
