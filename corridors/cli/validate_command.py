"""``corridors validate``: check a scenario and all that it names, without running it."""

import argparse
from pathlib import Path
from typing import NoReturn

from corridors.cli.options import add_progress, add_scenario
from corridors.cli.telling import tell
from corridors.errors import OutputError
from corridors.export import output_folder
from corridors.layers import ReadingLog, barrier_lines, load_layers, with_climate
from corridors.provenance import read_provenance
from corridors.risk.controls import idle_controls
from corridors.risk.short_sight import short_sights
from corridors.scenario import Scenario, load_scenario
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
    nowhere = _unwritable(scenario)
    findings = [
        *layers.with_log(log).findings,
        *idle_controls(layers, road_tolerance_m=scenario.crossings.road_tolerance_m),
        *short_sights(scenario, layers, cell_m=grid.cell_m),
    ]
    tell(
        options,
        f"{options.scenario}: sound"
        + (f", but its output.folder cannot take results: {nowhere}" if nowhere else ""),
        f"  layers: {counts}",
        f"  works in {working.label}; lengths are true to {working.scale_error:.3%}",
        f"  {grid.rows} by {grid.columns} cells of {grid.cell_m:g} m; "
        f"{terrain.gaps} without elevation",
        *(f"  {finding}" for finding in findings),
    )


class _SeenEnoughError(Exception):
    """Leaves a folder of results before anything is in it: all is then as it was."""


def _leave(_: Path) -> NoReturn:
    raise _SeenEnoughError


def _unwritable(scenario: Scenario) -> str:
    """Return why results cannot be written where the scenario wants them; empty if they can.

    Earlier results may be there: a run asks whether to replace them.
    """
    try:
        with output_folder(scenario.path(scenario.output.folder), overwrite=True) as folder:
            _leave(folder)
    except _SeenEnoughError:
        return ""
    except OutputError as error:
        return str(error)
    except OSError as error:  # a name that no folder can have
        return f"{error.strerror or error}; name another folder"
