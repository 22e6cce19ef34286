"""What the register hands out: frozen, with certificates already parsed."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from paraphe.kernel.digests import sha256_hex

Slug = Literal["root", "natural", "legal"]
Role = Literal["ocsp", "tsa"]
Algorithm = Literal["P-256", "P-384", "RSA-3072", "RSA-4096"]
Reason = Literal[
    "unspecified",
    "key_compromise",
    "ca_compromise",
    "affiliation_changed",
    "superseded",
    "cessation_of_operation",
    "privilege_withdrawn",
    "certificate_hold",
]
"""Why a certificate does not hold, RFC 5280 §5.3.1; ``certificate_hold`` is what a suspension says and can end.

``remove_from_crl`` belongs to delta lists, of which there are none; ``aa_compromise`` to attribute certificates.
"""


@dataclass(frozen=True)
class AuthorityPlan:
    """What an authority will be called and how its key will be made, before there is one."""

    slug: Slug
    common_name: str
    algorithm: Algorithm


@dataclass(frozen=True)
class Authority:
    """A certification authority. ``certificate`` is None until it is issued."""

    slug: Slug
    common_name: str
    key_id: UUID
    algorithm: Algorithm
    attempt_id: UUID
    certificate: x509.Certificate | None


@dataclass(frozen=True)
class Service:
    """One generation of a service of an authority. ``certificate`` is None until it is issued."""

    role: Role
    slug: Slug
    generation: int
    key_id: UUID
    algorithm: Algorithm
    attempt_id: UUID
    certificate: x509.Certificate | None


@dataclass(frozen=True)
class Order:
    """What one certificate shall be. ``request_digest`` tells two requests under one attempt apart."""

    attempt_id: UUID
    slug: Slug
    profile: str
    subject: bytes
    public_key: bytes
    not_before: datetime
    not_after: datetime
    request_digest: str


@dataclass(frozen=True)
class Entry:
    """One serial number of the register and what became of it."""

    attempt_id: UUID
    slug: Slug
    serial: int
    profile: str
    subject: bytes
    public_key: bytes
    not_before: datetime
    not_after: datetime
    state: str
    tbs: bytes | None
    certificate: x509.Certificate | None

    @property
    def tbs_sha256(self) -> str:
        """Return the digest of the bytes that were to be signed, empty before there are any."""
        return "" if self.tbs is None else sha256_hex(self.tbs)

    @property
    def certificate_sha256(self) -> str:
        """Return the fingerprint of the certificate, empty before it is issued."""
        return "" if self.certificate is None else sha256_hex(self.certificate.public_bytes(Encoding.DER))


@dataclass(frozen=True)
class Status:
    """Whether a serial number was issued and still holds. ``revoked_at`` and ``reason`` only when it does not.

    A suspended certificate is ``revoked`` with reason ``certificate_hold``, as OCSP and lists say it. ``revision`` is
    that of the issuer's statuses when this one last changed: what was made of an earlier one is no longer true.
    """

    state: Literal["unknown", "good", "revoked"]
    revoked_at: datetime | None = None
    reason: Reason | None = None
    invalid_since: datetime | None = None
    revision: int = field(default=0, compare=False)

    @property
    def is_on_hold(self) -> bool:
        """Tell whether it is suspended only."""
        return self.reason == "certificate_hold"


@dataclass(frozen=True)
class Revoked:
    """One line of a revocation list."""

    serial: int
    revoked_at: datetime
    reason: Reason
    invalid_since: datetime | None = None


@dataclass(frozen=True)
class RevocationListEdition:
    """A signed revocation list (``content``: DER of CertificateList), as of which revision of the statuses."""

    number: int
    this_update: datetime
    next_update: datetime
    revision: int
    content: bytes


@dataclass(frozen=True)
class Change:
    """What a certificate's status has become; ``revoked`` is None when it holds (again)."""

    serial: int
    revoked: Revoked | None


@dataclass(frozen=True)
class KeptAnswer:
    """A signed OCSP answer that is still true (``content``: DER of OCSPResponse)."""

    this_update: datetime
    next_update: datetime
    content: bytes
