"""Interrupt the writing of a result in every way and at every step: a script for test_folder.

    python interruptions.py HOME line|SIGINT|SIGTERM|SIGKILL over|new

Each try is a process of its own, forked off, so that it also ends as a process does. Prints the
results that were found afterwards: the old one, the new one, or none.
"""

import atexit
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from corridors.errors import OutputError
from corridors.export import folder as folder_module
from corridors.export import output_folder, write_json

OLD, NEW = "old", "new"
TRIES = 40
LINES_MAX = 1000


def fill(folder: Path, content: str) -> None:
    (folder / "layers").mkdir()
    (folder / "layers" / "a.txt").write_text(content)
    (folder / "b.txt").write_text(content)
    outputs = [{"file": "layers/a.txt"}, {"file": "b.txt"}]
    write_json(folder / "manifest.json", {"program": "corridors", "outputs": outputs})


def contents(folder: Path) -> str | None:
    """Return which result a folder holds; it must be whole."""
    if not folder.exists():
        return None
    names = sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*"))
    assert names == ["b.txt", "layers", "layers/a.txt", "manifest.json"], names
    told = {(folder / "b.txt").read_text(), (folder / "layers" / "a.txt").read_text()}
    assert len(told) == 1, told
    return told.pop()


def write(path: Path, content: str) -> None:
    with output_folder(path, overwrite=True) as folder:
        fill(folder, content)


def interruption(at: int) -> Callable[..., Any]:
    """Return a trace that raises KeyboardInterrupt at a line of the module, the first being 1."""
    lines = 0

    def trace(frame: FrameType, event: str, _arg: object) -> Any:
        nonlocal lines
        if frame.f_code.co_filename != folder_module.__file__:
            return None
        if event == "line":
            lines += 1
            if lines == at:
                sys.settrace(None)
                raise KeyboardInterrupt
        return trace

    return trace


def in_child(work: Callable[[], None]) -> int:
    """Start work in a process of its own, wait until it is ready, and return its number."""
    ready, tell = os.pipe()
    child = os.fork()
    if not child:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # tracebacks of KeyboardInterrupt are no news
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # as the command line does
        signal.signal(signal.SIGINT, signal.default_int_handler)
        # Not before: an interruption within Python's own steps after a fork is swallowed.
        os.write(tell, b"r")
        _end_with(work)
    os.read(ready, 1)
    os.close(ready)
    os.close(tell)
    return child


def _end_with(work: Callable[[], None]) -> NoReturn:
    """Work, then end as the interpreter does, but for the taking down of all modules: 0.2 s."""
    code = 1
    try:
        work()
        code = 0
    finally:
        atexit._run_exitfuncs()  # noqa: SLF001 - there is no public way to run them
        os._exit(code)


def try_at_line(path: Path, at: int) -> bool:
    """Return whether there was such a line."""

    def work() -> None:
        sys.settrace(interruption(at))
        write(path, NEW)

    _, status = os.waitpid(in_child(work), 0)
    return status != 0


def try_with_signal(path: Path, signum: signal.Signals, wait_s: float) -> None:
    def work() -> None:
        while True:
            write(path, NEW)

    child = in_child(work)
    time.sleep(wait_s)
    os.kill(child, signum)
    os.waitpid(child, 0)


def recover(path: Path) -> None:
    """Start a run, which puts right what a killed one left, and end it at once."""
    try:
        with output_folder(path, overwrite=True):
            raise OutputError  # noqa: TRY301
    except OutputError:
        pass


def check(path: Path, *, is_killed: bool, seen: set[str]) -> None:
    if is_killed:
        left = [file.name for file in path.parent.iterdir() if file != path]
        assert all(".corridors-" in name for name in left), left
        recover(path)
    left = [file.name for file in path.parent.iterdir() if file != path]
    assert not left, left
    seen.add(str(contents(path)))


def main(home: Path, way: str, start: str) -> None:
    seen: set[str] = set()
    for attempt in range(1, LINES_MAX if way == "line" else TRIES):
        path = home / str(attempt) / "study"
        path.parent.mkdir()
        if start == "over":
            write(path, OLD)
        if way == "line":
            is_interrupted = try_at_line(path, attempt)
        else:
            try_with_signal(path, signal.Signals[way], 0.00013 * attempt)
            is_interrupted = True
        check(path, is_killed=way == "SIGKILL", seen=seen)
        if not is_interrupted:
            break
    else:
        assert way != "line", "the work never came to its end"
    print(*sorted(seen))  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
