"""What a study asks, in a reader's words, and the short facts beside it."""

import pandas as pd

from corridors.report.page.figures import and_joined, degree_words
from corridors.report.page.markup import Html, element, joined
from corridors.report.wording import words, words_of_code
from corridors.scenario.granted import worth_by_default
from corridors.study import Ground, Study

__all__ = ["facts", "question", "sensor_words", "weather_words"]


def question(study: Study) -> list[str]:
    """Return the questions of a study, one sentence each."""
    ends, scenario = study.endpoints, study.scenario
    ways = and_joined(
        [profile.title for profile in scenario.profiles],
        [profile.share for profile in scenario.profiles],
    )
    starts, goals = _sites(ends.origins), _sites(ends.destinations)
    told = [f"Where do transits from {starts} to {goals} pass, {ways}?"]
    posts = len(study.checkpoints)
    if posts:
        checkpoints = "the checkpoint" if posts == 1 else f"each of {posts} checkpoints"
        told.append(f"What does {checkpoints} meet and catch of them, and how far is help?")
    told.append(f"Where would one more sensor be worth most: {sensor_words(study)}?")
    return told


def _sites(sites: pd.DataFrame) -> str:
    table = sites.groupby("name", sort=False)["weight"].sum()
    return and_joined([str(name) for name in table.index], (table / table.sum()).tolist())


def sensor_words(study: Study) -> str:
    """Return the sensor whose worth is asked for."""
    sensor = study.scenario.worth
    return (
        f"a {words_of_code(str(sensor.kind))} with a range of {words(sensor.range_m, 'metres')} "
        f"that catches {words(sensor.probability, 'share')} of those who pass straight through it"
        + (" (by default)" if worth_by_default(study.scenario) else "")
    )


def weather_words(ground: Ground) -> str:
    """Return the weather that is assumed, as far as it is given."""
    weather = ground.scenario.weather
    seen = weather.visibility_km
    rain = "no rain" if weather.rain == "none" else f"{weather.rain} rain"
    parts = [
        "clear sight" if seen is None else f"visibility {words(seen, 'km')}",
        rain,
        "" if weather.temperature_c is None else f"{weather.temperature_c:g} °C",
        "by night" if weather.night else "by day",
    ]
    return ", ".join(part for part in parts if part)


def facts(study: Study) -> Html:
    """Return what a reader wants at a glance: the day, the weather, who moves, how fine."""
    scenario, flow = study.scenario, study.flow
    west, south, east, north = scenario.area.bbox
    note = scenario.weather.note or ""
    told = {
        "As of": words(scenario.as_of.isoformat(), "date"),
        "Weather assumed": ". ".join(part for part in (weather_words(study), note) if part),
        "Travellers": f"{words(len(flow.paths), 'count')}, each on the way that it believes best",
        "Known of posts": _known(study),
        "Area": f"{degree_words(south, 'NS')} to {degree_words(north, 'NS')}, "
        f"{degree_words(west, 'EW')} to {degree_words(east, 'EW')}; "
        f"cells of {words(study.terrain.grid.cell_m, 'metres')}",
    }
    rows = [
        joined((element("dt", name), element("dd", text, dir="auto")))
        for name, text in told.items()
        if text
    ]
    return element("dl", *rows)


def _known(study: Study) -> str:
    knowledge = study.scenario.knowledge
    if study.checkpoints.empty:
        return ""
    if knowledge.informed <= 0:
        return "nobody knows where they are"
    posts = (
        "every post"
        if knowledge.posts_known >= 1
        else (f"{words(knowledge.posts_known, 'share')} of the posts")
    )
    return f"{words(knowledge.informed, 'share')} of travellers know {posts}"
