"""The queue of buckets: the same costs on every ground, however often it must change its ways."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.sparse import csr_array, random_array
from scipy.sparse.csgraph import dijkstra

from corridors.cost import Friction, Neighbourhood
from corridors.cost.prepare import prepare
from corridors.kernels import accumulate as queue
from corridors.kernels.accumulate import accumulate
from corridors.kernels.moves import Ground
from corridors.kernels.trace import link_back

FloatArray = NDArray[np.float64]
SIZE = 120


def hostile_grounds() -> dict[str, FloatArray]:
    rng = np.random.default_rng(5)
    shape = (SIZE, SIZE)
    chess = (np.add.outer(np.arange(SIZE) // 20, np.arange(SIZE) // 20) % 2).astype(bool)
    maze = np.ones(shape)
    maze[1::4, :-1] = np.nan
    maze[3::4, 1:] = np.nan
    roads = np.full(shape, 1e6)
    roads[::17], roads[:, ::17] = 1.0, 1.0
    return {
        "even": np.ones(shape),
        "random": rng.uniform(0.1, 3, shape),
        "a third a millionth": np.where(rng.random(shape) < 0.33, 1e-6, rng.uniform(0.5, 2, shape)),
        "half a million times dearer": np.where(rng.random(shape) < 0.5, 1e6, 1.0),
        "blocks a million times cheaper": np.where(chess, 1e-6, 1.0) * rng.uniform(0.1, 3, shape),
        "six decades": 10 ** rng.uniform(-3, 3, shape),
        "half free": np.where(rng.random(shape) < 0.5, 0.0, 1.0),
        "all free": np.zeros(shape),
        "maze": maze,
        "maze with dear parts": maze * np.where(np.arange(SIZE)[:, None] % 8 < 4, 1.0, 3000.0),
        "roads": roads * rng.uniform(0.5, 2, shape),
        "one row": 10 ** rng.uniform(-3, 3, (1, SIZE * SIZE)),
        "tiny": rng.uniform(0.1, 3, shape) * 1e-30,
        "large": rng.uniform(0.1, 3, shape) * 1e25,
    }


def by_scipy(ground: Ground, source: int) -> FloatArray:
    """Solve the flat, padded grid as a graph whose edges are the king's moves."""
    half, offsets, ends = ground.half, ground.offsets, ground.ends
    assert half is not None
    cell = np.flatnonzero(np.isfinite(half))
    tails = np.repeat(cell, len(offsets))
    heads = tails + np.tile(offsets, len(cell))
    weights = (half[tails] + half[heads]) * np.tile(ends, len(cell))
    kept = np.isfinite(weights)
    graph = csr_array((weights[kept], (tails[kept], heads[kept])), shape=(len(half), len(half)))
    return np.asarray(dijkstra(graph, indices=source))


@pytest.mark.parametrize("name", hostile_grounds())
def test_no_ground_makes_it_wrong(name: str) -> None:
    values = hostile_grounds()[name]
    prepared = prepare(
        Friction(values),
        Neighbourhood(8, (1.0, 1.0)),
        through=True,
        impassable=None,
        reverse=False,
        dtype=np.dtype(np.float64),
    )
    source = prepared.layout.numbers(np.array([[0, 0]]))
    expected = by_scipy(prepared.ground, int(source[0]))
    # Buckets far too wide, right, and far too narrow.
    for width in (1e6 * prepared.width, prepared.width, 1e-6 * prepared.width):
        cost = np.full(prepared.layout.size, np.inf)
        accumulate(cost, source, np.zeros(1), prepared.ground, width=width)
        assert np.array_equal(cost, expected), width


def wide_random(size: int = 200) -> tuple[Ground, NDArray[np.int64], float, FloatArray]:
    values = np.random.default_rng(8).uniform(0.1, 3, (size, size))
    prepared = prepare(
        Friction(values),
        Neighbourhood(8, (1.0, 1.0)),
        through=True,
        impassable=None,
        reverse=False,
        dtype=np.dtype(np.float64),
    )
    source = prepared.layout.numbers(np.array([[0, 0]]))
    expected = by_scipy(prepared.ground, int(source[0]))
    return prepared.ground, source, prepared.width, expected


