"""Buffers are true metres wherever they are, and what lies in them is counted exactly."""

import itertools

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod
from shapely import LineString, MultiPolygon, Point, Polygon, box

from corridors.buffers import buffer, buffer_contents
from corridors.errors import CRSError, LayerError

UTM = "EPSG:32637"
GEOD = Geod(ellps="WGS84")


def points_at(*lonlat: tuple[float, float]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"name": [f"p{n}" for n in range(len(lonlat))]},
        geometry=[Point(xy) for xy in lonlat],
        crs=4326,
    )


def geodesic_area_km2(polygon: shapely.Geometry) -> float:
    return sum(
        abs(GEOD.geometry_area_perimeter(part)[0]) for part in shapely.get_parts(polygon)
    ) / (1e6)


# Radius and area


@pytest.mark.parametrize("lonlat", [(41.87, 36.32), (25.0, 70.0), (10.0, 0.0), (-60.0, -55.0)])
@pytest.mark.parametrize("radius_m", [100, 5_000, 50_000])
@pytest.mark.parametrize("crs", [4326, 3857, 32637])
def test_a_buffer_is_the_geodesic_circle(
    lonlat: tuple[float, float], radius_m: float, crs: int
) -> None:
    if crs == 32637 and lonlat[0] != 41.87:
        lonlat = (39.0, lonlat[1])
    rings = buffer(points_at(lonlat).to_crs(crs), radius_m)

    assert rings.crs.to_epsg() == crs
    rim = shapely.get_coordinates(rings.to_crs(4326).geometry.iloc[0])
    away = GEOD.inv(*np.broadcast_arrays(*lonlat, *rim.T))[2]
    assert away == pytest.approx(radius_m, rel=0.0015)
    circle = np.pi * radius_m**2 / 1e6
    assert rings["area_km2"].iloc[0] == pytest.approx(circle, rel=0.005)
    assert geodesic_area_km2(rings.to_crs(4326).geometry.iloc[0]) == pytest.approx(
        circle, rel=0.005
    )


@pytest.mark.parametrize("segments", [4, 6, 8, 16, 64])
def test_the_area_is_right_with_few_segments(segments: int) -> None:
    rings = buffer(points_at((39.0, 36.0)), 10_000, segments=segments)

    assert rings["area_km2"].iloc[0] == pytest.approx(100 * np.pi, rel=0.002)


def test_the_stated_area_is_that_on_the_ellipsoid() -> None:
    for crs in (4326, 32637, 3857):
        rings = buffer(points_at((42.5, 36.0)).to_crs(crs), 20_000)
        measured = geodesic_area_km2(rings.to_crs(4326).geometry.iloc[0])
        assert rings["area_km2"].iloc[0] == pytest.approx(measured, rel=1e-4)


@pytest.mark.parametrize("latitude", [0.0, 36.0, 70.0])
def test_a_buffer_of_a_line_is_a_band_with_round_ends(latitude: float) -> None:
    # A meridian is a geodesic: 40 km of it, 1 km to each side.
    east, north, _ = GEOD.fwd(20.0, latitude, 0, 40_000)
    line = gpd.GeoDataFrame(geometry=[LineString([(20.0, latitude), (east, north)])], crs=4326)
    (area,) = buffer(line, 1000, segments=4)["area_km2"]

    assert area == pytest.approx(40 * 2 + np.pi, rel=0.005)


def test_a_long_line_is_followed_as_it_is_drawn() -> None:
    # A parallel is straight in degrees; its middle lies 900 m from the geodesic.
    line = gpd.GeoDataFrame(geometry=[LineString([(40.0, 36.0), (43.0, 36.0)])], crs=4326)
    (ring,) = buffer(line, 500).geometry

    for longitude in (40.5, 41.5, 42.5):
        assert shapely.contains(ring, Point(longitude, 36.0))
        south, north = ring.intersection(LineString([(longitude, 35), (longitude, 37)])).bounds[
            1::2
        ]
        assert GEOD.inv(longitude, south, longitude, north)[2] == pytest.approx(1000, rel=0.002)


def test_a_buffer_of_a_polygon_holds_it() -> None:
    square = gpd.GeoDataFrame(geometry=[box(500_000, 4e6, 510_000, 4.01e6)], crs=UTM)
    (area,) = buffer(square, 1000)["area_km2"]

    assert area == pytest.approx(100 + 40 + np.pi, rel=0.005)


