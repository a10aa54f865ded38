"""The ways that truly differ, for every journey of a study."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import groupby

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from corridors.alternatives.overlap import nodes_of
from corridors.alternatives.search import AlternativePath, alternative_paths
from corridors.alternatives.via import SearchTree, TurnedGraph, tree_from, tree_to, turned
from corridors.paths import Journey, Journeys, least_cost_paths
from corridors.processors import processors

__all__ = ["journey_alternatives"]

FloatArray = NDArray[np.float64]
LongArray = NDArray[np.int64]

COLUMNS = (
    "id",
    "origin",
    "destination",
    "profile",
    "rank",
    "hours",
    "km",
    "extra_share",
    "overlap",
    "road_share",
    "gate",
    "last_crossing_by",
    "last_crossing_x",
    "last_crossing_y",
    "geometry",
)


def journey_alternatives(
    journeys: Journeys,
    arc_hours: Mapping[str, FloatArray],
    *,
    starts: Mapping[str, LongArray],
    ends: Mapping[str, LongArray],
    borders: gpd.GeoDataFrame,
    crossings: gpd.GeoDataFrame,
    count: int = 3,
    max_overlap: float = 0.5,
) -> gpd.GeoDataFrame:
    """Return for each journey the least-cost path and ways that differ from it and each other.

    Parameters
    ----------
    journeys
        From `corridors.solve_journeys`.
    arc_hours
        Of every arc, by profile, from `corridors.movement.arc_hours`.
    starts, ends
        Nodes of each origin and of each destination, by name.
    borders, crossings
        As for `corridors.least_cost_paths`.
    count
        Ways for a journey, the least-cost path included; there can be fewer.
    max_overlap
        The greatest part of their length that two of them share (see `path_overlap`).

    Returns
    -------
    geopandas.GeoDataFrame
        By journey and rising hours, in the grid's CRS: ``id, origin, destination, profile, rank``
        (1 is the least-cost path), ``hours, km, extra_share`` (hours beyond the least, as a part of
        it), ``overlap`` (the greatest with a better way), ``road_share, gate, last_crossing_by``,
        ``last_crossing_x, last_crossing_y`` as `corridors.least_cost_paths` has them, and the line.
    """
    graph = journeys.graph
    back = turned(graph)
    found: list[list[AlternativePath]] = []
    with ThreadPoolExecutor(processors()) as pool:
        # By profile, so that the trees of one at a time are held.
        for profile, items in groupby(journeys.items, key=lambda item: item.profile):
            search = _Search(journeys, arc_hours[profile], starts, ends, count, max_overlap)
            found += search.run(list(items), back, pool)
    ways, overlaps = [], []
    for journey, paths in zip(journeys.items, found, strict=True):
        for rank, path in enumerate(paths, start=1):
            ways.append((journey, rank, path))
            overlaps.append(path.overlap)
    if not ways:
        return gpd.GeoDataFrame(columns=list(COLUMNS), geometry="geometry", crs=graph.grid.crs)
    lines = least_cost_paths(
        replace(journeys, items=tuple(_as_journey(journeys, j, path) for j, _, path in ways)),
        borders=borders,
        crossings=crossings,
    )
    ranks = np.array([rank for _, rank, _ in ways])
    least = np.array([journey.hours for journey, _, _ in ways])
    told = lines.assign(
        id=[f"{journey.id}, way {rank}" for journey, rank, _ in ways],
        rank=ranks,
        extra_share=np.where(ranks == 1, 0.0, lines["hours"] / least - 1.0),
        overlap=overlaps,
    )
    return told[list(COLUMNS)]


class _Search:
    """Looks for the ways of all journeys of one profile."""

    def __init__(
        self,
        journeys: Journeys,
        arc_hours: FloatArray,
        starts: Mapping[str, LongArray],
        ends: Mapping[str, LongArray],
        count: int,
        max_overlap: float,
    ) -> None:
        self.graph = journeys.graph
        self.arc_hours = arc_hours
        self.starts = starts
        self.ends = ends
        self.count = count
        self.max_overlap = max_overlap

    def run(
        self, items: Sequence[Journey], back: TurnedGraph, pool: ThreadPoolExecutor
    ) -> list[list[AlternativePath]]:
        origins = sorted({item.origin for item in items})
        destinations = sorted({item.destination for item in items})
        out = pool.map(
            lambda name: tree_from(self.graph, self.arc_hours, self.starts[name]), origins
        )
        back_hours = self.arc_hours[back.arc]
        home = pool.map(lambda name: tree_to(back, back_hours, self.ends[name]), destinations)
        outward = dict(zip(origins, out, strict=True))
        homeward = dict(zip(destinations, home, strict=True))
        return list(
            pool.map(
                lambda item: self._ways(item, outward[item.origin], homeward[item.destination]),
                items,
            )
        )

    def _ways(
        self, item: Journey, outward: SearchTree, homeward: SearchTree
    ) -> list[AlternativePath]:
        return alternative_paths(
            self.graph,
            self.arc_hours,
            self.starts[item.origin],
            self.ends[item.destination],
            count=self.count,
            max_overlap=self.max_overlap,
            trees=(outward, homeward),
        )


def _as_journey(journeys: Journeys, journey: Journey, path: AlternativePath) -> Journey:
    nodes = nodes_of(journeys.graph, path.arcs)
    return replace(journey, hours=path.hours, nodes=nodes, arcs=path.arcs)
