"""A comparison as a folder of results, whole or not at all."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from corridors.comparison.drawing import CHANGE_COLOURS, comparison_map
from corridors.comparison.side_by_side import (
    Comparison,
    compare,
    comparison_steps,
    kept_travellers,
)
from corridors.comparison.tables import comparison_layers
from corridors.comparison.told import told_comparison
from corridors.comparison.variants import column_name
from corridors.comparison.worth_change import WORTH_CHANGE_BREAKS
from corridors.errors import InputError
from corridors.export import (
    FileRecord,
    build_manifest,
    list_outputs,
    output_folder,
    raster_qml,
    record_file,
    write_cog,
    write_geojson,
    write_json,
)
from corridors.export.study_manifest import input_files
from corridors.kept import Kept, resume_folder
from corridors.progress import Progress
from corridors.report.map_html import write_map_html
from corridors.scenario import Scenario

__all__ = ["run_comparison", "write_comparison"]

TITLES: Mapping[str, str] = {
    "border_segments": "Stretches of border: the share of the crossings in each scenario, and the "
    "differences",
    "checkpoints": "Checkpoints and patrols: what they meet and who is first to catch, "
    "in each scenario, and the differences",
    "worth": "Places for one more sensor: what it takes away from the undetected share in each "
    "scenario, and the differences",
    "corridors": "Bands of each scenario, and the ground that is gained, lost or in both",
}
RESTS_ON: Mapping[str, tuple[str, ...]] = {
    "border_segments": ("roads", "crossings"),
    "checkpoints": ("checkpoints", "patrols", "bases", "incidents", "roads", "crossings"),
    "corridors": ("roads", "crossings"),
    "worth": ("checkpoints", "patrols", "roads", "crossings"),
}
WRITE_STEPS = 2


def run_comparison(
    scenarios: Mapping[str, Scenario],
    out: Path | str,
    *,
    overwrite: bool = False,
    progress: Progress | None = None,
) -> Comparison:
    """Compare scenarios and write what comes out, whole or not at all.

    A comparison that is interrupted while travellers are solved keeps those that are in a hidden
    folder beside the results; the same comparison again goes on from them, and takes the folder
    away.

    Parameters
    ----------
    scenarios
        Two or more by name, the one that others are held against first.
    out
        The folder for the results.
    overwrite
        Whether earlier results there may be replaced.
    progress
        Told of every step.

    Raises
    ------
    InputError
        When something that was given is wrong; nothing is written.
    """
    kept = kept_travellers(scenarios, resume_folder(out))
    with (
        _kept_when_interrupted(list(kept.values())),
        output_folder(out, overwrite=overwrite) as folder,
        progress or Progress() as told,
    ):
        told.start(comparison_steps(scenarios) + WRITE_STEPS)
        for one in kept.values():
            one.tell_begin(told)
        comparison = compare(scenarios, progress=told, kept=kept)
        for one in kept.values():
            one.tell_damaged(told)
        write_comparison(comparison, folder, progress=told)
    return comparison


@contextmanager
def _kept_when_interrupted(kept: Sequence[Kept]) -> Iterator[None]:
    """Keep what was solved of an interrupted comparison, and nothing of any other."""
    with ExitStack() as interruption:
        for one in kept:
            interruption.enter_context(one.told_at_interruption())
        try:
            yield
        except InputError:
            # What is compared once it is mended is something else.
            for one in kept:
                one.forget()
            raise
    for one in kept:
        one.forget()


def write_comparison(
    comparison: Comparison, folder: Path, *, progress: Progress | None = None
) -> None:
    """Write every file of a comparison.

    Parameters
    ----------
    comparison
        From `corridors.compare`.
    folder
        An empty folder, as `corridors.export.output_folder` gives it.
    progress
        Told of two steps.
    """
    told = progress or Progress()
    told.step("Writing layers")
    notes = _write_layers(comparison, folder)
    _write_rasters(comparison, folder)
    told.step("Drawing the map of differences")
    write_map_html(folder / "map.html", comparison_map(comparison))
    write_json(
        folder / "comparison.json", {**told_comparison(comparison), "changed_in_writing": notes}
    )
    write_json(folder / "manifest.json", _manifest(comparison, folder))


def _write_layers(comparison: Comparison, folder: Path) -> list[str]:
    """Write the layers; return what rounding to degrees changed in them."""
    scenario = comparison.scenarios[0].scenario
    made_up = _synthetic(comparison)
    notes = []
    for name, layer in comparison_layers(comparison).items():
        report = write_geojson(
            layer,
            folder / f"{name}.geojson",
            decimals=scenario.output.decimals,
            title=TITLES[name],
            synthetic=any(kind in made_up for kind in RESTS_ON[name]),
            metadata=_metadata(comparison),
        )
        notes += [f"{name}.geojson: {message}" for message in report.messages()]
    return notes


def _write_rasters(comparison: Comparison, folder: Path) -> None:
    """Write the change in the worth of one more sensor of each scenario, with its style."""
    made_up = any(kind in _synthetic(comparison) for kind in RESTS_ON["worth"])
    style = raster_qml(
        WORTH_CHANGE_BREAKS,
        CHANGE_COLOURS,
        unit="points off the undetected share, more than in the first",
        scale=100,
    )
    for found in comparison.differences:
        name = f"marginal_value_difference_{column_name(found.other.name)}"
        write_cog(
            found.worth_change,
            folder / f"{name}.tif",
            tags={**_metadata(comparison), "synthetic": made_up},
        )
        (folder / f"{name}.qml").write_text(style, encoding="utf-8")


def _metadata(comparison: Comparison) -> dict[str, Any]:
    scenario = comparison.scenarios[0].scenario
    notes = dict.fromkeys(one.note for one in comparison.provenance.values() if one.note)
    sources = sorted({text for one in comparison.provenance.values() for text in one.attributions})
    return {
        "study": scenario.title,
        "as_of": scenario.as_of.isoformat(),
        "scenarios": [one.name for one in comparison.scenarios],
        "attribution": "; ".join(sources),
        "synthetic_note": " ".join(notes),
    }


def _synthetic(comparison: Comparison) -> list[str]:
    return sorted({kind for one in comparison.provenance.values() for kind in one.synthetic})


def _manifest(comparison: Comparison, folder: Path) -> dict[str, Any]:
    first = comparison.scenarios[0].scenario
    inputs: dict[str, FileRecord] = {}
    provenance: dict[str, Any] = {}
    for one in comparison.scenarios:
        own = comparison.provenance[one.name].layers
        for file in input_files(one.scenario, own):
            record = record_file(one.scenario.path(file), relative_to=one.scenario.folder)
            key = file if inputs.get(file, record) == record else f"{file} ({one.name})"
            inputs[key] = record
            if file in own:
                provenance[key] = own[file]
    return build_manifest(
        scenario={one.name: one.scenario.model_dump(mode="json") for one in comparison.scenarios},
        inputs=inputs,
        outputs=list_outputs(folder),
        working_crs=comparison.layers.area.working,
        transformations=comparison.layers.transformations,
        seed=first.seed,
        provenance=provenance,
        synthetic=_synthetic(comparison),
    )
