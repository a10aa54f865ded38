"""The page: whole, the same each time, and deaf to hostile names."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from corridors.report.map_html import map_html, write_map_html
from corridors.report.study_map import StudyMap

NETWORK = re.compile(r"""(?:src|href)\s*=\s*["'](?!#|data:)|@import|url\((?!#|images/)""")


class Reader(HTMLParser):
    """Collects elements and the text of scripts and styles as a browser would see them."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an element."""
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Keep a text."""
        self.texts.setdefault(self.tags[-1][0] if self.tags else "", []).append(data)


@pytest.fixture(scope="module")
def page(study_map: StudyMap) -> str:
    return map_html(study_map)


@pytest.fixture(scope="module")
def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    return reader


@pytest.fixture(scope="module")
def data(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="study">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    loaded: dict[str, Any] = json.loads(found[1])
    return loaded


def test_the_same_map_gives_the_same_bytes(study_map: StudyMap, tmp_path: Path) -> None:
    write_map_html(tmp_path / "a.html", study_map)
    write_map_html(tmp_path / "b.html", study_map)
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.html", "b.html"]


def test_hostile_names_make_no_element(page: str, read: Reader) -> None:
    scripts = [attributes for tag, attributes in read.tags if tag == "script"]
    assert len(scripts) == 4
    assert not [tag for tag, _ in read.tags if tag == "img"]
    assert "<script>window.hacked" not in page
    assert "&lt;script&gt;window.hacked" in page


def test_hostile_names_arrive_as_they_are(data: dict[str, Any]) -> None:
    titles = [layer["title"] for layer in data["layers"]]
    assert "<script>window.hacked=1</script>" in titles


def test_the_policy_allows_this_page_and_no_network(read: Reader) -> None:
    policies = [
        attributes["content"]
        for tag, attributes in read.tags
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    assert len(policies) == 1
    policy = policies[0]
    assert policy is not None
    assert policy.startswith("default-src 'none'; ")
    assert "http" not in policy
    assert "unsafe" not in policy


def test_the_policy_names_the_hash_of_each_script_and_style(page: str) -> None:
    policy = page.split('content="', 1)[1].split('"', 1)[0]
    inline = re.findall(r"<(?:script|style)>(.*?)</(?:script|style)>", page, re.DOTALL)
    assert len(inline) == 4
    for text in inline:
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy


def test_nothing_is_fetched(page: str) -> None:
    without_leaflet = re.sub(r"<script>/\* @preserve.*?</script>", "", page, flags=re.DOTALL)
    assert not NETWORK.search(without_leaflet)


def test_coordinates_have_five_decimals_and_lie_in_the_study(data: dict[str, Any]) -> None:
    places = next(layer for layer in data["layers"] if layer["name"] == "places")
    for feature in places["features"]:
        for degrees in feature["point"]:
            assert degrees == round(degrees, 5)
    assert data["bounds"] == [41.0, 35.9, 43.2, 36.9]


def test_the_page_stays_small(page: str) -> None:
    assert len(page.encode()) < 4_000_000


def test_synthetic_data_and_assumptions_are_said(page: str, data: dict[str, Any]) -> None:
    assert "Checkpoints are made up." in page
    assert "Nobody drives off the roads." in page
    marked = {layer["name"] for layer in data["layers"] if layer["synthetic"]}
    assert marked == {"checkpoints", "incidents"}


def test_a_page_without_synthetic_data_carries_no_stamp(
    study_map: StudyMap,
) -> None:
    plain = StudyMap("t", "s", study_map.relief, [], study_map.bounds)
    assert 'id="synthetic-note"' not in map_html(plain).split("<script")[0]


def test_the_language_is_declared(read: Reader) -> None:
    assert ("html", {"lang": "en"}) in read.tags
