"""Zones of specimens. Check digits are computed here once more, so that the library is not tested with itself."""

import unicodedata
from dataclasses import dataclass
from datetime import date

_ORDER = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class Holder:
    """Somebody who never was; ``nationality`` as in a zone."""

    surname: str
    given_names: tuple[str, ...]
    birth: date
    sex: str
    nationality: str = "FRA"


def digit(text: str) -> str:
    total = 0
    for place, sign in enumerate(text):
        total += (0 if sign == "<" else _ORDER.index(sign)) * (7, 3, 1)[place % 3]
    return str(total % 10)


def zoned(text: str) -> str:
    plain = unicodedata.normalize("NFD", text.upper().replace("Œ", "OE").replace("Æ", "AE"))
    letters = "".join(sign for sign in plain if not unicodedata.combining(sign) and sign not in "'’")
    return "".join(sign if "A" <= sign <= "Z" else "<" for sign in letters)


def _six(day: date) -> str:
    return day.strftime("%y%m%d")


def _names(surname: str, given: tuple[str, ...], width: int) -> str:
    return (zoned(surname) + "<<" + "<".join(zoned(name) for name in given)).ljust(width, "<")[:width]


def td1(code: str, issuer: str, number: str, holder: Holder, expires: date, optional: str = "") -> tuple[str, ...]:
    birth, sex, nationality = holder.birth, holder.sex, holder.nationality
    first = (code.ljust(2, "<") + issuer.ljust(3, "<") + number + digit(number) + optional).ljust(30, "<")
    second = _six(birth) + digit(_six(birth)) + sex + _six(expires) + digit(_six(expires)) + nationality.ljust(3, "<")
    second += "<" * 11
    second += digit(first[5:30] + second[0:7] + second[8:15] + second[18:29])
    return first, second, _names(holder.surname, holder.given_names, 30)


def two_lines(code: str, issuer: str, number: str, holder: Holder, expires: date, width: int) -> tuple[str, ...]:
    birth, sex, nationality = holder.birth, holder.sex, holder.nationality
    first = code.ljust(2, "<") + issuer.ljust(3, "<") + _names(holder.surname, holder.given_names, width - 5)
    second = number + digit(number) + nationality.ljust(3, "<") + _six(birth) + digit(_six(birth)) + sex
    second += _six(expires) + digit(_six(expires))
    second += "<" * 14 + "0" if width == 44 else "<" * 7
    second += digit(second[0:10] + second[13:20] + second[21 : width - 1])
    return first, second


def old_french(holder: Holder, issued: date, department: str, sequence: str) -> tuple[str, ...]:
    first = ("IDFRA" + zoned(holder.surname)[:25].ljust(25, "<") + department + "<" * 6)[:36].ljust(36, "<")
    number = issued.strftime("%y%m") + department + sequence
    given = "<<".join(zoned(name) for name in holder.given_names).ljust(14, "<")[:14]
    birth = _six(holder.birth)
    second = number + digit(number) + given + birth + digit(birth) + holder.sex
    return first, second + digit(first + second)


def licence(holder: Holder, number: str, expires: date) -> tuple[str, ...]:
    line = "D1FRA" + number
    line += digit(line)
    line += _six(expires) + zoned(holder.surname)[:8].ljust(8, "<")
    return (line + digit(line),)
