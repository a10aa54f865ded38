"""Pictures that a web map can lay on the ground: PNG in Web Mercator, corners in degrees."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyproj
from affine import Affine
from numpy.typing import NDArray
from rasterio.enums import Resampling
from rasterio.warp import reproject

from corridors.crs import Bounds, project_bounds
from corridors.raster import Raster
from corridors.report.png import png_bytes

__all__ = ["Overlay", "classed_picture", "step_colours", "web_mercator_png"]

WEB_MERCATOR = "EPSG:3857"
RIM_CUT_MAX = 0.1
RIM_FILLED_MIN = 0.985
# Six steps of viridis (van der Walt and Smith 2015), dark for little: even in lightness, and told
# apart by readers with any colour vision.
STEP_COLOURS = ("#440154", "#414487", "#2a788e", "#22a884", "#7ad151", "#fde725")
# Of pixels that are not seen.
CLEAR = "#000000"


@dataclass(frozen=True)
class Overlay:
    """A picture and where it lies.

    Attributes
    ----------
    png
        The file's bytes.
    bounds
        West, south, east, north of its corners in degrees; rows are even in Web Mercator.
    """

    png: bytes
    bounds: Bounds

    @property
    def data_uri(self) -> str:
        """The picture as an address that needs no network."""
        return "data:image/png;base64," + base64.b64encode(self.png).decode("ascii")


def web_mercator_png(
    rgba: NDArray[np.uint8],
    transform: Affine,
    crs: pyproj.CRS,
    *,
    resampling: Resampling = Resampling.bilinear,
) -> Overlay:
    """Return a picture in Web Mercator as a PNG.

    Parameters
    ----------
    rgba
        Rows, columns and 4 channels.
    transform, crs
        The picture's place.
    resampling
        How new pixels are made; `Resampling.nearest` keeps classes sharp.

    Examples
    --------
    >>> import numpy as np, pyproj
    >>> from affine import Affine
    >>> red = np.full((20, 30, 4), 255, dtype=np.uint8)
    >>> overlay = web_mercator_png(red, Affine(1e3, 0, 7e5, 0, -1e3, 4e6), pyproj.CRS(32637))
    >>> overlay.data_uri[:30]
    'data:image/png;base64,iVBORw0K'
    """
    rows, columns = rgba.shape[:2]
    west, south, east, north = project_bounds(
        _bounds(transform, rows, columns), from_crs=crs, to_crs=WEB_MERCATOR
    )
    # As many pixels as the picture has along its longer side: finer would only be heavier.
    pixel = max(east - west, north - south) / max(rows, columns)
    width, height = round((east - west) / pixel), round((north - south) / pixel)
    target = Affine((east - west) / width, 0, west, 0, (south - north) / height, north)
    bands = np.zeros((4, height, width), dtype=np.uint8)
    reproject(
        np.ascontiguousarray(np.moveaxis(rgba, -1, 0)),
        bands,
        src_transform=transform,
        src_crs=crs.to_wkt(),
        dst_transform=target,
        dst_crs=WEB_MERCATOR,
        resampling=resampling,
    )
    top, bottom, left, right = _without_ragged_rim(bands[3] > 0)
    bands = bands[:, top:bottom, left:right]
    west, east = west + left * target.a, west + right * target.a
    north, south = north + top * target.e, north + bottom * target.e
    corners = project_bounds((west, south, east, north), from_crs=WEB_MERCATOR, to_crs="EPSG:4326")
    return Overlay(png_bytes(np.moveaxis(bands, 0, -1)), corners)


def classed_picture(
    raster: Raster,
    breaks: tuple[float, ...],
    *,
    least: float | None = None,
    much_is_dark: bool = False,
    colours: Sequence[str | None] = (),
) -> NDArray[np.uint8]:
    """Return a raster as a picture in steps of colour; NaN and what is below `least` is clear.

    Parameters
    ----------
    raster
        The values.
    breaks
        Limits between the classes, ascending.
    least
        What is below it stays clear.
    much_is_dark
        Whether the greatest values are the darkest.
    colours
        Of each class, in place of the ramp; a class of None stays clear.

    Returns
    -------
    numpy.ndarray
        Rows, columns and 4 channels.

    Examples
    --------
    >>> import numpy as np, pyproj
    >>> from affine import Affine
    >>> hours = Raster(np.array([[0.5, 3.0, np.nan]]), Affine.identity(), pyproj.CRS(32637), "h")
    >>> classed_picture(hours, (1, 2))[0].tolist()
    [[68, 1, 84, 255], [253, 231, 37, 255], [0, 0, 0, 0]]
    """
    steps = list(colours) or step_colours(len(breaks) + 1, much_is_dark=much_is_dark)
    mixed = np.array([_rgb(colour or CLEAR) for colour in steps], dtype=np.uint8)
    known = np.isfinite(raster.values)
    if least is not None:
        known &= raster.values >= least
    classes = np.minimum(
        np.searchsorted(np.array(breaks), raster.values, side="right"), len(breaks)
    )
    known &= np.array([colour is not None for colour in steps])[classes]
    rgba = np.zeros((*known.shape, 4), dtype=np.uint8)
    rgba[..., :3] = np.where(known[..., np.newaxis], mixed[classes], 0)
    rgba[..., 3] = np.where(known, 255, 0)
    return rgba


def step_colours(classes: int, *, much_is_dark: bool = False) -> list[str]:
    """Return as many colours as there are classes, from dark to light or the other way round.

    Examples
    --------
    >>> step_colours(2)
    ['#440154', '#fde725']
    >>> step_colours(2, much_is_dark=True)
    ['#fde725', '#440154']
    """
    places = np.linspace(0, len(STEP_COLOURS) - 1, max(classes, 2))
    channels = np.array([_rgb(colour) for colour in STEP_COLOURS], dtype=float).T
    mixed = [np.interp(places, np.arange(len(STEP_COLOURS)), channel) for channel in channels]
    rows = np.rint(np.stack(mixed, axis=1)).astype(int)[:classes]
    colours = ["#{:02x}{:02x}{:02x}".format(*row) for row in rows.tolist()]
    return colours[::-1] if much_is_dark else colours


def _rgb(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour.removeprefix("#")))


def _bounds(transform: Affine, rows: int, columns: int) -> Bounds:
    west, north = transform.c, transform.f
    return west, north + rows * transform.e, west + columns * transform.a, north


def _without_ragged_rim(known: NDArray[np.bool_]) -> tuple[int, int, int, int]:
    """Return first and last rows and columns of a picture without its half-empty edges.

    A grid that is turned by a projection gets edges like stairs; at most a tenth is cut off.
    """
    rows, columns = known.shape
    top, bottom, left, right = 0, rows, 0, columns
    while bottom - top > (1 - RIM_CUT_MAX) * rows and right - left > (1 - RIM_CUT_MAX) * columns:
        view = known[top:bottom, left:right]
        filled = [edge.mean() for edge in (view[0], view[-1], view[:, 0], view[:, -1])]
        worst = int(np.argmin(filled))
        if filled[worst] >= RIM_FILLED_MIN:
            return top, bottom, left, right
        top, bottom = top + (worst == 0), bottom - (worst == 1)
        left, right = left + (worst == 2), right - (worst == 3)
    return 0, rows, 0, columns
