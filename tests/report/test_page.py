"""The report: whole, equal to its study, deaf to hostile names."""

import base64
import hashlib
import io
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from corridors.report.page import report_html, write_report_html
from corridors.report.page.charts import bar, histogram, line_chart, nice_steps
from corridors.report.page.figures import help_after, point_words, sign_words
from corridors.report.page.findings import one_more
from corridors.report.page.markup import element, joined
from corridors.scenario.wanted import Worth
from corridors.study import Study
from tests.report.page_worlds import ATTRIBUTE, HOSTILE, bare_study, full_study

VOID = {"img", "meta"}
NETWORK = re.compile(r"(?:https?:)?//|@import|url\(", re.IGNORECASE)


class Reader(HTMLParser):
    """Reads a page as a browser does, and complains of what is not closed as it was opened."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.captions: dict[str, list[list[str]]] = {}
        self.text = ""
        self._rows: list[list[str]] = []
        self._caption = ""
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an element."""
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "table":
            self._rows, self._caption = [], ""
        elif tag == "tr":
            self._rows.append([])
        elif tag in {"th", "td"}:
            self._rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        """Close an element, the last that was opened."""
        assert self.open.pop() == tag
        if tag == "table":
            self.captions[self._caption] = self._rows

    def handle_data(self, data: str) -> None:
        """Keep a text, in its cell where it stands in one."""
        if "style" in self.open:
            return
        self.text += data
        if "svg" in self.open:
            return
        if {"td", "th"} & set(self.open):
            self._rows[-1][-1] += f" {data}" if self._rows[-1][-1] else data
        elif "caption" in self.open:
            self._caption += data

    def table(self, start: str) -> list[list[str]]:
        """Return the rows of the table whose caption starts so, without its head and foot."""
        found = [rows for caption, rows in self.captions.items() if caption.startswith(start)]
        assert len(found) == 1
        return [row for row in found[0][1:] if row[0]]


@dataclass(frozen=True)
class Made:
    """A study, its page, and the page as it is read."""

    study: Study
    page: str
    read: Reader


@pytest.fixture(scope="module")
def picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(file, "PNG")
    return file.getvalue()


def made(build: Callable[[Path], Study], folder: Path, picture: bytes) -> Made:
    study = build(folder)
    page = report_html(study, picture=picture)
    return Made(study, page, Reader(page))


@pytest.fixture(scope="module")
def full(picture: bytes, tmp_path_factory: pytest.TempPathFactory) -> Made:
    return made(full_study, tmp_path_factory.mktemp("full"), picture)


@pytest.fixture(scope="module")
def bare(picture: bytes, tmp_path_factory: pytest.TempPathFactory) -> Made:
    return made(bare_study, tmp_path_factory.mktemp("bare"), picture)


def share_of(text: str) -> float:
    """Return the share that words such as "12%", "none" or "under 0.1%" stand for."""
    if text == "none":
        return 0.0
    return float(re.fullmatch(r"(?:under )?([\d.,]+)%", text)[1].replace(",", "")) / 100  # type: ignore[index]


def same_share(text: str, value: float) -> bool:
    """Return whether words say a share, as exactly as they claim to."""
    return abs(share_of(text) - value) <= (0.005 if value >= 0.0995 else 0.0005) + 1e-12


def assert_interval(cell: str, row: Any, column: str) -> None:
    """Hold that a cell says a share and, after it, its interval."""
    told, low, high = re.fullmatch(  # type: ignore[union-attr]
        r"(none|(?:under )?[\d.]+%) ((?:under )?[\d.]+) to ((?:under )?[\d.]+%)", cell
    ).groups()
    assert same_share(told, row[column])
    assert same_share(f"{low}%", row[f"{column}_low"])
    assert same_share(high, row[f"{column}_high"])


@pytest.mark.parametrize("which", ["full", "bare"])
def test_elements_are_closed_as_they_were_opened(
    which: str, request: pytest.FixtureRequest
) -> None:
    read = request.getfixturevalue(which).read
    names = [tag for tag, _ in read.tags]
    assert [names.count(tag) for tag in ("html", "head", "body", "main", "h1")] == [1] * 5
    assert ("html", {"lang": "en"}) in read.tags


