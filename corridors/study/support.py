"""How long help takes from each base and each force to each post, in this weather and in clear."""

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from corridors.exposure import hours_of_support, nearest_support, support_starts
from corridors.movement import arc_hours
from corridors.paths import endpoint_nodes
from corridors.scenario import Scenario
from corridors.scenario.model import Weather
from corridors.study.ground import Ground, fastest_profile
from corridors.study.rings import stacked

__all__ = ["ROLES", "Support", "study_support", "support_layer", "support_profile"]

FloatArray = NDArray[np.float64]

# Layers that help comes from, and what one of them is called.
ROLES: Mapping[str, str] = {"bases": "base", "reinforcements": "reinforcement"}


@dataclass(frozen=True)
class Support:
    """Hours of help.

    Attributes
    ----------
    now, clear
        By layer (``bases``, ``reinforcements``): a row for each checkpoint, a column for each name;
        in the weather of the study, and in clear weather.
    """

    now: Mapping[str, pd.DataFrame]
    clear: Mapping[str, pd.DataFrame]

    def table(self, checkpoints: gpd.GeoDataFrame) -> pd.DataFrame:
        """Return all of it in rows: ``role, name, post_id, post, hours, hours_clear``.

        Parameters
        ----------
        checkpoints
            In the order of the rows.
        """
        parts = []
        for kind, role in ROLES.items():
            now, clear = self.now[kind], self.clear[kind]
            names = np.array(now.columns, dtype=object)
            parts.append(
                pd.DataFrame(
                    {
                        "role": role,
                        "name": np.repeat(names, len(now)),
                        "post_id": np.tile(checkpoints["id"].to_numpy(object), len(names)),
                        "post": np.tile(checkpoints["name"].to_numpy(object), len(names)),
                        "hours": now.to_numpy(float).ravel(order="F"),
                        "hours_clear": clear.to_numpy(float).ravel(order="F"),
                    }
                )
            )
        some = [part for part in parts if len(part)]
        return pd.concat(some, ignore_index=True) if some else parts[0]


def support_profile(scenario: Scenario) -> str:
    """Return the profile that help moves in: the one that is given, or the fastest on roads."""
    return scenario.exposure.support_profile or fastest_profile(scenario).name


def study_support(ground: Ground, *, with_clear: bool = True) -> Support:
    """Return how long help takes to every post of a study.

    Parameters
    ----------
    ground
        From `corridors.study.study_ground`.
    with_clear
        Whether to reckon it in clear weather too; else that is told as now.

    Raises
    ------
    UnreachableError, LayerError
        See `corridors.support_hours`.
    """
    scenario, graph = ground.scenario, ground.graph
    name = support_profile(scenario)
    posts, borders = ground.layers["checkpoints"], ground.layers["borders"]
    ends = endpoint_nodes(graph, posts, borders=borders, role="checkpoints")
    starts = {kind: support_starts(graph, ground.layers[kind], borders=borders) for kind in ROLES}

    def from_all(arcs: FloatArray) -> dict[str, pd.DataFrame]:
        return {
            kind: hours_of_support(graph, arcs, some, ends).set_index(posts.index)
            for kind, some in starts.items()
        }

    now = from_all(ground.hours[name])
    # Nothing but rain slows anybody.
    if not with_clear or scenario.weather.rain == "none":
        return Support(now, now)
    profile = next(one for one in scenario.profiles if one.name == name)
    clear = scenario.model_copy(update={"weather": Weather()})
    return Support(now, from_all(arc_hours(graph, profile, clear)))


def support_layer(ground: Ground, support: Support) -> gpd.GeoDataFrame:
    """Return bases and reinforcements in one layer, with the post that each reaches first.

    Parameters
    ----------
    ground, support
        The study, and its hours of help.
    """
    layers = ground.layers
    posts = layers["checkpoints"]["name"]
    parts = []
    for kind, role in ROLES.items():
        now, clear = (
            nearest_support(table[kind].set_axis(posts, axis=0).T)
            for table in (support.now, support.clear)
        )
        parts.append(
            layers[kind].assign(
                role=role,
                hours_to_post=now["hours"].to_numpy(),
                nearest_post=now["name"].to_numpy(),
                hours_to_post_clear=clear["hours"].to_numpy(),
            )
        )
    return stacked(parts)
