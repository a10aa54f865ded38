"""A reinforcement from a scenario's file to a folder of results, whole or not at all."""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from corridors.export import output_folder, write_geojson, write_json
from corridors.export.study_manifest import study_manifest
from corridors.kept import Kept, resume_folder
from corridors.progress import Progress
from corridors.reinforcement.drawing import reinforcement_map
from corridors.reinforcement.planning import reinforce, reinforce_steps
from corridors.reinforcement.report import write_reinforcement_report
from corridors.reinforcement.result import Reinforcement
from corridors.report.map_html import write_map_html
from corridors.report.map_png import write_map_png
from corridors.scenario import Scenario, load_scenario
from corridors.study import Ground, ground_steps, study_flow, study_ground
from corridors.study.resume import travellers_key

__all__ = ["reinforce_study", "reinforcement_record", "write_reinforcement"]

TITLES: Mapping[str, str] = {
    "reinforcements": "Where reinforcements should stand: the plan in order, and what each brings",
    "candidates": "Places where a reinforcement may stand, and what each would bring alone",
    "border_segments": "Stretches of border: what passes them, and unseen, before and after",
}


def reinforce_study(
    scenario_path: Path | str,
    *,
    out: Path | str,
    opponent: str = "probable",
    number: int | None = None,
    budget: float | None = None,
    seconds: float | None = None,
    overwrite: bool = False,
    progress: Progress | None = None,
) -> Reinforcement:
    """Look where reinforcements should stand in a scenario, and write it, whole or not at all.

    Parameters
    ----------
    scenario_path
        The scenario's file.
    out
        The folder for the results.
    opponent, number, budget, seconds
        As for `corridors.reinforce`.
    overwrite
        Whether earlier results there may be replaced.
    progress
        Told of every step.

    Raises
    ------
    InputError
        When something that was given is wrong; nothing is written.
    """
    scenario = load_scenario(scenario_path)
    kept = Kept(resume_folder(out), travellers_key(scenario))
    with (
        kept.told_at_interruption(),
        output_folder(out, overwrite=overwrite) as folder,
        progress or Progress() as told,
    ):
        told.start(ground_steps(scenario) + reinforce_steps() + 2)
        kept.tell_begin(told)
        ground = study_ground(scenario, progress=told)
        told.step("Solving travellers")
        flow = study_flow(ground, kept=kept, on_step=told.part)
        kept.tell_damaged(told)
        found = reinforce(
            ground,
            flow,
            opponent=opponent,
            number=number,
            budget=budget,
            seconds=seconds,
            progress=told,
        )
        told.step("Writing results")
        write_reinforcement(ground, found, folder)
    kept.forget()
    return found


def write_reinforcement(ground: Ground, found: Reinforcement, folder: Path) -> None:
    """Write what a reinforcement comes to, to an empty folder.

    Parameters
    ----------
    ground, found
        The study and its reinforcement.
    folder
        ``reinforcements.geojson``, ``candidates.geojson``, ``border_segments.geojson`` (before and
        after), ``map.html``, ``map.png``, ``report.html``, ``curve.csv``, ``journeys.csv``,
        ``reinforcement.json`` and ``manifest.json`` are written to it, and a table or layer for
        each other question.
    """
    scenario = ground.scenario
    layers = {
        "reinforcements": found.plan,
        "candidates": found.candidates,
        "border_segments": found.border,
        **found.layers,
    }
    made_up = sorted(ground.provenance.synthetic)
    for name, layer in layers.items():
        write_geojson(
            layer,
            folder / f"{name}.geojson",
            decimals=scenario.output.decimals,
            title=TITLES.get(name, name.replace("_", " ")),
            synthetic=bool(made_up),
            metadata={
                "study": scenario.title,
                "as_of": scenario.as_of.isoformat(),
                "opponent": found.opponent,
                "attribution": "; ".join(ground.provenance.attributions),
                "synthetic_note": ground.provenance.note,
            },
        )
    for name, table in {"curve": found.curve, "journeys": found.journeys, **found.tables}.items():
        _write_csv(folder / f"{name}.csv", table)
    drawn = reinforcement_map(ground, found)
    write_map_html(folder / "map.html", drawn)
    write_map_png(folder / "map.png", drawn)
    write_reinforcement_report(folder / "report.html", ground, found, picture=folder / "map.png")
    write_json(folder / "reinforcement.json", reinforcement_record(ground, found))
    manifest = study_manifest(ground, folder, more=_files(scenario))
    write_json(folder / "manifest.json", manifest)


def reinforcement_record(ground: Ground, found: Reinforcement) -> dict[str, Any]:
    """Return what a reinforcement comes to, for a file that programs and people read.

    Parameters
    ----------
    ground, found
        The study and its reinforcement.
    """
    solved = found.solved
    return {
        "title": ground.scenario.title,
        "as_of": ground.scenario.as_of,
        "opponent": found.opponent,
        "knowledge": ground.scenario.knowledge.model_dump(mode="json"),
        "candidates": len(found.candidates),
        "plan": found.plan.drop(columns="geometry").to_dict("records"),
        "left_before": found.nothing,
        "left_after": solved.value,
        "bound": solved.bound,
        "gap": found.gap,
        "status": solved.status,
        "tried": solved.tried,
        "seconds": solved.seconds,
        "stopped_by": solved.limit,
        "confidence": ground.scenario.flow.confidence,
        "travellers": found.change.record(),
        "fresh_travellers": None if found.fresh is None else found.fresh.record(),
        "curve": found.curve.to_dict("records"),
        "knee": found.knee,
        "journeys": found.journeys.to_dict("records"),
        "notes": list(found.notes),
        "other": {name: table.to_dict("records") for name, table in found.tables.items()},
        **found.records,
        "synthetic": {
            "inputs": sorted(ground.provenance.synthetic),
            "note": ground.provenance.note,
        },
    }


def _write_csv(path: Path, table: pd.DataFrame) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(table.columns)
        for row in table.to_dict("records"):
            writer.writerow(_cell(value) for value in row.values())


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        return "; ".join(str(one) for one in value)
    if isinstance(value, float):
        return "" if np.isnan(value) else repr(float(value))
    return value


def _files(scenario: Scenario) -> list[str | None]:
    """Return what was read besides what any study reads."""
    asked = scenario.reinforcement
    support = asked.support
    sources = (
        asked.layer,
        None if support is None else support.hubs,
        None if support is None else support.links,
    )
    return [
        *(area.file for area in asked.excluded),
        *(None if source is None else source.file for source in sources),
    ]
