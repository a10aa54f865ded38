"""``corridors schema``: what a scenario file may hold, for editors and other programs."""

import argparse
import json

from corridors.scenario import scenario_schema

__all__ = ["add_arguments", "call"]


def add_arguments(_parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments: none."""


def call(_options: argparse.Namespace) -> None:
    """Print the JSON Schema."""
    print(json.dumps(scenario_schema(), indent=2))
