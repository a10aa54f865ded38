"""A small study that runs in seconds, to break on purpose."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from corridors.cli import main

SCENARIO = """\
title = "A small study"
as_of = 2020-01-31
provenance = "provenance.json"

[area]
bbox = [41.0, 36.0, 42.0, 36.6]
cell_m = 2000

[layers]
elevation = { file = "terrain/elevation.tif" }
borders = { file = "boundaries/borders.geojson" }
places = { file = "places/places.geojson" }
camps = { file = "camps/camps.geojson" }
roads = { file = "roads/roads.geojson" }
crossings = { file = "crossings/crossings.geojson" }
checkpoints = { file = "posts/checkpoints_synthetic.geojson" }
bases = { file = "posts/bases_synthetic.geojson" }
incidents = { file = "incidents/incidents_synthetic.geojson" }

[[profiles]]
name = "on_foot"
share = 0.6
mode = "foot"

[[profiles]]
name = "vehicle"
share = 0.4
mode = "vehicle"
off_road_kmh = 15
road_kmh = { primary = 70, other = 30 }

[[origins]]
name = "al-Hawl"
place = "al-Hawl"

[[destinations]]
name = "Sinjar"
place = "Sinjar"

[[barriers]]
name = "Berm"
borders = ["IRQ-SYR-1"]
delay_minutes = { on_foot = 20, vehicle = 180 }

[crossings]
delay_minutes = { on_foot = 45, vehicle = 60 }

[exposure]
incident_radius_m = 10000
"""

FeatureCollection = dict[str, Any]


@dataclass
class Told:
    """What a command answered."""

    code: int
    out: str
    err: str


@dataclass
class Study:
    """A study on the disk, whose scenario and layers a test may change."""

    folder: Path
    capture: Callable[[], tuple[str, str]]

    @property
    def scenario(self) -> Path:
        """The scenario file."""
        return self.folder / "scenario.toml"

    def replace(self, old: str, new: str) -> None:
        """Change a text of the scenario that is there once or more."""
        text = self.scenario.read_text(encoding="utf-8")
        assert old in text
        self.scenario.write_text(text.replace(old, new), encoding="utf-8")

    def edit(self, file: str, change: Callable[[FeatureCollection], object]) -> None:
        """Change a GeoJSON layer."""
        path = self.folder / file
        table = json.loads(path.read_text(encoding="utf-8"))
        change(table)
        path.write_text(json.dumps(table), encoding="utf-8")

    def call(self, *words: object) -> Told:
        """Run a command in this process."""
        self.capture()
        try:
            code = main([str(word) for word in words])
        except SystemExit as end:
            code = int(end.code or 0)
        return Told(code, *self.capture())

    def validate(self) -> Told:
        """Check the study."""
        return self.call("validate", self.scenario)

    def files(self) -> dict[str, bytes]:
        """Return every file with its content, to see whether anything was left."""
        return {
            str(path.relative_to(self.folder)): path.read_bytes() if path.is_file() else b""
            for path in self.folder.rglob("*")
        }

    def refuses(self, *texts: str, command: str = "validate") -> str:
        """Hold that a command ends with 2, one message that holds the texts, and no file."""
        before = self.files()
        told = self.call(command, self.scenario)
        assert told.code == 2, told.err
        assert told.err.startswith("corridors: "), told.err
        assert told.err.count("corridors: ") == 1, told.err
        assert "Traceback" not in told.err
        assert "should not have happened" not in told.err
        for text in texts:
            assert text in told.err
        assert told.out == ""
        assert self.files() == before
        return told.err


@pytest.fixture(scope="session")
def bundled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bundled") / "study"
    assert main(["init", str(folder), "--quiet"]) == 0
    (folder / "scenario.toml").write_text(SCENARIO, encoding="utf-8")
    for unused in ("climate", "boundaries/governorates.geojson", "boundaries/countries.geojson"):
        path = folder / unused
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    roads = json.loads((folder / "roads/roads.geojson").read_text("utf-8"))
    roads["features"] = [feature for feature in roads["features"] if _near(feature)]
    (folder / "roads/roads.geojson").write_text(json.dumps(roads), encoding="utf-8")
    return folder


def _near(feature: dict[str, Any]) -> bool:
    """Tell whether a road has a vertex in the area: reading the others would take most time."""
    return any(41 < x < 42 and 36 < y < 36.6 for x, y in feature["geometry"]["coordinates"])


@pytest.fixture
def study(bundled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Study:
    folder = tmp_path / "study"
    shutil.copytree(bundled, folder)

    def capture() -> tuple[str, str]:
        seen = capsys.readouterr()
        return seen.out, seen.err

    return Study(folder, capture)
