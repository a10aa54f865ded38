"""Write what each bundled file is, from layers.toml and the files themselves."""

from __future__ import annotations

import hashlib
import json
import tomllib
from pathlib import Path
from typing import Any

from . import packages
from .study import RETRIEVED, STUDY_BOX

_LAYERS = Path(__file__).with_name("layers.toml")
_NONE = "not applicable"


def write_provenance(data: Path, sizes: dict[str, dict[str, Any]]) -> None:
    """Write provenance.json; `sizes` holds the count or size of each file."""
    known = tomllib.loads(_LAYERS.read_text(encoding="utf-8"))
    document = {
        "study_box": list(STUDY_BOX),
        "layers": [
            _entry(layer, known["licences"][layer["licence"]], data, sizes[layer["file"]])
            for layer in known["layers"]
        ],
    }
    text = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)
    (data / "provenance.json").write_text(text + "\n", encoding="utf-8", newline="\n")


def _entry(
    layer: dict[str, Any], licence: dict[str, str], data: Path, size: dict[str, Any]
) -> dict[str, Any]:
    return {
        "file": layer["file"],
        "title": layer["title"],
        "source": layer["source"],
        **_origin(layer),
        "licence": licence["name"],
        "licence_url": licence["url"],
        "attribution": layer["attribution"],
        "retrieved": RETRIEVED,
        "as_of": layer["as_of"],
        "crs": "EPSG:4326",
        "resolution": layer["resolution"],
        "known_faults": layer["known_faults"],
        "synthetic": layer.get("synthetic", False),
        **size,
        "sha256": hashlib.sha256((data / layer["file"]).read_bytes()).hexdigest(),
    }


def _origin(layer: dict[str, Any]) -> dict[str, str]:
    if "package" in layer:
        package = packages.BY_KEY[layer["package"]]
        name, version, path = package.title, package.version, layer["package_path"]
    else:
        made = "made up by the build script" if layer.get("synthetic") else "written by hand"
        name, version, path = made, _NONE, _NONE
    return {"package": name, "package_version": version, "package_path": path}
