"""The relief under the map: light and shade from elevation, with a soft tint of height."""

import math
from dataclasses import dataclass, replace

import numpy as np
import pyproj
from affine import Affine
from numpy.typing import NDArray
from scipy import ndimage

from corridors.errors import CRSError
from corridors.raster import Raster
from corridors.report.overlay import Overlay, web_mercator_png

__all__ = ["Relief", "hillshade", "relief_image", "relief_picture"]

# Height as share of the study's range, and its colour: dry sage, sand, ochre, brown, pale summit.
# All light enough to write on.
TINT_STOPS = (0.0, 0.2, 0.36, 0.5, 0.62, 0.8, 1.0)
TINT_COLOURS = (
    (215, 224, 204),
    (234, 234, 214),
    (240, 229, 200),
    (228, 205, 164),
    (206, 172, 132),
    (184, 150, 120),
    (232, 224, 216),
)
# Light from the north-west carries the picture; the others keep slopes that face it readable.
LIGHTS = ((315.0, 0.58), (270.0, 0.14), (225.0, 0.10), (0.0, 0.18))
# Steepness that the picture stretches its steepest slopes to; plains would else look flat.
STEEPEST_SHOWN_DEG = 48.0
STEEP_QUANTILE = 0.95
# What full shade leaves of a colour, and how far full light takes it to white: a ridge under the
# bands has to be seen through them.
SHADE_LEAVES, LIGHT_LIFTS = 0.24, 0.3
# In cells: heights in whole metres, or repeated from a coarser grid, would be shaded as stairs.
SMOOTHING_CELLS = 0.8
# How much the tint goes by rank instead of metres: plains get a share of the colours too.
TINT_BY_RANK = 0.45
TINT_QUANTILES = (0.005, 0.1, 0.25, 0.5, 0.75, 0.9, 0.96, 0.998)
Z_FACTOR_MAX = 12.0
PICTURE_SIDE_PX = 1500
ENLARGE_MAX = 6


@dataclass(frozen=True)
class Relief:
    """A picture of the ground in the study's own CRS.

    Attributes
    ----------
    rgba
        Array of rows, columns and 4 channels, 0 to 255.
    transform, crs
        Its place, as in `corridors.raster.Raster`.
    """

    rgba: NDArray[np.uint8]
    transform: Affine
    crs: pyproj.CRS

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """West, east, south, north in units of `crs`: the order that matplotlib wants."""
        rows, columns = self.rgba.shape[:2]
        west, north = self.transform.c, self.transform.f
        return (
            west,
            west + columns * self.transform.a,
            north + rows * self.transform.e,
            north,
        )


def hillshade(
    elevation: Raster,
    *,
    azimuth_deg: float = 315.0,
    altitude_deg: float = 45.0,
    z_factor: float = 1.0,
) -> NDArray[np.float64]:
    """Return how much light each cell gets from one lamp far away.

    Parameters
    ----------
    elevation
        Heights in metres, in a metric CRS, north up.
    azimuth_deg
        Where the light comes from, clockwise from grid north.
    altitude_deg
        Height of the light above the horizon.
    z_factor
        What heights are multiplied with before; more than 1 exaggerates the relief.

    Returns
    -------
    Array of the raster's shape: 0 in full shade, 1 square to the light; NaN where a cell has no
    height. At the rim and beside missing cells the nearest known heights stand in.

    Raises
    ------
    CRSError
        When the raster is not in metres.

    Notes
    -----
    Slope after Horn (1981), Hill shading and the reflectance map, Proc. IEEE 69, 14-47: the
    third-order finite difference over eight neighbours. Light after Lambert.

    Examples
    --------
    >>> import numpy as np, pyproj
    >>> from affine import Affine
    >>> flat = Raster(np.zeros((3, 3)), Affine(30, 0, 0, 0, -30, 90), pyproj.CRS(32637), "z")
    >>> round(float(hillshade(flat)[1, 1]), 4)
    0.7071
    """
    east, north = _gradient(elevation, z_factor)
    azimuth, altitude = math.radians(azimuth_deg), math.radians(altitude_deg)
    # The surface's normal is (-east, -north, 1); its angle to the light gives the brightness.
    across = east * math.sin(azimuth) + north * math.cos(azimuth)
    light = math.sin(altitude) - math.cos(altitude) * across
    shade = np.clip(light / np.sqrt(1 + east**2 + north**2), 0, 1)
    return np.where(np.isfinite(elevation.values), shade, np.nan)


def relief_picture(elevation: Raster, *, z_factor: float | None = None) -> Relief:
    """Return the relief as a picture in the raster's own CRS, finer than the grid where needed.

    Parameters
    ----------
    elevation
        Heights in metres, in a metric CRS, north up.
    z_factor
        Exaggeration of heights; None takes what makes the steepest slopes of the study read.

    Raises
    ------
    CRSError
        When the raster is not in metres.

    Examples
    --------
    >>> import numpy as np, pyproj
    >>> from affine import Affine
    >>> ridge = np.tile(np.hypot(np.arange(-20, 20), 3.0) * -30, (40, 1))
    >>> place = Affine(1000, 0, 0, 0, -1000, 40_000)
    >>> relief_picture(Raster(ridge, place, pyproj.CRS(32637), "z", "m")).rgba.shape
    (240, 240, 4)
    """
    fine = _enlarged(_smoothed(elevation))
    z_factor = _readable_z_factor(fine) if z_factor is None else z_factor
    shade = sum(
        weight * hillshade(fine, azimuth_deg=azimuth, altitude_deg=42.0, z_factor=z_factor)
        for azimuth, weight in LIGHTS
    )
    level = math.sin(math.radians(42.0))
    tint = _tint(fine.values)
    # A plain keeps its tint; shade multiplies it down, and light lifts it towards white.
    relative = (np.asarray(shade) / level)[..., np.newaxis]
    dark = tint * np.clip(SHADE_LEAVES + (1 - SHADE_LEAVES) * relative, 0, 1)
    light = tint + (255 - tint) * LIGHT_LIFTS * np.clip(relative - 1, 0, 1)
    colour = np.where(relative > 1, light, dark)
    known = np.isfinite(fine.values)
    rgba = np.zeros((*known.shape, 4), dtype=np.uint8)
    rgba[..., :3] = np.where(known[..., np.newaxis], np.nan_to_num(colour).round(), 0)
    rgba[..., 3] = np.where(known, 255, 0)
    return Relief(rgba, fine.transform, fine.crs)


