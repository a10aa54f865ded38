"""What a study's posts see, where the elevation is finer than the working grid."""

from collections.abc import Callable
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from affine import Affine

from corridors.detection import Detection
from corridors.elevation import read_elevation
from corridors.ensemble.change import surroundings
from corridors.ensemble.draws import Draws, drawn_inputs
from corridors.ensemble.plan import plan_of
from corridors.movement import MovementGraph
from corridors.scenario import load_scenario
from corridors.sight import PERSON_M, line_of_sight, sight_elevation
from corridors.study import Ground, sight, study_flow, study_ground, study_worth
from corridors.study.sight import fine_grounds, sight_over

ZONE = "EPSG:32736"
WALL_X = 448_050.0
SCENARIO = """
title = "A narrow bank"
as_of = 2024-05-01
[area]
bbox = [32.46, -16.06, 32.58, -15.96]
crs = "EPSG:32736"
cell_m = 500
neighbours = 8
[layers]
elevation = { file = "dem.tif" }
borders = { file = "border.gpkg" }
checkpoints = { file = "posts.gpkg" }
[[profiles]]
name = "walk"
share = 1.0
mode = "foot"
[[origins]]
name = "north"
point = [32.475, -15.985]
[[destinations]]
name = "east"
point = [32.565, -16.01]
[worth]
candidates = 3
[flow]
travellers = 20
perception_km = 2
[uncertainty]
ranges = 0.2
elevation_rmse_m = 0.2
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Callable[[float], Ground]:
    """Return the ground of a study whose elevation has cells of some size."""
    folder = tmp_path_factory.mktemp("bank")
    line = shapely.LineString([(452_000, 8_220_000), (452_300, 8_240_000)])
    gpd.GeoDataFrame({"id": ["b"], "name": ["b"]}, geometry=[line], crs=ZONE).to_file(
        folder / "border.gpkg"
    )
    posts = {
        "id": ["a", "blind"],
        "name": ["a", "blind"],
        "kind": "watch_post",
        "range_m": [2500.0, 1.0],
        "probability": 0.5,
    }
    at = shapely.points([(447_000, 8_230_000), (450_000, 8_227_000)])
    gpd.GeoDataFrame(posts, geometry=at, crs=ZONE).to_file(folder / "posts.gpkg")

    def ground(cell_m: float) -> Ground:
        rows, columns = int(16_000 / cell_m), int(18_000 / cell_m)
        x = 439_500 + (np.arange(columns) + 0.5) * cell_m
        heights = np.full((rows, columns), 500, "float32")
        # A bank 100 m wide and 5 m high from north to south: of a mean over 500 m some 1.5 m.
        heights[:] += (
            5.0 * np.clip(1 - (np.abs(x - WALL_X) - 50) / cell_m, 0, 1) * min(100 / cell_m, 1)
        )
        profile = {"driver": "GTiff", "height": rows, "width": columns, "count": 1}
        transform = Affine(cell_m, 0, 439_500, 0, -cell_m, 8_237_500)
        with rasterio.open(
            folder / "dem.tif", "w", crs=ZONE, transform=transform, dtype="float32", **profile
        ) as dem:
            dem.write(heights, 1)
        path = folder / "scenario.toml"
        path.write_text(SCENARIO, encoding="utf-8")
        return study_ground(load_scenario(path))

    return ground


@pytest.fixture(scope="module")
def fine(study: Callable[[float], Ground]) -> Ground:
    return study(50.0)


def finer(ground: Ground) -> tuple[sight.FineGround | None, ...]:
    return fine_grounds(ground.scenario, ground.layers, ground.terrain, ground.detection.sensors)


def points(ground: Ground) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    x, y = ground.terrain.grid.centres()
    place = ground.detection.sensors.place[0]
    near = np.hypot(x - place.x, y - place.y) <= 2500
    return np.column_stack([x, y])[near]


def farthest_west_end(graph: MovementGraph, seen: Detection) -> float:
    """Return how far east the western ends of arcs lie that the first post sees anything of.

    Of arcs whose two ends are within its range.
    """
    arc = np.repeat(np.arange(graph.arc_count), np.diff(seen.indptr))
    arcs = arc[(seen.which == 0) & (seen.rate > 0)]
    ends = np.stack([graph.tails[arcs], graph.heads[arcs]])
    place = seen.sensors.place[0]
    within = np.hypot(graph.x[ends] - place.x, graph.y[ends] - place.y) <= seen.sensors.range_m[0]
    some = within.all(axis=0)
    assert some.sum() > 10
    return float(graph.x[ends[:, some]].min(axis=0).max())


def test_a_narrow_bank_hides_what_a_mean_over_cells_would_show(fine: Ground) -> None:
    sensors = fine.detection.sensors
    coarse = sight_over(fine.terrain, sensors)
    found = sight_over(fine.terrain, sensors, finer(fine))
    xy = points(fine)
    behind = xy[:, 0] > WALL_X + 300
    assert behind.sum() > 5
    assert not found(0, xy[behind]).any()
    assert coarse(0, xy[behind]).any()
    assert found(0, xy[xy[:, 0] < WALL_X - 300]).all()


def test_a_post_sees_what_exact_lines_over_the_whole_elevation_say(fine: Ground) -> None:
    scenario, grid = fine.scenario, fine.terrain.grid
    source = read_elevation(scenario.path("dem.tif"), fine.layers.area, bounds=grid.bounds)
    whole = sight_elevation(source, crs=grid.crs, bounds=grid.bounds, cell_m=50.0)
    sensors, xy = fine.detection.sensors, points(fine)
    truth = line_of_sight(
        whole,
        [sensors.place[0].x, sensors.place[0].y],
        xy,
        observer_height_m=float(sensors.sight_height_m[0]),
        target_height_m=PERSON_M,
    )["visible"].to_numpy()
    found = sight_over(fine.terrain, sensors, finer(fine))(0, xy)
    np.testing.assert_array_equal(found, truth)
    assert 0 < truth.mean() < 1


def test_the_study_itself_looks_over_the_finer_ground(fine: Ground) -> None:
    assert farthest_west_end(fine.graph, fine.detection) < WALL_X + 300
    flow = study_flow(fine)
    worth = study_worth(fine, flow)
    assert len(worth.candidates) == 3
    # Nobody knows of posts: the map says of a place what trying a sensor there does.
    assert worth.grain.step == 1
    assert worth.grain.cell_m == pytest.approx(50.0, rel=1e-3)
    np.testing.assert_allclose(
        worth.candidates["worth_unaware"], worth.candidates["worth"], atol=1e-12
    )


def test_what_a_place_is_worth_does_not_hang_on_how_many_are_tried(
    fine: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    flow = study_flow(fine)
    monkeypatch.setattr(sight, "CELLS_MAX", 20_000)  # enough for one in cells of 50 m, not for two
    found = []
    for count in (1, 8):
        wanted = fine.scenario.worth.model_copy(update={"candidates": count})
        scenario = fine.scenario.model_copy(update={"worth": wanted})
        found.append(study_worth(replace(fine, scenario=scenario), flow).candidates)
    assert [len(one) for one in found] == [1, 8]
    assert found[0]["worth"].iloc[0] == found[1]["worth"].iloc[0]
    np.testing.assert_allclose(found[1]["worth"], found[1]["worth_unaware"], atol=1e-12)


def test_where_lines_of_sight_are_too_many_the_map_of_worth_looks_over_coarser_ground(
    fine: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    flow = study_flow(fine)
    fit = study_worth(fine, flow)
    # Cells that lines of sight from every walkable cell to what is within 3 km cross, by hand.
    graph, grid = fine.graph, fine.terrain.grid
    heads = graph.heads[flow.passages.used[0]]
    x, y = (axis.ravel()[fine.terrain.walkable.ravel()] for axis in grid.centres())
    away = np.hypot(x[:, None] - graph.x[heads], y[:, None] - graph.y[heads])
    lines = 2 * (away <= 3000.0).sum() * 3000.0 * 8 / (3 * np.pi)
    monkeypatch.setattr(sight, "SAMPLED", len(x))
    cell_m = fine.terrain.grid.cell_m
    for cell, expected, step in (
        (200.0, 200.0, 1),
        (0.9 * cell_m, cell_m, 1),
        (3.9 * cell_m, cell_m, 2),
    ):
        monkeypatch.setattr(sight, "PATCHES_MAX", lines / cell)
        found = study_worth(fine, flow)
        assert found.grain.step == step
        assert found.grain.cell_m == pytest.approx(expected, rel=1e-6)
        if step == 1:
            every = found.unaware
    # Of each four cells the one that is looked from has its own value, and the others that.
    values = found.unaware
    walkable = fine.terrain.walkable
    np.testing.assert_array_equal(values[1::2, 1::2], every[1::2, 1::2])
    even = values[: values.shape[0] // 2 * 2, : values.shape[1] // 2 * 2]
    corner = np.repeat(np.repeat(even[1::2, 1::2], 2, axis=0), 2, axis=1)
    known = walkable[: even.shape[0], : even.shape[1]] & np.isfinite(corner)
    np.testing.assert_array_equal(even[known], corner[known])
    assert known.any()
    # The same grain again, whatever would fit.
    monkeypatch.setattr(sight, "PATCHES_MAX", 1e12)
    again = study_worth(fine, flow, grain=found.grain)
    np.testing.assert_array_equal(again.unaware, values)
    assert fit.grain != found.grain


def test_elevation_as_coarse_as_the_grid_is_not_read_again(
    study: Callable[[float], Ground],
) -> None:
    assert finer(study(450.0)) == (None, None)


def test_what_sees_nothing_needs_no_ground_and_many_cells_make_larger_ones(
    study: Callable[[float], Ground], monkeypatch: pytest.MonkeyPatch
) -> None:
    ground = study(50.0)
    own, _ = finer(ground)
    assert own is not None
    assert own.terrain.grid.cell_m == pytest.approx(50.0, rel=1e-3)
    monkeypatch.setattr(sight, "CELLS_MAX", 2500)
    larger, _ = finer(ground)
    assert larger is not None
    assert larger.terrain.grid.cell_m == pytest.approx(100.0, rel=0.01)
    monkeypatch.setattr(sight, "CELLS_MAX", 100)
    assert finer(ground) == (None, None)


def test_members_look_over_the_finer_ground_with_their_own_error(fine: Ground) -> None:
    plan = plan_of(fine, 20)
    assert plan.finer[0] is not None
    # One range in a hundred grows by half: the logarithm's deviation is 0.198.
    assert plan.finer[0].reach_m == pytest.approx(2500 * np.exp(2.33 * 0.198), rel=1e-3)
    draws = Draws(plan.scenario.seed, 0)
    drawn = drawn_inputs(plan.scenario, ["a", "blind"], draws)
    seen = surroundings(plan, drawn, draws).detection
    assert farthest_west_end(plan.graph, seen) < WALL_X + 300


def test_a_range_beyond_the_finer_ground_looks_over_the_grid(fine: Ground) -> None:
    sensors, own = fine.detection.sensors, finer(fine)
    farther = type(sensors)(**{**vars(sensors), "range_m": sensors.range_m * 1.01})
    xy = points(fine)
    np.testing.assert_array_equal(
        sight_over(fine.terrain, farther, own)(0, xy), sight_over(fine.terrain, farther)(0, xy)
    )
