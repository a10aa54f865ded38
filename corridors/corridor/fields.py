"""What the best way through each place costs, and up to where a place is in the corridor."""

from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from corridors.movement import MovementGraph
from corridors.paths import hours_from, hours_to

__all__ = ["corridor_limit", "reach_cost", "reach_hours", "through_cost", "through_hours"]

FloatArray = NDArray[np.float64]
LongArray = NDArray[np.int64]

# Two sums of the same costs in another order differ by so many of the type's smallest steps.
STEPS = 64


@runtime_checkable
class CostRun(Protocol):
    """What a run of accumulated cost tells, as `corridors.AccumulatedCost` does."""

    @property
    def cost(self) -> NDArray[np.floating]:
        """Of each cell, infinite where no way leads."""

    @property
    def reverse(self) -> bool:
        """Whether costs are those to the sources."""


def through_cost(outward: CostRun | ArrayLike, homeward: CostRun | ArrayLike) -> FloatArray:
    """Return what the best way from A to B through each cell costs: d(A, x) + d(x, B).

    Parameters
    ----------
    outward
        Cost from A to each cell, 2-D, infinite where no way leads.
    homeward
        Cost from each cell to B: a reverse run (``accumulated_cost(..., reverse=True)``), and not
        an outward one from B, which is `reach_cost`. An `AccumulatedCost` is refused where it
        is the wrong way round.

    Returns
    -------
    numpy.ndarray
        Of the same shape. Its least value is d(A, B), along the least-cost path.

    Raises
    ------
    ValueError
        When shapes differ, or a run is the wrong way round.

    References
    ----------
    Pinto and Keitt 2009, Beyond the least-cost path, doi 10.1007/s10980-008-9303-y.

    Examples
    --------
    >>> from corridors.cost import accumulated_cost
    >>> ground = np.ones((3, 5))
    >>> out = accumulated_cost(ground, (1, 0))
    >>> home = accumulated_cost(ground, (1, 4), reverse=True)
    >>> through_cost(out, home)[1].tolist()
    [4.0, 4.0, 4.0, 4.0, 4.0]
    """
    return _summed(
        _field(outward, "outward", reverse=False), _field(homeward, "homeward", reverse=True)
    )


def reach_cost(from_a: CostRun | ArrayLike, from_b: CostRun | ArrayLike) -> FloatArray:
    """Return what it costs that A and B meet in each cell: d(A, x) + d(B, x).

    This is not the cost of a way from A to B. Both terms run outward: it answers where two that set
    out from A and from B reach, together, with least effort. Where every move costs the same either
    way it equals `through_cost`; with slope, or a barrier that is slower one way, it is another
    map: on one hill of 80 x 100 cells the 5 percent bands of the two share 31 percent of cells.
    What many tools call a corridor is this sum.

    Parameters
    ----------
    from_a, from_b
        Costs from A and from B to each cell, 2-D, infinite where no way leads.

    Raises
    ------
    ValueError
        When shapes differ, or a run is a reverse one.
    """
    return _summed(_field(from_a, "from_a", reverse=False), _field(from_b, "from_b", reverse=False))


def through_hours(
    graph: MovementGraph, arc_hours: FloatArray, start_nodes: LongArray, end_nodes: LongArray
) -> FloatArray:
    """Return the hours of the best way through each cell on ground, roads and gates together.

    Parameters
    ----------
    graph
        The movement graph.
    arc_hours
        Of every arc, from `corridors.arc_hours`.
    start_nodes, end_nodes
        Nodes of A and of B.

    Returns
    -------
    numpy.ndarray
        `through_cost`, shape (rows, columns).

    Raises
    ------
    ValueError
        When hours are not one from 0 up for each arc, or nodes are none of the graph.
    """
    _require_hours(graph, arc_hours)
    out = hours_from(graph, arc_hours, start_nodes)[0]
    return through_cost(
        _on_cells(graph, out), _on_cells(graph, hours_to(graph, arc_hours, end_nodes))
    )


