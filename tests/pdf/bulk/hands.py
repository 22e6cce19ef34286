"""What the tests of the bulk path share: how outputs are judged by pyHanko, and files in shapes that vectors lack."""

import zlib
from collections.abc import Mapping
from io import BytesIO

from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
from pyhanko_certvalidator import ValidationContext

from paraphe.pdf.bulk import Sealer
from paraphe.pdf.values import SignatureSettings, SigningLevel
from tests.pdf.hands import CLOCK, NOW, pki

SEAL = SignatureSettings(kind="seal", signer_name="Cabinet Martin & Fils (Étude)", reason="Original \\ certifié")

FLATE = b"/Filter/FlateDecode/Length %d>>\nstream\n%b\nendstream\nendobj\n"


def sealer(level: SigningLevel = "B-B", settings: SignatureSettings = SEAL, *, self_check: bool = True) -> Sealer:
    """Return a sealer by the seal of the test PKI."""
    house = pki()
    seal = house.signer("seal")
    return Sealer(seal, level, settings, house.timestamps, house.revocation, house.roots, CLOCK, self_check=self_check)


def judged(data: bytes) -> list[tuple[str, str]]:
    """Return (field, coverage) of every signature of ``data``; fails where pyHanko does not trust one."""
    roots = [asn1_x509.Certificate.load(one.public_bytes(Encoding.DER)) for one in pki().roots]
    found = []
    for one in PdfFileReader(BytesIO(data), strict=False).embedded_signatures:
        context = ValidationContext(trust_roots=roots, allow_fetching=False, moment=NOW)
        if one.sig_object["/Type"] == "/DocTimeStamp":
            status = validate_pdf_timestamp(one, context)
            assert status.valid
            assert status.intact
            assert status.trusted
        else:
            signed = validate_pdf_signature(one, context)
            assert signed.bottom_line, signed.pretty_print_details()
        found.append((one.field_name, one.coverage.name))
    return found


def packed(objects: Mapping[int, bytes], *, up: bool, in_streams: bool) -> bytes:
    """Return a PDF with a cross-reference stream, its rows told by differences where ``up``, objects in a stream."""
    data = bytearray(b"%PDF-1.6\n%\xe2\xe3\xcf\xd3\n")
    places: dict[int, tuple[int, int, int]] = {0: (0, 0, 255)}
    holder, index = max(objects) + 1, max(objects) + 2
    if in_streams:
        header = bodies = b""
        for row, (number, body) in enumerate(objects.items()):
            header += b"%d %d " % (number, len(bodies))
            bodies += body + b" "
            places[number] = (2, holder, row)
        coded = zlib.compress(header + bodies)
        places[holder] = (1, len(data), 0)
        data += b"%d 0 obj\n<</Type/ObjStm/N %d/First %d" % (holder, len(objects), len(header))
        data += FLATE % (len(coded), coded)
    else:
        for number, body in objects.items():
            places[number] = (1, len(data), 0)
            data += b"%d 0 obj\n%b\nendobj\n" % (number, body)
        places[holder] = (0, 0, 255)
    start = len(data)
    places[index] = (1, start, 0)
    rows = [
        bytes((kind,)) + second.to_bytes(3, "big") + bytes((third,))
        for _, (kind, second, third) in sorted(places.items())
    ]
    if up:
        above = [bytes(5), *rows]
        rows = [
            b"\x02" + bytes((a - b) & 255 for a, b in zip(row, above[n], strict=True)) for n, row in enumerate(rows)
        ]
    coded = zlib.compress(b"".join(rows))
    parameters = b"/DecodeParms<</Predictor 12/Columns 5>>" if up else b""
    data += b"%d 0 obj\n<</Type/XRef/Size %d/W[1 3 1]/Root 1 0 R%b" % (index, len(places), parameters)
    data += FLATE % (len(coded), coded)
    data += b"startxref\n%d\n%%%%EOF\n" % start
    return bytes(data)
