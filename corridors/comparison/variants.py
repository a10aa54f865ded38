"""Scenarios to compare: files, and one file with a few values changed."""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from corridors.errors import ScenarioError
from corridors.scenario import Scenario, load_scenario, parse_scenario

# A file is called after a scenario, and most systems take 255 bytes at most.
NAME_BYTES_MAX = 150

__all__ = ["column_name", "named_scenarios", "variant_of"]


def variant_of(scenario: Scenario, name: str, changes: Sequence[str]) -> Scenario:
    """Return a scenario with some values changed.

    Parameters
    ----------
    scenario
        The study.
    name
        What to call it.
    changes
        Each ``key=value``: the keys as in the file with dots between them, an entry of a list by
        its name (``barriers.Berm.delay_minutes.on_foot=5``), the value as in TOML; quotes around
        a text may be left out.

    Raises
    ------
    ScenarioError
        When a change is no ``key=value``, or the scenario is none with it.

    Examples
    --------
    >>> from corridors.scenario import parse_scenario
    >>> study = parse_scenario({
    ...     "title": "Sinjar", "as_of": "2020-01-31", "area": {"bbox": [41, 36, 42, 37]},
    ...     "layers": {"elevation": {"file": "e.tif"}, "borders": {"file": "b.geojson"}},
    ...     "profiles": [{"name": "on_foot", "share": 1.0, "mode": "foot"}],
    ...     "origins": [{"name": "a", "point": [41.1, 36.5]}],
    ...     "destinations": [{"name": "b", "point": [41.9, 36.5]}]})
    >>> clear = variant_of(study, "clear", ["weather.visibility_km=30.0", "weather.rain=none"])
    >>> clear.weather.visibility_km, clear.weather.rain, clear.called
    (30.0, 'none', "the scenario, variant 'clear'")
    """
    called = f"{scenario.called}, variant '{name}'"
    if not changes:
        raise ScenarioError(
            f"{called}: nothing is changed; say what, such as weather.visibility_km=30"
        )
    table = scenario.model_dump(exclude_unset=True, exclude={"folder", "called"})
    for change in changes:
        key, equals, value = change.partition("=")
        if not equals or not key.strip():
            raise ScenarioError(
                f"{called}: '{change}' is not KEY=VALUE, such as weather.visibility_km=30"
            )
        _set(table, [part.strip() for part in key.split(".")], _value(value), called)
    return parse_scenario(table, folder=scenario.folder, name=called)


def _value(text: str) -> Any:
    try:
        table = tomllib.loads(f"value = {text}")
    except (ValueError, RecursionError):
        return text.strip()
    return table["value"] if set(table) == {"value"} else text.strip()


def _set(table: dict[str, Any], keys: Sequence[str], value: Any, called: str) -> None:
    place: Any = table
    for number, key in enumerate(keys[:-1]):
        so_far = ".".join(keys[: number + 1])
        if isinstance(place, list):
            place = _entry(place, key, so_far, called)
        else:
            place = place.setdefault(key, {})
        if not isinstance(place, dict | list):
            raise ScenarioError(f"{called}: {so_far} is a value and has no keys of its own")
    if isinstance(place, list):
        named = ".".join(keys)
        raise ScenarioError(f"{called}: {named} names an entry of a list; name a key in it")
    place[keys[-1]] = value


def _entry(entries: list[Any], name: str, so_far: str, called: str) -> Any:
    names = [entry.get("name") for entry in entries if isinstance(entry, dict)]
    if name not in names:
        known = ", ".join(str(one) for one in names if one is not None) or "none with a name"
        raise ScenarioError(f"{called}: there is no {so_far}; there are: {known}")
    return entries[names.index(name)]


def named_scenarios(
    paths: Sequence[Path | str], variants: Iterable[Sequence[str]] = ()
) -> dict[str, Scenario]:
    """Return the scenarios of a comparison by name, the one that others are held against first.

    Parameters
    ----------
    paths
        Scenario files: each is called after its file, or its folder where files share a name.
    variants
        Of the first file: name and changes, see `variant_of`.

    Raises
    ------
    MissingFileError, ScenarioError
        When a scenario cannot be used, two have one name, or there are fewer than two.
    """
    files = [Path(path) for path in paths]
    stems = [file.stem for file in files]
    names = [
        stem if stems.count(stem) == 1 else f"{file.resolve().parent.name} {stem}"
        for file, stem in zip(files, stems, strict=True)
    ]
    found = [(name, load_scenario(path)) for name, path in zip(names, files, strict=True)]
    found += [(name, variant_of(found[0][1], name, changes)) for name, *changes in variants]
    if len(found) < 2:
        raise ScenarioError(
            f"{found[0][1].called}: there is nothing to compare it with; name another scenario, or "
            "a variant of it, such as --variant clear weather.visibility_km=30"
        )
    _require_names({name: scenario.called for name, scenario in found}, [name for name, _ in found])
    return dict(found)


def _require_names(called: Mapping[str, str], names: Sequence[str]) -> None:
    """Refuse names under which the columns of one scenario would be those of another."""
    columns = [column_name(name) for name in names]
    taken = {f"{column}{end}" for column in columns for end in ("_low", "_high")}
    taken |= {f"difference_{column}" for column in columns}
    for name, column in zip(names, columns, strict=True):
        if not column:
            raise ScenarioError(f"{called[name]}: '{name}' holds no letter or digit to go by")
        if len(column.encode()) > NAME_BYTES_MAX:
            raise ScenarioError(
                f"{called[name]}: the name '{name[:40]}...' is too long for a file's; give it a "
                "shorter one"
            )
        if columns.count(column) > 1 or column in taken:
            raise ScenarioError(
                f"{called[name]}: the name '{name}' would give it columns ('{column}') of another "
                "scenario; give each file or variant its own name"
            )


def column_name(name: str) -> str:
    """Return the part that a scenario's name has in names of columns.

    Examples
    --------
    >>> column_name("Clear day, 30 km")
    'clear_day_30_km'
    """
    return re.sub(r"\W+", "_", name.casefold()).strip("_")
