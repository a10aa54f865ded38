"""Sight: what 100 posts see within 20 km on 30 m cells, ours beside GDAL's viewshed.

Both use all processors, each in its own way: ours threads, GDAL's program so many at a time. Its
reading and writing are part of its time, as for a user. The answers are not the same question to
the last cell: GDAL takes the post to its cell's centre and compares heights at neighbouring cells
only. They are compared by the share of the ground that each post sees.
"""

import shutil
import subprocess
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import rasterio

from benchmarks.side_by_side import OURS, Case
from corridors.crs import parse_crs
from corridors.processors import processors
from corridors.raster import Raster
from corridors.sight import viewshed_polygons, viewsheds

Answer = Callable[[], Any]
World = tuple[Raster, np.ndarray]

CELL_M, RANGE_M, EYE_M, TARGET_M = 30.0, 20_000.0, 6.0, 2.0
POSTS = 100
ACROSS = 2000
SEED = 4


def hills(posts: int) -> World:
    """Return fractal hills of 60 by 60 km, 150 m to a standard deviation, and posts on them."""
    rng = np.random.default_rng(SEED)
    power = np.fft.fftfreq(ACROSS)[:, None] ** 2 + np.fft.rfftfreq(ACROSS)[None, :] ** 2
    power[0, 0] = 1
    field = np.fft.irfft2(
        np.fft.rfft2(rng.normal(size=(ACROSS, ACROSS))) * power**-0.95, s=(ACROSS, ACROSS)
    )
    heights = (500 + 150 * field / field.std()).astype(np.float32)
    place = rasterio.Affine(CELL_M, 0, 5e5, 0, -CELL_M, 4e6)
    cells = rng.integers(667, ACROSS - 667, (posts, 2))
    xy = (cells + 0.5) * (CELL_M, -CELL_M) + (place.c, place.f)
    return Raster(heights, place, parse_crs("EPSG:32637"), "elevation", "m"), xy


def ours(world: World) -> Answer:
    """Return a call of ours: square kilometres that each post sees."""
    heights, xy = world

    def call() -> np.ndarray:
        views = viewsheds(
            heights, xy, range_m=RANGE_M, sight_height_m=EYE_M, target_height_m=TARGET_M
        )
        return np.array([view.area_km2 for view in views])

    return call


def ours_with_polygons(world: World) -> Answer:
    """Return the same, with the polygons made too."""
    heights, xy = world

    def call() -> np.ndarray:
        views = viewsheds(
            heights, xy, range_m=RANGE_M, sight_height_m=EYE_M, target_height_m=TARGET_M
        )
        return viewshed_polygons(views).area.to_numpy() / 1e6

    return call


def gdal(world: World) -> Answer:
    """Return a call of GDAL's program."""
    program = shutil.which("gdal_viewshed")
    if program is None:
        raise ModuleNotFoundError("gdal_viewshed is not there")
    heights, xy = world
    folder = Path(tempfile.mkdtemp())
    rows, columns = heights.values.shape
    with rasterio.open(
        folder / "heights.tif",
        "w",
        driver="GTiff",
        dtype="float32",
        count=1,
        height=rows,
        width=columns,
        crs=heights.crs.to_wkt(),
        transform=heights.transform,
    ) as file:
        file.write(heights.values, 1)

    def look(post: int) -> Path:
        x, y = xy[post]
        found = folder / f"{post}.tif"
        subprocess.run(  # noqa: S603 what is run was looked up above
            [
                *(program, "-q", "-ox", str(x), "-oy", str(y), "-md", str(RANGE_M)),
                *("-oz", str(EYE_M), "-tz", str(TARGET_M), "-cc", str(6 / 7)),
                *(str(folder / "heights.tif"), str(found)),
            ],
            check=True,
        )
        return found

    def call() -> Any:
        with ThreadPoolExecutor(processors()) as pool:
            files = list(pool.map(look, range(len(xy))))
        return lambda: np.array([_seen_km2(path) for path in files])

    return call


def _seen_km2(path: Path) -> float:
    with rasterio.open(path) as file:
        return float((file.read(1) == 255).sum()) * CELL_M**2 / 1e6


CASES = [
    Case(
        "sight of posts, 20 km, 30 m cells",
        [POSTS],
        hills,
        {OURS: ours, "corridors, with polygons": ours_with_polygons, "GDAL viewshed": gdal},
        # Only that they look at the same ground in the same way.
        rtol=0.1,
        cells_of=lambda posts: posts * round(np.pi * (RANGE_M / CELL_M) ** 2),
    )
]
