"""The study as one member takes it to be: heights, hours, sensors, demand and events."""

from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from corridors.detection import Detection, Sensors, detection_of
from corridors.ensemble.draws import Drawn, Draws
from corridors.ensemble.plan import Plan, moving_hours
from corridors.flow import Demand
from corridors.kernels.noise import lattice_normals, smoothed
from corridors.movement import ArcKind, MovementGraph
from corridors.risk import isolation, nearest_posts
from corridors.scenario.uncertainty import Uncertainty
from corridors.study.risk import horizon_years
from corridors.study.sight import sight_over
from corridors.terrain import Grid, Terrain

__all__ = [
    "Surroundings",
    "attack_chance",
    "drawn_demand",
    "drawn_incidents",
    "elevation_error",
    "isolated",
    "surroundings",
]

FloatArray = NDArray[np.float64]

# The lattice on which the error of heights is drawn has this many nodes in a correlation length;
# weights of the smoothing are left out beyond so many of its standard deviations.
NODES_PER_LENGTH = 4
REACH = 3.5


@dataclass(frozen=True)
class Surroundings:
    """What a member's travellers move through.

    Attributes
    ----------
    graph, hours, detection
        With the member's heights, speeds, delays and sensors.
    """

    graph: MovementGraph
    hours: dict[str, FloatArray]
    detection: Detection


def surroundings(plan: Plan, drawn: Drawn, draws: Draws) -> Surroundings:
    """Return what a member's travellers move through.

    Parameters
    ----------
    plan
        What members share.
    drawn, draws
        The member's own.
    """
    doubt = plan.scenario.uncertainty
    graph, terrain, moving, finer = plan.graph, plan.terrain, plan.moving, plan.finer
    is_risen = doubt.elevation_rmse_m > 0 and draws.member is not None
    if is_risen:
        terrain = _with_error(terrain, doubt, draws)
        finer = tuple(
            one and replace(one, terrain=_with_error(one.terrain, doubt, draws)) for one in finer
        )
        graph = risen(graph, terrain)
        moving = {name: moving_hours(graph, plan.scenario, name) for name in moving}
    hours = {name: _hours(plan, name, moving[name], drawn) for name in moving}
    sensors = drawn_sensors(plan.detection.sensors, drawn)
    seen = plan.detection
    # Where each looks has to be found anew only where its range or the ground changes.
    if len(sensors) and (is_risen or (drawn.ranges != 1).any()):
        seen = detection_of(graph, sensors, sight=sight_over(terrain, sensors, finer))
    elif (drawn.logits != 0).any():
        seen = _surer(plan.detection, sensors)
    return Surroundings(graph, hours, seen)


def _with_error(terrain: Terrain, doubt: Uncertainty, draws: Draws) -> Terrain:
    """Return heights with a member's error, the same at a place however fine the ground is."""
    error = elevation_error(terrain.grid, draws.key("elevation"), length_m=doubt.elevation_length_m)
    return replace(terrain, elevation_m=terrain.elevation_m + doubt.elevation_rmse_m * error)


def _hours(plan: Plan, profile: str, moving: FloatArray, drawn: Drawn) -> FloatArray:
    kind = plan.graph.kind
    off_road = (kind == ArcKind.GROUND) | (kind == ArcKind.ACCESS)
    speed = drawn.speed[profile]
    hours = moving / np.where(off_road, speed * drawn.off_road, speed)
    for delay in plan.delays[profile]:
        factor = (
            drawn.crossing_delay if delay.barrier is None else drawn.barrier_delay[delay.barrier]
        )
        hours[delay.arcs] += factor * delay.hours
    return np.asarray(hours)


def risen(graph: MovementGraph, terrain: Terrain) -> MovementGraph:
    """Return a movement graph with the heights of another terrain on the same grid.

    Parameters
    ----------
    graph
        From `corridors.build_movement`.
    terrain
        With gaps where the graph's own has them.
    """
    cells = graph.grid.size
    heights = np.concatenate(
        [
            np.where(terrain.walkable, terrain.elevation_m, np.nan).ravel(),
            terrain.heights_at(graph.x[cells:], graph.y[cells:]),
        ]
    )
    return replace(graph, height_m=heights, rise_m=heights[graph.heads] - heights[graph.tails])


def elevation_error(grid: Grid, key: np.uint64, *, length_m: float) -> FloatArray:
    """Return a correlated field of unit variance at the centres of cells.

    Parameters
    ----------
    grid
        Where.
    key
        Of the field: it is tied to coordinates, not to the grid's corner.
    length_m
        At distance d the correlation is exp(-(d / length)^2).

    Returns
    -------
    numpy.ndarray
        Shape (rows, columns).

    Notes
    -----
    White noise on a lattice of four nodes a length, smoothed with a Gaussian and read bilinearly
    between nodes, which leaves less variance there; that is made up for.

    References
    ----------
    Fisher and Tate 2006, doi 10.1191/0309133306pp492ra (error of elevation is correlated).

    Examples
    --------
    >>> from corridors.crs import parse_crs
    >>> grid = Grid(parse_crs("EPSG:32638"), 0.0, 60_000.0, rows=120, columns=120, cell_m=500.0)
    >>> field = elevation_error(grid, np.uint64(1), length_m=1000.0)
    >>> print(f"{field.std():.1f}")
    1.0
    """
    step = length_m / NODES_PER_LENGTH
    deviation = NODES_PER_LENGTH / 2
    steps = np.arange(-np.ceil(REACH * deviation), np.ceil(REACH * deviation) + 1)
    taps = np.exp(-(steps**2) / (2 * deviation**2))
    taps /= np.sqrt((taps**2).sum())
    reach = len(taps) - 1
    x = (grid.west + (np.arange(grid.columns) + 0.5) * grid.cell_m) / step
    y = (grid.north - (np.arange(grid.rows) + 0.5) * grid.cell_m) / step
    column, row = int(np.floor(x[0])), int(np.floor(y[-1]))
    shape = (int(np.floor(y[0])) - row + 2, int(np.floor(x[-1])) - column + 2)
    white = lattice_normals(
        key, row - reach // 2, column - reach // 2, (shape[0] + reach, shape[1] + reach)
    )
    field = smoothed(white, taps)
    left, below = np.floor(x).astype(np.int64) - column, np.floor(y).astype(np.int64) - row
    u, v = x - np.floor(x), y - np.floor(y)
    along = field[:, left] * (1 - u) + field[:, left + 1] * u
    between = along[below] * (1 - v[:, None]) + along[below + 1] * v[:, None]
    correlation = float((taps[1:] * taps[:-1]).sum())
    kept = [1 - 2 * part * (1 - part) * (1 - correlation) for part in (u, v)]
    return np.asarray(between / np.sqrt(kept[0][None, :] * kept[1][:, None]))


