"""Elevation brought to where sight is computed."""

import numpy as np
import pytest
import shapely
from affine import Affine

from corridors import line_of_sight, sight_elevation
from corridors.crs import parse_crs, project_points
from corridors.elevation import read_elevation
from corridors.errors import CRSError, InputError
from corridors.layers import study_area
from corridors.raster import Raster
from corridors.sample import sample_folder
from corridors.scenario.model import Area
from corridors.sight.surface import bend_of
from tests.sight.grounds import ground_of
from tests.worlds import CRS

LONLAT = parse_crs("EPSG:4326")


def slanted() -> Raster:
    """Return heights of 1000 m for each degree north of 36, in degrees."""
    north = 36.5 - (np.arange(500) + 0.5) * 0.001
    values = np.repeat(1000.0 * (north - 36)[:, None], 500, axis=1)
    return Raster(values, Affine(0.001, 0, 44.0, 0, -0.001, 36.5), LONLAT, "elevation", "m")


def test_heights_come_into_square_cells_of_the_metric_system() -> None:
    bounds = (420_020.0, 4_000_010.0, 425_000.0, 4_010_000.0)
    found = sight_elevation(slanted(), crs=CRS, bounds=bounds, cell_m=90.0)
    west, south, east, north = found.bounds
    assert west <= bounds[0]
    assert south <= bounds[1]
    assert east >= bounds[2]
    assert north >= bounds[3]
    assert found.transform.a == -found.transform.e == 90.0
    rows, columns = np.indices(found.values.shape)
    _, latitude = project_points(
        west + (columns + 0.5) * 90, north - (rows + 0.5) * 90, from_crs=CRS, to_crs=LONLAT
    )
    assert np.allclose(found.values, 1000 * (latitude - 36), atol=0.01)


def test_the_sample_s_elevation_serves_for_sight() -> None:
    area = study_area(Area(bbox=(41.5, 36.2, 42.2, 36.6)))
    bounds = area.polygon.bounds
    source = read_elevation(sample_folder() / "terrain" / "elevation.tif", area, bounds=bounds)
    heights = sight_elevation(source, crs=area.working.crs, bounds=bounds, cell_m=900.0)
    assert np.isfinite(heights.values).all()
    # From the ridge of Sinjar, a thousand metres above the plain, one sees far.
    row, column = np.unravel_index(heights.values.argmax(), heights.values.shape)
    top = (heights.bounds[0] + (column + 0.5) * 900, heights.bounds[3] - (row + 0.5) * 900)
    middle = shapely.box(*heights.bounds).centroid
    found = line_of_sight(
        heights, top, (middle.x, middle.y), observer_height_m=10, target_height_m=500
    )
    assert found["visible"].all()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"crs": LONLAT}, "does not measure in metres"),
        ({"cell_m": 0.0}, "hold no cell"),
        ({"bounds": (5.0, 0.0, 4.0, 10.0)}, "hold no cell"),
        ({"cell_m": 0.001, "bounds": (0.0, 0.0, 1e6, 1e6)}, "do not fit in memory"),
    ],
)
def test_what_cannot_be_a_surface_is_refused(change: dict[str, object], says: str) -> None:
    given = {"crs": CRS, "bounds": (0.0, 0.0, 100.0, 100.0), "cell_m": 10.0, **change}
    with pytest.raises(InputError, match=says):
        sight_elevation(slanted(), **given)


def test_a_metric_surface_in_feet_is_refused() -> None:
    feet = parse_crs("EPSG:2263")
    raster = ground_of(np.zeros((5, 5)))
    other = Raster(raster.values, raster.transform, feet, "elevation", "m")
    with pytest.raises(CRSError, match="does not measure in metres"):
        line_of_sight(other, (0, 0), (1, 1), observer_height_m=1, target_height_m=1)


def test_the_drop_is_the_usual_one() -> None:
    # 0.0675 m at 1 km with k = 1/7 and a mean radius, as tables of levelling have it (0.067).
    assert bend_of(curvature=True, refraction=1 / 7) * 1000**2 == pytest.approx(0.0673, abs=1e-4)
    assert bend_of(curvature=True, refraction=0) * 1000**2 == pytest.approx(0.0785, abs=1e-4)
    assert bend_of(curvature=False, refraction=0) == 0
