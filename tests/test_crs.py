"""Metres are metres, or the system is refused; what PROJ does is recorded."""

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from corridors.crs import (
    LONLAT,
    SCALE_ERROR_MAX,
    area_of_use,
    choose_working_crs,
    parse_crs,
    project,
    project_bounds,
    project_points,
    require_crs,
    require_metric,
    scale_error,
    transformation_used,
)
from corridors.errors import CRSError

SINJAR = (40.5, 35.3, 43.5, 37.4)
SMALL = (41.0, 36.0, 42.0, 36.6)
LOCAL = 'LOCAL_CS["site",UNIT["metre",1]]'


def _points(*xy: tuple[float, float], crs: object = 4326) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=[shapely.Point(*one) for one in xy], crs=crs)


@pytest.mark.parametrize(
    ("bounds", "label"),
    [
        ((44.0, 35.0, 46.0, 37.0), "EPSG:32638"),
        ((20.0, -35.0, 21.0, -34.0), "EPSG:32734"),
        ((0.0, 83.5, 1.0, 84.0), "EPSG:32631"),
        ((-75.0, 40.0, -74.0, 41.0), "EPSG:32618"),
        ((-180.0, 60.0, -178.0, 61.0), "EPSG:32601"),
        ((178.0, 60.0, 180.0, 61.0), "EPSG:32660"),
        (SINJAR, "Lambert azimuthal equal-area at 42.00 E, 36.35 N"),
        ((-1.0, -1.0, 1.0, 1.0), "Lambert azimuthal equal-area at 0.00 E, 0.00 N"),
        ((0.0, 84.0, 1.0, 85.0), "Lambert azimuthal equal-area at 0.50 E, 84.50 N"),
        ((-60.0, -90.0, -58.0, -89.0), "Lambert azimuthal equal-area at 59.00 W, 89.50 S"),
        ((0.0, 89.0, 10.0, 90.0), "Lambert azimuthal equal-area at 5.00 E, 89.50 N"),
    ],
)
def test_a_metric_system_is_chosen_everywhere_on_earth(
    bounds: tuple[float, float, float, float], label: str
) -> None:
    working = choose_working_crs(bounds)

    assert working.label == label
    assert working.scale_error <= SCALE_ERROR_MAX
    assert {axis.unit_name for axis in working.crs.axis_info} == {"metre"}


@pytest.mark.parametrize("bounds", [(-30.0, -30.0, 60.0, 36.0), (-180.0, -90.0, 180.0, 90.0)])
def test_an_area_too_large_for_one_system_is_refused(
    bounds: tuple[float, float, float, float],
) -> None:
    with pytest.raises(CRSError, match="too large for one metric system"):
        choose_working_crs(bounds)


@pytest.mark.parametrize(
    ("requested", "said"),
    [
        ("EPSG:4326", "is in degrees"),
        ("EPSG:2263", "US survey foot"),
        ("EPSG:4978", "is no map projection"),
        ("EPSG:5773", "is no map projection"),
        (LOCAL, "is no map projection"),
        ("EPSG:3857", "lengths are up to 24"),
        ("EPSG:32617", "lengths are"),
        ("EPSG:32661", "lengths are up to 25"),
        ("", "is not known"),
        ("EPSG:999999", "is not known"),
        ("a\x00b", "is not known"),
    ],
)
def test_a_working_system_whose_metres_are_none_is_refused(requested: str, said: str) -> None:
    with pytest.raises(CRSError, match=said):
        choose_working_crs(SMALL, requested=requested)


@pytest.mark.parametrize("requested", ["EPSG:32637", "32637", "+proj=utm +zone=37 +datum=WGS84"])
def test_a_working_system_that_fits_is_taken_as_asked(requested: str) -> None:
    working = choose_working_crs(SMALL, requested=requested)

    assert working.label == requested
    assert working.scale_error < 0.0006


@pytest.mark.parametrize("junk", [None, [], {}, object(), 10**20, b"x"])
def test_what_is_no_system_at_all_is_refused(junk: object) -> None:
    with pytest.raises(CRSError, match="is not known"):
        parse_crs(junk)


def test_the_scale_error_of_utm_is_that_of_its_central_meridian() -> None:
    narrow = (38.99, 36.0, 39.01, 36.1)

    assert scale_error(parse_crs(32637), narrow) == pytest.approx(0.0004, abs=1e-6)


@given(st.floats(-179, 177), st.floats(-80, 78), st.floats(0.1, 2), st.floats(0.1, 2))
@settings(max_examples=60)
def test_the_scale_error_bounds_a_length_measured_on_the_ellipsoid(
    west: float, south: float, width: float, height: float
) -> None:
    bounds = (west, south, west + width, south + height)
    working = choose_working_crs(bounds)
    lon = np.array([west, west + width / 100])
    lat = np.array([south, south + height / 100])

    x, y = project_points(lon, lat, from_crs=LONLAT, to_crs=working.crs)

    true_m = pyproj.Geod(ellps="WGS84").line_length(lon, lat)
    assert abs(np.hypot(x[1] - x[0], y[1] - y[0]) / true_m - 1) <= working.scale_error + 1e-5


def test_metres_are_required_by_name() -> None:
    with pytest.raises(CRSError, match="posts is in degrees"):
        require_metric(_points((41, 36)), name="posts")
    with pytest.raises(CRSError, match="posts measures in US survey foot"):
        require_metric(_points((0, 0), crs=2263), name="posts")
    assert require_metric(_points((0, 0), crs=32637), name="posts").to_epsg() == 32637


def test_a_missing_system_is_refused_by_name() -> None:
    with pytest.raises(CRSError, match="posts has no coordinate reference system; declare it"):
        require_crs(_points((41, 36), crs=None), name="posts")


