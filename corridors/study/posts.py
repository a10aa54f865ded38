"""What a study's posts meet, and how far help is."""

import geopandas as gpd
import pandas as pd

from corridors.exposure import checkpoint_exposure, nearest_support, support_hours
from corridors.flow import Flow
from corridors.study.ground import Ground, fastest_profile
from corridors.study.rings import stacked

__all__ = ["exposed_posts", "support_layer"]


def exposed_posts(ground: Ground, paths: gpd.GeoDataFrame, flow: Flow) -> gpd.GeoDataFrame:
    """Return a study's checkpoints with what comes within their range and how far help is.

    Parameters
    ----------
    ground
        From `corridors.study.study_ground`.
    paths, flow
        Least-cost paths, and travellers.
    """
    scenario, layers = ground.scenario, ground.layers
    exposed = checkpoint_exposure(
        layers["checkpoints"],
        paths=paths,
        passages=flow.passages,
        incidents=layers["incidents"],
        weather=scenario.weather,
        incident_radius_m=scenario.exposure.incident_radius_m,
        settings={str(kind): given for kind, given in scenario.sensors.items()},
    )
    for kind, name in (("bases", "base"), ("reinforcements", "reinforcement")):
        near = nearest_support(_support_hours(ground, kind))
        exposed[f"hours_from_{name}"] = near["hours"]
        exposed[f"nearest_{name}"] = near["name"]
    return exposed


def support_layer(ground: Ground) -> gpd.GeoDataFrame:
    """Return bases and reinforcements in one layer, with the post that each reaches first."""
    layers = ground.layers
    parts = []
    for kind, role in (("bases", "base"), ("reinforcements", "reinforcement")):
        table = _support_hours(ground, kind)
        near = nearest_support(table.set_axis(layers["checkpoints"]["name"], axis=0).T)
        near.index = layers[kind].index
        parts.append(
            layers[kind].assign(role=role, hours_to_post=near["hours"], nearest_post=near["name"])
        )
    return stacked(parts)


def _support_hours(ground: Ground, kind: str) -> pd.DataFrame:
    profile = ground.scenario.exposure.support_profile or fastest_profile(ground.scenario).name
    return support_hours(
        ground.graph,
        ground.hours[profile],
        bases=ground.layers[kind],
        checkpoints=ground.layers["checkpoints"],
        borders=ground.layers["borders"],
    )