def reach_hours(
    graph: MovementGraph, arc_hours: FloatArray, a_nodes: LongArray, b_nodes: LongArray
) -> FloatArray:
    """Return the hours that it takes A and B to meet in each cell; see `reach_cost`.

    Parameters
    ----------
    graph
        The movement graph.
    arc_hours
        Of every arc, from `corridors.arc_hours`.
    a_nodes, b_nodes
        Nodes of A and of B.

    Returns
    -------
    numpy.ndarray
        `reach_cost`, shape (rows, columns).

    Raises
    ------
    ValueError
        As for `through_hours`.
    """
    _require_hours(graph, arc_hours)
    fields = [
        _on_cells(graph, hours_from(graph, arc_hours, nodes)[0]) for nodes in (a_nodes, b_nodes)
    ]
    return reach_cost(*fields)


def corridor_limit(
    cost: ArrayLike,
    *,
    percent: float | None = None,
    extra: float | None = None,
    quantile: float | None = None,
) -> float:
    """Return the cost up to which a cell is in the corridor: ``cost <= limit`` is the corridor.

    Parameters
    ----------
    cost
        From `through_cost`, `reach_cost`, `through_hours` or `reach_hours`.
    percent
        Ways at most this much longer than the least.
    extra
        Or ways that cost at most this much more, in the unit of the cost (hours).
    quantile
        Or the cheapest part of the cells that can be reached, above 0 and at most 1; cells that
        cost the same are in it or out together, so it can hold more.

    Raises
    ------
    ValueError
        When not exactly one of the three is given, it is out of its range, or no cell is reached.

    Examples
    --------
    >>> cost = np.array([[10.0, 11.0, 12.0], [10.0, 14.0, np.inf]])
    >>> [int((cost <= limit).sum()) for limit in (
    ...     corridor_limit(cost, percent=10), corridor_limit(cost, extra=2),
    ...     corridor_limit(cost, quantile=0.2))]
    [3, 4, 2]
    """
    values = np.asarray(cost)
    reached = values[np.isfinite(values)]
    if not len(reached):
        message = "no cell has a finite cost: no way leads from A to B; look at what bars it"
        raise ValueError(message)
    given = {
        name: value
        for name, value in {"percent": percent, "extra": extra, "quantile": quantile}.items()
        if value is not None
    }
    if len(given) != 1:
        message = f"give one of percent, extra or quantile; here: {', '.join(given) or 'none'}"
        raise ValueError(message)
    ((name, value),) = given.items()
    if not (0 < value <= 1 if name == "quantile" else 0 <= value < np.inf):
        wanted = "above 0 and at most 1" if name == "quantile" else "0 or more"
        message = f"{name} is {value}; give {wanted}"
        raise ValueError(message)
    least = float(reached.min())
    if name == "quantile":
        limit = float(np.quantile(reached, value, method="inverted_cdf"))
    else:
        limit = least * (1 + value / 100) if name == "percent" else least + value
    kind = values.dtype if np.issubdtype(values.dtype, np.floating) else np.dtype(np.float64)
    return limit + STEPS * float(np.finfo(kind).eps) * abs(limit)


def _require_hours(graph: MovementGraph, arc_hours: FloatArray) -> None:
    if arc_hours.shape != (graph.arc_count,) or not (arc_hours >= 0).all():
        message = (
            f"arc_hours have the shape {arc_hours.shape} or are not all 0 or above; give one for "
            f"each of {graph.arc_count} arcs, infinite where it cannot be passed"
        )
        raise ValueError(message)


def _field(cost: CostRun | ArrayLike, name: str, *, reverse: bool) -> NDArray[np.floating]:
    if isinstance(cost, CostRun):
        if cost.reverse is not reverse:
            kind = "a reverse run" if reverse else "an outward run"
            message = f"{name} must be {kind}: solve it with reverse={reverse}"
            raise ValueError(message)
        return cost.cost
    field = np.asarray(cost)
    if not np.issubdtype(field.dtype, np.floating):
        field = field.astype(np.float64)
    if field.ndim != 2 or np.isnan(field).any():
        message = (
            f"{name} has shape {field.shape} or holds NaN; give costs by rows and columns, "
            "infinite where no way leads"
        )
        raise ValueError(message)
    return field


def _summed(one: NDArray[np.floating], other: NDArray[np.floating]) -> FloatArray:
    if one.shape != other.shape:
        message = f"the two fields have shapes {one.shape} and {other.shape}; give them on one grid"
        raise ValueError(message)
    return np.asarray(one + other)


def _on_cells(graph: MovementGraph, values: FloatArray) -> FloatArray:
    return values[: graph.grid.size].reshape(graph.grid.rows, graph.grid.columns)
