"""Layers made ready to draw."""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal

from corridors.errors import CRSError, LayerError
from corridors.raster import Raster
from corridors.report.drawn import FIRST_VIEW_ORDER, DrawnLayer, draw_layers
from corridors.report.study_map import MapLayer, RasterLayer, StudyMap


@pytest.fixture(scope="module")
def drawn(study_map: StudyMap) -> dict[str, DrawnLayer]:
    return {layer.name: layer for layer in draw_layers(study_map)}


def test_values_are_told_in_words_with_their_interval(drawn: dict[str, DrawnLayer]) -> None:
    post = next(f for f in drawn["checkpoints"].features if f.heading.startswith("Post 1"))
    told = dict(post.lines)
    assert told["Journeys that pass here"] == "38%, 30 to 45%"
    assert told["Recorded incidents near, synthetic ones included"] == "1.4, 0.60 to 2.8"
    assert told["Help from the nearest base after"] == "1 h 35 min"
    assert told["Sees as far as"] == "2.5 km"
    assert told["Source"] == "synthetic (made up)"


def test_people_that_nobody_counted_are_unknown_not_none(drawn: dict[str, DrawnLayer]) -> None:
    town = next(f for f in drawn["places"].features if f.heading == "Ba'aj")
    assert dict(town.lines)["People"] == "not known"


def test_bands_are_drawn_apart_so_that_their_colours_do_not_add_up(
    drawn: dict[str, DrawnLayer],
) -> None:
    low, high = drawn["corridors"].features
    assert low.geometry.intersection(high.geometry).area < 0.01 * high.geometry.area
    labels = [symbol.label for symbol in drawn["corridors"].style.symbols]
    assert labels == ["25% to 75% of journeys", "75% or more of journeys"]


def test_the_band_that_holds_least_is_the_darkest_and_on_top(
    relief: Raster, study_map: StudyMap
) -> None:
    bands = gpd.GeoDataFrame(
        {"kind": ["band", "band", "through"], "share": [0.5, 0.95, 0.1]},
        geometry=[
            shapely.box(41.5, 36.2, 42, 36.5),
            shapely.box(41.2, 36, 42.5, 36.7),
            shapely.box(41, 36, 42, 36.5),
        ],
        crs=4326,
    )
    study = StudyMap("t", "s", relief, [MapLayer("b", "B", bands, "bands")], study_map.bounds)
    (layer,) = draw_layers(study)
    wide, dense = layer.features
    assert dense.geometry.within(wide.geometry.convex_hull)
    assert wide.geometry.intersection(dense.geometry).area < 0.01 * dense.geometry.area
    symbols = [layer.style.symbols[feature.symbol] for feature in (wide, dense)]
    assert [symbol.label for symbol in symbols] == [
        "holds 95% with the darker ground",
        "holds 50% of all that is travelled",
    ]
    lightness = [sum(bytes.fromhex(str(symbol.fill)[1:])) for symbol in symbols]
    assert lightness[0] > lightness[1]


def test_one_table_serves_two_kinds_of_corridor(drawn: dict[str, DrawnLayer]) -> None:
    assert len(drawn["corridors"].features) == 2
    assert len(drawn["through"].features) == 1
    assert not drawn["through"].shown


def test_events_without_a_place_become_one_ring_that_tells_of_all(
    drawn: dict[str, DrawnLayer],
) -> None:
    rings = [feature for feature in drawn["incidents"].features if feature.on_ground]
    assert [ring.radius_m for ring in rings] == [30_000]
    assert ("2 events", "14 January 2020, attack") in rings[0].lines
    assert rings[0].label == "2 events somewhere inside this ring"
    assert not rings[0].synthetic


def test_documented_and_synthetic_incidents_look_different(drawn: dict[str, DrawnLayer]) -> None:
    layer = drawn["incidents"]
    looks = {f.synthetic: layer.style.symbols[f.symbol] for f in layer.features if not f.on_ground}
    assert looks[True].fill != looks[False].fill
    assert "made up" in looks[True].label
    assert layer.synthetic


def test_only_stretches_that_matter_carry_their_share(drawn: dict[str, DrawnLayer]) -> None:
    labels = {feature.label for feature in drawn["border_segments"].features}
    assert labels == {"", "28%", "49%"}


