"""Stretches of border, and which share of the transits crosses each."""

import itertools

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.ops import substring

from corridors.crs import require_metric

__all__ = ["border_stretches", "crossing_shares"]


def border_stretches(borders: gpd.GeoDataFrame, *, length_m: float) -> gpd.GeoDataFrame:
    """Cut border lines into stretches of about one length.

    Parameters
    ----------
    borders
        Lines with ``id`` and ``name``, in a metric CRS.
    length_m
        The length wanted; a line is cut into equal stretches, the nearest to it in length.

    Returns
    -------
    geopandas.GeoDataFrame
        ``id, border, name, stretch`` (counted from the line's start), ``length_km`` and the line.

    Raises
    ------
    CRSError
        When the layer does not measure in metres.
    ValueError
        When the length is not above 0.

    Examples
    --------
    >>> line = gpd.GeoDataFrame({"id": ["a"], "name": ["A-B"]},
    ...     geometry=[shapely.LineString([(0, 0), (25_000, 0)])], crs="EPSG:32638")
    >>> border_stretches(line, length_m=10_000)["length_km"].tolist()
    [12.5, 12.5]
    """
    crs = require_metric(borders, name="the borders layer")
    if not length_m > 0:
        message = f"length_m is {length_m}; give a length above 0 m"
        raise ValueError(message)
    rows = []
    for identifier, name, geometry in zip(
        borders["id"], borders["name"], borders.geometry, strict=True
    ):
        stretch = 0
        for line in shapely.get_parts(geometry):
            pieces = max(round(line.length / length_m), 1)
            marks = np.linspace(0, line.length, pieces + 1)
            for start, end in itertools.pairwise(marks):
                stretch += 1
                piece = substring(line, start, end)
                rows.append(
                    {
                        "id": f"{identifier}/{stretch}",
                        "border": identifier,
                        "name": name,
                        "stretch": stretch,
                        "length_km": piece.length / 1000,
                        "geometry": piece,
                    }
                )
    columns = ["id", "border", "name", "stretch", "length_km", "geometry"]
    return gpd.GeoDataFrame(rows, columns=columns, geometry="geometry", crs=crs)


def crossing_shares(stretches: gpd.GeoDataFrame, paths: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Add to each stretch the share of the transits whose least-cost path crosses last in it.

    Parameters
    ----------
    stretches
        From `border_stretches`.
    paths
        From `corridors.paths.least_cost_paths`.

    Returns
    -------
    geopandas.GeoDataFrame
        The stretches with ``least_cost_share`` (of all transits; they sum to the share that crosses
        a border at all), its part ``least_cost_gate_share`` that passes a gate, and ``paths``, the
        number of least-cost paths.
    """
    share = {"gate": np.zeros(len(stretches)), "ground": np.zeros(len(stretches))}
    count = np.zeros(len(stretches), dtype=np.int64)
    crossed = paths[np.isfinite(paths["last_crossing_x"])]
    if len(crossed) and len(stretches):
        points = shapely.points(crossed["last_crossing_x"], crossed["last_crossing_y"])
        nearest = _nearest(np.asarray(stretches.geometry.array), np.asarray(points))
        for by, total in share.items():
            part = crossed["share"].where(crossed["last_crossing_by"] == by, 0.0)
            np.add.at(total, nearest, part.to_numpy(dtype=float))
        np.add.at(count, nearest, 1)
    return stretches.assign(
        least_cost_share=share["gate"] + share["ground"],
        least_cost_gate_share=share["gate"],
        paths=count,
    )


def _nearest(lines: NDArray[np.object_], points: NDArray[np.object_]) -> NDArray[np.int64]:
    return np.array([np.argmin(shapely.distance(lines, point)) for point in points], dtype=np.int64)
