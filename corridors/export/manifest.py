"""The record of a run: what went in, what computed it, what came out."""

import hashlib
import importlib
import platform
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from corridors.crs import TransformationUsed, WorkingCRS
from corridors.errors import MissingFileError
from corridors.export.folder import MANIFEST_NAME, PROGRAM
from corridors.export.json_values import json_value

__all__ = [
    "FileRecord",
    "build_manifest",
    "library_versions",
    "list_outputs",
    "record_file",
]

FORMAT = 1
DISTRIBUTIONS = (
    "antimeridian",
    "geopandas",
    "highspy",
    "llvmlite",
    "networkx",
    "numba",
    "numpy",
    "pandas",
    "pydantic",
    "pyogrio",
    "pyproj",
    "rasterio",
    "scipy",
    "shapely",
)
# The C libraries inside: label, module, attribute. Two of them can each carry their own GDAL.
CARRIED = (
    ("GEOS", "shapely", "geos_version_string"),
    ("PROJ (pyproj)", "pyproj", "proj_version_str"),
    ("PROJ (rasterio)", "rasterio", "__proj_version__"),
    ("GDAL (rasterio)", "rasterio", "__gdal_version__"),
    ("GDAL (pyogrio)", "pyogrio", "__gdal_version_string__"),
)
CHUNK_BYTES = 1 << 20
# A shapefile is all the files of its name.
SHAPEFILE = ".shp"


@dataclass(frozen=True)
class FileRecord:
    """A file as a manifest names it.

    Attributes
    ----------
    file
        Its path with forward slashes, relative to the scenario or to the folder of results.
    sha256
        Hash of its content, in hexadecimal.
    size_bytes
        Its size.
    """

    file: str
    sha256: str
    size_bytes: int


def record_file(path: Path | str, *, relative_to: Path | str | None = None) -> FileRecord:
    """Return the record of a file, of a shapefile with all its parts, or of a whole folder.

    Parameters
    ----------
    path
        The file.
    relative_to
        The folder that the recorded path starts from. A file outside it, or any file without it,
        is recorded by its bare name, so that a manifest tells nothing about the machine.

    Raises
    ------
    MissingFileError
        When it cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = (Path(folder) / "a.csv").write_text("x,y")
    ...     record_file(Path(folder) / "a.csv").size_bytes
    3
    """
    file = Path(path).resolve()
    base = file.parent if relative_to is None else Path(relative_to).resolve()
    shown = file.relative_to(base).as_posix() if file.is_relative_to(base) else file.name
    total = hashlib.sha256()
    size = 0
    parts = _parts(file)
    for part in parts:
        digest, part_size = _hashed(part)
        size += part_size
        if parts == [file]:
            total = digest
        else:
            name = part.relative_to(file if file.is_dir() else file.parent).as_posix()
            total.update(f"{name}\0{digest.hexdigest()}\n".encode())
    return FileRecord(shown, total.hexdigest(), size)


def _parts(file: Path) -> list[Path]:
    if file.is_dir():
        return sorted(part for part in file.rglob("*") if part.is_file())
    if file.suffix.lower() == SHAPEFILE:
        return sorted(part for part in file.parent.iterdir() if part.stem == file.stem)
    return [file]


def _hashed(file: Path) -> tuple[Any, int]:
    digest = hashlib.sha256()
    size = 0
    try:
        with file.open("rb") as stream:
            while chunk := stream.read(CHUNK_BYTES):
                digest.update(chunk)
                size += len(chunk)
    except OSError as error:
        raise MissingFileError(
            f"{file} cannot be read for the manifest: {error.strerror or error}; "
            "is it still where the scenario says?"
        ) from error
    return digest, size


def list_outputs(folder: Path | str) -> list[FileRecord]:
    """Return the records of all files in a folder of results, but of the manifest itself."""
    root = Path(folder)
    files = sorted(
        file for file in root.rglob("*") if file.is_file() and file != root / MANIFEST_NAME
    )
    return [record_file(file, relative_to=root) for file in files]


def library_versions() -> dict[str, str]:
    """Return the versions of Python, of the libraries, and of the C libraries that they carry.

    Examples
    --------
    >>> sorted(library_versions())[:3]
    ['GDAL (pyogrio)', 'GDAL (rasterio)', 'GEOS']
    """
    versions = {"python": platform.python_version()}
    for name in (PROGRAM, *DISTRIBUTIONS):
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    for label, module, attribute in CARRIED:
        versions[label] = str(getattr(importlib.import_module(module), attribute))
    return versions


def build_manifest(
    *,
    scenario: object,
    inputs: Mapping[str, FileRecord],
    outputs: Iterable[FileRecord],
    working_crs: WorkingCRS,
    transformations: Iterable[TransformationUsed] = (),
    seed: int | None = None,
    provenance: Mapping[str, object] | None = None,
    synthetic: Iterable[str] = (),
) -> dict[str, Any]:
    """Return the manifest of a run, ready for `write_json`; nothing in it depends on the clock.

    Parameters
    ----------
    scenario
        The scenario as it was understood, defaults filled in.
    inputs
        Name of each layer and the record of its file: `record_file`.
    outputs
        Records of the results: `list_outputs`.
    working_crs
        The system that the study computed in.
    transformations
        Every transformation that was applied.
    seed
        Seed of all random numbers; None where there were none.
    provenance
        For each layer its title, source, licence and so on.
    synthetic
        Names of the inputs that are made up.

    Raises
    ------
    OutputError
        When something has no form in JSON.

    Examples
    --------
    >>> from corridors.crs import choose_working_crs
    >>> manifest = build_manifest(
    ...     scenario={"title": "Sinjar"}, inputs={}, outputs=[], seed=7,
    ...     working_crs=choose_working_crs((44, 35, 46, 37)), synthetic=["checkpoints"])
    >>> manifest["program"], manifest["working_crs"]["label"], manifest["synthetic_inputs"]
    ('corridors', 'EPSG:32638', ['checkpoints'])
    """
    made_up = sorted(set(synthetic))
    manifest = {
        "program": PROGRAM,
        "format": FORMAT,
        "synthetic": bool(made_up),
        "synthetic_inputs": made_up,
        "scenario": scenario,
        "seed": seed,
        "working_crs": {
            "label": working_crs.label,
            "reason": working_crs.reason,
            "scale_error": working_crs.scale_error,
            "wkt": working_crs.crs.to_wkt(),
        },
        "transformations": _distinct(transformations),
        "inputs": dict(sorted(inputs.items())),
        "provenance": provenance or {},
        "outputs": sorted(outputs, key=lambda record: record.file),
        "versions": library_versions(),
        "platform": f"{sys.platform} {platform.machine()}",
    }
    result: dict[str, Any] = json_value(manifest)
    return result


def _distinct(transformations: Iterable[TransformationUsed]) -> list[TransformationUsed]:
    return sorted(
        set(transformations), key=lambda used: (used.source, used.target, used.description)
    )
