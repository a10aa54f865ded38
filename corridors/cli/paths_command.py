"""``corridors paths``: the least-cost paths of a study, as GeoJSON or a GeoPackage."""

import argparse

from corridors.cli.options import add_progress, add_scenario, add_target, refuse_existing
from corridors.cli.telling import progress_of, tell
from corridors.export import is_geopackage, write_layer
from corridors.outputs import with_lonlat
from corridors.paths import least_cost_paths
from corridors.scenario import load_scenario
from corridors.study import ground_steps, study_ground, study_journeys

__all__ = ["add_arguments", "call"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_scenario(parser)
    add_target(parser, what="the file to write: .geojson or .gpkg", required=True)
    add_progress(parser)


def call(options: argparse.Namespace) -> None:
    """Find the paths and write them."""
    scenario = load_scenario(options.scenario)
    refuse_existing(options.out, overwrite=options.overwrite, source=options.scenario)
    is_geopackage(options.out)  # refuses other formats before any work
    with progress_of(options) as progress:
        progress.start(ground_steps(scenario) + len(scenario.profiles))
        ground = study_ground(scenario, progress=progress)
        journeys = study_journeys(ground, on_profile=progress.step)
    layers = ground.layers
    paths = with_lonlat(
        least_cost_paths(journeys, borders=layers["borders"], crossings=layers["crossings"])
    )
    write_layer(paths, options.out, decimals=scenario.output.decimals, title=scenario.title)
    tell(options, f"{len(paths)} paths. Written: {options.out}")