def test_a_layer_as_wide_as_the_world_has_true_metres_everywhere() -> None:
    wide = points_at((-120, 45), (0, 0), (41.87, 36.32), (150, -60), (20, 70))
    rings = buffer(wide, 10_000)

    for ring, point in zip(rings.geometry, wide.geometry, strict=True):
        rim = shapely.get_coordinates(ring)
        away = GEOD.inv(*np.broadcast_arrays(point.x, point.y, *rim.T))[2]
        assert away == pytest.approx(10_000, rel=0.0015)
    assert rings["area_km2"].to_numpy() == pytest.approx(100 * np.pi, rel=0.005)


def test_a_buffer_over_longitude_180_is_cut_there() -> None:
    (ring,) = buffer(points_at((179.95, 10)), 20_000).geometry

    assert isinstance(ring, MultiPolygon)
    assert ring.bounds[0] == -180
    assert ring.bounds[2] == 180
    assert geodesic_area_km2(ring) == pytest.approx(400 * np.pi, rel=0.005)


def test_index_columns_and_input_are_kept() -> None:
    posts = points_at((41.0, 36.0), (42.0, 36.5)).set_index(pd.Index(["a", "b"]))
    before = posts.copy()
    rings = buffer(posts, 1000)

    assert posts.equals(before)
    assert rings.index.tolist() == ["a", "b"]
    assert rings["name"].tolist() == ["p0", "p1"]
    assert rings["radius_m"].tolist() == [1000, 1000]


def test_radii_come_from_a_column_or_a_series() -> None:
    posts = points_at((41.0, 36.0), (42.0, 36.5)).assign(range_m=[1000, 2000])

    by_column = buffer(posts, "range_m")
    assert by_column["area_km2"].tolist() == pytest.approx([np.pi, 4 * np.pi], rel=0.005)
    assert buffer(posts, posts["range_m"]).equals(by_column)


def test_dissolving_merges_what_overlaps_and_keeps_radii_apart() -> None:
    posts = gpd.GeoDataFrame(
        {"range_m": [1000.0, 1000.0, 500.0], "side": ["a", "b", "a"]},
        geometry=[Point(5e5, 4e6), Point(5e5, 4e6), Point(5e5, 4e6)],
        crs=UTM,
    )

    merged = buffer(posts, "range_m", dissolve=True)
    assert merged["radius_m"].tolist() == [500, 1000]
    assert merged["members"].tolist() == [1, 2]
    assert merged["area_km2"].tolist() == pytest.approx([np.pi / 4, np.pi], rel=0.005)
    apart = buffer(posts, "range_m", dissolve=True, by="side")
    assert list(zip(apart["side"], apart["radius_m"], strict=True)) == [
        ("a", 500),
        ("a", 1000),
        ("b", 1000),
    ]


def test_a_wide_layer_can_be_dissolved() -> None:
    merged = buffer(points_at((-100, 40), (100, 40), (100, 40)), 1000, dissolve=True)

    assert len(merged) == 1
    assert merged["area_km2"].iloc[0] == pytest.approx(2 * np.pi, rel=0.005)


def test_an_empty_layer_has_no_buffers() -> None:
    for dissolve in (False, True):
        rings = buffer(points_at(), 1000, dissolve=dissolve)
        assert len(rings) == 0
        assert {"radius_m", "area_km2"} <= set(rings.columns)


@pytest.mark.parametrize("radius", [0, -5, np.nan, np.inf, 1_000_001])
def test_a_radius_that_makes_no_sense_is_refused_by_row(radius: float) -> None:
    posts = points_at((41.0, 36.0), (42.0, 36.5)).assign(range_m=[1000, radius])

    with pytest.raises(LayerError, match="row 1: the radius is"):
        buffer(posts, "range_m")
    with pytest.raises(LayerError, match="rows 0 and 1: the radius is"):
        buffer(posts, radius)


def test_what_cannot_be_buffered_is_refused() -> None:
    posts = points_at((41.0, 36.0))
    with pytest.raises(CRSError, match="no coordinate reference system"):
        buffer(posts.set_crs(None, allow_override=True), 1000)
    with pytest.raises(LayerError, match="row 0: there is no geometry"):
        buffer(gpd.GeoDataFrame(geometry=[None], crs=4326), 1000)
    with pytest.raises(LayerError, match="no column 'range'"):
        buffer(posts, "range")
    with pytest.raises(LayerError, match="on another index"):
        buffer(posts, pd.Series([1000.0], index=[7]))
    with pytest.raises(ValueError, match="segments is 3"):
        buffer(posts, 1000, segments=3)
    around = gpd.GeoDataFrame(geometry=[LineString([(-170, 0), (170, 10)])], crs=4326)
    with pytest.raises(CRSError, match=r"the layer, row 0: .*too large"):
        buffer(around, 1000)


# Contents


def squares(*boxes: tuple[float, float, float, float], **columns: object) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(dict(columns), geometry=[box(*corners) for corners in boxes], crs=UTM)


