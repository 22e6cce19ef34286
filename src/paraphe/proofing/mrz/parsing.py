"""From lines to what they say."""

from dataclasses import dataclass
from datetime import date

from paraphe.proofing.mrz.formats import FILLER, FORMATS, Format

#: Nobody is older.
_OLDEST_YEARS = 120
#: The French card before 2021 was first made in this year of the last century.
_FIRST_CARD_YEAR = 87


@dataclass(frozen=True)
class MrzData:
    """What a zone says. Dates are None when they are not dates; names are as printed, fillers become spaces.

    ``issued_month`` is year and month of issue where the zone has them (French card before 2021). ``names_cut`` says
    that a name fills its field to the end and may go on.
    """

    format: str
    code: str
    issuer: str
    number: str
    surname: str
    given_names: tuple[str, ...] = ()
    birth_date: date | None = None
    expiry: date | None = None
    sex: str = ""
    nationality: str = ""
    issued_month: tuple[int, int] | None = None
    surname_cut: bool = False
    given_names_cut: bool = False


def parse(name: str, lines: tuple[str, ...], today: date) -> MrzData:
    """Return what ``lines`` of the format ``name`` say; ``today`` tells the century of two-digit years.

    Raises KeyError for an unknown format and MrzMalformed for lines that do not have its shape.
    """
    format_ = FORMATS[name]
    format_.checked(lines)
    if name == "fr1988":
        return _old_french(format_, lines, today)
    if name == "licence":
        return _licence(format_, lines)
    surname, given, surname_cut, given_cut = _names(format_.text(lines, "names"))
    return MrzData(
        format=name,
        code=_plain(format_.text(lines, "code")),
        issuer=_plain(format_.text(lines, "issuer")),
        number=_number(format_, lines),
        surname=surname,
        given_names=given,
        birth_date=_birth(format_.text(lines, "birth"), today),
        expiry=_date(2000, format_.text(lines, "expiry")),
        sex=_plain(format_.text(lines, "sex")),
        nationality=_plain(format_.text(lines, "nationality")),
        surname_cut=surname_cut,
        given_names_cut=given_cut,
    )


def _old_french(format_: Format, lines: tuple[str, ...], today: date) -> MrzData:
    surname, given = format_.text(lines, "surname"), format_.text(lines, "given_names")
    issued = format_.text(lines, "issued")
    return MrzData(
        format=format_.name,
        code="ID",
        issuer=_plain(format_.text(lines, "issuer")),
        number=_plain(format_.text(lines, "number")),
        surname=_plain(surname),
        given_names=_words(given, "<<"),
        birth_date=_birth(format_.text(lines, "birth"), today),
        sex=_plain(format_.text(lines, "sex")),
        nationality="FRA",
        issued_month=_issued(issued),
        surname_cut=not surname.endswith(FILLER),
        given_names_cut=not given.endswith(FILLER),
    )


def _licence(format_: Format, lines: tuple[str, ...]) -> MrzData:
    surname = format_.text(lines, "surname")
    return MrzData(
        format=format_.name,
        code=format_.text(lines, "code"),
        issuer=_plain(format_.text(lines, "issuer")),
        number=_plain(format_.text(lines, "number")),
        surname=_plain(surname),
        expiry=_date(2000, format_.text(lines, "expiry")),
        surname_cut=not surname.endswith(FILLER),
    )


def _number(format_: Format, lines: tuple[str, ...]) -> str:
    number = _plain(format_.text(lines, "number"))
    if format_.name == "td1" and lines[0][14] == FILLER:
        # A long number goes on in the optional field; its last character there is the check digit.
        number += lines[0][15:30].split(FILLER, 1)[0][:-1]
    return number


def _names(text: str) -> tuple[str, tuple[str, ...], bool, bool]:
    surname, _gap, given = text.partition("<<")
    cut = not text.endswith(FILLER)
    return _plain(surname), _words(given, FILLER), cut and not given, cut and bool(given)


def _words(text: str, separator: str) -> tuple[str, ...]:
    return tuple(word for part in text.split(separator) if (word := _plain(part)))


def _plain(text: str) -> str:
    return " ".join(text.replace(FILLER, " ").split())


def _birth(text: str, today: date) -> date | None:
    """Return the latest date in the past, unless that makes nobody young enough to be alive."""
    for century in (today.year // 100 * 100, today.year // 100 * 100 - 100):
        found = _date(century, text)
        if found is not None and found <= today:
            return found if today.year - found.year <= _OLDEST_YEARS else None
    return None


def _date(century: int, text: str) -> date | None:
    if not (text.isascii() and text.isdigit() and len(text) == 6):
        return None
    try:
        return date(century + int(text[:2]), int(text[2:4]), int(text[4:]))
    except ValueError:
        return None


def _issued(text: str) -> tuple[int, int] | None:
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text[2:]) <= 12:
        return None
    year = int(text[:2])
    return (1900 if year >= _FIRST_CARD_YEAR else 2000) + year, int(text[2:])
