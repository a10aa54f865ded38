"""What a study found, in figures and in sentences, with its limits."""

from typing import Any

import numpy as np
import pandas as pd

from corridors.flow import Flow
from corridors.paths import LeftOut
from corridors.risk.controls import idle_controls
from corridors.risk.short_sight import short_sights
from corridors.scenario.granted import taken_for_granted, worth_by_default
from corridors.study import Study

__all__ = ["detour_by_profile", "headlines", "summarise"]

# The greatest overlong of a straight line on a grid with so many moves from a cell.
METRICATION = {8: 0.0824, 16: 0.0275}
NAMED = 3
# Detours that are apart by less than this part are taken as the same.
DETOUR_CLOSE = 0.05


def summarise(study: Study) -> dict[str, Any]:
    """Return the summary of a study, ready for JSON.

    Parameters
    ----------
    study
        From `corridors.study.analyse`.

    Returns
    -------
    dict
        What was asked, found, mended and assumed, and how far it can be trusted.
    """
    scenario = study.scenario
    grid = study.terrain.grid
    return {
        "title": scenario.title,
        "as_of": scenario.as_of,
        "headlines": headlines(study),
        "synthetic": {"layers": study.provenance.synthetic, "note": study.provenance.note},
        "assumptions": [item.model_dump() for item in taken_for_granted(scenario)],
        "limits": _limits(study),
        "found_in_the_data": [
            *study.layers.findings,
            *idle_controls(study.layers, road_tolerance_m=scenario.crossings.road_tolerance_m),
            *short_sights(scenario, study.layers, cell_m=grid.cell_m),
        ],
        "weather": scenario.weather.model_dump(),
        "grid": {
            "rows": grid.rows,
            "columns": grid.columns,
            "cell_m": grid.cell_m,
            "crs": study.layers.area.working.label,
            "greatest_error_of_a_length": study.layers.area.working.scale_error,
            "cells_without_elevation": study.terrain.gaps,
            "elevation_resolution_m": round(study.terrain.source_cell_m, 1),
        },
        "movement_graph": {"nodes": study.graph.node_count, "arcs": study.graph.arc_count},
        "road_network": {
            **study.network.report.to_dict(),
            "sentences": study.network.report.sentences(),
        },
        "road_distances": _records(study.distances),
        "flow": _flow(study),
        "undetected": _undetected(study),
        "journeys": _records(
            study.paths.drop(columns=["geometry", "last_crossing_x", "last_crossing_y"])
        ),
        "alternatives": _records(
            study.alternatives.drop(columns=["geometry", "last_crossing_x", "last_crossing_y"])
        ),
        "journeys_left_out": [str(one) for one in study.journeys.left_out],
        "border_segments_crossed": _records(
            study.border_segments.loc[study.border_segments["share"] > 0]
            .drop(columns="geometry")
            .sort_values("share", ascending=False, kind="stable")
        ),
        "checkpoints": _records(study.checkpoints.drop(columns="geometry")),
        "attacks": _attacks(study),
        "support": _records(study.help.table(study.layers["checkpoints"])),
    }


def _flow(study: Study) -> dict[str, Any]:
    """Return what travellers do: how far they err, how long they take, how sure that is."""
    flow = study.flow
    return {
        "travellers": len(flow.paths),
        "arrived": flow.passages.count,
        "confidence": flow.settings.confidence,
        "detour": dict(zip(("estimate", "low", "high"), flow.detour, strict=True)),
        "detour_by_profile": detour_by_profile(flow),
        "sigma": flow.sigma,
        "crossing_a_border": {
            "share": float(flow.crossed.share[0]),
            "low": float(flow.crossed.low[0]),
            "high": float(flow.crossed.high[0]),
        },
        "stopped_early": flow.stopped_early,
        "convergence": _records(flow.convergence),
        "bands": _records(flow.bands.drop(columns="geometry")),
        "journeys": _records(flow.journeys),
    }


def detour_by_profile(flow: Flow) -> dict[str, float]:
    """Return the mean detour of each profile's travellers, those who arrive.

    ``flow.detour`` is asked for of all together; one sigma gives who moves fast on roads another
    detour than who walks.
    """
    table = flow.journeys
    weighed = (table["detour"] * table["travellers"]).groupby(table["profile"], sort=False).sum()
    count = table["travellers"].groupby(table["profile"], sort=False).sum()
    return {str(name): float(value) for name, value in (weighed / count).items()}


