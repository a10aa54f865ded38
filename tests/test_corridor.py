"""Corridors hold what the best way through them costs little more than the least; densities sum."""

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_arrays
from numpy.typing import NDArray
from scipy import sparse

from corridors.corridor import (
    area_above,
    corridor_areas,
    corridor_limit,
    least_cost_density,
    path_density,
    reach_cost,
    reach_hours,
    through_corridors,
    through_cost,
    through_hours,
)
from corridors.cost import Walk, accumulated_cost
from corridors.movement import MovementGraph, arc_hours
from corridors.paths import Journeys, least_cost_paths, solve_journeys
from tests.worlds import graph_of, grid_of, lines, points, scenario_of, terrain_of


def hours_of(graph: MovementGraph) -> NDArray[np.float64]:
    scenario = scenario_of()
    return arc_hours(graph, scenario.profiles[0], scenario)


def journeys_of(graph: MovementGraph, origins: Any, destinations: Any) -> Journeys:
    return solve_journeys(
        graph,
        {"on_foot": hours_of(graph)},
        shares={"on_foot": 1.0},
        origins=origins,
        destinations=destinations,
        borders=lines(),
    )


def hilly() -> MovementGraph:
    rng = np.random.default_rng(2)
    return graph_of(terrain_of(grid_of(), rng.normal(0, 25, (20, 20)).cumsum(axis=0)))


def ellipse_area(focus: float, longer: float) -> float:
    """Area of d(A, x) + d(x, B) <= longer d(A, B), the distance between A and B being 2 focus."""
    half = focus * longer
    return float(np.pi * half * np.sqrt(half**2 - focus**2))


def test_the_corridor_is_least_along_the_path_and_is_not_the_sum_of_two_outward_runs() -> None:
    graph = hilly()
    journey = journeys_of(graph, points((150, 150)), points((1850, 1750))).items[0]
    start, end = journey.nodes[:1], journey.nodes[-1:]
    through = through_hours(graph, hours_of(graph), start, end)
    reach = reach_hours(graph, hours_of(graph), start, end)
    cells = journey.nodes[journey.nodes < graph.grid.size]
    np.testing.assert_allclose(through.ravel()[cells], journey.hours, rtol=1e-9)
    assert through.min() == pytest.approx(journey.hours)
    np.testing.assert_allclose(through - journey.hours, journey.extra_hours, atol=1e-9)
    assert not np.allclose(reach, through)


def test_through_and_reach_are_those_of_scipy_on_the_explicit_graph() -> None:
    graph = hilly()
    hours = hours_of(graph)
    shape = (graph.node_count, graph.node_count)
    matrix = sparse.csr_array((hours, (graph.tails, graph.heads)), shape=shape)
    a, b = 21, 377
    from_a, from_b = sparse.csgraph.dijkstra(matrix, indices=[a, b])
    to_b = sparse.csgraph.dijkstra(matrix.T.tocsr(), indices=b)
    size = graph.grid.size
    for found, by_scipy in (
        (through_hours(graph, hours, np.array([a]), np.array([b])), from_a + to_b),
        (reach_hours(graph, hours, np.array([a]), np.array([b])), from_a + from_b),
    ):
        np.testing.assert_allclose(found.ravel(), by_scipy[:size], rtol=1e-9)


def test_on_even_ground_two_that_meet_and_one_that_passes_need_the_same() -> None:
    ground = np.random.default_rng(4).uniform(1, 5, (12, 15))
    options: dict[str, Any] = {"neighbours": 16, "dtype": np.float64}
    out = accumulated_cost(ground, (2, 1), **options)
    home = accumulated_cost(ground, (9, 13), reverse=True, **options)
    other = accumulated_cost(ground, (9, 13), **options)
    np.testing.assert_allclose(through_cost(out, home), reach_cost(out, other), rtol=1e-12)


def test_on_a_hill_the_two_bands_differ() -> None:
    y, x = np.mgrid[0:80, 0:100]
    hill = 900 * np.exp(-(((x - 55) / 22) ** 2) - ((y - 35) / 18) ** 2)
    ground, options = Walk(hill), {"cell_size": 100.0, "neighbours": 16, "dtype": np.float64}
    out = accumulated_cost(ground, (40, 5), **options)
    home = accumulated_cost(ground, (40, 70), reverse=True, **options)
    other = accumulated_cost(ground, (40, 70), **options)
    through, reach = through_cost(out, home), reach_cost(out, other)
    bands = [cost <= corridor_limit(cost, percent=5) for cost in (through, reach)]
    shared = (bands[0] & bands[1]).sum() / (bands[0] | bands[1]).sum()
    assert 0 < shared < 0.2
    # The way itself is in the one, and costs what the run says.
    assert through.min() == pytest.approx(out.cost[40, 70], rel=1e-12)
    for row, column in out.path((40, 70)):
        assert bands[0][row, column]


