"""A comparison as layers: stretches of border, posts, bands, each with what changes."""

from collections.abc import Sequence

import geopandas as gpd
import pandas as pd

from corridors.comparison.measured import Measured
from corridors.comparison.side_by_side import Comparison
from corridors.comparison.variants import column_name

__all__ = ["border_layer", "comparison_layers", "corridor_layer", "post_layer"]

OF_STRETCH = ("share", "share_low", "share_high")
OF_POST = (
    "range_now_m",
    "transit_share",
    "transit_share_low",
    "transit_share_high",
    "first_catch",
    "first_catch_low",
    "first_catch_high",
    "hours_from_base",
)


def comparison_layers(comparison: Comparison) -> dict[str, gpd.GeoDataFrame]:
    """Return the layers of a comparison by name, in the working CRS.

    Values of a scenario stand in columns that end in its name, and what it changes against the
    first under ``difference``.
    """
    return {
        "border_segments": border_layer(comparison),
        "checkpoints": post_layer(comparison),
        "corridors": corridor_layer(comparison),
    }


def border_layer(comparison: Comparison) -> gpd.GeoDataFrame:
    """Return the stretches of border with the share of each scenario, and the differences."""
    stretches = comparison.scenarios[0].stretches
    kept = [name for name in ("id", "border", "name", "stretch", "length_km") if name in stretches]
    layer = stretches[[*kept, "geometry"]].reset_index(drop=True)
    for one in comparison.scenarios:
        layer = _with(layer, one.stretches, OF_STRETCH, one.name)
    for found in comparison.differences:
        columns = [str(name) for name in found.stretches if name != "id"]
        layer = _with(layer, found.stretches, columns, found.other.name)
    return layer


def post_layer(comparison: Comparison) -> gpd.GeoDataFrame:
    """Return the posts of all scenarios with what each meets and catches, and the differences."""
    parts = [one.posts[["id", "name", "kind", "geometry"]] for one in comparison.scenarios]
    posts = pd.concat(parts, ignore_index=True).drop_duplicates("id").reset_index(drop=True)
    layer = gpd.GeoDataFrame(posts, geometry="geometry", crs=parts[0].crs)
    for one in comparison.scenarios:
        layer = _with(layer, _in_order(one, layer["id"]), OF_POST, one.name)
    for found in comparison.differences:
        rows = found.posts.set_index("id").reindex(layer["id"]).reset_index()
        columns = [str(name) for name in rows if name not in ("id", "name")]
        layer = _with(layer, rows, columns, found.other.name)
    return layer


def _in_order(one: Measured, ids: pd.Series) -> pd.DataFrame:
    table: pd.DataFrame = one.posts.set_index("id").reindex(ids).reset_index()
    return table


def _with(
    layer: gpd.GeoDataFrame, table: pd.DataFrame, columns: Sequence[str], name: str
) -> gpd.GeoDataFrame:
    """Return a layer with columns of a table of as many rows, called after a scenario."""
    return layer.assign(**{_column(column, name): table[column].to_numpy() for column in columns})


def _column(column: str, name: str) -> str:
    """Return a column's name with the scenario's, its bound last.

    Examples
    --------
    >>> _column("share_low", "Clear day"), _column("share", "Clear day")
    ('share_clear_day_low', 'share_clear_day')
    """
    for end in ("_low", "_high"):
        if column.endswith(end):
            return f"{column.removesuffix(end)}_{column_name(name)}{end}"
    return f"{column}_{column_name(name)}"


def corridor_layer(comparison: Comparison) -> gpd.GeoDataFrame:
    """Return the bands of every scenario, and the ground that others gain, lose or share."""
    parts = []
    for one in comparison.scenarios:
        bands = one.bands.assign(scenario=one.name, kind="band", change=None)
        bands["id"] = [f"band, {share:.0%}, {one.name}" for share in bands["share"]]
        parts.append(bands)
    for found in comparison.differences:
        areas = found.areas.assign(scenario=found.other.name, kind="change")
        areas["id"] = [
            f"{change}, {share:.0%}, {found.other.name}"
            for change, share in zip(areas["change"], areas["share"], strict=True)
        ]
        parts.append(areas)
    columns = ["id", "kind", "scenario", "change", "share", "area_km2", "geometry"]
    rows = [row for part in parts for row in part[columns].to_dict("records")]
    return gpd.GeoDataFrame(
        pd.DataFrame(rows, columns=columns), geometry="geometry", crs=parts[0].crs
    )
