"""The page in a real browser that has no network."""

import math
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest

from corridors.report.map_html import write_map_html
from corridors.report.study_map import MapLayer, StudyMap

pytestmark = pytest.mark.browser

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
DESKTOP, PHONE = {"width": 1400, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip(f"none of {', '.join(BROWSERS)} is on the PATH")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def address(study_map: StudyMap, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("page") / "map.html"
    write_map_html(path, study_map)
    return Path(path).as_uri()


class Watched:
    """A page with all that it asked for and all that it complained about."""

    def __init__(self, browser: Any, address: str, **options: Any) -> None:
        self.context = browser.new_context(**options)
        self.context.set_offline(offline=True)
        self.page = self.context.new_page()
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._hear)
        self.page.goto(address)
        self.page.wait_for_selector("html[data-ready]")

    def _hear(self, message: Any) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)


@pytest.fixture
def desktop(browser: Any, address: str) -> Iterator[Watched]:
    watched = Watched(browser, address, viewport=DESKTOP)
    yield watched
    watched.context.close()


@pytest.fixture
def phone(browser: Any, address: str) -> Iterator[Watched]:
    watched = Watched(browser, address, viewport=PHONE, has_touch=True, is_mobile=True)
    yield watched
    watched.context.close()


def test_the_page_needs_no_network_and_has_no_complaints(desktop: Watched) -> None:
    desktop.page.wait_for_timeout(300)
    assert desktop.requests
    assert all(url.startswith(("file:", "data:", "blob:")) for url in desktop.requests)
    assert desktop.complaints == []


def test_the_policy_stops_what_would_ask_the_network(desktop: Watched) -> None:
    stopped = desktop.page.evaluate(
        "fetch('https://example.org/').then(() => 'fetched', () => 'stopped')"
    )
    assert stopped == "stopped"
    assert any("Content Security Policy" in text for text in desktop.complaints)


def test_the_map_fills_its_place_and_shows_the_study(desktop: Watched) -> None:
    box = desktop.page.locator("#map").bounding_box()
    assert box["width"] > 900
    assert box["height"] > 800
    relief = desktop.page.locator("img.relief")
    assert relief.evaluate("image => image.complete && image.naturalWidth > 300")


def test_legend_scale_sources_and_what_is_synthetic_are_in_sight(desktop: Watched) -> None:
    page = desktop.page
    assert page.locator("#legend").is_visible()
    assert "km" in page.locator(".leaflet-control-scale").inner_text()
    assert "OpenStreetMap" in page.locator("#attribution").inner_text()
    assert "Checkpoints are made up." in page.locator("#synthetic-note").inner_text()
    entry = page.locator(".entry", has_text="Checkpoints")
    assert entry.locator(".pill").inner_text() == "synthetic"
    incidents = page.locator(".entry", has_text="Incidents")
    assert incidents.locator(".pill").inner_text() == "partly synthetic"


def test_a_switch_takes_its_layer_off_and_back(desktop: Watched) -> None:
    spots = desktop.page.locator(".spot-checkpoints")
    switch = desktop.page.get_by_role("switch", name="Checkpoints")
    assert spots.count() == 3
    switch.uncheck(force=True)
    assert spots.count() == 0
    switch.check(force=True)
    assert spots.count() == 3


def test_switches_work_from_the_keyboard(desktop: Watched) -> None:
    switch = desktop.page.get_by_role("switch", name="Hours on foot")
    switch.focus()
    desktop.page.keyboard.press("Space")
    assert switch.is_checked()
    assert desktop.page.locator("img.steps").count() == 1


def test_a_switch_far_down_does_not_move_the_page(desktop: Watched) -> None:
    switch = desktop.page.get_by_role("switch", name="Hours on foot")
    switch.check(force=True)
    corner = desktop.page.locator("h1").bounding_box()
    assert 0 <= corner["y"] < 60
    assert desktop.page.evaluate("document.documentElement.scrollHeight") <= DESKTOP["height"]


def test_pointing_at_a_checkpoint_shows_its_values_and_its_range(desktop: Watched) -> None:
    page = desktop.page
    page.get_by_label("Checkpoints: Post 1 (synthetic)").hover()
    told = page.locator(".tip").inner_text()
    assert "38%, 30 to 45%" in told
    assert "1 h 35 min" in told
    assert "synthetic" in told.lower()
    assert page.locator(".leaflet-range-pane path").count() == 1
    page.mouse.move(1200, 800)
    assert page.locator(".leaflet-range-pane path").count() == 0


