"""What a study found, as tables and small charts."""

from typing import Any

import geopandas as gpd
import numpy as np

from corridors.report.page.asked import sensor_words
from corridors.report.page.charts import bar, bar_axis, histogram, nice_steps
from corridors.report.page.figures import (
    and_joined,
    help_after,
    percentile_words,
    places_in_words,
    point_words,
    share_told,
    sign_words,
)
from corridors.report.page.markup import Column, Html, element, listing, paragraphs, section, table
from corridors.report.wording import words, words_of_code, words_of_interval
from corridors.study import Study

__all__ = ["journeys", "one_more", "posts", "where"]

STRETCHES, POSTS, PLACES, JOURNEYS, IMPOSSIBLE = 10, 20, 8, 12, 5
NUMBER, BAR = "number", "bar"
UNDETECTED_COLOUR = "#d55e00"


def where(study: Study) -> Html:
    """Return where transits pass: bands, and the stretches of border that they cross."""
    return section("Where transits pass", paragraphs([_bands(study)]), _border(study))


def _bands(study: Study) -> str:
    bands = study.flow.bands.sort_values("share")
    told = [
        f"{words(share, 'share')} within {words(area, 'km2')}"
        for share, area in zip(bands["share"], bands["area_km2"], strict=True)
    ]
    return f"Of all the way that transits make, {and_joined(told)} lies on the least ground for it."


def _border(study: Study) -> Html:
    crossed = study.border_segments[study.border_segments["share"] > 0]
    if crossed.empty:
        return paragraphs(["No transit crosses a border."])
    top = crossed.sort_values("share", ascending=False, kind="stable").head(STRETCHES)
    steps = nice_steps(float(top["share_high"].max()))
    middles = gpd.GeoSeries(top.geometry.interpolate(0.5, normalized=True), crs=top.crs)
    rows = [
        (
            element("span", f"{row['name']} {row['stretch']}", element("small", place)),
            bar(row["share"], row["share_low"], row["share_high"], steps[-1]),
            share_told(row, "share"),
            words(row["gate_share"], "share"),
            words(row["length_km"], "km"),
        )
        for row, place in zip(top.to_dict("records"), places_in_words(middles), strict=True)
    ]
    crossing = study.flow.crossed
    told = (
        f"{words(crossing.share[0], 'share')} "
        f"({words_of_interval(crossing.low[0], crossing.high[0], 'share')}) of the transits cross "
        f"a border. Shares of stretches are of these."
    )
    columns = (
        Column("Stretch, with its middle"),
        Column("Share of those who cross", BAR),
        Column("Share", NUMBER),
        Column("Of all, through a crossing", NUMBER),
        Column("Length", NUMBER),
    )
    caption = f"Stretches of border that most cross last. {told}"
    foot = ("", bar_axis(steps[-1], steps), "", "", "")
    drawn = table(caption, columns, rows, foot=foot, whole=True)
    return element("div", drawn, _rest(len(crossed), STRETCHES, "border_segments.geojson"))


def posts(study: Study) -> Html:
    """Return what checkpoints meet and catch, and what nobody does."""
    title = "What the checkpoints meet and catch"
    if study.undetected.posts.empty:
        return section(title, paragraphs(["The study has no checkpoints: nobody is detected."]))
    return section(title, _undetected(study), _checkpoints(study), _patrols(study))


def _undetected(study: Study) -> Html:
    share, low, high = study.undetected.share
    big = element("strong", words(share, "share"), class_="big")
    interval = words_of_interval(low, high, "share")
    return element(
        "p",
        big,
        bar(share, low, high, 1.0, colour=UNDETECTED_COLOUR),
        element("span", f"of the transits ({interval}) pass undetected, on a bar of all of them."),
        class_="undetected",
    )


def _checkpoints(study: Study) -> Html:
    every = study.checkpoints
    if every.empty:
        return Html()
    order = ["transit_share", "first_catch"]
    top = every.sort_values(order, ascending=False, kind="stable").head(POSTS)
    steps = nice_steps(float(np.nanmax(top["transit_share_high"].to_numpy(float), initial=0.0)))
    columns = (
        Column("Checkpoint, kind and range now"),
        Column("Transits it meets", BAR),
        Column("Meets", NUMBER),
        Column("Caught first here", NUMBER),
        Column("More undetected if it falls", NUMBER),
        Column("Help from base after", NUMBER),
    )
    rows = [
        (
            element("span", str(row["name"] or row["id"]), element("small", _kind(row))),
            bar(
                row["transit_share"], row["transit_share_low"], row["transit_share_high"], steps[-1]
            ),
            share_told(row, "transit_share"),
            share_told(row, "first_catch"),
            share_told(row, "loss"),
            help_after(row["hours_from_base"]),
        )
        for row in top.to_dict("records")
    ]
    foot = ("", bar_axis(steps[-1], steps), "", "", "", "")
    caption = (
        "Checkpoints by the share of all transits that they meet: that come within their range in "
        "this weather, or pass the gate or road they control"
    )
    drawn = table(caption, columns, rows, foot=foot)
    return element("div", drawn, _rest(len(every), POSTS, "checkpoints.geojson"))


