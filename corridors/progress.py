"""Telling how far a long run has come: to a person, to a program, or to nobody."""

import contextlib
import json
import sys
from types import TracebackType
from typing import Any, Self, TextIO

from tqdm import tqdm

__all__ = ["BarProgress", "JsonProgress", "Progress"]


class Progress:
    """Progress that is told to nobody; the base of the others.

    A run says once how many steps it has, and before each what it is.
    """

    def start(self, steps: int) -> None:
        """Say how many steps there will be."""

    def step(self, what: str) -> None:
        """Say that a step begins."""

    def part(self, what: str) -> None:
        """Say how far the step is that has begun."""

    def note(self, what: str) -> None:
        """Say something that is worth knowing besides."""

    def close(self) -> None:
        """Say that nothing more comes."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class BarProgress(Progress):
    """A bar on standard error for a person; nothing where that is not a terminal.

    Parameters
    ----------
    stream
        Where to draw.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._bar: tqdm[Any] | None = None
        self._begun = False

    def start(self, steps: int) -> None:
        """Draw an empty bar."""
        self._bar = tqdm(
            total=steps,
            file=self._stream,
            disable=not self._stream.isatty(),
            leave=False,
            bar_format="{desc:<44.44} {bar} {n_fmt}/{total_fmt} {elapsed}",
        )

    def step(self, what: str) -> None:
        """Name the step that begins, and fill the bar by the one that ended."""
        if self._bar is None:
            return
        if self._begun:
            self._bar.update(1)
        self._begun = True
        self._bar.set_description_str(what)

    def part(self, what: str) -> None:
        """Say in the step's place how far it is."""
        if self._bar is not None:
            self._bar.set_description_str(what)

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None


class JsonProgress(Progress):
    """A line of JSON on standard error for each step, for a program that waits.

    Parameters
    ----------
    stream
        Where to write.

    Examples
    --------
    >>> progress = JsonProgress(sys.stdout)
    >>> progress.start(2)
    >>> progress.step("Reading borders")
    {"step": 1, "steps": 2, "what": "Reading borders"}
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._steps = 0
        self._done = 0

    def start(self, steps: int) -> None:
        """Remember how many steps there will be."""
        self._steps = steps

    def step(self, what: str) -> None:
        """Write the line."""
        self._done += 1
        self.part(what)

    def note(self, what: str) -> None:
        """Write a line with it."""
        self._write({"note": what})

    def part(self, what: str) -> None:
        """Write a line more with the number of the step that has begun."""
        self._write({"step": self._done, "steps": self._steps, "what": what})

    def _write(self, line: dict[str, Any]) -> None:
        # Whoever listened may have gone; the work goes on.
        with contextlib.suppress(BrokenPipeError):
            self._stream.write(json.dumps(line, ensure_ascii=False) + "\n")
            self._stream.flush()
