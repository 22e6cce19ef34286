"""A document that its author certified, made without the library that is tested."""

from io import BytesIO

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter, append_signature_field
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from tests.support.pki import TestPki


def certified(data: bytes, house: TestPki, permission: MDPPerm, empty: tuple[str, ...] = ()) -> bytes:
    """Return ``data`` certified by the seal of ``house``, with ``empty`` signature fields for others."""
    seal = house.signer("seal")
    key = seal.private_key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    chain = [asn1_x509.Certificate.load(one.public_bytes(Encoding.DER)) for one in (seal.certificate, *seal.chain)]
    store = SimpleCertificateStore.from_certs(chain[1:])  # type: ignore[no-untyped-call]
    signer = SimpleSigner(chain[0], asn1_keys.PrivateKeyInfo.load(key), store)
    writer = IncrementalPdfFileWriter(BytesIO(data), strict=False)
    for number, name in enumerate(empty):
        append_signature_field(
            writer, SigFieldSpec(name, on_page=0, box=(60, 60 + 80 * number, 260, 120 + 80 * number))
        )
    metadata = PdfSignatureMetadata(
        field_name="Certification", certify=True, docmdp_permissions=permission, subfilter=SigSeedSubFilter.PADES
    )
    out: BytesIO = PdfSigner(metadata, signer).sign_pdf(writer)
    return out.getvalue()
