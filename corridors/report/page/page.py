"""The report of a study as one HTML file: no script, no network, fit to print on A4."""

import base64
import hashlib
import io
from importlib.resources import files
from pathlib import Path

from PIL import Image

from corridors.report.page.asked import facts, question
from corridors.report.page.exposed import exposed
from corridors.report.page.findings import journeys, one_more, posts, where
from corridors.report.page.markup import Html, element, joined, listing, paragraphs, section
from corridors.report.page.trust import assumptions, making, sources, sureness, synthetic
from corridors.study import Study
from corridors.summary import summarise

__all__ = ["report_html", "write_report_html"]

# Good enough for print at the width of the page, and a fifth of the size.
JPEG_QUALITY = 88


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
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.write_bytes(report_html(study, picture=picture.read_bytes()).encode("utf-8"))
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


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
    title = study.scenario.title
    style = _style()
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_policy(style)),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", title),
        element("style", style),
    )
    body = element(
        "body",
        _masthead(study),
        element(
            "main",
            element("div", _asked(study), _found(told["headlines"]), class_="opening"),
            _map(study, picture),
            where(study),
            posts(study),
            exposed(study),
            one_more(study),
            journeys(study),
            sureness(study, told["limits"], told["found_in_the_data"]),
            assumptions(study),
            element("div", synthetic(study), making(study), class_="beside"),
            sources(study),
        ),
    )
    return f"<!doctype html>\n{element('html', head, body, lang='en')}\n"


def _style() -> Html:
    # Line ends as the browser's parser makes them, or the policy's hash would not match.
    text = (files("corridors.report.page") / "page.css").read_text(encoding="utf-8")
    return Html(text.replace("\r\n", "\n"))


def _policy(style: str) -> str:
    """Allow this page's own style by its hash, pictures inside it, nothing else."""
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; "
        "form-action 'none'"
    )


def _masthead(study: Study) -> Html:
    note = study.provenance.note
    stamp = element("p", element("b", "Partly synthetic. "), note, class_="stamp") if note else ""
    description = study.scenario.description
    return element(
        "header",
        element("h1", study.scenario.title, dir="auto"),
        element("p", description, class_="subtitle", dir="auto") if description else "",
        stamp,
    )


def _asked(study: Study) -> Html:
    return section("What was asked", paragraphs(question(study)), facts(study))


def _found(headlines: list[str]) -> Html:
    return section("What was found", listing(headlines, kind="headlines"))


def _map(study: Study, picture: bytes) -> Html:
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    file = io.BytesIO()
    image.save(file, "JPEG", quality=JPEG_QUALITY, subsampling=0, optimize=True)
    uri = "data:image/jpeg;base64," + base64.b64encode(file.getvalue()).decode("ascii")
    thanks = " · ".join(study.provenance.attributions)
    caption = joined(["The map of the study; map.html shows it layer by layer. ", thanks])
    return element(
        "figure",
        element(
            "img",
            src=uri,
            alt="Map: where transits pass, stretches of border, crossings and checkpoints",
            width=image.width,
            height=image.height,
        ),
        element("figcaption", caption),
        class_="map",
    )
