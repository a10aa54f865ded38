"""Accumulated cost from and to raster files."""

from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine

from corridors.cost import GridError, Walk, accumulated_cost, accumulated_cost_raster
from corridors.crs import parse_crs
from corridors.errors import MissingFileError
from corridors.raster import Raster

NORTH_UP = Affine(25, 0, 700000, 0, -50, 4030000)


def write(path: Path, values: np.ndarray, **changes: object) -> Path:
    profile = {
        "driver": "GTiff",
        "dtype": values.dtype,
        "count": 1,
        "height": values.shape[0],
        "width": values.shape[1],
        "crs": "EPSG:32637",
        "transform": NORTH_UP,
        "nodata": -1,
    }
    with rasterio.open(path, "w", **{**profile, **changes}) as file:
        file.write(values, 1)
    return path


def test_a_file_of_costs_becomes_a_file_of_accumulated_costs(tmp_path: Path) -> None:
    cost = np.array([[1.0, -1.0, 2.0], [1.0, 1.0, 3.0]], np.float32)
    source = (700001.0, 4029999.0)
    found = accumulated_cost_raster(write(tmp_path / "cost.tif", cost), [source], units="h")
    plain = accumulated_cost(np.where(cost < 0, np.nan, cost), (0, 0), cell_size=(50, 25))
    assert np.array_equal(found.found.cost, plain.cost)
    found.write(tmp_path / "out.tif")
    with rasterio.open(tmp_path / "out.tif") as file:
        written = file.read(1)
        assert file.transform == NORTH_UP
        assert (file.units, file.tags()["neighbours"]) == (("h",), "8")
    np.testing.assert_array_equal(np.isnan(written), [[False, True, False], [False] * 3])
    assert written[0, 2] == plain.cost[0, 2]
    path = found.path((700074.0, 4029901.0))
    assert path[0].tolist() == [700012.5, 4029975.0]
    assert path[-1].tolist() == [700062.5, 4029925.0]


def test_arrays_lie_where_another_raster_does() -> None:
    like = Raster(np.zeros((3, 3)), NORTH_UP, parse_crs("EPSG:32637"), "elevation")
    found = accumulated_cost_raster(
        Walk(like.values), [(700030.0, 4029990.0)], like=like, targets=[(700030.0, 4029940.0)]
    )
    assert found.raster.values[1, 1] == pytest.approx(0.72 * 50)
    assert np.isnan(found.raster.values[2, 1])
    with pytest.raises(GridError, match=r"the ground has the shape \(2, 3\) and the grid \(3, 3\)"):
        accumulated_cost_raster(Walk(like.values[:2]), [(700030.0, 4029990.0)], like=like)
    with pytest.raises(GridError, match="give like="):
        accumulated_cost_raster(Walk(like.values), [(0.0, 0.0)])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"crs": None}, "declares no coordinate reference system"),
        ({"crs": "EPSG:4326", "transform": Affine(0.1, 0, 40, 0, -0.1, 36)}, "is in degrees"),
        ({"transform": Affine(25, 5, 0, 0, -50, 0)}, "rows do not run from north to south"),
        ({"crs": "EPSG:2263"}, "measures in US survey foot, and costs are per metre"),
    ],
)
def test_a_raster_without_lengths_is_refused(
    changes: dict[str, object], message: str, tmp_path: Path
) -> None:
    path = write(tmp_path / "cost.tif", np.ones((2, 2), np.float32), **changes)
    with pytest.raises(GridError, match=message):
        accumulated_cost_raster(path, [(0.0, 0.0)])


def test_a_place_outside_and_a_file_that_is_none_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "cost.tif", np.ones((2, 2), np.float32))
    with pytest.raises(GridError, match=r"sources\[0\] \(x 0, y 0\) lies outside the raster"):
        accumulated_cost_raster(path, [(0.0, 0.0)])
    with pytest.raises(GridError, match=r"sources\[1\] \(x nan, y 0\) lies outside the raster"):
        accumulated_cost_raster(path, [(700001.0, 4029999.0), (np.nan, 0.0)])
    with pytest.raises(GridError, match=r"sources has the shape \(1, 3\); give \(x, y\) pairs"):
        accumulated_cost_raster(path, [(700001.0, 4029999.0, 0.0)])  # type: ignore[list-item]
    with pytest.raises(MissingFileError, match="cannot be read as a raster"):
        accumulated_cost_raster(tmp_path / "none.tif", [(0.0, 0.0)])
