"""The reference system of a layer: what its file declares, or else its user."""

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pyproj

from corridors.crs import parse_crs
from corridors.errors import LayerError
from corridors.scenario.model import LayerSource

__all__ = ["IN_SCENARIO", "Words", "with_crs"]


@dataclass(frozen=True)
class Words:
    """How a user says what a file does not: in a scenario's table, or in options of a command.

    Attributes
    ----------
    crs, layer, xy
        What to write for the reference system of a file, for the layer in it, and for the columns
        of coordinates of a table.
    no_crs
        How to leave the reference system to the file.
    told_by
        What says so.
    """

    crs: str = "crs = 'EPSG:4326' where the scenario names the file"
    layer: str = "layer = '...'"
    xy: str = "name their columns: x = '...', y = '...'"
    no_crs: str = "leave crs out of the scenario"
    told_by: str = "the scenario"


IN_SCENARIO = Words()


def with_crs(
    frame: gpd.GeoDataFrame, source: LayerSource, path: Path, kind: str, words: Words
) -> gpd.GeoDataFrame:
    """Return a layer in the system that its file declares, or else its user.

    Raises
    ------
    LayerError
        When nobody declares one, both do and differ, or it places nothing on a map.
    """
    if frame.crs is None or _says_nothing(frame.crs):
        if source.crs is None:
            raise LayerError(
                "declares no coordinate reference system",
                file=path,
                layer=kind,
                todo=f"say which it is in: {words.crs}, if it is in degrees of longitude and "
                "latitude",
            )
        return frame.set_crs(parse_crs(source.crs), allow_override=True)
    if source.crs is not None and not _same(parse_crs(source.crs), frame.crs):
        raise LayerError(
            f"declares {frame.crs.name}, but {words.told_by} says {source.crs}",
            file=path,
            layer=kind,
            todo=f"{words.no_crs}, or correct the file",
        )
    if not (frame.crs.is_geographic or frame.crs.is_projected):
        raise LayerError(
            f"declares {frame.crs.name}, which places nothing on a map",
            file=path,
            layer=kind,
            todo="declare a system of longitude and latitude or of a map projection in the file",
        )
    return frame


def _says_nothing(crs: pyproj.CRS) -> bool:
    """Tell a reference system that only says that there is none, as GeoPackages declare it."""
    return crs.is_engineering or crs.name.startswith("Undefined")


def _same(one: pyproj.CRS, other: pyproj.CRS) -> bool:
    # Axes are always x, y here, whatever order a system's definition has them in.
    return one.equals(other, ignore_axis_order=True) or (
        one.to_epsg() is not None and one.to_epsg() == other.to_epsg()
    )
