"""Places and aggregates only: columns and tracks that point at persons are refused at the door."""

import re
from collections.abc import Iterable

__all__ = ["person_level_columns"]

# Each is matched as whole words of the column's name, so that "telephone_mast" is found by "phone"
# only where phone is a word of its own.
_WORDS = (
    r"phone|telephone|mobile|cell ?phone|msisdn|imei|imsi|iccid|mac ?address|"
    r"device|device ?id|advertising ?id|idfa|gaid|ip ?address|"
    r"e ?mail|whats ?app|telegram|facebook|social ?media|"
    r"passport|national ?id|id ?card|iris|biometrics?|fingerprints?|face ?id|"
    r"plate|plates|licen[cs]e ?plate|number ?plate|vehicle ?(?:id|reg|registration)|vin|"
    r"first ?name|last ?name|full ?name|family ?name|given ?name|fathers? ?name|mothers? ?name|"
    r"surname|nickname|person ?name|(?:victim|suspect|detainee|driver|owner|fighter)s? ?names?|"
    r"person ?id|person|suspect|(?:victim|suspect|detainee|case) ?id|"
    r"dob|birth ?date|date ?of ?birth|home ?address|"
    r"track ?id|track ?fid|track ?seg ?id|trajectory ?id|trip ?id"
)
_PERSON = re.compile(rf"(?:^| )(?:{_WORDS})(?: |$)")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def person_level_columns(columns: Iterable[object]) -> list[str]:
    """Return the columns whose names say that they hold data on single persons or tracks.

    Parameters
    ----------
    columns
        Names of columns, in any style: ``phone_number``, ``deviceId``, ``Full Name``.

    Examples
    --------
    >>> person_level_columns(["id", "name", "deviceId", "Phone number", "population"])
    ['deviceId', 'Phone number']
    """
    return [str(column) for column in columns if _PERSON.search(_words(str(column)))]


def _words(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", _CAMEL.sub(" ", name).lower()).strip()
