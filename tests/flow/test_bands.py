"""Bands hold what they say, and are clean."""

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import ndimage

from corridors.flow.bands import band_overlap, journey_bands, journey_density
from corridors.terrain import Grid
from tests.worlds import grid_of

FloatArray = NDArray[np.float64]


def winding_paths(cells: int, *, seed: int, paths: int = 40) -> tuple[Grid, FloatArray]:
    """Return what bent ways from west to east travel in a box of 100 km, for one of them."""
    grid = grid_of(cells, cells, cell_m=100_000 / cells)
    rng = np.random.default_rng(seed)
    along = np.linspace(0.1, 0.9, 4 * 400 + 1)
    phase = (along - 0.1) / 0.8 * np.pi
    metres = np.zeros(grid.size)
    for _ in range(paths):
        a, b = rng.normal(0, [0.18, 0.04])
        x = 1e5 * along
        y = 1e5 * np.clip(0.5 + a * np.sin(phase) + b * np.sin(3 * phase), 0.01, 0.99)
        middle = grid.cell_of((x[1:] + x[:-1]) / 2, (y[1:] + y[:-1]) / 2)
        np.add.at(metres, middle, np.hypot(np.diff(x), np.diff(y)) / paths)
    return grid, metres.reshape(cells, cells)


def centres_in(grid: Grid, polygon: shapely.Geometry) -> NDArray[np.bool_]:
    shapely.prepare(polygon)
    inside = shapely.contains_xy(polygon, *grid.centres())
    return np.asarray(inside).reshape(grid.rows, grid.columns)


def test_a_far_cell_spreads_as_the_normal_density_does() -> None:
    grid = grid_of(81, 81, cell_m=500)
    metres = np.zeros((81, 81))
    metres[40, 40] = 500.0
    density = journey_density(metres, grid, smoothing_m=2000)
    # In m per km2, at distances of 0 and of 2 km: one standard deviation.
    peak = 500.0 / (2 * np.pi * 2.0**2)
    assert density[40, 40] == pytest.approx(peak, rel=2e-3)
    assert density[44, 40] == pytest.approx(peak * np.exp(-0.5), rel=2e-3)
    assert density[40, 36] == density[44, 40]


def test_no_smoothing_is_metres_by_area() -> None:
    grid = grid_of(3, 4, cell_m=500)
    metres = np.arange(12.0).reshape(3, 4)
    np.testing.assert_allclose(journey_density(metres, grid, smoothing_m=0), metres / 0.25)


@given(
    seed=st.integers(0, 10_000),
    smoothing_m=st.floats(0, 5000),
    part=st.floats(0.2, 1.0),
)
def test_nothing_is_lost_at_the_rim_or_put_outside(
    seed: int, smoothing_m: float, part: float
) -> None:
    grid = grid_of(17, 23, cell_m=400)
    rng = np.random.default_rng(seed)
    inside = rng.random((17, 23)) < part
    inside[8, 11] = True
    metres = rng.exponential(300, (17, 23)) * inside * (rng.random((17, 23)) < 0.3)
    density = journey_density(metres, grid, smoothing_m=smoothing_m, inside=inside)
    assert density.sum() * 0.16 == pytest.approx(metres.sum(), rel=1e-12)
    assert (density[~inside] == 0).all()
    assert (density >= 0).all()


def test_metres_just_outside_are_drawn_in_and_those_far_outside_are_refused() -> None:
    grid = grid_of(10, 40, cell_m=500)
    inside = np.zeros((10, 40), dtype=bool)
    inside[:, :10] = True
    metres = np.zeros((10, 40))
    metres[5, :11] = 500.0
    density = journey_density(metres, grid, smoothing_m=1000, inside=inside)
    assert density.sum() * 0.25 == pytest.approx(5500)
    metres[5, 39] = 1.0
    with pytest.raises(ValueError, match="farther from it than the smoothing reaches"):
        journey_density(metres, grid, smoothing_m=1000, inside=inside)


@pytest.mark.parametrize("cells", [100, 200, 400])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_bands_are_clean_nested_and_hold_their_share(cells: int, seed: int) -> None:
    grid, metres = winding_paths(cells, seed=seed)
    density = journey_density(metres, grid)
    bands = journey_bands(density, grid, shares=[0.8, 0.5, 0.95], speck_km2=6, hole_km2=9)
    assert bands["share"].tolist() == [0.5, 0.8, 0.95]
    assert bands.crs == grid.crs
    part = density / density.sum()
    cell_km2 = (grid.cell_m / 1000) ** 2
    for row in bands.itertuples():
        inside = centres_in(grid, row.geometry)
        assert row.geometry.is_valid
        assert row.geometry.geom_type == "MultiPolygon"
        assert row.share_held == pytest.approx(part[inside].sum(), abs=1e-12)
        # Never less than was asked, and at most one cell's part more.
        assert row.share - 1e-12 <= row.share_held <= row.share + part.max()
        assert row.area_km2 == pytest.approx(inside.sum() * cell_km2, rel=0.02)
        pieces, count = ndimage.label(inside)
        assert np.bincount(pieces.ravel())[1:].min() * cell_km2 >= 6
        holes, _ = ndimage.label(~inside, structure=np.ones((3, 3)))
        rim = np.unique(np.concatenate([holes[0], holes[-1], holes[:, 0], holes[:, -1]]))
        sizes = np.delete(np.bincount(holes.ravel()), np.union1d(rim, [0]))
        assert (sizes * cell_km2 >= 9).all()
        assert count >= len(row.geometry.geoms)
    for small, large in zip(bands.geometry[:-1], bands.geometry[1:], strict=True):
        assert large.buffer(0.01).contains(small)


