"""An ensemble from a scenario's file to a folder of results, whole or not at all."""

from pathlib import Path
from typing import Any

import numpy as np

from corridors.ensemble.kept import ensemble_key
from corridors.ensemble.result import Ensemble
from corridors.ensemble.run import ground_ensemble, require_uncertainty
from corridors.ensemble.work import connect
from corridors.export import output_folder, write_cog, write_geojson, write_json
from corridors.export.study_manifest import study_manifest
from corridors.kept import Kept, resume_folder
from corridors.progress import Progress
from corridors.raster import Raster
from corridors.scenario import load_scenario
from corridors.study import Ground, ground_steps, study_ground

__all__ = ["ensemble_report", "ensemble_study", "write_ensemble"]


def ensemble_study(
    scenario_path: Path | str,
    *,
    out: Path | str,
    members: int = 50,
    travellers: int = 100,
    cluster: str | None = None,
    overwrite: bool = False,
    progress: Progress | None = None,
) -> Path:
    """Run the ensemble of a scenario and write what it found, whole or not at all.

    One that is interrupted keeps its finished members in a hidden folder beside the results; the
    same run again goes on from them, and takes the folder away.

    Parameters
    ----------
    scenario_path
        The scenario's file.
    out
        The folder for the results.
    members, travellers
        As for `corridors.run_ensemble`.
    cluster
        Address of a Dask scheduler; the cores here unless given.
    overwrite
        Whether earlier results there may be replaced.
    progress
        Told of every step.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    InputError
        When something that was given is wrong; nothing is written.
    """
    scenario = load_scenario(scenario_path)
    require_uncertainty(scenario, members, travellers)
    folder = Path(out)
    kept = Kept(resume_folder(folder), ensemble_key(scenario, travellers))
    with (
        kept.told_at_interruption(),
        output_folder(folder, overwrite=overwrite) as unfinished,
        progress or Progress() as told,
    ):
        client = None if cluster is None else connect(cluster)
        try:
            told.start(ground_steps(scenario) + 2)
            kept.tell_begin(told)
            ground = study_ground(scenario, progress=told)
            told.step("Solving members")
            found = ground_ensemble(
                ground,
                members=members,
                travellers=travellers,
                client=client,
                kept=kept,
                on_member=lambda count: told.part(f"Solving members, {count} of {members}"),
            )
        finally:
            if client is not None:
                client.close()
        told.step("Writing results")
        write_ensemble(ground, found, unfinished)
        kept.tell_damaged(told)
    kept.forget()
    return folder


def write_ensemble(ground: Ground, found: Ensemble, folder: Path) -> None:
    """Write what an ensemble found to an empty folder.

    Parameters
    ----------
    ground, found
        The study and its ensemble.
    folder
        ``ensemble.json``, ``border_segments.geojson``, ``checkpoints.geojson``, ``density.tif``
        (mean and standard deviation over members) and ``manifest.json`` are written to it.
    """
    scenario, layers, grid = ground.scenario, ground.layers, ground.terrain.grid
    head = {
        "study": scenario.title,
        "as_of": scenario.as_of.isoformat(),
        "attribution": "; ".join(ground.provenance.attributions),
        "synthetic_note": ground.provenance.note,
    }
    made_up = {
        "border_segments": ("roads", "crossings"),
        "checkpoints": ("checkpoints", "bases", "incidents"),
    }
    titles = {
        "border_segments": "Stretches of border: shares over an ensemble, with both intervals",
        "checkpoints": "Checkpoints over an ensemble: exposure, and how stable their ranking is",
    }
    tables = {"border_segments": found.border, "checkpoints": found.checkpoints}
    for name, layer in tables.items():
        write_geojson(
            layer,
            folder / f"{name}.geojson",
            decimals=scenario.output.decimals,
            title=titles[name],
            synthetic=any(layers[kind]["synthetic"].any() for kind in made_up[name]),
            metadata=head,
        )
    bands = {
        "density": (found.density_mean, "Metres that one transit travels per km2, mean"),
        "density_sd": (found.density_sd, "The same, standard deviation over members"),
    }
    write_cog(
        [
            Raster(
                np.where(ground.terrain.inside, values, np.nan),
                grid.transform,
                grid.crs,
                name=name,
                units="m/km2",
                description=text,
            )
            for name, (values, text) in bands.items()
        ],
        folder / "density.tif",
        tags=head,
    )
    write_json(folder / "ensemble.json", ensemble_report(ground, found))
    write_json(folder / "manifest.json", study_manifest(ground, folder))


def ensemble_report(ground: Ground, found: Ensemble) -> dict[str, Any]:
    """Return what an ensemble found, for a file that programs and people read.

    Parameters
    ----------
    ground, found
        The study and its ensemble.
    """
    doubt = ground.scenario.uncertainty
    return {
        "title": ground.scenario.title,
        "as_of": ground.scenario.as_of,
        "members": found.members,
        "travellers": found.travellers,
        "confidence": found.level,
        "uncertain": doubt.model_dump(include=set(found.uncertain)),
        "notes": found.notes(),
        "shares": found.shares.to_dict("index"),
        "ranking_agreement": found.agreement,
        "matters": found.matters.reset_index().to_dict("records"),
        "posts": found.posts.to_dict("records"),
        "journeys": found.journeys.to_dict("records"),
        "convergence": found.convergence.to_dict("records"),
        "inputs": found.inputs.to_dict("list"),
        "synthetic": {
            "inputs": sorted(ground.provenance.synthetic),
            "note": ground.provenance.note,
        },
    }
