"""What can go wrong, by name.

Every error of the package is a `CorridorsError`. Those that the user can mend are `InputError`;
the command line ends with 2 for them and with 1 for the others. Each is also the builtin that a
Python programmer would catch.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

__all__ = [
    "CRSError",
    "CorridorsError",
    "InputError",
    "LayerError",
    "MissingExtraError",
    "MissingFileError",
    "OutputError",
    "RunError",
    "ScenarioError",
    "UnreachableError",
    "in_scenario",
]

ROWS_NAMED = 5


class CorridorsError(Exception):
    """Root of all errors of the package."""


class InputError(CorridorsError):
    """Something that was given is wrong; the message says what to do about it."""


class ScenarioError(InputError, ValueError):
    """The scenario file is not a scenario."""


class MissingFileError(InputError, FileNotFoundError):
    """A file that was named is not there or cannot be read."""


class OutputError(InputError, OSError):
    """The results cannot be written where they were asked for."""


class CRSError(InputError, ValueError):
    """A coordinate reference system is missing, unfit for metres, or does not match."""


class MissingExtraError(InputError, ImportError):
    """An optional dependency is needed for what was asked."""


class UnreachableError(InputError, ValueError):
    """Origins and destinations are off the graph or cut off from each other."""


@contextmanager
def in_scenario(called: str) -> Iterator[None]:
    """Put the scenario's file before what is wrong with its values.

    Parameters
    ----------
    called
        The scenario's file, as its user knows it.

    Examples
    --------
    >>> try:
    ...     with in_scenario("study.toml"):
    ...         raise CRSError("area.crs is in degrees")
    ... except CRSError as error:
    ...     print(error)
    study.toml: area.crs is in degrees
    """
    try:
        yield
    except (CRSError, ScenarioError, UnreachableError) as error:
        if str(error).startswith(called):
            raise
        raise type(error)(f"{called}: {error}") from error


class RunError(CorridorsError, RuntimeError):
    """The computation failed for a reason that lies with the program or the machine."""


class LayerError(InputError, ValueError):
    """A layer cannot be used as it is.

    Parameters
    ----------
    problem
        What is wrong, with the value found.
    file
        The file that holds the layer.
    layer
        The layer's name in the file, or the kind of layer that the study wanted.
    rows
        Positions of the rows at fault, counted from 0 in the order of the file.
    todo
        What the user should do.

    Examples
    --------
    >>> str(LayerError("the identifier 'a' is there twice", layer="checkpoints", rows=[0, 3],
    ...                todo="give each row its own id"))
    "layer 'checkpoints', rows 0 and 3: the identifier 'a' is there twice; give each row its own id"
    """

    def __init__(
        self,
        problem: str,
        *,
        file: Path | str | None = None,
        layer: str | None = None,
        rows: Iterable[int] = (),
        todo: str | None = None,
    ) -> None:
        self.file = None if file is None else Path(file)
        self.layer = layer
        self.rows = tuple(int(row) for row in rows)
        where = _place(self.file, self.layer, self.rows)
        message = f"{where}: {problem}" if where else problem
        super().__init__(f"{message}; {todo}" if todo else message)


def _place(file: Path | None, layer: str | None, rows: Sequence[int]) -> str:
    parts = []
    if file is not None:
        parts.append(str(file))
    if layer is not None:
        parts.append(f"layer '{layer}'")
    if rows:
        parts.append(_rows(rows))
    return ", ".join(parts)


def _rows(rows: Sequence[int]) -> str:
    if len(rows) == 1:
        return f"row {rows[0]}"
    named = [str(row) for row in rows[:ROWS_NAMED]]
    if len(rows) > ROWS_NAMED:
        return f"rows {', '.join(named)} and {len(rows) - ROWS_NAMED} more"
    return f"rows {', '.join(named[:-1])} and {named[-1]}"
