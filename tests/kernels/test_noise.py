"""Random numbers that belong to places: as random as they should be, and the same everywhere."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from corridors.kernels.noise import (
    combined_keys,
    lattice_normals,
    smoothed,
    standard_normals,
    uniforms,
)

COUNT = 50_000


def neighbouring_keys(root: int) -> np.ndarray:
    """Return keys of 0, 1, 2 ...: what a poor hash would let look alike."""
    return combined_keys(np.full(COUNT, root, np.uint64), np.arange(COUNT))


def test_uniforms_of_neighbouring_keys_are_uniform() -> None:
    for root in (0, 1, 2**63):
        values = uniforms(neighbouring_keys(root))
        assert values.min() > 0
        assert values.max() < 1
        assert stats.kstest(values, "uniform").pvalue > 0.001


def test_normals_of_neighbouring_keys_are_standard_normal() -> None:
    for root in (0, 1, 2**63):
        assert stats.kstest(standard_normals(neighbouring_keys(root)), "norm").pvalue > 0.001
        field = lattice_normals(np.uint64(root), -70, 31, (200, 250))
        assert stats.kstest(field.ravel(), "norm").pvalue > 0.001


def test_neighbouring_keys_give_numbers_that_have_nothing_in_common() -> None:
    several = {
        "of keys": standard_normals(neighbouring_keys(7)),
        "of other roots": standard_normals(neighbouring_keys(8)),
        "uniform": uniforms(neighbouring_keys(9)) - 0.5,
    }
    names = list(several)
    # The standard error of a correlation of 50,000 pairs is 0.0045.
    for name in names:
        for lag in (1, 2, 3):
            r = np.corrcoef(several[name][:-lag], several[name][lag:])[0, 1]
            assert abs(r) < 0.02, (name, lag)
    between = np.corrcoef(np.array(list(several.values()))) - np.eye(3)
    assert np.abs(between).max() < 0.02


def test_nodes_of_a_lattice_are_independent_and_so_are_their_squares() -> None:
    # Pairs side by side share a radius and an angle: even their squares must not tell.
    field = lattice_normals(np.uint64(5), 0, 0, (240, 240))
    for values in (field, field**2, np.abs(field)):
        for shift in ((0, 1), (1, 0), (1, 1), (0, 2)):
            moved = values[shift[0] :, shift[1] :].ravel()
            stayed = values[: 240 - shift[0], : 240 - shift[1]].ravel()
            assert abs(np.corrcoef(moved, stayed)[0, 1]) < 0.02
    other = lattice_normals(np.uint64(6), 0, 0, (240, 240))
    assert abs(np.corrcoef(field.ravel(), other.ravel())[0, 1]) < 0.02


@given(
    key=st.integers(0, 2**64 - 1),
    row=st.integers(-5000, 5000),
    column=st.integers(-5000, 5000),
    down=st.integers(0, 6),
    right=st.integers(0, 6),
    rows=st.integers(1, 6),
    columns=st.integers(1, 6),
)
def test_a_node_has_its_number_whatever_the_extent(
    key: int, row: int, column: int, down: int, right: int, rows: int, columns: int
) -> None:
    whole = lattice_normals(np.uint64(key), row, column, (12, 12))
    part = lattice_normals(np.uint64(key), row + down, column + right, (rows, columns))
    assert (part == whole[down : down + rows, right : right + columns]).all()
    assert np.isfinite(whole).all()


def test_a_smoothed_lattice_is_the_plain_convolution() -> None:
    rng = np.random.default_rng(3)
    values, taps = rng.normal(size=(9, 11)), np.array([0.2, 0.5, -0.1])
    expected = np.zeros((7, 9))
    for i in range(3):
        for j in range(3):
            expected += taps[i] * taps[j] * values[i : i + 7, j : j + 9]
    np.testing.assert_allclose(smoothed(values, taps), expected, atol=1e-14)


def test_taps_of_unit_length_keep_the_variance() -> None:
    taps = np.exp(-(np.arange(-7, 8) ** 2) / 8.0)
    taps /= np.sqrt((taps**2).sum())
    field = smoothed(lattice_normals(np.uint64(11), 0, 0, (1200, 1200)), taps)
    # About (1186 / 7)^2 independent values: a standard error of 0.008.
    assert abs(field.var() - 1) < 0.03
    assert abs(field.mean()) < 0.03
