"""``corridors reinforce``: where reinforcements cut what passes unseen most."""

import argparse
import math
from typing import Any

from corridors.cli.options import add_progress, add_scenario, add_target
from corridors.cli.telling import progress_of, tell
from corridors.scenario import load_scenario

__all__ = ["add_arguments", "call"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_scenario(parser)
    parser.add_argument(
        "--opponent",
        choices=("probable", "known", "best", "evasion"),
        default="probable",
        help="who passes: travellers of whom some know of posts (probable, the default); the same, "
        "all keeping their ways (known); those who know every sensor and take the least watched "
        "way (best); those who go round, but no farther than a detour (evasion)",
    )
    limited = parser.add_mutually_exclusive_group()
    limited.add_argument(
        "-k", type=_whole, metavar="K", help="how many places (default: the scenario's, or 5)"
    )
    limited.add_argument("--budget", type=_amount, metavar="B", help="what the plan may cost")
    parser.add_argument(
        "--seconds", type=_amount, metavar="S", help="limit of time (default: the scenario's)"
    )
    add_target(parser, what="folder for the results", required=True)
    add_progress(parser)


def _whole(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number above 0; found {text}")
    return int(text)


def _amount(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not (number > 0 and math.isfinite(number)):
        raise argparse.ArgumentTypeError(f"must be a number above 0; found {text}")
    return number


def call(options: argparse.Namespace) -> None:
    """Look for the plan and say what it comes to."""
    # A slip in the scenario is told at once: what a search needs takes seconds to import.
    load_scenario(options.scenario)
    from corridors.reinforcement.told import reinforcement_sentences
    from corridors.reinforcement.write import reinforce_study

    found: Any = reinforce_study(
        options.scenario,
        out=options.out,
        opponent=options.opponent,
        number=options.k,
        budget=options.budget,
        seconds=options.seconds,
        overwrite=options.overwrite,
        progress=progress_of(options),
    )
    ground = found.problem.ground
    tell(options, ground.scenario.title, *(f"  {line}" for line in reinforcement_sentences(found)))
    if ground.provenance.note:
        tell(options, f"  {ground.provenance.note}")
    tell(options, f"The map: {options.out / 'map.html'}", f"All results: {options.out}")
