"""What a reader is told first."""

from types import SimpleNamespace
from typing import Any, cast

import geopandas as gpd
import pandas as pd
import pytest

import corridors
from corridors.flow import Flow
from corridors.paths import LeftOut
from corridors.report.flow_words import flow_line
from corridors.report.study_layers import study_map
from corridors.study import Study
from corridors.summary import detour_by_profile, headlines, summarise
from tests.comparison.conftest import write_study


def study_of(shares: list[float], *left_out: LeftOut) -> Study:
    """Return a study of two stretches: the first crossed at its gate, the second over ground."""
    segments = pd.DataFrame(
        {
            "share": [part / sum(shares) for part in shares],  # of those who cross a border
            "length_km": 10.0,
            "gate_share": [shares[0] / sum(shares), 0.0],
        }
    )
    nothing = pd.DataFrame({"hours_from_base": [], "transit_share": []})
    return cast(
        Study,
        SimpleNamespace(
            border_segments=segments,
            paths=pd.DataFrame({"share": shares}),
            journeys=SimpleNamespace(left_out=left_out),
            checkpoints=nothing,
            layers={"reinforcements": nothing},
            flow=SimpleNamespace(bands=pd.DataFrame({"share": [0.5], "area_km2": [1200.0]})),
        ),
    )


def test_a_share_over_the_border_says_how_much_of_it_passes_a_crossing() -> None:
    border = headlines(study_of([0.25, 0.75]))[0]
    assert border == (
        "100% of the transits over a border cross in 2 stretches, 20 km long in all; 25% of them "
        "pass a crossing, 75% go over the ground."
    )


def test_a_share_is_not_said_of_all_transits_where_some_are_impossible() -> None:
    border, _, rest = headlines(study_of([0.2, 0.4], LeftOut("a to b, on foot", 0.4)))
    assert border.startswith("100% of the possible transits over a border cross in 2 stretches")
    assert "33% of them pass a crossing, 67% go over the ground" in border
    assert rest.startswith("1 of the 3 journeys asked for, 40% of the transits, is not possible")


def test_journeys_within_a_cell_are_not_called_impossible() -> None:
    border, _, rest = headlines(study_of([0.2, 0.4], LeftOut("a to a, on foot", 0.4, True)))
    assert border.startswith("100% of the transits over a border")
    assert rest.startswith("1 of the 3 journeys asked for, 40% of the transits, starts and ends in")


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Solve a small study whose first post is a gate far from any crossing."""
    path = write_study(tmp_path_factory.mktemp("summary") / "plain")
    posts = path.with_name("posts.geojson")
    layer = gpd.read_file(posts)
    layer.assign(kind=["manned_gate", "tower_thermal"]).to_file(posts)
    text = path.read_text("utf-8").replace("[weather]\nvisibility_km = 20\n", "")
    path.write_text(text, encoding="utf-8")
    return corridors.analyse(corridors.load_scenario(path))


@pytest.fixture(scope="module")
def told(study: Study) -> dict[str, Any]:
    return summarise(study)


def test_a_gate_that_controls_nothing_is_found_in_the_data(told: dict[str, Any]) -> None:
    (gate,) = [line for line in told["found_in_the_data"] if "manned gate" in line]
    assert "there is no crossing for it to control: it controls nothing" in gate


def test_what_the_scenario_leaves_unsaid_is_assumed_in_the_summary_and_on_the_map(
    study: Study, told: dict[str, Any]
) -> None:
    assumed = [one["what"] for one in told["assumptions"]]
    assert assumed[0] == "The weather is taken as clear air, no rain, by day."
    assert assumed[1].startswith("One more sensor is by default a watch post")
    shown = study_map(study).assumptions
    assert [text.startswith(what) for text, what in zip(shown, assumed, strict=True)] == [True] * 2


def test_a_default_sensor_is_told_apart_from_one_that_was_asked_for(told: dict[str, Any]) -> None:
    assert told["undetected"]["one_more"]["sensor_by_default"] == ["kind", "range_m", "probability"]


def test_each_profile_has_its_own_detour(study: Study, told: dict[str, Any]) -> None:
    flow = study.flow
    arrived = flow.paths.arrived
    names = [profile.name for profile in study.scenario.profiles]
    truth = {
        name: flow.paths.detour[arrived & (flow.travellers.profile == number)].mean()
        for number, name in enumerate(names)
    }
    assert told["flow"]["detour_by_profile"] == pytest.approx(truth)
    assert truth["walk"] != truth["slow"]
    assert f"; by profile slow {100 * truth['slow']:.2g}%, walk {100 * truth['walk']:.2g}%;" in (
        flow_line(flow)
    )


def test_detours_weigh_as_many_as_travel() -> None:
    journeys = pd.DataFrame(
        {"profile": ["a", "a", "b"], "travellers": [3, 1, 5], "detour": [0.1, 0.5, 0.3]}
    )
    found = detour_by_profile(cast(Flow, SimpleNamespace(journeys=journeys)))
    assert found == pytest.approx({"a": 0.2, "b": 0.3})
