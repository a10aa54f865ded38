"""What the page says of a plan, for plans of every kind: proven, stopped, empty, moved."""

import re
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from corridors.reinforcement.opponents import Solved
from corridors.reinforcement.problem import Problem
from corridors.reinforcement.report.answers import answers, worlds
from corridors.reinforcement.report.changes import border, journeys
from corridors.reinforcement.report.plan import curve, plan
from corridors.reinforcement.report.sureness import proof_words, sureness
from corridors.reinforcement.result import Change, Reinforcement
from tests.worlds import CRS

PROVEN = Solved((0,), 0.4, 0.4, "proven optimal", 7, 0.25)
CHANGE = Change((0.5, 0.45, 0.55), (0.4, 0.35, 0.45), (-0.1, -0.12, -0.08), 40, 0.25)


def places(*ids: str) -> gpd.GeoDataFrame:
    count = len(ids)
    table = {
        "id": list(ids),
        "order": range(1, count + 1),
        "kind": ["watch_post"] * count,
        "range_m": [3000.0] * count,
        "probability": [0.6] * count,
        "cost": [1.5] * count,
        "moved_from": pd.Series([None] * count, dtype=object),
        "marginal": [0.1, -0.012, 0.02][:count],
        "alone": [0.1, np.nan, 0.02][:count],
    }
    points = [shapely.Point(500_000 + 5000 * n, 4_000_000) for n in range(count)]
    return gpd.GeoDataFrame(table, geometry=points, crs=CRS)


def stretches(changes: list[float]) -> gpd.GeoDataFrame:
    lines = [
        shapely.LineString([(500_000 + n, 4_000_000), (500_500 + n, 4_000_000)])
        for n in range(len(changes))
    ]
    change = np.array(changes)
    table = {
        "name": "A <b> border",
        "stretch": range(len(changes)),
        "share_before": 0.25,
        "share_after": 0.25,
        "unseen_before": 0.2,
        "unseen_after": 0.2 + change,
        "unseen_change": change,
        "unseen_change_low": change * 1.5,
        "unseen_change_high": change * 0.5,
    }
    return gpd.GeoDataFrame(table, geometry=lines, crs=CRS)


def curve_of(left: list[float], bound: list[float]) -> pd.DataFrame:
    count = len(left)
    return pd.DataFrame(
        {
            "places": range(count),
            "left": left,
            "bound": bound,
            "marginal": [0.0, *(-np.diff(left))],
            "status": ["", *["heuristic"] * (count - 1)],
            "comes": [[], *[["<i>"]] * (count - 1)],
            "goes": [[]] * count,
        }
    )


def ways(after: list[float], hours: list[float]) -> pd.DataFrame:
    count = len(after)
    return pd.DataFrame(
        {
            "origin": "O",
            "destination": [f"D{n}" for n in range(count)],
            "profile": "foot",
            "transits": 1 / count,
            "unseen_before": 0.5,
            "unseen_after": after,
            "hours_before": 10.0,
            "hours_after": hours,
        }
    )


def made(**given: Any) -> Reinforcement:
    scenario = SimpleNamespace(
        flow=SimpleNamespace(confidence=0.9),
        profiles=[SimpleNamespace(name="foot", title="on foot")],
        reinforcement=SimpleNamespace(nested=False),
    )
    problem = cast(Problem, SimpleNamespace(ground=SimpleNamespace(scenario=scenario)))
    whole: dict[str, Any] = {
        "problem": problem,
        "opponent": "probable",
        "solved": PROVEN,
        "nothing": 0.5,
        "plan": places("a"),
        "candidates": places("a", "b"),
        "change": CHANGE,
        "fresh": CHANGE,
        "curve": curve_of([0.5, 0.4, 0.39], [0.5, 0.4, np.nan]),
        "knee": 1,
        "border": stretches([-0.02]),
        "journeys": ways([0.4], [10.0]),
    }
    return Reinforcement(**(whole | given))


def cells(html: str) -> list[list[str]]:
    rows = re.findall(r"<tr>(.*?)</tr>", html)
    every = [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row) for row in rows]
    return [[re.sub("<small>.*?</small>|<.*?>", "", cell) for cell in row] for row in every]


