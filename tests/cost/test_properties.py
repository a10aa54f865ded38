"""Accumulated cost against scipy on the explicit graph, on whatever grid one can think of."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from corridors.cost import AccumulatedCost, Slope, Walk, accumulated_cost
from tests.cost.explicit import friction_edges, least_costs, slope_edges

FloatArray = NDArray[np.float64]
Cell = tuple[int, int]


@st.composite
def grids(draw: st.DrawFn, *, barriers: bool = True) -> FloatArray:
    """Draw small grids: random, constant, of a million to one, with free cells, with mazes."""
    rows, columns = draw(st.sampled_from([(1, 1), (1, 9), (9, 1), (4, 4), (7, 5), (6, 11)]))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    shape = (rows, columns)
    kind = draw(st.sampled_from(["random", "constant", "contrast", "whole", "decades", "free"]))
    cost = {
        "random": rng.uniform(0.1, 3.0, shape),
        "constant": np.full(shape, 2.5),
        "contrast": np.where(rng.random(shape) < 0.5, 1e-3, 1e3) * rng.uniform(0.5, 2, shape),
        "whole": rng.integers(1, 4, shape).astype(float),
        "decades": 10 ** rng.uniform(-3, 3, shape),
        "free": np.where(rng.random(shape) < 0.4, 0.0, rng.uniform(0.1, 2.0, shape)),
    }[kind]
    if barriers:
        cost[rng.random(shape) < draw(st.sampled_from([0.0, 0.2, 0.45]))] = np.nan
    if np.isnan(cost).all():
        cost[0, 0] = 1.0
    return cost


def some_cells(cost: FloatArray, count: int, seed: int) -> list[Cell]:
    free = np.argwhere(np.isfinite(cost))
    picked = np.random.default_rng(seed).choice(len(free), min(count, len(free)), replace=False)
    return [(int(row), int(column)) for row, column in free[picked]]


@settings(max_examples=150, deadline=None)
@given(
    cost=grids(),
    neighbours=st.sampled_from([4, 8, 16, 32]),
    cell_size=st.sampled_from([(1.0, 1.0), (30.0, 20.0), (0.5, 2.0)]),
    count=st.integers(1, 3),
    seed=st.integers(0, 1000),
)
def test_friction_equals_scipy_on_the_explicit_graph(
    cost: FloatArray, neighbours: int, cell_size: Cell, count: int, seed: int
) -> None:
    sources = some_cells(cost, count, seed)
    edges = friction_edges(cost, neighbours, cell_size)
    expected = least_costs(edges, cost.shape, sources)
    options = {"cell_size": cell_size, "neighbours": neighbours}
    exact = accumulated_cost(cost, sources, dtype=np.float64, **options)  # type: ignore[arg-type]
    np.testing.assert_allclose(exact.cost, expected.min(axis=0), rtol=1e-9, atol=1e-12)
    short = accumulated_cost(cost, sources, **options)  # type: ignore[arg-type]
    assert short.cost.dtype == np.float32
    np.testing.assert_allclose(short.cost, expected.min(axis=0), rtol=1e-5, atol=1e-6)
    assert_allocated_to_the_nearest(exact, expected)
    assert_paths_add_up(exact, edges)


def assert_allocated_to_the_nearest(found: AccumulatedCost, expected: FloatArray) -> None:
    reached = np.isfinite(found.cost)
    assert (found.allocation[~reached] == 0).all()
    own = np.take_along_axis(expected, np.maximum(found.allocation - 1, 0)[None], axis=0)[0]
    np.testing.assert_allclose(own[reached], expected.min(axis=0)[reached], rtol=1e-9, atol=1e-12)


def assert_paths_add_up(found: AccumulatedCost, edges: "object") -> None:
    columns = found.cost.shape[1]
    for row, column in np.argwhere(np.isfinite(found.cost)):
        path = found.path((row, column))
        if found.reverse:
            path = path[::-1]
        assert tuple(path[-1]) == (row, column)
        assert found.cost[tuple(path[0])] == 0
        numbers = path @ np.array([columns, 1])
        steps = [edges[i, j] for i, j in pairwise(numbers)]  # type: ignore[index]
        assert sum(steps) == pytest.approx(found.cost[row, column], rel=1e-9, abs=1e-12)


def tobler_hours_per_m(slope: float) -> float:
    return float(1 / (6000 * np.exp(-3.5 * abs(slope + 0.05))))


@settings(max_examples=60, deadline=None)
@given(
    height=grids(barriers=False),
    neighbours=st.sampled_from([8, 16, 32]),
    reverse=st.booleans(),
    seed=st.integers(0, 1000),
)
def test_slope_equals_scipy_and_reverse_is_the_turned_graph(
    height: FloatArray, neighbours: int, seed: int, *, reverse: bool
) -> None:
    height = np.minimum(height, 20.0)
    source = some_cells(height, 1, seed)
    edges = slope_edges(height, neighbours, 10.0, tobler_hours_per_m)
    edges = edges.T.tocsr() if reverse else edges
    found = accumulated_cost(
        Slope(height, speed="tobler"),
        source,
        cell_size=10.0,
        neighbours=neighbours,
        reverse=reverse,
        dtype=np.float64,
    )
    np.testing.assert_allclose(
        found.cost, least_costs(edges, height.shape, source)[0], rtol=1e-9, atol=1e-15
    )
    assert_paths_add_up(found, edges)


def walk_seconds_per_m(slope: float) -> float:
    rate = 6.0 if slope >= 0 else (1.9998 if slope >= -0.2125 else -1.9998)
    return 0.72 + rate * slope


@settings(max_examples=60, deadline=None)
@given(
    height=grids(barriers=False),
    neighbours=st.sampled_from([8, 16]),
    reverse=st.booleans(),
    seed=st.integers(0, 1000),
)
def test_a_walk_equals_scipy_and_the_same_function_of_slope(
    height: FloatArray, neighbours: int, seed: int, *, reverse: bool
) -> None:
    source = some_cells(height, 1, seed)
    edges = slope_edges(height, neighbours, 8.0, walk_seconds_per_m)
    edges = edges.T.tocsr() if reverse else edges
    expected = least_costs(edges, height.shape, source)[0]
    options = {"cell_size": 8.0, "neighbours": neighbours, "reverse": reverse}
    own = Slope(height, cost_per_m=np.vectorize(walk_seconds_per_m, otypes=[float]))
    for ground in (Walk(height), own):
        found = accumulated_cost(ground, source, dtype=np.float64, **options)  # type: ignore[arg-type]
        np.testing.assert_allclose(found.cost, expected, rtol=1e-9, atol=1e-9)
    assert_paths_add_up(found, edges)


@settings(max_examples=40, deadline=None)
@given(cost=grids(), part=st.floats(0.1, 1.5), seed=st.integers(0, 1000))
def test_a_limit_cuts_and_changes_nothing_else(cost: FloatArray, part: float, seed: int) -> None:
    sources = some_cells(cost, 2, seed)
    whole = accumulated_cost(cost, sources, dtype=np.float64).cost
    limit = max(part * float(whole[np.isfinite(whole)].max()), 1e-9)
    found = accumulated_cost(cost, sources, max_cost=limit, dtype=np.float64).cost
    assert np.array_equal(found, np.where(whole <= limit, whole, np.inf))


@settings(max_examples=40, deadline=None)
@given(cost=grids(), seed=st.integers(0, 1000))
def test_targets_end_the_search_and_change_nothing_before(cost: FloatArray, seed: int) -> None:
    source, *targets = some_cells(cost, 3, seed)
    targets = targets or [source]
    whole = accumulated_cost(cost, source, dtype=np.float64).cost
    found = accumulated_cost(cost, source, targets=targets, dtype=np.float64).cost
    dearest = max(whole[target] for target in targets)
    assert np.array_equal(found, np.where(whole <= dearest, whole, np.inf))


@settings(max_examples=40, deadline=None)
@given(cost=grids(), seed=st.integers(0, 1000), delays=st.lists(st.floats(0, 5), min_size=3))
def test_start_costs_are_paid_first(cost: FloatArray, seed: int, delays: list[float]) -> None:
    sources = some_cells(cost, 3, seed)
    starts = np.array(delays[: len(sources)])
    expected = least_costs(friction_edges(cost, 8, (1.0, 1.0)), cost.shape, sources)
    found = accumulated_cost(cost, sources, start_costs=starts, dtype=np.float64)
    np.testing.assert_allclose(
        found.cost, (expected + starts[:, None, None]).min(axis=0), rtol=1e-9, atol=1e-12
    )
    assert (found.allocation > 0).sum() == np.isfinite(found.cost).sum()
