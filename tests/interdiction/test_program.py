"""The solver, where it is more than a call: an interruption ends it."""

import signal
import subprocess
import sys
from importlib.metadata import version

import highspy
import numpy as np
import pytest

from corridors.interdiction.program import INFINITY, Program


def market_split(rows: int, columns: int) -> Program:
    """Return a program that takes far longer than a test may (Cornuejols and Dawande 1998)."""
    rng = np.random.default_rng(2)
    slack = columns + 2 * rows
    program = Program(
        np.concatenate([np.zeros(columns), np.ones(2 * rows)]),
        np.zeros(slack),
        np.concatenate([np.ones(columns), np.full(2 * rows, INFINITY)]),
    )
    every = np.arange(columns)
    for row in range(rows):
        sizes = rng.integers(0, 100, columns).astype(float)
        half = float(sizes.sum() // 2)
        own = columns + 2 * row + np.arange(2)
        program.add_row(half, half, np.append(every, own), np.append(sizes, [1.0, -1.0]))
    program.integer(every)
    return program


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="signals by a timer are of POSIX")
def test_an_interruption_ends_a_search_among_whole_numbers() -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    program = market_split(5, 40)
    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.5)
        with pytest.raises(KeyboardInterrupt):
            program.solve(seconds=20.0)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)
    # Without heed to it the solver goes on to its limit, and says so. HiGHS 1.10 tells no status of
    # a search that was interrupted, later ones do.
    status = program._highs.getModelStatus()  # noqa: SLF001 told nowhere else
    kinds = highspy.HighsModelStatus
    oldest = version("highspy").startswith("1.10.")
    assert status == (kinds.kNotset if oldest else kinds.kInterrupt), status


def test_without_the_solver_it_says_what_to_install() -> None:
    code = (
        "import sys\n"
        "sys.modules['highspy'] = None\n"
        "from corridors.errors import MissingExtraError\n"
        "try:\n"
        "    from corridors.interdiction import interdict_reliability\n"
        "except MissingExtraError as error:\n"
        "    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert done.stderr == ""
    assert "needs the solver HiGHS" in done.stdout
    assert "pip install highspy" in done.stdout
