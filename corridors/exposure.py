"""The exposure of checkpoints: what they meet, what is near, how far help is.

`transit_share` is the share of the transits that a post meets, which come within its range or pass
the gate or the road that it controls: of travellers who differ, with an interval.
`least_cost_share` is what one best path for each journey would say.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from corridors.buffers import buffer, buffer_contents
from corridors.detection import Detection
from corridors.errors import InputError, LayerError
from corridors.flow import Passages
from corridors.movement import MovementGraph
from corridors.paths import endpoint_nodes, hours_from

__all__ = [
    "SupportStart",
    "checkpoint_exposure",
    "given_numbers",
    "hours_of_support",
    "nearest_support",
    "support_hours",
    "support_starts",
]

FloatArray = NDArray[np.float64]

# A way that takes an arc runs through it, but for the last digits.
ON_WAY_M = 0.01


def support_hours(
    graph: MovementGraph,
    arc_hours: FloatArray,
    *,
    bases: gpd.GeoDataFrame,
    checkpoints: gpd.GeoDataFrame,
    borders: gpd.GeoDataFrame,
) -> pd.DataFrame:
    """Return how long help takes from each base to each checkpoint.

    Parameters
    ----------
    graph
        The movement graph.
    arc_hours
        Of every arc, for the profile that help moves in.
    bases, checkpoints
        Points with ``name``, in the grid's CRS: bases, or forces on their way. Where those have
        ``readiness_minutes``, they set out so much later.
    borders
        Lines; nobody is put on a cell across the border.

    Returns
    -------
    pandas.DataFrame
        A row for each checkpoint on its index, a column for each base's name; hours, infinite
        where none can come.

    Raises
    ------
    UnreachableError
        When a base or a checkpoint is off the graph.
    LayerError
        When a readiness is no time.
    """
    starts = support_starts(graph, bases, borders=borders)
    ends = endpoint_nodes(graph, checkpoints, borders=borders, role="checkpoints")
    return hours_of_support(graph, arc_hours, starts, ends).set_index(checkpoints.index)


@dataclass(frozen=True)
class SupportStart:
    """Where help sets out.

    Attributes
    ----------
    name
        Of the base or the force.
    nodes
        Of the movement graph.
    ready_hours
        After which it does.
    """

    name: str
    nodes: NDArray[np.int64]
    ready_hours: float


def support_starts(
    graph: MovementGraph, bases: gpd.GeoDataFrame, *, borders: gpd.GeoDataFrame
) -> list[SupportStart]:
    """Return where help sets out, and when; see `support_hours`.

    Parameters
    ----------
    graph, bases, borders
        As for `support_hours`.
    """
    ready = given_numbers(bases, "readiness_minutes", layer="bases", most=10_080) / 60
    nodes = endpoint_nodes(graph, bases, borders=borders, role="bases")
    parts = zip(bases["name"], nodes, np.nan_to_num(ready).tolist(), strict=True)
    return [SupportStart(*part) for part in parts]


def hours_of_support(
    graph: MovementGraph,
    arc_hours: FloatArray,
    starts: Sequence[SupportStart],
    ends: Sequence[NDArray[np.int64]],
) -> pd.DataFrame:
    """Return the hours of help from each start to each end.

    Parameters
    ----------
    graph, arc_hours
        As for `support_hours`.
    starts
        From `support_starts`.
    ends
        Nodes of each place that it comes to.
    """
    hours = {}
    for start in starts:
        cost, _ = hours_from(graph, arc_hours, start.nodes)
        hours[start.name] = [start.ready_hours + cost[nodes].min() for nodes in ends]
    return pd.DataFrame(hours, index=range(len(ends)), dtype=float)


def given_numbers(
    gdf: gpd.GeoDataFrame, column: str, *, layer: str, least: float = 0.0, most: float = np.inf
) -> FloatArray:
    """Return a column that a layer may have, NaN where it says nothing.

    Parameters
    ----------
    gdf
        The layer.
    column, layer
        Their names.
    least, most
        What its values may be.

    Raises
    ------
    LayerError
        When a value is no number, or beyond these.
    """
    if column not in gdf.columns:
        return np.full(len(gdf), np.nan)
    told = gdf[column].notna().to_numpy()
    values = pd.to_numeric(gdf[column], errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    bad = np.flatnonzero(told & ~((values >= least) & (values <= most)))
    if len(bad):
        raise LayerError(
            f"{column} is {gdf[column].tolist()[bad[0]]!r}",
            layer=layer,
            rows=bad.tolist(),
            todo=f"give numbers from {least:g} to {most:g}, or leave it empty",
        )
    return np.asarray(values)


def nearest_support(hours: pd.DataFrame) -> pd.DataFrame:
    """Return the least hours of each row, and the column that has them.

    Parameters
    ----------
    hours
        From `support_hours`, or turned round for the checkpoint nearest to each base.

    Returns
    -------
    pandas.DataFrame
        ``hours`` (infinite where none can come, NaN where there is none at all) and ``name``
        (None there).

    Examples
    --------
    >>> nearest_support(pd.DataFrame({"A": [2.0, np.inf], "B": [1.0, np.inf]})).values.tolist()
    [[1.0, 'B'], [inf, None]]
    """
    values = hours.to_numpy(dtype=float)
    if not values.size:
        return pd.DataFrame({"hours": np.nan, "name": None}, index=hours.index)
    least = values.min(axis=1)
    names = np.array(hours.columns, dtype=object)[values.argmin(axis=1)]
    reached = pd.Series(np.where(np.isfinite(least), names, None), hours.index, dtype=object)
    return pd.DataFrame({"hours": least, "name": reached}, index=hours.index)


def checkpoint_exposure(
    checkpoints: gpd.GeoDataFrame,
    *,
    paths: gpd.GeoDataFrame,
    passages: Passages,
    detection: Detection,
    incidents: gpd.GeoDataFrame,
    incident_radius_m: float,
    near: Mapping[str, gpd.GeoDataFrame] | None = None,
) -> gpd.GeoDataFrame:
    """Return the checkpoints with what they meet.

    Parameters
    ----------
    checkpoints
        Points with ``id, name``, in a metric CRS.
    paths
        Lines with ``share``, from `corridors.paths.least_cost_paths`, in the same CRS.
    passages
        Of the travellers, from `corridors.flow.transit_flow`.
    detection
        From `corridors.detection_of`: how far the checkpoints, which come first among its sensors,
        see in the weather, and which gates and roads they control.
    incidents
        Points with ``location_precision_m``.
    incident_radius_m
        How near incidents, people and border are counted.
    near
        More layers to count there, by the names that `corridors.buffer_contents` has for them:
        ``places``, ``borders``.

    Returns
    -------
    geopandas.GeoDataFrame
        The checkpoints with ``range_now_m`` (in the weather), ``transit_share`` with
        ``transit_share_low`` and ``transit_share_high`` (transits that come within range, or
        pass the gate or the road that the post controls),
        ``paths`` and ``least_cost_share`` (least-cost paths that do: how many, and their share),
        ``incidents_expected, incidents_low, incidents_high`` (within `incident_radius_m`;
        90 percent interval over where the events
        can have been), and ``incidents_documented_expected``, those of them that are not synthetic.
        Where these layers are given, ``people`` (those that are counted), ``places``,
        ``places_population_unknown`` and ``border_km`` within the same radius.

    Raises
    ------
    InputError
        When the checkpoints are not the first sensors of the detection.
    """
    result, count = checkpoints.copy(), len(checkpoints)
    sensors, controlled = detection.sensors, detection.controlled
    if list(sensors.id[:count]) != checkpoints["id"].tolist():
        raise InputError(
            "the checkpoints are not the first sensors of the detection; make it of these, with "
            "corridors.detection_of and corridors.sensors_of"
        )
    result["range_now_m"] = sensors.range_m[:count]
    posts, reach = np.asarray(checkpoints.geometry.array), sensors.range_m[:count]
    ways = np.asarray(paths.geometry.array)
    passed = _within(posts, reach, ways)
    _add_controlled(passed, passages.graph, controlled, ways)
    result["paths"] = passed.sum(axis=1)
    # Not a BLAS product: its last digits change with where in memory the numbers lie.
    result["least_cost_share"] = (passed * paths["share"].to_numpy(dtype=float)).sum(axis=1)
    met = passages.met(posts, reach, controlled=controlled)
    shares = passages.shares_met(met).frame("transit_share")
    result[shares.columns] = shares.to_numpy()
    rings = buffer(checkpoints[["id", "geometry"]], incident_radius_m, name="checkpoints")
    contents = buffer_contents(rings, incidents=incidents, **(near or {}))
    for column in contents.columns.drop("area_km2"):
        result[column] = contents[column]
    return result


def _within(
    posts: NDArray[np.object_], reach_m: FloatArray, shapes: NDArray[np.object_]
) -> NDArray[np.bool_]:
    """Return which shapes come within reach of which posts, shape (posts, shapes)."""
    away = shapely.distance(posts[:, None], shapes[None, :])
    return np.asarray((away <= reach_m[:, None]) & (reach_m[:, None] > 0))


def _add_controlled(
    passed: NDArray[np.bool_],
    graph: MovementGraph,
    controlled: tuple[NDArray[np.int64], NDArray[np.int64]],
    ways: NDArray[np.object_],
) -> None:
    """Add the ways that take an arc which a post controls: those through its ends and middle."""
    arc, post = controlled
    some = post < len(passed)
    tail, head = graph.tails[arc[some]], graph.heads[arc[some]]
    taken = np.ones((len(tail), len(ways)), bool)
    for part in (0.0, 0.5, 1.0):
        x, y = ((1 - part) * of[tail] + part * of[head] for of in (graph.x, graph.y))
        places = np.asarray(shapely.points(x, y))
        taken &= shapely.dwithin(places[:, None], ways[None, :], ON_WAY_M)
    np.logical_or.at(passed, post[some], taken)
