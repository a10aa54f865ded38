"""A comparison as layers: stretches of border, posts, bands, each with what changes."""

from collections.abc import Iterable, Sequence

import geopandas as gpd
import pandas as pd

from corridors.comparison.side_by_side import Comparison
from corridors.comparison.variants import column_name

__all__ = ["border_layer", "comparison_layers", "corridor_layer", "post_layer", "worth_layer"]

OF_STRETCH = ("share", "share_low", "share_high")
OF_POST = (
    "range_now_m",
    "transit_share",
    "transit_share_low",
    "transit_share_high",
    "first_catch",
    "first_catch_low",
    "first_catch_high",
    "loss",
    "loss_low",
    "loss_high",
    "hours_from_base",
    "isolation",
    "isolation_low",
    "isolation_high",
    "exposure_index",
    "exposure_index_low",
    "exposure_index_high",
    "exposure_index_rank",
)
OF_PLACE = ("worth", "worth_low", "worth_high", "met")


def comparison_layers(comparison: Comparison) -> dict[str, gpd.GeoDataFrame]:
    """Return the layers of a comparison by name, in the working CRS.

    Values of a scenario stand in columns that end in its name, and what it changes against the
    first under ``difference``.
    """
    return {
        "border_segments": border_layer(comparison),
        "checkpoints": post_layer(comparison),
        "corridors": corridor_layer(comparison),
        "worth": worth_layer(comparison),
    }


def border_layer(comparison: Comparison) -> gpd.GeoDataFrame:
    """Return the stretches of border with the share of each scenario, and the differences."""
    stretches = comparison.scenarios[0].stretches
    kept = [name for name in ("id", "border", "name", "stretch", "length_km") if name in stretches]
    parts = [_named(one.stretches, OF_STRETCH, one.name) for one in comparison.scenarios]
    parts += [
        _named(
            found.stretches, [name for name in found.stretches if name != "id"], found.other.name
        )
        for found in comparison.differences
    ]
    return _joined(stretches[[*kept, "geometry"]].reset_index(drop=True), parts)


def post_layer(comparison: Comparison) -> gpd.GeoDataFrame:
    """Return the posts of all scenarios with what each meets and catches, and the differences."""
    parts = [one.posts[["id", "name", "kind", "geometry"]] for one in comparison.scenarios]
    posts = pd.concat(parts, ignore_index=True).drop_duplicates("id").reset_index(drop=True)
    layer = gpd.GeoDataFrame(posts, geometry="geometry", crs=parts[0].crs)
    ids = layer["id"]
    told = [_named(_in_order(one.posts, ids), OF_POST, one.name) for one in comparison.scenarios]
    for found in comparison.differences:
        columns = [name for name in found.posts if name not in ("id", "name")]
        told.append(_named(_in_order(found.posts, ids), columns, found.other.name))
    return _joined(layer, told)


def worth_layer(comparison: Comparison) -> gpd.GeoDataFrame:
    """Return places for one more sensor with its worth in each scenario, and the differences."""
    first = comparison.scenarios[0].worth
    told = [_named(one.worth, OF_PLACE, one.name) for one in comparison.scenarios]
    for found in comparison.differences:
        columns = [name for name in found.worth if name != "id"]
        told.append(_named(found.worth, columns, found.other.name))
    return _joined(first[["id", "geometry"]], told)


def _in_order(table: pd.DataFrame, ids: pd.Series) -> pd.DataFrame:
    rows: pd.DataFrame = table.set_index("id").reindex(ids).reset_index()
    return rows


def _named(table: pd.DataFrame, columns: Iterable[object], name: str) -> pd.DataFrame:
    """Return columns of a table, called after a scenario."""
    return pd.DataFrame({_column(str(one), name): table[one].to_numpy() for one in columns})


def _joined(layer: gpd.GeoDataFrame, parts: Sequence[pd.DataFrame]) -> gpd.GeoDataFrame:
    """Return a layer with the columns of tables of as many rows."""
    table = pd.concat([layer.drop(columns="geometry"), *parts], axis=1)
    return gpd.GeoDataFrame(table, geometry=layer.geometry.to_numpy(), crs=layer.crs)


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
