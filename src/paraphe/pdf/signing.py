"""From a document to a PAdES signature, in steps that are types: Prepared → Signed → Augmented.

ETSI EN 319 142-1: baseline B-B and B-T by ``finish``, B-LT by ``augment``. Always an incremental update (ISO 32000-2
§7.5.6): the input is a byte prefix of every output.
"""

import asyncio
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
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import ExternalSigner, PdfSignatureMetadata, PdfSigner, fields
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.pdf_byterange import PreparedByteRangeDigest
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from paraphe.kernel.clock import Clock
from paraphe.kernel.digests import sha256
from paraphe.pdf.appearance import stamp_style
from paraphe.pdf.errors import Damaged, NoSuchPage, SignatureMismatch, StateBroken
from paraphe.pdf.inspection import inspect
from paraphe.pdf.material import ValidationMaterial, complete_in, gather
from paraphe.pdf.opening import open_reader, refusing
from paraphe.pdf.pages import read_pages
from paraphe.pdf.values import SignatureSettings
from paraphe.pki.errors import SignatureInvalid
from paraphe.pki.keys import checked_key, verify_signature
from paraphe.pki.ports import RevocationSource, SignatureAlgorithm, TimestampSource

# Hexadecimal digits kept free for the CMS object: signature, certificates and a timestamp token with its own.
RESERVED = 2 * 16_000
MAGIC = b"PARAPHE-PREPARED-1\n"


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
        """Return the whole state as bytes of a documented form: a line of magic, a length, JSON, the document."""
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
        return MAGIC + struct.pack(">I", len(head)) + head + self.data

    @classmethod
    def from_bytes(cls, state: bytes) -> "Prepared":
        """Return the value that ``to_bytes`` gave. Raises StateBroken."""
        try:
            if not state.startswith(MAGIC):
                raise StateBroken()
            begin = len(MAGIC) + 4
            (length,) = struct.unpack(">I", state[len(MAGIC) : begin])
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
        name = settings.field_name or _free_name({*found.signed_fields, *found.empty_fields})
        spec, style = _field(reader, settings, name)
        metadata = PdfSignatureMetadata(
            field_name=name,
            md_algorithm="sha256",
            subfilter=fields.SigSeedSubFilter.PADES,
            reason=settings.reason or None,
            location=settings.location or None,
            name=settings.signer_name or None,
        )
        writer = IncrementalPdfFileWriter(BytesIO(data), strict=False)
        if material is not None:
            material.write(writer)
        pdf_signer = PdfSigner(metadata, signer, stamp_style=style, new_field_spec=spec)
        prepared, _, output = asyncio.run(pdf_signer.async_digest_doc_for_signing(writer, bytes_reserved=RESERVED))
        attributes = asyncio.run(signer.signed_attrs(prepared.document_digest, "sha256", use_pades=True))
    return Prepared(
        data=cast(BytesIO, output).getvalue(),
        attributes=attributes.dump(),
        certificates=chain_der,
        algorithm=algorithm,
        byte_range_digest=prepared.document_digest,
        start=prepared.reserved_region_start,
        end=prepared.reserved_region_end,
    )


def finish(prepared: Prepared, signature: bytes, timestamps: TimestampSource | None) -> Signed:
    """Put the signature value, and a timestamp over it, into the place (PAdES B-T; B-B when ``timestamps`` is None).

    Raises SignatureMismatch when the value is not over the digest by this key, TimestampUnavailable.
    """
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
    content = asyncio.run(
        signer.async_sign_prescribed_attributes("sha256", signed_attrs=attributes, timestamper=stamper)
    )
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
    certificates = [*_certificates_inside(signed), *(one.public_bytes(Encoding.DER) for one in roots)]
    if complete_in(signed.data, certificates):
        return Augmented(data=signed.data)
    output = BytesIO(signed.data)
    gather(certificates, revocation).append(output, signed.contents)
    return Augmented(data=output.getvalue())


class _Stamper(TimeStamper):
    """A timestamp token over the signature value, in the shape that the CMS builder expects."""

    def __init__(self, token: bytes) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._token = token

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        return cms.ContentInfo.load(self._token)


def _certificates_inside(signed: Signed) -> list[bytes]:
    """Return the certificates of the signer's chain and of the timestamp in the CMS object."""
    content = cms.ContentInfo.load(signed.contents.rstrip(b"\x00") + b"\x00" * 8)["content"]
    found = list(signed.certificates)
    for attribute in content["signer_infos"][0]["unsigned_attrs"]:
        if attribute["type"].native == "signature_time_stamp_token":
            token = attribute["values"][0]["content"]
            found += [one.chosen.dump() for one in token["certificates"]]
    return found


def _field(
    reader: PdfFileReader, settings: SignatureSettings, name: str
) -> tuple[fields.SigFieldSpec | None, StaticStampStyle | None]:
    if settings.field_name is not None:
        return None, None
    if settings.box is None:
        return fields.SigFieldSpec(name), None
    pages = read_pages(reader)
    if not 0 <= settings.box.page < len(pages):
        raise NoSuchPage(page=settings.box.page)
    page = pages[settings.box.page]
    left, bottom, right, top = (round(value) for value in page.to_file(settings.box))
    spec = fields.SigFieldSpec(name, on_page=settings.box.page, box=(left, bottom, right, top))
    return spec, stamp_style(settings, settings.box.width, settings.box.height, page.rotation)


def _free_name(taken: set[str]) -> str:
    number = 1
    while f"Signature{number}" in taken:
        number += 1
    return f"Signature{number}"


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
