"""From a detour, which people can judge, to sigma, which the model needs."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from corridors.errors import ScenarioError, UnreachableError
from corridors.flow.sampled import SampledPaths
from corridors.flow.sampling import Sampler
from corridors.flow.travellers import Travellers

__all__ = ["Calibrated", "calibrated_paths", "mean_detour"]

SIGMA_MAX = 3.0
# Travellers on whom sigma is looked for, before all are solved with it.
TRIED = 200
TRIES = 8
# Near enough, relative: on the first, and on all of them.
CLOSE_TRIED = 0.03
CLOSE = 0.045
STEP_MAX = 3.0
# The step up where nobody leaves the best way yet.
STEP_FROM_NOTHING = 10.0
# On several real grounds sigma was about this times this power of the detour: where to begin.
USUAL = 1.4
USUAL_POWER = 0.67


@dataclass(frozen=True)
class Calibrated:
    """What was found.

    Attributes
    ----------
    sigma
        How far travellers err.
    detour
        The mean detour of their paths.
    paths
        The paths.
    """

    sigma: float
    detour: float
    paths: SampledPaths


def mean_detour(paths: SampledPaths) -> float:
    """Return the mean of true hours over least hours, less 1; 0 where nobody arrives.

    Examples
    --------
    >>> paths = SampledPaths(np.zeros(0, np.int32), np.zeros(3, np.int64), np.zeros(2, np.int64),
    ...     hours=np.array([11.0, 24.0]), least_hours=np.array([10.0, 20.0]))
    >>> round(mean_detour(paths), 3)
    0.15
    """
    found = paths.detour[paths.arrived]
    return float(found.mean()) if len(found) else 0.0


def calibrated_paths(
    sampler: Sampler,
    travellers: Travellers,
    *,
    detour: float,
    called: str = "the scenario",
    on_batch: Callable[[SampledPaths], bool] | None = None,
    on_try: Callable[[], None] | None = None,
) -> Calibrated:
    """Return the travellers' paths with the sigma that gives the detour asked for.

    Parameters
    ----------
    sampler
        Solves travellers.
    travellers
        All of them.
    detour
        Mean true time over the least, less 1; above 0.
    called
        The scenario's name, for messages.
    on_batch
        As for `Sampler.solve`.
    on_try
        Called before each pass over some or all travellers.

    Raises
    ------
    ScenarioError
        When no sigma gives so much detour here.
    UnreachableError
        When nobody arrives.

    Notes
    -----
    The same random numbers serve every sigma, so the detour is nearly smooth in it, about a power.
    That is found on the first travellers, to 3 percent; all are then solved, and again with another
    sigma as long as their mean is off by more than 4.5 percent, a few times at most. Where ways
    change by steps and nothing comes so near, the nearest is taken, and `detour` tells.
    """

    def told(some: Travellers, sigma: float, *, all_of_them: bool = False) -> SampledPaths:
        if on_try is not None:
            on_try()
        paths = sampler.solve(some, sigma=sigma, on_batch=on_batch if all_of_them else None)
        if not paths.arrived.any():
            raise UnreachableError(
                f"{called}: none of {len(paths):,} travellers reaches its destination; look at the "
                "barriers, at closed crossings and at gaps in the elevation"
            )
        return paths

    found: dict[float, SampledPaths] = {}
    looked = _looked_for(
        lambda sigma: mean_detour(told(travellers.first(TRIED), sigma)),
        _Search(detour, start=min(USUAL * detour**USUAL_POWER, SIGMA_MAX), power=1 / USUAL_POWER),
        called,
    )

    def all_with(sigma: float) -> float:
        found[sigma] = told(travellers, sigma, all_of_them=True)
        return mean_detour(found[sigma])

    if len(travellers) <= TRIED:
        return Calibrated(looked.nearest, all_with(looked.nearest), found[looked.nearest])
    final = _Search(detour, start=looked.nearest, power=looked.power(), close=CLOSE)
    sigma = _looked_for(all_with, final, called).nearest
    return Calibrated(sigma, final.tried[sigma], found[sigma])


def _looked_for(detour_of: Callable[[float], float], search: "_Search", called: str) -> "_Search":
    for _ in range(TRIES):
        sigma = search.guess()
        search.learn(sigma, detour_of(sigma))
        if search.is_close():
            break
        if search.is_hopeless():
            raise ScenarioError(
                f"{called}: flow.detour = {search.wanted:g} is more than travellers can err here: "
                f"their ways are at most {search.greatest:.0%} longer than the best, however wrong "
                "their beliefs (there may be one way only); ask for less"
            )
    return search


class _Search:
    """Looks for sigma: the detour is taken to be a power of it between two that were tried."""

    def __init__(
        self, wanted: float, *, start: float, power: float = 1.0, close: float = CLOSE_TRIED
    ) -> None:
        self.wanted = wanted
        self.tried: dict[float, float] = {}
        self._start = start
        self._first_power = power
        self._close = close

    @property
    def greatest(self) -> float:
        """The greatest detour that was found."""
        return max(self.tried.values())

    @property
    def nearest(self) -> float:
        """The sigma whose detour came nearest."""
        return min(self.tried, key=lambda sigma: abs(self.tried[sigma] - self.wanted))

    def learn(self, sigma: float, found: float) -> None:
        """Note what a sigma gave."""
        self.tried[sigma] = found

    def is_close(self) -> bool:
        """Tell whether the nearest is near enough."""
        return abs(self.tried[self.nearest] / self.wanted - 1) <= self._close

    def is_hopeless(self) -> bool:
        """Tell whether even the greatest sigma gives too little."""
        return max(self.tried) >= SIGMA_MAX and self.greatest < self.wanted

    def guess(self) -> float:
        """Return the sigma to try next."""
        if not self.tried:
            return self._start
        below = [sigma for sigma, found in self.tried.items() if found < self.wanted]
        above = [sigma for sigma, found in self.tried.items() if found >= self.wanted]
        if below and above and max(below) < min(above):
            low, high = max(below), min(above)
            return float(low * (high / low) ** self._part(low, high))
        if self.greatest == 0:
            return min(max(self.tried) * STEP_FROM_NOTHING, SIGMA_MAX)
        nearest = self.nearest
        found = self.tried[nearest]
        step = (self.wanted / found) ** (1 / self.power()) if found > 0 else STEP_MAX
        return float(min(nearest * np.clip(step, 1 / STEP_MAX, STEP_MAX), SIGMA_MAX))

    def _part(self, low: float, high: float) -> float:
        """Return how far between two, as powers go; half way up from nothing."""
        if self.tried[low] == 0:
            return 0.5
        rise = np.log(self.tried[high] / self.tried[low])
        return float(np.log(self.wanted / self.tried[low]) / rise)

    def power(self) -> float:
        """Return how the detour grows with sigma, about, where it is wanted."""
        rising = [(sigma, found) for sigma, found in self.tried.items() if found > 0]
        nearest = sorted(rising, key=lambda one: abs(np.log(one[1] / self.wanted)))[:2]
        if len(nearest) < 2:
            return self._first_power
        (low, found_low), (high, found_high) = sorted(nearest)
        return float(np.clip(np.log(found_high / found_low) / np.log(high / low), 0.7, 3.0))
