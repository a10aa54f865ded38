"""What a study's posts meet, and how far help is."""

import geopandas as gpd

from corridors.exposure import checkpoint_exposure, nearest_support
from corridors.flow import Flow
from corridors.study.ground import Ground
from corridors.study.rings import stacked
from corridors.study.support import ROLES, Support

__all__ = ["exposed_posts"]


def exposed_posts(
    ground: Ground, paths: gpd.GeoDataFrame, flow: Flow, support: Support
) -> gpd.GeoDataFrame:
    """Return a study's checkpoints with what they meet and how far help is.

    Parameters
    ----------
    ground
        From `corridors.study.study_ground`.
    paths, flow
        Least-cost paths, and travellers.
    support
        Hours of help.
    """
    scenario, layers = ground.scenario, ground.layers
    exposed = checkpoint_exposure(
        layers["checkpoints"],
        paths=paths,
        passages=flow.passages,
        detection=ground.detection,
        incidents=layers["incidents"],
        incident_radius_m=scenario.exposure.incident_radius_m,
        near={
            "places": stacked([layers["places"], layers["camps"]]),
            "borders": layers["borders"],
        },
    )
    for kind, name in ROLES.items():
        near = nearest_support(support.now[kind])
        exposed[f"hours_from_{name}"] = near["hours"]
        exposed[f"nearest_{name}"] = near["name"]
        exposed[f"hours_from_{name}_clear"] = nearest_support(support.clear[kind])["hours"]
    return exposed
