"""A path that GDAL opens as it stands, whatever letters are in it."""

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from corridors.errors import LayerError

__all__ = ["openable", "writable"]

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
    misread = _misread(path)
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


@contextmanager
def writable(path: Path) -> Iterator[Path]:
    """Give a path at which GDAL writes a file, and have the file at the path wanted afterwards.

    Parameters
    ----------
    path
        The file wanted. Where GDAL would misread a letter of its path, it is written to a temporary
        folder and copied.

    Yields
    ------
    Path
        Where to write.
    """
    if _misread(path.absolute()) is None:
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="corridors-") as folder:
        plain = Path(folder) / f"layer{path.suffix}"
        yield plain
        shutil.copyfile(plain, path)


def _misread(path: Path) -> re.Match[str] | None:
    return READ_AS_ADDRESS.search(path.as_posix().removeprefix(path.drive))
