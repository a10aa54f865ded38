"""Roads, elevation and climate hold the facts the study rests on."""

import csv
import itertools
from functools import cache, partial

import networkx as nx
import numpy as np
import pytest
import rasterio
import shapely
from shapely.geometry import LineString

from tests.sample_data.bundle import (
    DATA,
    GEOD,
    LonLat,
    distance_km,
    geometries,
    iraq_syria,
    metres,
    place,
    provenance,
    rows,
)


@cache
def road_graph(*, with_joins: bool = True) -> "nx.Graph[LonLat]":
    graph: nx.Graph[LonLat] = nx.Graph()
    lines = geometries("roads/roads.geojson")
    for row in rows("roads/roads.geojson"):
        if row["joined"] and not with_joins:
            continue
        points = [(lon, lat) for lon, lat, *_ in lines[row["id"]].coords]
        for a, b in itertools.pairwise(points):
            graph.add_edge(a, b, km=distance_km(a, b))
    return graph


def road_km(start: str, end: str, *, with_joins: bool = True) -> float:
    graph = road_graph(with_joins=with_joins)
    source, target = (
        min(graph, key=partial(distance_km, (at.x, at.y))) for at in (place(start), place(end))
    )
    return float(nx.shortest_path_length(graph, source, target, weight="km"))


def test_sinjar_to_mosul_by_road_is_about_124_km() -> None:
    assert road_km("Sinjar", "Mosul") == pytest.approx(124, abs=6)


def test_tal_afar_to_mosul_is_76_km_once_the_gap_is_joined() -> None:
    assert road_km("Tal Afar", "Mosul") == pytest.approx(76, abs=2)
    assert road_km("Tal Afar", "Mosul", with_joins=False) > 200


@pytest.mark.parametrize("name", ["Ba'aj", "Sinuni", "Rabia", "al-Hawl", "Hatra", "Tal Hamis"])
def test_places_the_source_leaves_out_have_a_road(name: str) -> None:
    lines = shapely.union_all(list(geometries("roads/roads.geojson").values()))
    assert place(name).distance(lines) < 1e-6
    assert road_km(name, "Mosul") < 400


def test_road_edges_have_length_and_occur_once() -> None:
    seen: set[tuple[tuple[float, ...], ...]] = set()
    for key, line in geometries("roads/roads.geojson").items():
        points = tuple(line.coords)
        forward = min(points, points[::-1])
        assert GEOD.geometry_length(line) > 1, key
        assert forward not in seen, key
        seen.add(forward)


def test_gap_closers_are_short_and_drawn_roads_are_marked() -> None:
    for row in rows("roads/roads.geojson"):
        assert row["road_class"] in {"primary", "secondary", "track"}
        if row["joined"]:
            assert row["length_km"] <= 0.6
        if row["id"].startswith("gc-"):
            assert row["generalised"]


def border_crossings_km(prefix: str) -> dict[str, float]:
    """Furthest that roads with this prefix cross the border from a crossing, by road."""
    gates = metres(shapely.union_all(list(geometries("crossings/crossings.geojson").values())))
    found: dict[str, float] = {}
    for key, line in geometries("roads/roads.geojson").items():
        met = line.intersection(iraq_syria())
        if key.startswith(prefix) and not met.is_empty:
            found[key] = max(metres(p).distance(gates) for p in shapely.get_parts(met)) / 1000
    return found


def test_drawn_roads_cross_the_border_only_at_crossings() -> None:
    assert all(km <= 0.5 for km in border_crossings_km("gc-").values())
    assert all(km <= 0.5 for km in border_crossings_km("join-").values())


def test_the_chord_that_crosses_away_from_rabia_is_left_for_the_software_to_find() -> None:
    away_km = sorted(border_crossings_km("sg-").values())
    assert away_km[-1] == pytest.approx(8, abs=1)


