"""Origins, destinations and barriers: from names, points and files to geometries."""

import tomllib
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from corridors.crs import project
from corridors.errors import CRSError, LayerError, ScenarioError
from corridors.layers import (
    Layers,
    ReadingLog,
    barrier_lines,
    empty_layer,
    load_layers,
    resolve_endpoints,
)
from corridors.layers.kinds import KINDS
from corridors.sample import sample_folder
from corridors.scenario import Scenario, load_scenario, parse_scenario
from corridors.scenario.model import Endpoint


@pytest.fixture(scope="module")
def sample() -> Scenario:
    return load_scenario(sample_folder() / "scenario.toml")


@pytest.fixture(scope="module")
def layers(sample: Scenario) -> Layers:
    return load_layers(sample)


def _resolve(layers: Layers, sample: Scenario, *endpoints: dict[str, Any]) -> gpd.GeoDataFrame:
    asked = [Endpoint(**{"name": "x", **endpoint}) for endpoint in endpoints]
    return resolve_endpoints(asked, layers, sample, role="origins")


def test_every_layer_of_the_sample_is_in_the_working_system(layers: Layers) -> None:
    assert {frame.crs for frame in layers.frames.values()} == {layers.area.working.crs}
    assert all(frame["id"].is_unique for frame in layers.frames.values())
    assert len(layers.transformations) == 1


def test_a_layer_that_the_study_has_not_is_empty_with_all_columns(layers: Layers) -> None:
    some = Layers(layers.area, {}, (), (), ())

    for kind in KINDS:
        assert len(some[kind]) == 0
        assert set(layers[kind].columns) >= set(some[kind].columns)


def test_an_empty_layer_has_typed_columns() -> None:
    posts = empty_layer("checkpoints", crs=4326)

    assert posts["range_m"].dtype == float
    assert posts["synthetic"].dtype == bool


def test_weights_are_scaled_to_sum_to_1(layers: Layers, sample: Scenario) -> None:
    found = _resolve(
        layers, sample, {"place": "Sinjar", "weight": 3.0}, {"place": "Tal Afar", "weight": 1.0}
    )

    assert found["weight"].tolist() == [0.75, 0.25]
    assert found.geom_type.tolist() == ["Point", "Point"]


def test_a_name_is_found_in_any_case(layers: Layers, sample: Scenario) -> None:
    upper = _resolve(layers, sample, {"place": "SINJAR"})

    assert upper.geometry.equals(_resolve(layers, sample, {"place": "Sinjar"}).geometry)


def test_a_point_is_longitude_and_latitude(layers: Layers, sample: Scenario) -> None:
    found = _resolve(layers, sample, {"point": (41.87, 36.32)})

    lonlat = project(found, to_crs=4326).geometry.iloc[0]
    assert (lonlat.x, lonlat.y) == pytest.approx((41.87, 36.32))


@pytest.mark.parametrize(
    ("point", "said"),
    [
        ((36.3, 41.9), "with its axes swapped it would be inside: write longitude first"),
        ((10.5, 36.3), "correct it, or move the area"),
        ((-138.0, -36.35), "correct it, or move the area"),
        ((42.0, 90.0), "correct it, or move the area"),
    ],
)
def test_a_point_outside_is_refused_with_where_it_is(
    layers: Layers, sample: Scenario, point: tuple[float, float], said: str
) -> None:
    with pytest.raises(ScenarioError) as told:
        _resolve(layers, sample, {"point": point})

    assert f"origins[0] 'x' lies outside the study area: it is at {point[0]:.3f} E" in str(
        told.value
    )
    assert "the area 40.5 to 43.5 E, 35.3 to 37.4 N" in str(told.value)
    assert said in str(told.value)


def test_names_are_optional_in_a_layer_of_places(layers: Layers, sample: Scenario) -> None:
    nameless = layers["places"].assign(name=None)
    some = Layers(layers.area, {"places": nameless}, (), (), ())

    with pytest.raises(ScenarioError, match="no place or camp in the area is called 'Sinjar'"):
        _resolve(some, sample, {"place": "Sinjar"})


