"""Certificates as the verdict needs them: parsed once, unreadable ones left out, found by name."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from paraphe.kernel.digests import sha256
from paraphe.pdf.verdict.message import Binding, Message, Misshapen, digest

MAX_CERTIFICATES = 500
UNREADABLE = (ValueError, TypeError, UnsupportedAlgorithm, OverflowError, RecursionError)
QC_STATEMENTS = x509.ObjectIdentifier("1.3.6.1.5.5.7.1.3")
ESEAL = bytes.fromhex("060704008e46010602")
"""The object identifier of qct-eseal (ETSI EN 319 412-5 §4.2.3)."""
ORGANIZATION_IDENTIFIER = x509.ObjectIdentifier("2.5.4.97")


@dataclass(frozen=True, eq=False)
class Certificate:
    """One certificate with what is asked of it again and again."""

    der: bytes
    parsed: x509.Certificate
    subject: bytes
    issuer: bytes
    key: PublicKeyTypes
    extensions: x509.Extensions

    @property
    def name(self) -> str:
        """Return the common name, the organisation, or the whole name (RFC 4514)."""
        return name_of(self.parsed.subject)

    @property
    def self_issued(self) -> bool:
        """Tell whether subject and issuer are the same name (RFC 5280 §6.1)."""
        return self.subject == self.issuer

    def extension(self, kind: type[x509.ExtensionType]) -> x509.ExtensionType | None:
        """Return an extension; None for none."""
        for one in self.extensions:
            if isinstance(one.value, kind):
                return one.value
        return None


def name_of(name: x509.Name) -> str:
    """Return what people call the holder of a name."""
    for kind in (NameOID.COMMON_NAME, NameOID.PSEUDONYM, NameOID.ORGANIZATION_NAME):
        found = name.get_attributes_for_oid(kind)
        if found:
            return str(found[0].value)
    return name.rfc4514_string()


@lru_cache(maxsize=2048)
def load(der: bytes) -> Certificate | None:
    """Return a certificate; None where its octets are none that can be used."""
    try:
        parsed = x509.load_der_x509_certificate(der)
        return Certificate(
            der,
            parsed,
            parsed.subject.public_bytes(),
            parsed.issuer.public_bytes(),
            parsed.public_key(),
            parsed.extensions,
        )
    except UNREADABLE:
        return None


def of(certificate: x509.Certificate) -> Certificate | None:
    """Return a certificate of the library."""
    return load(certificate.public_bytes(Encoding.DER))


@lru_cache(maxsize=4096)
def issued_by(der: bytes, issuer_der: bytes) -> bool:
    """Tell whether a certificate names the other as issuer and is signed by its key."""
    certificate, issuer = load(der), load(issuer_der)
    if certificate is None or issuer is None:
        return False
    try:
        certificate.parsed.verify_directly_issued_by(issuer.parsed)
    except (InvalidSignature, *UNREADABLE):
        return False
    return True


class Pool:
    """Certificates by subject, each once, at most so many: more can only be there to slow us down."""

    def __init__(self, ders: Iterable[bytes]) -> None:
        self._known: dict[bytes, Certificate] = {}
        self._by_subject: dict[bytes, list[Certificate]] = {}
        for der in ders:
            self.add(der)

    def add(self, der: bytes) -> None:
        """Add one that can be read and is not there yet."""
        found = None if der in self._known or len(self._known) >= MAX_CERTIFICATES else load(der)
        if found is not None:
            self._known[der] = found
            self._by_subject.setdefault(found.subject, []).append(found)

    def named(self, subject: bytes) -> list[Certificate]:
        """Return those with this subject."""
        return self._by_subject.get(subject, [])

    def __iter__(self) -> Iterator[Certificate]:
        return iter(list(self._known.values()))

    def with_ders(self, ders: Iterable[bytes]) -> "Pool":
        """Return a pool with ``ders`` first and what is here after."""
        return Pool([*ders, *self._known])


def signer_of(message: Message, pool: Pool) -> Certificate | None:
    """Return the certificate that the signer names and binds; None where it is not there (RFC 5652 §5.3).

    Where several bear the name and number, the one that the signing-certificate attribute is about counts.
    """
    candidates = [one for one in (load(der) for der in message.certificates) if one and names(message, one)]
    candidates += [one for one in pool if names(message, one) and one not in candidates]
    bound = [one for one in candidates if binds(message.bindings, one)]
    return next(iter(bound or candidates), None)


def names(message: Message, certificate: Certificate) -> bool:
    """Tell whether the signer identifier is about ``certificate``."""
    if message.issuer:
        if certificate.parsed.serial_number != message.serial:
            return False
        return certificate.issuer == message.issuer or _same_name(certificate, message.issuer)
    found = certificate.extension(x509.SubjectKeyIdentifier)
    return isinstance(found, x509.SubjectKeyIdentifier) and found.digest == message.key_identifier != b""


def _same_name(certificate: Certificate, der: bytes) -> bool:
    """Compare names whose strings are of other types but say the same (RFC 5280 §7.1), as some programs write them."""
    try:
        return bool(asn1_x509.Name.load(der) == asn1_x509.Name.load(certificate.issuer))
    except UNREADABLE:
        return False


def binds(bindings: tuple[Binding, ...] | None, certificate: Certificate) -> bool:
    """Tell whether the signing-certificate attributes are all about ``certificate``; True where there are none."""
    try:
        return all(digest(one.digest_name, certificate.der) == one.digest for one in bindings or ())
    except Misshapen:
        return False


def is_seal(certificate: Certificate) -> bool:
    """Tell whether the holder is a legal person (ETSI EN 319 412-3 §4.2.1, EN 319 412-5 §4.2.3)."""
    for one in certificate.extensions:
        if one.oid == QC_STATEMENTS and isinstance(one.value, x509.UnrecognizedExtension) and ESEAL in one.value.value:
            return True
    present = {one.oid for one in certificate.parsed.subject}
    if present & {NameOID.GIVEN_NAME, NameOID.SURNAME, NameOID.PSEUDONYM}:
        return False
    return ORGANIZATION_IDENTIFIER in present and NameOID.ORGANIZATION_NAME in present


def fingerprint(certificate: Certificate) -> str:
    """Return the SHA-256 of the certificate, hexadecimal."""
    return sha256(certificate.der).hex()
