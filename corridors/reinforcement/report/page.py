"""The report of a reinforcement as one HTML file: plan, proof, and what changes."""

from pathlib import Path

from corridors.export.whole import write_bytes
from corridors.reinforcement.report.answers import answers, worlds
from corridors.reinforcement.report.asked import facts, question
from corridors.reinforcement.report.changes import border, journeys
from corridors.reinforcement.report.plan import curve, plan
from corridors.reinforcement.report.sureness import sureness
from corridors.reinforcement.result import Reinforcement
from corridors.reinforcement.told import reinforcement_sentences
from corridors.report.page.frame import html_page, map_figure, masthead
from corridors.report.page.markup import element, listing, paragraphs, section
from corridors.report.page.trust import assumptions, making, sources, synthetic
from corridors.study import Ground

__all__ = ["reinforcement_html", "write_reinforcement_report"]

PICTURED = "where to stand, and what passes the border unseen after it"


def write_reinforcement_report(
    path: Path, ground: Ground, found: Reinforcement, *, picture: Path
) -> None:
    """Write the report of a reinforcement, one file with no script and no network.

    Parameters
    ----------
    path
        The file; it appears whole or not at all.
    ground, found
        The study and its reinforcement.
    picture
        The map as a picture, from `corridors.report.map_png.write_map_png`.
    """
    page = reinforcement_html(ground, found, picture=picture.read_bytes())
    write_bytes(path, page.encode("utf-8"))


def reinforcement_html(ground: Ground, found: Reinforcement, *, picture: bytes) -> str:
    """Return the page that `write_reinforcement_report` writes; the same result, the same text.

    Parameters
    ----------
    ground, found
        The study and its reinforcement.
    picture
        The bytes of the map as a PNG.
    """
    title = f"{ground.scenario.title}: reinforcements"
    told = reinforcement_sentences(found)
    headlines = len(told) - len(found.notes)
    return html_page(
        title,
        masthead(ground, title),
        element(
            "div",
            section("What was asked", paragraphs([question(found)]), facts(ground, found)),
            section("What was found", listing(told[:headlines], kind="headlines")),
            class_="opening",
        ),
        map_figure(ground, picture, PICTURED, kind="map small"),
        section("The plan", plan(found)),
        section("How many are enough", curve(found)),
        section("What changes along the border", border(found)),
        section("What changes for each journey", journeys(found)),
        section("In several worlds", worlds(found)),
        section("What else was found", listing(told[headlines:]), answers(found)),
        section("How sure this is", sureness(found)),
        assumptions(ground),
        element("div", synthetic(ground), making(ground), class_="beside"),
        sources(ground),
    )
