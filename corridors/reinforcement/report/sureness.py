"""How sure a plan is: what is proven, what others than its own travellers say, what is left out."""

from typing import Any

from corridors.reinforcement.report.figures import NUMBER, percent, points
from corridors.reinforcement.result import Change, Reinforcement
from corridors.report.page.figures import point_words
from corridors.report.page.markup import Column, Html, element, joined, listing, table
from corridors.report.wording import words

__all__ = ["proof_words", "sureness"]

WHAT_IT_IS_NOT = (
    (
        "Intervals hold the chance of the draw of travellers. Ranges, speeds and what is known are "
        "as the scenario has them; [reinforcement] members asks for those."
    ),
    "A traveller answers to what stands: it does not learn from day to day, nor does it give up.",
    "Sensors catch independently. Places come from a rule: a plan says where to look first.",
)


def sureness(found: Reinforcement) -> Html:
    """Return the change for the plan's own travellers and for others, the proof, and the limits."""
    return joined((_changes(found), listing([*proof_words(found), *WHAT_IT_IS_NOT])))


def _changes(found: Reinforcement) -> Html:
    rows = [_change("Those for whom the plan was made", found.change)]
    if found.fresh is not None:
        rows.append(_change("Others, drawn afresh", found.fresh))
    columns = (
        Column("Travellers"),
        Column("How many", NUMBER),
        Column("Undetected, before", NUMBER),
        Column("after", NUMBER),
        Column("Change in points", NUMBER),
        Column("Take another way", NUMBER),
    )
    level = words(found.problem.ground.scenario.flow.confidence, "share")
    caption = f"The undetected share of travellers as the study has them, with {level} intervals"
    return table(caption, columns, rows, whole=True)


def _change(who: str, change: Change) -> tuple[str, ...]:
    return (
        who,
        words(change.travellers, "count"),
        _with_interval(*change.before),
        _with_interval(*change.after),
        point_words(*change.difference),
        words(change.another_way, "share"),
    )


def _with_interval(share: float, low: float, high: float) -> Html:
    return element("span", percent(share), element("small", f"{points(low)} to {percent(high)}"))


def proof_words(found: Reinforcement) -> list[str]:
    """Return what is proven of a plan, how long that took, and what stopped the search."""
    solved: Any = found.solved
    what = "Taking no place" if found.plan.empty else "The plan"
    bounded = solved.bound == solved.bound
    if solved.status == "proven optimal":
        told = f"{what} is proven the best: no plan that is allowed leaves less."
    elif solved.status.startswith("optimal"):
        told = f"{what} is the best: every plan that is allowed was weighed, and none leaves less."
    elif bounded:
        told = (
            f"{what} is not proven the best. No plan leaves less than {percent(solved.bound)}, "
            f"so that a better one, if there is any, takes away at most {points(found.gap)} points "
            "more."
        )
    else:
        told = (
            f"{what} is the best that was found. Nothing is proven: how much less another plan "
            "leaves is not known."
        )
    rounds = "one plan or round" if solved.tried == 1 else f"{solved.tried:,} plans or rounds"
    took = f"The search took {solved.seconds:.1f} s, over {rounds} of its method."
    stopped = (
        f"It was stopped by its limit ({solved.limit}) before its end: a better plan may exist."
        if solved.limit
        else ""
    )
    return [told, " ".join(filter(None, (took, stopped))), *_others(found)]


def _others(found: Reinforcement) -> list[str]:
    if found.plan.empty:
        return []
    told = "A plan fits the travellers for whom it was made better than others"
    if found.fresh is None:
        return [f"{told}, and no others were drawn: it will bring less."]
    return [f"{told}: what it brings for those drawn afresh is what to expect."]
