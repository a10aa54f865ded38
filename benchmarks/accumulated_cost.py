# ruff: noqa: PLC0415 an engine that is not installed is left out, and none is paid for by another
"""Accumulated cost: ours beside scikit-image, scipy, whitebox-workflows, pyorps and GRASS.

Engines that are not installed are left out. GRASS is asked by its modules when the environment of a
GRASS session stands (GISBASE, GISRC); its input and output are part of its time, as for a user.
"""

import os
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.side_by_side import OURS, Case
from corridors.cost import Walk, accumulated_cost, accumulated_costs

Answer = Callable[[], Any]
CELL = 50.0


def fractal_cost(size: int) -> np.ndarray:
    """Return random lognormal cost with fractal structure, median about 1, the same every time."""
    rng = np.random.default_rng(0)
    power = np.fft.fftfreq(size)[:, None] ** 2 + np.fft.rfftfreq(size)[None, :] ** 2
    power[0, 0] = 1
    field = np.fft.irfft2(np.fft.rfft2(rng.normal(size=(size, size))) * power**-0.8, s=(size, size))
    return np.exp(field / field.std()).astype(np.float32)


def hills(size: int) -> np.ndarray:
    """Return elevation for `Walk`: the logarithm of the cost, 100 m to a standard deviation."""
    return 100 * np.log(fractal_cost(size)).astype(np.float32)


def middle(grid: np.ndarray) -> tuple[int, int]:
    """Return the cell in the middle."""
    return grid.shape[0] // 2, grid.shape[1] // 2


def ours(cost: np.ndarray) -> Answer:
    """Ours, as it comes."""
    return lambda: accumulated_cost(cost, middle(cost)).cost


def ours_exact(cost: np.ndarray) -> Answer:
    """Ours, with sums in float64."""
    return lambda: accumulated_cost(cost, middle(cost), dtype=np.float64).cost


def mcp(cost: np.ndarray) -> Answer:
    """scikit-image's, construction included."""
    from skimage.graph import MCP_Geometric

    def call() -> np.ndarray:
        return np.asarray(MCP_Geometric(cost).find_costs([middle(cost)])[0])

    return call


def whitebox(cost: np.ndarray) -> Answer:
    """whitebox-workflows, which makes back-links too, from rasters already read."""
    import whitebox_workflows

    environment = whitebox_workflows.WbEnvironment()
    grids = (_only(middle(cost), cost.shape), cost)
    rasters = [environment.read_raster(str(_as_file(grid))) for grid in grids]

    def call() -> Any:
        # Two rasters come out: the cost, and the back-link.
        found = environment.cost_distance(*rasters)[0]
        return lambda: np.asarray(found.to_numpy()).reshape(cost.shape)

    return call


def _only(cell: tuple[int, int], shape: tuple[int, ...]) -> np.ndarray:
    """Return zeros, and 1 at a cell."""
    grid = np.zeros(shape, np.float32)
    grid[cell] = 1
    return grid


def _as_file(grid: np.ndarray) -> Path:
    """Write a grid as a raster of cells of 1 m."""
    import rasterio

    path = Path(tempfile.mkdtemp()) / "grid.tif"
    profile = {
        "driver": "GTiff",
        "dtype": "float32",
        "count": 1,
        "height": grid.shape[0],
        "width": grid.shape[1],
        "crs": "EPSG:32637",
        "transform": rasterio.Affine(1, 0, 5e5, 0, -1, 4e6),
        "nodata": -32768,
    }
    with rasterio.open(path, "w", **profile) as file:
        file.write(grid, 1)
    return path


