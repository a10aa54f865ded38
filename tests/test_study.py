"""The Sinjar study end to end, on the bundled data."""

import itertools
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
import rasterio
import shapely

import corridors
from corridors.study import Study
from tests.export.rfc7946 import assert_rfc7946

DATA = Path(__file__).parents[1] / "data"
LAYERS = [
    "alternatives",
    "border_segments",
    "buffers",
    "checkpoints",
    "corridors",
    "crossings",
    "endpoints",
    "incidents",
    "network",
    "paths",
    "support",
    "worth",
]


@pytest.fixture(scope="module")
def study() -> Study:
    return corridors.analyse(corridors.load_scenario(DATA / "scenario.toml"))


@pytest.fixture(scope="module")
def results(study: Study, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("sinjar")
    corridors.write_study(study, folder)
    return folder


def test_all_outputs_are_there(results: Path) -> None:
    names = {path.name for path in results.iterdir()}
    assert names == {
        *(f"{layer}.geojson" for layer in LAYERS),
        "study.gpkg",
        "marginal_value.tif",
        "passages.tif",
        "travel_time.tif",
        "marginal_value.qml",
        "passages.qml",
        "travel_time.qml",
        "map.html",
        "map.png",
        "report.html",
        "summary.json",
        "manifest.json",
    }


@pytest.mark.parametrize("layer", LAYERS)
def test_every_geojson_keeps_rfc_7946(results: Path, layer: str) -> None:
    assert_rfc7946(results / f"{layer}.geojson")


def test_sinjar_to_mosul_by_road_is_about_124_km(study: Study) -> None:
    places = study.layers["places"].set_index("name")
    sites = gpd.GeoDataFrame(
        {"name": ["Sinjar", "Mosul"]},
        geometry=[places.geometry["Sinjar"], places.geometry["Mosul"]],
        crs=places.crs,
    )
    table = corridors.road_distances(study.network, sites)
    km = table.loc[(table["from"] == "Sinjar") & (table["to"] == "Mosul"), "km"]
    assert km.item() == pytest.approx(124, abs=5)


def test_the_road_from_qamishli_that_cuts_the_border_8_km_from_rabia_is_cut(study: Study) -> None:
    cuts = [cut for cut in study.network.report.border_cuts if cut.nearest_crossing_id == "rabia"]
    assert [round(cut.distance_m, -3) for cut in cuts] == [8000]


def test_al_hawl_to_tal_afar_goes_round_the_ridge(study: Study) -> None:
    # The crest of the Sinjar ridge: the cells above 1,000 m.
    elevation = study.terrain.elevation_m
    crest = (elevation > 1000).ravel()
    x, y = study.terrain.grid.centres()
    sinjar = study.layers["places"].set_index("name").geometry["Sinjar"]
    crest &= np.hypot(x - sinjar.x, y - sinjar.y) < 60_000
    assert crest.any()
    ridge = shapely.convex_hull(shapely.multipoints(np.column_stack([x[crest], y[crest]])))
    paths = study.paths.set_index(["origin", "destination"])
    for path in paths.loc[("al-Hawl", "Tal Afar"), "geometry"]:
        assert not path.intersects(ridge)


def test_every_border_crossing_is_counted_in_one_stretch(study: Study) -> None:
    crossed = study.paths[study.paths["border_crossings"] > 0]
    assert study.border_segments["share"].sum() == pytest.approx(crossed["share"].sum())
    assert study.paths["share"].sum() == pytest.approx(1)


def test_the_shares_of_the_stretches_of_border_sum_to_one(study: Study) -> None:
    stretches = study.border_segments
    assert stretches["share"].sum() == pytest.approx(1)
    by_profile = [f"share_{profile.name}" for profile in study.scenario.profiles]
    np.testing.assert_allclose(stretches[by_profile].sum(axis=1), stretches["share"], atol=1e-12)
    assert (stretches["share_low"] <= stretches["share"]).all()
    assert (stretches["share"] <= stretches["share_high"]).all()
    assert (stretches["gate_share"] <= stretches["share"] + 1e-12).all()


def test_every_band_holds_those_of_smaller_shares(study: Study) -> None:
    bands = study.corridors[study.corridors["kind"] == "band"].sort_values("share")
    assert bands["share"].tolist() == [0.5, 0.8, 0.95]
    assert (bands["share_held"] >= bands["share"]).all()
    for inner, outer in itertools.pairwise(bands.geometry):
        assert outer.buffer(1e-6).contains(inner)


def test_passages_are_described_and_add_up(study: Study, results: Path) -> None:
    with rasterio.open(results / "passages.tif") as raster:
        assert raster.descriptions == ("share", "share_low", "share_high", "density")
        assert raster.units == ("1", "1", "1", "m/km2")
        share, low, high, density = raster.read(masked=True)
    assert (low <= share).all()
    assert (share <= high).all()
    assert 0.2 < share.max() <= 1
    # All that a transit travels on average is somewhere on the map.
    km = study.flow.passages.km().mean()
    assert density.sum() * (study.terrain.grid.cell_m / 1e3) ** 2 / 1e3 == pytest.approx(
        km, rel=0.01
    )


def test_nobody_passes_a_closed_crossing_and_that_is_certain(results: Path) -> None:
    crossings = gpd.read_file(results / "crossings.geojson")
    nodes = ", ".join(crossings["network_nodes"]).split(", ")
    roads = gpd.read_file(results / "network.geojson")
    assert set(roads.geom_type) == {"LineString"}
    assert {int(node) for node in nodes if node} <= {*roads["from_node"], *roads["to_node"]}
    closed = ~crossings["open"].astype(bool)
    assert closed.any()
    assert (crossings.loc[closed, ["share", "share_low", "share_high"]] == 0).all(axis=None)
    assert (crossings.loc[~closed, "share_high"] > 0).all()


def test_the_ways_of_a_journey_begin_with_the_least_and_share_at_most_half(study: Study) -> None:
    ways = study.alternatives
    best = ways[ways["rank"] == 1].reset_index(drop=True)
    assert best.geometry.geom_equals(study.paths.geometry).all()
    assert ways["overlap"].max() <= 0.5
    assert ways.groupby(["origin", "destination", "profile"]).size().between(1, 3).all()
    assert len(ways) > 2 * len(best)


def test_the_summary_says_how_travellers_fare_and_how_sure_it_is(results: Path) -> None:
    flow = json.loads((results / "summary.json").read_text())["flow"]
    assert flow["travellers"] == flow["arrived"] == 400
    detour = flow["detour"]
    assert detour["low"] < detour["estimate"] < detour["high"]
    assert detour["estimate"] == pytest.approx(0.1, rel=0.05)
    assert [row["travellers"] for row in flow["convergence"]] == [100, 200, 300, 400]
    assert sum(row["share"] for row in flow["journeys"]) == pytest.approx(1)
    assert [band["share"] for band in flow["bands"]] == [0.5, 0.8, 0.95]


def test_the_shortest_way_is_that_of_networkx_on_the_same_graph(study: Study) -> None:
    journey = study.journeys.items[0]
    scenario = study.scenario
    hours = corridors.arc_hours(study.graph, scenario.profiles[0], scenario)
    # Around the path only: networkx takes minutes for the whole.
    near = np.zeros(study.graph.node_count, dtype=bool)
    corridor = journey.extra_hours.ravel() <= 0.05 * journey.hours
    near[: study.graph.grid.size] = corridor
    near[study.graph.grid.size :] = True
    keep = near[study.graph.tails] & near[study.graph.heads] & np.isfinite(hours)
    graph = nx.DiGraph()
    graph.add_weighted_edges_from(
        zip(
            study.graph.tails[keep].tolist(),
            study.graph.heads[keep].tolist(),
            hours[keep].tolist(),
            strict=True,
        )
    )
    least = nx.dijkstra_path_length(graph, int(journey.nodes[0]), int(journey.nodes[-1]))
    assert least == pytest.approx(journey.hours, rel=1e-9)


def test_the_exposure_index_is_the_product_of_its_components(study: Study) -> None:
    posts = study.checkpoints
    product = posts["attack_chance"] * posts["isolation"] * posts["transit_share"]
    np.testing.assert_allclose(posts["exposure_index"], product, rtol=1e-9)
    assert (posts["exposure_index"] > 0).any()
    for name in ("attack_rate", "attack_chance", "isolation", "exposure_index", "loss"):
        assert (posts[f"{name}_low"] <= posts[name] + 1e-12).all(), name
        assert (posts[name] <= posts[f"{name}_high"] + 1e-12).all(), name
        assert (posts[name] >= 0).all()
    assert (posts["people"] > 0).any()
    assert (posts["border_km"] > 5).any()


def test_attacks_without_a_place_are_spread_and_not_lost(study: Study) -> None:
    record = study.risk.record
    assert record.kinds == ("attack",)
    assert (len(record.attacks), int(record.attacks["synthetic"].sum())) == (8, 4)
    assert record.years == pytest.approx(392 / 365.25)
    # Those of 14 January can have been anywhere within 140 km: a two hundredth of each here.
    far = study.checkpoints["attacks"].min()
    assert 0 < far <= 4 * (10 / 140) ** 2 * 1.001
    assert study.checkpoints["attacks"].sum() < 8


def test_ranks_are_told_with_how_stable_they_are(study: Study) -> None:
    posts = study.checkpoints
    for name in ("transit_share", "first_catch", "loss", "exposure_index"):
        ranked = posts[posts[f"{name}_rank"].notna()]
        assert (ranked[f"{name}_rank"].min(), len(ranked)) == (1, (posts[name] > 0).sum())
        assert (ranked[f"{name}_rank_low"] <= ranked[f"{name}_rank_high"]).all()
        assert posts[f"{name}_often_first"].sum() == pytest.approx(1.0)
        assert posts[f"{name}_often_top"].sum() == pytest.approx(3.0)
        first = ranked.loc[ranked[f"{name}_rank"].idxmin()]
        assert first[f"{name}_often_first"] == ranked[f"{name}_often_first"].max()


def test_help_is_later_in_rain_and_never_before_a_base_is_ready(study: Study) -> None:
    table = study.help.table(study.layers["checkpoints"])
    assert len(table) == 15 * (4 + 2)
    assert (table["hours_clear"] < table["hours"]).all()
    ready = study.layers["bases"].set_index("name")["readiness_minutes"] / 60
    from_base = table[table["role"] == "base"]
    assert (from_base["hours_clear"] >= from_base["name"].map(ready)).all()
    least = from_base.groupby("post_id")["hours"].min()
    np.testing.assert_allclose(
        study.checkpoints.set_index("id")["hours_from_base"], least[study.checkpoints["id"]]
    )


def test_the_summary_says_what_rates_of_attacks_rest_on(results: Path) -> None:
    told = json.loads((results / "summary.json").read_text())
    attacks = told["attacks"]
    assert (attacks["count"], attacks["synthetic"], attacks["since"]) == (8, 4, "2019-01-04")
    region = attacks["a_year_on_a_post_of_the_region"]
    assert region["low"] < region["estimate"] < region["high"]
    assert len(told["support"]) == 90
    assert any("Posts are taken to hold for" in limit for limit in told["limits"])


def test_areas_of_buffers_are_right_to_half_a_percent(results: Path) -> None:
    rings = gpd.read_file(results / "buffers.geojson")
    rings = rings[(rings["of"] == "checkpoint") & (rings["radius_m"] == 5000)]
    # Measured afresh, in a system that the study did not use.
    area_km2 = rings.to_crs("ESRI:54034").area / 1e6
    np.testing.assert_allclose(area_km2, np.pi * 25, rtol=0.005)


def test_what_is_synthetic_is_said_everywhere(results: Path) -> None:
    for layer in ("checkpoints", "buffers", "incidents"):
        table = json.loads((results / f"{layer}.geojson").read_text())
        assert table["synthetic"] is True
        assert "Synthetic" in table["synthetic_note"]
    manifest = json.loads((results / "manifest.json").read_text())
    assert set(manifest["synthetic_inputs"]) == {
        "bases",
        "checkpoints",
        "reinforcements",
        "some incidents",
    }
    page = (results / "map.html").read_text(encoding="utf-8")
    assert "They stand for nothing real" in page


def test_the_geopackage_holds_every_layer_in_the_working_crs(study: Study, results: Path) -> None:
    layers = set(gpd.list_layers(results / "study.gpkg")["name"])
    assert set(LAYERS) <= layers
    assert {"borders", "crossings", "places", "layer_styles"} <= layers
    paths = gpd.read_file(results / "study.gpkg", layer="paths")
    assert paths.crs == study.layers.area.working.crs
    assert len(paths) == len(study.paths)


def test_travel_time_has_a_band_for_each_profile(results: Path) -> None:
    with rasterio.open(results / "travel_time.tif") as raster:
        assert raster.descriptions == ("travel_time_on_foot", "travel_time_vehicle")
        assert raster.units == ("h", "h")
        hours = raster.read(1)
    assert np.nanmin(hours) == 0
    assert 20 < np.nanmax(hours) < 200


def test_the_manifest_names_inputs_versions_and_outputs(results: Path) -> None:
    manifest = json.loads((results / "manifest.json").read_text())
    assert manifest["scenario"]["title"] == "Sinjar, January 2020"
    assert manifest["seed"] == 20200114
    assert "terrain/elevation.tif" in manifest["inputs"]
    assert len(manifest["transformations"]) >= 1
    assert {"corridors", "GEOS", "GDAL (rasterio)", "GDAL (pyogrio)", "PROJ (pyproj)"} <= set(
        manifest["versions"]
    )
    # The manifest cannot hold its own hash; all else is in it.
    recorded = {record["file"] for record in manifest["outputs"]}
    assert recorded == {path.name for path in results.iterdir()} - {"manifest.json"}


def test_the_same_scenario_gives_the_same_bytes_whatever_surrounds_it(
    results: Path, tmp_path: Path
) -> None:
    # A large environment moves what lies on the stack; other kernels of the linear algebra library
    # add in another order. Neither may be seen in a result.
    bare = {"PATH": os.defpath, "HOME": str(tmp_path), "FILLER": "x" * 50_001}
    other = {"OPENBLAS_CORETYPE": "Nehalem", "OPENBLAS_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "corridors", "run", str(DATA / "scenario.toml")]
    out = tmp_path / "again"
    subprocess.run([*command, "--out", str(out), "--quiet"], env=bare | other, check=True)
    for path in sorted(results.iterdir()):
        assert (out / path.name).read_bytes() == path.read_bytes(), path.name


@pytest.mark.parametrize("cell_m", [1000])
def test_another_cell_size_is_one_key_away_and_agrees(study: Study, cell_m: int) -> None:
    coarse = study.scenario.model_copy(
        update={"area": study.scenario.area.model_copy(update={"cell_m": cell_m})}
    )
    hours = corridors.analyse(coarse).paths["hours"].to_numpy()
    np.testing.assert_allclose(hours, study.paths["hours"], rtol=0.06)
