"""The same layer comes out of every format and every reference system."""

import zipfile
from pathlib import Path

import geopandas as gpd
import osmium
import pytest
import shapely
from osmium.osm.mutable import Node, Way

from corridors.crs import project
from corridors.errors import LayerError, MissingFileError
from corridors.layers import StudyArea
from tests.layers.conftest import Load


def _same(layer: gpd.GeoDataFrame, posts: gpd.GeoDataFrame, area: StudyArea) -> None:
    expected = project(posts, to_crs=area.working.crs)
    assert layer.crs == area.working.crs
    assert layer["id"].tolist() == posts["id"].tolist()
    assert layer["range_m"].tolist() == posts["range_m"].tolist()
    assert layer["kind"].tolist() == ["watch_post"] * len(posts)
    assert (shapely.distance(layer.geometry.array, expected.geometry.array) < 0.01).all()


@pytest.mark.parametrize(
    "name", ["p.geojson", "p.gpkg", "p.shp", "p.fgb", "p.parquet", "P.GEOJSON", "p.gml"]
)
def test_a_layer_is_the_same_in_every_format(
    tmp_path: Path, posts: gpd.GeoDataFrame, area: StudyArea, load: Load, name: str
) -> None:
    path = tmp_path / name
    posts.to_parquet(path) if name.endswith("parquet") else posts.to_file(path)

    # FlatGeobuf sorts its rows along a curve.
    _same(load(path)[0].sort_values("id"), posts, area)


def test_a_zipped_shapefile_is_read(
    tmp_path: Path, posts: gpd.GeoDataFrame, area: StudyArea, load: Load
) -> None:
    posts.to_file(tmp_path / "p.shp")
    with zipfile.ZipFile(tmp_path / "p.zip", "w") as archive:
        for part in sorted(tmp_path.glob("p.[!z]*")):
            archive.write(part, part.name)

    _same(load(tmp_path / "p.zip")[0], posts, area)


@pytest.mark.parametrize("epsg", [4326, 32637, 32638, 3857, 4230, 2965, 3035, 27700])
def test_a_layer_is_the_same_in_every_declared_system(
    tmp_path: Path, posts: gpd.GeoDataFrame, area: StudyArea, load: Load, epsg: int
) -> None:
    project(posts, to_crs=epsg).to_file(tmp_path / "p.gpkg")

    _same(load(tmp_path / "p.gpkg")[0], posts, area)


def test_a_crs_may_be_said_again_in_other_words(
    tmp_path: Path, posts: gpd.GeoDataFrame, area: StudyArea, load: Load
) -> None:
    posts.to_file(tmp_path / "p.shp")

    for words in ("EPSG:4326", "OGC:CRS84", "+proj=longlat +datum=WGS84 +no_defs"):
        _same(load(tmp_path / "p.shp", crs=words)[0], posts, area)


@pytest.mark.parametrize(
    ("name", "separator", "x", "y"),
    [
        ("p.csv", ",", "lon", "lat"),
        ("P.CSV", ",", "Longitude", "LATITUDE"),
        ("p.csv", ";", "x", "y"),
        ("p.tsv", "\t", "lon", "lat"),
    ],
)
def test_a_table_of_coordinates_is_a_layer_once_its_system_is_declared(
    tmp_path: Path,
    posts: gpd.GeoDataFrame,
    area: StudyArea,
    load: Load,
    name: str,
    separator: str,
    x: str,
    y: str,
) -> None:
    table = posts.drop(columns="geometry").assign(**{x: posts.geometry.x, y: posts.geometry.y})
    table.to_csv(tmp_path / name, sep=separator, index=False)

    _same(load(tmp_path / name, crs="EPSG:4326")[0], posts, area)


