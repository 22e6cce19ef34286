"""Certificate revocation lists, RFC 5280 §5."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from paraphe.pki.keys import PrivateKey, checked_key


@dataclass(frozen=True)
class RevokedEntry:
    """One revoked certificate: since when, and why where that may be said."""

    serial: int
    revoked_at: datetime
    reason: x509.ReasonFlags | None = None


def build_crl(
    issuer: x509.Certificate,
    key: PrivateKey,
    number: int,
    this_update: datetime,
    next_update: datetime,
    entries: Iterable[RevokedEntry],
) -> bytes:
    """Return the DER of a full list of ``issuer``, version 2, with number and authority key identifier (§5.2)."""
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(checked_key(issuer.public_key()))
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.subject)
        .last_update(this_update)
        .next_update(next_update)
        .add_extension(x509.CRLNumber(number), critical=False)
        .add_extension(identifier, critical=False)
    )
    for entry in entries:
        revoked = x509.RevokedCertificateBuilder().serial_number(entry.serial).revocation_date(entry.revoked_at)
        if entry.reason is not None and entry.reason is not x509.ReasonFlags.unspecified:
            # The code "unspecified" shall be left out rather than written (§5.3.1).
            revoked = revoked.add_extension(x509.CRLReason(entry.reason), critical=False)
        builder = builder.add_revoked_certificate(revoked.build())
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)
