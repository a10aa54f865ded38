"""What an unknown key was meant to be."""

from typing import Any

import pytest

from corridors.errors import ScenarioError
from corridors.scenario import parse_scenario

STUDY: dict[str, Any] = {
    "title": "A plain",
    "as_of": "2020-01-31",
    "area": {"bbox": [41, 36, 42, 37]},
    "layers": {"elevation": {"file": "e.tif"}, "borders": {"file": "b.geojson"}},
    "profiles": [{"name": "on_foot", "share": 1.0, "mode": "foot"}],
    "origins": [{"name": "a", "point": [41.1, 36.5]}],
    "destinations": [{"name": "b", "point": [41.9, 36.5]}],
}
TOP = "it belongs above the first [table], at the top of the file"


def mistakes(**tables: Any) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        parse_scenario({**STUDY, **tables})
    return [line.strip() for line in str(caught.value).splitlines()[1:]]


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        ({"sensors": {"reference_kmh": 4}}, f"sensors.reference_kmh: unknown key; {TOP}"),
        (
            {"sensors": {"watch_post": {"reference_kmh": 4}}},
            f"sensors.watch_post.reference_kmh: unknown key; {TOP}",
        ),
        ({"weather": {"seed": 4}}, f"weather.seed: unknown key; {TOP}"),
        ({"cell_m": 500}, "cell_m: unknown key; it belongs in [area]"),
        (
            {"flow": {"slope_function": "rees"}},
            "flow.slope_function: unknown key; it belongs in [[profiles]]",
        ),
        (
            {"exposure": {"detour": 0.1}},
            "exposure.detour: unknown key; it belongs in [flow] or in [uncertainty]",
        ),
        (
            {"sensors": {"road_pots": {"range_m": 900}}},
            "sensors.road_pots: unknown key; did you mean 'road_post'?",
        ),
        (
            {"sensors": {"watch_post": {"rnage_m": 900}}},
            "sensors.watch_post.rnage_m: unknown key; did you mean 'range_m'?",
        ),
        # A slip of a key that is here goes before one of that name elsewhere.
        ({"weather": {"months": 3}}, "weather.months: unknown key; did you mean 'month'?"),
        # Too many tables have it to say which was meant.
        ({"output": {"name": "x"}}, "output.name: unknown key; the keys here are folder, decimals"),
    ],
)
def test_a_key_in_the_wrong_place_is_told_where_it_belongs(
    tables: dict[str, Any], said: str
) -> None:
    assert mistakes(**tables) == [said]