def _undetected(study: Study) -> dict[str, Any]:
    """Return what the posts catch of the transits, and where one more would be worth most."""
    caught, worth = study.undetected, study.worth
    best = worth.candidates.drop(columns="geometry")
    return {
        "share": dict(zip(("estimate", "low", "high"), caught.share, strict=True)),
        "posts": _records(caught.posts),
        "one_more": {
            "sensor": study.scenario.worth.model_dump(),
            "sensor_by_default": worth_by_default(study.scenario),
            "informed": study.scenario.knowledge.informed,
            "greatest_unaware": float(np.nanmax(worth.unaware, initial=0.0)),
            "candidates": _records(best.nlargest(10, "worth") if len(best) else best),
            "made_worse": int((best["worth_high"] < 0).sum()) if len(best) else 0,
        },
    }


def _attacks(study: Study) -> dict[str, Any]:
    """Return what the rates of attacks rest on: which incidents, since when, the region's rate."""
    risk, level = study.risk, study.flow.settings.confidence
    record, region = risk.record, None
    if risk.rates is not None and len(risk.posts):
        region = dict(zip(("estimate", "low", "high"), risk.rates.region(level=level), strict=True))
    return {
        "count": len(record.attacks),
        "kinds": list(record.kinds),
        "synthetic": int(record.attacks["synthetic"].sum()),
        "since": record.since,
        "until": record.until,
        "years": record.years,
        "a_year_on_a_post_of_the_region": region,
        "horizon_days": study.scenario.posts.horizon_days,
        "draws_of_rankings": risk.draws,
    }


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]


def _limits(study: Study) -> list[str]:
    neighbours = study.scenario.area.neighbours
    limits = [
        (
            "Shares are of travellers drawn from what the scenario assumes: weights, speeds, "
            "delays, detour. Their intervals hold the chance of the draw, not the doubt of these."
        ),
        (
            f"With {neighbours} moves from a cell a straight line comes out at most "
            f"{METRICATION[neighbours]:.2%} too long."
        ),
        "Hours carry the doubt of the assumed speeds and delays; `corridors ensemble` draws it.",
        (
            f"Elevation of about {study.terrain.source_cell_m:.0f} m resolution hides wadis, banks "
            "and ditches that people on foot use or avoid."
        ),
    ]
    limits += detour_limit(study.flow.settings.detour, study.flow.detour[0])
    if len(study.checkpoints):
        limits.append(_post_limit(study))
    if study.scenario.weather.visibility_km is not None:
        limits.append(
            f"Visibility of {study.scenario.weather.visibility_km:g} km caps the range of posts: "
            "of a thermal camera at half as much again, of all others at that."
        )
    return limits


def detour_limit(wanted: float, found: float) -> list[str]:
    """Return what is to be said where travellers' mean detour is not the one asked for.

    Examples
    --------
    >>> detour_limit(0.1, 0.102)
    []
    >>> detour_limit(0.02, 0.05)[0][:60]
    "The travellers' mean detour came out at 5.0% where flow.deto"
    """
    if abs(found / wanted - 1) <= DETOUR_CLOSE:
        return []
    return [
        (
            f"The travellers' mean detour came out at {found:.1%} where flow.detour asks for "
            f"{wanted:.1%}: on this ground no error of belief was found that gives it, for ways "
            "change by steps; more travellers or another detour may do."
        )
    ]


def _post_limit(study: Study) -> str:
    wanted, given = study.scenario.posts, study.scenario.posts.model_fields_set
    hold = f"{wanted.hold_hours:g} hours on average"
    source = "as the scenario says" if "hold_hours" in given else "which is an assumption"
    known = study.risk.record
    rests = (
        "there is no record of incidents, so no rate of attacks"
        if study.risk.rates is None
        else f"rates of attacks rest on {len(known.attacks)} in {known.years:.2f} years"
    )
    return (
        f"Posts are taken to hold for {hold}, {source}; {rests}. The exposure index is for ranking "
        "alone."
    )


