"""Files of unusual make, signed by other programs and ours: not accused, and attacks on them seen none the less."""

from dataclasses import replace
from functools import cache
from io import BytesIO

from asn1crypto import keys, x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer
from pyhanko.sign.fields import SigFieldSpec
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from paraphe.pdf.verdict import structure
from paraphe.pdf.verdict.changes import Review
from paraphe.pdf.verdict.revisions import read
from tests.pdf.hands import ALICE, BOX, pki
from tests.pdf.verdict.house import Writer, add, after, form, kinds, name, sign, stream, vector


def hybrid() -> bytes:
    """Return a file whose form stands in an object stream that only a hidden cross-reference stream lists."""
    data = bytearray(b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n")
    places: dict[int, int] = {}
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R/AcroForm 6 0 R>>",
        2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R>>",
        4: stream(b"0 0 9 9 re f"),
        7: stream(b"6 0 <</Fields[]>>", b"/Type/ObjStm/N 1/First 4"),
    }
    for number, body in objects.items():
        places[number] = len(data)
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    places[8] = len(data)
    rows = b"\2" + (7).to_bytes(4, "big") + b"\0"
    hidden = stream(rows, b"/Type/XRef/Size 9/W[1 4 1]/Index[6 1]/Root 1 0 R")
    data += b"8 0 obj\n%s\nendobj\n" % hidden
    table = len(data)
    data += b"xref\n0 1\n0000000000 65535 f \n6 1\n0000000000 00000 f \n"
    for number, place in places.items():
        data += b"%d 1\n%010d 00000 n \n" % (number, place)
    data += b"trailer\n<</Size 9/Root 1 0 R/XRefStm %d>>\nstartxref\n%d\n%%%%EOF\n" % (places[8], table)
    return bytes(data)


def test_a_hybrid_file_signed_twice() -> None:
    once = sign(hybrid())
    twice = sign(once, "bob", replace(ALICE, box=replace(BOX, x=60.0)))
    reader = PdfFileReader(BytesIO(twice), strict=False)
    result = structure.check(twice, structure.locate(reader))
    assert not result.tricks
    assert not result.doubts
    assert [(one.coverage, one.revision, one.tricks) for one in result.signatures] == [
        ("revision", 2, ()),
        ("document", 3, ()),
    ]
    assert result.revisions[0].kind == "hybrid"
    assert [one.worst for one in after(twice)] == ["permitted", "none"]


def test_revisions_of_linearized_and_compressed_files() -> None:
    (linearized,) = read(vector("qpdf-linearized-objstm"))
    assert (linearized.end, linearized.kind) == (len(vector("qpdf-linearized-objstm")), "stream")
    (plain,) = read(vector("cairo"))
    assert (plain.end, plain.kind) == (len(vector("cairo")), "table")
    assert read(memoryview(vector("cairo"))) == (plain,)
    assert read(b"%PDF-1.7\nnothing") == ()


# Encrypted, signed by the other library.


@cache
def encrypted() -> bytes:
    writer = copy_into_new_writer(PdfFileReader(BytesIO(form()), strict=False))
    writer.encrypt(owner_pass="owner", user_pass="user")
    out = BytesIO()
    writer.write(out)
    return signed_by("seal", out.getvalue(), "Sceau")


def signed_by(who: str, data: bytes, field: str, box: tuple[int, int, int, int] | None = None) -> bytes:
    house = pki().signer(who)
    key = house.private_key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    chain = [x509.Certificate.load(one.public_bytes(Encoding.DER)) for one in (house.certificate, *house.chain)]
    store = SimpleCertificateStore.from_certs(chain[1:])  # type: ignore[no-untyped-call]
    signer = SimpleSigner(chain[0], keys.PrivateKeyInfo.load(key), store)
    spec = SigFieldSpec(field, on_page=0, box=box) if box else None
    out: BytesIO = PdfSigner(PdfSignatureMetadata(field_name=field), signer, new_field_spec=spec).sign_pdf(opened(data))
    return out.getvalue()


def opened(data: bytes) -> Writer:
    writer = Writer(BytesIO(data), strict=False)
    writer.encrypt("user")
    return writer


def judged(data: bytes) -> tuple[structure.StructureResult, Review, PdfFileReader]:
    reader = PdfFileReader(BytesIO(data), strict=False)
    reader.decrypt("user")
    return structure.check(data, structure.locate(reader)), Review(reader), reader


def test_an_encrypted_file_signed_twice() -> None:
    data = signed_by("alice", encrypted(), "Alice", (300, 100, 400, 150))
    result, review, reader = judged(data)
    assert not result.tricks
    assert [one.coverage for one in result.signatures] == ["revision", "document"]
    assert [review.since(one).worst for one in reader.embedded_signatures] == ["permitted", "none"]


def test_an_encrypted_file_changed_after_signing() -> None:
    writer = opened(encrypted())
    page = writer.root["/Pages"]["/Kids"][0]
    page[name("Contents")] = add(writer, b"BT ET")
    writer.mark_update(writer.root["/Pages"]["/Kids"].raw_get(0).reference)
    out = BytesIO()
    writer.write(out)
    _, review, reader = judged(out.getvalue())
    assert ("page_content", "forbidden") in kinds(review.since(reader.embedded_signatures[0]))
