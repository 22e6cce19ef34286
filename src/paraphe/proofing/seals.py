"""Visible seals: 2D-Doc codes are read, and their signatures verified with keys that the operator configured.

A valid seal proves what it says, not who holds the document: a copied seal is valid too. The seal of the French card
since 2021 (CEV, ISO 20248 and XP Z42-105, signed under the CSCA of France) is another format of which no specimen and
no certificate could be had: it is UNKNOWN_FORMAT here, and says so rather than guess.
"""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
    load_pem_public_key,
)

from paraphe.kernel.errors import DomainError
from paraphe.proofing.claim import SealSigner

_GS, _US = b"\x1d", b"\x1f"
#: Characters of the header by version: 03 adds a perimeter, 04 a country.
_HEADERS = {b"01": 22, b"02": 22, b"03": 24, b"04": 26}
_EPOCH = date(2000, 1, 1)
_NO_DAY = "FFFF"
#: The largest DataMatrix holds 2335 letters; a seal has a few hundred.
_MOST_OCTETS = 2000
#: A certificate has one or two thousand octets.
_LARGEST_FILE = 20_000
#: Length of raw signatures (r and s), with curve and digest.
_CURVES: dict[int, tuple[type[ec.EllipticCurve], hashes.HashAlgorithm]] = {
    64: (ec.SECP256R1, hashes.SHA256()),
    96: (ec.SECP384R1, hashes.SHA384()),
    132: (ec.SECP521R1, hashes.SHA512()),
}
_KNOWN_CURVES = tuple(curve for curve, _ in _CURVES.values())
#: Fields of identity documents (types 07, 08, 13): identifier → our name, and its length where it is fixed.
_FIELDS: dict[str, tuple[str, int | None]] = {
    "60": ("given_names", None),
    "62": ("surname", None),
    "63": ("usage_name", None),
    "65": ("document_kind", 2),
    "66": ("number", None),
    "67": ("nationality", 2),
    "68": ("sex", 1),
    "69": ("birth_date", 8),
    "6F": ("mrz", None),
    "6N": ("valid_from", 8),
    "6O": ("valid_to", 8),
}
_SIGNER_NAME = re.compile(r"([A-Z0-9]{4})-([A-Z0-9]{4})\.pem")


class SealTrustBroken(DomainError):
    """A certificate for visible seals cannot be used: ``params["file"]``, and ``params["reason"]`` why.

    ``no_folder``, ``name`` (not AUTH-CERT.pem), ``unreadable``, ``content`` (neither certificate nor key), ``key`` (not
    on P-256, P-384 or P-521).
    """

    code = "seal_trust_broken"


class SealStatus(StrEnum):
    """What became of a seal. Only VALID counts."""

    UNREADABLE = "unreadable"
    UNKNOWN_FORMAT = "unknown_format"
    #: Its key is not configured, or the certificate of the key was not valid on the day of signature.
    UNTRUSTED_SIGNER = "untrusted_signer"
    BAD_SIGNATURE = "bad_signature"
    VALID = "valid"


@dataclass(frozen=True)
class SealReading:
    """A seal: ``kind`` is its type of document, ``fields`` what it says by our names; dates None where it has none."""

    status: SealStatus
    kind: str = ""
    authority: str = ""
    certificate: str = ""
    issued_on: date | None = None
    signed_on: date | None = None
    fields: dict[str, str] = field(default_factory=dict)


class SealVerifier:
    """Reads seals and verifies them with the keys of ``signers``."""

    def __init__(self, signers: Sequence[SealSigner]) -> None:
        self._signers = {(signer.authority, signer.certificate): signer for signer in signers}

    def read(self, data: bytes) -> SealReading:
        """Return what the octets of a DataMatrix say, and whether they may be believed. Never raises."""
        if not data.startswith(b"DC"):
            return SealReading(SealStatus.UNKNOWN_FORMAT)
        length = _HEADERS.get(data[2:4])
        if length is None or len(data) > _MOST_OCTETS:
            return SealReading(SealStatus.UNKNOWN_FORMAT)
        signed, separator, rest = data.partition(_US)
        if not separator or len(signed) < length or not signed.isascii():
            return SealReading(SealStatus.UNREADABLE)
        header = signed[:length].decode("ascii")
        reading = SealReading(
            SealStatus.UNTRUSTED_SIGNER,
            kind=header[20:22],
            authority=header[4:8],
            certificate=header[8:12],
            issued_on=_day(header[12:16]),
            signed_on=_day(header[16:20]),
            fields=_fields(signed[length:]),
        )
        signer = self._signers.get((reading.authority, reading.certificate))
        if signer is None:
            return reading
        # What follows the signature is an annex that nobody signed.
        if not _verified(signer.public_key_der, signed, rest.partition(_GS)[0]):
            return replace(reading, status=SealStatus.BAD_SIGNATURE)
        return replace(reading, status=SealStatus.VALID) if _in_force(signer, reading.signed_on) else reading


