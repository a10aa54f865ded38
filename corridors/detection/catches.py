"""What sensors catch of given paths: undetected share, first catches, what a fallen post loses."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corridors.detection.hazard import Detection
from corridors.kernels.catches import first_catches

__all__ = ["Catches", "catches_along"]

FloatArray = NDArray[np.float64]
LongArray = NDArray[np.int64]


@dataclass(frozen=True)
class Catches:
    """What becomes of each of M paths with S sensors.

    Attributes
    ----------
    survived
        Shape (M,): the chance that no sensor catches it.
    first
        Shape (M, S): the chance that each sensor is the first to. A row and `survived` sum to 1.
    """

    survived: FloatArray
    first: FloatArray

    @property
    def undetected(self) -> float:
        """Mean chance that nobody catches a path."""
        return float(self.survived.mean())


def catches_along(
    arcs: NDArray[np.integer],
    starts: LongArray,
    hours: FloatArray,
    detection: Detection,
    *,
    present: NDArray[np.bool_] | None = None,
) -> Catches:
    """Return who catches paths first, and what nobody does.

    Parameters
    ----------
    arcs, starts
        Of the movement graph: path m takes ``arcs[starts[m]:starts[m + 1]]``.
    hours
        That each step takes, of the length of `arcs`.
    detection
        From `corridors.detection.detection_of`.
    present
        Which sensors are there; all unless given.

    Notes
    -----
    Catches at different places and by different sensors are taken as independent: a path's chance
    of being seen is 1 - exp(-H), H the sum of its hazards. Within one step the first catch is
    shared by the sensors in proportion to their hazards, which is exact where these keep their
    proportions along the step.
    """
    count = len(detection.sensors)
    caught = np.zeros((len(starts) - 1, count))
    survived = np.ones(len(starts) - 1)
    first_catches(
        np.asarray(arcs, np.int64),
        starts,
        hours,
        detection.indptr,
        detection.which,
        detection.rate,
        detection.once,
        np.ones(count, bool) if present is None else present,
        caught,
        survived,
    )
    return Catches(survived, caught)