def test_a_stretch_says_how_it_is_crossed_where_there_is_room(drawn: dict[str, DrawnLayer]) -> None:
    long = {feature.label: feature.label_long for feature in drawn["border_segments"].features}
    assert long == {"": "", "28%": "28% over ground", "49%": "49% through a gate"}


def test_open_and_closed_crossings_differ_in_shape(drawn: dict[str, DrawnLayer]) -> None:
    layer = drawn["crossings"]
    looks = {f.heading: layer.style.symbols[f.symbol] for f in layer.features}
    assert (looks["Rabia"].shape, looks["Rabia"].label) == ("gate", "Open, official")
    assert (looks["Tal Sufuq"].shape, looks["Tal Sufuq"].label) == ("cross", "Closed, unofficial")
    # Above the posts that stand beside them.
    assert layer.order > drawn["checkpoints"].order


def test_origins_and_destinations_differ_in_shape_and_are_named(
    drawn: dict[str, DrawnLayer],
) -> None:
    layer = drawn["endpoints"]
    looks = {f.label: layer.style.symbols[f.symbol] for f in layer.features}
    assert {name: look.label for name, look in looks.items()} == {
        "al-Hawl": "Origin",
        "Sinjar": "Destination",
    }
    assert looks["al-Hawl"].shape != looks["Sinjar"].shape


def test_an_area_where_journeys_start_is_outlined_and_named_once(study_map: StudyMap) -> None:
    area = shapely.box(41.1, 36.5, 41.5, 36.8)
    ends = gpd.GeoDataFrame(
        {"name": ["Plain", "Sinjar"], "role": ["origin", "destination"]},
        geometry=[area, shapely.Point(41.87, 36.32)],
        crs=4326,
    )
    layer = MapLayer("endpoints", "Origins and destinations", ends, "endpoints")
    (drawn,) = draw_layers(replace(study_map, layers=[layer]))
    looks = [(drawn.style.symbols[f.symbol].label, f.label) for f in drawn.features]
    assert looks == [("Origin", "Plain"), ("Anywhere inside", ""), ("Destination", "Sinjar")]
    outline = drawn.features[1]
    assert outline.heading == "Plain"
    there = ends.to_crs(study_map.relief.crs).geometry.iloc[0]
    assert outline.geometry.symmetric_difference(there).area < 0.01 * there.area


def test_a_landmark_is_a_name_along_its_line_and_comes_before_towns(
    drawn: dict[str, DrawnLayer],
) -> None:
    layer = drawn["landmarks"]
    (ridge,) = layer.features
    assert ridge.label == "Long ridge"
    assert layer.style.symbols[ridge.symbol].width_px == 0
    # The middle first, and no place off the line.
    middle = ridge.geometry.interpolate(0.5, normalized=True)
    assert ridge.label_at[0].distance(middle) < 100
    assert len(ridge.label_at) > 2
    assert max(at.distance(ridge.geometry) for at in ridge.label_at) < 100
    others = [f.label_order for name in ("crossings", "places") for f in drawn[name].features]
    assert ridge.label_order < min(others)


def test_paths_say_which_journey_they_are(drawn: dict[str, DrawnLayer]) -> None:
    told = {(f.journey, f.share) for f in drawn["paths"].features}
    assert told == {("al-Hawl to Sinjar, on foot", 0.6), ("al-Hawl to Ba'aj, vehicle", 0.25)}


def test_the_names_of_few_places_wait_for_no_closer_look(
    relief: Raster, study_map: StudyMap
) -> None:
    odd = gpd.GeoDataFrame(
        {"name": ["Ñuñoa", "Unknown"], "population": [None, None]},
        geometry=gpd.points_from_xy([41.5, 43.0], [36.3, 36.0]),
        crs=4326,
    )
    many = gpd.GeoDataFrame(
        {"name": [f"Village {i}" for i in range(80)], "population": range(80)},
        geometry=gpd.points_from_xy(np.linspace(41.1, 43.1, 80), [36.2] * 80),
        crs=4326,
    )
    layers = [MapLayer("few", "Few", odd, "places"), MapLayer("many", "Many", many, "places")]
    study = StudyMap("t", "s", relief, layers, study_map.bounds)
    few, crowd = draw_layers(study)
    assert all(feature.label_order < FIRST_VIEW_ORDER for feature in few.features)
    at_once = {f.label for f in crowd.features if f.label_order < FIRST_VIEW_ORDER}
    assert at_once == {f"Village {i}" for i in range(55, 80)}


