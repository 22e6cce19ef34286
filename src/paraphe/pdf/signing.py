"""From a document to a PAdES signature, in steps that are types: Prepared → Signed → Augmented.

ETSI EN 319 142-1: baseline B-B and B-T by ``finish``, B-LT by ``augment``. Always an incremental update (ISO 32000-2
§7.5.6): the input is a byte prefix of every output.
"""

import base64
import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import cast

from asn1crypto import algos, cms
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import ExternalSigner, PdfSignatureMetadata, PdfSigner, fields
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.pdf_byterange import PreparedByteRangeDigest
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from paraphe.kernel.clock import Clock
from paraphe.kernel.digests import sha256
from paraphe.pdf.errors import Damaged, NotPermitted, SignatureMismatch, StateBroken
from paraphe.pdf.material import ValidationMaterial, complete_in, gather
from paraphe.pdf.opening import at_once, open_reader, refusing
from paraphe.pdf.place import place_of
from paraphe.pdf.reading import inspect
from paraphe.pdf.values import SignatureSettings
from paraphe.pki.errors import SignatureInvalid
from paraphe.pki.keys import checked_key, verify_signature
from paraphe.pki.ports import RevocationSource, SignatureAlgorithm, TimestampSource
from paraphe.pki.tsp import token_info

# Hexadecimal digits kept free for the CMS object: signature, certificates and a timestamp token with its own.
RESERVED = 2 * 16_000
MAGIC = b"PARAPHE-PREPARED-2\n"
HEAD = struct.Struct(">32sI")
"""SHA-256 of what follows it, length of the JSON."""


@dataclass(frozen=True)
class Prepared:
    """A document with a place for its signature, waiting for the signature value; it can wait for hours.

    ``digest_to_sign`` is the SHA-256 of the DER of the signed attributes (RFC 5652 §5.4): the only thing that the
    holder of the key needs.
    """

    data: bytes
    attributes: bytes
    certificates: tuple[bytes, ...]
    algorithm: SignatureAlgorithm
    byte_range_digest: bytes
    start: int
    end: int

    @property
    def digest_to_sign(self) -> bytes:
        """Return the 32 bytes to be signed."""
        return sha256(self.attributes)

    def to_bytes(self) -> bytes:
        """Return the whole state as bytes: a line of magic, a SHA-256 of the rest, a length, JSON, the document."""
        head = json.dumps(
            {
                "attributes": base64.b64encode(self.attributes).decode(),
                "certificates": [base64.b64encode(one).decode() for one in self.certificates],
                "algorithm": self.algorithm,
                "byte_range_digest": self.byte_range_digest.hex(),
                "start": self.start,
                "end": self.end,
            }
        ).encode()
        return MAGIC + HEAD.pack(sha256(head + self.data), len(head)) + head + self.data

    @classmethod
    def from_bytes(cls, state: bytes) -> "Prepared":
        """Return the value that ``to_bytes`` gave. Raises StateBroken."""
        try:
            if not state.startswith(MAGIC):
                raise StateBroken()
            begin = len(MAGIC) + HEAD.size
            digest, length = HEAD.unpack(state[len(MAGIC) : begin])
            if digest != sha256(state[begin:]):
                raise StateBroken()
            head = json.loads(state[begin : begin + length])
            return cls(
                data=state[begin + length :],
                attributes=base64.b64decode(head["attributes"]),
                certificates=tuple(base64.b64decode(one) for one in head["certificates"]),
                algorithm=cast(SignatureAlgorithm, head["algorithm"]),
                byte_range_digest=bytes.fromhex(head["byte_range_digest"]),
                start=int(head["start"]),
                end=int(head["end"]),
            )
        except (ValueError, KeyError, TypeError, struct.error):
            raise StateBroken() from None


@dataclass(frozen=True)
class Signed:
    """A signed document at level B-B or B-T. ``contents`` is the CMS object as written, with its padding."""

    data: bytes
    contents: bytes
    certificates: tuple[bytes, ...]


@dataclass(frozen=True)
class Augmented:
    """A signed document at level B-LT: what proves its validity later is inside."""

    data: bytes


def prepare(
    data: bytes,
    settings: SignatureSettings,
    certificate: x509.Certificate,
    chain: Sequence[x509.Certificate],
    clock: Clock,
    material: ValidationMaterial | None = None,
) -> Prepared:
    """Return ``data`` with a place for a signature by the key of ``certificate``.

    ``chain``: its issuers, nearest first. ``material``, gathered by ``collect`` just before, goes into the signed
    bytes: the finished signature then covers the whole file and ``augment`` has nothing to add. Raises a PdfRefused
    when the document cannot be signed; nothing of it is changed. What DocMDP and field locks forbid is refused.
    """
    found = inspect(data)
    reader = open_reader(data)
    algorithm = _algorithm(certificate)
    chain_der = tuple(one.public_bytes(Encoding.DER) for one in (certificate, *chain))
    with refusing():
        signer = _external_signer(chain_der, algorithm, None)
        place = place_of(reader, settings, found)
        metadata = PdfSignatureMetadata(
            field_name=place.field_name,
            md_algorithm="sha256",
            subfilter=fields.SigSeedSubFilter.PADES,
            reason=settings.reason or None,
            location=settings.location or None,
            name=settings.signer_name or None,
        )
        writer = IncrementalPdfFileWriter(BytesIO(data), strict=False)
        if material is not None:
            material.write(writer)
        pdf_signer = PdfSigner(metadata, signer, stamp_style=place.style, new_field_spec=place.new_field)
        digest, output = _digested(pdf_signer, writer, clock)
        attributes = at_once(signer.signed_attrs(digest.document_digest, "sha256", use_pades=True))
    return Prepared(
        data=output.getvalue(),
        attributes=attributes.dump(),
        certificates=chain_der,
        algorithm=algorithm,
        byte_range_digest=digest.document_digest,
        start=digest.reserved_region_start,
        end=digest.reserved_region_end,
    )


