"""What travellers believe: of the variance and the reach that is said, and tied to places."""

import numpy as np
import pytest

from corridors.flow.layout import Layout
from corridors.flow.perception import Perceiver
from corridors.flow.sections import road_sections, section_places
from corridors.kernels.noise import combined_keys
from corridors.movement import MovementGraph
from tests.worlds import graph_of, grid_of, lines, shifted, terrain_of

LENGTH = 1000.0
KEYS = combined_keys(np.full(6000, 20, np.uint64), np.arange(6000))


def perceiver_of(graph: MovementGraph, length_m: float = LENGTH) -> Perceiver:
    sections = road_sections(graph.edges)
    return Perceiver(Layout(graph, sections), section_places(graph, sections), length_m=length_m)


def ground(perceiver: Perceiver, key: np.uint64, sigma: float) -> np.ndarray:
    """Return the perceived over the true cost at the graph's nodes."""
    pad, graph = perceiver.layout.pad, perceiver.layout.graph
    return 2.0 * perceiver.ground(key, sigma)[pad : pad + graph.node_count].astype(float)


@pytest.fixture(scope="module")
def fields() -> np.ndarray:
    """Return the Gaussian field of many keys on one row of 61 cells of 50 m."""
    perceiver = perceiver_of(graph_of(terrain_of(grid_of(3, 61, 50.0))))
    drawn = np.array([ground(perceiver, key, 1.0)[61:122] for key in KEYS])
    return np.log(drawn) + 0.5


def test_the_variance_is_one_at_nodes_of_the_lattice_and_between(fields: np.ndarray) -> None:
    # The lattice has a node each 250 m, so five cells take every place between two.
    # The standard error of a variance of 6000 is 0.018.
    assert np.abs(fields.var(axis=0) - 1).max() < 0.08
    by_place = [fields[:, start::5].var() for start in range(5)]
    assert np.ptp(by_place) < 0.05
    assert np.abs(fields.mean(axis=0)).max() < 0.06


@pytest.mark.parametrize("cells", [10, 20, 40])
def test_the_correlation_falls_as_is_said(fields: np.ndarray, cells: int) -> None:
    at = range(0, 61 - cells, 3)
    found = np.mean([np.corrcoef(fields[:, i], fields[:, i + cells])[0, 1] for i in at])
    assert found == pytest.approx(np.exp(-((cells * 50 / LENGTH) ** 2)), abs=0.025)


@pytest.mark.parametrize("sigma", [0.1, 0.4, 0.8])
def test_the_perceived_cost_is_the_true_one_in_the_mean(sigma: float) -> None:
    perceiver = perceiver_of(graph_of(terrain_of(grid_of(10, 10, 500.0))), LENGTH)
    factors = np.array([ground(perceiver, key, sigma) for key in KEYS[:3000]])
    # A lognormal number of mean 1 has variance exp(sigma^2) - 1; fields are of 25 places or so.
    error = np.sqrt((np.exp(sigma**2) - 1) / (3000 * 25))
    assert abs(factors.mean() - 1) < 4 * error
    assert np.log(factors).std() == pytest.approx(sigma, rel=0.02)


def test_without_error_the_ground_is_what_it_is() -> None:
    perceiver = perceiver_of(graph_of(terrain_of(grid_of())))
    assert (ground(perceiver, KEYS[0], 0.0) == 1).all()
    assert (perceiver.roads(KEYS[0], 0.0) == 1).all()


def test_one_place_is_believed_the_same_on_coarse_and_on_fine_ground() -> None:
    # Centres of 300 m cells are centres of 100 m cells too.
    fine = perceiver_of(graph_of(terrain_of(grid_of(30, 36, 100.0))))
    coarse = perceiver_of(graph_of(terrain_of(grid_of(10, 12, 300.0))))
    for key in KEYS[:5]:
        of_fine = ground(fine, key, 0.5).reshape(30, 36)[1::3, 1::3]
        of_coarse = ground(coarse, key, 0.5).reshape(10, 12)
        np.testing.assert_allclose(of_coarse, of_fine, rtol=1e-6)


def test_one_place_is_believed_the_same_in_a_larger_area() -> None:
    whole = perceiver_of(graph_of(terrain_of(grid_of(20, 24))))
    part = perceiver_of(graph_of(terrain_of(shifted(grid_of(8, 9), 700.0, 400.0))))
    of_whole = ground(whole, KEYS[0], 0.5).reshape(20, 24)[8:16, 7:16]
    np.testing.assert_allclose(ground(part, KEYS[0], 0.5).reshape(8, 9), of_whole, rtol=1e-6)


def test_keys_differ() -> None:
    perceiver = perceiver_of(graph_of(terrain_of(grid_of(3, 61, 50.0))))
    one, other = (np.log(ground(perceiver, key, 1.0)) for key in KEYS[:2])
    assert np.abs(one - other).max() > 0.3


@pytest.mark.parametrize("length_m", [100.0, 333.3, 700.0, 1100.1])
@pytest.mark.parametrize("west", [0.0, -250_000.0, 500_123.4])
def test_every_length_and_place_gives_a_field(length_m: float, west: float) -> None:
    graph = graph_of(terrain_of(shifted(grid_of(6, 7), west, 4e6 - west)))
    assert np.isfinite(ground(perceiver_of(graph, length_m), KEYS[3], 1.0)).all()


def test_sections_of_road_err_on_their_own_and_gates_not_at_all() -> None:
    rows = [[(100.0, 50.0 + 200 * n), (1900.0, 60.0 + 200 * n)] for n in range(8)]
    perceiver = perceiver_of(graph_of(terrain_of(grid_of()), roads=lines(*rows)))
    drawn = np.array([perceiver.roads(key, 0.5) for key in KEYS[:4000]])
    assert (drawn[:, -1] == 1).all()
    logs = np.log(drawn[:, :-1])
    assert logs.shape[1] == 8
    # Standard errors of 4000: 0.016 for a correlation, 1.6 percent of half for a deviation.
    assert np.abs(np.corrcoef(logs.T) - np.eye(8)).max() < 0.07
    np.testing.assert_allclose(logs.std(axis=0), 0.5, rtol=0.06)
    np.testing.assert_allclose(drawn[:, :-1].mean(axis=0), 1, atol=0.04)


def test_roads_and_ground_err_apart() -> None:
    road = lines([(100.0, 1000.0), (1900.0, 1000.0)])
    perceiver = perceiver_of(graph_of(terrain_of(grid_of()), roads=road))
    middle = 10 * 20 + 10
    pairs = [
        (np.log(perceiver.roads(key, 1.0)[0]), np.log(ground(perceiver, key, 1.0)[middle]))
        for key in KEYS[:3000]
    ]
    assert abs(np.corrcoef(np.array(pairs).T)[0, 1]) < 0.08


def test_a_road_is_believed_the_same_however_the_network_is_numbered() -> None:
    ways = [
        [(100.0 + 30 * n, 100.0), (400.0 + 37 * n, 900.0 + 13 * n), (1900.0, 1700.0 - 90 * n)]
        for n in range(5)
    ]
    turned = [way[::-1] for way in ways[::-1]]
    one = perceiver_of(graph_of(terrain_of(grid_of()), roads=lines(*ways)))
    other = perceiver_of(graph_of(terrain_of(grid_of()), roads=lines(*turned)))
    for key in KEYS[:4]:
        np.testing.assert_array_equal(np.sort(one.roads(key, 0.5)), np.sort(other.roads(key, 0.5)))
