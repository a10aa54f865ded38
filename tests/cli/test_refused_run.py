"""A study that is refused half way leaves nothing behind, and takes nothing from an earlier run."""

from pathlib import Path

import numpy as np

from corridors.kept import resume_folder
from tests.cli.conftest import Study

FLOW = "\n[flow]\ntravellers = 40\ndetour = 9.0\n[exposure]"


def refused(study: Study) -> Path:
    out = study.folder / "out"
    told = study.call("run", study.scenario, "--out", out)
    assert told.code == 2, told.err
    assert "detour" in told.err
    assert not out.exists()
    return resume_folder(out)


def test_no_folder_stays_of_travellers_solved_before_the_study_was_refused(study: Study) -> None:
    study.replace("\n[exposure]", FLOW)
    assert not refused(study).exists()


def test_what_another_run_was_to_go_on_from_stays(study: Study) -> None:
    study.replace("\n[exposure]", FLOW)
    earlier = resume_folder(study.folder / "out") / ("0" * 20)
    earlier.mkdir(parents=True)
    np.savez(earlier / "paths.npz", arcs=np.arange(3))
    assert refused(study) == earlier.parent
    assert [file.name for file in earlier.parent.rglob("*") if file.is_file()] == ["paths.npz"]
