"""What pure code asks of the world: signatures, timestamps, revocation information.

Implemented by the vault and the responders on the trust site, by CSC, RFC 3161, OCSP and CRL clients on the
platform, and by keys in memory in tests.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from cryptography import x509

SignatureAlgorithm = Literal[
    "ecdsa-sha256",
    "ecdsa-sha384",
    "rsa-pss-sha256",
    "rsa-pss-sha384",
    "rsa-pss-sha512",
    "rsa-pkcs1-sha256",
    "rsa-pkcs1-sha384",
    "rsa-pkcs1-sha512",
]


class HashSigner(Protocol):
    """Signs digests with one private key that it does not show."""

    @property
    def certificate(self) -> x509.Certificate:
        """Return the certificate of the key."""
        ...

    @property
    def chain(self) -> Sequence[x509.Certificate]:
        """Return the issuers of the certificate, nearest first, root last."""
        ...

    @property
    def algorithm(self) -> SignatureAlgorithm:
        """Return the algorithm of every signature made here."""
        ...

    def sign_digests(self, digests: Sequence[bytes]) -> list[bytes]:
        """Return one raw signature value per digest, in order (ECDSA: DER of r and s, RFC 3279 §2.2.3)."""
        ...


class TimestampSource(Protocol):
    """A time-stamping authority, RFC 3161."""

    def timestamp(self, digest: bytes) -> bytes:
        """Return the DER of a TimeStampToken (RFC 3161 §2.4.2) over this SHA-256 ``digest``.

        Raises ``TimestampUnavailable`` when no token can be had now.
        """
        ...


@dataclass(frozen=True)
class RevocationInfo:
    """What is known of one certificate: DER of OCSPResponse (RFC 6960) or of CertificateList (RFC 5280 §5)."""

    ocsp: bytes | None = None
    crl: bytes | None = None


class RevocationSource(Protocol):
    """Tells whether certificates are revoked."""

    def revocation_info(self, certificate: x509.Certificate, issuer: x509.Certificate) -> RevocationInfo:
        """Return fresh revocation information of ``certificate``, at least one of the two kinds.

        Raises ``RevocationUnavailable`` when none can be had now.
        """
        ...