@pytest.mark.parametrize("focus", [True, False])
def test_places_near_what_a_map_is_about_are_named_before_others(
    relief: Raster, study_map: StudyMap, *, focus: bool
) -> None:
    west, south, east, north = study_map.bounds
    here = shapely.Point((west + east) / 2, (south + north) / 2)
    names = ["far", *(f"near {number}" for number in range(30))]
    towns = gpd.GeoDataFrame(
        {"name": names, "population": [900, *[1000] * 30]},
        geometry=[shapely.Point(west + 0.05, south + 0.05), *[here] * 30],
        crs="EPSG:4326",
    )
    ground = gpd.GeoDataFrame({"name": [None]}, geometry=[here.buffer(0.01)], crs="EPSG:4326")
    layers = [MapLayer("towns", "Towns", towns, "places"),
              MapLayer("ground", "Ground", ground, "areas", focus=focus)]  # fmt: skip
    study = StudyMap("t", "s", relief, layers, study_map.bounds)
    order = {one.label: one.label_order for one in draw_layers(study)[0].features}
    apart = order["far"] - order["near 29"]
    assert apart == pytest.approx(0.9 * focus, abs=0.05)


def test_the_data_are_not_touched(study_map: StudyMap) -> None:
    layers = [layer for layer in study_map.layers if isinstance(layer, MapLayer)]
    before = [layer.gdf.copy() for layer in layers]
    draw_layers(study_map)
    for layer, copy in zip(layers, before, strict=True):
        assert_geodataframe_equal(layer.gdf, copy)


def test_what_lies_far_off_is_left_out(relief: Raster, study_map: StudyMap) -> None:
    far = gpd.GeoDataFrame(
        {"name": ["Rome"]}, geometry=gpd.points_from_xy([12.5], [41.9]), crs=4326
    )
    study = StudyMap("t", "s", relief, [MapLayer("p", "P", far, "places")], study_map.bounds)
    assert draw_layers(study)[0].features == ()


def test_an_empty_layer_is_drawn_as_nothing(relief: Raster, study_map: StudyMap) -> None:
    empty = gpd.GeoDataFrame({"name": [], "share": []}, geometry=[], crs=4326)
    kinds = ("corridors", "border_segments", "paths", "incidents", "governorates", "places")
    layers = [MapLayer(kind, kind, empty, kind) for kind in kinds]
    study = StudyMap("t", "s", relief, layers, study_map.bounds)
    assert all(layer.features == () for layer in draw_layers(study))


def test_a_layer_without_a_crs_is_refused() -> None:
    with pytest.raises(CRSError, match="layer 'x'"):
        MapLayer("x", "X", gpd.GeoDataFrame(geometry=[shapely.Point(0, 0)]), "places")


def test_a_kind_that_is_not_known_is_refused_with_those_that_are() -> None:
    empty = gpd.GeoDataFrame(geometry=[], crs=4326)
    with pytest.raises(LayerError, match=r"use one of .*checkpoints"):
        MapLayer("x", "X", empty, "volcanoes")  # type: ignore[arg-type]


def test_names_are_unique_and_bounds_are_degrees(relief: Raster) -> None:
    empty = gpd.GeoDataFrame(geometry=[], crs=4326)
    twice = [MapLayer("x", "X", empty, "places")] * 2
    with pytest.raises(LayerError, match="two layers"):
        StudyMap("t", "s", relief, twice, (41, 36, 42, 37))
    with pytest.raises(LayerError, match="degrees"):
        StudyMap("t", "s", relief, [], (600_000, 36, 700_000, 37))


def test_breaks_ascend(relief: Raster) -> None:
    hours = Raster(np.zeros((2, 2)), relief.transform, relief.crs, "hours", "h")
    with pytest.raises(LayerError, match="ascending"):
        RasterLayer("h", "H", hours, (4.0, 2.0))
