"""Transit flow: from who travels to what is passed, and how sure that is."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from corridors.detection import Detection
from corridors.errors import ScenarioError, UnreachableError
from corridors.flow.bands import journey_bands, journey_density
from corridors.flow.calibrate import Calibrated, calibrated_paths, mean_detour
from corridors.flow.finder import PathFinder
from corridors.flow.knowledge import Hazards, Knowledge
from corridors.flow.passages import CellPassages, Counter, LastCrossings, Passages, Shares
from corridors.flow.sampled import SampledPaths
from corridors.flow.sampling import Sampler
from corridors.flow.travellers import Demand, Travellers, draw_travellers
from corridors.intervals import mean_interval
from corridors.kept import Kept
from corridors.movement import MovementGraph
from corridors.scenario.model import Flow as FlowSettings
from corridors.scenario.model import Knowledge as KnowledgeSettings
from corridors.terrain import Grid

__all__ = ["Flow", "require_perception", "transit_flow"]

FloatArray = NDArray[np.float64]

# With fewer travellers an interval is no reason to stop.
STOP_FROM = 200


@dataclass(frozen=True)
class Flow:
    """What many travellers, each on the path that it believes best, pass.

    Shares are of the transits for which a way leads to the destination, but for those of border
    stretches, which are of the transits that cross a border and sum to 1.

    Attributes
    ----------
    settings
        What was asked for.
    travellers, paths
        Those who were solved, and their paths.
    passages
        Counts what they pass.
    sigma
        How far they err, so that their ways have the detour asked for.
    detour
        Mean of true over least hours, less 1, with its interval: estimate, low, high; of the ways
        that travellers take who know of no post.
    sampler
        That solved them, for asking on.
    cells
        What passes each cell.
    density
        Metres travelled per km2 for one transit, smoothed; shape (rows, columns).
    bands
        Polygons of `corridors.flow.bands.journey_bands`.
    stretches
        The stretches of border with ``share``, ``share_low``, ``share_high`` (of the transits that
        cross a border), ``gate_share`` and a ``share_`` of each profile, which sum to it.
    crossed
        Share of the transits that cross a border at all.
    edges, gates
        Shares of the road network's edges, and of the crossings.
    journeys
        A row for each origin, destination and profile: travellers, share, hours, km and detour
        with quantiles.
    convergence
        A row a batch: travellers so far, the widest interval of a border stretch, and how much of
        the border's shares moved since the batch before.
    stopped_early
        Whether the precision asked for was reached before the last traveller.
    """

    settings: FlowSettings
    travellers: Travellers
    paths: SampledPaths
    passages: Passages
    sigma: float
    detour: tuple[float, float, float]
    sampler: Sampler
    cells: CellPassages
    density: FloatArray
    bands: gpd.GeoDataFrame
    stretches: gpd.GeoDataFrame
    crossed: Shares
    edges: Shares
    gates: Shares
    journeys: pd.DataFrame
    convergence: pd.DataFrame
    stopped_early: bool


def transit_flow(  # noqa: PLR0913 what is studied, how, and who is told
    graph: MovementGraph,
    hours: Mapping[str, FloatArray],
    demand: Demand,
    settings: FlowSettings,
    *,
    borders: gpd.GeoDataFrame,
    stretches: gpd.GeoDataFrame,
    names: tuple[Sequence[str], Sequence[str]],
    inside: NDArray[np.bool_] | None = None,
    seed: int = 0,
    called: str = "the scenario",
    detection: Detection | None = None,
    knowledge: KnowledgeSettings | None = None,
    sigma: float | None = None,
    kept: Kept | None = None,
    workers: int | None = None,
    on_step: Callable[[str], None] | None = None,
) -> Flow:
    """Solve the travellers of a demand and count what they pass.

    Parameters
    ----------
    graph
        The movement graph.
    hours
        True hours of every arc, by profile, in the order of the demand's last axis.
    demand
        The transits.
    settings
        The scenario's ``[flow]``.
    borders
        Lines, in the grid's CRS.
    stretches
        Of the borders, from `corridors.border_stretches`.
    names
        Of the origins and the destinations.
    inside
        Cells of the study area, shape (rows, columns).
    seed
        Of the study; with it the result is the same to the last bit.
    called
        The scenario's name, for messages.
    detection, knowledge
        What posts see of the arcs, and the scenario's ``[knowledge]``; without them nobody keeps
        away from posts.
    sigma
        How far travellers err; found from the detour unless given. With that of another scenario
        they are the same people in both.
    kept
        Where finished batches are kept.
    workers
        Threads; the result does not depend on them.
    on_step
        Told what begins.

    Raises
    ------
    ScenarioError
        When the perception's length does not fit the study, or no error gives the detour.
    UnreachableError
        When no traveller arrives.
    ValueError
        When the demand does not fit the graph or the profiles, sigma is below 0, the seed is not
        a whole number of 64 bits, or there are fewer than 1 workers.
    """
    _require_options(sigma, seed, workers)
    tell = on_step or (lambda _: None)
    require_perception(graph.grid, settings, called=called)
    finder = PathFinder(
        graph, hours, length_m=settings.perception_km * 1e3, road_ratio=settings.road_error
    )
    profiles = list(hours)
    aware = None
    if detection is not None and knowledge is not None and knowledge.informed > 0:
        aware = Knowledge(
            Hazards(finder.layout, detection, hours),
            informed=knowledge.informed,
            posts_known=knowledge.posts_known,
            kappa=knowledge.kappa_hours,
        )
    sampler = Sampler(finder, demand, profiles, kept=kept, knowledge=aware, workers=workers)
    travellers = draw_travellers(demand, settings.travellers, seed=seed)
    watch = _Watch(graph, travellers, borders, stretches, settings, tell)
    found = (
        calibrated_paths(
            sampler,
            travellers,
            detour=settings.detour,
            called=called,
            on_batch=watch,
            on_try=watch.begin,
        )
        if sigma is None
        else _with_sigma(sampler, travellers, sigma, watch, called)
    )
    paths = found.paths
    detour = _detour(paths, travellers, settings.confidence)
    if aware is not None:
        watch.begin()
        paths = sampler.solve(travellers, sigma=found.sigma, aware=True, on_batch=watch)
    tell("Counting what travellers pass")
    travellers = travellers.first(len(paths))
    passages = Passages(graph, travellers, paths, level=settings.confidence)
    cells = passages.cells()
    density = journey_density(
        cells.metres, graph.grid, smoothing_m=settings.smoothing_m, inside=inside
    )
    last = passages.last_crossings(borders)
    profile = travellers.profile[paths.arrived]
    return Flow(
        settings=settings,
        travellers=travellers,
        paths=paths,
        passages=passages,
        sigma=found.sigma,
        detour=detour,
        sampler=sampler,
        cells=cells,
        density=density,
        bands=journey_bands(
            density,
            graph.grid,
            shares=settings.bands,
            speck_km2=settings.smallest_km2,
            hole_km2=settings.smallest_km2,
        ),
        stretches=_stretches(passages, last, stretches, profile, profiles),
        crossed=passages.shares(last.traveller, np.zeros(len(last.traveller), np.int64), 1),
        edges=passages.edges(),
        gates=passages.gates(),
        journeys=_journeys(passages, travellers, names, profiles),
        convergence=watch.table(len(paths)),
        stopped_early=len(paths) < settings.travellers,
    )


def _require_options(sigma: float | None, seed: int, workers: int | None) -> None:
    """Refuse options that are none, before anything is solved."""
    if sigma is not None and not 0 <= sigma < np.inf:
        message = f"sigma is {sigma}; give a standard deviation from 0 up"
        raise ValueError(message)
    if not isinstance(seed, Integral) or not -(2**63) <= seed < 2**63:
        message = f"seed is {seed!r}; give a whole number from -2**63 up, and below 2**63"
        raise ValueError(message)
    if workers is not None and (not isinstance(workers, Integral) or workers < 1):
        message = f"workers is {workers!r}; give a whole number, 1 or more, or None for all cores"
        raise ValueError(message)


def _with_sigma(
    sampler: Sampler, travellers: Travellers, sigma: float, watch: "_Watch", called: str
) -> Calibrated:
    paths = sampler.solve(travellers, sigma=sigma, on_batch=watch)
    if not paths.arrived.any():
        raise UnreachableError(
            f"{called}: none of {len(paths):,} travellers reaches its destination; look at the "
            "barriers, at closed crossings and at gaps in the elevation"
        )
    return Calibrated(sigma, mean_detour(paths), paths)


def require_perception(grid: Grid, settings: FlowSettings, *, called: str) -> None:
    """Refuse a perception whose length does not fit the grid.

    Parameters
    ----------
    grid
        The working grid.
    settings
        The scenario's ``[flow]``.
    called
        The scenario's name, for messages.

    Raises
    ------
    ScenarioError
        When the length is below that of a cell or beyond the area.
    """
    length = settings.perception_km * 1e3
    across = min(grid.rows, grid.columns) * grid.cell_m
    if not grid.cell_m <= length <= across:
        raise ScenarioError(
            f"{called}: flow.perception_km = {settings.perception_km:g} does not fit the study; "
            f"give a length from that of a cell ({grid.cell_m / 1e3:g} km) to the shorter side of "
            f"the area ({across / 1e3:g} km)"
        )


def _detour(
    paths: SampledPaths, travellers: Travellers, level: float
) -> tuple[float, float, float]:
    arrived = paths.arrived
    values = paths.detour[arrived]
    strata = travellers.stratum[: len(paths)][arrived]
    low, high = mean_interval(values, level=level, strata=strata)
    return float(values.mean()), max(float(low), 0.0), float(high)


def _stretches(
    passages: Passages,
    last: LastCrossings,
    stretches: gpd.GeoDataFrame,
    profile: NDArray[np.int64],
    profiles: Sequence[str],
) -> gpd.GeoDataFrame:
    """Return the stretches with the share of those who cross a border that each lets pass."""
    at = last.stretch(stretches)
    crossing = passages.only(last.traveller)
    shares = crossing.shares(np.arange(len(at)), at, len(stretches))
    count = max(len(at), 1)
    by_gate = np.bincount(at[last.gate >= 0], minlength=len(stretches)) / count
    by_profile = {
        f"share_{name}": np.bincount(
            at[profile[last.traveller] == number], minlength=len(stretches)
        )
        / count
        for number, name in enumerate(profiles)
    }
    told = shares.frame().set_axis(stretches.index, axis=0)
    return stretches.assign(
        **{str(name): told[name] for name in told}, gate_share=by_gate, **by_profile
    )


def _journeys(
    passages: Passages,
    travellers: Travellers,
    names: tuple[Sequence[str], Sequence[str]],
    profiles: Sequence[str],
) -> pd.DataFrame:
    paths = passages.paths
    arrived = paths.arrived
    origins, destinations = names
    table = pd.DataFrame(
        {
            "origin": np.asarray(origins, object)[travellers.origin[arrived]],
            "destination": np.asarray(destinations, object)[paths.destination[arrived]],
            "profile": np.asarray(profiles, object)[travellers.profile[arrived]],
            "hours": paths.hours[arrived],
            "least_hours": paths.least_hours[arrived],
            "km": passages.km(),
            "detour": paths.detour[arrived],
        }
    )
    groups = table.groupby(["origin", "destination", "profile"], sort=True)
    rows = groups.agg(
        travellers=("hours", "size"),
        least_hours=("least_hours", "mean"),
        hours=("hours", "mean"),
        hours_p10=("hours", lambda values: values.quantile(0.1)),
        hours_p50=("hours", "median"),
        hours_p90=("hours", lambda values: values.quantile(0.9)),
        km=("km", "mean"),
        km_p10=("km", lambda values: values.quantile(0.1)),
        km_p50=("km", "median"),
        km_p90=("km", lambda values: values.quantile(0.9)),
        detour=("detour", "mean"),
    ).reset_index()
    rows.insert(3, "share", rows["travellers"] / max(len(table), 1))
    return rows


class _Watch:
    """Looks at the border after each batch: how sure its shares are, and whether that will do."""

    def __init__(
        self,
        graph: MovementGraph,
        travellers: Travellers,
        borders: gpd.GeoDataFrame,
        stretches: gpd.GeoDataFrame,
        settings: FlowSettings,
        tell: Callable[[str], None],
    ) -> None:
        self._graph = graph
        self._travellers = travellers
        self._borders = borders
        self._stretches = stretches
        self._settings = settings
        self._tell = tell
        self.begin()

    def begin(self) -> None:
        """Forget an earlier pass."""
        self._rows: list[dict[str, float]] = []
        self._before: FloatArray | None = None
        self._count = 0
        self._stratum: list[NDArray[np.int64]] = []
        self._stretch: list[NDArray[np.int64]] = []

    def __call__(self, batch: SampledPaths) -> bool:
        """Note how things stand; return whether the precision asked for is reached."""
        some = self._travellers.between(self._count, self._count + len(batch))
        self._count += len(batch)
        self._tell(f"Solving travellers, {self._count:,} of up to {self._settings.travellers:,}")
        if batch.arrived.any():
            passages = Passages(self._graph, some, batch, level=self._settings.confidence)
            last = passages.last_crossings(self._borders)
            self._stretch.append(last.stretch(self._stretches))
            self._stratum.append(some.stratum[batch.arrived][last.traveller])
        at = np.concatenate([*self._stretch, np.empty(0, np.int64)])
        strata = np.concatenate([*self._stratum, np.empty(0, np.int64)])
        counter = Counter(
            np.unique(strata, return_inverse=True)[1], level=self._settings.confidence
        )
        shares = counter.shares(np.arange(len(at)), at, len(self._stretches))
        widest = float(((shares.high - shares.low) / 2).max(initial=0.0))
        moved = np.nan if self._before is None else np.abs(shares.share - self._before).sum() / 2
        self._before = shares.share
        self._rows.append(
            {"travellers": self._count, "widest_half_interval": widest, "moved": moved}
        )
        wanted = self._settings.precision
        return wanted is not None and self._count >= STOP_FROM and widest <= wanted

    def table(self, count: int) -> pd.DataFrame:
        """Return what was noted of the pass that was taken."""
        return pd.DataFrame([row for row in self._rows if row["travellers"] <= count])
