"""Engines side by side: in turn, each in a process of its own, round after round.

A benchmark is a list of cases; a case has engines that answer one question. Each run is a fresh
process, so that its peak memory is its own; it builds the input, imports and warms the engine, and
then measures one call. Ratios are of medians over interleaved rounds, so that what else the machine
does falls on all alike.
"""

import argparse
import importlib
import json
import math
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

OURS = "corridors"


@dataclass(frozen=True)
class Case:
    """One question, the engines that answer it, and how alike their answers must be.

    Attributes
    ----------
    name
        What is asked.
    sizes
        Sides of the grid, or whatever the input is built from.
    build
        From a size to the input.
    engines
        By name: from the input to a call that answers, ready to be timed. The answer is an
        array, or a function that returns one.
    rtol
        How far answers may be apart, as a part of the greatest.
    scale
        By engine: what its answer is multiplied by before it is compared.
    cells_of
        From a size to the number of cells, for memory and growth.
    rounds_of
        How often each is run at a size.
    """

    name: str
    sizes: Sequence[int]
    build: Callable[[int], Any]
    engines: Mapping[str, Callable[[Any], Callable[[], Any]]]
    rtol: float = 1e-5
    scale: Mapping[str, float] = field(default_factory=dict)
    cells_of: Callable[[int], int] = lambda size: size * size
    rounds_of: Callable[[int], int] = lambda size: 3 if size <= 2000 else 1


@dataclass(frozen=True)
class Measured:
    """One engine on one input.

    Attributes
    ----------
    seconds
        Wall time of one call, median of the rounds.
    processor_seconds
        Of all threads and child processes.
    bytes_per_cell
        Peak memory above that of the process with input and engine ready.
    ratio, processor_ratio
        How many times the wall time and the processor time of ours.
    apart
        Greatest difference from ours, as a part of the greatest value.
    """

    case: str
    size: int
    engine: str
    seconds: float
    processor_seconds: float
    bytes_per_cell: float
    ratio: float
    processor_ratio: float
    apart: float


def run(
    case: Case, module: str, position: int, folder: Path, sizes: Sequence[int]
) -> list[Measured]:
    """Run all engines of a case at all its sizes; refuse answers that differ."""
    found = []
    for size in sizes or case.sizes:
        raw: dict[str, list[dict[str, float]]] = {engine: [] for engine in case.engines}
        for _ in range(case.rounds_of(size)):
            for engine in list(raw):
                told = _in_process(module, position, engine, size, folder)
                if told is None:
                    raw.pop(engine)
                else:
                    raw[engine].append(told)
        found += _compared(case, size, raw, folder)
    return found


