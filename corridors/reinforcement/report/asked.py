"""What was asked: against whom, with how much, from which places, in which worlds."""

import numpy as np

from corridors.reinforcement.options import Options
from corridors.reinforcement.result import Reinforcement
from corridors.reinforcement.told import AGAINST
from corridors.report.page.asked import weather_words
from corridors.report.page.figures import and_joined
from corridors.report.page.markup import Html, element, joined
from corridors.report.wording import words, words_of_code
from corridors.study import Ground

__all__ = ["facts", "question"]

# What is counted as left, by opponent.
COUNTED = {
    "probable": "the share of transits that nobody catches",
    "known": "the share of transits that nobody catches",
    "best": "the chance to pass uncaught on the least watched way, over all journeys",
    "evasion": "the share of journeys that have a way round",
}


def question(found: Reinforcement) -> str:
    """Return the question in one sentence."""
    return (
        f"Where should reinforcements stand ({_limit(found.problem.options)}) to leave least "
        f"undetected, against {AGAINST[found.opponent]}?"
    )


def _limit(options: Options) -> str:
    if np.isinf(options.budget):
        return f"at most {options.number}"
    return f"for at most {options.budget:g} in cost"


def facts(ground: Ground, found: Reinforcement) -> Html:
    """Return what the question rests on, short."""
    asked = ground.scenario.reinforcement
    moving = int(found.problem.moved.sum())
    told = {
        "As of": words(ground.scenario.as_of.isoformat(), "date"),
        "Weather assumed": weather_words(ground),
        "Counted": COUNTED[found.opponent] + _within(found, asked.tolerance),
        "Places weighed": f"{len(found.candidates)}, for {and_joined(_sensors(found))}",
        "May be moved": f"{moving} of the posts that stand now" if moving else "",
        "Travellers": f"{words(found.change.travellers, 'count')}; {_known(ground)}",
        "Worlds": and_joined(_worlds(found)) if "worlds" in found.tables else "",
    }
    rows = [
        joined((element("dt", name), element("dd", text))) for name, text in told.items() if text
    ]
    return element("dl", *rows)


def _within(found: Reinforcement, tolerance: float) -> str:
    if found.opponent != "evasion":
        return ""
    return f" at most {words(tolerance, 'share')} longer than the quickest"


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


def _worlds(found: Reinforcement) -> list[str]:
    asked = found.problem.ground.scenario.reinforcement
    members = f"{asked.members} members of the ensemble" if asked.members else ""
    told = ["as given", *(case.name for case in asked.weathers), members]
    return [name for name in told if name]