def test_runs_the_wrong_way_round_and_fields_of_two_grids_are_refused() -> None:
    out = accumulated_cost(np.ones((3, 4)), (0, 0))
    home = accumulated_cost(np.ones((3, 4)), (0, 0), reverse=True)
    with pytest.raises(ValueError, match="homeward must be a reverse run"):
        through_cost(out, out)
    with pytest.raises(ValueError, match="outward must be an outward run"):
        through_cost(home, home)
    with pytest.raises(ValueError, match="from_b must be an outward run"):
        reach_cost(out, home)
    with pytest.raises(ValueError, match=r"\(3, 4\) and \(4, 3\)"):
        through_cost(np.ones((3, 4)), np.ones((4, 3)))
    with pytest.raises(ValueError, match="holds NaN"):
        through_cost(np.ones((3, 4)), np.full((3, 4), np.nan))


@given(
    st_arrays.arrays(np.float64, (6, 7), elements=st.integers(1, 9).map(float)),
    st.sampled_from([0.01, 0.1, 0.5, 1.0]),
)
def test_a_quantile_holds_at_least_its_part_of_the_cells_and_no_cheaper_limit_does(
    cost: NDArray[np.float64], part: float
) -> None:
    cost[0, 0] = np.inf
    reached = cost[np.isfinite(cost)]
    limit = corridor_limit(cost, quantile=part)
    assert (reached <= limit).mean() >= part
    assert (reached < reached[reached <= limit].max()).mean() < part


