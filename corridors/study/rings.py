"""Buffers of a study around its paths, crossings and posts."""

import geopandas as gpd
import pandas as pd

from corridors.buffers import buffer, buffer_contents
from corridors.study.ground import Ground

__all__ = ["stacked", "study_buffers"]


def study_buffers(ground: Ground, paths: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the rings that a scenario asks for, with what lies in them.

    Parameters
    ----------
    ground
        From `corridors.study.study_ground`.
    paths
        Least-cost paths.
    """
    layers, wanted = ground.layers, ground.scenario.buffers
    sources = (
        ("path", paths, wanted.paths_m),
        ("crossing", layers["crossings"], wanted.crossings_m),
        ("checkpoint", layers["checkpoints"], wanted.checkpoints_m),
    )
    rings = [
        _rings(of, sites, radius_m, dissolve=wanted.dissolve)
        for of, sites, radii in sources
        for radius_m in radii
        if len(sites)
    ]
    if not rings:
        columns = ["id", "of", "of_id", "radius_m", "area_km2", "geometry"]
        return gpd.GeoDataFrame(columns=columns, geometry="geometry", crs=paths.crs)
    buffers = stacked(rings)
    contents = buffer_contents(
        buffers,
        incidents=layers["incidents"],
        places=stacked([layers["places"], layers["camps"]]),
        borders=layers["borders"],
        roads=layers["roads"],
        posts=layers["checkpoints"],
    )
    return buffers.drop(columns=buffers.columns.intersection(contents.columns)).join(contents)


def _rings(
    of: str, sites: gpd.GeoDataFrame, radius_m: float, *, dissolve: bool
) -> gpd.GeoDataFrame:
    named = sites[["id", "geometry"]].reset_index(drop=True)
    rings = buffer(named, radius_m, dissolve=dissolve).reset_index(drop=True)
    of_id = "all" if dissolve else named["id"]
    identifier = (
        f"{of}s, {radius_m:g} m" if dissolve else of + " " + named["id"] + f", {radius_m:g} m"
    )
    return rings.assign(id=identifier, of=of, of_id=of_id, dissolved=dissolve)


def stacked(layers: list[gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    """Return layers of one CRS under each other, without guessing types from empty columns."""
    full = [layer.dropna(axis="columns", how="all") for layer in layers if len(layer)]
    if not full:
        return layers[0].copy()
    return gpd.GeoDataFrame(pd.concat(full, ignore_index=True), crs=layers[0].crs)
