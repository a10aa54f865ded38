"""How much flow passes through each node of a network."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from corridors.errors import InputError
from corridors.interdiction.graph import Pairs
from corridors.interdiction.kernels import spread_flow
from corridors.kernels.order import grouped
from corridors.kernels.shortest import accumulated_cost

__all__ = ["flow_betweenness"]

FloatArray = NDArray[np.float64]


def flow_betweenness(
    nodes: int,
    tails: ArrayLike,
    heads: ArrayLike,
    lengths: ArrayLike,
    pairs: Pairs,
) -> FloatArray:
    """Return how much of the flow between pairs passes through each node on its way.

    Parameters
    ----------
    nodes, tails, heads, lengths
        A directed graph; lengths above 0.
    pairs
        Flow from origins to destinations. Each takes its shortest ways, in equal parts where ways
        tie; ends do not count, nor do pairs without a way.

    Returns
    -------
    numpy.ndarray
        Shape (nodes,).

    Notes
    -----
    Betweenness with pairs weighted by flow; with all pairs of weight 1 that of Freeman 1977, by
    the accumulation of Brandes 2001.

    References
    ----------
    Freeman 1977, doi 10.2307/3033543; Brandes 2001, doi 10.1080/0022250X.2001.9990249.

    Examples
    --------
    >>> flow_betweenness(3, [0, 1], [1, 2], [1.0, 1.0], Pairs.of([0], [2], [5.0])).tolist()
    [0.0, 5.0, 0.0]
    """
    pairs.check(nodes)
    cost = np.asarray(lengths, np.float64)
    start, end = np.asarray(tails, np.int64), np.asarray(heads, np.int64)
    if not len(start) == len(end) == len(cost):
        raise InputError(f"{len(start)} tails, {len(end)} heads and {len(cost)} lengths")
    ends = np.concatenate([start, end])
    if len(ends) and (ends.min() < 0 or ends.max() >= nodes):
        raise InputError(f"an arc names a node outside 0 to {nodes - 1}")
    if not np.all((cost > 0) & np.isfinite(cost)):
        raise InputError("a length is not above 0 and finite; ways without length have no order")
    first, order = grouped(start, nodes)
    out, weight = end[order].astype(np.int32), cost[order]
    through = np.zeros(nodes)
    for origin in np.unique(pairs.origins).tolist():
        some = pairs.origins == origin
        wanted = np.zeros(nodes)
        np.add.at(wanted, pairs.destinations[some], pairs.weights[some])
        wanted[origin] = 0.0
        away, _ = accumulated_cost(first, out, weight, np.array([origin], np.int64), np.zeros(1))
        wanted[~np.isfinite(away)] = 0.0
        passed = spread_flow(first, out, weight, away, np.argsort(away, kind="stable"), wanted)
        passed[origin] = 0.0
        through += passed
    return through
