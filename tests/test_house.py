"""The house stands: imports go down only, public names are there, help is instant."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import corridors

PACKAGE = Path(corridors.__file__).parent

# From the ground up. A room may import those before it, and none after it.
FLOORS = [
    "errors",
    "intervals",
    "raster",
    "crs",
    "memory",
    "processors",
    "speeds",
    "progress",
    "sample",
    "kernels",
    "interdiction",
    "scenario",
    "kept",
    "layers",
    "provenance",
    "elevation",
    "terrain",
    "sight",
    "network",
    "buffers",
    "border",
    "movement",
    "paths",
    "alternatives",
    "corridor",
    "route_validation",
    "detection",
    "flow",
    "undetected",
    "risk",
    "exposure",
    "study",
    "summary",
    "export",
    "cost",
    "report",
    "outputs",
    "comparison",
    "pipeline",
    "ensemble",
    "reinforcement",
    "cli",
]


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports_of(path: Path) -> set[str]:
    """Return the rooms of this package that a file imports, wherever in the file it does."""
    rooms = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("corridors."):
            rooms.add(node.module.split(".")[1])
        if isinstance(node, ast.Import):
            rooms |= {a.name.split(".")[1] for a in node.names if a.name.startswith("corridors.")}
    return rooms


def packages_of(path: Path) -> set[str]:
    """Return the top-level packages that a file imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            found.add((node.module or "").split(".")[0])
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
    return found


ROOMS = sorted(
    p for p in PACKAGE.rglob("*.py") if p.parent != PACKAGE or not p.stem.startswith("_")
)


@pytest.mark.parametrize("path", ROOMS, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_downward_only(path: Path) -> None:
    floor = FLOORS.index(room_of(path))
    above = {room for room in imports_of(path) if FLOORS.index(room) > floor}
    assert not above, f"{path.name} imports {above}, which stand above it"


def test_kernels_know_nothing_of_geography() -> None:
    for path in (PACKAGE / "kernels").glob("*.py"):
        assert imports_of(path) <= {"kernels"}
        assert not packages_of(path) & {"geopandas", "pandas", "pyproj", "networkx", "rasterio"}


def test_only_one_module_touches_pyproj() -> None:
    # terrain and raster name its types; network's distances and the doctor ask it nothing.
    calls = {"Transformer", "Proj(", "from_user_input", "Geod("}
    for path in PACKAGE.rglob("*.py"):
        if path.name != "crs.py":
            text = path.read_text(encoding="utf-8")
            assert not any(f"pyproj.{call}" in text for call in calls), path


@pytest.mark.parametrize("name", corridors.__all__)
def test_every_public_name_is_there_and_has_a_docstring(name: str) -> None:
    value = getattr(corridors, name)
    assert name in dir(corridors)
    if callable(value):
        assert value.__doc__


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'runn'"):
        corridors.runn  # noqa: B018 the access is the test


def test_a_function_is_not_hidden_by_a_module_of_its_name() -> None:
    code = "import corridors, corridors.pipeline; assert callable(corridors.run)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_help_imports_no_heavy_library() -> None:
    code = (
        "import sys; from corridors.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy', 'pandas', 'geopandas', 'numba', 'rasterio', 'pydantic', 'networkx'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)
