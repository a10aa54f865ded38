"""``corridors reinforce``: whole or not at all, and plain words for what cannot be."""

import json

import pytest

from tests.cli.conftest import Study
from tests.export.rfc7946 import assert_rfc7946

FLOW = """
[flow]
travellers = 40

[knowledge]
informed = 0.5

[reinforcement]
fresh_travellers = 30
"""
MADE = """
[reinforcement.made]
border_km = 12
gates = true
"""


def given(study: Study, text: str) -> None:
    study.replace("\n[exposure]", f"\n{FLOW}{text}\n[exposure]")


def refused(study: Study, *words: object) -> str:
    before = study.files()
    told = study.call("reinforce", study.scenario, "--out", study.folder / "out", *words)
    assert told.code == 2, told.err
    assert "Traceback" not in told.err
    assert told.out == ""
    assert study.files() == before
    return told.err


@pytest.mark.parametrize("opponent", ["probable", "known", "best", "evasion"])
def test_a_plan_is_written_with_all_that_belongs_to_it(study: Study, opponent: str) -> None:
    given(study, MADE)
    out = study.folder / "out"
    words = ("--out", out, "--opponent", opponent, "-k", 2)
    told = study.call("reinforce", study.scenario, *words)
    assert told.code == 0, told.err
    assert "All results" in told.out
    for path in sorted(out.glob("*.geojson")):
        assert_rfc7946(path)
    record = json.loads((out / "reinforcement.json").read_text(encoding="utf-8"))
    left = [row["left"] for row in record["curve"]]
    assert left == sorted(left, reverse=True)
    assert record["left_after"] == pytest.approx(left[-1])
    assert sum(row["marginal"] for row in record["plan"]) == pytest.approx(left[0] - left[-1])
    assert record["bound"] <= record["left_after"] + 1e-9
    plan = json.loads((out / "reinforcements.geojson").read_text(encoding="utf-8"))["features"]
    assert [row["properties"]["order"] for row in plan] == list(range(1, len(plan) + 1))
    lines = (out / "curve.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("places,left,bound")
    assert len(lines) == 1 + len(left)
    page = (out / "map.html").read_text(encoding="utf-8")
    assert "Where to stand, in order" in page or not plan
    assert "After" in page
    if opponent == "probable":
        again = study.call("reinforce", study.scenario, *words)
        assert again.code == 2
        assert "out" in again.err


def test_what_else_is_asked_is_answered(study: Study) -> None:
    given(
        study,
        "nested = true\nteams = 1\ndays = 4\nprotected = ['places', 'crossings']\n"
        "[[reinforcement.weathers]]\nname = 'fog'\nvisibility_km = 1\n"
        "[reinforcement.support]\nnear_km = 20\n"
        "[reinforcement.bases]\nplaces = [[41.5, 36.3], [41.7, 36.35]]\n" + MADE,
    )
    out = study.folder / "out"
    told = study.call("reinforce", study.scenario, "--out", out, "-k", 2)
    assert told.code == 0, told.err
    for name in ("worlds.csv", "schedule.csv", "burden.csv", "bases.csv"):
        assert (out / name).is_file()
    for name in ("patrols", "support_hubs", "support_links", "new_bases"):
        assert_rfc7946(out / f"{name}.geojson")
    record = json.loads((out / "reinforcement.json").read_text(encoding="utf-8"))
    assert [row["fog"] for row in record["other"]["worlds"]]
    assert all(not row["goes"] for row in record["curve"])  # nested


def test_more_places_than_there_are(study: Study) -> None:
    given(study, MADE)
    assert "to have 99 places, and there are only" in refused(study, "-k", 99)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("-k", "0"), "must be a whole number above 0; found 0"),
        (("-k", "two"), "must be a whole number above 0; found two"),
        (("--budget", "0"), "must be a number above 0; found 0"),
        (("--budget", "nan"), "must be a number above 0; found nan"),
        (("--opponent", "weather"), "invalid choice: 'weather'"),
        (("-k", "2", "--budget", "2"), "not allowed with"),
    ],
)
def test_words_that_mean_nothing(study: Study, words: tuple[str, ...], told: str) -> None:
    assert told in refused(study, *words)


PLACE = "[[reinforcement.places]]\nname = 'P'\npoint = [41.6, 36.3]\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("budget = 0.0\n", "reinforcement.budget"),
        ("budget = 2.0\nnumber = 2\n", "either number or budget"),
        ("number = 0\n", "reinforcement.number"),
        (PLACE + "cost = -1.0\n", "cost"),
        (PLACE + "kind = 'drone'\n", "kind"),
        (PLACE + "kind = 'tower_thermal'\n", "nothing says how far the tower_thermal at 'P' sees"),
        ("number = 2\n" + PLACE, "to have 2 places, and there are only 1"),
        (
            "budget = 2.0\n" + PLACE + "cost = 5.0\n",
            "no gain is possible: the cheapest of 1 candidates costs 5",
        ),
        (
            "number = 1\n"
            + PLACE
            + "[[reinforcement.excluded]]\nname = 'all'\npoint = [41.5, 36.3]\nradius_m = 300000\n",
            "all 1 places for reinforcements are excluded",
        ),
        ("number = 1\n" + PLACE.replace("36.3", "46.3"), "outside the study area"),
        ("[reinforcement.moves]\nposts = ['nobody']\n" + MADE, "names 'nobody'"),
        ("[reinforcement.layer]\nfile = 'none.geojson'\n", "none.geojson"),
        ("teams = 900\n" + MADE, "900 teams"),
        (MADE + "[reinforcement.support]\nremove = 90\n", "remove = 90, and there are only"),
        (MADE + "[reinforcement.bases]\nplaces = [[10.0, 36.3]]\n", "reinforcement.bases.places"),
    ],
)
def test_what_cannot_be_is_said(study: Study, text: str, told: str) -> None:
    given(study, text)
    assert told in refused(study)


def test_a_place_that_nobody_can_meet_gains_nothing(study: Study) -> None:
    given(
        study,
        "number = 1\n[[reinforcement.places]]\nname = 'far'\npoint = [41.95, 36.02]\n"
        "range_m = 100.0\n",
    )
    for opponent in ("probable", "known"):
        out = study.folder / opponent
        told = study.call("reinforce", study.scenario, "--out", out, "--opponent", opponent)
        assert told.code == 0, told.err
        assert "No gain is possible" in told.out
        assert json.loads((out / "reinforcement.json").read_text("utf-8"))["plan"] == []


def test_a_world_without_a_way_is_refused(study: Study) -> None:
    study.replace("on_foot = 20, vehicle = 180", "on_foot = 'impassable', vehicle = 'impassable'")
    study.edit(
        "crossings/crossings.geojson",
        lambda table: [row["properties"].update(open=False) for row in table["features"]],
    )
    given(study, MADE)
    assert "reach" in refused(study)