@pytest.mark.parametrize("which", ["full", "bare"])
def test_nothing_is_fetched_and_nothing_runs(which: str, request: pytest.FixtureRequest) -> None:
    made = request.getfixturevalue(which)
    assert {"script", "iframe", "link", "object", "a"}.isdisjoint(tag for tag, _ in made.read.tags)
    for _, attributes in made.read.tags:
        for name, value in attributes.items():
            assert not name.startswith("on")
            assert name not in {"href", "style", "srcset"}
            assert name != "src" or str(value).startswith("data:image/jpeg;base64,")
    style = re.search(r"<style>(.*?)</style>", made.page, re.DOTALL)
    assert style is not None
    assert not NETWORK.search(style[1])


def test_the_policy_allows_this_style_alone(full: Made) -> None:
    policy = next(a["content"] for tag, a in full.read.tags if a.get("http-equiv"))
    style = re.search(r"<style>(.*?)</style>", full.page, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; "
        "form-action 'none'"
    )


def test_hostile_names_stay_text(full: Made) -> None:
    assert [tag for tag, _ in full.read.tags].count("img") == 1
    assert "<script" not in full.page
    assert "<i>" not in full.page
    # In the title's place, the journey, the post, the stretch, the weather, the source ...
    assert full.read.text.count(HOSTILE) > 8
    assert ATTRIBUTE in full.read.text
    assert "A <b>study</b> & its names" in full.read.text
    assert "It is <i>sure</i>" in full.read.text


def test_what_was_asked_is_said(full: Made) -> None:
    asked = full.read.text.split("What was asked")[1].split("What was found")[0]
    for told in (
        f"from {HOSTILE} to east (80%) and north (20%)",
        "on foot (75%) and by car (25%)",
        "each of 3 checkpoints",
        "1 May 2024",
        "visibility 4 km, light rain, by day",
        "16.06° S to 15.87° S, 32.46° E to 32.70° E",
        "nobody knows where they are",
    ):
        assert told in asked


def test_checkpoints_are_told_as_the_study_has_them(full: Made) -> None:
    rows = full.read.table("Checkpoints by the share")
    posts = full.study.checkpoints.sort_values("transit_share", ascending=False)
    assert len(rows) == len(posts) == 3
    assert posts["transit_share"].iloc[0] > posts["transit_share"].iloc[1] > 0
    for cells, (_, row) in zip(rows, posts.iterrows(), strict=True):
        assert cells[0].startswith(row["name"])
        for cell, column in zip(cells[2:5], ("transit_share", "first_catch", "loss"), strict=True):
            if row[column] > 0:
                assert_interval(cell, row, column)
            else:
                assert cell.startswith("none")
        assert cells[5] == help_after(row["hours_from_base"]) != ""


def test_the_ranking_is_told_as_the_study_has_it(full: Made) -> None:
    rows = full.read.table("Checkpoints by the exposure index")
    posts = full.study.checkpoints.sort_values("exposure_index", ascending=False)
    assert posts["exposure_index"].iloc[0] > 0
    for cells, (_, row) in zip(rows, posts.iterrows(), strict=True):
        assert cells[0] == row["name"]
        if np.isnan(row["exposure_index_rank"]):
            assert cells[1] == cells[2] == ""
            continue
        rank = [float(number) for number in re.findall(r"\d+", cells[1])]
        low, high = row["exposure_index_rank_low"], row["exposure_index_rank_high"]
        assert rank == [row["exposure_index_rank"], *([low, high] if low < high else [])]
        # Of three posts or fewer all are among the first three: that is not told.
        places = ("first", "top") if len(posts) > 3 else ("first",)
        for told, often in zip(cells[2].split("; "), places, strict=True):
            share = row[f"exposure_index_often_{often}"]
            assert share < 0.001 if told.startswith("under") else same_share(told, share)
        rates = [float(number) for number in re.findall(r"[\d.]+", cells[3])]
        expected = [row[f"attack_rate{end}"] for end in ("", "_low", "_high")]
        np.testing.assert_allclose(rates, expected, atol=0.051)
        assert_interval(cells[4], row, "attack_chance")
        parts = re.findall(r"(?:under )?[\d.]+", cells[6])
        for told, end in zip(parts, ("", "_low", "_high"), strict=True):
            share = row[f"exposure_index{end}"]
            assert share < 0.001 if told.startswith("under") else same_share(f"{told}%", share)