def test_columns_of_coordinates_may_have_any_name(
    tmp_path: Path, posts: gpd.GeoDataFrame, area: StudyArea, load: Load
) -> None:
    table = posts.drop(columns="geometry").assign(ost=posts.geometry.x, nord=posts.geometry.y)
    table.to_csv(tmp_path / "p.csv", index=False)

    with pytest.raises(LayerError, match=r"has no geometry.*x = '...'.*ost, nord"):
        load(tmp_path / "p.csv", crs="EPSG:4326")
    _same(load(tmp_path / "p.csv", crs="EPSG:4326", x="ost", y="nord")[0], posts, area)


@pytest.mark.parametrize("cell", ["", "nan", "inf", "east", "1e999"])
def test_a_table_row_without_coordinates_is_named(tmp_path: Path, load: Load, cell: str) -> None:
    (tmp_path / "p.csv").write_text(
        f"id,name,range_m,lon,lat\na,A,5,41.3,36.2\nb,B,5,{cell},36.2\n", encoding="utf-8"
    )

    with pytest.raises(LayerError, match="layer 'checkpoints', row 1"):
        load(tmp_path / "p.csv", crs="EPSG:4326")


def test_one_layer_of_several_is_taken_by_name(
    tmp_path: Path, posts: gpd.GeoDataFrame, area: StudyArea, load: Load
) -> None:
    posts.to_file(tmp_path / "all.gpkg", layer="posts")
    posts.iloc[:1].to_file(tmp_path / "all.gpkg", layer="one")

    _same(load(tmp_path / "all.gpkg", layer="posts")[0], posts, area)
    assert len(load(tmp_path / "all.gpkg", layer="one")[0]) == 1
    with pytest.raises(LayerError, match=r"has no layer 'two', only posts, one"):
        load(tmp_path / "all.gpkg", layer="two")


def test_a_condition_chooses_rows(tmp_path: Path, posts: gpd.GeoDataFrame, load: Load) -> None:
    for name in ("p.gpkg", "p.geojson", "p.shp"):
        posts.to_file(tmp_path / name)

        assert load(tmp_path / name, where="range_m > 2500")[0]["id"].tolist() == ["b"]


@pytest.mark.parametrize("name", ["b'camps.gpkg", "b'camps.geojson", "b'camps.shp"])
@pytest.mark.parametrize("where", ["nothing = 5", "range_m >", "id ~~ 3"])
def test_a_condition_that_cannot_be_followed_is_told_plainly(
    tmp_path: Path, posts: gpd.GeoDataFrame, load: Load, name: str, where: str
) -> None:
    posts.to_file(tmp_path / name, layer="b'camps")

    with pytest.raises(LayerError) as told:
        load(tmp_path / name, where=where)

    said = str(told.value)
    assert said.startswith(f"{tmp_path / name}, layer 'checkpoints': rows of its layer 'b'camps'")
    assert f"check the condition where = '{where}'" in said
    assert "over its columns id, name, range_m" in said
    assert said.count("b'camps") == 2
    assert "Invalid SQL" not in said
    assert "SELECT" not in said


@pytest.mark.parametrize("name", ["p.gpkg", "p.geojson", "p.shp", "p.fgb", "p.csv"])
def test_rows_are_counted_in_the_file_whatever_a_condition_leaves_out(
    tmp_path: Path, load: Load, name: str
) -> None:
    ranges = [10.0, -5.0, 20.0, -7.0]
    posts = gpd.GeoDataFrame(
        {"name": list("abcd"), "range_m": ranges},
        geometry=shapely.points([(41.3 + step / 10, 36.2) for step in range(4)]),
        crs=4326,
    )
    keys = {}
    if name == "p.csv":
        table = posts.drop(columns="geometry").assign(lon=posts.geometry.x, lat=posts.geometry.y)
        table.to_csv(tmp_path / name, index=False)
        keys = {"crs": "EPSG:4326"}
    else:
        # FlatGeobuf sorts its rows along a curve, unless it is asked not to.
        order = {"SPATIAL_INDEX": "NO"} if name == "p.fgb" else {}
        posts.to_file(tmp_path / name, **order)

    with pytest.raises(LayerError, match="row 3: range_m is -7"):
        load(tmp_path / name, where="range_m > 15 OR range_m < -6", **keys)
    layer, _ = load(tmp_path / name, where="range_m > 0", **keys)
    assert layer["id"].tolist() == ["checkpoints-0", "checkpoints-2"]


