"""A folder of results, whole or not at all.

Results are written to a folder beside the one wanted and moved into place at the end. The move is
two or three renames; whichever of them an interruption falls on, the names on the disk say what to
do, so it can be settled at once, or by the next run where this one was killed.
"""

import atexit
import contextlib
import json
import os
import secrets
import shutil
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any

from corridors.errors import OutputError

try:
    import fcntl
except ImportError:  # not on Windows: there a dead run's leftovers stay where they are
    fcntl = None  # type: ignore[assignment]  # a module where there is one

__all__ = ["MANIFEST_NAME", "PROGRAM", "is_result_folder", "output_folder"]

MANIFEST_NAME = "manifest.json"
PROGRAM = "corridors"
MARK = ".corridors-"
RUBBISH = ".rubbish"
NAMED = 3
# What GIS programs leave beside a file that they only looked at.
LEFT_BY_VIEWERS = (".aux.xml", "-shm", "-wal")


@contextmanager
def output_folder(path: Path | str, *, overwrite: bool = False) -> Iterator[Path]:
    """Give a folder to write results to, and move it into place when all went well.

    Parameters
    ----------
    path
        The folder wanted. Missing parents are made. A symbolic link is followed and stays.
    overwrite
        Whether an earlier result may be replaced. It is kept until the new one is complete.

    Yields
    ------
    Path
        A new, empty folder beside the one wanted. On any exception, an interruption included, it
        is removed and what was at `path` is as it was.

    Raises
    ------
    OutputError
        Before any work: when another run is writing there, when a file, a mount point or the
        current directory is in the way, when a folder with files in it is there and `overwrite`
        was not given or the folder is not one that this program wrote, and when the parent cannot
        be made or written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as home:
    ...     with output_folder(Path(home) / "sinjar") as folder:
    ...         _ = (folder / "summary.json").write_text("{}")
    ...     sorted(file.name for file in (Path(home) / "sinjar").iterdir())
    ['summary.json']
    """
    target = Path(os.path.realpath(path))
    try:
        _clear_leftovers(target)
        _refuse_busy(target, shown=str(path))
        _require_room(target, shown=str(path), overwrite=overwrite)
    except PermissionError as error:  # not even a look into the folder is allowed
        raise _cannot_write(target, error) from error
    move = _Move(target)
    try:
        with _signals_held():
            move.begin()
        yield move.unfinished
        with _signals_held():
            # Long after the first look: what came meanwhile must not be lost either.
            _require_room(target, shown=str(path), overwrite=overwrite)
            move.into_place()
    finally:
        move.settle()


def _cannot_write(target: Path, error: OSError) -> OutputError:
    return OutputError(
        f"results cannot be written to {target.parent}: {error.strerror or error}; "
        "name a folder where you may write"
    )


def is_result_folder(folder: Path | str) -> bool:
    """Return whether a folder holds results of this program: it has our manifest."""
    return _manifest(Path(folder)) is not None


