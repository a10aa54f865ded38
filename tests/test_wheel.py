"""A wheel alone, in an empty environment far from the checkout, runs the sample study."""

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "build", "--wheel", "--outdir", str(folder), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_the_sample_its_licences_and_its_types(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {
        "corridors/py.typed",
        "corridors/sample/scenario.toml",
        "corridors/sample/provenance.json",
        "corridors/sample/roads/LICENCE.md",
        "corridors/sample/terrain/elevation.tif",
    } <= names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert any("LICENSE-leaflet" in name for name in names)
    assert not any(name.startswith("tests/") for name in names)


def test_the_wheel_alone_makes_and_runs_the_sample_study(wheel: Path, tmp_path: Path) -> None:
    environment = tmp_path / "environment"
    venv.create(environment, with_pip=True)
    scripts = environment / ("Scripts" if os.name == "nt" else "bin")
    install = [scripts / "python", "-m", "pip", "install", "--quiet", str(wheel)]
    subprocess.run(install, check=True, cwd=tmp_path)

    def corridors(*words: str) -> str:
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "COV"))}
        done = subprocess.run(
            [scripts / "corridors", *words],
            cwd=tmp_path,
            env=clean,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    corridors("init", "my-study")
    told = corridors("run", "my-study/scenario.toml")
    assert "Sinjar, January 2020" in told
    results = tmp_path / "my-study" / "results"
    assert (results / "map.html").stat().st_size > 100_000
    assert "Coordinates come out right" in corridors("doctor")
