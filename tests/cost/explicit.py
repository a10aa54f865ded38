"""The same question put to scipy: every move as an edge of an explicit graph, by plain loops."""

import math

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

FloatArray = NDArray[np.float64]

KING = [(-1, 0), (0, -1), (0, 1), (1, 0), (-1, -1), (-1, 1), (1, -1), (1, 1)]


def moves(neighbours: int) -> list[tuple[int, int]]:
    """Return the steps of a neighbourhood, written out anew."""
    found = KING[: min(neighbours, 8)]
    wanted = {16: [(1, 2)], 32: [(1, 2), (1, 3), (2, 3)]}.get(neighbours, [])
    for a, b in wanted:
        found = found + [
            (s * p, t * q) for p, q in ((a, b), (b, a)) for s in (-1, 1) for t in (-1, 1)
        ]
    return found


def crossed(down: int, right: int, samples: int = 3600) -> dict[tuple[int, int], float]:
    """Return the part of a straight move's length in each cell, by walking along it."""
    parts: dict[tuple[int, int], float] = {}
    for step in range(samples):
        at = (step + 0.5) / samples
        cell = (math.floor(at * down + 0.5), math.floor(at * right + 0.5))
        parts[cell] = parts.get(cell, 0.0) + 1 / samples
    return parts


def friction_edges(cost: FloatArray, neighbours: int, cell_size: tuple[float, float]) -> csr_array:
    """Return the graph of friction: the mean of what is crossed, times the length."""
    rows, columns = cost.shape
    tails, heads, weights = [], [], []
    for down, right in moves(neighbours):
        parts = crossed(down, right)
        length = math.hypot(down * cell_size[0], right * cell_size[1])
        for row in range(max(0, -down), min(rows, rows - down)):
            for column in range(max(0, -right), min(columns, columns - right)):
                mean = sum(part * cost[row + r, column + c] for (r, c), part in parts.items())
                if np.isfinite(mean):
                    tails.append(row * columns + column)
                    heads.append((row + down) * columns + column + right)
                    weights.append(mean * length)
    return graph(tails, heads, weights, cost.size)


def slope_edges(
    elevation: FloatArray, neighbours: int, cell: float, cost_of_slope: "object"
) -> csr_array:
    """Return the graph of a function of slope, by the ends of moves alone."""
    rows, columns = elevation.shape
    tails, heads, weights = [], [], []
    for down, right in moves(neighbours):
        length = cell * math.hypot(down, right)
        for row in range(max(0, -down), min(rows, rows - down)):
            for column in range(max(0, -right), min(columns, columns - right)):
                rise = elevation[row + down, column + right] - elevation[row, column]
                tails.append(row * columns + column)
                heads.append((row + down) * columns + column + right)
                weights.append(length * cost_of_slope(rise / length))  # type: ignore[operator]
    return graph(tails, heads, weights, elevation.size)


def graph(tails: list[int], heads: list[int], weights: list[float], size: int) -> csr_array:
    """Return a graph for scipy, which takes a weight of 0 for no edge unless it is stored."""
    return csr_array((weights, (tails, heads)), shape=(size, size))


def least_costs(
    edges: csr_array, shape: tuple[int, int], cells: list[tuple[int, int]]
) -> FloatArray:
    """Return the least cost from each source, stacked."""
    numbers = [row * shape[1] + column for row, column in cells]
    return np.asarray(dijkstra(edges, indices=numbers)).reshape(len(cells), *shape)
