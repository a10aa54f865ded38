"""What a study takes for granted: what its scenario says it assumes, and what it leaves unsaid."""

from collections.abc import Iterator

from corridors.scenario.model import Assumption, Scenario

__all__ = ["taken_for_granted", "worth_by_default"]

# What describes the sensor whose worth is mapped.
OF_SENSOR = ("kind", "range_m", "probability")


def taken_for_granted(scenario: Scenario) -> list[Assumption]:
    """Return the assumptions of a scenario, and those that stand in for what it does not say.

    Parameters
    ----------
    scenario
        The study; the weather of a month, if it has one, filled in or not.

    Examples
    --------
    >>> from corridors.scenario import parse_scenario
    >>> study = parse_scenario({
    ...     "title": "Sinjar", "as_of": "2020-01-31", "area": {"bbox": [41, 36, 42, 37]},
    ...     "layers": {"elevation": {"file": "e.tif"}, "borders": {"file": "b.geojson"}},
    ...     "profiles": [{"name": "on_foot", "share": 1.0, "mode": "foot"}],
    ...     "origins": [{"name": "a", "point": [41.1, 36.5]}],
    ...     "destinations": [{"name": "b", "point": [41.9, 36.5]}]})
    >>> for one in taken_for_granted(study):
    ...     print(one.what)
    The weather is taken as clear air, no rain, by day.
    One more sensor is by default a watch post that sees 3000 m, probability 0.6.
    """
    return [*scenario.assumptions, *_weather(scenario), *_one_more(scenario)]


def worth_by_default(scenario: Scenario) -> list[str]:
    """Return what the scenario does not say of the sensor whose worth is mapped: its keys."""
    return [key for key in OF_SENSOR if key not in scenario.worth.model_fields_set]


def _weather(scenario: Scenario) -> Iterator[Assumption]:
    weather = scenario.weather
    given = weather.model_fields_set
    unsaid = {
        "visibility_km": "clear air" if weather.visibility_km is None else "",
        "rain": "no rain" if "rain" not in given and weather.month is None else "",
        "night": "by day" if "night" not in given else "",
    }
    keys = [key for key, words in unsaid.items() if words]
    if keys:
        yield Assumption(
            what=f"The weather is taken as {', '.join(unsaid[key] for key in keys)}.",
            why=f"The scenario's [weather] does not give {_listed(keys)}.",
        )


def _one_more(scenario: Scenario) -> Iterator[Assumption]:
    sensor, keys = scenario.worth, worth_by_default(scenario)
    if keys:
        whole = "by default" if len(keys) == len(OF_SENSOR) else "in part by default"
        yield Assumption(
            what=f"One more sensor is {whole} a {sensor.kind.replace('_', ' ')} that sees "
            f"{sensor.range_m:g} m, probability {sensor.probability:g}.",
            why=f"The scenario's [worth] does not give {_listed(keys)}.",
        )


def _listed(keys: list[str]) -> str:
    return " or ".join([", ".join(keys[:-1]), keys[-1]] if len(keys) > 1 else keys)