def _patrols(study: Study) -> Html:
    every = study.undetected.posts
    patrols = every[~every["id"].isin(study.checkpoints["id"])]
    top = patrols.sort_values("first_catch", ascending=False, kind="stable").head(POSTS)
    columns = (
        Column("Patrol"),
        Column("Transits that meet it", NUMBER),
        Column("Caught first by it", NUMBER),
        Column("More undetected without it", NUMBER),
    )
    rows = [
        (
            str(row["name"] or row["id"]),
            words(row["met"], "share"),
            share_told(row, "first_catch"),
            share_told(row, "loss"),
        )
        for row in top.to_dict("records")
    ]
    return table("Patrols by what they catch first", columns, rows)


def _kind(row: dict[str, Any]) -> str:
    return f"{words_of_code(str(row['kind']))}, {words(row['range_now_m'], 'metres')}"


def one_more(study: Study) -> Html:
    """Return where one more sensor takes most away from the undetected share."""
    title = "Where one more sensor is worth most"
    tried = study.worth.candidates
    if tried.empty:
        return section(
            title, paragraphs(["No place was found where one more would catch anybody."])
        )
    best = tried.sort_values("worth", ascending=False, kind="stable").head(PLACES)
    worse = tried[tried["worth_high"] < 0]
    columns = (
        Column("Place"),
        Column("Points off the undetected share", NUMBER),
        Column("Sign"),
        Column("Transits that meet it", NUMBER),
    )
    rows = [
        (
            place,
            point_words(row["worth"], row["worth_low"], row["worth_high"]),
            sign_words(row["worth_low"], row["worth_high"]),
            words(row["met"], "share"),
        )
        for row, place in zip(best.to_dict("records"), places_in_words(best.geometry), strict=True)
    ]
    caption = (
        f"The best of {len(tried)} places tried for {sensor_words(study)}, in percentage points, "
        "with the ground cutting its view"
    )
    informed = study.scenario.knowledge.informed
    knows = (
        "Nobody knows of it, and all keep their ways."
        if informed <= 0
        else f"The {words(informed, 'share')} of travellers who know of posts may know of it too, "
        "and then take another way."
    )
    told = (
        f"{knows} {_worse(len(worse), len(tried))} Each row is one sensor more, not several "
        "together; places are given to a hundredth of a degree, about a kilometre."
    )
    if "reinforcement" in study.scenario.model_fields_set:
        told += " Where several should stand together, corridors reinforce answers."
    return section(
        title, table(caption, columns, rows, whole=True), paragraphs([told], kind="note")
    )


def _worse(worse: int, tried: int) -> str:
    if not worse:
        return "At none of the places does it surely make matters worse."
    return (
        f"At {worse} of the {tried} places it surely makes matters worse: it pushes transits onto "
        "less watched ways."
    )


def journeys(study: Study) -> Html:
    """Return how long journeys take and how far they go."""
    flow, profiles = study.flow, study.scenario.profiles
    arrived = flow.paths.arrived
    who, hours, km = flow.travellers.profile[arrived], flow.paths.hours[arrived], flow.passages.km()
    charts = [
        histogram(values[who == number], title=f"{profile.title}: {what}")
        for number, profile in enumerate(profiles)
        for what, values in (("hours", hours), ("km", km))
    ]
    titles = {profile.name: profile.title for profile in profiles}
    top = flow.journeys.sort_values("share", ascending=False, kind="stable").head(JOURNEYS)
    columns = (
        Column("Journey"),
        Column("Moving"),
        Column("Of all", NUMBER),
        Column("Time", NUMBER),
        Column("Length", NUMBER),
    )
    rows = [
        (
            f"{row['origin']} to {row['destination']}",
            titles[row["profile"]],
            words(row["share"], "share"),
            percentile_words(row, "hours", "hours"),
            percentile_words(row, "km", "km"),
        )
        for row in top.to_dict("records")
    ]
    caption = "Median of the travellers of each journey (and what eight in ten lie between)"
    return section(
        "How long journeys take",
        element("div", *charts, class_="charts"),
        table(caption, columns, rows),
        _rest(len(flow.journeys), JOURNEYS, "summary.json"),
        _left_out(study.journeys.left_out),
    )


def _left_out(told: Any) -> Html:
    if not told:
        return Html()
    more = len(told) - IMPOSSIBLE
    rest = [f"and {more} more, in summary.json"] if more > 0 else []
    return element(
        "div",
        paragraphs(["Asked for, and left out of all shares:"]),
        listing([*(str(text) for text in told[:IMPOSSIBLE]), *rest]),
    )


def _rest(count: int, shown: int, file: str) -> Html:
    if count <= shown:
        return Html()
    return paragraphs([f"{shown} of {count} rows; all of them are in {file}."], kind="note")