def grid_graph(cost: np.ndarray) -> Any:
    """Return the grid as a graph for scipy, in float64."""
    from scipy.sparse import csr_array

    rows, columns = cost.shape
    number = np.arange(cost.size).reshape(cost.shape)
    parts = []
    for down, right in ((0, 1), (1, 0), (1, 1), (1, -1)):
        here = (slice(0, rows - down), slice(max(0, -right), columns - max(0, right)))
        there = (slice(down, rows), slice(max(0, right), columns + min(0, right)))
        weight = (cost[here].astype(float) + cost[there]) / 2 * np.hypot(down, right)
        parts.append((weight.ravel(), number[here].ravel(), number[there].ravel()))
    weight, tail, head = (np.concatenate(column) for column in zip(*parts, strict=True))
    both = (np.concatenate([tail, head]), np.concatenate([head, tail]))
    return csr_array((np.tile(weight, 2), both), shape=(cost.size, cost.size))


def scipy_solve_only(cost: np.ndarray) -> Answer:
    """scipy's, the graph at hand."""
    from scipy.sparse.csgraph import dijkstra

    graph, (row, column) = grid_graph(cost), middle(cost)
    start = row * cost.shape[1] + column
    return lambda: dijkstra(graph, indices=start).reshape(cost.shape)


def whole_cost(size: int) -> np.ndarray:
    """Return costs that are whole numbers, which is what pyorps takes."""
    return np.clip(np.rint(fractal_cost(size) * 500), 1, 65_534).astype(np.float32)


def ours_rook(cost: np.ndarray) -> Answer:
    """Ours, over edges alone."""
    return lambda: accumulated_cost(cost, middle(cost), neighbours=4).cost


def pyorps(cost: np.ndarray) -> Answer:
    """Return pyorps' answer, over edges alone: its diagonals cost the cells beside them too."""
    from pyorps.utils._dijkstra import make_dijkstra_solver
    from pyorps.utils.neighborhood import get_neighborhood_steps

    raster = cost.astype(np.uint16)
    steps = np.ascontiguousarray(get_neighborhood_steps(0), dtype=np.int8)
    row, column = middle(cost)

    def call() -> np.ndarray:
        solver = make_dijkstra_solver(raster, steps)
        solver.reset_root(row * raster.shape[1] + column)
        solver.settle_all()
        return np.asarray(solver.dist_array()).reshape(raster.shape)

    return call


def grass(cost: np.ndarray) -> Answer:
    """r.cost with its own input and output."""
    return grass_module("r.cost", {"input": cost}, middle(cost))


def grass_module(
    module: str, grids: dict[str, np.ndarray], cell: tuple[int, int], *options: str
) -> Answer:
    """Return a call of a GRASS module on grids given as GDAL rasters."""
    if "GISBASE" not in os.environ:
        raise ModuleNotFoundError("no GRASS session")
    rows, columns = next(iter(grids.values())).shape
    side = 1.0 if module == "r.cost" else CELL
    folder = Path(tempfile.mkdtemp())

    def ask(*words: str) -> None:
        subprocess.run(words, check=True, capture_output=True)  # noqa: S603 our own words

    ask("g.region", f"n={rows * side}", "s=0", f"e={columns * side}", "w=0", f"res={side}")
    for name, values in grids.items():
        values.astype("<f4").tofile(folder / f"{name}.bin")
        ask(
            "r.in.bin",
            "-f",
            f"input={folder / f'{name}.bin'}",
            f"output={name}",
            "bytes=4",
            f"north={rows * side}",
            "south=0",
            f"east={columns * side}",
            "west=0",
            f"rows={rows}",
            f"cols={columns}",
            "--overwrite",
        )
    x, y = (cell[1] + 0.5) * side, (rows - cell[0] - 0.5) * side

    def call() -> Any:
        ask(
            module,
            *(f"{name}={name}" for name in grids),
            "output=found",
            "memory=8000",
            f"start_coordinates={x},{y}",
            "--overwrite",
            *options,
        )
        return read

    def read() -> np.ndarray:
        ask(
            "r.out.bin",
            "-f",
            "input=found",
            f"output={folder / 'out.bin'}",
            "bytes=8",
            "--overwrite",
        )
        return np.fromfile(folder / "out.bin", "<f8").reshape(rows, columns)

    return call


def walk(height: np.ndarray) -> Answer:
    """Ours by slope, with the parameters of r.walk."""
    return lambda: accumulated_cost(Walk(height), middle(height), cell_size=CELL).cost


