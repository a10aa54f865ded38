"""Stretches of border and the shares that cross them."""

import geopandas as gpd
import pytest
import shapely

from corridors.border import border_stretches, crossing_shares
from corridors.errors import CRSError
from tests.worlds import CRS, lines


def test_stretches_cover_the_border_once() -> None:
    border = lines([(0, 0), (0, 23_000), (9_000, 23_000)], [(0, 0), (4_000, 0)], ids="border")
    stretches = border_stretches(border, length_m=10_000)
    assert stretches["length_km"].sum() == pytest.approx(36)
    assert stretches.groupby("border").size().to_dict() == {"border-0": 3, "border-1": 1}
    assert stretches["id"].is_unique
    assert stretches.union_all().length == pytest.approx(36_000)


def test_each_path_counts_in_the_stretch_of_its_last_crossing() -> None:
    border = lines([(0, 0), (40_000, 0)], ids="border")
    stretches = border_stretches(border, length_m=10_000)
    paths = gpd.GeoDataFrame(
        {
            "share": [0.5, 0.3, 0.2],
            "last_crossing_x": [1_000.0, 1_500.0, 39_000.0],
            "last_crossing_y": [0.0, 10.0, -10.0],
            "last_crossing_by": ["gate", "ground", "ground"],
        },
        geometry=[shapely.Point(0, 0)] * 3,
        crs=CRS,
    )
    shares = crossing_shares(stretches, paths)
    assert shares["least_cost_share"].tolist() == pytest.approx([0.8, 0, 0, 0.2])
    assert shares["least_cost_gate_share"].tolist() == pytest.approx([0.5, 0, 0, 0])
    assert shares["paths"].tolist() == [2, 0, 0, 1]
    assert "least_cost_share" not in stretches


def test_stretches_in_degrees_are_refused() -> None:
    border = lines([(0, 0), (1, 0)]).set_crs(4326, allow_override=True)
    with pytest.raises(CRSError, match="degrees"):
        border_stretches(border, length_m=1000)
