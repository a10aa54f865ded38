"""The way through the house as one function: a scenario file in, a folder of results out."""

from pathlib import Path

from corridors.export import output_folder
from corridors.kept import Kept, resume_folder
from corridors.outputs import OUTPUT_STEPS, write_study
from corridors.progress import Progress
from corridors.scenario import load_scenario
from corridors.study import analyse, analysis_steps
from corridors.study.resume import travellers_key

__all__ = ["run"]


def run(
    scenario_path: Path | str,
    *,
    out: Path | str | None = None,
    overwrite: bool = False,
    progress: Progress | None = None,
) -> Path:
    """Run a study and write its results, whole or not at all.

    A run that is interrupted while travellers are solved keeps those that are in a hidden folder
    beside the results; the same run again goes on from them, and takes the folder away.

    Parameters
    ----------
    scenario_path
        The scenario file.
    out
        The folder for the results; by default the one that the scenario names.
    overwrite
        Whether earlier results there may be replaced.
    progress
        Told of every step.

    Returns
    -------
    Path
        The folder with the results.

    Raises
    ------
    InputError
        When something that was given is wrong; nothing is written.
    """
    scenario = load_scenario(scenario_path)
    folder = Path(out) if out is not None else scenario.path(scenario.output.folder)
    kept = Kept(resume_folder(folder), travellers_key(scenario))
    with (
        kept.told_at_interruption(),
        output_folder(folder, overwrite=overwrite) as unfinished,
        progress or Progress() as told,
    ):
        told.start(analysis_steps(scenario) + OUTPUT_STEPS)
        kept.tell_begin(told)
        study = analyse(scenario, progress=told, kept=kept)
        kept.tell_damaged(told)
        write_study(study, unfinished, progress=told)
    kept.forget()
    return folder