def grass_walk(height: np.ndarray) -> Answer:
    """r.walk with its own input and output."""
    flat = np.zeros_like(height)
    return grass_module("r.walk", {"elevation": height, "friction": flat}, middle(height))


def hundred(size_of: np.ndarray) -> list[tuple[int, int]]:
    """Return a hundred cells, spread out."""
    places = np.random.default_rng(1).integers(0, size_of.shape[0], (100, 2))
    return [(int(row), int(column)) for row, column in places]


def ours_many(cost: np.ndarray) -> Answer:
    """Ours, two threads."""

    def call() -> np.ndarray:
        return np.array([f.cost.max() for f in accumulated_costs(cost, hundred(cost), threads=2)])

    return call


def _mcp_part(work: tuple[np.ndarray, list[tuple[int, int]]]) -> list[float]:
    from skimage.graph import MCP_Geometric

    return [float(MCP_Geometric(work[0]).find_costs([cell])[0].max()) for cell in work[1]]


def mcp_many(cost: np.ndarray) -> Answer:
    """scikit-image's in two processes."""
    return in_two_processes(_mcp_part, cost)


def _scipy_part(work: tuple[np.ndarray, list[tuple[int, int]]]) -> list[float]:
    from scipy.sparse.csgraph import dijkstra

    graph = grid_graph(work[0])
    columns = work[0].shape[1]
    return [float(dijkstra(graph, indices=row * columns + c).max()) for row, c in work[1]]


def scipy_many(cost: np.ndarray) -> Answer:
    """Scipy's in two processes; each builds the graph once."""
    return in_two_processes(_scipy_part, cost)


def _whitebox_part(work: tuple[np.ndarray, list[tuple[int, int]]]) -> list[float]:
    import whitebox_workflows

    environment = whitebox_workflows.WbEnvironment()
    cost = environment.read_raster(str(_as_file(work[0])))
    found = []
    for cell in work[1]:
        source = environment.read_raster(str(_as_file(_only(cell, work[0].shape))))
        found.append(float(environment.cost_distance(source, cost)[0].to_numpy().max()))
    return found


def whitebox_many(cost: np.ndarray) -> Answer:
    """whitebox-workflows' in two processes; each writes and reads a raster for each source."""
    import whitebox_workflows  # noqa: F401 where it is not there, this engine is left out

    return in_two_processes(_whitebox_part, cost)


def in_two_processes(part: Callable[..., list[float]], cost: np.ndarray) -> Answer:
    """Return a call that halves a hundred sources between two processes."""
    from concurrent.futures import ProcessPoolExecutor

    cells = hundred(cost)

    def call() -> np.ndarray:
        with ProcessPoolExecutor(2) as pool:
            halves = pool.map(part, [(cost, cells[:50]), (cost, cells[50:])])
            return np.array([value for half in halves for value in half])

    return call


CASES = [
    Case(
        "one source",
        (1000, 2000, 4000),
        fractal_cost,
        {
            OURS: ours,
            "corridors float64": ours_exact,
            "scikit-image MCP_Geometric": mcp,
            "whitebox-workflows": whitebox,
            "scipy dijkstra, solve only": scipy_solve_only,
            "GRASS r.cost": grass,
        },
    ),
    Case(
        "one source, 4 neighbours, whole costs",
        (1000, 2000),
        whole_cost,
        {OURS: ours_rook, "pyorps": pyorps},
    ),
    Case("walk by slope", (1000, 2000), hills, {OURS: walk, "GRASS r.walk": grass_walk}),
    Case(
        "100 sources, two cores",
        (1000,),
        fractal_cost,
        {
            OURS: ours_many,
            "scikit-image MCP_Geometric": mcp_many,
            "whitebox-workflows": whitebox_many,
            "scipy dijkstra": scipy_many,
        },
        cells_of=lambda size: 100 * size * size,
        rounds_of=lambda _: 1,
    ),
]
