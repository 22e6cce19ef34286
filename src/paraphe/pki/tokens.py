"""Timestamp tokens by splicing: what a unit says of itself is encoded once (RFC 3161 §2.4.2, RFC 5816 §2.2.1)."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache

from asn1crypto import core
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from paraphe.kernel.digests import sha256
from paraphe.pki.algorithms import digest_algorithm_der, digest_of, signature_algorithm_der
from paraphe.pki.der import OCTET_STRING, integer, sequence, set_of, tlv
from paraphe.pki.ports import HashSigner, SignatureAlgorithm

UTC_TIME, GENERALIZED_TIME, CONTEXT_0 = 0x17, 0x18, 0xA0
_TST_INFO = bytes.fromhex("060b2a864886f70d0109100104")
_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
_CONTENT_TYPE = bytes.fromhex("06092a864886f70d010903")
_MESSAGE_DIGEST = bytes.fromhex("06092a864886f70d010904")
_SIGNING_TIME = bytes.fromhex("06092a864886f70d010905")
_SIGNING_CERTIFICATE_V2 = bytes.fromhex("060b2a864886f70d010910022f")
UTC_TIME_ENDS = 2050
"""RFC 5652 §11.3: from this year on, times are GeneralizedTime."""


class TokenTemplate:
    """Everything of a token that does not change from one to the next."""

    def __init__(self, certificate: bytes, chain: Sequence[bytes], algorithm: SignatureAlgorithm) -> None:
        parsed = asn1_x509.Certificate.load(certificate)["tbs_certificate"]
        issuer, serial = parsed["issuer"].dump(), parsed["serial_number"].dump()
        self._digest = digest_of(algorithm)
        digest_algorithm = digest_algorithm_der(self._digest)
        reference = sequence(tlv(OCTET_STRING, sha256(certificate)), sequence(sequence(tlv(0xA4, issuer)), serial))
        self._content_type = sequence(_CONTENT_TYPE, set_of(_TST_INFO))
        self._binding = sequence(_SIGNING_CERTIFICATE_V2, set_of(sequence(sequence(reference))))
        self._head = integer(3) + set_of(digest_algorithm)
        self._certificates = tlv(CONTEXT_0, *sorted({certificate, *chain}))
        self._signer = integer(1) + sequence(issuer, serial) + digest_algorithm
        self._algorithm = signature_algorithm_der(algorithm)

    def token(self, info: bytes, signer: HashSigner, at: datetime, *, with_certificate: bool) -> bytes:
        """Return the DER of a token over the TSTInfo ``info``, signed by ``signer``."""
        attributes = sorted(
            (
                self._content_type,
                self._binding,
                sequence(_SIGNING_TIME, set_of(time(at))),
                sequence(_MESSAGE_DIGEST, set_of(tlv(OCTET_STRING, hashlib.new(self._digest, info).digest()))),
            )
        )
        (value,) = signer.sign_digests([hashlib.new(self._digest, tlv(0x31, *attributes)).digest()])
        signer_info = sequence(self._signer, tlv(CONTEXT_0, *attributes), self._algorithm, tlv(OCTET_STRING, value))
        signed = sequence(
            self._head,
            sequence(_TST_INFO, tlv(CONTEXT_0, tlv(OCTET_STRING, info))),
            self._certificates if with_certificate else b"",
            tlv(0x31, signer_info),
        )
        return sequence(_SIGNED_DATA, tlv(CONTEXT_0, signed))


def template_of(signer: HashSigner) -> TokenTemplate:
    """Return the template of a unit; it is made once for each certificate."""
    return _template(signer.certificate, tuple(signer.chain[:-1]), signer.algorithm)


@lru_cache(maxsize=16)
def _template(
    certificate: x509.Certificate, chain: tuple[x509.Certificate, ...], algorithm: SignatureAlgorithm
) -> TokenTemplate:
    encoded = [one.public_bytes(Encoding.DER) for one in chain]
    return TokenTemplate(certificate.public_bytes(Encoding.DER), encoded, algorithm)


def info(imprint: bytes, *, policy: str, serial: int, at: datetime, accuracy_seconds: int, nonce: int | None) -> bytes:
    """Return the DER of a TSTInfo about ``imprint``, the DER of a MessageImprint; ordering is false."""
    return sequence(
        integer(1),
        _oid(policy),
        imprint,
        integer(serial),
        tlv(GENERALIZED_TIME, at.astimezone(UTC).strftime("%Y%m%d%H%M%SZ").encode()),
        sequence(integer(accuracy_seconds)),
        integer(nonce) if nonce is not None else b"",
    )


def time(at: datetime) -> bytes:
    """Return a Time of RFC 5652 §11.3."""
    at = at.astimezone(UTC)
    if at.year < UTC_TIME_ENDS:
        return tlv(UTC_TIME, at.strftime("%y%m%d%H%M%SZ").encode())
    return tlv(GENERALIZED_TIME, at.strftime("%Y%m%d%H%M%SZ").encode())


@lru_cache(maxsize=64)
def _oid(dotted: str) -> bytes:
    der: bytes = core.ObjectIdentifier(dotted).dump()
    return der