def test_the_least_way_is_in_a_corridor_of_nothing_more_in_single_precision_too() -> None:
    ground = np.random.default_rng(1).uniform(0.1, 3, (60, 60))
    out = accumulated_cost(ground, (1, 1))
    home = accumulated_cost(ground, (57, 50), reverse=True)
    cost = through_cost(out, home)
    inside = cost <= corridor_limit(cost, percent=0)
    assert all(inside[row, column] for row, column in out.path((57, 50)))
    assert inside.mean() < 0.1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "give one of percent, extra or quantile; here: none"),
        ({"percent": 5, "extra": 1}, "here: percent, extra"),
        ({"percent": -1}, "percent is -1; give 0 or more"),
        ({"extra": np.nan}, "extra is nan"),
        ({"quantile": 0}, "quantile is 0; give above 0 and at most 1"),
    ],
)
def test_limits_that_are_none_are_refused(options: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        corridor_limit(np.ones((2, 2)), **options)


def test_where_nothing_leads_there_is_no_corridor() -> None:
    with pytest.raises(ValueError, match="no way leads from A to B"):
        corridor_limit(np.full((2, 2), np.inf), percent=5)


def test_a_wider_percentage_holds_the_narrower_corridor() -> None:
    graph = graph_of(terrain_of(grid_of()))
    journeys = journeys_of(graph, points((50, 1050)), points((1950, 1050)))
    bands = through_corridors(journeys, percent=[20, 5]).set_index("percent").geometry
    assert bands[20].buffer(1e-6).contains(bands[5])
    assert bands[20].area > bands[5].area > 0


def test_percent_hours_and_quantile_that_mean_the_same_draw_the_same() -> None:
    journeys = journeys_of(hilly(), points((150, 150)), points((1850, 1750)))
    (journey,) = journeys.items
    part = (journey.extra_hours <= 0.2 * journey.hours).mean()
    drawn = through_corridors(
        journeys, percent=[20], extra_hours=[0.2 * journey.hours], quantile=[part]
    )
    assert drawn["id"].tolist() == [
        "p-0 to p-0, on_foot, 20 percent",
        f"p-0 to p-0, on_foot, {0.2 * journey.hours:g} h more",
        f"p-0 to p-0, on_foot, best {part:.6g} of cells",
    ]
    np.testing.assert_allclose(drawn["percent"][:2], 20)
    np.testing.assert_allclose(drawn["extra_hours"][:2], 0.2 * journey.hours)
    assert drawn["area_km2"][0] == pytest.approx(drawn["area_km2"][1])
    # The quantile's rim is the last cell in, not the hours between it and the next.
    assert drawn["area_km2"][2] == pytest.approx(drawn["area_km2"][0], rel=0.05)
    assert drawn["quantile"].notna().tolist() == [False, False, True]


def test_on_level_ground_the_corridor_lies_between_the_ellipses_of_geometry() -> None:
    # The 16 moves make a straight line at most 2.75 percent too long, and none too short.
    grid = grid_of(60, 60)
    graph = graph_of(terrain_of(grid))
    journeys = journeys_of(graph, points((1550, 3050)), points((4450, 3050)))
    band = through_corridors(journeys, percent=[10]).geometry.iloc[0]
    assert ellipse_area(1450, 1.1 / 1.0275) < band.area < ellipse_area(1450, 1.1)
    (journey,) = journeys.items
    cost = through_hours(graph, hours_of(graph), journey.nodes[:1], journey.nodes[-1:])
    by_field = corridor_areas(cost, grid, percent=[10])
    assert shapely.equals_exact(by_field.geometry.iloc[0], band, tolerance=1e-3)
    assert by_field["area_km2"].iloc[0] == pytest.approx(band.area / 1e6)


def test_the_density_of_least_cost_paths_is_their_length_by_share() -> None:
    graph = hilly()
    journeys = journeys_of(graph, points((150, 150), (250, 1850)), points((1850, 1750), (1750, 50)))
    paths = least_cost_paths(journeys, borders=lines(), crossings=points())
    metres = least_cost_density(journeys)
    assert metres.sum() == pytest.approx((paths["share"] * paths["km"]).sum() * 1000)
    # In each cell as shapely cuts the lines there.
    x, y = graph.grid.centres()
    for number in (21, 105, 210, 377):
        cell = shapely.box(x[number] - 50, y[number] - 50, x[number] + 50, y[number] + 50)
        by_shapely = (paths["share"] * paths.intersection(cell).length).sum()
        assert metres.ravel()[number] == pytest.approx(by_shapely, abs=1e-6)


def test_ways_of_cells_that_are_not_square_have_their_true_length() -> None:
    found = accumulated_cost(np.ones((6, 9)), (0, 0), cell_size=(30.0, 20.0), dtype=np.float64)
    ends = [(5, 8), (0, 8), (5, 0)]
    density = path_density(
        [found.path(end) for end in ends], [0.5, 0.3, 0.2], shape=(6, 9), cell_size=(30.0, 20.0)
    )
    lengths = [float(found.cost[end]) for end in ends]
    assert density.sum() == pytest.approx(np.dot([0.5, 0.3, 0.2], lengths))


def test_ways_without_a_step_or_off_the_grid_add_nothing_and_odd_shares_are_refused() -> None:
    assert path_density([], [], shape=(2, 2)).sum() == 0
    assert path_density([[(0, 0)], [(1, 1), (1, 1)]], [1, 1], shape=(2, 2)).sum() == 0
    assert path_density([[(0, 0), (0, 9)]], [1.0], shape=(1, 3)).sum() == pytest.approx(2.5)
    with pytest.raises(ValueError, match="for each of 1 paths"):
        path_density([[(0, 0), (0, 1)]], [1, 2], shape=(2, 2))
    with pytest.raises(ValueError, match="no number"):
        path_density([[(0, 0), (0, np.nan)]], [1], shape=(2, 2))


def test_areas_close_at_the_edge_of_the_grid_and_lose_their_specks() -> None:
    grid = grid_of(10, 10, cell_m=10)
    values = np.full((10, 10), -np.inf)
    values[:, :5] = 1.0
    values[0, 9] = 1.0
    area = area_above(values, 0.5, grid)
    assert shapely.is_valid(area)
    # The rim lies half a cell inside the outer edge, and the speck of one cell is gone.
    assert len(shapely.get_parts(area)) == 1
    assert area.bounds[2] < 60


@pytest.mark.parametrize(
    ("part", "factor", "start", "message"),
    [
        (slice(10), 1.0, 0, r"shape \(10,\)"),
        (slice(None), -1.0, 0, "not all 0 or above"),
        (slice(None), np.nan, 0, "not all 0 or above"),
        (slice(None), 1.0, 10**6, "sources go from 1000000 to 1000000; nodes are 0 to"),
        (slice(None), 1.0, -1, "sources go from -1 to -1"),
    ],
)
def test_hours_and_nodes_of_another_graph_are_refused(
    part: slice, factor: float, start: int, message: str
) -> None:
    graph = graph_of(terrain_of(grid_of()))
    hours = factor * hours_of(graph)[part]
    for field in (through_hours, reach_hours):
        with pytest.raises(ValueError, match=message):
            field(graph, hours, np.array([start]), np.array([5]))
