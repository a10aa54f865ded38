"""Posts that are to control a crossing or a road, and stand too far from any."""

from pathlib import Path
from types import MappingProxyType
from typing import cast

import geopandas as gpd
import pytest
import shapely

from corridors.layers import Layers
from corridors.layers.area import StudyArea
from corridors.risk.controls import idle_controls

CRS = "EPSG:32637"
# The border runs north along x = 0; the crossing was surveyed 800 m east of it.
BORDER = shapely.LineString([(0, -20_000), (0, 20_000)])
CROSSING = shapely.Point(800, 0)


def layers_of(posts: dict[tuple[float, float], str | None], *roads: shapely.LineString) -> Layers:
    def frame(**columns: object) -> gpd.GeoDataFrame:
        return gpd.GeoDataFrame(columns, geometry="geometry", crs=CRS)

    names = [f"post {number}" for number in range(len(posts))]
    frames = {
        "borders": frame(id=["b"], geometry=[BORDER]),
        "crossings": frame(id=["c"], geometry=[CROSSING]),
        "roads": frame(id=[f"r{n}" for n in range(len(roads))], geometry=list(roads)),
        "checkpoints": frame(
            id=names,
            name=names,
            kind=list(posts.values()),
            geometry=[shapely.Point(xy) for xy in posts],
        ),
    }
    area = cast(StudyArea, None)
    return Layers(area, MappingProxyType(frames), cast(tuple[Path, ...], ()), (), ())


def test_a_gate_far_from_every_crossing_and_road_controls_nothing() -> None:
    posts = {(0, 900): "manned_gate", (0, 2300): "manned_gate"}

    (told,) = idle_controls(layers_of(posts))

    assert told.startswith("checkpoint 'post 1' (manned gate): the nearest crossing is 2.3 km away")
    assert "it controls nothing, and only sees who comes within its range" in told


def test_what_counts_is_where_the_crossing_meets_the_border() -> None:
    # 700 m from the crossing's point, 1.5 km from where the border is passed.
    (told,) = idle_controls(layers_of({(1500, 0): "manned_gate"}))

    assert "the nearest crossing is 1.5 km away" in told


def test_a_gate_beside_a_road_controls_that() -> None:
    beside = shapely.LineString([(3000, 2800), (9000, 2800)])

    (told,) = idle_controls(layers_of({(4000, 2300): "manned_gate"}, beside))

    assert "the road beside it is what it controls" in told


def test_a_road_through_the_crossing_has_its_gate_where_it_cuts_the_border() -> None:
    through = shapely.LineString([(-5000, 1500), (5000, 1500)])
    posts = {(0, 2300): "manned_gate"}

    assert idle_controls(layers_of(posts, through), road_tolerance_m=2000) == []
    assert len(idle_controls(layers_of(posts, through), road_tolerance_m=1000)) == 1


@pytest.mark.parametrize("kind", ["watch_post", "tower_thermal", None])
def test_who_only_looks_need_control_nothing(kind: str | None) -> None:
    assert idle_controls(layers_of({(9000, 9000): kind})) == []


def test_a_road_post_needs_a_road() -> None:
    road = shapely.LineString([(3000, 0), (9000, 0)])
    posts = {(4000, 950): "road_post", (4000, 4000): "road_post"}

    (far,) = idle_controls(layers_of(posts, road))
    none = idle_controls(layers_of(posts))

    assert far.startswith("checkpoint 'post 1' (road post): the nearest road is 4.0 km away")
    assert len(none) == 2
    assert "there is no road for it to control: it controls nothing" in none[0]
