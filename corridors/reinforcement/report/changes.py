"""What a plan changes: along the border, and for each journey."""

from collections.abc import Mapping
from typing import Any

import geopandas as gpd

from corridors.reinforcement.report.figures import NUMBER, PLACE, percent, points, rest
from corridors.reinforcement.result import Reinforcement
from corridors.report.page.figures import places_in_words, point_words
from corridors.report.page.markup import Column, Html, element, paragraphs, table
from corridors.report.wording import words

__all__ = ["border", "journeys"]

STRETCHES, JOURNEYS = 6, 6
# Less is written as nothing: half a tenth of a point, half a minute.
SHARE_MIN, HOURS_MIN = 0.0005, 1 / 120


def border(found: Reinforcement) -> Html:
    """Return the stretches of border where most changes."""
    every = found.border
    if not ((every["share_before"] > 0) | (every["share_after"] > 0)).any():
        return paragraphs(["No transit crosses a border."])
    crossed = (every["share_after"] - every["share_before"]).abs() >= SHARE_MIN
    changed = every[crossed | (every["unseen_change"].abs() >= SHARE_MIN)]
    if changed.empty:
        return paragraphs(
            ["On every stretch as much passes as before, seen and unseen, to a tenth of a percent."]
        )
    order = changed["unseen_change"].abs().sort_values(ascending=False, kind="stable").index
    top = changed.loc[order].head(STRETCHES)
    middles = gpd.GeoSeries(top.geometry.interpolate(0.5, normalized=True), crs=top.crs)
    rows = [
        (
            f"{row['name']} {row['stretch']}",
            place,
            percent(row["share_before"]),
            percent(row["share_after"]),
            percent(row["unseen_before"]),
            percent(row["unseen_after"]),
            point_words(row["unseen_change"], row["unseen_change_low"], row["unseen_change_high"]),
        )
        for row, place in zip(top.to_dict("records"), places_in_words(middles), strict=True)
    ]
    heads = (
        Column("Stretch"),
        Column("Its middle", PLACE),
        Column("Cross it last, before", NUMBER),
        Column("after", NUMBER),
        Column("Of them unseen, before", NUMBER),
        Column("after", NUMBER),
        Column("Change in points", NUMBER),
    )
    level = words(found.problem.ground.scenario.flow.confidence, "share")
    caption = (
        "Stretches where most changes, all in percent of all transits; unseen is who crosses there "
        f"last and is caught nowhere; changes with their {level} intervals"
    )
    more = rest(
        len(top), len(every), "stretches, those that change most", "border_segments.geojson"
    )
    return element("div", table(caption, heads, rows, whole=True), more)


def journeys(found: Reinforcement) -> Html:
    """Return the journeys whose undetected share changes most."""
    every = found.journeys
    change = every["unseen_after"] - every["unseen_before"]
    longer = every["hours_after"] - every["hours_before"]
    is_changed = (change.abs() >= SHARE_MIN) | (longer.abs() >= HOURS_MIN)
    if not is_changed.any():
        return paragraphs(["No journey passes less or more unseen than before, nor takes longer."])
    weight = (change * every["transits"])[is_changed].abs()
    order = weight.sort_values(ascending=False, kind="stable").index
    top = every.loc[order].head(JOURNEYS)
    slower = bool((longer.abs() >= HOURS_MIN).any())
    titles = {profile.name: profile.title for profile in found.problem.ground.scenario.profiles}
    rows = [_journey(row, titles, slower=slower) for row in top.to_dict("records")]
    heads = [
        Column("Journey"),
        Column("Of all transits", NUMBER),
        Column("Of them unseen, before", NUMBER),
        Column("after", NUMBER),
        Column("Change in points", NUMBER),
    ]
    if slower:
        heads += [Column("Time, before", NUMBER), Column("after", NUMBER)]
    caption = (
        "Means over the travellers of each journey, first those that weigh most in the whole"
        + ("" if slower else "; no journey takes longer or shorter")
    )
    more = rest(len(top), len(every), "journeys, those that change most", "journeys.csv")
    return element("div", table(caption, heads, rows), more)


def _journey(row: Mapping[Any, Any], titles: dict[str, str], *, slower: bool) -> list[str]:
    cells = [
        f"{row['origin']} to {row['destination']}, {titles[row['profile']]}",
        percent(row["transits"]),
        percent(row["unseen_before"]),
        percent(row["unseen_after"]),
        points(row["unseen_after"] - row["unseen_before"], sign=True),
    ]
    times = [words(row["hours_before"], "hours"), words(row["hours_after"], "hours")]
    return [*cells, *times] if slower else cells
