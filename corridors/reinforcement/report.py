"""The report of a reinforcement: the plan, its proof, and what changes, on one page that prints."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from corridors.export.whole import write_bytes
from corridors.reinforcement.result import Reinforcement
from corridors.reinforcement.told import AGAINST, reinforcement_sentences
from corridors.report.page.asked import weather_words
from corridors.report.page.charts import line_chart
from corridors.report.page.figures import and_joined, places_in_words, point_words
from corridors.report.page.frame import html_page, map_figure, masthead
from corridors.report.page.markup import (
    Column,
    Html,
    element,
    joined,
    listing,
    paragraphs,
    section,
    table,
)
from corridors.report.page.trust import assumptions, making, sources, synthetic
from corridors.report.wording import words, words_of_code
from corridors.study import Ground

__all__ = ["write_reinforcement_report"]

NUMBER = "number"
STRETCHES, JOURNEYS, ROWS = 10, 18, 10
PICTURED = "where to stand, and what passes the border unseen after it"
# Fewer points are no curve.
CURVE_MIN = 3
WHAT_IT_IS_NOT = (
    (
        "Intervals hold the chance of the draw of travellers. Ranges, speeds and what is known are "
        "as the scenario has them; [reinforcement] members asks for those."
    ),
    "A traveller answers to what stands: it does not learn from day to day, nor does it give up.",
    "Sensors catch independently. Places come from a rule: a plan says where to look first.",
)


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
    title = f"{ground.scenario.title}: reinforcements"
    told = reinforcement_sentences(found)
    headlines, notes = told[: len(told) - len(found.notes)], told[len(told) - len(found.notes) :]
    page = html_page(
        title,
        masthead(ground, title),
        element(
            "div",
            section("What was asked", paragraphs([_question(found)]), _facts(ground, found)),
            section("What was found", listing(headlines, kind="headlines")),
            class_="opening",
        ),
        map_figure(ground, picture.read_bytes(), PICTURED),
        section("The plan", _plan(found)),
        section("How many are enough", _curve(found)),
        section("What changes along the border", _border(found)),
        section("What changes for each journey", _journeys(found)),
        section("In several worlds", _worlds(found)),
        section("What else was asked", listing(notes), *_other_tables(found)),
        section("How sure this is", listing([*_proof_words(found), *WHAT_IT_IS_NOT])),
        assumptions(ground),
        element("div", synthetic(ground), making(ground), class_="beside"),
        sources(ground),
    )
    write_bytes(path, page.encode("utf-8"))


def _question(found: Reinforcement) -> str:
    options = found.problem.options
    limit = (
        f"{options.number} more" if np.isinf(options.budget) else f"for {options.budget:g} in cost"
    )
    return (
        f"Where would reinforcements ({limit}) cut what passes unseen most, against "
        f"{AGAINST[found.opponent]}?"
    )


def _facts(ground: Ground, found: Reinforcement) -> Html:
    scenario, change = ground.scenario, found.change
    told = {
        "As of": words(scenario.as_of.isoformat(), "date"),
        "Weather assumed": weather_words(ground),
        "Places weighed": f"{len(found.candidates)}, for {and_joined(_sensors(found))}",
        "Travellers": f"{words(change.travellers, 'count')}; {_known(ground)}",
    }
    rows = [joined((element("dt", name), element("dd", text))) for name, text in told.items()]
    return element("dl", *rows)


def _sensors(found: Reinforcement) -> list[str]:
    """Return each sensor that a place may get, once, in words."""
    problem = found.problem
    frame = problem.frame.iloc[np.unique(problem.options.adds)]
    told = [
        f"a {words_of_code(str(row['kind']))} with a range of {words(row['range_m'], 'metres')} "
        f"that catches {words(row['probability'], 'share')}"
        for row in frame.to_dict("records")
    ]
    return list(dict.fromkeys(told))


def _known(ground: Ground) -> str:
    informed = ground.scenario.knowledge.informed
    return (
        f"{words(informed, 'share')} know of posts"
        if informed > 0
        else "none of them knows of posts"
    )


def _plan(found: Reinforcement) -> Html:
    plan = found.plan
    if plan.empty:
        return paragraphs(
            ["No place is taken: no plan was found that leaves less than taking none."]
        )
    moved = plan["moved_from"].notna().any()
    columns = [
        Column("Place, in order"),
        Column("Kind"),
        Column("Takes away after those before, points", NUMBER),
        Column("By itself, points", NUMBER),
        Column("Cost", NUMBER),
    ]
    rows = []
    middles = places_in_words(plan.geometry)
    for row, place in zip(plan.to_dict("records"), middles, strict=True):
        name = element("span", f"{row['order']}. {row['id']}", element("small", place))
        cells = [
            name,
            words_of_code(str(row["kind"])),
            _points(row["marginal"]),
            _points(row["alone"]),
            f"{row['cost']:g}",
        ]
        rows.append([*cells, str(row["moved_from"] or "")] if moved else cells)
    if moved:
        columns.append(Column("Moved from"))
    caption = "Percentage points of what the opponent is left with, one place after the other"
    return table(caption, columns, rows, whole=True)


def _points(share: float) -> str:
    return "" if np.isnan(share) else f"{100 * share:.1f}"


def _curve(found: Reinforcement) -> Html:
    curve = found.curve
    if len(curve) < 2:
        return Html()
    rows = [
        (
            _count(row["places"]),
            words(row["left"], "share"),
            words(row["bound"], "share"),
            _points(row["marginal"]) if row["places"] else "",
            ", ".join(row["comes"]),
            ", ".join(row["goes"]),
            str(row["status"]),
        )
        for row in curve.to_dict("records")
    ]
    columns = (
        Column("How many"),
        Column("Left", NUMBER),
        Column("No plan below", NUMBER),
        Column("Brings, points", NUMBER),
        Column("Comes"),
        Column("Goes"),
        Column("Found how"),
    )
    drawn = table("The best plan found of each number of places", columns, rows, whole=True)
    if len(curve) < CURVE_MIN:
        return drawn
    chart = line_chart(
        curve["places"].to_numpy(float),
        [
            ("left with the plan", curve["left"].to_numpy(float)),
            ("no plan leaves less, proven", curve["bound"].to_numpy(float)),
        ],
        title="What is left against the number of places",
        x_title="places",
    )
    return element("div", drawn, element("div", chart, class_="beside"))


def _count(places: int) -> str:
    return "no place" if places == 0 else f"{places} place{'s' if places > 1 else ''}"


def _border(found: Reinforcement) -> Html:
    border = found.border
    changed = border[(border["unseen_change"].abs() > 0) | (border["share_before"] > 0)]
    if changed.empty:
        return paragraphs(["No transit crosses a border."])
    order = changed["unseen_change"].abs().sort_values(ascending=False, kind="stable").index
    top = changed.loc[order].head(STRETCHES)
    middles = gpd.GeoSeries(top.geometry.interpolate(0.5, normalized=True), crs=top.crs)
    rows = [
        (
            element("span", f"{row['name']} {row['stretch']}", element("small", place)),
            words(row["share_before"], "share"),
            words(row["share_after"], "share"),
            words(row["unseen_before"], "share"),
            words(row["unseen_after"], "share"),
            point_words(row["unseen_change"], row["unseen_change_low"], row["unseen_change_high"]),
        )
        for row, place in zip(top.to_dict("records"), places_in_words(middles), strict=True)
    ]
    columns = (
        Column("Stretch, with its middle"),
        Column("Cross it last, before", NUMBER),
        Column("After", NUMBER),
        Column("Of all, unseen, before", NUMBER),
        Column("After", NUMBER),
        Column("Change in points", NUMBER),
    )
    caption = "Stretches where most changes, in percent of all transits"
    drawn = table(caption, columns, rows, whole=True)
    more = f"{STRETCHES} of {len(changed)} stretches; all of them are in border_segments.geojson."
    return element(
        "div", drawn, paragraphs([more if len(changed) > STRETCHES else ""], kind="note")
    )


def _journeys(found: Reinforcement) -> Html:
    top = found.journeys.sort_values("transits", ascending=False, kind="stable").head(JOURNEYS)
    titles = {profile.name: profile.title for profile in found.problem.ground.scenario.profiles}
    rows = [
        (
            f"{row['origin']} to {row['destination']}, {titles[row['profile']]}",
            words(row["transits"], "share"),
            words(row["unseen_before"], "share"),
            words(row["unseen_after"], "share"),
            words(row["hours_before"], "hours"),
            words(row["hours_after"], "hours"),
        )
        for row in top.to_dict("records")
    ]
    columns = (
        Column("Journey"),
        Column("Of all transits", NUMBER),
        Column("Of them unseen, before", NUMBER),
        Column("After", NUMBER),
        Column("Time, before", NUMBER),
        Column("After", NUMBER),
    )
    drawn = table("Means over the travellers of each journey", columns, rows)
    more = f"{JOURNEYS} of {len(found.journeys)} journeys; all of them are in journeys.csv."
    over = len(found.journeys) > JOURNEYS
    return element("div", drawn, paragraphs([more if over else ""], kind="note"))


def _worlds(found: Reinforcement) -> Html:
    worlds = found.tables.get("worlds")
    if worlds is None:
        return Html()
    names = [name for name in worlds if name not in {"goal", "plan", "mean", "worst", "regret"}]
    rows = [
        (
            element(
                "span", str(row["goal"]), element("small", ", ".join(row["plan"]) or "no place")
            ),
            *(words(row[name], "share") for name in (*names[:ROWS], "mean", "worst")),
            _points(row["regret"]),
        )
        for row in worlds.to_dict("records")
    ]
    columns = (
        Column("Plan that is best by"),
        *(Column(str(name), NUMBER) for name in (*names[:ROWS], "mean", "worst")),
        Column("Regret, points", NUMBER),
    )
    caption = "What each plan leaves undetected in each world; regret is what it loses at most"
    return table(caption, columns, rows)


def _other_tables(found: Reinforcement) -> Iterator[Html]:
    schedule = found.tables.get("schedule")
    if schedule is not None:
        days = [(str(day), ", ".join(where)) for day, where in schedule.head(ROWS).to_numpy()]
        caption = f"Where the teams go, the first of {len(schedule)} days; schedule.csv has all"
        yield table(caption, (Column("Day"), Column("Places")), days, whole=True)
    bases = found.tables.get("bases")
    if bases is not None:
        yield table(
            "Posts without help in time when a base is lost",
            (Column("Base"), Column("Without help", NUMBER), Column("More than now", NUMBER)),
            list(_base_rows(bases)),
            whole=True,
        )


def _base_rows(bases: pd.DataFrame) -> Iterator[tuple[str, str, str]]:
    top = bases.sort_values("alone_more", ascending=False, kind="stable").head(ROWS)
    for row in top.to_dict("records"):
        yield str(row["base"]), f"{row['alone_without']:.0f}", f"{row['alone_more']:+.0f}"


def _proof_words(found: Reinforcement) -> list[str]:
    solved: Any = found.solved
    told = [f"{solved.tried:,} plans were weighed in {solved.seconds:.1f} s."]
    if solved.limit:
        told.append(f"The search was stopped by {solved.limit}: a better plan may exist.")
    if found.fresh is None:
        told.append(
            "No other travellers were drawn: a plan fits those for whom it was made too well."
        )
    return told