def relief_image(elevation: Raster, *, z_factor: float | None = None) -> Overlay:
    r"""Return the relief as a PNG in Web Mercator, with its corners in degrees.

    Parameters
    ----------
    elevation
        Heights in metres, in a metric CRS, north up.
    z_factor
        As for `relief_picture`.

    Raises
    ------
    CRSError
        When the raster is not in metres.

    Examples
    --------
    >>> import numpy as np, pyproj
    >>> from affine import Affine
    >>> place = Affine(1000, 0, 7e5, 0, -1000, 4e6)
    >>> image = relief_image(Raster(np.zeros((9, 9)), place, pyproj.CRS(32637), "z"))
    >>> image.png[:4], [round(degrees) for degrees in image.bounds]
    (b'\x89PNG', [41, 36, 41, 36])
    """
    picture = relief_picture(elevation, z_factor=z_factor)
    return web_mercator_png(picture.rgba, picture.transform, picture.crs)


def _gradient(
    elevation: Raster, z_factor: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the rise towards east and north, metres per metre (Horn 1981)."""
    if not elevation.crs.is_projected:
        raise CRSError(
            f"the elevation is in degrees ({elevation.crs.name}); slopes need metres: "
            "project the raster to the study's metric system first"
        )
    heights = _filled(elevation.values) * z_factor
    weights = np.array([1.0, 2.0, 1.0])
    difference = np.array([-1.0, 0.0, 1.0])
    rise_along_row = ndimage.correlate1d(heights, difference, axis=1, mode="nearest")
    east = ndimage.correlate1d(rise_along_row, weights, axis=0, mode="nearest")
    rise_along_column = ndimage.correlate1d(heights, difference, axis=0, mode="nearest")
    down = ndimage.correlate1d(rise_along_column, weights, axis=1, mode="nearest")
    # A row further down lies further south: the transform's row step is negative.
    return east / (8 * elevation.transform.a), down / (8 * elevation.transform.e)


def _filled(values: NDArray[np.floating]) -> NDArray[np.float64]:
    """Put the nearest known height where there is none, so that no cliff stands at the gap."""
    heights = np.asarray(values, dtype=np.float64)
    missing = ~np.isfinite(heights)
    if not missing.any():
        return heights
    if missing.all():
        return np.zeros_like(heights)
    nearest = ndimage.distance_transform_edt(missing, return_distances=False, return_indices=True)
    filled: NDArray[np.float64] = heights[tuple(nearest)]
    return filled


def _smoothed(elevation: Raster) -> Raster:
    smooth = ndimage.gaussian_filter(_filled(elevation.values), SMOOTHING_CELLS, mode="nearest")
    known = np.isfinite(elevation.values)
    return replace(elevation, values=np.where(known, smooth, np.nan))


def _enlarged(elevation: Raster) -> Raster:
    """Return a smooth finer grid, so that a kilometre cell is not seen as a square."""
    rows, columns = elevation.values.shape
    times = min(ENLARGE_MAX, max(1, round(PICTURE_SIDE_PX / max(rows, columns))))
    if times == 1:
        return elevation
    heights = ndimage.zoom(
        _filled(elevation.values), times, order=3, mode="nearest", grid_mode=True
    )
    known = np.isfinite(elevation.values).repeat(times, axis=0).repeat(times, axis=1)
    return Raster(
        np.where(known, heights, np.nan),
        _finer(elevation.transform, times),
        elevation.crs,
        elevation.name,
        elevation.units,
    )


def _finer(transform: Affine, times: int) -> Affine:
    a, b, c, d, e, f = tuple(transform)[:6]
    return Affine(a / times, b / times, c, d / times, e / times, f)


def _readable_z_factor(elevation: Raster) -> float:
    east, north = _gradient(elevation, 1.0)
    steep = float(np.quantile(np.hypot(east, north), STEEP_QUANTILE))
    if steep <= 0:
        return 1.0
    wanted = math.tan(math.radians(STEEPEST_SHOWN_DEG))
    return min(Z_FACTOR_MAX, max(1.0, wanted / steep))


def _tint(heights: NDArray[np.floating]) -> NDArray[np.float64]:
    known = heights[np.isfinite(heights)]
    levels = np.quantile(known, TINT_QUANTILES) if known.size else np.zeros(len(TINT_QUANTILES))
    span = max(float(levels[-1] - levels[0]), 1.0)
    filled = np.nan_to_num(heights, nan=float(levels[0]))
    metres = np.clip((filled - levels[0]) / span, 0, 1)
    # Ranks within less than a metre would colour the noise of the interpolation.
    by_rank = TINT_BY_RANK if levels[-1] - levels[0] > 1.0 else 0.0
    rank = np.interp(filled, levels, TINT_QUANTILES) if by_rank else metres
    share = by_rank * rank + (1 - by_rank) * metres
    channels = np.array(TINT_COLOURS, dtype=np.float64).T
    return np.stack([np.interp(share, TINT_STOPS, channel) for channel in channels], axis=-1)