def test_what_rates_rest_on_and_how_soon_help_comes_is_said(full: Made) -> None:
    text = full.read.text
    assert "Attacks: 3 of the incidents, in 1.0 years" in text
    assert "over 1,000 draws" in text
    row = full.study.support.iloc[0]
    rows = full.read.table("How soon bases and forces")
    assert rows == [
        [
            "Base",
            row["nearest_post"],
            help_after(row["hours_to_post"]),
            help_after(row["hours_to_post_clear"]),
        ]
    ]


def test_without_a_record_of_incidents_nothing_is_said_of_attacks(
    full: Made, picture: bytes
) -> None:
    unknown = full.study.checkpoints.filter(regex="^(attack|exposure_index)").columns
    posts = full.study.checkpoints.assign(**dict.fromkeys(unknown, np.nan))
    study = replace(full.study, checkpoints=posts, risk=replace(full.study.risk, rates=None))
    read = Reader(report_html(study, picture=picture))
    rows = read.table("Checkpoints by the transits that they meet, with its components")
    assert all(row[1] == row[3] == row[6] == "" and row[5] for row in rows)
    assert "There is no record of incidents" in read.text
    assert "nan" not in read.text.lower()


def test_the_undetected_share_is_that_of_the_study(full: Made) -> None:
    said = re.search(r"([\d.]+)%of the transits \(([\d.]+) to ([\d.]+)%\) pass", full.read.text)
    assert said is not None
    told = [f"{number}%" for number in said.groups()]
    assert all(map(same_share, told, full.study.undetected.share))


def test_stretches_are_told_as_the_study_has_them(full: Made) -> None:
    rows = full.read.table("Stretches of border")
    crossed = full.study.border_segments.query("share > 0").sort_values("share", ascending=False)
    assert len(rows) == len(crossed) > 1
    middles = crossed.geometry.interpolate(0.5, normalized=True).to_crs(4326)
    for cells, (_, row), middle in zip(rows, crossed.iterrows(), middles, strict=True):
        assert f"{-middle.y:.2f}° S, {middle.x:.2f}° E" in cells[0]
        assert_interval(cells[2], row, "share")


def test_bands_are_told_with_their_ground(full: Made) -> None:
    for row in full.study.flow.bands.itertuples():
        assert f"{row.share:.0%} within {row.area_km2:,.0f} km²" in full.read.text


def test_places_for_one_more_are_told_to_a_hundredth_of_a_degree(full: Made) -> None:
    rows = full.read.table("The best of 6 places")
    best = full.study.worth.candidates.sort_values("worth", ascending=False)
    for cells, (_, row), point in zip(
        rows, best.iterrows(), best.geometry.to_crs(4326), strict=True
    ):
        assert cells[0] == f"{-point.y:.2f}° S, {point.x:.2f}° E"
        told = [float(number) for number in re.findall(r"[+][\d.]+", cells[1])]
        expected = [100 * row[name] for name in ("worth", "worth_low", "worth_high")]
        np.testing.assert_allclose(told, expected, atol=0.051)
        assert cells[2] == "+ helps"


def worth_of(low: list[float], high: list[float], informed: float) -> Study:
    middle = [(a + b) / 2 for a, b in zip(low, high, strict=True)]
    candidates = gpd.GeoDataFrame(
        {"worth": middle, "worth_low": low, "worth_high": high, "met": 0.5},
        geometry=gpd.points_from_xy(range(len(low)), range(len(low))),
        crs=4326,
    )
    sensor = Worth(kind="watch_post", range_m=3000.0, probability=0.6)
    knowledge = SimpleNamespace(informed=informed)
    scenario = SimpleNamespace(
        worth=sensor, knowledge=knowledge, model_fields_set={"reinforcement"}
    )
    return cast(
        Study, SimpleNamespace(worth=SimpleNamespace(candidates=candidates), scenario=scenario)
    )


