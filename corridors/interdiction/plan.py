"""What every solver of this room gives back: a plan, what it changes, and how sure that is."""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from corridors.interdiction.candidates import Candidates

__all__ = ["BOUNDED", "HEURISTIC", "PROVEN", "Plan", "Status", "gap_of", "note_of", "status_of"]

LongArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]

Status = Literal["proven optimal", "bound", "heuristic"]
PROVEN: Status = "proven optimal"
BOUNDED: Status = "bound"
HEURISTIC: Status = "heuristic"


def _no_places() -> LongArray:
    return np.empty(0, np.int64)


@dataclass(frozen=True)
class Plan:
    """Which candidates to take, and what is known of it.

    Attributes
    ----------
    chosen
        Candidates taken, sorted.
    before, after
        The value with nothing placed and with the plan, evaluated apart from the optimisation.
    bound
        No plan whatever does better than this; NaN where nothing is proven.
    status
        ``"proven optimal"`` (to within the gap asked for), ``"bound"`` (a plan and a proven bound,
        the gap between them left open), or ``"heuristic"`` (nothing is proven).
    cost
        Of what was chosen.
    seconds, iterations
        Time spent, and rounds of the method.
    limit
        What stopped the search before a proof, or an empty text.
    note
        The plain truth where there is something to tell: why no gain is possible, pairs that have
        no route, candidates that cannot matter.
    unmet
        Candidates that no route of any pair can meet.
    cut_off
        Pairs that have no route even with nothing placed; they count as 0.
    """

    chosen: LongArray
    before: float
    after: float
    bound: float
    status: Status
    cost: float
    seconds: float
    iterations: int
    limit: str = ""
    note: str = ""
    unmet: LongArray = field(default_factory=_no_places)
    cut_off: LongArray = field(default_factory=_no_places)

    @property
    def gain(self) -> float:
        """How far the plan moves the value."""
        if self.after == self.before:
            return 0.0
        return abs(self.after - self.before)

    @property
    def gain_possible(self) -> bool | None:
        """Whether any plan gains: None where it found no gain and nothing is proven."""
        if self.gain > 0:
            return True
        return False if self.status == PROVEN else None

    @property
    def gap(self) -> float:
        """Distance from plan to bound, as a part of the plan's value; NaN without a bound."""
        return gap_of(self.after, self.bound)


def gap_of(value: float, bound: float) -> float:
    """Return the distance between value and bound, as a part of the value.

    Examples
    --------
    >>> round(gap_of(0.5, 0.45), 3)
    0.1
    >>> gap_of(0.0, 0.0)
    0.0
    """
    if value == bound:
        return 0.0
    return abs(value - bound) / abs(value) if value else float("inf")


def status_of(value: float, bound: float, *, gap: float, scale: float) -> Status:
    """Return whether a value is proven, bounded, or neither.

    Parameters
    ----------
    value, bound
        Of a plan, and the best that any plan can have.
    gap
        Relative distance that counts as none.
    scale
        Of values; a tenth of `gap` of it counts as none where values come near 0.
    """
    if np.isnan(bound):
        return HEURISTIC
    if value == bound or abs(value - bound) <= max(gap * abs(value), 0.1 * gap * abs(scale)):
        return PROVEN
    return BOUNDED


def note_of(
    candidates: Candidates,
    *,
    met: LongArray,
    gained: bool,
    cut_off: LongArray,
    proven: bool = False,
) -> str:
    """Return the plain truth about a plan: why nothing is gained, and who has no route.

    Parameters
    ----------
    candidates
        What might have been placed.
    met
        Candidates that some route meets.
    gained
        Whether the plan gains.
    cut_off
        Pairs without a route.
    proven
        Whether no plan gains more.
    """
    told = []
    if not gained:
        why = candidates.why_none()
        if not why and not candidates.affordable[met].any():
            why = "no gain is possible: no route of any pair meets a candidate that may be taken"
        if not why and proven:
            why = "no gain is possible: the other side goes round every plan"
        told.append(why or "no plan was found that gains")
    if len(cut_off):
        told.append(f"{len(cut_off)} pairs have no route and do not count")
    return "; ".join(told)
