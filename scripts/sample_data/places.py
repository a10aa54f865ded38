"""Towns and villages of the box, from GeoNames and two added by hand."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import Point

from . import packages
from .geojson import Feature
from .study import A3_FROM_A2, BOX, LonLat

_ID, _NAME, _ASCII, _LAT, _LON, _CODE, _COUNTRY, _POPULATION, _ELEVATION = (
    0, 1, 2, 4, 5, 7, 8, 14, 15,
)  # fmt: skip

#: The names a map in English uses, where GeoNames has a transliteration.
_KNOWN_AS = {
    "448149": ("Sinjar", "Shingal; Shengal"),
    "99524": ("Ba'aj", "Al-Ba'aj; Baaj"),
    "90393": ("Tal Afar", "Tall Afar; Telafar"),
    "99072": ("Mosul", "Al-Mawsil"),
    "99413": ("Hatra", "Al-Hadr; Al-Hadar"),
    "89570": ("Zakho", "Zaxo"),
    "96994": ("Duhok", "Dahuk; Dihok"),
    "170887": ("Ad Darbasiyah", "Al-Darbasiyah"),
    "172837": ("al-Shaddadah", "Ash Shaddadah; Shaddadi"),
    "163568": ("Tal Hamis", "Tall Hamis"),
    "173797": ("al-Hawl", "Al-Hol; Al Hawl"),
    "173811": ("al-Hasakah", "Hasakah; Al-Hasaka"),
    "173377": ("Qamishli", "Al-Qamishli; Qamishlo"),
    "383661": ("al-Yaarubiyah", "Al-Ya'rubiyah; Tal Kochar"),
    "173530": ("al-Malikiyah", "Derik"),
    "165757": ("al-Qahtaniyah", "Tirbespi"),
    "173711": ("al-Jawadiyah", "Chil Agha"),
    "91057": ("Sharqat", "Ash Sharqat"),
    "99003": ("Qayyarah", "Al Qayyarah"),
    "92430": ("Al-Hamdaniya", "Qaraqosh; Bakhdida"),
    "173229": ("Amuda", "Amuda"),
}


def places(cache: Path) -> list[Feature]:
    """Places in the box, unknown populations as null."""
    text = packages.read_member(packages.PLACES, cache, "package/dist/cities500.txt").decode()
    rows = csv.reader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE)
    listed = [_from_geonames(row) for row in rows if _in_box(row)]
    return listed + _by_hand()


def position(features: list[Feature], name: str) -> LonLat:
    """Lon/lat of the place with this English name."""
    (found,) = [
        shapely.get_coordinates(f.geometry)[0] for f in features if f.properties["name"] == name
    ]
    return (float(found[0]), float(found[1]))


def _in_box(row: list[str]) -> bool:
    west, south, east, north = BOX.bounds
    return west <= float(row[_LON]) <= east and south <= float(row[_LAT]) <= north


def _from_geonames(row: list[str]) -> Feature:
    name, others = _KNOWN_AS.get(row[_ID], (row[_ASCII].replace("`", "'"), ""))
    properties: dict[str, Any] = {
        "id": row[_ID],
        "name": name,
        "alternate_names": "; ".join(filter(None, [row[_NAME], others])),
        "country": A3_FROM_A2[row[_COUNTRY]],
        # GeoNames writes 0 where it does not know.
        "population": int(row[_POPULATION]) or None,
        "elevation_m": int(row[_ELEVATION]) if row[_ELEVATION] else None,
        "feature_code": row[_CODE],
        "added_by_hand": False,
        "location_precision_m": 1000,
        "source": f"GeoNames {row[_ID]}",
    }
    return Feature(Point(float(row[_LON]), float(row[_LAT])), properties)


def _by_hand() -> list[Feature]:
    missing = [
        ("hand-sinuni", "Sinuni", "Sinone; Snuny", (41.7061, 36.4575), 1000, "Wikipedia, Sinuni"),
        (
            "hand-rabia",
            "Rabia",
            "Rabi'a; Rabeea",
            (42.1, 36.8),
            3000,
            (
                "placed by hand some 2.5 km inside Iraq of the crossing of the same name "
                "(Wikipedia, insurgency detailed map)"
            ),
        ),
    ]
    return [
        Feature(
            Point(at),
            {
                "id": key,
                "name": name,
                "alternate_names": others,
                "country": "IRQ",
                "population": None,
                "elevation_m": None,
                "feature_code": "PPL",
                "added_by_hand": True,
                "location_precision_m": precision_m,
                "source": source,
            },
        )
        for key, name, others, at, precision_m, source in missing
    ]
