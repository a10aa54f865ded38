"""What posts do not say of themselves is what the scenario says of their kind."""

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely

from corridors.cli import main
from corridors.errors import LayerError
from corridors.layers import KINDS, StudyArea, load_layer, load_layers
from corridors.scenario import load_scenario
from corridors.scenario.model import LayerSource, SensorSettings
from tests.layers.conftest import AS_OF

GIVEN = {
    "watch_post": SensorSettings(range_m=4000, probability=0.5),
    "road_post": SensorSettings(range_m=500),
    "patrol": SensorSettings(range_m=800, probability=0.3, revisit_hours=6),
}


def _loaded(
    path: Path,
    area: StudyArea,
    rows: list[dict[str, Any]],
    *,
    kind: str = "checkpoints",
    sensors: dict[str, SensorSettings] | None = None,
) -> tuple[gpd.GeoDataFrame, list[str]]:
    line = shapely.LineString([(41.3, 36.3), (41.4, 36.3)])
    shape = line if kind == "patrols" else shapely.Point(41.5, 36.3)
    features = [
        {
            "type": "Feature",
            "properties": {"name": f"P{row}"} | given,
            "geometry": shape.__geo_interface__,
        }
        for row, given in enumerate(rows)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    layer, findings, _ = load_layer(
        LayerSource(file=path.name),
        path,
        kind=KINDS[kind],
        area=area,
        as_of=AS_OF,
        sensors=GIVEN if sensors is None else sensors,
    )
    return layer, [text for text in findings if "probability" in text]


def test_a_post_comes_before_its_kind(tmp_path: Path, area: StudyArea) -> None:
    rows = [
        {"kind": "watch_post", "range_m": 700, "probability": None},
        {"kind": "watch_post", "range_m": None, "probability": 0.1},
        {"kind": "road_post", "range_m": None, "probability": None},
        {"kind": "patrol", "range_m": 5, "probability": None},
    ]
    layer, findings = _loaded(tmp_path / "p.geojson", area, rows)

    assert layer["range_m"].tolist() == [700.0, 4000.0, 500.0, 5.0]
    assert layer["probability"].tolist() == [0.5, 0.1, 1.0, 0.3]
    assert layer["revisit_hours"].fillna(-1).tolist() == [-1.0, -1.0, -1.0, 6.0]
    (told,) = findings
    assert told.startswith("checkpoints: 1 of its rows has no probability, and its kind has none")
    assert "taken as 1.0, which is an assumption" in told
    assert "[sensors.road_post]" in told


def test_posts_that_only_say_their_kind_are_enough(tmp_path: Path, area: StudyArea) -> None:
    layer, findings = _loaded(tmp_path / "p.geojson", area, [{"kind": "watch_post"}] * 2)

    assert layer["range_m"].tolist() == [4000.0, 4000.0]
    assert layer["probability"].tolist() == [0.5, 0.5]
    assert findings == []


def test_how_many_are_taken_as_sure_is_told(tmp_path: Path, area: StudyArea) -> None:
    only = {"watch_post": SensorSettings(range_m=5)}
    rows: list[dict[str, Any]] = [{}, {}, {"probability": 0.2}]
    layer, (told,) = _loaded(tmp_path / "p.geojson", area, rows, sensors=only)

    assert layer["probability"].tolist() == [1.0, 1.0, 0.2]
    assert "2 of its rows have no probability, and their kinds have none" in told


def test_a_post_without_a_range_is_refused_by_name(tmp_path: Path, area: StudyArea) -> None:
    rows = [{"kind": "watch_post", "range_m": 5}, {"kind": "road_post", "range_m": None}]

    with pytest.raises(LayerError) as told:
        _loaded(tmp_path / "p.geojson", area, rows, sensors={"watch_post": GIVEN["watch_post"]})
    assert "layer 'checkpoints', row 1: range_m is empty for 'P1'" in str(told.value)
    assert (
        "fill it in, or give it for all of a kind in the scenario: [sensors.road_post] range_m"
        in (str(told.value))
    )
    with pytest.raises(
        LayerError, match=r"has no column 'range_m'.*'P0' how far it sees.*name, kind"
    ):
        _loaded(tmp_path / "p.geojson", area, [{"kind": "tower_thermal"}])


def test_patrols_are_of_their_kind_too(tmp_path: Path, area: StudyArea) -> None:
    layer, findings = _loaded(tmp_path / "p.geojson", area, [{"range_m": 50}, {}], kind="patrols")

    assert layer["range_m"].tolist() == [50.0, 800.0]
    assert layer["probability"].tolist() == [0.3, 0.3]
    assert layer["revisit_hours"].tolist() == [6.0, 6.0]
    assert findings == []
    with pytest.raises(LayerError, match=r"'P0' after how long it comes back.*\[sensors.patrol\]"):
        _loaded(tmp_path / "p.geojson", area, [{"range_m": 50}], kind="patrols", sensors={})


def test_a_study_takes_ranges_from_its_sensors(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "study"
    assert main(["init", str(folder), "--quiet"]) == 0
    scenario = folder / "scenario.toml"
    table = json.loads((folder / "posts/checkpoints_synthetic.geojson").read_text("utf-8"))
    for feature in table["features"]:
        feature["properties"] = {"kind": "watch_post", "name": feature["properties"]["name"]}
    (folder / "kinds.geojson").write_text(json.dumps(table), encoding="utf-8")
    text = scenario.read_text("utf-8").replace("posts/checkpoints_synthetic", "kinds")

    scenario.write_text(text.replace("cell_m = 500", "cell_m = 5000"), encoding="utf-8")
    assert main(["validate", str(scenario)]) == 2
    assert "[sensors.watch_post] range_m" in capsys.readouterr().err

    scenario.write_text(
        text.replace("cell_m = 500", "cell_m = 5000") + "\n[sensors.watch_post]\nrange_m = 4321\n",
        encoding="utf-8",
    )
    assert main(["validate", str(scenario)]) == 0
    assert "15 of its rows have no probability" in capsys.readouterr().out
    assert set(load_layers(load_scenario(scenario))["checkpoints"]["range_m"]) == {4321.0}
