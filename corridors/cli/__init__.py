"""The command line: one file a command, imported only when it is called."""

import argparse
import importlib
import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import NoReturn

from corridors.cli.options import CommandParser

__all__ = ["main"]

COMMANDS = {
    "run": "run a study and write its results",
    "validate": "check a scenario and its layers without running it",
    "init": "make a study to start from: the Sinjar sample",
    "network": "build the road network of a study and write it",
    "paths": "find the least-cost paths of a study and write them",
    "buffer": "draw rings in true metres around the features of a layer",
    "schema": "print the JSON Schema of a scenario",
    "doctor": "print versions and data folders, and what is wrong with them",
}
OK, FAILED, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    arguments
        Words after the program's name; those of the process by default.

    Returns
    -------
    int
        0; 1 for a run that failed; 2 for bad input; 130 when interrupted.
    """
    signal.signal(signal.SIGTERM, _interrupt)
    words = list(sys.argv[1:] if arguments is None else arguments)
    parser = _parser(words)
    options = parser.parse_args(words)
    if options.command is None:
        parser.print_help()
        return OK
    try:
        return _call(options)
    except KeyboardInterrupt:
        print("corridors: interrupted; nothing was written", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has gone (corridors schema | head): that is no error of ours.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK


def _parser(words: Sequence[str]) -> argparse.ArgumentParser:
    parser = CommandParser(
        prog="corridors",
        description="Where transits are likely to pass a border, how exposed each checkpoint is, "
        "and how sure one can be.",
        epilog="Start with: corridors init my-study && corridors run my-study/scenario.toml",
    )
    parser.add_argument("--version", action="store_true", help="print the version and end")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name, summary in COMMANDS.items():
        command = commands.add_parser(
            name, help=summary, description=summary[0].upper() + summary[1:]
        )
        # Only the command that is called is imported, so that help is instant.
        if name in words:
            importlib.import_module(f"corridors.cli.{name}_command").add_arguments(command)
    return parser


def _call(options: argparse.Namespace) -> int:
    from corridors.errors import CorridorsError, InputError

    command = importlib.import_module(f"corridors.cli.{options.command}_command")
    try:
        command.call(options)
    except InputError as error:
        print(f"corridors: {error}", file=sys.stderr)
        return BAD_INPUT
    except CorridorsError as error:
        print(f"corridors: {error}", file=sys.stderr)
        return FAILED
    except MemoryError:
        print(
            "corridors: there is not enough memory; make area.cell_m larger or the area smaller",
            file=sys.stderr,
        )
        return FAILED
    except Exception as error:  # noqa: BLE001 no traceback reaches a user
        return _unexpected(error)
    return OK


def _unexpected(error: Exception) -> int:
    if os.environ.get("CORRIDORS_TRACEBACK"):
        raise error
    print(
        f"corridors: this should not have happened: {type(error).__name__}: {error}\n"
        "Please report it, with the output of the same command under CORRIDORS_TRACEBACK=1",
        file=sys.stderr,
    )
    return FAILED


def _interrupt(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
