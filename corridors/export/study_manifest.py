"""The record of a run on a study's ground: the files that were read, and those written."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from corridors.export.manifest import build_manifest, list_outputs, record_file
from corridors.scenario import Scenario
from corridors.study import Ground

__all__ = ["input_files", "study_manifest"]


def input_files(
    scenario: Scenario, layers: Iterable[str], more: Iterable[str | None] = ()
) -> list[str]:
    """Return the files that a study read, each once, as its scenario names them.

    Parameters
    ----------
    scenario
        The study.
    layers
        Files of its layers.
    more
        Others that were read, None where there was none.
    """
    ends = [end.file for end in (*scenario.origins, *scenario.destinations)]
    barriers = [barrier.file for barrier in scenario.barriers]
    named = [*layers, *ends, *barriers, *more, scenario.provenance]
    return list(dict.fromkeys(file for file in named if file is not None))


def study_manifest(
    ground: Ground, folder: Path, *, more: Iterable[str | None] = ()
) -> dict[str, Any]:
    """Return the record of a run for ``manifest.json``.

    Parameters
    ----------
    ground
        What the run stood on.
    folder
        Its results, all written by now but the manifest.
    more
        Files that were read besides layers, places, barriers and provenance.
    """
    scenario = ground.scenario
    files = input_files(scenario, ground.provenance.layers, more)
    return build_manifest(
        scenario=scenario.model_dump(mode="json"),
        inputs={
            file: record_file(scenario.path(file), relative_to=scenario.folder) for file in files
        },
        outputs=list_outputs(folder),
        working_crs=ground.layers.area.working,
        transformations=ground.layers.transformations,
        seed=scenario.seed,
        provenance=ground.provenance.layers,
        synthetic=ground.provenance.synthetic,
    )