def test_a_plan_is_told_in_order_with_its_sensor_and_what_makes_matters_worse() -> None:
    table = places("a", "b", "<b>c")
    rows = cells(plan(made(plan=table)))
    lonlat = table.to_crs(4326).geometry
    at = [f"{point.y:.2f}° N, {point.x:.2f}° E" for point in lonlat]
    sensor = "watch post, 3 km, catches 60%"
    assert rows[1:] == [
        ["1. a", at[0], sensor, "10.0", "10.0", "1.5"],
        ["2. b", at[1], sensor, "\N{MINUS SIGN}1.2", "", "1.5"],
        ["3. &lt;b&gt;c", at[2], sensor, "2.0", "2.0", "1.5"],
    ]


def test_where_a_post_comes_from_is_told_where_one_is_moved() -> None:
    table = places("a", "b")
    table["moved_from"] = pd.Series([None, "old post"], dtype=object)
    rows = cells(plan(made(plan=table)))
    assert [row[-1] for row in rows] == ["Moved from", "", "old post"]


@pytest.mark.parametrize(
    ("solved", "told"),
    [
        (PROVEN, "for no gain is possible"),
        (replace(PROVEN, status="heuristic", bound=np.nan), "no plan was found that leaves less"),
    ],
)
def test_an_empty_plan_says_no_more_than_is_known(solved: Solved, told: str) -> None:
    found = made(plan=places(), solved=solved)
    assert told in plan(found)
    assert proof_words(found)[0].startswith("Taking no place is")
    assert "made better than" not in " ".join(proof_words(found))


@pytest.mark.parametrize(
    ("solved", "first", "second"),
    [
        (PROVEN, "proven the best", "took 0.2 s, over 7 plans"),
        (replace(PROVEN, status="optimal (every plan tried)"), "every plan", "7 plans"),
        (
            replace(PROVEN, status="bound", bound=0.375, limit="time"),
            "a better one, if there is any, takes away at most 2.5 points",
            "stopped by its limit (time)",
        ),
        (
            replace(PROVEN, status="heuristic", bound=np.nan, tried=1),
            "Nothing is proven",
            "one plan or round",
        ),
    ],
)
def test_the_proof_in_plain_words(solved: Solved, first: str, second: str) -> None:
    told = proof_words(made(solved=solved))
    assert first in told[0]
    assert ("No plan leaves less than 37.5%" in told[0]) == bool(solved.limit)
    assert second in told[1]
    assert ("better plan may exist" in told[1]) == bool(solved.limit)
    assert "nan" not in " ".join(told)


def test_others_than_its_own_travellers_have_their_row() -> None:
    fresh = replace(CHANGE, difference=(-0.05, -0.07, -0.03), travellers=30)
    rows = cells(sureness(made(fresh=fresh)))
    minus = "\N{MINUS SIGN}"
    assert rows[1][2:5] == ["50.0%", "40.0%", f"{minus}10.0 ({minus}12.0 to {minus}8.0)"]
    assert rows[2][1] == "30"
    assert rows[2][4] == f"{minus}5.0 ({minus}7.0 to {minus}3.0)"
    assert len(cells(sureness(made(fresh=None)))) == 2


def test_the_bend_is_ringed_and_a_bound_that_is_not_known_is_left_out() -> None:
    drawn = curve(made())
    ring = r'<circle cx="([\d.]+)" cy="([\d.]+)" r="7"'
    (at,) = re.findall(ring, drawn)
    assert f'cx="{at[0]}" cy="{at[1]}" r="3.4"' in drawn
    rows = cells(drawn)
    assert rows[0][2] == "No plan below"
    assert [row[2] for row in rows[1:]] == ["", "40.0%", ""]
    assert "Goes" not in rows[0]
    assert "<i>" not in drawn
    unknown = curve(made(curve=curve_of([0.5, 0.4, 0.3], [0.5, np.nan, np.nan]), knee=None))
    assert "There is no proven bound" in unknown
    assert "proven</span>" not in unknown
    assert not re.findall(ring, unknown)


def test_a_flat_curve_is_a_sentence_and_two_points_are_no_curve() -> None:
    flat = curve(made(curve=curve_of([0.5, 0.5, 0.5], [0.5, 0.5, 0.5]), knee=None))
    assert "As much is left with 1 to 2 places as with none." in flat
    assert "<svg" not in flat
    assert curve(made(curve=curve_of([0.5, 0.4], [0.5, 0.4]))) == ""