@pytest.mark.parametrize("crs", [5773, 4978, LOCAL])
def test_a_system_that_places_nothing_on_a_map_is_refused(crs: object) -> None:
    with pytest.raises(CRSError, match="places nothing on a map"):
        project(_points((41, 36), crs=crs), to_crs=32637)


def test_projecting_leaves_the_layer_as_it_was_and_keeps_index_and_columns() -> None:
    posts = _points((41.87, 36.32)).assign(name="A").set_index(np.array([7]))
    before = posts.copy()

    moved = project(posts, to_crs="EPSG:32637")

    assert posts.equals(before)
    assert moved.index.tolist() == [7]
    assert moved["name"].tolist() == ["A"]
    assert moved.geometry.iloc[0].x == pytest.approx(757_649.66, abs=0.01)
    assert moved.geometry.iloc[0].y == pytest.approx(4_023_265.99, abs=0.01)


@pytest.mark.parametrize("epsg", [4326, 2193, 31467, 32637, 5514])
def test_axes_are_x_and_y_whatever_the_authority_says(epsg: int) -> None:
    there = {2193: (174.0, -41.0), 31467: (9.0, 50.0), 5514: (15.0, 50.0)}.get(epsg, (39.0, 36.0))

    back = project(project(_points(there), to_crs=epsg), to_crs=4326)

    assert (back.geometry.iloc[0].x, back.geometry.iloc[0].y) == pytest.approx(there, abs=1e-5)


def test_without_a_target_a_metric_system_is_chosen() -> None:
    assert project(_points((44, 35), (46, 37))).crs.to_epsg() == 32638


def test_a_layer_without_coordinates_has_no_metric_system() -> None:
    with pytest.raises(CRSError, match="has no coordinates to choose a metric system for"):
        project(gpd.GeoDataFrame(geometry=[], crs=4326))
    assert project(gpd.GeoDataFrame(geometry=[], crs=4326), to_crs=32637).empty


def test_a_coordinate_out_of_this_world_is_refused_with_its_row() -> None:
    with pytest.raises(CRSError, match="posts, row 1: the coordinates POINT"):
        project(_points((41, 36), (41, 99)), to_crs=32637, name="posts")


def test_empty_and_missing_shapes_pass() -> None:
    posts = gpd.GeoDataFrame(geometry=[None, shapely.Point(), shapely.Point(41, 36)], crs=4326)

    moved = project(posts, to_crs=32637).geometry.to_numpy()

    assert shapely.is_missing(moved).tolist() == [True, False, False]
    assert shapely.is_empty(moved).tolist() == [False, True, False]


def test_a_box_is_projected_with_its_curved_sides() -> None:
    bounds = project_bounds(SINJAR, from_crs=LONLAT, to_crs=choose_working_crs(SINJAR).crs)
    north_y = project_points(
        np.array([40.5, 42.0]),
        np.array([37.4, 37.4]),
        from_crs=LONLAT,
        to_crs=choose_working_crs(SINJAR).crs,
    )[1]

    assert bounds[3] == pytest.approx(north_y.max(), abs=1)


def test_the_transformation_is_recorded() -> None:
    used = transformation_used(4326, 32637)

    assert (used.source, used.target) == ("WGS 84", "WGS 84 / UTM zone 37N")
    assert "UTM zone 37N" in used.description
    assert used.accuracy_m == 0.0
    assert used.best_available


def test_among_several_transformations_that_of_the_place_is_recorded() -> None:
    used = transformation_used(4230, 32637, bounds_lonlat=SMALL)

    assert "ED50 to WGS 84 (30)" in used.description
    assert used.accuracy_m == 2.0


def test_a_working_system_is_named_by_its_label() -> None:
    working = choose_working_crs(SINJAR)

    used = transformation_used(4230, working.crs, bounds_lonlat=SINJAR, target_name=working.label)

    assert used.target == working.label
    assert used.description.endswith(f" + {working.label}")
    assert "unknown" not in used.description
    assert transformation_used(4326, 32637, target_name="x").target == "WGS 84 / UTM zone 37N"
    nameless = transformation_used("+proj=utm +zone=38 +ellps=intl", working.crs)
    assert nameless.source.startswith("a nameless system (ellipsoid International 1924")


@pytest.mark.parametrize("source", [4326, "OGC:CRS84", 32637, "+proj=longlat +datum=WGS84"])
def test_within_one_datum_nothing_is_lost(source: object) -> None:
    assert transformation_used(source, choose_working_crs(SINJAR).crs).accuracy_m == 0.0


def test_a_system_is_made_for_an_area() -> None:
    assert area_of_use(parse_crs(32637)) == (36.0, 0.0, 42.0, 84.0)
    assert area_of_use(parse_crs(3857)) is None
    assert area_of_use(parse_crs("+proj=utm +zone=38 +ellps=intl")) is None
    new_zealand = area_of_use(parse_crs(2193))
    assert new_zealand is not None
    assert new_zealand[0] < new_zealand[2]
    fiji = area_of_use(parse_crs(3460))  # over the 180th meridian
    assert fiji is not None
    assert 176 < fiji[0] < 180 < fiji[2] < 183


def test_a_better_transformation_that_is_not_installed_is_recorded_without_a_warning() -> None:
    used = transformation_used(4267, 32613, bounds_lonlat=(-105.0, 39.0, -104.0, 40.0))

    assert not used.best_available


def test_no_way_between_two_systems_is_an_error_of_ours() -> None:
    with pytest.raises(CRSError, match="no way is known from site"):
        project_points(np.zeros(1), np.zeros(1), from_crs=LOCAL, to_crs=LONLAT)
    with pytest.raises(CRSError, match="no way is known from EGM96 height"):
        transformation_used(5773, 32637)
