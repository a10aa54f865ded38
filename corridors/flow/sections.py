"""Sections of road: what lies between two junctions, however finely the data cut it."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from corridors.movement import ArcKind, MovementGraph

__all__ = ["road_sections", "section_places"]

IntArray = NDArray[np.int32]
LongArray = NDArray[np.int64]

PLACE_M = 0.1


def road_sections(edges: pd.DataFrame) -> IntArray:
    """Return for each edge of a road network the section that it belongs to, from 0.

    Edges that meet at a node where nothing else begins or ends are one section: whoever thinks
    that a road is good thinks so of all of it, and a point more on a line in the data changes
    nothing.

    Parameters
    ----------
    edges
        With ``from_node`` and ``to_node``.

    Examples
    --------
    >>> road_sections(pd.DataFrame({"from_node": [1, 2, 3, 3], "to_node": [2, 3, 4, 5]})).tolist()
    [0, 0, 1, 2]
    """
    count = len(edges)
    if not count:
        return np.empty(0, np.int32)
    nodes = np.concatenate([edges["from_node"], edges["to_node"]])
    _, node = np.unique(nodes, return_inverse=True)
    edge = np.tile(np.arange(count), 2)
    order = np.argsort(node, kind="stable")
    passed = np.bincount(node) == 2
    first = np.searchsorted(node[order], np.flatnonzero(passed))
    pairs = (edge[order[first]], edge[order[first + 1]])
    joins = coo_array((np.ones(len(first)), pairs), shape=(count, count))
    return np.asarray(connected_components(joins, directed=False)[1], np.int32)


def section_places(graph: MovementGraph, edge_section: IntArray) -> LongArray:
    """Return whole numbers that tell the sections apart by where they are, shape (n, 2).

    The centre of gravity of a section's road, in tenths of a metre: the same however the network
    is numbered and its roads are split.
    """
    road = np.flatnonzero(graph.kind == ArcKind.ROAD)
    section = edge_section[graph.road_edge[road]]
    count = int(edge_section.max(initial=-1)) + 1
    tail, head = graph.tails[road], graph.heads[road]
    length = graph.length_m[road]
    whole = np.bincount(section, length, minlength=count)
    places = [
        np.bincount(section, length * (of[tail] + of[head]) / 2, minlength=count)
        / np.maximum(whole, 1e-9)
        for of in (graph.x, graph.y)
    ]
    # Round coordinates end up half way between two numbers, where the last bit must not decide.
    steps = np.round(np.column_stack(places) / PLACE_M, 4)
    return np.rint(steps).astype(np.int64)
