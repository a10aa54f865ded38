"""What a comparison found, in figures and in sentences, with its limits."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from corridors.comparison.differences import Difference
from corridors.comparison.measured import Measured
from corridors.comparison.side_by_side import Comparison
from corridors.comparison.variants import column_name
from corridors.report.wording import words_of_change, words_of_points, words_of_share
from corridors.scenario.granted import taken_for_granted, worth_by_default

__all__ = ["MAIN_BAND", "comparison_sentences", "main_band", "told_comparison"]

MAIN_BAND = 0.8
NAMED = 2
LIMITS = (
    (
        "Intervals of differences hold the chance of the draw of travellers, who are the same in "
        "all scenarios; they do not hold the doubt of weights, speeds, delays, ranges and detour."
    ),
    (
        "How far travellers err was found in the first scenario and kept: in the others their "
        "detour may be another."
    ),
    (
        "Each interval is for one stretch or post: of 50 differences that are none, about 5 lie "
        "outside of their 90 percent intervals."
    ),
    (
        "Differences of isolation and of the exposure index hold what is not known of delays of "
        "support and, for the index, of attacks and travellers: each draw has the same of it in "
        "all scenarios. They are missing where one of the two values is."
    ),
    (
        "Hours of help and areas of bands are told without intervals: the former come of no draw, "
        "and are as doubtful as posts.support_spread says; the latter hold a share of all that "
        "travellers do, and no traveller has a part in them that could be told apart."
    ),
    (
        "Cell by cell the worth of one more sensor is told without intervals, which would need "
        "every traveller at every cell; those of the places of worth.geojson say how sure it is."
    ),
    "One more sensor is tried at the places that the first scenario chose.",
)


def told_comparison(comparison: Comparison) -> dict[str, Any]:
    """Return a comparison ready for JSON: figures of each scenario, differences, sentences."""
    first = comparison.scenarios[0]
    return {
        "against": first.name,
        "sentences": comparison_sentences(comparison),
        "confidence": comparison.level,
        "travellers": len(first.key),
        "sigma": first.sigma,
        "synthetic": {
            name: provenance.synthetic for name, provenance in comparison.provenance.items()
        },
        "limits": list(LIMITS),
        "scenarios": [_scenario(one) for one in comparison.scenarios],
        "differences": [_difference(found) for found in comparison.differences],
    }


def _scenario(one: Measured) -> dict[str, Any]:
    return {
        "name": one.name,
        "column": column_name(one.name),
        "title": one.scenario.title,
        "weather": one.scenario.weather.model_dump(),
        "assumptions": [item.model_dump() for item in taken_for_granted(one.scenario)],
        "knowledge": one.scenario.knowledge.model_dump(),
        "arrived": int(one.arrived.sum()),
        "crossing_a_border": one.crossing,
        "detour": _estimate(one.detour),
        "hours": float(one.hours[one.arrived].mean()),
        "undetected": _estimate(one.undetected),
        "bands": _records(one.bands.drop(columns="geometry")),
        "border_segments": _records(
            one.stretches.loc[
                one.stretches["share"] > 0, ["id", "share", "share_low", "share_high"]
            ]
        ),
        "posts": _records(one.posts.drop(columns="geometry")),
        "support": _records(one.support),
        "one_more": {
            "sensor": one.scenario.worth.model_dump(),
            "sensor_by_default": worth_by_default(one.scenario),
            "candidates": _records(one.worth.drop(columns="geometry")),
        },
    }


def _difference(found: Difference) -> dict[str, Any]:
    moved = (found.stretches.drop(columns="id") != 0).any(axis=1)
    return {
        "scenario": found.other.name,
        "same_ways": found.same_ways,
        "undetected": _estimate(found.undetected, "difference"),
        "hours": _estimate(found.hours, "difference"),
        "crossing_a_border": _estimate(found.crossing, "difference"),
        "bands": _records(found.bands),
        "border_segments": _records(found.stretches[moved]),
        "posts": _records(found.posts),
        "support": _records(found.support),
        "one_more": _records(found.worth),
    }


def _estimate(values: tuple[float, float, float], name: str = "estimate") -> dict[str, float]:
    return dict(zip((name, "low", "high"), values, strict=True))


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]


def main_band(found: Difference) -> int:
    """Return the row of the band that is told first: that of 80 percent, or the nearest."""
    return int((found.bands["share"] - MAIN_BAND).abs().argmin())


def comparison_sentences(comparison: Comparison, *, each: int | None = None) -> list[str]:
    """Return what a reader should know first of each scenario against the first.

    Parameters
    ----------
    comparison
        From `corridors.compare`.
    each
        At most so many sentences of each scenario.
    """
    first = comparison.scenarios[0]
    return [
        sentence
        for found in comparison.differences
        for sentence in list(filter(None, _sentences(first, found)))[:each]
    ]


def _sentences(first: Measured, found: Difference) -> Iterator[str]:
    here = f"'{found.other.name}' against '{first.name}'"
    if found.same_ways and found.undetected == (0.0, 0.0, 0.0) and _none_moved(found):
        yield f"{here}: nothing changes that was measured."
        return
    if len(first.posts) or len(found.other.posts):
        yield (
            f"{here}: {words_of_share(found.other.undetected[0])} of the transits pass undetected "
            f"in place of {words_of_share(first.undetected[0])}: "
            f"{words_of_points(found.undetected)}."
        )
    if found.same_ways:
        yield f"{here}: travellers take the same ways."
    else:
        yield (f"{here}: a transit takes {_duration(found.hours)} on average.")
        yield _border_sentence(here, found)
        yield _band_sentence(here, found)
    yield _post_sentence(here, found)
    yield _support_sentence(here, found)
    yield _worth_sentence(here, first, found)


def _none_moved(found: Difference) -> bool:
    """Tell whether no post meets or catches more or less, nor would one more, nor help is later."""
    parts = (
        found.posts.drop(columns=["id", "name"]),
        found.worth.drop(columns="id"),
        found.support[["hours_difference"]],
    )
    return not any(np.nan_to_num(part.to_numpy(float)).any() for part in parts)


def _border_sentence(here: str, found: Difference) -> str:
    table = found.stretches
    sure = table[(table["difference_low"] > 0) | (table["difference_high"] < 0)]
    if sure.empty:
        return f"{here}: no stretch of border surely gains or loses."
    most = sure.assign(most=sure["difference"].abs()).nlargest(NAMED, "most")
    bounds = most[["difference", "difference_low", "difference_high"]].to_numpy(float)
    named = " and ".join(
        f"{name} {words_of_points(tuple(change))}"
        for name, change in zip(most["id"], bounds.tolist(), strict=True)
    )
    many = "1 stretch" if len(sure) == 1 else f"{len(sure)} stretches"
    return f"{here}: {many} of border surely change, most of all {named}."


def _band_sentence(here: str, found: Difference) -> str:
    band = found.bands.iloc[main_band(found)]
    return (
        f"{here}: the band that holds {band['share']:.0%} of the way has "
        f"{band['area_km2']:,.0f} km2 in place of {band['area_first_km2']:,.0f}; it gains "
        f"{band['gained_km2']:,.0f} and loses {band['lost_km2']:,.0f}."
    )


def _post_sentence(here: str, found: Difference) -> str:
    posts = found.posts.assign(most=found.posts["first_catch_difference"].abs())
    if not (posts["most"] > 0).any():
        return ""
    row = posts.nlargest(1, "most").iloc[0]
    change = tuple(row[f"first_catch_difference{end}"] for end in ("", "_low", "_high"))
    return f"{here}: what {row['name']} is first to catch changes most: {words_of_points(change)}."


def _support_sentence(here: str, found: Difference) -> str:
    table = found.support[found.support["role"] == "base"]
    hours = table["hours_difference"].to_numpy(float)
    if not hours.any():
        return ""
    if not np.isfinite(hours).all():
        return f"{here}: help from some base can no longer come, or now can, to some post."
    row = table.iloc[int(np.argmax(np.abs(hours)))]
    most, mean = 60 * row["hours_difference"], 60 * hours.mean()
    return (
        f"{here}: help comes {abs(mean):.0f} minutes {'later' if mean > 0 else 'sooner'} on "
        f"average; from {row['name']} to {row['post']} {abs(most):.0f} "
        f"{'later' if most > 0 else 'sooner'}."
    )


def _worth_sentence(here: str, first: Measured, found: Difference) -> str:
    if first.worth.empty or not found.worth["worth_difference"].any():
        return ""
    row = int(np.argmax(first.worth["worth"].to_numpy(float)))
    change, low, high = (
        float(found.worth[f"worth_difference{end}"].iloc[row]) for end in ("", "_low", "_high")
    )
    return (
        f"{here}: where one more sensor was worth most it takes away "
        f"{words_of_points((change, low, high))} of the transits that pass undetected."
    )


def _duration(change: tuple[float, float, float]) -> str:
    """Return a difference of hours, in minutes below two hours, with its interval."""
    if max(abs(value) for value in change) < 2:
        return words_of_change([60 * value for value in change], "minutes")
    return words_of_change(list(change), "hours")
