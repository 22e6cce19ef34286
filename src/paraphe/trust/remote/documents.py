"""Signatures over documents: CMS for a byte range that the client prepared, or whole PDF files.

The holder authorises what the client can show him before any certificate is involved: the digest of a byte range, or of
a file. What the key signs are the signed attributes around it, made here from exactly that digest (ETSI EN 319 142-1
§6.3): nobody outside can have others signed.
"""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from cryptography.hazmat.primitives.serialization import Encoding
from django.utils import timezone

from paraphe.kernel.clock import FixedClock
from paraphe.kernel.digests import sha256
from paraphe.pdf import api as pdf
from paraphe.pki.cms import CmsTemplate
from paraphe.pki.ports import SignatureAlgorithm
from paraphe.trust.ca import api as ca
from paraphe.trust.remote import rules
from paraphe.trust.remote.activation import sign
from paraphe.trust.remote.credentials import certificate_of, certificate_subject, credential_of
from paraphe.trust.remote.models import Credential
from paraphe.trust.remote.oneshot import certified, end_of_key
from paraphe.trust.status import api as status
from paraphe.trust.tsa import api as tsa


@dataclass(frozen=True)
class DocumentOrder:
    """One PDF to be signed: its bytes, the level that is promised, whether the signature certifies it (DocMDP 2)."""

    data: bytes
    level: pdf.SigningLevel
    certify: bool


@dataclass(frozen=True)
class ValidationInfo:
    """What proves a certificate later, DER each (CSC v2 §11.11 ``validationInfo``)."""

    certificates: list[bytes]
    ocsp: list[bytes]
    crl: list[bytes]


@dataclass(frozen=True)
class Redemption:
    """What a client presents: activation data, for which credential, as whom, with which algorithm and attempt."""

    sad: str
    credential_id: UUID
    client_id: str
    algorithm: SignatureAlgorithm
    attempt_id: str

    def sign(self, authorised: Sequence[bytes], to_sign: Sequence[bytes]) -> list[bytes]:
        """Return the signature values over ``to_sign``, made from what was authorised."""
        return sign(
            sad=self.sad,
            credential_id=self.credential_id,
            client_id=self.client_id,
            digests=authorised,
            algorithm=self.algorithm,
            attempt_id=self.attempt_id,
            to_sign=to_sign,
        )


def sign_byte_ranges(asked: Redemption, digests: Sequence[bytes], *, timestamped: bool) -> list[bytes]:
    """Return a detached CMS signature (SubFilter ETSI.CAdES.detached) for each digest of a byte range.

    For a credential of one occasion this is where its certificate is made, and its key destroyed afterwards. Raises
    what ``sign`` raises, TimestampUnavailable.
    """
    rules.checked_digests(digests)
    row = certified(asked.sad, credential_of(asked.client_id, asked.credential_id, pending=True), digests)
    certificate = certificate_of(row)
    chain = [one.public_bytes(Encoding.DER) for one in ca.chain_of(certificate)[:-1]]
    template = CmsTemplate(certificate.public_bytes(Encoding.DER), chain, asked.algorithm)
    values = asked.sign(digests, [template.digest_to_sign(digest) for digest in digests])
    end_of_key(row)
    stamp: Callable[[bytes], bytes] = tsa.LocalTimestampSource().timestamp
    pairs = zip(digests, values, strict=True)
    return [template.assemble(one, value, stamp(sha256(value)) if timestamped else None) for one, value in pairs]


def sign_documents(asked: Redemption, orders: Sequence[DocumentOrder]) -> list[bytes]:
    """Return the signed files, each validated at its level before anybody sees it.

    The activation must be for the SHA-256 of each file. Raises a PdfRefused, LevelNotReached, what ``sign`` raises,
    TimestampUnavailable, RevocationUnavailable.
    """
    row = credential_of(asked.client_id, asked.credential_id)
    certificate, clock = certificate_of(row), FixedClock(timezone.now())
    chain = ca.chain_of(certificate)
    prepared = [
        pdf.prepare(order.data, _settings(row, order), certificate, chain, clock, algorithm=asked.algorithm)
        for order in orders
    ]
    values = asked.sign([sha256(order.data) for order in orders], [each.digest_to_sign for each in prepared])
    return [_finished(*each) for each in zip(orders, prepared, values, strict=True)]


def validation_info(row: Credential) -> ValidationInfo:
    """Return certificates and revocation information of a credential. Raises RevocationUnavailable."""
    certificate = certificate_of(row)
    path = [certificate, *ca.chain_of(certificate)]
    source, found = status.LocalRevocationSource(), ValidationInfo([], [], [])
    for subject, issuer in itertools.pairwise(path):
        told = source.revocation_info(subject, issuer)
        found.ocsp.extend([told.ocsp] if told.ocsp else [])
        found.crl.extend([told.crl] if told.crl else [])
    found.certificates.extend(one.public_bytes(Encoding.DER) for one in path[1:])
    return found


def _settings(row: Credential, order: DocumentOrder) -> pdf.SignatureSettings:
    return pdf.SignatureSettings(
        signer_name=certificate_subject(row.subject).common_name, certify=2 if order.certify else None
    )


def _finished(order: DocumentOrder, prepared: pdf.Prepared, value: bytes) -> bytes:
    stamps, source, roots = tsa.LocalTimestampSource(), status.LocalRevocationSource(), [ca.root()]
    clock = FixedClock(timezone.now())
    result: pdf.Tail = pdf.finish(order.data, prepared, value, stamps if order.level != "B-B" else None)
    if isinstance(result, pdf.Signed) and order.level in ("B-LT", "B-LTA"):
        result = pdf.augment(order.data, result, source, roots)
    if isinstance(result, pdf.Augmented) and order.level == "B-LTA":
        result = pdf.archive(order.data, result, stamps, source, roots, clock)
    pdf.check(order.data, result, order.level, roots, clock)
    return result.whole(order.data)
