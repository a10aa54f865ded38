"""Roads the published network lacks, drawn by hand with a few vertices.

A stop is a lon/lat pair or one of: `place:NAME`, `crossing:ID`, `camp:`, `node:LON,LAT` (a road
node that exists) and `edge:ID` (the point of that road nearest the stop before it).
"""

from __future__ import annotations

from dataclasses import dataclass

from .study import LonLat


@dataclass(frozen=True)
class Connector:
    """One generalised road."""

    id: str
    name: str
    road_class: str
    stops: tuple[LonLat | str, ...]


_SINJAR = "node:41.887,36.314"
_TAL_AFAR = "node:42.418,36.37"
_KISIK_NORTH = "node:42.557,36.564"
_QAMISHLI_SOUTH = "node:41.251,37.004"
_QAMISHLI_EAST = "node:41.248,37.06"
_HASAKAH = "node:40.767,36.467"
_SHADDADAH = "node:40.746,36.069"
_SHADDADAH_FORK = "node:41.019,36.16"
_TAL_SUFUQ = "node:41.255,36.06"
_FAYSH_KHABUR = "node:42.428,37.086"

CONNECTORS: tuple[Connector, ...] = (
    Connector(
        "gc-sinjar-baaj",
        "Sinjar - Ba'aj",
        "secondary",
        (_SINJAR, (41.868, 36.28), (41.83, 36.19), (41.765, 36.1), "place:Ba'aj"),
    ),
    # Over the ridge by its lowest saddle in the elevation layer, 41.80 E 36.39 N.
    Connector(
        "gc-sinjar-sinuni",
        "Sinjar - Sinuni",
        "secondary",
        (
            _SINJAR,
            "place:Sinjar",
            (41.871, 36.337),
            (41.862, 36.347),
            (41.852, 36.362),
            (41.822, 36.37),
            (41.806, 36.381),
            (41.804, 36.397),
            (41.788, 36.413),
            (41.755, 36.432),
            "place:Sinuni",
        ),
    ),
    Connector(
        "gc-sinuni-rabia",
        "Sinuni - Rabia",
        "secondary",
        ("place:Sinuni", (41.8, 36.495), (41.92, 36.555), (42.02, 36.67), "place:Rabia"),
    ),
    Connector(
        "gc-rabia-kisik",
        "Rabia - Kisik road",
        "secondary",
        ("place:Rabia", (42.2, 36.74), (42.33, 36.68), (42.45, 36.615), _KISIK_NORTH),
    ),
    Connector(
        "gc-rabia-yaarubiyah",
        "Rabia - al-Yaarubiyah",
        "secondary",
        ("place:Rabia", "crossing:rabia", "place:al-Yaarubiyah"),
    ),
    Connector(
        "gc-yaarubiyah-qamishli",
        "al-Yaarubiyah - Qamishli",
        "secondary",
        ("place:al-Yaarubiyah", (41.95, 36.86), (41.75, 36.9), (41.5, 36.96), _QAMISHLI_SOUTH),
    ),
    Connector(
        "gc-yaarubiyah-tal-hamis",
        "al-Yaarubiyah - Tal Hamis",
        "secondary",
        ("place:al-Yaarubiyah", (41.85, 36.8), (41.6, 36.77), "place:Tal Hamis"),
    ),
    Connector(
        "gc-tal-hamis-qamishli",
        "Tal Hamis - Qamishli",
        "secondary",
        ("place:Tal Hamis", (41.33, 36.88), _QAMISHLI_SOUTH),
    ),
    Connector(
        "gc-al-hawl-tal-hamis",
        "al-Hawl - Tal Hamis",
        "secondary",
        ("place:al-Hawl", (41.19, 36.48), (41.29, 36.6), "place:Tal Hamis"),
    ),
    Connector(
        "gc-al-hawl-hasakah",
        "al-Hawl - al-Hasakah",
        "secondary",
        ("place:al-Hawl", (40.98, 36.43), (40.85, 36.46), _HASAKAH),
    ),
    Connector(
        "gc-al-hawl-camp",
        "al-Hawl - al-Hawl camp",
        "secondary",
        ("place:al-Hawl", "camp:"),
    ),
    Connector(
        "gc-al-hawl-shaddadah",
        "al-Hawl - al-Shaddadah road",
        "track",
        ("camp:", (41.1, 36.27), _SHADDADAH_FORK),
    ),
    Connector(
        "gc-baaj-tal-sufuq",
        "Ba'aj - Tal Sufuq",
        "secondary",
        ("place:Ba'aj", (41.55, 36.05), (41.4, 36.055), "crossing:tal-sufuq", _TAL_SUFUQ),
    ),
    Connector(
        "gc-baaj-tawsin",
        "Ba'aj - Tawsin",
        "track",
        ("place:Ba'aj", (41.6, 35.95), (41.46, 35.86), "crossing:tawsin"),
    ),
    Connector(
        "gc-tawsin-shaddadah",
        "Tawsin - al-Shaddadah",
        "track",
        ("crossing:tawsin", (41.25, 35.8), (41.05, 35.9), (40.9, 36.0), _SHADDADAH),
    ),
    Connector(
        "gc-hatra-highway-1",
        "Hatra - Highway 1",
        "secondary",
        ("place:Hatra", (42.9, 35.62), "edge:sg-329478-329553"),
    ),
    Connector(
        "gc-hatra-tal-afar",
        "Hatra - Tal Abtah - Tal Afar",
        "track",
        ("place:Hatra", (42.58, 35.93), (42.45, 36.2), _TAL_AFAR),
    ),
    Connector(
        "gc-hatra-baaj",
        "Hatra - Ba'aj",
        "track",
        ("place:Hatra", (42.4, 35.75), (42.0, 35.93), "place:Ba'aj"),
    ),
    # The published chord passes the Tigris two kilometres from the bridge.
    Connector(
        "gc-semalka-faysh-khabur",
        "Semalka - Faysh Khabur",
        "secondary",
        ("crossing:semalka", _FAYSH_KHABUR),
    ),
    Connector(
        "gc-malikiyah-semalka",
        "al-Malikiyah - Semalka",
        "secondary",
        ("place:al-Malikiyah", (42.25, 37.12), (42.34, 37.08), "crossing:semalka"),
    ),
    Connector(
        "gc-malikiyah-qamishli",
        "al-Malikiyah - al-Qahtaniyah - Qamishli",
        "secondary",
        (
            "place:al-Malikiyah",
            "place:al-Jawadiyah",
            "place:al-Qahtaniyah",
            _QAMISHLI_EAST,
        ),
    ),
)
