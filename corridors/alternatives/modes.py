"""The few ways that the paths of many travellers come down to."""

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from corridors.crs import require_metric

__all__ = ["path_modes"]

FloatArray = NDArray[np.float64]
LongArray = NDArray[np.int64]

# Cells of the raster on which shared lengths are counted.
CELLS_IN_TOLERANCE = 3


def path_modes(
    lines: gpd.GeoSeries,
    shares: ArrayLike,
    *,
    max_overlap: float = 0.5,
    tolerance_m: float,
    hours: ArrayLike | None = None,
) -> tuple[gpd.GeoDataFrame, pd.Series]:
    """Group the paths of many travellers into few that truly differ.

    Parameters
    ----------
    lines
        Paths in a metric CRS.
    shares
        Part of the transits that takes each.
    max_overlap
        Paths that share more than this part of the shorter one's length are of one mode; those that
        stand for two modes share at most that.
    tolerance_m
        How far beside a path is still the path, metres: about two cells.
    hours
        True hours of each path. The quickest path then stands for its mode; without it, the one
        that has the greatest share of the transits beside it, mean along its way.

    Returns
    -------
    modes : geopandas.GeoDataFrame
        By falling share, in the lines' CRS: ``share``, ``paths`` (how many), ``representative``
        (label of the path that stands for it, in the index of `lines`) and its line.
    mode : pandas.Series
        The mode (row in `modes`) of each path, on the index of `lines`.

    Raises
    ------
    CRSError
        When the lines do not measure in metres.
    ValueError
        When shares or hours are not one for each line, a line has no length, or a number is out of
        its range.

    Notes
    -----
    Leader clustering (Hartigan 1975): the path that stands for most takes all that overlap it too
    much with it, then the next of those left, and so on. Shared lengths are counted on a raster
    of a third of the tolerance, and what is near is true to about that.

    Examples
    --------
    >>> lines = gpd.GeoSeries([shapely.LineString([(0, y), (5000, y)]) for y in (0, 90, 3000)],
    ...     crs="EPSG:32638")
    >>> modes, mode = path_modes(lines, [0.2, 0.5, 0.3], tolerance_m=200)
    >>> modes["share"].tolist(), mode.tolist()
    ([0.7, 0.3], [0, 0, 1])
    """
    crs = require_metric(lines, name="the layer of paths")
    share = _one_each(shares, lines, "shares")
    order = None if hours is None else _one_each(hours, lines, "hours")
    if (share < 0).any():
        message = f"shares hold {share.min():g}; give parts of the transits, from 0 up"
        raise ValueError(message)
    if not 0 <= max_overlap < 1 or not tolerance_m > 0:
        message = (
            f"max_overlap is {max_overlap} and tolerance_m {tolerance_m}; give a part from 0 to "
            "below 1, and metres above 0"
        )
        raise ValueError(message)
    leaders, group = _led(np.asarray(lines.array), share, order, max_overlap, tolerance_m)
    modes = gpd.GeoDataFrame(
        {
            "share": np.bincount(group, weights=share, minlength=len(leaders)),
            "paths": np.bincount(group, minlength=len(leaders)),
            "representative": lines.index[leaders],
        },
        geometry=np.asarray(lines.array)[leaders],
        crs=crs,
    )
    ranking = np.argsort(-modes["share"].to_numpy(), kind="stable")
    place = np.empty(len(leaders), dtype=np.int64)
    place[ranking] = np.arange(len(leaders))
    return (
        modes.iloc[ranking].reset_index(drop=True),
        pd.Series(place[group], index=lines.index, name="mode", dtype=np.int64),
    )


def _led(
    lines: NDArray[np.object_],
    share: FloatArray,
    hours: FloatArray | None,
    max_overlap: float,
    tolerance_m: float,
) -> tuple[LongArray, LongArray]:
    """Return who leads, and the number of the leader of each."""
    group = np.full(len(lines), -1, dtype=np.int64)
    leaders: list[int] = []
    length = shapely.length(lines)
    if not (length > 0).all():
        message = "a path has no length; leave out those that start where they end"
        raise ValueError(message)
    free = np.arange(len(lines))
    if not len(lines):
        return free, group
    on, near = _on_raster(lines, tolerance_m)
    while len(free):
        # The quickest, or the one that has most of the transits beside it, mean along its way.
        beside = on @ (share[free] @ near) / length[free] if hours is None else -hours[free]
        leader = int(np.argmax(beside))
        shared = np.maximum(on @ near[[leader]].toarray()[0], near @ on[[leader]].toarray()[0])
        alike = shared > max_overlap * np.minimum(length[free], length[free[leader]])
        alike[leader] = True
        group[free[alike]] = len(leaders)
        leaders.append(int(free[leader]))
        free, on, near = free[~alike], on[~alike], near[~alike]
    return np.array(leaders, dtype=np.int64), group


def _on_raster(
    lines: NDArray[np.object_], tolerance_m: float
) -> tuple[sparse.csr_array, sparse.csr_array]:
    """Return each line's metres in each small cell, and in which cells it is near; by rows."""
    side = tolerance_m / CELLS_IN_TOLERANCE
    # Pieces of at most half a cell are where their middle is.
    xy, line = shapely.get_coordinates(shapely.segmentize(lines, side / 2), return_index=True)
    joined = line[1:] == line[:-1]
    middle = ((xy[1:] + xy[:-1]) / 2)[joined]
    metres = np.hypot(*(xy[1:] - xy[:-1])[joined].T)
    rim = CELLS_IN_TOLERANCE
    column, row = (np.floor((middle - middle.min(axis=0)) / side).astype(np.int64) + rim).T
    width = int(column.max()) + rim + 1
    shape = (len(lines), (int(row.max()) + rim + 1) * width)
    on = sparse.coo_array((metres, (line[1:][joined], row * width + column)), shape=shape).tocsr()
    step = np.arange(-rim, rim + 1)
    disc = np.add.outer(step * width, step)[np.add.outer(step**2, step**2) <= rim**2]
    near = [_widened(cells, disc) for cells in np.split(on.indices, on.indptr[1:-1])]
    ends = np.concatenate([[0], np.cumsum([len(cells) for cells in near])])
    cells = np.concatenate(near)
    return on, sparse.csr_array((np.ones(len(cells), dtype=np.float32), cells, ends), shape=shape)


def _widened(cells: NDArray[np.integer], disc: LongArray) -> NDArray[np.integer]:
    """Return the cells around some cells, each once."""
    around = np.add.outer(np.unique(cells), disc.astype(cells.dtype))
    return np.unique(around)


def _one_each(values: ArrayLike, lines: Sequence[object], name: str) -> FloatArray:
    array = np.asarray(values, dtype=float)
    if array.shape != (len(lines),) or not np.isfinite(array).all():
        message = f"{name} have shape {array.shape}; give a finite number for each of {len(lines)}"
        raise ValueError(f"{message} lines")
    return array
