"""``corridors network``: the road network of a study, as one GeoPackage."""

import argparse

from corridors.cli.options import add_progress, add_scenario, add_target, refuse_existing
from corridors.cli.telling import tell
from corridors.layers import load_layers
from corridors.network import save_network
from corridors.scenario import load_scenario
from corridors.study import study_network

__all__ = ["add_arguments", "call"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_scenario(parser)
    add_target(parser, what="the GeoPackage to write", required=True)
    add_progress(parser)


def call(options: argparse.Namespace) -> None:
    """Build the network, write it, and say what was found in it."""
    scenario = load_scenario(options.scenario)
    refuse_existing(options.out, overwrite=options.overwrite, source=options.scenario)
    network = study_network(scenario, load_layers(scenario))
    save_network(network, options.out)
    tell(options, *network.report.sentences(), f"Written: {options.out}")