@pytest.mark.parametrize("shape", [shapely.box(41.1, 36.3, 41.2, 36.4), shapely.Point(41.1, 36.3)])
def test_a_file_of_polygons_or_points_is_an_endpoint(
    tmp_path: Path, layers: Layers, sample: Scenario, shape: shapely.Geometry
) -> None:
    path = tmp_path / "camp.gpkg"
    gpd.GeoSeries([shape], crs=4326).to_file(path, layer="camp")

    found = _resolve(layers, sample, {"file": str(path), "layer": "camp"})

    assert found.geom_type.tolist() == [shape.geom_type]


def test_a_file_of_lines_is_no_endpoint(tmp_path: Path, layers: Layers, sample: Scenario) -> None:
    path = tmp_path / "camp.geojson"
    gpd.GeoSeries([shapely.LineString([(41, 36), (42, 36)])], crs=4326).to_file(path)

    with pytest.raises(LayerError, match=r"camp\.geojson, layer 'x', row 0: holds LineString"):
        _resolve(layers, sample, {"file": str(path)})


def test_an_endpoints_file_without_crs_can_be_given_one(
    tmp_path: Path, layers: Layers, sample: Scenario
) -> None:
    path = tmp_path / "camp.csv"
    path.write_text("lon,lat\n41.1,36.3\n", encoding="utf-8")

    with pytest.raises(LayerError, match="declares no coordinate reference system"):
        _resolve(layers, sample, {"file": str(path)})
    assert len(_resolve(layers, sample, {"file": str(path), "crs": "EPSG:4326"})) == 1
    with pytest.raises(CRSError, match="is not known"):
        _resolve(layers, sample, {"file": str(path), "crs": "x"})


def _with_barrier(barrier: dict[str, Any]) -> Scenario:
    table = tomllib.loads((sample_folder() / "scenario.toml").read_text("utf-8"))
    delay = {"on_foot": 1.0, "vehicle": 1.0}
    table["barriers"] = [{"name": "wall", "delay_minutes": delay, **barrier}]
    return parse_scenario(table, folder=sample_folder())


def test_a_barrier_follows_the_borders_it_names(layers: Layers) -> None:
    (wall,) = barrier_lines(_with_barrier({"borders": ["IRQ-SYR-1"]}), layers)

    assert wall.name == "wall"
    assert wall.stops_roads
    assert shapely.length(wall.lines).sum() == pytest.approx(262_900, rel=0.01)


def test_a_barriers_file_is_cut_at_the_area(tmp_path: Path, layers: Layers) -> None:
    path = tmp_path / "wall.gpkg"
    wall = gpd.GeoSeries([shapely.LineString([(30, 36), (50, 36)])], crs=4326)
    wall.to_file(path, layer="wall")
    wall.to_file(path, layer="other")

    log = ReadingLog()
    (found,) = barrier_lines(_with_barrier({"file": str(path), "layer": "wall"}), layers, log=log)

    assert 250_000 < shapely.length(found.lines).sum() < 290_000
    assert not found.stops_roads
    assert layers.with_log(log).transformations == layers.transformations


def test_roads_are_stopped_by_a_barrier_of_a_file_when_it_says_so(
    tmp_path: Path, layers: Layers
) -> None:
    path = _written(tmp_path, shapely.LineString([(41, 36), (42, 36)]))

    (found,) = barrier_lines(_with_barrier({"file": str(path), "roads": "stop"}), layers)

    assert found.stops_roads


