"""What all reports share: one HTML file with no script and no network, fit to print on A4."""

import base64
import hashlib
import io
from importlib.resources import files

from PIL import Image

from corridors.report.page.markup import Html, element, joined
from corridors.study import Ground

__all__ = ["html_page", "map_figure", "masthead"]

# Good enough for print at the width of the page, and a fifth of the size.
JPEG_QUALITY = 88


def html_page(title: str, header: Html, *parts: Html) -> str:
    """Return a page.

    Parameters
    ----------
    title
        Of the window.
    header, parts
        From `masthead`, and what stands under it.
    """
    style = _style()
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_policy(style)),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", title),
        element("style", style),
    )
    body = element("body", header, element("main", *parts))
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


def masthead(ground: Ground, title: str) -> Html:
    """Return a report's head: title, what the study is about, and whether some of it is made up.

    Parameters
    ----------
    ground
        What the study stands on.
    title
        The report's.
    """
    note = ground.provenance.note
    stamp = element("p", element("b", "Partly synthetic. "), note, class_="stamp") if note else ""
    description = ground.scenario.description
    return element(
        "header",
        element("h1", title, dir="auto"),
        element("p", description, class_="subtitle", dir="auto") if description else "",
        stamp,
    )


def map_figure(ground: Ground, picture: bytes, shown: str, *, kind: str = "map") -> Html:
    """Return the map with its sources.

    Parameters
    ----------
    ground
        What the study stands on.
    picture
        The bytes of the map as a PNG.
    shown
        What is on it, for those who hear the page.
    kind
        Classes of the page's style: ``small`` leaves room beneath it on paper.
    """
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    file = io.BytesIO()
    image.save(file, "JPEG", quality=JPEG_QUALITY, subsampling=0, optimize=True)
    uri = "data:image/jpeg;base64," + base64.b64encode(file.getvalue()).decode("ascii")
    thanks = " · ".join(ground.provenance.attributions)
    caption = joined(["The map of the study; map.html shows it layer by layer. ", thanks])
    return element(
        "figure",
        element("img", src=uri, alt=f"Map: {shown}", width=image.width, height=image.height),
        element("figcaption", caption),
        class_=kind,
    )