def test_only_stretches_that_change_are_told_those_that_change_most_first() -> None:
    drawn = border(made(border=stretches([0.0, 0.01, -0.03, 0.0001])))
    minus = "\N{MINUS SIGN}"
    assert [row[0] for row in cells(drawn)[1:]] == ["A &lt;b&gt; border 2", "A &lt;b&gt; border 1"]
    assert cells(drawn)[1][4:] == ["20.0%", "17.0%", f"{minus}3.0 ({minus}4.5 to {minus}1.5)"]
    assert "2 of 4 stretches" in drawn
    assert "as much passes as before" in border(made(border=stretches([0.0, 0.0])))
    nobody = stretches([0.0]).assign(share_before=0.0, share_after=0.0)
    assert "No transit crosses a border" in border(made(border=nobody))


def test_journeys_have_hours_only_where_one_takes_longer() -> None:
    same = cells(journeys(made(journeys=ways([0.5, 0.3, 0.45], [10.0, 10.0, 10.0]))))
    assert [row[0] for row in same[1:]] == ["O to D1, on foot", "O to D2, on foot"]
    assert same[1][1:] == ["33.3%", "50.0%", "30.0%", "\N{MINUS SIGN}20.0"]
    longer = cells(journeys(made(journeys=ways([0.5, 0.6], [12.0, 10.0]))))
    assert longer[1][4:] == ["+10.0", "10 h", "10 h"]
    assert longer[2][-2:] == ["10 h", "12 h"]
    assert "No journey" in journeys(made(journeys=ways([0.5], [10.0])))


def test_a_plan_that_is_best_by_several_goals_stands_once() -> None:
    table = pd.DataFrame(
        {
            "goal": ["best in as given", "best in fog", "least mean"],
            "plan": [["a"], [], ["a"]],
            "as given": [0.4, 0.5, 0.4],
            "fog": [0.6, 0.55, 0.6],
            "mean": [0.5, 0.525, 0.5],
            "worst": [0.6, 0.55, 0.6],
            "regret": [0.05, 0.1, 0.05],
        }
    )
    rows = cells(worlds(made(tables={"worlds": table})))
    assert rows[1:] == [
        ["best in as given; least mean", "40.0%", "60.0%", "50.0%", "60.0%", "5.0"],
        ["best in fog", "50.0%", "55.0%", "52.5%", "55.0%", "10.0"],
    ]
    many = table.assign(**{f"member {n}": 0.5 for n in range(9)})
    assert "6 of 11 worlds; all of them are in worlds.csv" in worlds(made(tables={"worlds": many}))
    assert worlds(made()) == ""


def test_each_other_question_has_its_table() -> None:
    sites = places("a", "<b>b")
    tables = {
        "burden": pd.DataFrame(
            {
                "origin": ["camp", "camp"],
                "destination": ["gate", "town"],
                "hours": [2.0, 3.0],
                "extra_minutes": [4.0, 10.0],
            }
        ),
        "schedule": pd.DataFrame({"day": [1, 2], "places": [["a"], ["<b>b"]]}),
        "bases": pd.DataFrame({"base": ["X", "Y"], "alone_without": [3, 5], "alone_more": [0, 2]}),
    }
    hubs = sites.assign(
        name=["Hub", None], critical=[False, True], betweenness=[0.5, 0.0], pairs_without=[3, 6]
    )
    layers = {
        "patrols": sites.assign(cover=[0.25, 0.75]),
        "support_hubs": hubs,
        "new_bases": sites.assign(
            name=["P", "Q"], taken=[False, True], posts_in_time=[4, 6], hours_saved=[1.0, 2.5]
        ),
    }
    told = answers(made(tables=tables, layers=layers))
    rows = [row for row in cells(told) if row[0] not in {"Place", "Day"}]
    for row in (
        ["camp to town", "3 h", "+10.0"],
        ["&lt;b&gt;b", "75%"],
        ["Day 2", "&lt;b&gt;b"],
        ["&lt;b&gt;b", "yes", "0.0%", "6"],
        ["Y", "5", "2"],
        ["Q", "6", "2.5"],
    ):
        assert row in rows
    assert rows.index(["Y", "5", "2"]) < rows.index(["X", "3", "0"])
    assert "<b>b" not in told
    assert answers(made()) == ""