@pytest.mark.parametrize("crossing", ["rabia", "semalka"])
def test_official_crossings_are_reached_by_road_from_both_sides(crossing: str) -> None:
    at = geometries("crossings/crossings.geojson")[crossing]
    countries = geometries("boundaries/countries.geojson")
    met = [line for line in geometries("roads/roads.geojson").values() if line.distance(at) < 1e-6]
    for country in ("IRQ", "SYR"):
        assert any(line.intersection(countries[country]).length > 0.005 for line in met)


def test_the_name_of_the_ridge_lies_along_its_crest() -> None:
    (ridge,) = geometries("places/landmarks.geojson").values()
    with rasterio.open(DATA / "terrain/elevation.tif") as elevation:
        heights = elevation.read(1)
        for lon in np.arange(41.5, 41.96, 0.05):
            column = elevation.index(lon, 36.3)[1]
            rows_of_it = [elevation.index(lon, lat)[0] for lat in (36.6, 36.1)]
            crest = rows_of_it[0] + int(heights[rows_of_it[0] : rows_of_it[1], column].argmax())
            at = elevation.xy(crest, column)
            on_line = ridge.intersection(LineString([(lon, 36), (lon, 37)]))
            assert heights[crest, column] > 800
            assert distance_km(at, (on_line.x, on_line.y)) < 5.0


# Elevation and climate


def test_elevation_is_a_tiled_grid_with_overviews_that_reaches_past_the_box() -> None:
    west, south, east, north = provenance()["study_box"]
    with rasterio.open(DATA / "terrain/elevation.tif") as grid:
        assert grid.crs.to_epsg() == 4326
        assert grid.dtypes == ("int16",)
        assert grid.nodata is not None
        assert grid.profile["tiled"]
        assert grid.overviews(1)
        assert grid.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert grid.bounds.left == pytest.approx(west - 0.1)
        assert grid.bounds.bottom == pytest.approx(south - 0.1)
        assert grid.bounds.right == pytest.approx(east + 0.1)
        assert grid.bounds.top == pytest.approx(north + 0.1)


def test_sinjar_ridge_stands_where_it_should() -> None:
    with rasterio.open(DATA / "terrain/elevation.tif") as grid:
        heights = grid.read(1)
        row, col = grid.index(41.846, 36.388)
        assert heights[row, col] == 1415
        window = heights[row - 30 : row + 30, col - 30 : col + 30]
        assert window.max() == 1415


@pytest.mark.parametrize(
    ("name", "height_m"),
    [("Sinjar", 517), ("Mosul", 228), ("Tal Afar", 407), ("Ba'aj", 317), ("Hatra", 207)],
)
def test_towns_are_at_their_height(name: str, height_m: int) -> None:
    with rasterio.open(DATA / "terrain/elevation.tif") as grid:
        (found,) = next(grid.sample([place(name).coords[0]]))
    assert found == pytest.approx(height_m, abs=60)


def test_climate_is_in_degrees_celsius_and_millimetres_a_month() -> None:
    with (DATA / "climate/climate_monthly.csv").open(encoding="utf-8", newline="") as stream:
        table = list(csv.DictReader(stream))
    sinjar = [row for row in table if (row["lon"], row["lat"]) == ("41.75", "36.25")]
    assert [int(row["month"]) for row in sinjar] == list(range(1, 13))
    assert sum(float(row["precipitation_mm_month"]) for row in sinjar) == pytest.approx(278, abs=1)
    assert float(sinjar[0]["temperature_c"]) == pytest.approx(7.6, abs=0.1)
    assert float(sinjar[6]["temperature_c"]) == pytest.approx(34.5, abs=0.1)


def test_climate_covers_the_box_in_every_month() -> None:
    with (DATA / "climate/climate_monthly.csv").open(encoding="utf-8", newline="") as stream:
        table = list(csv.DictReader(stream))
    keys = {(row["lon"], row["lat"], row["month"]) for row in table}
    lons, lats = ({float(row[axis]) for row in table} for axis in ("lon", "lat"))
    west, south, east, north = provenance()["study_box"]
    assert len(keys) == len(table) == len(lons) * len(lats) * 12
    assert (min(lons) <= west, max(lons) >= east) == (True, True)
    assert (min(lats) <= south, max(lats) >= north) == (True, True)
