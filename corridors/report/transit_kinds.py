"""The kinds of layer that say where transits pass, and where they start and end."""

from collections.abc import Mapping

from corridors.report.kind import Kind, TooltipField
from corridors.report.looks import (
    BORDER_BREAKS,
    PAPER,
    band_look,
    border_segment_look,
    corridor_look,
    endpoint_look,
    path_look,
    plain,
)
from corridors.report.symbols import Symbol

__all__ = ["TRANSIT_KINDS"]

TRANSIT_KINDS: Mapping[str, Kind] = {
    "bands": Kind(
        "Likely transit",
        20,
        band_look,
        (
            TooltipField("share", "Holds, of all that is travelled", "share"),
            TooltipField("area_km2", "Area, with the darker ground in it", "km2"),
        ),
        title_column=(),
        rows="band",
    ),
    "corridors": Kind(
        "Likely transit",
        20,
        corridor_look,
        (
            TooltipField("share", "Journeys whose corridor covers this ground", "share_at_least"),
            TooltipField("area_km2", "Area", "km2"),
        ),
        title_column=(),
        rows="overlap",
    ),
    "through": Kind(
        "Likely transit",
        25,
        plain(
            Symbol(
                "", "area", "#083d77", fill="#1b74b5", width_px=1.4, dash=(6, 3), fill_opacity=0.18
            )
        ),
        (
            TooltipField("origin", "From"),
            TooltipField("destination", "To"),
            TooltipField("profile", "Moving", "code"),
            TooltipField("percent", "At most this much longer than the best way", "percent"),
            TooltipField("extra_hours", "Which is", "hours"),
        ),
        title_column=(),
        stacked="journeys",
        shown=False,
        rows="through",
    ),
    "alternatives": Kind(
        "Likely transit",
        48,
        plain(Symbol("", "line", "#5e2a84", width_px=1.6, dash=(2, 5), casing=PAPER)),
        (
            TooltipField("origin", "From"),
            TooltipField("destination", "To"),
            TooltipField("profile", "Moving", "code"),
            TooltipField("hours", "Time", "hours"),
            TooltipField("extra_share", "Longer than the best way", "share"),
            TooltipField("overlap", "Shared with better ways", "share"),
            TooltipField("crossed_at", "Crosses the border"),
        ),
        title_column=(),
        stacked="ways",
        shown=False,
    ),
    "paths": Kind(
        "Likely transit",
        50,
        path_look,
        (
            TooltipField("origin", "From"),
            TooltipField("destination", "To"),
            TooltipField("profile", "Moving", "code"),
            TooltipField("hours", "Time", "hours"),
            TooltipField("km", "Length", "km"),
            TooltipField("road_share", "On roads", "share"),
            TooltipField("crossed_at", "Crosses the border"),
            TooltipField("share", "Share of all journeys", "share"),
        ),
        title_column=(),
        stacked="journeys",
    ),
    "border_segments": Kind(
        "Likely transit",
        70,
        border_segment_look,
        (
            TooltipField("share", "Journeys that cross here", "share"),
            TooltipField("through_gates", "Of all, through an open crossing", "share"),
            TooltipField("over_ground", "Of all, over the ground", "share"),
            TooltipField("crossings_here", "Crossings on it"),
            TooltipField("length_km", "Length of this stretch", "km"),
        ),
        label_column="share",
        label_more="crossed_by",
        label_unit="share",
        label_order=0.5,
        label_from=BORDER_BREAKS[2],
    ),
    "endpoints": Kind(
        "Likely transit",
        92,
        endpoint_look,
        (
            TooltipField("share_from", "Journeys that start here", "share"),
            TooltipField("share_to", "Journeys that end here", "share"),
        ),
        title_column=("name", "ground_of"),
        label_column="name",
        label_order=0.05,
    ),
}
