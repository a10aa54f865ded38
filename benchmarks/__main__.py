"""Run the benchmarks: ``python -m benchmarks``, or ``python -m benchmarks accumulated_cost``."""

import argparse
import importlib
import tempfile
from pathlib import Path

from benchmarks.side_by_side import run, write

ALL = ["accumulated_cost", "coupled_graph"]


def main() -> None:
    """Run what is named, all by default, and write tables, numbers and pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=ALL, help=f"of {', '.join(ALL)}")
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results"))
    parser.add_argument("--sizes", type=int, nargs="*", default=[], help="instead of each case's")
    parser.add_argument("--case", help="only cases whose name holds this")
    given = parser.parse_args()
    for name in given.names:
        module = f"benchmarks.{name}"
        cases = importlib.import_module(module).CASES
        measured = []
        for position, case in enumerate(cases):
            if given.case is None or given.case in case.name:
                with tempfile.TemporaryDirectory() as folder:
                    measured += run(case, module, position, Path(folder), given.sizes)
        write(measured, cases, given.out, name)


if __name__ == "__main__":
    main()