def on_screen(page: Any, lon: float, lat: float) -> tuple[float, float]:
    """Return where a place is on the screen, from two symbols whose places are known."""
    known = {"Crossings: Rabia": (42.072, 36.807), "Crossings: Tal Sufuq": (41.254, 36.061)}
    boxes = [page.get_by_label(label).bounding_box() for label in known]
    (ax, ay), (bx, by) = (
        (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2) for box in boxes
    )
    (alon, alat), (blon, blat) = known.values()

    def north(degrees: float) -> float:
        return math.asinh(math.tan(math.radians(degrees)))

    x = ax + (lon - alon) / (blon - alon) * (bx - ax)
    return x, ay + (north(lat) - north(alat)) / (north(blat) - north(alat)) * (by - ay)


def test_pointing_at_stacked_paths_tells_all_and_their_sum(desktop: Watched) -> None:
    page = desktop.page
    page.mouse.move(*on_screen(page, 41.1, 36.1))
    told = page.locator(".tip").inner_text()
    assert "2 journeys lie here, 85% of all" in told
    assert "al-Hawl to Sinjar, on foot\n60%" in told
    assert "al-Hawl to Ba'aj, vehicle\n25%" in told


def test_pointing_at_a_path_alone_tells_of_it_in_full(desktop: Watched) -> None:
    page = desktop.page
    page.mouse.move(*on_screen(page, 41.485, 36.16))
    told = page.locator(".tip").inner_text()
    assert "lie here" not in told
    assert "Sinjar" in told
    assert "17 h 50 min" in told


def test_origins_destinations_and_crossings_are_drawn_and_in_the_legend(desktop: Watched) -> None:
    page = desktop.page
    assert page.locator(".spot-endpoints").count() == 2
    legend = page.locator("#legend").inner_text()
    for words in ("Origin\n", "Destination\n", "Open, official", "Closed, unofficial"):
        assert words in legend
    page.get_by_label("Crossings: Tal Sufuq").hover()
    assert "closed, unofficial" in page.locator(".tip").inner_text()


def test_a_place_of_two_layers_is_named_once(desktop: Watched) -> None:
    names = desktop.page.locator(".name:visible").all_inner_texts()
    assert names.count("Sinjar") == 1


def test_crossings_and_the_ridge_are_named_at_the_opening(desktop: Watched) -> None:
    names = desktop.page.locator(".name:visible").all_inner_texts()
    assert {"Rabia", "Tal Sufuq", "Long ridge"} <= set(names)


def test_the_ridge_is_named_on_a_phone_too(phone: Watched) -> None:
    assert "Long ridge" in phone.page.locator(".name:visible").all_inner_texts()


def test_a_landmark_is_its_name_alone(desktop: Watched) -> None:
    entry = desktop.page.locator(".entry", has_text="Landmarks")
    assert entry.locator(".swatch").count() == 0
    desktop.page.get_by_role("switch", name="Landmarks").uncheck(force=True)
    assert "Long ridge" not in desktop.page.locator(".name:visible").all_inner_texts()


def test_a_window_that_grows_is_filled_again(desktop: Watched) -> None:
    page = desktop.page
    before = page.locator("img.relief").bounding_box()["width"]
    page.set_viewport_size({"width": 2200, "height": 1500})
    page.wait_for_timeout(400)
    assert page.locator("img.relief").bounding_box()["width"] > 1.3 * before
    assert desktop.complaints == []


def test_a_lone_place_that_nobody_counted_is_dotted_and_named(
    browser: Any, study_map: StudyMap, tmp_path: Path
) -> None:
    place = gpd.GeoDataFrame(
        {"name": ["Ñuñoa"]}, geometry=gpd.points_from_xy([42.5], [36.1]), crs=4326
    )
    layers = [
        next(layer for layer in study_map.layers if layer.name == "paths"),  # far from the place
        MapLayer("places", "Places", place, "places"),
    ]
    write_map_html(tmp_path / "map.html", replace(study_map, layers=layers))
    watched = Watched(browser, (tmp_path / "map.html").as_uri(), viewport=DESKTOP)
    try:
        assert watched.page.locator(".spot-places").is_visible()
        assert watched.page.locator(".name:visible").all_inner_texts() == ["Ñuñoa"]
    finally:
        watched.context.close()


