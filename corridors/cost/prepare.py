"""Ground as arrays for the loops, checked."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from corridors.cost.check import as_grid, as_mask, refuse_huge, refuse_negative, same_shape
from corridors.cost.edges import conductance_edges, slope_edges
from corridors.cost.errors import GridError
from corridors.cost.ground import Conductance, Friction, Ground, Slope, Walk
from corridors.cost.layout import Layout
from corridors.cost.neighbourhood import Neighbourhood
from corridors.kernels import moves

__all__ = ["Prepared", "prepare"]

Floats = NDArray[np.floating]
BoolArray = NDArray[np.bool_]
LongArray = NDArray[np.int64]

# A bucket's width by the usual cost of the shortest move: wider, and nodes are taken again too
# often; narrower, and there are too many buckets.
WIDTH = 0.15
# From so many cells the usual cost is taken.
SAMPLE = 1 << 14


@dataclass(frozen=True)
class Prepared:
    """A ground ready for the loops.

    Attributes
    ----------
    ground
        What moves cost.
    layout
        How cells are numbered.
    barred
        Cells of the grid that cannot be entered, besides those that `ground.half` bars.
    width
        Of a bucket.
    """

    ground: moves.Ground
    layout: Layout
    barred: BoolArray | None
    width: float

    def is_barred(self, cells: LongArray) -> BoolArray:
        """Tell which cells, by row and column, cannot be entered."""
        shut = np.zeros(len(cells), bool)
        if self.barred is not None:
            shut |= self.barred[cells[:, 0], cells[:, 1]]
        if self.ground.half is not None:
            shut |= np.isinf(self.ground.half[self.layout.numbers(cells)])
        return shut


def prepare(
    ground: Ground,
    around: Neighbourhood,
    *,
    through: bool,
    impassable: ArrayLike | None,
    reverse: bool,
    dtype: np.dtype[np.floating],
) -> Prepared:
    """Check a ground and lay it out.

    Parameters
    ----------
    ground
        What moves cost.
    around
        The moves.
    through
        Whether long moves take what they pass into account, or only their two ends.
    impassable
        True where nobody can be.
    reverse
        Turn every move round.
    dtype
        float32 or float64.
    """
    builder = _Builder(around, through=through, reverse=reverse, dtype=dtype)
    match ground:
        case Friction():
            return builder.friction(ground, impassable)
        case Walk():
            return builder.walk(ground, impassable)
        case Slope():
            return builder.slope(ground, impassable)
        case Conductance():
            return builder.conductance(ground, impassable)


class _Builder:
    def __init__(
        self,
        around: Neighbourhood,
        *,
        through: bool,
        reverse: bool,
        dtype: np.dtype[np.floating],
    ) -> None:
        self.around, self.through, self.reverse, self.dtype = around, through, reverse, dtype

    def friction(self, ground: Friction, impassable: ArrayLike | None) -> Prepared:
        values = as_grid(ground.cost_per_m, "the cost per metre")
        mask = as_mask(impassable, values.shape, "impassable")
        layout = Layout(values.shape, self.around.rim)
        half = self._half(layout, values, 0.5, mask, "the cost per metre")
        width = 2 * _usual(half) * float(self.around.lengths.min())
        return self._ready(layout, width, half=half)

    def walk(self, ground: Walk, impassable: ArrayLike | None) -> Prepared:
        elevation = as_grid(ground.elevation, "the elevation")
        refuse_rates(ground, elevation, self.around, self.dtype)
        mask = as_mask(impassable, elevation.shape, "impassable")
        unknown = ~np.isfinite(elevation)
        mask = unknown if mask is None else unknown | mask
        layout = Layout(elevation.shape, self.around.rim)
        half: Floats | None = None
        if ground.friction is not None:
            friction = as_grid(ground.friction, "the friction")
            same_shape(friction.shape, elevation.shape, "the friction")
            half = self._half(layout, friction, 0.5 * ground.friction_weight, mask, "the friction")
        elif self._passes_between():
            half = np.full(layout.size, np.inf, self.dtype)
            np.copyto(layout.grid(half), 0.0, where=~mask)
        # No cost is less than one that is not a number, so that unknown ground is never entered.
        heights = np.full(layout.size, np.nan, self.dtype)
        # Where every move is turned round, what was up is down.
        np.multiply(
            elevation,
            -1.0 if self.reverse else 1.0,
            out=layout.grid(heights),
            where=~mask,
            casting="same_kind",
        )
        usual = ground.a + (0.0 if half is None else 2 * _usual(half, otherwise=0.0))
        slopes = self._slopes(ground)
        width = usual * float(self.around.lengths.min())
        return self._ready(layout, width, half=half, heights=heights, slopes=slopes, barred=mask)

    def slope(self, ground: Slope, impassable: ArrayLike | None) -> Prepared:
        elevation = as_grid(ground.elevation, "the elevation")
        friction = None if ground.friction is None else as_grid(ground.friction, "the friction")
        barred = ~np.isfinite(elevation)
        if friction is not None:
            same_shape(friction.shape, elevation.shape, "the friction")
            refuse_negative(friction, "the friction")
            barred |= ~np.isfinite(friction)
        mask = as_mask(impassable, elevation.shape, "impassable")
        barred = barred if mask is None else barred | mask
        layout = Layout(elevation.shape, self.around.rim)
        edges = slope_edges(
            ground,
            elevation,
            friction,
            barred,
            layout,
            self.around,
            through=self.through,
            reverse=self.reverse,
            dtype=self.dtype,
        )
        return self._by_edges(layout, edges, barred)

    def conductance(self, ground: Conductance, impassable: ArrayLike | None) -> Prepared:
        values = as_grid(ground.conductance, "the conductance")
        refuse_negative(values, "the conductance")
        mask = as_mask(impassable, values.shape, "impassable")
        barred = np.isnan(values) if mask is None else np.isnan(values) | mask
        layout = Layout(values.shape, self.around.rim)
        edges = conductance_edges(
            values, barred, layout, self.around, through=self.through, dtype=self.dtype
        )
        return self._by_edges(layout, edges, barred)

    def _by_edges(self, layout: Layout, edges: Floats, barred: BoolArray) -> Prepared:
        return self._ready(layout, _usual(edges), edges=edges, barred=barred)

    def _half(
        self,
        layout: Layout,
        values: Floats,
        factor: float,
        mask: BoolArray | None,
        name: str,
    ) -> Floats:
        refuse_negative(values, name)
        half = np.full(layout.size, np.inf, self.dtype)
        grid = layout.grid(half)
        refuse_huge(values, self.dtype, name, times=max(1.0, 2 * factor))
        np.multiply(values, factor, out=grid, casting="same_kind")
        np.copyto(grid, np.inf, where=np.isnan(grid))
        if mask is not None:
            grid[mask] = np.inf
        return half

    def _slopes(self, ground: Walk) -> moves.Slopes:
        kind = self.dtype.type
        factor, lengths = kind(ground.slope_factor), self.around.lengths
        bounds = [_steepest_gentle(factor, kind(length)) for length in lengths]
        rates = (kind(ground.b), kind(ground.c), kind(ground.d))
        return ((ground.a * lengths).astype(kind), np.array(bounds, kind), *rates)

    def _ready(
        self,
        layout: Layout,
        usual: float,
        *,
        half: Floats | None = None,
        heights: Floats | None = None,
        slopes: moves.Slopes | None = None,
        edges: Floats | None = None,
        barred: BoolArray | None = None,
    ) -> Prepared:
        around = self.around
        ends, between, weights = self._parts(layout)
        by_cells = half is not None
        ground = moves.Ground(
            half=half,
            between=between if by_cells else None,
            heights=heights,
            edges=edges,
            indptr=None,
            heads=None,
            arc_costs=None,
            offsets=layout.offsets(around.steps),
            ends=ends,
            weights=weights,
            slopes=self._slopes(Walk(())) if slopes is None else slopes,
            plain=around.plain,
        )
        return Prepared(ground, layout, barred, WIDTH * usual)

    def _passes_between(self) -> bool:
        """Tell whether moves take cells between their ends into account."""
        return self.through and any(len(cells) for cells in self.around.passed)

    def _parts(self, layout: Layout) -> tuple[Floats, LongArray | None, Floats]:
        """Return the factors of the ends of each move, and the cells between with theirs."""
        lengths, passed = self.around.lengths, self.around.passed
        most = max(len(cells) for cells in passed)
        if not self._passes_between():
            return lengths.astype(self.dtype), None, np.zeros((len(lengths), 1), self.dtype)
        between = np.zeros((len(lengths), most), np.int64)
        weights = np.zeros((len(lengths), most))
        for move, cells in enumerate(passed):
            for place, (cell, part) in enumerate(cells.items()):
                between[move, place] = layout.offsets(np.array(cell))
                weights[move, place] = 2 * part
        ends = lengths * (1 - weights.sum(axis=1) / 2)
        return ends.astype(self.dtype), between, (weights * lengths[:, None]).astype(self.dtype)


def refuse_rates(
    ground: Walk, elevation: Floats, around: Neighbourhood, dtype: np.dtype[np.floating]
) -> None:
    """Refuse parameters with which a move would cost less than nothing, or heights beyond sums."""
    known = np.isfinite(elevation)
    low = float(np.min(elevation, where=known, initial=np.inf))
    high = float(np.max(elevation, where=known, initial=-np.inf))
    if known.any():
        refuse_huge(np.abs([low, high]), dtype, "the elevation")
    steepest = max(high - low, 0.0) / float(around.lengths.min())
    knee = ground.slope_factor
    if not (np.isfinite([ground.a, ground.b, ground.c, ground.d, knee]).all() and knee <= 0):
        raise GridError("the parameters of the walk must be finite numbers, slope_factor below 0")
    if not (np.isfinite(ground.friction_weight) and ground.friction_weight >= 0):
        raise GridError(
            f"friction_weight = {ground.friction_weight} makes friction cost less than nothing; "
            "give 0 or above"
        )
    gentle = max(knee, -steepest)
    paces = {
        0.0: ground.a,
        steepest: ground.a + ground.b * steepest,
        gentle: ground.a + ground.c * gentle,
    }
    if -steepest <= knee:
        paces[-steepest] = ground.a - ground.d * steepest
        paces[knee - 0.0] = min(ground.a + ground.d * knee, ground.a + ground.c * knee)
    slope, least = min(paces.items(), key=lambda pair: pair[1])
    if least < 0:
        raise GridError(
            f"with these parameters a metre of slope {slope:.3g} costs {least:.3g}; costs are 0 or "
            "above, so that a, b, c and d must not be lower"
        )


def _steepest_gentle(factor: np.floating, length: np.floating) -> np.floating:
    """Return the greatest rise that, divided by a length, is steeper descent than a slope.

    Comparing rises with it is comparing slopes with the factor, to the last bit, and spares a
    division in the loop.
    """
    down, up = type(factor)(-np.inf), type(factor)(np.inf)
    rise = factor * length
    while rise / length >= factor:
        rise = np.nextafter(rise, down)
    while np.nextafter(rise, up) / length < factor:
        rise = np.nextafter(rise, up)
    return rise


def _usual(values: Floats, otherwise: float = 1.0) -> float:
    """Return the median of the values that are above 0 and finite, from a sample."""
    flat = values.ravel()
    some = flat[:: max(1, len(flat) // SAMPLE)]
    some = some[(some > 0) & np.isfinite(some)]
    return float(np.median(some)) if some.size else otherwise