def headlines(study: Study) -> list[str]:
    """Return what a reader should know first, in a few sentences."""
    return [
        sentence
        for sentence in (
            _border_headline(study),
            _band_headline(study),
            _impossible_headline(study),
            _within_cell_headline(study),
            _checkpoint_headline(study),
            _undetected_headline(study),
            _support_headline(study),
            _exposed_headline(study),
            _reinforcement_headline(study),
        )
        if sentence
    ]


def _border_headline(study: Study) -> str:
    crossed = study.border_segments[study.border_segments["share"] > 0]
    if crossed.empty:
        return "No transit crosses a border."
    top = crossed.nlargest(NAMED, "share")
    km = top["length_km"].sum()
    possible = "possible " if _left_out(study, within_cell=False) else ""
    part = f"{top['share'].sum():.0%} of the {possible}transits over a border"
    where = "one stretch" if len(top) == 1 else f"{len(top)} stretches"
    gates = crossed["gate_share"].sum()
    return (
        f"{part} cross in {where}, {km:.0f} km long in all; {gates:.0%} of them pass a crossing, "
        f"{1 - gates:.0%} go over the ground."
    )


def _band_headline(study: Study) -> str:
    band = study.flow.bands.iloc[0]
    return (
        f"{band['share']:.0%} of the way that transits make lies within "
        f"{band['area_km2']:,.0f} km²."
    )


def _impossible_headline(study: Study) -> str:
    impossible = _left_out(study, within_cell=False)
    if not impossible:
        return ""
    verb = "is" if len(impossible) == 1 else "are"
    return (
        f"{_of_all(study, impossible)}, {verb} not possible: the shares of what is crossed and "
        "passed leave them out."
    )


def _within_cell_headline(study: Study) -> str:
    within = _left_out(study, within_cell=True)
    if not within:
        return ""
    verb = "starts and ends" if len(within) == 1 else "start and end"
    return (
        f"{_of_all(study, within)}, {verb} in one cell, so that there is no way to look at: the "
        "shares leave them out."
    )


def _left_out(study: Study, *, within_cell: bool) -> list[LeftOut]:
    return [one for one in study.journeys.left_out if one.within_cell == within_cell]


def _of_all(study: Study, some: list[LeftOut]) -> str:
    every = len(study.paths) + len(study.journeys.left_out)
    share = sum(one.share for one in some)
    return f"{len(some)} of the {every} journeys asked for, {share:.0%} of the transits"


def _checkpoint_headline(study: Study) -> str:
    posts = study.checkpoints
    if posts.empty:
        return ""
    first = posts.nlargest(1, "transit_share").iloc[0]
    if first["transit_share"] <= 0:
        return "No checkpoint meets any transit."
    return (
        f"{first['name']} meets most: {first['transit_share']:.0%} of the transits "
        f"({first['transit_share_low']:.0%} to {first['transit_share_high']:.0%})."
    )


def _undetected_headline(study: Study) -> str:
    if study.checkpoints.empty:
        return ""
    share, low, high = study.undetected.share
    return f"{share:.0%} of the transits ({low:.0%} to {high:.0%}) pass without being detected."


def _support_headline(study: Study) -> str:
    hours = study.checkpoints["hours_from_base"]
    if not np.isfinite(hours).any():
        return ""
    worst = study.checkpoints.loc[hours.idxmax()]
    return f"Help takes longest to {worst['name']}: {worst['hours_from_base']:.1f} hours."


def _exposed_headline(study: Study) -> str:
    posts = study.checkpoints
    if posts.empty or not (posts["exposure_index_rank"] == 1).any():
        return ""
    first = posts.loc[posts["exposure_index_rank"].idxmin()]
    return (
        f"{first['name']} is exposed most by the index (attacks, isolation, transits): first in "
        f"{first['exposure_index_often_first']:.0%} of the draws of what is not known."
    )


def _reinforcement_headline(study: Study) -> str:
    if study.layers["reinforcements"].empty:
        return ""
    forces = study.support[study.support["role"] == "reinforcement"]
    if not np.isfinite(forces["hours_to_post"]).any():
        return ""
    first = forces.loc[forces["hours_to_post"].idxmin()]
    return (
        f"Of the reinforcements {first['name']} is first at a post, {first['nearest_post']}, after "
        f"{first['hours_to_post']:.1f} hours."
    )