def test_a_place_that_makes_matters_worse_says_so_by_sign_and_word() -> None:
    told = Reader(one_more(worth_of([0.01, -0.03, -0.01], [0.02, -0.01, 0.012], 0.5)))
    assert "corridors reinforce answers" in told.text
    rows = told.table("The best of 3")
    assert [row[0] for row in rows] == [
        "0.00° N, 0.00° E", "2.00° N, 2.00° E", "1.00° N, 1.00° E"
    ]  # fmt: skip
    assert [row[2] for row in rows] == [
        "+ helps", "± cannot be told", "\N{MINUS SIGN} makes it worse"
    ]  # fmt: skip
    minus = "\N{MINUS SIGN}"
    assert rows[2][1] == f"{minus}2.0 ({minus}3.0 to {minus}1.0)"
    assert "At 1 of the 3 places it surely makes matters worse" in told.text
    assert "The 50% of travellers who know of posts" in told.text


def test_journeys_are_told_as_the_study_has_them(full: Made) -> None:
    rows = full.read.table("Median of the travellers")
    expected = full.study.flow.journeys.sort_values("share", ascending=False)
    assert len(rows) == 4
    assert all(
        same_share(row[2], share) for row, share in zip(rows, expected["share"], strict=True)
    )
    assert [row[1] for row in rows] == ["on foot", "by car", "on foot", "by car"]
    for cells, (_, row) in zip(rows, expected.iterrows(), strict=True):
        told = [int(number) for number in re.findall(r"(\d+) km", cells[4])]
        kilometres = [row[f"km_{part}"] for part in ("p50", "p10", "p90")]
        np.testing.assert_allclose(told, kilometres, atol=0.501)


def test_doubt_assumptions_and_making_are_said(full: Made) -> None:
    text = full.read.text
    detour, low, high = full.study.flow.detour
    said = re.search(r"they are ([\d.]+)% \(([\d.]+) to ([\d.]+)%\)", text)
    assert said is not None
    told_shares = [f"{number}%" for number in said.groups()]
    assert all(map(same_share, told_shares, (detour, low, high)))
    for told in (
        "200 travellers were solved, and 200 arrived",
        "should be 10% longer than the best",
        "90% intervals",
        f"{HOSTILE} said so.",
        "checkpoints. They stand for nothing real.",
        f"{HOSTILE}. CC0 1.0.",
        "Seed11",
        "EPSG:32736",
        "cells of 500 m, 8 moves from each",
    ):
        assert told in text


def test_a_study_without_posts_or_crossings_says_so(bare: Made) -> None:
    text = bare.read.text
    assert "No transit crosses a border." in text
    assert "no checkpoints: nobody is detected" in text
    assert "No layer of this study is marked as made up." in text
    assert "The weather is taken as clear air, no rain, by day." in text
    assert "(by default)" in text
    assert "Partly synthetic" not in text
    assert "nan" not in text.lower()


def test_where_all_is_stated_nothing_is_assumed(bare: Made, picture: bytes) -> None:
    scenario = bare.study.scenario
    keys = {"visibility_km": 20.0, "rain": "none", "night": False}
    stated = scenario.model_copy(
        update={
            "weather": type(scenario.weather).model_validate(keys),
            "worth": type(scenario.worth).model_validate(
                {"kind": "watch_post", "range_m": 3000, "probability": 0.6}
            ),
        }
    )
    text = Reader(report_html(replace(bare.study, scenario=stated), picture=picture)).text
    assert "The scenario gives no assumptions." in text
    assert "(by default)" not in text
    assert "is taken as" not in text