def incidents_at(
    *xy: tuple[float, float], precision_m: object = 0.0, **columns: object
) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"location_precision_m": precision_m} | columns,
        geometry=[Point(point) for point in xy],
        index=range(len(xy)),
        crs=UTM,
    )


HALF_PLANE = squares((-1e5, -1e5, 0, 1e5))


def test_points_are_inside_or_not() -> None:
    found = buffer_contents(
        squares((0, 0, 10, 10), (100, 100, 110, 110)),
        incidents=incidents_at((5, 5), (10, 5), (11, 5)),
    )

    assert found["incidents_expected"].tolist() == [2, 0]
    assert found["incidents_low"].tolist() == [2, 0]
    assert found["incidents_high"].tolist() == [2, 0]


def test_a_disc_counts_by_the_share_inside() -> None:
    # At x = R/2 the part of a disc beyond a straight edge is a third less sqrt(3)/(4 pi).
    xy = [(0, 0), (500, 0), (-500, 0), (1000, 0), (-5000, 0)]
    segment = 1 / 3 - 3**0.5 / (4 * np.pi)
    for point, share in zip(xy, [0.5, segment, 1 - segment, 0, 1], strict=True):
        found = buffer_contents(HALF_PLANE, incidents=incidents_at(point, precision_m=1000))
        assert found["incidents_expected"].iloc[0] == pytest.approx(share, abs=1e-12)


def test_a_disc_larger_than_the_buffer_counts_by_area() -> None:
    found = buffer_contents(
        squares((0, 0, 100, 100)), incidents=incidents_at((50, 50), precision_m=1e4)
    )

    assert found["incidents_expected"].iloc[0] == pytest.approx(1e4 / (np.pi * 1e8))


def test_a_hole_is_taken_off() -> None:
    ring = Polygon(box(-9000, -9000, 9000, 9000).exterior, [box(-10, -10, 10, 10).exterior])
    holed = gpd.GeoDataFrame(geometry=[ring], crs=UTM)
    found = buffer_contents(holed, incidents=incidents_at((0, 0), precision_m=100))

    assert found["incidents_expected"].iloc[0] == pytest.approx(1 - 400 / (np.pi * 1e4))


corners = st.tuples(st.integers(-100, 100), st.integers(-100, 100))


@settings(max_examples=150, deadline=None)
@given(st.lists(corners, min_size=3, max_size=8, unique=True), corners, st.integers(1, 150))
def test_the_share_is_that_of_a_finely_drawn_disc(
    hull: list[tuple[int, int]], centre: tuple[int, int], radius: int
) -> None:
    polygon = shapely.MultiPoint(hull).convex_hull
    if polygon.geom_type != "Polygon":
        return
    disc = Point(centre).buffer(radius, quad_segs=2000)
    found = buffer_contents(
        gpd.GeoDataFrame(geometry=[polygon], crs=UTM),
        incidents=incidents_at(centre, precision_m=radius),
    )

    expected = disc.intersection(polygon).area / disc.area
    assert found["incidents_expected"].iloc[0] == pytest.approx(expected, abs=1e-5)


def test_a_disc_beside_a_buffer_counts_nothing_at_all() -> None:
    ring = buffer(gpd.GeoDataFrame(geometry=[Point(5e5, 4e6)], crs=UTM), 10_000)
    angles = np.linspace(0, 6, 40)
    beside = [(5e5 + 12_345 * np.cos(a), 4e6 + 12_345 * np.sin(a)) for a in angles]
    # The wide disc far off has all others looked at, as in a study with an event of no place.
    events = incidents_at(*beside, (9e5, 4e6), precision_m=[300.0] * len(beside) + [30_000.0])
    assert buffer_contents(ring, incidents=events)["incidents_expected"].tolist() == [0]


def test_the_interval_is_that_of_all_outcomes_counted_one_by_one() -> None:
    xs = [-800.0, -300.0, 0.0, 250.0, 600.0]
    found = buffer_contents(
        HALF_PLANE, incidents=incidents_at(*[(x, 0.0) for x in xs], precision_m=1000)
    ).iloc[0]
    chance = [
        buffer_contents(HALF_PLANE, incidents=incidents_at((x, 0.0), precision_m=1000))[
            "incidents_expected"
        ].iloc[0]
        for x in xs
    ]
    number = np.zeros(6)
    for outcome in itertools.product([0, 1], repeat=5):
        number[sum(outcome)] += np.prod(
            [p if inside else 1 - p for p, inside in zip(chance, outcome, strict=True)]
        )
    below = np.cumsum(number)

    assert found["incidents_expected"] == pytest.approx(sum(chance))
    assert found["incidents_low"] == np.argmax(below >= 0.05)
    assert found["incidents_high"] == np.argmax(below >= 0.95)