def signers_in(folder: Path) -> tuple[SealSigner, ...]:
    """Return the signers whose certificates lie in ``folder`` as ``AUTH-CERT.pem`` (for example ``FR03-26D1.pem``).

    Each is an X.509 certificate or a public key in PEM; whoever puts it there trusts it. A certificate is good for
    seals signed while it is valid. Raises SealTrustBroken for a file that is neither.
    """
    if not folder.is_dir():
        raise SealTrustBroken(file=str(folder), reason="no_folder")
    return tuple(_signer(path) for path in sorted(folder.glob("*.pem")))


def _signer(path: Path) -> SealSigner:
    name = _SIGNER_NAME.fullmatch(path.name)
    if name is None:
        raise SealTrustBroken(file=path.name, reason="name")
    try:
        with path.open("rb") as file:
            text = file.read(_LARGEST_FILE)
    except OSError:
        raise SealTrustBroken(file=path.name, reason="unreadable") from None
    since = until = None
    try:
        if b"BEGIN CERTIFICATE" in text:
            found = x509.load_pem_x509_certificate(text)
            since, until = found.not_valid_before_utc.date(), found.not_valid_after_utc.date()
            key: object = found.public_key()
        else:
            key = load_pem_public_key(text)
    except (ValueError, UnsupportedAlgorithm):
        raise SealTrustBroken(file=path.name, reason="content") from None
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, _KNOWN_CURVES):
        raise SealTrustBroken(file=path.name, reason="key")
    return SealSigner(name[1], name[2], key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo), since, until)


def _in_force(signer: SealSigner, signed_on: date | None) -> bool:
    """Tell whether the signer's certificate was valid on that day. Without a day, that cannot be told."""
    if signer.since is None or signer.until is None:
        return True
    return signed_on is not None and signer.since <= signed_on <= signer.until


def _verified(key_der: bytes, signed: bytes, encoded: bytes) -> bool:
    try:
        raw = base64.b32decode(encoded + b"=" * (-len(encoded) % 8))
        key = load_der_public_key(key_der)
    except (binascii.Error, ValueError):
        return False
    half = len(raw) // 2
    if len(raw) not in _CURVES or not isinstance(key, ec.EllipticCurvePublicKey):
        return False
    curve, digest = _CURVES[len(raw)]
    if not isinstance(key.curve, curve):
        return False
    signature = encode_dss_signature(int.from_bytes(raw[:half], "big"), int.from_bytes(raw[half:], "big"))
    try:
        key.verify(signature, signed, ec.ECDSA(digest))
    except InvalidSignature:
        return False
    return True


def _day(text: str) -> date | None:
    if text == _NO_DAY or not re.fullmatch("[0-9A-F]{4}", text):
        return None
    return _EPOCH + timedelta(days=int(text, 16))


def _fields(message: bytes) -> dict[str, str]:
    """Return the known fields of a message; reading stops at the first identifier that is not known.

    A field of variable length ends at GS, or at RS where it was cut.
    """
    text = message.decode("ascii", "replace")
    found: dict[str, str] = {}
    while len(text) > 2:
        known = _FIELDS.get(text[:2])
        if known is None:
            break
        name, length = known
        if length is not None:
            found[name], text = text[2 : 2 + length], text[2 + length :].lstrip("\x1d")
            continue
        value = re.split("[\x1d\x1e]", text[2:], maxsplit=1)
        found[name], text = value[0], value[1] if len(value) > 1 else ""
    return found
