"""Scenarios side by side on a small study: what changes, what does not, and what adds up."""

import json
import shutil
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import rasterio

import corridors
from corridors.comparison import Comparison, Difference, compare, named_scenarios
from corridors.comparison.tables import comparison_layers
from corridors.comparison.told import comparison_sentences, told_comparison
from corridors.comparison.write import run_comparison
from corridors.errors import InputError, ScenarioError
from corridors.progress import Progress
from corridors.study import Study, study_flow, study_ground, study_worth

VARIANTS = [
    ["same", "title=The same under another title"],
    ["fog", "weather.visibility_km=0.8"],
    ["blind", "weather.visibility_km=0"],
    ["storm", "weather.rain=heavy"],
    ["ditch", "barriers.ditch.delay_minutes.walk=240"],
    ["closed", "barriers.ditch.delay_minutes.slow=impassable"],
    ["aware", "knowledge.informed=1.0", "knowledge.kappa_hours=20"],
    ["slow help", "exposure.support_profile=slow"],
]


@pytest.fixture(scope="module")
def found(study_file: Path) -> Comparison:
    return compare(named_scenarios([study_file], VARIANTS))


@pytest.fixture(scope="module")
def study(study_file: Path) -> Study:
    return corridors.analyse(corridors.load_scenario(study_file))


def against(found: Comparison, name: str) -> Difference:
    return next(one for one in found.differences if one.other.name == name)


def test_the_first_scenario_is_told_as_a_run_tells_it(found: Comparison, study: Study) -> None:
    first = found.scenarios[0]

    assert first.undetected == study.undetected.share
    assert first.sigma == study.flow.sigma
    shares = ["share", "share_low", "share_high"]
    np.testing.assert_array_equal(first.stretches[shares], study.border_segments[shares])
    columns = [
        *("transit_share", "transit_share_low", "transit_share_high"),
        *("first_catch", "first_catch_low", "first_catch_high", "hours_from_base", "range_now_m"),
        *("loss", "loss_low", "loss_high", "isolation", "isolation_low", "isolation_high"),
    ]
    assert first.posts["id"].tolist() == study.checkpoints["id"].tolist()
    np.testing.assert_allclose(first.posts[columns], study.checkpoints[columns], rtol=1e-12)
    assert (first.posts["transit_share"] > 0.1).all()
    for column in ("worth", "worth_low", "worth_high", "met"):
        np.testing.assert_allclose(first.worth[column], study.worth.candidates[column])
    hours = study.help.table(study.layers["checkpoints"])["hours"]
    np.testing.assert_allclose(first.support["hours"], hours)


def test_the_same_scenario_changes_exactly_nothing(found: Comparison) -> None:
    same = against(found, "same")

    assert same.same_ways
    assert {same.undetected, same.hours, same.crossing} == {(0.0, 0.0, 0.0)}
    assert not same.stretches.drop(columns="id").to_numpy().any()
    assert not np.nan_to_num(same.posts.drop(columns=["id", "name"]).to_numpy(float)).any()
    assert not same.worth.drop(columns="id").to_numpy().any()
    assert not same.support["hours_difference"].any()
    assert set(same.areas["change"]) == {"both"}
    np.testing.assert_allclose(same.bands["overlap"], 1)
    told = [line for line in comparison_sentences(found) if line.startswith("'same'")]
    assert told == ["'same' against 'scenario': nothing changes that was measured."]


def test_fog_hides_transits_and_leaves_their_ways(found: Comparison) -> None:
    fog = against(found, "fog")

    assert fog.same_ways
    assert fog.undetected[1] > 0.05
    assert not fog.stretches.drop(columns="id").to_numpy().any()
    assert (fog.posts["transit_share_difference"] < 0).all()
    assert fog.posts["first_catch_difference"].sum() < 0


