"""What becomes of travellers under any plan: those who know of its sensors take another way.

Hazard only raises costs. So a traveller keeps its way as long as no sensor that it knows of sees
it; only those that meet one are solved again, and every way that was solved once is kept.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from corridors.detection import Detection
from corridors.errors import RunError, UnreachableError
from corridors.flow import SampledPaths, Travellers
from corridors.flow.finder import TakenPath
from corridors.flow.sampling import Sampler
from corridors.reinforcement.seen import SeenBySensor

__all__ = ["Replies", "Way"]

FloatArray = NDArray[np.float64]
LongArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
Known = frozenset[int]


@dataclass(frozen=True)
class Way:
    """One way of a traveller, by what sensors see of it.

    Attributes
    ----------
    hazard
        Of all that stands anyway.
    sensors, seen
        Sensors of the universe that see it, rising, and the hazard of each.
    mark
        The same for ways over the same arcs: who is solved again may keep its way.
    """

    hazard: float
    sensors: LongArray
    seen: FloatArray
    mark: int

    def hazard_with(self, placed: BoolArray) -> float:
        """Return the hazard with some of the sensors in place."""
        return self.hazard + float(self.seen[placed[self.sensors]].sum())


class Replies:
    """The survival of travellers under plans over a universe of sensors.

    Parameters
    ----------
    sampler
        That solves the travellers, with who knows of posts.
    travellers, paths
        Who goes where, with the posts that stand now.
    standing
        What the posts that stand now see of the arcs.
    universe
        What all sensors see that may be put in place, or stand and may be moved away.
    moved
        Which posts that stand now are part of the universe; none unless given.
    sigma
        How far travellers err.

    Raises
    ------
    UnreachableError
        When nobody arrives.
    """

    def __init__(
        self,
        sampler: Sampler,
        travellers: Travellers,
        paths: SampledPaths,
        standing: Detection,
        universe: Detection,
        *,
        sigma: float,
        moved: BoolArray | None = None,
    ) -> None:
        if not paths.arrived.any():
            raise UnreachableError(
                f"none of {len(paths):,} travellers arrived, so that no plan changes anything; "
                "look at the barriers, at closed crossings, and at gaps in the elevation"
            )
        self._sampler, self.travellers, self._sigma = sampler, travellers, sigma
        self.universe = universe
        self.numbers = np.flatnonzero(paths.arrived)
        self.stratum = travellers.stratum[self.numbers]
        count = len(standing.sensors)
        self._fixed = np.ones(count, bool) if moved is None else ~moved
        hours = sampler.finder.hours
        self._hazard = {
            name: standing.hazard(values, only=self._fixed) for name, values in hours.items()
        }
        self._knows = self._known_of(universe)
        self._entries = SeenBySensor(sampler.finder, universe)
        self._anywhere = np.unique(np.concatenate([*sampler.demand.destination_cells]))
        self._arcs = [
            paths.arcs[paths.starts[m] : paths.starts[m + 1]].astype(np.int64) for m in self.numbers
        ]
        ids = universe.sensors.id.tolist()
        stood = [ids.index(one) for one in standing.sensors.id[~self._fixed]]
        self.standing: Known = frozenset(stood)
        self._ways: list[dict[Known, Way]] = [{} for _ in self.numbers]
        for row, arcs in enumerate(self._arcs):
            self._ways[row][self._known(row, self.standing)] = self._told(row, arcs)

    def __len__(self) -> int:
        return len(self.numbers)

    @property
    def informed(self) -> BoolArray:
        """Which travellers know of any sensor of the universe, shape (travellers,)."""
        return np.asarray(self._knows.any(axis=1))

    def survived(
        self,
        plans: Sequence[Known],
        *,
        on_traveller: Callable[[int], None] | None = None,
    ) -> FloatArray:
        """Return the chance of each traveller to pass unseen under each plan.

        Parameters
        ----------
        plans
            The sensors of the universe that stand.
        on_traveller
            Told how many informed travellers are done.

        Returns
        -------
        numpy.ndarray
            Shape (travellers, plans).
        """
        placed = np.zeros((len(plans), len(self.universe.sensors)), bool)
        for number, plan in enumerate(plans):
            placed[number, list(plan)] = True
        found = self.kept(plans)
        asked = np.flatnonzero(self.informed)

        def of_traveller(row: int) -> None:
            known = [self._known(row, plan) for plan in plans]
            ways = self._ways_of(row, list(dict.fromkeys(known)))
            for number, knows in enumerate(known):
                found[row, number] = np.exp(-ways[knows].hazard_with(placed[number]))

        with ThreadPoolExecutor(self._sampler.workers) as pool:
            for done, _ in enumerate(pool.map(of_traveller, asked.tolist()), start=1):
                if on_traveller is not None:
                    on_traveller(done)
        return found

    def kept(self, plans: Sequence[Known]) -> FloatArray:
        """Return the same when all keep the ways that they have with what stands now.

        Parameters
        ----------
        plans
            As for `survived`.
        """
        hazard, seen = self.seen
        placed = np.zeros((len(plans), seen.shape[1]), bool)
        for number, plan in enumerate(plans):
            placed[number, list(plan)] = True
        return np.asarray(np.exp(-(hazard[:, None] + seen @ placed.T)))

    @cached_property
    def seen(self) -> tuple[FloatArray, FloatArray]:
        """What is seen of the ways that travellers have with what stands now.

        The hazard of what stands anyway, shape (travellers,), and of each sensor of the universe,
        shape (travellers, sensors).
        """
        ways = [self.way(row, self.standing) for row in range(len(self))]
        seen = np.zeros((len(self), len(self.universe.sensors)))
        for row, way in enumerate(ways):
            seen[row, way.sensors] = way.seen
        return np.array([way.hazard for way in ways]), seen

    def slack(self) -> FloatArray:
        """Return by how much a traveller's hazard can at most exceed that of its way now.

        Returns
        -------
        numpy.ndarray
            Shape (travellers,), under one and the same plan; 0 for those who know of no sensor, and
            infinite for those who know a part of the sensors only.
        """
        found = np.zeros(len(self))
        some = np.flatnonzero(self.informed)
        every = np.asarray(self._knows.all(axis=1)) & self._knows_what_stands()
        found[some[~every[some]]] = np.inf

        def of_traveller(row: int) -> float:
            sampler, travellers, m = self._sampler, self.travellers, int(self.numbers[row])
            least = sampler.path(travellers, m, sigma=self._sigma)
            if least is None or sampler.knowledge is None:
                return 0.0
            hours = sampler.finder.perceived_hours(
                self._profile(row), sigma=self._sigma, key=travellers.key[m]
            )
            more = float(hours[self._arcs[row]].sum() - hours[least.arcs].sum())
            # Perceived hours are held in single precision where paths are solved.
            rounding = 1e-5 * float(hours[least.arcs].sum())
            return (max(more, 0.0) + rounding) / sampler.knowledge.kappa

        rows = some[every[some]]
        with ThreadPoolExecutor(self._sampler.workers) as pool:
            found[rows] = list(pool.map(of_traveller, rows.tolist()))
        return found

    def way(self, row: int, plan: Known) -> Way:
        """Return the way of a traveller under a plan.

        Parameters
        ----------
        row
            Among those that arrive.
        plan
            As for `survived`.
        """
        known = self._known(row, plan)
        return self._ways_of(row, [known])[known]

    def paths(self, plan: Known) -> SampledPaths:
        """Return the paths of those that arrive, under a plan, in the order of `numbers`."""

        def of_traveller(row: int) -> LongArray:
            if self.way(row, plan) is self.way(row, self.standing):
                return self._arcs[row]
            path = self._solve(row, [self._known(row, plan)])[0]
            return path.arcs

        with ThreadPoolExecutor(self._sampler.workers) as pool:
            arcs = list(pool.map(of_traveller, range(len(self))))
        hours = [
            float(self._sampler.finder.hours[self._profile(row)][own].sum())
            for row, own in enumerate(arcs)
        ]
        return SampledPaths(
            np.concatenate(arcs).astype(np.int32),
            np.concatenate([[0], np.cumsum([len(own) for own in arcs])]).astype(np.int64),
            np.full(len(arcs), -1, np.int64),
            np.array(hours),
            np.full(len(arcs), np.nan),
        )

    def solved(self) -> int:
        """Return how many ways were solved in all."""
        return sum(len({id(way) for way in own.values()}) for own in self._ways)

    def _known_of(self, universe: Detection) -> BoolArray:
        knowledge = self._sampler.knowledge
        knows = np.zeros((len(self.numbers), len(universe.sensors)), bool)
        if knowledge is None or knowledge.kappa <= 0:
            return knows
        keys = self.travellers.key[self.numbers]
        for row in np.flatnonzero(knowledge.is_informed(keys)):
            knows[row] = knowledge.knows(keys[row], universe.sensors.id)
        return knows

    def _knows_what_stands(self) -> BoolArray:
        knowledge = self._sampler.knowledge
        if knowledge is None:
            return np.ones(len(self), bool)
        keys = self.travellers.key[self.numbers]
        return np.array([bool(knowledge.knows(key).all()) for key in keys])

    def _known(self, row: int, plan: Known) -> Known:
        own = self._knows[row]
        return frozenset(sensor for sensor in plan if own[sensor])

    def _profile(self, row: int) -> str:
        return self._sampler.profiles[int(self.travellers.profile[self.numbers[row]])]

    def _told(self, row: int, arcs: LongArray) -> Way:
        name = self._profile(row)
        sensors, seen = self._entries.along(arcs, name)
        hazard = float(self._hazard[name][arcs].sum())
        return Way(hazard, sensors, seen, hash(np.asarray(arcs, np.int64).tobytes()))

    def _ways_of(self, row: int, wanted: Sequence[Known]) -> dict[Known, Way]:
        """Return the ways under what a traveller knows; solve those that are not known yet."""
        ways = self._ways[row]
        unsolved = [known for known in wanted if not self._carried(row, known)]
        if unsolved:
            solved = self._solve(row, unsolved)
            for known, path in zip(unsolved, solved, strict=True):
                ways[known] = self._told(row, path.arcs)
        return ways

    def _carried(self, row: int, known: Known) -> bool:
        """Return whether a way is there, or that with a sensor less, which this does not see."""
        ways = self._ways[row]
        if known in ways:
            return True
        for sensor in known:
            fewer = ways.get(known - {sensor})
            if fewer is not None and sensor not in fewer.sensors:
                ways[known] = fewer
                return True
        return False

    def _solve(self, row: int, wanted: Sequence[Known]) -> list[TakenPath]:
        """Solve a traveller anew under each of some sets of sensors that it knows of."""
        sampler, travellers, m = self._sampler, self.travellers, int(self.numbers[row])
        knowledge = sampler.knowledge
        if knowledge is None:
            raise RunError("a traveller that knows of no post was to be solved again")
        name, key = self._profile(row), travellers.key[m]
        start, ends = int(travellers.start_cell[m]), self._ends(int(travellers.destination[m]))
        knows = knowledge.knows(key) & self._fixed
        hazard = knowledge.hazards.known(name, knows)
        towards = sampler.finder.towards(
            name,
            ends,
            sigma=self._sigma,
            key=key,
            kappa=knowledge.kappa,
            turned_hazard=knowledge.hazards.known_turned(name, knows),
            start=start,
        )
        starts = np.array([start])
        same = {"sigma": self._sigma, "key": key, "kappa": knowledge.kappa, "hazard": hazard}
        found = []
        for known in wanted:
            with ExitStack() as stack:
                for sensor in sorted(known):
                    entries, values = self._entries.known(sensor, name)
                    stack.enter_context(entries.added(hazard, values))
                path = (
                    sampler.finder.find(name, starts, ends, **same)
                    if towards is None
                    else towards.find(start, hazard)
                )
            if path is None:  # sensors hinder and do not bar
                raise RunError("a traveller lost its way when sensors were added")
            found.append(path)
        return found

    def _ends(self, destination: int) -> LongArray:
        return (
            self._anywhere
            if destination < 0
            else self._sampler.demand.destination_cells[destination]
        )