def _digested(
    pdf_signer: PdfSigner, writer: IncrementalPdfFileWriter, clock: Clock
) -> tuple[PreparedByteRangeDigest, BytesIO]:
    try:
        session = pdf_signer.init_signing_session(writer)
        session.system_time = clock.now()
        document = session.prepare_tbs_document(validation_info=None, bytes_reserved=RESERVED)
        digest, output = document.digest_tbs_document()
    except SigningError as error:
        raise NotPermitted() from error
    return digest, cast(BytesIO, output)


def finish(prepared: Prepared, signature: bytes, timestamps: TimestampSource | None) -> Signed:
    """Put the signature value, and a timestamp over it, into the place (PAdES B-T; B-B when ``timestamps`` is None).

    Raises SignatureMismatch when the value is not over the digest by this key, StateBroken when the stored document is
    not the one that was prepared, TimestampUnavailable.
    """
    _check_state(prepared)
    certificate = x509.load_der_x509_certificate(prepared.certificates[0])
    try:
        key = checked_key(certificate.public_key())
        verify_signature(key, prepared.algorithm, prepared.digest_to_sign, signature)
    except SignatureInvalid as error:
        raise SignatureMismatch() from error
    signer = _external_signer(prepared.certificates, prepared.algorithm, signature)
    # Asked outside the event loop below: a source on the same machine may use what refuses to run inside one.
    stamper = _Stamper(timestamps.timestamp(sha256(signature))) if timestamps else None
    attributes = cms.CMSAttributes.load(prepared.attributes)
    content = at_once(signer.async_sign_prescribed_attributes("sha256", signed_attrs=attributes, timestamper=stamper))
    output = BytesIO(prepared.data)
    place = PreparedByteRangeDigest(prepared.byte_range_digest, prepared.start, prepared.end)
    try:
        contents = place.fill_with_cms(output, content)
    except SigningError as error:
        raise Damaged(reason="the CMS object does not fit") from error
    return Signed(data=output.getvalue(), contents=bytes(contents), certificates=prepared.certificates)


def augment(signed: Signed, revocation: RevocationSource, roots: Sequence[x509.Certificate]) -> Augmented:
    """Add what proves the validity of signer and timestamp later: certificates, OCSP answers, lists (PAdES B-LT).

    ETSI EN 319 142-1 §5.4.2: a DSS dictionary. What is inside already, from ``prepare``, is not added again. Raises
    RevocationUnavailable.
    """
    certificates = [*signed.certificates, *(one.public_bytes(Encoding.DER) for one in roots)]
    token = _token(cms.ContentInfo.load(signed.contents)["content"])
    if token is not None:
        certificates += [one.chosen.dump() for one in token["content"]["certificates"]]
        if complete_in(signed.data, certificates, token_info(token.dump()).gen_time):
            return Augmented(data=signed.data)
    output = BytesIO(signed.data)
    gather(certificates, revocation).append(output, signed.contents)
    return Augmented(data=output.getvalue())


def _check_state(prepared: Prepared) -> None:
    """Compare the stored document with the digest of it that is signed, and that with the signed attributes."""
    digest = sha256(prepared.data[: prepared.start] + prepared.data[prepared.end :])
    try:
        attributes = cms.CMSAttributes.load(prepared.attributes)
        signed = [one["values"][0].native for one in attributes if one["type"].native == "message_digest"]
    except (ValueError, TypeError):
        raise StateBroken() from None
    if signed != [digest] or prepared.byte_range_digest != digest:
        raise StateBroken()


class _Stamper(TimeStamper):
    """A timestamp token over the signature value, in the shape that the CMS builder expects."""

    def __init__(self, token: bytes) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._token = token

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        return cms.ContentInfo.load(self._token)


def _token(content: cms.SignedData) -> cms.ContentInfo | None:
    """Return the timestamp over the signature value, None at level B-B."""
    for attribute in content["signer_infos"][0]["unsigned_attrs"]:
        if attribute["type"].native == "signature_time_stamp_token":
            return attribute["values"][0]
    return None


def _algorithm(certificate: x509.Certificate) -> SignatureAlgorithm:
    key = checked_key(certificate.public_key())
    return "ecdsa-sha256" if isinstance(key, ec.EllipticCurvePublicKey) else "rsa-pkcs1-sha256"


def _external_signer(chain: Sequence[bytes], algorithm: SignatureAlgorithm, signature: bytes | None) -> ExternalSigner:
    certificates = [asn1_x509.Certificate.load(one) for one in chain]
    store = SimpleCertificateStore.from_certs(certificates[1:])  # type: ignore[no-untyped-call]
    mechanism = "sha256_ecdsa" if algorithm == "ecdsa-sha256" else "sha256_rsa"
    return ExternalSigner(
        signing_cert=certificates[0],
        cert_registry=store,
        signature_value=signature or 512,
        signature_mechanism=algos.SignedDigestAlgorithm({"algorithm": mechanism}),
        embed_roots=False,
    )
