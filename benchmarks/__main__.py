"""Run the benchmarks: ``python -m benchmarks``, or ``python -m benchmarks accumulated_cost``."""

import argparse
import importlib
import sys
import tempfile
from pathlib import Path

from benchmarks.side_by_side import OURS, run, write

ALL = [
    "accumulated_cost",
    "coupled_graph",
    "ensemble",
    "interdiction",
    "road_graph",
    "sight",
    "travellers",
    "worth",
]


def main() -> None:
    """Run what is named, all by default, and write tables, numbers and pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=ALL, help=f"of {', '.join(ALL)}")
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results"))
    parser.add_argument("--sizes", type=int, nargs="*", default=[], help="instead of each case's")
    parser.add_argument("--case", help="only cases whose name holds this")
    parser.add_argument(
        "--guard",
        type=float,
        help="fail when a peer takes less than so many times our processor time",
    )
    given = parser.parse_args()
    slow = []
    for name in given.names:
        module = f"benchmarks.{name}"
        cases = importlib.import_module(module).CASES
        measured = []
        for position, case in enumerate(cases):
            if given.case is None or given.case in case.name:
                with tempfile.TemporaryDirectory() as folder:
                    measured += run(case, module, position, Path(folder), given.sizes)
        write(measured, cases, given.out, name)
        slow += [
            f"{one.engine}, {one.case} at {one.size}: {one.processor_ratio:.2g} times ours"
            for one in measured
            if given.guard is not None
            and not one.engine.startswith(OURS)
            and one.processor_ratio < given.guard
        ]
    if slow:
        sys.exit("slower than it may be beside " + "; ".join(slow))


if __name__ == "__main__":
    main()
