"""Where the data of a study come from, under which terms, and what of it is made up."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from corridors.errors import MissingFileError, ScenarioError
from corridors.layers import Layers
from corridors.scenario.model import Scenario, Source

__all__ = ["Provenance", "read_provenance"]


@dataclass(frozen=True)
class Provenance:
    """The record of a study's inputs.

    Attributes
    ----------
    layers
        For each input file, as the scenario names it, what is known of it: title, source, licence,
        attribution, known faults and so on.
    synthetic
        Kinds of layers of which at least one row is made up.
    """

    layers: Mapping[str, Mapping[str, Any]]
    synthetic: tuple[str, ...]

    @property
    def attributions(self) -> list[str]:
        """What the sources want to be said of them, each once."""
        texts = [str(entry.get("attribution") or "") for entry in self.layers.values()]
        return sorted({text for text in texts if text})

    @property
    def note(self) -> str:
        """One sentence that says what is synthetic, or that nothing is."""
        if not self.synthetic:
            return ""
        return (
            f"Synthetic, made up for demonstration: {_joined(self.synthetic)}. "
            "They stand for nothing real."
        )


def _joined(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def read_provenance(scenario: Scenario, layers: Layers) -> Provenance:
    """Collect what is known of the inputs of a study.

    From the scenario's provenance file, overruled by what the layers' own tables say.

    Raises
    ------
    MissingFileError
        When the provenance file is named but cannot be read.
    ScenarioError
        When it is not JSON with a list of ``layers`` that each name their ``file``.
    """
    known = _known(scenario)
    entries: dict[str, Mapping[str, Any]] = {}
    for source in scenario.layers.every():
        entries[source.file] = {**known.get(source.file, {}), **_own_words(source)}
    synthetic = tuple(
        "some incidents" if kind == "incidents" and not frame["synthetic"].all() else kind
        for kind, frame in layers.frames.items()
        if frame["synthetic"].any()
    )
    return Provenance(entries, synthetic)


def _own_words(source: Source) -> dict[str, str]:
    told = {"source": source.source, "licence": source.licence, "attribution": source.attribution}
    return {key: value for key, value in told.items() if value is not None}


def _known(scenario: Scenario) -> dict[str, dict[str, Any]]:
    if scenario.provenance is None:
        return {}
    path = scenario.path(scenario.provenance)
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
        return {entry["file"]: dict(entry) for entry in table["layers"]}
    except OSError as error:
        raise MissingFileError(
            f"{path}: the provenance file cannot be read ({error.strerror}); correct provenance in "
            f"{scenario.called}, or leave it out"
        ) from error
    except json.JSONDecodeError as error:
        raise ScenarioError(f"{path}: is not valid JSON: {error}") from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ScenarioError(
            f"{path}: is not a provenance file; write it in UTF-8, as "
            '{"layers": [{"file": "roads/roads.geojson", "source": ...}]}'
        ) from error
