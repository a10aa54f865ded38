"""``corridors init``: a study to start from."""

import argparse
import shlex
from pathlib import Path

from corridors.sample import copy_sample

__all__ = ["add_arguments", "call"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="a new folder for the study")
    parser.add_argument("--overwrite", action="store_true", help="replace the sample's files there")
    parser.add_argument("-q", "--quiet", action="store_true", help="say nothing but errors")


def call(options: argparse.Namespace) -> None:
    """Copy the sample and say how to run it."""
    scenario = copy_sample(options.folder, overwrite=options.overwrite)
    if not options.quiet:
        command = shlex.join(["corridors", "run", str(scenario)])
        print(f"The Sinjar study is in {options.folder}; run it with: {command}")
