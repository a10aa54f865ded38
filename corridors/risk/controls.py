"""Posts that are to control a crossing or a road and stand too far from any."""

from collections.abc import Iterator

import numpy as np
import shapely
from numpy.typing import NDArray

from corridors.detection.hazard import CONTROL_REACH_M
from corridors.detection.kinds import SENSOR_KINDS
from corridors.layers import Layers

__all__ = ["idle_controls"]

FloatArray = NDArray[np.float64]


def idle_controls(layers: Layers, *, road_tolerance_m: float = 2000.0) -> list[str]:
    """Return which manned gates and road posts do not control what they are for.

    Parameters
    ----------
    layers
        Of the study, in its working CRS.
    road_tolerance_m
        As `[crossings]` gives it: a road that cuts the border this near to a crossing passes
        through it, there.

    Returns
    -------
    list
        A sentence for each such post.

    Notes
    -----
    A gate stands where its crossing is nearest to the border, and where roads pass through it. A
    sensor controls what is within 1 km of it: a gate, and where there is none a road.
    """
    posts = layers["checkpoints"]
    if posts.empty:
        return []
    places = np.asarray(posts.geometry.array)
    controls = [
        SENSOR_KINDS[kind].controls if kind in SENSOR_KINDS else ""
        for kind in posts["kind"].fillna("watch_post")
    ]
    away = {
        "gate": _away(places, _gates(layers, places, road_tolerance_m)),
        "road": _away(places, np.asarray(layers["roads"].geometry.array)),
    }
    rows = zip(posts["name"].fillna(posts["id"]), posts["kind"], controls, strict=True)
    return [
        sentence
        for row, (name, kind, what) in enumerate(rows)
        if what
        for sentence in _told(str(name), str(kind), what, away["gate"][row], away["road"][row])
    ]


def _told(name: str, kind: str, what: str, gate_m: float, road_m: float) -> Iterator[str]:
    nearest_m = gate_m if what == "gate" else road_m
    if nearest_m <= CONTROL_REACH_M:
        return
    thing = "crossing" if what == "gate" else "road"
    where = (
        f"there is no {thing} for it to control"
        if not np.isfinite(nearest_m)
        else f"the nearest {thing} is {nearest_m / 1000:.1f} km away, and it controls one within "
        f"{CONTROL_REACH_M / 1000:g} km"
    )
    left = (
        "the road beside it is what it controls"
        if what == "gate" and road_m <= CONTROL_REACH_M
        else "it controls nothing, and only sees who comes within its range"
    )
    yield (
        f"checkpoint '{name}' ({kind.replace('_', ' ')}): {where}: {left}; move it there, or give "
        "it another kind"
    )


def _gates(layers: Layers, places: NDArray[np.object_], tolerance_m: float) -> NDArray[np.object_]:
    """Return where the border is passed at crossings: over the ground, and by road."""
    crossings = np.asarray(layers["crossings"].geometry.array)
    if not len(crossings):
        return crossings
    border = shapely.union_all(np.asarray(layers["borders"].geometry.array))
    feet = shapely.get_point(shapely.shortest_line(crossings, border), 1)
    roads = np.asarray(layers["roads"].geometry.array)
    near = shapely.buffer(shapely.multipoints(places), CONTROL_REACH_M)
    cuts = shapely.get_parts(shapely.intersection(roads[shapely.intersects(roads, near)], border))
    through = shapely.distance(cuts, shapely.multipoints(crossings)) <= tolerance_m
    return np.concatenate([feet, cuts[through]])


def _away(places: NDArray[np.object_], things: NDArray[np.object_]) -> FloatArray:
    """Return how far each place is from the nearest thing, metres; endless where there is none."""
    found = np.full(len(places), np.inf)
    if len(things):
        _, away = shapely.STRtree(things).query_nearest(
            places, return_distance=True, all_matches=False
        )
        found[:] = away
    return found
