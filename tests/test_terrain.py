"""The working grid, heights and slopes on it, and the memory that it will need."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from corridors.crs import project_points
from corridors.errors import LayerError, ScenarioError
from corridors.layers import StudyArea, study_area
from corridors.memory import available_bytes, graph_bytes, require_memory
from corridors.scenario.model import Area
from corridors.terrain import Grid, Terrain, read_terrain, working_grid
from tests.worlds import CRS, grid_of, terrain_of

GIB = 2**30


@pytest.fixture(scope="module")
def area() -> StudyArea:
    return study_area(Area(bbox=(41.0, 36.0, 42.0, 36.6)))


def _plane(grid: Grid, east: float, north: float) -> NDArray[np.float64]:
    x, y = grid.centres()
    return (100 + east * x + north * y).reshape(grid.rows, grid.columns)


def test_cells_are_numbered_row_by_row_from_the_north() -> None:
    grid = grid_of(3, 4, 100.0)
    x, y = grid.centres()

    assert (x[0], y[0]) == (50.0, 250.0)
    assert (x[-1], y[-1]) == (350.0, 50.0)
    assert grid.cell_of(x, y).tolist() == list(range(12))
    assert grid.bounds == (0.0, 0.0, 400.0, 300.0)


@pytest.mark.parametrize("x", [-0.1, 400.0, np.nan, np.inf, -np.inf, 1e300])
def test_a_point_off_the_grid_is_in_no_cell(x: float) -> None:
    assert grid_of(3, 4, 100.0).cell_of(np.array([x]), np.array([50.0])).tolist() == [-1]


@given(st.floats(50, 1950), st.floats(50, 1950))
def test_heights_on_a_plane_are_those_of_the_plane(x: float, y: float) -> None:
    grid = grid_of()
    terrain = terrain_of(grid, _plane(grid, 0.1, -0.05))

    found = terrain.heights_at(np.array([x]), np.array([y]))

    assert found[0] == pytest.approx(100 + 0.1 * x - 0.05 * y)


def test_heights_beyond_the_outermost_centres_are_those_of_the_rim() -> None:
    grid = grid_of()
    terrain = terrain_of(grid, _plane(grid, 0.1, 0.0))

    found = terrain.heights_at(np.array([0.0, 2000.0]), np.array([1000.0, 1000.0]))

    assert found.tolist() == pytest.approx([105.0, 295.0])


def test_heights_next_to_a_gap_are_unknown() -> None:
    heights = np.zeros((20, 20))
    heights[10, 10] = np.nan

    found = terrain_of(grid_of(), heights).heights_at(
        np.array([1040.0, 500.0]), np.array([960.0] * 2)
    )

    assert np.isnan(found).tolist() == [True, False]


@pytest.mark.parametrize(("east", "north"), [(0.1, 0.0), (0.0, 0.2), (0.3, 0.4), (0.0, 0.0)])
def test_the_slope_of_a_plane_is_its_own_everywhere(east: float, north: float) -> None:
    grid = grid_of()
    slope = terrain_of(grid, _plane(grid, east, north)).slope_deg

    np.testing.assert_allclose(slope, np.degrees(np.arctan(np.hypot(east, north))), atol=1e-9)


def test_the_slope_next_to_a_gap_is_unknown() -> None:
    heights = np.zeros((20, 20))
    heights[10, 10] = np.nan

    slope = terrain_of(grid_of(), heights).slope_deg

    assert np.isnan(slope[10, 9])
    assert slope[5, 5] == 0


def test_cells_outside_or_without_height_cannot_be_walked() -> None:
    heights = np.zeros((2, 2))
    heights[0, 0] = np.nan
    inside = np.array([[True, True], [False, True]])

    terrain = Terrain(grid_of(2, 2), heights, inside, 1, 100.0)

    assert terrain.walkable.tolist() == [[False, True], [False, True]]


def test_the_grid_covers_the_area_and_lies_at_multiples_of_the_cell(area: StudyArea) -> None:
    grid = working_grid(area, cell_m=700)
    west, south, east, north = grid.bounds
    left, bottom, right, top = area.polygon.bounds

    assert west <= left
    assert south <= bottom
    assert east >= right
    assert north >= top
    assert west % 700 == 0
    assert north % 700 == 0


def test_a_cell_too_large_for_the_area_is_refused_with_one_that_fits(area: StudyArea) -> None:
    with pytest.raises(ScenarioError, match=r"the area is 91.5 by 68.9 km; take 17"):
        working_grid(area, cell_m=40_000)


def test_a_grid_that_does_not_fit_in_memory_is_refused_with_one_that_fits() -> None:
    with pytest.raises(ScenarioError, match=r"8.0 GiB are free; cell_m = 32 would fit"):
        require_memory(40_000_000, cell_m=10, free=8 * GIB)

    require_memory(3_900_000, cell_m=32, free=8 * GIB)


@given(st.integers(1, 10**12), st.floats(5, 50_000), st.sampled_from([8, 16]), st.integers(1, 500))
def test_the_cell_that_is_named_does_fit(
    cells: int, cell_m: float, neighbours: int, journeys: int
) -> None:
    try:
        require_memory(cells, cell_m=cell_m, neighbours=neighbours, journeys=journeys, free=4 * GIB)
    except ScenarioError as error:
        fits = float(str(error).split("; cell_m = ")[1].split(" would fit")[0])
        fewer = int(cells * (cell_m / fits) ** 2)
        assert graph_bytes(fewer, neighbours=neighbours, journeys=journeys) <= 4 * GIB * 1.0001


def test_memory_that_is_not_known_stops_nothing() -> None:
    assert available_bytes() is None or available_bytes() > 0
    require_memory(1, cell_m=5, free=None)


def _write(path: Path, values: NDArray[Any], transform: Affine, **profile: Any) -> Path:
    settings = {
        "driver": "GTiff",
        "count": 1,
        "height": values.shape[0],
        "width": values.shape[1],
        "dtype": values.dtype,
        "crs": "EPSG:4326",
        "transform": transform,
        **profile,
    }
    with rasterio.open(path, "w", **settings) as file:
        file.write(values, 1)
    return path


def _lonlat_plane(step: float) -> tuple[NDArray[np.float64], Affine]:
    """Heights that rise 100 m a degree eastward and 200 m northward, from 0 at 41 E, 36 N."""
    west, north = 40.8, 36.8
    columns, rows = round(1.4 / step), round(1.0 / step)
    lon = west + (np.arange(columns) + 0.5) * step
    lat = north - (np.arange(rows) + 0.5) * step
    return 100 * (lon[None] - 41) + 200 * (lat[:, None] - 36), Affine(
        step, 0, west, 0, -step, north
    )


def _expected(grid: Grid) -> NDArray[np.float64]:
    lon, lat = project_points(*grid.centres(), from_crs=grid.crs, to_crs="EPSG:4326")
    return (100 * (lon - 41) + 200 * (lat - 36)).reshape(grid.rows, grid.columns)


@pytest.mark.parametrize("step", [0.05, 0.01, 0.004, 0.002, 0.0007])
def test_a_plane_is_read_as_it_is_at_any_resolution(
    tmp_path: Path, area: StudyArea, step: float
) -> None:
    heights, transform = _lonlat_plane(step)
    grid = working_grid(area, cell_m=2000)

    terrain = read_terrain(_write(tmp_path / "z.tif", heights, transform), area, grid)

    assert terrain.gaps == 0
    assert terrain.source_cell_m == pytest.approx(step * 99_900, rel=0.02)
    error = np.abs(terrain.elevation_m - _expected(grid))[terrain.inside]
    assert error.max() < 0.05


def test_a_finer_source_is_averaged_and_a_coarser_one_is_not(
    tmp_path: Path, area: StudyArea
) -> None:
    chess = (np.indices((500, 700)).sum(axis=0) % 2 * 100).astype(float)
    grid = working_grid(area, cell_m=2000)
    fine = Affine(0.002, 0, 40.8, 0, -0.002, 36.8)

    terrain = read_terrain(_write(tmp_path / "z.tif", chess, fine), area, grid)

    assert abs(terrain.elevation_m[terrain.inside] - 50).max() < 5
    coarse = working_grid(area, cell_m=100)
    sharp = read_terrain(tmp_path / "z.tif", area, coarse).elevation_m
    assert np.nanmax(sharp) > 90


@pytest.mark.parametrize(
    "transform",
    [Affine(0.01, 0, 40.8, 0, 0.01, 35.8), Affine(-0.01, 0, 42.2, 0, -0.01, 36.8)],
    ids=["south up", "mirrored"],
)
def test_a_raster_may_run_in_any_direction(
    tmp_path: Path, area: StudyArea, transform: Affine
) -> None:
    column, row = np.meshgrid(np.arange(140) + 0.5, np.arange(100) + 0.5)
    lon = transform.a * column + transform.c
    lat = transform.e * row + transform.f
    grid = working_grid(area, cell_m=2000)
    path = _write(tmp_path / "z.tif", 100 * (lon - 41) + 200 * (lat - 36), transform)

    terrain = read_terrain(path, area, grid)

    assert np.abs(terrain.elevation_m - _expected(grid))[terrain.inside].max() < 0.1


def test_a_turned_raster_is_read_in_its_place(tmp_path: Path, area: StudyArea) -> None:
    step, angle = 0.01, np.radians(20)
    cos, sin = step * np.cos(angle), step * np.sin(angle)
    transform = Affine(cos, sin, 40.4, sin, -cos, 36.8)
    column, row = np.meshgrid(np.arange(220) + 0.5, np.arange(200) + 0.5)
    lon = transform.a * column + transform.b * row + transform.c
    lat = transform.d * column + transform.e * row + transform.f
    path = _write(tmp_path / "z.tif", 100 * (lon - 41) + 200 * (lat - 36), transform)
    grid = working_grid(area, cell_m=2000)

    terrain = read_terrain(path, area, grid)

    assert terrain.gaps == 0
    assert np.abs(terrain.elevation_m - _expected(grid))[terrain.inside].max() < 0.1


def test_only_the_part_around_the_area_is_read(tmp_path: Path, area: StudyArea) -> None:
    world = np.zeros((1800, 3600), dtype="int16")
    world[0, 0] = 32767  # far away, and no height: it must not matter
    path = _write(tmp_path / "z.tif", world, Affine(0.1, 0, -180, 0, -0.1, 90))

    assert read_terrain(path, area, working_grid(area, cell_m=2000)).gaps == 0


def test_stored_values_are_scaled_and_counted_from_their_base(
    tmp_path: Path, area: StudyArea
) -> None:
    path = _write(
        tmp_path / "z.tif",
        np.full((100, 140), 4000, dtype="int16"),
        Affine(0.01, 0, 40.8, 0, -0.01, 36.8),
    )
    with rasterio.open(path, "r+") as file:
        file.scales, file.offsets = (0.1,), (-100.0,)

    terrain = read_terrain(path, area, working_grid(area, cell_m=2000))

    assert terrain.elevation_m[terrain.inside] == pytest.approx(300.0)


def test_gaps_stay_gaps_and_are_counted(tmp_path: Path, area: StudyArea) -> None:
    heights = np.full((100, 140), 300.0)
    heights[40:60, 60:80] = -9999
    path = _write(tmp_path / "z.tif", heights, Affine(0.01, 0, 40.8, 0, -0.01, 36.8), nodata=-9999)
    grid = working_grid(area, cell_m=2000)

    terrain = read_terrain(path, area, grid)

    assert terrain.gaps == int((terrain.inside & np.isnan(terrain.elevation_m)).sum()) > 50
    assert np.nanmin(terrain.elevation_m) == pytest.approx(300.0)
    with pytest.raises(LayerError, match="has no elevation in"):
        read_terrain(path, area, grid, refuse_gaps=True)


def test_the_raster_says_what_it_is() -> None:
    raster = terrain_of(grid_of()).raster()

    assert raster.crs == CRS
    assert (raster.name, raster.units) == ("elevation", "m")
    assert raster.bounds == (0.0, 0.0, 2000.0, 2000.0)
