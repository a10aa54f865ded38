"""How many travellers, how far they err, how sure that is: what they pass, in words."""

from collections.abc import Sequence

import geopandas as gpd

from corridors.flow import Flow
from corridors.report.kind import TooltipField
from corridors.report.transit_kinds import TRANSIT_KINDS
from corridors.report.wording import words, words_of_interval
from corridors.scenario.model import Profile
from corridors.study import Study
from corridors.summary import detour_by_profile

__all__ = ["flow_line", "roads_told", "stretch_fields"]


def flow_line(flow: Flow) -> str:
    """Return one line on the travellers: how many, their detour, and how sure the shares are.

    Parameters
    ----------
    flow
        From `corridors.transit_flow`.
    """
    drawn, arrived = len(flow.paths), flow.passages.count
    who = (
        f"{drawn:,} travellers"
        if arrived == drawn
        else f"{arrived:,} of {drawn:,} travellers arrive"
    )
    found, low, high = flow.detour
    detour = f"{words(found, 'share')} ({words_of_interval(low, high, 'share')})"
    own = detour_by_profile(flow)
    if len(own) > 1:
        parts = (f"{words(name, 'code')} {words(value, 'share')}" for name, value in own.items())
        detour += f"; by profile {', '.join(parts)}"
    return (
        f"{who}; detour asked for {100 * flow.settings.detour:g}%, found {detour}; "
        f"intervals hold {100 * flow.settings.confidence:g} times in 100."
    )


def stretch_fields(profiles: Sequence[Profile]) -> tuple[TooltipField, ...]:
    """Return what a stretch of border tells: its share, by which profiles, and how they cross.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> walk = SimpleNamespace(name="on_foot", title="on foot")
    >>> [field.label for field in stretch_fields([walk, walk])][:2]
    ['Journeys that cross here', 'Of all, on foot']
    """
    whole, *rest = TRANSIT_KINDS["border_segments"].tooltip
    # One profile is all: nothing to tell apart.
    shown = profiles if len(profiles) > 1 else ()
    parts = (
        TooltipField(f"share_{profile.name}", f"Of all, {profile.title}", "share")
        for profile in shown
    )
    return (whole, *parts, *rest)


def roads_told(study: Study) -> gpd.GeoDataFrame:
    """Return the roads with the share of the transits that use each."""
    roads = study.network.edges_gdf()
    used = study.flow.edges.frame()
    roads[used.columns] = used.to_numpy()
    return roads
