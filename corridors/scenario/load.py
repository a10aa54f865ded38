"""From a TOML file to a checked scenario, or to one message that names every mistake in it."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from corridors.errors import MissingFileError, ScenarioError
from corridors.scenario.model import Scenario
from corridors.scenario.nearest import SET_ON_READING, hint, keys_at

__all__ = ["load_scenario", "parse_scenario", "scenario_schema"]

OF_SEVERAL_TYPES = ("defaults", "delay_minutes", "back_delay_minutes")
NUMBER_OR_TABLE = ("rain_factor", "road_rain_factor")
SHOWN = 80  # characters of a value that is quoted in a message

TYPES: Mapping[str, str] = {
    "model_type": "must be a table, such as { key = value }",
    "dict_type": "must be a table, such as { key = value }",
    "list_type": "must be a list, such as [ 1, 2 ]",
    "tuple_type": "must be a list, such as [ 1, 2 ]",
    "string_type": "must be a text in quotes",
    "float_type": "must be a number",
    "int_type": "must be a whole number",
    "bool_type": "must be true or false",
    "date_type": "must be a day such as 2020-01-31",
    "finite_number": "must be a finite number",
}


def load_scenario(path: Path | str) -> Scenario:
    """Read a scenario file and check it in full.

    Parameters
    ----------
    path
        A TOML file; paths in it are relative to its folder.

    Raises
    ------
    MissingFileError
        When the file is not there or cannot be read.
    ScenarioError
        When it is not TOML, or any key or value is wrong; the message lists all of them.
    """
    path = Path(path)
    text = _text_of(path)
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(f"{path}: is not valid TOML: {error}") from error
    except RecursionError as error:
        raise ScenarioError(f"{path}: its tables or lists are nested too deeply") from error
    except ValueError as error:  # a number of thousands of digits
        raise ScenarioError(f"{path}: holds a value that cannot be read: {error}") from error
    return parse_scenario(table, folder=path.parent, name=str(path))


def _text_of(path: Path) -> str:
    try:
        # Windows editors put a byte order mark before the text.
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        message = f"{path}: there is no such scenario file; 'corridors init DIR' makes one"
        raise MissingFileError(message) from error
    except IsADirectoryError as error:
        message = (
            f"{path} is a folder; name the scenario file in it, such as {path / 'scenario.toml'}"
        )
        raise MissingFileError(message) from error
    except OSError as error:
        raise MissingFileError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        line = bytes(error.object[: error.start]).count(b"\n") + 1
        message = f"{path}: is not UTF-8 text (line {line}); save it as UTF-8"
        raise ScenarioError(message) from error
    except ValueError as error:  # a name that no file can have
        raise MissingFileError(f"{path}: cannot be read ({error})") from error


def parse_scenario(
    table: Mapping[str, Any], *, folder: Path | str = ".", name: str = "the scenario"
) -> Scenario:
    """Check a scenario that is at hand as a mapping.

    Parameters
    ----------
    table
        What the TOML file would hold.
    folder
        Where relative paths start.
    name
        What to call the scenario in a message.

    Raises
    ------
    ScenarioError
        When any key or value is wrong; the message lists all of them.

    Examples
    --------
    >>> try:
    ...     parse_scenario({"titel": "Sinjar", "as_of": 2020})
    ... except ScenarioError as error:
    ...     print(str(error).splitlines()[1])
      titel: unknown key; did you mean 'title'?
    """
    if "folder" in table:
        raise ScenarioError(f"{name}: folder: unknown key; results go to output.folder")
    if "called" in table:
        raise ScenarioError(f"{name}: called: unknown key; did you mean 'title'?")
    keys = {str(key): value for key, value in table.items()}
    try:
        return Scenario.model_validate({**keys, "folder": Path(folder), "called": name})
    except ValidationError as error:
        mistakes = sorted(_mistakes(error), key=lambda line: "unknown key" not in line)
    except RecursionError as error:
        raise ScenarioError(f"{name}: its tables or lists are nested too deeply") from error
    count = f"{len(mistakes)} mistakes" if len(mistakes) > 1 else "1 mistake"
    raise ScenarioError("\n  ".join([f"{name}: {count}", *mistakes]))


def scenario_schema() -> dict[str, Any]:
    """Return the JSON Schema of a scenario (draft 2020-12), for editors and other programs.

    Examples
    --------
    >>> scenario_schema()["additionalProperties"]
    False
    """
    schema = Scenario.model_json_schema()
    for key in SET_ON_READING:
        schema["properties"].pop(key)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "Corridors scenario",
    }


def _mistakes(error: ValidationError) -> list[str]:
    """Return a sentence for each place that is wrong: a union's members speak in one."""
    at: dict[str, list[str]] = {}
    found: dict[str, str] = {}
    errors = error.errors(include_url=False)
    wrong_keys = {details["loc"][:-1] for details in errors if _is_key(details)}
    for details in errors:
        if details["loc"] in wrong_keys:
            continue  # what stands under a key that is none may be anything
        place = _dotted(details["loc"][:-1] if _is_key(details) else details["loc"])
        what = at.setdefault(place, [])
        if (said := _what(details)) not in what:
            what.append(said)
        if _quotable(details):
            found[place] = _shown(details["input"])
    return [
        (f"{place}: " if place else "")
        + " or ".join([what[0], *(said.removeprefix("must be ") for said in what[1:])])
        + (f"; found {found[place]}" if place in found else "")
        for place, what in at.items()
    ]


def _is_key(details: ErrorDetails) -> bool:
    """Tell whether a mistake is in a key of a table whose keys are names of kinds."""
    return details["loc"][-1:] == ("[key]",)


def _quotable(details: ErrorDetails) -> bool:
    own_words = details["type"] in {"extra_forbidden", "missing", "value_error"} or _is_key(details)
    return not own_words and not isinstance(details["input"], Mapping | list)


def _shown(value: object) -> str:
    try:
        text = repr(value)
    except ValueError:  # an integer of thousands of digits
        return "a number far too large"
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."


def _dotted(location: tuple[int | str, ...]) -> str:
    text = ""
    for part in _without_union_members(location):
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += f".{part}" if text else part
    return text


def _without_union_members(location: tuple[int | str, ...]) -> tuple[int | str, ...]:
    """Drop what pydantic adds to the path of a value that may have several types."""
    for position, part in enumerate(location):
        if part in OF_SEVERAL_TYPES:
            return location[: position + 2]
        if part in NUMBER_OR_TABLE:
            return location[: position + 1] + location[position + 2 :]
    return location


def _what(details: ErrorDetails) -> str:
    kind = details["type"]
    if kind == "extra_forbidden":
        key = str(details["loc"][-1])
        return f"unknown key; {hint(key, keys_at(details['loc'][:-1]))}"
    if _is_key(details):
        known = re.findall(r"'(\w+)'", details["msg"])
        return f"unknown key; {hint(str(details['input']), known)}"
    if kind == "missing":
        return "is missing"
    if kind == "value_error":
        return str(details["ctx"]["error"])
    if kind in TYPES:
        return TYPES[kind]
    text = details["msg"].replace(" after validation", "")
    # "Input should be ...", "List should have ..."
    return text.replace(text.split(" should ")[0] + " should ", "must ", 1)
