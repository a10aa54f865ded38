"""A path that GDAL opens as it stands, whatever letters are in it."""

import re
from pathlib import Path

from corridors.errors import LayerError

__all__ = ["openable"]

# What a reader of addresses takes for the start of something else: a file in an archive (!), a
# parameter (;), a query (?), a scheme (:), or passes over.
READ_AS_ADDRESS = re.compile(r"[!;?:\t\r\n]")


def openable(path: Path, *, kind: str) -> str:
    """Return the text by which GDAL opens a file, and not something else that it spells.

    Parameters
    ----------
    path
        The file.
    kind
        The layer it is read for, for the message.

    Returns
    -------
    str
        The path itself, or where a letter in it would be misread one that is passed on unread: a
        zip file by the brackets of ``/vsizip/``, another as a part of a file that is all of it.

    Raises
    ------
    LayerError
        When the format is a folder, which GDAL cannot open in that way.

    Examples
    --------
    >>> openable(Path("/data/posts.gpkg"), kind="checkpoints")
    '/data/posts.gpkg'
    >>> openable(Path("/data/new!/posts.gpkg"), kind="checkpoints")
    '/vsisubfile/0,/data/new!/posts.gpkg'
    """
    plain = str(path)
    misread = READ_AS_ADDRESS.search(path.as_posix().removeprefix(path.drive))
    if misread is None:
        return plain
    if path.is_dir():
        raise LayerError(
            f"is a folder with {misread[0]!r} in its path, which GDAL cannot open",
            file=path,
            layer=kind,
            todo="rename the folder, or export the layer as GeoPackage",
        )
    # Only whole paths are safe from names that look like those of a driver or a network.
    whole = path.absolute()
    return f"/vsizip/{{{whole}}}" if path.suffix.lower() == ".zip" else f"/vsisubfile/0,{whole}"
