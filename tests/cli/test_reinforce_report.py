"""The report of a reinforcement: the same figures as the record, nothing that runs, plain words."""

import json
import re
from typing import Any

import pytest

from tests.cli.conftest import Study
from tests.cli.test_reinforce import MADE, given

PLACE = (
    "number = 1\n[[reinforcement.places]]\n"
    'name = "{name}"\npoint = [{point}]\nrange_m = {range_m}\n'
)


def reported(study: Study, *given_words: object) -> tuple[str, Any]:
    out = study.folder / "out"
    told = study.call("reinforce", study.scenario, "--out", out, *given_words)
    assert told.code == 0, told.err
    record = json.loads((out / "reinforcement.json").read_text(encoding="utf-8"))
    return (out / "report.html").read_text(encoding="utf-8"), record


def rows_of(page: str, title: str) -> list[list[str]]:
    """Return the cells of the first table of a section, as text."""
    part = page.split(f"<h2>{title}</h2>")[1].split("</table>", 1)[0].split("<tbody>")[1]
    cells = [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row) for row in part.split("</tr>")]
    return [[re.sub("<small>.*?</small>|<.*?>", "", cell) for cell in row] for row in cells if row]


def test_its_tables_say_what_the_record_says(study: Study) -> None:
    given(study, f"teams = 1\ndays = 3\n[[reinforcement.weathers]]\nname = 'fog'\n{MADE}")
    page, record = reported(study, "-k", 3)
    plan = rows_of(page, "The plan")
    assert [row[0] for row in plan] == [f"{one['order']}. {one['id']}" for one in record["plan"]]
    assert [row[3] for row in plan] == [f"{100 * one['marginal']:.1f}" for one in record["plan"]]
    curve = rows_of(page, "How many are enough")
    assert [row[1] for row in curve] == [f"{100 * one['left']:.1f}%" for one in record["curve"]]
    worlds = rows_of(page, "In several worlds")
    told = {goal: row for row in worlds for goal in row[0].split("; ")}
    for one in record["other"]["worlds"]:
        left = [f"{100 * one[name]:.1f}" for name in ("as given", "fog", "mean", "worst", "regret")]
        assert [cell.rstrip("%") for cell in told[one["goal"]][1:]] == left
    for row in rows_of(page, "What changes for each journey"):
        way = next(
            one
            for one in record["journeys"]
            if row[0].startswith(f"{one['origin']} to {one['destination']}")
            and row[0].endswith(one["profile"].replace("_", " "))
        )
        shares = [way[name] for name in ("transits", "unseen_before", "unseen_after")]
        assert row[1:4] == [f"{100 * share:.1f}%" for share in shares]
    fresh = rows_of(page, "How sure this is")[1]
    assert fresh[2:4] == [
        f"{100 * record['fresh_travellers'][n]:.1f}%" for n in ("before", "after")
    ]
    assert "no plan leaves less, proven" in page
    assert "Partly synthetic" in page
    assert "<script" not in page
    assert "http-equiv" in page
    manifest = json.loads((study.folder / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert {"report.html", "map.png"} <= {one["file"] for one in manifest["outputs"]}


def test_where_nothing_can_be_gained_it_says_so(study: Study) -> None:
    given(study, PLACE.format(name="far", point="41.95, 36.02", range_m=100.0))
    page, record = reported(study)
    assert record["plan"] == []
    assert "No place is taken" in page
    assert "No gain is possible" in page


def test_a_name_is_text_and_nothing_else(study: Study) -> None:
    hostile = "<img src=x onerror=alert(1)>"
    given(study, PLACE.format(name=hostile, point="41.5, 36.3", range_m=9000.0))
    page, record = reported(study)
    assert [one["id"] for one in record["plan"]] == [hostile]
    assert hostile not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page


def test_the_same_study_has_the_same_page_but_for_the_seconds(study: Study) -> None:
    given(study, MADE)
    pages = [re.sub(r"\d+\.\d s\b", "", reported(study, "-k", 2, "--overwrite")[0]) for _ in "ab"]
    assert pages[0] == pages[1]


@pytest.mark.browser
def test_it_stays_on_its_page_and_on_four_sheets(study: Study) -> None:
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    from tests.report.test_page_browser import FLAGS, chromium_path  # noqa: PLC0415 skipped without

    given(study, f"[[reinforcement.weathers]]\nname = '{'fog' * 40}'\n{MADE}")
    reported(study, "-k", 3)
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        page = browser.new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("request", lambda request: complaints.append(request.url[:5]))
        page.goto((study.folder / "out" / "report.html").as_uri())
        for width in (1400, 390):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert set(complaints) <= {"file:", "data:"}
        assert page.evaluate("getComputedStyle(document.body).maxWidth") == "1080px"
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 695, "height": 1000})  # 184 mm at 96 pixels an inch
        assert page.evaluate("document.documentElement.scrollWidth") <= 695
        sheets = re.findall(rb"/Type ?/Page\b", page.pdf(prefer_css_page_size=True))
        browser.close()
    assert 1 <= len(sheets) <= 4
