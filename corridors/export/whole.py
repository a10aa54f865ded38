"""One file, whole or not at all."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from corridors.errors import OutputError

__all__ = ["whole_file", "write_bytes"]


@contextmanager
def whole_file(path: Path | str) -> Iterator[Path]:
    """Give a name to write to beside a file, and move it into the file's place when all went well.

    Parameters
    ----------
    path
        The file wanted; one that is there is replaced at the end, and not before.

    Yields
    ------
    Path
        A name in the same folder with the same ending, where there is no file yet.

    Raises
    ------
    OutputError
        When the folder is not there or cannot be written, or a folder stands in the file's place.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with whole_file(Path(folder) / "note.txt") as name:
    ...         _ = name.write_text("done")
    ...     [file.name for file in Path(folder).iterdir()]
    ['note.txt']
    """
    target = Path(os.path.realpath(path))
    if target.is_dir():
        raise OutputError(f"{path} is a folder; name a file in it")
    if not target.parent.is_dir():
        raise OutputError(f"the folder {target.parent} is not there; make it first")
    unfinished = target.with_name(f".{secrets.token_hex(4)}.unfinished{target.suffix}")
    try:
        yield unfinished
        unfinished.replace(target)
    except OSError as error:
        if isinstance(error, OutputError):
            raise
        message = f"{path} cannot be written: {error.strerror or error}"
        raise OutputError(message) from error
    finally:
        with suppress(FileNotFoundError):
            unfinished.unlink()


def write_bytes(path: Path | str, content: bytes) -> None:
    """Write a file whole or not at all.

    Raises
    ------
    OutputError
        When it cannot be written.
    """
    with whole_file(path) as name:
        name.write_bytes(content)
