"""Options that several commands share."""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from corridors.errors import OutputError

__all__ = ["CommandParser", "add_progress", "add_scenario", "add_target", "refuse_existing"]


class CommandParser(argparse.ArgumentParser):
    """A parser that does not guess shortened options and says where help is."""

    def __init__(self, **settings: object) -> None:
        super().__init__(allow_abbrev=False, **settings)  # type: ignore[arg-type]  # argparse's own

        # The list of files that takes what stands after an option too, where argparse stops.
        self.gathers = ""

    def parse_known_args(  # type: ignore[override]  # argparse's own overloads say no more
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """Parse as argparse does, and let a list of files go on after an option."""
        found, left = super().parse_known_args(args, namespace)
        # After two dashes all words are files.
        end = left.index("--") if "--" in left else len(left)
        if self.gathers and not any(word.startswith("-") for word in left[:end]):
            files = [*left[:end], *left[end + 1 :]]
            getattr(found, self.gathers).extend(Path(word) for word in files)
            left = []
        return found, left

    def error(self, message: str) -> NoReturn:
        """End with 2 and one line."""
        self.exit(2, f"{self.prog}: {message}; '{self.prog} --help' tells more\n")


def add_scenario(parser: argparse.ArgumentParser) -> None:
    """Add the scenario file."""
    parser.add_argument("scenario", type=Path, metavar="SCENARIO", help="the study's TOML file")


def add_target(parser: argparse.ArgumentParser, *, what: str, required: bool = False) -> None:
    """Add where to write, and whether what is there may be replaced."""
    parser.add_argument("--out", type=Path, metavar="PATH", required=required, help=what)
    parser.add_argument("--overwrite", action="store_true", help="replace what is there")


def refuse_existing(out: Path, *, overwrite: bool, source: Path) -> None:
    """Refuse, before any work, a file that cannot be written or was not asked to be replaced.

    Parameters
    ----------
    out
        The file wanted.
    overwrite
        Whether a file there may be replaced.
    source
        What is read: it is never replaced.

    Raises
    ------
    OutputError
        When the file is there, is a folder or what is read, or its folder cannot be written.
    """
    try:
        problem = _problem(out, overwrite=overwrite, source=source)
    except (OSError, ValueError) as error:
        problem = f"{out} cannot be written: {getattr(error, 'strerror', None) or error}"
    if problem is not None:
        raise OutputError(problem)


def _problem(out: Path, *, overwrite: bool, source: Path) -> str | None:
    if out.is_dir():
        return f"{out} is a folder; name a file in it"
    if out.exists() and source.exists() and out.samefile(source):
        return f"{out} is what is read; name another file to write"
    if out.exists() and not overwrite:
        return f"{out} exists; add --overwrite to replace it, or name another"
    if not out.parent.is_dir():
        return f"the folder {out.parent} is not there; make it first"
    if not os.access(out.parent, os.W_OK):
        return f"the folder {out.parent} cannot be written; name another"
    return None


def add_progress(parser: argparse.ArgumentParser) -> None:
    """Add how much to tell while working."""
    group = parser.add_mutually_exclusive_group()
    group.add_argument("-q", "--quiet", action="store_true", help="say nothing but errors")
    group.add_argument(
        "-v", "--verbose", action="store_true", help="say what is done, and findings"
    )
    parser.add_argument(
        "--progress",
        choices=("bar", "json", "none"),
        default="bar",
        help="how progress is shown on standard error: a bar for a person (where that is a "
        "terminal), JSON lines for a program, or not at all",
    )
