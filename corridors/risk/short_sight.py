"""Posts that see less far than half a working cell: what they meet hangs on where they stand."""

import numpy as np

from corridors.detection.kinds import SENSOR_KINDS
from corridors.layers import Layers
from corridors.scenario import Scenario

__all__ = ["short_sights"]

# Of a cell: who crosses one over the ground goes through its centre.
LEAST = 0.5


def short_sights(scenario: Scenario, layers: Layers, *, cell_m: float) -> list[str]:
    """Return which posts, and whether one more, see less far than half a working cell.

    Parameters
    ----------
    scenario, layers
        The study, and its layers.
    cell_m
        Side of a working cell, metres.

    Returns
    -------
    list
        A sentence for each. Those that control a gate or a road meet who passes it all the same,
        and are not told.
    """
    posts = layers["checkpoints"]
    told = [
        _told(f"checkpoint '{name}'", float(reach), cell_m)
        for name, kind, reach in zip(
            posts["name"].fillna(posts["id"]), posts["kind"], posts["range_m"], strict=True
        )
        if np.isfinite(reach) and not (kind in SENSOR_KINDS and SENSOR_KINDS[kind].controls)
    ]
    if not SENSOR_KINDS[scenario.worth.kind].controls:
        told.append(_told("one more sensor ([worth])", scenario.worth.range_m, cell_m))
    return [sentence for sentence in told if sentence]


def _told(who: str, reach_m: float, cell_m: float) -> str:
    if reach_m >= LEAST * cell_m:
        return ""
    return (
        f"{who} sees {reach_m:g} m in clear air, less than half a cell of {cell_m:g} m: over the "
        "ground all go through centres of cells, so that whom it meets hangs on where in its cell "
        "it stands; "
        f"make area.cell_m at most {reach_m / LEAST:g}, or the range larger"
    )
