"""The revision of one signer: fields filled, a place for the signature with its appearance, nothing signed yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO, Any, cast

from pyhanko.sign import ExternalSigner, PdfSignatureMetadata, PdfSigner, fields
from pyhanko.sign.general import SigningError
from pyhanko_certvalidator.registry import SimpleCertificateStore

from paraphe.kernel.clock import Clock
from paraphe.pdf.appearance import echo_lines
from paraphe.pdf.errors import NotPermitted
from paraphe.pdf.filling import Filler
from paraphe.pdf.initials import write_initials
from paraphe.pdf.material import ValidationMaterial
from paraphe.pdf.opening import Buffer, open_reader, refusing
from paraphe.pdf.place import place_of
from paraphe.pdf.repair import repair
from paraphe.pdf.values import FieldValue, Inspection, SignatureSettings
from paraphe.pdf.writing import CHUNK, Slot, TailWriter, asn1_certificates


@dataclass(frozen=True)
class Wish:
    """What is to be reserved: ``room`` octets for /Contents, over a digest of this name."""

    settings: SignatureSettings
    digest: str
    room: int
    certificates: Sequence[bytes] = ()
    """DER of the signer and his issuers; empty when the certificate is not made yet."""
    material: ValidationMaterial | None = None
    fill: Sequence[FieldValue] = ()


def reserve(buffer: Buffer, found: Inspection, wish: Wish, clock: Clock) -> Slot:
    """Return the revision with its place. Raises a PdfRefused."""
    settings = wish.settings
    if settings.certify is not None and found.signed_fields:
        raise NotPermitted(rule="only the first signature certifies (ISO 32000-2 §12.8.2.2.1)")
    with refusing():
        before = foundation(buffer, found)
        reader = open_reader(buffer, before, password=settings.password)
        place = place_of(reader, settings, found)
        metadata = PdfSignatureMetadata(
            field_name=place.field_name,
            md_algorithm=wish.digest,
            subfilter=fields.SigSeedSubFilter.PADES,
            reason=settings.reason or None,
            location=settings.location or None,
            name=settings.signer_name or None,
            certify=settings.certify is not None,
            docmdp_permissions=fields.MDPPerm(settings.certify or 2),
        )
        writer = TailWriter(buffer, before, password=settings.password)
        if wish.fill or settings.echoes:
            filler = Filler(writer)
            filler.fill(wish.fill)
            page = settings.box.page if settings.box else filler.page_of(place.field_name) if place.style else None
            filler.echo(settings.echoes, echo_lines(settings, page), settings.ink)
        if wish.material is not None:
            wish.material.write(writer)
        write_initials(writer, settings, found)
        signer = _placeholder(wish.certificates)
        pdf_signer = PdfSigner(metadata, signer, stamp_style=place.style, new_field_spec=place.new_field)
        return _made(pdf_signer, writer, buffer, clock, 2 * wish.room)


def foundation(buffer: Buffer, found: Inspection) -> bytes:
    """Return what must stand before the first revision of ours: a cross-reference where that of the file is damaged."""
    return repair(buffer) if found.cross_reference == "rebuilt" else b""


def _made(pdf_signer: PdfSigner, writer: TailWriter, buffer: Buffer, clock: Clock, digits: int) -> Slot:
    output = writer.output()
    try:
        session = pdf_signer.init_signing_session(writer)
        session.system_time = clock.now()
        document = session.prepare_tbs_document(validation_info=None, bytes_reserved=digits)
        digest, _ = document.digest_tbs_document(output=cast(IO[Any], output), chunk_size=CHUNK)
    except SigningError as error:
        raise NotPermitted(rule=str(error)) from error
    return Slot.of(buffer, bytes(output.tail), digest)


def _placeholder(chain: Sequence[bytes]) -> ExternalSigner:
    """Return what the writer of the structure takes for a signer; it signs nothing."""
    certificates = asn1_certificates(chain)
    store = SimpleCertificateStore.from_certs(certificates[1:])  # type: ignore[no-untyped-call]
    certificate = certificates[0] if certificates else None
    return ExternalSigner(signing_cert=certificate, cert_registry=store, signature_value=512, embed_roots=False)
