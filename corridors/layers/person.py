"""Places and aggregates only: columns and tracks that point at persons are refused at the door."""

import re
import unicodedata
from collections.abc import Iterable

__all__ = ["person_level_columns"]

# Each is matched as whole words of the column's name: "steel" does not hold "tel".
_WORDS = (
    r"phones?|telephones?|tele?|mobile(?: ?(?:phone|number|no|nr)|(?=$))|cell ?phone|"
    r"msisdn|imei|imsi|iccid|mac ?address|"
    r"device|device ?id|advertising ?id|ad ?id|idfa|gaid|ip ?address|"
    r"e ?mails?|whats ?app|telegram|facebook|instagram|social ?media|"
    r"passports?|national ?id|identity ?(?:card|number|no)|id ?card|ssn|social ?security|"
    r"iris|biometrics?|fingerprints?|face ?id|"
    r"plate|plates|licen[cs]e ?plate|number ?plate|vehicle ?(?:id|reg|registration)|vin|"
    r"first ?name|last ?name|full ?name|family ?name|given ?name|fathers? ?name|mothers? ?name|"
    r"surname|nickname|person ?name|(?:victim|suspect|detainee|driver|owner|fighter)s? ?names?|"
    r"person ?id|person|suspect|(?:victim|suspect|detainee|case|patient) ?id|"
    r"dob|birth ?date|birthday|date ?of ?birth|home ?address|"
    r"track ?id|track ?fid|track ?seg ?id|trajectory ?id|trip ?id|"
    # What such columns are called in Arabic, Turkish, French, Spanish, Portuguese and German.
    r"هاتف|الهاتف|موبايل|الموبايل|جوال|الجوال|جواز|الجواز|الهوية|الاسم الكامل|اسم الاب|"
    r"telefon|plaka|kimlik|ad soyad|prenom|plaque|nom de famille|passeport|immatriculation|"
    r"courriel|telefono|telefone|celular|nombre completo|nome completo|apellidos?|sobrenome|"
    r"pasaporte|passaporte|cedula|dni|cpf|correo(?: electronico)?|matricula|fecha de nacimiento|"
    r"data de nascimento|vorname|nachname|familienname|reisepass|ausweis(?:nummer)?|kennzeichen|"
    r"geburtsdatum|handynummer|user ?id|user ?name"
)
_PERSON = re.compile(rf"(?:^| )(?:{_WORDS})(?: |$)")
# deviceId, IMEINumber, phone2: words that no space divides.
_INSIDE = re.compile(
    r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])"
)


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
    # Wide letters, accents and invisible marks do not make another word.
    plain = unicodedata.normalize("NFKD", name)
    plain = "".join(
        letter
        for letter in plain
        if not unicodedata.combining(letter) and unicodedata.category(letter) != "Cf"
    )
    return re.sub(r"[\W_]+", " ", _INSIDE.sub(" ", plain).lower()).strip()
