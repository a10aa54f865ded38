"""Where traffic can turn from one edge into another: the states of a node.

A junction is one state. A gate is one state for each side of the border, so that what happens
between the sides (a delay, a closure) is an arc of its own.
"""

from dataclasses import dataclass
from typing import cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

__all__ = ["EndStates", "connected_parts", "end_states"]

Indices = NDArray[np.int64]


@dataclass(frozen=True)
class EndStates:
    """The states that edges run between.

    Attributes
    ----------
    node, side
        Of each state: its node, and its side of the border at a gate (-1 elsewhere).
    from_state, to_state
        Of each edge: where it starts and ends.
    """

    node: Indices
    side: Indices
    from_state: Indices
    to_state: Indices


def end_states(
    edges: pd.DataFrame, nodes: pd.DataFrame, *, through_open_gates: bool = False
) -> EndStates:
    """Return the states of a network's nodes, in order of node and side.

    Parameters
    ----------
    edges, nodes
        As `RoadNetwork.edges_gdf` and `nodes_gdf` give them.
    through_open_gates
        True makes an open gate one state, as it is for someone who minds no delay.
    """
    ends = np.concatenate([edges["from_node"].to_numpy(), edges["to_node"].to_numpy()])
    sides = np.concatenate([edges["from_side"].to_numpy(), edges["to_side"].to_numpy()])
    if through_open_gates:
        is_open = nodes.set_index("node")["open"].reindex(ends).to_numpy(bool)
        sides = np.where(is_open, -1, sides)
    roadless = nodes.loc[~nodes["node"].isin(ends) & (nodes["kind"] != "crossing"), "node"]
    pairs = np.column_stack([ends, sides])
    pairs = np.vstack([pairs, np.column_stack([roadless, np.full(len(roadless), -1)])])
    states, inverse = np.unique(pairs.astype(np.int64), axis=0, return_inverse=True)
    inverse = inverse.reshape(-1)
    count = len(edges)
    return EndStates(
        node=states[:, 0],
        side=states[:, 1],
        from_state=inverse[:count],
        to_state=inverse[count : 2 * count],
    )


def connected_parts(from_state: Indices, to_state: Indices, *, count: int) -> Indices:
    """Return the number of the connected part that each of `count` states belongs to."""
    ones = np.ones(len(from_state), dtype=np.int8)
    matrix = coo_array((ones, (from_state, to_state)), shape=(count, count))
    return cast(Indices, connected_components(matrix, directed=False)[1].astype(np.int64))