def test_a_study_whose_only_sensors_are_patrols_tells_of_them(full: Made, picture: bytes) -> None:
    study = replace(full.study, checkpoints=full.study.checkpoints.iloc[:0])
    read = Reader(report_html(study, picture=picture))
    rows = read.table("Patrols by what they catch first")
    assert len(rows) == 3
    first = full.study.undetected.posts.sort_values("first_catch", ascending=False).iloc[0]
    assert rows[0][0] == first["name"]
    assert_interval(rows[0][2], first, "first_catch")


def test_long_tables_are_cut_and_say_where_the_rest_is(full: Made, picture: bytes) -> None:
    posts = full.study.checkpoints
    many = gpd.GeoDataFrame(pd.concat([posts] * 9, ignore_index=True), crs=posts.crs)
    read = Reader(report_html(replace(full.study, checkpoints=many), picture=picture))
    assert len(read.table("Checkpoints by the share")) == 20
    assert "20 of 27 rows; all of them are in checkpoints.geojson" in read.text


def test_the_same_study_gives_the_same_bytes_and_no_other_file(
    full: Made, picture: bytes, tmp_path: Path
) -> None:
    (tmp_path / "map.png").write_bytes(picture)
    write_report_html(tmp_path / "report.html", full.study, picture=tmp_path / "map.png")
    assert (tmp_path / "report.html").read_text(encoding="utf-8") == full.page
    assert sorted(path.name for path in tmp_path.iterdir()) == ["map.png", "report.html"]


def test_text_is_escaped_unless_it_was_made_here() -> None:
    inner = element("b", "a & b")
    assert element("p", inner, "<i>", title='"x"') == (
        '<p title="&quot;x&quot;"><b>a &amp; b</b>&lt;i&gt;</p>'
    )
    assert joined([inner, "<"]) == "<b>a &amp; b</b>&lt;"


def test_bars_and_whiskers_end_where_the_values_are() -> None:
    drawn = bar(0.25, 0.2, 0.5, 0.5)
    assert '<rect x="1" y="3" width="109.0"' in drawn  # half of 218 units
    ends = re.findall(r'<line x1="([\d.]+)" y1="4" x2="\1" y2="12"', drawn)
    assert [float(end) for end in ends] == pytest.approx([1 + 0.4 * 218, 1 + 218])


def test_a_bar_without_an_interval_has_no_whisker() -> None:
    assert "<line" not in bar(0.25, float("nan"), float("nan"), 0.5)


def test_columns_of_a_histogram_hold_all_that_is_counted() -> None:
    drawn = histogram(np.array([1.0, 1.0, 1.0, 9.9]), title="hours")
    heights = [float(found) for found in re.findall(r' height="([\d.]+)" fill=', drawn)]
    assert len(heights) == 2
    assert heights[0] == pytest.approx(3 * heights[1], abs=0.02)


def test_a_line_leaves_out_what_is_not_known() -> None:
    x = np.array([100.0, 200.0, 300.0])
    moved = np.array([np.nan, 0.2, 0.1])
    drawn = line_chart(x, [("a", x / 1000), ("b", moved)], title="t", x_title="n")
    lines = re.findall(r'points="([^"]*)"', drawn)
    assert [len(points.split()) for points in lines] == [3, 2]
    assert line_chart(x, [("a", np.full(3, np.nan))], title="t", x_title="n") == ""


@pytest.mark.parametrize("greatest", [0.003, 0.07, 0.45, 1.0, 7.0, 39.0, 41.0, 364.0])
def test_steps_are_round_and_reach_the_greatest(greatest: float) -> None:
    steps = nice_steps(greatest)
    assert steps[0] == 0
    assert steps[-2] < greatest <= steps[-1]
    assert 3 <= len(steps) <= 6
    assert f"{steps[1]:e}"[0] in "125"


def test_words_of_worth_and_help() -> None:
    minus = "\N{MINUS SIGN}"
    assert point_words(0.0004, -0.004, 0.046) == f"0 ({minus}0.4 to +4.6)"
    assert sign_words(-0.02, -0.01).startswith(minus)
    assert help_after(float("inf")) == "cannot come"