def test_what_is_mended_in_a_barriers_or_an_origins_file_is_told(
    tmp_path: Path, layers: Layers, sample: Scenario
) -> None:
    bow_tie = shapely.Polygon([(41.1, 36.3), (41.2, 36.4), (41.2, 36.3), (41.1, 36.4)])
    path = _written(tmp_path, bow_tie, crs=32637)
    log = ReadingLog()

    resolve_endpoints(
        [Endpoint(name="camp", file=str(path))], layers, sample, role="origins", log=log
    )

    assert any(finding.startswith("camp: ") for finding in log.findings)
    assert len(layers.with_log(log).transformations) == 2


def _written(folder: Path, shape: shapely.Geometry, *, crs: int = 4326) -> Path:
    path = folder / "shape.gpkg"
    gpd.GeoSeries([shape], crs=4326).to_crs(crs).to_file(path)
    return path


@pytest.mark.parametrize(("front", "west_is_left"), [((41.0, 36.0), True), ((43.0, 36.0), False)])
@pytest.mark.parametrize("north", [True, False])
def test_the_front_of_a_barrier_is_on_the_left_of_its_lines(
    tmp_path: Path, layers: Layers, front: tuple[float, float], *, west_is_left: bool, north: bool
) -> None:
    wall = shapely.LineString([(42, 35.8), (42, 36.0), (42.02, 36.2)])
    path = _written(tmp_path, wall if north else wall.reverse())
    back = {"on_foot": 9.0, "vehicle": 9.0}

    (found,) = barrier_lines(
        _with_barrier({"file": str(path), "front": front, "back_delay_minutes": back}), layers
    )

    ends = shapely.get_coordinates(found.lines[0])
    assert (ends[-1, 1] > ends[0, 1]) == west_is_left


def test_a_barrier_that_is_in_its_file_twice_counts_once(tmp_path: Path, layers: Layers) -> None:
    wall = shapely.LineString([(42, 35.8), (42, 36.0), (42.02, 36.2)])
    part = shapely.LineString([(42.01, 36.1), (42, 36.0)])
    path = tmp_path / "wall.geojson"
    gpd.GeoSeries([wall, wall.reverse(), part], crs=4326).to_file(path)
    log = ReadingLog()
    back = {"on_foot": 9.0, "vehicle": 9.0}
    (once,) = barrier_lines(
        _with_barrier({"file": str(path), "front": (41.0, 36.0), "back_delay_minutes": back}),
        layers,
        log=log,
    )

    assert len(once.lines) == 1
    assert shapely.length(once.lines).sum() == pytest.approx(44_500, rel=0.01)
    assert log.findings == [
        (
            "wall: rows 1 and 2 left out: the same lines are in row 0, and count once "
            "(rows count from 0)"
        )
    ]


def test_a_border_that_is_in_the_layer_twice_counts_once(layers: Layers) -> None:
    again = layers["borders"].assign(id=lambda rows: rows["id"] + "-again")
    twice = gpd.GeoDataFrame(
        pd.concat([layers["borders"], again], ignore_index=True), crs=layers.area.working.crs
    )
    some = Layers(layers.area, {"borders": twice}, (), (), ())
    log = ReadingLog()
    (once,) = barrier_lines(
        _with_barrier({"borders": ["IRQ-SYR-1", "IRQ-SYR-1-again"]}), some, log=log
    )

    assert shapely.length(once.lines).sum() == pytest.approx(262_900, rel=0.01)
    assert log.findings == [
        (
            "wall: border IRQ-SYR-1-again left out: the same lines are in border IRQ-SYR-1, "
            "and count once"
        )
    ]


def test_a_front_without_a_way_back_is_refused() -> None:
    with pytest.raises(ScenarioError, match="front and back_delay_minutes go together"):
        _with_barrier({"borders": ["IRQ-SYR-1"], "front": (41.0, 36.0)})


def test_a_barrier_that_follows_nothing_known_is_refused(layers: Layers) -> None:
    with pytest.raises(ScenarioError, match=r"barriers\[0\] 'wall' .* are IRQ-SYR-1, IRQ-TUR-1"):
        barrier_lines(_with_barrier({"borders": ["SYR-JOR-1"]}), layers)
