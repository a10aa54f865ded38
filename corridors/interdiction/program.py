"""A linear or mixed-integer program that grows row by row, solved by HiGHS."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corridors.errors import MissingExtraError, RunError

try:
    import highspy
except ImportError as error:  # pragma: no cover - tested in a process of its own
    raise MissingExtraError(
        "interdiction needs the solver HiGHS; install it with: pip install highspy"
    ) from error

__all__ = ["INFINITY", "Program", "Solved"]

FloatArray = NDArray[np.float64]
LongArray = NDArray[np.int64]

INFINITY = float(highspy.kHighsInf)

# Values of a plan are scaled to about 1; this is far below any gap that is asked for.
TOLERANCE = 1e-9
# Searches among whole numbers end at no greater distance, however small the values.
MOST_OPEN = 2e-8


@dataclass(frozen=True)
class Solved:
    """What the solver says.

    Attributes
    ----------
    values
        Of the variables; empty where there is no solution.
    objective, bound
        Of the solution, and what no solution undercuts.
    optimal
        Whether the answer is final; if not, time was up.
    feasible
        Whether any solution exists.
    reduced, duals
        Reduced costs of the variables and duals of the rows, of a linear program.
    """

    values: FloatArray
    objective: float
    bound: float
    optimal: bool
    feasible: bool
    reduced: FloatArray
    duals: FloatArray


class Program:
    """Minimise cost x, rows between limits, variables between bounds.

    Parameters
    ----------
    cost, lower, upper
        Of each variable.
    """

    def __init__(self, cost: FloatArray, lower: FloatArray, upper: FloatArray) -> None:
        solver: Any = highspy  # its constructor carries no types
        self._highs = solver.Highs()
        self._highs.setOptionValue("output_flag", False)
        for name in ("primal_feasibility_tolerance", "dual_feasibility_tolerance"):
            self._highs.setOptionValue(name, TOLERANCE)
        self.size = len(cost)
        every = np.arange(self.size, dtype=np.int32)
        self._highs.addVars(self.size, lower, upper)
        self._highs.changeColsCost(self.size, every, np.asarray(cost, np.float64))
        self._highs.setOptionValue("mip_feasibility_tolerance", TOLERANCE)
        self._highs.setOptionValue("mip_improving_solution_save", True)
        self._highs.cbMipInterrupt += self._heed
        self._cancelled = False
        self.whole = False
        self.rows = 0

    def add_row(
        self, lower: float, upper: float, columns: LongArray | Sequence[int], values: FloatArray
    ) -> None:
        """Add one row; columns are named once each."""
        self.add_rows([(lower, upper, np.asarray(columns), np.asarray(values))])

    def add_rows(self, rows: Sequence[tuple[float, float, LongArray, FloatArray]]) -> None:
        """Add rows: lower, upper, columns, values."""
        if not rows:
            return
        lengths = [len(columns) for _, _, columns, _ in rows]
        starts = np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(np.int32)
        self._highs.addRows(
            len(rows),
            np.array([row[0] for row in rows], np.float64),
            np.array([row[1] for row in rows], np.float64),
            int(sum(lengths)),
            starts,
            np.concatenate([row[2] for row in rows]).astype(np.int32),
            np.concatenate([row[3] for row in rows]).astype(np.float64),
        )
        self.rows += len(rows)

    def drop_rows(self, rows: LongArray) -> None:
        """Take rows away; those after them move up."""
        if len(rows):
            self._highs.deleteRows(len(rows), rows.astype(np.int32))
            self.rows -= len(rows)

    def row_slack(self, floor: FloatArray, first: int) -> FloatArray:
        """Return how far rows from `first` on lie above their lower limits."""
        activity = np.array(self._highs.getSolution().row_value)[first:]
        return np.asarray(activity - floor, np.float64)

    def bounds(self, columns: LongArray, lower: FloatArray, upper: FloatArray) -> None:
        """Give variables other bounds."""
        self._highs.changeColsBounds(len(columns), columns.astype(np.int32), lower, upper)

    def integer(self, columns: LongArray) -> None:
        """Ask that variables are whole numbers from now on."""
        kinds = np.full(len(columns), int(highspy.HighsVarType.kInteger), np.uint8)
        self._highs.changeColsIntegrality(len(columns), columns.astype(np.int32), kinds)
        self.whole = True

    def start_from(self, columns: LongArray, values: FloatArray) -> None:
        """Give the solver values of some variables to start from; it finds those of the others."""
        self._highs.setSolution(len(columns), columns.astype(np.int32), values)

    def improving(self) -> list[FloatArray]:
        """Return solutions that the last search among whole numbers came across."""
        return [np.array(found.col_value) for found in self._highs.getSavedMipSolutions()]

    def solve(self, *, seconds: float = INFINITY, gap: float = 0.0) -> Solved:
        """Solve, at most so many seconds; among whole numbers to within a relative gap."""
        highs = self._highs
        # The clock of the solver runs on from one linear program to the next.
        passed = 0.0 if self.whole else highs.getRunTime()
        highs.setOptionValue("time_limit", passed + max(seconds, 1e-3))
        highs.setOptionValue("mip_rel_gap", gap)
        highs.setOptionValue("mip_abs_gap", min(gap, MOST_OPEN))
        self._run()
        status, info = highs.getModelStatus(), highs.getInfo()
        kinds = highspy.HighsModelStatus
        if status in {kinds.kInfeasible, kinds.kUnboundedOrInfeasible}:
            none = np.empty(0)
            return Solved(
                none, INFINITY, INFINITY, optimal=True, feasible=False, reduced=none, duals=none
            )
        optimal = status == kinds.kOptimal
        if not optimal and status not in {kinds.kTimeLimit, kinds.kInterrupt}:
            raise RunError(f"the solver stopped with: {highs.modelStatusToString(status)}")
        solution = highs.getSolution()
        known = int(info.primal_solution_status) == highspy.kSolutionStatusFeasible
        objective = float(info.objective_function_value)
        of_linear = objective if optimal else -INFINITY
        return Solved(
            np.array(solution.col_value) if known else np.empty(0),
            objective if known else INFINITY,
            float(info.mip_dual_bound) if self.whole else of_linear,
            optimal=optimal,
            feasible=True,
            reduced=np.array(solution.col_dual),
            duals=np.array(solution.row_dual),
        )

    def _run(self) -> None:
        """Run; a search among whole numbers aside, so that an interruption ends it at once."""
        if not self.whole:
            self._highs.run()
            return
        with ThreadPoolExecutor(1) as pool:
            work = pool.submit(self._highs.run)
            try:
                work.result()
            except BaseException:
                self._cancelled = True
                raise

    def _heed(self, event: Any) -> None:
        if self._cancelled:
            event.interrupt()
