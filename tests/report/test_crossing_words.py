"""Through a gate or over the ground, in words."""

from types import SimpleNamespace
from typing import cast

import geopandas as gpd
import numpy as np
import pytest
import shapely
from numpy.typing import NDArray

from corridors.flow import Flow
from corridors.flow.passages import LastCrossings, Shares
from corridors.report.crossing_words import crossings_told, paths_told, stretches_told
from tests.worlds import CRS

NAN = float("nan")


def crossings() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {
            "name": ["North", "South"],
            "status": ["official", "unofficial"],
            "open": [True, False],
        },
        geometry=[shapely.Point(0, 15_000), shapely.Point(0, 5_000)],
        crs=CRS,
    )


def paths() -> gpd.GeoDataFrame:
    """Return paths through North, beside South, far from both, and over no border."""
    return gpd.GeoDataFrame(
        {
            "share": [0.4, 0.3, 0.2, 0.1],
            "gate": ["North", None, "North", None],
            "last_crossing_by": ["gate", "ground", "ground", None],
            "last_crossing_x": [0.0, 0.0, 0.0, NAN],
            "last_crossing_y": [15_000.0, 5_600.0, 9_000.0, NAN],
        },
        geometry=[shapely.LineString([(-1, 0), (1, 0)])] * 4,
        crs=CRS,
    )


def test_a_path_says_what_it_passes_last_and_not_a_gate_it_passed_before() -> None:
    assert paths_told(paths(), crossings())["crossed_at"].tolist() == [
        "through North",
        "over the ground, 600 m from South (closed, unofficial)",
        "over the ground, 4 km from South (closed, unofficial)",
        "",
    ]


def test_without_crossings_all_goes_over_the_ground() -> None:
    told = paths_told(paths().iloc[1:3], crossings().iloc[:0])
    assert told["crossed_at"].tolist() == ["over the ground"] * 2


def test_a_closed_crossing_has_none_through_it_and_some_beside_it() -> None:
    # Of ten travellers four pass North, three go beside South, one far from both.
    def shares(who: NDArray[np.int64], which: NDArray[np.int64], things: int) -> Shares:
        assert len(set(who)) == len(who)
        share = np.bincount(which, minlength=things) / 10
        return Shares(share, share, share, np.full(things, 10))

    points = [(0, 15_000)] * 4 + [(0, 5_600)] * 3 + [(0, 9_000)]
    last = LastCrossings(
        np.arange(8), np.asarray(shapely.points(points)), np.array([0] * 4 + [-1] * 4)
    )
    gates = np.array([0.4, 0.0])
    flow = SimpleNamespace(
        passages=SimpleNamespace(last_crossings=lambda _: last, shares=shares),
        gates=Shares(gates, gates - 0.1, gates + 0.1, np.array([10, 10])),
    )
    told = crossings_told(crossings(), cast(Flow, flow), borders=paths()).set_index("name")
    assert told.loc["North", ["share_through", "share_beside"]].tolist() == pytest.approx([0.4, 0])
    assert told.loc["South", ["share_through", "share_beside"]].tolist() == pytest.approx([0, 0.3])
    assert told.loc["North", "share_through_high"] == pytest.approx(0.5)
    # Closed is certain: no interval.
    assert np.isnan(told.loc["South", "share_through_high"])


def test_a_stretch_names_its_crossings_and_how_it_is_crossed() -> None:
    lines = [shapely.LineString([(0, y), (0, y + 10_000)]) for y in (0, 10_000, 20_000)]
    stretches = gpd.GeoDataFrame(
        {
            "share": [0.5, 0.4, 0.0],
            "gate_share": [0.0, 0.39, 0.0],
        },
        geometry=lines,
        crs=CRS,
    )
    told = stretches_told(stretches, crossings())
    assert told["crossed_by"].tolist() == ["over ground", "through a gate", ""]
    assert told["through_gates"].tolist() == [0.0, 0.39, 0.0]
    assert told["over_ground"].tolist() == pytest.approx([0.5, 0.01, 0.0])
    assert told["crossings_here"].tolist() == [
        "South (closed, unofficial)",
        "North (open, official)",
        "",
    ]