def _manifest(folder: Path) -> dict[str, Any] | None:
    try:
        manifest = json.loads((folder / MANIFEST_NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    ours = isinstance(manifest, dict) and manifest.get("program") == PROGRAM
    return manifest if ours else None


def _require_room(target: Path, *, shown: str, overwrite: bool) -> None:
    if target.exists() and not target.is_dir():
        raise OutputError(f"{shown} is a file; name a folder for the results")
    if not target.is_dir():
        return
    if target.is_mount():
        raise OutputError(
            f"{shown} is a mount point and cannot be replaced; name a folder inside it"
        )
    here = Path.cwd()
    if target == here or target in here.parents:
        raise OutputError(
            f"{shown} is the current directory or holds it; name a folder inside it, "
            "such as --out result"
        )
    if any(target.iterdir()):
        _require_ours(target, shown=shown, overwrite=overwrite)


def _require_ours(target: Path, *, shown: str, overwrite: bool) -> None:
    manifest = _manifest(target)
    if manifest is None:
        raise OutputError(
            f"the folder {shown} holds files and is no result of this program (it has no "
            f"{MANIFEST_NAME} of ours), so it is left alone; name another folder"
        )
    if not overwrite:
        raise OutputError(
            f"the folder {shown} holds an earlier result; "
            "name another folder, or replace it with --overwrite"
        )
    strangers = _strangers(target, manifest)
    if strangers:
        named = ", ".join(strangers[:NAMED]) + (" and more" if len(strangers) > NAMED else "")
        raise OutputError(
            f"the folder {shown} holds files that its {MANIFEST_NAME} does not list ({named}) "
            "and that would be lost; move them elsewhere first"
        )


def _strangers(folder: Path, manifest: dict[str, Any]) -> list[str]:
    outputs = manifest.get("outputs", [])
    listed = {str(entry.get("file")) for entry in outputs if isinstance(entry, dict)}
    listed.add(MANIFEST_NAME)
    names = (file.relative_to(folder).as_posix() for file in folder.rglob("*") if not file.is_dir())
    return sorted(
        name for name in names if name not in listed and not name.endswith(LEFT_BY_VIEWERS)
    )


class _Move:
    """The names that a result has on its way into place, and the steps from one to the next."""

    def __init__(self, target: Path) -> None:
        stem = f".{target.name}{MARK}{secrets.token_hex(4)}"
        self.target = target
        self.process = os.getpid()
        self.unfinished = target.with_name(f"{stem}.unfinished")
        self.earlier = target.with_name(f"{stem}.earlier")
        self.rubbish = self.earlier.with_suffix(RUBBISH)
        self.locks: list[int] = []
        self.parents_made = [
            folder for folder in target.parents if not os.path.lexists(folder)
        ]  # the deepest first

    def begin(self) -> None:
        # For an interruption that falls between two lines of ours, where no `finally` sees it.
        atexit.register(self.settle)
        try:
            self.target.parent.mkdir(parents=True, exist_ok=True)
            self.unfinished.mkdir()
        except OSError as error:
            raise _cannot_write(self.target, error) from error
        self._lock(self.unfinished)

    def into_place(self) -> None:
        try:
            if self.target.is_dir():
                self._lock(self.target)
                self.target.rename(self.earlier)
            self.unfinished.rename(self.target)
        except OSError as error:
            raise OutputError(
                f"the finished results cannot be moved to {self.target}: "
                f"{error.strerror or error}; has something else written there meanwhile?"
            ) from error

    def settle(self) -> None:
        """Bring the disk to the old or the new state, whichever step was reached."""
        if os.getpid() != self.process:
            return  # a child that was forked off during the work has no say in this
        try:
            with _signals_held():
                self._settle()
        except BaseException:
            # Interrupted just before signals were held; what was done already does no harm twice.
            with _signals_held():
                self._settle()
            raise

    def _settle(self) -> None:
        if self.earlier.is_dir():
            _put_back_or_remove(self.earlier, self.target)
        for folder in (self.unfinished, self.rubbish):
            if folder.is_dir():
                shutil.rmtree(folder)
        for folder in self.parents_made:
            with suppress(OSError):  # holds the result, or somebody else's file by now
                folder.rmdir()
        while self.locks:
            os.close(self.locks.pop())
        atexit.unregister(self.settle)

    def _lock(self, folder: Path) -> None:
        lock = _locked(folder)
        if lock is not None:
            self.locks.append(lock)


def _put_back_or_remove(earlier: Path, target: Path) -> None:
    if not target.is_dir():
        earlier.rename(target)
        return
    # Under this name a half-removed folder is never taken for a result to put back.
    rubbish = earlier.with_suffix(RUBBISH)
    earlier.rename(rubbish)
    shutil.rmtree(rubbish)


def _clear_leftovers(target: Path) -> None:
    """Put right what a run left that was killed: remove its folder, give back the old result."""
    for folder in _beside(target):
        lock = _locked(folder)
        if lock is None:  # its run is alive, or one cannot tell on this system
            continue
        try:
            with _signals_held(), suppress(OSError):
                if folder.suffix == ".earlier":
                    _put_back_or_remove(folder, target)
                elif folder.suffix in {".unfinished", RUBBISH}:
                    shutil.rmtree(folder)
        finally:
            os.close(lock)


def _refuse_busy(target: Path, *, shown: str) -> None:
    """Refuse a folder that a living run is about to fill: one of the two would work in vain."""
    if any(folder.suffix == ".unfinished" and _is_held(folder) for folder in _beside(target)):
        raise OutputError(
            f"another run is writing its results to {shown}; wait until it has ended, or name "
            "another folder"
        )


def _beside(target: Path) -> list[Path]:
    """Return the folders beside a result that runs on their way to it have made."""
    found = sorted(target.parent.glob(f".{_escaped(target.name)}{MARK}*"))
    return [folder for folder in found if folder.is_dir() and not folder.is_symlink()]


def _escaped(name: str) -> str:
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)


def _locked(folder: Path) -> int | None:
    """Lock a folder for as long as this process lives; None where another process holds it."""
    with suppress(OSError):
        return _lock(folder)
    return None


def _is_held(folder: Path) -> bool:
    """Return whether another process, or another run of this one, holds the lock of a folder."""
    try:
        lock = _lock(folder)
    except BlockingIOError:
        return True
    except OSError:
        return False
    if lock is not None:
        os.close(lock)
    return False


def _lock(folder: Path) -> int | None:
    if fcntl is None:
        return None
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        raise
    return handle


@contextmanager
def _signals_held() -> Iterator[None]:
    """Hold SIGINT and SIGTERM back for the few renames that must not be cut in two."""
    if threading.current_thread() is not threading.main_thread():
        yield  # Python runs handlers in the main thread only
        return
    held: list[int] = []

    def hold(signum: int, _frame: FrameType | None) -> None:
        held.append(signum)

    with contextlib.ExitStack() as stack:
        stack.callback(_deliver, held)
        for signum in (signal.SIGINT, signal.SIGTERM):
            handler = signal.getsignal(signum)
            if handler is not None:  # None: set by code that is not Python's, not ours to move
                stack.callback(signal.signal, signum, handler)
                signal.signal(signum, hold)
        yield


def _deliver(held: list[int]) -> None:
    for signum in held[:1]:
        signal.raise_signal(signum)
