"""The report of the Sinjar study in a real browser and on paper."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import corridors
from corridors.report.map_png import write_map_png
from corridors.report.page import write_report_html
from corridors.report.study_layers import study_map

pytestmark = pytest.mark.browser

DATA = Path(__file__).parents[2] / "data"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
SHEETS_MAX = 5


def chromium_path() -> str:
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip(f"none of {', '.join(BROWSERS)} is on the PATH")
    return found


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def address(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> str:  # noqa: ARG001 before a study is solved for nothing
    folder = tmp_path_factory.mktemp("report")
    study = corridors.analyse(corridors.load_scenario(DATA / "scenario.toml"))
    write_map_png(folder / "map.png", study_map(study))
    write_report_html(folder / "report.html", study, picture=folder / "map.png")
    return (folder / "report.html").as_uri()


@pytest.fixture
def page(browser: Any, address: str) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 1400, "height": 900}, java_script_enabled=True)
    context.set_offline(offline=True)
    opened = context.new_page()
    opened.complaints = []
    opened.on("console", lambda message: opened.complaints.append(message.text))
    opened.on("request", lambda request: opened.complaints.append(request.url[:20]))
    opened.goto(address)
    yield opened
    context.close()


def test_the_page_asks_for_nothing_and_its_style_and_map_are_there(page: Any) -> None:
    asked = {told for told in page.complaints if not told.startswith(("file:", "data:"))}
    assert asked == set()
    assert page.evaluate("getComputedStyle(document.body).maxWidth") == "1080px"
    assert page.locator("img").evaluate("image => image.complete && image.naturalWidth") == 1600


@pytest.mark.parametrize("width", [1400, 390])
def test_nothing_sticks_out_beside_the_page(page: Any, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_it_fits_five_sheets_of_paper(page: Any) -> None:
    paper = page.pdf(prefer_css_page_size=True)
    sheets = re.findall(rb"/Type ?/Page\b", paper)
    assert 2 <= len(sheets) <= SHEETS_MAX
    boxes = re.findall(rb"/MediaBox ?\[0 0 ([\d.]+) ([\d.]+)\]", paper)
    assert {(round(float(a)), round(float(b))) for a, b in boxes} == {(595, 842)}


def test_no_row_of_a_table_is_wider_than_its_sheet(page: Any) -> None:
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 695, "height": 1000})  # 184 mm at 96 pixels an inch
    assert page.evaluate("document.documentElement.scrollWidth") <= 695