def test_a_focused_checkpoint_tells_the_same(desktop: Watched) -> None:
    desktop.page.get_by_label("Checkpoints: Post 1 (synthetic)").focus()
    assert "38%" in desktop.page.locator(".tip").inner_text()


def test_hostile_names_are_only_names(desktop: Watched) -> None:
    page = desktop.page
    page.get_by_label("Checkpoints: <script>").hover()
    assert "<script>window.hacked=1</script>" in page.locator(".tip").inner_text()
    assert page.evaluate("window.hacked === undefined")
    assert page.locator("#map script, #legend script, #map img[src=x]").count() == 0


def test_names_do_not_lie_over_each_other(desktop: Watched) -> None:
    names = desktop.page.locator(".name:visible")
    boxes = [names.nth(index).bounding_box() for index in range(names.count())]
    assert len(boxes) > 4
    for index, one in enumerate(boxes):
        for other in boxes[index + 1 :]:
            apart = (
                one["x"] + one["width"] <= other["x"] + 1
                or other["x"] + other["width"] <= one["x"] + 1
                or one["y"] + one["height"] <= other["y"] + 1
                or other["y"] + other["height"] <= one["y"] + 1
            )
            assert apart


def test_a_closer_look_keeps_the_page_quiet(desktop: Watched) -> None:
    desktop.page.locator(".leaflet-control-zoom-in").click()
    desktop.page.wait_for_timeout(500)
    desktop.page.get_by_role("button", name="Whole study area").click()
    assert desktop.complaints == []


def test_a_phone_shows_map_and_legend_and_can_give_the_map_all_room(phone: Watched) -> None:
    page = phone.page
    before = page.locator("#map").bounding_box()["height"]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert page.locator("#legend").is_visible()
    page.get_by_role("button", name="Larger map").tap()
    assert page.locator("#map").bounding_box()["height"] > before + 200
    assert page.locator("#synthetic-note").is_visible()
    assert phone.complaints == []


def stands_inside(page: Any, inner: str, outer: str) -> bool:
    card, frame = (page.locator(name).bounding_box() for name in (inner, outer))
    return (
        card["x"] >= frame["x"]
        and card["y"] >= frame["y"]
        and card["x"] + card["width"] <= frame["x"] + frame["width"]
        and card["y"] + card["height"] <= frame["y"] + frame["height"]
    )


def test_a_tap_tells_what_pointing_tells_where_there_is_room(phone: Watched) -> None:
    page = phone.page
    page.get_by_label("Checkpoints: Post 3 (synthetic)").tap()
    assert "9%, 5 to 12%" in page.locator("#told").inner_text()
    assert "Post 3 (synthetic)" in page.locator(".tip").inner_text()
    assert stands_inside(page, ".tip", "#map")
    page.get_by_role("button", name="Larger map").tap()
    page.get_by_label("Checkpoints: Post 3 (synthetic)").tap()
    assert "9%, 5 to 12%" in page.locator(".tip").inner_text()
    assert stands_inside(page, ".tip", "#map")


def test_a_tap_on_the_bare_map_ends_the_telling(phone: Watched) -> None:
    page = phone.page
    page.get_by_label("Checkpoints: Post 3 (synthetic)").tap()
    assert page.locator("#told").is_visible()
    box = page.locator("#map").bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] - 30, box["y"] + box["height"] - 60)
    page.wait_for_timeout(400)
    assert not page.locator("#told").is_visible()


def test_a_tall_card_at_the_rim_is_seen_whole(desktop: Watched) -> None:
    page = desktop.page
    for _ in range(3):
        page.locator(".leaflet-control-zoom-in").click()
        page.wait_for_timeout(400)
    # Bring the post to the upper rim.
    spot = page.get_by_label("Checkpoints: Post 1 (synthetic)").bounding_box()
    frame = page.locator("#map").bounding_box()
    page.mouse.move(700, 600)
    page.mouse.down()
    page.mouse.move(700, 600 + frame["y"] + 25 - spot["y"], steps=8)
    page.wait_for_timeout(300)
    page.mouse.up()
    page.wait_for_timeout(500)
    page.get_by_label("Checkpoints: Post 1 (synthetic)").focus()
    assert page.locator(".tip").bounding_box()["height"] > 100
    assert stands_inside(page, ".tip", "#map")