def test_synthetic_incidents_are_told_apart() -> None:
    incidents = incidents_at((-5, 0), (-6, 0), (-7, 0), synthetic=[True, False, None])
    found = buffer_contents(HALF_PLANE, incidents=incidents).iloc[0]

    assert found["incidents_expected"] == 3
    assert found["incidents_documented_expected"] == 2


def test_an_incident_in_a_dissolved_buffer_counts_once() -> None:
    posts = gpd.GeoDataFrame(geometry=[Point(5e5, 4e6), Point(5e5 + 500, 4e6)], crs=UTM)
    event = incidents_at((5e5 + 250, 4e6))

    apart = buffer_contents(buffer(posts, 1000), incidents=event)
    assert apart["incidents_expected"].tolist() == [1, 1]
    merged = buffer_contents(buffer(posts, 1000, dissolve=True), incidents=event)
    assert merged["incidents_expected"].tolist() == [1]


def test_people_are_those_that_are_known() -> None:
    places = gpd.GeoDataFrame(
        {"population": [100, None, 7, 40]},
        geometry=[Point(1, 1), Point(2, 2), Point(3, 3), Point(50, 50)],
        crs=UTM,
    )
    found = buffer_contents(squares((0, 0, 10, 10)), places=places).iloc[0]

    assert found["people"] == 107
    assert found["places"] == 3
    assert found["places_population_unknown"] == 1


def test_lines_count_by_the_length_inside() -> None:
    border = gpd.GeoDataFrame(geometry=[LineString([(-1000, 500), (5000, 500)])], crs=UTM)
    roads = gpd.GeoDataFrame(
        geometry=[LineString([(0, 100), (300, 500)]), LineString([(900, 0), (900, 2000)])], crs=UTM
    )
    found = buffer_contents(squares((0, 0, 1000, 1000)), borders=border, roads=roads).iloc[0]

    assert found["border_km"] == pytest.approx(1)
    assert found["road_km"] == pytest.approx(1.5)


def test_a_post_does_not_count_itself() -> None:
    posts = gpd.GeoDataFrame(
        {"id": ["a", "b", "c"]}, geometry=[Point(5, 5), Point(6, 6), Point(90, 90)], crs=UTM
    )
    around = squares((0, 0, 10, 10), (80, 80, 99, 99), of_id=["a", "c"])

    assert buffer_contents(around, posts=posts)["posts"].tolist() == [1, 0]
    assert buffer_contents(around.drop(columns="of_id"), posts=posts)["posts"].tolist() == [2, 1]


def test_only_what_was_given_is_counted_on_the_index_of_the_buffers() -> None:
    buffers = squares((5e5, 4e6, 501_000, 4_001_000)).set_index(pd.Index(["only"]))
    found = buffer_contents(buffers)

    assert found.columns.tolist() == ["area_km2"]
    # In the middle of its zone UTM is 0.04 percent too small in length.
    assert found.loc["only", "area_km2"] == pytest.approx(1 / 0.9996**2, rel=1e-5)


def test_empty_layers_count_nothing() -> None:
    none = HALF_PLANE.iloc[:0]
    assert len(buffer_contents(none, incidents=incidents_at((0, 0)))) == 0
    found = buffer_contents(HALF_PLANE, incidents=incidents_at()).iloc[0]
    assert found["incidents_expected"] == 0
    assert found["incidents_high"] == 0


def test_layers_that_cannot_be_used_are_refused_by_row() -> None:
    with pytest.raises(LayerError, match="row 1: location_precision_m is missing"):
        buffer_contents(
            HALF_PLANE, incidents=incidents_at((0, 0), (1, 1), precision_m=[1.0, np.nan])
        )
    with pytest.raises(LayerError, match="no column 'location_precision_m'"):
        buffer_contents(HALF_PLANE, incidents=points_at((0, 0)).to_crs(UTM))
    with pytest.raises(LayerError, match="'places', row 0: the geometry is no point"):
        buffer_contents(HALF_PLANE, places=HALF_PLANE)
    with pytest.raises(LayerError, match="'buffers', row 0: the geometry is no polygon"):
        buffer_contents(incidents_at((0, 0)))
    with pytest.raises(LayerError, match="no column 'id'"):
        buffer_contents(HALF_PLANE, posts=incidents_at((0, 0)))
    with pytest.raises(CRSError, match="in degrees"):
        buffer_contents(HALF_PLANE, places=points_at((41.0, 36.0)))
    with pytest.raises(CRSError, match="bring both into one system"):
        buffer_contents(HALF_PLANE, places=points_at((41.0, 36.0)).to_crs(32638))
