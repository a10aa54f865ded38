"""One layer as one file, in the format that the file's ending names."""

from pathlib import Path

import geopandas as gpd

from corridors.errors import OutputError
from corridors.export.geojson import write_geojson
from corridors.export.geopackage import write_geopackage

__all__ = ["is_geopackage", "write_layer"]

GEOJSON = (".geojson", ".json")
GEOPACKAGE = ".gpkg"


def write_layer(
    layer: gpd.GeoDataFrame, path: Path | str, *, title: str | None = None, decimals: int = 6
) -> None:
    """Write a layer as GeoJSON or as a GeoPackage, as the ending of the file's name says.

    Parameters
    ----------
    layer
        A layer in any CRS that it declares. GeoJSON holds it in WGS 84, a GeoPackage in its own.
    path
        The file, ending in ``.geojson``, ``.json`` or ``.gpkg``; it is replaced whole or not at
        all. In a GeoPackage the layer has the file's name.
    title
        What people call the layer.
    decimals
        Digits after the point of longitudes and latitudes in GeoJSON.

    Raises
    ------
    OutputError
        When the name ends otherwise, or the file cannot be written.
    CRSError, LayerError
        As for `corridors.export.write_geojson` and `corridors.export.write_geopackage`.

    Examples
    --------
    >>> import tempfile
    >>> post = gpd.GeoDataFrame({"id": ["a"]}, geometry=gpd.points_from_xy([0], [0]), crs=32637)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_layer(post, Path(folder) / "posts.gpkg")
    ...     gpd.list_layers(Path(folder) / "posts.gpkg")["name"].tolist()
    ['posts']
    """
    path = Path(path)
    if is_geopackage(path):
        titles = {} if title is None else {path.stem: title}
        write_geopackage({path.stem: layer}, path, titles=titles)
    else:
        write_geojson(layer, path, title=title, decimals=decimals)


def is_geopackage(path: Path | str) -> bool:
    """Return whether a file's name says GeoPackage, not GeoJSON; refuse one that says neither.

    Raises
    ------
    OutputError
        When the name ends in neither way.
    """
    ending = Path(path).suffix.lower()
    if ending not in (*GEOJSON, GEOPACKAGE):
        shown = f"ends in {ending}" if ending else "has no ending"
        raise OutputError(
            f"{path} {shown}, and what is written is GeoJSON or a GeoPackage; name a file that "
            "ends in .geojson or .gpkg (ogr2ogr and QGIS turn these into any other format)"
        )
    return ending == GEOPACKAGE
