"""``corridors network``: the road network of a study, or its roads alone, as one file."""

import argparse

from corridors.cli.options import add_progress, add_scenario, add_target, refuse_existing
from corridors.cli.telling import tell
from corridors.export import is_geopackage, write_layer
from corridors.layers import load_layers
from corridors.network import save_network
from corridors.scenario import load_scenario
from corridors.study import study_network

__all__ = ["add_arguments", "call"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_scenario(parser)
    add_target(
        parser,
        what="the file to write: .gpkg for roads and nodes, .geojson for the roads",
        required=True,
    )
    add_progress(parser)


def call(options: argparse.Namespace) -> None:
    """Build the network, write it, and say what was found in it."""
    scenario = load_scenario(options.scenario)
    refuse_existing(options.out, overwrite=options.overwrite, source=options.scenario)
    whole = is_geopackage(options.out)
    network = study_network(scenario, load_layers(scenario))
    if whole:
        save_network(network, options.out)
    else:
        decimals = scenario.output.decimals
        write_layer(network.edges_gdf(), options.out, title=scenario.title, decimals=decimals)
    tell(
        options,
        *network.report.sentences(),
        f"Written: {options.out}" + ("" if whole else " (the roads; nodes need a .gpkg)"),
    )
