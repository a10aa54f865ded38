"""Many travellers, each on its own path: in batches, on all cores, taken up where it stopped."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from corridors.flow.finder import PathFinder, TakenPath
from corridors.flow.knowledge import Entries, Knowledge
from corridors.flow.sampled import SampledPaths
from corridors.flow.travellers import Demand, Travellers
from corridors.kept import Kept
from corridors.processors import processors

__all__ = ["BATCH", "Sampler"]

LongArray = NDArray[np.int64]

# Travellers that are solved, kept and looked at together. Part of what decides where a run stops
# early, so it does not depend on the machine.
BATCH = 100
# Of how many, the first, paths are held for each sigma: those on whom sigma is looked for.
BEGUN = 200

Journey = tuple[int, int, int]


class Sampler:
    """Solves travellers of one demand on one movement graph.

    Parameters
    ----------
    finder
        Of paths.
    demand
        The transits that travellers were drawn from.
    profiles
        Names, in the order of the demand's shares.
    kept
        Where finished batches are kept for a run that is taken up again.
    knowledge
        Who knows which posts; nobody unless given.
    workers
        Threads; as many as there are processors unless given. The result is the same.
    """

    def __init__(
        self,
        finder: PathFinder,
        demand: Demand,
        profiles: Sequence[str],
        *,
        kept: Kept | None = None,
        knowledge: Knowledge | None = None,
        workers: int | None = None,
    ) -> None:
        self.finder = finder
        self.demand = demand
        self.profiles = profiles
        self.knowledge = knowledge
        self._kept = kept or Kept()
        self.workers = workers or processors()
        self._least: dict[Journey, float] = {}
        self._begun: dict[str, SampledPaths] = {}
        ends = demand.destination_cells
        self._require_fit()
        self._destination_of = {
            int(cell): row for row in reversed(range(len(ends))) for cell in ends[row]
        }
        self._anywhere = np.unique(np.concatenate([np.asarray(cells) for cells in ends]))

    def _require_fit(self) -> None:
        """Refuse a demand of other cells or profiles than the graph has."""
        last = max(
            int(np.max(cells))
            for cells in (*self.demand.origin_cells, *self.demand.destination_cells)
        )
        if last >= self.finder.graph.grid.size:
            message = (
                f"an origin or destination stands on cell {last}, and the grid has "
                f"{self.finder.graph.grid.size}; number its cells row by row, from 0"
            )
            raise ValueError(message)
        if self.demand.shares.shape[2] != len(self.profiles):
            message = (
                f"the demand has shares of {self.demand.shares.shape[2]} profiles, and there are "
                f"hours of {len(self.profiles)}: {', '.join(self.profiles)}"
            )
            raise ValueError(message)

    def solve(
        self,
        travellers: Travellers,
        *,
        sigma: float,
        aware: bool = False,
        on_batch: Callable[[SampledPaths], bool] | None = None,
    ) -> SampledPaths:
        """Return the paths of travellers, in their order.

        Parameters
        ----------
        travellers
            Whom.
        sigma
            How far they err.
        aware
            Whether those who know of posts keep away from them.
        on_batch
            Told of each batch when it is solved; where it returns True no more are.
        """
        parts: list[SampledPaths] = []
        aware = aware and self.knowledge is not None
        tag = self.knowledge.tag if aware and self.knowledge is not None else ""
        with ThreadPoolExecutor(self.workers) as pool:
            for first in range(0, len(travellers), BATCH):
                numbers = range(first, min(first + BATCH, len(travellers)))
                name = f"paths-{sigma!r}-{first}-{len(numbers)}-{travellers.key[first]:x}" + (
                    f"-{tag}" if tag else ""
                )
                part = self._begun.get(name) or self._kept.read(name, SampledPaths)
                if part is None:
                    part = self._solved(pool, travellers, numbers, sigma, aware=aware)
                    self._kept.keep(name, part.arrays())
                if first < BEGUN:
                    self._begun[name] = part
                parts.append(part)
                if on_batch is not None and on_batch(part):
                    break
        return SampledPaths.joined(parts)

    def _solved(
        self,
        pool: ThreadPoolExecutor,
        travellers: Travellers,
        numbers: Iterable[int],
        sigma: float,
        *,
        aware: bool,
    ) -> SampledPaths:
        wanted = list(numbers)
        asked = {self._journey(travellers, m) for m in wanted} - self._least.keys()
        for journey, path in zip(
            sorted(asked), pool.map(self._least_path, sorted(asked)), strict=True
        ):
            self._least[journey] = self._hours(journey[2], path)
        kappa = self._kappa(travellers.key[wanted]) if aware else np.zeros(len(wanted))
        taken = list(
            pool.map(lambda m, k: self.path(travellers, m, sigma=sigma, kappa=k), wanted, kappa)
        )
        least = np.array([self._least[self._journey(travellers, m)] for m in wanted])
        hours = [
            self._hours(int(travellers.profile[m]), path)
            for m, path in zip(wanted, taken, strict=True)
        ]
        arcs = [_NO_ARCS if path is None else path.arcs for path in taken]
        return SampledPaths(
            np.concatenate(arcs).astype(np.int32),
            np.concatenate([[0], np.cumsum([len(one) for one in arcs])]).astype(np.int64),
            np.array(
                [self._reached(travellers, m, p) for m, p in zip(wanted, taken, strict=True)],
                np.int64,
            ),
            np.array(hours),
            least,
        )

    def _journey(self, travellers: Travellers, m: int) -> Journey:
        return (
            int(travellers.start_cell[m]),
            int(travellers.destination[m]),
            int(travellers.profile[m]),
        )

    def _ends(self, destination: int) -> LongArray:
        if destination < 0:
            return self._anywhere
        return np.asarray(self.demand.destination_cells[destination])

    def _least_path(self, journey: Journey) -> TakenPath | None:
        start, destination, profile = journey
        return self.finder.find(self.profiles[profile], np.array([start]), self._ends(destination))

    def _kappa(self, keys: NDArray[np.uint64]) -> NDArray[np.float64]:
        """Return what each traveller gives to avoid one unit of hazard, in hours."""
        if self.knowledge is None:
            return np.zeros(len(keys))
        return np.where(self.knowledge.is_informed(keys), self.knowledge.kappa, 0.0)

    def path(
        self,
        travellers: Travellers,
        m: int,
        *,
        sigma: float,
        kappa: float = 0.0,
    ) -> TakenPath | None:
        """Return the path of one traveller, None where no way leads to its destination.

        Parameters
        ----------
        travellers, m
            Whose.
        sigma
            How far it errs.
        kappa
            What it gives to avoid one unit of hazard, in hours.
        """
        start, destination, profile = self._journey(travellers, m)
        name, key = self.profiles[profile], travellers.key[m]
        hazard = None
        if kappa > 0 and self.knowledge is not None:
            hazard = self.knowledge.hazards.known(name, self.knowledge.knows(key))
        return self.finder.find(
            name,
            np.array([start]),
            self._ends(destination),
            sigma=sigma,
            key=key,
            kappa=kappa,
            hazard=hazard,
        )

    def paths_with(
        self,
        travellers: Travellers,
        m: int,
        *,
        sigma: float,
        more: Iterable[tuple[Entries, NDArray[np.float64]]],
    ) -> Iterator[TakenPath | None]:
        """Yield an informed traveller's path with each of some sensors more, which it knows of.

        Parameters
        ----------
        travellers, m
            Whose.
        sigma
            How far it errs.
        more
            For each sensor what it sees, and the hazards.
        """
        if self.knowledge is None:
            message = "nobody knows of posts; give the sampler a knowledge"
            raise ValueError(message)
        start, destination, profile = self._journey(travellers, m)
        name, key, ends = self.profiles[profile], travellers.key[m], self._ends(destination)
        hazards, kappa = self.knowledge.hazards, self.knowledge.kappa
        knows = self.knowledge.knows(key)
        hazard = hazards.known(name, knows)
        towards = self.finder.towards(
            name,
            ends,
            sigma=sigma,
            key=key,
            kappa=kappa,
            turned_hazard=hazards.known_turned(name, knows),
            start=start,
        )
        for entries, values in more:
            with entries.added(hazard, values):
                yield (
                    self.finder.find(
                        name,
                        np.array([start]),
                        ends,
                        sigma=sigma,
                        key=key,
                        kappa=kappa,
                        hazard=hazard,
                    )
                    if towards is None
                    else towards.find(start, hazard)
                )

    def _reached(self, travellers: Travellers, m: int, path: TakenPath | None) -> int:
        if path is None:
            return -1
        drawn = int(travellers.destination[m])  # another destination may share its cells
        return drawn if drawn >= 0 else self._destination_of[path.end]

    def _hours(self, profile: int, path: TakenPath | None) -> float:
        if path is None:
            return float("nan")
        return float(self.finder.hours[self.profiles[profile]][path.arcs].sum())


_NO_ARCS = np.empty(0, np.int64)