def test_who_sees_nothing_catches_nobody(found: Comparison) -> None:
    blind = against(found, "blind")

    assert blind.other.undetected == (1.0, 1.0, 1.0)
    assert blind.undetected[0] == pytest.approx(1 - found.scenarios[0].undetected[0])
    assert not blind.other.posts["first_catch"].any()
    assert not blind.other.posts["loss"].any()
    assert not blind.other.worth["worth"].any()
    np.testing.assert_allclose(blind.worth["worth_difference"], -found.scenarios[0].worth["worth"])


@pytest.mark.parametrize("name", [name for name, *_ in VARIANTS])
def test_differences_are_those_of_the_estimates_and_add_up(found: Comparison, name: str) -> None:
    first, one = found.scenarios[0], against(found, name)
    other = one.other

    gain = other.stretches["share"].to_numpy() - first.stretches["share"].to_numpy()
    np.testing.assert_allclose(one.stretches["difference"], gain, atol=1e-12)
    assert one.stretches["difference"].sum() == pytest.approx(0, abs=1e-12)
    np.testing.assert_allclose(
        one.worth["worth_difference"], other.worth["worth"] - first.worth["worth"], atol=1e-12
    )
    for column in ("transit_share", "first_catch", "loss"):
        gain = other.posts[column].to_numpy() - first.posts[column].to_numpy()
        np.testing.assert_allclose(one.posts[f"{column}_difference"], gain, atol=1e-12)
    # Who is not caught by one is caught by another, or by nobody.
    total = one.undetected[0] + one.posts["first_catch_difference"].sum()
    assert total == pytest.approx(0, abs=1e-10)
    for table, start in (
        (one.stretches, "difference"),
        (one.posts, "first_catch_difference"),
        (one.posts, "loss_difference"),
        (one.worth, "worth_difference"),
    ):
        assert (table[f"{start}_low"] <= table[start]).all()
        assert (table[start] <= table[f"{start}_high"]).all()
    bands = one.bands
    both = bands["area_km2"] - bands["gained_km2"]
    np.testing.assert_allclose(both, bands["area_first_km2"] - bands["lost_km2"])


def test_rain_slows_and_a_deeper_ditch_holds_up(found: Comparison) -> None:
    storm, ditch = against(found, "storm"), against(found, "ditch")

    assert storm.hours[1] > 0
    assert ditch.hours[1] > 0
    assert not storm.same_ways
    # Those who walk, seven in ten, are delayed for 230 minutes more and there is no way round; some
    # go out of their way to where they believe the ditch to be less.
    least = 0.7 * 230 / 60
    assert 0.97 * least < ditch.hours[0] < 1.3 * least


def test_the_difference_is_far_surer_than_either(found: Comparison) -> None:
    storm = against(found, "storm")
    own = [one.undetected[2] - one.undetected[1] for one in (found.scenarios[0], storm.other)]

    assert storm.undetected[0] != 0
    assert storm.undetected[2] - storm.undetected[1] < 0.5 * min(own)


def test_help_that_is_slower_leaves_posts_alone_more_often(found: Comparison) -> None:
    late = against(found, "slow help")
    first = found.scenarios[0]

    assert late.same_ways
    assert (late.support["hours_difference"] > 0).all()
    # At 0.4 in place of 0.6 of the speed, and there are no roads.
    np.testing.assert_allclose(late.other.support["hours"], 1.5 * first.support["hours"])
    assert (late.posts["isolation_difference"] > 0).all()
    assert not late.worth["worth_difference"].any()
    told = [line for line in comparison_sentences(found) if line.startswith("'slow help'")]
    assert any("minutes later on average; from base to" in line for line in told)
    told = [line for line in comparison_sentences(found) if line.startswith("'fog'")]
    assert any("where one more sensor was worth most it takes away" in line for line in told)


class Interrupted(Progress):
    """Stops the comparison, as a person would, in the second scenario."""

    def step(self, what: str) -> None:
        """Stop once the first scenario is solved and the second begins."""
        if what == "Solving travellers, storm":
            raise KeyboardInterrupt


