"""Documents for the verification page: signed, drawn over."""

from datetime import UTC, datetime
from functools import cache
from io import BytesIO

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from paraphe.kernel.clock import FixedClock
from paraphe.pdf import api as pdf
from tests.pdf.test_seen import text
from tests.support.pki import TestPki


@cache
def letter() -> bytes:
    blocks = (pdf.Paragraph("La mission commence le 1er janvier."), pdf.SignaturePlace("Signature du client"))
    return pdf.compose(pdf.TextDocument("Lettre de mission", "Cabinet Martin", "fr", "1", datetime.now(UTC), blocks))


def signed(house: TestPki, data: bytes | None = None) -> bytes:
    data = data or letter()
    alice = house.signer("alice")
    settings = pdf.SignatureSettings(
        box=pdf.Box(0, 300, 650, 200, 72), signer_name="Alice Martin", firm="Cabinet Martin"
    )
    found = pdf.sign(
        data,
        alice,
        settings,
        "B-LT",
        timestamps=house.timestamps,
        revocation=house.revocation,
        roots=house.roots,
        clock=FixedClock(datetime.now(UTC)),
    )
    return found.whole(data)


def altered(data: bytes) -> bytes:
    """Return a signed document whose page somebody drew anew."""
    writer = IncrementalPdfFileWriter(BytesIO(data), strict=False)
    text(b"BT 60 400 Td ET 60 400 300 40 re f")(writer)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()
