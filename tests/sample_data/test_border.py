"""Borders, places, crossings, posts, incidents and camps hold the facts the study rests on."""

import numpy as np
import pytest
import shapely
from shapely.geometry import Point

from tests.sample_data.bundle import GEOD, geometries, iraq_syria, metres, place, provenance, rows


def test_iraq_syria_border_is_one_line_of_about_263_km() -> None:
    border = iraq_syria()
    # The two land polygons share 261.7 km; 1.3 km more carry the line over two pools.
    assert GEOD.geometry_length(border) / 1000 == pytest.approx(262.9, abs=0.5)
    assert len(border.coords) == pytest.approx(140, abs=8)


def test_each_border_states_its_length() -> None:
    for file in ("boundaries/borders.geojson", "boundaries/borders_natural_earth.geojson"):
        for row in rows(file):
            length_km = GEOD.geometry_length(geometries(file)[row["id"]]) / 1000
            assert row["length_km"] == pytest.approx(length_km, abs=0.01)
            assert row["country_a"] < row["country_b"]


def test_countries_fill_the_box_without_overlap() -> None:
    shapes = list(geometries("boundaries/countries.geojson").values())
    west, south, east, north = provenance()["study_box"]
    box = shapely.box(west, south, east, north)
    assert sum(s.area for s in shapes) == pytest.approx(box.area, abs=1e-6)
    assert shapely.union_all(shapes).area == pytest.approx(box.area, abs=1e-6)


def test_countries_meet_along_the_border() -> None:
    countries = geometries("boundaries/countries.geojson")
    shared = countries["IRQ"].boundary.intersection(countries["SYR"].boundary)
    assert shared.length == pytest.approx(iraq_syria().length, rel=1e-6)


def test_second_opinion_lies_about_a_kilometre_off() -> None:
    ours = metres(iraq_syria())
    theirs = metres(iraq_syria("boundaries/borders_natural_earth.geojson"))
    samples = [theirs.interpolate(m) for m in range(0, int(theirs.length), 500)]
    away_km = np.array([ours.distance(point) for point in samples]) / 1000
    assert away_km.mean() == pytest.approx(1.15, abs=0.1)
    assert away_km.max() < 3.5


@pytest.mark.parametrize(
    ("name", "country"),
    [
        ("Sinjar", "IRQ"), ("Ba'aj", "IRQ"), ("Tal Afar", "IRQ"), ("Mosul", "IRQ"),
        ("Sinuni", "IRQ"), ("Rabia", "IRQ"), ("Hatra", "IRQ"), ("al-Shaddadah", "SYR"),
        ("Tal Hamis", "SYR"), ("al-Hawl", "SYR"), ("al-Hasakah", "SYR"), ("Qamishli", "SYR"),
    ],
)  # fmt: skip
def test_well_known_places_are_found_and_lie_in_their_country(name: str, country: str) -> None:
    (row,) = [r for r in rows("places/places.geojson") if r["name"] == name]
    assert row["country"] == country
    assert geometries("boundaries/countries.geojson")[country].contains(place(name))


def test_unknown_population_is_null_and_never_zero() -> None:
    populations = [row["population"] for row in rows("places/places.geojson")]
    assert None in populations
    assert 0 not in populations


def test_places_added_by_hand_name_their_source() -> None:
    added = [row for row in rows("places/places.geojson") if row["added_by_hand"]]
    assert {row["name"] for row in added} == {"Rabia", "Sinuni"}
    assert all("Wikipedia" in row["source"] for row in added)


# Crossings, posts, incidents, camps


def test_crossings_lie_within_500_m_of_the_border() -> None:
    border = metres(iraq_syria())
    for key, point in geometries("crossings/crossings.geojson").items():
        assert metres(point).distance(border) < 500, key


def test_every_crossing_says_on_what_ground_it_is_called_open_or_closed() -> None:
    found = rows("crossings/crossings.geojson")
    assert len(found) == 5
    for row in found:
        assert row["status"] in {"official", "unofficial"}
        assert isinstance(row["open"], bool)
        assert row["open_basis"] in {"documented", "assumed"}
        assert row["note"]
        assert row["source"]


def test_posts_stand_in_iraq_with_plausible_sensors() -> None:
    iraq = geometries("boundaries/countries.geojson")["IRQ"]
    points = geometries("posts/checkpoints_synthetic.geojson")
    for row in rows("posts/checkpoints_synthetic.geojson"):
        assert iraq.contains(points[row["id"]])
        assert row["kind"] in {"watch_post", "manned_gate", "road_post", "tower_thermal"}
        assert 2000 <= row["range_m"] <= 8000
        assert 0 < row["probability"] < 1
        assert row["sight_height_m"] > 0
        assert row["name"].endswith("(synthetic)")


def test_border_posts_stand_300_to_1500_m_inside() -> None:
    border = metres(iraq_syria())
    points = geometries("posts/checkpoints_synthetic.geojson")
    for row in rows("posts/checkpoints_synthetic.geojson"):
        if row["kind"] in {"watch_post", "tower_thermal"}:
            assert 290 < metres(points[row["id"]]).distance(border) < 1510


def test_bases_stand_in_iraq_and_say_how_soon_they_are_ready() -> None:
    iraq = geometries("boundaries/countries.geojson")["IRQ"]
    for row in rows("posts/bases_synthetic.geojson"):
        assert iraq.contains(geometries("posts/bases_synthetic.geojson")[row["id"]])
        assert row["readiness_minutes"] > 0


def test_documented_incidents_are_not_located_and_say_how_far_they_may_be_off() -> None:
    for file in ("incidents_documented", "incidents_documented_later"):
        for row in rows(f"incidents/{file}.geojson"):
            assert row["located"] is False
            assert row["location_precision_m"] >= 20_000
            assert row["source"]
            assert row["note"]


def test_an_attack_of_14_january_can_have_been_anywhere_on_the_border() -> None:
    border = [metres(Point(p)) for p in iraq_syria().coords]
    points = geometries("incidents/incidents_documented.geojson")
    attacks = [r for r in rows("incidents/incidents_documented.geojson") if r["kind"] == "attack"]
    assert len(attacks) == 4
    for row in attacks:
        assert row["date"] == "2020-01-14"
        reach_m = max(metres(points[row["id"]]).distance(vertex) for vertex in border)
        assert reach_m < row["location_precision_m"]


def test_only_the_later_file_holds_what_came_after_the_scenario() -> None:
    assert all(r["date"] <= "2020-01-31" for r in rows("incidents/incidents_documented.geojson"))
    later = [row["date"] for row in rows("incidents/incidents_documented_later.geojson")]
    assert later == ["2021-08-19"]


def test_synthetic_incidents_fill_thirteen_months_of_the_border_strip() -> None:
    border = metres(iraq_syria())
    file = "incidents/incidents_synthetic.geojson"
    assert len(rows(file)) == 60
    for row in rows(file):
        assert "2019-01-01" <= row["date"] <= "2020-01-31"
        assert row["located"] is True
        assert 100 <= row["location_precision_m"] <= 5000
        assert metres(geometries(file)[row["id"]]).distance(border) <= 12_000


def test_camp_population_is_dated_and_sourced() -> None:
    (camp,) = rows("camps/camps.geojson")
    assert camp["population"] == 66101
    assert camp["population_as_of"] == "2020-01-13"
    assert "OCHA" in camp["population_source"]
    assert camp["closed"] == "2026-02-22"
