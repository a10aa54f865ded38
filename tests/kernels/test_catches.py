"""Who catches paths first, and how near pieces come, in plain arithmetic."""

import numpy as np
from numpy.typing import NDArray

from corridors.kernels.catches import first_catches, mean_tapers

FloatArray = NDArray[np.float64]


def test_means_of_pieces_are_taken_one_by_one() -> None:
    ends = np.array([[-15.0, 20.0, 0.0, -5.0], [0.0] * 4, [15.0, 40.0, 0.0, 5.0], [0.0] * 4])
    found = mean_tapers(*ends, 10.0)
    # Through the middle 16/15 R of 30 m; beyond; standing there; within half the range:
    # the integral of (1 - u^2)^2 up to 1/2 is 203/480.
    np.testing.assert_allclose(found, [16 / 45, 0.0, 1.0, 203 / 240], rtol=1e-12)


def test_first_catches_by_hand() -> None:
    caught, survived = np.zeros((1, 2)), np.empty(1)
    first_catches(
        np.array([1, 0]),
        np.array([0, 2]),
        np.array([0.5, 2.0]),
        np.array([0, 1, 3]),
        np.array([1, 0, 1], np.int32),
        np.array([0.25, 2.0, 0.0]),
        np.array([0.0, 0.0, 3.0]),
        np.ones(2, bool),
        caught,
        survived,
    )
    # First arc 1: hazards 1 and 3; then arc 0: 0.5 of the second.
    gone = 1 - np.exp(-4)
    later = np.exp(-4) * (1 - np.exp(-0.5))
    np.testing.assert_allclose(caught, [[gone / 4, gone * 3 / 4 + later]], rtol=1e-12)
    np.testing.assert_allclose(survived, [np.exp(-4.5)], rtol=1e-12)
