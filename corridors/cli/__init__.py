"""The command line: one file a command, imported only when it is called."""

import argparse
import errno
import importlib
import os
import signal
import sys
import threading
from collections.abc import Sequence
from types import FrameType
from typing import Any, NoReturn

from corridors.cli.options import CommandParser
from corridors.cli.streams import told_streams

__all__ = ["main"]

COMMANDS = {
    "run": "run a study and write its results",
    "compare": "hold scenarios side by side: what weather, posts or a wall change",
    "ensemble": "run a study over what is not known of its inputs",
    "reinforce": "find where reinforcements cut what passes unseen most",
    "validate": "check a scenario and its layers without running it",
    "init": "make a study to start from: the Sinjar sample",
    "network": "build the road network of a study and write it",
    "paths": "find the least-cost paths of a study and write them",
    "buffer": "draw rings in true metres around the features of a layer",
    "schema": "print the JSON Schema of a scenario",
    "doctor": "print versions and data folders, and what is wrong with them",
}
# What is wrong with a path that was given, and not with the program.
PATH_ERRORS = (errno.EACCES, errno.ELOOP, errno.ENAMETOOLONG, errno.ENOTDIR, errno.EROFS)
OK, FAILED, BAD_INPUT, INTERRUPTED, TERMINATED = 0, 1, 2, 130, 143


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    arguments
        Words after the program's name; those of the process by default.

    Returns
    -------
    int
        0; 1 for a run that failed, or could not tell what came out; 2 for bad input; 130 when
        interrupted, 143 when told to end (SIGTERM).
    """
    if threading.current_thread() is threading.main_thread():  # elsewhere Python forbids it
        signal.signal(signal.SIGTERM, _interrupt)
    words = list(sys.argv[1:] if arguments is None else arguments)
    with told_streams() as output:
        code = _ended(words)
        output.flush()
        # Whoever read our output may have had enough (corridors schema | head): no error of ours.
        if code == OK and output.failure and not isinstance(output.failure, BrokenPipeError):
            _complain(
                "all is done, but what came out cannot be told: standard output cannot be "
                f"written ({output.failure.strerror}); send it elsewhere"
            )
            return FAILED
    return code


def _ended(words: list[str]) -> int:
    try:
        parser = _parser(words)
        options = parser.parse_args(words)
        if options.command is None:
            parser.print_help()
            return OK
        return _call(options)
    except SystemExit as end:  # argparse's, after help or a slip
        return int(end.code or 0)
    except KeyboardInterrupt as interruption:
        _complain(str(interruption) or "interrupted; nothing was written")
        return TERMINATED if isinstance(interruption, _Terminated) else INTERRUPTED


class _Terminated(KeyboardInterrupt):
    """SIGTERM, told apart from Ctrl-C by the exit code only."""


class _Version(argparse.Action):
    """Print the version, looked up only when it is asked for."""

    def __init__(self, option_strings: Sequence[str], dest: str, **settings: Any) -> None:
        super().__init__(option_strings, dest, nargs=0, **settings)

    def __call__(self, parser: argparse.ArgumentParser, *_values: Any) -> None:
        from importlib.metadata import version

        print(f"corridors {version('corridors')}")
        parser.exit(OK)


def _parser(words: Sequence[str]) -> argparse.ArgumentParser:
    parser = CommandParser(
        prog="corridors",
        description="Where transits are likely to pass a border, how exposed each checkpoint is, "
        "and how sure one can be.",
        epilog="Start with: corridors init my-study && corridors run my-study/scenario.toml",
    )
    parser.add_argument("--version", action=_Version, help="print the version and end")
    called = next((word for word in words if not word.startswith("-")), None)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name, summary in COMMANDS.items():
        command = commands.add_parser(
            name, help=summary, description=summary[0].upper() + summary[1:]
        )
        # Only the command that is called is imported, so that help is instant.
        if name == called:
            importlib.import_module(f"corridors.cli.{name}_command").add_arguments(command)
    return parser


def _call(options: argparse.Namespace) -> int:
    command = importlib.import_module(f"corridors.cli.{options.command}_command")
    try:
        command.call(options)
    except Exception as error:  # noqa: BLE001 no traceback reaches a user
        return _answer(error)
    return OK


def _answer(error: Exception) -> int:
    from corridors.errors import CorridorsError, InputError

    if isinstance(error, CorridorsError):
        _complain(str(error))
        return BAD_INPUT if isinstance(error, InputError) else FAILED
    if isinstance(error, MemoryError):
        _complain("there is not enough memory; make area.cell_m larger or the area smaller")
        return FAILED
    if isinstance(error, OSError) and error.errno in PATH_ERRORS:
        _complain(f"{error.filename}: {error.strerror}; name another file or folder")
        return BAD_INPUT
    return _unexpected(error)


def _unexpected(error: Exception) -> int:
    if os.environ.get("CORRIDORS_TRACEBACK"):
        raise error
    _complain(
        f"this should not have happened: {type(error).__name__}: {error}\n"
        "Please report it, with the output of the same command under CORRIDORS_TRACEBACK=1"
    )
    return FAILED


def _complain(message: str) -> None:
    # A file's or a scenario's text must not steer the terminal that it is shown on.
    shown = "".join(
        letter if letter == "\n" or letter.isprintable() else f"\\x{ord(letter):02x}"
        for letter in message
    )
    print(f"corridors: {shown}", file=sys.stderr)


def _interrupt(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise _Terminated
