"""A shift between datums, and a system that is used far from home, are told."""

from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from corridors.crs import project
from corridors.layers import KINDS, StudyArea, study_area
from corridors.layers.load import bring_in
from corridors.layers.subject import Subject
from corridors.scenario.model import Area
from tests.layers.conftest import Load


def _told(load: Load, posts: gpd.GeoDataFrame, path: Path, crs: object) -> list[str]:
    project(posts, to_crs=crs).to_file(path)
    _, findings = load(path)
    return [text for text in findings if "datum" in text or "area of use" in text]


@pytest.mark.parametrize("crs", [4326, "OGC:CRS84", 3857, 32637])
def test_wgs_84_in_its_place_is_not_spoken_of(
    tmp_path: Path, posts: gpd.GeoDataFrame, load: Load, crs: object
) -> None:
    assert _told(load, posts, tmp_path / "p.gpkg", crs) == []


def test_a_known_shift_is_told_with_its_accuracy(
    tmp_path: Path, posts: gpd.GeoDataFrame, load: Load
) -> None:
    (told,) = _told(load, posts, tmp_path / "p.gpkg", 4230)

    assert told == "checkpoints: its datum is shifted by 'ED50 to WGS 84 (30)' (ED50), true to 2 m"


def test_a_shift_that_nobody_knows_is_told(
    tmp_path: Path, posts: gpd.GeoDataFrame, load: Load
) -> None:
    (told,) = _told(load, posts, tmp_path / "p.gpkg", 4001)

    assert told.startswith("checkpoints: its datum is shifted by 'Ballpark geographic offset")
    assert "unknown accuracy" in told


def test_rows_outside_the_area_of_use_are_told(
    tmp_path: Path, posts: gpd.GeoDataFrame, load: Load
) -> None:
    shifted, outside = _told(load, posts, tmp_path / "p.gpkg", 27700)

    assert "OSGB36" in shifted
    assert (
        "rows 0 and 1 lie up to 40 degrees outside the area of use of OSGB36 / British" in outside
    )


def test_only_rows_of_the_study_that_are_outside_are_named(
    tmp_path: Path, posts: gpd.GeoDataFrame, load: Load
) -> None:
    far = posts.assign(id=["c", "d"]).set_geometry(
        shapely.points([(50.0, 36.0), (41.99, 36.3)]), crs=4326
    )
    assert _told(load, far, tmp_path / "p.gpkg", 32637) == []
    (told,) = _told(load, posts, tmp_path / "q.gpkg", 32638)
    assert "rows 0 and 1 lie up to 0.7 degrees outside" in told
    assert "42 to 48 E, 0 to 84 N" in told


def _beyond(area: StudyArea, lon: float, lat: float, crs: int) -> list[str]:
    subject = Subject(KINDS["places"])
    frame = gpd.GeoDataFrame(geometry=[shapely.Point(lon, lat)], crs=4326)
    bring_in(project(frame, to_crs=crs), area, subject)
    return [text for text in subject.findings if "area of use" in text]


@pytest.mark.parametrize(("west", "outside"), [(177.0, False), (-179.5, False), (-177.0, True)])
def test_an_area_of_use_over_the_180th_meridian_is_one(west: float, *, outside: bool) -> None:
    fiji = study_area(Area(bbox=(west, -18.0, west + 0.5, -17.5)))

    assert bool(_beyond(fiji, west + 0.1, -17.7, 3460)) == outside
