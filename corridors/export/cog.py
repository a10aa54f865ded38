"""Cloud-optimised GeoTIFF."""

from collections.abc import Mapping
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
    raster: Raster, path: Path | str, *, tags: Mapping[str, object] | None = None
) -> None:
    """Write a raster as a cloud-optimised GeoTIFF; the same raster gives the same bytes.

    Float32, deflate, tiles of 512 with overviews (averages) down to one tile, nodata NaN. Name,
    unit and description are the band's.

    Parameters
    ----------
    raster
        The values. Infinities, which no reader expects in a band, become nodata.
    path
        The file; it is replaced at the end and whole, or not at all.
    tags
        More metadata of the file, such as title, attribution, synthetic.

    Raises
    ------
    OutputError
        When the values are not a band of rows and columns, or the file cannot be written.

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
    content = _encoded(raster, _tags(raster, tags or {}), name=str(path))
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


def _encoded(raster: Raster, tags: dict[str, str], *, name: str) -> bytes:
    values = np.asarray(raster.values)
    if values.ndim != 2 or not values.size:
        raise OutputError(
            f"{name}: a band has rows and columns, these values have the shape {values.shape}"
        )
    band = values.astype(np.float32)
    band[~np.isfinite(band)] = np.nan
    profile: dict[str, Any] = {
        "driver": "COG",
        "dtype": "float32",
        "count": 1,
        "height": values.shape[0],
        "width": values.shape[1],
        "nodata": np.nan,
        "crs": CRS.from_wkt(raster.crs.to_wkt()),
        "transform": raster.transform,
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
                file.write(band, 1)
                file.set_band_description(1, raster.name)
                file.set_band_unit(1, raster.units)
                file.update_tags(**tags)
                file.update_tags(1, DESCRIPTION_LONG=raster.description)
            return bytes(memory.read())
    except rasterio.errors.RasterioError as error:
        raise OutputError(f"{name} cannot be written: {error}") from error
