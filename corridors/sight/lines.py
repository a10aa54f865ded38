"""Lines of sight between points, exactly."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike, NDArray

from corridors.crs import require_metric
from corridors.errors import CRSError, InputError
from corridors.kernels.sight import TOUCH_M, sight_lines
from corridors.raster import Raster
from corridors.sight.surface import REFRACTION, SightSurface, bend_of

__all__ = ["checked_heights", "line_of_sight", "xy_of"]

FloatArray = NDArray[np.float64]

# Higher than any mast; who counts from the sea by mistake is told.
ABOVE_GROUND_MAX_M = 1000.0


def line_of_sight(
    heights: Raster,
    observers: gpd.GeoDataFrame | gpd.GeoSeries | ArrayLike,
    targets: gpd.GeoDataFrame | gpd.GeoSeries | ArrayLike,
    *,
    observer_height_m: float | ArrayLike,
    target_height_m: float | ArrayLike,
    curvature: bool = True,
    refraction: float = REFRACTION,
) -> pd.DataFrame:
    """Tell who sees whom, and by how much.

    Parameters
    ----------
    heights
        Elevation in metres, square cells of a metric CRS, NaN where unknown.
    observers, targets
        Points in that CRS: a layer, or coordinates of shape (n, 2) or (2,). One observer or target
        goes with all of the others.
    observer_height_m, target_height_m
        Above the ground, one or one each; 0 lies on it.
    curvature
        Whether the earth is round.
    refraction
        The part k of the curvature that the bending of light takes back; 1/7 for light by day.

    Returns
    -------
    pandas.DataFrame
        A row a pair, on the index of the layer, if one was given for all of them:

        - ``visible``: whether the line touches the ground at most;
        - ``clearance_m``: the least height of the line above the ground, its ends included; below 0
          by how deep it cuts into the ground;
        - ``at_m``: how far from the observer that is;
        - ``distance_m``;
        - ``gap_m``: how much of the line runs over unknown ground, which hides nothing.

    Raises
    ------
    CRSError
        When the heights are not metric, or a layer is in another system.
    InputError
        When an end is off the elevation or in a gap of it, or a height is below 0.

    Notes
    -----
    The ground between four cell centres is bilinear, so that it is a quadratic along a line, as
    the drop (1 - k) d^2 / (2 R) is; the least clearance over each patch is found in closed form.
    Nothing is sampled. Seen from the other end a line is the same: clearance is reciprocal. Beyond
    the outermost centres the outermost cells go on.

    References
    ----------
    Franklin, W. R., Ray, C. (1994), Higher isn't necessarily better: visibility algorithms and
    experiments; Yoeli, P. (1985), Cartographica 22(3), for the drop.

    Examples
    --------
    A wall of 10 m, 100 m away, before someone who stands on level ground.

    >>> from affine import Affine
    >>> from corridors.crs import parse_crs
    >>> ground = np.zeros((1, 30))
    >>> ground[0, 10] = 10.0
    >>> raster = Raster(ground, Affine(10, 0, 0, 0, -10, 10), parse_crs("EPSG:32637"), "elevation")
    >>> seen = line_of_sight(raster, (5, 5), [(95, 5), (205, 5)],
    ...                      observer_height_m=2, target_height_m=2)
    >>> seen[["visible", "clearance_m", "at_m"]].round(1).values.tolist()
    [[True, 2.0, 45.0], [False, -8.0, 100.0]]
    """
    surface = SightSurface.of(heights)
    start, start_index = xy_of(observers, surface, name="observers")
    end, end_index = xy_of(targets, surface, name="targets")
    count = _common(len(start), len(end))
    bend = bend_of(curvature=curvature, refraction=refraction) * surface.grid.cell_m**2
    ground = [
        surface.heights_at(*xy.T, name=name) for xy, name in ((start, "observer"), (end, "target"))
    ]
    above = [
        checked_heights(observer_height_m, count, name="observer_height_m"),
        checked_heights(target_height_m, count, name="target_height_m"),
    ]
    eyes, tops = (np.broadcast_to(z, count) + up for z, up in zip(ground, above, strict=True))
    start, end = (np.broadcast_to(xy, (count, 2)) for xy in (start, end))
    clearance, at, gap = (np.empty(count) for _ in range(3))
    sight_lines(
        surface.padded,
        np.column_stack(surface.places(*start.T)),
        np.column_stack(surface.places(*end.T)),
        eyes,
        tops,
        bend,
        clearance,
        at,
        gap,
    )
    # At the ends the clearance is what was given, whether the ground there is rounded or a gap.
    for up, where in ((above[0], 0.0), (above[1], 1.0)):
        lower = up < clearance
        clearance[lower], at[lower] = up[lower], where
    distance = np.hypot(*(end - start).T)
    index = next((i for i in (start_index, end_index) if i is not None and len(i) == count), None)
    return pd.DataFrame(
        {
            "visible": clearance >= -TOUCH_M,
            "clearance_m": clearance,
            "at_m": at * distance,
            "distance_m": distance,
            "gap_m": gap * distance,
        },
        index=index,
    )


def xy_of(
    points: gpd.GeoDataFrame | gpd.GeoSeries | ArrayLike, surface: SightSurface, *, name: str
) -> tuple[FloatArray, pd.Index | None]:
    """Return the coordinates of points, shape (n, 2), and the index of a layer.

    Raises
    ------
    CRSError
        When a layer is not in the system of the heights.
    InputError
        When they are not points, or there is none.
    """
    index = None
    if isinstance(points, gpd.GeoDataFrame | gpd.GeoSeries):
        crs = require_metric(points, name=name)
        if crs != surface.grid.crs:
            raise CRSError(
                f"{name} are in {crs.name} and the heights in {surface.grid.crs.name}; bring them "
                "into one: corridors.project(layer, to_crs=heights.crs)"
            )
        shapes = np.asarray(points.geometry.array)
        if len(shapes) and not (shapely.get_type_id(shapes) == shapely.GeometryType.POINT).all():
            raise InputError(f"{name} are not all points; take their centroids, or representatives")
        xy, index = shapely.get_coordinates(shapes), points.index
        if len(xy) != len(shapes):
            raise InputError(f"{name} hold empty points; leave those out")
    else:
        xy = np.atleast_2d(np.asarray(points, dtype=np.float64))
    if xy.ndim != 2 or xy.shape[1] != 2 or not len(xy):
        raise InputError(f"{name} have shape {xy.shape}; give x and y of one point or more")
    return xy, index


def checked_heights(value: float | ArrayLike, count: int, *, name: str) -> FloatArray:
    """Return a height above the ground for each of so many, or refuse it.

    Raises
    ------
    InputError
        When there is another number of them, or one is below 0, above 1,000 m or no number.
    """
    given = np.asarray(value, dtype=np.float64)
    if given.shape not in {(), (1,), (count,)}:
        raise InputError(
            f"{name} has shape {given.shape}; give one height, or one for each of {count}"
        )
    known = np.broadcast_to(given, count)
    bad = ~((known >= 0) & (known <= ABOVE_GROUND_MAX_M))
    if bad.any():
        i = int(np.flatnonzero(bad)[0])
        raise InputError(
            f"{name} is {known[i]:g} for number {i}; give metres above the ground, from 0 to "
            f"{ABOVE_GROUND_MAX_M:g}, not above the sea"
        )
    return known


def _common(observers: int, targets: int) -> int:
    if observers != targets and 1 not in {observers, targets}:
        raise InputError(
            f"there are {observers} observers and {targets} targets; give as many of both, or one "
            "of either"
        )
    return max(observers, targets)
