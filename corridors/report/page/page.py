"""The report of a study as one HTML file."""

from pathlib import Path

from corridors.export.whole import write_bytes
from corridors.report.page.asked import facts, question
from corridors.report.page.exposed import exposed
from corridors.report.page.findings import journeys, one_more, posts, where
from corridors.report.page.frame import html_page, map_figure, masthead
from corridors.report.page.markup import Html, element, listing, paragraphs, section
from corridors.report.page.trust import assumptions, making, sources, sureness, synthetic
from corridors.study import Study
from corridors.summary import summarise

__all__ = ["report_html", "write_report_html"]

PICTURED = "where transits pass, stretches of border, crossings and checkpoints"


def write_report_html(path: Path, study: Study, *, picture: Path) -> None:
    """Write the report of a study.

    Parameters
    ----------
    path
        The file; it appears whole or not at all.
    study
        From `corridors.study.analyse`.
    picture
        The map as a picture, from `corridors.report.map_png.write_map_png`.
    """
    write_bytes(path, report_html(study, picture=picture.read_bytes()).encode("utf-8"))


def report_html(study: Study, *, picture: bytes) -> str:
    """Return the page that `write_report_html` writes; the same study gives the same text.

    Parameters
    ----------
    study
        From `corridors.study.analyse`.
    picture
        The bytes of the map as a PNG.
    """
    told = summarise(study)
    found = section("What was found", listing(told["headlines"], kind="headlines"))
    return html_page(
        study.scenario.title,
        masthead(study, study.scenario.title),
        element("div", _asked(study), found, class_="opening"),
        map_figure(study, picture, PICTURED),
        where(study),
        posts(study),
        exposed(study),
        one_more(study),
        journeys(study),
        sureness(study, told["limits"], told["found_in_the_data"]),
        assumptions(study),
        element("div", synthetic(study), making(study), class_="beside"),
        sources(study),
    )


def _asked(study: Study) -> Html:
    return section("What was asked", paragraphs(question(study)), facts(study))
