"""What an unknown key of a scenario was meant to be: a slip, or a key of another table."""

import difflib
from collections.abc import Iterator, Sequence
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from corridors.scenario.model import Scenario

__all__ = ["SET_ON_READING", "hint", "keys_at"]

SET_ON_READING = ("folder", "called")
# Keys are cut to this before they are compared.
COMPARED = 80
# A key is a slip of one this near, even where another table has one of exactly its name.
SLIP, NEAR = 0.85, 0.6
# Of a key that more tables have, such as `name`, nobody can say which was meant.
PLACES_MAX = 3


def hint(key: str, known: Sequence[str]) -> str:
    """Return what to do about a key that a table does not have.

    Parameters
    ----------
    key
        As it was given.
    known
        The keys that the table has.

    Examples
    --------
    >>> hint("visibility", ["visibility_km", "rain"])
    "did you mean 'visibility_km'?"
    >>> hint("cell_m", ["title", "area"])
    'it belongs in [area]'
    >>> hint("reference_kmh", ["watch_post", "patrol"])
    'it belongs above the first [table], at the top of the file'
    >>> hint("colour", ["visibility_km", "rain"])
    'the keys here are visibility_km, rain'
    """
    written = key.lower()[:COMPARED]
    slip = difflib.get_close_matches(written, known, n=1, cutoff=SLIP)
    places = [] if slip else [place for place, name in _every_key(Scenario) if name == key]
    if 0 < len(places) <= PLACES_MAX:
        return f"it belongs {' or '.join(places)}"
    near = slip or difflib.get_close_matches(written, known, n=1, cutoff=NEAR)
    return f"did you mean '{near[0]}'?" if near else f"the keys here are {', '.join(known)}"


def keys_at(location: Sequence[int | str]) -> list[str]:
    """Return the keys that a table of a scenario has.

    Parameters
    ----------
    location
        The way to it.

    Examples
    --------
    >>> keys_at(("output",)), keys_at(("sensors", "watch_post"))[:2]
    (['folder', 'decimals'], ['range_m', 'probability'])
    """
    model: type[BaseModel] = Scenario
    for part in location:
        if isinstance(part, str) and part in model.model_fields:
            model = _model_in(model.model_fields[part].annotation) or model
    return _keys_of(model)


def _keys_of(model: type[BaseModel]) -> list[str]:
    return [key for key in model.model_fields if model is not Scenario or key not in SET_ON_READING]


def _every_key(
    model: type[BaseModel], path: str = "", within: str = ""
) -> Iterator[tuple[str, str]]:
    """Yield where each key of a scenario stands, in words, and its name."""
    place = within or "above the first [table], at the top of the file"
    for key in _keys_of(model):
        yield place, key
        annotation = model.model_fields[key].annotation
        table = _model_in(annotation)
        if table is not None:
            name = f"{path}{key}" + (".KIND" if _holds(annotation, dict) else "")
            listed = _holds(annotation, list)
            yield from _every_key(table, f"{name}.", f"in [[{name}]]" if listed else f"in [{name}]")


def _holds(annotation: Any, kind: type) -> bool:
    parts = get_args(annotation) if get_origin(annotation) in {Annotated, Union, UnionType} else ()
    return get_origin(annotation) is kind or any(_holds(part, kind) for part in parts)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """Return the table that a key holds, alone, in a list or under names."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) in {list, dict, Annotated, Union, UnionType}:
        for part in get_args(annotation):
            model = _model_in(part)
            if model is not None:
                return model
    return None
