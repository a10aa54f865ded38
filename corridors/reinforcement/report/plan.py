"""The plan in its order, and what is left against the number of places."""

from typing import Any

import numpy as np

from corridors.reinforcement.report.figures import NUMBER, PHRASE, PLACE, percent, points
from corridors.reinforcement.result import Reinforcement
from corridors.report.page.charts import line_chart
from corridors.report.page.figures import places_in_words
from corridors.report.page.markup import Column, Html, element, joined, paragraphs, table
from corridors.report.wording import words, words_of_code

__all__ = ["curve", "plan"]

# Fewer points are no curve.
CURVE_MIN = 3
# A curve that falls by less is flat: half a tenth of a point.
FLAT = 0.0005
FOUND_HOW = {
    "proven optimal": "proven",
    "optimal (every plan tried)": "every plan tried",
    "bound": "with a bound",
}


def plan(found: Reinforcement) -> Html:
    """Return the places that are taken, in order, with what each brings."""
    taken = found.plan
    if taken.empty:
        return paragraphs([_why_none(found)])
    columns = [
        Column("Place, in order"),
        Column("At", PLACE),
        Column("Sensor", PHRASE),
        Column("Takes away then", NUMBER),
        Column("By itself", NUMBER),
        Column("Cost", NUMBER),
    ]
    middles = places_in_words(taken.geometry)
    rows = [
        [
            f"{row['order']}. {row['id']}",
            place,
            _sensor(row),
            points(row["marginal"]),
            points(row["alone"]),
            f"{row['cost']:g}",
        ]
        for row, place in zip(taken.to_dict("records"), middles, strict=True)
    ]
    moved = taken["moved_from"]
    if moved.notna().any():
        columns.append(Column("Moved from"))
        rows = [[*row, words(was, "text")] for row, was in zip(rows, moved, strict=True)]
    caption = (
        "What each takes away from what those before it leave, in percentage points; below 0 it "
        "makes matters worse"
    )
    return table(caption, columns, rows, whole=True)


def _why_none(found: Reinforcement) -> str:
    if "optimal" in found.solved.status:
        return (
            "No place is taken, for no gain is possible: no plan that is allowed leaves less than "
            "taking none."
        )
    return "No place is taken: no plan was found that leaves less than taking none."


def _sensor(row: dict[str, Any]) -> str:
    return (
        f"{words_of_code(str(row['kind']))}, {words(row['range_m'], 'metres')}, catches "
        f"{words(row['probability'], 'share')}"
    )


def curve(found: Reinforcement) -> Html:
    """Return what is left with each number of places, as a chart and as a table."""
    rows = found.curve
    if len(rows) < CURVE_MIN:
        return Html()
    if float(np.ptp(rows["left"])) < FLAT:
        flat = f"As much is left with 1 to {len(rows) - 1} places as with none."
        return joined((paragraphs([flat]), _table(found)))
    known = bool(np.isfinite(rows["bound"].iloc[1:]).any())
    lines = [("left with the plan", rows["left"].to_numpy(float))]
    if known:
        lines.append(("no plan leaves less, proven", rows["bound"].to_numpy(float)))
    knee = None if found.knee is None else float(rows["places"].iloc[found.knee])
    chart = line_chart(
        rows["places"].to_numpy(float),
        lines,
        title="What is left undetected against the number of places",
        x_title="places",
        marked=knee,
    )
    told = [
        ""
        if knee is None
        else "The ring is where the curve bends most; it depends on how far the curve goes.",
        ""
        if known
        else "There is no proven bound: how much less a better plan would leave is not known.",
        "Bounds are proven for each number of places by itself. A plan of more places need not "
        "hold the one before."
        if known and not found.problem.ground.scenario.reinforcement.nested
        else "",
    ]
    drawn = element("div", chart, paragraphs(told, kind="note"))
    return element("div", element("div", _table(found)), drawn, class_="beside wide")


def _table(found: Reinforcement) -> Html:
    rows = found.curve
    told = {
        Column("Places"): [str(places) if places else "none" for places in rows["places"]],
        Column("Left", NUMBER): [percent(share) for share in rows["left"]],
        Column("No plan below", NUMBER): [percent(share) for share in rows["bound"].iloc[1:]],
        Column("Brings, points", NUMBER): [points(share) for share in rows["marginal"].iloc[1:]],
        Column("Comes", PHRASE): [", ".join(ids) for ids in rows["comes"]],
        Column("Goes", PHRASE): [", ".join(ids) for ids in rows["goes"]],
        Column("Found how"): [FOUND_HOW.get(status, status) for status in rows["status"]],
    }
    # What is so for no number of places has no column; what is not so for none has no cell there.
    columns = {
        column: [*[""] * (len(rows) - len(cells)), *cells]
        for column, cells in told.items()
        if any(cells)
    }
    caption = "The best plan found of each number of places"
    return table(caption, list(columns), zip(*columns.values(), strict=True), whole=True)
