"""The first exposure of checkpoints: what comes within their range, and how far help is.

`transit_share` is the share of the transits that come within range: of travellers who differ, with
an interval. `least_cost_share` is what one best path for each journey would say.
"""

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from corridors.buffers import buffer, buffer_contents
from corridors.detection import sensors_of
from corridors.flow import Passages
from corridors.movement import MovementGraph
from corridors.paths import endpoint_nodes, hours_from
from corridors.scenario.model import SensorSettings, Weather

__all__ = ["checkpoint_exposure", "nearest_support", "support_hours"]

FloatArray = NDArray[np.float64]


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
        Points with ``name``, in the grid's CRS: bases, or forces on their way.
    borders
        Lines; nobody is put on a cell across the border.

    Returns
    -------
    pandas.DataFrame
        A row for each checkpoint on its index, a column for each base's name; hours, infinite
        where none can come.
    """
    starts = endpoint_nodes(graph, bases, borders=borders, role="bases")
    ends = endpoint_nodes(graph, checkpoints, borders=borders, role="checkpoints")
    hours = {}
    for name, nodes in zip(bases["name"], starts, strict=True):
        cost, _ = hours_from(graph, arc_hours, nodes)
        hours[name] = [cost[cells].min() for cells in ends]
    return pd.DataFrame(hours, index=checkpoints.index)


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
    incidents: gpd.GeoDataFrame,
    weather: Weather,
    incident_radius_m: float,
    settings: Mapping[str, SensorSettings] | None = None,
) -> gpd.GeoDataFrame:
    """Return the checkpoints with what comes within their range.

    Parameters
    ----------
    checkpoints
        Points with ``id, name, kind, range_m``, in a metric CRS.
    paths
        Lines with ``share``, from `corridors.paths.least_cost_paths`, in the same CRS.
    passages
        Of the travellers, from `corridors.flow.transit_flow`.
    incidents
        Points with ``location_precision_m``.
    weather
        Shortens the range, by kind of sensor.
    incident_radius_m
        How near incidents are counted.
    settings
        The scenario's ``[sensors]`` by kind.

    Returns
    -------
    geopandas.GeoDataFrame
        The checkpoints with ``range_now_m`` (in the weather), ``transit_share`` with
        ``transit_share_low`` and ``transit_share_high`` (transits that come within range),
        ``paths`` and ``least_cost_share`` (least-cost paths that do: how many, and their share),
        ``incidents_expected, incidents_low, incidents_high`` (within `incident_radius_m`;
        90 percent interval over where the events
        can have been), and ``incidents_documented_expected``, those of them that are not synthetic.
    """
    result = checkpoints.copy()
    sensors = sensors_of(checkpoints, weather=weather, settings=settings)
    result["range_now_m"] = sensors.range_m
    posts = np.asarray(checkpoints.geometry.array)
    reach = result["range_now_m"].to_numpy()
    near = _within(posts, reach, np.asarray(paths.geometry.array))
    result["paths"] = near.sum(axis=1)
    # Not a BLAS product: its last digits change with where in memory the numbers lie.
    result["least_cost_share"] = (near * paths["share"].to_numpy(dtype=float)).sum(axis=1)
    shares = passages.within(posts, reach).frame("transit_share")
    result[shares.columns] = shares.to_numpy()
    rings = buffer(checkpoints[["id", "geometry"]], incident_radius_m, name="checkpoints")
    contents = buffer_contents(rings, incidents=incidents)
    for column in contents.columns.drop("area_km2"):
        result[column] = contents[column]
    return result


def _within(
    posts: NDArray[np.object_], reach_m: FloatArray, shapes: NDArray[np.object_]
) -> NDArray[np.bool_]:
    """Return which shapes come within reach of which posts, shape (posts, shapes)."""
    away = shapely.distance(posts[:, None], shapes[None, :])
    return np.asarray(away <= reach_m[:, None])