def test_heights_of_points_are_let_go(
    tmp_path: Path, posts: gpd.GeoDataFrame, area: StudyArea, load: Load
) -> None:
    posts.set_geometry(shapely.force_3d(posts.geometry.array, 415.0)).to_file(tmp_path / "p.gpkg")

    layer = load(tmp_path / "p.gpkg")[0]

    assert not shapely.has_z(layer.geometry.array).any()
    _same(layer, posts, area)


def test_a_second_geometry_column_is_let_go(
    tmp_path: Path, posts: gpd.GeoDataFrame, area: StudyArea, load: Load
) -> None:
    posts.assign(reach=posts.geometry).to_parquet(tmp_path / "p.parquet")

    layer = load(tmp_path / "p.parquet")[0]

    assert "reach" not in layer.columns
    _same(layer, posts, area)


@pytest.mark.parametrize("key", [{"where": "1 = 1"}, {"layer": "x"}])
def test_keys_that_parquet_cannot_follow_are_refused(
    tmp_path: Path, posts: gpd.GeoDataFrame, load: Load, key: dict[str, str]
) -> None:
    posts.to_parquet(tmp_path / "p.parquet")

    with pytest.raises(LayerError, match="not supported for GeoParquet"):
        load(tmp_path / "p.parquet", **key)


def test_a_table_that_is_no_geoparquet_is_refused(
    tmp_path: Path, posts: gpd.GeoDataFrame, load: Load
) -> None:
    posts.drop(columns="geometry").to_parquet(tmp_path / "p.parquet")

    with pytest.raises(LayerError, match="cannot be read"):
        load(tmp_path / "p.parquet")


def test_a_parquet_layer_without_crs_is_refused(
    tmp_path: Path, posts: gpd.GeoDataFrame, area: StudyArea, load: Load
) -> None:
    posts.set_crs(None, allow_override=True).to_parquet(tmp_path / "p.parquet")

    with pytest.raises(LayerError, match="declares no coordinate reference system"):
        load(tmp_path / "p.parquet")
    _same(load(tmp_path / "p.parquet", crs="EPSG:4326")[0], posts, area)


@pytest.fixture
def pbf(tmp_path: Path) -> Path:
    """Three ways of OpenStreetMap: a road, one that is only planned, and a wall."""
    path = tmp_path / "extract.osm.pbf"
    places = [(41.3, 36.2), (41.4, 36.2), (41.5, 36.3)]
    with osmium.SimpleWriter(str(path)) as writer:
        for number, place in enumerate(places, start=1):
            writer.add_node(Node(id=number, location=place, version=1))
        ways = [
            (10, [1, 2, 3], {"highway": "primary", "name": "Road 47"}),
            (11, [1, 3], {"highway": "construction"}),
            (12, [2, 3], {"barrier": "wall"}),
        ]
        for number, nodes, tags in ways:
            writer.add_way(Way(id=number, nodes=nodes, tags=tags, version=1))
    return path


def test_roads_come_out_of_an_openstreetmap_file(pbf: Path, load: Load) -> None:
    roads, _ = load(pbf, kind="roads")

    assert roads[["id", "road_class", "name"]].to_numpy().tolist() == [["10", "primary", "Road 47"]]
    assert roads.length.iloc[0] == pytest.approx(23_300, rel=0.01)


def test_a_broken_openstreetmap_file_is_refused(pbf: Path, load: Load) -> None:
    pbf.write_bytes(pbf.read_bytes()[:40])

    with pytest.raises((LayerError, MissingFileError), match=r"extract\.osm\.pbf, layer 'roads'"):
        load(pbf, kind="roads")
