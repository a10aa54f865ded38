"""How much memory a study needs, and whether the machine has it: asked before the work starts."""

import math
import os
import sys
from pathlib import Path

from corridors.errors import ScenarioError

__all__ = ["available_bytes", "graph_bytes", "require_memory"]

# Measured on the whole path search, at its highest, with 8 and 16 moves from a cell: arrays of the
# graph, their sorting and the turned graph for the way back. Rounded up.
BYTES_PER_ARC = 130
BYTES_PER_CELL = 100
# Of every journey one number is kept for each cell.
BYTES_PER_JOURNEY_CELL = 8
# Arcs of a traveller's path, in cells along the side of a square study, and bytes of each with
# what is made of it at the end.
PATH_SIDES = 2
BYTES_PER_STEP = 60
GIB = 2**30


def graph_bytes(cells: int, *, neighbours: int = 16, journeys: int = 1, travellers: int = 0) -> int:
    """Return about how many bytes a study takes at its highest.

    Parameters
    ----------
    cells
        Cells of the working grid.
    neighbours
        Moves from a cell.
    journeys
        Origins times destinations times profiles.
    travellers
        Whose paths are held.

    Examples
    --------
    >>> round(graph_bytes(1_000_000, neighbours=16, journeys=18, travellers=400) / 1e9, 2)
    2.37
    """
    steps = travellers * PATH_SIDES * math.isqrt(cells)
    per_cell = BYTES_PER_ARC * neighbours + BYTES_PER_CELL + BYTES_PER_JOURNEY_CELL * journeys
    return cells * per_cell + steps * BYTES_PER_STEP


def require_memory(
    cells: int,
    *,
    cell_m: float,
    neighbours: int = 16,
    journeys: int = 1,
    travellers: int = 0,
    free: int | None = None,
) -> None:
    """Refuse a grid whose study would not fit in memory.

    Parameters
    ----------
    cells
        Cells of the working grid.
    cell_m
        Their side in metres, from which the one that would fit is told.
    neighbours, journeys, travellers
        As for `graph_bytes`.
    free
        Bytes at hand; those of the machine by default.

    Raises
    ------
    ScenarioError
        With what the study needs, what there is, and the cell that would fit.

    Examples
    --------
    >>> try:
    ...     require_memory(10**9, cell_m=10, free=8 * 2**30)
    ... except ScenarioError as error:
    ...     print(error)
    area.cell_m = 10 gives 1,000,000,000 cells, which need about 2038 GiB of memory, and 8.0 GiB ...
    """
    free = available_bytes() if free is None else free
    needed = graph_bytes(cells, neighbours=neighbours, journeys=journeys, travellers=travellers)
    if free is None or needed <= free:
        return
    held = needed - graph_bytes(cells, neighbours=neighbours, journeys=journeys)
    fewer = ", or fewer flow.travellers" if held > needed / 2 else ""
    fits = _rounded_up(cell_m * math.sqrt(needed / max(free, 1)))
    raise ScenarioError(
        f"area.cell_m = {cell_m:g} gives {cells:,} cells, which need about {_gib(needed)} of "
        f"memory, and {_gib(free)} are free; cell_m = {fits:g} would fit, or a smaller "
        f"area.bbox{fewer}"
    )


def _gib(size: int) -> str:
    return f"{size / GIB:.0f} GiB" if size >= 100 * GIB else f"{size / GIB:.1f} GiB"


def _rounded_up(value: float) -> float:
    step = 10.0 ** (math.floor(math.log10(value)) - 1)
    return math.ceil(value / step + 1e-9) * step


def available_bytes() -> int | None:
    """Return how much memory a process can still take, None where the system does not tell.

    The least of what the machine has free, what its control group leaves (a container), and what
    the limit of the process's address space leaves.

    Examples
    --------
    >>> free = available_bytes()
    >>> free is None or free > 0
    True
    """
    known = [size for size in (_machine(), _control_group(), _address_space()) if size is not None]
    return max(min(known), 1) if known else None


def _machine() -> int | None:
    for line in _lines(Path("/proc/meminfo")):
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    if sys.platform == "win32":
        return _windows()
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError):
        return None


def _windows() -> int | None:
    import ctypes  # noqa: PLC0415 only this system needs it

    class Status(ctypes.Structure):
        _fields_ = (  # names and order are Windows'
            ("length", ctypes.c_ulong),
            ("load", ctypes.c_ulong),
            *((name, ctypes.c_ulonglong) for name in ("total", "free", *"abcde")),
        )

    status = Status(length=ctypes.sizeof(Status))
    kernel = getattr(ctypes, "windll").kernel32  # noqa: B009 it is not there on other systems
    return int(status.free) if kernel.GlobalMemoryStatusEx(ctypes.byref(status)) else None


def _control_group() -> int | None:
    for folder, limit, used, cache in (
        ("", "memory.max", "memory.current", ("inactive_file", "active_file")),
        ("memory", "memory.limit_in_bytes", "memory.usage_in_bytes", ("total_inactive_file",)),
    ):
        at = Path("/sys/fs/cgroup", folder)
        limits, uses = _lines(at / limit), _lines(at / used)
        if limits and uses and limits[0].isdigit() and uses[0].isdigit():
            # Files that are only kept at hand give way.
            stat = dict(line.split()[:2] for line in _lines(at / "memory.stat"))
            kept = sum(int(stat.get(name, 0)) for name in cache)
            return int(limits[0]) - int(uses[0]) + kept
    return None


def _address_space() -> int | None:
    try:
        import resource  # noqa: PLC0415 not on Windows
    except ImportError:
        return None
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    pages = _lines(Path("/proc/self/statm"))
    if limit == resource.RLIM_INFINITY or not pages:
        return None
    return limit - int(pages[0].split()[0]) * resource.getpagesize()


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="ascii").splitlines()
    except OSError:
        return []
