"""Time-stamping, RFC 3161 with RFC 5816: requests, tokens, refusals, and the check of an answer."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Literal, cast, get_args

from asn1crypto import cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from paraphe.kernel.digests import sha256
from paraphe.pki import tokens
from paraphe.pki.algorithms import digest_of
from paraphe.pki.der import (
    BOOLEAN,
    GENERALIZED_TIME,
    INTEGER,
    NULL,
    OBJECT_IDENTIFIER,
    OCTET_STRING,
    SEQUENCE,
    SET,
    NotDer,
    Reader,
    integer,
    sequence,
    tlv,
)
from paraphe.pki.errors import MalformedRequest, SignatureInvalid, TimestampInvalid, UnsupportedKey
from paraphe.pki.keys import checked_key, verify_signature
from paraphe.pki.ports import HashSigner, SignatureAlgorithm

FailInfo = Literal[
    "bad_alg", "bad_request", "bad_data_format", "time_not_available", "unaccepted_policy", "unaccepted_extension",
    "system_failure",
]  # fmt: skip
VERSION, LONGEST_NONCE, LONGEST_POLICY = 1, 128, 64
_EXTENSIONS = 0xA0
_DIGESTS = {
    bytes.fromhex("608648016503040201"): "sha256",
    bytes.fromhex("608648016503040202"): "sha384",
    bytes.fromhex("608648016503040203"): "sha512",
}
_IDENTIFIERS = {name: identifier for identifier, name in _DIGESTS.items()}
_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
_TST_INFO = bytes.fromhex("2a864886f70d0109100104")
_EXPLICIT, _CERTIFICATES_AND_LISTS = 0xA0, (0xA0, 0xA1)
_GRANTED_STATUS = (0, 1)
"""Granted, granted with modifications."""
ACCEPTED_DIGESTS = {"sha256": 32, "sha384": 48, "sha512": 64}
_FAMILIES = {"rsassa_pkcs1v15": "rsa-pkcs1", "rsassa_pss": "rsa-pss", "ecdsa": "ecdsa"}
_GRANTED = sequence(integer(0))
"""PKIStatusInfo with the status granted (§2.4.2)."""


class _Refusal(core.Sequence):
    """A TimeStampResp without its token, which asn1crypto does not know to be optional (RFC 3161 §2.4.2)."""

    _fields = [("status", tsp.PKIStatusInfo)]


@dataclass(frozen=True)
class TimestampRequest:
    """What is asked: a digest, and perhaps a policy, a nonce, the certificate in the answer.

    ``hash_algorithm`` is empty for one that is not accepted. ``imprint`` is the DER of the digest with its algorithm,
    which the token repeats as it was sent (§2.4.2).
    """

    hash_algorithm: str
    digest: bytes
    imprint: bytes
    policy: str | None
    nonce: int | None
    certificate_wanted: bool
    extensions: bool


@dataclass(frozen=True)
class TokenInfo:
    """What a token says."""

    gen_time: datetime
    serial: int
    hash_algorithm: str
    digest: bytes
    policy: str
    nonce: int | None
    certificate: x509.Certificate | None


def build_request(digest: bytes, nonce: int | None, hash_algorithm: str = "sha256") -> bytes:
    """Return the DER of a TimeStampReq (RFC 3161 §2.4.1) for a ``digest``, asking for the certificate."""
    algorithm = sequence(tlv(OBJECT_IDENTIFIER, _IDENTIFIERS[hash_algorithm]), tlv(NULL))
    asked = b"" if nonce is None else integer(nonce)
    return sequence(integer(VERSION), sequence(algorithm, tlv(OCTET_STRING, digest)), asked, tlv(BOOLEAN, b"\xff"))


def parse_request(der: bytes) -> TimestampRequest:
    """Return what a TimeStampReq asks. Raises MalformedRequest for anything else."""
    try:
        outer = Reader(der)
        request = outer.inside(SEQUENCE)
        outer.done()
        version = request.integer()
        if version != VERSION:
            raise MalformedRequest(protocol="tsp", reason="version")
        imprint = request.whole(SEQUENCE)
        algorithm, digest = _imprint(imprint)
        found = TimestampRequest(
            hash_algorithm=algorithm,
            digest=digest,
            imprint=imprint,
            policy=_dotted(request.whole(OBJECT_IDENTIFIER)) if request.tag == OBJECT_IDENTIFIER else None,
            nonce=_nonce(request) if request.tag == INTEGER else None,
            certificate_wanted=request.boolean() if request.tag == BOOLEAN else False,
            extensions=bool(request.take(_EXTENSIONS)) if request.tag == _EXTENSIONS else False,
        )
        request.done()
    except NotDer:
        raise MalformedRequest(protocol="tsp") from None
    return found


def _imprint(encoded: bytes) -> tuple[str, bytes]:
    """Read a MessageImprint: the name of its algorithm, empty for one that is not accepted, and the digest."""
    imprint = Reader(encoded).inside(SEQUENCE)
    algorithm = imprint.inside(SEQUENCE)
    name = _DIGESTS.get(algorithm.take(OBJECT_IDENTIFIER), "")
    if name:  # Nobody has something of his choice signed beside the digest (RFC 5754 §2).
        if algorithm.tag == NULL:
            algorithm.null()
        algorithm.done()
    digest = imprint.take(OCTET_STRING)
    imprint.done()
    return name, digest


def _nonce(request: Reader) -> int:
    nonce = request.integer()
    if nonce.bit_length() > 8 * LONGEST_NONCE:
        raise NotDer(reason="nonce")
    return nonce


@lru_cache(maxsize=64)
def _dotted(encoded: bytes) -> str:
    """Return an identifier as people write it. Raises NotDer."""
    if not 2 < len(encoded) <= LONGEST_POLICY:
        raise NotDer(reason="identifier")
    try:
        return str(core.ObjectIdentifier.load(encoded, strict=True).dotted)
    except (ValueError, TypeError):
        raise NotDer(reason="identifier") from None


def refusal_of(request: TimestampRequest, policy: str) -> FailInfo | None:
    """Return why ``request`` cannot be answered under ``policy`` (RFC 3161 §2.4.2), None when it can."""
    if request.hash_algorithm not in ACCEPTED_DIGESTS:
        return "bad_alg"
    if len(request.digest) != ACCEPTED_DIGESTS[request.hash_algorithm]:
        return "bad_data_format"
    if request.policy not in (None, policy):
        return "unaccepted_policy"
    if request.extensions:
        return "unaccepted_extension"
    return None


def build_response(
    request: TimestampRequest,
    signer: HashSigner,
    *,
    serial: int,
    gen_time: datetime,
    policy: str,
    accuracy_seconds: int = 1,
) -> bytes:
    """Return the DER of a TimeStampResp with a token (RFC 3161 §2.4.2) signed by ``signer``, ordering false."""
    at = gen_time.astimezone(UTC).replace(microsecond=0)
    content = tokens.info(
        request.imprint,
        policy=policy,
        serial=serial,
        at=at,
        accuracy_seconds=accuracy_seconds,
        nonce=request.nonce,
    )
    made = tokens.template_of(signer).token(content, signer, at, with_certificate=request.certificate_wanted)
    return sequence(_GRANTED, made)


def build_refusal(fail_info: FailInfo, text: str) -> bytes:
    """Return the DER of a TimeStampResp that says why there is no token."""
    name = "unaccepted_extensions" if fail_info == "unaccepted_extension" else fail_info  # asn1crypto's name of bit 16
    status = {"status": "rejection", "status_string": [text], "fail_info": {name}}
    der: bytes = _Refusal({"status": status}).dump()
    return der


def parse_response(der: bytes, digest: bytes, nonce: int | None) -> bytes:
    """Return the DER of the token of an answer. Raises TimestampInvalid unless it is about ``digest`` and ``nonce``."""
    try:
        token, about, answered = _strictly(der)
    except NotDer:
        token, about, answered = _leniently(der)
    if about != digest or answered != nonce:
        raise TimestampInvalid(reason="about something else")
    return token


def _strictly(der: bytes) -> tuple[bytes, bytes, int | None]:
    """Return token, digest and nonce of an answer in DER, as every authority sends it. Raises NotDer."""
    outer = Reader(der)
    response = outer.inside(SEQUENCE)
    outer.done()
    if response.inside(SEQUENCE).integer() not in _GRANTED_STATUS:
        raise TimestampInvalid(reason="refused")
    token = response.whole(SEQUENCE)
    response.done()
    content = Reader(token).inside(SEQUENCE)
    if content.take(OBJECT_IDENTIFIER) != _SIGNED_DATA:
        raise NotDer(reason="content")
    signed = content.inside(_EXPLICIT).inside(SEQUENCE)
    content.done()
    signed.integer()
    signed.take(SET)
    encapsulated = signed.inside(SEQUENCE)
    while signed.tag in _CERTIFICATES_AND_LISTS:
        signed.take(signed.tag)
    signed.take(SET)
    signed.done()
    if encapsulated.take(OBJECT_IDENTIFIER) != _TST_INFO:
        raise NotDer(reason="content")
    return token, *_imprint_and_nonce(encapsulated.inside(_EXPLICIT).take(OCTET_STRING))


def _imprint_and_nonce(der: bytes) -> tuple[bytes, int | None]:
    """Return what a TSTInfo (RFC 3161 §2.4.2) is about, and the nonce that it repeats. Raises NotDer."""
    info = Reader(der).inside(SEQUENCE)
    info.integer()
    info.take(OBJECT_IDENTIFIER)
    _, digest = _imprint(info.whole(SEQUENCE))
    info.integer()
    info.take(GENERALIZED_TIME)
    if info.tag == SEQUENCE:
        info.take(SEQUENCE)
    if info.tag == BOOLEAN:
        info.boolean()
    return digest, info.integer() if info.tag == INTEGER else None


def _leniently(der: bytes) -> tuple[bytes, bytes, int | None]:
    """Return the same of an answer that is not quite DER. Raises TimestampInvalid."""
    try:
        response = tsp.TimeStampResp.load(der, strict=True)
        granted = response["status"]["status"].native in ("granted", "granted_with_mods")
        token: bytes = response["time_stamp_token"].dump() if granted else b""
    except Exception:  # noqa: BLE001 - whatever the parser says of bytes from outside, the answer is the same
        raise TimestampInvalid(reason="unreadable") from None
    if not granted:
        raise TimestampInvalid(reason="refused")
    info = token_info(token)
    return token, info.digest, info.nonce


def token_info(token: bytes) -> TokenInfo:
    """Return what ``token`` says, without checking its signature. Raises TimestampInvalid when it cannot be read."""
    try:
        signed = cms.ContentInfo.load(token, strict=True)["content"]
        info = signed["encap_content_info"]["content"].parsed
        certificates = [one.chosen.dump() for one in signed["certificates"]] if signed["certificates"] else []
        return TokenInfo(
            gen_time=info["gen_time"].native,
            serial=info["serial_number"].native,
            hash_algorithm=info["message_imprint"]["hash_algorithm"]["algorithm"].native,
            digest=info["message_imprint"]["hashed_message"].native,
            policy=info["policy"].dotted,
            nonce=info["nonce"].native,
            certificate=_signer_certificate(signed, certificates),
        )
    except Exception:  # noqa: BLE001 - whatever the parser says of bytes from outside, the answer is the same
        raise TimestampInvalid(reason="unreadable") from None


def verify_token(token: bytes, digest: bytes, issuers: Sequence[x509.Certificate]) -> TokenInfo:
    """Check that ``token`` is over ``digest``, signed by a time-stamping unit that one of ``issuers`` certified.

    Tokens are read as ``build_response`` writes them: SHA-256, one signer, ESS signing-certificate-v2 (RFC 5816).
    Raises TimestampInvalid. Revocation is not looked at here.
    """
    info = token_info(token)
    if (info.hash_algorithm, info.digest) != ("sha256", digest):
        raise TimestampInvalid(reason="digest")
    if info.certificate is None:
        raise TimestampInvalid(reason="no certificate")
    _check_unit(info.certificate, issuers, info.gen_time)
    try:
        _check_signature(cms.ContentInfo.load(token, strict=True)["content"], info.certificate)
    except (SignatureInvalid, UnsupportedKey):
        raise TimestampInvalid(reason="signature") from None
    except TimestampInvalid:
        raise
    except Exception:  # noqa: BLE001 - whatever the parser says of bytes from outside, the answer is the same
        raise TimestampInvalid(reason="unreadable") from None
    return info


def _check_signature(signed: cms.SignedData, certificate: x509.Certificate) -> None:
    """Check the one signature of a token, and that its signed attributes are about this content and certificate."""
    [signer] = signed["signer_infos"]
    content = signed["encap_content_info"]
    attributes = {one["type"].native: one["values"] for one in signer["signed_attrs"]}
    if len(attributes) != len(signer["signed_attrs"]):
        raise TimestampInvalid(reason="attribute twice")
    kinds = {content["content_type"].native, *attributes["content_type"].native}
    if kinds != {"tst_info"}:
        raise TimestampInvalid(reason="not a token")
    digest = hashlib.new(digest_of(_algorithm(signer)), content["content"].parsed.dump()).digest()
    if attributes["message_digest"].native != [digest]:
        raise TimestampInvalid(reason="message digest")
    reference = attributes["signing_certificate_v2"][0]["certs"][0]
    if reference["hash_algorithm"]["algorithm"].native != "sha256":
        raise TimestampInvalid(reason="algorithm")
    if reference["cert_hash"].native != sha256(certificate.public_bytes(Encoding.DER)):
        raise TimestampInvalid(reason="signing certificate")
    algorithm = _algorithm(signer)
    digest = hashlib.new(digest_of(algorithm), signer["signed_attrs"].untag().dump()).digest()
    verify_signature(checked_key(certificate.public_key()), algorithm, digest, signer["signature"].native)


def _algorithm(signer: cms.SignerInfo) -> SignatureAlgorithm:
    """Return the algorithm of a signature. Raises TimestampInvalid for one that is not used here."""
    digest = signer["digest_algorithm"]["algorithm"].native
    family = _FAMILIES.get(signer["signature_algorithm"].signature_algo)
    found = f"{family}-{digest}"
    named = signer["signature_algorithm"]["algorithm"].native
    if named != "rsassa_pkcs1v15" and signer["signature_algorithm"].hash_algo != digest:
        raise TimestampInvalid(reason="algorithm")
    if found not in get_args(SignatureAlgorithm):
        raise TimestampInvalid(reason="algorithm")
    return cast(SignatureAlgorithm, found)


def _check_unit(certificate: x509.Certificate, issuers: Sequence[x509.Certificate], at: datetime) -> None:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except (x509.ExtensionNotFound, ValueError):
        raise TimestampInvalid(reason="not a time-stamping unit") from None
    if list(usage.value) != [ExtendedKeyUsageOID.TIME_STAMPING] or not usage.critical:
        raise TimestampInvalid(reason="not a time-stamping unit")
    if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        raise TimestampInvalid(reason="unit not valid at this time")
    for issuer in issuers:
        try:
            certificate.verify_directly_issued_by(issuer)
        except (InvalidSignature, ValueError, TypeError):
            continue
        return
    raise TimestampInvalid(reason="issuer not known")


def _signer_certificate(signed: cms.SignedData, certificates: Sequence[bytes]) -> x509.Certificate | None:
    """Return the certificate that the signer names by issuer and serial number or by key (RFC 5652 §5.3)."""
    sid = signed["signer_infos"][0]["sid"]
    for der in certificates:
        parsed = asn1_x509.Certificate.load(der)
        if sid.name == "subject_key_identifier":
            named = parsed.key_identifier == sid.native
        else:
            named = (parsed.serial_number, parsed.issuer) == (sid.chosen["serial_number"].native, sid.chosen["issuer"])
        if named:
            return x509.load_der_x509_certificate(der)
    return None
