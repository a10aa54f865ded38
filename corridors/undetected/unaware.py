"""What one more sensor would be worth, everywhere, to those who do not know of it.

The worth at a place is how much of the undetected share a sensor there takes away. Those who do not
know of it keep their ways, so that it is what the sensor would catch of those whom nobody else
does: for all places at once, the ground between a place and a way cutting the view.
"""

import itertools
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from corridors.detection import Detection, Sensors, catches_along
from corridors.flow import SampledPaths, Travellers
from corridors.kernels.sight import known_heights
from corridors.kernels.worth import Pieces, Squares, Surface, add_worth
from corridors.movement import MovementGraph
from corridors.processors import processors
from corridors.raster import Raster
from corridors.sight import PERSON_M
from corridors.sight.surface import REFRACTION, SightSurface, bend_of
from corridors.undetected.share import step_hours

__all__ = ["worth_unaware"]

FloatArray = NDArray[np.float64]

# Pieces of ways are looked up by squares, at most so many along either side of the area.
SQUARES = 1000
# Places are shared out in so many parts for each processor.
PARTS = 16


def worth_unaware(
    paths: SampledPaths,
    travellers: Travellers,
    hours: Mapping[str, FloatArray],
    detection: Detection,
    places: FloatArray,
    *,
    graph: MovementGraph,
    sensor: Sensors,
    heights: Raster | None = None,
) -> FloatArray:
    """Return the worth of a sensor at every place for those who do not know of it.

    Parameters
    ----------
    paths, travellers, hours
        Who goes where, and the true hours of every arc by profile.
    detection
        What the sensors that are there already see.
    places
        Coordinates, shape (C, 2), metres; as many as there are cells, if wished.
    graph
        The movement graph.
    sensor
        The new one: its range, rate and sight height, wherever it stands.
    heights
        Ground that cuts its sight, in square cells of the graph's CRS; nothing does unless given,
        nor where it is unknown.

    Returns
    -------
    numpy.ndarray
        Shape (C,); NaN where heights are given and that of the place is unknown.

    Raises
    ------
    InputError, CRSError
        When the heights cannot carry lines of sight.

    Notes
    -----
    mean of exp(-H) (1 - exp(-dH)): H what the traveller meets now, dH what it would meet besides.
    Along each arc dH is exact, times the part of the arc's two ends and middle, of those within
    range, that is seen: as `corridors.detection_of` has it.
    """
    worth = np.zeros(len(places))
    reach, rate, above = (
        float(of[0]) for of in (sensor.range_m, sensor.rate_per_hour, sensor.sight_height_m)
    )
    if not len(places) or reach <= 0:
        return worth
    arrived = paths.arrived
    steps = step_hours(paths, travellers, hours)
    now = catches_along(paths.arcs, paths.starts, steps, detection)
    pieces = _pieces(graph, paths, steps)
    if not len(pieces.tail):
        return worth
    surface, eyes = _open(len(places))
    if heights is not None:
        surface, eyes, pieces = _over(heights, places, pieces, above)
    squares = _squares(pieces, reach)
    survived = np.where(arrived, now.survived, 0.0)
    x, y = np.ascontiguousarray(places.T)

    def fill(part: slice) -> None:
        add_worth(
            x[part],
            y[part],
            eyes[part],
            reach,
            rate,
            pieces,
            squares,
            surface,
            survived,
            worth[part],
        )

    workers = processors()
    # Small parts, for some ground has far more ways than other.
    cuts = np.linspace(0, len(places), min(PARTS * workers, len(places)) + 1).astype(int).tolist()
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(fill, (slice(*pair) for pair in itertools.pairwise(cuts))))
    if heights is not None:
        worth[np.isnan(eyes)] = np.nan
    return worth / max(int(arrived.sum()), 1)


def _pieces(graph: MovementGraph, paths: SampledPaths, steps: FloatArray) -> Pieces:
    """Return the straight pieces that anybody takes, both ways along one being the same."""
    tail, head = graph.tails[paths.arcs].astype(np.int64), graph.heads[paths.arcs].astype(np.int64)
    pair, of_step = np.unique(
        np.minimum(tail, head) * len(graph.x) + np.maximum(tail, head), return_inverse=True
    )
    ends = np.stack(np.divmod(pair, len(graph.x)))
    nodes, at = np.unique(ends, return_inverse=True)
    one, other = at.reshape(ends.shape).astype(np.int32)
    x, y = (
        np.concatenate([of[nodes], (of[ends[0]] + of[ends[1]]) / 2]) for of in (graph.x, graph.y)
    )
    order = np.argsort(of_step, kind="stable")
    path = np.repeat(np.arange(len(paths)), np.diff(paths.starts))[order]
    first = np.searchsorted(of_step[order], np.arange(len(pair) + 1))
    return Pieces(
        x,
        y,
        np.full(len(x), np.nan),
        one,
        other,
        first.astype(np.int64),
        path.astype(np.int32),
        np.ascontiguousarray(steps[order]),
    )


def _squares(pieces: Pieces, range_m: float) -> Squares:
    """Return the pieces by squares in which a place finds those within its range."""
    ends = [np.stack([axis[pieces.tail], axis[pieces.head]]) for axis in (pieces.x, pieces.y)]
    low, high = (np.stack([of(axis, axis=0) for axis in ends]) for of in (np.min, np.max))
    corner, across = low.min(axis=1), float((high.max(axis=1) - low.min(axis=1)).max())
    # A piece is in few squares, and there are not more of these than there is room for.
    longest = float((high - low).max())
    side = max(range_m, across / SQUARES, longest / 2)
    least, most = (np.floor((of - corner[:, None]) / side).astype(np.int64) for of in (low, high))
    columns, rows = (most.max(axis=1) + 1).tolist()
    wide, tall = most - least + 1
    piece = np.repeat(np.arange(len(wide)), wide * tall)
    number = np.arange(len(piece)) - np.repeat(np.cumsum(wide * tall) - wide * tall, wide * tall)
    down, right = np.divmod(number, wide[piece])
    square = (least[1, piece] + down) * columns + least[0, piece] + right
    order = np.argsort(square, kind="stable")
    first = np.searchsorted(square[order], np.arange(rows * columns + 1)).astype(np.int64)
    west, south = corner.tolist()
    return Squares(first, piece[order].astype(np.int32), rows, columns, west, south, side)


def _open(places: int) -> tuple[Surface, FloatArray]:
    """Return ground that cuts no sight, and the eyes of sensors on it."""
    return Surface(np.zeros((2, 2)), 0.0, 0.0, 1.0, 0.0, PERSON_M), np.full(places, np.nan)


def _over(
    heights: Raster, places: FloatArray, pieces: Pieces, above_m: float
) -> tuple[Surface, FloatArray, Pieces]:
    """Return ground that cuts sight, the eyes of sensors on it, and pieces with who stands there.

    Both are NaN where the ground is unknown.
    """
    sight = SightSurface.of(heights)
    grid = sight.grid
    padded = np.asarray(sight.padded, dtype=np.float64)

    def known(x: FloatArray, y: FloatArray) -> FloatArray:
        return known_heights(padded, *sight.places(x, y))

    surface = Surface(
        padded,
        grid.west,
        grid.north,
        grid.cell_m,
        bend_of(curvature=True, refraction=REFRACTION) * grid.cell_m**2,
        PERSON_M,
    )
    eyes = known(*np.ascontiguousarray(places.T)) + above_m
    return surface, eyes, pieces._replace(top_m=known(pieces.x, pieces.y) + PERSON_M)
