"""Who a certificate names, and how: distinguished names after ETSI EN 319 412-2 and -3."""

from dataclasses import dataclass

from cryptography import x509
from cryptography.x509.oid import NameOID

ORGANIZATION_IDENTIFIER = x509.ObjectIdentifier("2.5.4.97")


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
    """Return the name of ``subject`` (ETSI EN 319 412-2 §4.2.4, EN 319 412-3 §4.2.1).

    Raises ValueError for a part that is empty or too long.
    """
    if isinstance(subject, Unit):
        attributes = [
            x509.NameAttribute(NameOID.COUNTRY_NAME, subject.organisation.country),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, subject.organisation.name),
            x509.NameAttribute(ORGANIZATION_IDENTIFIER, subject.organisation.identifier),
            x509.NameAttribute(NameOID.COMMON_NAME, subject.common_name),
        ]
        return x509.Name(attributes)
    attributes = [x509.NameAttribute(NameOID.COUNTRY_NAME, subject.country)]
    if subject.organisation:
        attributes += [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, subject.organisation.name),
            x509.NameAttribute(ORGANIZATION_IDENTIFIER, subject.organisation.identifier),
        ]
    attributes += [
        x509.NameAttribute(NameOID.COMMON_NAME, subject.common_name),
        x509.NameAttribute(NameOID.SURNAME, subject.surname),
        x509.NameAttribute(NameOID.GIVEN_NAME, subject.given_name),
        x509.NameAttribute(NameOID.SERIAL_NUMBER, subject.serial_number),
    ]
    return x509.Name(attributes)
