"""Whatever is done to a scenario, the answer is a scenario or one of our errors."""

import copy
import datetime as dt
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from corridors.errors import InputError
from corridors.layers import study_area
from corridors.sample import sample_folder
from corridors.scenario import load_scenario, parse_scenario
from corridors.terrain import working_grid

TABLE = tomllib.loads((sample_folder() / "scenario.toml").read_text("utf-8"))

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([10**400, -(10**400), 2**63, -1, 0]),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(["", "~x", "a\x00b", "..", "/", "EPSG:4326", "nan", "\u0627" * 30]),
    st.dates(),
    st.datetimes(),
    st.just(dt.time(1)),
)
JUNK = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)


def _refusal(call: Callable[[], object]) -> str | None:
    """Return what one of our errors says, None where all went well; any other error passes."""
    try:
        call()
    except InputError as error:
        return str(error)
    return None


def _places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [at] if at else []
    if isinstance(value, dict):
        for key, inner in value.items():
            found += _places(inner, (*at, key))
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            found += _places(inner, (*at, position))
    return found


PLACES = _places(TABLE)


@st.composite
def mutated(draw: st.DrawFn) -> dict[str, Any]:
    """Return the sample's table with up to three values deleted, renamed, replaced or added."""
    table = copy.deepcopy(TABLE)
    for path in draw(st.lists(st.sampled_from(PLACES), min_size=1, max_size=3)):
        inner: Any = table
        try:
            for part in path[:-1]:
                inner = inner[part]
            inner[path[-1]]
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took it away
        change = draw(st.sampled_from(["delete", "rename", "replace", "replace", "add"]))
        if change == "replace":
            inner[path[-1]] = draw(JUNK)
        elif isinstance(inner, list):
            inner.append(draw(JUNK))
        elif change == "delete":
            del inner[path[-1]]
        elif change == "rename":
            inner[draw(st.text(max_size=12))] = inner.pop(path[-1])
        else:
            inner[draw(st.text(max_size=12))] = draw(JUNK)
    return table


@given(mutated())
@settings(max_examples=400)
def test_a_mutated_scenario_is_read_or_refused(table: dict[str, Any]) -> None:
    message = _refusal(lambda: parse_scenario(table))

    if message is not None:
        assert message.startswith("the scenario: ")
        assert len(message) < 20_000
        return
    scenario = parse_scenario(table)
    scenario.path(scenario.layers.elevation.file)
    assert _refusal(lambda: study_area(scenario.area)) != ""


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8")))
@settings(max_examples=150)
def test_any_bytes_are_read_or_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "scenario.toml"
    path.write_bytes(content)

    message = _refusal(lambda: load_scenario(path))

    assert message is None or str(path) in message


BBOX = st.tuples(
    st.floats(-180, 180), st.floats(-90, 90), st.floats(-180, 180), st.floats(-90, 90)
).map(list)


@given(
    BBOX, st.floats(5, 50_000), st.sampled_from(["auto", "EPSG:32637", "EPSG:3031", "EPSG:5514"])
)
@settings(max_examples=150)
def test_any_area_of_the_earth_gets_a_grid_or_a_refusal(
    bbox: list[float], cell_m: float, crs: str
) -> None:
    table = {**TABLE, "area": {"bbox": bbox, "cell_m": cell_m, "crs": crs}}

    def lay() -> None:
        grid = working_grid(study_area(parse_scenario(table).area), cell_m=cell_m)
        assert min(grid.rows, grid.columns) >= 2

    assert _refusal(lay) != ""