def _in_process(
    module: str, position: int, engine: str, size: int, folder: Path
) -> dict[str, float] | None:
    command = [sys.executable, "-m", "benchmarks.side_by_side", module, str(position), engine]
    done = subprocess.run(  # noqa: S603 our own program
        [*command, str(size), str(folder)], check=False, capture_output=True, text=True
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["no word"]
        print(f"  {engine} at {size}: left out ({lines[-1][:120]})", flush=True)
        return None
    told: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return told


def _compared(
    case: Case, size: int, raw: Mapping[str, list[dict[str, float]]], folder: Path
) -> list[Measured]:
    ours = np.load(folder / f"{OURS}.npy")
    reached = np.isfinite(ours)
    greatest = float(ours[reached].max())
    base, processor = (
        statistics.median(told[key] for told in raw[OURS])
        for key in ("seconds", "processor_seconds")
    )
    found = []
    for engine, rounds in raw.items():
        values = np.load(folder / f"{engine}.npy") * case.scale.get(engine, 1.0)
        apart = float(np.abs(values[reached] - ours[reached]).max()) / greatest
        if not apart <= case.rtol:
            message = f"{case.name}, {size}: {engine} is {apart:.2g} apart from ours"
            raise SystemExit(message)
        middle = {key: statistics.median(told[key] for told in rounds) for key in rounds[0]}
        found.append(
            Measured(
                case.name,
                size,
                engine,
                middle["seconds"],
                middle["processor_seconds"],
                middle["peak_bytes"] / case.cells_of(size),
                middle["seconds"] / base,
                middle["processor_seconds"] / processor,
                apart,
            )
        )
    return found


def growth(measured: Sequence[Measured], case: Case, engine: str) -> float | None:
    """Return the exponent with which processor time grows with cells, by least squares."""
    points = [m for m in measured if m.case == case.name and m.engine == engine]
    if len(points) < 2:
        return None
    x = [math.log(case.cells_of(m.size)) for m in points]
    y = [math.log(m.processor_seconds) for m in points]
    return float(np.polyfit(x, y, 1)[0])


def table(measured: Sequence[Measured], cases: Sequence[Case]) -> str:
    """Return the measurements as a Markdown table."""
    heads = "case|size|engine|s|processor s|bytes a cell|times ours|in processor s|apart|growth"
    lines = [f"| {heads.replace('|', ' | ')} |", "|---" * 10 + "|"]
    by_name = {case.name: case for case in cases}
    for m in measured:
        exponent = growth(measured, by_name[m.case], m.engine)
        shown = "" if exponent is None else f"{exponent:.2f}"
        lines.append(
            f"| {m.case} | {m.size} | {m.engine} | {m.seconds:.3f} | {m.processor_seconds:.3f} | "
            f"{m.bytes_per_cell:.0f} | {m.ratio:.1f} | {m.processor_ratio:.1f} | {m.apart:.0e} | "
            f"{shown} |"
        )
    return "\n".join(lines)


def write(measured: Sequence[Measured], cases: Sequence[Case], folder: Path, name: str) -> None:
    """Write the table, the numbers and the picture of a benchmark."""
    folder.mkdir(parents=True, exist_ok=True)
    text = table(measured, cases)
    (folder / f"{name}.md").write_text(text + "\n", encoding="utf-8")
    numbers = {
        "measured": [asdict(m) for m in measured],
        "growth": {
            f"{case.name}, {engine}": growth(measured, case, engine)
            for case in cases
            for engine in case.engines
        },
    }
    (folder / f"{name}.json").write_text(json.dumps(numbers, indent=1) + "\n", encoding="utf-8")
    draw(measured, folder / f"{name}.png")
    print(text, flush=True)


def draw(measured: Sequence[Measured], path: Path) -> None:
    """Draw how many times ours each engine takes, a row for each."""
    import matplotlib as mpl  # noqa: PLC0415 only the picture needs it

    mpl.use("Agg")
    from matplotlib import pyplot as plt  # noqa: PLC0415 after the choice of backend

    rows = [m for m in measured if m.engine != OURS][::-1]
    if not rows:
        return
    fig, axes = plt.subplots(figsize=(9, 1 + 0.3 * len(rows)), layout="constrained")
    labels = [f"{m.case}, {m.size}: {m.engine}" for m in rows]
    axes.barh(labels, [m.ratio for m in rows], color="#4477aa")
    axes.axvline(1, color="#222222", linewidth=1)
    axes.bar_label(axes.containers[0], labels=[f"{m.ratio:.1f}" for m in rows], padding=3)
    axes.set_xscale("log")
    ticks = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]
    most = max(m.ratio for m in rows)
    axes.set_xlim(min(0.8, *(m.ratio for m in rows)), most * 1.15)
    axes.set_xticks([tick for tick in ticks if tick <= most], minor=False)
    axes.xaxis.set_major_formatter("{x:g}")
    axes.xaxis.set_minor_locator(mpl.ticker.NullLocator())
    axes.margins(y=0.01)
    axes.set_xlabel("times the wall time of corridors, same machine, same run")
    axes.spines[["top", "right"]].set_visible(False)
    fig.savefig(path, dpi=120)
    plt.close(fig)


def main() -> None:
    """Measure one engine once; called by `run` in a process of its own."""
    parser = argparse.ArgumentParser()
    for name in ("module", "position", "engine", "size", "folder"):
        parser.add_argument(name)
    given = parser.parse_args()
    case: Case = importlib.import_module(given.module).CASES[int(given.position)]
    make = case.engines[given.engine]
    make(case.build(50))()
    call = make(case.build(int(given.size)))
    before, processor, wall = _resident(), _processor(), time.perf_counter()
    answer = call()
    wall, processor = time.perf_counter() - wall, _processor() - processor
    peak = max(_peak() - before, 0)
    # What turns an engine's own answer into an array is no part of its time.
    values = answer() if callable(answer) else answer
    np.save(Path(given.folder) / f"{given.engine}.npy", values)
    print(json.dumps({"seconds": wall, "processor_seconds": processor, "peak_bytes": peak}))


def _processor() -> float:
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(u.ru_utime + u.ru_stime for u in map(resource.getrusage, whose))


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    # The peak is counted from here on.
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return pages * resource.getpagesize()


def _peak() -> int:
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0


if __name__ == "__main__":
    main()
