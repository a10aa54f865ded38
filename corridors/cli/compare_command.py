"""``corridors compare``: scenarios side by side, with the same travellers in all."""

import argparse
import logging
from pathlib import Path

from corridors.cli.options import CommandParser, add_progress
from corridors.cli.telling import progress_of, tell
from corridors.comparison.variants import named_scenarios

__all__ = ["add_arguments", "call"]


def add_arguments(parser: CommandParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "scenarios",
        type=Path,
        nargs="+",
        metavar="SCENARIO",
        help="TOML files of studies; all others are held against the first",
    )
    parser.gathers = "scenarios"
    parser.add_argument(
        "--variant",
        action="append",
        nargs="+",
        default=[],
        metavar=("NAME", "KEY=VALUE"),
        help="the first scenario with some values changed, such as --variant clear "
        "weather.visibility_km=30 weather.rain=none; may be given several times",
    )
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="folder for the results"
    )
    parser.add_argument("--overwrite", action="store_true", help="replace what is there")
    add_progress(parser)


def call(options: argparse.Namespace) -> None:
    """Compare the scenarios and say what changes."""
    # A slip in a scenario is told at once: what a comparison needs takes seconds to import.
    scenarios = named_scenarios(options.scenarios, options.variant)
    # Where the home cannot be written it makes a private folder, and need not tell.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    from corridors.comparison.told import comparison_sentences
    from corridors.comparison.write import run_comparison

    found = run_comparison(
        scenarios, options.out, overwrite=options.overwrite, progress=progress_of(options)
    )
    tell(options, *comparison_sentences(found))
    note = next((one.note for one in found.provenance.values() if one.note), "")
    if note:
        tell(options, note)
    tell(
        options,
        f"The map of differences: {options.out / 'map.html'}",
        f"All results: {options.out}",
    )
