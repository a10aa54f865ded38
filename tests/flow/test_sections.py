"""Sections of road do not depend on how the data cut and number them."""

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridors.flow.sections import road_sections, section_places
from tests.worlds import graph_of, grid_of, lines, terrain_of

Edges = list[tuple[int, int]]


def sections_of(edges: Edges) -> list[int]:
    return road_sections(pd.DataFrame(edges, columns=["from_node", "to_node"])).tolist()


def by_networkx(edges: Edges) -> set[frozenset[int]]:
    """Return sections as sets of edges: joined where exactly two ends of edges meet."""
    ends: dict[int, list[int]] = {}
    for edge, nodes in enumerate(edges):
        for node in nodes:
            ends.setdefault(node, []).append(edge)
    joined = nx.Graph()
    joined.add_nodes_from(range(len(edges)))
    joined.add_edges_from(tuple(met) for met in ends.values() if len(met) == 2)
    return {frozenset(part) for part in nx.connected_components(joined)}


@given(edges=st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=16))
def test_sections_end_where_three_meet_or_a_road_ends(edges: Edges) -> None:
    found = sections_of(edges)
    groups = {frozenset(np.flatnonzero(np.array(found) == one).tolist()) for one in set(found)}
    assert groups == by_networkx(edges)
    assert sorted(set(found)) == list(range(len(groups)))


def test_a_ring_with_one_road_to_it_is_one_section() -> None:
    assert sections_of([(1, 2), (2, 3), (3, 1), (3, 9)]) == [0, 0, 0, 1]


def test_no_roads_no_sections() -> None:
    assert sections_of([]) == []
    graph = graph_of(terrain_of(grid_of(3, 3)))
    assert section_places(graph, np.empty(0, np.int32)).shape == (0, 2)


def test_a_section_is_where_the_middle_of_its_length_is() -> None:
    roads = lines([(200.0, 100.0), (1400.0, 100.0)], [(1400.0, 100.0), (1400.0, 700.0)])
    graph = graph_of(terrain_of(grid_of()), roads=roads)
    sections = road_sections(graph.edges)
    assert set(sections) == {0}
    # 1200 m around (800, 100) and 600 m around (1400, 400), in tenths of a metre.
    assert section_places(graph, sections).tolist() == [[10000, 2000]]


@pytest.mark.parametrize("north", [1050.05, 1050.15, 1050.25, 350.35])
@pytest.mark.parametrize("cut", [3, 4, 9, 12])
def test_a_section_has_its_place_however_it_is_cut(cut: int, north: float) -> None:
    # Such coordinates lie between two tenths of a metre, where rounding may go either way.
    step = (1857.3 - 150.0) / 18
    ends, at = ((150.0, north), (1857.3, north)), (150.0 + cut * step, north)
    places = []
    for ways in ([[*ends]], [[ends[0], at], [ends[1], at]]):
        graph = graph_of(terrain_of(grid_of()), roads=lines(*ways))
        places.append(section_places(graph, road_sections(graph.edges)))
    assert len(places[0]) == len(places[1]) == 1
    np.testing.assert_array_equal(places[0], places[1])
