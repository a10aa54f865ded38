"""Cloud-optimised GeoTIFF."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from rasterio.crs import CRS
from rasterio.io import MemoryFile

from corridors.errors import OutputError
from corridors.export.json_values import json_text
from corridors.export.whole import whole_file
from corridors.raster import Raster

__all__ = ["write_cog"]

BLOCK_SIZE = 512
PREDICTOR_FLOAT = "YES"  # GDAL takes the floating-point one for float32
# Tags that would differ from run to run, or that GDAL itself sets.
REFUSED_TAGS = frozenset({"TIFFTAG_DATETIME", "AREA_OR_POINT"})


def write_cog(
    raster: Raster | Sequence[Raster], path: Path | str, *, tags: Mapping[str, object] | None = None
) -> None:
    """Write rasters as a cloud-optimised GeoTIFF; the same rasters give the same bytes.

    Float32, deflate, tiles of 512 with overviews (averages) down to one tile, nodata NaN. Name,
    unit and description are each band's.

    Parameters
    ----------
    raster
        The values, or several rasters on one grid, a band each. Infinities, which no reader
        expects in a band, become nodata.
    path
        The file; it is replaced at the end and whole, or not at all.
    tags
        More metadata of the file, such as title, attribution, synthetic.

    Raises
    ------
    OutputError
        When the values are not bands of rows and columns on one grid, or the file cannot be
        written.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> from affine import Affine
    >>> from corridors.crs import parse_crs
    >>> hours = Raster(np.ones((3, 4)), Affine(250, 0, 700000, 0, -250, 4030000),
    ...                parse_crs("EPSG:32637"), "travel_time", "h", "Hours from the nearest origin")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_cog(hours, Path(folder) / "travel_time.tif", tags={"synthetic": True})
    ...     with rasterio.open(Path(folder) / "travel_time.tif") as file:
    ...         file.units, file.tags()["synthetic"]
    (('h',), 'true')
    """
    bands = [raster] if isinstance(raster, Raster) else list(raster)
    if not bands:
        raise OutputError(f"there is no raster to write to {path}; give at least one")
    content = _encoded(bands, _tags(bands[0], tags or {}), name=str(path))
    with whole_file(path) as unfinished:
        unfinished.write_bytes(content)


def _tags(raster: Raster, tags: Mapping[str, object]) -> dict[str, str]:
    refused = sorted(REFUSED_TAGS & set(tags))
    if refused:
        raise OutputError(f"the tags {', '.join(refused)} are not the caller's; leave them out")
    told: dict[str, object] = {"name": raster.name, **tags}
    return {
        key: value if isinstance(value, str) else json_text(value)
        for key, value in sorted(told.items())
    }


def _encoded(bands: list[Raster], tags: dict[str, str], *, name: str) -> bytes:
    shape = np.shape(bands[0].values)
    for raster in bands:
        if np.ndim(raster.values) != 2 or not np.size(raster.values):
            raise OutputError(
                f"{name}: a band has rows and columns, these values have the shape "
                f"{np.shape(raster.values)}"
            )
        place = (np.shape(raster.values), raster.transform, raster.crs)
        if place != (shape, bands[0].transform, bands[0].crs):
            raise OutputError(f"{name}: the bands do not lie on one grid")
    profile: dict[str, Any] = {
        "driver": "COG",
        "dtype": "float32",
        "count": len(bands),
        "height": shape[0],
        "width": shape[1],
        "nodata": np.nan,
        "crs": CRS.from_wkt(bands[0].crs.to_wkt()),
        "transform": bands[0].transform,
        "compress": "DEFLATE",
        "level": 9,
        "predictor": PREDICTOR_FLOAT,
        "blocksize": BLOCK_SIZE,
        "overviews": "AUTO",
        "overview_resampling": "AVERAGE",
        "bigtiff": "IF_SAFER",
        "num_threads": "1",
    }
    try:
        with MemoryFile() as memory:
            with memory.open(**profile) as file:
                file.update_tags(**tags)
                for number, raster in enumerate(bands, start=1):
                    values = np.asarray(raster.values, dtype=np.float32)
                    file.write(np.where(np.isfinite(values), values, np.nan), number)
                    file.set_band_description(number, raster.name)
                    file.set_band_unit(number, raster.units)
                    file.update_tags(number, DESCRIPTION_LONG=raster.description)
            return bytes(memory.read())
    except rasterio.errors.RasterioError as error:
        raise OutputError(f"{name} cannot be written: {error}") from error
