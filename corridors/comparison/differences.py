"""What a scenario changes against another, traveller by traveller."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from corridors.comparison.measured import Measured
from corridors.comparison.paired import Outcome, paired_difference
from corridors.comparison.posts_drawn import change_interval
from corridors.comparison.worth_change import worth_change
from corridors.raster import Raster
from corridors.risk import Resampling

__all__ = ["Difference", "difference_of"]

Estimate = tuple[float, float, float]
FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Difference:
    """A scenario less the first; estimates are (difference, low, high).

    Attributes
    ----------
    other
        The scenario.
    same_ways
        Whether nothing that decides which ways travellers take differs.
    undetected, hours, crossing
        In the share that nobody catches, the mean hours of those who arrive, and the share of the
        transits that crosses a border.
    stretches
        A row for each stretch of border: ``id, difference, difference_low, difference_high``.
    posts
        A row for each post of either: ``id, name`` and the same columns for ``transit_share`` and
        ``first_catch`` and ``loss``, each before ``_difference``, and for ``isolation`` and
        ``exposure_index``, NaN where one of the two is not known; ``hours_from_base`` without
        bounds.
    worth
        A row for each place where one more sensor is tried: ``id`` and ``worth_difference`` with
        bounds.
    worth_change
        The same at every cell, for a sensor that nobody knows of, without bounds.
    support
        ``role, name, post_id, post, hours_difference`` of help from those that are in both.
    bands
        A row for each band: ``share, area_km2, area_first_km2, gained_km2, lost_km2, overlap``
        (what both cover over what either does).
    areas
        Polygons ``share, change`` (gained, lost, both) and ``area_km2``.
    """

    other: Measured
    same_ways: bool
    undetected: Estimate
    hours: Estimate
    crossing: Estimate
    stretches: pd.DataFrame
    posts: pd.DataFrame
    worth: pd.DataFrame
    worth_change: Raster
    support: pd.DataFrame
    bands: pd.DataFrame
    areas: gpd.GeoDataFrame


def difference_of(first: Measured, other: Measured) -> Difference:
    """Return what another scenario changes against the first.

    Parameters
    ----------
    first, other
        Of the same travellers.
    """
    same_ways = first.ways == other.ways
    same_catches = same_ways and first.sees == other.sees
    strata, level = first.stratum, first.scenario.flow.confidence

    def single(a: Outcome, b: Outcome, *, shares: bool = False, chances: bool = False) -> Estimate:
        found = paired_difference(a, b, strata=strata, level=level, shares=shares, chances=chances)
        estimate, low, high = (float(value) for value in found)
        return estimate, low, high

    stretches = paired_difference(
        *(one.outcome(one.stretch, of=one.crossed) for one in (first, other)),
        strata=strata,
        level=level,
        shares=not same_ways,
    )
    told = _columns("difference", stretches)
    told.insert(0, "id", first.stretches["id"].to_numpy())
    areas = _areas(first, other)
    return Difference(
        other=other,
        same_ways=same_ways,
        undetected=single(
            first.outcome(first.survived),
            other.outcome(other.survived),
            chances=not same_catches,
        ),
        hours=single(first.outcome(first.hours), other.outcome(other.hours)),
        crossing=single(
            first.outcome(first.crossed), other.outcome(other.crossed), shares=not same_ways
        ),
        stretches=told,
        posts=_posts(first, other, same_ways=same_ways, same_catches=same_catches),
        worth=_worth(first, other, sure=same_catches and _same_new_sensor(first, other)),
        worth_change=worth_change(first, other),
        support=_support(first, other),
        bands=_bands(first, other, areas),
        areas=_drawn(areas, first.scenario.flow.smallest_km2),
    )


def _columns(name: str, found: tuple[FloatArray, FloatArray, FloatArray]) -> pd.DataFrame:
    return pd.DataFrame(dict(zip((name, f"{name}_low", f"{name}_high"), found, strict=True)))


def _posts(
    first: Measured, other: Measured, *, same_ways: bool, same_catches: bool
) -> pd.DataFrame:
    """Return the differences of every post of either scenario; one that is not there is idle."""
    both = pd.concat([first.posts[["id", "name"]], other.posts[["id", "name"]]])
    table = both.drop_duplicates("id").reset_index(drop=True)
    ids = table["id"]
    ranges = [one.posts.set_index("id")["range_now_m"].reindex(ids) for one in (first, other)]
    sure = same_ways and ranges[0].equals(ranges[1])
    parts = [table]
    for name, of in (("transit_share", "met"), ("first_catch", "first"), ("loss", "lost")):
        found = paired_difference(
            *(one.outcome(_by_post(one, of, ids)) for one in (first, other)),
            strata=first.stratum,
            level=first.scenario.flow.confidence,
            shares=of == "met" and not sure,
            chances=of != "met" and not same_catches,
        )
        parts.append(_columns(f"{name}_difference", found))
    parts += _risk(first, other, ids, sure=sure)
    joined: pd.DataFrame = pd.concat(parts, axis=1)
    return joined


def _risk(
    first: Measured, other: Measured, ids: "pd.Series[str]", *, sure: bool
) -> list[pd.DataFrame]:
    """Return the differences in how far help is, and with bounds in what is reckoned from it."""
    names = ids.astype(str).tolist()
    more_share = None if sure else _unseen_changes(first, other, names)
    parts = []
    for name in ("hours_from_base", "isolation", "exposure_index"):
        before, after = (
            one.posts.set_index("id")[name].reindex(ids).to_numpy(float) for one in (first, other)
        )
        change = _less(after, before)
        if name == "hours_from_base":
            parts.append(pd.DataFrame({f"{name}_difference": change}))
            continue
        drawn = first.drawn.of(name, names), other.drawn.of(name, names, more_share=more_share)
        bounds = change_interval(change, *drawn, level=first.scenario.flow.confidence)
        parts.append(_columns(f"{name}_difference", (change, *bounds)))
    return parts


def _unseen_changes(first: Measured, other: Measured, names: list[str]) -> FloatArray:
    """Return what travellers who were not drawn may change of the shares that posts meet.

    As in `paired_difference`: that none of those drawn changed does not say that nobody would.
    """
    count = int((first.arrived | other.arrived).sum())
    draws = Resampling(first.scenario.seed, len(first.drawn.alone))
    spread = np.sqrt(2) / (count + 2)
    found = [draws.normals(f"change of {post}") for post in names]
    return spread * np.stack(found, axis=-1) if found else np.zeros((draws.draws, 0))


def _same_new_sensor(first: Measured, other: Measured) -> bool:
    """Tell whether one more sensor would see the same in both."""
    settings = [
        (one.scenario.worth, one.scenario.weather, one.scenario.reference_kmh, one.scenario.sensors)
        for one in (first, other)
    ]
    return settings[0] == settings[1]


def _less(values: FloatArray, first: FloatArray) -> FloatArray:
    """Return differences; those of two that are both endless are none."""
    apart = np.zeros(len(values))
    np.subtract(values, first, out=apart, where=values != first)
    return apart


def _worth(first: Measured, other: Measured, *, sure: bool) -> pd.DataFrame:
    found = paired_difference(
        *(one.outcome(one.gain) for one in (first, other)),
        strata=first.stratum,
        level=first.scenario.flow.confidence,
        chances=not sure,
    )
    table = _columns("worth_difference", found)
    table.insert(0, "id", first.worth["id"].to_numpy())
    return table


def _support(first: Measured, other: Measured) -> pd.DataFrame:
    key = ["role", "name", "post_id"]
    both = first.support.merge(
        other.support[[*key, "hours"]], on=key, suffixes=("", "_other"), validate="one_to_one"
    )
    values = (both[name].to_numpy(float) for name in ("hours_other", "hours"))
    return both[[*key, "post"]].assign(hours_difference=_less(*values))


def _by_post(one: Measured, of: str, ids: pd.Series) -> FloatArray:
    """Return a value of each traveller and post, in the order of some posts."""
    row = {post: number for number, post in enumerate(one.posts["id"])}
    given = np.asarray(getattr(one, of), dtype=float)
    found = np.zeros((len(given), len(ids)))
    for column, post in enumerate(ids):
        if post in row:
            found[:, column] = given[:, row[post]]
    return found


def _areas(first: Measured, other: Measured) -> gpd.GeoDataFrame:
    rows = []
    bands = (first.bands.geometry, other.bands.geometry)
    for share, before, after in zip(first.bands["share"], *bands, strict=True):
        for change, area in (
            ("gained", shapely.difference(after, before)),
            ("lost", shapely.difference(before, after)),
            ("both", shapely.intersection(before, after)),
        ):
            rows.append({"share": share, "change": change, "geometry": _polygons(area)})
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=first.bands.crs)


def _polygons(area: shapely.Geometry, smallest_m2: float = 0.0) -> shapely.MultiPolygon:
    """Return the polygons of an area, without lines, points and what is too small."""
    parts = shapely.get_parts(shapely.get_parts(shapely.make_valid(area)))
    kept = [
        part
        for part in parts
        if shapely.get_dimensions(part) == 2 and part.area > 0 and part.area >= smallest_m2
    ]
    return shapely.MultiPolygon(kept)


def _bands(first: Measured, other: Measured, areas: gpd.GeoDataFrame) -> pd.DataFrame:
    km2 = (areas.area / 1e6).to_numpy().reshape(-1, 3)
    return pd.DataFrame(
        {
            "share": first.bands["share"].to_numpy(),
            "area_first_km2": first.bands["area_km2"].to_numpy(),
            "area_km2": other.bands["area_km2"].to_numpy(),
            "gained_km2": km2[:, 0],
            "lost_km2": km2[:, 1],
            "overlap": km2[:, 2] / np.maximum(km2.sum(axis=1), np.finfo(float).tiny),
        }
    )


def _drawn(areas: gpd.GeoDataFrame, smallest_km2: float) -> gpd.GeoDataFrame:
    """Return the areas without pieces that are smaller than a band's may be."""
    geometry = [_polygons(area, smallest_km2 * 1e6) for area in areas.geometry]
    drawn: gpd.GeoDataFrame = areas.set_geometry(geometry, crs=areas.crs)
    drawn = drawn[~drawn.geometry.is_empty].reset_index(drop=True)
    return drawn.assign(area_km2=drawn.area / 1e6)
