"""From a TOML file to a checked scenario, or to one message that names every mistake in it."""

import difflib
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from corridors.errors import MissingFileError, ScenarioError
from corridors.scenario.model import Scenario

__all__ = ["load_scenario", "parse_scenario", "scenario_schema"]


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
    try:
        text = path.read_text(encoding="utf-8")
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
        message = f"{path}: is not UTF-8 text (byte {error.start}); save it as UTF-8"
        raise ScenarioError(message) from error
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(f"{path}: is not valid TOML: {error}") from error
    return parse_scenario(table, folder=path.parent, name=str(path))


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
    try:
        return Scenario.model_validate({**table, "folder": Path(folder)})
    except ValidationError as error:
        mistakes = sorted(_mistakes(error), key=lambda line: "unknown key" not in line)
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
    schema["properties"].pop("folder")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "Corridors scenario",
    }


def _mistakes(error: ValidationError) -> Iterator[str]:
    for details in error.errors(include_url=False):
        place = _dotted(details["loc"])
        yield f"{place}: {_what(details)}" if place else _what(details)


def _dotted(location: tuple[int | str, ...]) -> str:
    text = ""
    for part in location:
        if isinstance(part, int):
            text += f"[{part}]"
        elif not _names_a_type(part):
            text += f".{part}" if text else part
    return text


def _names_a_type(part: str) -> bool:
    """Tell whether pydantic put the name of a union's member in the path; no key looks so."""
    return "[" in part or part in {"float", "int", "str", "bool"}


def _what(details: ErrorDetails) -> str:
    kind, found = details["type"], details["input"]
    if kind == "extra_forbidden":
        key = str(details["loc"][-1])
        return f"unknown key; {_nearest(key, _keys_at(details['loc'][:-1]))}"
    if kind == "missing":
        return "is missing"
    if kind == "value_error":
        return str(details["ctx"]["error"])
    text = details["msg"][0].lower() + details["msg"][1:]
    text = text.replace("input should be", "must be")
    return text if isinstance(found, Mapping | list) else f"{text}; found {found!r}"


def _nearest(key: str, known: list[str]) -> str:
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.6)
    if near:
        return f"did you mean '{near[0]}'?"
    return f"the keys here are {', '.join(known)}"


def _keys_at(location: tuple[int | str, ...]) -> list[str]:
    model: type[BaseModel] = Scenario
    for part in location:
        if isinstance(part, str) and part in model.model_fields:
            model = _model_in(model.model_fields[part].annotation) or model
    return [key for key in model.model_fields if key != "folder"]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) in {list, Annotated, Union, UnionType}:
        for part in get_args(annotation):
            model = _model_in(part)
            if model is not None:
                return model
    return None