def drawn_sensors(sensors: Sensors, drawn: Drawn) -> Sensors:
    """Return sensors with a member's ranges and probabilities.

    Parameters
    ----------
    sensors
        As given, in the weather.
    drawn
        The member's own; what never catches and what always does stay as they are.
    """
    p = sensors.probability
    odds = np.divide(p, 1 - p) * np.exp(drawn.logits)
    return replace(
        sensors,
        range_m=sensors.range_m * drawn.ranges,
        probability=np.where(drawn.logits == 0, p, np.minimum(odds / (1 + odds), 1 - 1e-9)),
    )


def _surer(seen: Detection, sensors: Sensors) -> Detection:
    """Return a detection with other probabilities of its sensors, their ranges being the same."""

    def ratio(new: FloatArray, old: FloatArray) -> FloatArray:
        return np.divide(new, old, out=np.ones_like(new), where=old > 0)[seen.which]

    before = seen.sensors
    hazards = ratio(-np.log1p(-sensors.probability), -np.log1p(-before.probability))
    return replace(
        seen,
        sensors=sensors,
        rate=seen.rate * ratio(sensors.rate_per_hour, before.rate_per_hour),
        once=seen.once * hazards,
    )


def drawn_demand(plan: Plan, drawn: Drawn) -> Demand:
    """Return the transits with a member's weights and shares.

    Parameters
    ----------
    plan, drawn
        What members share, and the member's own.
    """
    given = np.array([profile.share for profile in plan.scenario.profiles]) * drawn.profiles
    transits = plan.transits * drawn.origins[:, None] * drawn.destinations
    return Demand(
        plan.origin_cells,
        plan.destination_cells,
        transits[:, :, None] / transits.sum() * (given / given.sum()),
        free_choice=plan.scenario.flow.destinations == "free",
    )


def drawn_incidents(plan: Plan, draws: Draws) -> NDArray[np.object_]:
    """Return where incidents were: anywhere within their precision, where that is uncertain.

    Parameters
    ----------
    plan, draws
        What members share, and the member's own.
    """
    points = np.asarray(plan.incidents.geometry.array)
    if not plan.scenario.uncertainty.event_positions or draws.member is None or not len(points):
        return points
    return np.asarray(shapely.points(_places(plan.incidents, draws)))


def _places(incidents: gpd.GeoDataFrame, draws: Draws) -> FloatArray:
    """Return somewhere within the precision of each incident, shape (n, 2)."""
    names = incidents["id"].astype(str).tolist()
    reach = incidents["location_precision_m"].to_numpy(float)
    away = np.nan_to_num(reach) * np.sqrt(draws.uniforms("event_distance", names))
    angle = 2 * np.pi * draws.uniforms("event_angle", names)
    xy = shapely.get_coordinates(np.asarray(incidents.geometry.array)).reshape(-1, 2)
    return np.asarray(xy + away[:, None] * np.column_stack([np.cos(angle), np.sin(angle)]))


def attack_chance(plan: Plan, draws: Draws) -> FloatArray:
    """Return the chance of an attack on each checkpoint within the horizon; NaN without a record.

    Parameters
    ----------
    plan, draws
        What members share, and the member's own: where rates are uncertain it draws the places of
        attacks, the kind of region and every post's rate.
    """
    posts, rates, years = plan.checkpoints, plan.rates, horizon_years(plan.scenario)
    if rates is None:
        return np.full(len(posts), np.nan)
    if not plan.scenario.uncertainty.attack_rates or draws.member is None:
        return rates.chance_within(years)
    places = _places(plan.incidents.iloc[plan.attacks], draws)
    radius_m = plan.scenario.exposure.incident_radius_m
    post = nearest_posts(posts, places, radius_m=radius_m)
    attacks = np.bincount(post[post >= 0], minlength=len(posts))
    part = draws.uniforms("attack_rate", posts["id"].astype(str).tolist())
    rate = rates.drawn(draws.uniforms("attack_region", [""]), part[None], attacks[None])[0]
    return np.asarray(-np.expm1(-rate * years))


def isolated(plan: Plan, hours: FloatArray, draws: Draws) -> FloatArray:
    """Return the chance that support comes later than each checkpoint can hold.

    Parameters
    ----------
    plan
        What members share.
    hours
        Of support to each checkpoint, as the member has it.
    draws
        The member's own: where it has drawn when support comes, that is no longer uncertain.
    """
    wanted = plan.scenario.posts
    is_drawn = plan.scenario.uncertainty.support and draws.member is not None
    return isolation(
        hours,
        plan.hold_hours,
        support_spread=0.0 if is_drawn else wanted.support_spread,
        hold_spread=wanted.hold_spread,
    ).chance
