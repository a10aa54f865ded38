"""Through a gate or over the ground: how paths, crossings and stretches tell of it."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from corridors.flow import Flow
from corridors.report.looks import crossing_state
from corridors.report.wording import words

__all__ = ["crossings_told", "paths_told", "stretches_told"]

# A way that passes a crossing nearer than this goes round its gate, as a reader sees it.
BESIDE_M = 2000.0
# A crossing further from every stretch stands on none.
ON_BORDER_M = 2000.0
MOSTLY = 0.9


def paths_told(paths: gpd.GeoDataFrame, crossings: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return paths with ``crossed_at``: in words, where and how each crosses the border last.

    Parameters
    ----------
    paths
        From `corridors.paths.least_cost_paths`.
    crossings
        Points with ``name`` and ``open``, in the same CRS.

    Examples
    --------
    >>> paths = gpd.GeoDataFrame({"gate": [None], "last_crossing_by": ["ground"],
    ...     "last_crossing_x": [400.0], "last_crossing_y": [0.0]})
    >>> post = gpd.GeoDataFrame({"name": ["Post"], "status": ["unofficial"], "open": [False]},
    ...     geometry=[shapely.Point(0, 0)])
    >>> paths_told(paths, post)["crossed_at"].item()
    'over the ground, 400 m from Post (closed, unofficial)'
    """
    states = crossing_state(crossings)
    texts = []
    for gate, by, x, y in zip(
        paths["gate"],
        paths["last_crossing_by"],
        paths["last_crossing_x"],
        paths["last_crossing_y"],
        strict=True,
    ):
        if by == "gate":
            texts.append(f"through {gate}")
        elif by == "ground":
            texts.append("over the ground" + _nearest(shapely.Point(x, y), crossings, states))
        else:
            texts.append("")
    return paths.assign(crossed_at=texts)


def _nearest(point: shapely.Point, crossings: gpd.GeoDataFrame, states: pd.Series) -> str:
    if crossings.empty:
        return ""
    away = shapely.distance(np.asarray(crossings.geometry.array), point)
    nearest = int(np.argmin(away))
    name, state = crossings["name"].iloc[nearest], states.iloc[nearest]
    return f", {words(away[nearest], 'metres')} from {name} ({state})"


def crossings_told(
    crossings: gpd.GeoDataFrame, flow: Flow, *, borders: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    """Return crossings with the share of the transits through each, and over the ground beside it.

    Parameters
    ----------
    crossings
        Points, in the order in which the graph was built.
    flow
        What travellers pass.
    borders
        Lines, in the same CRS.

    Returns
    -------
    geopandas.GeoDataFrame
        With ``share_through`` and ``share_beside`` and the bounds of both.
    """
    last = flow.passages.last_crossings(borders)
    ground = np.flatnonzero(last.gate < 0)
    points, sites = np.asarray(last.point)[ground], np.asarray(crossings.geometry.array)
    site, near = shapely.STRtree(points).query(sites, predicate="dwithin", distance=BESIDE_M)
    beside = flow.passages.shares(
        last.traveller[ground[near]], site.astype(np.int64), len(crossings)
    )
    through = flow.gates.frame("share_through")
    # That nobody passes a closed gate is certain, not an estimate.
    through.loc[~crossings["open"].to_numpy(dtype=bool), through.columns[1:]] = np.nan
    columns = [through, beside.frame("share_beside")]
    return crossings.assign(
        **{str(name): part[name].to_numpy() for part in columns for name in part}
    )


def stretches_told(stretches: gpd.GeoDataFrame, crossings: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return stretches of border with the crossings on each, and how it is mostly crossed.

    Parameters
    ----------
    stretches
        With ``share`` and ``gate_share``, from `corridors.flow.transit_flow`.
    crossings
        Points with ``name`` and ``open``, in the same CRS.

    Returns
    -------
    geopandas.GeoDataFrame
        With ``crossings_here`` and ``crossed_by``, both in words, and the two parts of ``share``,
        ``through_gates`` and ``over_ground``.
    """
    gated = stretches["gate_share"]
    names: list[list[str]] = [[] for _ in range(len(stretches))]
    lines = np.asarray(stretches.geometry.array)
    for name, state, point in zip(
        crossings["name"], crossing_state(crossings), crossings.geometry, strict=True
    ):
        away = shapely.distance(lines, point)
        if len(away) and away.min() <= ON_BORDER_M:
            names[int(np.argmin(away))].append(f"{name} ({state})")
    gates = gated / stretches["share"].where(stretches["share"] > 0)
    ways = np.select(
        [gates >= MOSTLY, gates <= 1 - MOSTLY, gates.notna()],
        ["through a gate", "over ground", "gate and ground"],
        default="",
    )
    return stretches.assign(
        through_gates=gated,
        over_ground=(stretches["share"] - gated).clip(lower=0),
        crossings_here=["; ".join(here) for here in names],
        crossed_by=ways,
    )
