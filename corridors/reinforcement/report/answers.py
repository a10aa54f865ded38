"""What else a reinforcement answers: worlds, patrols, ordinary traffic, support network, bases."""

from collections.abc import Iterator
from typing import Any

from corridors.reinforcement.report.figures import NUMBER, PHRASE, percent, points, rest
from corridors.reinforcement.result import Reinforcement
from corridors.report.page.markup import Column, Html, element, joined, table
from corridors.report.wording import words

__all__ = ["answers", "worlds"]

ROWS, WORLDS = 5, 6
NOT_WORLDS = frozenset({"goal", "plan", "mean", "worst", "regret"})


def worlds(found: Reinforcement) -> Html:
    """Return what each plan leaves in each world; a plan that is best by several stands once."""
    every = found.tables.get("worlds")
    if every is None:
        return Html()
    names = [str(name) for name in every if name not in NOT_WORLDS]
    goals: dict[str, list[str]] = {}
    kept: dict[str, Any] = {}
    for row in every.to_dict("records"):
        held = ", ".join(row["plan"]) or "no place"
        goals.setdefault(held, []).append(str(row["goal"]))
        kept.setdefault(held, row)
    rows = [
        (
            element("span", "; ".join(goals[held]), element("small", held)),
            *(percent(row[name]) for name in names[:WORLDS]),
            percent(row["mean"]),
            percent(row["worst"]),
            points(row["regret"]),
        )
        for held, row in kept.items()
    ]
    columns = (
        Column("Plan that is"),
        *(Column(name, f"{NUMBER} named") for name in names[:WORLDS]),
        Column("mean", NUMBER),
        Column("worst", NUMBER),
        Column("regret, points", NUMBER),
    )
    caption = (
        "What each plan leaves undetected in each world; regret is by how much, at most, it leaves "
        "more than the best plan of a world"
    )
    more = rest(len(names[:WORLDS]), len(names), "worlds", "worlds.csv")
    return joined((table(caption, columns, rows), more))


def answers(found: Reinforcement) -> Html:
    """Return a table for each other question that the scenario asks."""
    told = [part for part in (*_patrols(found), *_support(found), *_bases(found)) if part]
    return joined((_burden(found), element("div", *told, class_="blocks") if told else ""))


def _burden(found: Reinforcement) -> Html:
    every = found.tables.get("burden")
    if every is None or every.empty:
        return Html()
    top = every.sort_values("extra_minutes", ascending=False, kind="stable").head(ROWS)
    rows = [
        (
            f"{row['origin']} to {row['destination']}",
            words(row["hours"], "hours"),
            f"{row['extra_minutes']:+.1f}",
        )
        for row in top.to_dict("records")
    ]
    columns = (
        Column("Ordinary traffic"),
        Column("Takes now", NUMBER),
        Column("More with the plan, minutes", NUMBER),
    )
    drawn = table("Ways that the plan makes longer", columns, rows, whole=True)
    return joined((drawn, rest(len(top), len(every), "ways", "burden.csv")))


def _patrols(found: Reinforcement) -> Iterator[Html]:
    places, days = found.layers.get("patrols"), found.tables.get("schedule")
    if places is None or days is None:
        return
    some = places[places["cover"] > 0].sort_values("cover", ascending=False, kind="stable")
    rows = [(str(row["id"]), words(row["cover"], "share")) for row in some.to_dict("records")]
    yield _block(
        table(
            "How often teams are at each place",
            (Column("Place"), Column("Of the days", NUMBER)),
            rows[:ROWS],
            whole=True,
        ),
        rest(len(rows[:ROWS]), len(rows), "places", "patrols.geojson"),
    )
    drawn = [
        (f"Day {row['day']}", ", ".join(row["places"]))
        for row in days.head(ROWS).to_dict("records")
    ]
    yield _block(
        table("Days drawn by lot", (Column("Day"), Column("Places", PHRASE)), drawn, whole=True),
        rest(len(drawn), len(days), "days", "schedule.csv"),
    )


def _support(found: Reinforcement) -> Iterator[Html]:
    hubs = found.layers.get("support_hubs")
    if hubs is None:
        return
    some = hubs[hubs["critical"] | (hubs["betweenness"] > 0)]
    order = ["critical", "betweenness"]
    top = some.sort_values(order, ascending=False, kind="stable").head(ROWS)
    names = top["name"].where(top["name"].notna(), top["id"])
    rows = [
        (
            str(name),
            "yes" if row["critical"] else "",
            percent(row["betweenness"]),
            f"{row['pairs_without']:,.0f}",
        )
        for name, row in zip(names, top.to_dict("records"), strict=True)
    ]
    columns = (
        Column("Hub of support"),
        Column("Among those to take out"),
        Column("Goes through it", NUMBER),
        Column("Pairs connected without it", NUMBER),
    )
    yield _block(
        table("The support network", columns, rows, whole=True),
        rest(len(top), len(hubs), "hubs", "support_hubs.geojson"),
    )


def _bases(found: Reinforcement) -> Iterator[Html]:
    lost = found.tables.get("bases")
    if lost is not None:
        top = lost.sort_values("alone_more", ascending=False, kind="stable").head(ROWS)
        rows = [
            (str(row["base"]), f"{row['alone_without']:.0f}", f"{row['alone_more']:.0f}")
            for row in top.to_dict("records")
        ]
        columns = (
            Column("Base that is lost"),
            Column("Posts without help in time", NUMBER),
            Column("More than now", NUMBER),
        )
        yield _block(
            table("What the loss of a base does", columns, rows, whole=True),
            rest(len(top), len(lost), "bases", "bases.csv"),
        )
    new = found.layers.get("new_bases")
    if new is not None:
        order = ["taken", "posts_in_time", "hours_saved"]
        best = new.sort_values(order, ascending=False, kind="stable").head(ROWS)
        rows = [
            (str(row["name"]), f"{row['posts_in_time']:.0f}", f"{row['hours_saved']:.1f}")
            for row in best.to_dict("records")
        ]
        columns = (
            Column("One more base at"),
            Column("Posts with help in time", NUMBER),
            Column("Hours saved over all posts", NUMBER),
        )
        yield _block(
            table("What one more base does", columns, rows, whole=True),
            rest(len(best), len(new), "places", "new_bases.geojson"),
        )


def _block(*parts: Html) -> Html:
    return element("div", *parts) if any(parts) else Html()
