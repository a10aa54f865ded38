"""Which incidents are attacks, for how long they were recorded, and which post each was on."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.spatial import KDTree

from corridors.crs import require_metric

__all__ = ["AttackRecord", "attack_record", "attack_shares", "nearest_posts"]

FloatArray = NDArray[np.float64]

# Words that name an attack in a kind of incident, whatever stands around them.
ATTACK = re.compile(
    r"attack|assault|raid|ambush|shelling|bomb|(?:^|[^a-z])ied(?:$|[^a-z])", re.IGNORECASE
)
DAYS_OF_YEAR = 365.25
# Corners of a quarter of a disc; its area, and that of a part, is then right to 4 in 10,000.
SEGMENTS = 32


@dataclass(frozen=True)
class AttackRecord:
    """What a study knows of attacks.

    Attributes
    ----------
    attacks
        The incidents that count.
    kinds
        Their kinds.
    since, until
        First and last day of the record; None where there is no record.
    years
        Its length; 0 where there is none.
    """

    attacks: gpd.GeoDataFrame
    kinds: tuple[str, ...]
    since: dt.date | None
    until: dt.date
    years: float


def attack_record(
    incidents: gpd.GeoDataFrame,
    *,
    as_of: dt.date,
    kinds: Sequence[str] = (),
    since: dt.date | None = None,
) -> AttackRecord:
    """Return the incidents that are attacks, and the time in which they would have been recorded.

    Parameters
    ----------
    incidents
        Points with ``date`` and ``kind``.
    as_of
        The day of the study, until which incidents were recorded.
    kinds
        The kinds that count; unless given, all whose name holds attack, assault, raid, ambush,
        shelling, bomb or IED.
    since
        The first day of the record; unless given, that of the first incident of any kind.

    Notes
    -----
    Starting with an incident, the record comes out too short by about what lies between two
    incidents of any kind.
    """
    dates = (
        pd.to_datetime(incidents["date"]) if len(incidents) else pd.Series(dtype="datetime64[s]")
    )
    if since is None and len(incidents):
        since = dates.min().date()
    if since is None or not len(incidents):
        return AttackRecord(incidents.iloc[:0], (), None, as_of, 0.0)
    kind = incidents["kind"].astype(object).where(incidents["kind"].notna(), "").astype(str)
    counts = kind.isin(list(kinds)) if kinds else kind.map(lambda text: bool(ATTACK.search(text)))
    within = counts.to_numpy(bool) & (dates >= pd.Timestamp(since)).to_numpy(bool)
    attacks = incidents[within]
    return AttackRecord(
        attacks,
        tuple(sorted(set(kind[within]))),
        since,
        as_of,
        max((as_of - since).days, 0) / DAYS_OF_YEAR,
    )


def attack_shares(
    posts: gpd.GeoDataFrame, attacks: gpd.GeoDataFrame, *, radius_m: float
) -> FloatArray:
    """Return the chance of each attack that it was on each post.

    An attack is taken to be on the post nearest to it, if that is within a radius; its place is
    spread evenly over the disc of its precision. So no attack counts for two posts.

    Parameters
    ----------
    posts
        Points in a metric CRS.
    attacks
        Points with ``location_precision_m``, in the same CRS.
    radius_m
        How near to a post an attack on it is.

    Returns
    -------
    numpy.ndarray
        Shape (attacks, posts); what is left to 1 in a row is the chance that it was on none.

    Raises
    ------
    CRSError
        When a layer does not measure in metres.
    """
    places = [np.asarray(layer.geometry.array) for layer in (posts, attacks)]
    shares = np.zeros((len(attacks), len(posts)))
    if not shares.size:
        return shares
    for name, layer in (("posts", posts), ("incidents", attacks)):
        require_metric(layer, name=f"the layer of {name}")
    cells, many = _own_ground(places[0], radius_m)
    reach = attacks["location_precision_m"].to_numpy(float)
    known = reach <= 0
    spread = np.array(places[1], dtype=object)
    spread[~known] = shapely.buffer(places[1][~known], reach[~known], quad_segs=SEGMENTS)
    attack, post = shapely.STRtree(cells).query(spread, predicate="intersects")
    area = shapely.area(shapely.intersection(spread[attack], cells[post]))
    disc = np.where(known, 1.0, shapely.area(spread))
    shares[attack, post] = np.where(known[attack], 1.0, area / disc[attack])
    shares /= many
    # A point on the line between two posts belongs to both.
    return np.asarray(shares / np.maximum(shares.sum(axis=1, keepdims=True), 1.0))


def _own_ground(
    posts: NDArray[np.object_], radius_m: float
) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    """Return the ground within a radius of each post on which none is nearer.

    And how many posts share it, all in one place.
    """
    rings = shapely.buffer(posts, radius_m, quad_segs=SEGMENTS)
    xy = shapely.get_coordinates(posts)
    places, at, many = np.unique(xy, axis=0, return_inverse=True, return_counts=True)
    at = at.ravel()
    if len(places) < 2:
        return rings, many[at]
    west, south = xy.min(axis=0) - 2 * radius_m
    east, north = xy.max(axis=0) + 2 * radius_m
    around = shapely.voronoi_polygons(
        shapely.multipoints(places), extend_to=shapely.box(west, south, east, north)
    )
    cells = shapely.get_parts(around)
    of_place = KDTree(places).query(shapely.get_coordinates(shapely.point_on_surface(cells)))[1]
    cell_of = np.empty(len(places), dtype=object)
    cell_of[of_place] = cells
    return np.asarray(shapely.intersection(rings, cell_of[at])), many[at]


def nearest_posts(posts: gpd.GeoDataFrame, xy: FloatArray, *, radius_m: float) -> NDArray[np.int64]:
    """Return the post that an attack at each place was on, -1 where none is near enough.

    Parameters
    ----------
    posts
        Points in a metric CRS.
    xy
        Coordinates in it, shape (n, 2).
    radius_m
        As for `attack_shares`.
    """
    if not len(posts) or not len(xy):
        return np.full(len(xy), -1, np.int64)
    tree = KDTree(shapely.get_coordinates(np.asarray(posts.geometry.array)))
    away, post = tree.query(xy)
    return np.where(away <= radius_m, post, -1).astype(np.int64)
