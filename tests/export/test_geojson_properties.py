"""Whatever geometry goes in, the file is RFC 7946 and no row is lost."""

import geopandas as gpd
import numpy as np
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st
from shapely import LineString, MultiLineString, MultiPolygon, Point, Polygon

from corridors.crs import project
from corridors.export import lonlat_geometries, to_geojson
from tests.export.rfc7946 import assert_collection

Coordinates = list[tuple[float, float]]

longitudes = st.one_of(
    st.floats(-180, 180), st.sampled_from([-180.0, 180.0, 0.0, 179.9999999, -179.9999999])
)
latitudes = st.one_of(st.floats(-90, 90), st.sampled_from([-90.0, 90.0, 89.9999999]))
places = st.tuples(longitudes, latitudes)
# A grid so fine that rounding to 6 decimals makes points fall together and edges touch.
fine = st.integers(-40, 40).map(lambda step: step * 2.7e-7)
small = st.tuples(fine, fine)


def rings(points: st.SearchStrategy[tuple[float, float]]) -> st.SearchStrategy[Coordinates]:
    return st.lists(points, min_size=3, max_size=8, unique=True)


def star(centre: tuple[float, float], reach: list[float]) -> Polygon:
    """Return a simple polygon round a centre, one corner for each radius."""
    angles = np.linspace(0, 2 * np.pi, len(reach), endpoint=False)
    rays = np.column_stack([np.cos(angles), np.sin(angles)])
    return Polygon(np.array(centre) + rays * np.array(reach)[:, None])


def star_on_earth(centre: tuple[float, float], reach: list[float]) -> Polygon:
    return shapely.transform(star(centre, reach), lambda xy: np.clip(xy, (-360, -90), (360, 90)))


radii = st.lists(st.floats(1e-7, 8), min_size=3, max_size=12)


def check(geometry: shapely.Geometry, crs: object = 4326) -> shapely.Geometry | None:
    layer = gpd.GeoDataFrame({"id": ["a"]}, geometry=[geometry], crs=crs)
    assert_collection(to_geojson(layer))
    found = lonlat_geometries(layer)
    (written,) = found.geometries
    assert found.report.collapsed == ((0,) if written is None else ())
    if written is not None:
        assert written.is_valid
        assert shapely.get_dimensions(written) == shapely.get_dimensions(geometry)
    return written


@given(rings(small))
@example([(0.0, 5.67e-06), (-5.4e-07, 4.59e-06), (-13 * 2.7e-07, 6 * 2.7e-07)])  # then in a row
def test_tiny_polygons_that_rounding_breaks(ring: Coordinates) -> None:
    check(Polygon(ring))


@given(st.lists(rings(small), min_size=1, max_size=4))
def test_tiny_multipolygons_that_overlap(many: list[Coordinates]) -> None:
    check(MultiPolygon([Polygon(ring) for ring in many]))


@given(st.lists(small, min_size=2, max_size=8))
def test_tiny_lines(points: Coordinates) -> None:
    check(LineString(points))


@given(st.lists(st.lists(places, min_size=2, max_size=6), min_size=1, max_size=3))
def test_lines_all_over_the_world(lines: list[Coordinates]) -> None:
    check(MultiLineString(lines))


@given(places, radii)
@settings(max_examples=300)
def test_areas_anywhere_keep_their_size(centre: tuple[float, float], reach: list[float]) -> None:
    area = star_on_earth(centre, reach)
    written = check(area)
    # Corners were clipped at the poles, so some areas are invalid, and are mended.
    if written is not None and area.is_valid:
        assert abs(written.area - area.area) <= 1e-6 * (area.length + 1)


@given(st.tuples(st.floats(150, 210), st.floats(-60, 60)), radii, st.floats(0.1, 0.9))
def test_areas_with_a_hole_over_the_antimeridian(
    centre: tuple[float, float], reach: list[float], share: float
) -> None:
    rim = star(centre, reach)
    hole = star(centre, [share * radius for radius in reach])
    area = Polygon(rim.exterior, [hole.exterior])
    written = check(area)
    if written is not None and area.is_valid:
        assert abs(written.area - area.area) <= 1e-6 * (area.length + 1)


@given(
    st.sampled_from([3995, 3031]),
    st.tuples(st.floats(-3e5, 3e5), st.floats(-3e5, 3e5)),
    st.lists(st.floats(1e3, 2e6), min_size=3, max_size=16),
)
def test_areas_in_metres_near_the_poles(
    crs: int, centre: tuple[float, float], reach: list[float]
) -> None:
    area = star(centre, reach)
    if area.is_valid:
        written = check(area, crs=crs)
        assert written is not None


@given(st.lists(st.tuples(places, st.floats(-1000, 9000)), min_size=1, max_size=5))
def test_points_with_heights(points: list[tuple[tuple[float, float], float]]) -> None:
    solid = gpd.GeoDataFrame(geometry=[Point(*place, height) for place, height in points], crs=4326)
    assert_collection(to_geojson(solid))
    assert lonlat_geometries(solid).report.unchanged


@given(st.floats(-400_000, 400_000), st.floats(-300_000, 300_000), radii)
def test_there_and_back_is_the_same_place(x: float, y: float, reach: list[float]) -> None:
    laea = "+proj=laea +lat_0=36.35 +lon_0=42 +datum=WGS84 +units=m +type=crs"
    area = star((x, y), [1000 * radius + 10 for radius in reach])
    written = check(area, crs=laea)
    assert written is not None
    back = project(gpd.GeoDataFrame(geometry=[written], crs=4326), to_crs=laea).geometry.iloc[0]
    assert shapely.hausdorff_distance(back, area) < 0.2
