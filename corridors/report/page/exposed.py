"""Which checkpoints are exposed most: attacks, isolation, transits, and how sure their order is."""

from typing import Any

import numpy as np

from corridors.report.page.figures import help_after, share_told
from corridors.report.page.markup import Column, Html, element, paragraphs, section, table
from corridors.report.wording import Unit, words, words_of_interval
from corridors.risk.order import TOP
from corridors.study import Study

__all__ = ["exposed"]

POSTS, FORCES = 10, 10
NUMBER = "number"


def exposed(study: Study) -> Html:
    """Return how likely posts are to be attacked and alone, their ranking, and how far help is."""
    if study.checkpoints.empty:
        return Html()
    return section(
        "Which checkpoints are exposed most",
        _ranking(study),
        paragraphs(_told(study), kind="note"),
        _help(study),
    )


def _ranking(study: Study) -> Html:
    posts = study.checkpoints
    ranked = posts["exposure_index_rank"].notna().any()
    order = ["exposure_index", "transit_share"] if ranked else ["transit_share"]
    top = posts.sort_values(order, ascending=False, kind="stable").head(POSTS)
    days = study.scenario.posts.horizon_days
    columns = (
        Column("Checkpoint"),
        Column("Rank", NUMBER),
        Column("First; top three" if len(posts) > TOP else "First", NUMBER),
        Column("Attacks a year", NUMBER),
        Column(f"Attacked in {days:g} days", NUMBER),
        Column("Help too late", NUMBER),
        Column("Index", NUMBER),
    )
    rows = [
        (
            str(row["name"] or row["id"]),
            _rank(row),
            _often(row, ("first", "top") if len(posts) > TOP else ("first",)),
            _number_told(row, "attack_rate", "number"),
            share_told(row, "attack_chance"),
            share_told(row, "isolation"),
            share_told(row, "exposure_index"),
        )
        for row in top.to_dict("records")
    ]
    by = "the exposure index" if ranked else "the transits that they meet"
    drawn = table(f"Checkpoints by {by}, with its components", columns, rows)
    more = f"{POSTS} of {len(posts)} rows; all of them are in checkpoints.geojson."
    return element("div", drawn, paragraphs([more if len(posts) > POSTS else ""], kind="note"))


def _rank(row: dict[str, Any]) -> Html:
    if np.isnan(row["exposure_index_rank"]):
        return Html()
    low, high = row["exposure_index_rank_low"], row["exposure_index_rank_high"]
    span = "" if low == high else f"{low:.0f} to {high:.0f}"
    return element(
        "span", f"{row['exposure_index_rank']:.0f}", element("small", span) if span else ""
    )


def _often(row: dict[str, Any], told: tuple[str, ...]) -> str:
    if np.isnan(row["exposure_index_rank"]):
        return ""
    parts = (row[f"exposure_index_often_{place}"] for place in told)
    return "; ".join(words(part, "share") for part in parts)


def _number_told(row: dict[str, Any], column: str, unit: Unit) -> Html:
    interval = words_of_interval(row[f"{column}_low"], row[f"{column}_high"], unit)
    told = words(row[column], unit)
    return element("span", told, element("small", interval) if interval else "")


def _told(study: Study) -> list[str]:
    wanted, risk = study.scenario.posts, study.risk
    record = risk.record
    hold = words(wanted.hold_hours, "hours")
    if risk.rates is None:
        attacks = "There is no record of incidents, so that nothing is said of attacks. "
    else:
        made_up = int(record.attacks["synthetic"].sum())
        some = f", {made_up} of them made up" if made_up else ""
        attacks = (
            f"Attacks: {len(record.attacks)} of the incidents{some}, in "
            f"{record.years:.1f} years; one whose place is not known counts as far as it can have "
            "been near, for the nearest post, and rates are drawn towards that of the region. "
        )
    level = words(study.flow.settings.confidence, "share")
    return [
        (
            f"{attacks}Help too late: the chance that support comes later than the post can hold, "
            f"{hold} on average. The index is the product of the chance of an attack, that of help "
            "too late, and the share of transits that it meets: it serves to rank, and says "
            "nothing by itself. "
            f"Ranks, and how often a post is first or among the first {TOP}, are over "
            f"{words(risk.draws, 'count')} draws of travellers, rates of attacks and delays of "
            f"help; ranges are {level} intervals."
        )
    ]


def _help(study: Study) -> Html:
    forces = study.support
    columns = (
        Column("Base or force"),
        Column("Reaches first"),
        Column("After, in this weather", NUMBER),
        Column("After, in clear weather", NUMBER),
    )
    rows = [
        (
            str(row["name"]),
            str(row["nearest_post"] or ""),
            help_after(row["hours_to_post"]),
            help_after(row["hours_to_post_clear"]),
        )
        for row in forces.head(FORCES).to_dict("records")
    ]
    return table("How soon bases and forces reach a checkpoint", columns, rows, whole=True)