def test_without_cleaning_the_band_is_the_densest_cells() -> None:
    grid, metres = winding_paths(100, seed=5)
    density = journey_density(metres, grid)
    bands = journey_bands(density, grid, shares=[0.8], speck_km2=0, hole_km2=0, smallest_km2=0)
    inside = centres_in(grid, bands.geometry.iloc[0])
    assert density[inside].min() >= density[~inside].max()
    ordered = np.sort(density.ravel())[::-1].cumsum() / density.sum()
    assert inside.sum() == np.searchsorted(ordered, 0.8) + 1


def test_a_speck_is_left_out_and_the_share_is_made_up_elsewhere() -> None:
    grid = grid_of(40, 40, cell_m=1000)
    across = np.exp(-(((np.arange(40) - 25) / 3.0) ** 2))
    density = np.repeat(across[:, None], 40, axis=1)
    density[4:6, 4:6] = 0.9
    (clean,) = journey_bands(density, grid, shares=[0.8], speck_km2=5).geometry
    (rough,) = journey_bands(density, grid, shares=[0.8], speck_km2=0).geometry
    assert (len(clean.geoms), len(rough.geoms)) == (1, 2)
    held = [density[centres_in(grid, band)].sum() / density.sum() for band in (clean, rough)]
    assert held == pytest.approx([0.8, 0.8], abs=0.01)
    assert min(held) >= 0.8
    assert centres_in(grid, clean)[10:].sum() > centres_in(grid, rough)[10:].sum()


def test_a_small_hole_is_filled_and_a_large_one_stays() -> None:
    grid = grid_of(40, 40, cell_m=1000)
    density = np.ones((40, 40))
    density[10:12, 10:12] = 0.0
    density[25:30, 25:30] = 0.0
    (band,) = journey_bands(density, grid, shares=[1.0], hole_km2=5).geometry
    (holes,) = [len(piece.interiors) for piece in band.geoms]
    assert holes == 1
    assert not centres_in(grid, band)[27, 27]
    assert centres_in(grid, band)[10, 10]


def test_ground_that_is_nowhere_denser_is_shared_out_to_the_cell() -> None:
    grid = grid_of(20, 20, cell_m=1000)
    bands = journey_bands(np.ones((20, 20)), grid, shares=[0.25, 0.5, 1.0])
    assert bands["share_held"].tolist() == pytest.approx([0.25, 0.5, 1.0])
    assert bands["area_km2"].iloc[-1] == pytest.approx(400, rel=0.02)


def test_a_band_is_never_below_the_smallest_size() -> None:
    grid = grid_of(60, 60, cell_m=500)
    metres = np.zeros((60, 60))
    metres[30, 30:32], metres[31, 30] = (500.0, 200.0), 100.0
    density = journey_density(metres, grid)
    bands = journey_bands(density, grid, shares=[0.1, 0.5], smallest_km2=60)
    assert (bands["area_km2"] >= 60).all()
    assert bands["area_km2"].max() < 66
    assert (bands["share_held"] > 0.8).all()
    free = journey_bands(density, grid, shares=[0.5], smallest_km2=0)
    # Half of a round normal density lies within 2 ln 2 variances.
    assert free["area_km2"].item() == pytest.approx(np.pi * 4.04 * 2 * np.log(2), rel=0.03)


def test_the_densest_piece_stays_where_all_are_specks() -> None:
    grid = grid_of(20, 20, cell_m=1000)
    density = np.zeros((20, 20))
    density[3, 3], density[15, 15] = 2.0, 1.0
    bands = journey_bands(density, grid, shares=[0.9], smallest_km2=0)
    assert centres_in(grid, bands.geometry.iloc[0]).nonzero() == (3, 3)
    assert bands["share_held"].item() == pytest.approx(2 / 3)


def test_equal_journeys_on_finer_cells_have_equal_bands() -> None:
    at = {}
    for cells in (100, 200):
        grid, metres = winding_paths(cells, seed=7)
        bands = journey_bands(journey_density(metres, grid), grid).set_index("share")
        at[cells] = bands.geometry
    assert band_overlap(at[100][0.8], at[200][0.8]) > 0.9


def test_overlap_is_that_of_boxes() -> None:
    a, b = shapely.box(0, 0, 3, 1), shapely.box(1, 0, 4, 2)
    assert band_overlap(a, b) == pytest.approx(2 / 7)
    assert band_overlap(a, a) == 1
    assert band_overlap(a, shapely.box(9, 9, 10, 10)) == 0
    with pytest.raises(ValueError, match="without area"):
        band_overlap(shapely.Point(0, 0), shapely.Point(0, 0))


GRID = grid_of(2, 3)
ONES = np.ones((2, 3))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: journey_density(ONES.T, GRID), r"metres has shape \(3, 2\)"),
        (lambda: journey_density(-ONES, GRID), "metres are negative"),
        (lambda: journey_density(ONES, GRID, smoothing_m=-1), "smoothing_m is -1"),
        (lambda: journey_density(ONES, GRID, inside=ONES.T > 0), "inside has shape"),
        (lambda: journey_bands(0 * ONES, GRID), "0 everywhere"),
        (lambda: journey_bands(ONES, GRID, shares=[50]), "shares hold 50"),
        (lambda: journey_bands(ONES, GRID, speck_km2=-1), "smallest size is -1"),
    ],
)
def test_what_is_no_density_is_refused(call: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
