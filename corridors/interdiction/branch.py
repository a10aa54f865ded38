"""Branch and cut: the best plan, proven."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corridors.interdiction.candidates import Candidates
from corridors.interdiction.master import Cut, Master, Oracle

__all__ = ["Found", "cut_and_branch"]

FloatArray = NDArray[np.float64]
LongArray = NDArray[np.int64]

# Cuts no farther from the last solution go into the search among whole numbers.
KEPT = 0.05
# Part of what is open that a search may leave open before cuts are added.
LOOSE = 0.3
# Part of it by which the program may still belie its best answer for the last search to begin.
TRUE = 0.1


@dataclass(frozen=True)
class Found:
    """The best plan found, its value, what is proven, and why the search ended."""

    chosen: LongArray
    value: float
    bound: float
    iterations: int
    limit: str


def cut_and_branch(
    oracle: Oracle,
    candidates: Candidates,
    *,
    usable: NDArray[np.bool_],
    gap: float,
    seconds: float,
) -> Found:
    """Return the plan of least value, proven by a program that grows by cuts.

    Parameters
    ----------
    oracle
        The problem, scaled so that values are at most about 1.
    candidates
        What may be taken.
    usable
        Candidates that can matter; the others are left out.
    gap
        Relative distance of plan and bound at which the search ends.
    seconds
        Limit of time.

    Notes
    -----
    First the linear program with cuts until its bound stands still; then places that cannot be in
    (or out of) any better plan are fixed by their reduced costs (Dantzig, Fulkerson and Johnson
    1954); then whole numbers, solved again with the cuts of all answers on the way, more and more
    closely, until an answer breaks none (Benders 1962).
    """
    master = Master(oracle, candidates, usable=usable, gap=gap, seconds=seconds)
    if not master.free.any():
        return Found(master.best, master.value, master.value, 0, "")
    root = master.relax()
    bound, limit = float(oracle.weights @ oracle.lower), "time"
    if root is not None:
        master.fix(root)
        master.forget(KEPT)
        bound, limit = _whole(master, root.objective, gap)
    return Found(master.best, master.value, min(bound, master.value), master.rounds, limit)


def _whole(master: Master, bound: float, gap: float) -> tuple[float, str]:
    """Solve for whole numbers, with the cuts of all answers, until one breaks none."""
    close = False
    while bound < master.cutoff:
        open_part = (master.value - bound) / max(abs(master.value), 1e-9)
        wanted = gap / 4 if close else max(gap / 4, LOOSE * open_part)
        solved, answers = master.whole(wanted)
        if solved is None:
            return bound, "time"
        if not solved.feasible:  # every plan but those already seen is fixed away
            return master.value, ""
        bound = max(bound, min(solved.bound, master.value))
        if master.left <= 0 and bound < master.cutoff:
            for values in answers[-1:]:  # the plan that was found counts
                master.consider(master.filled(values))
            return bound, "time"
        cuts = [cut for values in answers for cut in _cuts_at(master, values)]
        master.add(cuts)
        if not cuts and solved.optimal and wanted == gap / 4:
            return bound, ""
        # Once the program tells nearly the truth of its answer, only a proof is wanting.
        close = master.value - solved.objective < TRUE * (master.value - bound)
    return bound, ""


def _cuts_at(master: Master, values: FloatArray) -> Sequence[Cut]:
    """Return cuts of an answer: what the program finds too little even where more is taken.

    An answer often takes less than the budget allows, because ways are not known yet. Cuts that it
    breaks with the budget used up are deeper.
    """
    full = values.copy()
    chosen = master.filled(values)
    full[: master.count] = 0.0
    full[chosen] = 1.0
    master.consider(chosen)
    for at in (full, values):
        cuts = master.broken(at, search=False) or master.broken(at, search=True)
        if cuts:
            return cuts
    return []
