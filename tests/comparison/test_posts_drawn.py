"""Differences of isolation and of the exposure index: bounds from draws that scenarios share."""

import json
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
from scipy import stats

from corridors.comparison import Comparison, Difference, compare, named_scenarios
from corridors.comparison.differences import difference_of
from corridors.comparison.posts_drawn import PostsDrawn, change_interval
from corridors.comparison.told import told_comparison
from corridors.risk import Resampling
from tests.comparison.conftest import CRS, write_study

VARIANTS = [
    ["same", "title=The same under another title"],
    ["slow help", "exposure.support_profile=slow"],
    ["fog", "weather.visibility_km=0.8"],
    ["closed", "barriers.ditch.delay_minutes.slow=impassable"],
    ["brief", "posts.horizon_days=10"],
]
# Months and places of attacks; the first post has had more than the second.
ATTACKS = [(1, 454_700), (2, 454_300), (2, 454_900), (4, 458_600)]


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = write_study(tmp_path_factory.mktemp("attacked") / "plain")
    table = gpd.GeoDataFrame(
        {
            "id": [f"i-{number}" for number in range(len(ATTACKS))],
            "date": [f"2024-0{month}-15" for month, _ in ATTACKS],
            "kind": "attack on a post",
            "location_precision_m": 500.0,
            "synthetic": True,
        },
        geometry=gpd.points_from_xy([x for _, x in ATTACKS], [8_235_800] * 3 + [8_234_400]),
        crs=CRS,
    )
    table.to_crs(4326).to_file(path.parent / "incidents.geojson")
    text = path.read_text("utf-8")
    layers = 'bases = { file = "bases.geojson" }\n'
    path.write_text(
        text.replace(layers, f'{layers}incidents = {{ file = "incidents.geojson" }}\n'),
        encoding="utf-8",
    )
    return path


@pytest.fixture(scope="module")
def found(attacked: Path) -> Comparison:
    return compare(named_scenarios([attacked], VARIANTS))


def against(found: Comparison, name: str) -> Difference:
    return next(one for one in found.differences if one.other.name == name)


def test_draws_of_the_first_give_the_bounds_that_a_run_gives(found: Comparison) -> None:
    first = found.scenarios[0]
    drawn = first.drawn.of("exposure_index", first.posts["id"].tolist())

    bounds = first.posts[["exposure_index_low", "exposure_index_high"]].to_numpy(float).T
    np.testing.assert_allclose(np.quantile(drawn, [0.05, 0.95], axis=0), bounds)
    assert (bounds[1] > bounds[0]).all()


@pytest.mark.parametrize("name", [name for name, *_ in VARIANTS])
def test_bounds_hold_the_difference_of_the_estimates(found: Comparison, name: str) -> None:
    one = against(found, name)

    for column in ("isolation", "exposure_index"):
        gain = one.other.posts[column].to_numpy(float) - found.scenarios[0].posts[column]
        change = one.posts[f"{column}_difference"]
        np.testing.assert_allclose(change, gain, atol=1e-12)
        assert (one.posts[f"{column}_difference_low"] <= change).all()
        assert (change <= one.posts[f"{column}_difference_high"]).all()


def test_what_is_the_same_differs_by_surely_nothing(found: Comparison) -> None:
    posts = against(found, "same").posts
    columns = [name for name in posts if name.startswith(("isolation", "exposure_index"))]

    assert len(columns) == 6
    assert not posts[columns].to_numpy(float).any()


def test_isolation_is_that_of_the_same_delay_in_both(found: Comparison) -> None:
    late = against(found, "slow help")
    posts = late.posts.set_index("id")
    own, spread = (np.sqrt(np.log1p(part**2)) for part in (0.5, 0.3))
    z = stats.norm.ppf((np.arange(20_000) + 0.5) / 20_000)

    for post, row in posts.iterrows():
        hours = found.scenarios[0].posts.set_index("id")["hours_from_base"][post]
        # The posts hold for two hours on average; slow help takes half as long again.
        alone = [
            stats.norm.cdf((np.log(factor * hours / 2.0) + spread * z + own**2 / 2) / own)
            for factor in (1.0, 1.5)
        ]
        truth = np.quantile(alone[1] - alone[0], [0.05, 0.95])
        bounds = row[["isolation_difference_low", "isolation_difference_high"]].to_numpy(float)
        np.testing.assert_allclose(bounds, truth, atol=0.02)


def test_a_difference_is_surer_than_that_of_two_that_have_nothing_in_common(
    found: Comparison,
) -> None:
    late = against(found, "slow help")
    ids = late.posts["id"].tolist()
    first, other = (one.drawn.of("exposure_index", ids) for one in (found.scenarios[0], late.other))

    paired = (
        late.posts["exposure_index_difference_high"] - (late.posts["exposure_index_difference_low"])
    )

    apart = other[np.random.default_rng(2).permutation(len(other))]
    low, high = change_interval(late.posts["exposure_index_difference"], first, apart, level=0.9)
    assert (paired < 0.7 * (high - low)).all()
    assert (late.posts["exposure_index_difference_low"] > 0).all()


