"""How sure a study is, what it assumes, what is made up, whose data it rests on."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from corridors import __version__
from corridors.report.page.charts import line_chart
from corridors.report.page.markup import (
    Html,
    element,
    joined,
    listing,
    paragraphs,
    section,
)
from corridors.report.wording import words, words_of_interval
from corridors.scenario.granted import taken_for_granted
from corridors.study import Ground, Study

__all__ = ["assumptions", "making", "sources", "sureness", "synthetic"]


def sureness(study: Study, limits: Sequence[str], found: Sequence[str]) -> Html:
    """Return what stands behind the figures: how many travellers, what intervals hold.

    Parameters
    ----------
    study
        What was found.
    limits, found
        From the study's summary: what bounds the results, and what was noticed in the data.
    """
    flow = study.flow
    detour, low, high = flow.detour
    level = words(flow.settings.confidence, "share")
    early = (
        " The precision asked for was reached before all were drawn." if flow.stopped_early else ""
    )
    told = (
        f"{words(len(flow.paths), 'count')} travellers were solved, and "
        f"{words(flow.passages.count, 'count')} arrived.{early} Their ways should be "
        f"{words(flow.settings.detour, 'share')} longer than the best on average, in hours; they "
        f"are {words(detour, 'share')} ({words_of_interval(low, high, 'share')}). Ranges of shares "
        f"and of worth are {level} intervals."
    )
    words_of = element("div", paragraphs([told]), listing([*limits, *found]))
    return section(
        "How sure this is", element("div", words_of, _convergence(study), class_="beside wide")
    )


def _convergence(study: Study) -> Html:
    table_of = study.flow.convergence
    if len(table_of) < 2:
        return Html()
    return line_chart(
        table_of["travellers"].to_numpy(float),
        [
            (
                "half the widest interval of a border stretch",
                _column(table_of, "widest_half_interval"),
            ),
            ("what moved along the border since the batch before", _column(table_of, "moved")),
        ],
        title="How the shares of the border settle with the number of travellers",
        x_title="travellers",
    )


def _column(table_of: Any, name: str) -> Any:
    return table_of[name].to_numpy(float) if name in table_of else np.full(len(table_of), np.nan)


def assumptions(ground: Ground) -> Html:
    """Return what is taken as true, each with its reason."""
    items = [
        element("li", element("b", item.what), " ", item.why, dir="auto")
        for item in taken_for_granted(ground.scenario)
    ]
    if not items:
        return section("What is assumed", paragraphs(["The scenario gives no assumptions."]))
    return section("What is assumed, and why", element("ul", *items, class_="columns"))


def synthetic(ground: Ground) -> Html:
    """Return what is made up, or that nothing is."""
    if not ground.provenance.synthetic:
        told = ["No layer of this study is marked as made up."]
    else:
        told = [
            ground.provenance.note,
            (
                "All that rests on them here (tables of posts, undetected share, worth of one more "
                "sensor) shows what the method gives, not how things are."
            ),
        ]
    return section("What is synthetic", paragraphs(told))


def sources(ground: Ground) -> Html:
    """Return whose data the study rests on, under which licences."""
    titles: dict[tuple[str, str], list[str]] = {}
    for file, entry in ground.provenance.layers.items():
        title, source, licence = _source(file, entry)
        titles.setdefault((source, licence), []).append(title)
    items = [
        element("li", element("b", "; ".join(of)), f": {source}. {licence}.", dir="auto")
        for (source, licence), of in titles.items()
    ]
    return section("Sources and licences", element("ul", *items, class_="columns"))


def _source(file: str, entry: Mapping[str, Any]) -> tuple[str, str, str]:
    def told(key: str) -> str:
        return str(entry.get(key) or "")

    return (
        told("title") or file,
        told("source") or "source not told",
        told("licence") or "licence not told",
    )


def making(ground: Ground) -> Html:
    """Return with what the study was made, so that it can be made again."""
    scenario, grid, working = ground.scenario, ground.terrain.grid, ground.layers.area.working
    told = {
        "Program": f"corridors {__version__}",
        "Seed": str(scenario.seed),
        "Grid": f"{grid.rows} by {grid.columns} cells of {words(grid.cell_m, 'metres')}, "
        f"{scenario.area.neighbours} moves from each",
        "Elevation": f"about {words(ground.terrain.source_cell_m, 'metres')} resolution",
        "Reference system": f"{working.label}; lengths true to "
        f"{100 * working.scale_error:.2g} percent",
    }
    rows = [joined((element("dt", name), element("dd", text))) for name, text in told.items()]
    again = (
        "The same scenario gives the same figures. manifest.json holds the scenario, the hash of "
        "every input, the versions of all libraries and the transformations used. This page is "
        "what a model expects from its inputs, not what anybody saw; say so when you pass it on."
    )
    return section("How it was made", element("dl", *rows), paragraphs([again], kind="note"))
