"""Which layer of which file is being read, its rows by number, and what was found in it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from corridors.errors import ROWS_NAMED, LayerError
from corridors.layers.kinds import LayerKind

__all__ = ["FROM_0", "Subject", "rows_named"]

FROM_0 = "(rows count from 0)"


@dataclass(frozen=True)
class Subject:
    """Which layer of which file is being checked, and what was found and mended in it.

    Attributes
    ----------
    kind
        What the layer must be.
    file
        Where it was read.
    findings
        Sentences for the run's summary; grows as checks go by.
    """

    kind: LayerKind
    file: Path | None = None
    findings: list[str] = field(default_factory=list)

    def refuse(self, problem: str, rows: Iterable[int] = (), todo: str | None = None) -> LayerError:
        """Return the error that names this layer, and the rows of the file."""
        numbers = tuple(rows)
        if numbers:
            todo = FROM_0 if todo is None else f"{todo} {FROM_0}"
        return LayerError(problem, file=self.file, layer=self.kind.name, rows=numbers, todo=todo)

    def note(self, sentence: str, *, rows: bool = False) -> None:
        """Record what was found and mended, and how rows are counted where it names some."""
        told = f"{sentence} {FROM_0}" if rows else sentence
        self.findings.append(f"{self.kind.name}: {told}")


def rows_named(
    numbers: Iterable[object], *, noun: str = "row", names: Iterable[object] = ()
) -> str:
    """Return the first rows by number, and how many there are besides.

    Parameters
    ----------
    numbers
        Where they stand in their file, from 0; or what else tells them apart.
    noun
        What one is called.
    names
        What each is called itself, in the same order; what is no text is no name.

    Examples
    --------
    >>> rows_named([3])
    'row 3'
    >>> rows_named(range(8), names=["Sinjar", None])
    "rows 0 'Sinjar', 1, 2, 3, 4 and 3 more"
    >>> rows_named(["IRQ-SYR-1", "IRQ-TUR-1"], noun="border")
    'borders IRQ-SYR-1 and IRQ-TUR-1'
    """
    called = [str(number) for number in numbers]
    for position, name in enumerate(names):
        if isinstance(name, str):
            called[position] += f" '{name}'"
    if len(called) == 1:
        return f"{noun} {called[0]}"
    if len(called) <= ROWS_NAMED:
        return f"{noun}s {', '.join(called[:-1])} and {called[-1]}"
    return f"{noun}s {', '.join(called[:ROWS_NAMED])} and {len(called) - ROWS_NAMED} more"
