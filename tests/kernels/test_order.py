"""Grouping in one pass is a stable sort."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from corridors.kernels.order import grouped


@given(st.lists(st.integers(0, 9), max_size=60))
def test_it_is_a_stable_sort(keys: list[int]) -> None:
    values = np.array(keys, np.int64)
    first, order = grouped(values, 10)
    np.testing.assert_array_equal(order, np.argsort(values, kind="stable"))
    np.testing.assert_array_equal(first, np.searchsorted(np.sort(values), np.arange(11)))
