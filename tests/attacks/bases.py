"""Honest signed files that attacks begin with: by this library and by pyHanko, with a page that says something."""

from functools import cache
from io import BytesIO

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from paraphe.pdf.api import SignatureSettings
from paraphe.pki.keys import SoftwareSigner
from tests.pdf.certifying import certified
from tests.pdf.hands import VECTORS, build, pki, sign

SAYS = b"BT /F 18 Tf 40 120 Td (Honoraires : 100 euros) Tj ET"
OTHER = b"BT /F 18 Tf 40 120 Td (Honoraires : 900 euros) Tj ET"
COVER = b"1 1 1 rg 30 100 240 40 re f"


def stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<<" + entries + b"/Length %d>>\nstream\n" % len(content) + content + b"\nendstream"


@cache
def contract(*, contents: bytes = b"4 0 R", more: bytes = b"", extra: tuple[tuple[int, bytes], ...] = ()) -> bytes:
    """Return one page with a line of text, a form with one filled field, and what an attack prepares."""
    look = b"/Type/XObject/Subtype/Form/BBox[0 0 100 20]/Resources<</Font<</F 5 0 R>>>>"
    return build(
        {
            1: b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[7 0 R]/DA(/F 12 Tf 0 g)/DR<</Font<</F 5 0 R>>>>>>"
            + more
            + b">>",
            2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents "
            + contents
            + b"/Resources<</Font<</F 5 0 R>>>>/Annots[7 0 R]>>",
            4: stream(SAYS),
            5: b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/FirstChar 32/LastChar 126/Widths["
            + b"556 " * 95
            + b"]>>",
            6: stream(b"/Tx BMC BT /F 12 Tf 2 4 Td (Alice) Tj ET EMC", look),
            7: b"<</Type/Annot/Subtype/Widget/FT/Tx/T(nom)/V(Alice)/F 4/Rect[40 60 140 80]/P 3 0 R"
            b"/AP<</N 6 0 R>>/DA(/F 12 Tf 0 g)>>",
            **dict(extra),
        }
    )


def by_pyhanko(data: bytes, who: SoftwareSigner | None = None, name: str = "Alice", digest: str = "sha256") -> bytes:
    """Return ``data`` signed by pyHanko alone, level B-B."""
    who = who or pki().signer("alice")
    key = who.private_key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    chain = [asn1_x509.Certificate.load(one.public_bytes(Encoding.DER)) for one in (who.certificate, *who.chain)]
    store = SimpleCertificateStore.from_certs(chain[1:])  # type: ignore[no-untyped-call]
    metadata = PdfSignatureMetadata(field_name=name, md_algorithm=digest, subfilter=SigSeedSubFilter.PADES)
    writer = IncrementalPdfFileWriter(BytesIO(data), strict=False)
    out: BytesIO = PdfSigner(metadata, SimpleSigner(chain[0], asn1_keys.PrivateKeyInfo.load(key), store)).sign_pdf(
        writer
    )
    return out.getvalue()


@cache
def ours() -> bytes:
    """The contract signed by Alice with this library, level B-LT."""
    return sign(contract(), settings=SignatureSettings(signer_name="Alice Martin")).data


@cache
def theirs() -> bytes:
    """The contract signed by Alice with pyHanko, level B-B, and completed to B-LT by Bob's signature with ours."""
    return sign(by_pyhanko(contract()), "bob", SignatureSettings(signer_name="Bob Petit")).data


@cache
def real() -> bytes:
    """A page of another program, signed visibly by Alice."""
    return sign((VECTORS / "libreoffice.pdf").read_bytes()).data


@cache
def by_author(permission: int) -> bytes:
    """The contract certified by the firm's seal with this DocMDP permission, and proofs appended."""
    return certified(contract(), pki(), MDPPerm(permission))