def test_the_same_travellers_are_drawn_where_some_no_longer_arrive(found: Comparison) -> None:
    closed, first = against(found, "closed").other, found.scenarios[0]
    assert not closed.arrived.all()
    walkers = closed.arrived

    # Of those who still arrive, who is within range is nearly as before; so are the draws.
    before = first.met[walkers].mean(axis=0)
    after = closed.met[walkers].mean(axis=0)
    np.testing.assert_allclose(closed.drawn.share.mean(axis=0), after, atol=0.01)
    drawn = np.corrcoef(first.drawn.share[:, 0], closed.drawn.share[:, 0])[0, 1]
    assert abs(before[0] - after[0]) < 0.1
    assert drawn > 0.5


def test_an_index_that_no_traveller_changed_is_not_surely_unchanged(found: Comparison) -> None:
    first = found.scenarios[0]

    # Other ways are open to travellers; of those drawn none takes one.
    posts = difference_of(first, replace(first, ways="others")).posts

    assert not posts["exposure_index_difference"].any()
    assert (posts["exposure_index_difference_low"] < 0).all()
    assert (posts["exposure_index_difference_high"] > 0).all()
    # Two travellers more of a hundred would change the share by 2.3 points either way.
    at_risk = (first.drawn.alone * first.drawn.attacked).mean(axis=0)
    width = posts["exposure_index_difference_high"] / at_risk
    np.testing.assert_allclose(width, 1.645 * 2**0.5 / 102, rtol=0.3)


def test_a_post_that_catches_all_who_were_drawn_may_not_catch_all(found: Comparison) -> None:
    first = found.scenarios[0]
    all_at_one = np.zeros_like(first.first)
    all_at_one[:, 0] = 1.0
    some = replace(first, first=all_at_one, survived=np.zeros_like(first.survived))
    none = replace(
        first, sees="less", first=np.zeros_like(all_at_one), survived=np.ones_like(first.survived)
    )

    change = difference_of(some, none)

    estimate, low, high = change.undetected
    assert (estimate, high) == (1.0, 1.0)
    assert low == pytest.approx(1 - 1.645 * 2**0.5 / 102, rel=1e-3)
    caught = change.posts.iloc[0]
    assert caught["first_catch_difference"] == caught["first_catch_difference_low"] == -1
    assert caught["first_catch_difference_high"] == pytest.approx(-low, rel=1e-3)


def test_what_one_more_sensor_takes_from_nobody_drawn_is_not_surely_nothing(
    found: Comparison,
) -> None:
    first = found.scenarios[0]
    nobody = replace(first, gain=np.zeros_like(first.gain))

    doubtful = difference_of(nobody, replace(nobody, sees="more")).worth
    sure = difference_of(nobody, nobody).worth

    assert (doubtful["worth_difference_low"] < 0).all()
    assert not sure.drop(columns="id").to_numpy().any()


def test_a_shorter_time_makes_every_draw_less(found: Comparison) -> None:
    brief = against(found, "brief").posts

    assert (brief["exposure_index_difference_high"] < 0).all()
    assert not brief["isolation_difference_high"].any()


def test_bounds_of_what_is_not_known_are_missing_and_are_told(
    found: Comparison, study_file: Path
) -> None:
    bare = compare(named_scenarios([study_file], [["slow", "exposure.support_profile=slow"]]))

    posts = bare.differences[0].posts
    assert posts["exposure_index_difference_low"].isna().all()
    assert (posts["isolation_difference_low"] > 0).all()
    limits = " ".join(json.loads(json.dumps(told_comparison(found), default=str))["limits"])
    assert "Hours of help and areas of bands are told without intervals" in limits


@pytest.mark.parametrize(("begin", "leave"), [(0.2, 0.1), (0.06, 0.03)])
def test_nine_of_ten_intervals_hold_the_true_change_of_the_index(
    begin: float, leave: float
) -> None:
    # A column is a study of 200 travellers, half of whom come within range of its post; some who
    # did not begin to, some who did leave off.
    studies = np.random.default_rng(4).random((200, 800))
    before = np.broadcast_to(np.arange(200)[:, None] % 2 == 0, studies.shape)
    after = np.where(before, studies > 2 * leave, studies < 2 * begin)
    means = Resampling(3, 400).means(
        {"before": before.astype(float), "after": after.astype(float)}, np.arange(200) % 2
    )
    ids = tuple(map(str, range(800)))
    at_risk = np.full((400, 800), 0.3), np.full((400, 800), 0.5)
    first, other = (PostsDrawn(ids, *at_risk, means[name]) for name in ("before", "after"))
    change = 0.15 * (after.mean(axis=0) - before.mean(axis=0))

    low, high = change_interval(
        change,
        *(one.of("exposure_index", list(ids)) for one in (first, other)),
        level=0.9,
    )

    truth = 0.15 * (begin - leave)
    assert 0.85 <= ((low <= truth) & (truth <= high)).mean() <= 0.95
