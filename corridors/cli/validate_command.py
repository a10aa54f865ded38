"""``corridors validate``: check a scenario and all that it names, without running it."""

import argparse

from corridors.cli.options import add_progress, add_scenario
from corridors.cli.telling import tell
from corridors.layers import ReadingLog, barrier_lines, load_layers, with_climate
from corridors.provenance import read_provenance
from corridors.scenario import load_scenario
from corridors.study import study_endpoints, study_terrain

__all__ = ["add_arguments", "call"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_scenario(parser)
    add_progress(parser)


def call(options: argparse.Namespace) -> None:
    """Read everything that a run would read, and say what was found."""
    scenario = load_scenario(options.scenario)
    layers = load_layers(scenario)
    read_provenance(scenario, layers)
    log = ReadingLog()
    with_climate(scenario, layers.area, log=log)
    barrier_lines(scenario, layers, log=log)
    study_endpoints(scenario, layers, log=log)
    terrain = study_terrain(scenario, layers, log=log)
    grid = terrain.grid
    counts = ", ".join(f"{len(frame)} {kind}" for kind, frame in layers.frames.items())
    working = layers.area.working
    tell(
        options,
        f"{options.scenario}: sound",
        f"  layers: {counts}",
        f"  works in {working.label}; lengths are true to {working.scale_error:.3%}",
        f"  {grid.rows} by {grid.columns} cells of {grid.cell_m:g} m; "
        f"{terrain.gaps} without elevation",
        *(f"  {finding}" for finding in layers.with_log(log).findings),
    )