@pytest.mark.parametrize("patience", [0, 0.01, 0.5])
def test_where_patience_ends_a_heap_goes_on_to_the_same_costs(
    patience: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "PATIENCE", patience)
    ground, source, width, expected = wide_random()
    cost = np.full(len(expected), np.inf)
    assert not accumulate(cost, source, np.zeros(1), ground, width=width)
    assert np.array_equal(cost, expected)


def test_room_grows_as_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "FIRST_BLOCKS", 2)
    monkeypatch.setattr(queue, "FIRST_FAR", 0)
    ground, source, width, expected = wide_random()
    for factor in (1.0, 1e-4):
        cost = np.full(len(expected), np.inf)
        accumulate(cost, source, np.zeros(1), ground, width=factor * width)
        assert np.array_equal(cost, expected)


@pytest.mark.parametrize("patience", [0, 4])
def test_targets_and_a_limit_hold_in_buckets_and_in_the_heap(
    patience: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "PATIENCE", patience)
    monkeypatch.setattr(queue, "FIRST_FAR", 0)
    ground, source, width, expected = wide_random()
    target = np.array([int(source[0]) + 60 * 201 + 70])
    cost = np.full(len(expected), np.inf)
    accumulate(cost, source, np.zeros(1), ground, width=width, targets=target)
    bound = expected[target[0]]
    assert np.array_equal(cost, np.where(expected <= bound, expected, np.inf))
    cost = np.full(len(expected), np.inf)
    accumulate(cost, source, np.zeros(1), ground, width=width, limit=30.0)
    assert np.array_equal(cost, np.where(expected <= 30, expected, np.inf))


def of_graph(graph: csr_array) -> Ground:
    none = np.zeros((1, 1))
    return Ground(
        half=None,
        between=None,
        heights=None,
        edges=None,
        indptr=graph.indptr.astype(np.int64),
        heads=graph.indices.astype(np.int32),
        arc_costs=graph.data,
        offsets=np.zeros(1, np.int64),
        ends=np.zeros(1),
        weights=none,
        slopes=(np.zeros(1), np.zeros(1), 0.0, 0.0, 0.0),
        plain=1,
    )


@pytest.mark.parametrize("seed", range(5))
def test_any_graph_is_solved_and_linked_back(seed: int) -> None:
    rng = np.random.default_rng(seed)
    size = 3000
    graph = csr_array(random_array((size, size), density=0.002, random_state=rng))
    graph.data = 10 ** rng.uniform(-3, 3, len(graph.data))
    sources, starts = np.array([7, 20, 500]), np.array([0.5, 0.0, 2.0])
    expected = (np.asarray(dijkstra(graph, indices=sources)) + starts[:, None]).min(axis=0)
    cost = np.full(size, np.inf)
    ground = of_graph(graph)
    accumulate(cost, sources, starts, ground, width=float(np.median(graph.data)))
    np.testing.assert_allclose(cost, expected, rtol=1e-12)
    back, allocation = np.empty(size, np.int32), np.empty(size, np.int64)
    link_back(cost, sources, starts, np.array([1, 2, 3]), back, allocation, *ground)
    reached = np.flatnonzero(back >= 0)
    tails = np.repeat(np.arange(size), np.diff(graph.indptr))
    assert (graph.indices[back[reached]] == reached).all()
    before = tails[back[reached]]
    assert np.array_equal(cost[before] + graph.data[back[reached]], cost[reached])
    assert (allocation[before] == allocation[reached]).all()
    assert ((allocation > 0) == np.isfinite(cost)).all()


def test_more_nodes_than_can_be_numbered_are_refused() -> None:
    class Endless(np.ndarray[tuple[int, ...], np.dtype[np.float64]]):
        def __len__(self) -> int:
            return 2**32

    ground = of_graph(csr_array((1, 1)))
    with pytest.raises(ValueError, match="4294967296 nodes"):
        accumulate(np.zeros(1).view(Endless), np.zeros(1, int), np.zeros(1), ground, width=1)
