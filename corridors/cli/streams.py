"""Standard output and error, wherever they lead: to a full disk, to a reader that left, nowhere."""

import contextlib
import io
import os
import sys
from collections.abc import Iterator
from typing import TextIO

__all__ = ["ToldStream", "told_streams"]


class ToldStream(io.TextIOBase):
    """A standard stream that keeps its first failure instead of raising it.

    The work goes on and is finished; what could not be told is a matter for the end.

    Parameters
    ----------
    stream
        Where the text goes.

    Attributes
    ----------
    failure
        The first error of the stream; None while all is well.

    Examples
    --------
    >>> stream = ToldStream(sys.stdout)
    >>> print("all is well", file=stream)
    all is well
    >>> stream.failure is None
    True
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.failure: OSError | None = None

    @property
    def encoding(self) -> str:  # type: ignore[override]  # io says it may be set; ours is given
        """Return how letters are written."""
        return self._stream.encoding

    def write(self, text: str) -> int:
        """Write a text, or nothing once the stream has failed."""
        if self.failure is None:
            try:
                self._stream.write(text)
            except OSError as error:
                self._fail(error)
        return len(text)

    def flush(self) -> None:
        """Send on what is held back."""
        if self.failure is None:
            try:
                self._stream.flush()
            except OSError as error:
                self._fail(error)

    def isatty(self) -> bool:
        """Return whether a person reads along."""
        return self._stream.isatty()

    def fileno(self) -> int:
        """Return the number of the stream in the operating system."""
        return self._stream.fileno()

    def _fail(self, error: OSError) -> None:
        self.failure = error
        # What is still held back would fail once more when Python ends.
        with contextlib.suppress(OSError):
            number = self._stream.fileno()
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, number)
            os.close(nowhere)


@contextlib.contextmanager
def told_streams() -> Iterator[ToldStream]:
    """Make both standard streams safe to write to, and give back the one for output.

    A stream that was closed when the program began gets a place that takes nothing: else the first
    file that is opened would take its number, and receive what is meant for the terminal.
    """
    _fill_closed()
    if sys.stdout is None:
        sys.stdout = os.fdopen(1, "w", closefd=False)
    if sys.stderr is None:
        sys.stderr = os.fdopen(2, "w", closefd=False)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A letter that the terminal does not know is no reason to lose the answer.
            stream.reconfigure(errors="backslashreplace")
    output = ToldStream(sys.stdout)
    with (
        contextlib.redirect_stdout(output),
        contextlib.redirect_stderr(ToldStream(sys.stderr)) as errors,
    ):
        try:
            yield output
        finally:
            output.flush()
            errors.flush()


def _fill_closed() -> None:
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            # Open for reading only, so that writing to it fails and is noticed.
            os.open(os.devnull, os.O_RDONLY)
