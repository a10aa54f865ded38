"""Which incidents are attacks, when they were recorded, and which post each was on."""

import datetime as dt

import geopandas as gpd
import numpy as np
import pytest
import shapely

from corridors.errors import CRSError
from corridors.risk import attack_record, attack_shares, nearest_posts
from tests.worlds import points

AS_OF = dt.date(2020, 1, 31)


def incidents(*rows: tuple[str, str | None]) -> gpd.GeoDataFrame:
    return points(
        *[(0.0, 0.0)] * len(rows),
        date=[day for day, _ in rows],
        kind=[kind for _, kind in rows],
        location_precision_m=0.0,
    )


def test_kinds_that_name_attacks_count_and_others_do_not() -> None:
    rows = [
        ("2019-02-01", "attack"),
        ("2019-03-01", "Armed assault"),
        ("2019-04-01", "ied"),
        ("2019-05-01", "IED_attack"),
        ("2019-06-01", "sighting"),
        ("2019-07-01", "tried to flee"),
        ("2019-08-01", "detention"),
        ("2019-09-01", None),
    ]
    found = attack_record(incidents(*rows), as_of=AS_OF)
    assert found.attacks["id"].tolist() == ["p-0", "p-1", "p-2", "p-3"]
    assert found.kinds == ("Armed assault", "IED_attack", "attack", "ied")


def test_kinds_that_are_chosen_count_alone() -> None:
    layer = incidents(("2019-02-01", "attack"), ("2019-03-01", "sighting"))
    found = attack_record(layer, as_of=AS_OF, kinds=["sighting"])
    assert found.attacks["id"].tolist() == ["p-1"]


def test_the_record_begins_with_the_first_incident_of_any_kind() -> None:
    layer = incidents(("2019-03-01", "attack"), ("2019-01-31", "sighting"))
    found = attack_record(layer, as_of=AS_OF)
    assert (found.since, found.until) == (dt.date(2019, 1, 31), AS_OF)
    assert found.years == pytest.approx(365 / 365.25)


def test_what_came_before_the_record_does_not_count() -> None:
    layer = incidents(("2018-03-01", "attack"), ("2019-07-31", "attack"))
    found = attack_record(layer, as_of=AS_OF, since=dt.date(2019, 7, 31))
    assert found.attacks["id"].tolist() == ["p-1"]
    assert found.years == pytest.approx(184 / 365.25)


def test_without_incidents_there_is_no_record() -> None:
    found = attack_record(points(date=[], kind=[], location_precision_m=[]), as_of=AS_OF)
    assert (found.years, found.since, len(found.attacks)) == (0.0, None, 0)


def test_a_record_of_a_day_is_none() -> None:
    assert attack_record(incidents(("2020-01-31", "attack")), as_of=AS_OF).years == 0.0


def attacks(*places: tuple[float, float], reach_m: float = 0.0) -> gpd.GeoDataFrame:
    return points(*places, location_precision_m=reach_m)


PAIR = points((0.0, 0.0), (6000.0, 0.0))


def test_an_attack_is_on_the_nearest_post_within_the_radius() -> None:
    found = attack_shares(PAIR, attacks((1000, 0), (3500, 0), (6000, 4900), (6000, 5100)),
                          radius_m=5000)  # fmt: skip
    assert found.tolist() == [[1, 0], [0, 1], [0, 1], [0, 0]]


def test_a_disc_is_shared_by_its_parts() -> None:
    # About the middle half is nearer to each; all of it is within the radius of both.
    middle = attack_shares(PAIR, attacks((3000, 0), reach_m=1000), radius_m=5000)
    np.testing.assert_allclose(middle, [[0.5, 0.5]], atol=1e-9)
    # Off the middle by half its radius: a segment of a disc, (2 pi / 3 - sqrt(3) / 2) / (2 pi).
    off = attack_shares(PAIR, attacks((2500, 0), reach_m=1000), radius_m=5000)
    small = (2 * np.pi / 3 - np.sqrt(3) / 2) / (2 * np.pi)
    np.testing.assert_allclose(off, [[1 - small, small]], atol=1e-3)
    # A disc that holds the whole ring of a lone post: the ratio of areas.
    alone = attack_shares(PAIR.iloc[:1], attacks((2000, 0), reach_m=20_000), radius_m=5000)
    assert alone.item() == pytest.approx(1 / 16, rel=1e-6)


@pytest.mark.parametrize("seed", [1, 2])
def test_shares_are_what_places_drawn_in_the_discs_say(seed: int) -> None:
    rng = np.random.default_rng(seed)
    posts = points(*rng.uniform(0, 20_000, (7, 2)))
    layer = attacks(*rng.uniform(0, 20_000, (4, 2)), reach_m=6000.0)
    found = attack_shares(posts, layer, radius_m=4000)
    assert (found.sum(axis=1) <= 1 + 1e-9).all()
    for row, place in enumerate(shapely.get_coordinates(layer.geometry.to_numpy())):
        angle, away = rng.uniform(0, 2 * np.pi, 40_000), 6000 * np.sqrt(rng.random(40_000))
        xy = place + np.column_stack([away * np.cos(angle), away * np.sin(angle)])
        post = nearest_posts(posts, xy, radius_m=4000)
        share = np.bincount(post[post >= 0], minlength=7) / len(xy)
        np.testing.assert_allclose(found[row], share, atol=0.012)


def test_posts_in_one_place_share_its_attacks() -> None:
    posts = points((0, 0), (0, 0), (8000, 0))
    found = attack_shares(posts, attacks((100, 0), (4000, 0)), radius_m=5000)
    np.testing.assert_allclose(found, [[0.5, 0.5, 0], [0.25, 0.25, 0.5]])
    lone = attack_shares(points((5, 5), (5, 5)), attacks((0, 0)), radius_m=100)
    assert lone.tolist() == [[0.5, 0.5]]


def test_posts_in_a_line_share_too() -> None:
    posts = points((0, 0), (4000, 0), (8000, 0))
    found = attack_shares(posts, attacks((1999, 10), (2001, 10), (7000, -5)), radius_m=3000)
    assert found.argmax(axis=1).tolist() == [0, 1, 2]


def test_no_posts_and_no_attacks() -> None:
    assert attack_shares(points(), attacks((0, 0)), radius_m=10).shape == (1, 0)
    assert attack_shares(PAIR, attacks(), radius_m=10).shape == (0, 2)
    assert nearest_posts(points(), np.zeros((2, 2)), radius_m=10).tolist() == [-1, -1]


def test_degrees_are_refused() -> None:
    with pytest.raises(CRSError):
        attack_shares(PAIR.to_crs(4326), attacks((0, 0)), radius_m=10)
