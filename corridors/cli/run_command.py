"""``corridors run``: a study, from its scenario file to a folder of results."""

import argparse
import json
import logging

from corridors.cli.options import add_progress, add_scenario, add_target
from corridors.cli.telling import progress_of, tell
from corridors.scenario import load_scenario

__all__ = ["add_arguments", "call"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_scenario(parser)
    add_target(parser, what="folder for the results (default: the scenario's output.folder)")
    add_progress(parser)


def call(options: argparse.Namespace) -> None:
    """Run the study and say what came out."""
    # A slip in the scenario is told at once: what a run needs takes seconds to import.
    load_scenario(options.scenario)
    # Where the home cannot be written it makes a private folder, and need not tell.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    from corridors.pipeline import run

    folder = run(
        options.scenario,
        out=options.out,
        overwrite=options.overwrite,
        progress=progress_of(options),
    )
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    tell(options, summary["title"], *(f"  {line}" for line in summary["headlines"]))
    if summary["journeys_left_out"]:
        tell(options, *(f"  {line}" for line in summary["journeys_left_out"]))
    if options.verbose:
        found = [*summary["found_in_the_data"], *summary["road_network"]["sentences"]]
        tell(options, "Found in the data:", *(f"  {line}" for line in found))
    if summary["synthetic"]["note"]:
        tell(options, f"  {summary['synthetic']['note']}")
    tell(options, f"The map: {folder / 'map.html'}", f"All results: {folder}")