def test_an_interrupted_comparison_goes_on_from_what_it_finished(
    study_file: Path, tmp_path: Path
) -> None:
    scenarios = named_scenarios([study_file], [["storm", "weather.rain=heavy"]])
    out = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt, match="goes on from it"):
        run_comparison(scenarios, out, progress=Interrupted())
    assert list(tmp_path.glob(".out.resume/*/paths-*.npz"))
    assert not out.exists()
    again = run_comparison(scenarios, out)
    assert not list(tmp_path.glob(".out*"))
    fresh = run_comparison(scenarios, tmp_path / "fresh")
    for name in ("comparison.json", "worth.geojson", "checkpoints.geojson"):
        assert (out / name).read_bytes() == (tmp_path / "fresh" / name).read_bytes()
    assert again.differences[0].undetected == fresh.differences[0].undetected


def test_a_place_off_the_ground_is_refused(study_file: Path) -> None:
    ground = study_ground(corridors.load_scenario(study_file))
    flow = study_flow(ground)
    with pytest.raises(InputError, match="off the ground"):
        study_worth(ground, flow, at=np.array([[0.0, 0.0]]))


def test_worth_is_looked_at_as_finely_in_every_scenario(
    study_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # In fog there are so few lines of sight that every cell could be looked from.
    monkeypatch.setattr("corridors.study.sight.PATCHES_MAX", 2e5)
    compared = compare(named_scenarios([study_file], [["fog", "weather.visibility_km=0.8"]]))
    clear, fog = compared.scenarios
    assert clear.grain.step > 1
    assert fog.grain == clear.grain


def test_an_elevation_with_a_gap_where_one_more_sensor_is_tried_is_refused(
    study_file: Path, found: Comparison
) -> None:
    worth = found.scenarios[0].worth
    with rasterio.open(study_file.with_name("dem.tif")) as file:
        heights, profile = file.read(1), {**file.profile, "nodata": -9999.0}
        best = worth.to_crs(file.crs).geometry.iloc[0]
        row, column = file.index(best.x, best.y)
    heights[row - 4 : row + 5, column - 4 : column + 5] = profile["nodata"]
    dug = study_file.with_name("dug.tif")
    with rasterio.open(dug, "w", **profile) as file:
        file.write(heights, 1)
    scenarios = named_scenarios([study_file], [["dug", f"layers.elevation.file={dug.name}"]])
    with pytest.raises(ScenarioError, match="dug: one more sensor is tried where it is worth most"):
        compare(scenarios)


def test_who_can_no_longer_pass_counts_no_more(found: Comparison) -> None:
    closed = against(found, "closed").other

    assert found.scenarios[0].arrived.all()
    assert closed.arrived.mean() == pytest.approx(0.7, abs=0.02)
    assert {one.sigma for one in found.scenarios} == {found.scenarios[0].sigma}
    np.testing.assert_array_equal(closed.stretch.any(axis=1), closed.arrived)
    assert not closed.survived[~closed.arrived].any()


def test_who_knows_of_posts_goes_elsewhere(found: Comparison) -> None:
    aware = against(found, "aware")

    assert not aware.same_ways
    assert aware.undetected[1] > 0


def test_given_the_sigma_that_was_found_the_paths_are_the_same(study_file: Path) -> None:
    ground = study_ground(corridors.load_scenario(study_file))
    found = study_flow(ground)

    again = study_flow(ground, sigma=found.sigma)

    assert again.sigma == found.sigma
    np.testing.assert_array_equal(again.paths.arcs, found.paths.arcs)
    assert again.detour == found.detour
    wider = study_flow(ground, sigma=2 * found.sigma)
    assert wider.detour[0] > 1.5 * found.detour[0]


def test_layers_name_each_scenario_and_lie_where_posts_and_border_do(found: Comparison) -> None:
    layers = comparison_layers(found)

    border = layers["border_segments"]
    assert {"share_scenario", "share_fog_low", "difference_fog_high"} <= set(border)
    assert "difference_scenario" not in border
    posts = layers["checkpoints"]
    assert posts["first_catch_difference_blind"].tolist() == pytest.approx(
        [-value for value in posts["first_catch_scenario"]]
    )
    bands = layers["corridors"]
    assert bands["id"].is_unique
    assert set(bands["kind"]) == {"band", "change"}
    changes = bands[bands["kind"] == "change"]
    smallest = changes.geometry.explode().area.min()
    assert smallest >= 1e6  # flow.smallest_km2


def test_the_figures_are_json_and_name_their_limits(found: Comparison) -> None:
    told = json.loads(json.dumps(told_comparison(found), default=str))

    assert [one["name"] for one in told["scenarios"]][:2] == ["scenario", "same"]
    assert told["differences"][1]["undetected"]["difference"] > 0
    assert told["limits"]
    assert told["synthetic"]["fog"] == ["checkpoints"]


@pytest.fixture
def second(study_file: Path, tmp_path: Path) -> Path:
    """Copy the study, to change its layers."""
    shutil.copytree(study_file.parent, tmp_path / "other")
    return tmp_path / "other" / "scenario.toml"


def test_a_post_that_is_gone_is_idle(study_file: Path, second: Path, tmp_path: Path) -> None:
    layer = gpd.read_file(second.parent / "posts.geojson")
    layer[layer["id"] == "p-2"].to_file(second.parent / "posts.geojson")

    found = run_comparison(named_scenarios([study_file, second]), tmp_path / "out")

    inputs = json.loads((tmp_path / "out" / "manifest.json").read_text())["inputs"]
    own = {"posts.geojson", "posts.geojson (other scenario)"}
    assert {name for name in inputs if name.startswith("posts")} == own
    one = found.differences[0].posts.set_index("id")
    assert one.index.tolist() == ["p-1", "p-2"]
    first = found.scenarios[0].posts.set_index("id")
    assert one["first_catch_difference"]["p-1"] == pytest.approx(-first["first_catch"]["p-1"])
    assert one["first_catch_difference"]["p-2"] >= 0
    assert np.isnan(one["hours_from_base_difference"]["p-1"])
    assert found.differences[0].undetected[0] > 0
    posts = comparison_layers(found)["checkpoints"]
    assert np.isnan(posts["first_catch_other_scenario"][0])


def test_a_border_elsewhere_is_refused(study_file: Path, second: Path) -> None:
    layer = gpd.read_file(second.parent / "border.geojson")
    layer.translate(0.01).to_frame("geometry").assign(id="b-1", name="border").to_file(
        second.parent / "border.geojson"
    )

    with pytest.raises(ScenarioError, match="the stretches of border differ"):
        compare(named_scenarios([study_file, second]))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("area.cell_m=900", "area.cell_m is 900.0 and not 800.0"),
        ("area.bbox=[32.46, -16.06, 32.71, -15.87]", "area.bbox is"),
        ("seed=8", "seed is 8 and not 7"),
        ("profiles.walk.name=run", "profiles differ"),
        ("origins.north.weight=0.5", "origins differ"),
        ("destinations.east.point=[32.66, -15.95]", "destinations differ"),
        ('transits=[{origin="north", destination="east"}, {origin="south", destination="east"}]',
         "transits differ"),
        ("flow.detour=0.2", "flow.detour is 0.2 and not 0.1"),
        ("flow.travellers=50", "flow.travellers is 50 and not 100"),
    ],
)  # fmt: skip
def test_scenarios_without_the_same_travellers_are_refused(
    study_file: Path, change: str, told: str
) -> None:
    changes = [change]
    if "profiles" in change:
        changes.append("barriers.ditch.delay_minutes={run=10, slow=20}")
    scenarios = named_scenarios([study_file], [["other", *changes]])

    with pytest.raises(ScenarioError) as caught:
        compare(scenarios)

    assert told in str(caught.value)
    assert "variant 'other' cannot be compared with" in str(caught.value)


def test_an_early_stop_in_the_first_holds_for_all(study_file: Path) -> None:
    text = study_file.read_text().replace("travellers = 100", "travellers = 400\nprecision = 0.2")
    study_file.with_name("stops.toml").write_text(text)

    found = compare(
        named_scenarios([study_file.with_name("stops.toml")], [["storm", "weather.rain=heavy"]])
    )

    assert [len(one.key) for one in found.scenarios] == [200, 200]
