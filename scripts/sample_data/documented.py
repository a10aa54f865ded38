"""Facts written in by hand, each with its public source and how well it is located."""

from __future__ import annotations

from typing import Any

from shapely.geometry import LineString, Point

from .geojson import Feature
from .study import LonLat

_MAP = "Wikipedia, insurgency detailed map"
_K24 = (
    "Kurdistan24, 'Iraq fortifies border security after ISIS-affiliated families enter from Syria'"
)
_FOUNDING = (
    "Difesa e Sicurezza, 'Iraq-Syria, ISF send reinforcements to block ISIS infiltrations on the "
    "border'"
)

CROSSINGS: dict[str, LonLat] = {
    "rabia": (42.072, 36.807),
    "semalka": (42.372, 37.081),
    "umm-al-jaris": (41.281, 36.277),
    "tal-sufuq": (41.254, 36.061),
    "tawsin": (41.367, 35.813),
}
# Along the crest in the elevation layer, whose summit is at 41.85 E, 36.39 N.
RIDGE: tuple[LonLat, ...] = ((41.46, 36.365), (41.66, 36.375), (41.85, 36.39), (41.98, 36.38))
CAMP: LonLat = (41.1486, 36.3756)

_CLOSED_UNOFFICIAL = (
    "unofficial; Kurdistan24 says that Iraq closed the unofficial crossing to Sinjar in December "
    "2018 and opened it at times since, without naming it. Closed in January 2020 is assumed"
)

#: The four attacked posts may be anywhere on the border; this reaches all of its line in the box.
ATTACK_PRECISION_M = 140_000


def crossings() -> list[Feature]:
    """Border crossings and whether they were open in January 2020."""
    return [
        _crossing(
            "rabia",
            "Rabia / al-Yaarubiyah",
            status="official",
            open_=False,
            basis="documented",
            source=f"{_MAP}; OCHA, UN cross-border operations as of 31 March 2020",
            note="closed to UN relief from 10 January 2020 (Security Council resolution 2504); "
            "that it was closed to other traffic too is assumed",
        ),
        _crossing(
            "semalka",
            "Semalka / Faysh Khabur",
            status="official",
            open_=True,
            basis="assumed",
            source=_MAP,
            note="the pontoon crossing of the Tigris to the Kurdistan Region, in use in those "
            "years with pauses; open in January 2020 is assumed",
        ),
        *(
            _crossing(
                key,
                name,
                status="unofficial",
                open_=False,
                basis="assumed",
                source=f"{_MAP}; {_K24}",
                note=_CLOSED_UNOFFICIAL,
            )
            for key, name in (
                ("umm-al-jaris", "Umm al-Jaris"),
                ("tal-sufuq", "Tal Sufuq"),
                ("tawsin", "Tawsin"),
            )
        ),
    ]


def _crossing(
    key: str, name: str, *, status: str, open_: bool, basis: str, source: str, note: str
) -> Feature:
    properties = {
        "id": key,
        "name": name,
        "status": status,
        "open": open_,
        "open_basis": basis,
        "open_as_of": "2020-01",
        "location_precision_m": 500,
        "source": source,
        "note": note,
    }
    return Feature(Point(CROSSINGS[key]), properties)


def camps() -> list[Feature]:
    """Return the al-Hawl camp as it was around January 2020."""
    properties = {
        "id": "al-hawl",
        "name": "al-Hawl (al-Hol) camp",
        "population": 66101,
        "population_as_of": "2020-01-13",
        "population_source": "OCHA, North East Syria: Al Hol camp, 13 January 2020",
        "closed": "2026-02-22",
        "location_precision_m": 1000,
        "source": "Wikipedia, Al-Hawl refugee camp",
    }
    return [Feature(Point(CAMP), properties)]


def landmarks() -> list[Feature]:
    """Return the names that a reader looks for on the map of the ground."""
    properties = {
        "id": "sinjar-ridge",
        "name": "Sinjar ridge",
        "location_precision_m": 5000,
        "source": "placed by hand along the crest of the elevation layer; a name, not a survey",
    }
    return [Feature(LineString(RIDGE), properties)]


def incidents_january_2020() -> list[Feature]:
    """Return the attacks and arrests the study starts from, none with a published position."""
    attacks = [
        _incident(
            f"attack-2020-01-14-{number}",
            at,
            date="2020-01-14",
            kind="attack",
            precision_m=ATTACK_PRECISION_M,
            source=_FOUNDING,
            note="one of four border checkpoints attacked on 14 January, no position given and "
            "the year inferred: drawn on the border west of Sinjar, to be spread over the "
            "precision and not trusted as a point. A report of 15 January 2020 (Kurdistan24) of "
            "one post near the al-Waleed crossing, far south of the box, with four guards "
            "wounded may be the same event told differently",
        )
        for number, at in enumerate(
            [(41.2808, 36.25), (41.2835, 36.28), (41.2845, 36.31), (41.29, 36.34)], start=1
        )
    ]
    detention = _incident(
        "detention-2020-01-15-1",
        (41.58, 36.29),
        date="2020-01-15",
        kind="detention",
        precision_m=40_000,
        source=_K24,
        note="15 women and children from al-Hawl held after crossing towards Sinjar on a "
        "Wednesday of that week; day and year inferred, no position given: drawn between the "
        "border and Sinjar",
    )
    return [*attacks, detention]


def incidents_later() -> list[Feature]:
    """Return what happened after the date of the sample scenario, kept apart from it."""
    return [
        _incident(
            "sighting-2021-08-19-1",
            (41.33, 36.36),
            date="2021-08-19",
            kind="sighting",
            precision_m=60_000,
            source="Shafaq News, 19 August 2021, citing the Security Media Cell",
            note="eight people seen by thermal camera and then held, on the border of western "
            "Nineveh near Sinjar; no position given",
        )
    ]


def _incident(
    key: str, at: LonLat, *, date: str, kind: str, precision_m: int, source: str, note: str
) -> Feature:
    properties: dict[str, Any] = {
        "id": key,
        "date": date,
        "kind": kind,
        "location_precision_m": precision_m,
        "located": False,
        "synthetic": False,
        "source": source,
        "note": note,
    }
    return Feature(Point(at), properties)
