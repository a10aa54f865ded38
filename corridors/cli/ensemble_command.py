"""``corridors ensemble``: a study over what is not known of its inputs."""

import argparse
import json

from corridors.cli.options import add_progress, add_scenario, add_target
from corridors.cli.telling import progress_of, tell
from corridors.scenario import load_scenario

__all__ = ["add_arguments", "call"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_scenario(parser)
    parser.add_argument(
        "--members", type=int, default=50, metavar="N", help="how often (default: 50)"
    )
    parser.add_argument(
        "--travellers",
        type=int,
        default=100,
        metavar="M",
        help="how many each member solves (default: 100)",
    )
    parser.add_argument(
        "--cluster", metavar="ADDRESS", help="a Dask scheduler, such as tcp://10.0.0.1:8786"
    )
    add_target(parser, what="folder for the results", required=True)
    add_progress(parser)


def call(options: argparse.Namespace) -> None:
    """Run the ensemble and say what came out."""
    # A slip in the scenario is told at once: what a run needs takes seconds to import.
    load_scenario(options.scenario)
    from corridors.ensemble.write import ensemble_study

    folder = ensemble_study(
        options.scenario,
        out=options.out,
        members=options.members,
        travellers=options.travellers,
        cluster=options.cluster,
        overwrite=options.overwrite,
        progress=progress_of(options),
    )
    found = json.loads((folder / "ensemble.json").read_text(encoding="utf-8"))
    share = found["shares"]["undetected"]
    lines = [
        (
            f"  {share['share']:.0%} of the transits pass undetected: {share['share_low']:.0%} to "
            f"{share['share_high']:.0%} over what is not known, {share['share_as_given_low']:.0%} "
            f"to {share['share_as_given_high']:.0%} over the draw of travellers as given."
        )
    ]
    matters = [row for row in found["matters"] if row["undetected"] is not None]
    if matters:
        first = max(matters, key=lambda row: abs(row["undetected"]))
        beyond_chance = abs(first["undetected"]) > first["noise"]
        lines.append(
            f"  Of the inputs that were drawn {first['input']} goes with it most: rank correlation "
            f"{first['undetected']:.2f} (chance alone stays below {first['noise']:.2f})."
            if beyond_chance
            else f"  With {found['members']} members no input goes with it more than by chance."
        )
    tell(options, f"{found['title']}, {found['members']} members", *lines)
    if options.verbose:
        tell(options, *(f"  {line}" for line in found["notes"]))
    if found["synthetic"]["note"]:
        tell(options, f"  {found['synthetic']['note']}")
    tell(options, f"All results: {folder}")
