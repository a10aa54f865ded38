"""What the commands tell while they work."""

import argparse
import sys

from corridors.progress import BarProgress, JsonProgress, Progress

__all__ = ["VerboseProgress", "progress_of", "tell"]


class VerboseProgress(Progress):
    """A line for each step."""

    def __init__(self) -> None:
        self._steps = 0
        self._done = 0

    def start(self, steps: int) -> None:
        """Remember how many steps there will be."""
        self._steps = steps

    def step(self, what: str) -> None:
        """Print the step that begins."""
        self._done += 1
        print(f"[{self._done}/{self._steps}] {what}", file=sys.stderr, flush=True)

    def note(self, what: str) -> None:
        """Print it."""
        print(what, file=sys.stderr, flush=True)


def progress_of(options: argparse.Namespace) -> Progress:
    """Return the progress that the options ask for."""
    if options.progress == "json":
        return JsonProgress()
    if options.quiet or options.progress == "none":
        return Progress()
    return VerboseProgress() if options.verbose else BarProgress()


def tell(options: argparse.Namespace, *lines: str) -> None:
    """Print lines on standard output, unless quiet was asked for."""
    if not options.quiet:
        for line in lines:
            print(line)
