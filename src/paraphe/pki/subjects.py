"""Who a certificate names, and how: distinguished names after ETSI EN 319 412-2 and -3."""

import unicodedata
from dataclasses import dataclass

from cryptography import x509
from cryptography.x509.oid import NameOID

ORGANIZATION_IDENTIFIER = x509.ObjectIdentifier("2.5.4.97")
MAX_COMMON_NAME = 64
"""RFC 5280 appendix A.1, ub-common-name, in octets as our library counts. The full names stand in attributes of their
own, which may be longer (EN 319 412-2 §4.2.4)."""


@dataclass(frozen=True)
class Organisation:
    """A legal person.

    ``identifier`` carries its semantics (ETSI EN 319 412-1 §5.1.4): ``NTRFR-`` and the SIREN for a French firm.
    """

    name: str
    identifier: str
    country: str = "FR"


@dataclass(frozen=True)
class NaturalPerson:
    """A natural person, with the organisation in which he acts where there is one.

    ``serial_number`` makes two people of the same name different (ETSI EN 319 412-2 §4.2.4); it is an identifier of the
    register of this authority, not of a document.
    """

    given_name: str
    surname: str
    email: str
    serial_number: str
    country: str = "FR"
    organisation: Organisation | None = None

    @property
    def common_name(self) -> str:
        """Return the name by which the person is known: given name, then surname."""
        return f"{self.given_name} {self.surname}"


@dataclass(frozen=True)
class Unit:
    """A service of an organisation: an authority, a time-stamping unit, a responder, a seal."""

    common_name: str
    organisation: Organisation


Subject = NaturalPerson | Unit


def distinguished_name(subject: Subject) -> x509.Name:
    """Return the name of ``subject`` (ETSI EN 319 412-2 §4.2.4, EN 319 412-3 §4.2.1), in Unicode form NFC.

    A common name that is too long is shortened. Raises ValueError for a part that is empty or does not fit.
    """
    organisation = subject.organisation
    country = subject.country if isinstance(subject, NaturalPerson) else subject.organisation.country
    parts = [(NameOID.COUNTRY_NAME, country)]
    if organisation:
        parts += [
            (NameOID.ORGANIZATION_NAME, organisation.name),
            (ORGANIZATION_IDENTIFIER, organisation.identifier),
        ]
    parts.append((NameOID.COMMON_NAME, _short_common_name(subject)))
    if isinstance(subject, NaturalPerson):
        parts += [
            (NameOID.SURNAME, subject.surname),
            (NameOID.GIVEN_NAME, subject.given_name),
            (NameOID.SERIAL_NUMBER, subject.serial_number),
        ]
    return x509.Name([x509.NameAttribute(oid, _tidy(value)) for oid, value in parts])


def _short_common_name(subject: Subject) -> str:
    """Return the common name; of one that is too long the first given name and the surname, then what fits of it."""
    name = _tidy(subject.common_name)
    if len(name.encode()) > MAX_COMMON_NAME and isinstance(subject, NaturalPerson):
        name = _tidy(f"{_tidy(subject.given_name).split(' ')[0]} {subject.surname}")
    return name.encode()[:MAX_COMMON_NAME].decode(errors="ignore")


def _tidy(text: str) -> str:
    """Return ``text`` in one form whatever keyboard it came from: NFC, single spaces, none at the ends."""
    tidied = " ".join(unicodedata.normalize("NFC", text).split())
    if not tidied:
        raise ValueError("a part of the name is empty")
    return tidied
